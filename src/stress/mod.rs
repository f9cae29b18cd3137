//! What could go wrong: every single fault that a goal's world allows, what each does to each lane, and the smallest case
//! that still shows what went wrong.
//!
//! Pure: lanes are run by whoever asks, and printed elsewhere.
//!
//! **Invariant:** a fault is a scenario like those that a goal file offers, and a verdict is read off a finished lane;
//! nothing here runs a lane, or knows a screen, a file, an option or a clock.

pub mod beside;
pub mod end;
pub mod fault;
pub mod nearer;
pub mod reduce;
pub mod table;
pub mod verdict;
