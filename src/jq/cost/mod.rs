//! Which filters may run inside this process: those whose cost on this input is shown to be small.
//!
//! The proof is a count, made from the syntax tree and the size of the input before anything runs: how many outputs
//! a part can have at most, how big each can be, and how much is done and made on the way. Only parts whose count is
//! known are in the table; whatever is not (a definition, recursion, a number that says how often, multiplication,
//! which repeats texts, a regular expression, an update outside of a `reduce` that only adds) has no count, and the
//! filter goes to a worker.
//!
//! *Invariant:* a count is never below the truth. A filter that exceeds it all the same is stopped by its steps and its
//! clock and sent to a worker, which gives the same result: a filter is a function of its input.

mod bound;
mod calls;
mod count;
mod size;
#[cfg(test)]
mod tests;

use super::syntax::Tree;
use count::Count;
pub(super) use size::size;

/// How much a filter may do and make, in units: a unit is a node of a value, a key, or sixteen bytes of a text.
const MOST: u64 = 400_000;

/// Says whether the filter of `tree` costs so little on an input of `size` units that it may run inside this process.
pub(super) fn is_cheap(tree: &Tree<'_>, size: u64) -> bool {
    let bound = Count::default().bound(tree, size);
    bound.is_some_and(|bound| bound.work <= MOST && bound.all <= MOST)
}
