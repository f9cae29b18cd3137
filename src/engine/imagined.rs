//! The context as the forward check imagines it: the present one, under what the remaining steps would write.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::context::{Context, Datum, Origin};
use super::event::Seq;
use super::goal::Key;
use super::plan::Step;
use super::value::{Shared, Value};

/// The present context with imagined values over it. Costs what is imagined: the present is looked through, not copied.
///
/// It is what [`Context::write`] would make of values that nothing else has, which the tests compare.
pub(super) struct Imagined<'a> {
    present: &'a Context,
    /// What is known of the keys that are imagined, or that went stale by it.
    over: HashMap<Key, Datum, RandomState>,
    /// key → the keys whose imagined value was made from it, or from an earlier one.
    made_from: HashMap<Key, Vec<Key>, RandomState>,
    /// The value that all of them have: nobody looks at it.
    value: Shared,
}

impl<'a> Imagined<'a> {
    /// Returns the present, under nothing.
    pub(super) fn over(present: &'a Context) -> Imagined<'a> {
        Imagined { present, over: HashMap::default(), made_from: HashMap::default(), value: Shared::new(Value::Null) }
    }

    /// Returns what is known of `key`.
    pub(super) fn get(&self, key: &str) -> Option<&Datum> {
        self.over.get(key).or_else(|| self.present.get(key).map(|datum| &**datum))
    }

    /// Writes what `step` will write, made from `sources`, at `version`; a pinned value stays. Returns the keys written.
    pub(super) fn write<'s>(&mut self, step: &'s Step, sources: &Arc<[(Key, Seq)]>, version: Seq) -> Vec<&'s Key> {
        let mut written = Vec::with_capacity(step.to.len());
        for key in step.writes() {
            if self.get(key).is_some_and(|datum| datum.pinned) {
                continue;
            }
            // What a plan makes over and over from the same keys is known to come from them after the first time.
            let before = self.over.get(key).map(|datum| datum.sources.clone());
            let known = |source: &Key| before.iter().any(|before| before.iter().any(|(known, _)| known == source));
            for (source, _) in sources.iter().filter(|(source, _)| !known(source)) {
                self.made_from.entry(source.clone()).or_default().push(key.clone());
            }
            let datum = Datum {
                value: self.value.clone(),
                hash: 0,
                version,
                confirmed: version,
                origin: Origin::Step(step.id.clone()),
                sources: sources.clone(),
                fresh: self.hold(sources),
                refuted: None,
                pinned: false,
                discarded: None,
                given: None,
            };
            self.over.insert(key.clone(), datum);
            self.spread(key);
            written.push(key);
        }
        written
    }

    fn hold(&self, sources: &[(Key, Seq)]) -> bool {
        sources.iter().all(|(key, version)| self.get(key).is_some_and(|d| d.version == *version && d.fresh))
    }

    /// Returns the keys whose value now was made directly from `key`, by name.
    fn made_from(&self, key: &str) -> Vec<Key> {
        let imagined = self.made_from.get(key).into_iter().flatten();
        let is_so =
            |made: &&Key| self.get(made).is_some_and(|datum| datum.sources.iter().any(|(source, _)| **source == *key));
        let mut made: Vec<Key> = self.present.made_from(key).chain(imagined).filter(is_so).cloned().collect();
        made.sort_unstable();
        made.dedup();
        made
    }

    /// Recomputes freshness downstream of `key`, as far as it changes, in the order in which [`Context`] does.
    fn spread(&mut self, key: &Key) {
        let mut todo = self.made_from(key);
        while let Some(key) = todo.pop() {
            let Some(datum) = self.get(&key) else { continue };
            let fresh = datum.refuted.is_none() && self.hold(&datum.sources);
            if fresh == datum.fresh {
                continue;
            }
            let datum = Datum { fresh, ..datum.clone() };
            self.over.insert(key.clone(), datum);
            todo.extend(self.made_from(&key));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::engine::context::Write;

    const KEYS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

    fn step(reads: &BTreeSet<usize>, writes: &BTreeSet<usize>, at: usize) -> Step {
        let bound = |keys: &BTreeSet<usize>| keys.iter().map(|key| (KEYS[*key].into(), KEYS[*key].into())).collect();
        serde_json::from_value::<Step>(json!({"id": format!("s{at}")}))
            .map(|step| Step { with: bound(reads), to: bound(writes), ..step })
            .expect("a step")
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_imagined_is_what_writing_it_would_make(
            present in prop::collection::vec((0usize..6, prop::collection::btree_set(0usize..6, 0..3), any::<bool>()), 0..8),
            steps in prop::collection::vec((prop::collection::btree_set(0usize..6, 0..3), prop::collection::btree_set(0usize..6, 0..3)), 0..8),
        ) {
            let mut context = Context::default();
            for (at, (key, sources, odd)) in present.iter().enumerate() {
                let source = |key: &usize| {
                    let version = context.get(KEYS[*key]).map_or(0, |datum| datum.version);
                    (Key::from(KEYS[*key]), if *odd { version } else { version.saturating_sub(1) })
                };
                let sources = sources.iter().filter(|source| *source != key).map(source).collect();
                let refuted = (at % 5 == 4).then(|| "no".into());
                let write = Write {
                    value: Shared::new(json!(at)), origin: Origin::Injected, sources, refuted, pinned: at % 7 == 6,
                };
                context.write(&KEYS[*key].into(), write, at as Seq + 1);
            }
            let mut plain = context.clone();
            let mut imagined = Imagined::over(&context);
            for (at, (reads, writes)) in steps.iter().enumerate() {
                let step = step(reads, writes, at);
                let version = 1_000 + at as Seq;
                let sources: Arc<[(Key, Seq)]> =
                    step.reads().filter_map(|key| plain.get(key).map(|d| (key.clone(), d.version))).collect();
                for key in step.writes() {
                    if plain.get(key).is_some_and(|datum| datum.pinned) {
                        continue;
                    }
                    let (value, origin) = (Shared::new(Value::from(version)), Origin::Step(step.id.clone()));
                    let write = Write { value, origin, sources: sources.clone(), refuted: None, pinned: false };
                    plain.write(key, write, version);
                }
                imagined.write(&step, &sources, version);
                for key in KEYS {
                    let seen = |datum: &Datum| {
                        (datum.version, datum.fresh, datum.refuted.clone(), datum.sources.clone(), datum.pinned)
                    };
                    prop_assert_eq!(plain.get(key).map(|datum| seen(datum)), imagined.get(key).map(seen), "{}", key);
                }
            }
        }
    }
}
