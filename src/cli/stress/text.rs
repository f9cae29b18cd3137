//! What faults did, for people: a table with the worst first, what each lane came to, what would help.

use std::io::{self, Write};

use crate::describe::sanitize::harmless;
use crate::describe::text::{clip, count, pad, width};
use crate::export::Stressed;
use crate::stress::table::Row;
use crate::stress::verdict::Verdict;

/// The widest that the name of a fault stands, in cells.
const NAME: usize = 52;

/// How many sentences of advice are said.
const ADVICE: usize = 6;

/// How many faults are shown with the command that does them again.
const AGAIN: usize = 3;

/// Writes the table; faults that changed nothing in any lane only with `all`.
pub(super) fn table(to: &mut impl Write, stressed: &Stressed<'_>, all: bool) -> io::Result<()> {
    let table = stressed.table;
    writeln!(to, "goal: {}", harmless(&stressed.goal.goal))?;
    writeln!(to, "undisturbed:")?;
    for (letter, calm) in letters().zip(&table.lanes) {
        let (result, name) = (&calm.result, &calm.result.name);
        let said = match &result.standing.why {
            Some(why) if !result.reached() => format!("{}: {why}", result.standing.status.replace('_', " ")),
            _ => result.said(),
        };
        let sign = if result.reached() { '✓' } else { '✗' };
        writeln!(to, "  {letter} {sign} {}  {}", pad(name, lane_width(stressed)), harmless(&clip(&said, 100)))?;
    }
    let shows = |row: &&Row| {
        all || row
            .cells
            .iter()
            .any(|cell| !matches!(cell.verdict, Verdict::Same | Verdict::NotMet | Verdict::NotJudged))
    };
    let shown: Vec<&Row> = table.rows.iter().filter(shows).collect();
    let faults = shown.iter().map(|row| width(&row.fault.sentence)).max().unwrap_or(0).clamp(8, NAME);
    let columns: Vec<usize> = (0..table.lanes.len())
        .map(|at| {
            shown.iter().filter_map(|row| row.cells.get(at)).map(|cell| width(&cell.said()) + 2).max().unwrap_or(1)
        })
        .collect();
    writeln!(to, "{}, the worst first (+1 +2: one decision and two calls more):", count(table.rows.len(), "fault"))?;
    if !shown.is_empty() {
        let heads = letters().zip(&columns).map(|(letter, wide)| pad(&letter, *wide));
        writeln!(to, "    {}  {}", pad("", faults), heads.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    for row in &shown {
        let cells = row.cells.iter().zip(&columns).map(|(cell, wide)| {
            let words = format!("{} {}", cell.verdict.sign().glyph(), cell.said());
            pad(&words, *wide)
        });
        let line = format!(
            "  {} {}  {}",
            row.worst().sign().glyph(),
            pad(&harmless(&row.fault.sentence), faults),
            cells.collect::<Vec<_>>().join("  ")
        );
        writeln!(to, "{}", line.trim_end())?;
    }
    let hidden = table.rows.len() - shown.len();
    match table.unjudged() {
        Some(why) if hidden > 0 => writeln!(to, "  - {why} (--all lists the faults)")?,
        Some(why) => writeln!(to, "  - {why}")?,
        None if hidden > 0 => writeln!(to, "  = {} nothing in any lane (--all lists them)", changes(hidden))?,
        None => {}
    }
    writeln!(to, "in short:")?;
    for (letter, tally) in letters().zip(table.tallies()) {
        let parts: Vec<String> = Verdict::ALL
            .into_iter()
            .filter(|verdict| tally.of(*verdict) > 0)
            .map(|verdict| format!("{} {}", tally.of(verdict), verdict.word().replace('_', " ")))
            .collect();
        writeln!(to, "  {letter} {}  {}", pad(&tally.lane, lane_width(stressed)), parts.join(" · "))?;
    }
    let advice = table.advice();
    if let Some((letter, _)) =
        letters().zip(&table.lanes).nth(table.advised().unwrap_or(0)).filter(|_| !advice.is_empty())
    {
        writeln!(to, "what would help {letter}:")?;
        for sentence in advice.iter().take(ADVICE) {
            writeln!(to, "  {}", harmless(sentence))?;
        }
        if advice.len() > ADVICE {
            writeln!(to, "  … and {} more (--format json has them all)", advice.len() - ADVICE)?;
        }
    }
    let again = shown.iter().filter(|row| row.bad() > 0).filter_map(|row| table.reproduced(row, stressed.named));
    for (at, line) in again.take(AGAIN).enumerate() {
        writeln!(to, "{}{}", if at == 0 { "to see it happen:\n  " } else { "  " }, harmless(&line))?;
    }
    writeln!(to, "what each word means: planscope stress --help")
}

/// Returns what the lanes are called in the table: A, B, … Z, then lane 27 and so on.
fn letters() -> impl Iterator<Item = String> {
    ('A'..='Z').map(String::from).chain((27..).map(|number: usize| number.to_string()))
}

fn lane_width(stressed: &Stressed<'_>) -> usize {
    stressed.table.lanes.iter().map(|calm| width(&calm.result.name)).max().unwrap_or(0)
}

fn changes(faults: usize) -> String {
    if faults == 1 { "1 more changes".to_owned() } else { format!("{faults} more change") }
}
