//! What a learner predicted: read, and held against the truth.

use serde_json::{Number, Value};

use crate::describe::value;
use crate::goal_file::Takes;

/// The longest answer or truth that is shown, in characters.
const SHORT: usize = 60;

/// What was said to a question, and what it came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// The answer; none: the question was skipped, or what it asks happened first.
    pub value: Option<Value>,
    /// The truth, once it is known.
    pub truth: Option<Value>,
    /// Whether the answer is the truth, once both are known.
    pub right: Option<bool>,
    /// The recorded why beside the truth.
    pub why: Option<String>,
}

impl Said {
    /// Takes the truth.
    pub fn settle(&mut self, truth: Value, why: Option<String>) {
        self.right = self.value.as_ref().map(|said| is_same(said, &truth));
        (self.truth, self.why) = (Some(truth), why);
    }

    /// Returns how it came out, in a sentence: "You said refund. So it is: by s3 `find_top_intent`".
    pub fn sentence(&self) -> String {
        let Some(truth) = &self.truth else {
            return self.value.as_ref().map(|said| format!("You say {}.", shown(said))).unwrap_or_default();
        };
        let why = self.why.as_deref().map(|why| format!(" {why}")).unwrap_or_default();
        match (&self.value, self.right) {
            (Some(said), Some(true)) => format!("You said {}, and so it is.{why}", shown(said)),
            (Some(said), _) => format!("You said {}; it is {}.{why}", shown(said), shown(truth)),
            (None, _) => format!("It is {}.{why}", shown(truth)),
        }
    }
}

/// Reads what was typed.
///
/// # Errors
/// A sentence that says what would be taken.
pub fn read(takes: &Takes, typed: &str) -> Result<Value, String> {
    let typed = typed.trim();
    match takes {
        _ if typed.is_empty() => Err("nothing was typed".into()),
        Takes::Number => match serde_json::from_str::<Number>(typed) {
            Ok(number) => Ok(Value::Number(number)),
            Err(_) => Err(format!("\"{typed}\" is not a number: type one, like 3")),
        },
        Takes::Text => Ok(typed.into()),
        Takes::Choices(choices) => match choices.iter().find(|choice| choice.eq_ignore_ascii_case(typed)) {
            Some(choice) => Ok(choice.as_str().into()),
            None => Err(format!("\"{typed}\" is not among {}", choices.join(", "))),
        },
    }
}

/// Tells whether what was said is the truth: 3 is 3.0, and words are compared without their case.
fn is_same(said: &Value, truth: &Value) -> bool {
    match (said, truth) {
        (Value::Number(said), Value::Number(truth)) => said.as_f64() == truth.as_f64(),
        (Value::String(said), truth) => said.to_lowercase() == plain(truth).trim().to_lowercase(),
        (said, truth) => said == truth,
    }
}

/// Returns a value as a person would say it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().count() <= SHORT => text.clone(),
        other => value::json(other, SHORT),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_typed_is_read_as_what_the_question_takes_or_it_is_said_what_is_wrong() {
        let choices = Takes::Choices(vec!["kept".into(), "dropped".into()]);
        assert_eq!(read(&Takes::Number, " 3.0 "), Ok(json!(3.0)));
        assert_eq!(read(&choices, "Kept"), Ok(json!("kept")));
        assert_eq!(read(&Takes::Number, "many"), Err("\"many\" is not a number: type one, like 3".into()));
        assert_eq!(read(&choices, "3"), Err("\"3\" is not among kept, dropped".into()));
        assert!(read(&Takes::Text, " ").is_err());
    }

    #[test]
    fn a_right_answer_is_told_from_a_wrong_one_and_from_one_that_was_not_given() {
        let said = |value: Option<Value>, truth: Value| {
            let mut said = Said { value, ..Said::default() };
            said.settle(truth, Some("By s3.".into()));
            (said.right, said.sentence())
        };
        assert_eq!(said(Some(json!(3)), json!(3.0)), (Some(true), "You said 3, and so it is. By s3.".into()));
        assert_eq!(said(Some(json!("Refund")), json!("refund")).0, Some(true));
        assert_eq!(said(Some(json!("true")), json!(true)).0, Some(true));
        assert_eq!(said(Some(json!("a")), json!("b")), (Some(false), "You said a; it is b. By s3.".into()));
        assert_eq!(said(None, json!("b")), (None, "It is b. By s3.".into()));
    }
}
