//! Watches without a screen: `run --watch` and `replay --watch`, in text, JSON and as events are streamed.

use serde_json::{Value, json};

use crate::support::program::{Folder, TICKETS};

fn tickets() -> Folder {
    let folder = Folder::new();
    folder.write("goal.json", TICKETS);
    folder
}

#[test]
fn changes_are_told_as_they_happen_and_stand_in_the_json() {
    let folder = tickets();
    let watched = ["--watch", ".counts.refund", "--watch", "tickets", "--scenario", "Late tickets"];
    let text = [&["run", "goal.json", "--session", "s.jsonl"][..], &watched].concat();
    let ran = folder.run(&text);
    let told: Vec<&str> = ran.err.lines().filter(|line| line.starts_with("watch ")).collect();
    assert!(told[0].starts_with("watch tickets: not there → [{\"intent\": \"refund\"}"), "{}", ran.err);
    assert!(told[1].starts_with("watch .counts.refund: not there → 2 (event ") && told[1].ends_with("s2)"), "{told:?}");
    assert!(told[2].starts_with("watch tickets: ") && told[2].ends_with("world)"), "{told:?}");
    assert!(!ran.out.contains("watch"), "the report is as it was: {}", ran.out);

    let (_, run) = folder.json(&[&["run", "goal.json"][..], &watched].concat());
    let refund = &run["watches"][0];
    let last = refund["changes"].as_array().and_then(|changes| changes.last()).expect("a change");
    assert_eq!((&refund["watch"], &refund["value"]), (&json!(".counts.refund"), &last["value"]));
    assert_eq!((&refund["changes"][0]["by"], &refund["changes"][0]["value"]), (&json!("s2"), &json!(2)));
    // So it is in the record after that event, and was not before it.
    let event = last["event"].as_u64().expect("an event");
    let at = |to: u64| folder.json(&["replay", "s.jsonl", "--to", &to.to_string(), "--watch", ".counts.refund"]).1;
    assert_eq!(at(event)["watches"][0]["value"], last["value"]);
    assert_eq!(at(event)["context"]["counts"]["refund"], last["value"]);
    let (_, bare) = folder.json(&["run", "goal.json"]);
    assert_eq!(bare.get("watches"), None, "nothing is said where nothing is watched");
}

#[test]
fn a_streamed_event_has_what_it_changed() {
    let folder = tickets();
    let ran = folder.run(&["run", "goal.json", "--format", "jsonl", "--watch", ".counts | length", "--watch", "most"]);
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of = |kind: &str, step: &str| {
        let found = lines.iter().find(|line| line["kind"] == kind && line["step"] == step);
        found.unwrap_or_else(|| panic!("no {kind} {step}")).clone()
    };
    assert_eq!(of("finished", "s2")["watches"], json!({ ".counts | length": { "value": 2 } }));
    assert_eq!(of("finished", "s3")["watches"], json!({ "most": { "value": "refund" } }));
    assert_eq!(of("started", "s3").get("watches"), None);
}

#[test]
fn a_record_lists_every_change_and_what_it_is_in_the_end() {
    let folder = tickets();
    folder.run(&["run", "goal.json", "--session", "s.jsonl"]);
    let ran = folder.run(&["replay", "s.jsonl", "--watch", ".counts.refund", "--watch", ".tickets | error(\"no\")"]);
    let block = ran.out.split("watches:\n").nth(1).unwrap_or_default();
    assert!(block.contains("  .counts.refund: not there → 2 (event "), "{}", ran.out);
    assert!(block.contains("  .counts.refund = 2 (event ") && block.contains(", 1 change\n"), "{block}");
    assert!(block.contains("failed (no)"), "{block}");
}

#[test]
fn a_faulty_one_is_wrong_usage_and_one_that_never_ends_is_marked() {
    let folder = tickets();
    for (watch, words) in [
        (".counts | lenght", "at character 11: no filter is named `lenght`, did you mean `length`?"),
        ("key:tikets", "did you mean \"tickets\"?"),
        (".cuonts.refund", "at character 2: nobody reads or writes \"cuonts\""),
        ("", "a key or a jq filter belongs here"),
    ] {
        let ran = folder.run(&["run", "goal.json", "--watch", watch]);
        assert_eq!(ran.status, 2, "{watch}: {}", ran.err);
        assert!(ran.err.contains(words) && ran.err.contains(&format!("--watch '{watch}'")), "{watch}: {}", ran.err);
    }
    assert!(folder.sessions().is_empty(), "nothing was begun");
    let (status, run) = folder.json(&["run", "goal.json", "--watch", "def f: f; f"]);
    assert_eq!(status, 0);
    assert!(
        run["watches"][0]["error"].as_str().is_some_and(|why| why.contains("steps") || why.contains("longer")),
        "{}",
        run["watches"]
    );
    assert_eq!(run["watches"][0]["changes"].as_array().map(Vec::len), Some(1), "it is not evaluated again");
}
