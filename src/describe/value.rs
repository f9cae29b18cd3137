//! Values in short, and what a key held at an event.

use super::text;
use crate::engine::event::{Event, Recorded, Seq};
use crate::engine::goal::Goal;
use crate::engine::value::{Shared, Value};

/// Returns a value in a few words: `[5]` for what is nested and long, itself where it is short.
pub fn brief(value: &Value) -> String {
    let whole = text::json(value, 32);
    match text::size(value) {
        Some(size) if whole.ends_with('…') => size,
        Some(_) | None => whole,
    }
}

/// Returns the value that `key` had right after the event `version` wrote it.
pub fn value_at(records: &[Recorded], goal: &Goal, key: &str, version: Seq) -> Option<Shared> {
    let record = usize::try_from(version).ok()?.checked_sub(1).and_then(|at| records.get(at))?;
    match record.event.innermost() {
        Event::Finished { writes, .. } | Event::Failed { writes, .. } => writes.get(key).cloned(),
        Event::Injected { values, .. } => values.get(key).cloned().flatten(),
        Event::Opened { .. } => goal.context.get(key).cloned(),
        _ => None,
    }
}
