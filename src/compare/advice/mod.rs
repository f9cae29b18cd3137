//! The advisor: which lane took the least on this goal at the person's price, and why, from what the lanes did.
//!
//! It knows the lanes' traces and the figures that are recounted from them, and nothing else. **Invariant:** it never
//! contradicts its own figures: only a lane that coped is chosen, and none where none did
//! (`tests/it/lanes/random_goals.rs` holds it). Which is safer, only several scenarios tell: [`super::matrix`].

mod text;

use serde::Serialize;

use super::course::Course;
use super::lane::Lane;
use super::price::{Bill, Price};
use super::result::LaneResult;
use crate::engine::event::{Dial, Seq, Strategy};

/// What to begin with on this goal, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Advice {
    /// The lane that is chosen, by its place; none where no lane coped.
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
    /// The price that it rests on.
    pub price: Price,
    /// What each lane took.
    pub bills: Vec<Bill>,
    /// At which price of a planned step the nearest other strategy would be it.
    pub break_even: Option<BreakEven>,
}

/// At which price of a planned step the choice would be another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BreakEven {
    /// The lane that would be it then.
    pub against: String,
    /// The price of a planned step, in seconds; none: no such price turns it.
    pub planned_step: Option<f64>,
    /// The same, as a part of the price of a decision.
    pub of_a_decision: Option<f64>,
    /// Whether the other one is it above that price, and not below it.
    pub above: bool,
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

impl Row {
    /// Returns the row of a goal over its scenarios, of which each shows one or none: one murky part or a plan that
    /// half of them overturn tells, a short task is short in all of them.
    pub fn over(rows: impl Iterator<Item = Option<Row>>) -> Option<Row> {
        let rows: Vec<Row> = rows.flatten().collect();
        let count = |row: Row| rows.iter().filter(|one| **one == row).count();
        match rows.len() {
            0 => None,
            _ if count(Row::Both) > 0 => Some(Row::Both),
            all if count(Row::Unknowns) * 2 >= all => Some(Row::Unknowns),
            all if count(Row::Short) == all => Some(Row::Short),
            _ => Some(Row::Clear),
        }
    }
}

/// A lane with all that is judged of it.
struct Judged {
    result: LaneResult,
    course: Course,
    bill: Bill,
    /// How well it ended.
    tier: Tier,
}

/// How well a lane ended; the first is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tier {
    /// It coped.
    Coped,
    /// It reached the goal without ever meeting the surprise.
    Unmet,
    /// It reached the goal, and the result is not what is expected.
    Unexpected,
    /// It ended by itself without the goal.
    Ended,
    /// It was stopped, waits for a person or is under way.
    Open,
}

impl Judged {
    fn of(lane: &Lane, result: LaneResult) -> Judged {
        let tier = if result.coped {
            Tier::Coped
        } else if result.reached() {
            if result.unexpected().is_some() { Tier::Unexpected } else { Tier::Unmet }
        } else if result.over && result.standing.status != "stopped" {
            Tier::Ended
        } else {
            Tier::Open
        };
        let bill = Bill::of(&lane.session, lane.state(), &result.figures);
        Judged { course: Course::of(lane), bill, tier, result }
    }

    fn plans(&self) -> bool {
        self.result.kind.strategy.wits().is_none()
    }

    fn is_rigid(&self) -> bool {
        self.plans() && self.result.kind.dial == Dial::Never
    }
}

/// Says which lane took the least at this price.
pub fn advise(lanes: &[Lane], price: &Price) -> Advice {
    advise_on(lanes, lanes.iter().map(LaneResult::of).collect(), price)
}

/// Says it from results that were taken already, one a lane, in the same order.
pub fn advise_on(lanes: &[Lane], results: Vec<LaneResult>, price: &Price) -> Advice {
    let judged: Vec<Judged> = lanes.iter().zip(results).map(|(lane, result)| Judged::of(lane, result)).collect();
    let under_way = lanes.iter().any(|lane| !lane.is_over() && !lane.waits_for_person());
    let row = row(&judged);
    let chosen = if under_way { None } else { choose(&judged, row, price) };
    text::advice(&judged, chosen, row, under_way, price)
}

/// Chooses: of the lanes that coped the one that took least at this price; of equals one that can answer to a surprise
/// before one that cannot, then the table's.
fn choose(judged: &[Judged], row: Option<Row>, price: &Price) -> Option<usize> {
    let fits = |lane: &Judged| row.is_some_and(|row| row.is_for(lane.result.kind.strategy));
    let key = |lane: &Judged| {
        let dial = match lane.result.kind.dial {
            Dial::OnDeviation => 0,
            Dial::OnFailure => 1,
            Dial::EveryStep => 2,
            Dial::Never => 3,
        };
        (millis(lane.bill.at(price)), lane.is_rigid(), !fits(lane), dial)
    };
    let able = judged.iter().enumerate().filter(|(_, lane)| lane.tier == Tier::Coped);
    able.min_by_key(|(at, lane)| (key(lane), *at)).map(|(at, _)| at)
}

/// Returns whole milliseconds: what is nearer than that is the same.
fn millis(seconds: f64) -> u64 {
    (seconds * 1e3).round() as u64
}

/// Returns at which price of a planned step another strategy would be the choice: the one that is nearest to it.
fn break_even(judged: &[Judged], chosen: usize, price: &Price) -> Option<BreakEven> {
    let lane = judged.get(chosen)?;
    let rival = rival(judged, chosen, price)?;
    let at = lane.bill.break_even(&rival.bill, price);
    Some(BreakEven {
        against: rival.result.name.clone(),
        planned_step: at,
        of_a_decision: at.map(|at| at / price.decision).filter(|part| part.is_finite()),
        above: lane.bill.planned_steps > rival.bill.planned_steps,
    })
}

/// Returns the lane of another strategy that coped with the least; one that only turns the dial would be the same one.
fn rival<'a>(judged: &'a [Judged], chosen: usize, price: &Price) -> Option<&'a Judged> {
    let strategy = judged.get(chosen)?.result.kind.strategy;
    let able = judged.iter().filter(|other| other.tier == Tier::Coped && other.result.kind.strategy != strategy);
    able.min_by_key(|other| millis(other.bill.at(price)))
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
    let blind = planner.tier > Tier::Unexpected && judged.iter().any(|lane| !lane.plans() && lane.tier < Tier::Ended);
    if blind || (turned >= 2 && turned * 2 >= acted) {
        return Some(Row::Unknowns);
    }
    let least = judged.iter().filter(|lane| lane.tier < Tier::Ended).map(|lane| lane.result.figures.tool_calls).min();
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
