//! The evidence card as text for people: its parts one below the other, a row a line.

use std::io::{self, Write};

use super::{Card, Format, Writes};
use crate::describe::keys;
use crate::describe::reproduce::quoted;
use crate::describe::sanitize::harmless;
use crate::describe::text::lines;

/// The card as text.
pub(super) const FORMAT: Format = Format { name: "text", help: "For people", writes: Writes::Evidence(write) };

/// How many cells the labels take.
const LABEL: usize = 13;

fn write(to: &mut dyn Write, card: &Card<'_>) -> io::Result<()> {
    let Card { evidence, session } = *card;
    writeln!(to, "Evidence: {}", harmless(&keys::usual(&evidence.summary())))?;
    for part in &evidence.parts {
        for (at, row) in part.rows.iter().enumerate() {
            let label = if at == 0 { part.label } else { "" };
            let indent = "  ".repeat(row.indent);
            writeln!(to, "{label:<LABEL$}{indent}{} {}", row.role.glyph(), harmless(&keys::usual(&row.said())))?;
            for line in row.text.iter().flat_map(|text| lines(text)) {
                writeln!(to, "{}", format!("{:LABEL$}{indent}    {line}", "").trim_end())?;
            }
        }
    }
    match session {
        Some(session) => writeln!(to, "{:LABEL$}  the keys work in: planscope resume {}", "", quoted(session)),
        None => Ok(()),
    }
}
