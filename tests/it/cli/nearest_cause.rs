//! What went wrong is said by its nearest cause, in the tool's own words, however a goal is run.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::program::Folder;

fn goal(wants: Value, context: Value, tools: Value, plan: Option<Value>) -> String {
    let mut goal = json!({ "version": 1, "goal": "Make it", "wants": wants, "context": context, "tools": tools });
    if let Some(plan) = plan {
        goal["plan"] = plan;
    }
    goal.to_string()
}

fn folder(goal: &str) -> Folder {
    let folder = Folder::new();
    folder.write("goal.json", goal);
    folder
}

fn why(folder: &Folder, more: &[&str]) -> (i32, String) {
    let (status, run) = folder.json(&[&["run", "goal.json"], more].concat());
    (status, run["why"].as_str().unwrap_or_default().to_owned())
}

/// `look` runs after `boom` and has nothing to do with it.
fn unrelated() -> String {
    let tools = json!({
        "one": { "description": "Make x of a", "inputs": ["a"], "outputs": ["x"], "run": { "jq": ".a" } },
        "look": { "description": "Look at a", "inputs": ["a"], "outputs": ["seen"], "run": { "jq": ".a" } },
        "boom": { "description": "Make y", "inputs": ["x"], "outputs": ["y"], "run": { "jq": "error(\"disk full\")" } },
        "z": { "description": "Make z of y", "inputs": ["y"], "outputs": ["z"], "run": { "jq": ".y" } },
    });
    let plan = json!([{ "tool": "one" }, { "tool": "boom" }, { "tool": "look" }, { "tool": "z" }]);
    goal(json!({ "z": "true" }), json!({ "a": 1 }), tools, Some(plan))
}

#[test]
fn a_failure_is_the_reason_however_the_goal_is_run() {
    let folder = folder(&unrelated());
    for more in [
        &["--replan", "on-deviation"][..],
        &["--replan", "on-failure"],
        &["--replan", "never"],
        &["--strategy", "react"],
        &["--strategy", "react-planner"],
    ] {
        let (status, why) = why(&folder, more);
        assert_eq!(status, 3, "{more:?}: {why}");
        let said = why.strip_prefix("blocked: ").unwrap_or(&why);
        assert!(said.starts_with("boom failed (") && said.contains("disk full"), "{more:?}: {why}");
        assert!(!why.contains("look"), "{more:?}: {why}");
    }
}

fn gate(finish: bool) -> String {
    let mut tools = json!({
        "make": { "description": "Make x", "outputs": ["x"], "run": { "value": 1 } },
        "gate": { "description": "Release x", "inputs": ["x", "mode"], "outputs": ["y"],
            "requires": { "it is final": ".mode == \"final\"" }, "run": { "jq": ".x" } },
    });
    if finish {
        tools["finish"] = json!({ "description": "Finish it", "outputs": ["mode"], "run": { "value": "final" } });
    }
    goal(json!({ "y": "true" }), json!({ "mode": "draft" }), tools, None)
}

#[test]
fn a_gate_that_is_false_already_is_planned_around_or_named() {
    for dial in ["on-deviation", "on-failure", "every-step", "never"] {
        let (status, said) = why(&folder(&gate(false)), &["--replan", dial]);
        assert_eq!(status, 3, "{dial}");
        assert!(said.contains("gate requires \"it is final\"") && said.contains("mode = \"draft\""), "{dial}: {said}");
        assert!(!said.contains("circle"), "{dial}: {said}");
        let (status, said) = why(&folder(&gate(true)), &["--replan", dial]);
        assert_eq!((status, &*said), (0, ""), "{dial}");
    }
}

#[test]
fn a_slip_in_the_file_is_named_with_the_nearest_name_whoever_decides() {
    let tools = json!({
        "one": { "description": "Make sum of a", "inputs": ["a"], "outputs": ["south_total"], "run": { "jq": ".a" } },
        "two": { "description": "Make z", "inputs": ["total"], "outputs": ["z"], "run": { "jq": ".total" } },
    });
    let plan = json!([{ "tool": "one" }, { "tool": "two", "with": { "total": "south_totals" } }]);
    let folder = folder(&goal(json!({ "z": "true" }), json!({ "a": 1 }), tools, Some(plan)));
    for more in [&["--strategy", "plan-and-execute"][..], &["--strategy", "react-planner"]] {
        let (status, why) = why(&folder, more);
        assert_eq!(status, 3, "{more:?}");
        assert!(why.contains("did you mean south_total?"), "{more:?}: {why}");
    }
    let check = folder.run(&["check", "goal.json"]);
    let said = format!("{}{}", check.out, check.err);
    assert!(said.contains("(did you mean \"south_total\"?)"), "{said}");
}

#[test]
fn a_loop_that_cannot_be_decided_says_so_first() {
    let tools = json!({
        "e": { "description": "Explore x", "inputs": ["x"], "outputs": ["y"],
            "run": { "explore": { "tools": ["l"], "until": "error(\"boom\")", "budget": 3 } } },
        "l": { "description": "Look at x", "inputs": ["x"], "outputs": ["y"], "run": { "jq": ".x" } },
    });
    let ran = folder(&goal(json!({ "y": "true" }), json!({ "x": 1 }), tools, None)).run(&["run", "goal.json"]);
    assert_eq!(ran.status, 0, "the tool alone is enough: {}", ran.out);
    assert!(ran.out.contains("s1 e: error(\"boom\") cannot be decided (boom)"), "{}", ran.out);
}

#[test]
fn a_failure_that_nothing_needs_any_more_is_not_said_to_be_needed() {
    let tools = json!({
        "t1": { "description": "a to b", "inputs": ["a"], "outputs": ["b"], "run": { "jq": ".a" } },
        "t2": { "description": "b to b2", "inputs": ["b"], "outputs": ["b2"], "run": { "jq": "error(\"boom\")" } },
        "t3": { "description": "b2 to c", "inputs": ["b2"], "outputs": ["c"], "run": { "jq": ".b2" } },
        "t4": { "description": "c to d", "inputs": ["c"], "outputs": ["d"], "run": { "jq": ".c" } },
    });
    let folder = folder(&goal(json!({ "d": ". > 0" }), json!({ "a": 1 }), tools, None));
    for dial in ["on-deviation", "on-failure", "never"] {
        let (status, run) = folder.json(&["run", "goal.json", "--inject", "t1:c=5", "--replan", dial]);
        assert_eq!(status, 0, "{dial}: {run}");
        assert!(!run.to_string().contains("still needed"), "{dial}: {run}");
    }
}

#[test]
fn a_wanted_value_may_hold_an_empty_object() {
    for value in [json!({}), json!([{}]), json!({ "a": {}, "b": [{ "c": {} }] })] {
        let tools = json!({ "t": { "description": "Make y", "outputs": ["y"], "run": { "value": value } } });
        let folder = folder(&goal(json!({ "y": "true" }), json!({}), tools, None));
        for command in ["run", "compare"] {
            let ran = folder.run(&[command, "goal.json"]);
            assert_eq!(ran.status, 0, "{command} {value}: {}", ran.err);
        }
    }
}

#[test]
fn what_a_person_typed_is_said_back_short_and_harmless() {
    let long = "a".repeat(300_000);
    let mut document: Value = serde_json::from_str(&unrelated()).unwrap();
    document[&long] = json!(1);
    let folder = folder(&document.to_string());
    let ran = folder.run(&["run", "goal.json"]);
    assert!(ran.status == 1 && ran.err.len() < 20_000, "{} bytes", ran.err.len());
    folder.write("good.json", unrelated());
    let asked = format!("start:{}=1", "b".repeat(60_000));
    let ran = folder.run(&["run", "good.json", "--inject", &asked]);
    assert!(ran.err.len() < 20_000, "{} bytes", ran.err.len());
    if cfg!(unix) {
        let ran = folder.run(&["new", "\u{1b}]0;x\u{7}\u{202e}"]);
        assert!(!ran.out.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{:?}", ran.out);
        assert!(!Path::new("goal.schema.json").exists());
    }
}

#[test]
fn a_requirement_that_names_no_input_is_decided_as_any_other() {
    let tools = |gate: &str| {
        json!({
            "shut": { "description": "Make y", "inputs": ["x"], "outputs": ["y"], "run": { "jq": ".x" },
                      "requires": { "gate": gate } },
            "make": { "description": "Make x", "outputs": ["x"], "run": { "value": 1 } },
        })
    };
    for (gate, met) in [("false", false), ("1 == 2", false), ("1 == 1", true)] {
        let folder = folder(&goal(json!({ "y": "true" }), json!({}), tools(gate), None));
        for more in [&[][..], &["--strategy", "react"], &["--strategy", "react-planner"], &["--replan", "never"]] {
            let (status, why) = why(&folder, more);
            assert_eq!(status, if met { 0 } else { 3 }, "{gate} {more:?}: {why}");
            // Who decides action by action has to try it.
            let first = why.split("circle").next().unwrap_or_default();
            assert!(
                met || (first.contains("shut requires \"gate\"") && !why.contains("report this")),
                "{more:?}: {why}"
            );
        }
    }
}
