//! A fingerprint of values and remembered outcomes, kept at the cost of what changed: what tells a circle.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::context::Context;
use super::effect::{Outcomes, Remembered};
use super::goal::Key;
use super::value::Shared;

/// The sum of the hashes of every key with its value and of every outcome, and what it is the sum of.
///
/// A sum, so that one part can be taken out and another put in (Bellare and Micciancio 1997); it is compared
/// within one process only, and nobody who could forge a collision has anything to gain from it.
#[derive(Clone, Debug, Default)]
pub(super) struct Fingerprint {
    context: Context,
    outcomes: Outcomes,
    sum: u64,
}

impl Fingerprint {
    /// Returns the sum for `context` and `outcomes`, at the cost of what is different since this one was made.
    pub(super) fn sum_of(&self, context: &Context, outcomes: &Outcomes) -> u64 {
        let mut sum = self.sum;
        for key in self.context.different_keys(context) {
            sum = sum.wrapping_sub(of_value(&self.context, key)).wrapping_add(of_value(context, key));
        }
        for change in self.outcomes.diff(outcomes) {
            let (gone, new) = match change {
                imbl::ordmap::DiffItem::Add(call, outcome) => (None, Some((call, outcome))),
                imbl::ordmap::DiffItem::Update { old, new } => (Some(old), Some(new)),
                imbl::ordmap::DiffItem::Remove(call, outcome) => (Some((call, outcome)), None),
            };
            let of = |part: Option<_>| part.map_or(0, |(call, outcome)| of_outcome(call, outcome));
            sum = sum.wrapping_sub(of(gone)).wrapping_add(of(new));
        }
        sum
    }

    /// Returns the fingerprint of `context` and `outcomes`, from which the next ones are reckoned.
    pub(super) fn moved(&self, context: &Context, outcomes: &Outcomes) -> Arc<Fingerprint> {
        let sum = self.sum_of(context, outcomes);
        Arc::new(Fingerprint { context: context.clone(), outcomes: outcomes.clone(), sum })
    }
}

fn of_value(context: &Context, key: &Key) -> u64 {
    context.get(key).map_or(0, |datum| hash(&(key, datum.hash, datum.pinned, datum.fresh)))
}

fn of_outcome(call: &super::effect::CallKey, outcome: &Remembered) -> u64 {
    let of = |values: &crate::engine::ordered::IndexMap<Key, Shared>| -> Vec<u64> {
        values.values().map(Shared::hash).collect()
    };
    match outcome {
        Remembered::Returned(values) => hash(&(call, 1u8, of(values))),
        Remembered::Refuted(_, why) => hash(&(call, 2u8, why)),
        Remembered::Failed(why) => hash(&(call, 3u8, why)),
    }
}

fn hash(part: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    part.hash(&mut hasher);
    hasher.finish()
}
