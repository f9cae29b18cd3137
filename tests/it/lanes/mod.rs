//! Strategies side by side: what is run, recounted and judged.

mod bench;
mod goals;
mod judged;
mod random_goals;
mod recount;
