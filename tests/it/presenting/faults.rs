//! What is wrong with a demo is said with its place, before anybody stands on a stage.

use crate::support::program::Folder;

const GOAL: &str = r#"{
  "version": 1, "goal": "g", "wants": { "a": "true" },
  "tools": { "make": { "outputs": ["a"], "run": { "value": 1 } } },
  "scenarios": [ { "name": "Rain", "set": { "a": 2 } } ],
  "demo": [
BEAT
  ]
}"#;

#[test]
fn each_fault_of_a_beat_is_named_with_line_column_and_the_nearest_name() {
    // Each beat with what is pointed at, what is said of it, and what is meant.
    for (beat, at, said, hint) in [
        (r#"{ "title": "t" }"#, r#"{"#, "The field \"note\" is missing", ""),
        (r#"{ "title": "t", "note": "n", "runn": 1 }"#, r#""runn""#, "\"runn\" is not a field of a beat", "run"),
        (r#"{ "title": "t", "note": "n", "run": "mke" }"#, r#""mke""#, "\"mke\" is not known here", "make"),
        (r#"{ "title": "t", "note": "n", "run": 0 }"#, r#"0"#, "0 does not work here", ""),
        (r#"{ "title": "t", "note": "n", "surprise": "Rian" }"#, r#""Rian""#, "\"Rian\" is not known here", "Rain"),
        (r#"{ "title": "t", "note": "n", "inject": { "b": 1 } }"#, r#""b""#, "", ""),
        (r#"{ "title": "t", "note": "n", "dial": "nevr" }"#, r#""nevr""#, "\"nevr\" is not known here", "never"),
        (r#"{ "title": "t", "note": "n", "replan": "rewriten" }"#, r#""rewriten""#, "not known here", "rewritten"),
        (r#"{ "title": "t", "note": "n", "show": 3 }"#, r#"3"#, "This is a number", ""),
        (r#"{ "title": "t", "note": "n", "why": "said:." }"#, r#""said:.""#, "", ""),
        (r#"{ "title": "t", "note": "n", "takes": 45 }"#, r#"45"#, "This number has no unit", ""),
        (r#"{ "title": "", "note": "n" }"#, r#""""#, "This text is empty", ""),
        ("", "", "This demo has no beats", ""),
    ] {
        let folder = Folder::new();
        folder.write("goal.json", GOAL.replace("BEAT", format!("    {beat}").trim_end()));
        let (status, check) = folder.json(&["check", "goal.json"]);
        let fault = &check["faults"][0];
        assert_eq!(status, 1, "{beat}: {check}");
        let place = if beat.is_empty() { (5, 11) } else { (6, beat.find(at).unwrap() + 5) };
        assert_eq!(
            (fault["line"].as_u64(), fault["column"].as_u64()),
            (Some(place.0), Some(place.1 as u64)),
            "{beat}: {fault}"
        );
        assert!(fault["message"].as_str().unwrap().contains(said), "{beat}: {fault}");
        assert!(fault.to_string().contains(hint), "{beat}: {fault}");
    }
    let folder = Folder::new();
    folder.write("goal.json", GOAL.replace("BEAT", r#"{ "title": "t", "note": "n", "run": "make" }"#));
    assert_eq!(folder.run(&["check", "goal.json"]).status, 0);
}
