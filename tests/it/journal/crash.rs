//! What was written stays: a run that is killed goes on, a disk that is full is said, two runs never mix.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::program::{Folder, Ran, TICKETS, steps};
use planscope::engine::event::Event;
use planscope::runtime::journal;

/// A goal whose steps each take some time.
fn slow(steps: usize) -> String {
    let tool = |n: usize| {
        let run = format!("last(range(60000)) | {n}");
        format!(
            r#""t{n}": {{"description": "Make k{n}", "inputs": ["k{}"], "outputs": ["k{n}"], "run": {{"jq": "{run}"}}}}"#,
            n - 1
        )
    };
    let tools: Vec<String> = (1..=steps).map(tool).collect();
    format!(
        r#"{{"version": 1, "goal": "Go far", "wants": {{"k{steps}": "true"}}, "context": {{"k0": 0}}, "tools": {{{}}}}}"#,
        tools.join(",")
    )
}

#[test]
#[cfg(unix)]
fn a_run_that_was_killed_goes_on_where_it_was() {
    for wait in [3, 30, 120] {
        let folder = Folder::new();
        folder.write("goal.json", slow(60));
        let mut command = folder.command(&["run", "goal.json", "--session", "s.jsonl"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let path = folder.path("s.jsonl");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(20)
            && std::fs::read(&path).map_or(0, |bytes| bytes.iter().filter(|&&b| b == b'\n').count()) < wait
        {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let before = std::fs::read(&path).unwrap();
        let whole = &before[..=before.iter().rposition(|&b| b == b'\n').unwrap()];
        let ran = folder.run(&["run", "--session", "s.jsonl"]);
        assert_eq!(ran.status, 0, "killed after {wait} lines: {}", ran.err);
        let after = std::fs::read(&path).unwrap();
        assert!(after.starts_with(whole), "something that was written was lost");
        let records = journal::look(&path).unwrap().records;
        for n in 1..=60 {
            let id = format!("s{n}");
            let finished = records.iter().filter(|r| matches!(&r.event, Event::Finished { step, .. } if **step == *id));
            assert_eq!(finished.count(), 1, "{id} ran again, or not at all");
        }
        let interrupted = records.iter().filter(|r| matches!(r.event, Event::Interrupted { .. })).count();
        assert_eq!(interrupted, 0, "a pure step runs again by itself");
    }
}

#[test]
fn an_ask_that_was_never_answered_waits_for_the_next_run() {
    let folder = Folder::new();
    folder.write("plan.json", r#"["Ring the customer", "Write down what they said"]"#);
    let ran = folder.run(&["run", "plan.json", "--session", "s.jsonl"]);
    assert_eq!(ran.status, 4, "{}", ran.err);
    assert!(ran.out.contains("waits for an answer"), "{}", ran.out);
    let ran = folder.run(&["run", "--session", "s.jsonl", "--answer", r#"s1="They are fine""#]);
    assert_eq!(ran.status, 4, "{}{}", ran.out, ran.err);
    let (status, run) =
        folder.json(&["run", "--session", "s.jsonl", "--answer", r#"Write down what they said="done""#]);
    assert_eq!(run["context"]["s1"], "They are fine");
    assert_eq!(run["context"]["s2"], "done");
    assert_eq!(steps(&run["plan"]).len(), 2);
    assert_eq!((status, run["unused"].as_array().unwrap().len()), (if run["status"] == "reached" { 0 } else { 3 }, 0));
}

#[test]
#[cfg(unix)]
fn a_full_disk_ends_the_run_with_a_sentence_and_a_whole_journal() {
    let folder = Folder::new();
    folder.write("goal.json", slow(40));
    // No file may grow beyond a few kilobytes: writing fails as on a full disk.
    let limited = format!(
        "trap '' XFSZ; ulimit -f 16; exec {} run goal.json --session s.jsonl --format json",
        env!("CARGO_BIN_EXE_planscope")
    );
    let output = std::process::Command::new("bash").args(["-c", &limited]).current_dir(folder.path("")).output();
    let ran = Ran::of(output.unwrap());
    assert_eq!(ran.status, 1, "{}\n{}", ran.out, ran.err);
    let run: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(run["status"], "failed");
    assert!(run["why"].as_str().unwrap().contains("cannot write s.jsonl"), "{}", run["why"]);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    let recording = journal::look(&folder.path("s.jsonl")).unwrap();
    assert!(recording.torn.is_none() && recording.records.len() > 5);
    assert_eq!(folder.run(&["run", "--session", "s.jsonl"]).status, 0);
}

#[test]
#[cfg(unix)]
fn a_disk_that_is_full_at_the_first_event_leaves_no_file() {
    let folder = Folder::new();
    folder.write("goal.json", slow(3));
    let limited = format!(
        "trap '' XFSZ; ulimit -f 0; exec {} run goal.json --session s.jsonl --format json",
        env!("CARGO_BIN_EXE_planscope")
    );
    let output = std::process::Command::new("bash").args(["-c", &limited]).current_dir(folder.path("")).output();
    let ran = Ran::of(output.unwrap());
    assert_eq!(ran.status, 1, "{}\n{}", ran.out, ran.err);
    assert!(ran.err.contains("s.jsonl") && !ran.err.contains("panicked"), "{}", ran.err);
    assert!(!folder.path("s.jsonl").exists());
}

#[test]
fn a_session_that_exists_is_never_overwritten() {
    let folder = Folder::new();
    folder.write("goal.json", TICKETS);
    let session = folder.write("s.jsonl", "precious");
    let ran = folder.run(&["run", "goal.json", "--session", "s.jsonl"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("s.jsonl exists already"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(session).unwrap(), "precious");
    let ran = folder.run(&["run", "goal.json", "--session", "no/such/folder/s.jsonl"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("cannot create no/such/folder/s.jsonl"), "{}", ran.err);
}

#[test]
fn runs_at_the_same_time_get_files_of_their_own() {
    let folder = Folder::new();
    folder.write("goal.json", TICKETS);
    let spawn = |_| folder.command(&["run", "goal.json", "--format", "jsonl"]).stdout(Stdio::null()).spawn().unwrap();
    let children: Vec<_> = (0..6).map(spawn).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let sessions = folder.sessions();
    assert_eq!(sessions.len(), 6);
    for session in sessions {
        journal::look(&session).unwrap();
    }
}

#[test]
fn a_journal_of_a_thousand_steps_stays_small() {
    let folder = Folder::new();
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/sample_goals/customer_support_report.json");
    let mut goal: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(sample).unwrap()).unwrap();
    let four = ["load_tickets", "count_intents", "find_top_intent", "draft_report"];
    let four = four.map(|tool| serde_json::json!({ "tool": tool }));
    goal["plan"] = std::iter::repeat_n(four, 250).flatten().collect();
    goal["wants"] = serde_json::json!({ "never": "true" }); // so that nothing ends it early
    let removed =
        ["scenarios", "expect", "lesson", "demo", "$schema"].map(|field| goal.as_object_mut().unwrap().remove(field));
    drop(removed);
    folder.write("goal.json", goal.to_string());
    let ran = folder.run(&["run", "goal.json", "--session", "s.jsonl", "--replan", "never"]);
    assert_eq!(ran.out.matches("  ✓ s").count(), 2_000, "a thousand steps in the plan, a thousand in the trace");
    let size = std::fs::metadata(folder.path("s.jsonl")).unwrap().len();
    assert!(size <= 600_000, "{size} bytes");
    let replayed = folder.run(&["replay", "s.jsonl"]);
    assert_eq!(replayed.out, ran.out, "a replay says what the run said");
}
