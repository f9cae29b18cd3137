//! Tools of kind `program`: one process for a session, asked call by call, ended with it.

use serde_json::{Value, json};

use super::planner::asked;
use super::wait_until;
use crate::support::program::Folder;

/// Two tools of one program, whose script this is.
fn goal(script: &str) -> Value {
    let tool = |inputs: Value, output: &str| {
        json!({
            "description": format!("Make {output}"), "inputs": inputs, "outputs": [output], "retries": 0,
            "run": { "program": { "command": ["sh", "-c", script], "env": { "GREETING": "hello" } } }
        })
    };
    json!({
        "version": 1, "goal": "Make both", "wants": { "b": "true" }, "context": { "word": "one" },
        "tools": { "make_a": tool(json!(["word"]), "a"), "make_b": tool(json!(["a"]), "b") }
    })
}

fn run(folder: &Folder, goal: &Value) -> (i32, Value) {
    folder.write("goal.json", goal.to_string());
    let _ = std::fs::remove_file(folder.path("s.jsonl"));
    folder.json(&["run", "goal.json", "--trust", "--approve", "all", "--session", "s.jsonl"])
}

fn result(value: &str) -> String {
    format!("printf '{{\"id\":%s,\"result\":%s}}\\n' \"$id\" {value}")
}

#[test]
fn one_process_answers_all_calls_of_a_session_and_ends_with_it() {
    let folder = Folder::new();
    let script = format!(
        "echo $$ > leader; {}",
        asked(&format!("n=$((n+1)); printf '%s\\n' \"$l\" >> told; {}", result("\"[$n,$$]\"")))
    );
    let (status, document) = run(&folder, &goal(&script));
    assert_eq!(status, 0, "{document:#}");
    let (a, b) = (&document["context"]["a"], &document["context"]["b"]);
    assert_eq!((&a[0], &b[0], &a[1]), (&json!(1), &json!(2), &b[1]), "the same process");
    #[cfg(target_os = "linux")]
    wait_until("it is gone", || !super::lives(&folder, "leader"));
    let told = std::fs::read_to_string(folder.path("told")).unwrap();
    let told: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (&told[0]["verb"], &told[0]["tool"], &told[0]["inputs"]),
        (&json!("call"), &json!("make_a"), &json!({ "word": "one" }))
    );
    let ran = document["trace"].as_array().unwrap().iter().find(|event| event["kind"] == "finished").unwrap();
    assert_eq!(ran["ran"]["argv"][0], "sh");
    // The next session has one of its own.
    let (_, again) = run(&folder, &goal(&script));
    assert_eq!(again["context"]["a"][0], 1);
    assert_ne!(again["context"]["a"][1], *a.get(1).unwrap());
}

#[test]
fn one_that_ended_between_calls_is_started_again_and_one_that_went_wrong_too() {
    let folder = Folder::new();
    let once = asked(&format!("{}; exit 0", result("\"$$\"")));
    let (status, document) = run(&folder, &goal(&once));
    assert_eq!(status, 0, "{document:#}");
    assert_ne!(document["context"]["a"], document["context"]["b"], "another process");
    let mut goal = goal(&asked(&format!("test -e was || {{ touch was; echo no; }}; {}", result("1"))));
    goal["tools"]["make_a"]["retries"] = json!(1);
    let (status, document) = run(&folder, &goal);
    assert_eq!(status, 0, "{document:#}");
    assert!(document["trace"].to_string().contains("sh wrote what is not JSON to its standard output"), "{document:#}");
}

#[test]
fn every_way_to_go_wrong_is_a_sentence() {
    for (body, says) in [
        ("printf '{\"id\":%s,\"error\":\"out of paper\"}\\n' $id".to_owned(), "out of paper"),
        ("printf '{\"id\":%s}\\n' $id".to_owned(), "sh answered with neither \"result\" nor \"error\" (a text)"),
        (
            "printf '{\"id\":%s,\"result\":1,\"error\":\"x\"}\\n' $id".to_owned(),
            "sh answered with a result and an error at once",
        ),
        (
            "printf '{\"id\":%s,\"result\":123456789012345678901234567890}\\n' $id".to_owned(),
            "sh wrote a number that cannot be kept",
        ),
        ("sleep 100".to_owned(), "sh did not answer within 400ms and was ended"),
        ("echo oh >&2; exit 4".to_owned(), "sh ended with status 4 before it answered: oh"),
    ] {
        let folder = Folder::new();
        let mut goal = goal(&asked(&body));
        goal["tools"]["make_a"]["timeout"] = json!("400ms");
        if !says.contains("400ms") {
            goal["tools"]["make_a"]["timeout"] = json!("20s");
        }
        let (_, document) = run(&folder, &goal);
        let error = super::why(&document);
        assert!(error.contains(says), "{body}: {error}");
    }
}

#[test]
fn it_is_told_nothing_of_the_environment_but_what_is_named_and_secrets_are_cut() {
    let folder = Folder::new();
    let mut goal = goal(&asked(&result("\"\\\"$GREETING $API_TOKEN $OTHER\\\"\"")));
    for tool in ["make_a", "make_b"] {
        goal["tools"][tool]["run"]["program"]["env"] = json!({ "GREETING": "hello", "API_TOKEN": true });
    }
    folder.write("goal.json", goal.to_string());
    let mut command = folder.command(&["run", "goal.json", "--trust", "--approve", "all", "--format", "json"]);
    let output = command.env("API_TOKEN", "hand-me-on").env("OTHER", "keep-me").output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["context"]["a"], json!("hello «secret:API_TOKEN» "), "{document:#}");
}

#[test]
fn what_is_wrong_in_the_goal_file_is_named_where_it_stands() {
    let folder = Folder::new();
    let mut goal = goal("cat");
    goal["tools"]["make_a"]["run"]["program"] = json!({ "command": [{ "jq": ".word" }], "stdout": "text" });
    goal["planner"] = json!({ "comand": ["x"] });
    folder.write("goal.json", goal.to_string());
    let ran = folder.run(&["check", "goal.json"]);
    for says in [
        "Nothing of this command line can be computed",
        "\"stdout\" is not a field of a program",
        "did you mean \"command\"?",
    ] {
        assert!(ran.out.contains(says) || ran.err.contains(says), "{says}: {}{}", ran.out, ran.err);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_of_it_survives_what_kills_the_program() {
    use std::process::Stdio;
    let folder = Folder::new();
    let script = "trap '' TERM; read l; echo $$ > leader; \
                  sh -c 'trap \"\" TERM; echo $$ > child; while :; do sleep 1; done' & while :; do sleep 1; done";
    folder.write("goal.json", goal(script).to_string());
    let arguments = ["run", "goal.json", "--trust", "--approve", "all", "--session", "s.jsonl"];
    let mut running = folder.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until("both are there", || super::lives(&folder, "leader") && super::lives(&folder, "child"));
    running.kill().unwrap();
    running.wait().unwrap();
    wait_until("nothing is left of it", || !super::lives(&folder, "leader") && !super::lives(&folder, "child"));
    let ran = folder.run(&["run", "--session", "s.jsonl", "--trust", "--approve", "all"]);
    assert!(ran.status == 4 && ran.out.contains("nobody knows how s1 make_a went"), "{}{}", ran.out, ran.err);
}

#[cfg(target_os = "linux")]
#[test]
fn what_it_has_started_is_ended_with_it_when_it_is_silent() {
    let folder = Folder::new();
    let script = "trap '' TERM; read l; sh -c 'trap \"\" TERM; echo $$ > child; while :; do sleep 1; done' & \
                  while :; do sleep 1; done";
    let mut goal = goal(script);
    goal["tools"]["make_a"]["timeout"] = json!("700ms");
    let (_, document) = run(&folder, &goal);
    assert_eq!(super::why(&document), "sh did not answer within 700ms and was ended");
    wait_until("its child is gone", || folder.path("child").exists() && !super::lives(&folder, "child"));
}
