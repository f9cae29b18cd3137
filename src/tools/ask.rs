//! Tools of kind `ask`: the question that is put to a person, and whether an answer is of the kind that it asks for.

use crate::engine::effect::{Call, Subject};
use crate::engine::goal::{Risk, Run};
use crate::engine::value::Value;
use crate::jq::{Cancel, Evaluator, Limits, filling};

use super::reading::{Reading, Shape, may, needs};
use super::{Kind, Timeout, Way, contract, filter};

/// The kind `ask`.
pub(super) static KIND: Kind = Kind {
    name: "ask",
    way: Way::Asked,
    timeout: Timeout::Unlimited,
    risk: Risk::None,
    in_folder: false,
    schema: r#"{
        "description": "A question to the person; the answer is the result.",
        "type": "object",
        "properties": {
            "question": {
                "type": "string",
                "minLength": 1,
                "description": "What the person is asked. \\(…) in it are jq filters over the inputs: \"Is \\\\(.price) too much?\"."
            },
            "schema": {
                "type": ["object", "boolean"],
                "description": "A JSON Schema of the answer, like {\"type\": \"string\"}."
            }
        },
        "required": ["question"],
        "additionalProperties": false
    }"#,
    shape: Some(&SHAPE),
    read,
    check: |_, _, _| (),
};

/// A question to the person.
static SHAPE: Shape = Shape {
    what: "a question",
    schema: "ask",
    fields: &[needs("question", "what the person is asked"), may("schema", "a JSON Schema of the answer")],
    later: &[],
};

fn read(spec: &mut dyn Reading, _run: &mut Run) {
    spec.fields(&SHAPE, &mut |field, part| match field {
        "question" => {
            part.template("the question, as a text; \\(…) in it are jq");
        }
        "schema" if !part.value().is_object() && !part.value().is_boolean() => {
            part.fault("This is not a JSON Schema", "an object like {\"type\": \"string\"}", None);
        }
        _ => {}
    });
}

/// Bounds what a question computes: nobody waits for it.
const FILLING: Limits = Limits::lasting(std::time::Duration::from_millis(100));

/// How deep a schema is looked into; what lies deeper is not held against an answer.
const DEEPEST: usize = 32;

/// Returns the question of `call` with its filters filled in from the inputs, or none where it asks none.
///
/// A filter that fails, or takes long, leaves the question as it was written.
pub fn question(call: &Call, jq: &Evaluator) -> Option<String> {
    let asked = part(call, "question")?.as_str()?;
    let Some(template) = filling(asked) else { return Some(asked.to_owned()) };
    let subject = Subject::Object(call.inputs.clone());
    match filter::first(jq, &template, &subject, FILLING, &Cancel::new()) {
        Ok(Value::String(filled)) => Some(filled),
        Ok(_) | Err(_) => Some(asked.to_owned()),
    }
}

/// Says in a sentence why `answer` is not what the schema of `call` asks for, if it is not.
///
/// Of a JSON Schema it knows `type`, `enum`, `const`, `required`, `properties` and `items`; it lets pass what it does
/// not know.
pub(super) fn unfit(call: &Call, answer: &Value) -> Option<String> {
    mismatch(part(call, "schema")?, answer)
}

fn part<'a>(call: &'a Call, name: &str) -> Option<&'a Value> {
    let spec = &call.tool.as_ref()?.run.spec;
    spec.get(name).or_else(|| spec.get("ask").and_then(|ask| ask.get(name)))
}

/// Says in a sentence why `answer` is not what `schema` asks for, if it is not.
pub fn mismatch(schema: &Value, answer: &Value) -> Option<String> {
    differs(schema, answer, "the answer", 0)
}

fn differs(schema: &Value, value: &Value, what: &str, depth: usize) -> Option<String> {
    if *schema == Value::Bool(false) {
        return Some(format!("nothing is allowed as {what}"));
    }
    let schema = schema.as_object().filter(|_| depth < DEEPEST)?;
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(only)) => vec![only],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        Some(_) | None => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|name| is(name, value)) {
        return Some(format!("{what} has to be of type {}, and it is {}", types.join(" or "), contract::kind(value)));
    }
    if let Some(Value::Array(allowed)) = schema.get("enum")
        && !allowed.contains(value)
    {
        let allowed: Vec<String> = allowed.iter().take(8).map(Value::to_string).collect();
        return Some(format!("{what} has to be one of {}", allowed.join(", ")));
    }
    if let Some(only) = schema.get("const").filter(|only| *only != value) {
        return Some(format!("{what} has to be {only}"));
    }
    match value {
        Value::Object(fields) => {
            let required = schema.get("required").and_then(Value::as_array);
            let mut required = required.into_iter().flatten().filter_map(Value::as_str);
            if let Some(missing) = required.find(|name| !fields.contains_key(*name)) {
                return Some(format!("{what} lacks \"{missing}\""));
            }
            let known = schema.get("properties").and_then(Value::as_object)?;
            known.iter().find_map(|(name, schema)| {
                differs(schema, fields.get(name)?, &format!("\"{name}\" in {what}"), depth + 1)
            })
        }
        Value::Array(items) => {
            let schema = schema.get("items")?;
            let place = |at: usize| format!("item {} of {what}", at + 1);
            items.iter().enumerate().find_map(|(at, item)| differs(schema, item, &place(at), depth + 1))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Tells whether `value` is of the type that a schema calls `name`. Types that nobody knows let everything pass.
fn is(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(schema: Value, answer: Value) -> String {
        mismatch(&schema, &answer).unwrap_or_default()
    }

    #[test]
    fn an_answer_is_held_to_the_type_that_is_asked_for() {
        assert_eq!(
            said(json!({"type": "number"}), json!("x")),
            "the answer has to be of type number, and it is a text"
        );
        assert_eq!(said(json!({"type": ["integer", "null"]}), json!(null)), "");
        assert_eq!(said(json!({"type": "integer"}), json!(2.0)), "");
        assert_eq!(said(json!({"enum": ["a", "b"]}), json!("c")), "the answer has to be one of \"a\", \"b\"");
        assert_eq!(said(json!(true), json!(1)), "");
        assert_eq!(said(json!(false), json!(1)), "nothing is allowed as the answer");
    }

    #[test]
    fn what_lies_inside_an_answer_is_named() {
        let schema = json!({
            "type": "object", "required": ["to"],
            "properties": { "to": { "type": "array", "items": { "type": "string" } } }
        });
        assert_eq!(said(schema.clone(), json!({})), "the answer lacks \"to\"");
        let found = said(schema.clone(), json!({"to": ["a", 1]}));
        assert_eq!(found, "item 2 of \"to\" in the answer has to be of type string, and it is a number");
        assert_eq!(said(schema, json!({"to": ["a"], "more": 1})), "");
    }
}
