//! How commands print: the formats of each that prints in several, of the table of exports and beside it.

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::export::csv::Layout;
use crate::export::{self, ComparisonWriter, EvidenceWriter, PlanWriter, SessionWriter, StressWriter};

/// The format for people, which is not an export.
pub(super) const TEXT: &str = "text";

/// How `plan` prints.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) enum PlanFormat {
    /// For people.
    Text,
    /// One JSON document with the reasons.
    Json,
    /// A format of the table.
    Export(PlanWriter),
}

/// Reads how `plan` prints.
pub(super) fn a_plan_format() -> impl TypedValueParser<Value = PlanFormat> {
    let own = [(TEXT, "One step a line"), ("json", "One JSON document")];
    let of_table = export::of_plans().map(|(format, _)| (format.name, format.help));
    a_format(own.into_iter().chain(of_table)).map(|name| match &*name {
        TEXT => PlanFormat::Text,
        other => export::of_plans()
            .find(|(format, _)| format.name == other)
            .map_or(PlanFormat::Json, |(_, write)| PlanFormat::Export(write)),
    })
}

/// How `compare` prints; the formats for programs are those of the table.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) enum CompareFormat {
    /// For people.
    Text,
    /// A format of the table.
    Export(ComparisonWriter),
}

/// Reads how `compare` prints.
pub(super) fn a_comparison_format() -> impl TypedValueParser<Value = CompareFormat> {
    let of_table = export::of_comparisons().map(|(format, _)| (format.name, format.help));
    a_format(std::iter::once((TEXT, "Tables and sentences")).chain(of_table)).map(|name| {
        let found = export::of_comparisons().find(|(format, _)| format.name == name);
        found.map_or(CompareFormat::Text, |(_, write)| CompareFormat::Export(write))
    })
}

/// How `stress` prints; the formats for programs are those of the table.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) enum StressFormat {
    /// For people.
    Text,
    /// A format of the table.
    Export(StressWriter),
}

/// Reads how `stress` prints.
pub(super) fn a_stress_format() -> impl TypedValueParser<Value = StressFormat> {
    let of_table = export::of_stress().map(|(format, _)| (format.name, format.help));
    a_format(std::iter::once((TEXT, "A table, and what would help")).chain(of_table)).map(|name| {
        let found = export::of_stress().find(|(format, _)| format.name == name);
        found.map_or(StressFormat::Text, |(_, write)| StressFormat::Export(write))
    })
}

/// Reads how `evidence` prints.
pub(super) fn an_evidence_format() -> impl TypedValueParser<Value = EvidenceWriter> {
    a_format(export::of_evidence().map(|(format, _)| (format.name, format.help))).try_map(|name| {
        let found = export::of_evidence().find(|(format, _)| format.name == name);
        found.map(|(_, write)| write).ok_or("there is no such format")
    })
}

/// What `export` writes: a format of the table, or what has to be drawn or judged first.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) enum ExportFormat {
    /// The session, by a format of the table.
    Session(SessionWriter),
    /// The plan, by a format of the table.
    Plan(PlanWriter),
    /// A recording of the screen.
    Asciicast,
    /// A picture of the screen.
    Svg,
    /// A picture that moves.
    MovingSvg,
    /// The evidence card.
    Markdown,
    /// The run with its trace.
    Json,
}

/// What `export` writes beside the formats of the table.
const BESIDE: [(&str, &str, ExportFormat); 5] = [
    ("asciicast", "A recording (asciicast v2) that asciinema plays", ExportFormat::Asciicast),
    ("svg", "A picture of the screen", ExportFormat::Svg),
    (
        "moving-svg",
        "A picture that moves: every screen, again and again, in anything that shows SVG",
        ExportFormat::MovingSvg,
    ),
    ("markdown", "The evidence card as Markdown", ExportFormat::Markdown),
    ("json", "The whole session as one document", ExportFormat::Json),
];

/// Reads what `export` writes.
pub(super) fn an_export_format() -> impl TypedValueParser<Value = ExportFormat> {
    let sessions =
        export::of_sessions().map(|(format, write)| (format.name, format.help, ExportFormat::Session(write)));
    let plans = export::of_plans().map(|(format, write)| (format.name, format.help, ExportFormat::Plan(write)));
    let known: Vec<_> = sessions.chain(BESIDE).chain(plans).collect();
    a_format(known.clone().into_iter().map(|(name, help, _)| (name, help))).try_map(move |name| {
        let found = known.iter().find(|(known, ..)| *known == name);
        found.map(|(.., format)| *format).ok_or("there is no such format")
    })
}

/// Text for people, or JSON for programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

/// How `run` prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum RunFormat {
    /// The blocks plan, trace and final report.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// One event a line, as they happen.
    Jsonl,
}

/// Reads which columns a CSV has.
pub(super) fn a_layout() -> impl TypedValueParser<Value = Layout> {
    let known = [("full", "Every figure"), ("run", "run,harness,success,tokens,iters,interventions,note")];
    a_format(known.into_iter()).map(|name| if name == "run" { Layout::Run } else { Layout::Full })
}

fn a_format(known: impl Iterator<Item = (&'static str, &'static str)>) -> PossibleValuesParser {
    PossibleValuesParser::new(known.map(|(name, help)| PossibleValue::new(name).help(help)))
}
