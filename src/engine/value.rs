//! Values as the engine holds them: shared JSON, compared and hashed by content.

use std::sync::Arc;

/// A JSON value. Nesting is bounded at the border by [`MAX_DEPTH`], so recursion over one is safe.
pub type Value = serde_json::Value;

/// A value shared between events, states and calls; cloning it costs a pointer.
pub type Shared = Arc<Value>;

/// The deepest nesting that any value may have, wherever it comes from: a value within a journal line within
/// `serde_json`'s own limit of 128.
pub const MAX_DEPTH: usize = 100;

/// Returns a hash of the content of `value`; the order of an object's keys does not matter.
///
/// It is no secret and guards against nobody: a value that is read is hashed whole, so what counts is its speed.
pub fn content_hash(value: &Value) -> u64 {
    match value {
        Value::Null => mix(0, 0),
        Value::Bool(b) => mix(1, u64::from(*b)),
        Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(n), _, _) => mix(2, n),
            (None, Some(n), _) => mix(3, n.cast_unsigned()),
            // Both zeros are equal.
            (None, None, Some(n)) => mix(4, if n == 0.0 { 0 } else { n.to_bits() }),
            (None, None, None) => mix(5, 0),
        },
        Value::String(text) => text_hash(text),
        Value::Array(items) => {
            items.iter().fold(mix(6, items.len() as u64), |hash, item| mix(hash, content_hash(item)))
        }
        Value::Object(entries) => {
            let entry = |(key, item): (&String, &Value)| mix(text_hash(key), content_hash(item));
            mix(entries.iter().map(entry).fold(7, u64::wrapping_add), entries.len() as u64)
        }
    }
}

fn text_hash(text: &str) -> u64 {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let hash = words.iter().fold(mix(8, text.len() as u64), |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    mix(hash, u64::from_le_bytes(last))
}

/// Returns a number in which every bit depends on every bit of both: the halves of a product, folded.
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b ^ 0xd6e8_feb8_6659_fd93);
    (product as u64 ^ (product >> 64) as u64).rotate_left(23).wrapping_add(a)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_hash_ignores_key_order_and_nothing_else() {
        assert_eq!(content_hash(&json!({"a": 1, "b": 2})), content_hash(&json!({"b": 2, "a": 1})));
        assert_ne!(content_hash(&json!({"a": 1, "b": 2})), content_hash(&json!({"a": 2, "b": 1})));
        assert_ne!(content_hash(&json!([1, 2])), content_hash(&json!([2, 1])));
        assert_ne!(content_hash(&json!("1")), content_hash(&json!(1)));
        assert_ne!(content_hash(&json!([[1], 2])), content_hash(&json!([1, [2]])));
        assert_ne!(content_hash(&json!({"a": 1, "b": 2})), content_hash(&json!({"a": 2, "b": 1})));
        assert_ne!(content_hash(&json!("a")), content_hash(&json!("a\0")));
        assert_ne!(content_hash(&json!(1)), content_hash(&json!(1.0)));
        assert_eq!(content_hash(&json!(0.0)), content_hash(&json!(-0.0)));
    }

    #[test]
    fn values_that_differ_little_have_hashes_that_differ() {
        let mut seen = std::collections::HashSet::new();
        for a in -100..100 {
            for b in 0..100 {
                for value in
                    [json!([a, b]), json!({"a": a, "b": b}), json!({"a": [a], "c": b}), json!(format!("{a}:{b}"))]
                {
                    assert!(seen.insert(content_hash(&value)), "{value}");
                }
            }
            assert!(seen.insert(content_hash(&json!(a))) && seen.insert(content_hash(&json!(f64::from(a) + 0.5))));
        }
    }
}
