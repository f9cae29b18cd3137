//! What a deviation found about its step and its key, as data: every sentence about it is derived from this.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::goal::{Key, ToolName};
use super::plan::{Step, StepId};

/// The most of a step's name that a sentence says, in characters.
const NAMED: usize = 40;

/// A step as sentences call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    /// Its id.
    pub id: StepId,
    /// Its name, cut where it is a long sentence.
    pub name: Arc<str>,
}

impl Called {
    /// Returns how `step` is called.
    pub fn of(step: &Step) -> Called {
        Called { id: step.id.clone(), name: step.name().chars().take(NAMED).collect::<String>().into() }
    }
}

impl std::fmt::Display for Called {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Called { id, name } = self;
        if name == id { write!(f, "step {name}") } else { write!(f, "step {id} {name}") }
    }
}

/// Why a step does not go with its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Because {
    /// The key has no value.
    NoValue,
    /// Several keys have no value.
    NoValues {
        /// Which, at least two.
        keys: Vec<Key>,
    },
    /// No step before it writes the key, and it has no value.
    NothingWrites,
    /// Only a later step writes the key.
    OnlyLater {
        /// That step.
        by: Called,
    },
    /// The key is stale.
    Stale,
    /// The key broke an `ensures`.
    Refuted {
        /// How.
        why: Arc<str>,
    },
    /// The key was made from one that is gone.
    FromGone {
        /// That one.
        source: Key,
    },
    /// The key was made from a value that is no longer the present one.
    FromOld {
        /// The key of that value.
        source: Key,
    },
    /// The key will have been made from a value that a step before writes again.
    FromRewritten {
        /// The key of that value.
        source: Key,
        /// That step.
        by: Called,
    },
    /// The key was made from one that broke an `ensures`.
    FromRefuted {
        /// That one.
        source: Key,
    },
    /// A `requires` does not hold.
    NotMet {
        /// Its label.
        label: Arc<str>,
        /// The keys that it was put to.
        keys: Vec<Key>,
        /// Why it cannot be decided; none: it is false.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undecided: Option<Arc<str>>,
    },
    /// The step names a tool that does not exist.
    NoTool {
        /// That name.
        tool: ToolName,
    },
    /// The step gives its tool an input, or expects an output, that the tool does not have.
    NotItsOwn {
        /// The name of that input or output.
        name: Key,
        /// Whether it is an output.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        output: bool,
    },
    /// The step failed, and the key is still needed.
    Failed {
        /// What it said.
        error: Arc<str>,
    },
    /// Nothing needs what the step would write.
    NotNeeded {
        /// What is said of the step, after its name.
        why: Arc<str>,
    },
    /// The step wrote the key, and its `ensures` is false.
    Unexpected {
        /// Which, and how.
        error: Arc<str>,
    },
}

impl Because {
    /// Returns the changed or refuted key that the stale `key` rests on; none where nothing is stale.
    pub fn rests_on(&self, key: Option<&Key>) -> Option<Key> {
        match self {
            Because::Stale | Because::Refuted { .. } => key.cloned(),
            Because::FromGone { source }
            | Because::FromOld { source }
            | Because::FromRewritten { source, .. }
            | Because::FromRefuted { source } => Some(source.clone()),
            Because::NoValue
            | Because::NoValues { .. }
            | Because::NothingWrites
            | Because::OnlyLater { .. }
            | Because::NotMet { .. }
            | Because::NoTool { .. }
            | Because::NotItsOwn { .. }
            | Because::Failed { .. }
            | Because::Unexpected { .. }
            | Because::NotNeeded { .. } => None,
        }
    }

    /// Returns what is said of the step after its name: "needs tickets, which has no value".
    pub fn predicate(&self, key: Option<&Key>) -> String {
        let key = key.map_or("", |key| key);
        let read = |which: String| format!("would read {key}, {which}");
        match self {
            Because::NoValue => format!("needs {key}, which has no value"),
            Because::NoValues { keys } => match keys.as_slice() {
                [most @ .., last] => format!("needs {} and {last}, which have no value", most.join(", ")),
                [] => format!("needs {key}, which has no value"),
            },
            Because::NothingWrites => format!("reads {key}, which nothing before it writes"),
            Because::OnlyLater { by } => format!("reads {key}, which only {by} writes, later"),
            Because::Stale => read("which is stale".into()),
            Because::Refuted { why } => read(format!("which is refuted: {why}")),
            Because::FromGone { source } => read(format!("made from {source}, which is gone")),
            Because::FromOld { source } => read(format!("made from the old {source}")),
            Because::FromRewritten { source, by } => read(format!("made from {source} before {by} writes it again")),
            Because::FromRefuted { source } => read(format!("made from {source}, which is refuted")),
            Because::NotMet { label, keys, undecided } => {
                let how = match undecided {
                    None => "is false".to_owned(),
                    Some(why) => format!("cannot be decided ({why})"),
                };
                format!("requires \"{label}\", which {how} on {}", keys.join(", "))
            }
            Because::NoTool { tool } => format!("names the tool {tool}, which does not exist"),
            Because::NotItsOwn { name, output: false } => {
                format!("gives its tool an input \"{name}\", which it does not have")
            }
            Because::NotItsOwn { name, output: true } => {
                format!("expects an output \"{name}\", which its tool does not have")
            }
            Because::Failed { error } => format!("failed: {error}; {key} is still needed"),
            Because::NotNeeded { why } => why.to_string(),
            Because::Unexpected { error } => format!("wrote {key}, but {error}"),
        }
    }
}
