//! What the screen does with what is left as it was, taken back, or run again and failing.

use planscope::ui::testing::harness::Stage;
use serde_json::json;

fn stage() -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("orders.json"), "[1, 2]").expect("a file");
    let goal = json!({
        "version": 1, "goal": "Count the orders", "wants": { "line": "type == \"string\"" },
        "tools": {
            "load": { "description": "Load the orders", "outputs": ["orders"], "run": { "file": "orders.json" } },
            "count": {
                "description": "Count them", "inputs": ["orders"], "outputs": ["line"],
                "run": { "jq": "\"\\(.orders | length) open\"" }
            }
        },
        "scenarios": [{ "name": "One more", "after": "load", "set": { "orders": [1, 2, 3] } }]
    });
    let home = folder.path().to_str();
    let goal = planscope::goal_file::parse(&goal.to_string(), "own.json", home).expect("a goal");
    let stage = Stage::open(goal, folder.path().join("session.jsonl"), (120, 40)).expect("a session");
    (folder, stage)
}

#[test]
fn a_step_that_was_only_looked_at_in_the_editor_is_not_a_persons() {
    let (_folder, mut stage) = stage();
    stage.press("Enter space e C-s").expect("keys");
    let text = stage.text();
    assert!(!text.contains("✎") && !text.contains("changed s2") && !text.contains("Edit s2"), "{text}");
}

#[test]
fn a_failed_run_leaves_no_tick_behind() {
    let (folder, mut stage) = stage();
    stage.press("Enter space space").expect("keys");
    assert!(stage.text().contains("✓ goal reached"), "{}", stage.text());
    std::fs::remove_file(folder.path().join("orders.json")).expect("it goes");
    stage.press("k R").expect("keys");
    for _ in 0..8 {
        stage.press("Enter space").expect("keys");
    }
    let text = stage.text();
    assert!(!text.contains("✓ goal reached") && text.contains("? orders"), "{text}");
}

#[test]
fn a_surprise_that_was_taken_back_is_offered_again_and_is_not_part_of_the_reproduction() {
    let (folder, mut stage) = stage();
    stage.press("Enter space x Enter Esc u").expect("keys");
    let text = stage.text();
    assert!(text.contains("took event") && !text.contains("pinned"), "{text}");
    let session = stage.app().driver().session().clone();
    let said = planscope::describe::reproduce::farewell(&session, folder.path(), Some("own.json"));
    assert!(said.contains("planscope run own.json") && !said.contains("One more"), "{said}");
    stage.press("x").expect("keys");
    assert!(stage.text().contains("▶ One more"), "{}", stage.text());
    stage.press("Enter Esc").expect("keys");
    assert!(stage.text().contains("pinned"), "{}", stage.text());
}
