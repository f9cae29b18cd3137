//! The presenter's notes, the manual pages, and an example in the help of every command.

use serde_json::Value;

use super::demos;
use crate::support::program::Folder;

#[test]
fn the_notes_of_a_goal_file_are_its_script_with_the_times_added_up() {
    let folder = Folder::new();
    let (name, goal) = demos().swap_remove(0);
    let beats = planscope::goal_file::demo_of(&goal);
    let ran = folder.run(&["notes", name]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    for beat in &beats {
        assert!(ran.out.contains(&beat.title) && ran.out.contains(&beat.note), "{}: {}", beat.title, ran.out);
    }
    let total: u64 = beats.iter().map(|beat| beat.takes).sum();
    assert_eq!(total, 600_000, "a demo of ten minutes");
    assert!(ran.out.trim_end().ends_with("10:00  the end"), "{}", ran.out);
    let (_, listed) = folder.json(&["notes", name]);
    assert_eq!(listed.as_array().map(Vec::len), Some(beats.len()));
    folder.write("plain.json", r#"{"version": 1, "goal": "g", "plan": ["do it"]}"#);
    let ran = folder.run(&["notes", "plain.json"]);
    assert!(ran.status == 2 && ran.err.contains("has no demo"), "{}", ran.err);
}

#[test]
fn what_is_said_now_is_read_from_where_a_demo_leaves_it() {
    let folder = Folder::new();
    let ran = folder.run(&["notes", "--once"]);
    assert!(ran.status == 3 && ran.err.contains("no demo is presented"), "{} {}", ran.status, ran.err);
    let prompt = r#"{"goal": "g", "beat": 2, "of": 3, "title": "The second", "note": "Say \u001b[31mthis.", "next": "The third",
        "planned": 90000, "total": 120000, "elapsed": 61000, "process": 1}"#;
    folder.write("state/planscope/presenting.json", prompt);
    let ran = folder.run(&["notes", "--once"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    for words in ["2 of 3  The second", "1:01 gone", "1:30 of 2:00", "Say ␛[31mthis.", "next: The third"] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    let (_, json) = folder.json(&["notes", "--once"]);
    assert_eq!((&json["beat"], &json["next"]), (&Value::from(2), &Value::from("The third")));
    folder.write("state/planscope/presenting.json", "{");
    assert_eq!(folder.run(&["notes", "--once"]).status, 3, "what nobody can read is no demo");
}

#[cfg(unix)]
#[test]
fn a_demo_that_was_killed_is_no_longer_presented_and_whoever_reads_along_is_told() {
    let folder = Folder::new();
    let mut played = std::process::Command::new("sleep").arg("60").spawn().expect("a program");
    let prompt = serde_json::json!({ "goal": "g", "beat": 1, "of": 2, "title": "The first", "process": played.id() });
    folder.write("state/planscope/presenting.json", prompt.to_string());
    let ran = folder.run(&["notes", "--once"]);
    assert!(ran.status == 0 && ran.out.contains("The first"), "{} {}", ran.out, ran.err);
    let killed = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_secs(1));
        played.kill().and_then(|()| played.wait()).expect("it ends");
    });
    let ran = folder.run(&["notes"]);
    killed.join().expect("it was killed");
    assert!(ran.status == 3 && ran.out.contains("ended from outside"), "{} {} {}", ran.status, ran.out, ran.err);
    let ran = folder.run(&["notes", "--once"]);
    assert!(ran.status == 3 && ran.err.contains("no demo is presented"), "{} {}", ran.status, ran.err);
}

#[test]
fn every_command_has_a_manual_page_and_an_example_in_its_help() {
    let folder = Folder::new();
    let ran = folder.run(&["man", "--folder", "pages"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    // An earlier version's pages are replaced.
    assert_eq!(folder.run(&["man", "--folder", "pages"]).status, 0);
    let pages = std::fs::read_dir(folder.path("pages")).expect("the pages").flatten();
    let names: Vec<String> = pages.map(|page| page.file_name().to_string_lossy().into_owned()).collect();
    assert!(names.len() > 20, "{names:?}");
    let help = folder.run(&["--help"]).out;
    for name in &names {
        let page = std::fs::read_to_string(folder.path("pages").join(name)).expect("a page");
        assert!(page.contains(".TH") && page.contains("Example"), "{name}: {page}");
        let words: Vec<&str> = name.trim_end_matches(".1").split('-').collect();
        let command = &words[1..];
        if let [command] = command {
            assert!(help.contains(&format!("\n  {command}")), "{command} is listed: {help}");
        }
        let ran = folder.run(&[command, &["--help"]].concat());
        assert_eq!(ran.status, 0);
        let (_, examples) =
            ran.out.split_once("Example").unwrap_or_else(|| panic!("{name} has no example: {}", ran.out));
        let begins = [&["planscope"], command].concat().join(" ");
        let mut lines = examples.lines().skip(1).filter(|line| !line.trim().is_empty());
        assert!(lines.any(|line| line.trim().starts_with(&begins)), "{name}: {examples}");
    }
    let page = folder.run(&["man"]);
    assert!(page.status == 0 && page.out.contains(".TH"), "{}", page.err);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = folder.run(&["completions", shell]);
        assert!(ran.status == 0 && ran.out.contains("present"), "{shell}: {}", ran.err);
    }
}
