//! What the first screens explain, and what the mouse does: with goals of this file alone.

use planscope::ui::input::{Input, MouseAct};
use planscope::ui::testing::harness::Stage;
use serde_json::{Value, json};

fn stage(goal: &Value, size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(&goal.to_string(), "goal.json", None).expect("a goal");
    let stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    (folder, stage)
}

/// A bakery: flour and yeast do not need each other, the dough needs both.
fn bakery() -> Value {
    json!({
        "version": 1, "goal": "Bake bread for tomorrow", "wants": { "bread": "type == \"object\" and .loaves > 0" },
        "context": { "order": { "loaves": 12, "seeds": true } },
        "tools": {
            "weigh_flour": { "description": "Weigh the flour", "inputs": ["order"], "outputs": ["flour"],
                "run": { "jq": ".order.loaves * 400" } },
            "wake_yeast": { "description": "Wake the yeast", "inputs": ["order"], "outputs": ["yeast"],
                "run": { "jq": ".order.loaves * 3" } },
            "bake": { "description": "Knead and bake", "inputs": ["flour", "yeast"], "outputs": ["bread"],
                "run": { "jq": "{loaves: (.flour / 400), rise: .yeast}" } },
            "wrap": { "description": "Wrap the flour for sale", "inputs": ["flour"], "outputs": ["parcels"],
                "run": { "jq": "[.flour]" } },
        },
        "scenarios": [
            { "name": "Sell the flour instead", "after": "weigh_flour",
              "goal": { "goal": "Bake bread for tomorrow", "wants": { "parcels": "length > 0" } } },
        ],
    })
}

fn click(stage: &mut Stage, column: u16, row: u16) {
    stage.input(&Input::Mouse { act: MouseAct::Click, column, row }).expect("a click");
}

/// Returns where `words` stand first.
fn place(stage: &mut Stage, words: &str) -> (u16, u16) {
    let text = stage.text();
    let found = text.lines().enumerate().find_map(|(y, line)| {
        let column = line[..line.find(words)?].chars().count();
        Some((u16::try_from(column).ok()?, u16::try_from(y).ok()?))
    });
    found.unwrap_or_else(|| panic!("{words} stands nowhere:\n{text}"))
}

#[test]
fn a_proposal_is_a_sentence_and_wants_are_words() {
    for size in [(80, 24), (120, 34), (200, 60)] {
        let (_folder, mut stage) = stage(&bakery(), size);
        let text = stage.text();
        assert!(
            text.contains("The planner proposes 3 steps. Read them, then Enter; space also runs the first."),
            "{text}"
        );
        assert!(text.contains("wants bread: an object, loaves more than 0"), "{text}");
        assert!(text.contains("0 of 3 done"), "{text}");
        assert!(!text.contains("s1 → s2 made by s1"), "the legend is for who has not seen it: {text}");
        stage.app().guide(true);
        let text = stage.text();
        assert!(text.contains("s1 → s2 made by s1, read by s2") && text.contains("? puts this away"), "{text}");
        stage.press("space").expect("a key");
        let text = stage.text();
        assert!(!text.contains("proposes") && text.contains("1 of 3 done"), "{text}");
    }
}

#[test]
fn who_sees_the_first_screen_only_reads_what_its_two_columns_are() {
    let words = [
        ((80, 24), "Plan · what to do ", "Context · what is known "),
        ((120, 34), "Plan · to be done: reads → writes ", "Context · what is known: made by → read by "),
        (
            (200, 60),
            "Plan · what is to be done: reads → writes ",
            "Context · what is known, who made it, who reads it ",
        ),
    ];
    for (size, plan, context) in words {
        let (_folder, mut stage) = stage(&bakery(), size);
        stage.app().guide(true);
        let text = stage.text();
        assert!(text.contains(plan) && text.contains(context), "{text}");
        assert!(text.contains("space also runs the first"), "{text}");
        assert!(text.contains("0 of 3 done"), "{text}");
        stage.app().guide(false);
        assert!(!stage.text().contains(" · what"), "{}", stage.text());
    }
}

#[test]
fn several_wants_are_said_in_words_where_they_all_find_room() {
    let mut two = bakery();
    two["wants"] = json!({ "bread": "type == \"object\"", "parcels": "length > 0" });
    let (_folder, mut stage) = stage(&two, (120, 34));
    let text = stage.text();
    assert!(text.contains("wants bread: an object ○ parcels: not empty ○"), "{text}");
    let (_folder, mut stage) = self::stage(&two, (60, 16));
    assert!(stage.text().contains("wants bread ○"), "{}", stage.text());
}

#[test]
fn steps_that_do_not_need_each_other_are_held_together_by_a_rail() {
    let (_folder, mut stage) = stage(&bakery(), (120, 34));
    let text = stage.text();
    assert!(text.contains("┌ s1") && text.contains("└ s2") && text.contains("  s3 bake"), "{text}");
    assert!(text.contains("beside s2: could run together"), "{text}");
}

#[test]
fn a_changed_goal_sorts_what_is_done_before_the_plan_is_rewritten() {
    let (_folder, mut stage) = stage(&bakery(), (120, 34));
    stage.press("space space x Enter").expect("keys");
    let text = stage.text();
    assert!(text.contains("the goal wants parcels now, no longer bread"), "{text}");
    stage.press("space").expect("a key");
    let text = stage.text();
    let row = |name: &str| text.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
    assert!(row("s1 weigh_flour").contains("still useful"), "{text}");
    assert!(row("s2 wake_yeast").contains("no longer needed"), "{text}");
    assert!(row("s3 bake").contains("no longer needed"), "{text}");
    // The proposal is watched again where it stands in the past.
    stage.press("space Enter").expect("keys");
    let mut back = 0;
    while !stage.text().contains("space shows what it did, beat by beat") {
        stage.press("[").expect("a key");
        back += 1;
        assert!(back < 12, "{}", stage.text());
    }
    assert!(stage.text().contains("1 changed"), "{}", stage.text());
    stage.press("space").expect("a key");
    assert!(stage.text().contains("still useful"), "{}", stage.text());
}

#[test]
fn a_replan_that_was_asked_for_shows_no_change_that_never_landed() {
    let (_folder, mut stage) = stage(&bakery(), (120, 34));
    stage.press("space r").expect("keys");
    let text = stage.text();
    assert!(!text.contains("landed") && !text.contains("the change has landed"), "{text}");
    // A step that is to run again has changed no value yet: what it breaks comes first.
    let (_folder, mut stage) = self::stage(&bakery(), (120, 34));
    stage.press("c k k k R").expect("keys");
    let text = stage.text();
    assert!(text.contains("1 breaks") && !text.contains("landed"), "{text}");
}

#[test]
fn what_is_armed_stands_on_its_row_and_is_called_off() {
    let (_folder, mut stage) = stage(&bakery(), (120, 34));
    stage.press("space j j f Enter").expect("keys");
    let text = stage.text();
    let row = text.lines().find(|line| line.contains("s3 bake")).unwrap_or_default().to_owned();
    assert!(row.contains("! fails next"), "{text}");
    stage.press("G F").expect("keys");
    let text = stage.text();
    assert!(!text.contains("fails next") && text.contains("called off what waits for bake"), "{text}");
    stage.press("u").expect("a key");
    assert!(stage.text().contains("! fails next"), "{}", stage.text());
    stage.press("C-r c").expect("keys");
    assert!(stage.text().contains("goal reached"), "{}", stage.text());
}

#[test]
fn dots_of_the_timeline_rows_of_the_trace_and_the_goal_are_clicked() {
    let (_folder, mut stage) = stage(&bakery(), (120, 34));
    stage.press("space space").expect("keys");
    let (column, row) = place(&mut stage, "Trace");
    click(&mut stage, column + 9, row);
    assert!(stage.text().contains("Past  moment 3 of 5"), "{}", stage.text());
    stage.press("End").expect("a key");
    let (column, row) = place(&mut stage, "planner   ↻");
    click(&mut stage, column, row);
    click(&mut stage, column, row);
    assert!(stage.text().contains("Past  moment 2 of 5"), "{}", stage.text());
    stage.press("End").expect("a key");
    click(&mut stage, 4, 0);
    assert!(stage.text().contains("Change the goal"), "{}", stage.text());
    stage.press("Esc").expect("a key");
    let (column, row) = place(&mut stage, "tool not chosen");
    click(&mut stage, column, row);
    assert!(stage.text().contains("wrap"), "{}", stage.text());
}

#[test]
fn a_wide_screen_shows_what_is_selected_in_full() {
    let (_folder, mut stage) = stage(&bakery(), (200, 60));
    stage.press("space space space Esc 2 g").expect("keys");
    let text = stage.text();
    assert!(text.contains("╭ order ") && text.contains(r#"{"loaves": 12, "seeds": true}"#), "{text}");
    assert!(text.contains("Why order?"), "{text}");
}

#[test]
fn borders_are_moved_by_mouse_and_by_key_and_every_pane_keeps_room() {
    let (_folder, mut stage) = stage(&bakery(), (120, 34));
    let edge = |stage: &mut Stage| place(stage, "╮╭ Context").0;
    let before = edge(&mut stage);
    click(&mut stage, before, 6);
    stage.input(&Input::Mouse { act: MouseAct::Drag, column: before + 20, row: 9 }).expect("a drag");
    assert_eq!(edge(&mut stage), before + 20);
    // Wherever it is dragged to, the context is still there.
    stage.input(&Input::Mouse { act: MouseAct::Drag, column: 119, row: 9 }).expect("a drag");
    assert_eq!(edge(&mut stage), 120 - 24 - 1);
    let above = place(&mut stage, "Trace").1;
    click(&mut stage, 4, above - 1);
    stage.input(&Input::Mouse { act: MouseAct::Drag, column: 4, row: above - 7 }).expect("a drag");
    assert_eq!(place(&mut stage, "Trace").1, above - 6);
    // A click elsewhere lets go of it.
    click(&mut stage, 4, 6);
    stage.input(&Input::Mouse { act: MouseAct::Drag, column: 4, row: 20 }).expect("a drag");
    assert_eq!(place(&mut stage, "Trace").1, above - 6);
    stage.press("1 - -").expect("keys");
    assert_eq!(edge(&mut stage), 120 - 24 - 1 - 8);
    stage.press("3 + 2 +").expect("keys");
    assert_eq!((place(&mut stage, "Trace").1, edge(&mut stage)), (above - 8, 120 - 24 - 1 - 12));
}
