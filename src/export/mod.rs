//! What leaves planscope for other programs: one format, one file, one line in [`FORMATS`].
//!
//! *Invariant:* a format writes a value that is finished. Nothing here runs, asks or decides, and nothing here knows an
//! option, a terminal or a file.

mod comparison;
mod comparison_json;
pub mod csv;
mod dot;
pub mod json;
mod mermaid;
pub mod run_report;

use std::io::{self, Write};

pub use comparison::{Comparison, Comparisons, LaneRan};
pub use comparison_json::{summary, verdict};
pub use run_report::RunReport;

use crate::engine::state::State;

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

/// What a format writes, and how.
#[derive(Debug)]
pub enum Writes {
    /// The remaining plan of a state.
    Plan(fn(&mut dyn Write, &State) -> io::Result<()>),
    /// A run with its trace.
    Run(fn(&mut dyn Write, &RunReport) -> io::Result<()>),
    /// Lanes side by side.
    Comparison(fn(&mut dyn Write, &Comparisons<'_>) -> io::Result<()>),
}

/// Every format, in the order in which options list them.
pub const FORMATS: &[&Format] =
    &[&run_report::FORMAT, &comparison_json::FORMAT, &csv::FORMAT, &mermaid::FORMAT, &dot::FORMAT];

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
