//! A surprise in words.

use super::change::Change;
use super::text::clip;
use super::value::plain;
use crate::engine::goal::Surprise;
use crate::engine::state::State;

/// How much of an error or a goal is said, in cells.
const SAID: usize = 160;

/// Returns what a surprise does to `state` as it is, in words: `tickets [5] → [8]` where the value that it changes is
/// known, else like [`what()`].
pub fn what_now(surprise: &Surprise, state: &State) -> String {
    match surprise {
        Surprise::Set { key, value } => match state.context.get(key) {
            Some(datum) => Change::of(key, Some(datum.value.clone()), value.clone()).said(),
            None => what(surprise),
        },
        Surprise::Outcome { .. } | Surprise::Fail { .. } | Surprise::Goal { .. } => what(surprise),
    }
}

/// Returns a surprise in words: "`load_tickets` fails once: the server is down".
pub fn what(surprise: &Surprise) -> String {
    match surprise {
        Surprise::Set { key, value: Some(value) } => format!("{key} becomes {}", plain(value)),
        Surprise::Set { key, value: None } => format!("{key} is gone"),
        Surprise::Outcome { tool, value } => format!("{tool} returns {}", plain(value)),
        Surprise::Fail { tool, error, times: 1 } => format!("{tool} fails once: {}", clip(error, SAID)),
        Surprise::Fail { tool, error, times } => format!("{tool} fails {times} times: {}", clip(error, SAID)),
        Surprise::Goal { goal, .. } => format!("the goal becomes: {}", clip(goal, SAID)),
    }
}
