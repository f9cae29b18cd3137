//! One turn of ReAct: what was thought, what was considered, and its outcome.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::because::Because;
use super::effect::{PlanRequest, PlannedStep};
use super::event::Seq;
use super::goal::{Key, ToolName};
use super::plan::{Step, StepId, Use};
use super::settings::PlannerChoice;

/// A decision on the next action alone, from what is observable now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thought {
    /// The action; none: nothing is left to try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Arc<Step>>,
    /// Why, in a sentence.
    pub why: Arc<str>,
    /// The tools that were considered, the best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub considered: Vec<Candidate>,
    /// How many more were considered and are not listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub others: usize,
    /// Who decided.
    pub wits: Wits,
}

/// A tool that was considered for the next action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The tool.
    pub tool: ToolName,
    /// How related it is to the goal and the last observation, from 0, rounded to hundredths; none where nobody scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Why it was chosen, or why it lost.
    pub why: Arc<str>,
}

/// Who decides on the next action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wits {
    /// The stand-in: of the tools whose inputs are there, the one closest in words. No model is behind it.
    StandIn,
    /// The stand-in that does not look at inputs: it is refused where they are missing.
    Blind,
    /// The planner: the first step of a fresh plan.
    Planner,
}

impl Wits {
    /// Returns the words that label it wherever it shows.
    pub fn label(self) -> &'static str {
        match self {
            Wits::StandIn => "stand-in: no model, it matches words",
            Wits::Blind => "blind stand-in: no model, words alone",
            Wits::Planner => "with the planner's wits",
        }
    }
}

/// A turn that was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The event of its thought.
    pub seq: Seq,
    /// The thought.
    pub thought: Arc<Thought>,
    /// Its outcome.
    pub became: Became,
}

/// The outcome of a thought.
#[derive(Clone, Debug, PartialEq)]
pub enum Became {
    /// Its action is still to do, or there was none.
    Open,
    /// Its action was started: the run of this step.
    Acted(StepId),
    /// Its action was refused.
    Refused(Box<Refused>),
    /// A person took its action out before it was started.
    Dropped,
}

/// Why an action was not carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The event that refused it.
    pub seq: Seq,
    /// Why, in a sentence that names the step.
    pub message: Arc<str>,
    /// The key that it was refused for first.
    pub key: Option<Key>,
    /// Why, as data; none in journals of version 0.1.
    pub because: Option<Because>,
}

/// A tool that was refused, until one of the keys that it was refused for changes.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnedDown {
    /// Why: "needs `intent_counts`, which has no value".
    pub message: Arc<str>,
    /// The keys that it was refused for, each with its version and freshness then; none: it had no value.
    pub needs: Vec<(Key, Option<(Seq, bool)>)>,
}

/// The last thing that was observed.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The event.
    pub seq: Seq,
    /// What it said, in words.
    pub said: Arc<str>,
    /// The keys that it is about.
    pub keys: Vec<Key>,
}

/// Everything that may be known when one action is to be decided on.
#[derive(Clone, Debug)]
pub struct TurnRequest {
    /// Who decides.
    pub wits: Wits,
    /// Who plans, where a plan is asked for to decide.
    pub planner: PlannerChoice,
    /// What is known, as a planner would be told it.
    pub known: PlanRequest,
    /// What was observed last.
    pub seen: Option<Arc<Seen>>,
    /// Uses that were refused, while nothing that they were refused for has changed.
    pub turned_down: Vec<(Use, Arc<TurnedDown>)>,
    /// Keys that have a value which is not what is needed: a condition on them is false.
    pub unfit: Vec<Key>,
}

impl TurnRequest {
    /// Returns the planner that is asked for the decision, if one is.
    pub fn asks_planner(&self) -> Option<&PlannerChoice> {
        match self.wits {
            Wits::Planner => Some(&self.planner),
            Wits::StandIn | Wits::Blind => None,
        }
    }
}

/// The answer: what to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum TurnReply {
    /// A thought; its action still without a step.
    Thought {
        /// What to do: a use, or a step of the goal file's plan that no tool does; none: nothing is left to try.
        action: Option<PlannedStep>,
        /// Why.
        why: Arc<str>,
        /// What was considered, the best first.
        considered: Vec<Candidate>,
        /// How many more were considered and are not listed.
        others: usize,
    },
    /// The planner whose wits are used found no plan.
    NoPlan {
        /// Why: the nearest cause in a sentence, where the planner names it.
        why: Option<Arc<str>>,
        /// Why, as a tree.
        reasons: Vec<super::event::Reason>,
    },
    /// Whoever decides failed.
    Broken {
        /// What it said.
        error: Arc<str>,
    },
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}
