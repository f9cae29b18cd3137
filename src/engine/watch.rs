//! Watches: keys, and jq filters over the context, that a person keeps an eye on: what they come to, and how they changed.
//!
//! They stop nothing and are no events: whoever shows them folds the record and asks what a filter comes to.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::context::{Context, Datum};
use super::effect::Subject;
use super::event::Seq;
use super::goal::{Condition, Key};
use super::value::Value;

/// How many changes of a watch are kept; of a longer course, the last ones.
const MOST: usize = 65_536;

/// What is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watch {
    /// The value of a key.
    Key(Key),
    /// What a filter comes to on an object of the context.
    Filter {
        /// The filter.
        filter: Condition,
        /// The keys that alone decide it; none: it may look at every one.
        keys: Option<Vec<Key>>,
    },
}

impl Watch {
    /// Returns what it is called: its key, or its filter.
    pub fn name(&self) -> &Key {
        match self {
            Watch::Key(key) => key,
            Watch::Filter { filter, .. } => filter,
        }
    }

    /// Returns what it looks at in `context`, by name.
    fn looks_at<'a>(&'a self, context: &'a Context) -> Box<dyn Iterator<Item = (&'a Key, &'a Arc<Datum>)> + 'a> {
        let found = |key: &'a Key| context.get(key).map(|datum| (key, datum));
        match self {
            Watch::Key(key) => Box::new(found(key).into_iter()),
            Watch::Filter { keys: Some(keys), .. } => Box::new(keys.iter().filter_map(found)),
            Watch::Filter { keys: None, .. } => Box::new(context.iter()),
        }
    }

    /// Tells whether it may come to something else where these keys changed.
    pub fn may_change(&self, changed: &[&Key]) -> bool {
        match self {
            Watch::Key(key) => changed.contains(&key),
            Watch::Filter { keys: Some(keys), .. } => changed.iter().any(|key| keys.contains(key)),
            Watch::Filter { keys: None, .. } => !changed.is_empty(),
        }
    }

    /// Returns a number for the values that decide it in `context`: the same number, the same values.
    pub fn fingerprint(&self, context: &Context) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.looks_at(context).for_each(|(key, datum)| (key, datum.hash).hash(&mut hasher));
        hasher.finish()
    }

    /// Returns what it comes to in `context`, where nothing has to be evaluated for it.
    pub fn plain(&self, context: &Context) -> Option<Reading> {
        match self {
            Watch::Key(key) => Some(context.get(key).map_or(Reading::Absent, |datum| Reading::Value(datum.clone()))),
            // Of what is not there yet a filter says nothing but that.
            Watch::Filter { keys: Some(keys), .. } if !keys.is_empty() => {
                self.looks_at(context).next().is_none().then_some(Reading::Absent)
            }
            Watch::Filter { .. } => None,
        }
    }

    /// Returns what its filter is put to in `context`.
    pub fn subject(&self, context: &Context) -> Subject {
        Subject::Object(self.looks_at(context).map(|(key, datum)| (key.clone(), datum.value.clone())).collect())
    }
}

/// What a watch comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// Nothing is there.
    Absent,
    /// This.
    Value(Arc<Datum>),
    /// The filter failed.
    Failed {
        /// Why.
        why: Arc<str>,
        /// Whether it reached a limit, as it would again.
        endless: bool,
    },
}

impl Reading {
    /// Returns what is kept of it.
    pub fn mark(&self) -> Mark {
        match self {
            Reading::Absent => Mark::Absent,
            Reading::Failed { .. } => Mark::Failed,
            Reading::Value(datum) => Mark::Value { hash: datum.hash, number: datum.value.look().number() },
        }
    }

    /// Returns the value, where there is one.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Reading::Value(datum) => Some(&datum.value),
            Reading::Absent | Reading::Failed { .. } => None,
        }
    }
}

/// What is kept of what a watch came to: enough to tell changes, and to draw numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mark {
    /// Nothing was there.
    Absent,
    /// The filter failed.
    Failed,
    /// A value.
    Value {
        /// Its content hash.
        hash: u64,
        /// The number that it is.
        number: Option<f64>,
    },
}

/// How a watch went along the selected branch: what it came to, by the event that made it so.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    points: VecDeque<(Seq, Mark)>,
    /// Whether changes before the first point are not kept.
    cut: bool,
}

impl Course {
    /// Takes in what it came to after the event `seq`, the last so far. Returns whether that is another thing than before.
    pub fn push(&mut self, seq: Seq, mark: Mark) -> bool {
        if self.points.back().is_some_and(|(_, last)| *last == mark) {
            return false;
        }
        if self.points.len() == MOST {
            self.points.pop_front();
            self.cut = true;
        }
        self.points.push_back((seq, mark));
        true
    }

    /// Forgets what came after the event `last`.
    pub fn go_back(&mut self, last: Seq) {
        self.points.truncate(self.points.partition_point(|(seq, _)| *seq <= last));
    }

    /// Returns what it was after the event `seq`; none: that is not known.
    pub fn at(&self, seq: Seq) -> Option<Mark> {
        self.before(seq).map(|(_, mark)| *mark)
    }

    /// Returns the event of its last change up to `seq`: none where it is as it was at the start.
    pub fn changed(&self, seq: Seq) -> Option<Seq> {
        let (event, mark) = self.before(seq)?;
        let is_start = !self.cut && self.points.front().is_some_and(|(first, _)| first == event);
        (!is_start || *mark != Mark::Absent).then_some(*event)
    }

    fn before(&self, seq: Seq) -> Option<&(Seq, Mark)> {
        self.points.get(self.points.partition_point(|(at, _)| *at <= seq).checked_sub(1)?)
    }

    /// Returns the events of its changes up to `seq`, the last first.
    pub fn changes(&self, seq: Seq) -> impl Iterator<Item = Seq> {
        let end = self.points.partition_point(|(at, _)| *at <= seq);
        self.points.iter().take(end).rev().map(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::engine::value::Shared;

    fn number(number: f64) -> Mark {
        Mark::Value { hash: number.to_bits(), number: Some(number) }
    }

    #[test]
    fn a_course_keeps_what_changed_and_the_last_of_a_long_one() {
        let mut course = Course::default();
        assert!(course.push(1, Mark::Absent) && course.push(4, number(3.0)) && !course.push(5, number(3.0)));
        assert_eq!((course.at(3), course.at(9), course.at(0)), (Some(Mark::Absent), Some(number(3.0)), None));
        assert_eq!((course.changed(3), course.changed(9)), (None, Some(4)), "that it is not there yet is not a change");
        course.push(7, Mark::Absent);
        assert_eq!(course.changed(8), Some(7), "that it is gone is one");
        course.go_back(6);
        assert_eq!(course.changes(9).collect::<Vec<_>>(), [4, 1]);
        for seq in 10..10 + 2 * MOST as Seq {
            course.push(seq, number(seq as f64));
        }
        assert_eq!((course.points.len(), course.at(9)), (MOST, None));
    }

    #[test]
    fn only_what_it_looks_at_decides_a_watch() {
        let context = |a: i64, b: i64| -> Context {
            let datum = |value: i64| Datum::of(Shared::new(json!(value)));
            [("a".into(), datum(a)), ("b".into(), datum(b))].into_iter().collect()
        };
        let of_a = Watch::Filter { filter: ".a".into(), keys: Some(vec!["a".into()]) };
        let of_all = Watch::Filter { filter: "keys".into(), keys: None };
        assert_eq!(of_a.fingerprint(&context(1, 2)), of_a.fingerprint(&context(1, 3)));
        assert_ne!(of_all.fingerprint(&context(1, 2)), of_all.fingerprint(&context(1, 3)));
        assert_ne!(of_a.fingerprint(&context(1, 2)), of_a.fingerprint(&context(2, 2)));
        assert_eq!(of_a.plain(&Context::default()), Some(Reading::Absent));
        assert_eq!(of_a.plain(&context(1, 2)), None);
        let b = "b".into();
        assert!(!of_a.may_change(&[&b]) && of_all.may_change(&[&b]) && Watch::Key("b".into()).may_change(&[&b]));
    }
}
