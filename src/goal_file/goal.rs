//! Reads the goal: from the root of a document to a [`Goal`] that can be used, or everything that is wrong.

use std::sync::Arc;

use serde_json::{Map, json};

use super::fault::{At, Found};
use super::path::Segment;
use super::reader::{Reader, Spot};
use super::shapes::GOAL;
use super::{demo, lesson, planner, scenario, servers, step, tool};
use crate::engine::goal::{Catalogue, Goal, Key, StepDraft, ToolName};
use crate::engine::ordered::IndexMap;
use crate::engine::source::Source;
use crate::engine::value::{Shared, Value};

/// What stands in `wants`.
pub(super) const WANTS: &str = "an object: key → jq condition on its value";

/// Reads the goal that `source` is: a goal file, or a plan file (a list), which gets its words from `name`.
pub(super) fn read(reader: &mut Reader<'_>, source: &Source, name: &str, folder: Option<&str>) -> Option<Goal> {
    let document = source.document();
    let mut goal = match document {
        Value::Array(_) => {
            let drafts = step::read(reader, &Spot::root(document), &Catalogue::default());
            if drafts.is_empty() {
                empty_plan(reader, &Spot::root(document));
            }
            plan_goal(name, drafts)
        }
        _ => goal_file(reader, &Spot::root(document), source.context())?,
    };
    goal.folder = folder.map(Arc::from);
    goal.source = match document {
        // A session stands on its own: the words that a plan file does not hold are written down with it.
        Value::Array(_) => Source::new(json!({ "version": 1, "goal": *goal.goal, "plan": document })),
        _ => source.clone(),
    };
    Some(goal)
}

/// Notes that a plan without steps, for a goal that wants nothing else, would be through before it began.
fn empty_plan(reader: &mut Reader<'_>, spot: &Spot<'_>) {
    if !reader.recorded && reader.found.is_empty() {
        let hint = Some("write at least one step, as {\"tool\": …} or as a sentence".to_owned());
        reader.fault(spot, "This plan has no steps, so there is nothing to run", "a list of steps", hint);
    }
}

fn plan_goal(name: &str, drafts: Vec<StepDraft>) -> Goal {
    let stem = std::path::Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(name);
    let words: Vec<&str> = stem.split(['_', '-', ' ']).filter(|word| !word.is_empty()).collect();
    let words = if words.is_empty() { "A plan without a goal".to_owned() } else { words.join(" ") };
    Goal { plan: Some(Arc::new(drafts)), ..Goal::empty(&words) }
}

fn goal_file(reader: &mut Reader<'_>, spot: &Spot<'_>, context: Option<&Arc<IndexMap<Key, Shared>>>) -> Option<Goal> {
    let object = reader.object(spot, &GOAL)?;
    let mut goal = Goal::empty("");
    // In this order, because tools name servers, plan and scenarios tools, and lessons scenarios.
    version(reader, spot, object);
    if let Some(at) = field(spot, object, "goal") {
        goal.goal = reader.text(&at, "the goal in words").unwrap_or_default().into();
    }
    if let Some(at) = field(spot, object, "$schema") {
        reader.text(&at, "where an editor finds the schema");
    }
    if let Some(at) = field(spot, object, "wants") {
        goal.wants = Arc::new(reader.conditions(&at, WANTS));
    }
    if let Some(at) = field(spot, object, "context") {
        reader.entries(&at, "an object: key → value");
        goal.context = context.cloned().unwrap_or_default();
    }
    if let Some(at) = field(spot, object, "servers") {
        goal.servers = servers::read(reader, &at);
        reader.servers = goal.servers.clone();
    }
    if let Some(at) = field(spot, object, "tools") {
        goal.tools = Arc::new(tools(reader, &at));
        tool::check(reader, &at, &goal.tools);
    }
    if let Some(at) = field(spot, object, "planner") {
        goal.planner = planner::read(reader, &at);
    }
    if let Some(at) = field(spot, object, "plan") {
        let drafts = step::read(reader, &at, &goal.tools);
        if drafts.is_empty() && goal.wants.is_empty() {
            empty_plan(reader, &at);
        }
        goal.plan = Some(Arc::new(drafts));
    }
    if let Some(at) = field(spot, object, "scenarios") {
        let names = object.get("tools").and_then(Value::as_object);
        let tools = names.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let around = scenario::Around { tools, goal: &goal.goal };
        goal.scenarios = Arc::new(scenario::read(reader, &at, &around));
        scenario::check(reader, &at, &goal);
    }
    if let Some(at) = field(spot, object, "expect") {
        goal.expect = Arc::new(reader.conditions(&at, WANTS));
        scenario::check_keys(reader, &at, &goal);
    }
    if let Some(at) = field(spot, object, "lesson") {
        let names: Vec<&str> = goal.scenarios.iter().map(|scenario| scenario.name.as_ref()).collect();
        lesson::read(reader, &at, &names);
        goal.lesson = Some(Shared::new(at.value.clone()));
    }
    if let Some(at) = field(spot, object, "demo") {
        demo::read(reader, &at, &goal);
        goal.demo = Some(Shared::new(at.value.clone()));
    }
    Some(goal)
}

fn field<'a>(spot: &'a Spot<'a>, object: &'a Map<String, Value>, name: &'a str) -> Option<Spot<'a>> {
    object.get(name).map(|value| spot.field(name, value))
}

fn version(reader: &mut Reader<'_>, spot: &Spot<'_>, object: &Map<String, Value>) {
    if let Some(at) = field(spot, object, "version")
        && at.value.as_f64() != Some(1.0)
    {
        let hint = at.value.as_u64().map(|_| "a newer planscope may read it".to_owned());
        reader.fault(&at, "This build reads version 1 of the format", "1", hint);
    }
}

fn tools(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Catalogue {
    let entries = reader.entries(spot, "an object: name → tool");
    let mut tools = Catalogue::with_capacity_and_hasher(entries.len(), Default::default());
    for (name, value) in entries {
        if let Some(tool) = tool::read(reader, name, &spot.field(name, value)) {
            tools.insert(ToolName::from(name.as_str()), Arc::new(tool));
        }
    }
    tools
}

/// Returns the fault of a field that stands twice in one object.
pub(super) fn twice(path: Vec<Segment>, span: std::ops::Range<usize>) -> Found {
    let name = match path.last() {
        Some(Segment::Name(name)) => name.clone(),
        Some(Segment::Index(_)) | None => String::new(),
    };
    Found {
        path,
        at: At::Span(span),
        message: format!("\"{name}\" stands twice in the same object"),
        expected: Some("each name once".to_owned()),
        hint: Some("rename one of the two, or remove it".to_owned()),
    }
}
