//! The beats of a demo on the screen: on, back, again, from the start; and what a stage does to them.

use planscope::engine::state::Phase;
use planscope::goal_file::{self, demo_of};
use planscope::ui::input::Input;
use planscope::ui::testing::harness::Stage;

use super::{demos, presented};

const SMALL: (u16, u16) = (80, 24);

/// Presses the keys and returns what the screen shows then.
fn after(stage: &mut Stage, keys: &str) -> String {
    stage.press(keys).unwrap_or_else(|fault| panic!("{keys}: {fault}"));
    stage.picture()
}

#[test]
fn every_demo_is_played_to_its_end_and_back_with_the_same_screens_and_without_branches() {
    for (name, goal) in demos() {
        let beats = demo_of(&goal);
        for size in [SMALL, (120, 34), (60, 20)] {
            let (folder, mut stage) = presented(goal.clone(), size);
            let mut screens = vec![stage.picture()];
            for beat in &beats {
                let screen = after(&mut stage, "space");
                assert!(!screen.contains(" No "), "{name}, {}: refused:\n{screen}", beat.title);
                screens.push(screen);
            }
            let at_the_end = after(&mut stage, "space");
            assert!(at_the_end.contains("last beat"), "{at_the_end}");
            for at in (0..beats.len()).rev() {
                let screen = after(&mut stage, "Backspace");
                assert!(
                    screen == screens[at],
                    "{name} at {size:?}, back before beat {}:\n{screen}\n{}",
                    at + 1,
                    screens[at]
                );
            }
            // And once more, from the start.
            for (at, screen) in screens.iter().enumerate().skip(1) {
                assert_eq!(after(&mut stage, "space"), *screen, "{name}, beat {at}, the second time");
            }
            assert_eq!(after(&mut stage, "0"), screens[0], "{name}: the start of the demo");
            assert_eq!(stage.app().driver().session().branches().len(), 1, "{name}: a branch was left behind");
            let files = std::fs::read_dir(folder.path()).expect("the folder").count();
            assert_eq!(files, 1, "{name}: a file of each time was left behind");
        }
    }
}

#[test]
fn whatever_keys_are_pressed_between_two_beats_the_next_one_is_the_same() {
    let (_, goal) = demos().swap_remove(0);
    let count = demo_of(&goal).len();
    let (_folder, mut stage) = presented(goal.clone(), SMALL);
    let screens: Vec<String> = (0..count).map(|_| after(&mut stage, "space")).collect();
    let (_folder, mut stage) = presented(goal, SMALL);
    let slips =
        ["j j Tab z", "q Esc", "Up G /", "Enter Esc", "c", "x Enter", "D D", "5 % é", "E", "w Esc [ [", "i Esc", "b"];
    for (at, screen) in screens.iter().enumerate() {
        let slip = slips[at % slips.len()];
        stage.press(slip).unwrap_or_else(|fault| panic!("{slip}: {fault}"));
        stage.input(&Input::Paste("pasted".into())).expect("a paste");
        for (width, height) in [(30, 8), SMALL] {
            stage.input(&Input::Resized { width, height }).expect("a new size");
        }
        // What a person opened has its own keys: it is closed first.
        let shown = after(&mut stage, "Esc Esc space");
        assert!(shown == *screen, "beat {} after {slip}:\n{shown}\n{screen}", at + 1);
    }
}

#[test]
fn a_beat_is_begun_again_and_a_beat_of_the_list_is_gone_to() {
    let (_, goal) = demos().swap_remove(0);
    let (_folder, mut stage) = presented(goal, SMALL);
    let screens: Vec<String> = (0..7).map(|_| after(&mut stage, "space")).collect();
    assert_eq!(after(&mut stage, ","), screens[5], "the start of the seventh");
    assert_eq!(after(&mut stage, "space"), screens[6]);
    // Beside the path: one back is where it was left.
    stage.press("Esc D").expect("keys");
    assert_eq!(after(&mut stage, "Backspace"), screens[6]);
    let list = after(&mut stage, "'");
    assert!(list.contains("Beats"), "{list}");
    assert_eq!(after(&mut stage, "4"), screens[2], "the start of the fourth");
    stage.press("'").expect("a key");
    assert_eq!(after(&mut stage, "6"), screens[4], "on to the start of the sixth");
}

#[test]
fn a_demo_ends_with_two_keys_and_not_with_one() {
    let (_, goal) = demos().swap_remove(0);
    let (_folder, mut stage) = presented(goal, SMALL);
    let text = after(&mut stage, "q");
    assert!(text.contains("once more") && stage.requests.is_empty(), "{text}");
    stage.press("space q").expect("keys");
    assert!(stage.requests.is_empty(), "another key was between them");
    stage.press("q").expect("a key");
    assert_eq!(stage.requests.len(), 1);
}

/// A goal whose second step is risky, whose third asks, and which reads a path and a secret.
const RISKY: &str = r#"{"version": 1, "goal": "Send it", "wants": {"sent": "true", "said": "true"},
    "context": {"file": "/home/ann/work/letter.txt", "api_token": "hunter2hunter2"}, "tools": {
    "write": {"description": "Write it", "inputs": ["file"], "outputs": ["letter"], "run": {"jq": ".file"}},
    "send": {"description": "Send it", "inputs": ["letter"], "outputs": ["sent"], "risk": "high", "run": {"value": true}},
    "answer": {"description": "Ask", "inputs": ["sent"], "outputs": ["said"], "run": {"ask": {"question": "Did it arrive?"}}}},
    "demo": [{"title": "To the end", "note": "n", "run": "end"}, {"title": "And on", "note": "n", "run": "end"}]}"#;

#[test]
fn what_goes_on_by_itself_never_runs_a_risky_tool_and_answers_no_question() {
    let goal = goal_file::parse(RISKY, "goal.json", None).unwrap_or_else(|faults| panic!("{faults}"));
    for keys in ["space", "space Esc space Esc", "c", "c Esc c Esc c"] {
        let (_folder, mut stage) = presented(goal.clone(), SMALL);
        stage.press(keys).expect("keys");
        let state = stage.app().driver().state();
        assert!(matches!(state.phase, Phase::Approving), "{keys}: {:?}", state.phase);
        assert_eq!(state.runs.len(), 1, "{keys}");
    }
    // Once a person has said yes, the demo goes on from there, up to the question.
    let (_folder, mut stage) = presented(goal, SMALL);
    stage.press("space").expect("a key");
    let text = stage.text();
    assert!(text.contains("May it run?"), "{text}");
    stage.press("Down Enter").expect("keys");
    assert!(stage.app().driver().state().runs.len() >= 2, "{}", stage.text());
    stage.press("Esc space").expect("keys");
    assert!(stage.app().driver().state().asks().is_some(), "{}", stage.text());
}

#[test]
fn an_audience_reads_no_folder_and_no_secret() {
    let goal = goal_file::parse(RISKY, "goal.json", None).unwrap_or_else(|faults| panic!("{faults}"));
    let (_folder, mut stage) = presented(goal.clone(), (120, 34));
    for keys in ["Tab", "space", "Esc", "m", "Esc", "E", "Esc", "2 Enter", "w", "Esc", "i"] {
        stage.press(keys).expect("keys");
        let text = stage.text();
        assert!(!text.contains("/home/ann") && !text.contains("hunter2"), "after {keys}:\n{text}");
    }
    // Without an audience all of it is there.
    let folder = tempfile::tempdir().expect("a folder");
    let mut stage = Stage::open(goal, folder.path().join("s.jsonl"), (120, 34)).expect("a session");
    assert!(stage.text().contains("/home/ann/work") && stage.text().contains("hunter2hunter2"));
    stage.press("space P").expect("keys");
    let text = stage.text();
    assert!(!text.contains("/home/ann") && !text.contains("hunter2"), "{text}");
}

#[test]
fn a_session_is_presented_as_it_is_and_goes_on_at_a_pace() {
    let sample = demos().swap_remove(0).1;
    let folder = tempfile::tempdir().expect("a folder");
    let mut stage = Stage::open(sample, folder.path().join("s.jsonl"), SMALL).expect("a session");
    stage.press("space").expect("a key");
    let before = stage.text().split_whitespace().count();
    let text = after(&mut stage, "P");
    assert!(text.contains("presented") && text.split_whitespace().count() < before, "{text}");
    assert!(!text.contains("Trace"), "{text}");
    let text = after(&mut stage, "+");
    assert!(text.contains("0.5 s"), "{text}");
    let text = after(&mut stage, "- -");
    assert!(text.contains("for 2 s") && text.contains("- slower"), "the pressed keys with their meaning: {text}");
    // In the terminal it pauses between the steps; here it does not.
    let text = after(&mut stage, "c");
    assert!(text.contains("goal reached") && text.contains("c continue"), "{text}");
    let text = after(&mut stage, "P");
    assert!(text.contains("presented no longer"), "{text}");
}

#[test]
fn with_reduced_motion_a_replan_is_seen_rewritten_at_once() {
    let (_, goal) = demos().swap_remove(0);
    let folder = tempfile::tempdir().expect("a folder");
    let mut stage = Stage::open(goal, folder.path().join("s.jsonl"), SMALL).expect("a session");
    stage.app().keep_still(true);
    stage.press("space space x Enter").expect("keys");
    assert!(stage.text().contains("3 rewritten ▶"), "{}", stage.text());
}

#[test]
fn the_beats_of_a_replan_are_shown_again_from_its_row() {
    let (_, goal) = demos().swap_remove(0);
    let folder = tempfile::tempdir().expect("a folder");
    let mut stage = Stage::open(goal, folder.path().join("s.jsonl"), (120, 34)).expect("a session");
    stage.press("space space x Enter space space Enter c").expect("keys");
    stage.press("Esc 3").expect("keys");
    for _ in 0..30 {
        let text = stage.text();
        let selected = planscope::ui::session::lists::trace::current(&stage.app().view());
        let record = selected.and_then(|seq| stage.app().driver().session().record(seq).cloned());
        if record.is_some_and(|record| matches!(record.event, planscope::engine::event::Event::Replanned { .. })) {
            assert!(text.contains('↻'), "{text}");
            break;
        }
        stage.press("Up").expect("a key");
    }
    stage.press("Right").expect("a key");
    assert!(stage.text().contains("1 changed ▶"), "{}", stage.text());
    stage.press("space space").expect("keys");
    assert!(stage.text().contains("3 rewritten ▶"), "{}", stage.text());
}

#[test]
fn before_an_audience_no_screen_says_when_something_was_or_how_long_it_took() {
    let times = |text: &str| {
        let year = text.contains("at 20") || text.contains(" ms");
        year || text.contains("took")
    };
    for size in [SMALL, (200, 60)] {
        let (_, goal) = demos().swap_remove(0);
        let folder = tempfile::tempdir().expect("a folder");
        let mut stage = Stage::open(goal, folder.path().join("s.jsonl"), size).expect("a session");
        stage.app().show_times(true);
        stage.press("space space 3 Enter").expect("keys");
        assert!(times(&stage.text()), "an entry of the trace says it: {}", stage.text());
        stage.press("Esc P").expect("keys");
        for keys in ["3", "Enter", "Esc", "Up Enter", "Esc 1", "E", "Esc", "2"] {
            stage.press(keys).expect("keys");
            let text = stage.text();
            assert!(!times(&text), "after {keys}: {text}");
        }
    }
}

#[test]
fn a_page_that_was_opened_by_a_slip_does_not_take_the_space_of_the_demo_and_leaves_its_beat_in_sight() {
    let (_, goal) = demos().swap_remove(0);
    let (_folder, mut stage) = presented(goal.clone(), SMALL);
    let screens: Vec<String> = (0..4).map(|_| after(&mut stage, "space")).collect();
    for slip in ["E", "m", "w", "t"] {
        let (_folder, mut stage) = presented(goal.clone(), SMALL);
        after(&mut stage, "space space");
        let open = after(&mut stage, &format!("Esc {slip}"));
        assert!(open.contains("2/") && open.contains("next beat"), "{slip}: {open}");
        assert_eq!(after(&mut stage, "space"), screens[2], "{slip}");
    }
    // In a form it is a space.
    let (_folder, mut stage) = presented(goal, SMALL);
    after(&mut stage, "space ! space");
    assert!(stage.text().contains("Change the goal"), "{}", stage.text());
}

#[test]
fn the_reasons_of_a_beat_stand_whole_where_the_panes_above_have_rows_to_spare() {
    let (_, goal) = demos().swap_remove(0);
    let (_folder, mut stage) = presented(goal, SMALL);
    let shown = (0..7).map(|_| after(&mut stage, "space")).last().unwrap_or_default();
    let why = shown.split("Why").nth(1).unwrap_or_default();
    assert!(why.contains("saw") && why.contains("breaks") && why.contains("+ s5"), "{shown}");
    assert!(!why.contains('…') && shown.contains("s4 draft_report"), "{shown}");
    let page = after(&mut stage, "space");
    assert!(page.contains("! tickets [5] → [8] (Late tickets arrive, event 13)"), "{page}");
}
