//! Whole screens of real sessions: keys in, picture out; and no size and no dialog that panics.

use planscope::ui::input::Input;
use planscope::ui::testing::harness::Stage;

/// The sizes that the pictures are taken at.
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 34), (200, 60)];

fn stage(sample: &str, size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = planscope::goal_file::sample(sample).expect("a sample");
    let goal = planscope::goal_file::parse(sample.text, sample.name, None).expect("a goal");
    let stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    (folder, stage)
}

/// Returns the picture after `keys` on a new session of the support report.
fn screen(size: (u16, u16), keys: &str) -> String {
    let (_folder, mut stage) = stage("customer_support_report", size);
    stage.press(keys).expect("keys");
    stage.picture()
}

fn pictures(name: &str, keys: &str) {
    for (width, height) in SIZES {
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), screen((width, height), keys));
    }
}

#[test]
fn the_plan_waits_for_approval() {
    pictures("proposed", "");
}

#[test]
fn two_steps_are_done() {
    pictures("two_steps", "space space");
}

#[test]
fn a_surprise_landed() {
    pictures("landed", "space space x Enter");
}

#[test]
fn what_it_breaks_lights_up() {
    pictures("breaks", "space space x Enter space");
}

#[test]
fn the_plan_is_rewritten() {
    pictures("rewritten", "space space x Enter space space");
}

#[test]
fn the_goal_is_reached() {
    pictures("reached", "space space x Enter space space Enter c");
}

#[test]
fn the_end_says_what_the_failure_checks_find_and_the_past_does_not() {
    let (_folder, mut stage) = stage("lost_keys", (160, 60));
    stage.press("space space").expect("keys");
    assert!(!stage.text().contains("failure check"), "{}", stage.text());
    stage.press("c").expect("keys");
    let end = stage.text();
    let said = stage.app().driver().failures().first().expect("a failure").said();
    assert!(said.starts_with("failure check, loop: s4 look_in_coat read what s1 had read"), "{said}");
    assert!(end.contains("Report  goal reached") && end.contains(&format!("✗ {said}")), "{end}");
    stage.press("[").expect("keys");
    assert!(!stage.text().contains("failure check"), "{}", stage.text());
    stage.press("End").expect("keys");
    assert_eq!(stage.text(), end);
    // In a narrow window it is there in whole words too.
    stage.input(&Input::Resized { width: 80, height: 60 }).expect("a size");
    let narrow = stage.text().replace(['│', '\n'], " ");
    let words = narrow.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&said), "{narrow}");
}

#[test]
fn an_end_without_the_goal_says_what_the_failure_checks_find() {
    let (_folder, mut stage) = stage("customer_support_report", (160, 60));
    stage.press("D D space space x Enter c").expect("keys");
    let text = stage.text();
    assert!(text.contains("Report  goal not reached"), "{text}");
    assert!(text.contains("✗ failure check, stale observation: s4 draft_report made report"), "{text}");
}

#[test]
fn one_looks_at_the_past() {
    pictures("past", "c [ [ [");
}

#[test]
fn there_is_no_plan() {
    pictures("no_plan", "space space x Enter space space Enter G d");
}

#[test]
fn a_small_terminal_shows_one_pane_and_the_smallest_what_matters() {
    insta::assert_snapshot!("small_60x16", screen((60, 16), "space space"));
    insta::assert_snapshot!("tiny_38x8", screen((38, 8), "space space"));
}

#[test]
fn no_key_panics_at_any_size() {
    let (_folder, mut stage) = stage("customer_support_report", (80, 24));
    stage.press("space space").expect("keys");
    // Every dialog and place in turn, at every size that hurts, then closed again.
    for keys in [
        "",
        "i",
        "x",
        "e",
        "o",
        "f",
        "!",
        "t",
        "w",
        "?",
        ":",
        "/",
        "s",
        "0",
        "2 i",
        "3 Enter",
        "1 z",
        "[ D",
        "End x Enter",
    ] {
        stage.press(keys).expect("keys");
        for (width, height) in
            [(1, 1), (2, 2), (3, 9), (10, 3), (20, 5), (39, 9), (40, 10), (60, 16), (71, 17), (72, 18), (300, 100)]
        {
            stage.input(&Input::Resized { width, height }).expect("a size");
            let text = stage.text();
            assert_eq!(text.split('\n').count(), usize::from(height), "{keys} at {width}x{height}");
            for row in text.lines() {
                assert!(
                    planscope::describe::text::width(row) <= usize::from(width),
                    "{keys} at {width}x{height}: {row}"
                );
            }
        }
        stage.press("Esc Esc").expect("keys");
    }
}

#[test]
fn going_back_runs_nothing_and_acting_there_asks_before_it_forks() {
    let (_folder, mut stage) = stage("customer_support_report", (120, 34));
    stage.press("c").expect("keys");
    let events = stage.app().driver().session().records().len();
    stage.press("[ [ [ ] [").expect("keys");
    assert_eq!(stage.app().driver().session().records().len(), events, "looking wrote an event");
    assert!(stage.text().contains("nothing runs"), "{}", stage.text());
    stage.press("D").expect("keys");
    let asked = stage.text();
    assert!(asked.contains("from the record, does not run") && asked.contains("will run"), "{asked}");
    assert_eq!(stage.app().driver().session().records().len(), events, "it forked without a yes");
    stage.press("y").expect("keys");
    assert_eq!(stage.app().driver().session().branches().len(), 2);
}

#[test]
fn a_proposal_that_waits_leaves_the_dashboard_usable() {
    let (_folder, mut stage) = stage("customer_support_report", (120, 34));
    stage.press("space space x Enter Esc").expect("keys");
    assert!(stage.text().contains("the proposal waits"), "{}", stage.text());
    stage.press("2 Down Up 1 Enter").expect("keys");
    assert!(stage.text().contains("1 changed"), "{}", stage.text());
}

#[test]
fn every_key_that_the_footer_shows_does_something() {
    for keys in ["", "space", "space space x Enter space space", "c", "c [ [", "2", "3"] {
        let (_folder, mut stage) = stage("customer_support_report", (200, 60));
        stage.press(keys).expect("keys");
        let view = stage.app().view();
        let offers = planscope::ui::session::panes::footer::offers(&view, 200);
        assert!(offers.len() > 3, "after {keys:?}");
        for (press, action, _) in offers {
            assert!(view.works(action), "after {keys:?}: {press} {}", action.label());
        }
    }
}

#[test]
fn a_proposal_that_waits_is_a_banner_above_an_open_form() {
    let (_folder, mut stage) = stage("customer_support_report", (80, 24));
    stage.press("space space x Enter Esc !").expect("keys");
    let first = stage.text().lines().next().unwrap_or_default().to_owned();
    assert!(first.contains("a replan is proposed and waits"), "{}", stage.text());
}

#[test]
fn a_proposed_step_is_edited_before_the_proposal_is_taken() {
    let (_folder, mut stage) = stage("customer_support_report", (120, 34));
    stage.press("space space x Enter space space e").expect("keys");
    assert!(stage.text().contains("Edit s5 count_intents"), "{}", stage.text());
    stage.type_text("!").expect("types");
    stage.press("C-s").expect("keys");
    let state = stage.app().driver().state().clone();
    let remaining: Vec<String> = state.plan.remaining().iter().map(|step| step.id.to_string()).collect();
    assert_eq!(remaining, ["s5", "s3", "s4"], "{}", stage.text());
    assert!(state.plan.remaining()[0].description.contains('!'));
    assert!(state.waiting_proposal().is_none());
    stage.press("c").expect("keys");
    let reached = stage.app().driver().state().phase == planscope::engine::state::Phase::Reached;
    assert!(reached, "{}", stage.text());
}

#[test]
fn the_keys_of_a_search_are_its_own_even_while_a_proposal_waits() {
    let (_folder, mut stage) = stage("customer_support_report", (80, 24));
    stage.press("space space x Enter space space / d Enter n").expect("keys");
    assert!(stage.app().driver().state().waiting_proposal().is_some(), "{}", stage.text());
}
