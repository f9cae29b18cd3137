//! A replan before it happens: why it is due, and what a planner proposes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::goal::ToolName;
use crate::engine::plan::{Step, StepId};
use crate::engine::review::Deviation;

/// Why a replan is due.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cause {
    /// Something contradicts the remaining plan.
    Deviation(Deviation),
    /// Nothing does.
    Plain {
        /// `asked` or `every_step`.
        kind: PlainCause,
        /// In a sentence.
        message: Arc<str>,
    },
}

/// A cause without a deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlainCause {
    /// A person asked for it.
    Asked,
    /// The dial says so after every step.
    EveryStep,
}

impl Cause {
    /// Returns the sentence that says it.
    pub fn message(&self) -> &str {
        match self {
            Cause::Deviation(deviation) => &deviation.message,
            Cause::Plain { message, .. } => message,
        }
    }
}

/// A new set of remaining steps, with what caused it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Why it was made.
    pub cause: Cause,
    /// The remaining steps before.
    pub before: Vec<StepId>,
    /// The remaining steps that are proposed.
    pub after: Vec<Arc<Step>>,
    /// What it costs; none where nobody counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Tools that were not chosen, each with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<(ToolName, Arc<str>)>,
    /// Steps of a person that could not be kept, each with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_kept: Vec<(StepId, Arc<str>)>,
}
