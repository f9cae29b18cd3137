//! On a wide screen lines between plan and context show who writes and reads what is selected; nothing else moves.

use planscope::ui::testing::harness::Stage;

/// A hand-off with two readers, long names, and a step that reads much.
const REPORT: &str = r#"{
  "version": 1, "goal": "Report on the quarter", "wants": { "summary": "true" }, "context": { "period": "Q3" },
  "tools": {
    "fetch_revenue_of_every_region": { "description": "Fetch revenue", "inputs": ["period"], "outputs": ["revenue"], "run": { "value": [3, 4] } },
    "estimate_currencies": { "description": "Estimate currencies", "inputs": ["period"], "outputs": ["currency"], "run": { "value": 1.2 } },
    "consolidate_all": { "description": "Consolidate", "inputs": ["revenue", "currency"], "outputs": ["total"], "run": { "jq": ".revenue | add" } },
    "summarize_quarter": { "description": "Summarize", "inputs": ["total", "revenue", "currency", "period"], "outputs": ["summary"], "run": { "jq": ".period" } }
  }
}"#;

fn stage(size: (u16, u16), keys: &str) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(REPORT, "report", None).expect("a goal");
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    stage.press(keys).expect("keys");
    (folder, stage)
}

/// Returns for each row of the panes its part of the plan, what is drawn beside that, and its part of the context.
fn parts(text: &str) -> Vec<(String, String, String)> {
    let of_row = |line: &str| {
        let cells: Vec<char> = line.chars().collect();
        let part = |from: usize, to: usize| cells.get(from..to).map(|part| part.iter().collect::<String>());
        Some((part(0, 67)?, part(67, 70)?, part(70, 140)?))
    };
    text.lines().skip(3).filter(|line| line.starts_with('│')).filter_map(of_row).collect()
}

/// Returns what is drawn beside the row of the plan, or of the context, that holds `words`.
fn drawn(text: &str, words: &str) -> String {
    let parts = parts(text);
    let is_it = |(plan, _, context): &&(String, String, String)| plan.contains(words) || context.contains(words);
    parts.iter().find(is_it).unwrap_or_else(|| panic!("no {words}: {text}")).1.clone()
}

#[test]
fn a_selected_key_is_joined_to_its_writer_and_its_readers() {
    // Everything has run but the summary: the key is the revenue of the regions.
    let (_folder, mut stage) = stage((200, 60), "space space space 2 g j");
    let text = stage.text();
    assert!(drawn(&text, "s1 fetch").starts_with('─'), "it goes out of its writer: {text}");
    assert!(drawn(&text, "  revenue").ends_with('▸'), "{text}");
    assert!(drawn(&text, "s3 consolidate").starts_with('◂'), "it goes into those that read it: {text}");
    assert!(drawn(&text, "s4 summarize").starts_with('◂'), "{text}");
    assert!(drawn(&text, "s2 estimate").starts_with(' '), "{text}");
}

#[test]
fn a_selected_step_is_joined_to_what_it_reads_and_writes() {
    let (_folder, mut stage) = stage((200, 60), "space space 1 G k");
    let text = stage.text();
    assert!(drawn(&text, "s3 consolidate").starts_with('◂'), "it reads: {text}");
    for (key, end) in [("revenue  ", '─'), ("currency  ", '─'), ("total  ", '▸')] {
        let parts = parts(&text);
        let row = parts.iter().find(|(_, _, context)| context.contains(key)).unwrap_or_else(|| panic!("{key}: {text}"));
        assert!(row.1.ends_with(end), "{key}: {text}");
    }
    let quarterly = parts(&text).into_iter().find(|(_, _, context)| context.contains("summary")).expect("it");
    assert_eq!(quarterly.1, "   ", "what it does not touch is not joined: {text}");
}

#[test]
fn only_the_lines_move_with_the_selection() {
    let (_folder, mut stage) = stage((200, 60), "space space 2 g");
    let contexts = |stage: &mut Stage| {
        let parts = parts(&stage.text());
        parts.into_iter().map(|(plan, _, context)| (plan, context)).collect::<Vec<_>>()
    };
    let (before, lines) = (contexts(&mut stage), parts(&stage.text()));
    stage.press("j").expect("a key");
    assert_eq!(contexts(&mut stage), before);
    assert_ne!(parts(&stage.text()), lines, "the lines are those of another key");
    stage.press("3").expect("a key");
    let drawn: String = parts(&stage.text()).into_iter().map(|(_, drawn, _)| drawn).collect();
    assert_eq!(drawn.trim(), "", "a moment of the trace hands nothing over");
}

#[test]
fn where_there_is_no_room_nothing_is_drawn() {
    for size in [(60, 16), (80, 24), (120, 34), (159, 40)] {
        for keys in ["", "2", "space 2 j", "space 1 j"] {
            let (_folder, mut stage) = stage(size, keys);
            assert!(!stage.text().contains(['◂', '▸']), "{size:?} {keys}: {}", stage.text());
        }
    }
}

#[test]
fn long_names_have_what_they_need_and_what_is_handed_over_has_the_rest() {
    let (_folder, mut stage) = stage((200, 60), "");
    let text = stage.text();
    assert!(text.contains("s1 fetch_revenue_of_every_region  period → revenue "), "{text}");
    assert!(text.contains("s2 estimate_currencies            period → currency "), "{text}");
    // What finds no room whole is counted: what is written is never cut for what is read.
    assert!(text.contains("s4 summarize_quarter              4 keys → summary"), "{text}");
}

/// A chain whose names are as long as its keys.
const CHAIN: &str = r#"{
  "version": 1, "goal": "Count the weeds", "wants": { "weed_table": "true" },
  "tools": {
    "walk_the_beds": { "outputs": ["weeds"], "run": { "value": ["thistle", "nettle", "thistle"] } },
    "count_by_kind": { "inputs": ["weeds"], "outputs": ["kind_counts"], "run": { "jq": ".weeds | group_by(.) | map(length)" } },
    "lay_out_table": { "inputs": ["kind_counts", "weeds"], "outputs": ["weed_table"], "run": { "jq": ".kind_counts" } }
  },
  "scenarios": [{ "name": "More weeds", "after": "count_by_kind", "set": { "weeds": ["thistle", "dock", "dock", "dock"] } }]
}"#;

fn chain(size: (u16, u16), keys: &str) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(CHAIN, "chain", None).expect("a goal");
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    stage.press(keys).expect("keys");
    (folder, stage)
}

#[test]
fn a_step_that_is_done_still_says_what_it_handed_over() {
    let (_folder, mut stage) = chain((80, 24), "space space");
    let text = stage.text();
    assert!(text.contains("✓ s1 walk_the_beds → weeds"), "{text}");
    assert!(text.contains("✓ s2 count_by_kind → kind_counts"), "the sign says that it is done: {text}");
    let (_folder, mut stage) = chain((120, 34), "space space");
    let text = stage.text();
    assert!(text.contains("weeds → kind_counts"), "{text}");
    // Where nothing is cut the word stands.
    assert!(text.lines().any(|line| line.contains("✓ s2") && line.contains("done")), "{text}");
    // What says more than the sign stays.
    let (_folder, mut stage) = chain((80, 24), "space space x Enter space");
    assert!(stage.text().lines().any(|line| line.contains("~ s2") && line.contains("stale")), "{}", stage.text());
}

#[test]
fn a_value_that_a_person_changed_still_says_who_reads_it() {
    for keys in ["space space x Enter", "space space x Enter space space Enter"] {
        let (_folder, mut stage) = chain((80, 24), keys);
        let text = stage.text();
        let row = text.lines().find(|line| line.contains("± weeds")).unwrap_or_else(|| panic!("{text}"));
        assert!(row.contains("[3] → [4]") && row.contains("✎ ") && row.contains("s3"), "{row}");
    }
}
