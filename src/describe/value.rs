//! Values in short: whole where they are small, cut or counted where they are not; what a key held at an event.

use std::fmt::Write;
use std::io;
use std::sync::Arc;

use super::sanitize::{harmless, is_harmful, push_escaped};
use super::text;
use crate::engine::event::{Event, Recorded, Seq};
use crate::engine::goal::Goal;
use crate::engine::value::{Look, Shared, Value};

/// Returns a value in a few words: `[5]` for what is nested and long, itself where it is short.
pub fn brief<'a>(value: impl Into<Look<'a>>) -> String {
    let value = value.into();
    let whole = json(value, 32);
    match size(value) {
        Some(size) if whole.ends_with('…') => size,
        Some(_) | None => whole,
    }
}

/// Returns a value in a sentence: `a list of 5`, `an object of 3` for what is nested and long, itself where it is short.
pub fn plain<'a>(value: impl Into<Look<'a>>) -> String {
    let value = value.into();
    let whole = json(value, 48);
    match whole.ends_with('…') {
        true if value.is_list() => format!("a list of {}", value.count()),
        true if value.is_object() => format!("an object of {}", value.count()),
        _ => whole,
    }
}

/// Returns a text as it is, and any other value as JSON: what a person copies.
pub fn text<'a>(value: impl Into<Look<'a>>) -> String {
    let value = value.into();
    value.beginning(usize::MAX).unwrap_or_else(|| value.json()).into_owned()
}

/// Returns the value that `key` had right after the event `version` wrote it.
pub fn value_at(records: &[Arc<Recorded>], goal: &Goal, key: &str, version: Seq) -> Option<Shared> {
    let record = usize::try_from(version).ok()?.checked_sub(1).and_then(|at| records.get(at))?;
    match record.event.innermost() {
        Event::Finished { writes, .. } | Event::Failed { writes, .. } => writes.get(key).cloned(),
        Event::Injected { values, .. } => values.get(key).cloned().flatten(),
        Event::Opened { .. } => goal.context.get(key).cloned(),
        _ => None,
    }
}

/// Returns `value` on one line of at most `max` cells, cut with `…`; a big value costs what is shown of it.
pub fn json<'a>(value: impl Into<Look<'a>>, max: usize) -> String {
    if max == 0 {
        return String::new();
    }
    let mut out = String::new();
    // Signs may take several bytes a cell; four bytes a cell and some room decide whether anything is cut.
    push(&mut out, value.into(), (max + 1).saturating_mul(4).saturating_add(16));
    text::clip(&out, max)
}

fn push(out: &mut String, value: Look<'_>, limit: usize) {
    if let Look::Tree(value) = value {
        return push_json(out, value, limit);
    }
    if let Some(text) = value.beginning(limit) {
        return push_string(out, &text, limit);
    }
    if !value.is_nested() {
        return out.push_str(&value.json());
    }
    let (open, close) = if value.is_list() { ('[', ']') } else { ('{', '}') };
    out.push(open);
    for (at, (name, child)) in value.children(0).enumerate() {
        if out.len() >= limit {
            return;
        }
        if at > 0 {
            out.push_str(", ");
        }
        if let Some(name) = name {
            push_string(out, &name, limit);
            out.push_str(": ");
        }
        push(out, child, limit);
    }
    out.push(close);
}

/// Writes `value` until `out` is `limit` bytes long. Recursion is bounded by `engine::value::MAX_DEPTH`.
fn push_json(out: &mut String, value: &Value, limit: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Number(n) => {
            let _ = write!(out, "{n}");
        }
        Value::String(s) => push_string(out, s, limit),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if out.len() >= limit {
                    return;
                }
                if at > 0 {
                    out.push_str(", ");
                }
                push_json(out, item, limit);
            }
            out.push(']');
        }
        Value::Object(entries) => {
            out.push('{');
            for (at, (key, item)) in entries.iter().enumerate() {
                if out.len() >= limit {
                    return;
                }
                if at > 0 {
                    out.push_str(", ");
                }
                push_string(out, key, limit);
                out.push_str(": ");
                push_json(out, item, limit);
            }
            out.push('}');
        }
    }
}

/// Writes a JSON string until `out` is `limit` bytes long; what is harmful is escaped as JSON does it.
fn push_string(out: &mut String, text: &str, limit: usize) {
    out.push('"');
    for c in text.chars() {
        if out.len() >= limit {
            return;
        }
        push_escaped(out, c);
    }
    out.push('"');
}

/// Returns `value` as JSON over several lines, harmful characters escaped: the same value, safe to show and edit.
pub fn json_pretty(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    if !text.chars().any(|c| c != '\n' && is_harmful(c)) {
        return text;
    }
    // Outside strings serde_json writes no harmful character but the line break.
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c != '\n' && is_harmful(c) { push_escaped(&mut out, c) } else { out.push(c) }
    }
    out
}

/// Writes `value` as a person reads it in pages: the lines of a text, anything else as [`json_pretty`] does. A long value
/// is read while it is written.
///
/// # Errors
/// Where `to` takes no more.
pub fn write_pages(value: Look<'_>, to: &mut dyn io::Write) -> io::Result<()> {
    match value.beginning(usize::MAX) {
        // The lines of a text stay lines.
        Some(text) => text.split('\n').enumerate().try_for_each(|(at, line)| {
            let line = harmless(line.trim_end_matches('\r'));
            write!(to, "{}{line}", if at > 0 { "\n" } else { "" })
        }),
        None => write_pretty(value, 1, to),
    }
}

/// Writes `value`, whose children are so many levels deep.
fn write_pretty(value: Look<'_>, depth: usize, to: &mut dyn io::Write) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    let is_long = matches!(value, Look::Inside(inside) if inside.is_long());
    if !is_long {
        return to.write_all(json_pretty(&value.value()).replace('\n', &format!("\n{}", &indent[2..])).as_bytes());
    }
    let (open, close) = if value.is_list() { ("[", "]") } else { ("{", "}") };
    to.write_all(open.as_bytes())?;
    for (at, (name, child)) in value.children(0).enumerate() {
        write!(to, "{}\n{indent}", if at > 0 { "," } else { "" })?;
        if let Some(name) = name {
            write!(to, "{}: ", json_pretty(&Value::from(&*name)))?;
        }
        write_pretty(child, depth + 1, to)?;
    }
    write!(to, "\n{}{close}", &indent[2..])
}

/// Returns the size of a value in a few cells: `[5]`, `{3}`, or nothing for what is not nested.
pub fn size<'a>(value: impl Into<Look<'a>>) -> Option<String> {
    let value = value.into();
    if value.is_list() {
        return Some(format!("[{}]", value.count()));
    }
    value.is_object().then(|| format!("{{{}}}", value.count()))
}

/// Returns of which type a value is, with its size where it has one: `list of 5`, `text of 1204`, `number`.
pub fn kind<'a>(value: impl Into<Look<'a>>) -> String {
    let value = value.into();
    // Of a long text the bytes are known, and counting characters would cost all of it.
    if let Some(length) = value.text_len().filter(|length| *length > 10_000) {
        return format!("text of {} kB", length / 1_000);
    }
    match value {
        _ if value.is_list() => format!("list of {}", value.count()),
        _ if value.is_object() => format!("object of {}", value.count()),
        _ => match &*value.value() {
            Value::String(text) => format!("text of {}", text.chars().count()),
            Value::Number(_) => "number".into(),
            Value::Bool(_) => "true/false".into(),
            Value::Null | Value::Array(_) | Value::Object(_) => "null".into(),
        },
    }
}

/// Returns how many values stand directly in `value`.
pub fn children<'a>(value: impl Into<Look<'a>>) -> usize {
    value.into().count()
}

/// Returns the filter that leads to the part of `key` under a JSON pointer: `.tickets[3].text`.
pub fn filter(key: &str, pointer: &str) -> String {
    let is_plain = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let names = pointer.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~"));
    let mut filter = String::new();
    for (at, name) in std::iter::once(key.to_owned()).chain(names).enumerate() {
        let quoted = || Value::from(name.as_str()).to_string();
        match name.parse::<usize>() {
            Ok(index) if at > 0 => filter.push_str(&format!("[{index}]")),
            _ if is_plain(&name) => filter.push_str(&format!(".{name}")),
            _ if at == 0 => filter.push_str(&format!(".[{}]", quoted())),
            _ => filter.push_str(&format!("[{}]", quoted())),
        }
    }
    filter
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::sanitize::tests::HOSTILE;
    use crate::describe::text::{clip, width};
    use serde_json::json;

    #[test]
    fn a_part_of_a_value_has_a_filter_that_leads_to_it() {
        assert_eq!(filter("tickets", ""), ".tickets");
        assert_eq!(filter("tickets", "/3/text"), ".tickets[3].text");
        assert_eq!(filter("my key", "/a~1b/x y"), ".[\"my key\"][\"a/b\"][\"x y\"]");
    }

    #[test]
    fn editing_text_made_harmless_gives_the_same_value() {
        for text in HOSTILE {
            let value = json!({ "text": *text });
            assert_eq!(serde_json::from_str::<Value>(&json_pretty(&value)).ok(), Some(value));
        }
    }

    #[test]
    fn a_value_is_shown_in_the_width_that_there_is() {
        assert_eq!(json(&json!({"a": [1, 2], "b": "x\n"}), 40), r#"{"a": [1, 2], "b": "x\n"}"#);
        assert_eq!(json(&json!([1, 2, 3, 4, 5]), 8), "[1, 2, …");
        assert_eq!((json(&json!(10_000), 4), json(&json!([1, 2.75]), 7)), ("…".into(), "[1, …".into()));
        for max in 0..20 {
            assert!(width(&json(&json!({"漢字": [null, true]}), max)) <= max);
        }
    }

    #[test]
    fn a_big_value_is_cut_to_what_is_shown_of_it() {
        let big = Value::Array((0..1_000_000).map(Value::from).collect());
        let long = Value::String("x".repeat(10_000_000));
        for _ in 0..100 {
            assert_eq!(width(&json(&big, 80)), 80);
            // Of the number that would be cut in two nothing stands.
            assert_eq!(width(&json(&big, 81)), 80);
            assert_eq!(width(&json(&long, 80)), 80);
            assert_eq!(width(&clip(long.as_str().unwrap_or_default(), 80)), 80);
        }
    }
}
