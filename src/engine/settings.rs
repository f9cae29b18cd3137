//! How a session is run: the strategy, the dial for replans, who decides, how far it goes by itself and why it stopped.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::plan::StepId;
use super::turn::Wits;

/// How a session is to be run; may change later by events of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// When a replan is due.
    pub dial: Dial,
    /// Who decides on it.
    pub decider: Decider,
    /// Up to which risk steps run without asking.
    pub approve: super::goal::Risk,
    /// How many steps may be started in all; none: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_steps: Option<u64>,
    /// How it is decided what comes next.
    #[serde(default, skip_serializing_if = "Strategy::is_plan_and_execute")]
    pub strategy: Strategy,
    /// Who plans.
    #[serde(default, skip_serializing_if = "PlannerChoice::is_default")]
    pub planner: PlannerChoice,
}

/// How it is decided what comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// One plan, its execution, replans by the dial.
    #[default]
    PlanAndExecute,
    /// One decision per step from what is observable now; offline by the stand-in.
    React,
    /// The same, each decision by the planner: the first step of a fresh plan.
    ReactPlanner,
    /// A plan whose `explore` steps run a ReAct loop inside.
    Hybrid,
}

impl Strategy {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Strategy; 4] =
        [Strategy::PlanAndExecute, Strategy::React, Strategy::ReactPlanner, Strategy::Hybrid];

    /// Returns the word that options and JSON use.
    pub fn word(self) -> &'static str {
        match self {
            Strategy::PlanAndExecute => "plan-and-execute",
            Strategy::React => "react",
            Strategy::ReactPlanner => "react-planner",
            Strategy::Hybrid => "hybrid",
        }
    }

    /// Returns who decides on one action at a time, or none where a plan is made first.
    pub fn wits(self) -> Option<Wits> {
        match self {
            Strategy::React => Some(Wits::StandIn),
            Strategy::ReactPlanner => Some(Wits::Planner),
            Strategy::PlanAndExecute | Strategy::Hybrid => None,
        }
    }

    fn is_plan_and_execute(&self) -> bool {
        *self == Strategy::PlanAndExecute
    }
}

/// When a replan is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dial {
    /// Never: the rigid plan runs on, over stale values too.
    Never,
    /// When a step failed or is blocked.
    OnFailure,
    /// When anything contradicts the remaining plan.
    #[default]
    OnDeviation,
    /// After every step.
    EveryStep,
}

/// Who decides on a proposal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decider {
    /// A person is asked.
    #[default]
    Ask,
    /// It is accepted at once.
    Auto,
}

/// How far to go by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// Not at all.
    #[default]
    Paused,
    /// This many more steps.
    Steps(u32),
    /// Until this step is next.
    Until(StepId),
    /// One inner action: into a loop, or half a turn (the thought, then its action).
    Into,
    /// Out of the loop that is under way: to the end of its step.
    Out,
    /// To the next deviation.
    ToDeviation,
    /// To the end, or until something asks.
    Free,
}

/// Why it stopped going on by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "because")]
pub enum Stop {
    /// A person paused it.
    Paused,
    /// The steps that were asked for are done.
    StepsDone,
    /// The step that was asked for is next.
    Arrived,
    /// A deviation came up on the way.
    Deviation,
    /// The next step is blocked.
    Blocked {
        /// The step.
        step: StepId,
        /// Why.
        message: Arc<str>,
    },
    /// A step failed.
    Failed {
        /// The step.
        step: StepId,
    },
    /// The next step asks for approval before it runs.
    Approval {
        /// The step.
        step: StepId,
    },
    /// The same situation came back after a replan.
    Circle {
        /// What came back.
        message: Arc<str>,
    },
    /// No more steps may be started.
    Limit {
        /// How many were allowed.
        steps: u64,
    },
}

/// Who plans: the name of an entry of the table of planners, and what asking it touches.
///
/// Both are journaled, so that a session knows what may be asked again even where its planner is not to be had.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlannerChoice {
    /// The name.
    pub name: Arc<str>,
    /// What asking it touches.
    pub nature: PlannerNature,
}

/// What asking a planner touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlannerNature {
    /// It computes from its request: it can be asked again.
    Pure,
    /// It reaches outside: the request is on disk before, and it is not asked again by itself.
    Outside,
}

impl PlannerChoice {
    /// Tells whether asking it reaches outside.
    pub fn reaches_outside(&self) -> bool {
        self.nature == PlannerNature::Outside
    }

    fn is_default(&self) -> bool {
        *self == PlannerChoice::default()
    }
}

impl Default for PlannerChoice {
    /// Returns the choice of a session that names no planner, as those of version 0.1.
    fn default() -> PlannerChoice {
        PlannerChoice { name: "embedded".into(), nature: PlannerNature::Pure }
    }
}
