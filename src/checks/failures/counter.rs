//! Whether a condition could tell a right value from a wrong one: tried on counter-values, never read off its spelling.
//!
//! A counter-value is another present value of the same kind: a text that is not blank, another number, a list or an
//! object with the same fields and something else in them. A condition that holds for all of them says no more than that
//! something is there, which is not a check.

use serde_json::json;

use crate::engine::effect::{Judge, Subject};
use crate::engine::event::Verdict;
use crate::engine::goal::Key;
use crate::engine::value::{Shared, Value};

/// The most counter-values that a condition is tried on.
const TRIED: usize = 160;

/// The most places inside a value that are changed one at a time.
const PLACES: usize = 24;

/// How many values inside one value are looked at: of a larger one the beginning stands for all.
const LOOKED_AT: usize = 400;

/// What a condition may be about besides the value: texts and numbers that stand in it, or around the value.
#[derive(Default)]
struct Hints {
    texts: Vec<String>,
    numbers: Vec<f64>,
}

/// How many hints of each kind are used.
const HINTS: usize = 12;

impl Hints {
    fn of(condition: &str, around: &[(Key, Shared)]) -> Hints {
        let mut hints = Hints::default();
        for word in condition.split('"').skip(1).step_by(2) {
            hints.texts.push(word.to_owned());
            hints.texts.push(word.replace(['^', '$', '\\', '.', '*', '+', '?'], ""));
        }
        let number = |c: char| c.is_ascii_digit() || c == '.';
        hints.numbers.extend(condition.split(|c: char| !number(c)).filter_map(|word| word.parse::<f64>().ok()));
        let mut leaves_around = Vec::new();
        around.iter().for_each(|(_, value)| leaves(value, String::new(), &mut leaves_around));
        for (_, leaf) in leaves_around.into_iter().take(4 * HINTS) {
            match leaf {
                Value::String(text) if text.len() <= LOOKED_AT => hints.texts.push(text),
                leaf => hints.numbers.extend(leaf.as_f64()),
            }
        }
        hints.texts.retain(|text| !text.trim().is_empty());
        hints.texts.dedup();
        hints.texts.truncate(HINTS);
        hints.numbers.truncate(HINTS);
        hints
    }
}

/// Tells whether `condition` fails for some counter-value of `value`, put to it as `subject` says; `around` is what else
/// the condition sees.
pub(super) fn tells(
    judge: &dyn Judge,
    condition: &str,
    value: &Value,
    around: &[(Key, Shared)],
    subject: &dyn Fn(Shared) -> Subject,
) -> bool {
    let holds = |value: Value| judge.judge(condition, &subject(Shared::new(value))) == Verdict::True;
    counters(value, &Hints::of(condition, around)).into_iter().any(|counter| !holds(counter))
}

/// Tells whether `condition` asks for the nothing that `value` is: it holds for it, and not for something.
pub(super) fn asks_for(judge: &dyn Judge, condition: &str, value: &Value, subject: &dyn Fn(Shared) -> Subject) -> bool {
    let verdict = |value: Value| judge.judge(condition, &subject(Shared::new(value)));
    let something = match value {
        Value::String(_) => counters(&json!("x"), &Hints::default()),
        _ => vec![json!("x"), json!(1), json!(-1), json!({ "a": 1 }), json!([1])],
    };
    verdict(value.clone()) == Verdict::True
        && something.into_iter().any(|something| verdict(something) == Verdict::False)
}

/// Returns present values of the same kind as `value`, none of them equal to it.
fn counters(value: &Value, hints: &Hints) -> Vec<Value> {
    let mut found = of(value, hints);
    found.retain(|counter| counter != value);
    found.truncate(TRIED);
    found
}

fn of(value: &Value, hints: &Hints) -> Vec<Value> {
    match value {
        Value::Null => vec![json!("x"), json!(0), json!({ "a": 1 }), json!([1])],
        Value::Bool(bool) => vec![json!(!bool)],
        Value::Number(number) => of_number(number.as_f64().unwrap_or_default(), hints),
        Value::String(text) => of_text(text, hints),
        Value::Array(items) => of_list(items, hints),
        Value::Object(entries) if entries.is_empty() => vec![json!({ "a": 1 }), json!({ "x": "x" })],
        Value::Object(_) => of_object(value, hints),
    }
}

fn of_number(n: f64, hints: &Hints) -> Vec<Value> {
    let hinted = hints.numbers.iter().flat_map(|hint| [*hint, hint + 1.0, hint - 1.0]);
    let found = [n + 1.0, n - 1.0, -n, n * 2.0 + 1.0, n + 0.5, n * 1e6 + 1e9, n * -1e6 - 1e9, 0.0, 1.0, -1.0];
    let whole = |n: f64| if n.fract() == 0.0 && n.abs() < 9e15 { json!(n as i64) } else { json!(n) };
    found.into_iter().chain(hinted).map(whole).collect()
}

fn of_text(text: &str, hints: &Hints) -> Vec<Value> {
    let backwards: String = text.chars().rev().take(LOOKED_AT).collect();
    let first: String = text.chars().take(1).collect();
    let half: String = text.chars().take(text.chars().count().min(2 * LOOKED_AT) / 2).collect();
    let changed = match text.len() <= 4 * LOOKED_AT {
        true => vec![format!("{text}x"), format!("x{text}"), text.to_uppercase(), text.to_lowercase()],
        false => Vec::new(),
    };
    let others = ["x", "0", "-7.5", "?!", "Z", "something else altogether", "true", "é"].map(str::to_owned);
    let long = "lorem ipsum ".repeat(2_000);
    let hinted = hints.texts.iter().flat_map(|hint| [hint.clone(), format!("{half} {hint}"), format!("{hint}{half}")]);
    let of_length = hints.numbers.iter().filter(|n| (1.0..=200.0).contains(*n)).map(|n| "x".repeat(*n as usize));
    let all =
        others.into_iter().chain([backwards, first, half.clone(), long]).chain(changed).chain(hinted).chain(of_length);
    all.filter(|text| !text.trim().is_empty()).map(Value::String).collect()
}

fn of_list(items: &[Value], hints: &Hints) -> Vec<Value> {
    let items: Vec<Value> = items.iter().take(LOOKED_AT).cloned().collect();
    let Some(first) = items.first().cloned() else { return vec![json!(["x"]), json!([1]), json!([{ "a": 1 }])] };
    let mut found = vec![
        json!([first]),
        Value::Array(items.iter().rev().cloned().collect()),
        Value::Array(items.iter().chain([&first]).cloned().collect()),
        Value::Array(vec![first.clone(); 300]),
        Value::Array(items.iter().skip(1).cloned().collect()),
    ];
    let of_length = hints.numbers.iter().filter(|n| (1.0..=200.0).contains(*n));
    found.extend(of_length.map(|n| Value::Array(vec![first.clone(); *n as usize])));
    found.retain(|list| list.as_array().is_some_and(|list| !list.is_empty()));
    found.extend(changed_inside(&Value::Array(items), hints));
    found
}

fn of_object(value: &Value, hints: &Hints) -> Vec<Value> {
    let mut found = changed_inside(value, hints);
    if let Value::Object(entries) = value {
        let mut more = entries.clone();
        more.insert("something_else".into(), entries.values().next().cloned().unwrap_or(json!("x")));
        found.push(Value::Object(more));
    }
    found
}

/// Returns `value` with another value in one place, and with another one in every place.
fn changed_inside(value: &Value, hints: &Hints) -> Vec<Value> {
    let mut places = Vec::new();
    leaves(value, String::new(), &mut places);
    let mut found = Vec::new();
    let others: Vec<(String, Vec<Value>)> = places
        .into_iter()
        .map(|(place, leaf)| (place, of(&leaf, hints).into_iter().filter(|o| *o != leaf).collect()))
        .collect();
    let put = |into: &mut Value, place: &str, other: &Value| {
        if let Some(leaf) = into.pointer_mut(place) {
            *leaf = other.clone();
        }
    };
    let most = others.iter().map(|(_, others)| others.len()).max().unwrap_or(0);
    for at in 0..most {
        let mut all = value.clone();
        for (place, others) in &others {
            if let Some(other) = others.get(at % others.len().max(1)) {
                put(&mut all, place, other);
            }
        }
        found.push(all);
    }
    for at in 0..most.min(4) {
        for (place, others) in others.iter().take(PLACES) {
            let Some(other) = others.get(at) else { continue };
            let mut one = value.clone();
            put(&mut one, place, other);
            found.push(one);
        }
    }
    found
}

/// Collects the values inside `value` that hold no others, each with the way to it.
fn leaves(value: &Value, place: String, found: &mut Vec<(String, Value)>) {
    if found.len() >= LOOKED_AT {
        return;
    }
    match value {
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(at, item)| leaves(item, format!("{place}/{at}"), found));
        }
        Value::Object(entries) if !entries.is_empty() => {
            let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
            entries.iter().for_each(|(key, item)| leaves(item, format!("{place}/{}", escaped(key)), found));
        }
        leaf => found.push((place, leaf.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counter_values_are_present_of_the_same_kind_and_others() {
        for value in [
            json!("refund"),
            json!(3),
            json!(0),
            json!(true),
            json!(["a", "b"]),
            json!([{ "ok": true }]),
            json!({ "up": true, "cause": "the disk" }),
            json!({ "a~/b": [1, { "c": "d" }] }),
            json!([]),
            json!({}),
            json!([{}]),
            json!({ "a": {}, "b": [[], { "c": {} }] }),
            json!(-2.5),
        ] {
            let found = counters(&value, &Hints::of(". != \"TODO\" and . < 7", &[]));
            assert!(!found.is_empty(), "{value}");
            for counter in found {
                assert_ne!(counter, value);
                assert_eq!(std::mem::discriminant(&counter), std::mem::discriminant(&value), "{value}: {counter}");
                assert_ne!(counter, json!(""), "{value}");
                assert_ne!(counter, json!([]), "{value}");
            }
        }
    }
}
