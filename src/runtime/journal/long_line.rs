//! A long line: its long values stay as they are written, and only the rest of it is read.
//!
//! Nothing of it is taken on trust: the whole line is looked through, and is JSON or goes the general way.

use std::ops::Range;

use super::beside;
use crate::engine::value::{self, Halves, LONG, LONG_PART, Outline, Shared, Text, Written, put_in};

/// Returns the outline of the line `text`; none where it is not JSON, or nests more than `most` levels deep. Its halves are
/// gone through beside each other.
pub(super) fn outline(text: &str, most: usize) -> Option<Outline> {
    let Some(halves) = Halves::of(text, most, LONG_PART) else { return value::outline(text, most, LONG_PART) };
    let (second, first) = beside(&|| halves.second(), || halves.first());
    Halves::whole(first, second)
}

/// Returns what `read` makes of the line `text`, which has this outline, whose long values were stood in for; none where it
/// has no long value, or something about it is unusual: then it is read as any other. `shared` is the text at these bytes
/// of the line, where somebody holds it already; it is copied otherwise.
pub(super) fn read<T>(
    text: &str,
    mut outline: Outline,
    shared: &impl Fn(&Range<usize>) -> Option<Text>,
    read: impl FnOnce(&[u8]) -> Option<T>,
) -> Option<T> {
    let mut places = Vec::new();
    find(text, &outline, 0, 1, &mut places);
    let (mut short, mut values, mut at) = (String::new(), Vec::new(), 0);
    for (range, depth) in &places {
        let before = text.get(at..range.start)?;
        short.push_str(before);
        short.push_str(&put_in::stand_in(values.len()));
        let own = outline.within(range, *depth);
        let part = match shared(range) {
            Some(part) => part,
            None => text.get(range.clone())?.to_owned().into(),
        };
        values.push(Shared::written(Written::outlined(part, own)));
        at = range.end;
    }
    short.push_str(text.get(at..)?);
    // Nothing else may look as if it stood in for one.
    if values.is_empty() || put_in::stood_in(&short) != values.len() {
        return None;
    }
    put_in::reading(values, || read(short.as_bytes()))?
}

/// Finds the long values of the event whose object begins at `at`, so many levels deep, in their order.
fn find(text: &str, outline: &Outline, at: usize, depth: usize, places: &mut Vec<(Range<usize>, usize)>) {
    for (name, range) in value::children(text, outline, at, 0).filter(|(_, range)| range.len() >= LONG) {
        match name {
            Some("\"event\"") => find(text, outline, range.start, depth + 1, places),
            Some("\"writes\"" | "\"values\"") => list(text, outline, range.start, depth + 1, places),
            Some("\"source\"") => {
                let context =
                    value::children(text, outline, range.start, 0).filter(|(name, _)| *name == Some("\"context\""));
                context.for_each(|(_, range)| list(text, outline, range.start, depth + 2, places));
            }
            Some(_) | None => {}
        }
    }
}

fn list(text: &str, outline: &Outline, at: usize, depth: usize, places: &mut Vec<(Range<usize>, usize)>) {
    let long = value::children(text, outline, at, 0).filter(|(_, range)| range.len() >= LONG);
    places.extend(long.map(|(_, range)| (range, depth)));
}
