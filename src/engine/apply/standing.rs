//! Where the session stands after a change: what is quiet, what is dropped, what is taken back.

use std::sync::Arc;

use super::Touch;
use crate::engine::advance::in_the_way;
use crate::engine::event::{Pace, Seq, Stop};
use crate::engine::goal::Key;
use crate::engine::plan::{Plan, Step, StepId};
use crate::engine::review;
use crate::engine::state::{Phase, Quiet, State, Undo};

impl State {
    /// Makes what contradicts the plan now quiet, until a version that it names changes.
    pub(super) fn hush(&mut self) {
        for deviation in self.deviations.iter() {
            self.quiet.insert(self.quiet_of(deviation));
        }
    }

    /// The person goes on all the same: what is stale now is run on, also where a step that does not run would have made
    /// it again.
    pub(super) fn hush_stale(&mut self) {
        let stale = self.plan.remaining().iter().filter_map(|step| review::stale_input(self, step));
        let quiet: Vec<Quiet> = stale.map(|deviation| self.quiet_of(&deviation)).collect();
        self.quiet.extend(quiet);
    }

    /// The person knows of the steps that are blocked now: stepping goes on past them until another plan is made.
    pub(super) fn pass_by_blocked(&mut self) {
        let blocked = |step: &&Arc<Step>| !step.skip && in_the_way(self, step).is_some();
        let ids: Vec<StepId> = self.plan.remaining().iter().filter(blocked).map(|step| step.id.clone()).collect();
        self.passed.extend(ids);
    }

    /// What a planner put into the plan just now although nothing needs it is its choice: only what comes to be not
    /// needed later is said.
    pub(super) fn hush_unneeded(&mut self) {
        let unneeded = self.deviations.iter().filter(|d| d.kind == review::DeviationKind::StepUnneeded);
        let quiet: Vec<Quiet> = unneeded.map(|deviation| self.quiet_of(deviation)).collect();
        self.quiet.extend(quiet);
    }

    /// Returns what `deviation` is known by once it is quiet.
    pub fn quiet_of(&self, deviation: &review::Deviation) -> Quiet {
        let datum = |key: &Option<Key>| key.as_ref().and_then(|key| self.context.get(key));
        // What is stale because of one change is one matter, whichever step or key it shows at next.
        let Some(_) = &deviation.rests_on else {
            let version = datum(&deviation.key).map(|datum| datum.version);
            return Quiet { about: (deviation.kind, deviation.step.clone(), deviation.key.clone()), version };
        };
        let cause = datum(&deviation.rests_on);
        let kind = match cause.is_some_and(|datum| datum.refuted.is_some()) {
            true => review::DeviationKind::ExpectationFalse,
            false => review::DeviationKind::StaleInput,
        };
        Quiet { about: (kind, None, deviation.rests_on.clone()), version: cause.map(|datum| datum.version) }
    }

    /// Whatever a person changes, a request or proposal under way was made for another situation: it is dropped.
    pub(super) fn reopen(&mut self) {
        match self.phase {
            Phase::New | Phase::Review | Phase::Ready | Phase::Running { .. } | Phase::Interrupted => {}
            Phase::Planning { .. } => self.drop_request(),
            Phase::Deciding | Phase::Approving => self.phase = self.resting(),
            Phase::Reached | Phase::Ended { .. } => self.phase = self.resting(),
        }
    }

    /// Takes the state out of what was under way: a running step did not happen, a request was not made. A loop that
    /// was entered stands still where it was.
    ///
    /// Used where a branch parts: what the other branch waited for is not waited for on this one.
    pub(in crate::engine) fn put_to_rest(&mut self) {
        self.pace = Pace::Paused;
        self.stop = Some(Stop::Paused);
        self.halted = false;
        if !self.breakpoints.is_empty() {
            Arc::make_mut(&mut self.breakpoints).rest();
        }
        let running = matches!(self.phase, Phase::Running { .. });
        match &mut self.inner {
            Some(inner) if running => {
                Arc::make_mut(inner).put_to_rest();
                return;
            }
            Some(_) | None => self.inner = None,
        }
        if running && let Some(run) = self.pop_run() {
            self.not_acted(&run.step.id);
            let mut steps = vec![run.step.clone()];
            steps.extend(self.plan.remaining().iter().cloned());
            let revision = self.plan.revision;
            self.plan = Plan::new(revision, steps);
            self.phase = self.resting();
        }
        self.drop_request();
    }

    /// Takes back that a plan or a thought was asked for, if one is waited for: it is not a sign of a circle.
    fn drop_request(&mut self) {
        let Phase::Planning { asked, .. } = self.phase else { return };
        let before = self.situations.len();
        self.situations.retain(|_, seq| *seq != asked);
        if self.situations.len() < before {
            self.fruitless = self.fruitless.saturating_sub(1);
        }
        self.phase = self.resting();
    }

    pub(super) fn resting(&self) -> Phase {
        if self.plan.revision > 0 && !self.approved { Phase::Review } else { Phase::Ready }
    }

    /// Returns this state as one to return to. What can be taken back is not part of it, as [`State::travel`] has that
    /// list: states that held each all those before them would be as deep as the list is long, and none could be dropped.
    pub(super) fn to_return_to(&self) -> Arc<State> {
        Arc::new(State { undo: imbl::Vector::new(), redo: imbl::Vector::new(), ..self.clone() })
    }

    pub(super) fn travel(&mut self, seq: Seq, back: bool) -> Touch {
        let (mut undo, mut redo) = (self.undo.clone(), self.redo.clone());
        let Some(entry) = (if back { undo.pop_back() } else { redo.pop_back() }) else { return Touch::Nothing };
        let (mut target, waiting) = (entry.state.clone(), entry.state.landing());
        if back && let Some(waiting) = &waiting {
            // What landed is taken back whole, with what let it land where nothing has run in between.
            while let Some(before) = undo.last() {
                let same_landing = before.state.landing().is_some_and(|before| before.ends_with(waiting));
                let scheduling = !same_landing && before.state.scheduled.len() + 1 == target.scheduled.len();
                if !same_landing && !scheduling {
                    break;
                }
                target = before.state.clone();
                undo.pop_back();
                if scheduling {
                    break;
                }
            }
        }
        let here = Undo { of: entry.of, what: entry.what, state: self.to_return_to() };
        if back {
            redo.push_back(here);
        } else {
            undo.push_back(here);
        }
        let (next_step, calls) = (self.next_step, self.calls);
        let (trusted, allowed) = (self.settings.trusted, self.allowed.clone());
        // Breakpoints are not part of what is taken back.
        let breakpoints = self.breakpoints.clone();
        *self = (*target).clone();
        if let Some(inner) = self.inner.as_mut().filter(|_| !breakpoints.is_empty()) {
            Arc::make_mut(inner).breakpoints = Arc::new(breakpoints.for_inside());
        }
        self.breakpoints = breakpoints;
        self.halted = false;
        // What has waited for a moment that is past is offered again: to let it land is a person's choice now.
        if back
            && waiting.is_some()
            && let Some(due) = self.due()
        {
            self.scheduled.remove(due);
        }
        self.undo = undo;
        self.redo = redo;
        self.next_step = next_step.max(self.next_step);
        self.calls = calls;
        // What may run is nothing that undo takes back.
        self.trust(trusted);
        self.allowed = allowed;
        self.seq = seq;
        // A request that was under way then is not under way now.
        self.drop_request();
        Touch::Everything
    }
}
