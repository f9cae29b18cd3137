//! ReAct and the loops inside steps, typed into the real program: think, act, inject, look back, fork, die, go on.

use std::path::Path;

use crate::harness::Terminal;

/// Tools that the stand-in takes in a telling order: the last one first, refused.
const BREAD: &str = r#"{ "version": 1, "goal": "Bake bread and write the label",
  "wants": {"label": "length > 0"}, "context": {"flour": 2},
  "tools": {
    "knead": {"description": "Knead the flour to a dough", "inputs": ["flour"], "outputs": ["dough"],
      "run": {"jq": "\"dough of \\(.flour)\""}},
    "bake": {"description": "Bake the dough", "inputs": ["dough"], "outputs": ["loaf"], "run": {"jq": "\"loaf from \\(.dough)\""}},
    "label": {"description": "Write the label of the bread", "inputs": ["loaf"], "outputs": ["label"], "run": {"jq": "\"fresh: \\(.loaf)\""}}
  },
  "scenarios": [{"name": "more flour", "set": {"flour": 9}}] }"#;

/// A plan with a loop whose tools ask, are risky, and fail.
const WELL: &str = r#"{ "version": 1, "goal": "Find the key of the well and open it",
  "wants": {"opened": "length > 0"}, "context": {"garden": "large"},
  "tools": {
    "search": {"description": "Find the key of the well", "inputs": ["garden"], "outputs": ["key"],
      "run": {"explore": {"tools": ["rake", "ask_gardener", "lift"], "until": ".key | length > 0", "budget": 8}}},
    "rake": {"description": "Rake the garden for the key", "inputs": ["garden"], "outputs": ["key"],
      "run": {"jq": "error(\"the rake broke\")"}},
    "ask_gardener": {"description": "Ask the gardener for a hint at the key", "inputs": ["garden"], "outputs": ["hint"],
      "run": {"ask": {"question": "Where was it seen last?"}}},
    "lift": {"description": "Lift the stone of the hint", "inputs": ["hint"], "outputs": ["key"], "risk": "high",
      "run": {"jq": "\"key under \\(.hint)\""}},
    "open": {"description": "Open the well", "inputs": ["key"], "outputs": ["opened"], "run": {"jq": "\"open with \\(.key)\""}}
  } }"#;

fn folder(goal: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("goal.json"), goal).expect("a file");
    folder
}

fn resume(folder: &Path) -> Terminal {
    Terminal::in_folder(folder, &["resume", "s.jsonl"])
}

#[test]
fn a_session_in_react_is_stepped_changed_forked_killed_and_goes_on() {
    let folder = folder(BREAD);
    let mut typed =
        Terminal::in_folder(folder.path(), &["goal.json", "--strategy", "react-blind", "--session", "s.jsonl"]);
    typed.wait_for("blind stand-in");
    typed.wait_for("no plan: one decision at a time");
    typed.until("S", "space acts: label");
    typed.until("w", "its action is still to do");
    typed.until_gone("\x1b", "Considered");
    typed.until("S", "refused");
    typed.until(" ", "2 thoughts");
    typed.until("c", "goal reached");
    typed.until("x\r", "± flour 2 → 9");
    typed.until("c", "the goal is reached");
    typed.wait_for("fresh: loaf from dough of 9");
    typed.until("[[[[", "nothing runs");
    typed.until("D", "Fork here?");
    typed.until("y", "branch 2 of 2");
    typed.until("S", "it saw what came back");
    typed.until("S", "space acts");
    typed.kill();
    let mut typed = resume(folder.path());
    typed.wait_for("as you left it");
    typed.until("c", "the goal is reached");
    typed.until("T", "How is it decided what comes next?");
    typed.until("p", "plan-and-execute · replan after every step");
    typed.until("0", "Start over?");
    typed.until("y", "started over");
    assert!(typed.quit());
}

#[test]
fn a_loop_is_stepped_into_asks_is_killed_and_goes_on_inside() {
    let folder = folder(WELL);
    let mut typed = Terminal::in_folder(folder.path(), &["goal.json", "--session", "s.jsonl"]);
    typed.wait_for("Enter approves");
    typed.until("\r", "space runs search");
    typed.until("S", "space takes one turn");
    typed.until(" ", "the rake broke");
    typed.until("2", "inside s1");
    typed.until("i", "Inject: garden");
    typed.until_gone("\x1b", "If you apply this");
    // The question inside waits; whoever answers it may come back after the program died.
    typed.until("1 ", "Where was it seen last?");
    typed.kill();
    let mut typed = resume(folder.path());
    typed.wait_for("Where was it seen last?");
    typed.until("the moss\x13", "answered");
    typed.until(" ", "May it run?");
    typed.kill();
    let mut typed = resume(folder.path());
    typed.wait_for("asks before it runs");
    typed.until("\r", "May it run?");
    typed.until("y", "key under the moss");
    typed.until("c", "goal reached");
    // Back into the loop, and a fork there: it goes on inside.
    typed.until("[[[[[[", "inside s1");
    typed.until("i", "Inject");
    typed.until("\x13", "Fork here?");
    typed.until("y", "branch 2 of 2");
    typed.wait_for("L out");
    typed.until("1", "inside s1: space acts");
    assert!(typed.quit());
}
