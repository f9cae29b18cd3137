//! `planscope evidence`: the same card in every format, at any moment of a session, and never half a file.

use std::io::Read as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::program::{Folder, TICKETS};

/// The parts of the card, in order.
const PARTS: [&str; 8] =
    ["task", "plan", "observations", "failure_checks", "result", "evaluation", "revise", "not_verified"];

/// Runs the tickets with `options` into `s.jsonl` and returns the folder.
fn ran(options: &[&str]) -> Folder {
    let folder = Folder::new();
    folder.write("goal.json", TICKETS);
    folder.run(&[&["run", "goal.json", "--session", "s.jsonl"], options].concat());
    folder
}

fn card(folder: &Folder) -> Value {
    let (status, card) = folder.json(&["evidence", "s.jsonl"]);
    assert_eq!(status, 0);
    card
}

/// Returns the rows of a part, each as its sign and its words.
fn rows<'a>(card: &'a Value, part: &str) -> Vec<(&'a str, &'a str)> {
    let text = |row: &'a Value, name: &str| row[name].as_str().unwrap();
    card[part].as_array().unwrap().iter().map(|row| (text(row, "sign"), text(row, "words"))).collect()
}

#[test]
fn every_format_says_the_same_and_every_event_that_is_cited_is_there() {
    let folder = ran(&["--scenario", "Late tickets"]);
    let card = card(&folder);
    assert_eq!((&card["status"], &card["over"]), (&json!("reached"), &json!(true)));
    assert_eq!(card["headline"], "goal reached, 1 surprise, 1 replan");
    let (_, replay) = folder.json(&["replay", "s.jsonl"]);
    let last = replay["trace"].as_array().unwrap().len() as u64;
    let formats = ["text", "markdown"].map(|format| folder.run(&["evidence", "s.jsonl", "--format", format]).out);
    for part in PARTS {
        let rows = card[part].as_array().unwrap();
        assert!(!rows.is_empty(), "{part}");
        for row in rows {
            let events = row["events"].as_array().unwrap();
            assert!(events.iter().all(|event| (1..=last).contains(&event.as_u64().unwrap())), "{row}");
            // Markdown writes some characters with a backslash.
            let plain = |text: &str| text.replace('\\', "");
            let words = plain(row["words"].as_str().unwrap());
            assert!(formats.iter().all(|text| plain(text).contains(&words)), "{words} in {formats:?}");
        }
    }
    let (_, replan) = rows(&card, "plan")[2];
    assert!(replan.starts_with("replan +") && replan.contains("made from the old tickets"), "{replan}");
    assert!(rows(&card, "observations").iter().any(|(sign, words)| *sign == "changed" && words.contains("tickets")));
}

#[test]
fn what_was_right_without_the_surprise_is_no_failure_with_it() {
    // The scenario says nothing of what is right in its world, and `most` is another one in it.
    let folder = ran(&["--scenario", "Late tickets"]);
    let said = "most \"refund\": written for the run without the surprise, so it judges nothing here";
    let card = card(&folder);
    let evaluation = rows(&card, "evaluation");
    assert!(evaluation.contains(&("surprise", &*format!("expected {said}"))), "{evaluation:?}");
    assert!(evaluation.iter().all(|(sign, _)| *sign != "failed"), "{evaluation:?}");
    assert!(rows(&card, "not_verified").iter().any(|(_, words)| words.starts_with("expect on most")));
    // The other front ends say the same.
    let run = folder.run(&["run", "goal.json", "--scenario", "Late tickets"]);
    assert!(run.err.contains(&format!("expect {said}")), "{}", run.err);
    let (_, run) = folder.json(&["run", "goal.json", "--scenario", "Late tickets"]);
    assert!(run["evaluation"]["most"]["why"].as_str().unwrap().contains("without the surprise"));
    // Without a surprise it judges, and one that is missed stays a failure.
    let (other, text) = (Folder::new(), TICKETS.replace(". == \\\"refund\\\"", ". == \\\"x\\\""));
    other.write("goal.json", text);
    other.run(&["run", "goal.json", "--session", "s.jsonl"]);
    let card = self::card(&other);
    assert!(rows(&card, "evaluation").contains(&("failed", "expected most \"x\": not as expected")), "{card}");
    assert!(rows(&card, "revise").iter().any(|(_, words)| words.starts_with("most is not as expected: w ")));
}

#[test]
fn a_rigid_plan_is_told_where_it_went_wrong_and_with_which_key_it_heals() {
    let folder = ran(&["--scenario", "Late tickets", "--replan", "never"]);
    let card = card(&folder);
    assert_eq!((&card["status"], &card["coped"]), (&json!("not_reached"), &json!(false)));
    let checks = rows(&card, "failure_checks");
    let stale = checks.iter().find(|(sign, _)| *sign == "failed").expect("a finding");
    assert!(stale.1.starts_with("stale observation: s4 report made report"), "{stale:?}");
    let several = |row: &&Value| row["sign"] == "failed" && row["events"].as_array().unwrap().len() > 1;
    assert_eq!(card["failure_checks"].as_array().unwrap().iter().filter(several).count(), 1, "{card}");
    let revise = card["revise"].as_array().unwrap();
    let healing = |row: &&Value| row["revise"]["press"] == "r" && row["revise"]["step"] == "s4";
    assert_eq!(revise.iter().filter(healing).count(), 1, "{revise:?}");
    assert!(rows(&card, "not_verified").iter().any(|(sign, words)| *sign == "stale" && words.contains("s4 report")));
}

#[test]
fn it_says_how_things_stand_so_far_at_every_event_and_under_every_strategy() {
    for strategy in ["plan-and-execute", "react", "react-planner", "react-blind", "hybrid"] {
        let folder = ran(&["--strategy", strategy]);
        let (_, replay) = folder.json(&["replay", "s.jsonl"]);
        for to in 1..=replay["trace"].as_array().unwrap().len() {
            let (status, card) = folder.json(&["evidence", "s.jsonl", "--to", &to.to_string()]);
            assert_eq!((status, &card["event"]), (0, &json!(to)), "{strategy}");
            assert!(PARTS.iter().all(|part| !card[part].as_array().unwrap().is_empty()), "{strategy} {to}: {card}");
            let so_far = card["headline"].as_str().unwrap().starts_with("so far");
            assert_eq!(so_far, !card["over"].as_bool().unwrap(), "{strategy} {to}: {card}");
        }
        let card = card(&folder);
        let turns = rows(&card, "plan").iter().any(|(_, words)| words.contains("decisions"));
        assert_eq!(turns, strategy.starts_with("react"), "{strategy}: {card}");
        let stand_in = rows(&card, "not_verified").iter().any(|(_, words)| words.contains("stand-in"));
        assert_eq!(stand_in, matches!(strategy, "react" | "react-blind"), "{strategy}: {card}");
    }
}

#[test]
fn what_nobody_verified_is_named() {
    let folder = Folder::new();
    folder.write("plan.json", r#"["Ask the guests", {"id": "b", "description": "Serve it"}]"#);
    folder.run(&["run", "plan.json", "--session", "s.jsonl", "--answer", "s1=\"tea\""]);
    let card = card(&folder);
    let said = rows(&card, "not_verified");
    assert!(said.contains(&("injected", "s1 Ask the guests: answered by hand")), "{said:?}");
    assert!(said.iter().any(|(_, words)| words.starts_with("no `expect` is in force")), "{said:?}");
    let folder = ran(&["--outcome", "load=[{\"intent\":\"x\"}]", "--inject", "count:tickets=[]", "--replan", "never"]);
    let card = self::card(&folder);
    let said: Vec<&str> = rows(&card, "not_verified").into_iter().map(|(_, words)| words).collect();
    for what in ["s1 load: did not run", "tickets: the world is said", "ran on stale values", "no `ensures` checks"] {
        assert!(said.iter().any(|words| words.contains(what)), "{what}: {said:?}");
    }
}

#[test]
fn a_file_is_written_whole_and_never_over_another_one() {
    let folder = ran(&[]);
    let out = folder.run(&["evidence", "s.jsonl", "--format", "markdown", "--out", "card.md"]);
    assert_eq!((out.status, out.out.as_str()), (0, ""));
    assert!(out.err.contains("wrote card.md"), "{}", out.err);
    let printed = folder.run(&["evidence", "s.jsonl", "--format", "markdown"]).out;
    assert_eq!(std::fs::read_to_string(folder.path("card.md")).unwrap(), printed);
    folder.write("card.md", "precious");
    let again = folder.run(&["evidence", "s.jsonl", "--out", "card.md"]);
    assert_eq!(again.status, 1);
    assert!(again.err.contains("card.md exists already and is not overwritten"), "{}", again.err);
    assert_eq!(std::fs::read_to_string(folder.path("card.md")).unwrap(), "precious");
    let nowhere = folder.run(&["evidence", "s.jsonl", "--out", "no/card.md"]);
    assert_eq!(nowhere.status, 1);
    assert!(nowhere.err.contains("cannot write no/card.md"), "{}", nowhere.err);
    let hidden = std::fs::read_dir(folder.path(".")).unwrap().flatten();
    let left = hidden.filter(|file| file.file_name().to_string_lossy().starts_with(".planscope")).count();
    assert_eq!(left, 0, "something half written is left");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_a_closed_pipe_is_nobodys_trouble() {
    let folder = ran(&[]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = folder.command(&["evidence", "s.jsonl"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write the result"));
    let mut child =
        folder.command(&["evidence", "s.jsonl"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn what_steers_a_terminal_or_begins_markup_is_shown_and_a_big_value_stays_small() {
    let folder = Folder::new();
    let long = "x".repeat(2_000_000);
    folder.write(
        "goal.json",
        json!({
            "version": 1, "goal": "Say <b>it</b> \u{202e} 漢字", "wants": { "said": "true" }, "context": { "long": long },
            "tools": { "say": { "description": "Say it", "inputs": ["long"], "outputs": ["said"],
                                "run": { "jq": "\"# no\\n```\\n\\u001b[31m\" + .long" } } }
        })
        .to_string(),
    );
    folder.run(&["run", "goal.json", "--session", "s.jsonl"]);
    let text = folder.run(&["evidence", "s.jsonl"]).out;
    let markdown = folder.run(&["evidence", "s.jsonl", "--format", "markdown"]).out;
    for said in [&text, &markdown] {
        assert!(!said.contains(['\u{1b}', '\u{202e}']) && said.contains("⟨202E⟩ 漢字"), "{said}");
        assert!(said.len() < 20_000, "{}", said.len());
    }
    assert!(markdown.starts_with("# Evidence: Say \\<b>it\\</b>"), "{markdown}");
    assert!(markdown.contains("\n  ````text\n  # no\n  ```\n"), "{markdown}");
}
