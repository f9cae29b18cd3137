//! Breakpoints without a screen: `run --break`, going on with the session, and `planscope when`.

use serde_json::{Value, json};

use crate::support::program::{Folder, TICKETS};

fn tickets() -> Folder {
    let folder = Folder::new();
    folder.write("goal.json", TICKETS);
    folder
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

#[test]
fn every_kind_stops_with_status_5_and_says_why_and_what_comes_next() {
    let late = ["--scenario", "Late tickets"];
    let fails = ["--scenario", "Loading fails"];
    for (place, more, found, next) in [
        ("step:s3", &[][..], "before s3 top", "s3 top runs"),
        ("tool:count", &[], "before s2 count", "s2 count runs"),
        ("key:tickets", &[], "tickets is [3] now", "s2 count runs"),
        ("when:.counts.refund > 1", &[], ".counts.refund > 1 holds", "s3 top runs"),
        ("deviation", &late, "tickets", "a replan is asked for"),
        ("stale", &late, "counts would be read, and it is stale", "a replan is asked for"),
        ("replan", &late, "a replan changes 1 step", "the proposed steps are taken"),
        ("replan>0", &late, "a replan changes 1 step", "the proposed steps are taken"),
        ("failed", &fails, "s1 load failed: 503", "a replan is asked for"),
    ] {
        let folder = tickets();
        let mut arguments = vec!["run", "goal.json", "--break", place, "--session", "s.jsonl"];
        arguments.extend(more);
        let (status, run) = folder.json(&arguments);
        assert_eq!((status, &run["status"]), (5, &json!("stopped")), "{place}: {run}");
        let stopped = &run["stopped_at"];
        assert_eq!((&stopped["place"], &stopped["breakpoint"]), (&json!(place), &json!(1)));
        assert!(text(&stopped["found"]).contains(found), "{place}: {stopped}");
        assert!(text(&stopped["next"]).starts_with(next), "{place}: {stopped}");
        let why = text(&run["why"]);
        assert!(why.contains(place) && why.contains(found) && why.contains("; next: "), "{why}");
        assert_eq!(
            run["breakpoints"],
            json!([{ "breakpoint": 1, "place": place, "enabled": true, "hits": 1, "faulty": false }])
        );
        // It goes on, and does not stop at the same hit again.
        let ran = folder.run(&["run", "--session", "s.jsonl"]);
        assert_eq!(ran.status, if place == "failed" { 0 } else { ran.status }, "{}", ran.err);
        let trace = folder.json(&["replay", "s.jsonl"]).1;
        let hits = |kind: &str| trace["trace"].as_array().map_or(0, |t| t.iter().filter(|e| e["kind"] == kind).count());
        assert!(hits("breakpoint_hit") >= 1 && hits("finished") >= 1, "{place}");
        if ran.status == 5 {
            let again = folder.json(&["replay", "s.jsonl"]).1;
            assert!(again["stopped_at"]["event"].as_u64() > stopped["event"].as_u64(), "{place}: another hit");
        }
    }
}

#[test]
fn the_text_names_the_breakpoint_the_session_and_how_to_go_on() {
    let folder = tickets();
    let ran = folder.run(&["run", "goal.json", "--break", "key:counts", "--session", "s.jsonl"]);
    assert_eq!(ran.status, 5);
    assert!(ran.out.contains("● breakpoint 1: counts is"), "{}", ran.out);
    assert!(ran.out.contains("stopped: breakpoint 1 (key:counts): counts is"), "{}", ran.out);
    assert!(ran.err.contains("session: s.jsonl") && ran.err.contains("planscope run --session s.jsonl"), "{}", ran.err);
    let ran = folder.run(&["run", "--session", "s.jsonl"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.out.contains("3 tickets, mostly refund."), "{}", ran.out);
}

#[test]
fn events_are_streamed_with_the_hit_among_them() {
    let folder = tickets();
    let ran = folder.run(&["run", "goal.json", "--break", "tool:top", "--format", "jsonl"]);
    assert_eq!(ran.status, 5);
    let last: Value = serde_json::from_str(ran.out.lines().last().unwrap_or_default()).expect("JSON");
    assert_eq!((&last["kind"], &last["hit"]["found"]["step"]), (&json!("breakpoint_hit"), &json!("s3")));
}

#[test]
fn several_stop_one_after_the_other_and_what_is_asked_for_again_is_the_same() {
    let folder = tickets();
    let both = ["--break", "tool:load", "--break", "step:s3"];
    let start = [&["run", "goal.json", "--session", "s.jsonl"][..], &both].concat();
    let on = [&["run", "--session", "s.jsonl"][..], &both].concat();
    assert_eq!(folder.json(&start).1["stopped_at"]["place"], "tool:load", "before anything ran");
    assert_eq!(folder.json(&on).1["stopped_at"]["place"], "step:s3");
    let (status, end) = folder.json(&on);
    assert_eq!((status, &end["stopped_at"]), (0, &json!(null)));
}

#[test]
fn a_faulty_one_is_wrong_usage_with_its_position_and_the_nearest_name() {
    let folder = tickets();
    for (place, words) in [
        ("key:tikets", "at character 5: nobody reads or writes \"tikets\": did you mean \"tickets\"?"),
        ("tool:cuont", "at character 6: there is no tool \"cuont\" in this goal: did you mean \"count\"?"),
        ("when:.counts | lenght > 3", "at character 16: no filter is named `lenght`, did you mean `length`?"),
        ("when:.cuonts.refund > 3", "at character 7: nobody reads or writes \"cuonts\": did you mean \"counts\"?"),
        ("replans", "at character 1: \"replans\" is not a kind of breakpoint: did you mean \"replan\"?"),
        ("counts", "did you mean \"key:counts\"?"),
    ] {
        let ran = folder.run(&["run", "goal.json", "--break", place]);
        assert_eq!(ran.status, 2, "{place}: {}", ran.err);
        assert!(ran.err.contains(words) && ran.err.contains(&format!("--break '{place}'")), "{place}: {}", ran.err);
    }
    assert!(folder.sessions().is_empty(), "nothing was begun");
}

#[test]
fn a_condition_that_never_ends_holds_nobody_up_and_is_marked() {
    let folder = tickets();
    let (status, run) = folder.json(&["run", "goal.json", "--break", "when:def f: f; f"]);
    assert_eq!((status, &run["status"]), (0, &json!("reached")));
    assert_eq!(run["breakpoints"][0]["faulty"], true, "{}", run["breakpoints"]);
    let ran = folder.run(&["run", "goal.json", "--break", "when:def f: f; f"]);
    assert!(ran.err.contains("never hit: --break when:def f: f; f (faulty, not judged any more"), "{}", ran.err);
}

#[test]
fn when_says_the_first_moment_at_which_a_condition_holds() {
    let folder = tickets();
    folder.run(&["run", "goal.json", "--scenario", "Late tickets", "--session", "s.jsonl"]);
    let (status, first) = folder.json(&["when", "s.jsonl", ".counts.password == 1"]);
    assert_eq!(status, 0);
    let event = first["event"].as_u64().expect("an event");
    let what = text(&first["what"]);
    assert!(what.starts_with("s2 count"), "{what}");
    // So it is after that event, and was not before it.
    let counts = |to: u64| folder.json(&["replay", "s.jsonl", "--to", &to.to_string()]).1["context"]["counts"].clone();
    assert_eq!(counts(event)["password"], 1);
    assert_eq!(counts(event - 1), json!(null));
    let ran = folder.run(&["when", "s.jsonl", ".counts.refund == null and .counts != null"]);
    assert!(ran.status == 0 && ran.out.contains("holds first after event"), "{}{}", ran.out, ran.err);
    let ran = folder.run(&["when", "s.jsonl", ".counts.refund > 100"]);
    assert_eq!((ran.status, ran.out.trim_end()), (3, ".counts.refund > 100 never holds in this session"));
    let ran = folder.run(&["when", "s.jsonl", ".report | test(\"nothing\")"]);
    assert!(ran.status == 3 && ran.out.contains("after event 1 it could not be decided"), "{}", ran.out);
    let ran = folder.run(&["when", "s.jsonl", ".cuonts"]);
    assert!(ran.status == 2 && ran.err.contains("did you mean \"counts\"?"), "{}", ran.err);
}
