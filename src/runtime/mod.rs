//! The edge: the only home of tasks, the clock and the journal files.
//!
//! [`driver::Driver`] owns one session, its journal and the filter engine. It carries out commands, starts what
//! the session wants from the world ([`perform`]), and brings the reports back in as commands.
//!
//! **Invariant:** what a screen or a script is shown was written to the journal first.

pub mod bench;
mod by_kind;
pub mod clock;
pub mod driver;
pub mod journal;
pub mod lanes;
pub mod library;
pub mod line;
pub mod perform;
pub mod place;
pub mod repeats;
pub mod services;

/// Trouble with the environment, as a sentence for the person: what is wrong, where, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The sentence.
    pub message: String,
}

impl Trouble {
    /// Returns the trouble that `message` says.
    pub fn new(message: impl Into<String>) -> Trouble {
        Trouble { message: message.into() }
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Trouble {}
