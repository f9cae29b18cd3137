//! Words for sentences: values made short, lists, the nearest known name.

use crate::describe::value::plain;
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
        Value::Array(_) | Value::Object(_) => plain(value),
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

/// Says that keys are pinned, by whomever: a person, or a surprise that landed.
pub(super) fn are_pinned(keys: &[&str]) -> String {
    format!("{} {} pinned", listed(keys), if keys.len() == 1 { "is" } else { "are" })
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
        assert_eq!(short(&json!({"a": 1})), "{\"a\": 1}", "what is small is said itself");
        assert_eq!(short(&json!({"a": "x".repeat(100)})), "an object of 1");
        assert!(short(&json!("x".repeat(1000))).chars().count() < 50);
    }

    #[test]
    fn a_text_is_quoted_as_json_and_not_as_rust() {
        assert_eq!(short(&Value::from("a\u{1b}\"é")), r#""a\u001b\"é""#);
        assert_eq!(short(&Value::from("x".repeat(50))), format!("\"{}\"…", "x".repeat(40)));
        assert_eq!(quoted("a\tb"), r#""a\tb""#);
    }
}
