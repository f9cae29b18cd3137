//! Lighting the chain of a why in every pane, the map beside the plan, arranging panes, counts, going to anything.

use std::collections::HashSet;

use planscope::describe::Moment;
use planscope::describe::chain::Chain;
use planscope::describe::why::{self, Subject};
use planscope::ui::input::{Input, MouseAct};
use planscope::ui::testing::harness::Stage;
use serde_json::{Value, json};

/// Two sources, of which only one matters to `total`; what is wanted rests on it and on a value that was there.
fn orders() -> Value {
    let tool = |inputs: &[&str], output: &str, filter: &str| json!({ "description": format!("Make {output}"), "inputs": inputs, "outputs": [output], "run": { "jq": filter } });
    json!({
        "version": 1, "goal": "Bill the orders", "wants": { "bill": "true", "greeting": "true" },
        "context": { "rate": 3, "name": "Ida" },
        "tools": {
            "fetch_orders": tool(&[], "orders", "[4, 5]"),
            "sum_orders": tool(&["orders"], "total", ".orders | add"),
            "write_bill": tool(&["total", "rate"], "bill", ".total * .rate"),
            "greet": tool(&["name"], "greeting", "\"Dear \" + .name"),
        }
    })
}

fn stage(size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(&orders().to_string(), "orders.json", None).expect("a goal");
    let stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    (folder, stage)
}

fn set(names: &[&str]) -> HashSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn chain(stage: &mut Stage, subject: &Subject) -> Chain {
    let session = stage.app().driver().session();
    let moment = Moment { state: session.state(), records: session.records(), longest: why::LONGEST, times: true };
    Chain::of(moment, subject)
}

#[test]
fn on_the_chain_lies_what_made_it_and_nothing_else() {
    let (_folder, mut stage) = stage((120, 34));
    stage.press("Enter c").expect("keys");
    let bill = chain(&mut stage, &Subject::Key("bill".into()));
    let keys: HashSet<String> = bill.keys.iter().map(ToString::to_string).collect();
    assert_eq!(keys, set(&["bill", "total", "orders", "rate"]));
    assert_eq!(bill.steps.len(), 3, "greet has no part in it: {:?}", bill.steps);
    let session = stage.app().driver().session();
    for seq in &bill.events {
        let event = &session.record(*seq).expect("an event of the session").event;
        let writes: HashSet<String> = event.touches().iter().map(ToString::to_string).collect();
        assert!(writes.iter().any(|key| keys.contains(key)) || *seq == 1, "event {seq} wrote none of it: {event:?}");
    }
    // The end rests on everything that is wanted; what is still to do rests on who is to make it.
    let end = chain(&mut stage, &Subject::End);
    assert_eq!(end.keys.len(), 6);
    assert_eq!(end.steps.len(), 4);
}

#[test]
fn before_anything_ran_the_chain_is_of_who_is_to_make_it() {
    let (_folder, mut stage) = stage((120, 34));
    stage.press("Enter").expect("keys");
    let bill = chain(&mut stage, &Subject::Key("bill".into()));
    assert_eq!((bill.steps.len(), bill.keys.len()), (3, 4));
    assert_eq!(bill.events, HashSet::from([1]), "only what was there from the start was observed");
}

#[test]
fn a_why_is_lit_in_every_pane_until_esc() {
    let (_folder, mut stage) = stage((120, 34));
    stage.press("Enter c").expect("keys");
    assert!(stage.text().contains("Report"), "{}", stage.text());
    stage.press("Tab Home C-w").expect("keys");
    let text = stage.text();
    for said in ["lit: no steps", "lit: 1 key ", "lit: 1 event", "lit: what rate rests on"] {
        assert!(text.contains(said), "{said}:\n{text}");
    }
    stage.press("Esc").expect("keys");
    let text = stage.text();
    assert!(!text.contains("lit: ") && text.contains("Report"), "{text}");
    // From the page that says why, and from the map.
    stage.press("Tab w C-w").expect("keys");
    let text = stage.text();
    assert!(text.contains("lit: 3 steps") && text.contains("Trace"), "{text}");
    insta::assert_snapshot!("lit_120x34", text);
    stage.press("Esc m End C-w").expect("keys");
    let text = stage.text();
    assert!(!text.contains("Map: ") && text.contains("lit: "), "{text}");
}

#[test]
fn what_is_lit_follows_to_the_moment_that_is_shown() {
    let (_folder, mut stage) = stage((120, 34));
    stage.press("Enter c Tab Tab w C-w").expect("keys");
    let now = stage.text();
    stage.press("[ [ [").expect("keys");
    let then = stage.text();
    assert!(then.contains("lit: ") && then != now, "{then}");
}

#[test]
fn the_map_stands_beside_the_plan_from_120_columns_and_follows_the_cursor() {
    let (_folder, mut stage) = stage((120, 34));
    stage.press("Enter space C-g").expect("keys");
    let text = stage.text();
    assert!(text.contains("Map: 3 waves") && text.contains("╭ Plan") && text.contains("╭ Context"), "{text}");
    insta::assert_snapshot!("map_beside_120x34", text);
    let heavy = |text: &str| text.matches(['┃', '┗', '┛', '┣', '━']).count();
    stage.press("1 Home").expect("keys");
    let first = heavy(&stage.text());
    stage.press("2 j j j j j j").expect("keys");
    assert_ne!(heavy(&stage.text()), first, "it follows the key that is selected:\n{}", stage.text());
    stage.press("C-g").expect("keys");
    assert!(!stage.text().contains("Map: "), "{}", stage.text());
}

#[test]
fn a_click_on_the_map_selects_the_step_and_a_narrow_screen_says_what_to_press() {
    let (_folder, mut stage) = stage((120, 34));
    stage.press("Enter C-g").expect("keys");
    let text = stage.text();
    let at = |name: &str| {
        text.lines().enumerate().find_map(|(row, line)| {
            let map = line.chars().collect::<Vec<_>>()[84..].iter().collect::<String>();
            map.contains(name).then_some(u16::try_from(row).expect("a row"))
        })
    };
    let row = at("write_bill").expect("the map names it");
    stage.input(&Input::Mouse { act: MouseAct::Click, column: 100, row }).expect("a click");
    stage.press("w").expect("keys");
    assert!(stage.text().contains("write_bill?"), "{}", stage.text());
    let (_folder, mut narrow) = self::stage((100, 30));
    narrow.press("Enter C-g").expect("keys");
    assert!(narrow.text().contains("needs 120 columns"), "{}", narrow.text());
    assert!(narrow.text().contains("m shows it whole"), "{}", narrow.text());
}

#[test]
fn on_a_wide_screen_the_map_and_what_is_selected_share_the_fourth_column() {
    let (_folder, mut stage) = stage((200, 60));
    stage.press("Enter C-g").expect("keys");
    let text = stage.text();
    assert!(text.contains("Map: 3 waves") && text.contains("Why s1"), "{text}");
}

#[test]
fn plan_and_context_change_places_and_their_borders_go_with_them() {
    let (_folder, mut stage) = stage((120, 34));
    stage.press("Enter").expect("keys");
    let left = |text: &str| text.lines().nth(2).is_some_and(|line| line.starts_with("╭ Plan"));
    assert!(left(&stage.text()), "{}", stage.text());
    stage.press("\\").expect("keys");
    let text = stage.text();
    let title = text.lines().nth(2).expect("a row of titles").to_owned();
    assert!(title.starts_with("╭ Context") && title.contains("╭ Plan"), "{text}");
    let border = |title: &str| title.find('╮').expect("a corner");
    stage.press("2 +").expect("keys");
    let wider = stage.text().lines().nth(2).expect("a row of titles").to_owned();
    assert!(border(&wider) > border(&title), "the pane on the left grows:\n{wider}");
    stage.press("1 +").expect("keys");
    let again = stage.text().lines().nth(2).expect("a row of titles").to_owned();
    assert_eq!(border(&again), border(&title));
    stage.press("\\").expect("keys");
    assert!(left(&stage.text()), "{}", stage.text());
}

#[test]
fn a_count_says_how_often_the_next_key_is_meant() {
    let (_folder, mut stage) = stage((120, 34));
    stage.press("Enter 4").expect("keys");
    assert!(stage.text().contains("4 times"), "{}", stage.text());
    stage.press("Esc").expect("keys");
    assert!(!stage.text().contains("4 times"), "{}", stage.text());
    // More than there are rows: it ends at the end. A digit that means something goes on with a count.
    stage.press("9 1 j w").expect("keys");
    assert!(stage.text().contains("greet?") || stage.text().contains("write_bill?"), "{}", stage.text());
    stage.press("Esc 4 space").expect("keys");
    let text = stage.text();
    assert!(text.contains("goal reached"), "four steps ran:\n{text}");
    stage.press("5 [").expect("keys");
    assert!(stage.text().contains("event") || stage.text().contains("of "), "{}", stage.text());
    let seq = stage.app().view().shown.state.seq;
    stage.press("5 ]").expect("keys");
    assert!(stage.app().view().shown.state.seq > seq);
}

#[test]
fn one_list_goes_to_steps_keys_values_and_moments() {
    let (_folder, mut stage) = stage((120, 34));
    stage.press("Enter c C-f").expect("keys");
    assert!(stage.text().contains("Go to a step, a key, a moment"), "{}", stage.text());
    stage.type_text("Dear").expect("text");
    stage.press("Enter").expect("keys");
    let view = stage.app().view();
    let row = planscope::ui::session::lists::context::current(&view).map(|(_, key)| key.to_string());
    assert_eq!(row.as_deref(), Some("greeting"), "found by its value");
    stage.press("C-f").expect("keys");
    stage.type_text("sum_orders").expect("text");
    stage.press("Enter w").expect("keys");
    assert!(stage.text().contains("sum_orders?"), "{}", stage.text());
    stage.press("Esc C-f").expect("keys");
    stage.type_text("approved").expect("text");
    stage.press("Enter").expect("keys");
    assert!(stage.text().contains("╭ Trace"), "{}", stage.text());
}

#[test]
fn a_trace_that_has_the_screen_says_how_long_everything_took() {
    let (_folder, mut stage) = stage((120, 34));
    stage.app().show_times(true);
    stage.press("Enter c Esc 3").expect("keys");
    assert!(!stage.text().contains('━'), "{}", stage.text());
    stage.press("z").expect("keys");
    let text = stage.text();
    let bars = text.lines().filter(|line| line.contains('━') && line.contains(" ms")).count();
    assert_eq!(bars, 4, "each step that ran has one:\n{text}");
}
