//! What can go wrong with a filter, each as a sentence for the person.

use std::ops::Range;

use thiserror::Error;

/// Says why a filter gave no result: "the filter took more than 5000000 steps".
///
/// Not one of these is a bug of the program except [`Fault::Broken`]. Text that comes from the filter (an
/// `error(…)` message) is capped at a few kilobytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// The text is not a filter, or uses a name that does not exist.
    #[error(transparent)]
    Syntax(#[from] SyntaxFault),
    /// The filter ended with an error: `error(…)`, or an operation that jq refuses.
    #[error("{0}")]
    Error(String),
    /// The filter produced no output, as `empty` does.
    #[error("the filter gave no output")]
    Empty,
    /// The filter used up its steps; the same filter on the same input always does.
    #[error("the filter took more steps than it may")]
    Steps,
    /// The filter used up its time; how far it comes depends on the computer.
    #[error("the filter took longer than it may")]
    Wall,
    /// The filter needed more memory than an evaluation may take.
    #[error("the filter needed more memory than it may take")]
    Memory,
    /// The filter recursed too deeply.
    #[error("the filter recursed too deeply")]
    Depth,
    /// The result has more bytes or more values than a result may have.
    #[error("the result of the filter is too large")]
    OutputTooLarge,
    /// The result, or the input, is nested deeper than a value may be.
    #[error("the value is nested more than 127 levels deep")]
    TooNested,
    /// The evaluation was cancelled.
    #[error("the filter was cancelled")]
    Cancelled,
    /// The environment failed: no worker process could be started, or it sent a malformed reply.
    #[error("{0}")]
    Broken(String),
}

impl Fault {
    /// Tells whether it is a limit that was reached: the same filter on the same input reaches it again.
    pub fn is_limit(&self) -> bool {
        match self {
            Fault::Steps | Fault::Wall | Fault::Memory | Fault::Depth | Fault::OutputTooLarge | Fault::TooNested => {
                true
            }
            Fault::Syntax(_) | Fault::Error(_) | Fault::Empty | Fault::Cancelled | Fault::Broken(_) => false,
        }
    }
}

/// Points at the place in a filter that cannot be understood: "no filter is named `lenght`, did you mean `length`?".
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct SyntaxFault {
    /// Says what is wrong, in one sentence without the position.
    pub message: String,
    /// The bytes of the filter text that are meant; empty at the end of the text.
    pub span: Range<usize>,
}

impl SyntaxFault {
    /// Makes a fault that points at `span`.
    pub fn new(message: impl Into<String>, span: Range<usize>) -> Self {
        SyntaxFault { message: message.into(), span }
    }

    /// Returns the byte offset in the filter text where the fault begins.
    pub fn offset(&self) -> usize {
        self.span.start
    }
}
