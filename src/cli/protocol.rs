//! `planscope protocol`: the schema of the lines between planscope and a program, and whether a program keeps to them.

use std::io::Write;

use super::Environment;
use super::args::{Format, Protocol};
use super::exit::{Exit, Failure};
use crate::describe::sanitize::harmless;
use crate::export::json;
use crate::runtime::conformance::{self, Came};

/// The JSON Schema of the protocol.
const SCHEMA: &str = include_str!("../../assets/protocol.schema.json");

/// Prints the schema, or tries a program out.
pub(super) fn protocol(
    asked: &Protocol,
    environment: impl FnOnce() -> Result<Environment, Failure>,
    out: &mut impl Write,
) -> Result<Exit, Failure> {
    let (format, program) = match asked {
        Protocol::Schema => {
            out.write_all(SCHEMA.as_bytes())?;
            return Ok(Exit::Done);
        }
        Protocol::Check { format, program } => (*format, program),
    };
    let cancel = environment()?.cancel;
    let mut written = Ok(());
    let cases = conformance::check(program, &cancel, &mut |case| {
        let sign = match case.came {
            Came::Passed => "✓",
            Came::NotOffered => "·",
            Came::Failed => "✗",
        };
        if format == Format::Text && written.is_ok() {
            written = writeln!(out, "{sign} {}: {}", case.tried, harmless(&case.says)).and_then(|()| out.flush());
        }
    });
    written?;
    let failed = cases.iter().filter(|case| case.came == Came::Failed).count();
    match format {
        Format::Json => json::document(out, &cases)?,
        Format::Text if failed == 0 => writeln!(out, "it keeps to the protocol")?,
        Format::Text => {
            writeln!(out, "it does not keep to the protocol: {failed} of {} cases", cases.len())?;
            writeln!(
                out,
                "a verb that it does not do is answered with {{\"id\": …, \"error\": \"…\"}}, and it goes on"
            )?;
        }
    }
    Ok(if failed == 0 { Exit::Done } else { Exit::NotReached })
}
