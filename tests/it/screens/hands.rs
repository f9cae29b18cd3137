//! What hands do in dialogs: Enter, choices, clicks, names that are suggested, what cannot be done now.

use planscope::ui::testing::harness::Stage;
use serde_json::{Value, json};

use super::clicks::click;

fn stage(goal: &Value, size: (u16, u16), keys: &str) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(&goal.to_string(), "own.json", None).expect("a goal");
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    stage.press(keys).expect("keys");
    (folder, stage)
}

/// A goal that asks with this schema, then deploys, which is risky.
fn release(schema: &Value) -> Value {
    json!({
        "version": 1, "goal": "Roll out the page", "wants": { "published": "true" },
        "context": { "config": { "replicas": 6, "flags": { "dark/mode": "on" } } },
        "tools": {
            "ask_go": {
                "description": "Ask whether to go on", "outputs": ["go"],
                "run": { "ask": { "question": "Go on?", "schema": schema } }
            },
            "deploy": {
                "description": "Deploy the page", "inputs": ["config", "go"], "outputs": ["published"],
                "risk": "high", "run": { "jq": "[.config, .go]" }
            }
        }
    })
}

#[test]
fn enter_gives_an_answer_of_one_line_and_several_lines_need_a_chord() {
    let (_folder, mut stage) = stage(&release(&json!({ "type": "string" })), (100, 30), "space");
    stage.type_text("Tuesday").expect("text");
    stage.press("Enter").expect("keys");
    assert!(stage.text().contains("\"Tuesday\"") && !stage.text().contains("Go on?"), "{}", stage.text());
    let (_folder, mut stage) = self::stage(&release(&json!({ "type": "string" })), (100, 30), "space");
    stage.type_text("{\"half").expect("text");
    stage.press("Enter").expect("keys");
    assert!(stage.text().contains("Go on?"), "JSON that was begun goes on: {}", stage.text());
    stage.press("C-u").expect("keys");
    stage.type_text("one").expect("text");
    stage.press("A-Enter").expect("keys");
    stage.type_text("two").expect("text");
    stage.press("Enter").expect("keys");
    assert!(stage.text().contains("Go on?") && stage.text().contains("C-s give this answer"), "{}", stage.text());
    stage.press("C-s").expect("keys");
    assert!(stage.text().contains(r#""one\ntwo"#), "{}", stage.text());
}

#[test]
fn yes_and_no_and_the_values_of_a_list_are_a_choice() {
    let (_folder, mut stage) = stage(&release(&json!({ "type": "boolean" })), (100, 30), "space");
    assert!(stage.text().contains("▶ yes") && stage.text().contains("no   false"), "{}", stage.text());
    stage.press("n Enter").expect("keys");
    let text = stage.text();
    assert!(text.lines().any(|line| line.contains("go  ") && line.contains("false")), "{text}");

    let (_folder, mut stage) = self::stage(&release(&json!({ "enum": ["plain", "formal", 3] })), (100, 30), "space");
    assert!(stage.text().contains("▶ plain") && stage.text().contains("  3"), "{}", stage.text());
    click(&mut stage, "formal");
    click(&mut stage, "formal");
    assert!(stage.text().contains("\"formal\"") && !stage.text().contains("Go on?"), "{}", stage.text());
}

#[test]
fn a_risky_step_asks_as_soon_as_it_is_next_and_once() {
    let (_folder, mut stage) = stage(&release(&json!({ "type": "boolean" })), (100, 30), "space Enter");
    stage.press("space").expect("keys");
    assert!(stage.text().contains("May it run?"), "{}", stage.text());
    stage.press("n").expect("keys");
    stage.press("Down Up [ ] End").expect("keys");
    assert!(!stage.text().contains("May it run?"), "it was put once: {}", stage.text());
    stage.press("space").expect("keys");
    assert!(stage.text().contains("May it run?"), "space puts it again: {}", stage.text());
    click(&mut stage, "run it");
    assert!(stage.text().contains("goal reached"), "a click answers: {}", stage.text());
}

#[test]
fn while_a_dialog_is_open_its_keys_are_the_only_ones_on_the_screen_and_can_be_clicked() {
    for size in [(80, 24), (120, 34), (200, 60)] {
        let (_folder, mut stage) = stage(&release(&json!({ "type": "boolean" })), size, "2");
        assert!(stage.text().contains("q quit"));
        stage.press("i").expect("keys");
        let text = stage.text();
        assert!(!text.contains("q quit") && !text.contains("space step"), "{size:?}: {text}");
        assert!(text.contains("C-u clear") && text.contains("A-u undo"), "{size:?}: {text}");
        if size.0 <= 120 {
            let title = text.lines().find(|line| line.contains("Inject: config")).unwrap_or_default();
            assert!(title.starts_with('╭'), "no slivers beside it: {text}");
        }
        click(&mut stage, "C-u clear");
        assert!(stage.text().contains("no value yet"), "{size:?}: {}", stage.text());
        click(&mut stage, "A-u undo");
        assert!(stage.text().contains("\"replicas\": 6"), "{size:?}: {}", stage.text());
        click(&mut stage, "Esc keep the draft");
        assert!(stage.text().contains("q quit"), "{size:?}: {}", stage.text());
    }
}

#[test]
fn a_value_is_injected_where_the_cursor_was_in_it() {
    let (_folder, mut stage) = stage(&release(&json!({ "type": "boolean" })), (120, 34), "2 Down i");
    let text = stage.text();
    assert!(text.contains("Inject: config.replicas") && text.contains("config.replicas was 6"), "{text}");
    stage.press("Del").expect("keys");
    stage.type_text("12").expect("text");
    stage.press("C-s").expect("keys");
    let replicas = |text: &str| text.lines().any(|line| line.contains("replicas") && line.contains("12"));
    assert!(replicas(&stage.text()), "{}", stage.text());
    // A name with a slash is found too.
    let mut goal = release(&json!({ "type": "boolean" }));
    goal["context"]["config"] = json!([0, { "é": [1, 2], "dark/mode": "on" }]);
    let (_folder, mut stage) = self::stage(&goal, (120, 34), "2 Down Down Right Down Down i");
    assert!(stage.text().contains("Inject: config[1].dark/mode"), "{}", stage.text());
    stage.press("Del Del Del Del").expect("keys");
    stage.type_text("7").expect("text");
    stage.press("C-s 2").expect("keys");
    assert!(stage.text().contains(r#"config[1]["dark/mode"] "on" → 7"#), "{}", stage.text());
}

#[test]
fn what_is_typed_about_the_past_says_that_it_forks_before_it_is_applied() {
    let (_folder, mut stage) = stage(&release(&json!({ "type": "boolean" })), (120, 34), "space Enter 2 g");
    for (keys, words) in [("i", "Inject"), ("!", "Change the goal"), ("f", "fail"), ("1 G e", "Edit")] {
        stage.press(keys).expect("keys");
        assert!(stage.text().contains(words) && !stage.text().contains("starts a fork there"), "{}", stage.text());
        stage.press("Esc [").expect("keys");
        stage.press(keys).expect("keys");
        assert!(stage.text().contains("starts a fork there"), "{keys}: {}", stage.text());
        stage.press("Esc End 2 g").expect("keys");
    }
}

/// A plan whose last step reads a key that is misspelt.
fn misspelt() -> Value {
    json!({
        "version": 1, "goal": "Sum up", "wants": { "sum": "true" },
        "context": { "alpha": 1, "beta": 2, "gamma": 3, "delta": 4, "south_total": 5, "zeta": 6 },
        "tools": { "add": { "description": "Add one", "inputs": ["x"], "outputs": ["sum"], "run": { "jq": ".x + 1" } } },
        "plan": [{ "id": "m", "tool": "add", "with": { "x": "south_totals" } }]
    })
}

#[test]
fn every_key_is_offered_for_a_binding_with_the_nearest_name_first_until_something_is_typed() {
    let (_folder, mut stage) = stage(&misspelt(), (100, 34), "e Tab Tab");
    let text = stage.text();
    let offered = |text: &str| -> Vec<String> {
        let rows = text.lines().skip_while(|line| !line.contains("reads x ←")).skip(1);
        let names = rows.map(|line| line.trim_matches(['│', ' ']).split(' ').next().unwrap_or_default().to_owned());
        names.take(5).collect()
    };
    assert_eq!(offered(&text), ["south_total", "alpha", "beta", "delta", "gamma"], "{text}");
    assert!(text.contains("↓ 1 more"), "{text}");
    stage.press("C-u").expect("keys");
    stage.type_text("zt").expect("text");
    assert_eq!(offered(&stage.text())[0], "zeta", "what is typed filters: {}", stage.text());
    stage.press("C-u Down Down Down Down Down Down").expect("keys");
    assert!(stage.text().contains("zeta") && !stage.text().contains("↓ 1 more"), "{}", stage.text());
    stage.press("S-Tab Tab C-u").expect("keys");
    click(&mut stage, "gamma 3");
    let reads = |text: &str| text.lines().any(|line| line.contains("reads x ← ") && line.contains("gamma"));
    assert!(reads(&stage.text()), "{}", stage.text());
}

#[test]
fn a_step_that_is_added_is_called_what_it_will_be_called() {
    let (_folder, mut stage) = stage(&release(&json!({ "type": "boolean" })), (100, 34), "o");
    let text = stage.text();
    assert!(text.contains("Add step s3 below s1 ask_go"), "{text}");
    assert!(!text.contains("jq:") && text.contains("must hold after it"), "{text}");
    stage.press("C-s").expect("keys");
    assert!(stage.text().contains("s3"), "{}", stage.text());
}

#[test]
fn help_and_palette_find_by_a_few_letters_and_say_why_something_cannot_be_done_now() {
    for opens in [":", "?"] {
        let (_folder, mut stage) = stage(&release(&json!({ "type": "boolean" })), (100, 34), opens);
        stage.type_text("rpl").expect("text");
        let first = |text: &str| {
            let line = text.lines().find(|line| line.contains("│ ▶ ")).unwrap_or_default().to_owned();
            line.split_whitespace().skip(2).collect::<Vec<_>>().join(" ")
        };
        assert!(first(&stage.text()).starts_with("r Asks for a replan"), "{}", stage.text());
        stage.press("C-u").expect("keys");
        stage.type_text("und").expect("text");
        assert!(first(&stage.text()).starts_with("u undo: "), "{}", stage.text());
        stage.press("Enter").expect("keys");
        let text = stage.text();
        assert!(text.contains("filter und") && text.contains('✗'), "it stays, with the reason: {text}");
        // A key, typed as it is shown, comes first.
        stage.press("C-u").expect("keys");
        stage.type_text("v").expect("text");
        assert!(first(&stage.text()).starts_with("v Compares"), "{}", stage.text());
    }
}

#[test]
fn a_second_esc_says_nothing() {
    let (_folder, mut stage) = stage(&release(&json!({ "type": "boolean" })), (100, 30), "");
    let before = stage.text();
    stage.press("i Esc Esc Esc").expect("keys");
    assert_eq!(stage.text(), before);
}

#[test]
fn why_a_tool_was_not_chosen_stands_apart_from_its_kind_and_cost() {
    let mut goal = release(&json!({ "type": "boolean" }));
    goal["tools"]["unneeded"] = json!({
        "description": "Nobody needs it", "inputs": ["config"], "outputs": ["other"], "run": { "jq": "." }
    });
    let (_folder, mut stage) = stage(&goal, (100, 34), "t");
    let text = stage.text();
    let why = text.lines().find(|line| line.contains("not chosen")).unwrap_or_default();
    assert!(!why.contains("cost") && text.contains("· jq, cost"), "{text}");
}
