//! A surprise in words.

use super::text::clip;
use super::value::plain;
use crate::engine::goal::Surprise;

/// How much of an error or a goal is said, in cells.
const SAID: usize = 160;

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
