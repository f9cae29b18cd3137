//! What a changed goal leaves of the work: done and still useful, done and no longer needed, to do, not to be done.

use std::collections::{HashMap, HashSet};

use crate::engine::goal::Key;
use crate::engine::plan::StepId;
use crate::engine::state::{Replan, State};

/// What becomes of a step of the plan before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Useful {
    /// It is done, and what it made is used on.
    Still,
    /// It is done, and nothing needs what it made any longer.
    NoLonger,
    /// It is still to do.
    ToDo,
    /// It was to do, and nothing needs it any longer.
    Dropped,
}

impl Useful {
    /// Returns it in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Useful::Still => "still useful",
            Useful::NoLonger => "no longer needed",
            Useful::ToDo => "to do",
            Useful::Dropped => "no longer needed",
        }
    }
}

/// Returns what becomes of all steps, in a line: "4 done and still useful, 2 to do, 1 no longer needed".
pub fn summary(useful: &HashMap<StepId, Useful>) -> String {
    let of = |which: &[Useful]| useful.values().filter(|one| which.contains(one)).count();
    let kinds = [
        (of(&[Useful::Still]), "done and still useful"),
        (of(&[Useful::ToDo]), "to do"),
        (of(&[Useful::NoLonger, Useful::Dropped]), "no longer needed"),
    ];
    let said = kinds.into_iter().filter(|(n, _)| *n > 0).map(|(n, words)| format!("{n} {words}"));
    said.collect::<Vec<_>>().join(", ")
}

/// Returns what becomes of each step that has run or is still to do, under what `replan` proposes: from the wants back
/// through what is proposed and what was made.
pub fn useful(state: &State, replan: &Replan) -> HashMap<StepId, Useful> {
    let after = &replan.proposal.after;
    let mut needed: HashSet<&Key> = state.goal.wants.keys().collect();
    needed.extend(after.iter().flat_map(|step| step.reads()));
    let mut found = HashMap::new();
    for run in state.runs.iter().rev() {
        let current =
            |(key, version): &(Key, u64)| state.context.get(key).is_some_and(|datum| datum.version == *version);
        let made: Vec<&(Key, u64)> = run.wrote.iter().filter(|wrote| current(wrote)).collect();
        let is_needed = made.iter().any(|(key, _)| needed.contains(key));
        if is_needed {
            needed.extend(run.step.reads());
        }
        // What was overwritten since, or failed, is not done.
        if !made.is_empty() {
            found.insert(run.step.id.clone(), if is_needed { Useful::Still } else { Useful::NoLonger });
        }
    }
    for step in replan.before.iter() {
        let kept = after.iter().any(|other| other.id == step.id);
        found.insert(step.id.clone(), if kept { Useful::ToDo } else { Useful::Dropped });
    }
    found
}
