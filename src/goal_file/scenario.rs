//! Reads the scenarios: named surprises.

use std::collections::HashSet;
use std::sync::Arc;

use super::reader::{Reader, Spot};
use super::shapes::{FAIL, OTHER_GOAL, SCENARIO};
use crate::describe::nearest::nearest;
use crate::describe::unknown::{self, Unknown};
use crate::engine::goal::{Goal, Key, Scenario, Surprise, ToolName, Wants};
use crate::engine::value::Shared;

/// What a scenario may refer to.
pub(super) struct Around<'a> {
    /// The names of the tools.
    pub(super) tools: Vec<&'a str>,
    /// The goal in words.
    pub(super) goal: &'a Arc<str>,
}

/// Reads the scenarios of the list at `spot`.
pub(super) fn read(reader: &mut Reader<'_>, spot: &Spot<'_>, around: &Around<'_>) -> Vec<Scenario> {
    let mut names: HashSet<Arc<str>> = HashSet::new();
    let mut scenarios = Vec::new();
    for (index, value) in reader.list(spot, "a list of scenarios").iter().enumerate() {
        let at = spot.entry(index, value);
        let Some(scenario) = scenario(reader, &at, around) else { continue };
        if let Some(value) = value.get("name")
            && !names.insert(scenario.name.clone())
        {
            let message = format!("Another scenario is called \"{}\" already", scenario.name);
            reader.fault(&at.field("name", value), message, "a name of its own", None);
        }
        scenarios.push(scenario);
    }
    scenarios
}

/// Notes the keys and outputs that the scenarios at `spot` name and `goal` does not have: setting one changes nothing.
pub(super) fn check(reader: &mut Reader<'_>, spot: &Spot<'_>, goal: &Goal) {
    for (index, value) in spot.value.as_array().into_iter().flatten().enumerate() {
        let at = spot.entry(index, value);
        if let Some(value) = value.get("set") {
            check_keys(reader, &at.field("set", value), goal);
        }
        for (index, key) in value.get("remove").and_then(|keys| keys.as_array()).into_iter().flatten().enumerate() {
            let Some(unknown) = key.as_str().and_then(|key| unknown::key(goal, key)) else { continue };
            let removed = value.get("remove").unwrap_or(value);
            note(reader, &at.field("remove", removed).entry(index, key), &unknown);
        }
        let Some(outcomes) = value.get("outcome") else { continue };
        let at = at.field("outcome", outcomes);
        for (name, result) in outcomes.as_object().into_iter().flatten() {
            let unknown = goal.tools.get(name.as_str()).and_then(|tool| unknown::output(tool, result));
            if let Some(unknown) = unknown {
                note(reader, &at.field(name, result), &unknown);
            }
        }
    }
}

/// Notes the keys of the object at `spot` that nothing in `goal` reads or writes.
pub(super) fn check_keys(reader: &mut Reader<'_>, spot: &Spot<'_>, goal: &Goal) {
    for (key, value) in spot.value.as_object().into_iter().flatten() {
        if let Some(unknown) = unknown::key(goal, key) {
            note(reader, &spot.field(key, value), &unknown);
        }
    }
}

fn note(reader: &mut Reader<'_>, spot: &Spot<'_>, unknown: &Unknown) {
    if !reader.recorded {
        let (first, rest) = unknown.message.split_at(1);
        reader.fault_in_name(spot, format!("{}{rest}", first.to_uppercase()), None, unknown.hint());
    }
}

fn scenario(reader: &mut Reader<'_>, spot: &Spot<'_>, around: &Around<'_>) -> Option<Scenario> {
    let object = reader.object(spot, &SCENARIO)?;
    let mut scenario = Scenario { name: Arc::default(), after: None, surprises: Vec::new(), expect: Wants::default() };
    let mut surprising = false;
    for (field, value) in object {
        let at = spot.field(field, value);
        surprising |= matches!(field.as_str(), "set" | "remove" | "outcome" | "fail" | "goal");
        match field.as_str() {
            "name" => scenario.name = reader.text(&at, "what people choose it by").unwrap_or_default().into(),
            "after" => scenario.after = tool_name(reader, &at, around),
            "set" => {
                for (key, value) in reader.entries(&at, "an object: key → value") {
                    let value = Some(Shared::new(value.clone()));
                    scenario.surprises.push(Surprise::Set { key: Key::from(key.as_str()), value });
                }
            }
            "remove" => {
                let keys = reader.names(&at, "a list of keys");
                scenario.surprises.extend(keys.into_iter().map(|key| Surprise::Set { key, value: None }));
            }
            "outcome" => {
                for (name, value) in reader.entries(&at, "an object: tool → what it returns") {
                    if !around.tools.contains(&name.as_str()) {
                        let entry = at.field(name, value);
                        reader.fault_in_name(&entry, no_tool(name), Some(EXPECTED.to_owned()), hint(name, around));
                    }
                    let (tool, value) = (ToolName::from(name.as_str()), Shared::new(value.clone()));
                    scenario.surprises.push(Surprise::Outcome { tool, value });
                }
            }
            "fail" => scenario.surprises.extend(fail(reader, &at, around)),
            "goal" => {
                let changed = goal(reader, &at, around, &mut scenario.expect);
                scenario.surprises.extend(changed);
            }
            "expect" => scenario.expect.extend(reader.conditions(&at, super::goal::WANTS)),
            _ => {}
        }
    }
    if !surprising {
        let expected = "at least one of set, remove, outcome, fail, goal";
        reader.fault(spot, "Nothing happens in this scenario", expected, None);
    }
    Some(scenario)
}

fn fail(reader: &mut Reader<'_>, spot: &Spot<'_>, around: &Around<'_>) -> Option<Surprise> {
    let object = reader.object(spot, &FAIL)?;
    let (mut tool, mut error, mut times) = (None, None, Some(1));
    for (field, value) in object {
        let at = spot.field(field, value);
        match field.as_str() {
            "tool" => tool = tool_name(reader, &at, around),
            "error" => error = reader.text(&at, "what the tool says when it fails"),
            "times" => times = reader.count(&at, 1),
            _ => {}
        }
    }
    Some(Surprise::Fail { tool: tool?, error: error?.into(), times: times? })
}

/// Reads another goal; what is right under it goes to `expect`.
fn goal(reader: &mut Reader<'_>, spot: &Spot<'_>, around: &Around<'_>, expect: &mut Wants) -> Option<Surprise> {
    let object = reader.object(spot, &OTHER_GOAL)?;
    let (mut words, mut wants) = (around.goal.clone(), None);
    for (field, value) in object {
        let at = spot.field(field, value);
        match field.as_str() {
            "goal" => words = reader.text(&at, "the goal in words").map_or(words, Arc::from),
            "wants" => wants = Some(reader.conditions(&at, super::goal::WANTS)),
            "expect" => expect.extend(reader.conditions(&at, super::goal::WANTS)),
            _ => {}
        }
    }
    Some(Surprise::Goal { goal: words, wants: wants? })
}

fn tool_name(reader: &mut Reader<'_>, spot: &Spot<'_>, around: &Around<'_>) -> Option<ToolName> {
    let name = reader.text(spot, EXPECTED)?;
    if !around.tools.contains(&name) {
        reader.fault(spot, no_tool(name), EXPECTED, hint(name, around));
    }
    Some(name.into())
}

const EXPECTED: &str = "the name of a tool of this goal";

fn no_tool(name: &str) -> String {
    format!("There is no tool \"{name}\"")
}

fn hint(name: &str, around: &Around<'_>) -> Option<String> {
    nearest(name, around.tools.iter().copied()).map(|near| format!("did you mean \"{near}\"?"))
}
