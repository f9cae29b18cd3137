//! What a goal file would start: every word of every command, where it works and what it is given. Never shortened.

use std::path::Path;
use std::sync::Arc;

use super::difference_of_text;
use super::sanitize::harmless;
use super::sign::Role;
use super::text::count;
use crate::engine::goal::{Goal, Risk, Tool};
use crate::engine::launch::{Launch, Word};

/// One line about what would run: a sign, how far it is indented, words. They are not made harmless yet.
pub type Line = (Role, usize, String);

/// What there is to know of the files that a goal file names, and of how they were before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Files that its commands name and that stand there, by their path.
    pub files: Vec<String>,
    /// What is not as it was when it was trusted; empty where it never was.
    pub changed: Vec<String>,
    /// What changed in each of them, line by line, where that is known.
    pub differences: Vec<(String, Vec<difference_of_text::Line>)>,
    /// Where each program that is not named by a path is found on this machine, by its name; none: nowhere.
    pub found: Vec<(String, Option<String>)>,
}

/// Returns everything that `goal` would start, in full: what somebody reads before trusting it.
pub fn in_full(goal: &Goal, named: &Named) -> Vec<Line> {
    let file = goal.file.as_deref().map_or("a goal without a file".into(), quoted);
    let mut lines = Vec::new();
    if !named.changed.is_empty() {
        lines.push((Role::Warning, 0, format!("Not as it was when it was trusted: {}", all(&named.changed))));
        for (path, difference) in &named.differences {
            lines.push((Role::Title, 0, format!("What changed in {}", quoted(path))));
            lines.extend(difference.iter().map(|(role, line)| (*role, 1, harmless(line).into_owned())));
        }
    }
    let who = format!(
        "Who wrote this? {file} says what would run; trust it only if you know who wrote it, and have read it."
    );
    lines.push((Role::Surprise, 0, who));
    let starts = |tool: &&Arc<Tool>| tool.run.program.as_ref().is_some_and(|launch| launch.server.is_none());
    let tools: Vec<&Arc<Tool>> = goal.tools.values().filter(starts).collect();
    let mut what = Vec::new();
    if goal.planner.is_some() {
        what.push("the planner is a program".to_owned());
    }
    if !tools.is_empty() {
        let starts = if tools.len() == 1 { "starts a program" } else { "start programs" };
        what.push(format!("{} {starts}", count(tools.len(), "tool")));
    }
    if !goal.servers.is_empty() {
        let are = if goal.servers.len() == 1 { "is" } else { "are" };
        what.push(format!("{} {are} started", count(goal.servers.len(), "MCP server")));
    }
    lines.push((Role::Title, 0, format!("What would run: {}", list(&what))));
    let folder = goal.folder.as_deref().unwrap_or(".");
    if let Some(planner) = &goal.planner {
        lines.push((Role::Current, 0, "the planner  (whenever a plan is due)".into()));
        of_launch(&planner.launch, Some(planner.timeout_ms), folder, named, &mut lines);
    }
    for tool in tools {
        if let Some(launch) = &tool.run.program {
            of_tool(tool, launch, folder, named, &mut lines);
        }
    }
    for launch in goal.servers.values() {
        of_server(goal, launch, folder, named, &mut lines);
    }
    lines.push((Role::Title, 0, "What can it see?".into()));
    let sees = "All that you can: your files, and the network. Nothing holds it back: it does not run in a sandbox.";
    lines.push((Role::Surprise, 0, sees.into()));
    lines.push((Role::Title, 0, "What is remembered?".into()));
    let files = match named.files.as_slice() {
        [] => String::new(),
        files => format!(" and of {}", all(files)),
    };
    lines.push((Role::Kept, 0, format!("This content of {file}{files}: any changed byte asks again.")));
    lines
}

fn of_tool(tool: &Tool, launch: &Launch, folder: &str, named: &Named, lines: &mut Vec<Line>) {
    let risk = tool.risk.word();
    lines.push((Role::Current, 0, format!("{}  (risk {risk})", quoted(&tool.name))));
    of_launch(launch, tool.timeout_ms, folder, named, lines);
}

/// Says what would be started for the tools of a server, and which tools these are.
fn of_server(goal: &Goal, launch: &Arc<Launch>, folder: &str, named: &Named, lines: &mut Vec<Line>) {
    let Some(server) = &launch.server else { return };
    lines.push((Role::Current, 0, format!("{}  (an MCP server)", quoted(&server.name))));
    of_launch(launch, None, folder, named, lines);
    let of_it = |tool: &&Arc<Tool>| tool.run.program.as_ref() == Some(launch);
    for (risk, words) in [(Risk::High, "asks for each"), (Risk::Low, "does not ask"), (Risk::None, "does not ask")] {
        let tools = goal.tools.values().filter(of_it).filter(|tool| tool.risk == risk);
        let names: Vec<String> = tools.map(|tool| quoted(&tool.name)).collect();
        if !names.is_empty() {
            lines.push((Role::Text, 1, format!("risk {}, {words}  {}", risk.word(), names.join(", "))));
        }
    }
}

fn of_launch(launch: &Launch, timeout_ms: Option<u64>, folder: &str, named: &Named, lines: &mut Vec<Line>) {
    for (at, word) in launch.argv.iter().enumerate() {
        let name = if at == 0 { "program".to_owned() } else { format!("argument {at}") };
        lines.push(match word {
            Word::Text(text) => {
                let found = named.found.iter().find(|(name, _)| at == 0 && *name == **text).map(|(_, found)| found);
                match found {
                    Some(None) => {
                        let nowhere = "which no folder of PATH has on this machine";
                        (Role::Warning, 1, format!("{name}  {}, {nowhere}", quoted(text)))
                    }
                    Some(Some(path)) => (Role::Text, 1, format!("{name}  {}, here {}", quoted(text), quoted(path))),
                    None => (Role::Text, 1, format!("{name}  {}", quoted(text))),
                }
            }
            Word::Jq(filter) => {
                (Role::Changed, 1, format!("{name}  computed from the inputs by jq: {}", quoted(filter)))
            }
        });
    }
    lines.push((Role::Text, 1, format!("works in  {}", quoted(&clean(&launch.place(folder))))));
    lines.push((Role::Text, 1, format!("is given  {}", given(launch))));
    let reads = if launch.stdin { "its inputs as JSON" } else { "nothing" };
    let writes = if launch.json { "JSON" } else { "a text" };
    let time = timeout_ms.map_or("as long as it takes".into(), |ms| format!("at most {}", seconds(ms)));
    let size = match launch.max_output {
        bytes if bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        bytes => format!("{bytes} bytes"),
    };
    lines.push(match launch.stays {
        true if let Some(server) = &launch.server => {
            let ready = format!("is ready within {}, or is ended", seconds(server.ready_ms));
            (Role::Text, 1, format!("stays alive until the session ends; {ready}; at most {size} a message"))
        }
        true => {
            let kept = "stays alive until the session ends, and is told what it is asked about";
            (Role::Text, 1, format!("{kept}; {time} an answer, at most {size}"))
        }
        false => (Role::Text, 1, format!("reads {reads}, writes {writes}; {time}, at most {size}")),
    });
}

fn seconds(ms: u64) -> String {
    if ms.is_multiple_of(1_000) { format!("{} s", ms / 1_000) } else { format!("{ms} ms") }
}

/// Returns `parts` as a sentence says them.
fn list(parts: &[String]) -> String {
    match parts {
        [most @ .., last] if !most.is_empty() => format!("{}, and {last}", most.join(", ")),
        parts => parts.concat(),
    }
}

/// Returns `paths` as a list, each so that one sees where it begins and ends.
fn all(paths: &[String]) -> String {
    paths.iter().map(|path| quoted(path)).collect::<Vec<_>>().join(", ")
}

/// Says which variables a program is given.
fn given(launch: &Launch) -> String {
    let one = |(name, value): &(Arc<str>, Option<Arc<str>>)| match value {
        Some(value) => format!("{name} = {}", quoted(value)),
        None => format!("{name}, as it is set"),
    };
    let named: Vec<String> = launch.env.iter().map(one).collect();
    let usual = "PATH, HOME, USER, LOGNAME, SHELL, LANG, LC_…, TZ, TMPDIR";
    if named.is_empty() {
        format!("{usual}; nothing else of the environment")
    } else {
        format!("{usual}; {}", named.join("; "))
    }
}

/// Returns the command line of `launch` as it is written, in one line.
pub fn words(launch: &Launch) -> String {
    let one = |word: &Word| match word {
        Word::Text(text) => quoted(text),
        Word::Jq(filter) => format!("(jq {})", quoted(filter)),
    };
    launch.argv.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Returns a command line as one reads it: words in quotes where they need them.
pub fn command_line(argv: &[Arc<str>]) -> String {
    argv.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// Returns `word` as it is, or in the quotes of JSON where one could not see where it begins and ends.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=,+@%".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => harmless(&serde_json::Value::from(word).to_string()).into_owned(),
    }
}

/// Returns `path` without steps that lead nowhere.
fn clean(path: &Path) -> String {
    let parts = path.components().filter(|part| !matches!(part, std::path::Component::CurDir));
    parts.collect::<std::path::PathBuf>().display().to_string()
}
