//! The trace of a session as CSV: one line an event of the selected branch, by RFC 4180.

use std::io::{self, Write};

use super::csv::quoted;
use super::{Format, Writes};
use crate::describe::event;
use crate::engine::session::Session;

/// The trace.
pub(super) const FORMAT: Format =
    Format { name: "csv", help: "The trace, one line an event", writes: Writes::Session(write) };

/// Writes one line for each event, below a line of names.
fn write(to: &mut dyn Write, session: &Session) -> io::Result<()> {
    write!(to, "event,at,who,what,result,marks,wrote,depth\r\n")?;
    let mut written = Ok(());
    session.walk(0..session.path().len(), &mut |_, record, now| {
        let line = event::told(session, record, now);
        let wrote: Vec<String> = line.wrote.iter().map(|(_, said)| said.clone()).collect();
        let fields = [
            record.seq.to_string(),
            record.at.to_string(),
            line.who.to_owned(),
            line.what,
            line.result,
            line.marks.join("; "),
            wrote.join("; "),
            line.depth.to_string(),
        ];
        let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
        written = write!(to, "{}\r\n", fields.join(","));
        written.is_ok()
    });
    written
}
