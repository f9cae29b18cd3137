//! Reading the texts of a line: each at one allocation, and at none where the same name was read shortly before.

use std::cell::RefCell;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::{FixedState, RandomState};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::engine::event::Seq;
use crate::engine::goal::Key;
use crate::engine::ordered::IndexMap;
use crate::engine::value::Shared;

/// How many names are remembered: those of a step and of what it reads and writes, of many steps in a row.
const KEPT: usize = 256;

/// How long a name may be, in bytes, to be remembered.
const SHORT: usize = 64;

thread_local! {
    /// Names read before, each at the place that its hash gives it.
    static READ: RefCell<[Option<Arc<str>>; KEPT]> = const { RefCell::new([const { None }; KEPT]) };
}

/// Returns `text`, shared with where it was read before, as far as that is remembered.
fn shared(text: &str) -> Arc<str> {
    if text.len() > SHORT {
        return text.into();
    }
    let at = FixedState::default().hash_one(text) as usize % KEPT;
    READ.with_borrow_mut(|read| match read.get_mut(at) {
        Some(Some(known)) if **known == *text => known.clone(),
        Some(place) => place.insert(text.into()).clone(),
        None => text.into(),
    })
}

/// A name.
struct Name(Arc<str>);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_str(TextVisitor(shared)).map(Name)
    }
}

struct TextVisitor(fn(&str) -> Arc<str>);

impl Visitor<'_> for TextVisitor {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Arc<str>, E> {
        Ok(self.0(text))
    }
}

/// Reads a text that is seldom twice the same.
///
/// # Errors
/// If it is no string.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    deserializer.deserialize_str(TextVisitor(|text| text.into()))
}

/// Reads a name.
///
/// # Errors
/// If it is no string.
pub(super) fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    Name::deserialize(deserializer).map(|name| name.0)
}

/// Reads a text of which the same often stands elsewhere, or none.
///
/// # Errors
/// If it is neither a string nor null.
pub(super) fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Arc<str>>, D::Error> {
    Ok(Option::<Name>::deserialize(deserializer)?.map(|name| name.0))
}

/// Reads keys, each with a version.
///
/// # Errors
/// If it is no list of such pairs.
pub(super) fn versions<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(Key, Seq)>, D::Error> {
    struct Versions;

    impl<'de> Visitor<'de> for Versions {
        type Value = Vec<(Key, Seq)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            // Mostly a step reads one or two.
            let mut versions = Vec::with_capacity(2);
            while let Some((Name(key), version)) = list.next_element::<(Name, Seq)>()? {
                versions.push((key, version));
            }
            Ok(versions)
        }
    }

    deserializer.deserialize_seq(Versions)
}

/// Reads keys, each with a value.
///
/// # Errors
/// If it is no object, or a value does not read.
pub(super) fn values<'de, D: Deserializer<'de>>(deserializer: D) -> Result<IndexMap<Key, Shared>, D::Error> {
    struct Values;

    impl<'de> Visitor<'de> for Values {
        type Value = IndexMap<Key, Shared>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut values = IndexMap::with_capacity_and_hasher(1, RandomState::default());
            while let Some((Name(key), value)) = map.next_entry::<Name, Shared>()? {
                values.insert(key, value);
            }
            Ok(values)
        }
    }

    deserializer.deserialize_map(Values)
}

#[cfg(test)]
mod tests {
    use serde_json::Deserializer;

    use super::*;

    #[test]
    fn a_name_is_shared_with_where_it_was_read_before_whatever_else_was_read_since() {
        let read = |text: &str| name(&mut Deserializer::from_str(text)).expect("a string");
        let long = format!("\"{}\"", "n".repeat(SHORT + 1));
        let first = read("\"tickets\"");
        assert!(Arc::ptr_eq(&first, &read("\"tic\\u006bets\"")));
        assert!(!Arc::ptr_eq(&read(&long), &read(&long)));
        for other in 0..5_000 {
            assert_eq!(*read(&format!("\"k{other}\"")), format!("k{other}"));
        }
        assert_eq!(read("\"tickets\""), first);
        assert!(name(&mut Deserializer::from_str("7")).is_err());
    }

    #[test]
    fn pairs_and_values_are_read_as_serde_reads_them() {
        let pairs = r#"[["a",1],["é\n",18446744073709551615],["a",2]]"#;
        let read = versions(&mut Deserializer::from_str(pairs)).expect("pairs");
        assert_eq!(read, serde_json::from_str::<Vec<(Key, Seq)>>(pairs).expect("pairs"));
        let entries = r#"{"b":{"x":[1,null]},"a":2,"b":3}"#;
        let read = values(&mut Deserializer::from_str(entries)).expect("entries");
        assert_eq!(read, serde_json::from_str::<IndexMap<Key, Shared>>(entries).expect("entries"));
        for wrong in ["[[\"a\"]]", "[[1,2]]", "{}", "[[\"a\",-1]]"] {
            assert!(versions(&mut Deserializer::from_str(wrong)).is_err(), "{wrong}");
        }
    }
}
