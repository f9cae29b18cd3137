//! The goal file as it was read, which a session records whole, without a second copy of what is known at the start.

use crate::engine::ordered::IndexMap;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::Map;

use super::goal::Key;
use super::value::{Shared, Value};

/// The field whose values a goal shares with its source: they may be big.
const CONTEXT: &str = "context";

/// A goal file. Read and written it is one JSON value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Source {
    /// The file; in its `context` every value is null.
    document: Arc<Value>,
    /// The values of its `context`, if that is an object.
    context: Option<Arc<IndexMap<Key, Shared>>>,
}

impl Source {
    /// Returns the goal file that `document` is.
    pub fn new(mut document: Value) -> Source {
        let context = match document.get_mut(CONTEXT) {
            Some(Value::Object(entries)) => {
                let taken = |(key, value): (&String, &mut Value)| (Key::from(key.as_str()), Shared::new(value.take()));
                Some(Arc::new(entries.iter_mut().map(taken).collect()))
            }
            Some(_) | None => None,
        };
        Source { document: Arc::new(document), context }
    }

    /// Returns the file but for the values of its `context`, which are null.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Returns the values of its `context`, if that is an object.
    pub fn context(&self) -> Option<&Arc<IndexMap<Key, Shared>>> {
        self.context.as_ref()
    }

    /// Returns the whole file as one value, copied.
    pub fn to_value(&self) -> Value {
        let mut whole = (*self.document).clone();
        let entries = whole.get_mut(CONTEXT).and_then(Value::as_object_mut);
        for (empty, value) in
            entries.into_iter().flat_map(Map::values_mut).zip(self.context.iter().flat_map(|c| c.values()))
        {
            *empty = (**value).clone();
        }
        whole
    }
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (Value::Object(document), Some(context)) = (&*self.document, &self.context) else {
            return self.document.serialize(serializer);
        };
        let mut map = serializer.serialize_map(Some(document.len()))?;
        for (name, value) in document {
            if name == CONTEXT { map.serialize_entry(name, context)? } else { map.serialize_entry(name, value)? }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Source, D::Error> {
        deserializer.deserialize_any(File)
    }
}

struct File;

impl<'de> Visitor<'de> for File {
    type Value = Source;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a goal file")
    }

    /// A goal that no file was read for has none.
    fn visit_unit<E: Error>(self) -> Result<Source, E> {
        Ok(Source::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Source, A::Error> {
        let (mut document, mut context) = (Map::new(), None);
        while let Some(name) = map.next_key::<String>()? {
            let value = if name == CONTEXT {
                let values: IndexMap<Key, Shared> = map.next_value()?;
                let names = values.keys().map(|key| (key.to_string(), Value::Null)).collect();
                context = Some(Arc::new(values));
                Value::Object(names)
            } else {
                map.next_value()?
            };
            document.insert(name, value);
        }
        Ok(Source { document: Arc::new(Value::Object(document)), context })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_source_is_written_read_and_given_back_as_the_file_that_it_is() {
        let big = json!([[1], {"a": null, "b": "x"}]);
        for file in [
            json!({"version": 1, "context": {"big": big, "a": null, "b": {"context": 1}}, "goal": "g"}),
            json!({"goal": "g", "context": {}}),
            json!({"goal": "g"}),
            Value::Null,
        ] {
            let source = Source::new(file.clone());
            let text = serde_json::to_string(&source).unwrap();
            assert_eq!(text, file.to_string(), "the same text, in the same order");
            let read: Source = serde_json::from_str(&text).unwrap();
            assert_eq!(read, source);
            assert_eq!(read.to_value().to_string(), text);
        }
        for file in [json!({"context": [1]}), json!([1])] {
            assert_eq!(Source::new(file.clone()).to_value(), file, "what is not a goal is there to be refused");
            assert!(serde_json::from_str::<Source>(&file.to_string()).is_err());
        }
    }
}
