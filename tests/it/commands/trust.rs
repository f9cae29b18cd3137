//! Nothing runs before it is trusted, and any changed byte asks again.

use std::path::Path;

use planscope::describe::launch::{Named, in_full};
use planscope::engine::launch::Truster;
use planscope::goal_file;
use planscope::runtime::trust::{Standing, Subject, Trust};
use serde_json::{Value, json};

use super::goal;
use crate::support::program::Folder;

/// A goal whose program is a script beside it, which leaves a trace of having run.
fn with_script(folder: &Folder) -> Value {
    let script = folder.write("make.sh", "#!/bin/sh\ntouch ran\necho 1\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut goal = goal("", json!({}));
    goal["tools"]["make"]["run"]["command"]["argv"] = json!(["./make.sh", "now"]);
    folder.write("goal.json", goal.to_string());
    goal
}

#[test]
fn what_is_not_trusted_runs_nothing_and_says_what_is_missing() {
    let folder = Folder::new();
    with_script(&folder);
    for arguments in [
        &["run", "goal.json", "--approve", "all"][..],
        &["run", "goal.json", "--approve", "all", "--strategy", "react"],
        &["compare", "goal.json", "--approve", "all"],
        &["plan", "goal.json"],
        &["check", "goal.json"],
        &["stress", "goal.json", "--approve", "all"],
    ] {
        let ran = folder.run(arguments);
        assert!(!folder.path("ran").exists(), "{arguments:?}");
        if arguments[0] == "compare" {
            assert_eq!(ran.status, 4, "{}", ran.err);
            assert!(ran.err.contains("nothing was run: `planscope trust GOAL` shows"), "{}", ran.err);
        }
        if arguments[0] == "run" {
            assert_eq!(ran.status, 4, "{arguments:?}: {}", ran.err);
            assert!(ran.out.contains("`planscope trust GOAL` shows all that it would run"), "{}", ran.out);
        }
    }
    let ran = folder.run(&["run", "goal.json", "--approve", "all", "--trust"]);
    assert_eq!((ran.status, folder.path("ran").exists()), (0, true), "{}", ran.err);
    std::fs::remove_file(folder.path("ran")).unwrap();
    assert_eq!(folder.run(&["run", "goal.json", "--approve", "all"]).status, 4, "that was for once");
    assert_eq!(folder.run(&["compare", "goal.json", "--approve", "all", "--trust"]).status, 0);
    assert!(folder.path("ran").exists(), "lanes run what is trusted");
}

#[test]
fn trust_is_shown_in_full_listed_and_taken_back() {
    let folder = Folder::new();
    with_script(&folder);
    let long = "x".repeat(5_000) + " the end";
    let mut goal = goal(&long, json!({ "env": { "A_NAME": "a value", "TOKEN": true }, "cwd": "." }));
    goal["tools"]["make"]["run"]["command"]["argv"][2] = json!(long);
    folder.write("long.json", goal.to_string());
    let shown = folder.run(&["trust", "long.json"]).out;
    for words in [long.as_str(), "A_NAME = \"a value\"", "TOKEN, as it is set", "at most 60 s", "is trusted now"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(folder.run(&["trust", "goal.json"]).out.contains("make.sh: any changed byte asks again"));
    let (_, listed) = folder.json(&["trust", "--list"]);
    let names: Vec<&str> = listed.as_array().unwrap().iter().filter_map(|entry| entry["goal"].as_str()).collect();
    assert!(names.len() == 2 && names[0].ends_with("goal.json") && names[1].ends_with("long.json"), "{names:?}");
    assert_eq!(folder.run(&["run", "goal.json", "--approve", "all"]).status, 0);
    assert_eq!(folder.run(&["trust", "--revoke", "goal.json"]).status, 0);
    assert_eq!(folder.run(&["run", "goal.json", "--approve", "all"]).status, 4);
    let ran = folder.run(&["trust", "--revoke", "goal.json"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("is not trusted"), "{}", ran.err);
    let none = folder.run(&["trust", "customer_support_report"]);
    assert!(none.status == 0 && none.out.contains("starts no programs"), "{}", none.out);
    let text = folder.run(&["trust", "--list"]).out;
    assert!(text.contains("long.json") && !text.contains("goal.json\n"), "{text}");
}

/// Returns how the goal file stands, if it can still be read.
fn standing(trust: &Trust, path: &Path) -> Option<Standing> {
    let goal = goal_file::read(path).ok()?;
    Some(trust.standing(&Subject::of(&goal, true).expect("it starts a program")))
}

#[test]
fn any_changed_byte_asks_again_and_the_same_bytes_do_not() {
    let folder = Folder::new();
    with_script(&folder);
    let (path, script) = (folder.path("goal.json"), folder.path("make.sh"));
    let trust = Trust::default();
    let goal = goal_file::read(&path).unwrap();
    trust.grant(&Subject::of(&goal, true).unwrap()).unwrap();
    let trusted = Some(Standing::Trusted(Truster::Option));
    assert_eq!(standing(&trust, &path), trusted);
    let mut asked = 0;
    for (file, name) in [(&path, "goal.json"), (&script, "make.sh")] {
        let before = std::fs::read(file).unwrap();
        for at in 0..before.len() {
            let mut bytes = before.clone();
            bytes[at] = if bytes[at] == b'a' { b'b' } else { b'a' };
            std::fs::write(file, &bytes).unwrap();
            // Another goal may start nothing, or not be read: then nothing runs either.
            let Ok(goal) = goal_file::read(&path) else { continue };
            let Some(subject) = Subject::of(&goal, true) else { continue };
            assert!(matches!(trust.standing(&subject), Standing::Asks(_)), "byte {at} of {name}");
            asked += 1;
        }
        // Space is a byte, too.
        std::fs::write(file, [&before[..], b"\n"].concat()).unwrap();
        assert!(matches!(standing(&trust, &path), Some(Standing::Asks(_))), "{name}");
        std::fs::write(file, &before).unwrap();
        assert_eq!(standing(&trust, &path), trusted, "{name}");
    }
    assert!(asked > 60, "only {asked} changes were asked about");
    std::fs::remove_file(&script).unwrap();
    assert!(matches!(standing(&trust, &path), Some(Standing::Asks(_))), "a file that is gone");
}

#[test]
fn what_has_changed_is_named() {
    let folder = Folder::new();
    with_script(&folder);
    assert_eq!(folder.run(&["trust", "goal.json"]).status, 0);
    folder.write("make.sh", "#!/bin/sh\ntouch pwned\n");
    let shown = folder.run(&["trust", "goal.json"]).out;
    assert!(shown.contains("Not as it was when it was trusted: ") && shown.contains("make.sh"), "{shown}");
}

#[test]
fn a_session_of_somebody_else_that_says_it_is_trusted_is_not() {
    let folder = Folder::new();
    with_script(&folder);
    let ran = folder.run(&["run", "goal.json", "--trust", "--approve", "none", "--session", "s.jsonl"]);
    assert_eq!(ran.status, 4, "{}", ran.err);
    assert!(std::fs::read_to_string(folder.path("s.jsonl")).unwrap().contains("\"trusted\":true"));
    let ran = folder.run(&["run", "--session", "s.jsonl", "--approve", "all"]);
    assert_eq!((ran.status, folder.path("ran").exists()), (4, false), "{}", ran.err);
    assert!(std::fs::read_to_string(folder.path("s.jsonl")).unwrap().contains("\"by\":\"nobody\""));
    let ran = folder.run(&["run", "--session", "s.jsonl", "--approve", "all", "--trust"]);
    assert_eq!((ran.status, folder.path("ran").exists()), (0, true), "{} {}", ran.out, ran.err);
}

#[test]
fn a_replay_runs_nothing_and_needs_no_trust() {
    let folder = Folder::new();
    with_script(&folder);
    let ran = folder.run(&["run", "goal.json", "--trust", "--approve", "all", "--session", "s.jsonl"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    for file in ["ran", "make.sh", "goal.json"] {
        std::fs::remove_file(folder.path(file)).unwrap();
    }
    let (status, document) = folder.json(&["replay", "s.jsonl"]);
    assert_eq!((status, &document["context"]["out"]), (0, &json!(1)));
    assert!(!folder.path("ran").exists());
}

#[test]
fn no_word_of_what_would_run_is_left_out() {
    let goal = json!({
        "version": 1, "goal": "g",
        "tools": { "t": { "outputs": ["a"], "run": { "command": {
            "argv": ["a b", "", "\u{202e}gnp.exe", { "jq": ".x |\n  length" }], "env": ["KEY"], "max_output": 7
        } } } }
    });
    let goal = goal_file::parse(&goal.to_string(), "g.json", Some("/folder")).unwrap();
    let named = Named { files: vec!["/folder/x.sh".into()], ..Named::default() };
    let lines: Vec<String> = in_full(&goal, &named).into_iter().map(|(_, _, words)| words).collect();
    for words in [
        "program  \"a b\"",
        "argument 1  \"\"",
        "argument 3  computed from the inputs by jq: \".x |\\n  length\"",
        "works in  /folder",
        "KEY, as it is set",
        "at most 7 bytes",
    ] {
        assert!(lines.iter().any(|line| line.contains(words)), "{words}: {lines:#?}");
    }
    assert!(lines.iter().any(|line| line.contains("/folder/x.sh: any changed byte")), "{lines:#?}");
    // Where a program is found on this machine stands beside its name; one that is nowhere is said to be.
    let found = vec![("a b".to_owned(), Some("/opt/a b".to_owned()))];
    let said = |found| in_full(&goal, &Named { found, ..Named::default() }).into_iter().map(|(_, _, words)| words);
    assert!(said(found).any(|line| line == "program  \"a b\", here \"/opt/a b\""));
    let nowhere = vec![("a b".to_owned(), None)];
    assert!(said(nowhere).any(|line| line == "program  \"a b\", which no folder of PATH has on this machine"));
    let hidden = |line: &String| line.contains(['\n', '\u{202e}']);
    assert!(!lines.iter().any(hidden), "nothing in a file imitates what planscope says: {lines:#?}");
}

#[test]
fn a_script_that_is_named_by_a_filter_that_is_a_text_is_content_too() {
    let folder = Folder::new();
    let mut goal = with_script(&folder);
    let trust = Trust::default();
    for (filter, asks) in [("\"make.sh\"", true), ("\"make\" + \".sh\"", false)] {
        folder.write("make.sh", "echo 1");
        goal["tools"]["make"]["run"]["command"]["argv"] = json!(["sh", { "jq": filter }]);
        let path = folder.write("goal.json", goal.to_string());
        let subject = Subject::of(&goal_file::read(&path).unwrap(), true).unwrap();
        trust.grant(&subject).unwrap();
        folder.write("make.sh", "echo 2");
        assert_eq!(matches!(trust.standing(&subject), Standing::Asks(_)), asks, "{filter}");
    }
}
