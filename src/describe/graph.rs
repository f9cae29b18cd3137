//! A plan as a graph: its steps, and the keys that they hand to one another.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::goal::{Goal, Key};
use crate::engine::plan::Step;

/// What is known at the start, in the words of a node.
pub const START: &str = "known at the start";

/// One hand-off: from a step (none: known at the start) to a step (none: wanted), and the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge<'a> {
    /// The place of the step that writes it; none: it is known at the start.
    pub from: Option<usize>,
    /// The place of the step that reads it; none: the goal wants it.
    pub to: Option<usize>,
    /// The key.
    pub key: &'a Key,
}

/// Returns the hand-offs between `steps` that are switched on, in the order in which they are read, then the wants.
pub fn edges<'a>(steps: &'a [Arc<Step>], goal: &'a Goal) -> Vec<Edge<'a>> {
    let mut writer: HashMap<&str, usize> = HashMap::new();
    let mut edges = Vec::new();
    for (at, step) in steps.iter().enumerate().filter(|(_, step)| !step.skip) {
        edges.extend(step.reads().map(|key| Edge { from: writer.get(&**key).copied(), to: Some(at), key }));
        writer.extend(step.writes().map(|key| (&**key, at)));
    }
    edges.extend(goal.wants.keys().map(|key| Edge { from: writer.get(&**key).copied(), to: None, key }));
    edges
}
