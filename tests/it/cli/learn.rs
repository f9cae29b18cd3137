//! `planscope learn`: the list, holding a lesson against a file, again on save.

use std::time::{Duration, Instant};

use crate::support::program::Folder;
use planscope::goal_file;
use serde_json::{Value, json};

/// A lesson of one's own: a plan that is to hand on, and something that only a person at the screen can do.
const LESSON: &str = r#"{
  "version": 1, "goal": "Bake bread", "wants": { "bread": "true" },
  "tools": {
    "weigh_flour": { "description": "Weigh the flour", "outputs": ["flour"], "run": { "value": 500 } },
    "bake": { "description": "Bake the bread", "inputs": ["flour"], "outputs": ["bread"], "run": { "jq": "\"bread\"" } }
  },
  "plan": [ { "tool": "bake" } ],
  "lesson": { "title": "Bread", "lane": "plan-and-execute:never", "parts": [
    { "text": "Hand the flour on.", "check": ".checklist.handed_off", "hints": ["Nobody weighs.", "Weigh first."] },
    { "text": "{key:continue} runs it.", "check": { "trace": { "kind": "reached" } } },
    { "text": "Look why: {key:why}.", "check": ".did | any(. == \"why\")", "hints": ["{key:why}"] }
  ] }
}"#;

/// The file that solves it.
fn solved() -> String {
    LESSON.replace(r#""plan": [ { "tool": "bake" } ]"#, r#""plan": [ { "tool": "weigh_flour" }, { "tool": "bake" } ]"#)
}

#[test]
fn the_lessons_are_listed_with_how_far_they_were_learnt() {
    let folder = Folder::new();
    let names: Vec<&str> = goal_file::lessons().iter().map(|(sample, _, _)| sample.name).collect();
    let first = names[0];
    let remembered = json!({ "lessons": { first: { "passed": 2, "parts": 6, "right": 1, "asked": 1 } } });
    folder.write("state/planscope/remembered.json", remembered.to_string());
    let (status, list) = folder.json(&["learn"]);
    let listed: Vec<&Value> = list.as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!((status, listed), (0, names.iter().map(|name| json!(name)).collect::<Vec<_>>().iter().collect()));
    assert_eq!(list[0]["passed"], 2);
    assert_eq!(list[0]["predictions"], json!({ "right": 1, "of": 1 }));
    assert_eq!((&list[0]["through"], &list[1]["passed"]), (&json!(false), &json!(0)));
    let ran = folder.run(&["learn"]);
    assert!(ran.out.starts_with(&format!("▶ {first}")), "{}", ran.out);
    assert!(ran.out.contains("2 of 6 parts, 1 of 1 predictions right"), "{}", ran.out);
    assert!(ran.out.ends_with(&format!("next: planscope learn {first}\n")), "{}", ran.out);
}

#[test]
fn a_lesson_is_held_against_a_file_and_a_session_of_the_learners_own() {
    let folder = Folder::new();
    folder.write("lesson.json", LESSON);
    let ran = folder.run(&["learn", "lesson.json", "--check", "lesson.json"]);
    assert_eq!(ran.status, 3, "{}", ran.err);
    let expected = "✗ 1 Hand the flour on.\n    hint: Nobody weighs.\n✗ 2 c runs it.\n- 3 Look why: w. (only on the screen)\n0 of 2 checks hold\n";
    assert_eq!(ran.out, expected);
    folder.write("mine.json", solved());
    let (status, held) = folder.json(&["learn", "lesson.json", "--check", "mine.json"]);
    assert_eq!((status, &held["holds"]), (0, &json!(true)));
    let holds: Vec<&Value> = held["parts"].as_array().unwrap().iter().map(|part| &part["holds"]).collect();
    assert_eq!(holds, [&json!(true), &json!(true), &Value::Null]);
    assert!(held["parts"][1]["event"].as_u64() > held["parts"][0]["event"].as_u64(), "{held}");
    folder.run(&["run", "mine.json", "--session", "mine.jsonl"]);
    let (status, held) = folder.json(&["learn", "lesson.json", "--check", "mine.jsonl"]);
    assert_eq!((status, &held["holds"]), (0, &json!(true)), "{held}");
}

#[test]
fn what_is_no_lesson_and_what_is_no_file_is_told_so() {
    let folder = Folder::new();
    let first = goal_file::lessons()[0].0.name;
    let ran = folder.run(&["learn", &first[1..]]);
    assert!(ran.status == 2 && ran.err.contains(&format!("Did you mean {first}?")), "{}", ran.err);
    folder.write("bare.json", r#"{"version": 1, "goal": "g", "plan": ["Bake the bread"]}"#);
    let ran = folder.run(&["learn", "bare.json"]);
    assert!(ran.status == 2 && ran.err.contains("bare.json teaches nothing"), "{}", ran.err);
    let ran = folder.run(&["learn", first, "--check", "nothing.json"]);
    assert!(ran.status == 1 && ran.err.contains("nothing.json"), "{}", ran.err);
    // Checks that hold of anything say nothing of a file that is about something else.
    folder.write("lesson.json", LESSON);
    let other = solved().replace("\"goal\": \"", "\"goal\": \"Another: ");
    folder.write("other.json", &other);
    assert_ne!(other, solved());
    let ran = folder.run(&["learn", "lesson.json", "--check", "other.json"]);
    assert!(ran.err.contains("other.json has another goal than the lesson"), "{}", ran.err);
    folder.write("mine.json", solved());
    let ran = folder.run(&["learn", "lesson.json", "--check", "mine.json"]);
    assert!(ran.status == 0 && !ran.err.contains("another goal"), "{}", ran.err);
    // A faulty check is found where every fault of a goal file is.
    folder.write("faulty.json", LESSON.replace(".checklist.handed_off", ".checklist["));
    let ran = folder.run(&["check", "faulty.json"]);
    assert!(ran.status == 1 && ran.err.contains("lesson.parts[0].check"), "{}", ran.err);
}

#[test]
fn a_watched_file_is_checked_again_when_it_is_saved_until_all_holds() {
    let folder = Folder::new();
    folder.write("lesson.json", LESSON);
    folder.write("mine.json", LESSON);
    let mut child = folder
        .command(&["learn", "lesson.json", "--watch", "mine.json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // It says that it waits; then the file is saved, first with a slip.
    let mut heard = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut until = |words: &str| {
        let (mut line, begun) = (String::new(), Instant::now());
        while !line.contains(words) && begun.elapsed() < Duration::from_secs(60) {
            line.clear();
            std::io::BufRead::read_line(&mut heard, &mut line).unwrap();
        }
        assert!(line.contains(words), "{words}");
    };
    until("waits until mine.json is saved");
    folder.write("mine.json", solved().replace("\"bake\" } ]", "\"bake\" } "));
    until("waits until mine.json is saved");
    folder.write("mine.json", solved());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    let out = String::from_utf8(ended.stdout).unwrap();
    assert!(out.contains("0 of 2 checks hold") && out.ends_with("2 of 2 checks hold\n"), "{out}");
}
