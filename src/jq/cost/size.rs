//! How big a value is, in units: a unit is a node of a value, a key, or sixteen bytes of a text.

use serde_json::Value;

use super::super::input::{Given, Input, Json};

/// The biggest input, in units.
const BIGGEST: u64 = 2_000;

/// Returns the size of `input` in units, or none if it is too big to be worth counting.
pub(in super::super) fn size(input: &Input) -> Option<u64> {
    let mut units = 0;
    match input {
        Input::Whole(value) => count(&**value, &mut units)?,
        Input::Fields(fields) => {
            units += 1;
            for (name, value) in fields {
                units += text(name);
                count(&**value, &mut units)?;
            }
        }
    }
    (units <= BIGGEST).then_some(units)
}

fn count(value: &dyn Json, units: &mut u64) -> Option<()> {
    // What is given as its text is long.
    let Given::Tree(value) = value.given() else { return None };
    // The next ones to count stand at the end: values may be nested deeply, so no recursion.
    let mut todo = vec![value];
    while let Some(value) = todo.pop() {
        *units += 1;
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(string) => *units += text(string),
            Value::Array(items) if items.len() as u64 <= BIGGEST => todo.extend(items),
            Value::Object(entries) if entries.len() as u64 <= BIGGEST => {
                for (name, value) in entries {
                    *units += text(name);
                    todo.push(value);
                }
            }
            Value::Array(_) | Value::Object(_) => return None,
        }
        if *units > BIGGEST {
            return None;
        }
    }
    Some(())
}

/// Returns how many units `text` takes, as a key or beside its node.
pub(super) fn text(text: &str) -> u64 {
    1 + text.len() as u64 / 16
}

/// Returns how big the JSON text of a value of `size` units can be: a control character takes six bytes, and a number
/// has up to 309 digits.
pub(super) fn as_text(size: u64) -> u64 {
    size.saturating_mul(24).saturating_add(2)
}
