//! The context: key → value with version, origin and sources, and what is fresh.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::RandomState;

use serde::{Deserialize, Serialize};

use super::event::Seq;
use super::goal::Key;
use super::plan::StepId;
use super::value::Shared;

/// Where a value comes from; it never washes off.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The goal file.
    Initial,
    /// A step that ran.
    Step(StepId),
    /// A person or a scenario said that the world is this.
    Injected,
    /// A person replaced what a step returned.
    Edited(StepId),
    /// A record, not a run.
    Record,
}

impl Origin {
    /// Tells whether no step made it: it was there at the start, or a person gave it.
    pub fn is_given(&self) -> bool {
        match self {
            Origin::Initial | Origin::Injected => true,
            Origin::Step(_) | Origin::Edited(_) | Origin::Record => false,
        }
    }
}

/// One value in the context with everything known about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datum {
    /// The value.
    pub value: Shared,
    /// Its content hash.
    pub hash: u64,
    /// The event that wrote it; writing an equal value keeps it.
    pub version: Seq,
    /// The event that wrote or confirmed it last.
    pub confirmed: Seq,
    /// Where it comes from.
    pub origin: Origin,
    /// Which versions of which keys it was made from.
    pub sources: Arc<[(Key, Seq)]>,
    /// Whether every source is still at that version and itself fresh, and it is not refuted.
    pub fresh: bool,
    /// Why it is refuted: the `ensures` that was false, or how the run failed that was to confirm it.
    pub refuted: Option<Arc<str>>,
    /// Whether no step may make or overwrite it.
    pub pinned: bool,
    /// What a run would have written here, had it not been pinned.
    pub discarded: Option<Shared>,
    /// What a person gave inside the loop that made it, and that it rests on: key and version there.
    pub given: Option<Arc<[(Key, Seq)]>>,
}

impl Datum {
    /// Returns what is known of a fresh value of which nobody says where it comes from.
    pub fn of(value: Shared) -> Datum {
        let hash = value.hash();
        let (version, confirmed, origin, sources) = (0, 0, Origin::Record, Arc::default());
        let (fresh, refuted, pinned, discarded, given) = (true, None, false, None, None);
        Datum { value, hash, version, confirmed, origin, sources, fresh, refuted, pinned, discarded, given }
    }

    /// Tells whether a person gave it, or gave what it rests on where nobody outside a loop can see it.
    pub fn is_given(&self) -> bool {
        self.given.is_some() || matches!(self.origin, Origin::Injected | Origin::Edited(_))
    }
}

/// What is written by [`Context::write`].
#[derive(Clone, Debug)]
pub struct Write {
    /// The value.
    pub value: Shared,
    /// Where it comes from.
    pub origin: Origin,
    /// What it was made from.
    pub sources: Arc<[(Key, Seq)]>,
    /// Why it is refuted, if it is.
    pub refuted: Option<Arc<str>>,
    /// Whether it is pinned from now on.
    pub pinned: bool,
}

/// The shared state of a session. A clone costs a few pointers.
#[derive(Clone, Debug, Default)]
pub struct Context {
    data: imbl::OrdMap<Key, Arc<Datum>>,
    /// key → the keys whose present value was made from it.
    made_from: imbl::OrdMap<Key, Made>,
}

/// How many keys are held as a list: each change copies it.
const FEW: usize = 32;

/// The keys whose present value was made from one and the same, by name.
#[derive(Clone, Debug)]
enum Made {
    /// At most [`FEW`]: a set takes as much memory for one as for thirty.
    Few(Arc<[Key]>),
    /// What were once more than that.
    Many(imbl::OrdSet<Key>),
}

impl Default for Made {
    fn default() -> Made {
        Made::Few(Arc::default())
    }
}

impl Made {
    fn insert(&mut self, made: &Key) {
        match self {
            Made::Few(list) => match list.binary_search(made) {
                Ok(_) => {}
                Err(_) if list.len() >= FEW => {
                    *self = Made::Many(list.iter().chain([made]).cloned().collect());
                }
                Err(at) => *list = list[..at].iter().chain([made]).chain(&list[at..]).cloned().collect(),
            },
            Made::Many(set) => {
                set.insert(made.clone());
            }
        }
    }

    /// Takes `made` out. Returns whether none is left.
    fn remove(&mut self, made: &Key) -> bool {
        match self {
            Made::Few(list) => {
                if list.contains(made) {
                    *list = list.iter().filter(|other| *other != made).cloned().collect();
                }
                list.is_empty()
            }
            Made::Many(set) => {
                set.remove(made);
                set.is_empty()
            }
        }
    }

    fn iter(&self) -> impl Iterator<Item = &Key> {
        let (few, many) = match self {
            Made::Few(list) => (Some(list.iter()), None),
            Made::Many(set) => (None, Some(set.iter())),
        };
        few.into_iter().flatten().chain(many.into_iter().flatten())
    }
}

/// A context as it is told: what is said of each value is taken as it stands, its freshness too.
impl FromIterator<(Key, Datum)> for Context {
    fn from_iter<I: IntoIterator<Item = (Key, Datum)>>(told: I) -> Context {
        let mut context = Context::default();
        for (key, datum) in told {
            context.link(&key, &datum.sources);
            context.data.insert(key, Arc::new(datum));
        }
        context
    }
}

impl Context {
    /// Returns what is known about `key`.
    pub fn get(&self, key: &str) -> Option<&Arc<Datum>> {
        self.data.get(key)
    }

    /// Returns all keys with what is known about them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Arc<Datum>)> {
        self.data.iter()
    }

    /// Returns the keys about which the two do not know the same, by name, at the cost of what the two do not share.
    pub fn different_keys<'a>(&'a self, other: &'a Context) -> impl Iterator<Item = &'a Key> {
        self.data.diff(&other.data).map(|item| match item {
            imbl::ordmap::DiffItem::Add(key, _)
            | imbl::ordmap::DiffItem::Update { old: (key, _), .. }
            | imbl::ordmap::DiffItem::Remove(key, _) => key,
        })
    }

    /// Returns how many keys have a value.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Tells whether no key has a value.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// Tells whether `key` has a value that is fresh.
    pub fn is_fresh(&self, key: &str) -> bool {
        self.get(key).is_some_and(|datum| datum.fresh)
    }

    /// Returns the keys whose present value was made directly from `key`, by name.
    pub fn made_from(&self, key: &str) -> impl Iterator<Item = &Key> {
        self.made_from.get(key).into_iter().flat_map(Made::iter)
    }

    /// Writes `key` at event `seq`; an equal value keeps its version. Returns whether the version changed.
    pub fn write(&mut self, key: &Key, write: Write, seq: Seq) -> bool {
        let Write { value, origin, sources, refuted, pinned } = write;
        let before = self.data.get(key).cloned();
        // A journal that says "the same as before" is read as the very same value.
        let hash = match &before {
            Some(before) if Shared::ptr_eq(&before.value, &value) => before.hash,
            _ => value.hash(),
        };
        let same = before.as_ref().filter(|d| d.hash == hash && d.value == value);
        let version = same.map_or(seq, |d| d.version);
        let value = same.map_or(value, |d| d.value.clone());
        // What was made from this very value confirms it; where it comes from stays, or it would come from itself.
        let (origin, sources) = match same {
            Some(before) if self.rests_on(&sources, key, version) => (before.origin.clone(), before.sources.clone()),
            Some(_) | None => (origin, sources),
        };
        // Mostly a key is made from the same ones again.
        let as_before = before.as_ref().is_some_and(|before| {
            before.sources.len() == sources.len() && before.sources.iter().zip(sources.iter()).all(|(a, b)| a.0 == b.0)
        });
        if !as_before {
            if let Some(before) = &before {
                self.unlink(key, &before.sources);
            }
            self.link(key, &sources);
        }
        let fresh = refuted.is_none() && self.sources_hold(&sources);
        // What was made from it looks at its version and its freshness, and at nothing else.
        let as_it_was = before.is_some_and(|before| before.version == version && before.fresh == fresh);
        let datum = Datum {
            value,
            hash,
            version,
            confirmed: seq,
            origin,
            sources,
            fresh,
            refuted,
            pinned,
            discarded: None,
            given: None,
        };
        self.data.insert(key.clone(), Arc::new(datum));
        if !as_it_was {
            self.spread(key);
        }
        version == seq
    }

    /// Removes the value of `key`; what was made from it is stale afterwards.
    pub fn remove(&mut self, key: &str) {
        let Some((key, datum)) = self.data.get_key_value(key) else { return };
        let (key, sources) = (key.clone(), datum.sources.clone());
        self.unlink(&key, &sources);
        self.data.remove(&key);
        self.spread(&key);
    }

    /// Refutes the value of `key`, if it has one, until something writes it again.
    pub fn refute(&mut self, key: &Key, why: &Arc<str>) {
        let Some(datum) = self.data.get_mut(key) else { return };
        let datum = Arc::make_mut(datum);
        datum.refuted = Some(why.clone());
        datum.fresh = false;
        self.spread(key);
    }

    /// Pins or unpins the value of `key`, if it has one.
    pub fn set_pinned(&mut self, key: &str, pinned: bool) {
        if let Some(datum) = self.data.get_mut(key) {
            let datum = Arc::make_mut(datum);
            datum.pinned = pinned;
            datum.discarded = None;
        }
    }

    /// Remembers what a run would have written over the pinned value of `key`.
    pub fn set_discarded(&mut self, key: &str, value: Shared) {
        if let Some(datum) = self.data.get_mut(key) {
            Arc::make_mut(datum).discarded = Some(value);
        }
    }

    /// Remembers what a person gave inside the loop that made the value of `key`.
    pub fn set_given(&mut self, key: &str, given: Arc<[(Key, Seq)]>) {
        if let Some(datum) = self.data.get_mut(key) {
            Arc::make_mut(datum).given = Some(given);
        }
    }

    /// Returns the keys that would go stale if `key` got another value, nearest first.
    pub fn cone(&self, key: &str) -> Vec<Key> {
        let mut found: Vec<Key> = Vec::new();
        let mut seen: HashSet<Key, RandomState> = [Key::from(key)].into_iter().collect();
        let mut frontier: Vec<Key> = self.made_from(key).cloned().collect();
        while !frontier.is_empty() {
            let mut next = Vec::new();
            for key in frontier {
                if seen.insert(key.clone()) {
                    next.extend(self.made_from(&key).cloned());
                    found.push(key);
                }
            }
            frontier = next;
        }
        found
    }

    /// Takes what went stale since `before` for what it was then: to look at what happened without what follows from it.
    pub fn as_fresh_as(&mut self, before: &Context) {
        let different: Vec<Key> = self.different_keys(before).cloned().collect();
        for key in different {
            if let (Some(datum), Some(then)) = (self.data.get_mut(&key), before.get(&key))
                && datum.version == then.version
                && then.fresh
            {
                let datum = Arc::make_mut(datum);
                (datum.fresh, datum.refuted) = (true, None);
            }
        }
    }

    fn link(&mut self, key: &Key, sources: &[(Key, Seq)]) {
        for (source, _) in sources {
            self.made_from.entry(source.clone()).or_default().insert(key);
        }
    }

    fn unlink(&mut self, key: &Key, sources: &[(Key, Seq)]) {
        for (source, _) in sources {
            if self.made_from.get_mut(source).is_some_and(|made| made.remove(key)) {
                self.made_from.remove(source);
            }
        }
    }

    /// Tells whether `sources` rest, directly or through others, on `key` at `version`.
    fn rests_on(&self, sources: &[(Key, Seq)], key: &Key, version: Seq) -> bool {
        // Whatever was made from it was made from something of it: without that, there is nothing to follow.
        if self.made_from(key).next().is_none() {
            return sources.iter().any(|(source, at)| source == key && *at == version);
        }
        let mut todo: Vec<&(Key, Seq)> = sources.iter().collect();
        let mut seen: HashSet<&Key, RandomState> = HashSet::default();
        while let Some((source, at)) = todo.pop() {
            if source == key && *at == version {
                return true;
            }
            if seen.insert(source)
                && let Some(datum) = self.get(source).filter(|datum| datum.version == *at)
            {
                todo.extend(datum.sources.iter());
            }
        }
        false
    }

    fn sources_hold(&self, sources: &[(Key, Seq)]) -> bool {
        sources.iter().all(|(key, version)| self.get(key).is_some_and(|d| d.version == *version && d.fresh))
    }

    /// Recomputes freshness downstream of `key`, as far as it changes. Iterative: chains may be long.
    fn spread(&mut self, key: &Key) {
        let mut todo: Vec<Key> = self.made_from(key).cloned().collect();
        while let Some(key) = todo.pop() {
            let Some(datum) = self.data.get(&key) else { continue };
            let fresh = datum.refuted.is_none() && self.sources_hold(&datum.sources);
            if fresh == datum.fresh {
                continue;
            }
            if let Some(datum) = self.data.get_mut(&key) {
                Arc::make_mut(datum).fresh = fresh;
            }
            todo.extend(self.made_from(&key).cloned());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::value::Value;

    fn key(at: usize) -> Key {
        format!("k{at:02}").into()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        /// Of many keys made from one, more than a list holds, as of few.
        #[test]
        fn what_was_made_from_a_key_is_what_names_it_as_its_source_and_is_as_fresh_as_that(
            deeds in prop::collection::vec((0usize..48, prop::collection::vec(0usize..48, 0..3), 0u8..12, 0u64..3), 1..160),
        ) {
            let mut context = Context::default();
            for (at, (written, sources, deed, value)) in deeds.iter().enumerate() {
                let seq = at as Seq + 1;
                let sources = sources.iter().map(|source| source % 48 / (1 + *deed as usize));
                let sources = sources.filter(|source| source != written);
                let sources = sources.map(|source| (key(source), context.get(&key(source)).map_or(0, |d| d.version)));
                let sources = sources.collect();
                match deed {
                    0 => context.remove(&key(*written)),
                    1 => context.refute(&key(*written), &"no".into()),
                    _ => {
                        let (value, origin) = (Shared::new(Value::from(*value)), Origin::Injected);
                        let write = Write { value, origin, sources, refuted: None, pinned: false };
                        context.write(&key(*written), write, seq);
                    }
                }
                if at % 16 > 0 && at + 1 < deeds.len() {
                    continue;
                }
                for from in 0..48 {
                    let from = key(from);
                    let names = |datum: &Datum| datum.sources.iter().any(|(source, _)| *source == from);
                    let named: Vec<&Key> = context.iter().filter(|(_, datum)| names(datum)).map(|(key, _)| key).collect();
                    prop_assert_eq!(context.made_from(&from).collect::<Vec<_>>(), named, "{}", from);
                }
                for (key, datum) in context.iter() {
                    let holds = |(source, version): &(Key, Seq)| {
                        context.get(source).is_some_and(|datum| datum.version == *version && datum.fresh)
                    };
                    let is = datum.refuted.is_none() && datum.sources.iter().all(holds);
                    prop_assert_eq!(datum.fresh, is, "{}", key);
                }
            }
        }
    }
}
