//! `planscope new`: a goal file to start from, with its schema beside it.

use std::io::Write;
use std::path::Path;

use crate::describe::nearest::nearest;
use crate::goal_file;

use super::exit::{Exit, Failure};

/// A goal that runs as it is, with one of everything that a first goal needs.
const EMPTY: &str = r#"{
  "$schema": "./goal.schema.json",
  "version": 1,
  "goal": "Greet somebody by name",
  "wants": { "greeting": "type == \"string\" and length > 0" },
  "context": { "name": "World" },
  "tools": {
    "greet": {
      "description": "Greet the person by name",
      "inputs": ["name"],
      "outputs": ["greeting"],
      "run": { "jq": "\"Hello, \\(.name)!\"" }
    }
  },
  "scenarios": [{ "name": "It is somebody else", "after": "greet", "set": { "name": "Ada" } }]
}
"#;

/// Writes the file, and the schema where there is none yet. Nothing that exists is overwritten.
pub(super) fn new(name: &Path, from: Option<&str>, out: &mut impl Write) -> Result<Exit, Failure> {
    let text = match from {
        None => EMPTY.to_string(),
        Some(from) => {
            let sample = goal_file::sample(from).ok_or_else(|| {
                let names: Vec<&str> = goal_file::samples().iter().map(|sample| sample.name).collect();
                let near = nearest(from, names.iter().copied()).map(|near| format!(" Did you mean {near}?"));
                let near = near.unwrap_or_default();
                Failure::usage(format!("--from: there is no sample {from}.{near} There are: {}", names.join(" · ")))
            })?;
            sample.copy()
        }
    };
    let created = goal_file::create(name, &text).map_err(Failure::input)?;
    let shown = created.path.display().to_string();
    let shown = crate::describe::sanitize::harmless(&shown);
    writeln!(out, "wrote {shown}{}", if created.schema { " and goal.schema.json beside it" } else { "" })?;
    writeln!(out, "open it with: planscope {shown}")?;
    Ok(Exit::Done)
}
