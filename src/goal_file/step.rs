//! Reads a plan that was made elsewhere: steps, or plain texts.

use std::collections::HashSet;
use std::sync::Arc;

use super::reader::{Reader, Spot};
use super::shapes::STEP;
use super::tool::OWN_KEY;
use crate::describe::nearest::nearest;
use crate::engine::goal::{Catalogue, Key, StepDraft, Tool};
use crate::engine::ordered::IndexMap;
use crate::engine::value::Value;

/// Reads the steps of the list at `spot`.
pub(super) fn read(reader: &mut Reader<'_>, spot: &Spot<'_>, tools: &Catalogue) -> Vec<StepDraft> {
    let mut ids: HashSet<Arc<str>> = HashSet::new();
    let mut drafts = Vec::new();
    for (index, value) in reader.list(spot, "a list of steps, or of texts").iter().enumerate() {
        let at = spot.entry(index, value);
        let Some(draft) = step(reader, &at, tools) else { continue };
        if let (Some(id), Some(value)) = (&draft.id, value.get("id"))
            && !ids.insert(id.clone())
        {
            let message = format!("Another step has the id \"{id}\" already");
            reader.fault(&at.field("id", value), message, "an id of its own, or none", None);
        }
        drafts.push(draft);
    }
    drafts
}

fn step(reader: &mut Reader<'_>, spot: &Spot<'_>, tools: &Catalogue) -> Option<StepDraft> {
    if spot.value.is_string() {
        let description = reader.text(spot, "what the step does, in words")?;
        return Some(StepDraft { description: Some(description.into()), ..StepDraft::default() });
    }
    let object = reader.object(spot, &STEP)?;
    // An unknown tool is not a fault of the file: it is a deviation, and shown as one.
    let tool = object.get("tool").and_then(Value::as_str).and_then(|name| tools.get(name)).map(Arc::as_ref);
    let mut draft = StepDraft::default();
    for (field, value) in object {
        let at = spot.field(field, value);
        match field.as_str() {
            "id" => draft.id = reader.text(&at, "a name for the step").map(Arc::from),
            "tool" => {
                let name = reader.text(&at, "the name of a tool");
                draft.tool =
                    name.map(|name| tools.get_key_value(name).map_or_else(|| name.into(), |(own, _)| own.clone()));
            }
            "description" => draft.description = reader.remark(&at, "what the step does, in words").map(Arc::from),
            "with" => {
                let own = tool.map(|tool| (tool, tool.inputs.as_slice(), "input"));
                draft.with = bindings(reader, &at, own, "an object: input of the tool → key that feeds it");
            }
            "to" => {
                let own = tool.map(|tool| (tool, tool.outputs.as_slice(), "output"));
                draft.to = bindings(reader, &at, own, "an object: output of the tool → key that it writes");
            }
            "ensures" => draft.ensures = reader.checks(&at),
            "approval" => draft.approval = reader.flag(&at),
            "note" => draft.note = reader.remark(&at, "a remark, as a text").map(Arc::from),
            "skip" => draft.skip = reader.flag(&at),
            _ => {}
        }
    }
    own_keys(reader, spot, &draft, tool);
    Some(draft)
}

fn bindings(
    reader: &mut Reader<'_>,
    spot: &Spot<'_>,
    own: Option<(&Tool, &[Key], &str)>,
    expected: &str,
) -> IndexMap<Key, Key> {
    let mut bindings = IndexMap::default();
    for (name, value) in reader.entries(spot, expected) {
        let at = spot.field(name, value);
        if let Some((tool, names, what)) = own
            && !names.iter().any(|known| **known == **name)
        {
            let known: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
            let hint = nearest(name, known.iter().copied()).map(|near| format!("did you mean \"{near}\"?"));
            let expected = match known.as_slice() {
                [] => format!("nothing: the tool has no {what}s"),
                known => format!("one of {}", known.join(", ")),
            };
            reader.fault_in_name(&at, format!("\"{name}\" is not an {what} of {}", tool.name), Some(expected), hint);
        }
        if let Some(key) = reader.text(&at, "the name of a key") {
            bindings.insert(Key::from(name.as_str()), Key::from(key));
        }
    }
    bindings
}

/// Notes the keys that the step reads and writes, or writes twice, because of its bindings.
fn own_keys(reader: &mut Reader<'_>, spot: &Spot<'_>, draft: &StepDraft, tool: Option<&Tool>) {
    // Most steps have just what their tool declares, and plans may have very many of them.
    let few = |tool: &&Tool| tool.inputs.len() * tool.outputs.len() <= 64;
    let apart = |tool: &Tool| !tool.outputs.iter().any(|output| tool.inputs.contains(output));
    if draft.with.is_empty() && draft.to.is_empty() && tool.filter(few).is_some_and(apart) {
        return;
    }
    let bound = |own: &[Key], to: &IndexMap<Key, Key>| -> Vec<Key> {
        let free = own.iter().filter(|name| !to.contains_key(*name));
        free.chain(to.values()).cloned().collect()
    };
    let reads: HashSet<Key> = bound(tool.map_or(&[], |tool| &tool.inputs), &draft.with).into_iter().collect();
    let mut writes = HashSet::new();
    for key in bound(tool.map_or(&[], |tool| &tool.outputs), &draft.to) {
        if reads.contains(&key) {
            reader.fault(
                spot,
                format!("This step reads and writes \"{key}\""),
                "another key",
                Some(OWN_KEY.to_owned()),
            );
        }
        if !writes.insert(key.clone()) {
            reader.fault(spot, format!("This step writes \"{key}\" twice"), "one key for each output", None);
        }
    }
}
