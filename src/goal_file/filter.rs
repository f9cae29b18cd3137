//! What the reader needs to know of jq: where a filter is faulty.

use std::ops::Range;

/// Why a jq filter is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterFault {
    /// What is wrong.
    pub message: String,
    /// The bytes of the filter that are meant; empty at its end.
    pub span: Range<usize>,
}
