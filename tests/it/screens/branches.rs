//! The branches of a session: a tree to go through, to name, to delete from and to compare in; going to and fro leaves
//! nothing behind.

use planscope::describe::branches;
use planscope::ui::screen::Screen;
use planscope::ui::testing::harness::Stage;

/// A session with two branches: healed, and the same never replanning.
fn stage(size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = planscope::goal_file::sample("customer_support_report").expect("a sample");
    let goal = planscope::goal_file::parse(sample.text, sample.name, None).expect("a goal");
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    stage.press("space space x Enter space space Enter c 1").expect("keys");
    (folder, stage)
}

fn row(stage: &mut Stage, of: &str) -> String {
    let text = stage.text();
    text.lines().find(|line| line.contains(of)).unwrap_or_else(|| panic!("no {of}: {text}")).to_owned()
}

fn events(stage: &mut Stage) -> usize {
    stage.app().driver().session().records().len()
}

#[test]
fn the_list_says_of_each_branch_where_it_parted_how_it_stands_and_what_came_of_it() {
    for size in [(80, 24), (120, 34), (200, 60), (60, 16)] {
        let (_folder, mut stage) = stage(size);
        stage.press("V").expect("a key");
        let text = stage.text();
        assert!(text.contains("╭ Branches (2)"), "{text}");
        let (main, rigid) = (row(&mut stage, "▶  main"), row(&mut stage, "● └ you: replan never"));
        assert!(main.contains("✓ goal reached") && rigid.contains("✗ goal not reached"), "{text}");
        stage.press("Down").expect("a key");
        assert!(stage.text().contains("from event 3, before the first step"), "{}", stage.text());
        if size.0 >= 80 {
            assert!(main.contains("password") || size.0 < 120, "the results say where they part: {text}");
            assert!(text.contains("issue was password"), "{text}");
        }
    }
}

#[test]
fn enter_goes_there_and_going_to_and_fro_leaves_one_event_on_each() {
    let (_folder, mut stage) = stage((120, 34));
    let before = events(&mut stage);
    stage.press("V Enter").expect("keys");
    assert!(stage.text().contains("you are on another branch: main; goal reached"), "{}", stage.text());
    stage.press("Esc").expect("a key");
    assert!(stage.text().contains("branch 1 of 2"), "{}", stage.text());
    let top =
        |stage: &mut Stage| stage.app().driver().state().context.get("top_intent").expect("a value").value.clone();
    assert_eq!(*top(&mut stage), "password");
    for _ in 0..6 {
        stage.press("V Enter").expect("keys");
    }
    assert_eq!(*top(&mut stage), "password", "six times there and back");
    assert!(events(&mut stage) <= before + 2, "{before} → {}", events(&mut stage));
    // Who leaves finds the branch again on which it was.
    stage.press("V Enter").expect("keys");
    assert_eq!(*top(&mut stage), "refund");
    let records = stage.app().leave().session.expect("the session").0.records().to_vec();
    let goal = stage.app().driver().session().goal().clone();
    let session = planscope::engine::session::Session::reopen(goal, records).expect("the session");
    assert_eq!(*session.state().context.get("top_intent").expect("a value").value, "refund");
}

#[test]
fn a_branch_is_named_and_deleted_and_brought_back_with_its_name() {
    let (_folder, mut stage) = stage((120, 34));
    stage.press("V n").expect("keys");
    stage.type_text("healed").expect("text");
    stage.press("Enter").expect("a key");
    assert!(row(&mut stage, "▶  healed").contains("goal reached"), "{}", stage.text());
    stage.press("d").expect("a key");
    assert!(stage.text().contains("Branches (1, 1 deleted)") && !stage.text().contains("healed"), "{}", stage.text());
    // The branch that the session is on stays.
    stage.press("d").expect("a key");
    assert!(stage.text().contains("this is the branch that the session is on"), "{}", stage.text());
    stage.press("u").expect("a key");
    assert!(stage.text().contains("Branches (2)") && stage.text().contains("healed"), "{}", stage.text());
    stage.press("Up Enter Esc").expect("keys");
    assert!(stage.text().contains("╭ Trace  branch healed"), "{}", stage.text());
    let named = branches::branches(stage.app().driver().session());
    assert!(named.iter().any(|row| row.named && row.is_here), "{named:?}");
    // A name that is too long is refused, and what was typed stays.
    stage.press("V n").expect("keys");
    stage.type_text(&"x".repeat(61)).expect("text");
    stage.press("Enter").expect("a key");
    assert!(stage.text().contains("at most 60 characters") && stage.text().contains("name xxx"), "{}", stage.text());
}

#[test]
fn two_branches_are_compared_by_steps_values_and_figures() {
    let (_folder, mut stage) = stage((120, 40));
    stage.press("V c").expect("keys");
    let text = stage.text();
    for words in [
        "+ s5 count_intents: done",
        "± s3 find_top_intent: stale → done",
        "± top_intent \"refund\" → \"password\"",
        "± intent_counts.password 1 → 4",
        "± stale results 1 → 0",
        "± replans 0 → 1",
        "the same: ",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn a_branch_of_a_branch_stands_below_it_and_no_key_breaks_any_size() {
    let (_folder, mut stage) = stage((120, 34));
    stage.press("Esc [ [ [ f Enter y V").expect("keys");
    let rows = branches::branches(stage.app().driver().session());
    assert_eq!(rows.iter().map(|row| row.depth).collect::<Vec<_>>(), [0, 1, 2], "{rows:?}\n{}", stage.text());
    assert!(stage.text().contains("  └ "), "{}", stage.text());
    for (width, height) in [(1, 1), (20, 5), (40, 10), (60, 16), (300, 100)] {
        stage.input(&planscope::ui::input::Input::Resized { width, height }).expect("a size");
        stage.press("Down c Esc V n x Esc d u Down Enter V").expect("keys");
        assert_eq!(stage.text().split('\n').count(), usize::from(height));
    }
}

#[test]
fn any_two_moments_are_compared_of_one_branch_or_of_two() {
    let (_folder, mut stage) = stage((120, 34));
    // In the past: with now at once.
    stage.press("[ [ [").expect("keys");
    assert!(stage.text().contains("& compares it with now"), "{}", stage.text());
    stage.press("&").expect("a key");
    let page = stage.text();
    assert!(page.contains("± s4 draft_report: to do → stale") && page.contains("+ report is "), "{page}");
    assert!(!page.contains("wasted"), "what was called may still be read: {page}");
    // The same moment with another one that is not now.
    stage.press("Esc [ [ [").expect("keys");
    let next = stage.text();
    assert!(next.contains("& compares it with event "), "{next}");
    stage.press("&").expect("a key");
    let page = stage.text();
    assert!(page.contains("± s3 find_top_intent: to do → stale") && page.contains("+ top_intent is "), "{page}");
    assert!(!page.contains("+ report is "), "neither of them is now: {page}");
    // And with the tip of the other branch.
    stage.press("Esc End & V Enter k").expect("keys");
    let next = stage.text();
    assert!(next.contains("& compares this with event "), "{next}");
    stage.press("&").expect("a key");
    let page = stage.text();
    assert!(page.contains("on another branch") && page.contains("± top_intent"), "{page}");
    // Nothing is kept after that, and nothing was written.
    stage.press("Esc").expect("a key");
    assert!(!stage.text().contains("& compares"), "{}", stage.text());
}

#[test]
fn where_nothing_happened_yet_there_is_nothing_to_compare() {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = planscope::goal_file::sample("customer_support_report").expect("a sample");
    let goal = planscope::goal_file::parse(sample.text, sample.name, None).expect("a goal");
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), (80, 24)).expect("a session");
    stage.press("& &").expect("keys");
    assert!(stage.text().contains("no moment waits to be compared"), "{}", stage.text());
}
