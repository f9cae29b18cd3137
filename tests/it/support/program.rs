//! The real program, run in a folder of its own with a state folder of its own.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A folder in which the program is run.
pub(crate) struct Folder(tempfile::TempDir);

/// What a run of the program came to.
pub(crate) struct Ran {
    /// The exit status.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes the file `name`.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Returns the command `planscope` with `arguments`, ready to run here.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_planscope"));
        command
            .args(arguments)
            .current_dir(self.0.path())
            .env("XDG_STATE_HOME", self.path("state"))
            .env("HOME", self.0.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs `planscope` with `arguments`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    /// Runs `planscope` with what stands behind its name in `line`, as a shell reads it.
    #[cfg(unix)]
    pub(crate) fn in_a_shell(&self, line: &str) -> Ran {
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("exec '{}' {line}", env!("CARGO_BIN_EXE_planscope")));
        command.current_dir(self.0.path()).env("XDG_STATE_HOME", self.path("state")).env("HOME", self.0.path());
        Ran::of(command.stdin(Stdio::null()).output().unwrap())
    }

    /// Runs `planscope` with `arguments` and `--format json`, and returns the status and the document.
    pub(crate) fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let mut all = arguments.to_vec();
        all.extend(["--format", "json"]);
        let ran = self.run(&all);
        let document = serde_json::from_str(&ran.out);
        (ran.status, document.unwrap_or_else(|error| panic!("{error}: {}\n{}", ran.out, ran.err)))
    }

    /// Returns the session files in the state folder.
    pub(crate) fn sessions(&self) -> Vec<PathBuf> {
        let Ok(files) = std::fs::read_dir(self.path("state/planscope/sessions")) else { return Vec::new() };
        files.map(|file| file.unwrap().path()).collect()
    }
}

impl Ran {
    pub(crate) fn of(output: Output) -> Ran {
        Ran {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A goal file of four jq steps over tickets, and an archive that could be used instead.
pub(crate) const TICKETS: &str = r#"{
  "version": 1,
  "goal": "Say which tickets come most",
  "wants": { "report": "type == \"string\" and length > 0" },
  "context": { "week": "2026-W47" },
  "tools": {
    "load": {
      "description": "Load the tickets", "inputs": ["week"], "outputs": ["tickets"],
      "run": { "value": [{"intent": "refund"}, {"intent": "refund"}, {"intent": "password"}] },
      "summary": "\"Loaded \\(.tickets | length) tickets\""
    },
    "archive": {
      "description": "Load the tickets of last week", "inputs": [], "outputs": ["tickets"],
      "run": { "value": [{"intent": "address"}] }, "cost": 5
    },
    "count": {
      "description": "Count the tickets by intent", "inputs": ["tickets"], "outputs": ["counts"],
      "requires": { "there are tickets": ".tickets | length > 0" },
      "ensures": { "every ticket is counted": "(.counts | add) == (.tickets | length)" },
      "run": { "jq": "reduce .tickets[] as $t ({}; .[$t.intent] += 1)" }
    },
    "top": {
      "description": "Find the intent that comes most", "inputs": ["counts"], "outputs": ["most"],
      "run": { "jq": ".counts | to_entries | max_by(.value) | .key" }
    },
    "report": {
      "description": "Write the report", "inputs": ["tickets", "most"], "outputs": ["report"],
      "run": { "jq": "\"\\(.tickets | length) tickets, mostly \\(.most).\"" }
    }
  },
  "scenarios": [
    { "name": "Late tickets", "after": "count", "set": { "tickets": [{"intent": "password"}] } },
    { "name": "Loading fails", "fail": { "tool": "load", "error": "503", "times": 1 } },
    { "name": "Another goal", "after": "count", "goal": { "goal": "Only count", "wants": { "counts": "true" } } }
  ],
  "expect": { "most": ". == \"refund\"" }
}"#;

/// Returns every value under the key `name`, wherever it stands in `value`.
pub(crate) fn all<'a>(value: &'a Value, name: &str) -> Vec<&'a Value> {
    let mut found = Vec::new();
    let mut todo = vec![value];
    while let Some(value) = todo.pop() {
        match value {
            Value::Array(items) => todo.extend(items),
            Value::Object(entries) => {
                found.extend(entries.get(name));
                todo.extend(entries.values());
            }
            _ => {}
        }
    }
    found
}

/// Returns the names in `steps`: the tool of each, and its status.
pub(crate) fn steps(plan: &Value) -> Vec<(String, String)> {
    let text = |step: &Value, name: &str| step[name].as_str().unwrap_or("-").to_string();
    plan.as_array().unwrap().iter().map(|step| (text(step, "tool"), text(step, "status"))).collect()
}
