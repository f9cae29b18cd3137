//! Tools of kind `command`: a program of one's own. Its inputs on standard input, its result on standard output.
//!
//! The words of its command line are handed over as they are: no shell reads them, and what jq fills in is one argument
//! whatever it holds. Only the runtime starts one, and only where the goal file is trusted.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::describe::nearest::nearest;
use crate::engine::effect::{Call, Subject};
use crate::engine::goal::{Risk, Run};
use crate::engine::launch::{Launch, Ran, Word};
use crate::engine::notice::Progress;
use crate::engine::numbers;
use crate::engine::value::{MAX_DEPTH, Shared, Value};
use crate::jq::{Cancel, Evaluator, Limits};

use super::process::{self, End, Start};
use super::reading::Part::{Index, Name};
use super::reading::{Reading, Shape, may, needs};
use super::secrets::Secrets;
use super::stderr::Errors;
use super::{Given, Kind, TIMEOUT_MS, Timeout, Way, contract, filter, nests_deeper};

/// How much a program may write to its standard output where its tool does not say: 1 MiB.
const MAX_OUTPUT: u64 = 1 << 20;

/// What a tool may allow at most: 128 MiB, as a `file` tool reads.
const MOST_OUTPUT: u64 = 128 << 20;

/// What every program is given of the environment, where it is set. `LC_…` too.
const USUAL: [&str; 9] = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR"];

/// The kind `command`.
pub(super) static KIND: Kind = Kind {
    name: "command",
    way: Way::Outside(run),
    timeout: Timeout::Default(TIMEOUT_MS),
    risk: Risk::High,
    in_folder: true,
    schema: r#"{
        "description": "A program of your own: the inputs as JSON on its standard input, the result on its standard output. A status other than 0 is a failure. It runs only where the goal file is trusted.",
        "type": "object",
        "properties": {
            "argv": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": ["string", "object"],
                    "properties": {
                        "jq": {
                            "type": "string",
                            "minLength": 1,
                            "description": "A jq filter over the inputs; what it gives is exactly one argument."
                        }
                    },
                    "required": ["jq"],
                    "additionalProperties": false
                },
                "description": "The program and its arguments; no shell reads them. {\"jq\": FILTER} is one argument, computed from the inputs."
            },
            "stdin": {
                "enum": ["json", "none"],
                "default": "json",
                "description": "What it reads: the inputs as one JSON object, or nothing."
            },
            "stdout": {
                "enum": ["json", "text"],
                "default": "json",
                "description": "What it writes: JSON, or one text."
            },
            "env": {
                "type": ["array", "object"],
                "items": { "type": "string", "minLength": 1 },
                "uniqueItems": true,
                "additionalProperties": { "type": ["string", "boolean"] },
                "description": "The variables that it is given besides PATH, HOME, LANG and the like: a list of names, or name → value (true: the value that it has). The values of named ones are cut from all it writes."
            },
            "cwd": {
                "type": "string",
                "minLength": 1,
                "description": "The folder that it works in, seen from that of the goal file; by default that one."
            },
            "max_output": {
                "type": "integer",
                "minimum": 1,
                "default": 1048576,
                "description": "The most bytes that it may write to its standard output."
            }
        },
        "required": ["argv"],
        "additionalProperties": false
    }"#,
    shape: Some(&SHAPE),
    read,
    check: |_, _, _| (),
};

/// A command.
static SHAPE: Shape = Shape {
    what: "a command",
    schema: "command",
    fields: &[
        needs("argv", "the program and its arguments"),
        may("stdin", "json or none"),
        may("stdout", "json or text"),
        may("env", "the variables that it is given besides the usual"),
        may("cwd", "the folder that it works in"),
        may("max_output", "the most bytes that it may write"),
    ],
    later: &[],
};

/// An argument that is computed.
static COMPUTED: Shape = Shape {
    what: "an argument that is computed",
    schema: "command",
    fields: &[needs("jq", "a jq filter over the inputs")],
    later: &[],
};

fn read(spec: &mut dyn Reading, run: &mut Run) {
    if !spec.value().is_object() {
        let hint = "write {\"argv\": [\"program\", \"argument\"]}: each word by itself, no shell reads them";
        return spec.fault("This is not a command", "an object with \"argv\"", Some(hint.to_owned()));
    }
    let mut launch =
        Launch { argv: Vec::new(), cwd: None, env: Vec::new(), stdin: true, json: true, max_output: MAX_OUTPUT };
    spec.fields(&SHAPE, &mut |field, part| match field {
        "argv" => launch.argv = argv(part),
        "stdin" => launch.stdin = one_of(part, ["json", "none"]) == 0,
        "stdout" => launch.json = one_of(part, ["json", "text"]) == 0,
        "env" => launch.env = env(part),
        "cwd" => launch.cwd = part.text("a folder, seen from that of the goal file"),
        "max_output" => launch.max_output = max_output(part),
        _ => {}
    });
    run.program = Some(Arc::new(launch));
}

fn argv(list: &mut dyn Reading) -> Vec<Word> {
    let expected = "a list: the program, then its arguments, each a text or {\"jq\": FILTER}";
    let mut words = Vec::new();
    if list.value().as_array().is_some_and(Vec::is_empty) {
        list.fault("This command has no program", expected, None);
    }
    list.each(expected, &mut |at, word| match word.value() {
        Value::Object(_) if at == 0 => {
            let hint = "write the program as it is: who trusts this file has to see what runs".to_owned();
            word.fault("The program itself cannot be computed", "the name of a program", Some(hint));
        }
        Value::Object(_) => word.fields(&COMPUTED, &mut |_, part| {
            words.extend(part.filter("a jq filter over the inputs").map(Word::Jq));
        }),
        Value::String(text) if text.contains('\0') => {
            word.fault("No argument can hold the character U+0000", "a text without it", None);
        }
        Value::String(text) if at > 0 || !text.trim().is_empty() => words.push(Word::Text(text.as_str().into())),
        Value::String(_) => word.fault("This text is empty", "the name of a program", None),
        _ => word.fault("This is not an argument", "a text, or {\"jq\": FILTER}", None),
    });
    words
}

fn one_of(part: &mut dyn Reading, known: [&str; 2]) -> usize {
    let expected = known.join(" or ");
    let Some(word) = part.text(&expected) else { return 0 };
    known.iter().position(|known| **known == *word).unwrap_or_else(|| {
        let hint = nearest(&word, known).map(|near| format!("did you mean \"{near}\"?"));
        part.fault(&format!("\"{word}\" is not known here"), &expected, hint);
        0
    })
}

fn env(part: &mut dyn Reading) -> Vec<(Arc<str>, Option<Arc<str>>)> {
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

fn max_output(part: &mut dyn Reading) -> u64 {
    let most = part.count(1).map_or(MAX_OUTPUT, u64::from);
    if most > MOST_OUTPUT {
        let hint = "let it write a file, and read that with a file tool".to_owned();
        part.fault("This is more than a command may write", "at most 134217728 bytes (128 MiB)", Some(hint));
    }
    most
}

/// Returns the command line of `launch` on these inputs, each argument filled in.
///
/// # Errors
/// A sentence, where a filter gives nothing that can be one argument.
pub fn resolved(
    launch: &Launch,
    inputs: &Subject,
    jq: &Evaluator,
    limits: Limits,
    cancel: &Cancel,
) -> Result<Vec<Arc<str>>, String> {
    let word = |(at, word): (usize, &Word)| match word {
        Word::Text(text) => Ok(text.clone()),
        Word::Jq(text) => {
            let says = |what: String| format!("argument {at} of its command ({text}) {what}");
            match filter::first(jq, text, inputs, limits, cancel).map_err(|why| says(format!("has no value: {why}")))? {
                Value::String(value) if value.contains('\0') => {
                    Err(says("holds the character U+0000, which no argument can hold".to_owned()))
                }
                Value::String(value) => Ok(value.into()),
                value @ (Value::Number(_) | Value::Bool(_)) => Ok(value.to_string().into()),
                value => {
                    let kind = contract::kind(&value);
                    Err(says(format!(
                        "gives {kind}, and an argument is a text, a number or a boolean: tojson makes one"
                    )))
                }
            }
        }
    };
    launch.argv.iter().enumerate().map(word).collect()
}

/// Returns the command line of `call` as it would be started now; none where it starts no program. Takes no longer than
/// a person waits: a filter that does is an error here.
pub fn of_call(call: &Call, jq: &Evaluator) -> Option<Result<Vec<Arc<str>>, String>> {
    const GLANCE: Limits = Limits::lasting(Duration::from_millis(100));
    let launch = call.tool.as_ref()?.run.program.as_ref()?;
    let inputs = Subject::Object(call.inputs.clone());
    Some(resolved(launch, &inputs, jq, GLANCE, &Cancel::new()))
}

fn run(given: &Given<'_>) -> Result<Shared, String> {
    let Some(tool) = &given.call.tool else { return Err("its step has no tool".into()) };
    let Some(launch) = &tool.run.program else { return Err("its command cannot be read".into()) };
    let Some(folder) = given.call.folder.as_deref() else {
        return Err("this goal has no folder of its own to run a program in: save it as a file first".into());
    };
    let argv = resolved(launch, given.inputs, given.host.jq, Limits::CONDITION, given.host.cancel)?;
    let program = argv.first().cloned().unwrap_or_default();
    let place = launch.place(folder);
    if !place.is_dir() {
        return Err(format!("{program} cannot run in {}: there is no such folder", place.display()));
    }
    let env = environment(launch)?;
    let passed = launch.env.iter().filter(|(_, value)| value.is_none());
    let passed = passed.filter_map(|(name, _)| Some((&**name, value_of(&env, name)?)));
    let secrets = Secrets::of(passed);
    let mut errors = Errors::new(&secrets);
    let max_output = usize::try_from(launch.max_output).unwrap_or(usize::MAX - 1);
    let start = Start {
        program: if program.contains('/') { place.join(&*program) } else { PathBuf::from(&*program) },
        argv: argv.iter().map(|word| OsString::from(&**word)).collect(),
        place: &place,
        env,
        input: if launch.stdin { input(given.inputs) } else { Vec::new() },
        until: tool.timeout_ms.map(|ms| Instant::now() + Duration::from_millis(ms)),
        max_output,
        cancel: given.host.cancel,
    };
    let notices = given.host.notices;
    let ended = process::run(start, &mut |bytes| {
        errors.take(bytes, false, &mut |line| notices.say(Progress::Line(line.into())));
    });
    let ended = ended.map_err(|error| not_started(&program, &error))?;
    errors.take(&[], true, &mut |line| notices.say(Progress::Line(line.into())));
    if ended.left_running {
        notices.say(Progress::Line("what it had left running was ended with it".into()));
    }
    let (status, signal) = match ended.end {
        End::Status(status) => (Some(status), None),
        End::Signal(signal) => (None, Some(signal)),
        End::Late | End::TooMuch | End::Cancelled => (None, None),
    };
    let stderr: Arc<str> = errors.end().into();
    let argv = argv.iter().map(|word| secrets.cut(word).into()).collect();
    given.ran.set(Some(Arc::new(Ran { argv, status, signal, stderr: stderr.clone() })));
    let failed = |how: String| match last_lines(&stderr) {
        said if said.is_empty() => format!("{program} {how}"),
        said => format!("{program} {how}: {said}"),
    };
    match ended.end {
        End::Status(0) => {}
        End::Status(status) => return Err(failed(format!("ended with status {status}"))),
        End::Signal(signal) => return Err(failed(format!("was ended by signal {signal}{}", name_of(signal)))),
        End::Late => {
            let most = Duration::from_millis(tool.timeout_ms.unwrap_or_default());
            return Err(failed(format!("took longer than {most:?} and was ended")));
        }
        End::TooMuch => {
            return Err(failed(format!(
                "wrote more than {} bytes to its output and was ended (max_output allows more)",
                launch.max_output
            )));
        }
        End::Cancelled => return Err("it was cancelled".into()),
    }
    // What is quoted of its output is cut as the output is.
    result(&ended.output, launch, &secrets).map_err(|what| failed(secrets.cut(&what).into_owned()))
}

/// Returns what stands on standard input: the inputs as one JSON object.
fn input(inputs: &Subject) -> Vec<u8> {
    let mut bytes = Vec::new();
    match inputs {
        Subject::Value(value) => bytes.extend(value.to_string().into_bytes()),
        Subject::Object(fields) => {
            bytes.push(b'{');
            for (at, (name, value)) in fields.iter().enumerate() {
                let comma = if at > 0 { "," } else { "" };
                bytes.extend(format!("{comma}{}:", Value::from(&**name)).into_bytes());
                bytes.extend(value.to_string().into_bytes());
            }
            bytes.push(b'}');
        }
    }
    bytes.push(b'\n');
    bytes
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

fn not_started(program: &str, error: &std::io::Error) -> String {
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

/// Returns what the program has written, as JSON or as a text, without secrets.
fn result(output: &[u8], launch: &Launch, secrets: &Secrets) -> Result<Shared, String> {
    let text = std::str::from_utf8(output)
        .map_err(|error| format!("wrote what is not UTF-8 text: see byte {}", error.valid_up_to() + 1))?;
    if !launch.json {
        return Ok(Arc::new(Value::String(secrets.cut(text).into_owned())));
    }
    if text.trim().is_empty() {
        return Err("wrote nothing, and its output is to be JSON (\"stdout\": \"text\" takes any text)".into());
    }
    let mut value: Value = serde_json::from_str(text).map_err(|error| {
        let begins: String = secrets.cut(text).trim().chars().take(60).collect();
        format!("wrote what is not JSON ({error}); it begins: {begins}")
    })?;
    if let Some((_, number)) = numbers::first_lost(text) {
        return Err(format!("wrote a number that cannot be kept: {}", numbers::sentence(number)));
    }
    if nests_deeper(&value, MAX_DEPTH) {
        return Err(format!("wrote JSON that is nested more than {MAX_DEPTH} levels deep"));
    }
    secrets.cut_value(&mut value);
    Ok(Arc::new(value))
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
