//! Tools of kind `value`: the data that stands in the goal file.

use super::{Given, Kind};
use crate::engine::value::Shared;

/// The kind `value`.
pub(super) struct Literal;

impl Kind for Literal {
    fn name(&self) -> &'static str {
        "value"
    }

    fn run(&self, spec: &Shared, _given: &Given<'_>) -> Result<Shared, String> {
        Ok(spec.clone())
    }
}
