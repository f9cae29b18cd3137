//! Reads one tool, and the way it is run.

use std::sync::Arc;

use super::duration;
use super::explore;
use super::reader::{Reader, Spot};
use super::shapes::{ASK, RUN, TOOL};
use crate::engine::goal::{Key, Nature, Risk, Run, Tool, ToolName};
use crate::engine::value::Value;

/// How long a computed tool may take where it does not say.
const TIMEOUT_MS: u64 = 60_000;

/// Reads the tool `name` at `spot`; none if too little of it could be read.
pub(super) fn read(reader: &mut Reader<'_>, name: &str, spot: &Spot<'_>) -> Option<Tool> {
    let object = reader.object(spot, &TOOL)?;
    let mut tool = Tool {
        name: ToolName::from(name),
        description: Arc::default(),
        inputs: Vec::new(),
        outputs: Vec::new(),
        requires: Vec::new(),
        ensures: Vec::new(),
        run: Run { kind: Arc::default(), spec: Arc::new(Value::Null), nature: Nature::Pure, explore: None },
        summary: None,
        risk: Risk::None,
        cost: 1.0,
        timeout_ms: None,
        retries: 0,
    };
    let mut timeout = None;
    for (field, value) in object {
        let at = spot.field(field, value);
        match field.as_str() {
            "description" => tool.description = reader.remark(&at, "what the tool does").unwrap_or_default().into(),
            "inputs" => tool.inputs = reader.names(&at, "a list of the keys that the tool reads"),
            "outputs" => tool.outputs = outputs(reader, &at),
            "requires" => tool.requires = reader.checks(&at),
            "ensures" => tool.ensures = reader.checks(&at),
            "run" => {
                if let Some(run) = run(reader, &at) {
                    tool.run = run;
                }
            }
            "summary" => tool.summary = reader.filter(&at, "a jq filter, as a text").map(Arc::from),
            "risk" => tool.risk = risk(reader, &at),
            "cost" => tool.cost = cost(reader, &at),
            "timeout" => timeout = duration::read(reader, &at),
            "retries" => tool.retries = reader.count(&at, 0).unwrap_or_default(),
            _ => {}
        }
    }
    tool.timeout_ms = timeout.or(match tool.run.nature {
        Nature::Asked | Nature::Inside => None,
        Nature::Pure | Nature::Outside => Some(TIMEOUT_MS),
    });
    if let (Nature::Inside, Some(value)) = (tool.run.nature, object.get("timeout")) {
        let hint = Some("its tools have timeouts of their own".to_owned());
        reader.fault(&spot.field("timeout", value), "A loop has a budget, and no timeout", "no timeout here", hint);
    }
    own_keys(reader, spot, &tool);
    Some(tool)
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

fn run(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Option<Run> {
    let object = reader.object(spot, &RUN)?;
    let mut kinds = object.iter().filter(|(name, _)| RUN.fields.iter().any(|field| field.name == *name));
    let Some((kind, spec)) = kinds.next() else {
        if object.is_empty() {
            reader.fault(spot, "This does not say how the tool is run", "one of jq, value, file, ask, explore", None);
        }
        return None;
    };
    if let Some((other, value)) = kinds.next() {
        let message = format!("A tool is run in one way, and \"{kind}\" stands here already");
        reader.fault_in_name(&spot.field(other, value), message, Some("one kind only".to_owned()), None);
    }
    let at = spot.field(kind, spec);
    let mut explore = None;
    let nature = match kind.as_str() {
        "jq" => {
            reader.filter(&at, "a jq filter over the inputs, as a text");
            Nature::Pure
        }
        "file" => {
            file(reader, &at);
            Nature::Pure
        }
        "ask" => {
            ask(reader, &at);
            Nature::Asked
        }
        "explore" => {
            explore = explore::read(reader, &at);
            Nature::Inside
        }
        _ => Nature::Pure,
    };
    Some(Run { kind: kind.as_str().into(), spec: Arc::new(spec.clone()), nature, explore })
}

/// Checks, by its words alone, that a path stays in the folder; links are followed when the tool runs.
fn file(reader: &mut Reader<'_>, spot: &Spot<'_>) {
    let expected = "a path relative to the goal file, inside its folder";
    let Some(path) = reader.text(spot, expected) else { return };
    let drive = path.as_bytes().get(1) == Some(&b':');
    let hint =
        || Some("put the file next to the goal file and name it from there, like \"data/tickets.json\"".to_owned());
    if path.starts_with(['/', '\\', '~']) || drive {
        reader.fault(spot, "This path is absolute: a tool reads from its goal file's folder only", expected, hint());
    } else if leaves(path) {
        reader.fault(spot, "This path leads out of the goal file's folder", expected, hint());
    } else if path.contains('\0') {
        reader.fault(spot, "No file has such a name", expected, None);
    }
}

/// Tells whether `path` leaves its folder anywhere on its way.
fn leaves(path: &str) -> bool {
    let mut depth = 0_usize;
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if depth == 0 => return true,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    false
}

fn ask(reader: &mut Reader<'_>, spot: &Spot<'_>) {
    let Some(object) = reader.object(spot, &ASK) else { return };
    for (field, value) in object {
        let at = spot.field(field, value);
        match field.as_str() {
            "question" => {
                reader.template(&at, "the question, as a text; \\(…) in it are jq");
            }
            "schema" if !value.is_object() && !value.is_boolean() => {
                reader.fault(&at, "This is no JSON Schema", "an object like {\"type\": \"string\"}", None);
            }
            _ => {}
        }
    }
}

fn risk(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Risk {
    let Some(word) = reader.text(spot, "none, low or high") else { return Risk::None };
    Risk::parse(word).unwrap_or_else(|| {
        reader.fault(spot, format!("\"{word}\" is no risk"), "none, low or high", None);
        Risk::None
    })
}

fn cost(reader: &mut Reader<'_>, spot: &Spot<'_>) -> f64 {
    match spot.value.as_f64() {
        Some(cost) if cost.is_finite() && cost >= 0.0 => cost,
        Some(cost) => {
            reader.fault(spot, format!("A cost of {cost} does not work"), "a number, 0 or more", None);
            1.0
        }
        None => {
            reader.fault(spot, "This is no cost", "a number, 0 or more", None);
            1.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leaves_its_folder_anywhere_is_found() {
        for path in ["../x", "a/../../x", "..", "a/b/../../../x/y", "..\\x"] {
            assert!(leaves(path), "{path}");
        }
        for path in ["x", "a/../b", "./a", "a..b/c..", "a/b/../c"] {
            assert!(!leaves(path), "{path}");
        }
    }
}
