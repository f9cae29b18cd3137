//! Words for sentences: values made short, lists, the nearest known name.

use crate::engine::value::Value;

/// How many characters of a text or a name are shown.
const SHOWN: usize = 40;

/// Returns `value` in at most some forty characters; costs nothing for a big one.
pub(super) fn short(value: &Value) -> String {
    match value {
        Value::Null => "null".to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => {
            let mut chars = text.chars();
            let shown: String = chars.by_ref().take(SHOWN).collect();
            let shown = quoted(&shown);
            if chars.next().is_some() { format!("{shown}…") } else { shown }
        }
        Value::Array(items) if items.is_empty() => "[]".to_string(),
        Value::Array(items) if items.len() <= 3 && items.iter().all(Value::is_number) => {
            let items: Vec<String> = items.iter().map(Value::to_string).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(entries) if entries.is_empty() => "{}".to_string(),
        Value::Object(entries) => format!("an object of {}", entries.len()),
    }
}

/// Returns `text` in quotes, as JSON writes it: that is how a person gave it.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Returns `words` as "a", "a and b" or "a, b and c".
pub(super) fn listed<S: AsRef<str>>(words: &[S]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_string(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

/// Returns the one of `known` that `name` is most likely a typo of, if any is near.
pub(super) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let typed: Vec<char> = name.chars().take(64).collect();
    let limit = (typed.len() / 3).max(1);
    let distances = known.into_iter().filter(|other| *other != name).filter_map(|other| {
        let length = other.chars().count();
        (length.abs_diff(typed.len()) <= limit).then(|| (distance(&typed, other), other))
    });
    distances.filter(|(distance, _)| *distance <= limit).min_by_key(|(distance, _)| *distance).map(|(_, other)| other)
}

/// Counts the letters to insert, delete or replace.
fn distance(typed: &[char], other: &str) -> usize {
    let mut row: Vec<usize> = (0..=typed.len()).collect();
    for (at, letter) in other.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, typed) in typed.iter().enumerate() {
            let replaced = diagonal + usize::from(*typed != letter);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[typed.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn big_values_are_counted_and_long_texts_are_cut() {
        assert_eq!(short(&json!([])), "[]");
        assert_eq!(short(&json!([1, 2])), "[1, 2]");
        assert_eq!(short(&json!(vec![0; 100_000])), "a list of 100000");
        assert_eq!(short(&json!({"a": 1})), "an object of 1");
        assert!(short(&json!("x".repeat(1000))).chars().count() < 50);
    }

    #[test]
    fn a_typo_finds_its_name_and_a_stranger_none() {
        assert_eq!(nearest("regoins", ["tickets", "regions"]), Some("regions"));
        assert_eq!(nearest("report", ["tickets", "regions"]), None);
    }

    #[test]
    fn a_text_is_quoted_as_json_and_not_as_rust() {
        assert_eq!(short(&Value::from("a\u{1b}\"é")), r#""a\u001b\"é""#);
        assert_eq!(short(&Value::from("x".repeat(50))), format!("\"{}\"…", "x".repeat(40)));
        assert_eq!(quoted("a\tb"), r#""a\tb""#);
    }
}
