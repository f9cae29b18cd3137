//! What leaves planscope for other programs: one format, one file, one line in [`FORMATS`].
//!
//! **Invariant:** a format writes a value that is finished. Nothing here runs, asks or decides, and nothing here knows an
//! option, a terminal or a file.

mod comparison;
mod comparison_json;
pub mod csv;
mod dot;
mod events_csv;
mod evidence_json;
pub mod evidence_markdown;
mod evidence_text;
mod html;
pub mod json;
mod junit;
mod map;
mod mermaid;
pub mod run_report;
mod standing;
mod stress_csv;
pub mod stress_json;

use std::io::{self, Write};

pub use comparison::{Comparison, Comparisons, LaneRan};
pub use comparison_json::{summary, verdict};
pub use run_report::RunReport;

use crate::describe::evidence::Evidence;
use crate::engine::goal::Goal;
use crate::engine::session::Session;
use crate::engine::state::State;
use crate::stress::table::Table;

/// A way to write something down for another program.
#[derive(Debug)]
pub struct Format {
    /// The word that options use: "mermaid".
    pub name: &'static str,
    /// What it is, in a sentence for `--help`.
    pub help: &'static str,
    /// What it writes.
    pub writes: Writes,
}

/// Writes the remaining plan of a state.
pub type PlanWriter = fn(&mut dyn Write, &State) -> io::Result<()>;

/// Writes a session, with every event of its selected branch.
pub type SessionWriter = fn(&mut dyn Write, &Session) -> io::Result<()>;

/// Writes lanes side by side.
pub type ComparisonWriter = fn(&mut dyn Write, &Comparisons<'_>) -> io::Result<()>;

/// An evidence card, and the file of its session, if it has one.
#[derive(Clone, Copy, Debug)]
pub struct Card<'a> {
    /// The card.
    pub evidence: &'a Evidence,
    /// The file of the session.
    pub session: Option<&'a str>,
}

/// Writes an evidence card.
pub type EvidenceWriter = fn(&mut dyn Write, &Card<'_>) -> io::Result<()>;

/// What every fault did to every lane, and the goal that it was done to, as it was named on the command line.
#[derive(Clone, Copy, Debug)]
pub struct Stressed<'a> {
    /// The goal.
    pub goal: &'a Goal,
    /// Its file or sample.
    pub named: &'a str,
    /// What every fault did.
    pub table: &'a Table,
}

/// Writes what faults did.
pub type StressWriter = fn(&mut dyn Write, &Stressed<'_>) -> io::Result<()>;

/// What a format writes, and how.
#[derive(Debug)]
pub enum Writes {
    /// The remaining plan of a state.
    Plan(PlanWriter),
    /// A session, with every event of its selected branch.
    Session(SessionWriter),
    /// Lanes side by side.
    Comparison(ComparisonWriter),
    /// An evidence card.
    Evidence(EvidenceWriter),
    /// What faults did.
    Stress(StressWriter),
}

/// Every format, in the order in which options list them.
pub const FORMATS: &[&Format] = &[
    &comparison_json::FORMAT,
    &csv::FORMAT,
    &html::FORMAT,
    &events_csv::FORMAT,
    &mermaid::FORMAT,
    &dot::FORMAT,
    &map::FORMAT,
    &evidence_text::FORMAT,
    &evidence_markdown::FORMAT,
    &evidence_json::FORMAT,
    &stress_json::FORMAT,
    &stress_csv::FORMAT,
    &junit::FORMAT,
];

/// Returns the formats of a plan, each with what writes it.
pub fn of_plans() -> impl Iterator<Item = (&'static Format, PlanWriter)> {
    FORMATS.iter().filter_map(|format| match format.writes {
        Writes::Plan(write) => Some((*format, write)),
        _ => None, // what is not a plan
    })
}

/// Returns the formats of a session, each with what writes it.
pub fn of_sessions() -> impl Iterator<Item = (&'static Format, SessionWriter)> {
    FORMATS.iter().filter_map(|format| match format.writes {
        Writes::Session(write) => Some((*format, write)),
        _ => None, // what is not a session
    })
}

/// Returns the formats of a comparison, each with what writes it.
pub fn of_comparisons() -> impl Iterator<Item = (&'static Format, ComparisonWriter)> {
    FORMATS.iter().filter_map(|format| match format.writes {
        Writes::Comparison(write) => Some((*format, write)),
        _ => None, // what is not a comparison
    })
}

/// Returns the formats of an evidence card, each with what writes it.
pub fn of_evidence() -> impl Iterator<Item = (&'static Format, EvidenceWriter)> {
    FORMATS.iter().filter_map(|format| match format.writes {
        Writes::Evidence(write) => Some((*format, write)),
        _ => None, // what is not a card
    })
}

/// Returns the formats of what faults did, each with what writes it.
pub fn of_stress() -> impl Iterator<Item = (&'static Format, StressWriter)> {
    FORMATS.iter().filter_map(|format| match format.writes {
        Writes::Stress(write) => Some((*format, write)),
        _ => None, // what is not about faults
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_formats_of_one_thing_have_one_name() {
        let named = |format: &Format| (std::mem::discriminant(&format.writes), format.name);
        for (at, format) in FORMATS.iter().enumerate() {
            assert!(FORMATS[..at].iter().all(|other| named(other) != named(format)), "{} is there twice", format.name);
        }
    }
}
