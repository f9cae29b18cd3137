//! The advisor: which strategy is the safer first choice for this goal, and why, from what the lanes did.
//!
//! It knows the lanes' traces and the figures that are recounted from them, and nothing else. **Invariant:** it never
//! contradicts its own figures: a lane that did not reach the goal, whose result rests on stale values or is not what
//! the goal file expects, is never the choice while another one coped (`tests/it/lanes/random_goals.rs` holds it).

mod text;

use serde::Serialize;

use super::course::Course;
use super::lane::Lane;
use super::result::LaneResult;
use crate::engine::event::{Dial, Seq, Strategy};

/// What to begin with on this goal, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Advice {
    /// The lane that is chosen, by its place; none where no lane came to an end of its own.
    pub lane: Option<usize>,
    /// What the chosen lane is called.
    pub choice: Option<String>,
    /// Why, in sentences that cite events by number.
    pub because: String,
    /// Why, in a line: "Steps known up front; 1 replan (events 16, 17)."
    pub short: String,
    /// The row of the selection table that applies; none where no lane planned, or none reached the goal.
    pub row: Option<Row>,
    /// What would change the verdict.
    pub change: String,
    /// That the lanes were decided in by unequal wits, where they were.
    pub wits: Option<String>,
    /// The events of the chosen lane that it rests on.
    pub events: Vec<Seq>,
    /// Every event that it rests on, in whatever lane.
    pub cited: Vec<Cited>,
}

/// An event that advice rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cited {
    /// The place of the lane.
    pub lane: usize,
    /// Its number there.
    pub event: Seq,
    /// What it shows: "the first plan", "a replan".
    pub what: &'static str,
}

/// A row of the textbook's table of when to select which strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// A clear path with many steps.
    Clear,
    /// Lots of unknowns: each observation decides the next action.
    Unknowns,
    /// A clear outline with a part that has to be explored.
    Both,
    /// A short task that needs no plan.
    Short,
}

impl Row {
    /// Every row.
    pub const ALL: [Row; 4] = [Row::Clear, Row::Unknowns, Row::Both, Row::Short];

    /// Returns the situation that the row is for.
    pub fn situation(self) -> &'static str {
        match self {
            Row::Clear => "clear path, many steps",
            Row::Unknowns => "lots of unknowns",
            Row::Both => "both: a clear outline, one murky part",
            Row::Short => "short task that needs no plan",
        }
    }

    /// Returns what the row says to select.
    pub fn strategy(self) -> &'static str {
        match self {
            Row::Clear => "plan-and-execute",
            Row::Unknowns | Row::Short => "ReAct",
            Row::Both => "hybrid",
        }
    }

    fn is_for(self, strategy: Strategy) -> bool {
        match self {
            Row::Clear => strategy == Strategy::PlanAndExecute,
            Row::Unknowns | Row::Short => strategy.wits().is_some(),
            Row::Both => strategy == Strategy::Hybrid,
        }
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} → {}", self.situation(), self.strategy())
    }
}

/// The most tool calls of a task that is short.
const SHORT: u64 = 2;

/// A lane with all that is judged of it.
struct Judged {
    result: LaneResult,
    course: Course,
    /// How well it ended.
    tier: Tier,
}

/// How well a lane ended; the first is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tier {
    /// It coped.
    Coped,
    /// It reached the goal with a sound result that is not what the goal file expects.
    Unexpected,
    /// It reached the goal, and its result rests on stale values.
    Stale,
    /// It ended by itself without the goal.
    Ended,
    /// It was stopped, waits for a person or is under way.
    Open,
}

impl Judged {
    fn of(lane: &Lane, result: LaneResult) -> Judged {
        let tier = if result.coped() {
            Tier::Coped
        } else if result.sound() {
            Tier::Unexpected
        } else if result.reached() {
            Tier::Stale
        } else if result.over && result.standing.status != "stopped" {
            Tier::Ended
        } else {
            Tier::Open
        };
        Judged { course: Course::of(lane), tier, result }
    }

    /// What it took: decisions, calls, and planned steps that were thrown away.
    fn price(&self) -> u64 {
        let figures = &self.result.figures;
        figures.decisions + figures.tool_calls + figures.discarded_steps
    }

    fn plans(&self) -> bool {
        self.result.kind.strategy.wits().is_none()
    }

    fn is_rigid(&self) -> bool {
        self.plans() && self.result.kind.dial == Dial::Never
    }
}

/// Says which lane's strategy is the safer first choice.
pub fn advise(lanes: &[Lane]) -> Advice {
    advise_on(lanes, lanes.iter().map(LaneResult::of).collect())
}

/// Says it from results that were taken already, one a lane, in the same order.
pub fn advise_on(lanes: &[Lane], results: Vec<LaneResult>) -> Advice {
    let judged: Vec<Judged> = lanes.iter().zip(results).map(|(lane, result)| Judged::of(lane, result)).collect();
    let under_way = lanes.iter().any(|lane| !lane.is_over() && !lane.waits_for_person());
    let row = row(&judged);
    let chosen = if under_way { None } else { choose(&judged, row) };
    text::advice(&judged, chosen, row, under_way)
}

/// Chooses: of the lanes that ended best, one that can answer to a surprise before one that cannot; of these the one
/// that took least, a short task's single spare decision forgiven to what needs no plan; of equals the table's.
fn choose(judged: &[Judged], row: Option<Row>) -> Option<usize> {
    let best = judged.iter().map(|lane| lane.tier).min().filter(|tier| *tier < Tier::Open)?;
    let fits = |lane: &Judged| row.is_some_and(|row| row.is_for(lane.result.kind.strategy));
    let key = |lane: &Judged| {
        let forgiven = u64::from(row == Some(Row::Short) && fits(lane));
        let dial = match lane.result.kind.dial {
            Dial::OnDeviation => 0,
            Dial::OnFailure => 1,
            Dial::EveryStep => 2,
            Dial::Never => 3,
        };
        // Where nothing was reached, only what it took to find out counts.
        let rigid = lane.is_rigid() && lane.tier < Tier::Ended;
        (rigid, lane.price() - forgiven.min(lane.price()), !fits(lane), dial)
    };
    let able = judged.iter().enumerate().filter(|(_, lane)| lane.tier == best);
    able.min_by_key(|(at, lane)| (key(lane), *at)).map(|(at, _)| at)
}

/// Finds the row of the selection table that applies, from what the lanes' traces show.
fn row(judged: &[Judged]) -> Option<Row> {
    // A goal that nobody reached shows nothing of how it is best reached.
    judged.iter().find(|lane| lane.tier < Tier::Ended)?;
    if judged.iter().any(|lane| !lane.course.loops.is_empty() && lane.course.outside > 0) {
        return Some(Row::Both);
    }
    if judged.iter().any(|lane| !lane.course.loops.is_empty()) {
        return Some(Row::Unknowns);
    }
    let planner = reference(judged)?;
    // What the first plan could not know shows in how often an observation turned it.
    let acted = (planner.course.outside as u64).max(1);
    let turned = planner.course.turned.len() as u64;
    let blind = planner.tier > Tier::Stale && judged.iter().any(|lane| !lane.plans() && lane.tier < Tier::Stale);
    if blind || (turned >= 2 && turned * 2 >= acted) {
        return Some(Row::Unknowns);
    }
    let least = judged.iter().filter(|lane| lane.tier < Tier::Stale).map(|lane| lane.result.figures.tool_calls).min();
    if planner.course.replans.is_empty() && least.is_some_and(|calls| calls <= SHORT) {
        return Some(Row::Short);
    }
    Some(Row::Clear)
}

/// Returns the lane whose plan shows what was known up front: one that replans, where there is one.
fn reference(judged: &[Judged]) -> Option<&Judged> {
    let planned = || judged.iter().filter(|lane| lane.course.planned.is_some());
    planned().find(|lane| !lane.is_rigid()).or_else(|| planned().next())
}
