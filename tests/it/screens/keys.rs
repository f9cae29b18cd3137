//! Every key that the screen offers, in every phase of a plan, at two sizes: none of them is refused, none breaks it; and
//! with other keys, everything that names one names those.

use planscope::describe::keys as named;
use planscope::engine::event::{Cause, Dial, Edit, Event, PlainCause};
use planscope::engine::state::Phase;
use planscope::ui::action::Action;
use planscope::ui::input::Input;
use planscope::ui::keymap::Keymap;
use planscope::ui::screen::{Request, Screen};
use planscope::ui::session::model::Beat;
use planscope::ui::session::pane::PaneId;
use planscope::ui::session::panes::footer;
use planscope::ui::session::view::View;
use planscope::ui::testing::harness::Stage;

/// A goal with a choice of sources, a question, a risky step, a tool that fails, several outputs and surprises.
const MOVE: &str = r#"{
  "version": 1,
  "goal": "Move the office over the weekend",
  "wants": { "done_note": "length > 3" },
  "context": { "desks": 12 },
  "tools": {
    "measure": { "description": "Measure the new rooms", "inputs": ["desks"], "outputs": ["rooms", "doors"],
                 "run": { "jq": "{ rooms: (.desks / 4 | ceil), doors: 3 }" } },
    "ask_day": { "description": "Ask which day suits", "outputs": ["day"], "run": { "ask": { "question": "Which day?" } } },
    "hire_van": { "description": "Hire a van", "inputs": ["rooms", "day"], "outputs": ["van"], "retries": 1,
                  "requires": { "there is a room": ".rooms > 0" }, "run": { "jq": "\"a van on \\(.day) for \\(.rooms) rooms\"" } },
    "hire_two_cars": { "description": "Hire two cars", "inputs": ["rooms", "day"], "outputs": ["van"], "cost": 4,
                       "run": { "value": "two cars" } },
    "carry": { "description": "Carry everything over", "inputs": ["van", "doors"], "outputs": ["carried"], "risk": "high",
               "run": { "jq": "\"carried through \\(.doors) doors with \\(.van)\"" } },
    "write_note": { "description": "Write the note", "inputs": ["carried"], "outputs": ["done_note"], "run": { "jq": ".carried" } }
  },
  "scenarios": [
    { "name": "More desks", "after": "measure", "set": { "desks": 40 } },
    { "name": "The van breaks down", "fail": { "tool": "hire_van", "error": "no van left", "times": 2 } }
  ]
}"#;

/// A place in a session: its name, the keys that lead there, and what tells that they did.
pub(super) type Place = (&'static str, &'static str, fn(&View) -> bool);

/// Every phase of a plan, and what the screen can be about in it.
pub(super) const PLACES: [Place; 21] = [
    ("review", "", |view| is_live(view) && view.session.state().phase == Phase::Review),
    ("review, in the context", "2", |view| {
        view.session.state().phase == Phase::Review && view.ui.focus == PaneId::CONTEXT
    }),
    ("ready", "space", is_ready),
    ("ready, in the trace", "space 3", |view| is_ready(view) && view.ui.focus == PaneId::TRACE),
    ("ready, on a done step", "space g", |view| is_ready(view) && view.ui.cursor(PaneId::PLAN).at == Some(0)),
    ("a question waits", "space space Esc", |view| is_live(view) && view.session.state().asks().is_some()),
    ("a proposal, landed", "space i 3 C-s", |view| watched(view) == Some((Beat::Landed, false))),
    ("a surprise that changes the plan", "space x Enter", |view| watched(view) == Some((Beat::Landed, false))),
    ("the plan is rewritten", "space x Enter space space", |view| watched(view) == Some((Beat::Rewritten, false))),
    ("a proposal waits aside", "space x Enter space space Esc", |view| watched(view) == Some((Beat::Rewritten, true))),
    ("the proposal is accepted", "space x Enter space space Enter", |view| {
        is_ready(view) && happened(view, |event| matches!(event, Event::Replanned { .. }))
    }),
    ("looking at the past", "space [ [", |view| view.shown.past && view.ui.looking.is_some()),
    ("a step was edited away", "space d", |view| {
        is_live(view) && happened(view, |event| matches!(event, Event::Edited { edit: Edit::Deleted { .. } }))
    }),
    ("a step is switched off", "space X", |view| {
        is_live(view) && view.session.state().plan.remaining().iter().any(|step| step.skip)
    }),
    ("nobody replans", "space D D", |view| is_ready(view) && view.session.state().settings.dial == Dial::Never),
    ("asked for a new plan", "space r", |view| {
        happened(view, |e| {
            matches!(e, Event::PlanRequested { cause: Some(Cause::Plain { kind: PlainCause::Asked, .. }), .. })
        })
    }),
    ("the end of a run without a goal", "d d d d d d space", |view| {
        matches!(view.session.state().phase, Phase::Ended { .. })
    }),
    ("a question was stopped", "space space Esc Esc", |view| view.session.state().phase == Phase::Interrupted),
    ("a risky step asks", "KNOWN space space space", |view| view.session.state().phase == Phase::Approving),
    ("the goal is reached", "KNOWN space space space space y space", |view| {
        is_live(view) && view.session.state().phase == Phase::Reached
    }),
    ("the goal is reached, in the report", "KNOWN space space space space y space Tab Tab", |view| {
        view.session.state().phase == Phase::Reached && view.reports() && view.ui.focus == PaneId::TRACE
    }),
];

fn is_live(view: &View) -> bool {
    !view.shown.past && view.ui.looking.is_none() && view.ui.watch.is_none()
}

fn is_ready(view: &View) -> bool {
    is_live(view) && view.session.state().phase == Phase::Ready
}

/// Returns the beat at which the waiting proposal is watched, and whether it waits aside.
fn watched(view: &View) -> Option<(Beat, bool)> {
    let deciding = view.session.state().phase == Phase::Deciding;
    view.ui.watch.as_ref().filter(|_| deciding).map(|watch| (watch.beat, watch.aside))
}

fn happened(view: &View, is: impl Fn(&Event) -> bool) -> bool {
    view.session.records().iter().any(|record| is(&record.event))
}

/// Opens the goal and presses `keys`; KNOWN before them: the day is known, and nobody is asked for it.
fn open(size: (u16, u16), keys: &str) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let (goal, keys) = match keys.strip_prefix("KNOWN ") {
        Some(keys) => (MOVE.replace("\"desks\": 12", "\"desks\": 12, \"day\": \"Saturday\""), keys),
        None => (MOVE.to_owned(), keys),
    };
    let goal = planscope::goal_file::parse(&goal, "move", None).expect("a goal");
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    stage.press(keys).unwrap_or_else(|fault| panic!("{keys}: {fault}"));
    (folder, stage)
}

fn refusal(stage: &mut Stage) -> Option<String> {
    stage.text().lines().find(|line| line.starts_with(" No  ")).map(|line| line.trim().to_owned())
}

#[test]
fn every_key_that_is_offered_works_in_every_phase() {
    assert_every_key_works((120, 34));
}

#[test]
fn every_key_that_is_offered_works_in_every_phase_on_a_small_screen() {
    assert_every_key_works((80, 24));
}

#[track_caller]
fn assert_every_key_works(size: (u16, u16)) {
    let mut refused = Vec::new();
    for (phase, keys, _) in PLACES {
        let (_folder, mut first) = open(size, keys);
        let offers = footer::offers(&first.app().view(), 2_000);
        assert!(offers.len() > 4, "{phase}: {}", first.text());
        for (press, action, _) in offers {
            let (_folder, mut stage) = open(size, keys);
            stage.input(&Input::Key(press)).expect("a key");
            if let Some(no) = refusal(&mut stage) {
                refused.push(format!("{phase} at {size:?}: {press} {}: {no}", action.label()));
            }
            // Whatever it opened or did, the screen goes on from there.
            stage.press("Esc Esc").expect("keys");
            let _ = stage.buffer();
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn the_keys_lead_where_each_place_says() {
    let mut elsewhere = Vec::new();
    for size in [(80, 24), (120, 34)] {
        for (phase, keys, is_there) in PLACES {
            let (_folder, mut stage) = open(size, keys);
            let screen = stage.text();
            let view = stage.app().view();
            if !is_there(&view) {
                elsewhere.push(format!("{phase}: {:?}\n{screen}", view.session.state().phase));
            }
        }
    }
    assert!(elsewhere.is_empty(), "{}", elsewhere.join("\n"));
}

#[test]
fn no_two_places_are_the_same() {
    // A guard that holds in every place would let the test of the keys stand somewhere else than it says.
    let loose: Vec<&str> = PLACES
        .iter()
        .filter(|(_, _, is_there)| PLACES.iter().all(|(_, keys, _)| is_there(&open((120, 34), keys).1.app().view())))
        .map(|(phase, _, _)| *phase)
        .collect();
    assert!(loose.is_empty(), "{}", loose.join(", "));
}

#[test]
fn where_nothing_runs_no_timer_is_set() {
    for (phase, keys, _) in PLACES {
        let (_folder, mut stage) = open((120, 34), keys);
        let rests = stage.app().view().session.wants().is_empty();
        assert!(!rests || stage.app().deadline().is_none(), "{phase} wakes the program for nothing");
    }
}

/// The keymap that the program comes with, each key with Alt.
fn with_alt() -> Keymap {
    let text = include_str!("../../../assets/keymap.json");
    let mut modes: serde_json::Value = serde_json::from_str(text).expect("the keymap");
    let keys = modes.as_object_mut().expect("modes").values_mut().filter_map(|lines| lines.as_object_mut());
    for key in keys.flat_map(|lines| lines.values_mut()).filter_map(|keys| keys.as_array_mut()).flatten() {
        let plain = key.as_str().expect("a key");
        *key = match plain {
            "alt-enter" => "f2".into(),
            "alt-u" => "f3".into(),
            "-" => "alt-f1".into(),
            _ => format!("alt-{plain}").into(),
        };
    }
    Keymap::parse(&modes.to_string()).expect("a keymap")
}

/// Opens the goal as [`open`] does, with the keymap of Alt.
pub(super) fn open_with_alt(keys: &str) -> (tempfile::TempDir, Stage) {
    let (given, keys) = keys.strip_prefix("KNOWN ").map_or(("", keys), |keys| ("KNOWN ", keys));
    let (folder, mut stage) = open((200, 40), given);
    stage.take_keymap(with_alt());
    let with_alt = |key: &str| key.strip_prefix("C-").map_or(format!("A-{key}"), |key| format!("C-A-{key}"));
    // What is typed into a value is typed, and so is the letter of an answer.
    let keys: Vec<String> = keys.split_whitespace().map(with_alt).collect();
    stage.press(&keys.join(" ").replace("A-i A-3", "A-i 3").replace("A-y", "y")).expect("keys");
    (folder, stage)
}

/// Returns the line above the footer.
pub(super) fn next_line(stage: &mut Stage) -> String {
    let text = stage.text();
    text.lines().rev().nth(1).expect("a line").to_owned()
}

#[test]
fn with_other_keys_the_next_line_names_those_in_every_phase() {
    let mut naming = 0;
    for (phase, keys, _) in PLACES {
        let (mut usual, mut other) = (open((200, 40), keys), open_with_alt(keys));
        let (usual, other) = (next_line(&mut usual.1), next_line(&mut other.1));
        naming += usize::from(other.contains("A-"));
        let unmarked = other.replace("A-", "");
        assert!(unmarked.trim_end().starts_with(usual.trim_end().trim_end_matches('…')), "{phase}:\n{usual}\n{other}");
    }
    assert!(naming > PLACES.len() / 2, "only {naming} of them name a key");
}

#[test]
fn with_other_keys_refusals_dialogs_and_the_card_name_those_and_obey_them() {
    let (_folder, mut stage) = open_with_alt("");
    stage.press("A-]").expect("a key");
    assert!(stage.text().contains("this is now; A-space runs the next step"), "{}", stage.text());

    // A form: its own keys act, those of the other keymap type or do nothing.
    stage.press("A-i").expect("a key");
    let form = stage.text();
    assert!(form.contains("C-A-s apply") && form.contains("A-Esc keep the draft"), "{form}");
    stage.press("Esc C-s").expect("keys");
    assert!(stage.text().contains("C-A-s apply"), "{}", stage.text());
    stage.press("A-Esc").expect("a key");
    assert!(!stage.text().contains("C-A-s apply"), "{}", stage.text());

    // A list, and why what it lists cannot be done now.
    stage.press("A-?").expect("a key");
    let list = stage.text();
    assert!(list.contains("A-↑ A-↓ choose") && list.contains("A-Enter do it"), "{list}");
    stage.type_text("forward").expect("text");
    assert!(stage.text().contains("this is now; A-space runs the next step"), "{}", stage.text());
    stage.press("A-Esc").expect("a key");

    // A question, and the card with what to revise.
    let (_folder, mut stage) = open_with_alt("d d d d d d space E");
    let card = stage.text();
    assert!(card.contains("A-u takes back") && card.contains("A-s save as Markdown"), "{card}");
    // What is saved is read by the same person.
    stage.press("A-s").expect("a key");
    let saved = stage.requests.iter().find_map(|request| match request {
        Request::Save { text, .. } => Some(text.clone()),
        _ => None,
    });
    let saved = saved.unwrap_or_default();
    assert!(saved.contains("A-u takes back") && !saved.contains(" u takes back"), "{saved}");
    stage.press("A-q A-0").expect("keys");
    let question = stage.text();
    assert!(question.contains("one key away (A-V)") && question.contains("A-Enter take it"), "{question}");
}

#[test]
fn a_place_for_a_key_names_an_action_and_its_key_is_the_same_on_every_front_end() {
    let keymap = Keymap::built_in().expect("the keymap");
    let mut found = 0;
    for (file, text) in crate::tidy::all() {
        let old = text.split("{key:").skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
        assert!(!old, "{file}: a place for a key is written \\x01step\\x02, which nobody types");
        for name in text.split("\\x01").skip(1).filter_map(|rest| rest.split_once("\\x02")).map(|(name, _)| name) {
            if file.ends_with("describe/keys.rs") || !name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                continue;
            }
            found += 1;
            let place = format!("\x01{name}\x02");
            assert!(Action::named(name).is_some(), "{file}: {name} is not an action");
            if ["src/describe/", "src/engine/", "src/checks/"].iter().any(|below| file.starts_with(below)) {
                assert_eq!(named::usual(&place), keymap.fill(&[], &place), "{file}");
            }
        }
    }
    assert!(found > 100, "only {found}: this looks in the wrong place");
}

#[test]
fn no_sentence_names_a_key_by_itself() {
    let names = |words: &[&str], at: usize| {
        let (word, next) = (words[at], words.get(at + 1).copied().unwrap_or_default());
        let is_verb = next.len() > 3 && next.trim_end_matches([',', ';', '"', '.']).ends_with('s');
        let first = at == 0 || words[at - 1].ends_with([';', ':', ',', '.']);
        let named = ["space", "Enter", "Esc", "Tab", "End"].contains(&word);
        let single = word.len() == 1 && !"a&=|+->;,".contains(word);
        next.starts_with(|c: char| c.is_ascii_lowercase()) && first && is_verb && (named || single)
    };
    let mut faults = Vec::new();
    for (file, text) in crate::tidy::all() {
        let tests = file.contains("/tests")
            || file.contains("/testing")
            || file.ends_with("ui/input.rs")
            || file.ends_with("ui/action.rs");
        let speaks = ["src/describe/", "src/engine/", "src/checks/", "src/ui/"].iter().any(|one| file.starts_with(one));
        if tests || !speaks {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for literal in line.split('"').skip(1).step_by(2) {
                let words: Vec<&str> = literal.split_whitespace().collect();
                if (0..words.len()).any(|at| names(&words, at)) {
                    faults.push(format!("{file}: {literal}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
