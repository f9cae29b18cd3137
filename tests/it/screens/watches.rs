//! Watches on the screen: above the context, at the shown moment, with their course; set, edited, moved, followed.

use planscope::engine::breakpoint::Place;
use planscope::ui::input::{Input, MouseAct};
use planscope::ui::session::pane::PaneId;
use planscope::ui::testing::harness::Stage;

const ORDERS: &str = r#"{
  "version": 1, "goal": "Price the orders", "wants": { "invoice": "length > 0" }, "context": { "month": "2026-11" },
  "tools": {
    "fetch": { "description": "Fetch the orders", "inputs": ["month"], "outputs": ["orders"],
               "run": { "value": [{ "net": 12, "to": "Oak Lane 9" }, { "net": 30, "to": "漢字 \u001b[31mRoad\u202e 1" }] } },
    "count": { "description": "Count them", "inputs": ["orders"], "outputs": ["counts"], "run": { "jq": ".orders | length" } },
    "total": { "description": "Add them up", "inputs": ["orders", "counts"], "outputs": ["sum"], "run": { "jq": "[.orders[].net] | add" } },
    "write": { "description": "Write the invoice", "inputs": ["sum"], "outputs": ["invoice"], "run": { "jq": "\"total \\(.sum)\"" } }
  },
  "scenarios": [ { "name": "A late order", "after": "total", "set": { "orders": [{ "net": 12 }, { "net": 30 }, { "net": 5 }] } } ]
}"#;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 34), (200, 60)];

pub(super) fn stage(size: (u16, u16), keys: &str) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(ORDERS, "orders.json", None).expect("a goal");
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    stage.press(keys).unwrap_or_else(|fault| panic!("{keys}: {fault}"));
    (folder, stage)
}

/// Types a filter to be watched.
fn watch(stage: &mut Stage, filter: &str) {
    stage.press("$").expect("a key");
    stage.type_text(filter).expect("text");
    stage.press("Enter").expect("a key");
}

/// The rows of the context pane above the line below the watches.
fn section(stage: &mut Stage) -> Vec<String> {
    let text = stage.text();
    let rows: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
    let Some(end) = text.lines().position(|line| line.contains("─ watches")) else { return Vec::new() };
    let words: String = rows[end].iter().collect();
    let at = words.find("─ watches").map_or(0, |byte| words[..byte].chars().count());
    let left = rows[end][..at].iter().rposition(|c| *c == '│').unwrap_or(0);
    let right = at + rows[end][at..].iter().position(|c| *c == '│').unwrap_or(0);
    let above = rows[..end].iter().rev().take_while(|row| row.get(left) == Some(&'│'));
    let mut found: Vec<String> =
        above.map(|row| row.get(left + 1..right.min(row.len())).unwrap_or_default().iter().collect()).collect();
    found.reverse();
    found
}

fn row(stage: &mut Stage, words: &str) -> String {
    let rows = section(stage);
    rows.iter().find(|row| row.contains(words)).unwrap_or_else(|| panic!("no {words}:\n{}", stage.text())).clone()
}

#[test]
fn the_section_looks_like_this() {
    for (width, height) in SIZES {
        let (_folder, mut stage) = stage((width, height), "2 Down Down *");
        watch(&mut stage, ".orders | length");
        watch(&mut stage, "[.orders[].to]");
        stage.press("space space space x Enter").expect("keys");
        insta::assert_snapshot!(format!("watches_{width}x{height}"), stage.picture());
    }
}

#[test]
fn a_key_is_watched_above_the_context_also_in_the_past_and_its_last_change_is_said() {
    for size in SIZES {
        let (_folder, mut stage) = stage(size, "");
        assert!(!stage.text().contains("─ watches"), "nothing is watched: {}", stage.text());
        stage.press("2 Down Down *").expect("keys");
        assert!(row(&mut stage, "counts").contains("○ counts") && row(&mut stage, "counts").contains("not there"));
        stage.press("space space space").expect("keys");
        let now = row(&mut stage, "counts");
        assert!(now.contains(" 2 ") && now.contains("s2"), "{size:?}: {now}\n{}", stage.text());
        stage.press("[ [").expect("keys");
        assert!(row(&mut stage, "counts").contains("not there"), "{}", stage.text());
        stage.press("]").expect("keys");
        assert!(row(&mut stage, "counts").contains("±"), "it changed at this moment: {}", stage.text());
        stage.press("Esc g *").expect("keys");
        assert!(!stage.text().contains("─ watches"), "the same key takes it away: {}", stage.text());
    }
}

#[test]
fn a_filter_is_refused_with_its_position_and_else_followed_with_bars_on_the_timeline() {
    let (_folder, mut stage) = stage((200, 60), "$");
    stage.type_text(".orders | lenght").expect("text");
    stage.press("Enter").expect("keys");
    assert!(stage.text().contains("at character 11: no filter is named `lenght`"), "{}", stage.text());
    stage.press("C-u").expect("keys");
    stage.type_text(".orders | length").expect("text");
    stage.press("Enter space space space x Enter Esc").expect("keys");
    let now = row(&mut stage, ".orders | length");
    assert!(now.contains(" 3 ") && now.contains('▁') && now.contains('█') && now.contains("world"), "{now}");
    // The cells are those of the timeline: it changes where the surprise is.
    let text = stage.text();
    let dots = text.lines().find(|line| line.contains("╭ Trace")).expect("the timeline").to_owned();
    let dots: Vec<char> = dots.chars().filter(|c| "●•·!↻".contains(*c)).collect();
    let cells: Vec<char> = now.chars().filter(|c| "·▁▂▃▄▅▆▇█".contains(*c)).collect();
    let at = dots.iter().position(|c| *c == '!').expect("the surprise");
    assert_eq!(dots.len(), cells.len(), "{now}\n{text}");
    assert_eq!(cells.iter().position(|c| *c == '█'), Some(at), "{now}\n{text}");
    watch(&mut stage, ".orders | length");
    assert!(stage.text().contains("is watched already"), "{}", stage.text());
}

#[test]
fn a_watch_is_unfolded_followed_to_what_changed_it_stopped_at_edited_moved_and_taken_away() {
    let (_folder, mut stage) = stage((120, 34), "space space space 2");
    watch(&mut stage, ".orders");
    watch(&mut stage, "[.orders[].net]");
    stage.press("g Enter").expect("keys");
    assert!(section(&mut stage).iter().any(|row| row.contains("net")), "its value is unfolded: {}", stage.text());
    // Back to the event that made it what it is.
    stage.press("W").expect("keys");
    let view = stage.app().view();
    let at = view.shown.rows[view.ui.cursor(PaneId::TRACE).at.expect("a row")];
    let writes =
        view.session.record(at).is_some_and(|record| record.event.writes().iter().any(|key| ***key == *"orders"));
    assert!(writes, "{}", stage.text());
    stage.press("2 g w").expect("keys");
    assert!(
        stage.text().contains("changed, the last first") && stage.text().contains("who will read it"),
        "{}",
        stage.text()
    );
    stage.press("Esc b").expect("keys");
    assert!(stage.app().view().session.state().breakpoints.at(&Place::Key("orders".into())).is_some());
    stage.press("Enter J").expect("keys");
    let rows = section(&mut stage);
    assert!(rows[0].contains("[.orders[].net]") && rows[1].contains("orders"), "{}", stage.text());
    stage.press("e").expect("keys");
    stage.press("C-u").expect("keys");
    stage.type_text(".sum + 1").expect("text");
    stage.press("Enter").expect("keys");
    assert!(row(&mut stage, ".sum + 1").contains("43"), "{}", stage.text());
    // Nobody injects into what is computed, and no step of the plan is deleted from here.
    stage.press("i").expect("keys");
    assert!(stage.text().contains("is computed from the context"), "{}", stage.text());
    stage.press("d d d").expect("keys");
    assert!(!stage.text().contains("─ watches") && stage.text().contains("no watch is selected"), "{}", stage.text());
}

#[test]
fn a_part_of_a_value_is_watched_by_the_filter_that_leads_to_it() {
    let (_folder, mut stage) = stage((120, 34), "space 2");
    stage.press("/").expect("keys");
    stage.type_text("Oak").expect("text");
    stage.press("Enter *").expect("keys");
    assert!(row(&mut stage, ".orders[0].to").contains("Oak Lane 9"), "{}", stage.text());
}

#[test]
fn what_never_ends_is_marked_and_holds_nobody_up() {
    let (_folder, mut stage) = stage((120, 34), "");
    watch(&mut stage, "def f: f; f");
    watch(&mut stage, ".orders | error(\"no\")");
    stage.press("space").expect("keys");
    assert!(row(&mut stage, "def f").contains('✗'), "{}", stage.text());
    assert!(row(&mut stage, "error").contains('✗'), "{}", stage.text());
    stage.press("2 g w").expect("keys");
    assert!(stage.text().contains("not evaluated any more"), "{}", stage.text());
}

#[test]
fn many_watches_are_bounded_and_scroll() {
    let (_folder, mut stage) = stage((80, 24), "");
    for at in 0..12 {
        watch(&mut stage, &format!(".counts + {at}"));
    }
    let rows = section(&mut stage).len();
    assert!((2..8).contains(&rows), "{rows}: {}", stage.text());
    assert!(stage.text().contains("more rows ─"), "{}", stage.text());
    stage.press("2 g").expect("keys");
    stage.press("Down Down Down Down Down Down Down").expect("keys");
    assert!(row(&mut stage, ".counts + 7").contains(".counts + 7"), "{}", stage.text());
    // The rows of the keys stay below, however far one goes.
    stage.press("G").expect("keys");
    assert!(stage.text().contains("invoice") && stage.text().contains(".counts + 0"), "{}", stage.text());
}

#[test]
fn a_click_selects_a_watch_and_the_next_unfolds_it() {
    let (_folder, mut stage) = stage((120, 34), "c");
    watch(&mut stage, "[.orders[].net]");
    let text = stage.text();
    let (y, line) = text.lines().enumerate().find(|(_, line)| line.contains("[.orders[].net]")).expect("the row");
    let x = line[..line.find("[.orders").expect("there")].chars().count() + 2;
    let (column, row) = (u16::try_from(x).expect("a column"), u16::try_from(y).expect("a row"));
    for _ in 0..2 {
        stage.input(&Input::Mouse { act: MouseAct::Click, column, row }).expect("a click");
    }
    assert!(section(&mut stage).iter().any(|row| row.trim().starts_with("0")), "{}", stage.text());
}

#[test]
fn a_click_on_a_cell_of_the_course_goes_to_that_moment() {
    for size in [(120, 34), (200, 60)] {
        let (_folder, mut stage) = stage(size, "$");
        stage.type_text(".orders | length").expect("text");
        stage.press("Enter space space space x Enter Esc").expect("keys");
        // The cell before the surprise, then its own: what is said beside the course has moved it.
        for (before, words) in [(1, "2"), (0, "3")] {
            let text = stage.text();
            let rows = text.lines().enumerate();
            let (y, line) = rows.into_iter().find(|(_, line)| line.contains(".orders | length")).expect("the row");
            let x = line.chars().position(|c| c == '█').expect("the surprise") - before;
            let (column, row) = (u16::try_from(x).expect("a column"), u16::try_from(y).expect("a row"));
            stage.input(&Input::Mouse { act: MouseAct::Click, column, row }).expect("a click");
            assert!(stage.app().view().shown.past, "{}", stage.text());
            assert!(self::row(&mut stage, ".orders | length").contains(&format!(" {words} ")), "{}", stage.text());
        }
    }
}

#[test]
fn the_course_is_that_of_the_branch_that_is_selected() {
    let (_folder, mut stage) = stage((120, 34), "space space space");
    watch(&mut stage, ".counts * 10");
    stage.press("x Enter space space Enter c").expect("keys");
    assert!(row(&mut stage, ".counts * 10").contains("30"), "{}", stage.text());
    stage.press("0 Down Enter").expect("keys");
    assert!(row(&mut stage, ".counts * 10").contains("not there"), "{}", stage.text());
    stage.press("space space").expect("keys");
    assert!(row(&mut stage, ".counts * 10").contains("20"), "{}", stage.text());
    // Each event of the branch has the course that folding it again gives.
    let session = stage.app().view().session.clone();
    let course = stage.app().view().watching.course(0).expect("a course").clone();
    let mut again = planscope::engine::watch::Course::default();
    let cancel = planscope::jq::Cancel::new();
    let services = stage.app().driver().services().clone();
    let watched = stage.app().view().watching.list().next().expect("a watch").clone();
    session.walk(0..session.path().len(), &mut |_, record, now| {
        let reading = planscope::runtime::watching::read(&watched, &now.context, &services, &cancel);
        again.push(record.seq, reading.mark());
        true
    });
    assert_eq!(course, again);
}
