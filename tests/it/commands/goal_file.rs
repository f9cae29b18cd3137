//! What is wrong with a command in a goal file is named where it stands.

use planscope::goal_file;
use serde_json::{Value, json};

/// Returns the path and the message of each fault of a goal whose command is this, and the first hint.
fn faults(command: Value) -> (Vec<(String, String)>, Option<String>) {
    let goal = json!({
        "version": 1, "goal": "g",
        "tools": { "t": { "outputs": ["a"], "run": { "command": command } } }
    });
    let text = serde_json::to_string_pretty(&goal).unwrap();
    match goal_file::parse(&text, "g.json", None) {
        Ok(_) => (Vec::new(), None),
        Err(faults) => {
            let hint = faults.faults.iter().find_map(|fault| fault.hint.clone());
            let lines: Vec<&str> = text.lines().collect();
            for fault in &faults.faults {
                assert!(fault.line > 4 && fault.line <= lines.len(), "{fault:?}");
            }
            let said = |fault: &goal_file::Fault| {
                (fault.path.trim_start_matches("tools.t.run.command").to_owned(), fault.message.clone())
            };
            (faults.faults.iter().map(said).collect(), hint)
        }
    }
}

fn one(command: Value) -> (String, String, Option<String>) {
    let (mut faults, hint) = faults(command.clone());
    assert_eq!(faults.len(), 1, "{command}: {faults:?}");
    let (path, message) = faults.remove(0);
    (path, message, hint)
}

#[test]
fn what_a_command_may_say_is_read() {
    for command in [
        json!({ "argv": ["a"] }),
        json!({ "argv": ["a", "", "b c", { "jq": ".x" }], "stdin": "none", "stdout": "text", "cwd": "..", "max_output": 5 }),
        json!({ "argv": ["a"], "env": ["A_KEY", "_b1"] }),
        json!({ "argv": ["a"], "env": { "A": "text", "B": true } }),
    ] {
        assert_eq!(faults(command.clone()).0, [], "{command}");
    }
}

#[test]
fn what_is_wrong_with_a_command_is_named_where_it_stands() {
    let (path, message, hint) = one(json!("ls -l | wc"));
    assert_eq!((path.as_str(), message.as_str()), ("", "This is not a command"));
    assert!(hint.is_some_and(|hint| hint.contains("no shell reads them")));
    assert_eq!(one(json!({ "argv": [] })).1, "This command has no program");
    assert_eq!(one(json!({})).1, "The field \"argv\" is missing");
    let (path, message, hint) = one(json!({ "argv": ["a"], "stdot": "text" }));
    assert_eq!((path.as_str(), message.as_str()), (".stdot", "\"stdot\" is not a field of a command"));
    assert_eq!(hint.as_deref(), Some("did you mean \"stdout\"?"));
    let (path, message, hint) = one(json!({ "argv": ["a"], "stdout": "txt" }));
    assert_eq!((path.as_str(), message.as_str()), (".stdout", "\"txt\" is not known here"));
    assert_eq!(hint.as_deref(), Some("did you mean \"text\"?"));
    for (command, at, says) in [
        (json!({ "argv": [{ "jq": ".x" }] }), ".argv[0]", "The program itself cannot be computed"),
        (json!({ "argv": [" "] }), ".argv[0]", "This text is empty"),
        (json!({ "argv": ["a", 1] }), ".argv[1]", "This is not an argument"),
        (json!({ "argv": ["a", "b\u{0}"] }), ".argv[1]", "No argument can hold the character U+0000"),
        (json!({ "argv": ["a", { "jq": ".x |" }] }), ".argv[1].jq", "This is not a jq filter"),
        (
            json!({ "argv": ["a", { "jq": "." , "x": 1 }] }),
            ".argv[1].x",
            "is not a field of an argument that is computed",
        ),
        (json!({ "argv": ["a"], "env": ["A=1"] }), ".env[0]", "This is not the name of a variable"),
        (json!({ "argv": ["a"], "env": ["A", "A"] }), ".env[1]", "stands twice"),
        (json!({ "argv": ["a"], "env": { "A": 1 } }), ".env.A", "This is not a value of a variable"),
        (json!({ "argv": ["a"], "env": { "1A": "x" } }), ".env.1A", "This name is not one of a variable"),
        (json!({ "argv": ["a"], "env": "A" }), ".env", "This names no variables"),
        (json!({ "argv": ["a"], "max_output": 0 }), ".max_output", "0 does not work here"),
        (json!({ "argv": ["a"], "max_output": 999_999_999 }), ".max_output", "more than a command may write"),
        (json!({ "argv": ["a"], "cwd": 1 }), ".cwd", "This is a number"),
    ] {
        let (path, message, _) = one(command.clone());
        assert_eq!(path, at, "{command}: {message}");
        assert!(message.contains(says), "{command}: {message}");
    }
}

#[test]
fn a_command_is_of_high_risk_unless_its_tool_says_otherwise() {
    for (risk, expected) in [(None, "high"), (Some("low"), "low")] {
        let mut tool = json!({ "outputs": ["a"], "run": { "command": { "argv": ["a"] } } });
        if let Some(risk) = risk {
            tool["risk"] = json!(risk);
        }
        let goal = json!({ "version": 1, "goal": "g", "tools": { "t": tool } });
        let goal = goal_file::parse(&goal.to_string(), "g.json", None).unwrap();
        assert_eq!(goal.tools["t"].risk.word(), expected);
        assert_eq!(goal.tools["t"].timeout_ms, Some(60_000));
    }
}
