//! Folding in that the goal file, or a file that its commands name, is another one: what its changed tools made is stale,
//! and nothing else is touched.

use std::sync::Arc;

use crate::engine::context::{Origin, Write};
use crate::engine::effect::CallKey;
use crate::engine::event::Seq;
use crate::engine::goal::{Goal, Key, Tool, ToolName};
use crate::engine::launch::Ran;
use crate::engine::plan::{Plan, Step};
use crate::engine::state::State;

impl State {
    /// Takes in which files the program was that ran just now.
    pub(super) fn know_program(&mut self, ran: Option<&Ran>) {
        let tool = self.runs.last().and_then(|run| run.step.tool.clone());
        if let (Some(ran), Some(tool)) = (ran.filter(|ran| !ran.files.is_empty()), tool) {
            self.made_by.insert(tool, ran.files.as_slice().into());
        }
    }

    /// Takes over the `goal` as it is on disk now, where it changed; `tools` are not what they were.
    pub(super) fn redefine(&mut self, seq: Seq, goal: Option<&Arc<Goal>>, tools: &[ToolName]) {
        if let Some(goal) = goal {
            self.take_over(seq, goal);
        }
        for tool in tools {
            let known: Vec<CallKey> = self.outcomes.keys().filter(|call| call.tool == *tool).cloned().collect();
            for call in known {
                self.outcomes.remove(&call);
            }
            self.made_by.remove(tool);
            // Who allowed every use of it allowed what it was.
            self.allowed.remove(tool);
            let runs = &self.runs;
            self.failed.retain(|at| runs.get(*at).is_none_or(|run| run.step.tool.as_ref() != Some(tool)));
            let why: Arc<str> = format!("{tool} is not the tool any more that made it").into();
            for key in self.made_with(tool) {
                self.context.refute(&key, &why);
            }
        }
        // What is taken back would bring back what is not there any more.
        (self.undo, self.redo) = (imbl::Vector::new(), imbl::Vector::new());
        (self.quiet, self.situations, self.fruitless) = (imbl::HashSet::new(), imbl::HashMap::new(), 0);
        self.approved_step = None;
    }

    /// Returns the keys whose present value `tool` made: what a person gave, or pinned, is nobody's.
    fn made_with(&self, tool: &ToolName) -> Vec<Key> {
        let made = |(_, datum): &(&Key, &Arc<crate::engine::context::Datum>)| match &datum.origin {
            Origin::Step(id) if !datum.pinned => self.run(id).is_some_and(|run| run.step.tool.as_ref() == Some(tool)),
            Origin::Step(_) | Origin::Initial | Origin::Injected | Origin::Edited(_) | Origin::Record => false,
        };
        self.context.iter().filter(made).map(|(key, _)| key.clone()).collect()
    }

    fn take_over(&mut self, seq: Seq, goal: &Arc<Goal>) {
        let before = self.goal.clone();
        let same = |field: &str| before.source.document().get(field) == goal.source.document().get(field);
        let mut now = (**goal).clone();
        // What a person or a surprise made of it since stands, where the file does not say something else.
        if same("goal") {
            now.goal = before.goal.clone();
        }
        if same("wants") {
            now.wants = before.wants.clone();
        } else if self.plan.revision > 0 {
            self.goal_before.get_or_insert(before.clone());
        }
        if same("expect") {
            now.expect = before.expect.clone();
        }
        let old = before.source.context();
        for (key, value) in goal.context.iter() {
            let is_new = old.and_then(|old| old.get(key)).is_none_or(|old| *old != *value);
            let stands = self.context.get(key).is_some_and(|datum| datum.pinned || datum.origin != Origin::Initial);
            if is_new && !stands {
                let (value, origin, sources) = (value.clone(), Origin::Initial, Arc::new([]));
                self.context.write(key, Write { value, origin, sources, refuted: None, pinned: false }, seq);
            }
        }
        self.plain_tools = now.plain_tools();
        self.goal = Arc::new(now);
        self.rebind(&before);
    }

    /// Lets the remaining steps hand over what their tools read and write now.
    fn rebind(&mut self, before: &Goal) {
        let other = |step: &Step| {
            let (old, new) = (step.tool_in(&before.tools)?, step.tool_in(&self.goal.tools)?);
            let same = old.inputs == new.inputs && old.outputs == new.outputs;
            (!same).then(|| bound_to(step, new))
        };
        let steps: Vec<Arc<Step>> =
            self.plan.remaining().iter().map(|step| other(step).unwrap_or_else(|| step.clone())).collect();
        if steps.as_slice() != self.plan.remaining() {
            self.plan = Plan::new(self.plan.revision, steps);
        }
    }
}

/// Returns `step` with a binding for each key of its tool: as it was where there was one.
fn bound_to(step: &Step, tool: &Tool) -> Arc<Step> {
    let bind = |names: &[Key], bound: &[(Key, Key)]| {
        let one = |name: &Key| {
            let known = bound.iter().find(|(known, _)| known == name);
            known.cloned().unwrap_or_else(|| (name.clone(), name.clone()))
        };
        names.iter().map(one).collect()
    };
    let (with, to) = (bind(&tool.inputs, &step.with), bind(&tool.outputs, &step.to));
    Arc::new(Step { with, to, ..step.clone() })
}
