//! The edge: the only home of tasks, the clock and the journal files.
//!
//! [`driver::Driver`] owns one session, its journal and its services. It carries out commands, starts what
//! the session wants from the world ([`perform`]), and brings the reports back in as commands.
//!
//! **Invariant:** what a screen or a script is shown was written to the journal first.

pub mod ahead;
mod aside;
pub mod bench;
pub mod breakpoints;
pub mod clock;
pub mod config;
pub mod conformance;
pub mod crash_note;
pub mod driver;
mod finding;
pub mod journal;
mod judging;
mod kept;
pub mod lanes;
pub mod log;
pub mod new_file;
pub mod offered;
pub mod opening;
pub mod paths;
pub mod perform;
pub mod picture;
pub mod presenting;
pub mod recorded;
pub mod redefining;
pub mod remembered;
pub mod searching;
pub mod services;
pub mod sessions;
pub mod share;
pub mod stressing;
pub mod teaching;
pub mod telling;
pub mod trial;
pub mod trust;
pub mod watches;
pub mod watching;

/// What went wrong with the environment, as a sentence for the person: what is wrong, where, what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RuntimeError {
    /// The sentence.
    pub message: String,
}

impl RuntimeError {
    /// Returns the error that says `message`.
    pub fn new(message: impl Into<String>) -> RuntimeError {
        RuntimeError { message: message.into() }
    }
}
