//! Strategies side by side: what is run, recounted and judged.

mod bench;
pub(crate) mod goals;
mod judged;
mod random_goals;
mod recount;
