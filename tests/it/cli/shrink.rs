//! `planscope shrink`: the smallest goal file that ends as a session did, on goals that are written here.

use serde_json::{Value, json};

use crate::support::program::Folder;

/// Sums up orders in dollars; one of its tools breaks where the rate is missing.
fn sales(rates: Value) -> Value {
    let orders: Vec<Value> =
        (0..40).map(|n| json!({ "id": n, "region": (["north", "south"][n % 2]), "amount": (10 + n) })).collect();
    json!({
        "version": 1,
        "goal": "Write the sales report of the day",
        "wants": { "report": "test(\"^2 regions\")" },
        "context": { "day": "2026-11-26", "currency": "usd" },
        "tools": {
            "load_orders": { "description": "Load the orders", "inputs": ["day"], "outputs": ["orders"], "run": { "value": orders } },
            "load_rates": { "description": "Load the rates", "inputs": ["day"], "outputs": ["rates"], "run": { "value": rates } },
            "sum": { "description": "Add up by region", "inputs": ["orders"], "outputs": ["totals"],
                "run": { "jq": ".orders | group_by(.region) | map({key: .[0].region, value: (map(.amount) | add)}) | from_entries" } },
            "convert": { "description": "Convert to dollars", "inputs": ["totals", "rates"], "outputs": ["usd"],
                "run": { "jq": ".rates.usd as $r | .totals | map_values(. * $r)" } },
            "audit": { "description": "Write the audit log", "inputs": ["orders"], "outputs": ["log"], "run": { "jq": ".orders | length" } },
            "write": { "description": "Write the report", "inputs": ["usd", "log"], "outputs": ["report"],
                "run": { "jq": "\"\\(.usd | length) regions, \\(.log) orders\"" } },
        },
    })
}

fn ran(goal: &Value, more: &[&str]) -> Folder {
    let folder = Folder::new();
    folder.write("goal.json", goal.to_string());
    folder.run(&[&["run", "goal.json", "--session", "s.jsonl"], more].concat());
    folder
}

fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path(name)).expect("it was written")
}

fn shrunk(folder: &Folder, more: &[&str]) -> (Value, String) {
    let ran = folder.run(&[&["shrink", "s.jsonl", "--out", "small.json"], more].concat());
    assert_eq!(ran.status, 0, "{}", ran.err);
    (serde_json::from_str(&read(folder, "small.json")).expect("it is JSON"), ran.out)
}

#[test]
fn what_has_no_part_in_a_failure_is_gone_and_the_failure_is_still_there() {
    let folder = ran(&sales(json!({ "eur": 1 })), &[]);
    let (small, said) = shrunk(&folder, &[]);
    let tools: Vec<&String> = small["tools"].as_object().expect("tools").keys().collect();
    assert!(tools.iter().any(|tool| **tool == "convert") && tools.len() <= 2, "{small}");
    assert_eq!(small["tools"]["convert"]["inputs"], json!(["totals", "rates"]), "the contract is the same");
    assert!(small.to_string().len() < 420, "{small}");
    assert!(said.contains("see it with: planscope run small.json"), "{said}");
    let (status, run) = folder.json(&["run", "small.json"]);
    let why = run["why"].as_str().unwrap_or_default();
    assert!(status == 3 && why.starts_with("convert failed"), "{why}");
    assert_eq!(folder.run(&["check", "small.json"]).status, 0, "the file has no fault");
}

#[test]
fn a_surprise_without_which_nothing_goes_wrong_is_kept() {
    let folder = ran(&sales(json!({ "usd": 2 })), &["--inject", "sum:orders=[]", "--replan", "never"]);
    let (small, said) = shrunk(&folder, &[]);
    let scenarios = small["scenarios"].as_array().expect("the surprise");
    assert_eq!(scenarios.len(), 1, "{small}");
    assert!(said.contains("--scenario 'surprise 1' --replan never"), "{said}");
    let (status, run) = folder.json(&["run", "small.json", "--scenario", "surprise 1", "--replan", "never"]);
    assert_eq!((status, run["status"].as_str()), (3, Some("not_reached")), "{run}");
    let (_, calm) = folder.json(&["run", "small.json", "--replan", "never"]);
    assert_eq!(calm["status"], "reached", "without it nothing is wrong");
}

#[test]
fn what_must_hold_can_be_said_and_a_session_that_went_well_needs_it() {
    let folder = ran(&sales(json!({ "usd": 2 })), &[]);
    let refused = folder.run(&["shrink", "s.jsonl"]);
    assert!(refused.status == 1 && refused.err.contains("--holds"), "{}", refused.err);
    let (small, _) = shrunk(&folder, &["--holds", ".context.usd.north > 100"]);
    assert!(small.to_string().len() < 300, "{small}");
    let (_, run) = folder.json(&["run", "small.json"]);
    assert!(run["context"]["usd"]["north"].as_f64() > Some(100.0), "{run}");
    let never = folder.run(&["shrink", "s.jsonl", "--holds", ".context.usd.north > 1e9"]);
    assert!(never.status == 1 && never.err.contains("does not hold of this session"), "{}", never.err);
    let faulty = folder.run(&["shrink", "s.jsonl", "--holds", ".context.("]);
    assert!(faulty.status == 2 && faulty.err.contains("--holds"), "{}", faulty.err);
}

#[test]
fn what_asked_the_world_answers_from_the_record_and_few_tries_still_give_a_file() {
    let mut goal = sales(json!({ "eur": 1 }));
    goal["tools"]["load_rates"]["run"] = json!({ "ask": { "question": "What are the rates?" } });
    let folder = ran(&goal, &["--answer", r#"load_rates={"eur": 1}"#]);
    let ran = folder.run(&["shrink", "s.jsonl", "--out", "small.json", "--tries", "4"]);
    assert!(ran.status == 0 && ran.err.contains("may become smaller still"), "{}", ran.err);
    assert!(!read(&folder, "small.json").contains("\"question\""), "nobody is asked");
    let (_, run) = folder.json(&["run", "small.json"]);
    assert!(run["why"].as_str().unwrap_or_default().starts_with("convert failed"), "{}", run["why"]);
    let again = folder.run(&["shrink", "s.jsonl", "--out", "small.json"]);
    assert!(again.status == 1 && again.err.contains("exists already"), "{}", again.err);
    folder.run(&["run", "goal.json", "--session", "open.jsonl"]);
    let open = folder.run(&["shrink", "open.jsonl"]);
    assert!(open.status == 1 && open.err.contains("has not come to an end"), "{}", open.err);
}
