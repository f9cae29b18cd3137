//! The trace narrowed to what a person looks for, through the real view.

use planscope::ui::testing::harness::Stage;
use serde_json::json;

fn stage(size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let tool = |input: &str, output: &str| json!({ "description": format!("Make {output}"), "inputs": [input], "outputs": [output], "run": { "jq": format!(".{input}") } });
    let goal = json!({
        "version": 1, "goal": "Make d", "wants": { "d": "true" }, "context": { "zero": 1 },
        "tools": { "make_a": tool("zero", "a"), "make_b": tool("a", "b"), "make_c": tool("b", "c"), "make_d": tool("c", "d") }
    });
    let goal = planscope::goal_file::parse(&goal.to_string(), "own.json", None).expect("a goal");
    let stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    (folder, stage)
}

/// Looks for `text` in the trace.
fn look_for(stage: &mut Stage, text: &str) {
    stage.press("3 / C-u").expect("keys");
    stage.type_text(text).expect("a text");
    stage.press("Enter").expect("keys");
}

/// The rows of the trace, without those that are about other things.
fn moments(stage: &mut Stage) -> Vec<String> {
    let text = stage.text();
    let of = ["make_a", "make_b", "make_c"];
    let trace = text.lines().skip_while(|line| !line.contains("Trace"));
    let row = |line: &&str| line.contains("executor") && of.iter().any(|tool| line.contains(tool));
    trace.filter(row).map(str::to_owned).collect()
}

#[test]
fn the_trace_shows_what_is_looked_for_follows_what_happens_and_comes_back_whole() {
    for size in [(80, 24), (120, 34), (200, 60)] {
        let (_folder, mut stage) = stage(size);
        stage.press("space space").expect("keys");
        look_for(&mut stage, "kind:done");
        assert_eq!(moments(&mut stage).len(), 2, "{}", stage.text());
        assert!(stage.text().contains("2 of ") && !stage.text().contains("planner  "), "{}", stage.text());
        stage.press("Home y").expect("keys");
        assert!(stage.text().contains("copied"), "{}", stage.text());
        stage.press("1 space").expect("keys");
        assert_eq!(moments(&mut stage).len(), 3, "what happens since is there, too: {}", stage.text());
        look_for(&mut stage, "step:make_b");
        assert!(moments(&mut stage).len() == 1 && moments(&mut stage)[0].contains("make_b"), "{}", stage.text());
        look_for(&mut stage, "kind:failed");
        assert!(stage.text().contains("no moment so far is kind:failed"), "{}", stage.text());
        stage.press("Esc").expect("keys");
        assert!(moments(&mut stage).len() > 1, "{}", stage.text());
    }
}

#[test]
fn what_means_nothing_is_refused_with_its_place_and_a_text_is_found_as_before() {
    let (_folder, mut stage) = stage((120, 34));
    stage.press("space space").expect("keys");
    look_for(&mut stage, "kind:faild");
    assert!(stage.text().contains("at 1: there is no kind \"faild\" (did you mean failed?)"), "{}", stage.text());
    let before = moments(&mut stage).len();
    look_for(&mut stage, "make_a");
    assert_eq!(moments(&mut stage).len(), before, "a text only moves the cursor");
}

#[test]
fn a_filter_is_one_wherever_it_is_typed_and_stays_to_be_mended() {
    let (_folder, mut stage) = stage((80, 24));
    stage.press("space space 1 /").expect("keys");
    stage.type_text("kind:done").expect("a text");
    stage.press("Enter").expect("keys");
    assert!(moments(&mut stage).len() == 2 && stage.text().contains("kind:done"), "{}", stage.text());
    stage.press("Esc 2 / C-u").expect("keys");
    stage.type_text("kind:x").expect("a text");
    stage.press("Enter").expect("keys");
    let text = stage.text();
    // All kinds stand whole, below what was typed.
    let words = text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    assert!(words.contains("there is no kind \"x\"") && words.contains("undone") && words.contains("kind:x"), "{text}");
    assert!(!text.contains('…') || !text.split("Find").nth(1).unwrap_or_default().contains('…'), "{text}");
    stage.press("C-u").expect("keys");
    stage.type_text("zero").expect("a text");
    stage.press("Enter").expect("keys");
    assert!(!stage.text().contains("the trace shows what is"), "a text is found where it stands: {}", stage.text());
}

#[test]
fn who_goes_to_an_event_that_a_filter_left_out_is_told_that_it_ended() {
    let (_folder, mut stage) = stage((120, 34));
    stage.press("space space space").expect("keys");
    look_for(&mut stage, "step:make_b");
    stage.press("2 Home Down W").expect("keys");
    let text = stage.text();
    assert!(text.contains("is not step:make_b: the trace shows all of it again"), "{text}");
    look_for(&mut stage, "kind:done");
    stage.press("2 Home Down W").expect("keys");
    assert!(stage.text().contains("kind:done"), "it holds of that one: {}", stage.text());
}
