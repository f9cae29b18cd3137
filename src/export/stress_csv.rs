//! What faults did as CSV: one line a fault and lane, by RFC 4180.

use std::io::{self, Write};

use super::csv::quoted;
use super::{Format, Stressed, Writes};

/// One line a fault and lane.
pub(super) const FORMAT: Format =
    Format { name: "csv", help: "One line a fault and lane", writes: Writes::Stress(write) };

fn write(to: &mut dyn Write, stressed: &Stressed<'_>) -> io::Result<()> {
    write!(to, "fault,kind,subject,lane,verdict,decisions,tool_calls,why,result\r\n")?;
    let table = stressed.table;
    for row in &table.rows {
        for (calm, cell) in table.lanes.iter().zip(&row.cells) {
            let fields = [
                row.fault.sentence.clone(),
                row.fault.kind.word().to_owned(),
                row.fault.subject.to_string(),
                calm.result.name.clone(),
                cell.verdict.word().to_owned(),
                cell.decisions.to_string(),
                cell.tool_calls.to_string(),
                cell.why.clone().unwrap_or_default(),
                cell.result.clone(),
            ];
            let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
            write!(to, "{}\r\n", fields.join(","))?;
        }
    }
    Ok(())
}
