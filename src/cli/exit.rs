//! Exit statuses, and failures with the sentence that goes with them.

use crate::runtime::RuntimeError;

/// What the program ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The goal was reached, or the command done.
    Done,
    /// An error in the input or the environment.
    Trouble,
    /// Wrong usage.
    Usage,
    /// It ended without reaching the goal.
    NotReached,
    /// It needs trust, an approval or an answer.
    Asks,
    /// It stopped at a breakpoint.
    Broke,
}

impl Exit {
    /// Returns the status that the shell sees.
    pub fn status(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Trouble => 1,
            Exit::Usage => 2,
            Exit::NotReached => 3,
            Exit::Asks => 4,
            Exit::Broke => 5,
        }
    }
}

/// Why a command could not be carried out: a sentence for standard error, and the status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The sentence; empty where standard output is gone and nobody listens.
    pub message: String,
    /// Whether the message is a drawing that was made harmless already and may hold colours.
    pub drawn: bool,
    /// The status.
    pub exit: Exit,
}

impl Failure {
    /// Returns the failure of an error in the input, drawn for a terminal.
    pub fn drawn(message: String) -> Failure {
        Failure { message, drawn: true, exit: Exit::Trouble }
    }

    /// Returns the failure of a wrong usage.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), drawn: false, exit: Exit::Usage }
    }

    /// Returns the failure of an error in the input or the environment.
    pub fn input(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), drawn: false, exit: Exit::Trouble }
    }
}

impl From<RuntimeError> for Failure {
    fn from(error: RuntimeError) -> Failure {
        Failure::input(error.message)
    }
}

impl From<std::io::Error> for Failure {
    /// A pipe that was closed ends the program quietly: whoever read it has seen enough.
    fn from(error: std::io::Error) -> Failure {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Failure { message: String::new(), drawn: false, exit: Exit::Done },
            _ => Failure::input(format!("cannot write the result: {error}")),
        }
    }
}
