//! A value unfolded over rows, no more of it read than the rows that were asked for.

use super::value;
use crate::engine::value::Value;

/// Returns the first `most` rows of `value` as indented JSON, each at most `width` cells; whether more follows.
pub fn unfolded(value: &Value, most: usize, width: usize) -> (Vec<String>, bool) {
    let mut rows = Rows { rows: Vec::new(), most, width };
    let whole = rows.add(value, 0, "", "");
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
    fn add(&mut self, value: &Value, depth: usize, before: &str, after: &str) -> bool {
        let flat = value::json(value, self.width.saturating_sub(depth * 2 + before.len() + after.len()));
        let (open, close) = match value {
            // What fits into a row needs no more of them.
            Value::Array(items) if !items.is_empty() && !is_whole(value, &flat) => ("[", "]"),
            Value::Object(fields) if !fields.is_empty() && !is_whole(value, &flat) => ("{", "}"),
            Value::String(_) if !flat.ends_with('"') => {
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
        let whole = match value {
            Value::Array(items) => {
                let last = items.len() - 1;
                items
                    .iter()
                    .enumerate()
                    .all(|(at, item)| self.add(item, depth + 1, "", if at < last { "," } else { "" }))
            }
            Value::Object(fields) => {
                let last = fields.len() - 1;
                fields.iter().enumerate().all(|(at, (name, field))| {
                    let name = format!("{}: ", value::json(&Value::from(name.as_str()), self.width));
                    self.add(field, depth + 1, &name, if at < last { "," } else { "" })
                })
            }
            _ => true, // a scalar was added above
        };
        whole && self.row(depth, &format!("{close}{after}"))
    }
}

/// Tells whether `flat` is all of `value`: what was cut ends in an ellipsis.
fn is_whole(value: &Value, flat: &str) -> bool {
    match value {
        Value::Array(_) => flat.ends_with(']'),
        Value::Object(_) => flat.ends_with('}'),
        _ => true, // a scalar has one row whatever becomes of it
    }
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
