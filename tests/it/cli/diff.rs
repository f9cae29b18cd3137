//! `planscope diff`: two sessions beside each other, two moments of one, and the map as a picture.

use serde_json::json;

use crate::support::program::{Folder, TICKETS};

fn two() -> Folder {
    let folder = Folder::new();
    folder.write("goal.json", TICKETS);
    let _ = folder.run(&["run", "goal.json", "--session", "one.jsonl"]);
    let _ = folder.run(&["run", "goal.json", "--scenario", "Late tickets", "--session", "other.jsonl"]);
    folder
}

#[test]
fn two_sessions_are_compared_by_steps_values_and_figures() {
    let folder = two();
    let (status, found) = folder.json(&["diff", "one.jsonl", "other.jsonl"]);
    assert_eq!((status, &found["same"]), (3, &json!(false)), "{found}");
    let steps = found["steps"].as_array().expect("steps");
    let count: Vec<_> = steps.iter().filter(|step| step["step"] == "count").collect();
    assert!(count.iter().any(|step| step["was"].is_null()), "it ran once more after late tickets: {found}");
    let keys = found["keys"].as_array().expect("keys");
    let tickets = keys.iter().find(|key| key["key"] == "tickets").expect("tickets differ");
    assert_eq!(tickets["change"], "changed");
    assert_eq!(tickets["was"].as_array().map(Vec::len), Some(3), "{tickets}");
    assert!(found["figures"].as_array().is_some_and(|all| all.iter().any(|one| one["figure"] == "replans")), "{found}");
    let text = folder.run(&["diff", "one.jsonl", "other.jsonl"]).out;
    for said in ["What differs", "Plan", "Context", "tickets [3] → [", "replans 0 → 1", "How they stand"] {
        assert!(text.contains(said), "{said}:\n{text}");
    }
}

#[test]
fn a_session_is_like_itself_and_unlike_an_earlier_moment_of_it() {
    let folder = two();
    let (status, found) = folder.json(&["diff", "one.jsonl", "one.jsonl"]);
    assert_eq!((status, &found["same"], &found["keys"]), (0, &json!(true), &json!([])), "{found}");
    let (status, found) = folder.json(&["diff", "one.jsonl@4", "one.jsonl"]);
    assert_eq!((status, &found["one"]["event"]), (3, &json!(4)), "{found}");
    assert!(found["keys"].as_array().is_some_and(|keys| keys.iter().all(|key| key["change"] == "added")), "{found}");
}

#[test]
fn a_moment_that_is_none_is_refused_in_a_sentence() {
    let folder = two();
    let ran = folder.run(&["diff", "one.jsonl@last", "one.jsonl"]);
    assert_eq!(ran.status, 2, "{}", ran.err);
    assert!(ran.err.contains("behind the @ stands the number of an event"), "{}", ran.err);
    let ran = folder.run(&["diff", "one.jsonl@999", "one.jsonl"]);
    assert!(ran.status == 2 && ran.err.contains("events 1 to"), "{} {}", ran.status, ran.err);
    // A file may be called like that.
    std::fs::copy(folder.path("one.jsonl"), folder.path("one@home.jsonl")).expect("a copy");
    assert_eq!(folder.run(&["diff", "one@home.jsonl", "one.jsonl"]).status, 0);
}

#[test]
fn the_map_is_a_picture_with_every_step_and_no_markup_of_a_goal() {
    let folder = two();
    folder.write("goal.json", TICKETS.replacen("\"goal\": \"", "\"goal\": \"<b>&amp; ", 1));
    let picture = folder.run(&["plan", "goal.json", "--format", "map"]);
    assert_eq!(picture.status, 0, "{}", picture.err);
    assert!(picture.out.starts_with("<svg ") && picture.out.trim_end().ends_with("</svg>"), "{}", picture.out);
    assert!(!picture.out.contains("<b>"), "{}", picture.out);
    let picture = folder.run(&["export", "other.jsonl", "--format", "map"]);
    assert_eq!(picture.status, 0, "{}", picture.err);
    let ran = folder.json(&["replay", "other.jsonl"]).1["trace"].clone();
    let ran = ran.as_array().map_or(0, |trace| trace.iter().filter(|event| event["kind"] == "started").count());
    assert!(ran >= 4, "{ran} steps ran");
    assert_eq!(picture.out.matches("<circle ").count(), ran, "{}", picture.out);
}
