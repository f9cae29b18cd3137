//! The values next to a value: what an observation might have been instead.

use serde_json::json;

use crate::engine::value::Value;

/// The most fields of an object that are left out one by one.
const FIELDS: usize = 8;

/// A value that stands next to another one.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// The value.
    pub value: Value,
    /// What it is: "an empty list", "one less", "its list without the first".
    pub how: String,
    /// Whether it is of another shape than what was there: empty, null, of another type, without a field. Of such a one a
    /// plan is expected to take notice; any other may be how the world is.
    pub odd: bool,
}

/// Returns the values next to `value`, each once, the plainest first: null, empty, of another type, one more, one less,
/// the opposite, without each of its first fields.
pub fn beside(value: &Value) -> Vec<Beside> {
    let mut found = Found { of: value, all: Vec::new() };
    found.odd(Value::Null, "null");
    match value {
        Value::Null => {
            found.odd(json!(""), "an empty text");
            found.odd(json!(0), "a number");
        }
        Value::Bool(on) => {
            found.even(json!(!on), "the opposite");
            found.odd(json!(on.to_string()), "a text");
        }
        Value::Number(number) => {
            let all = [("0", Some(0.0)), ("one more", plus(value, 1.0)), ("one less", plus(value, -1.0))];
            for (how, number) in all {
                if let Some(value) = number.and_then(whole) {
                    found.even(value, how);
                }
            }
            found.odd(json!(number.to_string()), "a text");
        }
        Value::String(_) => {
            found.odd(json!(""), "an empty text");
            found.odd(json!(0), "a number");
        }
        Value::Array(items) => {
            found.odd(json!([]), "an empty list");
            if items.len() > 1 {
                found.even(items[1..].to_vec().into(), "its list without the first");
            }
            if let Some(first) = items.first() {
                let twice: Vec<Value> = std::iter::once(first).chain(items).cloned().collect();
                found.even(twice.into(), "its list with the first one twice");
                let hole: Vec<Value> = std::iter::once(&Value::Null).chain(&items[1..]).cloned().collect();
                found.odd(hole.into(), "its list with null as the first");
            }
            found.odd(json!({}), "an object");
        }
        Value::Object(fields) => {
            found.odd(json!({}), "an empty object");
            for name in fields.keys().take(FIELDS) {
                let mut fewer = fields.clone();
                fewer.shift_remove(name);
                found.odd(Value::Object(fewer), &format!("its object without {name}"));
            }
            found.odd(json!([]), "a list");
        }
    }
    found.all
}

/// The values that were found next to one.
struct Found<'a> {
    of: &'a Value,
    all: Vec<Beside>,
}

impl Found<'_> {
    fn odd(&mut self, value: Value, how: &str) {
        self.add(value, how, true);
    }

    fn even(&mut self, value: Value, how: &str) {
        self.add(value, how, false);
    }

    fn add(&mut self, value: Value, how: &str, odd: bool) {
        if value != *self.of && self.all.iter().all(|known| known.value != value) {
            self.all.push(Beside { value, how: how.to_owned(), odd });
        }
    }
}

fn plus(value: &Value, more: f64) -> Option<f64> {
    value.as_f64().map(|number| number + more)
}

/// Returns `number` as JSON, a whole one without a point.
fn whole(number: f64) -> Option<Value> {
    // Beyond this, one more is not another number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        return Some(json!(number as i64));
    }
    serde_json::Number::from_f64(number).map(Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_to_a_value_stand_others_each_once_and_never_itself() {
        let all = [
            json!(null),
            json!(true),
            json!(0),
            json!(2.5),
            json!(""),
            json!("a"),
            json!([]),
            json!([1]),
            json!([1, 2]),
            json!({}),
            json!({"a": 1, "b": [2]}),
        ];
        for value in &all {
            let found = beside(value);
            assert!(found.len() >= 2, "{value}: {found:?}");
            for (at, one) in found.iter().enumerate() {
                assert_ne!(one.value, *value);
                assert!(found[..at].iter().all(|other| other.value != one.value), "{value}: {} twice", one.value);
            }
        }
        let of = |value: &Value| beside(value).into_iter().map(|one| one.value).collect::<Vec<_>>();
        assert_eq!(of(&json!(7)), [json!(null), json!(0), json!(8), json!(6), json!("7")]);
        assert_eq!(
            of(&json!([1, 2])),
            [json!(null), json!([]), json!([2]), json!([1, 1, 2]), json!([null, 2]), json!({})]
        );
        assert_eq!(of(&json!({"a": 1, "b": 2}))[2..4], [json!({"b": 2}), json!({"a": 1})]);
    }
}
