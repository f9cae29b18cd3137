//! Values that stand in for long ones while the rest of a text is read: the long ones are put in where they belong.
//!
//! Reading takes each [`Shared`] by itself, wherever it stands, and knows of no other: so the long ones wait
//! beside the thread that reads.

use std::cell::RefCell;

use super::{Shared, Value};

/// What a text begins with that stands in for a long value; its number follows.
const SIGN: &str = "\u{0}long value ";

thread_local! {
    static WAITING: RefCell<Vec<Option<Shared>>> = const { RefCell::new(Vec::new()) };
}

/// Returns the JSON of what stands in for the long value of this number.
pub fn stand_in(number: usize) -> String {
    format!("\"\\u0000long value {number}\"")
}

/// Returns how much in `json` looks as if it stood in for a long value: everything that holds the character U+0000.
pub fn stood_in(json: &str) -> usize {
    json.matches("\\u0000").count()
}

/// Does `read`, in which each of `values` is put in where it was stood in for. None where one of them found no place.
pub fn reading<T>(values: Vec<Shared>, read: impl FnOnce() -> T) -> Option<T> {
    let waiting = values.into_iter().map(Some).collect();
    let before = WAITING.replace(waiting);
    let read = read();
    let left = WAITING.replace(before);
    left.iter().all(Option::is_none).then_some(read)
}

/// Takes the long value that `value` stands in for.
pub(super) fn taken(value: &Value) -> Option<Shared> {
    let number: usize = value.as_str()?.strip_prefix(SIGN)?.parse().ok()?;
    WAITING.with_borrow_mut(|waiting| waiting.get_mut(number)?.take())
}
