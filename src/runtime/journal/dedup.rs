//! Values that were written before: a line names the event that wrote one instead of writing it once more.
//!
//! A step that runs again mostly confirms what it made; a journal must not grow by the value each time.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::event::{Event, Recorded, Seq};
use crate::engine::goal::Key;
use crate::engine::value::{Shared, Value};

/// The shortest text that is worth a name, in bytes.
const WORTH: usize = 24;

/// Which event wrote which value, by the value's content.
#[derive(Debug, Default)]
pub struct Dedup {
    by_content: HashMap<u64, Seq>,
    /// How many events were looked at. Those of a session that is opened again are looked at when the first value has
    /// to be written: most are opened to be read.
    seen: usize,
}

impl Dedup {
    /// Returns what is the same in `record`: its key, and the earlier event whose one value it is. Remembers the
    /// value where it is new. `records` are all events, by number.
    pub fn find(&mut self, record: &Recorded, records: &[Arc<Recorded>]) -> Option<(Key, Seq)> {
        let (key, value) = worth_a_name(record)?;
        let before = usize::try_from(record.seq).ok()?.checked_sub(1)?;
        for earlier in records.get(self.seen..before).unwrap_or_default() {
            if let Some((_, value)) = worth_a_name(earlier) {
                self.by_content.entry(value.hash()).or_insert(earlier.seq);
            }
        }
        self.seen = before + 1;
        let seq = *self.by_content.entry(value.hash()).or_insert(record.seq);
        let same = seq < record.seq && value_of(seq, records).is_some_and(|earlier| identical(&earlier, value));
        same.then(|| (key.clone(), seq))
    }
}

/// Returns the key and the one value that `record` wrote, if a line that names it is shorter.
fn worth_a_name(record: &Recorded) -> Option<(&Key, &Shared)> {
    one_value(&record.event).filter(|(_, value)| {
        value.long().is_some()
            || match &***value {
                Value::String(text) => text.len() >= WORTH,
                Value::Array(items) => !items.is_empty(),
                Value::Object(entries) => !entries.is_empty(),
                Value::Null | Value::Bool(_) | Value::Number(_) => false,
            }
    })
}

/// Returns the one value that the event `seq` wrote.
pub fn value_of(seq: Seq, records: &[Arc<Recorded>]) -> Option<Shared> {
    let record = records.get(usize::try_from(seq).ok()?.checked_sub(1)?)?;
    one_value(&record.event).map(|(_, value)| value.clone())
}

/// Tells whether two values are written alike: equal, and the keys of objects in the same order.
fn identical(a: &Shared, b: &Shared) -> bool {
    Shared::ptr_eq(a, b) || (a == b && (a.long().is_some() || same_order(a, b)))
}

fn same_order(a: &Value, b: &Value) -> bool {
    let mut todo = vec![(a, b)];
    while let Some((a, b)) = todo.pop() {
        match (a, b) {
            (Value::Object(a), Value::Object(b)) => {
                if !a.keys().eq(b.keys()) {
                    return false;
                }
                todo.extend(a.values().zip(b.values()));
            }
            (Value::Array(a), Value::Array(b)) => todo.extend(a.iter().zip(b)),
            _ => {}
        }
    }
    true
}

/// Returns the key and value of a step's outcome that is one value.
pub(super) fn one_value(event: &Event) -> Option<(&Key, &Shared)> {
    match event {
        Event::Finished { writes, .. } | Event::Failed { writes, .. } if writes.len() == 1 => writes.first(),
        _ => None,
    }
}

/// Returns `event` without the value that it repeats.
pub fn without_value(event: &Event) -> Event {
    let mut event = event.clone();
    if let Event::Finished { writes, .. } | Event::Failed { writes, .. } = &mut event {
        writes.clear();
    }
    event
}

/// Gives `event` back the value that it repeats. The sentence says why it cannot.
///
/// # Errors
/// A sentence, if there is no such value or the event has no place for it.
pub fn restore(event: &mut Event, key: Key, seq: Seq, value: Option<Shared>) -> Result<(), String> {
    match (event, value) {
        (Event::Finished { writes, .. } | Event::Failed { writes, .. }, Some(value)) if writes.is_empty() => {
            writes.insert(key, value);
            Ok(())
        }
        _ => Err(format!("it repeats the value of event {seq}, which has none to repeat")),
    }
}
