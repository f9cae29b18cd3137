//! Every key that the screen offers, in every phase of a plan, at two sizes: none of them is refused, none breaks it.

use planscope::ui::input::Input;
use planscope::ui::panes::footer;
use planscope::ui::stage::Stage;

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

/// What leads into each phase, and what it is.
const PLACES: [(&str, &str); 21] = [
    ("review", ""),
    ("review, in the context", "2"),
    ("ready", "space"),
    ("ready, in the trace", "space 3"),
    ("ready, on a done step", "space g"),
    ("a question waits", "space space Esc"),
    ("a proposal, landed", "space i C-s"),
    ("a surprise that changes the plan", "space x Enter"),
    ("the plan is rewritten", "space x Enter space space"),
    ("a proposal waits aside", "space x Enter space space Esc"),
    ("the proposal is accepted", "space x Enter space space Enter"),
    ("looking at the past", "space [ ["),
    ("a step was edited away", "space d"),
    ("a step is switched off", "space X"),
    ("nobody replans", "space D D D"),
    ("asked for a new plan", "space r"),
    ("the end of a run without a goal", "d d d d d d space"),
    ("a question was stopped", "space space Esc Esc"),
    ("a risky step asks", "KNOWN space space space"),
    ("the goal is reached", "KNOWN space space space space y space"),
    ("the goal is reached, in the report", "KNOWN space space space space y space 3"),
];

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

fn refusal(stage: &Stage) -> Option<String> {
    stage.text().lines().find(|line| line.starts_with(" No  ")).map(|line| line.trim().to_owned())
}

#[test]
fn every_key_that_is_offered_works_in_every_phase() {
    let mut refused = Vec::new();
    for size in [(80, 24), (120, 34)] {
        for (phase, keys) in PLACES {
            let (_folder, mut first) = open(size, keys);
            let offers = footer::offers(&first.app().view(), 2_000);
            assert!(offers.len() > 4, "{phase}: {}", first.text());
            for (press, action, _) in offers {
                let (_folder, mut stage) = open(size, keys);
                stage.input(&Input::Key(press)).expect("a key");
                if let Some(no) = refusal(&stage) {
                    refused.push(format!("{phase} at {size:?}: {press} {}: {no}", action.label()));
                }
                // Whatever it opened or did, the screen goes on from there.
                stage.press("Esc Esc").expect("keys");
                let _ = stage.buffer();
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn the_places_are_what_they_are_called() {
    let says = [
        ("review", "Enter approves"),
        ("a question waits", "waits for your answer"),
        ("the plan is rewritten", "3 rewritten"),
        ("a risky step asks", "carry"),
        ("the goal is reached", "goal reached"),
        ("looking at the past", "nothing runs"),
    ];
    for (phase, words) in says {
        let (_, keys) = PLACES.iter().find(|(name, _)| *name == phase).expect("a place");
        let (_folder, stage) = open((120, 34), keys);
        assert!(stage.text().contains(words), "{phase}: {}", stage.text());
    }
}
