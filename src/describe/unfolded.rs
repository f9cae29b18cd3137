//! A value unfolded over rows, no more of it read than the rows that were asked for.

use super::value;
use crate::engine::value::{Look, Value};

/// Returns the first `most` rows of `value` as indented JSON, each at most `width` cells; whether more follows.
pub fn unfolded<'a>(value: impl Into<Look<'a>>, most: usize, width: usize) -> (Vec<String>, bool) {
    let mut rows = Rows { rows: Vec::new(), most, width };
    let whole = rows.add(value.into(), 0, "", "");
    (rows.rows, !whole)
}

/// The rows so far.
struct Rows {
    rows: Vec<String>,
    most: usize,
    width: usize,
}

impl Rows {
    /// Adds a row; returns whether it found room.
    fn row(&mut self, depth: usize, words: &str) -> bool {
        if self.rows.len() >= self.most {
            return false;
        }
        let indent = (depth * 2).min(self.width / 2);
        let words = super::text::clip(words, self.width.saturating_sub(indent).max(1));
        self.rows.push(format!("{}{words}", " ".repeat(indent)));
        true
    }

    /// Adds `value` behind `before`, in front of `after`; returns whether all of it found room.
    fn add(&mut self, value: Look<'_>, depth: usize, before: &str, after: &str) -> bool {
        let flat = value::json(value, self.width.saturating_sub(depth * 2 + before.len() + after.len()));
        // What fits into a row needs no more of them.
        let goes_on = !is_whole(value, &flat);
        let (open, close) = match value.text_len() {
            None if goes_on && value.is_list() => ("[", "]"),
            None if goes_on && value.is_object() => ("{", "}"),
            Some(_) if !flat.ends_with('"') => {
                // A long text is read on over as many rows as it needs.
                let indent = (depth * 2).min(self.width / 2);
                let room = self.width.saturating_sub(indent).max(1);
                let left = self.most.saturating_sub(self.rows.len());
                let text = value::json(value, room.saturating_mul(left + 1));
                let wrapped = super::text::wrap(&format!("{before}{text}{after}"), room);
                return wrapped.iter().all(|row| self.row(depth, row));
            }
            _ => return self.row(depth, &format!("{before}{flat}{after}")), // it fits, or it is a number
        };
        if !self.row(depth, &format!("{before}{open}")) {
            return false;
        }
        let last = value.count().saturating_sub(1);
        let whole = value.children(0).enumerate().all(|(at, (name, child))| {
            let name = name.map(|name| format!("{}: ", value::json(&Value::from(&*name), self.width)));
            self.add(child, depth + 1, &name.unwrap_or_default(), if at < last { "," } else { "" })
        });
        whole && self.row(depth, &format!("{close}{after}"))
    }
}

/// Tells whether `flat` is all of `value`: what was cut ends in an ellipsis.
fn is_whole(value: Look<'_>, flat: &str) -> bool {
    // A scalar has one row whatever becomes of it.
    value.count() == 0 || flat.ends_with(if value.is_list() { ']' } else { '}' })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_takes_the_rows_that_it_needs_and_no_more_than_were_asked_for() {
        let short = json!({"to": "Oak Lane 9"});
        assert_eq!(unfolded(&short, 9, 40), (vec![r#"{"to": "Oak Lane 9"}"#.to_owned()], false));
        let long = json!({"a": [1, 2], "text": "one two three four five", "b": {"c": true}});
        let (rows, more) = unfolded(&long, 9, 24);
        let expected =
            ["{", r#"  "a": [1, 2],"#, r#"  "text": "one two three"#, r#"  four five","#, r#"  "b": {"c": true}"#, "}"];
        assert_eq!((rows, more), (expected.map(str::to_owned).to_vec(), false));
        let huge = json!((0..1_000_000).collect::<Vec<u32>>());
        let (rows, more) = unfolded(&huge, 3, 20);
        assert_eq!((rows, more), (vec!["[".to_owned(), "  0,".to_owned(), "  1,".to_owned()], true));
    }
}
