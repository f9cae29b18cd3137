//! Breakpoints on the screen: set where the cursor is, shown in the gutter, listed, continued to and back to.

use planscope::engine::breakpoint::Place;
use planscope::engine::event::Event;
use planscope::engine::state::Phase;
use planscope::ui::input::{Input, MouseAct};
use planscope::ui::session::pane::PaneId;
use planscope::ui::testing::harness::Stage;

const ORDERS: &str = r#"{
  "version": 1, "goal": "Price the orders", "wants": { "invoice": "length > 0" }, "context": { "month": "2026-11" },
  "tools": {
    "fetch": { "description": "Fetch the orders", "inputs": ["month"], "outputs": ["orders"], "run": { "value": [12, 30] } },
    "count": { "description": "Count them", "inputs": ["orders"], "outputs": ["counts"], "run": { "jq": ".orders | length" } },
    "total": { "description": "Add them up", "inputs": ["orders", "counts"], "outputs": ["sum"], "run": { "jq": ".orders | add" } },
    "write": { "description": "Write the invoice", "inputs": ["sum"], "outputs": ["invoice"], "run": { "jq": "\"total \\(.sum)\"" } }
  },
  "scenarios": [ { "name": "A late order", "after": "count", "set": { "orders": [12, 30, 5] } } ]
}"#;

fn stage(size: (u16, u16), keys: &str) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(ORDERS, "orders.json", None).expect("a goal");
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    stage.press(keys).unwrap_or_else(|fault| panic!("{keys}: {fault}"));
    (folder, stage)
}

fn row(stage: &mut Stage, words: &str) -> String {
    let text = stage.text();
    text.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("no {words}:\n{text}")).to_owned()
}

/// The line above the footer.
fn bottom(stage: &mut Stage) -> String {
    let text = stage.text();
    let below: Vec<&str> = text.lines().rev().skip(1).take_while(|line| !line.starts_with('╰')).collect();
    below.into_iter().rev().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// The event whose row of the trace is selected.
fn current(stage: &mut Stage) -> u64 {
    let view = stage.app().view();
    view.shown.rows[view.ui.cursor(PaneId::TRACE).at.unwrap_or(0)]
}

fn phase(stage: &mut Stage) -> Phase {
    stage.app().view().session.state().phase.clone()
}

fn events(stage: &mut Stage) -> usize {
    stage.app().view().session.records().len()
}

#[test]
fn b_sets_one_on_a_step_c_stops_there_and_says_why_and_space_runs_it() {
    let (_folder, mut stage) = stage((100, 30), "Down Down b");
    assert!(row(&mut stage, "s3 total").contains("●○"), "{}", stage.text());
    stage.press("c").expect("keys");
    let line = bottom(&mut stage);
    assert!(line.starts_with("Break breakpoint 1: before s3 total; space runs it: it reads orders, counts"), "{line}");
    assert!(row(&mut stage, "session   ●").contains("breakpoint 1"), "the trace tells it: {}", stage.text());
    stage.press("space").expect("keys");
    assert!(bottom(&mut stage).contains("space runs write"), "{}", stage.text());
    // A second press takes it away, on a step that has run by its tool.
    stage.press("b").expect("keys");
    assert!(row(&mut stage, "s4 write").contains("●○"), "{}", stage.text());
    stage.press("b").expect("keys");
    assert!(!row(&mut stage, "s4 write").contains('●'), "{}", stage.text());
}

#[test]
fn on_a_key_it_stops_when_the_value_changes() {
    for size in [(80, 24), (120, 34), (200, 60)] {
        let (_folder, mut stage) = stage(size, "2 Down Down b");
        assert!(row(&mut stage, "○●counts").contains("counts"), "{}", stage.text());
        stage.press("c").expect("keys");
        let line = bottom(&mut stage);
        assert!(line.starts_with("Break breakpoint 1: counts is 2 now; space runs total"), "{line}");
    }
}

#[test]
fn the_list_sets_changes_switches_and_removes_and_goes_to_the_last_hit() {
    let (_folder, mut stage) = stage((120, 34), "B");
    assert!(stage.text().contains("A new breakpoint"), "{}", stage.text());
    stage.type_text("when:.counts | lenght").expect("text");
    stage.press("Enter").expect("keys");
    assert!(row(&mut stage, "at character 16").contains("did you mean `length`?"), "{}", stage.text());
    stage.press("C-u").expect("keys");
    stage.type_text("key:cuonts").expect("text");
    assert!(row(&mut stage, "✗").contains("did you mean \"counts\"?"), "while it is typed: {}", stage.text());
    stage.press("C-u").expect("keys");
    stage.type_text("when:.sum > 40").expect("text");
    stage.press("Tab Tab").expect("keys");
    stage.type_text("it is \\(.sum)").expect("text");
    stage.press("Enter a").expect("keys");
    stage.type_text("key:counts").expect("text");
    stage.press("Enter Down space").expect("keys");
    assert!(row(&mut stage, ".sum > 40 comes to hold").contains("notes \"it is \\(.sum)\""), "{}", stage.text());
    assert!(row(&mut stage, "2 counts changes").contains("○") && stage.text().contains("· off"), "{}", stage.text());
    // What is off does not stop; what notes does not either, and the note is filled in.
    stage.press("Esc c").expect("keys");
    let notes = |stage: &mut Stage| {
        let records = stage.app().view().session.records();
        records
            .iter()
            .filter(|record| matches!(&record.event, Event::BreakpointNoted { text, .. } if **text == *"it is 42"))
            .count()
    };
    assert_eq!(notes(&mut stage), 1);
    assert_eq!(phase(&mut stage), Phase::Reached);
    stage.press("B").expect("keys");
    assert!(row(&mut stage, ".sum > 40 comes to hold").contains("1 hit"), "{}", stage.text());
    stage.press("h").expect("keys");
    let at = current(&mut stage);
    assert!(matches!(stage.app().view().session.record(at).map(|r| &r.event), Some(Event::BreakpointNoted { .. })));
    stage.press("B d d Esc").expect("keys");
    assert!(stage.app().view().session.state().breakpoints.is_empty());
}

#[test]
fn continuing_backwards_looks_at_the_last_stop_and_runs_nothing() {
    let (_folder, mut stage) = stage((120, 34), "2 Down Down b 1 c c");
    assert_eq!(phase(&mut stage), Phase::Reached);
    // Set after the run: it would have stopped it all the same.
    stage.press("B a").expect("keys");
    stage.type_text("tool:write").expect("text");
    stage.press("Enter Esc").expect("keys");
    let before = events(&mut stage);
    stage.press("{").expect("keys");
    let view = stage.app().view();
    assert!(view.shown.past && view.shown.state.next_step().is_some_and(|step| *step.id == *"s4"), "{}", stage.text());
    assert!(bottom(&mut stage).contains("breakpoint 2: before s4 write"), "{}", stage.text());
    stage.press("{").expect("keys");
    assert!(bottom(&mut stage).contains("breakpoint 1: counts is 2 now"), "{}", stage.text());
    stage.press("{").expect("keys");
    assert!(bottom(&mut stage).contains("no breakpoint would have stopped it before"), "{}", stage.text());
    stage.press("}").expect("keys");
    assert!(bottom(&mut stage).contains("breakpoint 2: before s4 write"), "{}", stage.text());
    // A breakpoint that is set while one looks at the past forks nothing.
    assert_eq!(events(&mut stage), before);
    stage.press("1 g b").expect("keys");
    assert!(stage.app().view().shown.past && !stage.text().contains("Fork"), "{}", stage.text());
    assert_eq!(events(&mut stage), before + 1);
    assert!(stage.app().view().session.state().breakpoints.at(&Place::Tool("fetch".into())).is_some());
}

#[test]
fn when_a_condition_came_to_hold_and_who_wrote_a_value() {
    let (_folder, mut stage) = stage((120, 34), "c @");
    stage.type_text(".sum > 40 and (.counts | lenght)").expect("text");
    stage.press("Enter").expect("keys");
    assert!(stage.text().contains("did you mean `length`?"), "{}", stage.text());
    stage.press("C-u").expect("keys");
    stage.type_text(".sum > 40").expect("text");
    let before = events(&mut stage);
    stage.press("Enter").expect("keys");
    let line = bottom(&mut stage);
    assert!(line.contains(".sum > 40 holds first after event") && line.contains("s3 total: 42"), "{line}");
    assert!(stage.app().view().shown.state.context.get("sum").is_some() && stage.app().view().shown.past);
    assert_eq!(events(&mut stage), before);
    stage.press("Esc Tab g Down W").expect("keys");
    let at = current(&mut stage);
    let event = stage.app().view().session.record(at).map(|record| record.event.clone());
    assert!(
        matches!(event, Some(Event::Finished { writes, .. }) if writes.contains_key("counts") || writes.contains_key("orders"))
    );
}

#[test]
fn a_click_before_a_row_sets_one_and_the_next_takes_it_away() {
    let (_folder, mut stage) = stage((120, 34), "");
    let click = |stage: &mut Stage, words: &str, left: bool| {
        let text = stage.text();
        let row = text.lines().position(|line| line.contains(words)).expect("the row");
        let line = text.lines().nth(row).unwrap_or_default();
        let frame = line[..line.find(words).unwrap_or(0)].rfind('│').unwrap_or(0);
        let column = if left {
            line[..frame].chars().count() + 2
        } else {
            line[..line.find(words).unwrap_or(0)].chars().count()
        };
        let (column, row) = (u16::try_from(column).expect("a column"), u16::try_from(row).expect("a row"));
        stage.input(&Input::Mouse { act: MouseAct::Click, column, row }).expect("a click");
    };
    click(&mut stage, "s3 total", true);
    assert!(row(&mut stage, "s3 total").contains("●○"), "{}", stage.text());
    click(&mut stage, "○ counts", true);
    assert!(row(&mut stage, "●counts").contains("○●"), "{}", stage.text());
    click(&mut stage, "s3 total", true);
    assert!(!stage.text().contains("●○ s3 total"), "{}", stage.text());
    click(&mut stage, "s3 total", false);
    assert!(!stage.text().contains("●○ s3 total"), "a click on the row itself only selects: {}", stage.text());
}

#[test]
fn it_runs_to_the_next_replan_and_there_somebody_decides_also_where_nobody_would() {
    let (_folder, mut stage) = stage((120, 34), "A x Enter N");
    assert_eq!(phase(&mut stage), Phase::Deciding, "{}", stage.text());
    stage.press("space space Enter").expect("keys");
    assert_eq!(phase(&mut stage), Phase::Ready, "{}", stage.text());
}

#[test]
fn a_stop_before_a_replan_says_that_the_replan_comes_next() {
    let (_folder, mut stage) = stage((160, 40), "B");
    stage.type_text("deviation").expect("text");
    stage.press("Enter Esc x Enter c").expect("keys");
    let line = bottom(&mut stage);
    assert!(
        line.starts_with("Break breakpoint 1: ") && line.contains("space goes on: a replan is asked for"),
        "{line}"
    );
    assert_eq!(phase(&mut stage), Phase::Ready);
    stage.press("space").expect("keys");
    assert_eq!(phase(&mut stage), Phase::Deciding, "{}", stage.text());
}

#[test]
fn a_stop_at_a_proposal_says_which_breakpoint_it_was() {
    let (_folder, mut stage) = stage((120, 34), "B");
    stage.type_text("replan>0").expect("text");
    stage.press("Enter Esc x Enter c").expect("keys");
    assert_eq!(phase(&mut stage), Phase::Deciding, "{}", stage.text());
    let line = bottom(&mut stage);
    assert!(line.contains("breakpoint 1: a replan changes 1 step"), "{}", stage.text());
}

#[test]
fn who_ran_to_a_step_is_told_that_it_is_next() {
    let (_folder, mut stage) = stage((120, 34), "Down Down C");
    let line = bottom(&mut stage);
    assert!(line.starts_with("Next  arrived where you wanted; space runs total"), "{line}");
}
