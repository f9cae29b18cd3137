//! What could go wrong, on the screen: a table whose cells open as sessions; keys in, picture out.

use std::sync::Arc;

use planscope::engine::goal::Goal;
use planscope::engine::session::Session;
use planscope::goal_file;
use planscope::jq::Evaluator;
use planscope::runtime::services::Services;
use planscope::runtime::stressing::Tried;
use planscope::ui::input::{Input, KeyPress, MouseAct};
use planscope::ui::keymap::Keymap;
use planscope::ui::navigate::Destination;
use planscope::ui::screen::{Request, Screen};
use planscope::ui::stress::Stress;
use planscope::ui::testing::harness::{Stage, picture_of, text_of};
use planscope::ui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::{Value, json};

use crate::support::program::Folder;

/// A chain in which one failure is survived, another breaks it, and one value passes unseen; with wide words.
fn parcels() -> Value {
    json!({
        "version": 1, "goal": "Say what the parcels weigh 小包", "wants": { "label": "length > 0" },
        "context": { "unit": "kg" },
        "tools": {
            "fetch": { "description": "Fetch the parcels", "outputs": ["parcels"], "retries": 1,
                       "run": { "value": [{ "kg": 2 }, { "kg": 3 }] } },
            "weigh_重さ": { "description": "Weigh the parcels", "inputs": ["parcels"], "outputs": ["total"],
                       "run": { "jq": "[.parcels[]?.kg] | add" } },
            "print": { "description": "Print the label", "inputs": ["total", "unit"], "outputs": ["label"],
                       "run": { "jq": "\"\\(.total) \\(.unit)\"" } }
        },
        "scenarios": [{ "name": "One more", "after": "fetch", "set": { "parcels": [{ "kg": 9 }] } }]
    })
}

fn parsed(goal: &Value) -> Goal {
    goal_file::parse(&goal.to_string(), "parcels", None).unwrap()
}

struct Screened {
    stress: Stress,
    size: (u16, u16),
    requests: Vec<Request>,
}

impl Screened {
    fn open(tried: Tried, size: (u16, u16)) -> Screened {
        let services = Services::new(Evaluator::in_thread());
        let mut stress = Stress::new(tried, services, Keymap::built_in().unwrap(), Theme::plain(), size);
        stress.finish();
        Screened { stress, size, requests: Vec::new() }
    }

    fn goal(goal: &Value, size: (u16, u16)) -> Screened {
        Screened::open(Tried::Goal(Arc::new(parsed(goal))), size)
    }

    fn input(&mut self, input: &Input) {
        self.requests.extend(self.stress.input(input));
        let _ = self.buffer();
    }

    fn press(&mut self, keys: &str) {
        let key = |name: &str| match name {
            "Down" => KeyPress::plain(planscope::ui::input::Key::Down),
            "Right" => KeyPress::plain(planscope::ui::input::Key::Right),
            name => KeyPress::shown(name).unwrap(),
        };
        keys.split(' ').for_each(|name| self.input(&Input::Key(key(name))));
    }

    fn type_text(&mut self, text: &str) {
        text.chars().for_each(|c| self.input(&Input::Key(KeyPress::char(c))));
    }

    fn buffer(&mut self) -> Buffer {
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let mut buffer = Buffer::empty(area);
        self.stress.draw(area, &mut buffer);
        buffer
    }

    fn text(&mut self) -> String {
        text_of(&self.buffer())
    }

    /// Waits for the session that was asked for, and returns it with the event that is to be looked at.
    fn opened(&mut self) -> (Session, u64) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        loop {
            runtime.block_on(self.stress.next());
            let opened = self.stress.wishes().into_iter().find_map(|wish| match wish {
                Request::Open(Destination::Moment(session, at)) => Some((*session, at)),
                _ => None,
            });
            if let Some(opened) = opened {
                return opened;
            }
        }
    }
}

#[test]
fn the_worst_stands_first_at_every_size() {
    for (width, height) in [(80, 24), (120, 34), (200, 60)] {
        let mut screened = Screened::goal(&parcels(), (width, height));
        let _ = screened.buffer();
        insta::assert_snapshot!(format!("stress_{width}x{height}"), picture_of(&screened.buffer()));
    }
    // Where four lanes leave no room for words, their signs stand, and what each fault is.
    let mut narrow = Screened::goal(&parcels(), (60, 16));
    let text = narrow.text();
    assert!(text.contains("fetch fails for good") && !text.contains("✗ broke "), "{text}");
    assert!(text.lines().any(|line| line.contains("fetch fails for good") && line.contains("[✗]")), "{text}");
    for (width, height) in [(40, 9), (20, 5), (1, 1)] {
        let mut screened = Screened::goal(&parcels(), (width, height));
        assert!(!screened.text().contains("panicked"));
        screened.press("Down Right w");
        let _ = screened.buffer();
    }
}

#[test]
fn the_table_is_that_of_the_command_line() {
    let folder = Folder::new();
    folder.write("goal.json", parcels().to_string());
    let (status, document) = folder.json(&["stress", "goal.json"]);
    assert_eq!(status, 0);
    let mut screened = Screened::goal(&parcels(), (200, 200));
    screened.press("a");
    let text = screened.text();
    let faults = document["faults"].as_array().unwrap();
    assert!(faults.len() > 15 && text.contains(&format!("{} faults, the worst first", faults.len())), "{text}");
    let mut rows = text.lines().skip_while(|line| !line.contains("the worst first")).skip(1);
    for fault in faults {
        let row = rows.next().unwrap();
        assert!(row.contains(fault["fault"].as_str().unwrap()), "{fault:#} {row}");
        for cell in fault["cells"].as_array().unwrap() {
            let word = cell["verdict"].as_str().unwrap().replace('_', " ");
            assert!(word == "costs" || row.contains(&word), "{fault:#} {row}");
        }
    }
}

#[test]
fn a_cell_opens_as_a_session_at_the_moment_of_its_fault() {
    let mut screened = Screened::goal(&parcels(), (120, 34));
    screened.press("/");
    screened.type_text("weigh_重さ fails once");
    screened.press("Enter");
    let text = screened.text();
    assert!(text.contains("▶ ✗ weigh_重さ fails once") && text.contains("[✗ broke]"), "{text}");
    assert!(text.contains("plan-and-execute: broke, the goal is not reached: "), "{text}");
    screened.press("w");
    let text = screened.text();
    assert!(text.contains("Give the tool \"retries\": 1.") && text.contains("planscope run GOAL --fail"), "{text}");
    screened.press("Esc Enter");
    let (session, at) = screened.opened();
    let met = session.record(at).unwrap();
    assert!(met.event.step().is_some(), "{met:?}");
    assert!(session.records().iter().any(|record| record.seq > at), "it went on to its end");
    // Another lane is another run; a click selects a cell, a second one opens it.
    screened.press("Right Enter");
    let (other, _) = screened.opened();
    assert_ne!(other.state().settings.dial, session.state().settings.dial);
    let row = screened.text().lines().position(|line| line.contains("▶ ✗ weigh_重さ")).unwrap();
    let click = Input::Mouse { act: MouseAct::Click, column: 60, row: u16::try_from(row).unwrap() };
    screened.input(&click);
    assert!(screened.opened().0.records().len() > 3, "it was selected already");
    screened.press("Esc");
    assert!(!screened.text().contains("with \"weigh"), "Esc ends the filter: {}", screened.text());
    assert!(screened.requests.is_empty());
    screened.press("q");
    assert!(matches!(screened.requests[..], [Request::Leave]));
}

#[test]
fn pairs_come_on_request_and_what_changes_nothing_is_hidden_until_it_is_asked_for() {
    let mut screened = Screened::goal(&parcels(), (120, 60));
    let single = screened.text();
    assert!(single.contains("1 changes nothing"), "{single}");
    screened.press("a");
    assert!(!screened.text().contains("changes nothing"), "{}", screened.text());
    screened.press("p");
    screened.stress.finish();
    let text = screened.text();
    assert!(text.contains(", and "), "{text}");
    screened.press("p");
    assert!(screened.text().contains("every two faults are among them already"), "{}", screened.text());
}

#[test]
fn what_reaches_outside_answers_from_the_record_or_is_refused() {
    let folder = Folder::new();
    let mut goal = parcels();
    goal["tools"]["fetch"]["run"] =
        json!({ "command": { "argv": ["sh", "-c", "echo ran >> ran; echo '[{\"kg\": 2}]'"], "stdin": "none" } });
    let path = folder.write("goal.json", goal.to_string());
    let read = goal_file::read(&path).unwrap();
    let mut screened = Screened::open(Tried::Goal(Arc::new(read.clone())), (120, 34));
    assert!(screened.text().contains("nothing here reaches outside: fetch"), "{}", screened.text());
    let mut stage = Stage::open(read, folder.path("s.jsonl"), (120, 34)).unwrap();
    stage.app().driver().trust_once();
    stage.press("Enter c").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(320));
    stage.press("y").unwrap();
    let ran = || std::fs::read_to_string(folder.path("ran")).unwrap_or_default().lines().count();
    assert_eq!(ran(), 1, "{}", stage.text());
    stage.requests.clear();
    stage.press("%").unwrap();
    let tried = stage.requests.drain(..).find_map(|request| match request {
        Request::Open(Destination::Stress(tried)) => Some(*tried),
        _ => None,
    });
    let mut screened = Screened::open(tried.unwrap(), (120, 34));
    let text = screened.text();
    assert!(text.contains("nothing runs for real: 1 tool answers from the record"), "{text}");
    assert!(text.contains("the worst first") && text.contains("broke"), "{text}");
    assert_eq!(ran(), 1, "nothing ran for real");
}
