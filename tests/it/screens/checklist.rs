//! The checklist panel: it follows the plan, and one key applies the next fix where it can be applied.

use planscope::goal_file;
use planscope::ui::testing::harness::Stage;

/// Returns a session on a goal with this plan that nobody replans.
fn stage(plan: &str, size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let goal = format!(
        r#"{{
  "version": 1, "goal": "Invite everybody", "wants": {{ "letter": "true" }}, "context": {{ "team": ["Ana", "Bo"] }},
  "tools": {{
    "pick_date": {{ "description": "Pick a date", "outputs": ["date"], "run": {{ "value": "12 June" }} }},
    "book_room": {{ "description": "Book a room", "inputs": ["date", "team"], "outputs": ["room"], "run": {{ "jq": ".date" }} }},
    "write_letter": {{ "description": "Write the letter", "inputs": ["date", "room"], "outputs": ["letter"], "run": {{ "jq": ".room" }} }}
  }},
  "plan": {plan},
  "lesson": {{ "title": "t", "lane": "plan-and-execute:never", "parts": [ {{ "text": "t", "check": "false" }} ] }}
}}"#
    );
    let folder = tempfile::tempdir().expect("a folder");
    let goal = goal_file::parse(&goal, "party", None).unwrap_or_else(|faults| panic!("{faults}"));
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    // The strip of a lesson would stand in place of nothing that is looked at here.
    stage.press("_").expect("a key");
    (folder, stage)
}

const GOOD: &str = r#"[{ "tool": "pick_date" }, { "tool": "book_room" }, { "tool": "write_letter" }]"#;

#[test]
fn each_kind_of_fault_is_mended_by_one_key_and_taken_back_by_another() {
    for (plan, does) in [
        // Out of order: one move behind the last of those that it waits for.
        (
            r#"[{ "tool": "write_letter" }, { "tool": "pick_date" }, { "tool": "book_room" }]"#,
            "moves s1 write_letter behind s3",
        ),
        // A name that is nearly right.
        (
            r#"[{ "tool": "pick_date" }, { "tool": "book_room", "with": { "date": "dates" } }, { "tool": "write_letter" }]"#,
            "lets s2 book_room read date, not dates",
        ),
        // A step is missing in the middle, and one at the end.
        (r#"[{ "tool": "pick_date" }, { "tool": "write_letter" }]"#, "adds book_room before s2: it makes room"),
        (r#"[{ "tool": "pick_date" }, { "tool": "book_room" }]"#, "adds write_letter at the end: it makes letter"),
        // A tool that does not exist.
        (
            r#"[{ "tool": "pick_date" }, { "tool": "book_rooms", "with": { "date": "date" }, "to": { "room": "room" } }, { "tool": "write_letter" }]"#,
            "lets s2 use book_room, not book_rooms",
        ),
    ] {
        let (_folder, mut stage) = stage(plan, (120, 34));
        let text = stage.text();
        assert!(text.contains(&format!("M {does}")), "{does}: {text}");
        stage.press("M").expect("a key");
        let text = stage.text();
        assert!(text.contains("✓ clear  ✓ ordered  ✓ handed off"), "{does}: {text}");
        assert!(text.contains(&format!("Done  {does}; u takes it back")), "{text}");
        stage.press("c").expect("a key");
        assert!(stage.text().contains("✓ goal reached"), "{does}: {}", stage.text());
        let (_folder, mut stage) = self::stage(plan, (120, 34));
        stage.press("M u").expect("keys");
        assert!(stage.text().contains(&format!("M {does}")), "{}", stage.text());
    }
}

#[test]
fn the_panel_says_who_hands_what_to_whom_and_follows_what_is_mended_in_it() {
    for size in [(80, 24), (120, 34), (200, 60)] {
        let plan = r#"[{ "tool": "write_letter" }, { "tool": "pick_date" }]"#;
        let (_folder, mut stage) = stage(plan, size);
        stage.press("#").expect("a key");
        let text = stage.text();
        assert!(text.contains("First define the execution order."), "{text}");
        assert!(text.contains("✗ ordered") && text.contains("▶ Enter moves s1 write_letter behind s2"), "{text}");
        stage.press("Enter").expect("a key");
        let text = stage.text();
        assert!(text.contains("✓ ordered") && text.contains("▶ Enter adds book_room before s1"), "{size:?}: {text}");
        stage.press("Enter").expect("a key");
        let text = stage.text();
        assert!(text.contains("The plan is now basically executable."), "{text}");
        assert!(text.contains("date: s2 → s3, s1"), "{text}");
        stage.press("Esc").expect("a key");
        assert!(!stage.text().contains("Checklist and hand-offs"), "{}", stage.text());
    }
}

#[test]
fn the_key_mends_what_the_panel_offers_also_where_no_plan_is_found_and_where_it_is_advice() {
    // Nothing makes what the first step reads, so no plan is found; that it stands too early is mended all the same.
    let plan = r#"[{ "tool": "write_letter", "with": { "room": "hall", "date": "date" } }, { "tool": "pick_date" }]"#;
    let goal = |risk: &str, plan: &str| {
        let goal = format!(
            r#"{{
  "version": 1, "goal": "Invite everybody", "wants": {{ "letter": "true" }},
  "tools": {{
    "pick_date": {{ "description": "Pick a date", "outputs": ["date"], "run": {{ "value": "12 June" }} }},
    "write_letter": {{ "description": "Write the letter", "inputs": ["date", "room"], "outputs": ["letter"],
      "risk": "{risk}", "run": {{ "jq": ".room" }} }}
  }},
  "plan": {plan}
}}"#
        );
        goal_file::parse(&goal, "party", None).unwrap_or_else(|faults| panic!("{faults}"))
    };
    let low = goal("low", plan);
    let folder = tempfile::tempdir().expect("a folder");
    let mut stage = Stage::open(low, folder.path().join("a.jsonl"), (120, 34)).expect("a session");
    assert!(stage.text().contains("no plan reaches the goal"), "{}", stage.text());
    stage.press("#").expect("a key");
    assert!(stage.text().contains("▶ Enter moves s1 write_letter behind s2"), "{}", stage.text());
    stage.press("Esc M").expect("keys");
    assert!(stage.text().contains("Done  moves s1 write_letter behind s2; u takes it back"), "{}", stage.text());
    // A risky step that does not ask is advice: the plan is executable, and the key does what the panel says.
    let asks = r#"[{ "tool": "pick_date" }, { "tool": "write_letter", "with": { "room": "date", "date": "date" } }]"#;
    let high = goal("high", asks);
    let mut stage = Stage::open(high, folder.path().join("b.jsonl"), (120, 34)).expect("a session");
    stage.press("#").expect("a key");
    assert!(stage.text().contains("▶ Enter lets s2 write_letter ask before it runs"), "{}", stage.text());
    stage.press("Esc M").expect("keys");
    assert!(stage.text().contains("Done  lets s2 write_letter ask before it runs"), "{}", stage.text());
}

#[test]
fn where_no_key_mends_it_the_panel_says_what_is_to_be_done_by_hand() {
    let (_folder, mut stage) = stage(r#"["Do the rest", { "tool": "pick_date" }]"#, (120, 34));
    assert!(!stage.text().contains("M "), "{}", stage.text());
    stage.press("M").expect("a key");
    assert!(stage.text().contains("No    no fault of the plan is mended by one key: # says"), "{}", stage.text());
    stage.press("#").expect("a key");
    assert!(stage.text().contains("by hand: step 1 says \"Do the rest\""), "{}", stage.text());
    let (_folder, mut stage) = self::stage(GOOD, (120, 34));
    stage.press("#").expect("a key");
    assert!(stage.text().contains("The plan is now basically executable."), "{}", stage.text());
}

#[test]
fn the_page_about_tools_says_who_took_one_out_of_the_plan() {
    let (_folder, mut stage) = stage(GOOD, (120, 34));
    stage.press("Down X t").expect("keys");
    assert!(stage.text().contains("switched off: s2 book_room"), "{}", stage.text());
    stage.press("Esc X d t").expect("keys");
    assert!(stage.text().contains("you took it out of the plan: it does not come back by itself"), "{}", stage.text());
    assert!(!stage.text().contains("the plan does not need it"), "{}", stage.text());
}
