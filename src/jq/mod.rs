//! jq filters and conditions: user code, run where it can harm nobody.
//!
//! ```text
//!  check ─▶ bounds ─▶ syntax ─▶ names                 in this process, nothing runs
//!
//!  Evaluator::run ─▶ pool ─▶ process ══ wire ══▶ worker ─▶ program_cache ─▶ program ─▶ json
//!                   │ shelf: what it has        (a child process: memory meters it,
//!                   │ patience: clock, cancel    gauge counts steps, pool kills it)
//!                   ├ harmless ─▶ local ─────────────▶ program_cache       (what is counted to do little, if `sparing`)
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
//!
//! *Architecture invariant:* this folder knows nothing of goals, plans or sessions, and the rest of the program knows
//! nothing of jaq.

mod bounds;
mod creation;
mod deletion;
mod errors;
mod evaluator;
mod fault;
mod gauge;
mod harmless;
mod input;
mod json;
mod library;
mod limits;
mod local;
mod memory;
mod names;
mod natives;
mod patience;
mod pool;
mod process;
mod program;
mod program_cache;
mod shelf;
mod spelling;
mod stack;
mod syntax;
mod template;
mod ticks;
mod wire;
mod worker;

#[cfg(test)]
mod faults_of_syntax;
#[cfg(test)]
mod ordinary;

pub use bounds::{MAX_BRACKETS, MAX_OPERATORS, MAX_TEXT};
pub use evaluator::Evaluator;
pub use fault::{Fault, SyntaxFault};
pub use input::Input;
pub use json::{MAX_NESTING, MAX_OUTPUT_BYTES, MAX_OUTPUT_VALUES, truthy};
pub use limits::{Cancel, Limits};
pub use memory::Meter;
pub use program::check;
pub use template::{filling, interpolations};
pub use worker::{WORKER_ARGUMENT, worker_main};
