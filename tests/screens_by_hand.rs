//! What a person meets who steps through goals of their own: questions, stops, runs again.

use planscope::ui::stage::Stage;
use serde_json::{Value, json};

fn stage(goal: &Value, size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(&goal.to_string(), "own.json", None).expect("a goal");
    let stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    (folder, stage)
}

/// A goal whose first step asks.
fn asking() -> Value {
    json!({
        "version": 1, "goal": "Double a number", "wants": { "double": "true" },
        "tools": {
            "ask_number": {
                "description": "Ask for a number", "outputs": ["number"],
                "run": { "ask": { "question": "Which number?", "schema": { "type": "number" } } }
            },
            "double_it": {
                "description": "Double it", "inputs": ["number"], "outputs": ["double"], "risk": "high",
                "run": { "jq": "\"it is \\(.number * 2)\"" }
            }
        }
    })
}

/// The same goal, where the number is known.
fn doubling() -> Value {
    let mut goal = asking();
    goal["context"] = json!({ "number": 21 });
    goal
}

#[test]
fn a_step_that_asks_puts_its_question_at_once_and_only_once() {
    let (_folder, mut stage) = stage(&asking(), (80, 24));
    stage.press("space").expect("keys");
    assert!(stage.text().contains("Which number?"), "{}", stage.text());
    stage.press("Esc x w Esc").expect("keys");
    assert!(!stage.text().contains("Which number?"), "{}", stage.text());
    stage.press("space").expect("keys");
    assert!(stage.text().contains("Which number?"), "{}", stage.text());
}

#[test]
fn a_risky_step_shows_its_filter_as_it_was_written() {
    let (_folder, mut stage) = stage(&doubling(), (80, 24));
    stage.press("space space").expect("keys");
    assert!(stage.text().contains(r#""it is \(.number * 2)""#), "{}", stage.text());
}

#[test]
fn a_step_that_a_person_stopped_says_so_and_r_runs_it_again() {
    let (_folder, mut stage) = stage(&asking(), (80, 24));
    stage.press("space Esc Esc").expect("keys");
    let text = stage.text();
    assert!(text.contains("stopped") && !text.contains("interrupted") && !text.contains("unknown"), "{text}");
    stage.press("Enter").expect("keys");
    assert!(stage.text().contains("was stopped before it returned"), "{}", stage.text());
    stage.press("r").expect("keys");
    assert!(stage.text().contains("Which number?"), "run again, it asks again: {}", stage.text());
}

#[test]
fn r_on_a_done_step_runs_it_for_real() {
    let (_folder, mut stage) = stage(&doubling(), (80, 24));
    stage.press("space space y").expect("keys");
    assert!(stage.text().contains("goal reached"), "{}", stage.text());
    stage.press("R").expect("keys");
    assert!(stage.text().contains("May it run?") || stage.text().contains("asks before it runs"), "{}", stage.text());
}
