//! How likely each tool is to come first, told without looking closely, and kept from one turn to the next: only what
//! changed since is looked at again.

use std::sync::PoisonError;

use super::index::Index;
use crate::engine::context::Context;
use crate::engine::goal::Key;

/// What is seen of a choice at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likely {
    /// It can be taken, and its work does not seem done.
    Open,
    /// It can be taken, and what it writes is there.
    Known,
    /// It seems that it cannot be taken.
    Out,
}

/// What is seen of a key.
#[derive(Clone, Copy, Default, PartialEq)]
struct Seen {
    there: bool,
    known: bool,
}

/// A catalogue as it stood with some facts.
pub(super) struct Glance {
    facts: Context,
    unfit: Vec<Key>,
    /// What is seen of each key, by its number.
    seen: Vec<Seen>,
    /// How many inputs of each tool have no value.
    lacking: Vec<u32>,
    /// How many outputs of each tool are still to be known.
    open: Vec<u32>,
}

/// How many are kept with a catalogue: one for each lane that runs over it.
const KEPT: usize = 8;

impl Glance {
    fn new(index: &Index) -> Glance {
        let lengths = |of: &[Box<[usize]>]| of.iter().map(|keys| keys.len() as u32).collect();
        Glance {
            facts: Context::default(),
            unfit: Vec::new(),
            seen: vec![Seen::default(); index.keys.len()],
            lacking: lengths(&index.reads),
            open: lengths(&index.writes),
        }
    }

    /// Returns how likely each tool of `index` is, with these facts; `blind`: whatever is there to read. What is in
    /// `unfit` counts as not known.
    pub(super) fn likely(index: &Index, facts: &Context, unfit: &[Key], blind: bool) -> Vec<Likely> {
        let kept = || index.glances.lock().unwrap_or_else(PoisonError::into_inner);
        // Lanes take turns: the one with as many facts is mostly the one of the turn before. Any would do.
        let nearest = {
            let mut kept = kept();
            let near = |glance: &Glance| glance.facts.len().abs_diff(facts.len());
            let at = kept.iter().enumerate().min_by_key(|(_, glance)| near(glance)).map(|(at, _)| at);
            at.filter(|_| kept.len() >= KEPT || kept.iter().any(|glance| near(glance) <= 1)).map(|at| kept.remove(at))
        };
        let mut glance = nearest.unwrap_or_else(|| Glance::new(index));
        glance.update(index, facts, unfit);
        let one = |(lacking, open): (&u32, &u32)| match () {
            () if !blind && *lacking > 0 => Likely::Out,
            () if *open == 0 => Likely::Known,
            () => Likely::Open,
        };
        let likely = glance.lacking.iter().zip(&glance.open).map(one).collect();
        kept().push(glance);
        likely
    }

    fn update(&mut self, index: &Index, facts: &Context, unfit: &[Key]) {
        let (before, was_unfit) = (std::mem::replace(&mut self.facts, facts.clone()), unfit.to_vec());
        let was_unfit = std::mem::replace(&mut self.unfit, was_unfit);
        for key in before.different_keys(facts).chain(&was_unfit).chain(unfit) {
            let Some(number) = index.number(key) else { continue };
            let Some(place) = self.seen.get_mut(number) else { continue };
            let fact = facts.get(key);
            let now =
                Seen { there: fact.is_some(), known: fact.is_some_and(|fact| fact.fresh) && !unfit.contains(key) };
            let was = std::mem::replace(place, now);
            let count = |counts: &mut Vec<u32>, tools: &[usize], was: bool, now: bool| {
                for tool in tools.iter().filter(|_| was != now) {
                    let Some(count) = counts.get_mut(*tool) else { continue };
                    *count = if now { count.saturating_sub(1) } else { count.saturating_add(1) };
                }
            };
            let [readers, writers] = index.users(number);
            count(&mut self.lacking, readers, was.there, now.there);
            count(&mut self.open, writers, was.known, now.known);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::value::Shared;

    use super::*;
    use crate::engine::context::Datum;
    use crate::engine::testing::{goal, tool};

    #[test]
    fn what_is_kept_from_turn_to_turn_is_what_a_look_from_nothing_sees() {
        let tools = goal("z", "", vec![tool("a", "", "x"), tool("b", "x y", "z"), tool("c", "z z", "x y")]).tools;
        let index = Index::of(&tools);
        let keys: Vec<Key> = ["x", "y", "z"].map(Key::from).into();
        let mut seed = 7_u64;
        for _ in 0..500 {
            let mut next = |n: u64| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (seed >> 33) % n
            };
            let mut told: Vec<(Key, Datum)> = Vec::new();
            for key in &keys {
                if next(3) > 0 {
                    told.push((key.clone(), Datum { fresh: next(2) > 0, ..Datum::of(Shared::new(next(3).into())) }));
                }
            }
            let facts: Context = told.into_iter().collect();
            let unfit: Vec<Key> = keys.iter().filter(|_| next(4) == 0).cloned().collect();
            let blind = next(2) > 0;
            let likely = Glance::likely(&index, &facts, &unfit, blind);
            let known = |key: &Key| facts.is_fresh(key) && !unfit.contains(key);
            let slowly = tools.values().map(|tool| match () {
                () if !blind && !tool.inputs.iter().all(|key| facts.get(key).is_some()) => Likely::Out,
                () if tool.outputs.iter().all(known) => Likely::Known,
                () => Likely::Open,
            });
            assert_eq!(likely, slowly.collect::<Vec<_>>());
        }
    }
}
