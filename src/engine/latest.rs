//! What happened last: where there is no plan any more, it is the nearest cause.
//!
//! **Invariant:** only what can take a plan away is here; what a person looks at or decides about a proposal is not.

use std::sync::Arc;

use super::event::{Edit, Event};
use super::goal::Key;
use super::plan::Step;
use super::state::State;

/// How many of the last such things are remembered: where the very last has nothing to do with it, one before has.
pub const REMEMBERED: usize = 64;

/// The last thing that happened to what a plan rests on.
#[derive(Clone, Debug, PartialEq)]
pub enum Latest {
    /// A step failed, or what it returned does not hold.
    Failed {
        /// The step.
        step: Arc<Step>,
        /// What it said.
        error: Arc<str>,
    },
    /// A step returned these keys.
    Returned {
        /// The step.
        step: Arc<Step>,
        /// What it wrote.
        keys: Vec<Key>,
    },
    /// These keys got another value, lost theirs or were pinned.
    Changed {
        /// The keys.
        keys: Vec<Key>,
        /// The scenario that did it.
        scenario: Option<Arc<str>>,
    },
    /// A person took a step out of the plan.
    TakenOut {
        /// The step.
        step: Arc<Step>,
        /// What the person did: "skipped", "deleted", "changed".
        did: &'static str,
    },
    /// The goal is another one.
    Goal,
}

impl Latest {
    /// Returns what `event` is, if it happens to what a plan rests on; `before` is the state that it comes upon.
    pub(super) fn of(before: &State, event: &Event) -> Option<Latest> {
        let step = |id: &str| before.step(id).cloned();
        match event {
            Event::Finished { step: id, writes, .. } => {
                Some(Latest::Returned { step: step(id)?, keys: writes.keys().cloned().collect() })
            }
            Event::Failed { step: id, error, .. } => Some(Latest::Failed { step: step(id)?, error: error.clone() }),
            Event::Injected { values, scenario, .. } => {
                Some(Latest::Changed { keys: values.keys().cloned().collect(), scenario: scenario.clone() })
            }
            Event::Pinned { key, .. } => Some(Latest::Changed { keys: vec![key.clone()], scenario: None }),
            Event::Skipped { step: id } => Some(Latest::TakenOut { step: step(id)?, did: "skipped" }),
            Event::Edited { edit } => match edit {
                Edit::Changed { step: new } => Some(Latest::TakenOut { step: step(&new.id)?, did: "changed" }),
                Edit::Deleted { step: id } => Some(Latest::TakenOut { step: step(id)?, did: "deleted" }),
                Edit::SkipSet { step: id, skip: true } => Some(Latest::TakenOut { step: step(id)?, did: "skipped" }),
                Edit::SkipSet { skip: false, .. }
                | Edit::Added { .. }
                | Edit::Moved { .. }
                | Edit::Rerun { .. }
                | Edit::Replaced { .. } => None,
            },
            Event::GoalChanged { .. } => Some(Latest::Goal),
            _ => None, // no other takes a plan away
        }
    }

    /// Returns it in a few words: "`load_tickets` failed (503)", "tickets changed", "you skipped `write_notes`".
    pub fn said(&self) -> String {
        match self {
            Latest::Failed { step, error } => format!("{} failed ({error})", step.name()),
            Latest::Returned { step, keys } => format!("{} returned {}", step.name(), keys.join(", ")),
            Latest::Changed { keys, scenario: Some(name) } => format!("{} changed ({name})", keys.join(", ")),
            Latest::Changed { keys, scenario: None } => format!("{} changed", keys.join(", ")),
            Latest::TakenOut { step, did } => format!("you {did} {}", step.name()),
            Latest::Goal => "the goal is another one".into(),
        }
    }
}
