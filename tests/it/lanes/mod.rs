//! Strategies side by side: what is run, recounted and judged.

mod bench;
mod failures;
pub(crate) mod goals;
mod judged;
mod random_goals;
mod recount;
