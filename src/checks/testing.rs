//! What the tests of the checks share: a goal whose plan has nothing wrong with it, and steps built in a line.

use std::sync::Arc;

use super::{Check, View};
use crate::engine::goal::{Check as Condition, Goal, Key, Tool};
use crate::engine::plan::{Author, Step};

/// Returns a goal with a plan of three steps, `s1` to `s3`, that every check is content with.
pub(super) fn goal() -> (Goal, Vec<Arc<Step>>) {
    let tools = [
        tool("load", &[], &["tickets"], &["true"]),
        tool("count", &["tickets"], &["counts"], &["true"]),
        tool("write", &["counts"], &["report"], &[]),
    ];
    let steps = tools
        .iter()
        .enumerate()
        .map(|(at, tool)| {
            let inputs: Vec<&str> = tool.inputs.iter().map(AsRef::as_ref).collect();
            let outputs: Vec<&str> = tool.outputs.iter().map(AsRef::as_ref).collect();
            step(&format!("s{}", at + 1), &tool.description).using(&tool.name).reading(&inputs).writing(&outputs).into()
        })
        .collect();
    let goal = Goal {
        wants: Arc::new([("report".into(), "length > 0".into())].into_iter().collect()),
        tools: Arc::new(tools.into_iter().map(|tool| (tool.name.clone(), Arc::new(tool))).collect()),
        ..Goal::empty("Report the tickets")
    };
    (goal, steps)
}

fn tool(name: &str, inputs: &[&str], outputs: &[&str], ensures: &[&str]) -> Tool {
    let check = |condition: &&str| Condition { label: "it is right".into(), condition: (*condition).into() };
    Tool {
        inputs: inputs.iter().map(|key| Key::from(*key)).collect(),
        outputs: outputs.iter().map(|key| Key::from(*key)).collect(),
        ensures: ensures.iter().map(check).collect(),
        ..Tool::bare(name.into())
    }
}

/// Returns an unbound step.
pub(super) fn step(id: &str, description: &str) -> Draft {
    Draft(Step { id: id.into(), description: description.into(), by: Author::Person, ..Step::default() })
}

/// A step that is being put together.
pub(super) struct Draft(Step);

impl Draft {
    pub(super) fn using(mut self, tool: &str) -> Draft {
        self.0.tool = Some(tool.into());
        self
    }

    pub(super) fn reading(mut self, keys: &[&str]) -> Draft {
        self.0.with = keys.iter().map(|key| (Key::from(*key), Key::from(*key))).collect();
        self
    }

    pub(super) fn writing(mut self, keys: &[&str]) -> Draft {
        self.0.to = keys.iter().map(|key| (Key::from(*key), Key::from(*key))).collect();
        self
    }
}

impl From<Draft> for Arc<Step> {
    fn from(draft: Draft) -> Arc<Step> {
        Arc::new(draft.0)
    }
}

/// Returns what `check` says of a plan in an empty context.
pub(super) fn find(check: &dyn Check, goal: &Goal, steps: &[Arc<Step>]) -> Vec<String> {
    find_with(check, goal, steps, &[])
}

/// Returns what `check` says of a plan while these keys have values.
pub(super) fn find_with(check: &dyn Check, goal: &Goal, steps: &[Arc<Step>], available: &[&str]) -> Vec<String> {
    let available = |key: &str| available.contains(&key);
    check.find(&View::new(goal, steps, &available)).into_iter().map(|finding| finding.message).collect()
}
