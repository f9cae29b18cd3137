//! What the architecture forbids, held as data: who may name whom, what stands where, how long a file may be.

use std::fs;
use std::path::{Path, PathBuf};

/// A folder of the crate: what its files may name of the others, and what they must not name of the world.
struct Layer {
    folder: &'static str,
    may: &'static [&'static str],
    never: &'static [&'static [&'static str]],
    because: &'static str,
}

const SCREEN: &[&str] = &["ratatui", "crossterm"];
const CLOCK: &[&str] = &["std::time", "Instant", "SystemTime", "jiff"];
const FILES: &[&str] = &["std::fs", "std::env"];
const WORK: &[&str] = &["tokio", "std::process", "std::net", "std::thread"];

/// From the bottom to the top: `engine ← describe ← {export, compare} ← runtime ← {ui, cli} ← main`; checks, planners,
/// tools and goal files stand beside describing; jq knows nobody.
const LAYERS: &[Layer] = &[
    Layer { folder: "jq", may: &[], never: &[SCREEN], because: "jq stands beside the engine and knows nothing of it" },
    Layer {
        folder: "engine",
        may: &[],
        never: &[SCREEN, CLOCK, FILES, WORK, &["jaq", "clap"]],
        because: "the engine is pure: no clock, file, process, thread or terminal, and nothing above it",
    },
    Layer {
        folder: "describe",
        may: &["engine"],
        never: &[SCREEN, CLOCK, FILES, WORK, &["clap"]],
        because: "describing makes values from the engine's: no width, colour, option or file",
    },
    Layer {
        folder: "checks",
        may: &["engine", "describe"],
        never: &[SCREEN, CLOCK, FILES, WORK],
        because: "checks are opinions about a plan or a trace, without effects",
    },
    Layer {
        folder: "planners",
        may: &["engine", "describe"],
        never: &[SCREEN, CLOCK, FILES],
        because: "planners answer requests; who asks them, and when, the runtime knows",
    },
    Layer {
        folder: "tools",
        may: &["engine", "describe", "jq", "input_file"],
        never: &[SCREEN],
        because: "tools answer calls; the runtime calls them, and the goal file's reader names them",
    },
    Layer {
        folder: "goal_file",
        may: &["engine", "describe", "jq", "tools", "input_file"],
        never: &[SCREEN, WORK],
        because: "goal files are read below the runtime",
    },
    Layer {
        folder: "compare",
        may: &["engine", "describe", "checks"],
        never: &[SCREEN, &["std::time", "Instant", "SystemTime"], FILES, WORK],
        because: "comparing judges traces: the runtime runs lanes, cli and ui show them",
    },
    Layer {
        folder: "stress",
        may: &["engine", "describe", "compare"],
        never: &[SCREEN, &["std::time", "Instant", "SystemTime"], FILES, WORK],
        because: "faults are made and judged here: the runtime runs lanes, cli shows what they did",
    },
    Layer {
        folder: "export",
        may: &["engine", "describe", "checks", "compare", "stress"],
        never: &[SCREEN, CLOCK, FILES, WORK],
        because: "a format is text made of what there is to say",
    },
    Layer {
        folder: "lessons",
        may: &["engine", "describe", "checks", "export", "goal_file", "jq"],
        never: &[SCREEN, CLOCK, FILES, WORK],
        because: "a lesson is held against a session here: the runtime evaluates, ui and cli show",
    },
    Layer {
        folder: "runtime",
        may: &[
            "engine",
            "describe",
            "checks",
            "compare",
            "export",
            "goal_file",
            "input_file",
            "jq",
            "lessons",
            "planners",
            "stress",
            "tools",
        ],
        never: &[SCREEN, &["clap"]],
        because: "the runtime performs effects; it knows no screen and no command line",
    },
    Layer {
        folder: "cli",
        may: &[
            "engine",
            "describe",
            "checks",
            "compare",
            "export",
            "goal_file",
            "input_file",
            "jq",
            "lessons",
            "planners",
            "runtime",
            "stress",
        ],
        never: &[SCREEN],
        because: "cli and ui never name each other",
    },
    Layer {
        folder: "ui",
        may: &[
            "engine",
            "describe",
            "checks",
            "compare",
            "export",
            "goal_file",
            "input_file",
            "jq",
            "lessons",
            "runtime",
            "stress",
            "tools",
        ],
        never: &[&["clap"]],
        because: "cli and ui never name each other",
    },
];

/// The only files that may name crossterm.
const CROSSTERM: &[&str] = &["src/ui/terminal.rs", "src/ui/keymap.rs", "src/ui/mod.rs"];

/// The most lines that a source file may have, as a reader opens it: with its comments and tests.
const LONGEST: usize = 600;

/// What the median of the source files stays below, in lines of code: most files hold one idea. A longest file alone
/// is kept to by a house of files that are all nearly as long.
const MEDIAN: usize = 125;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Returns every source file: its name, and its text.
pub(crate) fn all() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    sources(&root.join("src"), &mut found);
    found.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(root).unwrap_or(path).display().to_string().replace('\\', "/");
        (name, fs::read_to_string(path).unwrap_or_default())
    };
    let files: Vec<_> = found.iter().map(read).collect();
    assert!(files.len() > 50, "found only {} files: this test looks in the wrong place", files.len());
    files
}

/// Returns the code of a file: no comments, nothing from its tests on.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn names(code: &str, word: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    code.match_indices(word)
        .any(|(at, _)| edge(code[..at].chars().next_back()) && edge(code[at + word.len()..].chars().next()))
}

/// Returns the modules of the crate that `code` names: after `crate::`, also within braces.
fn named_modules(code: &str) -> Vec<&str> {
    let word = |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let mut found = Vec::new();
    for (at, prefix) in code.match_indices("crate::") {
        let rest = &code[at + prefix.len()..];
        let Some(list) = rest.strip_prefix('{') else {
            found.push(&rest[..word(rest)]);
            continue;
        };
        let mut depth = 0;
        for part in list.split_inclusive(['{', '}', ',']) {
            let name = part.trim_start();
            if depth == 0 && !name.is_empty() {
                found.push(&name[..word(name)]);
            }
            match part.chars().next_back() {
                Some('{') => depth += 1,
                Some('}') if depth == 0 => break,
                Some('}') => depth -= 1,
                _ => {}
            }
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

#[test]
fn every_layer_names_only_what_lies_below_it() {
    let mut faults = Vec::new();
    for (file, text) in all() {
        let code = code(&text);
        let folder = file.strip_prefix("src/").and_then(|rest| rest.split_once('/')).map(|(folder, _)| folder);
        if names(&code, "crossterm") && !CROSSTERM.contains(&file.as_str()) {
            faults.push(format!("{file} names crossterm, which belongs in {}", CROSSTERM.join(", ")));
        }
        let Some(folder) = folder else { continue };
        let Some(layer) = LAYERS.iter().find(|layer| layer.folder == folder) else {
            faults.push(format!("{folder} has no row here: say what it may name"));
            continue;
        };
        // What tests are made with stands beside what they test, and may look up.
        if file.contains("/testing") || file.ends_with("tests.rs") || file.contains("/tests/") {
            continue;
        }
        let may = |name: &&str| *name == folder || layer.may.contains(name) || !is_module(name);
        for name in named_modules(&code).into_iter().filter(|name| !may(name)) {
            faults.push(format!("{file} names crate::{name}; {}", layer.because));
        }
        for word in layer.never.iter().flat_map(|words| words.iter()).filter(|word| names(&code, word)) {
            faults.push(format!("{file} names {word}; {}", layer.because));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Tells whether the crate has a module of this name at its top.
fn is_module(name: &str) -> bool {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    src.join(name).is_dir() || src.join(format!("{name}.rs")).is_file()
}

#[test]
fn what_the_layers_are_held_by_finds_a_fault() {
    let code = "use crate::ui::screen;\nuse crate::{engine::{plan, state}, jq};\nlet x = crate::tools::find();";
    assert_eq!(named_modules(code), ["ui", "engine", "jq", "tools"]);
    assert!(names("let now = Instant::now();", "Instant") && !names("let instant = 1;", "Instant"));
    assert!(is_module("engine") && is_module("input_file") && !is_module("nothing"));
    for layer in LAYERS {
        assert!(is_module(layer.folder), "{} is gone: its row stays behind", layer.folder);
        assert!(layer.may.iter().all(|name| is_module(name)), "{} may name what does not exist", layer.folder);
    }
}

#[test]
fn every_folder_says_in_its_module_what_is_absent_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for layer in LAYERS {
        let text = fs::read_to_string(root.join(layer.folder).join("mod.rs")).unwrap_or_default();
        assert!(text.contains("//! **Invariant:**"), "src/{}/mod.rs names no invariant", layer.folder);
    }
}

#[test]
fn every_file_says_in_its_first_line_which_idea_it_holds() {
    let bare: Vec<String> =
        all().into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(file, _)| file).collect();
    assert!(bare.is_empty(), "no first line: {}", bare.join(", "));
}

#[test]
fn no_file_grows_past_reading() {
    let long = all().into_iter().map(|(file, text)| (text.lines().count(), file)).filter(|(lines, _)| *lines > LONGEST);
    let long: Vec<String> = long.map(|(lines, file)| format!("{file} has {lines} lines: split it by noun")).collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn most_files_hold_one_idea() {
    let mut lines: Vec<usize> = all().iter().map(|(_, text)| code(text).lines().count()).collect();
    lines.sort_unstable();
    let median = lines[lines.len() / 2];
    assert!(median < MEDIAN, "the median of {} files is {median} lines of code: split by noun", lines.len());
}

#[test]
fn no_code_knows_a_sample_by_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["sample_goals", "sample_goals/lessons"];
    let files = folders.into_iter().flat_map(|folder| fs::read_dir(root.join(folder)).into_iter().flatten().flatten());
    let files = files.map(|entry| entry.path()).filter(|path| path.is_file());
    let samples: Vec<String> =
        files.filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned())).collect();
    assert!(samples.len() >= 4);
    let mut faults = Vec::new();
    for (file, text) in all() {
        let code = code(&text);
        faults.extend(samples.iter().filter(|s| code.contains(s.as_str())).map(|s| format!("{file} knows {s}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_top_level_holds_only_what_the_design_names() {
    let allowed = [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "deny.toml",
        "LICENSE",
        "src",
        "sample_goals",
        "tests",
        "assets",
        "benches",
        "target",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found =
        fs::read_dir(root).into_iter().flatten().flatten().map(|e| e.file_name().to_string_lossy().into_owned());
    let extra: Vec<String> = found.filter(|n| !n.starts_with('.') && !allowed.contains(&n.as_str())).collect();
    assert!(extra.is_empty(), "at the top level: {}", extra.join(", "));
}
