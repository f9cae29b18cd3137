//! What the checks look at: the goal, the steps that are switched on, and who reads and writes which key.

use std::collections::HashMap;
use std::sync::Arc;

use super::Finding;
use crate::describe::nearest::nearest;
use crate::engine::goal::{Goal, Key, Tool};
use crate::engine::plan::Step;

/// A plan with an index by key.
pub struct View<'a> {
    /// The goal.
    pub goal: &'a Goal,
    /// The steps that are switched on, in order.
    pub steps: Vec<&'a Arc<Step>>,
    /// The steps that are switched off.
    pub skipped: Vec<&'a Arc<Step>>,
    available: &'a dyn Fn(&str) -> bool,
    readers: HashMap<&'a str, Vec<usize>>,
    writers: HashMap<&'a str, Vec<usize>>,
}

impl<'a> View<'a> {
    /// Returns the view of `steps`.
    pub fn new(goal: &'a Goal, steps: &'a [Arc<Step>], available: &'a dyn Fn(&str) -> bool) -> View<'a> {
        let (skipped, steps): (Vec<_>, Vec<_>) = steps.iter().partition(|step| step.skip);
        let mut readers: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut writers: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, step) in steps.iter().enumerate() {
            for key in step.reads() {
                readers.entry(key).or_default().push(at);
            }
            for key in step.writes() {
                writers.entry(key).or_default().push(at);
            }
        }
        View { goal, steps, skipped, available, readers, writers }
    }

    /// Tells whether `key` has a value already that can be relied on.
    pub fn available(&self, key: &str) -> bool {
        (self.available)(key)
    }

    /// Returns the places of the steps that read `key`, ascending.
    pub fn readers(&self, key: &str) -> &[usize] {
        self.readers.get(key).map_or(&[], Vec::as_slice)
    }

    /// Returns the places of the steps that write `key`, ascending.
    pub fn writers(&self, key: &str) -> &[usize] {
        self.writers.get(key).map_or(&[], Vec::as_slice)
    }

    /// Returns every key that has a name in the goal or in these steps but `key`.
    pub fn other_keys(&self, key: &str) -> impl Iterator<Item = &str> {
        let tools = self.goal.tools.values().flat_map(|tool| tool.inputs.iter().chain(&tool.outputs));
        let known = self.goal.context.keys().chain(tools).map(|known| &**known);
        self.writers.keys().copied().chain(known).filter(move |known| *known != key)
    }

    /// Tells whether a tool that the goal offers gives `key`.
    pub fn made_by_a_tool(&self, key: &str) -> bool {
        self.goal.tools.values().any(|tool| tool.outputs.iter().any(|output| **output == *key))
    }

    /// Tells whether the goal asks for `key`, or evaluates it.
    pub fn wanted(&self, key: &str) -> bool {
        self.goal.wants.contains_key(key) || self.goal.expect.contains_key(key)
    }

    /// Returns the tool of `step`, if it has one that exists.
    pub fn tool(&self, step: &Step) -> Option<&'a Arc<Tool>> {
        step.tool_in(&self.goal.tools)
    }

    /// Returns the finding of `check` that `message` says about `step` and `key`.
    pub fn finding(check: &'static str, step: Option<&Step>, key: Option<&Key>, message: String) -> Finding {
        Finding { check, step: step.map(|step| step.id.clone()), key: key.cloned(), message }
    }
}

/// Returns the nearest of `known` to a name that nothing has, as it follows a sentence: ` (did you mean "readings"?)`.
pub(super) fn meant<'k>(typed: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(typed, known).map_or(String::new(), |near| format!(" (did you mean \"{near}\"?)"))
}

/// Returns what people call the step `id`: `step 4` for our own `s4`, else `step "fetch"`.
pub(super) fn called(step: &Step) -> String {
    match step.id.strip_prefix('s') {
        Some(number) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => format!("step {number}"),
        _ => format!("step \"{}\"", step.id),
    }
}
