//! Reads the lesson of a goal file: what it offers to the start screen, what its comparisons show, and what it teaches.

use serde::{Deserialize, Serialize};

use super::lesson_parts::{self, Part, Solution};
use super::reader::{Reader, Spot};
use super::shapes::{COMPARE, START};
use crate::describe::nearest::nearest;
use crate::engine::goal::{Condition, Goal};
use crate::engine::ordered::IndexMap;
use crate::engine::settings::{Dial, Strategy, strategy_with_dial};

/// What stands where a lane is named.
const LANE: &str = "a strategy, and after a colon its replan dial, like \"plan-and-execute:never\"";

/// How many lanes can stand side by side.
const LANES: std::ops::RangeInclusive<usize> = 2..=4;

/// What a lesson holds, as far as it is read here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lesson {
    /// The entries of the start screen.
    pub start: Vec<StartEntry>,
    /// The comparisons that are worth looking at.
    pub compare: Vec<Comparison>,
    /// What it is called where it teaches; empty: as the goal.
    pub title: String,
    /// Its place among the lessons, from 1.
    pub order: u32,
    /// How many minutes it takes.
    pub minutes: u32,
    /// Under which strategy and dial it begins; none: as suits the goal.
    pub lane: Option<LaneNamed>,
    /// What it teaches, part by part.
    pub parts: Vec<Part>,
    /// What solves it.
    pub solution: Option<Solution>,
}

/// Strategies side by side on this goal, and what they show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// The scenario that lands in every lane, by its name.
    pub scenario: Option<String>,
    /// The lanes, two to four.
    pub lanes: Vec<LaneNamed>,
    /// What to look at, in words.
    pub look: String,
    /// What it shows, each claim in words with a jq condition over the lanes' results.
    pub shows: IndexMap<std::sync::Arc<str>, Condition>,
}

/// A lane as a goal file names it: "react", "plan-and-execute:never".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneNamed {
    /// The name, as it stands there; conditions find the lane's result by it.
    pub name: String,
    /// Its strategy.
    pub strategy: Strategy,
    /// Its replan dial.
    pub dial: Dial,
}

impl LaneNamed {
    /// Reads `STRATEGY` or `STRATEGY:DIAL`.
    fn read(name: &str) -> Option<LaneNamed> {
        let (strategy, dial) = strategy_with_dial(name).ok()?;
        Some(LaneNamed { name: name.to_owned(), strategy, dial: dial.unwrap_or_default() })
    }
}

/// Returns the lesson of `goal`, which was read without a fault.
pub fn lesson_of(goal: &Goal) -> Lesson {
    let names: Vec<&str> = goal.scenarios.iter().map(|scenario| scenario.name.as_ref()).collect();
    let mut reader = Reader::new(&[], &|_| Ok(()));
    goal.lesson.as_deref().map(|lesson| read(&mut reader, &Spot::root(lesson), &names)).unwrap_or_default()
}

/// One line of the start screen: a goal to open, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartEntry {
    /// What one sees there: "A plan, one step at a time".
    pub title: String,
    /// On what: "support report, 4 steps".
    pub about: String,
    /// How many minutes it takes.
    pub minutes: u32,
    /// Its place on the start screen, from 1.
    pub order: u32,
    /// The scenario that it is about, by its name.
    #[serde(default)]
    pub scenario: Option<String>,
    /// How many steps have run when it opens.
    #[serde(default)]
    pub steps: u32,
    /// Whether it opens the strategies side by side instead of one session.
    #[serde(default)]
    pub compare: bool,
    /// What to try: "space steps".
    pub hint: String,
}

/// Reads the lesson at `spot`. What else it holds is left to those who give it.
pub(super) fn read(reader: &mut Reader<'_>, spot: &Spot<'_>, scenarios: &[&str]) -> Lesson {
    if !spot.value.is_object() {
        reader.fault(spot, "This is not a lesson", "an object, like {\"start\": [ … ]}", None);
    }
    let mut lesson = Lesson::default();
    if let Some(value) = spot.value.get("start") {
        let list = spot.field("start", value);
        for (index, value) in reader.list(&list, "a list of entries of the start screen").iter().enumerate() {
            lesson.start.extend(start(reader, &list.entry(index, value), scenarios));
        }
    }
    if let Some(value) = spot.value.get("compare") {
        let list = spot.field("compare", value);
        for (index, value) in reader.list(&list, "a list of comparisons").iter().enumerate() {
            lesson.compare.extend(comparison(reader, &list.entry(index, value), scenarios));
        }
    }
    for name in ["title", "order", "minutes", "lane", "parts", "solution"] {
        let Some(value) = spot.value.get(name) else { continue };
        let at = spot.field(name, value);
        match name {
            "title" => lesson.title = reader.text(&at, "a text").unwrap_or_default().to_owned(),
            "order" => lesson.order = reader.count(&at, 1).unwrap_or_default(),
            "minutes" => lesson.minutes = reader.count(&at, 1).unwrap_or_default(),
            "lane" => lesson.lane = lane(reader, &at),
            "parts" => lesson.parts = lesson_parts::parts(reader, &at),
            _ => lesson.solution = lesson_parts::solution(reader, &at),
        }
    }
    lesson
}

/// Reads the name of a lane.
fn lane(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Option<LaneNamed> {
    let name = reader.text(spot, LANE)?;
    let lane = LaneNamed::read(name);
    if lane.is_none() {
        reader.fault(spot, format!("\"{name}\" is not a lane"), LANE, None);
    }
    lane
}

fn start(reader: &mut Reader<'_>, spot: &Spot<'_>, scenarios: &[&str]) -> Option<StartEntry> {
    let mut entry = StartEntry::default();
    for (field, value) in reader.object(spot, &START)? {
        let at = spot.field(field, value);
        match field.as_str() {
            "title" => entry.title = reader.text(&at, "a text").unwrap_or_default().to_owned(),
            "about" => entry.about = reader.text(&at, "a text").unwrap_or_default().to_owned(),
            "hint" => entry.hint = reader.text(&at, "a text").unwrap_or_default().to_owned(),
            "minutes" => entry.minutes = reader.count(&at, 1).unwrap_or_default(),
            "order" => entry.order = reader.count(&at, 1).unwrap_or_default(),
            "steps" => entry.steps = reader.count(&at, 0).unwrap_or_default(),
            "compare" => entry.compare = reader.flag(&at),
            "scenario" => entry.scenario = scenario(reader, &at, scenarios),
            _ => {}
        }
    }
    Some(entry)
}

fn comparison(reader: &mut Reader<'_>, spot: &Spot<'_>, scenarios: &[&str]) -> Option<Comparison> {
    let mut comparison = Comparison::default();
    for (field, value) in reader.object(spot, &COMPARE)? {
        let at = spot.field(field, value);
        match field.as_str() {
            "scenario" => comparison.scenario = scenario(reader, &at, scenarios),
            "lanes" => comparison.lanes = lanes(reader, &at),
            "look" => comparison.look = reader.text(&at, "what to look at, in words").unwrap_or_default().to_owned(),
            "shows" => {
                let expected = "an object: what it shows, in words → a jq condition over .lanes";
                comparison.shows = reader.conditions(&at, expected);
            }
            _ => {}
        }
    }
    Some(comparison)
}

fn lanes(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Vec<LaneNamed> {
    let list = reader.list(spot, "a list of lanes");
    if spot.value.is_array() && !LANES.contains(&list.len()) {
        let message = match list.len() {
            1 => "1 lane is named here".to_owned(),
            n => format!("{n} lanes are named here"),
        };
        reader.fault(spot, message, "two to four lanes", None);
    }
    let mut lanes: Vec<LaneNamed> = Vec::new();
    for (index, value) in list.iter().enumerate() {
        let at = spot.entry(index, value);
        let Some(lane) = lane(reader, &at) else { continue };
        if lanes.iter().any(|known| known.name == lane.name) {
            reader.fault(&at, format!("\"{}\" stands twice in this list", lane.name), "each lane once", None);
        } else {
            lanes.push(lane);
        }
    }
    lanes
}

/// Reads the name of a scenario, or null.
fn scenario(reader: &mut Reader<'_>, spot: &Spot<'_>, scenarios: &[&str]) -> Option<String> {
    if spot.value.is_null() {
        return None;
    }
    let name = reader.text(spot, "the name of a scenario of this goal")?;
    if !scenarios.contains(&name) {
        let near = nearest(name, scenarios.iter().copied()).map(|near| format!("did you mean \"{near}\"?"));
        reader.fault(spot, format!("There is no scenario \"{name}\""), "the name of a scenario of this goal", near);
    }
    Some(name.to_owned())
}
