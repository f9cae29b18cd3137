//! What could go wrong: every single fault that a goal's world allows, and what each does to each lane.
//!
//! Pure: lanes are run by whoever asks, and printed elsewhere.
//!
//! **Invariant:** a fault is a scenario like those that a goal file offers, and a verdict is read off a finished lane;
//! nothing here runs a lane, or knows a screen, a file, an option or a clock.

pub mod beside;
pub mod fault;
pub mod table;
pub mod verdict;
