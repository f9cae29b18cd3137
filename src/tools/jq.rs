//! Tools of kind `jq`: the first output of a filter over the inputs.

use std::sync::Arc;
use std::time::Duration;

use super::{Given, Kind, filter};
use crate::engine::value::{Shared, Value};
use crate::jq::Limits;

/// The kind `jq`.
pub(super) struct Jq;

impl Kind for Jq {
    fn name(&self) -> &'static str {
        "jq"
    }

    fn run(&self, spec: &Shared, given: &Given<'_>) -> Result<Shared, String> {
        let Value::String(filter) = &**spec else { return Err("its filter is no text".into()) };
        let timeout = given.call.tool.as_ref().and_then(|tool| tool.timeout_ms);
        let limits = timeout.map_or(Limits::TOOL, |ms| Limits::lasting(Duration::from_millis(ms)));
        filter::first(given.jq, filter, given.inputs, limits, given.cancel).map(Arc::new)
    }
}
