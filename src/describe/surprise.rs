//! A surprise in words.

use super::text;
use crate::engine::goal::Surprise;

/// Returns a surprise in words.
pub fn what(surprise: &Surprise) -> String {
    match surprise {
        Surprise::Set { key, value: Some(value) } => format!("{key} becomes {}", text::json(value, 120)),
        Surprise::Set { key, value: None } => format!("{key} is gone"),
        Surprise::Outcome { tool, value } => format!("{tool} returns {}", text::json(value, 120)),
        Surprise::Fail { tool, error, times: 1 } => format!("{tool} fails once: {}", text::clip(error, 120)),
        Surprise::Fail { tool, error, times } => format!("{tool} fails {times} times: {}", text::clip(error, 120)),
        Surprise::Goal { goal, .. } => format!("the goal becomes: {}", text::clip(goal, 160)),
    }
}
