//! Reads a loop inside a step: the tools that it may use, what it goes on for, and its budget.

use std::sync::Arc;

use super::reader::{Reader, Spot};
use super::shapes::EXPLORE;
use crate::describe::nearest::nearest;
use crate::engine::goal::{Catalogue, Explore};

/// How many decisions a loop may take where it does not say.
const BUDGET: u32 = 8;

/// Reads the loop at `spot`; none if too little of it could be read.
pub(super) fn read(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Option<Arc<Explore>> {
    let object = reader.object(spot, &EXPLORE)?;
    let mut explore = Explore { tools: Vec::new(), until: "true".into(), budget: BUDGET };
    for (field, value) in object {
        let at = spot.field(field, value);
        match field.as_str() {
            "tools" => {
                explore.tools = reader.names(&at, "a list of the tools that the loop may use");
                if value.as_array().is_some_and(Vec::is_empty) {
                    reader.fault(&at, "A loop without tools can do nothing", "the name of a tool", None);
                }
            }
            "until" => {
                if let Some(condition) = reader.filter(&at, "a jq condition on everything that is known inside") {
                    explore.until = condition.into();
                }
            }
            "budget" => explore.budget = reader.count(&at, 1).unwrap_or(BUDGET),
            _ => {}
        }
    }
    Some(Arc::new(explore))
}

/// Notes every tool that a loop names and that it cannot use, and every output that none of them writes.
pub(super) fn check(reader: &mut Reader<'_>, spot: &Spot<'_>, tools: &Catalogue) {
    for (name, value) in spot.value.as_object().into_iter().flatten() {
        let Some(tool) = tools.get(name.as_str()) else { continue };
        let Some(explore) = &tool.run.explore else { continue };
        let tool_at = spot.field(name, value);
        let Some((run_at, explore_value)) = value.get("run").and_then(|run| Some((run, run.get("explore")?))) else {
            continue;
        };
        let run_at = tool_at.field("run", run_at);
        let at = run_at.field("explore", explore_value);
        let Some(list) = explore_value.get("tools") else { continue };
        let list_at = at.field("tools", list);
        for (index, entry) in list.as_array().into_iter().flatten().enumerate() {
            let Some(named) = entry.as_str() else { continue };
            let entry_at = list_at.entry(index, entry);
            match tools.get(named) {
                None => {
                    let near = nearest(named, tools.keys().map(|known| &**known));
                    let hint = near.map(|near| format!("did you mean \"{near}\"?"));
                    reader.fault(&entry_at, format!("There is no tool \"{named}\""), "the name of a tool", hint);
                }
                Some(other) if other.run.explore.is_some() => {
                    let message = format!("\"{named}\" is a loop itself: loops use plain tools only");
                    reader.fault(&entry_at, message, "the name of a tool that is no loop", None);
                }
                Some(_) => {}
            }
        }
        outputs(reader, &tool_at, explore, tools);
    }
}

fn outputs(reader: &mut Reader<'_>, tool_at: &Spot<'_>, explore: &Explore, tools: &Catalogue) {
    let Some(outputs) = tool_at.value.get("outputs") else { return };
    let at = tool_at.field("outputs", outputs);
    for (index, output) in outputs.as_array().into_iter().flatten().enumerate() {
        let Some(key) = output.as_str() else { continue };
        let writes =
            |name: &Arc<str>| tools.get(name).is_none_or(|tool| tool.outputs.iter().any(|written| **written == *key));
        if !explore.tools.iter().any(writes) {
            let message = format!("None of the loop's tools writes \"{key}\", so that it would never end");
            reader.fault(&at.entry(index, output), message, "a key that one of its tools writes", None);
        }
    }
}
