//! A condition that is put to certain versions of values, and its verdict.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Seq;
use crate::engine::goal::{Condition, Key};

/// A condition on certain versions of certain keys.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Question {
    /// The jq condition.
    pub condition: Condition,
    /// What it is put to.
    pub about: About,
}

impl Question {
    /// Returns the keys that it is about.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        let (one, several) = match &self.about {
            About::Value(key, _) => (Some(key), &[][..]),
            About::Object(parts) => (None, &parts[..]),
        };
        one.into_iter().chain(several.iter().map(|(_, key, _)| key))
    }
}

/// By the newest value that it is about: answers come in that order, and a number tells two questions apart before their
/// words have to.
impl Ord for Question {
    fn cmp(&self, other: &Question) -> std::cmp::Ordering {
        let newest = |question: &Question| match &question.about {
            About::Value(_, version) => *version,
            About::Object(parts) => parts.iter().map(|(_, _, version)| *version).max().unwrap_or(0),
        };
        let of_age = newest(self).cmp(&newest(other));
        of_age.then_with(|| self.about.cmp(&other.about)).then_with(|| self.condition.cmp(&other.condition))
    }
}

impl PartialOrd for Question {
    fn partial_cmp(&self, other: &Question) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// What a condition is put to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The value of one key at one version.
    Value(Key, Seq),
    /// An object of several: name in the object, key, version.
    Object(Vec<(Key, Key, Seq)>),
}

/// What a condition came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It could not be decided, which counts as not met: an error or a limit.
    Undecided(Arc<str>),
}
