//! What the architecture forbids, held as data: who may name whom, what stands where, how long a file may be.

use std::fs;
use std::path::{Path, PathBuf};

/// A part of the crate, and what its files must not name.
struct Layer {
    folder: &'static str,
    must_not: &'static [&'static str],
    because: &'static str,
}

const LAYERS: &[Layer] = &[
    Layer {
        folder: "src/engine",
        must_not: &[
            "crate::jq",
            "crate::planners",
            "crate::tools",
            "crate::checks",
            "crate::goal_file",
            "crate::runtime",
            "crate::ui",
            "crate::cli",
            "tokio",
            "ratatui",
            "crossterm",
            "jaq",
            "std::fs",
            "std::process",
            "std::net",
            "std::env",
            "std::thread",
            "std::time",
            "Instant",
            "SystemTime",
            "jiff",
        ],
        because: "the engine is pure: no clock, file, process, thread or terminal, and nothing above it",
    },
    Layer {
        folder: "src/jq",
        must_not: &[
            "crate::engine",
            "crate::planners",
            "crate::tools",
            "crate::runtime",
            "crate::ui",
            "crate::cli",
            "ratatui",
            "crossterm",
            "tokio",
        ],
        because: "jq stands beside the engine and knows nothing of it",
    },
    Layer {
        folder: "src/describe",
        must_not: &[
            "crate::jq",
            "crate::planners",
            "crate::tools",
            "crate::checks",
            "crate::goal_file",
            "crate::compare",
            "crate::runtime",
            "crate::ui",
            "crate::cli",
            "ratatui",
            "crossterm",
            "clap",
            "tokio",
            "std::fs",
            "std::env",
        ],
        because: "describing makes values from the engine's: no width, colour, option or file",
    },
    Layer {
        folder: "src/planners",
        must_not: &[
            "crate::runtime",
            "crate::ui",
            "crate::cli",
            "crate::tools",
            "crate::goal_file",
            "crate::checks",
            "ratatui",
            "crossterm",
        ],
        because: "planners know the engine and, where they need it, jq",
    },
    Layer {
        folder: "src/checks",
        must_not: &[
            "crate::runtime",
            "crate::ui",
            "crate::cli",
            "crate::tools",
            "crate::jq",
            "crate::planners",
            "ratatui",
            "crossterm",
            "std::fs",
        ],
        because: "checks are opinions about a plan, without effects",
    },
    Layer {
        folder: "src/compare",
        must_not: &[
            "crate::runtime",
            "crate::ui",
            "crate::cli",
            "crate::jq",
            "crate::tools",
            "crate::goal_file",
            "ratatui",
            "crossterm",
            "tokio",
            "std::fs",
            "std::thread",
            "std::time",
        ],
        because: "comparing judges traces: the runtime runs lanes, cli and ui show them",
    },
    Layer {
        folder: "src/tools",
        must_not: &["crate::runtime", "crate::ui", "crate::cli", "crate::planners", "ratatui", "crossterm"],
        because: "tools answer calls; the runtime calls them",
    },
    Layer {
        folder: "src/goal_file",
        must_not: &["crate::runtime", "crate::ui", "crate::cli", "crate::planners", "ratatui", "crossterm", "tokio"],
        because: "goal files are read below the runtime",
    },
    Layer {
        folder: "src/runtime",
        must_not: &["crate::ui", "crate::cli", "ratatui", "crossterm"],
        because: "the runtime performs effects; it knows no screen and no command line",
    },
    Layer {
        folder: "src/cli",
        must_not: &["crate::ui", "ratatui", "crossterm"],
        because: "cli and ui never name each other",
    },
    Layer { folder: "src/ui", must_not: &["crate::cli"], because: "cli and ui never name each other" },
];

/// The only files that may name crossterm.
const CROSSTERM: &[&str] = &["src/ui/terminal.rs", "src/ui/keymap.rs", "src/ui/mod.rs"];

/// The longest that a source file may be, its tests not counted.
const LONGEST: usize = 600;

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

fn all() -> Vec<(String, String)> {
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

#[test]
fn every_layer_names_only_what_lies_below_it() {
    let mut faults = Vec::new();
    for (file, text) in all() {
        let code = code(&text);
        for layer in LAYERS.iter().filter(|layer| file.starts_with(&format!("{}/", layer.folder))) {
            for word in layer.must_not.iter().filter(|word| names(&code, word)) {
                faults.push(format!("{file} names {word}; {}", layer.because));
            }
        }
        if names(&code, "crossterm") && !CROSSTERM.contains(&file.as_str()) {
            faults.push(format!("{file} names crossterm, which belongs in {}", CROSSTERM.join(", ")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_file_says_in_its_first_line_which_idea_it_holds() {
    let bare: Vec<String> =
        all().into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(file, _)| file).collect();
    assert!(bare.is_empty(), "no first line: {}", bare.join(", "));
}

#[test]
fn no_file_grows_past_reading() {
    let ours = all().into_iter().filter(|(file, _)| !file.ends_with("/tests.rs"));
    let long = ours.map(|(file, text)| (code(&text).lines().count(), file)).filter(|(lines, _)| *lines > LONGEST);
    let long: Vec<String> = long.map(|(lines, file)| format!("{file} has {lines} lines: split it by noun")).collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn no_code_knows_a_sample_by_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let samples = fs::read_dir(root.join("sample_goals")).into_iter().flatten().flatten();
    let samples: Vec<String> =
        samples.filter_map(|entry| entry.path().file_stem().map(|stem| stem.to_string_lossy().into_owned())).collect();
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
