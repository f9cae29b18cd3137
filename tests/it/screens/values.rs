//! What a person sees of values: from what to what, what changed in them first, and as much of them as there is room for.

use planscope::describe::text::width;
use planscope::ui::testing::harness::Stage;
use planscope::ui::testing::lanes::CompareStage;
use planscope::ui::theme::Theme;
use serde_json::{Value, json};

const NOTES: &str = "Mind that the second rack has no spare power supply, that the cooling is serviced on Thursdays, and \
                     that nobody is on call between four and five";

fn host(at: usize, up: bool) -> Value {
    json!({ "name": format!("host-{at}"), "zone": "a", "up": up })
}

/// A rollout that a surprise changes: a list with an item in front, one changed and one gone; an object with a field
/// changed two levels down; a scalar.
fn rollout() -> Value {
    let config = |cpu: usize| json!({ "service": "api", "region": { "name": "eu", "quota": { "cpu": cpu, "mem": 8 } }, "notes": NOTES });
    json!({
        "version": 1, "goal": "Roll out", "wants": { "verdict": "length > 0" },
        "context": { "config": config(40) },
        "tools": {
            "list_hosts": { "description": "List the hosts", "inputs": ["config"], "outputs": ["hosts"],
                "run": { "value": (0..5).map(|at| host(at, true)).collect::<Vec<_>>() } },
            "is_frozen": { "description": "Ask whether it is frozen", "inputs": ["config"], "outputs": ["frozen"],
                "run": { "value": false } },
            "judge": { "description": "Judge the rollout", "inputs": ["hosts", "frozen"], "outputs": ["verdict"],
                "run": { "jq": "if .frozen then \"wait\" else \"go: \\(.hosts | length) hosts\" end" } },
        },
        "scenarios": [
            { "name": "hosts move", "set": { "hosts": [host(9, true), host(0, true), host(1, false), host(2, true), host(3, true)] } },
            { "name": "quota", "set": { "config": config(80) } },
            { "name": "freeze", "set": { "frozen": true } },
        ],
    })
}

fn stage(goal: &Value, size: (u16, u16), keys: &str) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(&goal.to_string(), "own.json", None).expect("a goal");
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    stage.press(keys).expect("keys");
    (folder, stage)
}

/// Returns the rows of the context pane, of a screen on which it stands on the right.
fn context(text: &str) -> Vec<String> {
    let title = text.lines().find(|row| row.contains("╭ Context")).unwrap_or_else(|| panic!("no context: {text}"));
    let begins = title[..title.find("╭ Context").unwrap_or(0)].chars().count();
    let inside = |row: &str| {
        let mut cells = row.chars().skip(begins);
        // On a wide screen what is selected stands beside it.
        (cells.next() == Some('│')).then(|| cells.take_while(|c| *c != '│').collect::<String>().trim_end().to_owned())
    };
    text.lines().filter_map(inside).collect()
}

fn has(rows: &[String], words: &str) -> bool {
    let squeezed = |row: &String| row.split_whitespace().collect::<Vec<_>>().join(" ");
    rows.iter().any(|row| squeezed(row).contains(words))
}

#[test]
fn a_changed_list_shows_from_what_to_what_and_its_changed_items_first() {
    for size in [(80, 24), (120, 34), (200, 60)] {
        let (_folder, mut stage) = stage(&rollout(), size, "space space x Enter");
        let (text, rows) = (stage.text(), context(&stage.text()));
        let key = rows.iter().position(|row| row.starts_with(" ± hosts") || row.starts_with("± hosts"));
        let below = &rows[key.unwrap_or_else(|| panic!("{text}"))..];
        assert!(below[1].contains("+ 0") && below[1].contains("host-9"), "{text}");
        assert!(below[2].contains("± 2.up  true → false"), "{text}");
        assert!(below[3].contains("- 4") && below[3].contains("host-4"), "{text}");
        stage.press("3").expect("keys");
        assert!(stage.text().contains("± hosts[2].up true → false and 2 more"), "{}", stage.text());
    }
}

#[test]
fn where_both_sizes_are_the_same_the_place_is_named_everywhere() {
    let (_folder, mut stage) = stage(&rollout(), (120, 34), "space space x Down Enter");
    let rows = context(&stage.text());
    assert!(has(&rows, "± config {3}") && has(&rows, "± region.quota.cpu 40 → 80"), "{}", stage.text());
    assert!(stage.text().contains("saw      config.region.quota.cpu 40 → 80"), "{}", stage.text());
    stage.press("Esc 3").expect("keys");
    assert!(stage.text().contains("world     ± config.region.quota.cpu 40 → 80"), "{}", stage.text());
    // Its place below a key that a person unfolds is marked too, and the unfolded value stands whole.
    stage.press("2 g Enter Enter").expect("keys");
    let rows = context(&stage.text());
    assert!(has(&rows, "± region.quota.cpu 40 → 80"), "{}", stage.text());
    let goal = planscope::goal_file::parse(&rollout().to_string(), "own.json", None).expect("a goal");
    let mut lanes = CompareStage::open(goal, Some("quota"), (120, 34), Theme::coloured()).expect("lanes");
    lanes.press("x Down Enter c").expect("keys");
    assert!(lanes.text().contains("! config.r…uota.cpu 40 → 80"), "{}", lanes.text());
}

#[test]
fn the_trace_says_what_was_first_written_changed_confirmed_and_taken_back() {
    let (_folder, mut stage) = stage(&rollout(), (120, 40), "space space x Down Down Enter");
    assert!(stage.text().contains("± frozen          false → true"), "{}", stage.text());
    stage.press("Esc 3 u").expect("keys");
    let text = stage.text();
    assert!(text.contains("+ hosts") && text.contains("+ frozen"), "{text}");
    assert!(text.contains("± frozen false → true") && text.contains("± frozen true → false"), "{text}");
    stage.press("1 k R space Esc").expect("keys");
    assert!(stage.text().contains("= frozen"), "{}", stage.text());
}

#[test]
fn an_entry_shows_the_difference_and_then_the_value() {
    let (_folder, mut stage) = stage(&rollout(), (120, 40), "space space x Enter Esc 3 Enter");
    let text = stage.text();
    for words in [
        "± hosts[2].up true → false and 2 more",
        "+ 0  {\"name\": \"host-9\"",
        "± 2.up  true → false",
        "- 4  {\"name\": \"host-4\"",
        "= 3 the same",
        "hosts as it is now",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn nothing_is_cut_and_no_hand_off_is_far_away_where_rows_are_empty() {
    let (_folder, mut stage) = stage(&rollout(), (200, 60), "space");
    let (text, rows) = (stage.text(), context(&stage.text()));
    assert!(!rows.iter().any(|row| row.contains("more") || row.contains('…')), "{text}");
    let whole: String = rows.concat().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(whole.contains("between four and five\""), "{text}");
    for (key, hand_off) in [("config", "start →"), ("hosts", "s1 →"), ("verdict", "s3 →")] {
        let row = rows.iter().find(|row| row.contains(key)).unwrap_or_else(|| panic!("{text}"));
        assert!(row.find(hand_off).is_some_and(|at| at < 80), "{row}");
    }
    let trace = text.lines().find(|row| row.contains("executor")).unwrap_or_default();
    assert!(trace.find("+ hosts").is_some_and(|at| at < 200), "{trace}");
}

#[test]
fn fields_stand_below_the_value_that_they_belong_to() {
    let (_folder, mut stage) = stage(&rollout(), (120, 40), "space");
    let text = stage.text();
    let column = |words: &str| {
        let row =
            context(&text).into_iter().find(|row| row.contains(words)).unwrap_or_else(|| panic!("{words}: {text}"));
        row.find(words).map(|at| width(&row[..at]))
    };
    assert_eq!(column("{3}"), column("\"api\""), "{text}");
}

#[test]
fn a_person_folds_and_unfolds_what_the_room_unfolded() {
    let (_folder, mut stage) = stage(&rollout(), (120, 40), "space 2 g");
    assert!(has(&context(&stage.text()), "service \"api\""), "{}", stage.text());
    stage.press("Enter").expect("keys");
    assert!(!has(&context(&stage.text()), "service \"api\""), "{}", stage.text());
    stage.press("Enter").expect("keys");
    assert!(has(&context(&stage.text()), "service \"api\""), "{}", stage.text());
    // A pane that gets more room unfolds more.
    let (_folder, mut stage) = self::stage(&rollout(), (80, 20), "space");
    assert!(!stage.text().contains("five\""), "{}", stage.text());
    stage.press("2 z").expect("keys");
    let whole = stage.text().replace(['│', '\n'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(whole.contains("nobody is on call between four and five\""), "{}", stage.text());
}

#[test]
fn hostile_and_wide_values_line_up_in_differences_and_unfolded() {
    let hostile = "\u{1b}[2J\u{202e}abc 漢字漢字 👩\u{200d}💻 C\u{301}\u{302}\u{303} ";
    let mut goal = rollout();
    goal["context"]["config"] = json!({ hostile: hostile.repeat(9), "b": hostile });
    goal["scenarios"][1]["set"]["config"] = json!({ hostile: hostile.repeat(9) + "x", "b": 1 });
    for size in [(80, 24), (120, 34), (200, 60)] {
        for keys in ["space", "space x Down Enter", "space x Down Enter Esc 3 k Enter", "2 g Enter j Enter"] {
            let (_folder, mut stage) = stage(&goal, size, keys);
            let text = stage.text();
            for row in text.lines().filter(|row| row.ends_with('│')) {
                assert_eq!(width(row), usize::from(size.0), "{keys} at {size:?}: {row}\n{text}");
            }
            assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{200d}']), "{text}");
        }
    }
}

#[test]
fn a_huge_value_that_changed_is_listed_as_far_as_it_is_seen() {
    let mut goal = rollout();
    goal["tools"]["list_hosts"]["run"] = json!({ "jq": "[range(200000)]" });
    goal["scenarios"][0] = json!({ "name": "more", "after": "list_hosts", "set": { "hosts": [1] } });
    let (_folder, mut stage) = stage(&goal, (120, 34), "x Enter");
    stage.press("space").expect("keys");
    let text = stage.text();
    assert!(has(&context(&text), "± hosts [200000] → [1]"), "{text}");
    stage.press("[").expect("keys");
    assert!(has(&context(&stage.text()), "+ hosts [200000]"), "{}", stage.text());
    assert!(stage.text().contains("more"), "{}", stage.text());
}
