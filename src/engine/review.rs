//! The forward check: whether the remaining plan still holds when walked from the present context.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::goal::Key;
use super::plan::StepId;

/// An observation, edit or goal change that contradicts what the remaining plan relies on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Deviation {
    /// What kind of contradiction.
    pub kind: DeviationKind,
    /// The step that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    /// The key that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// In a sentence that names step and key.
    pub message: Arc<str>,
}

/// The kinds of deviations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviationKind {
    /// A step reads a key that has no value then.
    MissingInput,
    /// A step reads a stale or refuted value.
    StaleInput,
    /// A step's `requires` is false on the values that it reads.
    RequirementFalse,
    /// A step's `ensures` was false.
    ExpectationFalse,
    /// A step's tool failed.
    ToolFailed,
    /// A step names a tool that does not exist.
    UnknownTool,
    /// The goal is another one.
    GoalChanged,
    /// The goal is reached before the plan is through.
    GoalReachedEarly,
    /// The plan ends without reaching the goal.
    GoalNotReached,
    /// A step reads a key that only a later step writes.
    OrderWrong,
}
