//! Everything in the README is tried as written: its goal file is read, and the lines of its shell blocks run.

use std::fs;
use std::path::Path;

use planscope::ui::keymap::{Binding, Keymap, Mode};

use crate::support::program::Folder;

/// Returns the blocks of the README that begin with ` ```LANGUAGE`.
fn blocks(language: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("the README");
    let begin = format!("```{language}");
    let mut found: Vec<String> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match (inside, line) {
            (false, line) if line == begin => {
                inside = true;
                found.push(String::new());
            }
            (true, "```") => inside = false,
            (true, line) => found.last_mut().into_iter().for_each(|block| *block += &format!("{line}\n")),
            (false, _) => {}
        }
    }
    found
}

/// Returns the words of a line as a shell takes them, what follows a `#` left out.
fn words(line: &str) -> Vec<String> {
    shlex::split(line.split(" #").next().unwrap_or(line)).unwrap_or_else(|| panic!("no shell takes {line}"))
}

#[test]
fn the_goal_file_of_the_readme_is_read_and_its_lines_run() {
    let folder = Folder::new();
    let goal = blocks("json").into_iter().find(|block| block.contains("\"goal\"")).expect("a goal file");
    folder.write("lunch.json", &goal);
    for name in ["planner.py", "planner.json"] {
        let agents = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_goals/agents");
        folder.write(&format!("sample_goals/agents/{name}"), fs::read(agents.join(name)).expect("the file"));
    }
    assert_eq!(folder.run(&["check", "lunch.json"]).status, 0);
    assert_eq!(folder.run(&["plan", "lunch.json"]).status, 0);
    assert_eq!(folder.run(&["run", "customer_support_report", "--session", "SESSION"]).status, 0);
    let mut tried = 0;
    for line in blocks("sh").iter().flat_map(|block| block.lines()) {
        let line = words(line);
        let Some(("planscope", arguments)) = line.split_first().map(|(name, rest)| (name.as_str(), rest)) else {
            // Two others stand there: what builds the program, and what runs these tests.
            assert!(line.first().is_none_or(|name| name == "cargo"), "{line:?} is not tried");
            continue;
        };
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ran = folder.run(&arguments);
        // 3: at --replan never the place that was chosen is too small, which is what that line shows; 5: the breakpoint.
        let breaks = arguments.contains(&"--break");
        assert!(
            matches!(ran.status, 0 | 3) && !breaks || breaks && ran.status == 5,
            "{arguments:?} ended with {}: {}",
            ran.status,
            ran.err
        );
        tried += 1;
    }
    assert!(tried >= 8, "only {tried} lines were tried");
}

#[test]
fn every_file_that_the_readme_and_the_contributing_guide_name_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = 0;
    for guide in ["README.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root.join(guide)).expect("the guide");
        for name in text.split('`').skip(1).step_by(2) {
            let folder = ["src/", "tests/", "assets/", "sample_goals/", ".ci/"].iter().any(|top| name.starts_with(top));
            if folder && !name.contains("NAME") && !name.contains(' ') {
                named += 1;
                assert!(root.join(name).exists(), "{guide} names {name}, which is not there");
            }
        }
    }
    assert!(named > 20, "only {named} files are named");
}

/// Returns the table of the keys that act on the dashboard, where they do.
fn keys() -> String {
    let keymap = Keymap::built_in().expect("the keymap");
    let places = [
        (Mode::Everywhere, "everywhere"),
        (Mode::Plan, "in the plan"),
        (Mode::Context, "in the context"),
        (Mode::Trace, "in the trace"),
        (Mode::Replan, "while a replan is shown"),
        (Mode::Predict, "before it is seen rewritten"),
        (Mode::Past, "in the past"),
        (Mode::Lesson, "in a lesson"),
        (Mode::Question, "where it asks"),
        (Mode::Demo, "in a demo"),
        (Mode::Presenting, "before an audience"),
        (Mode::Compare, "in the lanes"),
    ];
    let mut table = "| key | does | where |\n| --- | --- | --- |\n".to_owned();
    for (mode, place) in places {
        for Binding { action, keys, .. } in keymap.bindings().iter().filter(|binding| binding.mode == mode) {
            let keys: Vec<String> =
                keys.iter().map(|key| format!("`{}`", key.to_string().replace('|', "\\|"))).collect();
            table += &format!("| {} | {} | {place} |\n", keys.join(" "), action.help());
        }
    }
    table
}

#[test]
fn the_table_of_keys_is_that_of_the_keymap() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(&path).expect("the README");
    let (before, rest) =
        text.split_once("<details><summary>Every key of the dashboard</summary>\n\n").expect("the table");
    let (table, after) = rest.split_once("\n</details>").expect("its end");
    if std::env::var_os("UPDATE_README").is_some() {
        let begin = "<details><summary>Every key of the dashboard</summary>\n\n";
        fs::write(&path, format!("{before}{begin}{}\n</details>{after}", keys())).expect("writes the README");
        return;
    }
    assert!(table == keys(), "UPDATE_README=1 cargo test --test it readme writes the table as it is now:\n{}", keys());
}

#[test]
fn the_workshop_names_lessons_samples_and_beats_that_there_are() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/workshop.md")).expect("the guide");
    let mut named = 0;
    for words in text.split('`').skip(1).step_by(2) {
        let is_name = words.contains('_') && words.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        let sample = words.strip_prefix("planscope ").unwrap_or(words).split(' ').find(|word| word.contains('_'));
        if let Some(sample) = sample.filter(|_| is_name || words.starts_with("planscope ")) {
            named += 1;
            assert!(planscope::goal_file::sample(sample).is_some(), "{words}: there is no sample {sample}");
        }
    }
    assert!(named >= 6, "only {named} samples are named");
}
