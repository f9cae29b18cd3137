//! A comparison as JSON: one run object a lane, without the trace, and the advice.

use std::sync::Arc;

use serde::Serialize;

use super::{Comparison, Comparisons, Format, LaneRan, RunReport, Writes, json};
use crate::compare::advice::{Advice, BreakEven, Cited, Row};
use crate::compare::matrix::{Total, safest, totals};
use crate::compare::parting::Parting;
use crate::compare::price::{Bill, Price, short};
use crate::compare::repeat::Repeated;
use crate::compare::result::LaneResult;
use crate::engine::event::{Dial, Seq};

/// All lanes as one JSON document.
pub(super) const FORMAT: Format = Format {
    name: "json",
    help: "One JSON document",
    writes: Writes::Comparison(|to, compared| json::document(to, &document(compared))),
};

/// What `compare --format json` prints: fields may be added, none renamed.
#[derive(Serialize)]
struct Document<'a> {
    goal: Arc<str>,
    lanes: Vec<LaneSaid<'a>>,
    advice: Option<AdviceSaid>,
    /// Of a matrix: the advice for each scenario.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scenarios: Vec<ScenarioSaid>,
    /// Of a matrix: what each lane came to over all scenarios.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    summary: Vec<Total>,
}

#[derive(Serialize)]
struct LaneSaid<'a> {
    lane: &'a str,
    dial: Dial,
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario: Option<Arc<str>>,
    met: Option<Seq>,
    never_met: bool,
    parted: &'a Option<Parting>,
    result: String,
    /// What it took, as it is priced, and what that comes to, in seconds.
    bill: Option<Bill>,
    price_seconds: Option<f64>,
    prediction: Option<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat: Option<RepeatSaid>,
    #[serde(flatten)]
    report: &'a Option<RunReport>,
}

#[derive(Serialize)]
struct RepeatSaid {
    same: bool,
    #[serde(flatten)]
    repeated: Repeated,
}

#[derive(Serialize)]
struct AdviceSaid {
    choice: Option<String>,
    because: String,
    events: Vec<Seq>,
    cited: Vec<Cited>,
    row: Option<RowSaid>,
    would_change: String,
    wits: Option<String>,
    price: Price,
    break_even: Option<BreakEven>,
}

#[derive(Serialize)]
struct RowSaid {
    situation: &'static str,
    strategy: &'static str,
}

#[derive(Serialize)]
struct ScenarioSaid {
    scenario: Option<Arc<str>>,
    advice: AdviceSaid,
}

/// Returns the document of `comparisons`: of the only one, or of a matrix.
fn document<'a>(compared: &Comparisons<'a>) -> Document<'a> {
    let Comparisons { goal, matrix, all: comparisons, .. } = *compared;
    let of = |one: &'a Comparison| one.lanes.iter().enumerate().map(|(at, lane)| lane_said(one, at, lane));
    let lanes = comparisons.iter().flat_map(of).collect();
    if !matrix {
        let advice = comparisons.first().map(|one| advice_said(&one.advice));
        return Document { goal: goal.goal.clone(), lanes, advice, scenarios: Vec::new(), summary: Vec::new() };
    }
    let said = |one: &Comparison| ScenarioSaid { scenario: one.scenario.clone(), advice: advice_said(&one.advice) };
    let summary = summary(comparisons);
    let advice = AdviceSaid {
        choice: safest(&summary).map(|total| total.lane.clone()),
        because: verdict(&summary),
        events: Vec::new(),
        cited: Vec::new(),
        row: Row::over(comparisons.iter().map(|one| one.advice.row)).map(row_said),
        would_change: "Other scenarios.".to_owned(),
        wits: comparisons.iter().find_map(|one| one.advice.wits.clone()),
        price: comparisons.first().map(|one| one.advice.price).unwrap_or_default(),
        break_even: None,
    };
    let scenarios = comparisons.iter().map(said).collect();
    Document { goal: goal.goal.clone(), lanes, advice: Some(advice), scenarios, summary }
}

/// Returns what each lane came to over all `comparisons`.
pub fn summary(comparisons: &[Comparison]) -> Vec<Total> {
    let results: Vec<Vec<LaneResult>> =
        comparisons.iter().map(|one| one.lanes.iter().map(|lane| lane.result.clone()).collect()).collect();
    totals(results.iter().map(Vec::as_slice).zip(comparisons.iter().map(|one| &one.advice)))
}

/// Says which lane is the safer first choice over all scenarios, and why.
pub fn verdict(summary: &[Total]) -> String {
    let Some(best) = safest(summary) else { return "No lane ever coped.".to_owned() };
    let others = summary.iter().filter(|total| total.lane != best.lane);
    let others = others.map(|total| format!("{} {}", total.lane, total.coped)).collect::<Vec<_>>().join(", ");
    let Total { cells, coped, decisions, tool_calls, .. } = best;
    format!(
        "It coped with {coped} of {cells} ({others}), with {decisions} decisions and {tool_calls} tool calls in all \
         ({} at this price).",
        short(best.seconds)
    )
}

fn lane_said<'a>(one: &Comparison, at: usize, lane: &'a LaneRan) -> LaneSaid<'a> {
    let result = &lane.result;
    let bill = one.advice.bills.get(at).copied();
    LaneSaid {
        lane: &result.name,
        dial: result.kind.dial,
        scenario: one.scenario.clone(),
        met: result.met,
        never_met: result.never_met(),
        parted: &lane.parting,
        result: result.said(),
        bill,
        price_seconds: bill.map(|bill| bill.at(&one.advice.price)),
        prediction: None,
        repeat: (lane.runs.len() > 1).then(|| RepeatSaid { same: lane.repeated.same(), repeated: lane.repeated }),
        report: &lane.report,
    }
}

fn row_said(row: Row) -> RowSaid {
    RowSaid { situation: row.situation(), strategy: row.strategy() }
}

fn advice_said(advice: &Advice) -> AdviceSaid {
    AdviceSaid {
        choice: advice.choice.clone(),
        because: advice.because.clone(),
        events: advice.events.clone(),
        cited: advice.cited.clone(),
        row: advice.row.map(row_said),
        would_change: advice.change.clone(),
        wits: advice.wits.clone(),
        price: advice.price,
        break_even: advice.break_even.clone(),
    }
}
