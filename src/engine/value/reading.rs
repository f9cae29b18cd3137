//! JSON from outside, made the text that a long value is held as: a piece at a time, and never the whole as a tree.

use std::collections::HashSet;
use std::ops::Range;

use super::outline::{self, Outline};
use super::{LONG, MAX_DEPTH, Shared, Value, Written, scan, walk};

/// Why a text was not read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// It is not JSON.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// Nobody waits for it any more.
    #[error("it was cancelled")]
    Cancelled,
}

/// Reads `text`, which may be long: each part of it goes through `change`, which may cut something out of it, and
/// `goes_on` is told how many bytes were read and says whether anybody still waits.
///
/// # Errors
/// Where it is not JSON, or `goes_on` says so.
pub fn read(
    text: &str,
    change: &mut dyn FnMut(&mut Value),
    goes_on: &mut dyn FnMut(usize) -> bool,
) -> Result<Shared, Unread> {
    let known = (text.len() >= LONG).then(|| walk::outline(text, MAX_DEPTH, outline::LONG)).flatten();
    let long = known.map(|outline| {
        let out = String::with_capacity(text.len());
        let mut copy = Copy { text, outline: &outline, change: &mut *change, goes_on, out };
        let from = scan::past_space(text, 0);
        copy.value(from..outline.end(text, from)).map(|is| is.then_some(copy.out))
    });
    if let Some(whole) = long.transpose()?.flatten()
        && whole.len() >= LONG
        && let Some(written) = Written::new(whole.into())
    {
        return Ok(Shared::written(written));
    }
    let mut value: Value = serde_json::from_str(text)?;
    change(&mut value);
    Ok(Shared::new(value))
}

/// A text while it is written anew.
struct Copy<'a> {
    text: &'a str,
    outline: &'a Outline,
    change: &'a mut dyn FnMut(&mut Value),
    goes_on: &'a mut dyn FnMut(usize) -> bool,
    out: String,
}

impl Copy<'_> {
    /// Copies the value at `range`. Returns whether that can be done a piece at a time: not where a name stands twice.
    fn value(&mut self, range: Range<usize>) -> Result<bool, Unread> {
        let (text, outline) = (self.text, self.outline);
        if !outline.parts.contains_key(&range.start) {
            let mut value: Value = serde_json::from_str(text.get(range.clone()).unwrap_or_default())?;
            (self.change)(&mut value);
            self.out.push_str(&serde_json::to_string(&value)?);
            return if (self.goes_on)(range.end) { Ok(true) } else { Err(Unread::Cancelled) };
        }
        let mut names = HashSet::new();
        let is_object = text.as_bytes().get(range.start) == Some(&b'{');
        self.out.push(if is_object { '{' } else { '[' });
        for (at, (name, child)) in outline::children(text, outline, range.start, 0).enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            if let Some(name) = name {
                // A name is changed as one of an object is.
                let name: String = serde_json::from_str(name)?;
                let mut object = Value::Object([(name, Value::Null)].into_iter().collect());
                (self.change)(&mut object);
                let name = object.as_object().and_then(|object| object.keys().next().cloned()).unwrap_or_default();
                self.out.push_str(&serde_json::to_string(&name)?);
                self.out.push(':');
                if !names.insert(name) {
                    return Ok(false);
                }
            }
            if !self.value(child)? {
                return Ok(false);
            }
        }
        self.out.push(if is_object { '}' } else { ']' });
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_whole(text: &str) -> Shared {
        read(text, &mut |_| (), &mut |_| true).expect("it is read")
    }

    #[test]
    fn a_long_text_becomes_what_its_value_is_written_as() {
        let items: Vec<Value> =
            (0..8_000).map(|at| json!({ "n": at, "a/b": [1.5, "é\n".repeat(40)], "x": null })).collect();
        let value = json!({ "a": { "items": items, "t": "y".repeat(100_000) }, "b": 1e300 });
        for text in [value.to_string(), serde_json::to_string_pretty(&value).expect("JSON")] {
            let read = read_whole(&text);
            assert_eq!(read.long().expect("it is long").text(), value.to_string());
        }
        let odd = value.to_string().replace("1.5", "1.50").replace("é", "\\u00e9");
        assert_eq!(read_whole(&odd), Shared::new(value));
    }

    #[test]
    fn of_two_alike_names_the_last_counts_however_long_the_text_is() {
        let long = "x".repeat(LONG);
        let text = format!(r#"{{"a": 1, "b": "{long}", "a": 2}}"#);
        assert_eq!(read_whole(&text), Shared::new(json!({ "a": 2, "b": long })));
    }

    #[test]
    fn names_and_texts_are_changed_wherever_they_stand() {
        let items: Vec<Value> = (0..8_000).map(|at| json!({ "n": at, "secret": "x secret".repeat(60) })).collect();
        let mut cut =
            |value: &mut Value| *value = serde_json::from_str(&value.to_string().replace("secret", "-")).expect("JSON");
        let read = read(&json!({ "secret": items }).to_string(), &mut cut, &mut |_| true).expect("it is read");
        let text = read.long().expect("it is long").text().to_owned();
        assert!(!text.contains("secret") && text.starts_with(r#"{"-":[{"n":0,"-":"x -x -"#));
    }

    #[test]
    fn what_is_not_json_and_what_nobody_waits_for_is_not_read() {
        let text = format!("[{}1", "1,".repeat(LONG));
        assert!(matches!(read(&text, &mut |_| (), &mut |_| true), Err(Unread::Json(_))));
        assert!(matches!(read(&format!("{text}]"), &mut |_| (), &mut |_| false), Err(Unread::Cancelled)));
    }
}
