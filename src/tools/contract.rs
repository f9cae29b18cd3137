//! The contract around every kind: exactly the declared outputs, and every `ensures`.

use crate::describe::value as said;
use crate::engine::effect::{Call, Subject};
use crate::engine::event::Verdict;
use crate::engine::goal::Key;
use crate::engine::value::{Look, MAX_DEPTH, Shared, Value};
use crate::jq::{Cancel, Evaluator};

use super::filter;

/// How much of a value a sentence shows, in characters.
const SHOWN: usize = 60;

/// How many values a sentence shows.
const SHOWN_VALUES: usize = 4;

/// Returns `result` under the outputs that `call` declares, in their order.
///
/// One declared output: the result is its value. Several: the result is an object of exactly those keys.
pub(super) fn outputs(call: &Call, result: &Shared) -> Result<Vec<(Key, Shared)>, String> {
    if result.nests_deeper(MAX_DEPTH) {
        return Err(format!("its result is nested more than {MAX_DEPTH} levels deep"));
    }
    let declared: Vec<Key> = match &call.tool {
        Some(tool) => tool.outputs.clone(),
        None => call.step.to.iter().map(|(name, _)| name.clone()).collect(),
    };
    match declared.as_slice() {
        [only] => Ok(vec![(only.clone(), result.clone())]),
        several => {
            let names = || several.iter().map(|name| &**name).collect::<Vec<_>>().join(", ");
            let object = result.look();
            if !object.is_object() {
                let kind = kind(&object.value());
                return Err(match several {
                    [] => format!("it declares no output, so it has to return {{}}, and it returned {kind}"),
                    _ => format!("it has to return an object of {}, and it returned {kind}", names()),
                });
            }
            let field = |name: &Key| object.field(name);
            if let Some(missing) = several.iter().find(|name| field(name).is_none()) {
                return Err(format!("its result lacks {missing}: it has to return exactly {}", names()));
            }
            if let Some(extra) =
                object.children(0).filter_map(|(name, _)| name).find(|key| !several.iter().any(|name| **name == **key))
            {
                return Err(match several {
                    [] => format!("its result holds {extra}, and it declares no output"),
                    _ => format!("its result holds {extra}, which it does not declare: it may return only {}", names()),
                });
            }
            let of = |name: &Key| Some((name.clone(), field(name)?.share()));
            Ok(several.iter().filter_map(of).collect())
        }
    }
}

/// Returns the sentence on the first `ensures` of `call` that does not hold on inputs and outputs together.
pub(super) fn broken(call: &Call, subject: &Subject, jq: &Evaluator, cancel: &Cancel) -> Option<String> {
    let conditions: Vec<&str> = call.ensures.iter().map(|check| &*check.condition).collect();
    let verdicts = filter::judge(jq, &conditions, subject, cancel);
    call.ensures.iter().zip(verdicts).find_map(|(check, verdict)| match verdict {
        Verdict::True => None,
        Verdict::False => {
            Some(format!("\"{}\" does not hold: it saw {}", check.label, seen(&check.condition, subject)))
        }
        Verdict::Undecided(why) => Some(format!("\"{}\" cannot be decided: {why}", check.label)),
    })
}

/// Returns the values that `condition` speaks of (all, where it names none), short.
fn seen(condition: &str, subject: &Subject) -> String {
    let values: Vec<(&str, Look<'_>)> = match subject {
        Subject::Value(value) => return short(value.look()),
        Subject::Object(values) => values.iter().map(|(key, value)| (&**key, value.look())).collect(),
    };
    let named: Vec<_> = values.iter().filter(|(key, _)| condition.contains(*key)).copied().collect();
    let shown = if named.is_empty() { values } else { named };
    let more = shown.len().saturating_sub(SHOWN_VALUES);
    let mut text: Vec<String> =
        shown.iter().take(SHOWN_VALUES).map(|(key, value)| format!("{key} {}", short(*value))).collect();
    if more > 0 {
        text.push(format!("{more} more"));
    }
    text.join(", ")
}

/// Returns `value` as JSON, or how much it is where that is long.
fn short(value: Look<'_>) -> String {
    let value = match value {
        Look::Tree(value) => value,
        Look::Inside(_) => return said::brief(value),
    };
    match value {
        Value::Array(items) if items.len() > 8 => return format!("[{} values]", items.len()),
        Value::Object(entries) if entries.len() > 8 => return format!("{{{} keys}}", entries.len()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {}
    }
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
