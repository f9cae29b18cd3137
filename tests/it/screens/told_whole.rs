//! What stands whole where rows are narrow, what is seen to be cut, and what is no longer said once it is not so.

use planscope::engine::command::{Approval, Command};
use planscope::engine::value::Shared;
use planscope::runtime::driver::DriverEvent;
use planscope::ui::testing::harness::Stage;
use serde_json::{Value, json};

fn stage(goal: &Value, size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(&goal.to_string(), "goal.json", None).expect("a goal");
    let stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    (folder, stage)
}

/// A mill: names that hardly find room beside each other, a long result before two short ones, a number that changes.
fn mill() -> Value {
    json!({
        "version": 1, "goal": "Mill the grain",
        "wants": { "letter": "length > 0", "sacks": "type == \"number\"", "shifts": "length > 0" },
        "tools": {
            "count_the_grain": { "description": "Count", "inputs": [], "outputs": ["grain_of_today"], "run": { "value": 24 } },
            "fill_the_sacks": { "description": "Fill", "inputs": ["grain_of_today"], "outputs": ["sacks"],
                "run": { "jq": ".grain_of_today * 5" } },
            "call_the_men": { "description": "Call", "inputs": ["sacks"], "outputs": ["shifts"], "run": { "value": ["early", "late"] } },
            "write": { "description": "Write", "inputs": ["sacks"], "outputs": ["letter"],
                "run": { "jq": "[range(40) | \"row \\(.) of a letter that goes on\"] | join(\", \")" } },
        },
    })
}

#[test]
fn a_narrow_row_gives_up_padding_and_words_before_the_name_of_a_key() {
    let (_folder, mut stage) = stage(&mill(), (80, 24));
    let text = stage.text();
    assert!(text.contains("s2 fill_the_sacks → sacks") && text.contains("s3 call_the_men → shifts"), "{text}");
    stage.press("space space").expect("keys");
    let text = stage.text();
    // What finds no room in its row stands below it, where there are rows.
    assert!(text.contains("→ grain_of_today") && !text.contains("grain_of_t…"), "{text}");
}

#[test]
fn each_value_that_came_out_has_its_share_of_the_report() {
    for size in [(80, 24), (120, 34), (200, 60)] {
        let (_folder, mut stage) = stage(&mill(), size);
        stage.press("c").expect("keys");
        let text = stage.text();
        let report = text.split("Report").nth(1).unwrap_or_default();
        for words in ["letter  row 0", "sacks  120", "shifts  [\"early\", \"late\"]"] {
            assert!(report.contains(words), "{words}: {text}");
        }
        assert!(report.contains("E shows everything") == report.contains(" …"), "{text}");
        assert!(report.contains("save the card"), "{text}");
    }
}

#[test]
fn half_of_a_number_is_never_shown() {
    for name in ["grain", "grain_that_is_left_over", "grain_that_is_left_over_here", "grain_that_is_left_over_today"] {
        let goal = json!({ "version": 1, "goal": "Count", "wants": { "done": "true" }, "context": { name: 24 },
            "tools": { "count": { "inputs": [name], "outputs": ["done"], "run": { "value": true } } } });
        let (_folder, mut stage) = stage(&goal, (80, 24));
        let injected = [(name.into(), Some(Shared::new(json!(1_000_675))))].into_iter().collect();
        stage.app().driver().submit(Command::Inject(injected)).expect("it is injected");
        stage.press("Down Up").expect("keys");
        let text = stage.text();
        let row = text.lines().find(|line| line.contains(&format!("± {name}"))).unwrap_or_else(|| panic!("{text}"));
        assert!(row.contains("→ 1000675") || row.contains('…') && !row.contains("→ 1"), "{row}");
    }
}

#[test]
fn a_value_of_another_kind_has_one_row() {
    let goal = json!({ "version": 1, "goal": "Count", "wants": { "done": "true" }, "context": { "stock": 24 },
        "tools": { "count": { "inputs": ["stock"], "outputs": ["done"], "run": { "value": true } } } });
    for value in [json!([]), json!({}), json!([7, 8])] {
        let (_folder, mut stage) = stage(&goal, (80, 24));
        let injected = [("stock".into(), Some(Shared::new(value)))].into_iter().collect();
        stage.app().driver().submit(Command::Inject(injected)).expect("it is injected");
        stage.press("Down Up").expect("keys");
        let text = stage.text();
        assert!(text.contains("± stock") && !text.lines().any(|line| line.contains("±    ")), "{text}");
    }
}

#[test]
fn why_something_is_not_possible_goes_once_the_session_goes_on() {
    let (_folder, mut stage) = stage(&mill(), (80, 24));
    stage.press("]").expect("keys");
    assert!(stage.text().contains("No "), "{}", stage.text());
    stage.app().driver().submit(Command::Approve(Approval::Whole)).expect("a plan");
    stage.app().moved(DriverEvent::Events);
    assert!(!stage.text().contains("No "), "{}", stage.text());
}

#[test]
fn two_moments_are_named_whole_in_the_title() {
    let (_folder, mut stage) = stage(&mill(), (80, 24));
    stage.press("space space [ &").expect("keys");
    let text = stage.text();
    let title = text.lines().find(|line| line.contains("╭ event")).unwrap_or_else(|| panic!("{text}"));
    assert!(title.contains(" → now, event ") && !title.contains('…'), "{text}");
}

/// A goal whose planner is a program: it is asked once the file is trusted.
fn outside() -> Value {
    json!({ "version": 1, "goal": "Plan outside", "wants": { "done": "true" }, "planner": { "command": ["true"] },
        "tools": { "finish": { "inputs": [], "outputs": ["done"], "run": { "value": true } } } })
}

#[test]
fn a_plan_that_waits_for_trust_is_neither_ticked_nor_checked_and_nothing_is_approved() {
    for size in [(80, 24), (120, 34), (200, 60)] {
        let (_folder, mut stage) = stage(&outside(), size);
        let text = stage.text();
        assert!(text.contains("plan ▶ → execute") && !text.contains("plan ✓"), "{text}");
        assert!(text.contains("no plan yet: the planner is a") && !text.contains("handed off"), "{text}");
        assert!(text.contains("Enter what it starts") && !text.contains("approve"), "{text}");
    }
}

#[test]
fn why_trust_was_not_taken_is_in_sight() {
    let (_folder, mut stage) = stage(&outside(), (80, 24));
    stage.press("Enter y").expect("keys");
    let text = stage.text();
    assert!(text.contains("Do you trust this goal file?"), "{text}");
    let refused = text.find("read it first: what was typed ahead is not an answer");
    assert!(refused.is_some_and(|at| text[at..].contains("n  no: its programs")), "{text}");
}

#[test]
fn before_there_is_a_plan_none_is_ticked_or_checked() {
    let (_folder, mut stage) = stage(&mill(), (80, 24));
    stage.press("space [ [ [").expect("keys");
    let text = stage.text();
    assert!(text.contains("moment 1 of") && text.contains("no plan yet"), "{text}");
    assert!(text.contains("plan ▶ → execute") && !text.contains("handed off"), "{text}");
}

#[test]
fn the_list_of_what_can_be_done_follows_the_session() {
    let (_folder, mut stage) = stage(&mill(), (120, 34));
    stage.press(":").expect("keys");
    stage.type_text("undo").expect("a text");
    assert!(stage.text().contains("undo: "), "not now: {}", stage.text());
    stage.app().driver().submit(Command::SkipStep { step: "s4".into(), skip: true }).expect("it is switched off");
    stage.app().moved(DriverEvent::Events);
    assert!(!stage.text().contains("undo: ") && stage.text().contains("filter undo"), "{}", stage.text());
}
