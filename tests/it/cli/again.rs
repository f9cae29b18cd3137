//! Going on with a session without a screen: what is tried again, asked again, and what a slip in a name comes to.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::program::{Folder, Ran};

fn priced(plan: &Value) -> String {
    json!({
        "version": 1, "goal": "Send the invoice", "wants": { "sent": "true" }, "context": { "order": 10 },
        "tools": {
            "price": { "inputs": ["order"], "outputs": ["price"], "run": { "jq": ".order * 2" } },
            "split": { "inputs": ["price"], "outputs": ["net", "tax"], "run": { "jq": "{net: .price, tax: 1}" } },
            "send": { "inputs": ["net", "tax"], "outputs": ["sent"], "run": { "jq": "\"sent \\(.net)\"" } }
        },
        "plan": plan,
        "scenarios": [{ "name": "More", "after": "price", "set": { "order": 20 } }]
    })
    .to_string()
}

fn gated() -> Value {
    json!([{ "tool": "price", "approval": true }, { "tool": "split" }, { "tool": "send" }])
}

fn events(folder: &Folder) -> usize {
    std::fs::read_to_string(folder.path("s.jsonl")).expect("a session").lines().count()
}

#[test]
fn approve_all_does_not_stop_at_the_first_step_and_an_approval_is_for_these_inputs() {
    let folder = Folder::new();
    folder.write("goal.json", priced(&gated()));
    assert_eq!(folder.run(&["run", "goal.json", "--approve", "all"]).status, 0);
    let asked = folder.run(&["run", "goal.json", "--session", "s.jsonl"]);
    assert_eq!(asked.status, 4, "{}", asked.err);
    let (status, run) = folder.json(&["run", "--session", "s.jsonl", "--inject", "start:order=99"]);
    let why = run["why"].as_str().expect("a reason");
    assert!(status == 4 && why.contains("asks for approval first (with order 99)"), "{status} {why}");
    assert_eq!(folder.run(&["run", "--session", "s.jsonl", "--approve", "all"]).status, 0);
}

#[test]
fn a_gate_inside_a_loop_asks_like_any_other() {
    let folder = Folder::new();
    let goal = json!({
        "version": 1, "goal": "Mend it", "wants": { "mended": "true" }, "context": { "host": "web-1" },
        "tools": {
            "mend": {
                "inputs": ["host"], "outputs": ["mended"],
                "run": { "explore": { "tools": ["restart"], "until": ".mended == true", "budget": 6 } }
            },
            "restart": { "inputs": ["host"], "outputs": ["mended"], "risk": "high", "run": { "jq": "true" } }
        }
    });
    folder.write("goal.json", goal.to_string());
    assert_eq!(folder.run(&["run", "goal.json", "--approve", "all"]).status, 0);
    let (status, run) = folder.json(&["run", "goal.json", "--session", "s.jsonl"]);
    let why = run["why"].as_str().expect("a reason");
    assert!(status == 4 && why.starts_with("s1.1 restart asks for approval first"), "{status} {why}");
    assert_eq!(folder.run(&["run", "--session", "s.jsonl"]).status, 4);
    assert_eq!(folder.run(&["run", "--session", "s.jsonl", "--approve", "all"]).status, 0);
}

fn reading() -> Folder {
    let folder = Folder::new();
    let goal = json!({
        "version": 1, "goal": "Count the orders", "wants": { "line": "true" },
        "tools": {
            "who": { "outputs": ["who"], "run": { "ask": { "question": "Who?" } } },
            "load": { "outputs": ["orders"], "run": { "file": "data/orders.json" } },
            "count": { "inputs": ["orders", "who"], "outputs": ["line"], "run": { "jq": "\"\\(.orders | length)\"" } }
        },
        "plan": [{ "tool": "who" }, { "tool": "load" }, { "tool": "count" }]
    });
    folder.write("here/goal.json", goal.to_string());
    folder
}

#[test]
fn what_only_computes_is_tried_again_once_a_call() {
    let folder = reading();
    let answer = ["--answer", "who=\"me\""];
    let first = [&["run", "here/goal.json", "--session", "s.jsonl"], &answer[..]].concat();
    assert_eq!(folder.run(&first).status, 3);
    let attempts =
        |run: &Value| run["plan"].as_array().map(|plan| plan.iter().filter(|s| s["status"] == "failed").count());
    let (status, run) = folder.json(&["run", "--session", "s.jsonl"]);
    assert_eq!((status, attempts(&run)), (3, Some(2)), "one new attempt, not more");
    folder.write("here/data/orders.json", "[1, 2]");
    let (status, run) = folder.json(&["run", "--session", "s.jsonl"]);
    assert_eq!((status, &run["context"]["line"]), (0, &json!("2")));
    let events_then = events(&folder);
    assert_eq!(folder.run(&["run", "--session", "s.jsonl"]).status, 0);
    assert_eq!(events(&folder), events_then, "a session that is over gets no event");
}

#[test]
fn a_folder_that_moved_is_said_before_anything_runs() {
    let folder = reading();
    folder.write("here/data/orders.json", "[1, 2]");
    assert_eq!(folder.run(&["run", "here/goal.json", "--session", "s.jsonl"]).status, 4);
    let before = events(&folder);
    std::fs::rename(folder.path("here"), folder.path("there")).expect("it moves");
    let on = ["run", "--session", "s.jsonl", "--answer", "who=\"me\""];
    let lost = folder.run(&on);
    assert!(lost.status == 1 && lost.err.contains("here, is not there any more, and load reads"), "{}", lost.err);
    assert!(lost.err.contains("--folder DIR"), "{}", lost.err);
    let wrong = folder.run(&[&on[..], &["--folder", "nowhere"]].concat());
    assert!(wrong.status == 1 && wrong.err.contains("--folder nowhere: there is no such folder"), "{}", wrong.err);
    assert_eq!(events(&folder), before, "no step was spent");
    assert_eq!(folder.run(&[&on[..], &["--folder", "there"]].concat()).status, 0);
}

#[test]
fn a_slip_in_a_name_is_a_fault_that_names_the_one_that_was_meant() {
    let folder = Folder::new();
    folder.write("goal.json", priced(&json!([])).replace("\"plan\":[],", ""));
    for (option, said) in [
        (["--inject", "price:ordr=20"], "nobody reads or writes \"ordr\": did you mean \"order\"?"),
        (["--inject", "start:ordr=20"], "nobody reads or writes \"ordr\": did you mean \"order\"?"),
        (["--inject", "prise:order=20"], "there is no tool \"prise\" in this goal: did you mean \"price\"?"),
        (["--outcome", "prise=20"], "there is no tool \"prise\" in this goal: did you mean \"price\"?"),
        (["--outcome", "split={\"net\":1,\"taxx\":2}"], "split has no output \"taxx\": did you mean \"tax\"?"),
        (["--fail", "sned=down"], "there is no tool \"sned\" in this goal: did you mean \"send\"?"),
    ] {
        for subject in ["run", "compare"] {
            let ran = folder.run(&[&[subject, "goal.json"], &option[..]].concat());
            assert!(ran.status == 2 && ran.err.contains(said), "{subject} {option:?}: {} {}", ran.status, ran.err);
        }
    }
    // A tool that returns the wrong thing is a surprise like any other.
    assert_eq!(folder.run(&["run", "goal.json", "--outcome", "split={\"error\":\"down\"}"]).status, 3);
    for (right, slip, near) in [
        ("\"set\":{\"order\"", "\"set\":{\"ordr\"", "order"),
        ("\"set\":{\"order\":20}", "\"remove\":[\"prce\"]", "price"),
    ] {
        folder.write("slip.json", priced(&gated()).replace(right, slip));
        for subject in ["check", "run"] {
            let ran = folder.run(&[subject, "slip.json"]);
            let said = format!("did you mean \"{near}\"?");
            assert!(ran.status == 1 && ran.err.contains(&said), "{subject}: {} {}", ran.status, ran.err);
        }
    }
}

#[test]
fn a_session_whose_goal_has_a_slip_that_was_let_pass_once_still_opens() {
    let folder = Folder::new();
    folder.write("goal.json", priced(&gated()));
    assert_eq!(folder.run(&["run", "goal.json", "--session", "s.jsonl"]).status, 4);
    let records = std::fs::read_to_string(folder.path("s.jsonl")).expect("a session");
    let (first, rest) = records.split_once('\n').expect("events");
    let mut opened: Value = serde_json::from_str(first).expect("an event");
    opened.as_object_mut().expect("an object").remove("crc");
    opened["source"]["scenarios"][0]["set"] = json!({ "ordr": 20 });
    let source = planscope::engine::source::Source::new(opened["source"].take());
    let goal = planscope::goal_file::from_record(planscope::tools::KINDS, &source, None);
    assert!(goal.is_ok() && !rest.is_empty(), "{goal:?}");
}

#[test]
fn a_run_whose_reader_goes_away_is_not_called_done() {
    let folder = Folder::new();
    folder.write("goal.json", priced(&json!([])).replace("\"plan\":[],", ""));
    let mut run = folder.command(&["run", "goal.json", "--session", "s.jsonl", "--format", "jsonl"]);
    let mut child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    let ended = Ran::of(child.wait_with_output().expect("it ends"));
    assert!(ended.status == 3 && !ended.err.contains("panicked"), "{} {}", ended.status, ended.err);
    assert_eq!(folder.run(&["run", "--session", "s.jsonl"]).status, 0, "what was cut short goes on");
}

#[test]
fn replay_to_a_moment_of_another_branch_tells_that_branch() {
    let folder = Folder::new();
    folder.write("goal.json", priced(&gated()));
    assert_eq!(folder.run(&["run", "goal.json", "--approve", "all", "--session", "s.jsonl"]).status, 0);
    let older = events(&folder).to_string();
    let (_, before) = folder.json(&["replay", "s.jsonl"]);
    {
        let services = planscope::runtime::services::Services::new(planscope::jq::Evaluator::in_thread());
        let (mut driver, _) =
            planscope::runtime::driver::Driver::reopen(&folder.path("s.jsonl"), services).expect("a session");
        let order = planscope::engine::command::Command::Inject(
            [("order".into(), Some(json!(1).into()))].into_iter().collect(),
        );
        driver.submit_at(4, order).expect("a fork");
    }
    let (_, after) = folder.json(&["replay", "s.jsonl", "--to", &older]);
    assert_eq!(after, before);
    let text = |arguments: &[&str]| folder.run(arguments).out;
    assert!(text(&["replay", "s.jsonl"]).contains("± order 10 → 1"));
    assert!(!text(&["replay", "s.jsonl", "--to", &older]).contains("± order 10 → 1"));
}

#[test]
fn null_that_the_goal_asks_for_is_an_observation_and_nothing_costs_nothing() {
    let folder = Folder::new();
    let goal = |want: &str| {
        let tools = json!({ "x": { "outputs": ["x"], "run": { "value": null } } });
        json!({ "version": 1, "goal": "Null", "wants": { "x": want }, "tools": tools }).to_string()
    };
    folder.write("null.json", goal(". == null"));
    folder.write("any.json", goal("true"));
    let checks = |name: &str| {
        let found = folder.json(&["run", name]).1["failure_checks"].clone();
        found.as_array().expect("a list").iter().any(|one| one["check"] == "hallucinated_step")
    };
    assert!(!checks("null.json") && checks("any.json"));
    folder.write(
        "known.json",
        json!({ "version": 1, "goal": "K", "wants": { "x": ". == false" }, "context": { "x": false } }).to_string(),
    );
    let plan = folder.run(&["plan", "known.json", "--format", "json"]).out;
    assert!(plan.contains("\"cost\": 0") && !plan.contains("-0"), "{plan}");
}
