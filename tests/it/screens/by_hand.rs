//! What a person meets who steps through goals of their own: questions, stops, runs again.

use planscope::ui::testing::harness::Stage;
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
fn undo_after_a_later_step_says_where_to_act_instead() {
    let (_folder, mut stage) = stage(&doubling(), (120, 34));
    stage.press("u").expect("keys");
    assert!(stage.text().contains("there is nothing to take back"), "{}", stage.text());
    stage.press("space space y u").expect("keys");
    assert!(stage.text().contains("go back with [ and act there"), "{}", stage.text());
}

#[test]
fn r_on_a_done_step_runs_it_for_real() {
    let (_folder, mut stage) = stage(&doubling(), (80, 24));
    stage.press("space space y").expect("keys");
    assert!(stage.text().contains("goal reached"), "{}", stage.text());
    stage.press("R").expect("keys");
    assert!(stage.text().contains("May it run?") || stage.text().contains("asks before it runs"), "{}", stage.text());
}

/// A chain of `n` steps, each of which adds one to what the one before made.
fn chain(n: usize) -> Value {
    let mut tools = serde_json::Map::new();
    tools.insert("t00".into(), json!({ "description": "Start", "outputs": ["k00"], "run": { "value": 1 } }));
    for at in 1..n {
        let (before, key) = (format!("k{:02}", at - 1), format!("k{at:02}"));
        let run = json!({ "jq": format!(".{before} + 1") });
        let tool = json!({ "description": "Add one", "inputs": [before], "outputs": [key], "run": run });
        tools.insert(format!("t{at:02}"), tool);
    }
    let last = format!("k{:02}", n - 1);
    json!({ "version": 1, "goal": "Walk the chain", "wants": { last: "true" }, "tools": tools })
}

#[test]
fn the_context_follows_what_the_last_step_wrote_until_a_person_moves_in_it() {
    let (_folder, mut stage) = stage(&chain(40), (80, 24));
    stage.press("s 3 0 Enter").expect("keys");
    assert!(stage.text().contains("││ + k29"), "{}", stage.text());
    stage.press("2 g space").expect("keys");
    assert!(stage.text().contains("k00") && !stage.text().contains("││ + k30"), "{}", stage.text());
    stage.press("1 space").expect("keys");
    assert!(stage.text().contains("││ + k31"), "{}", stage.text());
}

#[test]
fn a_value_that_folds_up_leaves_the_cursor_of_the_context_on_its_key() {
    let mut goal = chain(3);
    goal["tools"]["t00"]["run"] = json!({ "value": [1, 2, 3, 4, 5] });
    goal["tools"]["t01"]["run"] = json!({ "jq": ".k00 | length" });
    let (_folder, mut stage) = stage(&goal, (80, 16));
    stage.press("space 2 G k").expect("keys");
    stage.press("space p").expect("keys");
    assert!(stage.text().contains("✎ pinned s2"), "{}", stage.text());
}

#[test]
fn what_no_clipboard_would_take_is_not_sent_to_it() {
    let mut goal = chain(2);
    goal["tools"]["t00"]["run"] = json!({ "value": "x".repeat(300_000) });
    goal["tools"]["t01"]["run"] = json!({ "jq": ".k00 | length" });
    let (_folder, mut stage) = stage(&goal, (80, 24));
    stage.press("space 2 g y").expect("keys");
    assert!(stage.text().contains("k00 is 300 kB"), "{}", stage.text());
    assert!(stage.requests.is_empty());
}

#[test]
fn the_report_of_a_huge_value_shows_its_beginning() {
    let mut goal = chain(2);
    goal["tools"]["t01"]["run"] = json!({ "jq": "[range(200000)]" });
    let (_folder, mut stage) = stage(&goal, (80, 24));
    stage.press("c").expect("keys");
    stage.press("j k j k j k j k j k").expect("keys");
    assert!(stage.text().contains("Report  goal reached") && stage.text().contains("[0, 1, 2"), "{}", stage.text());
}

#[test]
fn the_header_always_shows_where_the_session_is() {
    for width in [40, 50, 60, 70, 80] {
        let (_folder, mut stage) = stage(&chain(6), (width, 16));
        stage.press("space space r").expect("keys");
        stage.press("i").expect("keys");
        stage.type_text("5").expect("keys");
        stage.press("C-s").expect("keys");
        let text = stage.text();
        let strip = text.lines().nth(1).unwrap_or_default();
        assert!(strip.contains('▶'), "at {width}: {text}");
    }
}

#[test]
fn a_surprise_in_the_trace_is_told_in_words() {
    let mut goal = chain(3);
    let fail = json!({ "tool": "t01", "error": "503", "times": 2 });
    goal["scenarios"] = json!([{ "name": "The store is down", "after": "t00", "fail": fail }]);
    let (_folder, mut stage) = stage(&goal, (80, 24));
    stage.press("space x Enter 3 G Enter").expect("keys");
    assert!(stage.text().contains("t01 fails 2 times: 503") && !stage.text().contains('{'), "{}", stage.text());
    stage.press("Esc k Enter").expect("keys");
    assert!(stage.text().contains("at once"), "{}", stage.text());
}

#[test]
fn a_long_line_of_an_editor_shows_where_more_of_it_lies() {
    let mut goal = chain(2);
    goal["tools"]["t00"]["run"] = json!({ "value": "0123456789 ".repeat(20) });
    let (_folder, mut stage) = stage(&goal, (80, 24));
    stage.press("space 2 g i").expect("keys");
    let row =
        |stage: &mut Stage| stage.text().lines().find(|row| row.contains("3456789 0123456789")).map(str::to_owned);
    let start = row(&mut stage).expect("the value");
    assert!(start.trim_end_matches([' ', '│']).ends_with('…') && !start.contains("│ …"), "{start}");
    stage.press("End").expect("keys");
    let end = row(&mut stage).expect("the value");
    assert!(end.contains("│ …") && end.contains("789 \""), "{end}");
    stage.press("Left Left Left Left Left Left Left Left Home Right").expect("keys");
    let again = row(&mut stage).expect("the value");
    assert!(again.trim_end_matches([' ', '│']).ends_with('…'), "{again}");
}

/// A goal with a diamond: two things are made of `source`, one of them fails once; a third step joins them.
fn diamond() -> Value {
    json!({
        "version": 1, "goal": "Join the two halves", "wants": { "joined": "true" }, "context": { "source": 3 },
        "tools": {
            "left_half": { "description": "Make the left half", "inputs": ["source"], "outputs": ["left"], "run": { "jq": ".source" } },
            "right_half": { "description": "Make the right half", "inputs": ["source"], "outputs": ["right"], "run": { "jq": ".source * 2" } },
            "join": { "description": "Join both", "inputs": ["left", "right"], "outputs": ["joined"], "run": { "jq": ".left + .right" } }
        },
        "scenarios": [{ "name": "The left half breaks", "fail": { "tool": "left_half", "error": "it broke", "times": 1 } }]
    })
}

/// A plan whose first step reads a key that is misspelt.
fn misspelt() -> Vec<Value> {
    vec![
        json!({ "id": "m", "tool": "join", "with": { "a": "left", "b": "rihgt" } }),
        json!({ "tool": "left_half" }),
        json!({ "tool": "right_half" }),
    ]
}

/// A goal that only `plan` binds: no planner could do without its bindings.
fn joining(plan: Vec<Value>) -> Value {
    let mut goal = diamond();
    goal["tools"]["join"]["inputs"] = json!(["a", "b"]);
    goal["tools"]["join"]["run"] = json!({ "jq": ".a + .b" });
    goal["plan"] = Value::Array(plan);
    goal
}

#[test]
fn after_a_failure_that_leaves_no_plan_what_can_run_runs_and_the_failed_step_again() {
    for size in [(80, 24), (120, 34), (200, 60)] {
        let (_folder, mut stage) = stage(&diamond(), size);
        stage.press("x Enter space").expect("keys");
        let text = stage.text();
        assert!(text.contains("✗ ┌ s1 left_half") && text.contains("no plan reaches the goal"), "{text}");
        assert!(
            text.contains("R on left_half runs it again") && text.contains("space runs right_half all the same"),
            "{text}"
        );
        stage.press("space").expect("keys");
        assert!(stage.text().contains("✓ s2 right_half"), "{}", stage.text());
        stage.press("space").expect("keys");
        let text = stage.text();
        assert!(text.contains("no step can run") && text.contains("blocked"), "{text}");
        stage.press("R c").expect("keys");
        assert!(stage.text().contains("goal reached") || stage.text().contains("Goal reached"), "{}", stage.text());
    }
}

#[test]
fn beside_the_rewritten_plan_stands_who_hands_what_to_whom_in_it() {
    let mut goal = diamond();
    goal["scenarios"] = json!([{ "name": "Another source", "set": { "source": 4 } }]);
    let (_folder, mut stage) = stage(&goal, (120, 34));
    let handed = |stage: &mut Stage| {
        let text = stage.text();
        let row = text.lines().find(|line| line.contains("± source")).unwrap_or_else(|| panic!("no source: {text}"));
        row.split("you →").nth(1).unwrap_or_default().trim_end_matches('│').trim().to_owned()
    };
    stage.press("Enter space space x Enter").expect("keys");
    assert_eq!(handed(&mut stage), "–", "no step of the plan as it is reads it again");
    stage.press("space space").expect("keys");
    assert_eq!(handed(&mut stage), "s4, s5", "{}", stage.text());
    stage.press("Esc").expect("a key");
    assert_eq!(handed(&mut stage), "–", "the proposal waits: {}", stage.text());
    stage.press("space Enter").expect("keys");
    assert_eq!(handed(&mut stage), "s4, s5", "{}", stage.text());
}

#[test]
fn a_failure_for_a_tool_that_has_run_says_that_nothing_comes_of_it_and_at_the_end_that_it_never_came() {
    let (_folder, mut stage) = stage(&diamond(), (120, 34));
    stage.press("Enter x").expect("keys");
    assert!(stage.text().contains("○ armed for the next run of left_half  "), "{}", stage.text());
    stage.press("Esc space x").expect("keys");
    let text = stage.text();
    assert!(text.contains("armed for the next run of left_half, and no step that is still to do uses it"), "{text}");
    stage.press("Enter c").expect("keys");
    let text = stage.text();
    assert!(text.contains("! The left half breaks never came: it waits for left_half"), "{text}");
    stage.press("E G").expect("keys");
    assert!(stage.text().contains("The left half breaks never came: it changed nothing"), "{}", stage.text());
}

#[test]
fn what_a_check_refuted_is_not_said_to_go_stale() {
    let goal = json!({
        "version": 1, "goal": "Use x", "wants": { "y": "true" },
        "tools": {
            "make": { "description": "Make x", "outputs": ["x"], "ensures": { "big": ".x > 3" }, "run": { "value": 1 } },
            "buy": { "description": "Buy x", "outputs": ["x"], "cost": 5, "run": { "value": 5 } },
            "use": { "description": "Use x", "inputs": ["x"], "outputs": ["y"], "run": { "jq": ".x" } }
        }
    });
    let (_folder, mut stage) = stage(&goal, (120, 34));
    stage.press("Enter space").expect("keys");
    let text = stage.text();
    assert!(text.contains("1 changed ▶ 2 breaks ○") && !text.contains("goes stale"), "{text}");
    stage.press("space").expect("a key");
    assert!(stage.text().contains("refuted"), "{}", stage.text());
}

#[test]
fn an_edit_that_takes_the_plan_away_is_said_with_what_it_made_of_the_step() {
    let (_folder, mut stage) = stage(&diamond(), (120, 34));
    stage.press("Enter G e Tab Tab C-u").expect("keys");
    stage.type_text("rihgt").expect("a text");
    stage.press("C-s").expect("keys");
    let text = stage.text();
    assert!(text.contains("✗ you changed join: step s3 reads rihgt; nothing writes it; did you mean right?"), "{text}");
    assert!(text.contains("e mends step s3 join") && text.contains("u takes back the edit of s3"), "{text}");
}

#[test]
fn r_runs_the_failed_step_again_where_no_plan_was_found() {
    let (_folder, mut stage) = stage(&diamond(), (120, 34));
    stage.press("x Enter space R").expect("keys");
    let text = stage.text();
    assert!(text.contains("✓ s4 left_half"), "{text}");
}

#[test]
fn a_given_plan_with_a_fault_late_in_it_is_stepped_to_the_fault() {
    let mut plan = misspelt();
    plan.rotate_left(1);
    let (_folder, mut stage) = stage(&joining(plan), (120, 34));
    let text = stage.text();
    assert!(text.contains("did you mean right?") && text.contains("e mends step m join"), "{text}");
    stage.press("space space").expect("keys");
    assert!(stage.text().contains("✓ s2 right_half"), "{}", stage.text());
    stage.press("space").expect("keys");
    let text = stage.text();
    assert!(text.contains("no step can run") && text.contains("rihgt"), "{text}");
}

#[test]
fn skipping_and_deleting_a_late_step_end_nothing_and_keep_the_cursor() {
    for key in ["X", "d"] {
        let (_folder, mut stage) = stage(&diamond(), (120, 34));
        stage.press(&format!("Enter j j {key}")).expect("keys");
        let text = stage.text();
        assert!(text.contains("no plan reaches the goal") && text.contains("u takes back the"), "{text}");
        stage.press("space").expect("keys");
        assert!(stage.text().contains("✓ s1 left_half"), "{}", stage.text());
        let (_folder, mut stage) = self::stage(&diamond(), (120, 34));
        stage.press(&format!("Enter j j {key} u c")).expect("keys");
        assert!(stage.text().contains("goal reached"), "{}", stage.text());
    }
}

#[test]
fn past_a_blocked_step_stepping_goes_on_once_it_was_named() {
    let (_folder, mut stage) = stage(&joining(misspelt()), (120, 34));
    // The dial at never: nothing is replanned, and nothing was said before the step comes up.
    stage.press("D D space").expect("keys");
    let text = stage.text();
    assert!(text.contains("blocked: step m join") && text.contains("space runs left_half"), "{text}");
    stage.press("space space").expect("keys");
    assert!(stage.text().contains("✓ s2 right_half"), "{}", stage.text());
}

#[test]
fn a_surprise_that_is_armed_is_not_armed_again() {
    let goal = json!({
        "version": 1, "goal": "Count", "wants": { "n": "true" },
        "tools": {
            "load": { "description": "Load", "outputs": ["items"], "run": { "value": [1, 2] } },
            "count": { "description": "Count", "inputs": ["items"], "outputs": ["n"], "run": { "jq": ".items | length" } }
        },
        "scenarios": [{ "name": "One more", "after": "count", "set": { "items": [1, 2, 3] } }]
    });
    let (_folder, mut stage) = stage(&goal, (80, 24));
    stage.press("x Enter x Enter").expect("keys");
    assert!(stage.text().contains("it is armed already"), "{}", stage.text());
    assert_eq!(stage.app().driver().state().scheduled.len(), 1);
    stage.press("Esc space space space").expect("keys");
    assert!(stage.text().contains("[2] → [3]"), "old and new: {}", stage.text());
}
