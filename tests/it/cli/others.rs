//! The other subcommands: plan, check, replay, new, samples, sessions, schema, completions, help.

use crate::support::program::{Folder, Ran, TICKETS, all, steps};
use serde_json::{Value, json};

fn tickets() -> Folder {
    let folder = Folder::new();
    folder.write("goal.json", TICKETS);
    folder
}

#[test]
fn plan_shows_the_plan_and_runs_and_writes_nothing() {
    let folder = tickets();
    let (status, plan) = folder.json(&["plan", "goal.json"]);
    assert_eq!((status, &plan["status"], plan["cost"].as_f64()), (0, &json!("planned"), Some(4.0)));
    let pending = ["load", "count", "top", "report"].map(|tool| (tool.to_string(), "pending".to_string()));
    assert_eq!(steps(&plan["plan"]), pending);
    for (format, begins) in [("text", "  ○ s1"), ("mermaid", "flowchart"), ("dot", "digraph")] {
        let ran = folder.run(&["plan", "goal.json", "--format", format]);
        assert!(ran.status == 0 && ran.out.starts_with(begins), "{}", ran.out);
        for tool in ["load", "count", "top", "report"] {
            assert!(ran.out.contains(tool), "{tool} in {}", ran.out);
        }
    }
    assert!(folder.sessions().is_empty());
}

#[test]
fn plan_names_every_link_of_why_there_is_none() {
    let folder = Folder::new();
    folder.write(
        "goal.json",
        r#"{"version": 1, "goal": "Get there", "wants": {"a": "true"}, "tools": {
            "make_a": {"description": "Make a", "inputs": ["b"], "outputs": ["a"], "run": {"jq": ".b"}},
            "make_b": {"description": "Make b", "inputs": ["c"], "outputs": ["b"], "run": {"jq": ".c"}}}}"#,
    );
    let (status, plan) = folder.json(&["plan", "goal.json"]);
    assert_eq!((status, &plan["status"], &plan["plan"]), (3, &json!("unreachable"), &json!([])));
    let said = format!("{}{}", plan["why"], plan["reasons"]);
    for name in ["a", "make_a", "b", "make_b", "c"] {
        assert!(said.contains(name), "{name} in {said}");
    }
    let keys: Vec<&Value> = all(&plan["reasons"], "key");
    assert!(keys.contains(&&json!("c")), "{}", plan["reasons"]);
    let ran = folder.run(&["plan", "goal.json"]);
    assert_eq!(ran.status, 3);
    assert!(ran.out.starts_with("no plan: "), "{}", ran.out);
}

#[test]
fn check_gives_the_headline_and_the_next_fix() {
    let folder = tickets();
    let (status, check) = folder.json(&["check", "goal.json"]);
    assert_eq!((status, &check["headline"]), (0, &json!("The plan is now basically executable.")));
    folder.write("plan.json", r#"[{"tool": "count"}, {"tool": "load"}, {"tool": "top"}, {"tool": "report"}]"#);
    let (status, check) = folder.json(&["check", "goal.json", "--plan", "plan.json"]);
    assert_eq!((status, &check["headline"]), (0, &json!("First define the execution order.")));
    assert!(check["next_fix"].as_str().unwrap().contains("tickets"), "{}", check["next_fix"]);
    let ran = folder.run(&["check", "goal.json", "--plan", "plan.json"]);
    assert!(ran.out.starts_with("First define the execution order.\n"), "{}", ran.out);
    assert!(ran.out.contains("next fix: "), "{}", ran.out);
}

#[test]
fn check_lists_all_faults_of_a_file() {
    let folder = Folder::new();
    folder.write("goal.json", r#"{"version": 1, "gaol": "x", "wants": {"a": 1}, "tools": {}}"#);
    let (status, check) = folder.json(&["check", "goal.json"]);
    assert_eq!(status, 1);
    let faults = check["faults"].as_array().unwrap();
    assert!(faults.len() >= 2, "{faults:?}");
    assert!(
        faults.iter().all(|fault| fault["line"].is_u64() && fault["column"].is_u64() && fault["message"].is_string())
    );
    let ran = folder.run(&["check", "goal.json"]);
    assert_eq!((ran.status, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("goal.json:1:"), "{}", ran.err);
}

#[test]
fn replay_says_what_the_run_said_and_runs_nothing() {
    let folder = tickets();
    let (_, run) = folder.json(&["run", "goal.json", "--scenario", "Late tickets", "--session", "s.jsonl"]);
    let before = std::fs::read(folder.path("s.jsonl")).unwrap();
    let (status, replay) = folder.json(&["replay", "s.jsonl"]);
    assert_eq!(status, 0);
    assert_eq!(replay, run);
    assert_eq!(std::fs::read(folder.path("s.jsonl")).unwrap(), before);
    let total = run["trace"].as_array().unwrap().len();
    for to in 1..=total {
        let to = to.to_string();
        let (status, part) = folder.json(&["replay", "s.jsonl", "--to", &to]);
        assert_eq!((status, part["trace"].as_array().unwrap().len().to_string()), (0, to));
    }
    let ran = folder.run(&["replay", "s.jsonl", "--to", "9999"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains(&format!("1 to {total}")), "{}", ran.err);
}

#[test]
fn sessions_lists_the_newest_first_and_how_each_stands() {
    let folder = tickets();
    let ran = folder.run(&["sessions"]);
    assert_eq!((ran.status, ran.out.starts_with("no sessions")), (0, true));
    folder.write("plan.json", r#"["Ask somebody"]"#);
    assert_eq!(folder.run(&["run", "goal.json"]).status, 0);
    std::thread::sleep(std::time::Duration::from_millis(20));
    assert_eq!(folder.run(&["run", "plan.json"]).status, 4);
    let (status, sessions) = folder.json(&["sessions"]);
    assert_eq!(status, 0);
    let standing: Vec<&str> =
        sessions.as_array().unwrap().iter().map(|session| session["status"].as_str().unwrap()).collect();
    assert_eq!(standing, ["interrupted", "reached"]);
    assert_eq!(sessions[1]["goal"], "Say which tickets come most");
    let (_, replay) = folder.json(&["replay", sessions[1]["session"].as_str().unwrap()]);
    assert_eq!(sessions[1]["events"], replay["trace"].as_array().unwrap().len());
}

#[test]
fn every_sample_runs_and_can_be_copied() {
    let folder = Folder::new();
    let (status, samples) = folder.json(&["samples"]);
    assert_eq!(status, 0);
    let names: Vec<&str> = samples.as_array().unwrap().iter().map(|sample| sample["name"].as_str().unwrap()).collect();
    assert!(names.len() >= 4, "{names:?}");
    for name in names {
        let ran = folder.run(&["new", name, "--from", name]);
        assert_eq!(ran.status, 0, "{}", ran.err);
        let (a, b) = (folder.run(&["run", name]), folder.run(&["run", &format!("{name}.json")]));
        assert_eq!((a.status, &a.out), (b.status, &b.out), "{name}");
        // Who asks a person waits for the answer.
        let asks = a.status == 4 && a.out.contains("waits for an answer");
        assert!(a.status == 0 || asks, "{name}: {}", a.out);
    }
}

#[test]
fn new_writes_a_goal_that_runs_and_overwrites_nothing() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["new", "mine"]).status, 0);
    let ran = folder.run(&["run", "mine.json"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.out.ends_with("Hello, World!\n"), "{}", ran.out);
    let (_, run) = folder.json(&["run", "mine.json", "--scenario", "It is somebody else"]);
    assert_eq!((&run["context"]["greeting"], &run["unused"]), (&json!("Hello, Ada!"), &json!([])));
    folder.write("mine.json", "precious");
    let ran = folder.run(&["new", "mine"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("mine.json exists already"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(folder.path("mine.json")).unwrap(), "precious");
    let ran = folder.run(&["new", "other", "--from", "customer_support_reprt"]);
    assert!(ran.status == 2 && ran.err.contains("Did you mean customer_support_report?"), "{}", ran.err);
}

#[test]
fn schema_and_completions_and_help_say_what_exists() {
    let folder = Folder::new();
    let schema: Value = serde_json::from_str(&folder.run(&["schema"]).out).unwrap();
    assert!(schema["properties"]["tools"].is_object(), "{schema}");
    for shell in ["bash", "zsh", "fish"] {
        assert!(folder.run(&["completions", shell]).out.contains("planscope"));
    }
    let help = folder.run(&["--help"]);
    assert_eq!((help.status, help.err.as_str()), (0, ""));
    for command in [
        "run",
        "plan",
        "check",
        "compare",
        "replay",
        "learn",
        "export",
        "resume",
        "trust",
        "new",
        "samples",
        "sessions",
        "schema",
        "completions",
    ] {
        assert!(help.out.contains(&format!("  {command} ")), "{command} in {}", help.out);
    }
}

#[test]
fn a_recorded_session_keeps_its_strategy_however_its_file_is_named() {
    let folder = Folder::new();
    folder.write("goal.json", TICKETS);
    assert_eq!(folder.run(&["run", "goal.json", "--session", "s.jsonl"]).status, 0);
    for named in [&["s.jsonl"][..], &["--session", "s.jsonl"], &["s.jsonl", "--present"]] {
        let ran = folder.run(&[named, &["--strategy", "react"]].concat());
        // With --session alone the command line itself knows that a new session needs a goal.
        let why = if named[0] == "--session" { "<GOAL>" } else { "--strategy is for a new session" };
        assert!(ran.status == 2 && ran.err.contains(why), "{named:?}: {}", ran.err);
    }
}

#[test]
fn what_is_wrong_alike_in_many_places_is_said_a_few_times_and_each_place_once() {
    let folder = Folder::new();
    let tool = |at: usize| {
        let inputs: Vec<String> = (at > 0).then(|| format!("made_{}", at - 1)).into_iter().collect();
        json!({ "description": format!("Make part {at}"), "inputs": inputs, "outputs": [format!("made_{at}")],
                "run": { "value": at } })
    };
    let tools: serde_json::Map<String, Value> = (0..20).map(|at| (format!("make_{at}"), tool(at))).collect();
    let goal = json!({ "version": 1, "goal": "Make it", "wants": { "made_19": "true" }, "tools": tools });
    folder.write("goal.json", goal.to_string());
    let said = folder.run(&["check", "goal.json"]).out;
    assert_eq!(said.matches("nothing checks what step").count(), 8 + 1, "eight, and the next fix: {said}");
    assert!(said.contains("  … and 11 more like this one (--format json has them all)"), "{said}");
    let (_, all) = folder.json(&["check", "goal.json"]);
    assert_eq!(all["findings"].as_array().unwrap().len(), 19);
    // What the checklist says of a place, the walk through the plan does not say again.
    let plan = json!([{ "tool": "make_1" }, { "tool": "make_0" }, { "tool": "bake", "description": "Bake the cake" }]);
    folder.write("plan.json", plan.to_string());
    let said = folder.run(&["check", "goal.json", "--plan", "plan.json"]).out;
    for place in ["made_0", "bake"] {
        let lines = said.lines().filter(|line| line.starts_with("  ") && line.contains(place)).count();
        assert_eq!(lines, 1, "{place}: {said}");
    }
}

#[test]
fn a_goal_comes_on_standard_input_too() {
    use std::io::Write as _;
    use std::process::Stdio;
    let folder = Folder::new();
    let piped = |arguments: &[&str], text: &str| {
        let mut command = folder.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        Ran::of(child.wait_with_output().unwrap())
    };
    let checked = piped(&["check", "-"], TICKETS);
    assert!(checked.status == 0 && checked.out.contains("basically executable"), "{} {}", checked.out, checked.err);
    let planned = piped(&["plan", "-"], TICKETS);
    assert!(planned.status == 0 && planned.out.contains("s1  load"), "{} {}", planned.out, planned.err);
    let ran = piped(&["run", "-"], TICKETS);
    assert!(ran.status == 0 && ran.out.contains("3 tickets, mostly refund."), "{} {}", ran.out, ran.err);
    let trusted = piped(&["trust", "-"], TICKETS);
    assert!(trusted.status == 2 && trusted.err.contains("`planscope run - --trust`"), "{}", trusted.err);
    let faulty = piped(&["check", "-"], "{");
    assert!(faulty.status == 1 && faulty.err.contains("--> standard input:1:1"), "{}", faulty.err);
}
