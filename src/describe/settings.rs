//! The words for the settings of a session: the replan dial, who decides.

use crate::engine::event::{Decider, Dial, Strategy};
use crate::engine::settings::PlannerChoice;

/// Follows "replan": "replan on deviation".
pub fn dial(dial: Dial) -> &'static str {
    match dial {
        Dial::Never => "never",
        Dial::OnFailure => "on failure",
        Dial::OnDeviation => "on deviation",
        Dial::EveryStep => "after every step",
    }
}

/// Stands before "on replans": "you decide on replans".
pub fn decider(decider: Decider) -> &'static str {
    match decider {
        Decider::Ask => "you decide",
        Decider::Auto => "nobody is asked",
    }
}

/// Follows "the planner is": "the embedded one".
pub fn planner(planner: &PlannerChoice) -> String {
    match &*planner.name {
        PlannerChoice::PROGRAM => "the program that the goal file names".to_owned(),
        "embedded" => "the embedded one".to_owned(),
        other => other.to_owned(),
    }
}

/// Returns the strategy with its label: whose wits decide stands wherever it shows.
pub fn strategy(strategy: Strategy) -> String {
    match strategy.wits() {
        Some(wits) => format!("react · {}", wits.label()),
        None => strategy.word().to_owned(),
    }
}
