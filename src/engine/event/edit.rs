//! What a person did to the remaining plan.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::plan::{Step, StepId};

/// What a person did to the remaining plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Edit {
    /// Changed a step (its id stays).
    Changed {
        /// The step as it is from now on.
        step: Arc<Step>,
    },
    /// Added a step.
    Added {
        /// The step.
        step: Arc<Step>,
        /// Its place among the remaining steps; 0 is next.
        at: usize,
    },
    /// Deleted a step; its use does not come back by itself.
    Deleted {
        /// The step.
        step: StepId,
    },
    /// Moved a step.
    Moved {
        /// The step.
        step: StepId,
        /// Its place among the remaining steps afterwards; 0 is next.
        to: usize,
    },
    /// Switched a step off or on; off, its use does not come back by itself.
    SkipSet {
        /// The step.
        step: StepId,
        /// Whether it is off.
        skip: bool,
    },
    /// A step that was started before is to run again, now, under a new id.
    Rerun {
        /// The new step; `repeats` names the old one.
        step: Arc<Step>,
    },
    /// The whole remaining plan was replaced (an edited proposal).
    Replaced {
        /// The remaining steps from now on.
        steps: Vec<Arc<Step>>,
    },
}
