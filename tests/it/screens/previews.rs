//! What a person is told before a change is made: what will really happen, conditions included.

use planscope::ui::input::{Input, Key, KeyPress};
use planscope::ui::screen::Screen;
use planscope::ui::testing::harness::Stage;
use serde_json::{Value, json};

fn stage(goal: &Value) -> (tempfile::TempDir, Stage) {
    sized(goal, (120, 40))
}

fn sized(goal: &Value, size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(&goal.to_string(), "own.json", None).expect("a goal");
    let stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    (folder, stage)
}

/// Two reports, of which a gate requires something before it gives the verdict.
fn release() -> Value {
    json!({
        "version": 1, "goal": "Ship a release", "wants": { "notice": "length > 0" }, "context": { "source": 412 },
        "tools": {
            "test": { "inputs": ["source"], "outputs": ["report"], "run": { "jq": "{failed: 0, passed: .source}" } },
            "measure": { "inputs": ["report"], "outputs": ["bench"], "run": { "jq": "12" } },
            "gate": {
                "inputs": ["bench", "report"], "outputs": ["verdict"],
                "requires": { "nothing failed": ".report.failed == 0" }, "run": { "jq": "\"go\"" }
            },
            "announce": { "inputs": ["verdict"], "outputs": ["notice"], "run": { "jq": ".verdict" } }
        }
    })
}

fn inject(stage: &mut Stage, key: &str, value: &str) {
    stage.press("2 /").expect("keys");
    stage.type_text(key).expect("keys");
    stage.press("Enter Esc i").expect("keys");
    for _ in 0..80 {
        stage.press("Del").expect("keys");
    }
    stage.type_text(value).expect("keys");
}

#[test]
fn a_value_that_a_requirement_refuses_says_so_while_it_is_typed() {
    // Before everything that the gate reads is there, and after.
    for steps in ["space", "space space"] {
        let (_folder, mut stage) = stage(&release());
        stage.press(steps).expect("keys");
        inject(&mut stage, "report", "{\"failed\": 2}");
        let text = stage.text();
        assert!(text.contains("gate requires \"nothing failed\", which is false on"), "{text}");
        assert!(text.contains("a replan is needed"), "{text}");
        assert!(text.contains("no other tool writes verdict"), "{text}");
        assert!(!text.contains("no remaining step reads anything that goes stale"), "{text}");
    }
}

#[test]
fn a_value_that_holds_says_nothing_of_the_kind() {
    let (_folder, mut stage) = stage(&release());
    stage.press("space space").expect("keys");
    inject(&mut stage, "report", "{\"failed\": 0, \"passed\": 7}");
    let text = stage.text();
    assert!(!text.contains("requires") && !text.contains("no other tool"), "{text}");
    assert!(text.contains("gate would read bench, a stale value: a replan is needed"), "{text}");
}

#[test]
fn a_tool_that_shall_fail_says_what_would_be_missing() {
    let (_folder, mut stage) = stage(&release());
    stage.press("space space f").expect("keys");
    let text = stage.text();
    assert!(text.contains("no other tool writes verdict"), "{text}");
}

/// a, b from a, c from b.
fn chain() -> Value {
    json!({
        "version": 1, "goal": "Count", "wants": { "c": "type == \"number\"" },
        "tools": {
            "a": { "outputs": ["a"], "run": { "jq": "1" } },
            "b": { "inputs": ["a"], "outputs": ["b"], "run": { "jq": ".a + 1" } },
            "c": { "inputs": ["b"], "outputs": ["c"], "run": { "jq": ".b * 2" } }
        }
    })
}

#[test]
fn the_question_whether_to_fork_knows_what_is_done_there() {
    let (_folder, mut stage) = stage(&chain());
    stage.press("space space space [ [ [").expect("keys");
    stage.press("1 X").expect("keys");
    let text = stage.text();
    assert!(text.contains("Fork here?"), "{text}");
    assert!(text.contains("s2 b: skipped"), "{text}");
    assert!(text.contains("s3 c: nothing makes b"), "{text}");
    assert!(!text.contains("s2 b: will run"), "{text}");
}

#[test]
fn while_a_value_is_typed_the_pure_steps_run_ahead_and_nothing_is_recorded() {
    let (_folder, mut stage) = stage(&chain());
    stage.press("space").expect("keys");
    let before = stage.app().view().session.records().len();
    inject(&mut stage, "a", "5");
    let text = stage.text();
    assert!(text.contains("would run: s2 b, s3 c") && text.contains("would be: c is 12"), "{text}");
    assert!(text.contains("the goal would be reached"), "{text}");
    // A number under the cursor is stepped, and what would be follows.
    let up = KeyPress { alt: true, ..KeyPress::plain(Key::Up) };
    stage.input(&Input::Key(up)).expect("a key");
    assert!(stage.text().contains("would be: c is 14"), "{}", stage.text());
    stage.press("Left Del").expect("keys");
    assert!(!stage.text().contains("would be"), "what is not a value comes to nothing: {}", stage.text());
    stage.press("Esc").expect("keys");
    assert_eq!(stage.app().view().session.records().len(), before, "nothing ran: {}", stage.text());
}

#[test]
fn what_would_be_stands_at_the_steps_and_keys_themselves() {
    let mut goal = chain();
    goal["tools"]["b"]["requires"] = json!({ "a is small": ".a < 10" });
    goal["tools"]["detour"] = json!({ "inputs": ["a"], "outputs": ["b"], "cost": 9, "run": { "jq": ".a - 1" } });
    let (_folder, mut stage) = sized(&goal, (200, 60));
    stage.press("space").expect("keys");
    inject(&mut stage, "a", "5");
    let row = |stage: &mut Stage, words: &str| {
        let text = stage.text();
        text.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("no {words}: {text}")).to_owned()
    };
    assert!(
        row(&mut stage, "s2 b").contains("would run") && row(&mut stage, "s3 c").contains("would run"),
        "{}",
        stage.text()
    );
    assert!(row(&mut stage, "○ c ").contains("would be 12"), "{}", stage.text());
    assert!(!stage.text().contains("detour"), "nothing else would come into the plan: {}", stage.text());
    stage.type_text("0").expect("keys");
    assert!(row(&mut stage, "s2 b").contains("would go"), "{}", stage.text());
    assert!(row(&mut stage, " detour ").contains("would run"), "{}", stage.text());
    assert!(row(&mut stage, "○ c ").contains("would be 98"), "{}", stage.text());
    stage.press("Esc").expect("keys");
    assert!(!stage.text().contains("would"), "it goes with the dialog: {}", stage.text());
}

#[test]
fn what_comes_back_from_an_editor_or_a_file_is_run_ahead_like_what_is_typed() {
    let (_folder, mut stage) = stage(&chain());
    stage.press("space").expect("keys");
    inject(&mut stage, "a", "5");
    assert!(stage.text().contains("would be: c is 12"), "{}", stage.text());
    stage.app().give(Ok("7".to_owned()));
    assert!(!stage.text().contains("c is 12"), "what was is not what would be: {}", stage.text());
    stage.input(&Input::Resized { width: 121, height: 40 }).expect("it is run ahead");
    assert!(stage.text().contains("would be: c is 16"), "{}", stage.text());
}

#[test]
fn running_ahead_stops_before_what_does_not_only_compute() {
    let mut goal = chain();
    goal["tools"]["b"]["run"] = json!({ "ask": { "question": "Which?" } });
    let (_folder, mut stage) = stage(&goal);
    stage.press("space").expect("keys");
    inject(&mut stage, "a", "5");
    assert!(!stage.text().contains("would run") && !stage.text().contains("would be: c"), "{}", stage.text());
    goal["tools"]["c"]["run"] = json!({ "ask": { "question": "Which?" } });
    goal["tools"]["b"]["run"] = json!({ "jq": ".a + 1" });
    let (_folder, mut stage) = self::stage(&goal);
    stage.press("space").expect("keys");
    inject(&mut stage, "a", "5");
    let text = stage.text();
    assert!(text.contains("would run: s2 b") && text.contains("then s3 c asks a person"), "{text}");
}

#[test]
fn whom_a_step_starves_that_is_switched_off_is_said_at_once() {
    let (_folder, mut stage) = stage(&chain());
    stage.press("space D D X").expect("keys");
    assert!(stage.text().contains("s2 is off: "), "{}", stage.text());
}
