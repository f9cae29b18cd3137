//! `planscope new`: a goal file to start from, with its schema beside it.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::describe::nearest::nearest;
use crate::describe::reproduce::{quoted, reproduce};
use crate::describe::sanitize::harmless;
use crate::describe::text::count;
use crate::goal_file;
use crate::runtime::services::Services;
use crate::runtime::share;

use super::exit::{Exit, Failure};
use super::{args, replay};

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
pub(super) fn new(asked: &args::New, out: &mut impl Write) -> Result<Exit, Failure> {
    let text = match asked.from.as_deref() {
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
    let path = create(asked.name().unwrap_or(Path::new("goal.json")), &text, out)?;
    writeln!(out, "open it with: planscope {}", quoted(&harmless(&path.display().to_string())))?;
    Ok(Exit::Done)
}

pub(super) fn create(name: &Path, text: &str, out: &mut impl Write) -> Result<PathBuf, Failure> {
    let created = goal_file::create(name, text).map_err(Failure::input)?;
    let schema = if created.schema { " and goal.schema.json beside it" } else { "" };
    writeln!(out, "wrote {}{schema}", harmless(&created.path.display().to_string()))?;
    Ok(created.path)
}

/// Writes the recording of the session in the file at `path`.
pub(super) fn from_session(
    path: &Path,
    name: Option<&Path>,
    services: &Services,
    out: &mut impl Write,
) -> Result<Exit, Failure> {
    let session = replay::session(path, None, services)?;
    let recording = share::recording(&session, services.kinds)?;
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("session");
    let name = name.map_or_else(|| PathBuf::from(format!("{stem}-recording.json")), Path::to_path_buf);
    let file = create(&name, &recording.text, out)?;
    let (tools, calls) = (count(recording.tools, "tool"), count(recording.calls, "call"));
    let answer = if recording.tools == 1 { "answers" } else { "answer" };
    writeln!(out, "{tools} {answer} from the record ({calls}); everything else is computed as before")?;
    if recording.answered > 0 {
        writeln!(out, "{} that you answered: the same answers stand in it", count(recording.answered, "step"))?;
    }
    if !recording.never.is_empty() {
        writeln!(out, "never called, so refused there: {}", harmless(&recording.never.join(", ")))?;
    }
    let (line, by_hand) = reproduce(&session, &file.display().to_string());
    writeln!(out, "it starts nothing and needs no trust; the same again: {line}")?;
    if by_hand {
        writeln!(out, "what was edited by hand is in the session alone")?;
    }
    Ok(Exit::Done)
}
