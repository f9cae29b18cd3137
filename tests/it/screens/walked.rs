//! What a walk through the whole program found at 80 by 24 and beyond: rows that gave way to the wrong thing, advice that
//! named the wrong step, sentences that were cut, borders that could not be taken hold of.

use planscope::jq::Cancel;
use planscope::ui::input::{Input, KeyPress, MouseAct};
use planscope::ui::screen::Screen;
use planscope::ui::testing::harness::Stage;
use planscope::ui::testing::lanes::CompareStage;
use planscope::ui::theme::Theme;
use serde_json::json;

use super::clicks::stage;

/// The usual sizes.
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 34), (200, 60)];

fn lanes(size: (u16, u16), keys: &str) -> CompareStage {
    let sample = planscope::goal_file::sample("customer_support_report").expect("a sample");
    let goal = planscope::goal_file::parse(sample.text, sample.name, None).expect("a goal");
    let mut stage = CompareStage::open(goal, None, size, Theme::plain()).expect("lanes");
    stage.press(keys).expect("keys");
    stage
}

/// The mint: a step whose key is named almost like another one's, and a reader of both.
fn mint() -> String {
    json!({
        "version": 1, "goal": "Strike the coins",
        "wants": { "coins": "length > 0" },
        "context": { "ore": 3 },
        "tools": {
            "weigh": { "description": "Weigh", "inputs": ["ore"], "outputs": ["rest_report"], "run": { "value": 1 } },
            "assay": { "description": "Assay", "inputs": ["ore"], "outputs": ["test_report"], "run": { "value": 2 } },
            "polish": { "description": "Polish", "inputs": ["ore"], "outputs": ["dies"], "run": { "value": 3 } },
            "strike": { "description": "Strike", "inputs": ["rest_report", "test_report", "dies"], "outputs": ["coins"],
                "run": { "value": "ten" } },
        },
        "scenarios": [{ "name": "The scales are out", "fail": { "tool": "assay", "error": "no light", "times": 1 } }],
    })
    .to_string()
}

/// The mill: the file's own plan, whose steps hand on under names of their own.
fn mill() -> String {
    json!({
        "version": 1, "goal": "Mill the grain",
        "wants": { "sacks": "type == \"number\"" },
        "context": { "grain": 4 },
        "plan": [
            { "id": "a", "tool": "clean", "with": { "rows": "grain" }, "to": { "cleaned": "grain_clean" } },
            { "id": "b", "tool": "grind", "with": { "cleaned": "grain_clean" }, "to": { "sum": "flour" } },
            { "id": "c", "tool": "fill", "with": { "flour": "flour" }, "to": { "sacks": "sacks" } },
        ],
        "tools": {
            "clean": { "description": "Clean", "inputs": ["rows"], "outputs": ["cleaned"], "run": { "jq": ".rows + 1" } },
            "grind": { "description": "Grind", "inputs": ["cleaned"], "outputs": ["sum"], "run": { "jq": ".cleaned * 2" } },
            "fill": { "description": "Fill", "inputs": ["flour"], "outputs": ["sacks"], "run": { "jq": ".flour + 1" } },
        },
    })
    .to_string()
}

#[test]
fn what_a_value_was_and_is_outlives_the_result_beside_it_in_a_narrow_trace() {
    let (_folder, mut stage) =
        stage("customer_support_report", (80, 24), "space space x Enter space space Enter space");
    let text = stage.text();
    assert!(text.contains("s5 count_intents") && text.contains("± intent_counts.password 1 → 4 │"), "{text}");
}

#[test]
fn a_plan_that_ends_without_its_goal_shows_its_answer_and_the_choices() {
    for size in SIZES {
        let (_folder, mut stage) = stage("customer_support_report", size, "space space x Enter n c");
        let text = stage.text();
        let below = text.split("─ Report ").nth(1).or(text.split("╭ Report ").nth(1)).unwrap_or_default();
        assert!(below.contains("~ report  This week, a total of 8 support tickets were handled."), "{size:?}: {text}");
        assert!(below.contains("the plan ends with report stale") && below.contains("save the card"), "{text}");
        assert!(size.0 == 80 || below.contains("was refund, appearing 3"), "{size:?}: {text}");
    }
}

#[test]
fn a_report_stands_whole_at_the_end_of_the_usual_example() {
    let (_folder, mut stage) = stage("customer_support_report", (80, 24), "c");
    let text = stage.text();
    let below = text.split("╭ Report ").nth(1).unwrap_or_default();
    assert!(below.contains("FAQ copy.") && !below.contains("more line"), "{text}");
    assert!(below.contains("save the card"), "{text}");
}

#[test]
fn a_failed_step_is_never_mended_by_the_name_of_another_key() {
    let (_folder, mut stage) = stage(&mint(), (120, 34), "space x Enter space space");
    let text = stage.text();
    assert!(text.contains("assay") && text.contains("failed"), "{text}");
    stage.press("#").expect("a key");
    let page = stage.text();
    assert!(page.contains("nothing makes \"test_report\""), "{page}");
    assert!(!page.contains("did you mean") && !page.contains("read rest_report, not"), "{page}");
    assert!(page.contains("adds assay before") || page.contains("adds assay at the end"), "{page}");
}

#[test]
fn a_step_that_a_replan_repeats_is_the_planners_and_hands_on_within_the_proposal() {
    let (_folder, mut stage) = stage(&mill(), (120, 34), "c 2 g i");
    stage.press("C-u").expect("a key");
    stage.input(&Input::Paste("9".into())).expect("a value");
    stage.press("C-s space space w").expect("keys");
    let text = stage.text();
    assert!(text.contains("Why s1 grind?"), "{text}");
    assert!(text.contains("= the planner put it there: flour is stale"), "{text}");
    assert!(text.contains("+ writes flour: s2 fill"), "{text}");
}

#[test]
fn the_first_sentence_says_what_space_does_however_many_steps_there_are() {
    for (goal, size) in [("print_a_book_in_20_steps", (80, 24)), (&*mill(), (80, 24)), (&*mint(), (80, 24))] {
        let (_folder, mut stage) = stage(goal, size, "");
        let text = stage.text();
        assert!(text.contains("; space also runs the first."), "{text}");
        // In the context, Enter alone means something else.
        stage.press("2").expect("a key");
        let text = stage.text();
        assert!(text.contains("; space also runs the first."), "{text}");
    }
}

#[test]
fn the_verdict_on_a_plan_leaves_its_steps_their_rows() {
    let (_folder, mut stage) = stage("broken_hand_off", (80, 24), "# Esc Esc");
    let text = stage.text();
    for step in ["s1 list_changes", "s2 write_notes", "s3 group_changes", "s4 pick_highlight"] {
        assert!(text.contains(step), "{step}: {text}");
    }
    assert!(text.contains("✗ handed off") && text.contains("M moves") || text.contains("M lets"), "{text}");
    // Where there is room, nothing of it is cut.
    let (_folder, mut stage) = self::stage("broken_hand_off", (120, 34), "# Enter Esc Esc");
    let text = stage.text();
    assert!(
        text.contains("First clarify how each step's output")
            && text.contains("read changes, not")
            && !text.contains("not…"),
        "{text}"
    );
}

#[test]
fn the_line_of_the_lanes_says_whole_sentences_and_forgets_what_is_no_longer_refused() {
    let mut stage = lanes((80, 24), "x 1 2");
    assert!(stage.text().contains("c runs each lane to its"), "{}", stage.text());
    assert!(stage.text().contains("end\n") && !stage.text().contains("to it…"), "{}", stage.text());
    // A key that is refused while the lanes run is not refused any more once they are through.
    let _ = stage.compare().input(&Input::Key(KeyPress::char('c')));
    let _ = stage.compare().input(&Input::Key(KeyPress::char('p')));
    assert!(stage.text().contains(" No "), "{}", stage.text());
    let cancel = Cancel::new();
    while let Some(at) = stage.compare().bench().work(&cancel) {
        stage.compare().moved(at);
    }
    assert!(!stage.text().contains(" No "), "{}", stage.text());
}

#[test]
fn escape_asks_before_it_leaves_lanes_in_which_something_ran() {
    let mut stage = lanes((80, 24), "Esc");
    assert!(!stage.text().contains("Leave the lanes?"), "{}", stage.text());
    stage.press("c Esc").expect("keys");
    assert!(stage.text().contains("Leave the lanes?"), "{}", stage.text());
    stage.press("Esc").expect("a key");
    assert!(!stage.text().contains("Leave the lanes?") && stage.requests.is_empty(), "{}", stage.text());
}

#[test]
fn a_prediction_names_whom_it_is_measured_against_and_is_proposed_again() {
    let mut stage = lanes((120, 34), "p 3 x 1");
    let text = stage.text();
    assert!(text.contains("▶  3  react: stand-in fails"), "{text}");
    stage.press("1 c").expect("keys");
    assert!(stage.text().contains("It coped, with 10 decisions fewer than react: stand-in."), "{}", stage.text());
}

#[test]
fn a_replan_that_keeps_every_step_does_not_claim_to_have_rewritten_the_plan() {
    let (_folder, mut stage) = stage("customer_support_report", (120, 34), "space !");
    stage.type_text(" again").expect("text");
    stage.press("C-s space space").expect("keys");
    let text = stage.text();
    assert!(text.starts_with(" ↻ the plan stays as it is: 3 steps are kept\n"), "{text}");
}

#[test]
fn no_row_of_the_card_ends_between_a_sign_and_its_key_or_an_event_and_its_number() {
    let keys = "space space x Enter space space Enter c E";
    for width in 60..100 {
        let (_folder, mut stage) = stage("customer_support_report", (width, 60), keys);
        for line in stage.text().lines() {
            let line = line.trim_end_matches(['│', ' ']);
            let cut = ["+", "±", "=", "(event", "(events"].iter().any(|end| line.ends_with(&format!(" {end}")));
            assert!(!cut, "{width}: {line}");
        }
    }
}

#[test]
fn a_wanted_key_without_a_condition_is_told_which_one_any_value_meets() {
    let (_folder, mut stage) = stage("customer_support_report", (80, 24), "! Tab C-u");
    stage.type_text("tickets").expect("text");
    assert!(stage.text().contains("write it as name: condition; true is met by any value"), "{}", stage.text());
}

#[test]
fn the_border_above_the_trace_is_taken_hold_of_at_either_of_its_frames() {
    let (_folder, mut stage) = stage("customer_support_report", (120, 34), "space");
    let row = |stage: &mut Stage| {
        let text = stage.text();
        u16::try_from(text.lines().position(|line| line.starts_with("╭ Trace")).expect("a trace")).expect("a row")
    };
    let top = row(&mut stage);
    let mouse = |act, row| Input::Mouse { act, column: 60, row };
    stage.input(&mouse(MouseAct::Click, top)).expect("a click");
    stage.input(&mouse(MouseAct::Drag, top)).expect("a drag");
    assert_eq!(row(&mut stage), top, "it stays where it is held");
    stage.input(&mouse(MouseAct::Drag, top - 4)).expect("a drag");
    assert_eq!(row(&mut stage), top - 4);
    stage.input(&mouse(MouseAct::Click, top - 5)).expect("a click");
    stage.input(&mouse(MouseAct::Drag, top - 2)).expect("a drag");
    assert_eq!(row(&mut stage), top - 1);
}
