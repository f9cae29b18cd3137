//! What a filter is given as `.`: one shared value, or an object made of named shared values.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

/// A JSON value, however its owner holds it.
pub trait Json: fmt::Debug + Send + Sync {
    /// Returns what of it is there without being made.
    fn given(&self) -> Given<'_>;
}

/// What of a JSON value is there without being made.
#[derive(Clone, Copy)]
pub enum Given<'a> {
    /// Its tree.
    Tree(&'a Value),
    /// Its text, known to be JSON, and how many arrays and objects are around its innermost value.
    Text(&'a str, usize),
}

impl Json for Value {
    fn given(&self) -> Given<'_> {
        Given::Tree(self)
    }
}

/// The value that a filter sees as `.`, made of shared values so that nothing is copied to ask a question.
///
/// A worker process remembers values of 4 KB and more by the identity of the `Arc`: hand in the same `Arc` again
/// and only its number travels.
#[derive(Clone, Debug)]
pub enum Input {
    /// The value itself.
    Whole(Arc<dyn Json>),
    /// An object with these keys, in this order; of two equal keys the later counts.
    Fields(Vec<(String, Arc<dyn Json>)>),
}

impl Input {
    /// Makes an input of one value that is not shared yet.
    pub fn whole(value: impl Into<Arc<Value>>) -> Self {
        let value: Arc<Value> = value.into();
        Input::Whole(value)
    }

    /// Makes an input that is an object of shared values.
    pub fn fields<K: Into<String>>(fields: impl IntoIterator<Item = (K, Arc<Value>)>) -> Self {
        Input::Fields(fields.into_iter().map(|(key, value)| (key.into(), value as Arc<dyn Json>)).collect())
    }
}
