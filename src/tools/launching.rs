//! What every program that is started has in common: where it works, what it is given, what is cut from what it writes,
//! and how it is said that it went wrong.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use crate::engine::launch::{Launch, Ran};

use super::process::{End, What};
use super::reading::Part::{Index, Name};
use super::reading::Reading;
use super::secrets::Secrets;
use crate::engine::value::{LONGEST, Value};

/// How much a program may write to its standard output where its tool does not say: 1 MiB.
pub(super) const MAX_OUTPUT: u64 = 1 << 20;

/// What a tool may allow at most: as much as a `file` tool reads.
const MOST_OUTPUT: u64 = LONGEST;

/// What every program is given of the environment, where it is set. `LC_…` too.
const USUAL: [&str; 9] = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR"];

/// A program that can be started now, and what is to be cut from what it writes.
pub(super) struct Prepared {
    pub(super) what: What,
    pub(super) secrets: Secrets,
    /// Its name.
    pub(super) program: Arc<str>,
    /// Its name and arguments, without secrets.
    pub(super) argv: Vec<Arc<str>>,
}

/// Prepares to start `launch` with this command line, where the goal file stands in `folder`.
///
/// # Errors
/// A sentence that says what is missing.
pub(super) fn prepare(launch: &Launch, argv: &[Arc<str>], folder: Option<&str>) -> Result<Prepared, String> {
    let Some(folder) = folder else {
        return Err("this goal has no folder of its own to run a program in: save it as a file first".into());
    };
    let program = argv.first().cloned().unwrap_or_default();
    let place = launch.place(folder);
    if !place.is_dir() {
        return Err(format!("{program} cannot run in {}: there is no such folder", place.display()));
    }
    let env = environment(launch)?;
    let passed = launch.env.iter().filter(|(_, value)| value.is_none());
    let secrets = Secrets::of(passed.filter_map(|(name, _)| Some((&**name, value_of(&env, name)?))));
    let shown = argv.iter().map(|word| secrets.cut(word).into()).collect();
    let what = What {
        program: if program.contains('/') { place.join(&*program) } else { PathBuf::from(&*program) },
        argv: argv.iter().map(|word| OsString::from(&**word)).collect(),
        place,
        env,
    };
    Ok(Prepared { what, secrets, program, argv: shown })
}

/// Returns what is known of a program that ended like this.
pub(super) fn ran(argv: Vec<Arc<str>>, end: Option<End>, stderr: Arc<str>) -> Ran {
    let (status, signal) = match end {
        Some(End::Status(status)) => (Some(status), None),
        Some(End::Signal(signal)) => (None, Some(signal)),
        Some(End::Late | End::TooMuch | End::Cancelled) | None => (None, None),
    };
    Ran { argv, status, signal, stderr, files: Vec::new() }
}

/// Says that the `program` went wrong like this, with the last lines of its standard error.
pub(super) fn failed(program: &str, how: &str, stderr: &str) -> String {
    match last_lines(stderr) {
        said if said.is_empty() => format!("{program} {how}"),
        said => format!("{program} {how}: {said}"),
    }
}

/// Says how a program ended by itself.
pub(super) fn ended(end: Option<End>) -> String {
    match end {
        Some(End::Status(status)) => format!("ended with status {status}"),
        Some(End::Signal(signal)) => format!("was ended by signal {signal}{}", name_of(signal)),
        Some(End::Late | End::TooMuch | End::Cancelled) | None => "ended".to_owned(),
    }
}

/// Returns the whole environment of the program.
fn environment(launch: &Launch) -> Result<Vec<(OsString, OsString)>, String> {
    let is_usual = |name: &OsString| name.to_str().is_some_and(|name| USUAL.contains(&name) || name.starts_with("LC_"));
    let mut env: Vec<(OsString, OsString)> = std::env::vars_os().filter(|(name, _)| is_usual(name)).collect();
    env.push(("TERM".into(), "dumb".into()));
    for (name, value) in &launch.env {
        let value = match value {
            Some(value) => OsString::from(&**value),
            None => std::env::var_os(&**name).ok_or_else(|| {
                format!("its tool hands the variable {name} on, and it is not set: set it, and start planscope again")
            })?,
        };
        env.retain(|(known, _)| known.to_str() != Some(name));
        env.push((OsString::from(&**name), value));
    }
    Ok(env)
}

fn value_of<'e>(env: &'e [(OsString, OsString)], name: &str) -> Option<&'e [u8]> {
    env.iter().find(|(known, _)| known.to_str() == Some(name)).map(|(_, value)| value.as_encoded_bytes())
}

pub(super) fn not_started(program: &str, error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound if program.contains('/') => {
            format!("{program} cannot be started: there is no such program, or not the one that its first line names")
        }
        ErrorKind::NotFound => format!("{program} cannot be started: no folder of PATH has a program of this name"),
        ErrorKind::PermissionDenied => format!("{program} cannot be started: it may not be run (chmod +x makes it so)"),
        _ => format!("{program} cannot be started: {error}"),
    }
}

/// Returns the last line that it wrote to its standard error, and the two before it.
fn last_lines(stderr: &str) -> String {
    let mut lines = stderr.lines().rev().map(str::trim).filter(|line| !line.is_empty());
    let last = lines.next().unwrap_or_default();
    match (lines.next(), lines.next()) {
        (None, _) => last.to_owned(),
        (Some(before), None) => format!("{last} (before that: {before})"),
        (Some(before), Some(first)) => format!("{last} (before that: {first} / {before})"),
    }
}

/// Returns the name of the signals that are met most.
fn name_of(signal: i32) -> &'static str {
    match signal {
        6 => " (SIGABRT)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        13 => " (SIGPIPE)",
        15 => " (SIGTERM)",
        _ => "",
    }
}

/// Reads the variables that a program is given.
pub(super) fn env(part: &mut dyn Reading) -> Vec<(Arc<str>, Option<Arc<str>>)> {
    let mut env: Vec<(Arc<str>, Option<Arc<str>>)> = Vec::new();
    match part.value().clone() {
        Value::Array(names) => {
            for (at, name) in names.iter().enumerate() {
                match name.as_str() {
                    Some(name) if env.iter().any(|(known, _)| **known == *name) => {
                        part.fault_at(
                            &[Index(at)],
                            &format!("\"{name}\" stands twice in this list"),
                            "each once",
                            None,
                        );
                    }
                    Some(name) if is_variable(name) => env.push((name.into(), None)),
                    _ => {
                        part.fault_at(
                            &[Index(at)],
                            "This is not the name of a variable",
                            "a name like API_TOKEN",
                            None,
                        );
                    }
                }
            }
        }
        Value::Object(entries) => {
            for (name, value) in &entries {
                let mut fault = |message: &str, expected: &str| part.fault_at(&[Name(name)], message, expected, None);
                match value {
                    _ if !is_variable(name) => fault("This name is not one of a variable", "a name like API_TOKEN"),
                    Value::Bool(true) => env.push((name.as_str().into(), None)),
                    Value::String(text) if !text.contains('\0') => {
                        env.push((name.as_str().into(), Some(text.as_str().into())));
                    }
                    _ => fault("This is not a value of a variable", "a text, or true: the value that it has"),
                }
            }
        }
        _ => part.fault("This names no variables", "a list of names, or an object: name → value", None),
    }
    env
}

fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Reads how much a program may write.
pub(super) fn max_output(part: &mut dyn Reading) -> u64 {
    let most = part.count(1).map_or(MAX_OUTPUT, u64::from);
    if most > MOST_OUTPUT {
        let hint = "let it write a file, and read that with a file tool".to_owned();
        part.fault("This is more than a command may write", "at most 268435456 bytes (256 MiB)", Some(hint));
    }
    most
}
