//! Folding in what changes the remaining plan: edits by hand, new plans, decisions on proposals.

use std::sync::Arc;

use crate::engine::event::Edit;
use crate::engine::plan::{Plan, Step};
use crate::engine::state::{Phase, State};

impl State {
    pub(super) fn edited(&mut self, edit: &Edit) {
        let mut steps: Vec<Arc<Step>> = self.plan.remaining().to_vec();
        match edit {
            Edit::Changed { step } => {
                if let Some(old) = steps.iter_mut().find(|old| old.id == step.id) {
                    self.bar(old);
                    *old = step.clone();
                }
                self.unbar(step);
            }
            Edit::Added { step, at } => {
                steps.insert((*at).min(steps.len()), step.clone());
                self.unbar(step);
            }
            Edit::Deleted { step } => {
                if let Some(old) = steps.iter().find(|old| old.id == *step) {
                    self.bar(old);
                }
                steps.retain(|old| old.id != *step);
            }
            Edit::Moved { step, to } => {
                if let Some(from) = steps.iter().position(|old| old.id == *step) {
                    let moved = steps.remove(from);
                    steps.insert((*to).min(steps.len()), moved);
                }
            }
            Edit::SkipSet { step, skip } => {
                if let Some(old) = steps.iter_mut().find(|old| old.id == *step) {
                    let mut changed = (**old).clone();
                    changed.skip = *skip;
                    let changed = Arc::new(changed);
                    if *skip {
                        self.bar(&changed);
                    } else {
                        self.unbar(&changed);
                    }
                    *old = changed;
                }
            }
            Edit::Rerun { step } => {
                for key in step.writes() {
                    self.context.set_pinned(key, false);
                }
                self.unbar(step);
                steps.insert(0, step.clone());
                if self.phase == Phase::Interrupted {
                    self.phase = Phase::Ready;
                }
            }
            Edit::Replaced { steps: new } => {
                // What was edited is the waiting proposal, where there is one: only what a person took out of that
                // stays away, not what the planner dropped.
                let proposed = match (&self.phase, self.replans.last()) {
                    (Phase::Deciding, Some(replan)) => Some(replan.proposal.after.clone()),
                    _ => None,
                };
                let edited = proposed.is_some();
                for old in proposed.unwrap_or_else(|| self.plan.remaining().to_vec()) {
                    if !new.iter().any(|step| step.same_use(&old)) {
                        self.bar(&old);
                    }
                }
                if edited {
                    self.decided(true, Some(new));
                    self.goal_before = None;
                    self.failed = imbl::Vector::new();
                    self.plan.revision += 1;
                }
                steps = new.clone();
                self.approved = true;
            }
        }
        let revision = self.plan.revision;
        self.set_plan(steps);
        self.plan.revision = revision;
        self.drop_lost_turn();
    }

    /// Bars the uses that the goal file's plan switches off, as a person's skip does, unless it also has them on.
    pub(super) fn bar_switched_off(&mut self) {
        if !self.goal.plan.iter().flat_map(|plan| plan.iter()).any(|draft| draft.skip) {
            return;
        }
        let steps = crate::engine::advance::file_steps(self, 1);
        for step in steps.iter().filter(|step| step.skip) {
            if !steps.iter().any(|other| !other.skip && other.same_use(step)) {
                self.bar(step);
            }
        }
    }

    pub(super) fn bar(&mut self, step: &Step) {
        if let Some(usage) = step.usage()
            && !self.barred.contains(&usage)
        {
            self.barred.push_back(usage);
        }
    }

    fn unbar(&mut self, step: &Step) {
        if let Some(usage) = step.usage() {
            self.barred.retain(|barred| *barred != usage);
        }
    }

    pub(super) fn set_plan(&mut self, steps: Vec<Arc<Step>>) {
        self.count_ids(&steps);
        self.kept_steps |= steps.iter().any(|step| step.outlives_replans());
        self.plan = Plan::new(self.plan.revision + 1, steps);
        self.passed = imbl::OrdSet::new();
    }

    pub(super) fn count_ids(&mut self, steps: &[Arc<Step>]) {
        for step in steps {
            if let Some(number) = step.id.strip_prefix(&*self.id_prefix).and_then(|digits| digits.parse::<u64>().ok()) {
                self.next_step = self.next_step.max(number.saturating_add(1));
            }
        }
    }

    pub(super) fn decided(&mut self, accepted: bool, taken: Option<&Vec<Arc<Step>>>) {
        let last = self.replans.len().saturating_sub(1);
        if let Some(replan) = self.replans.get_mut(last) {
            let replan = Arc::make_mut(replan);
            replan.accepted = Some(accepted);
            replan.taken = taken.map(|steps| steps.clone().into());
        }
    }
}
