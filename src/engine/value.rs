//! Values as the engine holds them: shared JSON, compared and hashed by content; a long one as it is written.

mod halves;
mod look;
mod outline;
pub mod put_in;
mod reading;
mod scan;
mod text;
mod walk;
mod written;

use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use halves::Halves;
pub use look::Look;
pub use outline::{LONG as LONG_PART, Outline, children};
pub use reading::{Unread, read};
pub use text::Text;
pub use walk::outline;
pub use written::Written;

/// A JSON value. Nesting is bounded at the border by [`MAX_DEPTH`], so recursion over one is safe.
pub type Value = serde_json::Value;

/// How long the JSON text of a value is, in bytes, that is held as it is written and not as a tree: 1 MiB.
pub const LONG: usize = 1 << 20;

/// The longest value that may come from a file or a program, in bytes of its JSON text: 256 MiB.
pub const LONGEST: u64 = 256 << 20;

/// A value shared between events, states and calls; cloning it costs a pointer.
///
/// Whoever takes it for a [`Value`] has it as a tree, which is made anew of a long one and takes a second for each
/// 100 MB. What a key waits for, or a session that is opened, takes a [`Look`] instead.
#[derive(Clone)]
pub struct Shared(Arc<Held>);

/// How a value is held.
#[derive(Debug)]
pub enum Held {
    /// As a tree.
    Tree(Value),
    /// As its text, where that has [`LONG`] bytes or more.
    Written(Written),
}

impl Shared {
    /// Shares `value`, held as suits its length.
    pub fn new(value: Value) -> Shared {
        if is_long(&value)
            && let Ok(text) = serde_json::to_string(&value)
            && text.len() >= LONG
            && let Some(written) = Written::new(text.into())
        {
            return Shared::written(written);
        }
        Shared(Arc::new(Held::Tree(value)))
    }

    /// Shares a long value.
    pub fn written(value: Written) -> Shared {
        Shared(Arc::new(Held::Written(value)))
    }

    /// Returns how it is held.
    pub fn held(&self) -> &Arc<Held> {
        &self.0
    }

    /// Returns its text, where it is a long one.
    pub fn long(&self) -> Option<&Written> {
        match &*self.0 {
            Held::Tree(_) => None,
            Held::Written(written) => Some(written),
        }
    }

    /// Returns it as one looks at it: read no further than is looked.
    pub fn look(&self) -> Look<'_> {
        match &*self.0 {
            Held::Tree(value) => Look::Tree(value),
            Held::Written(written) => Look::Inside(written.look()),
        }
    }

    /// Returns the part of it that a JSON pointer leads to.
    pub fn at(&self, pointer: &str) -> Option<Look<'_>> {
        self.look().pointer(pointer)
    }

    /// Tells whether both are one value in memory.
    pub fn ptr_eq(a: &Shared, b: &Shared) -> bool {
        Arc::ptr_eq(&a.0, &b.0)
    }

    /// Returns a hash of its content. That of a long one is one of its text, and is reckoned once.
    pub fn hash(&self) -> u64 {
        match &*self.0 {
            Held::Tree(value) => content_hash(value),
            Held::Written(written) => written.hash(),
        }
    }

    /// Returns how many lists and objects are around its innermost value, as far as `most`.
    pub fn nests_deeper(&self, most: usize) -> bool {
        match &*self.0 {
            Held::Tree(value) => nests_deeper(value, most),
            Held::Written(written) => written.depth() > most,
        }
    }
}

impl Deref for Shared {
    type Target = Value;

    fn deref(&self) -> &Value {
        match &*self.0 {
            Held::Tree(value) => value,
            Held::Written(written) => written.tree(),
        }
    }
}

impl AsRef<Value> for Shared {
    fn as_ref(&self) -> &Value {
        self
    }
}

impl From<Value> for Shared {
    fn from(value: Value) -> Shared {
        Shared::new(value)
    }
}

impl Default for Shared {
    fn default() -> Shared {
        Shared(Arc::new(Held::Tree(Value::Null)))
    }
}

/// Long values are equal where they are written alike: their objects have their keys in one order.
impl PartialEq for Shared {
    fn eq(&self, other: &Shared) -> bool {
        match (&*self.0, &*other.0) {
            _ if Shared::ptr_eq(self, other) => true,
            (Held::Tree(a), Held::Tree(b)) => a == b,
            (Held::Written(a), Held::Written(b)) => a.text() == b.text(),
            (Held::Tree(_), Held::Written(_)) | (Held::Written(_), Held::Tree(_)) => false,
        }
    }
}

impl Eq for Shared {}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &*self.0 {
            Held::Tree(value) => value.fmt(f),
            Held::Written(written) => written.fmt(f),
        }
    }
}

impl std::fmt::Display for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &*self.0 {
            Held::Tree(value) => value.fmt(f),
            Held::Written(written) => f.write_str(written.text()),
        }
    }
}

/// The name by which `serde_json` knows text that is JSON already (`serde_json::value::RawValue`, which is not made of a
/// text without looking through all of it once more). A test holds it.
const RAW: &str = "$serde_json::private::RawValue";

impl Serialize for Shared {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        match &*self.0 {
            Held::Tree(value) => value.serialize(serializer),
            Held::Written(written) => {
                let mut raw = serializer.serialize_struct(RAW, 1)?;
                raw.serialize_field(RAW, written.text())?;
                raw.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Shared {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Shared, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(put_in::taken(&value).unwrap_or_else(|| Shared::new(value)))
    }
}

/// Tells whether the text of `value` may have [`LONG`] bytes or more. Looks no further than it needs to.
fn is_long(value: &Value) -> bool {
    fn goes_on(value: &Value, left: &mut usize) -> bool {
        // An escape takes six bytes at most, and a number 25.
        let text = |text: &str| 3 + text.len() * 6;
        let own = match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => 26,
            Value::String(string) => text(string),
            Value::Array(_) | Value::Object(_) => 3,
        };
        *left = left.saturating_sub(own);
        match value {
            _ if *left == 0 => false,
            Value::Array(items) => items.iter().all(|item| goes_on(item, left)),
            Value::Object(entries) => entries.iter().all(|(name, entry)| {
                *left = left.saturating_sub(text(name));
                goes_on(entry, left)
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        }
    }
    let mut left = LONG;
    !goes_on(value, &mut left)
}

/// Tells whether `value` is nested more than `limit` levels deep. Uses no call stack: the value is from outside.
pub fn nests_deeper(value: &Value, limit: usize) -> bool {
    let mut todo = vec![(value, 0usize)];
    while let Some((value, depth)) = todo.pop() {
        let inside = depth + 1;
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => continue,
            Value::Array(_) | Value::Object(_) if inside > limit => return true,
            Value::Array(items) => todo.extend(items.iter().map(|item| (item, inside))),
            Value::Object(entries) => todo.extend(entries.values().map(|item| (item, inside))),
        }
    }
    false
}

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

/// Returns a hash of the text of a long value: four at once, as none of them has to wait for another.
fn long_text_hash(text: &str) -> u64 {
    let (blocks, rest) = text.as_bytes().as_chunks::<32>();
    let mut lanes = [9, 10, 11, 12].map(|seed| mix(seed, text.len() as u64));
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        for (lane, word) in lanes.iter_mut().zip(words) {
            *lane = mix(*lane, u64::from_le_bytes(*word));
        }
    }
    let (words, last) = rest.as_chunks::<8>();
    let hash = lanes.into_iter().chain(words.iter().map(|word| u64::from_le_bytes(*word))).fold(13, mix);
    let mut end = [0; 8];
    end[..last.len()].copy_from_slice(last);
    mix(hash, u64::from_le_bytes(end))
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

    fn long() -> Value {
        (0..6_000).map(|n| json!({ "n": n, "text": "é\n".repeat(60) })).collect()
    }

    #[test]
    fn a_long_value_is_held_as_it_is_written_and_is_the_same_value() {
        let (tree, value) = (long(), Shared::new(long()));
        let written = value.long().expect("it is long");
        assert_eq!(written.text(), tree.to_string());
        assert_eq!(serde_json::to_string(&json!([1])).ok(), serde_json::to_string(&[Shared::new(json!(1))]).ok());
        let around = std::collections::BTreeMap::from([("a", &value)]);
        assert_eq!(serde_json::to_string(&around).ok(), Some(json!({ "a": tree }).to_string()));
        assert_eq!(serde_json::to_value(&around).ok(), Some(json!({ "a": tree })));
        assert!(!written.is_tree(), "nobody needed all of it");
        assert_eq!(serde_json::from_str::<Shared>(written.text()).ok(), Some(value.clone()));
        assert_eq!(*value, tree);
        assert!(Shared::new(json!("a")).long().is_none() && Shared::new(json!("a".repeat(LONG))).long().is_some());
    }

    #[test]
    fn the_hash_of_a_long_value_is_that_of_its_text() {
        let hash = |value: &Value| Shared::new(value.clone()).hash();
        let mut other = long();
        assert_eq!(hash(&long()), hash(&other));
        for at in [0, 5_999] {
            other[at]["n"] = json!(7_654_321);
            assert_ne!(hash(&long()), hash(&other), "{at}");
            other[at]["n"] = json!(at);
        }
        let texts: Vec<u64> = (0..70).map(|n| long_text_hash(&"x".repeat(n))).collect();
        assert!((1..texts.len()).all(|at| !texts[..at].contains(&texts[at])));
    }

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
