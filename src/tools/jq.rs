//! Tools of kind `jq`: the first output of a filter over the inputs.

use std::time::Duration;

use super::reading::Reading;
use super::{Given, Kind, TIMEOUT_MS, Timeout, Way, filter};
use crate::engine::goal::{Risk, Run};
use crate::engine::value::{Shared, Value};
use crate::jq::Limits;

/// The kind `jq`.
pub(super) static KIND: Kind = Kind {
    name: "jq",
    way: Way::Pure(run),
    timeout: Timeout::Default(TIMEOUT_MS),
    risk: Risk::None,
    in_folder: false,
    schema: r#"{
        "type": "string",
        "minLength": 1,
        "description": "A jq filter over the object of the inputs; its first output is the result: \".tickets | length\". No output, or an error(…), is a failure."
    }"#,
    shape: None,
    read,
    check: |_, _, _| (),
};

fn read(spec: &mut dyn Reading, _run: &mut Run) {
    spec.filter("a jq filter over the inputs, as a text");
}

fn run(given: &Given<'_>) -> Result<Shared, String> {
    let Value::String(filter) = &**given.spec else { return Err("its filter is not a text".into()) };
    let timeout = given.call.tool.as_ref().and_then(|tool| tool.timeout_ms);
    let limits = timeout.map_or(Limits::TOOL, |ms| Limits::lasting(Duration::from_millis(ms)));
    filter::first(given.host.jq, filter, given.inputs, limits, given.host.cancel).map(Shared::new)
}
