//! Screens of ReAct and of loops inside steps: keys in, picture out, at three sizes.

use planscope::engine::event::Strategy;
use planscope::ui::input::Input;
use planscope::ui::testing::harness::Stage;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 34), (200, 60)];

/// A goal without a plan that anybody would miss: the stand-in takes the last tool first.
const SOUP: &str = r#"{ "version": 1, "goal": "Cook a soup and write the menu card",
  "wants": {"menu": "length > 0"}, "context": {"garden": ["leek", "carrot"]},
  "tools": {
    "harvest": {"description": "Harvest the vegetables of the garden", "inputs": ["garden"], "outputs": ["vegetables"],
      "run": {"jq": ".garden"}, "summary": "\"\\(.vegetables | length) vegetables\""},
    "cook": {"description": "Cook the vegetables to a soup", "inputs": ["vegetables"], "outputs": ["soup"],
      "run": {"jq": "\"soup of \\(.vegetables | join(\", \"))\""}},
    "taste": {"description": "Taste the soup", "inputs": ["soup"], "outputs": ["verdict"], "run": {"value": "good"}},
    "write_menu": {"description": "Write the menu card", "inputs": ["soup"], "outputs": ["menu"],
      "run": {"jq": "\"Today: \\(.soup)\""}},
    "sweep": {"description": "Sweep the yard", "outputs": ["yard"], "run": {"value": "clean"}}
  },
  "scenarios": [{"name": "Only leek", "set": {"garden": ["leek"]}}] }"#;

/// A plan with a murky middle: its tools fail, are refused, and are risky.
const LOST: &str = r#"{ "version": 1, "goal": "Find the lost suitcase and send it home",
  "wants": {"sent": "length > 0"}, "context": {"tag": "K-17"},
  "tools": {
    "trace_it": {"description": "Find the lost suitcase", "inputs": ["tag"], "outputs": ["place"],
      "run": {"explore": {"tools": ["call_airport", "open_locker", "read_log"], "until": ".place | length > 3", "budget": 6}}},
    "call_airport": {"description": "Call the airport about the lost suitcase", "inputs": ["tag"], "outputs": ["place"],
      "run": {"jq": "error(\"nobody answers\")"}},
    "open_locker": {"description": "Open the locker where the suitcase may be", "inputs": ["locker"], "outputs": ["place"],
      "risk": "high", "run": {"jq": "\"locker \\(.locker)\""}},
    "read_log": {"description": "Read the log of the locker hall", "inputs": ["tag"], "outputs": ["locker"],
      "run": {"jq": "42"}},
    "send": {"description": "Send it home", "inputs": ["place"], "outputs": ["sent"], "run": {"jq": "\"sent from \\(.place)\""}}
  } }"#;

/// A loop that never finds what it goes on for.
const RIDDLE: &str = r#"{ "version": 1, "goal": "Solve the riddle and tell it",
  "wants": {"told": "length > 0"}, "context": {"riddle": "keys without locks"},
  "tools": {
    "ponder": {"description": "Ponder the riddle", "inputs": ["riddle"], "outputs": ["idea"],
      "run": {"explore": {"tools": ["split", "pick", "doubt"], "until": ".idea == \"piano\"", "budget": 2}}},
    "split": {"description": "Split the riddle into words", "inputs": ["riddle"], "outputs": ["words"],
      "run": {"jq": ".riddle / \" \""}},
    "pick": {"description": "Pick an idea from the words", "inputs": ["words"], "outputs": ["idea"], "run": {"jq": ".words[0]"}},
    "doubt": {"description": "Doubt", "inputs": ["idea"], "outputs": ["doubt"], "run": {"value": true}},
    "tell": {"description": "Tell it", "inputs": ["idea"], "outputs": ["told"], "run": {"jq": ".idea"}}
  } }"#;

fn stage(goal: &str, strategy: Strategy, size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(goal, "goal.json", None).expect("a goal");
    let file = folder.path().join("session.jsonl");
    let stage = Stage::open_as(goal, strategy, file, size).expect("a session");
    (folder, stage)
}

fn pictures(name: &str, goal: &str, strategy: Strategy, keys: &str) {
    for (width, height) in SIZES {
        let (_folder, mut stage) = stage(goal, strategy, (width, height));
        stage.press(keys).expect("keys");
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), stage.picture());
    }
}

/// Returns the text of the screen after `keys`.
fn text(goal: &str, strategy: Strategy, keys: &str) -> String {
    let (_folder, mut stage) = stage(goal, strategy, (120, 34));
    stage.press(keys).expect("keys");
    stage.text()
}

#[test]
fn the_rail_of_steps_side_by_side_holds_one_that_has_a_loop_inside_too() {
    let sample = planscope::goal_file::sample("lost_suitcase").expect("a sample");
    let done = text(sample.text, Strategy::Hybrid, "space L space");
    for end in ["┌ s2 find_suitcase", "└ s3 check_policy"] {
        assert!(done.contains(end), "{end}: {done}");
    }
}

#[test]
fn nothing_is_thought_before_somebody_asks() {
    pictures("react_start", SOUP, Strategy::React, "");
}

#[test]
fn a_thought_is_open() {
    pictures("react_thought", SOUP, Strategy::React, "S");
}

#[test]
fn a_thought_shows_what_it_considered() {
    pictures("react_considered", SOUP, Strategy::React, "space space space S w");
}

#[test]
fn turns_are_refused_and_done() {
    pictures("react_turns", SOUP, Strategy::React, "space space space space");
}

#[test]
fn the_goal_is_reached_one_decision_at_a_time() {
    pictures("react_reached", SOUP, Strategy::React, "c");
}

#[test]
fn a_surprise_that_never_came_is_said_at_the_end() {
    let tea = r#"{"version": 1, "goal": "Make tea", "wants": {"tea": "true"}, "context": {"water": "tap"}, "tools": {
        "boil": {"description": "boil the water", "inputs": ["water"], "outputs": ["hot"], "run": {"jq": ".water"}},
        "shop": {"description": "make tea in the shop", "inputs": ["water"], "outputs": ["tea"],
                 "run": {"value": "shop tea"}}},
        "scenarios": [{"name": "Rain", "after": "boil", "set": {"water": "rain"}}]}"#;
    let end = text(tea, Strategy::React, "S x Enter c");
    assert!(end.contains("! Rain never came: it waits for boil"), "{end}");
    assert!(!text(tea, Strategy::React, "S c").contains("never came"));
}

#[test]
fn the_strategy_is_chosen_among_four() {
    pictures("react_strategy", SOUP, Strategy::React, "T");
}

#[test]
fn nothing_is_left_to_try() {
    let goal = SOUP.replace("\"run\": {\"jq\": \".garden\"}", "\"run\": {\"jq\": \"error(\\\"hail\\\")\"}");
    pictures("react_nothing_left", &goal, Strategy::React, "c");
}

#[test]
fn a_loop_rests_inside_its_step() {
    pictures("loop_rests", LOST, Strategy::Hybrid, "Enter S space space S");
}

#[test]
fn a_risky_action_inside_a_loop_asks() {
    pictures("loop_asks", LOST, Strategy::Hybrid, "Enter space");
}

#[test]
fn a_loop_that_is_over_unfolds() {
    pictures("loop_over", LOST, Strategy::Hybrid, "Enter space y L Up Right");
}

#[test]
fn a_loop_ends_with_its_budget() {
    pictures("loop_budget", RIDDLE, Strategy::Hybrid, "Enter space");
}

#[test]
fn whose_wits_decide_stands_wherever_react_shows() {
    for size in [(40, 12), (60, 20)] {
        for (goal, strategy, keys) in [(SOUP, Strategy::React, "S"), (LOST, Strategy::Hybrid, "Enter S")] {
            let (_folder, mut stage) = stage(goal, strategy, size);
            stage.press(keys).expect("keys");
            assert!(stage.text().contains("stand-in"), "{}", stage.text());
        }
    }
    for (strategy, label) in
        [(Strategy::React, "stand-in: no model, it matches words"), (Strategy::ReactPlanner, "with the planner's wits")]
    {
        for (width, height) in SIZES {
            let (_folder, mut stage) = stage(SOUP, strategy, (width, height));
            assert!(stage.text().contains(label), "{}", stage.text());
            stage.press("S").expect("keys");
            assert!(stage.text().contains(label), "{}", stage.text());
        }
    }
}

#[test]
fn stepping_in_and_out_is_offered_only_where_it_works() {
    let plan = text(SOUP, Strategy::PlanAndExecute, "Enter");
    assert!(!plan.contains("S into") && !plan.contains("L out"), "{plan}");
    let turns = text(SOUP, Strategy::React, "");
    assert!(turns.contains("S into") && !turns.contains("L out"), "{turns}");
    let inside = text(LOST, Strategy::Hybrid, "Enter S");
    assert!(inside.contains("S into") && inside.contains("L out"), "{inside}");
}

#[test]
fn a_key_that_only_the_loop_knows_is_injected_inside_and_taken_back() {
    let (_folder, mut stage) = stage(LOST, Strategy::Hybrid, (120, 34));
    stage.press("Enter S space space 2 Down i").expect("keys");
    let before = stage.text();
    assert!(before.contains("inside s1"), "{before}");
    stage.press("Esc 2 g Down i C-s").expect("keys");
    assert!(stage.text().contains("= locker is still 42"), "{}", stage.text());
    assert!(stage.text().contains("space takes one turn"), "the loop still rests: {}", stage.text());
    stage.press("u").expect("keys");
    assert!(stage.text().contains("took event"), "{}", stage.text());
}

#[test]
fn a_step_of_ones_own_is_acted_on_before_the_next_thought() {
    let (_folder, mut stage) = stage(SOUP, Strategy::React, (120, 34));
    stage.press("o").expect("keys");
    stage.type_text("Look out of the window").expect("words");
    stage.press("Tab").expect("keys");
    stage.type_text("sweep").expect("words");
    stage.press("C-s").expect("keys");
    assert!(stage.text().contains("space acts: sweep"), "{}", stage.text());
    stage.press("space").expect("keys");
    let done = stage.text();
    assert!(done.contains("yard") && done.contains("no thoughts"), "{done}");
}

#[test]
fn thinking_again_drops_the_open_action() {
    let words = text(SOUP, Strategy::React, "S d S r");
    assert!(words.contains("dropped") && words.contains("space acts"), "{words}");
}

#[test]
fn a_fork_in_a_loop_goes_on_inside() {
    let words = text(LOST, Strategy::Hybrid, "Enter S space space [ [ 2 i C-s y");
    assert!(words.contains("branch 2 of 2") && words.contains("inside s1"), "{words}");
}

#[test]
fn a_change_of_strategy_starts_the_decisions_anew_and_keeps_what_is_done() {
    let words = text(SOUP, Strategy::PlanAndExecute, "Enter space T r S");
    assert!(
        words.contains("react · stand-in") && words.contains("s1 harvest") && words.contains("1 thought"),
        "{words}"
    );
    let back = text(SOUP, Strategy::React, "c T p");
    assert!(back.contains("goal reached"), "what is reached stays reached: {back}");
}

#[test]
fn every_key_at_every_size_leaves_a_screen() {
    let keys = "S w Esc Enter Esc i Esc e Esc d u r o Esc X u T Esc t Esc f Esc ! Esc D A B 0 Esc ? Esc : Esc \
                space [ [ w Esc e Esc ] End Left Right Up Up h l L s Esc n c C-r p y z z / Esc 2 i Esc w Esc p u 3 Enter Esc w";
    for (goal, strategy, first) in [
        (SOUP, Strategy::React, ""),
        (SOUP, Strategy::ReactPlanner, ""),
        (LOST, Strategy::Hybrid, "Enter S space"),
        (RIDDLE, Strategy::Hybrid, "Enter S"),
    ] {
        for size in [(1, 1), (20, 8), (40, 10), (80, 24), (200, 60)] {
            let (_folder, mut stage) = stage(goal, strategy, size);
            stage.press(first).expect("keys");
            for key in keys.split_whitespace() {
                stage.press(key).expect("keys");
                let _ = stage.buffer();
            }
            stage.input(&Input::Resized { width: 33, height: 12 }).expect("a size");
            let _ = stage.buffer();
        }
    }
}

#[test]
fn what_is_offered_is_never_refused() {
    let places = [
        (SOUP, Strategy::React, ""),
        (SOUP, Strategy::React, "S"),
        (SOUP, Strategy::React, "space"),
        (SOUP, Strategy::React, "space space space"),
        (SOUP, Strategy::React, "c"),
        (SOUP, Strategy::React, "c [ ["),
        (SOUP, Strategy::ReactPlanner, "S"),
        (LOST, Strategy::Hybrid, "Enter S"),
        (LOST, Strategy::Hybrid, "Enter S S"),
        (LOST, Strategy::Hybrid, "Enter S space"),
        (LOST, Strategy::Hybrid, "Enter S space space 2"),
        (LOST, Strategy::Hybrid, "Enter S space space 3"),
        (LOST, Strategy::Hybrid, "Enter S space space Up Up"),
        (LOST, Strategy::Hybrid, "Enter S space space [ ["),
        (LOST, Strategy::Hybrid, "Enter space"),
        (LOST, Strategy::Hybrid, "Enter space Enter y L Up Right Down"),
        (RIDDLE, Strategy::Hybrid, "Enter space"),
    ];
    let mut refused = Vec::new();
    for (goal, strategy, keys) in places {
        let (_folder, mut first) = stage(goal, strategy, (120, 34));
        first.press(keys).expect("keys");
        let offers = planscope::ui::session::panes::footer::offers(&first.app().view(), 2_000);
        assert!(offers.len() > 6, "after {keys:?}");
        for (press, action, _) in offers {
            let (_folder, mut stage) = stage(goal, strategy, (120, 34));
            stage.press(keys).expect("keys");
            stage.input(&Input::Key(press)).expect("a key");
            let text = stage.text();
            if let Some(no) = text.lines().find(|line| line.starts_with(" No  ")) {
                refused.push(format!("{} after {keys:?}: {press} {}: {}", strategy.word(), action.label(), no.trim()));
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
