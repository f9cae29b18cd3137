//! What can go wrong with a filter, each as a sentence for the person.

use std::fmt;
use std::ops::Range;

/// Says why a filter gave no result: "the filter took more than 5000000 steps".
///
/// Not one of these is a bug of the program except [`Fault::Broken`]. Text that comes from the filter (an
/// `error(…)` message) is capped at a few kilobytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The text is no filter, or uses a name that does not exist.
    Syntax(SyntaxFault),
    /// The filter ended with an error: `error(…)`, or an operation that jq refuses.
    Error(String),
    /// The filter produced no output, as `empty` does.
    Empty,
    /// The filter used up its steps; the same filter on the same input always does.
    Steps,
    /// The filter used up its time; how far it comes depends on the computer.
    Wall,
    /// The filter needed more memory than an evaluation may take.
    Memory,
    /// The filter recursed too deeply.
    Depth,
    /// The result has more bytes or more values than a result may have.
    OutputTooLarge,
    /// The result, or the input, is nested deeper than a value may be.
    TooNested,
    /// The evaluation was cancelled.
    Cancelled,
    /// The environment failed: no worker process could be started, or it answered nonsense.
    Broken(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Syntax(fault) => fault.fmt(f),
            Fault::Error(message) => f.write_str(message),
            Fault::Empty => f.write_str("the filter gave no output"),
            Fault::Steps => f.write_str("the filter took more steps than it may"),
            Fault::Wall => f.write_str("the filter took longer than it may"),
            Fault::Memory => f.write_str("the filter needed more memory than it may take"),
            Fault::Depth => f.write_str("the filter recursed too deeply"),
            Fault::OutputTooLarge => f.write_str("the result of the filter is too large"),
            Fault::TooNested => f.write_str("the value is nested more than 127 levels deep"),
            Fault::Cancelled => f.write_str("the filter was cancelled"),
            Fault::Broken(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Fault {}

impl From<SyntaxFault> for Fault {
    fn from(fault: SyntaxFault) -> Self {
        Fault::Syntax(fault)
    }
}

/// Points at the place in a filter that cannot be understood: "no filter is named `lenght`, did you mean `length`?".
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl fmt::Display for SyntaxFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SyntaxFault {}
