//! Tools that start programs: trust and approval before, the real processes, and every way in which one goes wrong.

mod approval;
mod edited;
mod faults;
mod goal_file;
mod mcp;
mod planner;
mod program;
mod protocol;
mod recording;
mod secrets;
mod tell;
mod trust;

use serde_json::{Value, json};

use crate::support::program::Folder;

/// Returns a goal for `out`, which the shell script `script` writes, started like `command` says besides.
fn goal(script: &str, command: Value) -> Value {
    let mut run = json!({ "argv": ["sh", "-c", script] });
    run.as_object_mut().unwrap().extend(command.as_object().cloned().unwrap_or_default());
    json!({
        "version": 1, "goal": "Have it made", "wants": { "out": "true" }, "context": { "word": "one" },
        "tools": {
            "make": { "description": "Make it", "inputs": ["word"], "outputs": ["out"], "run": { "command": run } }
        }
    })
}

/// Runs `goal` in `folder` with everything that it asks for, and returns the document.
fn run(folder: &Folder, goal: &Value) -> Value {
    folder.write("goal.json", goal.to_string());
    folder.json(&["run", "goal.json", "--trust", "--approve", "all"]).1
}

/// Returns what the script makes of `out`.
fn made(script: &str, command: Value) -> Value {
    let document = run(&Folder::new(), &goal(script, command));
    assert_eq!(document["status"], "reached", "{script}: {document:#}");
    document["context"]["out"].clone()
}

/// Returns why the step fails whose script this is.
fn fails(script: &str, command: Value) -> String {
    why(&run(&Folder::new(), &goal(script, command)))
}

/// Returns the error of the first step that failed in a run.
fn why(document: &Value) -> String {
    let trace = document["trace"].as_array().unwrap();
    let failed = trace.iter().find(|event| event["kind"] == "failed").unwrap_or_else(|| panic!("{document:#}"));
    failed["error"].as_str().unwrap().to_owned()
}

/// Tells whether the process with the number in the file `name` is there, and is no zombie.
#[cfg(target_os = "linux")]
fn lives(folder: &Folder, name: &str) -> bool {
    let pid = std::fs::read_to_string(folder.path(name)).unwrap_or_default();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// Waits until `holds`, for as long as anybody's patience lasts.
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !holds() {
        assert!(std::time::Instant::now() < until, "never: {what}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}
