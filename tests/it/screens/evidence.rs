//! The end of a session and the evidence card: in plain sight at every size, with choices that work as they say.

use planscope::describe::evidence::Evidence;
use planscope::describe::keys::usual;
use planscope::describe::remedies::Act;
use planscope::engine::event::{Dial, Event};
use planscope::engine::state::Phase;
use planscope::ui::input::{Input, MouseAct};
use planscope::ui::keymap::{Keymap, Mode};
use planscope::ui::navigate::Destination;
use planscope::ui::screen::{Request, Screen};
use planscope::ui::session::lists::report::TryNext;
use planscope::ui::session::pane::PaneId;
use planscope::ui::session::panes::why::key_of;
use planscope::ui::testing::harness::Stage;

use crate::support::program::TICKETS;

fn stage(sample: &str, size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let text = planscope::goal_file::sample(sample).map_or(TICKETS, |sample| sample.text);
    let goal = planscope::goal_file::parse(text, sample, None).expect("a goal");
    let stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    (folder, stage)
}

/// Returns the digit of the choice that `which` picks.
fn digit(stage: &mut Stage, which: fn(&TryNext) -> bool) -> String {
    let report = stage.app().view().ui.report.clone().expect("a report");
    let at = report.choices.iter().position(|choice| which(&choice.does)).expect("the choice");
    (at + 1).to_string()
}

#[test]
fn the_card_opens_at_any_time_and_says_how_things_stand() {
    let (_folder, mut stage) = stage("customer_support_report", (120, 60));
    for (keys, headline) in
        [("E", "so far: nothing has run"), ("Esc space E", "so far: 1 step started"), ("Esc c E", "goal reached")]
    {
        stage.press(keys).expect("keys");
        let text = stage.text();
        assert!(text.contains(&format!("Evidence: {headline}")), "{text}");
        for part in ["goal", "plan", "observed", "checks", "result", "evaluation", "revise", "not verified"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(text.contains("no hallucinated step"), "the checks look while it is open: {text}");
    }
    // In the past it says how things stood then.
    stage.press("Esc [ [ E").expect("keys");
    assert!(stage.text().contains("Evidence: so far"), "{}", stage.text());
}

#[test]
fn the_card_is_seen() {
    for (width, height) in [(80, 24), (120, 34), (60, 16)] {
        let (_folder, mut stage) = stage("customer_support_report", (width, height));
        stage.press("space space x Enter space space Enter c E").expect("keys");
        insta::assert_snapshot!(format!("evidence_{width}x{height}"), stage.picture());
    }
}

#[test]
fn the_report_comes_forward_where_one_pane_has_room_unless_another_is_chosen_since() {
    let (_folder, mut stage) = stage("customer_support_report", (60, 16));
    stage.press("2 c").expect("keys");
    insta::assert_snapshot!("report_60x16", stage.picture());
    let text = stage.text();
    assert!(text.contains("╭ Report  goal reached") && !text.contains("Trace"), "{text}");
    assert!(text.contains("support tickets were"), "the result is in sight: {text}");
    stage.press("Tab").expect("keys");
    assert!(stage.text().contains("3 Report"), "its tab is named after it: {}", stage.text());
    // Out of sight it offers nothing: the digits are those of the panes again.
    stage.press("3").expect("a key");
    assert!(stage.text().contains("1-4 choose · Tab panes"), "{}", stage.text());
    stage.press("Tab").expect("a key");
    // Looking back and coming back does not bring it forward again.
    stage.press("[ End").expect("keys");
    assert_eq!(stage.app().view().ui.focus, PaneId::PLAN);
    // Where the session goes on, the pane is in front in which it happens: what landed.
    let (_folder, mut stage) = self::stage("customer_support_report", (60, 16));
    stage.press("c x").expect("keys");
    assert!(stage.text().contains("Late tickets arrive"), "{}", stage.text());
    stage.press("Enter y").expect("keys");
    assert_eq!((stage.app().view().ui.focus, &stage.app().view().ui.report.is_none()), (PaneId::CONTEXT, &true));
}

#[test]
fn where_the_report_is_in_sight_its_digits_choose_at_once_and_the_focus_stays() {
    let (_folder, mut stage) = stage("customer_support_report", (120, 34));
    stage.press("2 c").expect("keys");
    assert_eq!(stage.app().view().ui.focus, PaneId::CONTEXT);
    assert!(stage.text().contains(" 1-4 choose · Tab panes ╮"), "{}", stage.text());
    // The first of them is a surprise: nobody has to go to the report before.
    stage.press("1").expect("a key");
    assert!(stage.text().contains("╭ Surprises"), "{}", stage.text());
    // Put away, or in the past, the digits are those of the panes.
    for away in ["Esc Esc", "["] {
        let (_folder, mut other) = self::stage("customer_support_report", (120, 34));
        other.press(&format!("2 c {away} 3")).expect("keys");
        assert_eq!(other.app().view().ui.focus, PaneId::TRACE, "{away}");
    }
    stage.press("Esc Tab").expect("keys");
    assert_eq!(stage.app().view().ui.focus, PaneId::TRACE);
    // What names a pane names the key that goes there now.
    stage.press("Left").expect("a key");
    assert!(!stage.text().contains("(2)"), "{}", stage.text());
    // No other digit chooses.
    stage.press("9").expect("keys");
    assert!(stage.text().contains("1 to 4 choose here; Tab goes to the panes"), "{}", stage.text());
    stage.press("w").expect("keys");
    assert!(stage.text().contains("Why report?"), "{}", stage.text());
    stage.press("Esc y").expect("keys");
    let [Request::Copy(text)] = stage.requests.as_slice() else { panic!("{:?}", stage.requests) };
    assert!(text.starts_with("This week, a total of 5"), "{text}");
    // The card has them too, and the report is closed with Esc: the trace is below it.
    stage.press("E 1").expect("keys");
    assert!(stage.text().contains("Late tickets arrive"), "{}", stage.text());
    stage.press("Esc Esc").expect("keys");
    assert!(stage.text().contains("╭ Trace"), "{}", stage.text());
}

#[test]
fn the_same_is_tried_again_with_another_dial_and_the_same_surprise_at_the_same_moment() {
    let (_folder, mut stage) = stage("customer_support_report", (120, 34));
    stage.press("space space x Enter space space Enter c").expect("keys");
    let before = stage.app().driver().state().context.get("top_intent").expect("a value").value.clone();
    let again = digit(&mut stage, |does| matches!(does, TryNext::Again(Dial::Never)));
    stage.press(&again).expect("keys");
    let session = stage.app().driver().session().clone();
    let state = session.state();
    assert_eq!(session.branches().len(), 2);
    assert_eq!(state.settings.dial, Dial::Never);
    assert!(matches!(state.phase, Phase::Ended { .. }), "{:?}", state.phase);
    assert_ne!(state.context.get("top_intent").expect("a value").value, before);
    // It landed after the same step: counting was done once before, and finding was not.
    let landed = session
        .path()
        .iter()
        .rposition(|seq| session.record(*seq).is_some_and(|record| matches!(record.event, Event::Injected { .. })));
    let done = session.path()[..landed.expect("it landed")]
        .iter()
        .filter(|seq| session.record(**seq).is_some_and(|record| matches!(record.event, Event::Finished { .. })));
    assert_eq!(done.count(), 2);
    // And back: the rigid run offers to replan.
    let heal = digit(&mut stage, |does| matches!(does, TryNext::Again(Dial::OnDeviation)));
    stage.press(&heal).expect("keys");
    assert!(stage.app().driver().state().waiting_proposal().is_some(), "{}", stage.text());
}

#[test]
fn the_next_lesson_comes_from_the_samples_own_order() {
    let goals = planscope::goal_file::sample_goals();
    let lessons = planscope::goal_file::start_entries(&goals);
    let first = &goals[lessons[0].0].0.name;
    let (_folder, mut stage) = stage(first, (120, 34));
    stage.press("c").expect("keys");
    let next = digit(&mut stage, |does| matches!(does, TryNext::Open(_)));
    let title = &lessons[1].1.title;
    assert!(stage.text().contains(&format!("{next} next: {title}")), "{}", stage.text());
    stage.press(&next).expect("keys");
    let [Request::Open(Destination::Goal { steps, .. })] = stage.requests.as_slice() else {
        panic!("{:?}", stage.requests)
    };
    assert_eq!(*steps, lessons[1].1.steps);
    // What is not a sample has none.
    let (_folder, mut own) = self::stage("my own", (120, 34));
    own.press("c").expect("keys");
    let report = own.app().view().ui.report.clone().expect("a report");
    assert!(report.choices.iter().all(|choice| !matches!(choice.does, TryNext::Open(_))));
}

#[test]
fn the_card_is_saved_from_the_report_and_from_the_card_and_says_under_which_name() {
    let (_folder, mut stage) = stage("my own", (120, 34));
    stage.press("c").expect("keys");
    let save = digit(&mut stage, |does| matches!(does, TryNext::Save));
    for keys in [save.clone(), "E s".to_owned(), save] {
        stage.requests.clear();
        stage.press(&keys).expect("keys");
        let [Request::Save { name, text }] = stage.requests.as_slice() else { panic!("{:?}", stage.requests) };
        assert_eq!(name, "evidence-say-which-tickets-come-most");
        assert!(
            text.starts_with(
                "# Evidence: Say which tickets come most\n\ngoal reached · 1 thing not verified: see the end\n"
            ),
            "{text}"
        );
        stage.app().give(Ok(format!("saved as {keys}.md")));
        assert!(stage.text().contains(&format!("saved as {keys}.md")), "{}", stage.text());
    }
    stage.app().give(Err("cannot write it: no space left".to_owned()));
    assert!(stage.text().contains("no space left"), "{}", stage.text());
}

#[test]
fn one_key_goes_from_the_card_to_what_is_to_be_revised() {
    // A key that nothing makes: the form of the step opens.
    let (_folder, mut stage) = stage("broken_hand_off", (120, 40));
    stage.press("D D space c E").expect("keys");
    let session = stage.app().driver().session().clone();
    let evidence = Evidence::of(&session, session.state(), None);
    assert!(evidence.places().any(|(_, place)| place.act == Act::Edit), "{evidence:?}");
    stage.press("Enter").expect("keys");
    assert!(stage.text().contains("╭ Edit s"), "{}", stage.text());
    // A loop that is done: the cursor goes to the repetition, by key and by click.
    let (_folder, mut stage) = self::stage("lost_keys", (120, 60));
    stage.press("space c E").expect("keys");
    let text = stage.text();
    let row = text.lines().position(|row| row.contains("▶ loop at s4: X ")).expect("what is to be revised");
    let click = Input::Mouse { act: MouseAct::Click, column: 40, row: u16::try_from(row).expect("a row") };
    stage.input(&click).expect("a click");
    assert!(!stage.text().contains("Evidence"), "{}", stage.text());
    stage.press("g E Enter").expect("keys");
    let view = stage.app().view();
    let at = planscope::ui::session::lists::plan::selected(&view);
    let item = planscope::ui::session::lists::plan::item(&view, at).and_then(|item| item.step());
    assert_eq!(item.map(|step| &*step.id), Some("s4"));
}

#[test]
fn an_end_without_the_goal_is_a_report_with_choices_too() {
    let (_folder, mut stage) = stage("customer_support_report", (120, 34));
    stage.press("D D space space x Enter c").expect("keys");
    let text = stage.text();
    assert!(text.contains("╭ Report  goal not reached, 1 surprise"), "{text}");
    assert!(text.contains("1 the same, replanning"), "{text}");
    assert!(text.contains("r plans what makes report again"), "{text}");
}

#[test]
fn a_card_mid_run_follows_the_session_and_no_key_of_it_breaks_any_size() {
    let (_folder, mut stage) = stage("customer_support_report", (80, 24));
    stage.press("space space E").expect("keys");
    for (width, height) in [(1, 1), (3, 9), (20, 5), (40, 10), (60, 16), (300, 100)] {
        stage.input(&Input::Resized { width, height }).expect("a size");
        stage.press("Tab Enter E s G g PgDn Up 1 9").expect("keys");
        assert_eq!(stage.text().split('\n').count(), usize::from(height));
        stage.press("Esc Esc E").expect("keys");
    }
}

#[test]
fn the_keys_that_the_card_names_are_those_of_the_keymap() {
    let keymap = Keymap::built_in().expect("the keymap");
    for act in Act::ALL {
        let key = keymap.key_for(&[Mode::Plan, Mode::Everywhere], key_of(act)).expect("a key");
        assert_eq!(key.to_string(), usual(act.key()), "{act:?}");
    }
}
