//! Tools of kind `explore`: a ReAct loop inside a step. The session goes on inside it; nothing is called.

use std::sync::Arc;

use crate::describe::nearest::nearest;
use crate::engine::goal::{Catalogue, Explore, Risk, Run, Tool};

use super::reading::Part::{Index, Name};
use super::reading::{Reading, Shape, may, needs};
use super::{Kind, Timeout, Way};

/// How many decisions a loop may take where it does not say.
const BUDGET: u32 = 8;

/// The kind `explore`.
pub(super) static KIND: Kind = Kind {
    name: "explore",
    way: Way::Inside,
    timeout: Timeout::Refused {
        message: "A loop has a budget, and no timeout",
        hint: "its tools have timeouts of their own",
    },
    risk: Risk::None,
    in_folder: false,
    schema: r#"{
        "description": "A ReAct loop over other tools, on a copy of the inputs: one decision at a time until the outputs are there and the condition holds. Only the hybrid strategy plans with it.",
        "type": "object",
        "properties": {
            "tools": {
                "type": "array",
                "minItems": 1,
                "items": { "type": "string", "minLength": 1 },
                "uniqueItems": true,
                "description": "The tools that the loop may use, none of them a loop."
            },
            "until": {
                "type": "string",
                "minLength": 1,
                "description": "A jq condition on an object of everything that is known inside (the inputs and what its tools wrote): \".finding.confidence > 0.8\"."
            },
            "budget": {
                "type": "integer",
                "minimum": 1,
                "default": 8,
                "description": "How many decisions it may take, refused ones included."
            }
        },
        "required": ["tools", "until"],
        "additionalProperties": false
    }"#,
    shape: Some(&SHAPE),
    read,
    check,
};

/// A loop inside a step.
static SHAPE: Shape = Shape {
    what: "a loop inside a step",
    schema: "explore",
    fields: &[
        needs("tools", "the tools that it may use"),
        needs("until", "what it goes on for"),
        may("budget", "how many decisions it may take"),
    ],
    later: &[],
};

fn read(spec: &mut dyn Reading, run: &mut Run) {
    if !spec.value().is_object() {
        return spec.fields(&SHAPE, &mut |_, _| ());
    }
    let mut explore = Explore { tools: Vec::new(), until: "true".into(), budget: BUDGET };
    spec.fields(&SHAPE, &mut |field, part| match field {
        "tools" => {
            explore.tools = part.names("a list of the tools that the loop may use");
            if part.value().as_array().is_some_and(Vec::is_empty) {
                part.fault("A loop without tools can do nothing", "the name of a tool", None);
            }
        }
        "until" => {
            if let Some(condition) = part.filter("a jq condition on everything that is known inside") {
                explore.until = condition;
            }
        }
        "budget" => explore.budget = part.count(1).unwrap_or(BUDGET),
        _ => {}
    });
    run.explore = Some(Arc::new(explore));
}

/// Notes every tool that a loop names and that it cannot use, and every output that none of them writes.
fn check(spec: &mut dyn Reading, tool: &Tool, tools: &Catalogue) {
    let Some(explore) = &tool.run.explore else { return };
    let named = tool.run.spec.get("tools").and_then(|list| list.as_array());
    for (at, name) in named.into_iter().flatten().enumerate() {
        let Some(name) = name.as_str() else { continue };
        let way = [Name("run"), Name("explore"), Name("tools"), Index(at)];
        match tools.get(name) {
            None => {
                let near = nearest(name, tools.keys().map(|known| &**known));
                let hint = near.map(|near| format!("did you mean \"{near}\"?"));
                spec.fault_at(&way, &format!("There is no tool \"{name}\""), "the name of a tool", hint);
            }
            Some(other) if other.run.explore.is_some() => {
                let message = format!("\"{name}\" is a loop itself: loops use plain tools only");
                spec.fault_at(&way, &message, "the name of a tool that is not a loop", None);
            }
            Some(_) => {}
        }
    }
    let outputs = spec.value().get("outputs").and_then(|list| list.as_array()).cloned().unwrap_or_default();
    for (at, output) in outputs.iter().enumerate() {
        let Some(key) = output.as_str() else { continue };
        let writes =
            |name: &Arc<str>| tools.get(name).is_none_or(|tool| tool.outputs.iter().any(|written| **written == *key));
        if !explore.tools.iter().any(writes) {
            let message = format!("None of the loop's tools writes \"{key}\", so that it would never end");
            spec.fault_at(&[Name("outputs"), Index(at)], &message, "a key that one of its tools writes", None);
        }
    }
}
