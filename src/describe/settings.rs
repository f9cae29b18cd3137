//! The words for the settings of a session: the replan dial, who decides.

use crate::engine::event::{Decider, Dial, Strategy};

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

/// Returns the strategy with its label: whose wits decide stands wherever it shows.
pub fn strategy(strategy: Strategy) -> String {
    match strategy.wits() {
        Some(wits) => format!("react · {}", wits.label()),
        None => strategy.word().to_owned(),
    }
}
