//! Reads the demo of a goal file: beats that a presenter plays before an audience, each with what is said meanwhile.

use std::sync::Arc;

use super::duration;
use super::lesson_parts::{About, about};
use super::reader::{Reader, Spot};
use super::shapes::BEAT;
use crate::describe::nearest::nearest;
use crate::engine::goal::{Goal, Key, StepDraft, ToolName};
use crate::engine::ordered::IndexMap;
use crate::engine::settings::Dial;
use crate::engine::value::Shared;

/// One beat of a demo. What it does, it does in the order of these fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Beat {
    /// What the audience reads of it.
    pub title: String,
    /// What the presenter says meanwhile.
    pub note: String,
    /// How long it is to be talked about, in milliseconds.
    pub takes: u64,
    /// Whether it begins with the session as the demo found it.
    pub reset: bool,
    /// When a replan is due from then on.
    pub dial: Option<Dial>,
    /// The scenario that lands.
    pub surprise: Option<Arc<str>>,
    /// Values that the world has from then on.
    pub inject: IndexMap<Key, Shared>,
    /// How far it runs.
    pub run: Option<RunTo>,
    /// How far the replan is shown that waits then, or what is decided on it.
    pub replan: Option<Replan>,
    /// What comes forward.
    pub show: Option<Show>,
    /// Of what the why is shown.
    pub why: Option<About>,
}

/// How far a beat runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunTo {
    /// So many steps.
    Steps(u32),
    /// Until this tool has returned once more.
    Tool(ToolName),
    /// To the end of the session.
    End,
}

/// What a beat does with the replan that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replan {
    /// Shows what changed.
    Changed,
    /// Shows what breaks, or goes stale.
    Breaks,
    /// Shows the plan rewritten.
    Rewritten,
    /// Accepts it.
    Accept,
    /// Rejects it.
    Reject,
}

/// What a beat brings forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// The pane with the plan, alone.
    Plan,
    /// The pane with the context, alone.
    Context,
    /// The trace, below plan and context.
    Trace,
    /// The plan as a map.
    Map,
    /// The evidence card.
    Evidence,
    /// The checklist of the plan.
    Checklist,
    /// The tools, and why some were not chosen.
    Tools,
}

const REPLANS: [(&str, Replan); 5] = [
    ("changed", Replan::Changed),
    ("breaks", Replan::Breaks),
    ("rewritten", Replan::Rewritten),
    ("accept", Replan::Accept),
    ("reject", Replan::Reject),
];

const SHOWS: [(&str, Show); 7] = [
    ("plan", Show::Plan),
    ("context", Show::Context),
    ("trace", Show::Trace),
    ("map", Show::Map),
    ("evidence", Show::Evidence),
    ("checklist", Show::Checklist),
    ("tools", Show::Tools),
];

/// Returns the demo of `goal`, which was read without a fault; nothing where it has none.
pub fn demo_of(goal: &Goal) -> Vec<Beat> {
    let mut reader = Reader::new(&[], &|_| Ok(()));
    reader.recorded = true;
    goal.demo.as_deref().map(|demo| read(&mut reader, &Spot::root(demo), goal)).unwrap_or_default()
}

/// Reads the beats of the list at `spot`.
pub(super) fn read(reader: &mut Reader<'_>, spot: &Spot<'_>, goal: &Goal) -> Vec<Beat> {
    let list = reader.list(spot, "a list of beats, in order");
    if spot.value.is_array() && list.is_empty() {
        reader.fault(spot, "This demo has no beats", "at least one beat", None);
    }
    list.iter().enumerate().filter_map(|(index, value)| beat(reader, &spot.entry(index, value), goal)).collect()
}

fn beat(reader: &mut Reader<'_>, spot: &Spot<'_>, goal: &Goal) -> Option<Beat> {
    let mut beat = Beat::default();
    for (field, value) in reader.object(spot, &BEAT)? {
        let at = spot.field(field, value);
        match field.as_str() {
            "title" => beat.title = reader.text(&at, "what the audience reads").unwrap_or_default().to_owned(),
            "note" => beat.note = reader.text(&at, "what is said meanwhile").unwrap_or_default().to_owned(),
            "takes" => beat.takes = duration::read(reader, &at).unwrap_or_default(),
            "reset" => beat.reset = reader.flag(&at),
            "dial" => beat.dial = one_of(reader, &at, &Dial::ALL.map(|dial| (dial.word(), dial))),
            "surprise" => {
                let names = goal.scenarios.iter().map(|scenario| (&*scenario.name, scenario.name.clone()));
                beat.surprise = one_of(reader, &at, &names.collect::<Vec<_>>());
            }
            "inject" => {
                for (key, value) in reader.entries(&at, "an object: key → value") {
                    beat.inject.insert(Key::from(key.as_str()), Shared::new(value.clone()));
                }
                super::scenario::check_keys(reader, &at, goal);
            }
            "run" => beat.run = run(reader, &at, goal),
            "replan" => beat.replan = one_of(reader, &at, &REPLANS),
            "show" => beat.show = one_of(reader, &at, &SHOWS),
            "why" => beat.why = why(reader, &at),
            _ => {}
        }
    }
    Some(beat)
}

/// Reads how far a beat runs: a number of steps, a tool, or to the end.
fn run(reader: &mut Reader<'_>, spot: &Spot<'_>, goal: &Goal) -> Option<RunTo> {
    if spot.value.is_number() {
        return reader.count(spot, 1).map(RunTo::Steps);
    }
    let tools = goal.tools.keys().map(|tool| (&**tool, RunTo::Tool(tool.clone())));
    // A step of a given plan that uses no tool goes by its id.
    let unbound = |draft: &'_ &StepDraft| draft.tool.is_none();
    let steps = goal.plan.iter().flat_map(|plan| plan.iter()).filter(unbound).filter_map(|draft| draft.id.as_deref());
    let steps = steps.map(|id| (id, RunTo::Tool(id.into())));
    one_of(reader, spot, &tools.chain(steps).chain([("end", RunTo::End)]).collect::<Vec<_>>())
}

/// Reads what a why is about; a filter makes none here.
fn why(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Option<About> {
    match about(reader, spot)? {
        About::Said(_) => {
            reader.fault(spot, "A filter has no why", "\"key:NAME\", \"step:ID\" or \"replan\"", None);
            None
        }
        about => Some(about),
    }
}

/// Reads the one of `known` that is named at `spot`.
fn one_of<T: Clone>(reader: &mut Reader<'_>, spot: &Spot<'_>, known: &[(&str, T)]) -> Option<T> {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let expected = match names.is_empty() {
        true => "nothing: the goal offers none".to_owned(),
        false => format!("one of {}", names.join(", ")),
    };
    let named = reader.text(spot, &expected)?;
    let found = known.iter().find(|(name, _)| *name == named).map(|(_, one)| one.clone());
    if found.is_none() && !reader.recorded {
        let hint = nearest(named, names.iter().copied()).map(|near| format!("did you mean \"{near}\"?"));
        reader.fault(spot, format!("\"{named}\" is not known here"), &expected, hint);
    }
    found
}
