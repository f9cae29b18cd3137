//! What the command line does in a terminal: Ctrl-C while much is compared, colours where they are wanted.

use serde_json::{Value, json};

use crate::harness::Terminal;

/// Returns a goal file of two tools with as many surprises as make a long matrix.
fn matrix() -> Value {
    let scenarios: Vec<Value> = (0..40)
        .map(|n| json!({ "name": format!("late {n}"), "after": "load", "set": { "tickets": [1, 2, 3, n] } }))
        .collect();
    json!({
        "version": 1,
        "goal": "Write the report on the tickets",
        "wants": { "report": "length > 0" },
        "tools": {
            "load": { "description": "Load the tickets", "outputs": ["tickets"], "run": { "value": [1, 2, 3] } },
            "write": { "description": "Write the report", "inputs": ["tickets"], "outputs": ["report"],
                       "run": { "jq": "\"\\(.tickets | length) tickets\"" } }
        },
        "scenarios": scenarios
    })
}

#[test]
fn ctrl_c_ends_a_matrix_and_what_was_compared_is_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("goal.json"), matrix().to_string()).expect("a file");
    let script = "exec planscope compare goal.json --scenarios all --repeat 300 --format json > compared.json";
    let mut terminal = Terminal::shell(folder.path(), script);
    terminal.wait_for("░");
    terminal.press("\x03");
    assert!(!terminal.wait_for_end());
    assert!(terminal.text().contains("stopped by you"), "{}", terminal.text());
    let text = std::fs::read_to_string(folder.path().join("compared.json")).expect("what was compared");
    let compared: Value = serde_json::from_str(&text).expect("one document");
    assert!(compared["lanes"].is_array(), "{compared}");
}

#[test]
fn a_fault_is_drawn_in_colours_which_no_color_and_a_dumb_terminal_go_without() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("goal.json"), "{\n  \"version\": 1,\n  \"gaol\": \"x\"\n}\n").expect("a file");
    for (before, coloured) in [("", true), ("NO_COLOR=1 ", false), ("TERM=dumb ", false)] {
        for command in ["check goal.json", "goal.json", "run goal.json"] {
            let mut terminal = Terminal::shell(folder.path(), &format!("{before}planscope {command}"));
            terminal.wait_for_end();
            let text = terminal.text();
            assert!(text.contains("goal.json:3") && !text.contains('\u{241b}'), "{before}{command}:\n{text}");
            assert_eq!(terminal.bytes().contains(&0x1b), coloured, "{before}{command}");
        }
    }
}

#[test]
fn the_file_of_a_session_opens_it_as_resuming_it_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let script =
        "planscope run customer_support_report --session session.jsonl >/dev/null; exec planscope session.jsonl";
    let mut terminal = Terminal::shell(folder.path(), script);
    terminal.wait_for("reached");
    terminal.press("q");
    terminal.wait_for_end();
    assert!(terminal.text().contains("planscope resume session.jsonl"), "{}", terminal.text());
}
