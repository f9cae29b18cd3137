//! Reads one tool, and the way it is run.

use std::sync::Arc;

use super::duration;
use super::reader::{Reader, Spot};
use super::shapes::{LATER_KINDS, TOOL};
use super::spec_reading::SpecReading;
use crate::engine::goal::{Catalogue, Key, Risk, Run, Tool, ToolName};
use crate::engine::value::{Shared, Value};
use crate::tools::{self, Kind, Kinds, Timeout};

/// Reads the tool `name` at `spot`; none if too little of it could be read.
pub(super) fn read(reader: &mut Reader<'_>, name: &str, spot: &Spot<'_>) -> Option<Tool> {
    let object = reader.object(spot, &TOOL)?;
    let mut tool = Tool::bare(ToolName::from(name));
    let (mut kind, mut timeout, mut risk) = (None, None, None);
    for (field, value) in object {
        let at = spot.field(field, value);
        match field.as_str() {
            "description" => tool.description = reader.remark(&at, "what the tool does").unwrap_or_default().into(),
            "inputs" => tool.inputs = reader.names(&at, "a list of the keys that the tool reads"),
            "outputs" => tool.outputs = outputs(reader, &at),
            "requires" => {
                tool.requires = reader.checks(&at);
                tool.requires_of = tool.requires.iter().map(|check| decided_by(&check.condition)).collect();
            }
            "ensures" => tool.ensures = reader.checks(&at),
            "run" => {
                if let Some((of, run)) = run(reader, &at) {
                    (kind, tool.run) = (Some(of), run);
                }
            }
            "summary" => tool.summary = reader.filter(&at, "a jq filter, as a text").map(Arc::from),
            "risk" => risk = read_risk(reader, &at),
            "cost" => tool.cost = cost(reader, &at),
            "timeout" => timeout = duration::read(reader, &at),
            "retries" => tool.retries = reader.count(&at, 0).unwrap_or_default(),
            _ => {}
        }
    }
    tool.risk = risk.or(kind.map(|kind| kind.risk)).unwrap_or(Risk::None);
    tool.timeout_ms = timeout.or(match kind.map(|kind| kind.timeout) {
        Some(Timeout::Default(ms)) => Some(ms),
        Some(Timeout::Unlimited | Timeout::Refused { .. }) | None => None,
    });
    if let (Some(Timeout::Refused { message, hint }), Some(value)) =
        (kind.map(|kind| kind.timeout), object.get("timeout"))
    {
        reader.fault(&spot.field("timeout", value), message, "no timeout here", Some(hint.to_owned()));
    }
    own_keys(reader, spot, &tool);
    Some(tool)
}

/// Returns the inputs that alone decide `condition`; none: all of them do.
fn decided_by(condition: &str) -> Option<Arc<[Key]>> {
    let names = crate::jq::entries_read(condition)?;
    Some(names.into_iter().map(Key::from).collect())
}

fn outputs(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Vec<Key> {
    let outputs = reader.names(spot, "a list of the keys that the tool writes");
    if spot.value.as_array().is_some_and(Vec::is_empty) {
        reader.fault(spot, "A tool writes at least one key, and this list is empty", "the name of a key", None);
    }
    outputs
}

/// Notes each key that `tool` both reads and writes.
fn own_keys(reader: &mut Reader<'_>, spot: &Spot<'_>, tool: &Tool) {
    let Some(outputs) = spot.value.get("outputs") else { return };
    let list = spot.field("outputs", outputs);
    for (index, value) in outputs.as_array().into_iter().flatten().enumerate() {
        let Some(key) = value.as_str().filter(|key| tool.inputs.iter().any(|input| **input == **key)) else { continue };
        let message = format!("The tool \"{}\" reads and writes \"{key}\"", tool.name);
        reader.fault(&list.entry(index, value), message, "a key that the tool does not read", Some(OWN_KEY.to_owned()));
    }
}

/// What to do about a step or tool that reads what it writes.
pub(super) const OWN_KEY: &str = "give the result its own key";

/// Reads how a tool is run: a kind of the table, with its settings.
fn run(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Option<(&'static Kind, Run)> {
    const WHAT: &str = "the way a tool is run";
    let object = reader.any_object(spot, WHAT)?;
    let kinds = reader.kinds;
    let mut found: Option<(&'static Kind, &Value)> = None;
    for (name, spec) in object {
        let at = spot.field(name, spec);
        match (tools::kind(kinds, name), found) {
            (Some(kind), None) => found = Some((kind, spec)),
            (Some(_), Some((first, _))) => {
                let message = format!("A tool is run in one way, and \"{}\" stands here already", first.name);
                reader.fault_in_name(&at, message, Some("one kind only".to_owned()), None);
            }
            (None, _) if LATER_KINDS.contains(&name.as_str()) => {
                let message = format!("This build does not run \"{name}\" tools yet: it runs {}", listed(kinds));
                reader.fault_in_name(&at, message, None, None);
            }
            (None, _) => reader.unknown_field(&at, name, WHAT, kinds.iter().map(|kind| kind.name)),
        }
    }
    let Some((kind, spec)) = found else {
        if object.is_empty() {
            let expected = format!("one of {}", tools::names(kinds));
            reader.fault(spot, "This does not say how the tool is run", &expected, None);
        }
        return None;
    };
    let mut run = Run {
        kind: kind.name.into(),
        spec: Shared::new(spec.clone()),
        nature: kind.nature(),
        explore: None,
        program: None,
        counted: false,
    };
    (kind.read)(&mut SpecReading::new(reader, spot.field(kind.name, spec)), &mut run);
    Some((kind, run))
}

/// Returns the names of `kinds` as a sentence says them: "jq, value and file".
fn listed(kinds: Kinds) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
    match names.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        names => names.concat(),
    }
}

/// Notes what each of `tools`, which stand at `spot`, has wrong beside the others.
pub(super) fn check(reader: &mut Reader<'_>, spot: &Spot<'_>, tools: &Catalogue) {
    for (name, value) in spot.value.as_object().into_iter().flatten() {
        let Some(tool) = tools.get(name.as_str()) else { continue };
        if let Some(kind) = tools::kind(reader.kinds, &tool.run.kind) {
            (kind.check)(&mut SpecReading::new(reader, spot.field(name, value)), tool, tools);
        }
    }
}

fn read_risk(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Option<Risk> {
    let word = reader.text(spot, "none, low or high")?;
    let risk = Risk::parse(word);
    if risk.is_none() {
        reader.fault(spot, format!("\"{word}\" is not a risk"), "none, low or high", None);
    }
    risk
}

fn cost(reader: &mut Reader<'_>, spot: &Spot<'_>) -> f64 {
    match spot.value.as_f64() {
        Some(cost) if cost.is_finite() && cost >= 0.0 => cost,
        Some(cost) => {
            reader.fault(spot, format!("A cost of {cost} does not work"), "a number, 0 or more", None);
            1.0
        }
        None => {
            reader.fault(spot, "This is not a cost", "a number, 0 or more", None);
            1.0
        }
    }
}
