//! Tools of kind `value`: the data that stands in the goal file.

use super::{Given, Kind, TIMEOUT_MS, Timeout, Way};
use crate::engine::goal::Risk;
use crate::engine::value::Shared;

/// The kind `value`.
pub(super) static KIND: Kind = Kind {
    name: "value",
    way: Way::Pure(run),
    timeout: Timeout::Default(TIMEOUT_MS),
    risk: Risk::None,
    in_folder: false,
    schema: r#"{ "description": "The result itself, any JSON: for data, and for tools that are only pretended." }"#,
    shape: None,
    read: |_, _| (),
    check: |_, _, _| (),
};

fn run(given: &Given<'_>) -> Result<Shared, String> {
    Ok(given.spec.clone())
}
