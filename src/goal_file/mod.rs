//! Goal files: reading and validating them, their schema, and the samples that are built in.
//!
//! [`read`] opens a file, [`parse`] reads a text, [`from_record`] reads what a session recorded. Each gives a [`Goal`]
//! that can be used as it is, or [`Faults`]: everything that is wrong, each with line, column, path, what was expected
//! and the nearest known name.
//!
//! The text goes through `json/` (values with places, without recursion), the value through `goal`, `tool`, `step`,
//! `scenario`, `demo`, `lesson` and `lesson_parts`, which read the objects of `shapes` with the `reader`. A new field: one line in `shapes`,
//! one arm where its object is read, one entry in `assets/goal.schema.json` (a test compares).
//!
//! **Invariant:** nothing here knows a kind of tool by name. The kinds stand in `tools/`, which this folder names and
//! which does not name this one: each reads its settings through a `Reading`, and brings its part of the schema.

mod create;
mod demo;
mod draw;
mod duration;
mod fault;
mod filter;
mod goal;
mod json;
mod lesson;
mod lesson_parts;
mod open;
mod path;
mod planner;
mod reader;
mod samples;
mod scenario;
mod schema;
mod servers;
mod shapes;
mod spec_reading;
mod step;
mod tool;

pub use create::{Created, create};
pub use demo::{Beat, Replan, RunTo, Show, demo_of};
pub use fault::{Fault, Faults};
pub use filter::FilterFault;
pub use lesson::{Comparison, LaneNamed, Lesson, StartEntry, lesson_of};
pub use lesson_parts::{About, Part, Predict, Solution, Takes};
pub use open::{MAX_BYTES, read, read_from, read_plan};
pub use samples::{BuiltIn, Sample, lessons, sample, sample_goals, samples, start_entries};
pub use schema::{SCHEMA, schema};

use reader::Reader;

use crate::engine::goal::{Catalogue, Goal, StepDraft};
use crate::engine::source::Source;
use crate::tools::{KINDS, Kinds};

/// Reads the goal file (or plan file) `text`, which goes by `name`; its tools may read files from `folder`.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(text: &str, name: &str, folder: Option<&str>) -> Result<Goal, Faults> {
    parse_with(KINDS, text, name, folder)
}

/// Like [`parse`], where tools are of these `kinds`.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse_with(kinds: Kinds, text: &str, name: &str, folder: Option<&str>) -> Result<Goal, Faults> {
    read_goal(Reader::new(kinds, &check_filter), text, name, folder)
}

/// Reads a goal file that is built in, whose filters are known to be right.
fn parse_built_in(text: &str, name: &str) -> Result<Goal, Faults> {
    read_goal(Reader::new(KINDS, &|_| Ok(())), text, name, None)
}

fn read_goal(mut reader: Reader<'_>, text: &str, name: &str, folder: Option<&str>) -> Result<Goal, Faults> {
    let document = json::read(text).map_err(|fault| Faults::not_json(name, text, fault))?;
    reader.found.extend(document.twice.into_iter().map(|(path, span)| goal::twice(path, span)));
    match goal::read(&mut reader, &Source::new(document.value), name, folder) {
        Some(goal) if reader.found.is_empty() => Ok(goal),
        _ => Err(Faults::placed(name, Some(text), reader.found)),
    }
}

/// Reads the goal of a recorded session from the `source` in its first event, which it shares; its tools are of these
/// `kinds`.
///
/// Filters were checked before the session began, and what it records is sealed: they are not checked again. One that
/// is faulty all the same fails where it is run.
///
/// # Errors
/// Everything that is wrong with it.
pub fn from_record(kinds: Kinds, source: &Source, folder: Option<&str>) -> Result<Goal, Faults> {
    let mut reader = Reader::new(kinds, &|_| Ok(()));
    reader.recorded = true;
    let goal = goal::read(&mut reader, source, "the recorded goal", folder);
    match goal {
        Some(goal) if reader.found.is_empty() => Ok(goal),
        _ => Err(Faults::placed("the recorded goal", None, reader.found)),
    }
}

/// Reads the plan `text` (a list of steps or texts) for a goal with these tools.
///
/// # Errors
/// Every fault of the text, each with its place.
pub fn parse_plan(text: &str, name: &str, tools: &Catalogue) -> Result<Vec<StepDraft>, Faults> {
    let document = json::read(text).map_err(|fault| Faults::not_json(name, text, fault))?;
    let mut reader = Reader::new(KINDS, &check_filter);
    reader.found.extend(document.twice.into_iter().map(|(path, span)| goal::twice(path, span)));
    let drafts = step::read(&mut reader, &reader::Spot::root(&document.value), tools);
    if reader.found.is_empty() { Ok(drafts) } else { Err(Faults::placed(name, Some(text), reader.found)) }
}

/// Checks the syntax of a jq filter, without running anything.
fn check_filter(filter: &str) -> Result<(), FilterFault> {
    crate::jq::check(filter).map_err(|fault| FilterFault { message: fault.message, span: fault.span })
}
