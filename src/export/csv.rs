//! A comparison as CSV: one line a run, by RFC 4180.

use std::borrow::Cow;
use std::io::{self, Write};

use super::{Comparison, Comparisons, Format, LaneRan, Writes};
use crate::compare::result::LaneResult;
use crate::describe::sanitize::harmless;

/// One line a lane, and scenario, and repetition.
pub(super) const FORMAT: Format =
    Format { name: "csv", help: "One line a lane (and scenario, and repetition)", writes: Writes::Comparison(write) };

/// Which columns there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Every figure.
    #[default]
    Full,
    /// run,harness,success,tokens,iters,interventions,note
    Run,
}

/// The columns with every figure.
const FULL: &str = "scenario,run,lane,strategy,replan,status,coped,decisions,tool_calls,wasted_calls,overtaken_calls,\
repeated_calls,discarded_steps,stale_results,replans,cost,tokens,wall_ms,decision_seconds,interventions,met,\
never_met,parted,same,choice,result,why,price_seconds";

/// The columns of the short layout.
const RUN: &str = "run,harness,success,tokens,iters,interventions,note";

/// Writes one line for each run of each lane, below a line of names.
fn write(to: &mut dyn Write, compared: &Comparisons<'_>) -> io::Result<()> {
    let names = match compared.layout {
        Layout::Full => FULL,
        Layout::Run => RUN,
    };
    write!(to, "{names}\r\n")?;
    for one in compared.all {
        for (place, lane) in one.lanes.iter().enumerate() {
            for (at, run) in lane.runs.iter().enumerate() {
                let fields = match compared.layout {
                    Layout::Full => full(one, place, lane, run, at + 1),
                    Layout::Run => short(one, lane, run, at + 1),
                };
                let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
                write!(to, "{}\r\n", fields.join(","))?;
            }
        }
    }
    Ok(())
}

fn full(one: &Comparison, place: usize, lane: &LaneRan, run: &LaneResult, number: usize) -> Vec<String> {
    let figures = &run.figures;
    let number_of = |seq: Option<u64>| seq.map(|seq| seq.to_string()).unwrap_or_default();
    vec![
        one.scenario.as_deref().unwrap_or_default().to_owned(),
        number.to_string(),
        run.name.clone(),
        run.kind.strategy.word().to_owned(),
        run.kind.dial.word().to_owned(),
        run.standing.status.to_owned(),
        run.coped.to_string(),
        figures.decisions.to_string(),
        figures.tool_calls.to_string(),
        figures.wasted_calls.to_string(),
        figures.overtaken_calls.to_string(),
        figures.repeated_calls.to_string(),
        figures.discarded_steps.to_string(),
        figures.stale_results.to_string(),
        figures.replans.to_string(),
        figures.cost.to_string(),
        figures.tokens.to_string(),
        figures.wall_ms.to_string(),
        figures.decision_seconds.to_string(),
        run.interventions.to_string(),
        number_of(run.met),
        run.never_met().to_string(),
        number_of(lane.parting.as_ref().map(|parting| parting.here)),
        lane.repeated.same().to_string(),
        (one.advice.lane == Some(place)).to_string(),
        run.said(),
        run.standing.why.clone().unwrap_or_default(),
        // Repetitions are the same run: what the first came to.
        one.advice.bills.get(place).map_or(String::new(), |bill| bill.at(&one.advice.price).to_string()),
    ]
}

fn short(one: &Comparison, lane: &LaneRan, run: &LaneResult, number: usize) -> Vec<String> {
    let mut notes: Vec<String> = one.scenario.iter().map(std::string::ToString::to_string).collect();
    if run.never_met() {
        notes.push("never met the surprise".to_owned());
    }
    if let Some(parting) = &lane.parting {
        notes.push(format!("parted at event {}", parting.here));
    }
    if let Some((key, condition)) = run.unexpected() {
        notes.push(format!("not expected of {key}: {condition}"));
    }
    if !run.reached() {
        let why = run.standing.why.as_deref().unwrap_or_default();
        notes.push(format!("{}: {why}", run.standing.status.replace('_', " ")));
    }
    if !lane.repeated.same() {
        notes.push(lane.repeated.said());
    }
    vec![
        number.to_string(),
        run.name.clone(),
        run.coped.to_string(),
        run.figures.tokens.to_string(),
        run.figures.decisions.to_string(),
        run.interventions.to_string(),
        notes.join("; "),
    ]
}

/// Returns `field` in quotes where it needs them, harmless for terminals.
pub(super) fn quoted(field: &str) -> String {
    let field: Cow<str> = harmless(field);
    if field.contains([',', '"', '\n', '\r']) || field.starts_with(' ') || field.ends_with(' ') {
        return format!("\"{}\"", field.replace('"', "\"\""));
    }
    field.into_owned()
}
