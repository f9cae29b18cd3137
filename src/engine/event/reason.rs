//! Why something cannot be: a tree of sentences, and the same in one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::goal::{Key, ToolName};

/// Why something cannot be, down to what nothing can make.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// In a sentence that names the keys and tools.
    pub sentence: String,
    /// The key that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// The tool that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<ToolName>,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Reason>,
}

impl Reason {
    /// Returns why there is no plan in one sentence: the nearest cause where the planner named it, else the reasons.
    pub fn headline(why: Option<&Arc<str>>, reasons: &[Reason]) -> Arc<str> {
        why.cloned().unwrap_or_else(|| Reason::in_short(reasons).into())
    }

    /// Returns reasons in one sentence: the first, and what it rests on in the end.
    pub fn in_short(reasons: &[Reason]) -> String {
        let Some(first) = reasons.first() else { return "there is no plan".into() };
        // Where several things stand in the way, none of them is the reason: the tree says them all.
        let mut last = first;
        while let [next] = last.because.as_slice() {
            last = next;
        }
        if std::ptr::eq(first, last) {
            return first.sentence.clone();
        }
        format!("{}: {}", first.sentence, last.sentence)
    }
}
