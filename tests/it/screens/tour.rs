//! What a walk through the screens stumbled over, each with goals of this file alone: words that were cut or cryptic,
//! rows that stayed empty beside them, an answer given away.

use planscope::ui::testing::harness::Stage;
use planscope::ui::testing::lanes::CompareStage;
use serde_json::{Value, json};

fn stage(goal: &Value, size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(&goal.to_string(), "goal.json", None).expect("a goal");
    let stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    (folder, stage)
}

/// A depot: crates are counted and weighed, and a lorry is booked for them.
fn depot() -> Value {
    let crates = |n: usize| (0..n).map(|nr| json!({ "nr": nr, "note": "keep dry" })).collect::<Vec<_>>();
    json!({
        "version": 1, "goal": "Ship the crates of tonight", "wants": { "lorry": "type == \"string\" and length > 0" },
        "context": { "tag": "PX 417" },
        "tools": {
            "count_crates_in_hall": { "description": "Count the crates", "inputs": ["tag"], "outputs": ["crates"],
                "run": { "value": crates(5) } },
            "weigh": { "description": "Weigh them", "inputs": ["crates", "tag"], "outputs": ["weight"],
                "run": { "jq": "(.crates | length) * 20" } },
            "book_lorry_for_tonight": { "description": "Book a lorry", "inputs": ["weight", "tag"],
                "outputs": ["lorry"],
                "run": { "jq": "\"A lorry for \\(.weight) kilos is booked. It leaves the yard at nine, stops twice on its way \
                    to the harbour, and is expected at the quay before midnight, where the crane waits for it until two\"" },
                "summary": ".lorry" },
        },
        "scenarios": [{ "name": "Late crates", "after": "weigh", "set": { "crates": crates(8) },
            "expect": { "lorry": "contains(\"160 kilos\")" } }],
    })
}

fn row<'a>(text: &'a str, words: &str) -> &'a str {
    text.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("{words} stands nowhere:\n{text}"))
}

#[test]
fn while_a_replan_is_watched_its_cause_has_a_line_of_its_own_and_the_beats_stand_below() {
    for size in [(60, 16), (80, 24), (120, 34), (200, 60)] {
        let (_folder, mut stage) = stage(&depot(), size);
        stage.press("space space x Enter space").expect("keys");
        let text = stage.text();
        let mut lines = text.lines();
        let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        assert!(first.starts_with(" ! ") && !first.contains("changed"), "{text}");
        assert!(size.0 < 120 || first.contains("made from the old crates"), "{text}");
        assert!(
            second.contains("1 changed ✓ 2 goes stale ▶ 3 rewritten ○") && second.contains("wants lorry"),
            "{text}"
        );
    }
}

#[test]
fn a_surprise_says_what_the_value_was_and_the_replan_whose_it_is() {
    let (_folder, mut stage) = stage(&depot(), (80, 24));
    stage.press("x").expect("a key");
    assert!(stage.text().contains("crates becomes a list of 8"), "{}", stage.text());
    stage.press("Esc space space x").expect("keys");
    assert!(stage.text().contains("! crates [5] → [8]"), "{}", stage.text());
    stage.press("Enter").expect("a key");
    let text = stage.text();
    assert!(row(&text, "saw").contains("crates [5] → [8] (Late crates, event "), "{text}");
}

#[test]
fn a_short_value_stands_whole_beside_less_of_who_reads_it() {
    let (_folder, mut stage) = stage(&depot(), (80, 24));
    let text = stage.text();
    assert!(row(&text, "  tag ").contains("\"PX 417\""), "{text}");
    // What is stale says so on its row, however narrow the pane.
    stage.press("D D space space x Enter c").expect("keys");
    let text = stage.text();
    assert!(row(&text, "~ lorry").contains("stale"), "{text}");
}

#[test]
fn what_a_step_said_and_reads_is_whole_where_rows_would_stay_empty() {
    let (_folder, mut stage) = stage(&depot(), (120, 40));
    stage.press("c 1 k j").expect("keys");
    let text = stage.text();
    let said: String = text.lines().map(|line| line.chars().take(56).collect::<String>()).collect();
    let said = said.split_whitespace().filter(|word| *word != "││" && *word != "│").collect::<Vec<_>>().join(" ");
    assert!(said.contains("waits for it until two"), "{text}");
    let (_folder, mut stage) = self::stage(&depot(), (64, 24));
    stage.press("j j").expect("keys");
    assert!(!row(&stage.text(), "reads ").contains('…'), "{}", stage.text());
}

#[test]
fn why_there_is_no_plan_and_the_ways_out_are_never_cut() {
    let (_folder, mut stage) = stage(&depot(), (80, 24));
    stage.press("space space f Enter space").expect("keys");
    let text = stage.text();
    let words = text
        .lines()
        .skip_while(|line| !line.contains("✗ book_lorry_for_tonight failed"))
        .flat_map(str::split_whitespace);
    let words = words.filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    assert!(words.contains("is the only tool that writes lorry"), "{text}");
    assert!(words.contains("R on book_lorry_for_tonight runs it again"), "{text}");
    assert!(words.contains("i gives lorry"), "{text}");
}

#[test]
fn what_is_made_again_and_is_as_it_was_is_the_same() {
    let (_folder, mut stage) = stage(&depot(), (80, 24));
    stage.press("space space k R").expect("keys");
    let text = stage.text();
    assert!(row(&text, "= weight").contains("the same"), "{text}");
}

#[test]
fn a_wide_screen_explains_a_step_that_is_only_proposed() {
    let (_folder, mut stage) = stage(&depot(), (200, 60));
    stage.press("space space x Enter space space").expect("keys");
    let text = stage.text();
    assert!(text.contains("Why s4 weigh?"), "{text}");
    assert!(text.contains("it repeats s2 weigh"), "{text}");
}

#[test]
fn a_sentence_that_names_no_keys_has_no_hand_off_but_its_words() {
    let goal = json!({ "version": 1, "goal": "Welcome her", "plan": ["Order a laptop", "Choose a buddy"] });
    let (_folder, mut stage) = stage(&goal, (120, 34));
    let text = stage.text();
    assert!(!text.contains("– → s1"), "{text}");
    assert!(text.contains("○ s2              Choose a buddy"), "{text}");
}

#[test]
fn a_lane_says_below_a_row_what_finds_no_room_in_it() {
    let goal = planscope::goal_file::parse(&depot().to_string(), "goal.json", None).expect("a goal");
    let mut stage = CompareStage::open(goal, None, (120, 50), planscope::ui::theme::Theme::plain()).expect("lanes");
    stage.press("c").expect("a key");
    let text = stage.text();
    let lane: String = text.lines().map(|line| line.chars().skip(1).take(28).collect::<String>()).collect();
    let words = lane.split_whitespace().collect::<Vec<_>>().join(" ");
    // Once below the row of the step, once below the line that parts the result from the rows.
    assert_eq!(words.matches("lorry for 100 kilos is booked. It leaves the yard at nine").count(), 2, "{text}");
    // Rows that go on below themselves are one place to a person who moves through them.
    let mut here = String::new();
    for _ in 0..4 {
        stage.press("k").expect("a key");
        let now = row(&stage.text(), " Here ").to_owned();
        if here.contains("book_lorry_for_tonight") {
            assert!(now.contains("✓ weigh"), "{now} comes after {here}");
            return;
        }
        here = now;
    }
    panic!("the row of the lorry was not reached: {here}");
}

#[test]
fn the_card_says_what_is_wanted_and_expected_in_words() {
    let (_folder, mut stage) = stage(&depot(), (120, 50));
    stage.press("space space x Enter space space Enter c E").expect("keys");
    let text = stage.text();
    assert!(text.contains("lorry is as wanted: text, not empty"), "{text}");
    assert!(text.contains("expected lorry contains \"160 kilos\": as expected"), "{text}");
}

#[test]
fn each_beat_of_a_replan_says_one_thing_and_nothing_of_what_follows() {
    for size in [(80, 24), (120, 34), (200, 60)] {
        let (_folder, mut stage) = stage(&depot(), size);
        stage.press("space space x Enter").expect("keys");
        // What changed, from what to what; not what goes stale with it.
        let text = stage.text();
        assert!(text.starts_with(" ! Late crates: crates [5] → [8]\n"), "{text}");
        assert!(text.contains("1 changed ▶ 2 goes stale ○ 3 rewritten ○"), "{text}");
        assert!(text.contains("space shows what goes stale"), "{text}");
        assert!(!text.contains('~') && !text.contains("from old") && !text.contains("would read"), "{text}");
        stage.press("space").expect("a key");
        let text = stage.text();
        assert!(row(&text, "s2 weigh").contains('~') && row(&text, "weight ").contains('~'), "{text}");
        stage.press("space").expect("a key");
        assert!(stage.text().starts_with(" ↻ the plan is rewritten: 1 step is new, 1 is kept\n"), "{}", stage.text());
        stage.press("Enter").expect("a key");
        assert!(stage.text().contains("rewritten: 1 step is new, 1 is kept; space runs"), "{}", stage.text());
        // In the past they are seen again, one by one.
        while !stage.text().contains("beat by beat") {
            stage.press("[").expect("a key");
        }
        assert!(!row(&stage.text(), "s2 weigh").contains('~'), "{}", stage.text());
        stage.press("space").expect("a key");
        assert!(row(&stage.text(), "s2 weigh").contains('~'), "{}", stage.text());
    }
}

#[test]
fn a_surprise_that_lands_again_says_that_the_value_is_what_it_was() {
    let (_folder, mut stage) = stage(&depot(), (120, 34));
    stage.press("space space x Enter space space Enter x Enter").expect("keys");
    let text = stage.text();
    assert!(row(&text, "world").contains("crates is still [8]") || text.contains("crates is still [8]"), "{text}");
    assert!(!text.contains("crates is [8]"), "{text}");
}

/// A given plan with two faults, in steps of its own.
fn faulty() -> Value {
    json!({
        "version": 1, "goal": "Say how heavy the crates are", "wants": { "weight": "true" }, "context": { "tag": "PX 417" },
        "tools": {
            "count": { "description": "Count the crates", "inputs": ["tag"], "outputs": ["crates"], "run": { "value": 5 } },
            "weigh": { "description": "Weigh them", "inputs": ["crates"], "outputs": ["weight"], "run": { "jq": ".crates * 20" } },
        },
        "plan": [{ "tool": "weigh" }, { "tool": "count", "with": { "tag": "label" } }],
    })
}

#[test]
fn what_a_lesson_asks_is_not_told_before_a_person_has_looked() {
    let told = ["which only step", "First define", "nothing before it writes", "breaks"];
    for size in [(80, 24), (120, 34), (200, 60)] {
        // Somebody who asks nothing is told at once.
        let (_folder, mut plain) = stage(&faulty(), size);
        assert!(told.iter().any(|words| plain.text().contains(words)), "{}", plain.text());
        let (_folder, mut asked) = stage(&faulty(), size);
        asked.app().pose("which of the steps read what nothing has made?".to_owned());
        for keys in ["", "Down", "3 G Esc", "1 Up"] {
            asked.press(keys).expect("keys");
            let text = asked.text();
            assert!(told.iter().all(|words| !text.contains(words)), "{size:?} after {keys}: {text}");
        }
        assert!(asked.text().contains("look for it first; space shows what the check found"), "{}", asked.text());
        asked.press("space").expect("a key");
        assert!(asked.text().contains("which only step s2 count writes"), "{}", asked.text());
        // Whoever changes the plan has looked, too.
        let (_folder, mut edited) = stage(&faulty(), size);
        edited.app().pose("which?".to_owned());
        edited.press("d").expect("a key");
        assert!(!edited.text().contains("look for it first"), "{}", edited.text());
    }
}

#[test]
fn the_card_says_in_its_headline_how_much_was_not_verified() {
    let (_folder, mut small) = stage(&depot(), (60, 16));
    small.press("space space x Enter space space Enter c E").expect("keys");
    assert!(small.text().contains("╭ Evidence: goal reached · 2 things not verified "), "{}", small.text());
    for size in [(80, 24), (120, 34)] {
        let (_folder, mut stage) = stage(&depot(), size);
        stage.press("c E").expect("keys");
        let text = stage.text();
        assert!(text.contains("Evidence: goal reached · 2 things not verified: see the end"), "{text}");
        stage.press("G").expect("a key");
        assert!(stage.text().contains("not verified ") && stage.text().contains("see the end"), "{}", stage.text());
    }
}

#[test]
fn a_long_value_in_the_editor_says_how_much_of_it_is_out_of_sight() {
    let (_folder, mut stage) = stage(&depot(), (80, 24));
    stage.press("space space 2 g Down i").expect("keys");
    let text = stage.text();
    assert!(row(&text, "╭ Inject: crates").contains("↓ "), "{text}");
    stage.press("PgDn PgDn PgDn").expect("keys");
    assert!(row(&stage.text(), "╭ Inject: crates").contains("↑ "), "{}", stage.text());
}

#[test]
fn the_figure_that_decides_and_the_reason_are_in_sight_in_a_small_window() {
    let goal = planscope::goal_file::parse(&depot().to_string(), "goal.json", None).expect("a goal");
    let mut stage = CompareStage::open(goal, None, (80, 24), planscope::ui::theme::Theme::plain()).expect("lanes");
    stage.press("c").expect("a key");
    let text = stage.text();
    assert!(row(&text, "decisions ").contains("≈ model time"), "{text}");
    let from = text.find("▶ Took the least").expect("the reason");
    let reason: String = text[from..].lines().take(2).collect::<Vec<_>>().join(" ");
    assert!(!reason.contains('…') && reason.contains("s with a model") || reason.contains("known up front"), "{text}");
}
