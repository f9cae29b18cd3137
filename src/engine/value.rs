//! Values as the engine holds them: shared JSON, compared and hashed by content.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// A JSON value. Nesting is bounded at the border by [`MAX_DEPTH`], so recursion over one is safe.
pub type Value = serde_json::Value;

/// A value shared between events, states and calls; cloning it costs a pointer.
pub type Shared = Arc<Value>;

/// The deepest nesting that any value may have, wherever it comes from: a value within a journal line within
/// `serde_json`'s own limit of 128.
pub const MAX_DEPTH: usize = 100;

/// Returns a hash of the content of `value`; the order of an object's keys does not matter.
pub fn content_hash(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    match value {
        Value::Null => 0u8.hash(&mut hasher),
        Value::Bool(b) => (1u8, b).hash(&mut hasher),
        Value::Number(n) => (2u8, n).hash(&mut hasher),
        Value::String(s) => (3u8, s).hash(&mut hasher),
        Value::Array(items) => {
            (4u8, items.len()).hash(&mut hasher);
            for item in items {
                content_hash(item).hash(&mut hasher);
            }
        }
        Value::Object(entries) => {
            (5u8, entries.len()).hash(&mut hasher);
            let sum = entries.iter().fold(0u64, |sum, (key, item)| {
                let mut entry = DefaultHasher::new();
                (key, content_hash(item)).hash(&mut entry);
                sum.wrapping_add(entry.finish())
            });
            sum.hash(&mut hasher);
        }
    }
    hasher.finish()
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
    }
}
