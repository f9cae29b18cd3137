//! What a filter is given as `.`: one shared value, or an object made of named shared values.

use std::sync::Arc;

use serde_json::Value;

/// The value that a filter sees as `.`, made of shared values so that nothing is copied to ask a question.
///
/// A worker process remembers values of 4 KB and more by the identity of the `Arc`: hand in the same `Arc` again
/// and only its number travels.
#[derive(Clone, Debug)]
pub enum Input {
    /// The value itself.
    Whole(Arc<Value>),
    /// An object with these keys, in this order; of two equal keys the later counts.
    Fields(Vec<(String, Arc<Value>)>),
}

impl Input {
    /// Makes an input of one value that is not shared yet.
    pub fn whole(value: impl Into<Arc<Value>>) -> Self {
        Input::Whole(value.into())
    }

    /// Makes an input that is an object of shared values.
    pub fn fields<K: Into<String>>(fields: impl IntoIterator<Item = (K, Arc<Value>)>) -> Self {
        Input::Fields(fields.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }
}
