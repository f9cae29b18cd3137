//! What a screen says of itself to somebody who sees it for the first time.

use super::text::count;
use crate::engine::plan::Author;
use crate::engine::state::{Phase, State};

/// What the signs of the two columns mean, the most needed first: a sign, and its meaning.
pub const LEGEND: [(&str, &str); 7] = [
    ("s1 → s2", "made by s1, read by s2"),
    ("○", "to do"),
    ("✓", "done"),
    ("[5]", "a list of 5"),
    ("{3}", "an object of 3"),
    ("±", "changed"),
    ("~", "made from old values"),
];

/// Returns what is proposed and what a person can do about it, before anything has run.
pub fn proposal(state: &State) -> Option<String> {
    let nothing_ran = state.runs.is_empty() && state.turns.is_empty();
    match &state.phase {
        Phase::Review => {
            let steps = state.plan.remaining();
            let who = match steps.first().is_some_and(|step| step.by == Author::File) {
                true => "The plan of the file has",
                false => "The planner proposes",
            };
            let steps = count(steps.len(), "step");
            Some(format!("{who} {steps}. Read them, then \x01approve\x02; \x01step\x02 also runs the first."))
        }
        Phase::Ready if state.is_react() && nothing_ran => Some(
            "No plan is made: \x01step\x02 thinks of one action and does it; what comes back decides on the next."
                .into(),
        ),
        _ => None, // later, the line of what comes next says it
    }
}
