//! A session of real programs, written down as a goal file that steps the same without any of them.

use serde_json::{Value, json};

use crate::support::program::{Folder, steps};

/// Programs that load (flaky at first), count and look; a person who is asked; a loop; and what only computes.
fn goal() -> Value {
    let sh = |script: &str| json!({ "command": { "argv": ["sh", "-c", script] } });
    json!({
        "version": 1, "goal": "Say which tickets come most", "wants": { "report": "length > 0" },
        "context": { "week": "2026-W47", "token": "ghp_abcdefghijklmnopqrstuvwxyz0123456789" },
        "tools": {
            "load": {
                "description": "Load the tickets", "inputs": ["week", "token"], "outputs": ["tickets"], "retries": 2,
                "summary": "\"Loaded \\(.tickets | length)\"",
                "run": sh("echo to stderr in $HOME >&2; test -e was || { touch was; echo down >&2; exit 7; }; echo '[\"refund\", \"refund\", \"late\"]'")
            },
            "count": {
                "description": "Count the tickets", "inputs": ["tickets"], "outputs": ["number", "first"],
                "requires": { "there are tickets": ".tickets | length > 0" },
                "run": sh("tr -cd , | wc -c | awk '{ printf \"{\\\"number\\\": %d, \\\"first\\\": \\\"refund\\\"}\", $1 + 1 }'")
            },
            "look": { "description": "Look one up", "inputs": ["first"], "outputs": ["found"], "run": sh("echo '{\"cause\": \"rain\"}'") },
            "search": {
                "description": "Find the cause", "inputs": ["first"], "outputs": ["found"],
                "run": { "explore": { "tools": ["look"], "until": ".found.cause | length > 0" } }
            },
            "ask_tone": { "description": "Ask for the tone", "outputs": ["tone"], "run": { "ask": { "question": "Which tone?" } } },
            "never": { "description": "Nobody calls this", "inputs": ["tone"], "outputs": ["unused"], "run": sh("echo 1") },
            "report": {
                "description": "Write the report", "inputs": ["number", "found", "tone"], "outputs": ["report"],
                "run": { "jq": "\"\\(.number) tickets, \\(.found.cause), \\(.tone)\"" }
            }
        },
        "scenarios": [{ "name": "Late tickets", "after": "count", "set": { "tickets": ["late", "late"] } }]
    })
}

const PLAYED: &[&str] = &["--strategy", "hybrid", "--scenario", "Late tickets", "--answer", "ask_tone=\"dry\""];

/// Runs the goal, and returns the document and the folder with its recording alone.
fn recorded() -> (Value, Folder, String) {
    let folder = Folder::new();
    folder.write("goal.json", goal().to_string());
    let run = ["run", "goal.json", "--trust", "--approve", "all", "--session", "s.jsonl"];
    let (status, document) = folder.json(&[&run[..], PLAYED].concat());
    assert_eq!(status, 0, "{document:#}");
    let made = folder.run(&["new", "--from-session", "s.jsonl", "--out", "shared.json"]);
    assert_eq!(made.status, 0, "{}", made.err);
    let elsewhere = Folder::new();
    elsewhere.write("shared.json", std::fs::read(folder.path("shared.json")).unwrap());
    (document, elsewhere, made.out)
}

fn kinds(document: &Value) -> Vec<&str> {
    let kinds = document["trace"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap());
    // Who says that programs may be started has nothing to say here.
    kinds.filter(|kind| *kind != "trusted").collect()
}

#[test]
fn a_recording_steps_the_same_with_none_of_the_tools_and_no_trust() {
    let (document, folder, said) = recorded();
    for says in ["5 tools answer from the record (5 calls)", "never called, so refused there: never", "needs no trust"]
    {
        assert!(said.contains(says), "{says}: {said}");
    }
    let line = said.lines().find_map(|line| line.split_once("the same again: planscope ")).unwrap().1;
    assert!(line.contains("--scenario 'Late tickets'"), "{line}");
    let played = &["run", "shared.json", "--strategy", "hybrid", "--scenario", "Late tickets", "--format", "json"];
    // No program of any name can be found.
    let output = folder.command(played).env("PATH", "/nowhere").output().unwrap();
    let again: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{again:#}");
    assert_eq!(again["status"], "reached");
    assert_eq!(steps(&again["plan"]), steps(&document["plan"]));
    assert_eq!(kinds(&again), kinds(&document));
    assert_eq!(again["replans"], document["replans"]);
    let mut context = document["context"].clone();
    context["token"] = json!("«secret:github token»");
    assert_eq!(again["context"], context);
    let finished = again["trace"].as_array().unwrap().iter().filter(|event| event["kind"] == "finished");
    let marks: Vec<&str> = finished.filter_map(|event| event["mark"].as_str()).collect();
    assert!(marks.contains(&"recorded"), "{marks:?}");
}

#[test]
fn what_was_never_asked_is_refused_by_name_and_nothing_is_made_up() {
    let (_, folder, _) = recorded();
    for (inject, says) in [
        (
            "load:tickets=[\"other\"]",
            "count was never called with these inputs when this was recorded (tickets is another than in 2 calls), so nobody knows what it gives; give number and first by hand",
        ),
        (
            "start:first=\"address\"",
            "look was never called with these inputs when this was recorded (first is another than in the one call)",
        ),
    ] {
        let (status, document) =
            folder.json(&["run", "shared.json", "--strategy", "hybrid", "--inject", inject, "--replan", "never"]);
        assert_eq!(status, 3, "{document:#}");
        assert!(document.to_string().contains(says), "{says}: {document:#}");
    }
    let goal = std::fs::read_to_string(folder.path("shared.json")).unwrap();
    let mut goal: Value = serde_json::from_str(&goal).unwrap();
    goal["wants"] = json!({ "unused": "true" });
    folder.write("shared.json", goal.to_string());
    let (_, document) = folder.json(&["run", "shared.json", "--replan", "never"]);
    let says = "never was never called when this was recorded, so nobody knows what it gives; give unused by hand";
    assert!(document.to_string().contains(says), "{document:#}");
}

#[test]
fn secrets_and_the_home_folder_are_not_in_it() {
    let (_, folder, _) = recorded();
    let text = std::fs::read_to_string(folder.path("shared.json")).unwrap();
    assert!(!text.contains("ghp_") && text.contains("«secret:github token»"), "{text}");
    assert!(text.contains("to stderr in"), "{text}");
    assert!(!text.contains("risk") && !text.contains("\"command\": {"), "{text}");
}

#[test]
fn a_tool_that_came_to_different_things_does_so_again_in_order() {
    let folder = Folder::new();
    let mut goal = goal();
    goal["wants"] = json!({ "tickets": "length > 3" });
    goal["tools"]["load"]["retries"] = json!(2);
    goal["tools"]["load"]["ensures"] = json!({ "more": ".tickets | length > 3" });
    let script =
        "echo x >> n; n=$(wc -l < n); test $n -gt 2 || exit 1; test $n -gt 3 && echo '[1,2,3,4]' || echo '[1]'";
    goal["tools"]["load"]["run"]["command"]["argv"][2] = json!(script);
    folder.write("goal.json", goal.to_string());
    let run = ["--session", "s.jsonl", "--trust", "--approve", "all"];
    // Two failures and a value that is refuted; then a person has it run again.
    assert_eq!(folder.run(&[&["run", "goal.json"][..], &run].concat()).status, 3);
    let (status, document) = folder.json(&["run", "--session", "s.jsonl", "--trust", "--approve", "all", "--retry"]);
    assert_eq!(status, 0, "{document:#}");
    assert_eq!(folder.run(&["new", "shared", "--from-session", "s.jsonl"]).status, 0);
    assert_eq!(folder.run(&["run", "shared.json", "--session", "again.jsonl"]).status, 3);
    let (status, again) = folder.json(&["run", "--session", "again.jsonl"]);
    assert_eq!((status, &again["context"]["tickets"]), (0, &json!([1, 2, 3, 4])), "{again:#}");
    let errors = |document: &Value| {
        let trace = document["trace"].as_array().unwrap().clone();
        trace.iter().filter_map(|event| event["error"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(errors(&again), errors(&document));
}

#[test]
fn steps_without_a_tool_answer_as_the_person_did() {
    let folder = Folder::new();
    folder.write("plan.json", r#"["Ask Ada", {"id": "b", "description": "Ask Bob", "to": {"x": "bob"}}]"#);
    let answers = ["--answer", "Ask Ada=\"yes\"", "--answer", "b={\"n\": 1}"];
    let (status, document) = folder.json(&[&["run", "plan.json", "--session", "s.jsonl"][..], &answers].concat());
    assert_eq!(document["context"], json!({ "s1": "yes", "bob": { "n": 1 } }), "{status} {document:#}");
    let made = folder.run(&["new", "--from-session", "s.jsonl"]);
    assert!(made.out.contains("2 steps that you answered"), "{}{}", made.out, made.err);
    let (_, again) = folder.json(&["run", "s-recording.json"]);
    assert_eq!(again["context"], document["context"]);
}

#[test]
fn nothing_that_exists_is_overwritten_and_what_is_no_session_is_named() {
    let (_, folder, _) = recorded();
    folder.write("no.jsonl", "{}\n");
    let ran = folder.run(&["new", "--from-session", "no.jsonl"]);
    assert!(ran.status == 1 && ran.err.contains("no.jsonl"), "{}", ran.err);
    folder.write("plan.json", "[\"Ask Ada\"]");
    folder.run(&["run", "plan.json", "--session", "s.jsonl"]);
    let ran = folder.run(&["new", "shared.json", "--from-session", "s.jsonl"]);
    assert!(ran.status == 1 && ran.err.contains("shared.json exists already"), "{}", ran.err);
    assert_eq!(folder.run(&["new"]).status, 2);
}
