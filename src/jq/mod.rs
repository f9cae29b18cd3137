//! jq filters and conditions: untrusted code, evaluated where it can do no damage.
//!
//! **Invariant:** this folder knows nothing of goals, plans or sessions, and the rest of the program knows nothing of
//! jaq. No filter freezes its caller, outlives its cancel by more than 50 ms, takes over 512 MB or ends the program,
//! and a filter gives the same result every time.
//!
//! ```text
//!  check ─▶ bounds ─▶ syntax ─▶ names                 in this process, nothing runs
//!
//!  Evaluator::run ─▶ pool ─▶ process ══ wire ══▶ worker ─▶ program_cache ─▶ program ─▶ json
//!                   │ input_cache: what it has  (a child process: memory meters it,
//!                   │ deadline: clock, cancel    budget counts steps, pool kills it)
//!                   ├ cost ─▶ local ─────────────────▶ program_cache       (what is shown to be cheap, if `sparing`)
//!                   └ local ─────────────────────────▶ program_cache       (tests, benchmarks)
//! ```
//!
//! A filter is stopped by its steps first, because they are the same on every computer; then by the clock; and where
//! neither is looked at (one native step that never ends, memory, an overflowing stack) its process ends, which costs
//! the next evaluation two milliseconds.
//!
//! The language is jq as jaq speaks it, with these differences. Not available, because a result must be repeatable:
//! `env`, `$ENV`, `now`, `localtime`, `strflocaltime`, `input`, `inputs`, `debug`, `stderr`, `halt`, `halt_error`,
//! `import`, `include`. Not defined: `@base32d`, `builtins`, `$__loc__`, SQL-style operators other than `IN` and `INDEX`.
//! Only the first output counts. In a result nan is `null`, an infinity is the largest number, integers beyond 64 bits
//! become the nearest float as in jq 1.7, and a computed whole number has no point. An object indexed by a number is
//! `null` rather than an error, `.a |= empty` may reorder the keys (`del(.a)` does not), and optional paths (`.a?.b = 1`)
//! and path definitions (`def p: .a.b; p = 1`) update only what exists.

mod bounds;
mod budget;
mod cost;
mod deadline;
mod deletion;
mod errors;
mod evaluator;
mod fault;
mod input;
mod input_cache;
mod instrument;
mod json;
mod library;
mod limits;
mod local;
mod lower;
mod memory;
mod names;
mod natives;
mod nearest;
mod pool;
mod process;
mod program;
mod program_cache;
mod reads;
mod stack;
mod sugar;
mod syntax;
mod template;
mod tokens;
mod tree;
mod value;
mod wire;
mod worker;

#[cfg(test)]
mod tests;

pub use bounds::{MAX_BRACKETS, MAX_OPERATORS, MAX_TEXT};
pub use evaluator::Evaluator;
pub use fault::{Fault, SyntaxFault};
pub use input::{Given, Input, Json};
pub use json::{MAX_NESTING, MAX_OUTPUT_BYTES, MAX_OUTPUT_VALUES, truthy};
pub use limits::{Cancel, Limits};
pub use memory::Meter;
pub use program::check;
pub use reads::entries_read;
pub use template::{filling, interpolations};
pub use worker::{WORKER_ARGUMENT, worker_main};
