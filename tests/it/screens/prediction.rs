//! A person predicts which steps survive a replan, if they like; the rewritten plan is held against it.

use planscope::ui::testing::harness::Stage;

/// Two of the steps to do are not needed any more once the shortcut is known; two stay.
const TRIP: &str = r#"{
  "version": 1, "goal": "Plan a trip", "wants": { "ticket": "true", "note": "true" }, "context": { "day": "Monday" },
  "tools": {
    "find_route": { "description": "Find a route", "inputs": ["day"], "outputs": ["route"], "run": { "value": "by the lake" } },
    "rank_route": { "description": "Rank the route", "inputs": ["route"], "outputs": ["best"], "run": { "jq": ".route" } },
    "buy_ticket": { "description": "Buy a ticket", "inputs": ["best"], "outputs": ["ticket"], "run": { "jq": ".best" } },
    "write_note": { "description": "Write a note", "inputs": ["ticket"], "outputs": ["note"], "run": { "jq": ".ticket" } }
  },
  "scenarios": [ { "name": "The best is known", "after": "find_route", "set": { "best": "by train" } } ]
}"#;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 34), (200, 60)];

fn stage(size: (u16, u16), keys: &str) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(TRIP, "trip", None).expect("a goal");
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    stage.press(keys).expect("keys");
    (folder, stage)
}

fn row(stage: &mut Stage, of: &str) -> String {
    let text = stage.text();
    let mut rows = text.lines().filter(|line| line.starts_with('│')).filter_map(|line| line.split('│').nth(1));
    rows.find(|row| row.contains(of)).unwrap_or_else(|| panic!("no {of}: {text}")).trim_end().to_owned()
}

#[test]
fn what_was_predicted_of_a_step_stands_beside_what_becomes_of_it() {
    for size in SIZES {
        let (_folder, mut stage) = stage(size, "space x Enter");
        assert!(stage.text().contains("p predicts what survives"), "{size:?}: {}", stage.text());
        stage.press("p").expect("a key");
        for step in ["s2 rank_route", "s3 buy_ticket", "s4 write_note"] {
            assert!(row(&mut stage, step).ends_with("? kept"), "{size:?}: {}", stage.text());
        }
        // The last is said to go, wrongly; that the first goes is not seen.
        stage.press("j j p").expect("keys");
        assert!(row(&mut stage, "s4 write_note").ends_with("? dropped"), "{size:?}: {}", stage.text());
        stage.press("space space").expect("keys");
        let text = stage.text();
        assert!(text.contains("✗ You predicted: s4 does not survive. Not so: 1 of 3 right."), "{size:?}: {text}");
        assert!(row(&mut stage, "s2 rank_route").ends_with("✗ dropped"), "{size:?}: {text}");
        assert!(row(&mut stage, "s3 buy_ticket").ends_with("✓ kept"), "{size:?}: {text}");
        assert!(row(&mut stage, "s4 write_note").ends_with("✗ kept"), "{size:?}: {text}");
        assert!(text.contains("rank_route: not as predicted: nothing that is still wanted"), "{size:?}: {text}");
        assert!(text.contains("write_note: not as predicted: same tool"), "{size:?}: {text}");
    }
}

#[test]
fn a_prediction_that_is_right_is_told_so() {
    let (_folder, mut stage) = stage((80, 24), "space x Enter p p space space");
    let text = stage.text();
    assert!(text.contains("✓ You predicted: s2 does not survive. So it was: 3 of 3 right."), "{text}");
    assert!(!text.contains("not as predicted"), "{text}");
}

#[test]
fn nobody_has_to_predict_and_nothing_gives_the_answer_away() {
    let (_folder, mut stage) = stage((120, 34), "space x Enter");
    for _ in 0..2 {
        let text = stage.text();
        assert!(!text.contains("-1") && !text.contains("dropped"), "the tally is not told yet: {text}");
        stage.press("space").expect("a key");
    }
    let text = stage.text();
    assert!(text.contains("-1") && text.contains("dropped") && !text.contains("predicted"), "{text}");
    // A prediction that was begun is undone step by step, and waits with its proposal.
    let (_folder, mut stage) = self::stage((120, 34), "space x Enter p p p Esc Enter");
    assert!(row(&mut stage, "s2 rank_route").ends_with("? kept"), "{}", stage.text());
}

#[test]
fn of_a_changed_goal_it_is_too_late_to_predict_once_it_is_said_what_is_still_needed() {
    let (_folder, mut stage) = stage((80, 24), "space ! Tab C-u");
    stage.type_text("best: true").expect("text");
    stage.press("C-s p j p j p").expect("keys");
    assert!(row(&mut stage, "s3 buy_ticket").ends_with("? dropped"), "{}", stage.text());
    stage.press("space").expect("a key");
    assert!(row(&mut stage, "s3 buy_ticket").ends_with("no longer needed"), "{}", stage.text());
    assert!(!stage.text().contains("which steps survive?") && !stage.text().contains("p predict"), "{}", stage.text());
    stage.press("space").expect("a key");
    assert!(stage.text().contains("So it was: 3 of 3 right."), "{}", stage.text());
    // Looked at again, it is what was proposed: what was predicted is gone with it.
    stage.press("Enter [").expect("keys");
    assert!(!stage.text().contains("You predicted"), "{}", stage.text());
}
