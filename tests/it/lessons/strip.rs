//! The strip: whole at 80×24, in at most three rows; hints, questions, typed answers, putting it away, starting over.

use super::{lessons, press, stage};
use planscope::describe::keys::usual;
use planscope::describe::sanitize::harmless;
use planscope::describe::text::{width, wrap};
use planscope::goal_file::{self, Takes};
use planscope::ui::testing::harness::Stage;

/// Three rows at 80×24: the first says where one is.
const ROOM: usize = 78;

#[test]
fn everything_that_a_lesson_says_fits_into_its_strip_on_a_small_screen() {
    let mut wrong = Vec::new();
    for read in lessons() {
        for (at, part) in read.lesson.parts.iter().enumerate() {
            let mut fits = |words: &str, rows: usize| {
                if wrap(&harmless(&usual(words)), ROOM).len() > rows {
                    wrong.push(format!("{}, part {}: {}", read.name, at + 1, usual(words)));
                }
            };
            fits(&part.text, 2);
            let look = part.look.iter().map(|look| format!("Look: {look}"));
            look.for_each(|look| fits(&look, 1));
            let rows = if part.predict.is_some() { 1 } else { 2 };
            part.hints.iter().for_each(|hint| fits(&format!("Answer: {hint}"), rows));
            if let Some(predict) = &part.predict {
                fits(&predict.ask, 1);
                if let Takes::Choices(choices) = &predict.takes {
                    let wide: usize = choices.iter().map(|choice| width(choice) + 5).sum();
                    fits(&"x".repeat(wide + 8), 1);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "too long:\n{}", wrong.join("\n"));
}

/// One question of each kind, then something to do.
const ASKS: &str = r#"{
  "version": 1, "goal": "Bake bread", "wants": { "bread": "true" },
  "tools": {
    "weigh_flour": { "description": "Weigh the flour", "outputs": ["flour"], "run": { "value": 500 } },
    "bake": { "description": "Bake the bread", "inputs": ["flour"], "outputs": ["bread"], "run": { "jq": "\"a loaf of \\(.flour) g\"" } }
  },
  "lesson": { "title": "Bread", "parts": [
    { "text": "{key:step} weighs.", "check": ".context.flour != null", "hints": ["Flour is heavy.", "Half a kilo: 500."],
      "predict": { "ask": "How many grams?", "takes": "number", "truth": ".context.flour", "why": "key:flour" } },
    { "text": "{key:step} bakes.", "check": { "trace": { "kind": "reached" } },
      "predict": { "ask": "What comes out?", "choices": ["dough", "a loaf of 500 g"], "truth": ".context.bread" } }
  ] }
}"#;

fn bread(keys: &[&str]) -> (tempfile::TempDir, Stage) {
    let (folder, mut stage) = stage(goal_file::parse(ASKS, "bread", None).expect("a goal"), (80, 24));
    keys.iter().for_each(|key| press(&mut stage, key));
    (folder, stage)
}

/// Returns the three rows of the strip.
fn strip(stage: &mut Stage) -> Vec<String> {
    stage.text().lines().skip(2).take_while(|line| !line.starts_with('╭')).map(str::to_owned).collect()
}

#[test]
fn a_question_is_asked_before_and_answered_beside_the_truth_with_its_why() {
    let (_folder, mut stage) = bread(&[]);
    let rows = strip(&mut stage);
    assert!(rows[0].starts_with(" Bread · part 1 of 2") && rows[0].ends_with("H hint  _ hide"), "{rows:?}");
    assert_eq!(rows[1..], [" How many grams?", " = types a number   . skips"]);
    press(&mut stage, "=");
    press(&mut stage, "type:many");
    press(&mut stage, "Enter");
    assert!(stage.text().contains("No    \"many\" is not a number: type one, like 3"), "{}", stage.text());
    assert!(strip(&mut stage)[1].contains("many"), "what was typed stays: {}", stage.text());
    for key in ["C-u", "type:400", "Enter"] {
        press(&mut stage, key);
    }
    let rows = strip(&mut stage);
    assert_eq!(rows[0].split("  ").nth(1), Some("○ You say 400."), "{rows:?}");
    assert_eq!(rows[1], " space weighs.");
    press(&mut stage, "space");
    let rows = strip(&mut stage);
    assert!(rows[0].contains("✗ You said 400; it is 500. s1 weigh_flour made it."), "{rows:?}");
    assert_eq!(rows[1..], [" What comes out?", " 1 dough   2 a loaf of 500 g   . skips"]);
    press(&mut stage, "2");
    press(&mut stage, "space");
    let text = stage.text();
    assert!(text.contains("✓ You said a loaf of 500 g, and so it is."), "{text}");
    assert!(text.contains("The lesson is through. 1 of 2 predictions were right."), "{text}");
}

#[test]
fn a_low_screen_has_two_rows_for_it_and_one_that_shows_one_pane_too() {
    for size in [(60, 16), (80, 18)] {
        let (_folder, mut stage) = stage(goal_file::parse(ASKS, "bread", None).expect("a goal"), size);
        assert_eq!(strip(&mut stage), [" How many grams?", " = types a number   . skips"], "{}", stage.text());
        press(&mut stage, ".");
        let rows = strip(&mut stage);
        assert!(rows.len() == 2 && rows[0].starts_with(" Bread · part 1 of 2"), "{}", stage.text());
        assert_eq!(rows[1], " space weighs.");
        assert!(stage.text().contains("weigh_flour"), "the pane is still there: {}", stage.text());
    }
}

#[test]
fn a_question_is_skipped_with_one_key_and_one_that_comes_too_late_answers_itself() {
    let (_folder, mut stage) = bread(&[".", "space"]);
    assert!(strip(&mut stage)[0].contains("○ It is 500."), "{}", stage.text());
    let (_folder, mut stage) = bread(&["space", "c"]);
    let text = stage.text();
    assert!(text.contains("The lesson is through.") && !text.contains("were right"), "{text}");
}

#[test]
fn the_truth_is_told_once_it_was_seen_not_as_soon_as_it_is_known() {
    // What the lanes come to is known without looking at them; the part asks for the look.
    let goal = ASKS.replace(
        r#""lesson": { "title": "Bread", "parts": ["#,
        r#""lesson": { "title": "Bread",
    "compare": [ { "lanes": ["plan-and-execute", "react"], "look": "calls", "shows": { "both bake": "true" } } ],
    "parts": [ { "text": "{key:why} says why.", "check": ".did | any(. == \"why\")", "hints": ["{key:why}"],
      "predict": { "ask": "How many calls does react take?", "takes": "number", "truth": ".lanes.react.metrics.tool_calls" } },"#,
    );
    let (_folder, mut stage) = stage(goal_file::parse(&goal, "bread", None).expect("a goal"), (80, 24));
    for key in ["=", "type:2", "Enter"] {
        press(&mut stage, key);
    }
    assert!(strip(&mut stage)[0].contains("○ You say 2."), "{}", stage.text());
    press(&mut stage, "w");
    press(&mut stage, "Esc");
    assert!(strip(&mut stage)[0].contains("✓ You said 2, and so it is."), "{}", stage.text());
}

#[test]
fn hints_come_one_by_one_the_last_is_the_answer() {
    let (_folder, mut stage) = bread(&["H"]);
    assert_eq!(strip(&mut stage)[1..], [" Hint: Flour is heavy.", " = types a number   . skips"]);
    press(&mut stage, "H");
    assert_eq!(strip(&mut stage)[1], " Answer: Half a kilo: 500.");
    press(&mut stage, "H");
    assert!(stage.text().contains("No    that was the answer"), "{}", stage.text());
}

#[test]
fn the_strip_goes_away_and_comes_back_and_starting_over_starts_the_lesson_over() {
    let (_folder, mut stage) = bread(&[".", "space", "_"]);
    assert!(!stage.text().contains("Bread · part"), "{}", stage.text());
    assert!(stage.text().contains("_ brings it back"), "{}", stage.text());
    press(&mut stage, "_");
    assert!(strip(&mut stage)[1].contains("What comes out?"), "{}", stage.text());
    press(&mut stage, "0");
    press(&mut stage, "y");
    assert!(strip(&mut stage)[0].contains("part 1 of 2"), "{}", stage.text());
    assert_eq!(strip(&mut stage)[1], " How many grams?");
}

#[test]
fn a_faulty_check_is_reported_with_its_place() {
    let lesson = |part: &str| {
        let file = format!(r#"{{ "version": 1, "goal": "g", "lesson": {{ "title": "t", "parts": [ {part} ] }} }}"#);
        goal_file::parse(&file, "faulty", None).expect_err("a fault").to_string()
    };
    for (part, said) in [
        (r#"{ "text": "t", "check": ".plan[" }"#, "lesson.parts[0].check"),
        (r#"{ "text": "t" }"#, "Nothing says when this part is through"),
        (r#"{ "text": "{key:fly} up", "check": "true" }"#, "{key:fly} names no action"),
        (r#"{ "text": "t", "check": { "trace": {} } }"#, "Every event has these fields"),
        (r#"{ "text": "t", "predict": { "ask": "?", "truth": "1" } }"#, "does not say in one way"),
        (r#"{ "text": "t", "predict": { "ask": "?", "takes": "date", "truth": "1" } }"#, "\"date\" cannot be typed"),
        (r#"{ "text": "t", "predict": { "ask": "?", "choices": ["a", "b"], "truth": "1 +" } }"#, "predict.truth"),
        (
            r#"{ "text": "t", "predict": { "ask": "?", "takes": "text", "truth": "1", "why": "who" } }"#,
            "\"who\" says nothing",
        ),
        (r#"{ "text": "t", "check": "true", "hints": ["1", "2", "3", "4"] }"#, "4 hints stand here"),
    ] {
        let faults = lesson(part);
        assert!(faults.contains(said), "{part}: {faults}");
    }
}
