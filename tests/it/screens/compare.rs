//! The lanes side by side: keys in, picture out; on a sample, and on goals that nobody has seen before.

use planscope::describe::text::width;
use planscope::engine::goal::Goal;
use planscope::ui::input::{Input, MouseAct};
use planscope::ui::navigate::Destination;
use planscope::ui::screen::{Left, Request, Screen};
use planscope::ui::testing::lanes::CompareStage;
use planscope::ui::theme::Theme;

/// The sizes that the pictures are taken at.
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 34), (200, 60)];

fn sample() -> Goal {
    let sample = planscope::goal_file::sample("customer_support_report").expect("a sample");
    planscope::goal_file::parse(sample.text, sample.name, None).expect("a goal")
}

/// A goal with a murky part, a surprise that fails a tool, and words that are two cells wide.
const DINNER: &str = r#"{
  "version": 1,
  "goal": "Reserve a table for the team dinner 晩ご飯",
  "wants": { "reservation": ".seats >= 4" },
  "context": { "people": 5 },
  "tools": {
    "find_place": {
      "description": "Look around for a place that has room",
      "inputs": ["people"], "outputs": ["place"],
      "run": { "explore": { "tools": ["ask_noodle_bar", "ask_寿司_bar"], "until": ".place != null", "budget": 6 } }
    },
    "ask_noodle_bar": {
      "description": "Ask the noodle bar whether it has room",
      "inputs": ["people"], "outputs": ["noodle_answer"],
      "run": { "value": "full tonight" }
    },
    "ask_寿司_bar": {
      "description": "Ask the sushi bar for a place",
      "inputs": ["people"], "outputs": ["place"],
      "run": { "jq": "{ name: \"寿司\", seats: (.people + 1) }" }
    },
    "reserve": {
      "description": "Reserve the table at the place",
      "inputs": ["place", "people"], "outputs": ["reservation"],
      "run": { "jq": "{ at: .place.name, seats: .place.seats }" },
      "summary": "\"a table at \\(.reservation.at)\""
    }
  },
  "scenarios": [
    { "name": "The line is busy", "fail": { "tool": "reserve", "error": "busy: 話し中", "times": 1 } }
  ]
}"#;

fn dinner() -> Goal {
    sample_with("dinner", DINNER)
}

fn sample_with(name: &str, text: &str) -> Goal {
    planscope::goal_file::parse(text, name, None).expect("a goal")
}

fn stage(goal: Goal, size: (u16, u16), keys: &str) -> CompareStage {
    let mut stage = CompareStage::open(goal, None, size, Theme::coloured()).expect("the lanes");
    stage.press(keys).expect("keys");
    stage
}

fn pictures(name: &str, keys: &str) {
    for (width, height) in SIZES {
        let picture = stage(sample(), (width, height), keys).picture();
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), picture);
    }
}

/// Presses that land the first surprise of the menu, with the prediction that the third lane fails.
const SURPRISE: &str = "x 1 3";

#[test]
fn nothing_has_run() {
    pictures("compare_start", "");
}

#[test]
fn a_prediction_is_asked_first() {
    pictures("compare_predict", "x 1");
}

#[test]
fn amid_the_lockstep() {
    pictures("compare_lockstep", &format!("{SURPRISE} space space space"));
}

#[test]
fn the_surprise_has_landed_and_every_lane_is_through() {
    pictures("compare_end", &format!("{SURPRISE} c"));
}

#[test]
fn the_figures_say_what_they_mean() {
    pictures("compare_figures", &format!("{SURPRISE} c f"));
}

#[test]
fn a_narrow_window_shows_one_lane() {
    let mut stage = stage(sample(), (48, 20), &format!("{SURPRISE} c l l k k"));
    insta::assert_snapshot!("compare_one_48x20", stage.picture());
}

#[test]
fn a_lane_with_a_loop_and_wide_words_stands_beside_the_others() {
    let mut stage = stage(dinner(), (120, 34), "x Esc c");
    insta::assert_snapshot!("compare_dinner_120x34", stage.picture());
}

#[test]
fn a_thought_says_why_the_others_lost() {
    let mut stage = stage(sample(), (120, 40), "space l l k w");
    let text = stage.text();
    assert!(text.contains("the best first") && text.contains("needs intent_counts"), "{text}");
    stage.press("Esc").expect("keys");
    assert!(!stage.text().contains("the best first"));
}

#[test]
fn why_at_the_end_of_a_lane_says_how_it_coped_or_what_stood_in_its_way() {
    let coped = stage(sample(), (120, 60), &format!("{SURPRISE} c w")).text();
    for words in
        ["met the surprise with event", "The goal wants report", "holds", "by s4 draft_report", "surprise \"Late"]
    {
        assert!(coped.contains(words), "{words}: {coped}");
    }
    let rigid = stage(sample(), (120, 60), &format!("{SURPRISE} c l w")).text();
    for words in
        ["the plan ends with report stale", "The goal wants report", "~ report: by s4 draft_report", "but version"]
    {
        assert!(rigid.contains(words), "{words}: {rigid}");
    }
    let nothing = sample_with(
        "a house",
        r#"{"version": 1, "goal": "Build a house", "wants": {"house": "true"},
        "tools": {"build": {"description": "build the house", "inputs": ["rocket"], "outputs": ["house"],
        "run": {"value": 1}}}}"#,
    );
    let unplannable = stage(nothing, (120, 60), "w").text();
    assert!(unplannable.contains("nothing writes \"rocket\""), "{unplannable}");
}

#[test]
fn a_lane_that_never_met_the_surprise_is_not_praised_for_its_answer() {
    let tea = sample_with(
        "tea",
        r#"{"version": 1, "goal": "Make tea", "wants": {"tea": "true"},
        "context": {"water": "tap"}, "tools": {
        "boil": {"description": "boil the water", "inputs": ["water"], "outputs": ["hot"], "run": {"jq": ".water"}},
        "brew": {"description": "brew it", "inputs": ["hot"], "outputs": ["tea"], "run": {"jq": ".hot"}},
        "shop": {"description": "make tea in the shop", "inputs": ["water"], "outputs": ["tea"], "cost": 5,
                 "run": {"value": "shop tea"}}},
        "scenarios": [{"name": "Rain", "after": "boil", "set": {"water": "rain"}}]}"#,
    );
    let text = stage(tea, (120, 34), "x Esc c").text();
    assert!(text.contains("never met the surprise ─"), "{text}");
    assert!(text.contains("Took the least here: plan-and-execute"), "it met it, and coped: {text}");
}

#[test]
fn the_same_surprise_is_promised_only_where_there_is_one() {
    for keys in ["D", "s", "+"] {
        let calm = stage(sample(), (120, 34), keys).text();
        assert!(!calm.contains("same surprise"), "{keys}: {calm}");
        let surprised = stage(sample(), (120, 34), &format!("{SURPRISE} {keys}")).text();
        assert!(surprised.contains("with the same surprise"), "{keys}: {surprised}");
    }
}

#[test]
fn the_rigid_lane_heals_when_its_dial_is_turned() {
    let mut stage = stage(sample(), (120, 34), &format!("{SURPRISE} c l"));
    let before = stage.text();
    assert!(before.contains("never replan") && before.contains("✗ not reached"), "{before}");
    // Never, on failure, on deviation: the same surprise each time.
    stage.press("D D").expect("keys");
    let after = stage.text();
    assert!(!after.contains("✗ not reached"), "{after}");
    assert_eq!(after.matches("! tickets [").count(), 3, "{after}");
}

#[test]
fn a_prediction_is_held_against_what_happened() {
    let wrong = stage(sample(), (120, 34), &format!("{SURPRISE} c")).text();
    assert!(
        wrong.contains("You predicted: react: stand-in fails. It coped, with 10 more decisions than plan-and-execute."),
        "{wrong}"
    );
    let right = stage(sample(), (120, 34), "x 1 2 c").text();
    assert!(right.contains("You predicted: never replan fails. So it did, alone."), "{right}");
    let skipped = stage(sample(), (120, 34), "x 1 Esc c").text();
    assert!(skipped.contains("Late tickets arrive") && !skipped.contains("You predicted"), "{skipped}");
}

#[test]
fn the_price_is_the_persons_and_turns_the_advice() {
    let mut stage = stage(sample(), (120, 100), "c");
    let usual = stage.text();
    assert!(usual.contains("Took the least here: plan-and-execute"), "{usual}");
    let page = |stage: &mut CompareStage| {
        stage.press("f").expect("keys");
        let text = stage.text();
        stage.press("Esc").expect("keys");
        text
    };
    let before = page(&mut stage);
    assert!(before.contains("Break-even: above"), "{before}");
    // A faulty price is refused where it was typed, and changes nothing.
    stage.press("$").expect("keys");
    assert!(stage.text().contains("decision=3s,planned-step=0.3s,call=3s,thrown-away=3s"), "{}", stage.text());
    stage.input(&Input::Paste(",call=7".into()));
    stage.press("Enter").expect("keys");
    assert!(stage.text().contains("\"7\" is not a duration: write 500ms, 0.3s or 2m"), "{}", stage.text());
    stage.press("Esc").expect("keys");
    assert_eq!(stage.text(), usual);
    stage.press("$ Home C-k").expect("keys");
    stage.input(&Input::Paste("planned-step=20s".into()));
    stage.press("Enter").expect("keys");
    let dear = stage.text();
    assert!(dear.contains("Took the least here: react: stand-in"), "{dear}");
    assert!(!usual.contains("1 min 35 s") && dear.contains("1 min 35 s"), "the table is at this price too: {dear}");
    let after = page(&mut stage);
    assert!(after.contains("a planned step 20s") && after.contains("Break-even: below"), "{after}");
    // What is not named takes the usual: so does everything where nothing is.
    stage.press("$ Home C-k Enter w Esc").expect("keys");
    assert_eq!(page(&mut stage), before);
}

#[test]
fn a_surprise_lands_in_lanes_that_are_through_and_they_go_to_the_end_again() {
    let mut stage = stage(sample(), (120, 34), "c");
    let calm = stage.text();
    assert!(calm.contains("at the end") && calm.matches("✓ reached").count() == 3, "{calm}");
    stage.press(SURPRISE).expect("keys");
    let after = stage.text();
    assert!(after.contains("at the end") && after.contains("✗ not reached"), "{after}");
}

#[test]
fn looking_back_runs_nothing_and_comes_back_to_now() {
    let mut stage = stage(sample(), (120, 34), "c");
    let now = stage.text();
    stage.press("[ [").expect("keys");
    let past = stage.text();
    assert!(past.contains("looking back: step"), "{past}");
    stage.press("Esc").expect("keys");
    assert_eq!(stage.text(), now);
}

#[test]
fn lanes_are_added_up_to_four_and_taken_away_down_to_one() {
    let mut stage = stage(sample(), (120, 34), "c + 3");
    let four = stage.text();
    assert!(four.contains("react: planner's wits"), "{four}");
    stage.press("+").expect("keys");
    assert!(stage.text().contains("four lanes are the most"), "{}", stage.text());
    stage.press("- - - -").expect("keys");
    assert!(stage.text().contains("one lane has to stay"), "{}", stage.text());
}

#[test]
fn the_loop_is_told_of_a_lane_and_of_leaving() {
    let mut stage = stage(sample(), (120, 34), "l o q");
    let requests = std::mem::take(&mut stage.requests);
    let [Request::Open(Destination::Lane(session)), Request::Leave] = requests.as_slice() else {
        panic!("{requests:?}")
    };
    // What a person did in the lane elsewhere is there when it comes back.
    let left = Left { session: Some(((**session).clone(), "lane.jsonl".into())), ..Left::default() };
    stage.compare().resume(left);
    assert!(stage.text().contains("the lane is kept: planscope resume lane.jsonl"), "{}", stage.text());
    stage.press("c").expect("keys");
    assert!(stage.text().contains("at the end"));
}

#[test]
fn a_lane_that_waits_says_for_what_and_where_to_decide() {
    let text = DINNER.replace("\"summary\"", "\"risk\": \"high\", \"summary\"");
    let goal = planscope::goal_file::parse(&text, "dinner", None).expect("a goal");
    let mut stage = stage(goal, (120, 34), "c");
    let waits = stage.text();
    assert!(waits.contains("reserve asks before it runs; o opens the lane to decide"), "{waits}");
    // What waits is not hurried, and does not end.
    stage.press("space c").expect("keys");
    assert!(stage.text().contains("o opens the lane to decide"), "{}", stage.text());
    assert!(!stage.text().contains("at the end"));
}

#[test]
fn a_click_selects_a_row_and_a_second_one_explains_it() {
    let mut stage = stage(sample(), (120, 34), "c");
    let click = Input::Mouse { act: MouseAct::Click, column: 50, row: 4 };
    stage.input(&click);
    assert!(stage.text().contains("Here  ✓ load_tickets"), "{}", stage.text());
    stage.input(&click);
    assert!(stage.text().contains("Why, in never replan"), "{}", stage.text());
}

#[test]
fn no_key_panics_at_any_size_and_nothing_runs_over_an_edge() {
    for goal in [sample(), dinner()] {
        let mut stage = stage(goal, (80, 24), "");
        for keys in [
            "",
            "x",
            "1",
            "1",
            "space",
            "space w",
            "c",
            "f",
            "?",
            ":",
            "+",
            "s",
            "D",
            "z",
            "[ [ k k k",
            "p",
            "$",
            "G g",
        ] {
            stage.press(keys).expect("keys");
            for (columns, height) in
                [(1, 1), (2, 2), (3, 9), (10, 3), (20, 5), (39, 9), (40, 10), (59, 16), (60, 16), (72, 18), (300, 100)]
            {
                stage.input(&Input::Resized { width: columns, height });
                let text = stage.text();
                assert_eq!(text.split('\n').count(), usize::from(height), "{keys} at {columns}x{height}");
                for row in text.lines() {
                    assert!(width(row) <= usize::from(columns), "{keys} at {columns}x{height}: {row}");
                }
            }
            if !["x", "1"].contains(&keys) {
                stage.press("Esc").expect("keys");
            }
        }
        assert!(stage.requests.iter().all(|request| !matches!(request, Request::Suspend)));
    }
}

#[test]
fn without_colour_every_sign_has_its_glyph() {
    let mut stage = CompareStage::open(sample(), None, (120, 34), Theme::plain()).expect("the lanes");
    stage.press(&format!("{SURPRISE} c")).expect("keys");
    let buffer = stage.buffer();
    assert!(buffer.content().iter().all(|cell| cell.fg == ratatui::style::Color::Reset));
    for sign in ["✓", "✗", "!", "↻", "~", "=", "▶"] {
        assert!(stage.text().contains(sign), "{sign}:\n{}", stage.text());
    }
}

#[test]
fn where_no_lane_reaches_the_goal_none_is_praised() {
    let goal = r#"{ "version": 1, "goal": "Write a poem", "wants": { "poem": "length > 10" }, "tools": {
      "write": { "description": "Write a poem", "inputs": ["mood"], "outputs": ["poem"], "run": { "jq": ".mood" } } } }"#;
    let goal = planscope::goal_file::parse(goal, "poem", None).expect("a goal");
    let mut stage = stage(goal, (120, 34), "c");
    let text = stage.text();
    assert!(text.contains("No lane coped.") && !text.contains("Took the least"), "{text}");
    stage.press("f").expect("keys");
}
