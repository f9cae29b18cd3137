//! Tools of kind `command`: a program of one's own. Its inputs on standard input, its result on standard output.
//!
//! The words of its command line are handed over as they are: no shell reads them, and what jq fills in is one argument
//! whatever it holds. Only the runtime starts one, and only where the goal file is trusted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::describe::nearest::nearest;
use crate::engine::effect::{Call, Subject};
use crate::engine::goal::{Risk, Run};
use crate::engine::launch::{Launch, Word};
use crate::engine::notice::Progress;
use crate::engine::numbers;
use crate::engine::value::{self, MAX_DEPTH, Shared, Unread, Value};
use crate::jq::{Cancel, Evaluator, Limits};

use super::launching::{self, MAX_OUTPUT, Prepared, not_started, prepare};
use super::process::{self, End, Start};
use super::reading::{Reading, Shape, may, needs};
use super::secrets::Secrets;
use super::stderr::Errors;
use super::{Given, Kind, TIMEOUT_MS, Timeout, Way, contract, filter, mcp};

/// How much of an output that is not JSON is looked at for secrets, in characters: sixty of it are quoted.
const MAX_BEGINNING: usize = 10_000;

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
    let mut launch = Launch { max_output: MAX_OUTPUT, ..Launch::default() };
    spec.fields(&SHAPE, &mut |field, part| match field {
        "argv" => launch.argv = argv(part),
        "stdin" => launch.stdin = one_of(part, ["json", "none"]) == 0,
        "stdout" => launch.json = one_of(part, ["json", "text"]) == 0,
        "env" => launch.env = launching::env(part),
        "cwd" => launch.cwd = part.text("a folder, seen from that of the goal file"),
        "max_output" => launch.max_output = launching::max_output(part),
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

/// Returns the command line of `call` as it would be started now; none where it starts no program. What a server would be
/// asked stands behind its command line. Takes no longer than a person waits: a filter that does is an error here.
pub fn of_call(call: &Call, jq: &Evaluator) -> Option<Result<Vec<Arc<str>>, String>> {
    const GLANCE: Limits = Limits::lasting(Duration::from_millis(100));
    let launch = call.tool.as_ref()?.run.program.as_ref()?;
    let inputs = Subject::Object(call.inputs.clone());
    let line = resolved(launch, &inputs, jq, GLANCE, &Cancel::new());
    Some(match mcp::asks(call, jq, GLANCE) {
        Some(asks) => line.and_then(|line| Ok(line.into_iter().chain([asks?.into()]).collect())),
        None => line,
    })
}

fn run(given: &Given<'_>) -> Result<Shared, String> {
    let Some(tool) = &given.call.tool else { return Err("its step has no tool".into()) };
    let Some(launch) = &tool.run.program else { return Err("its command cannot be read".into()) };
    let argv = resolved(launch, given.inputs, given.host.jq, Limits::CONDITION, given.host.cancel)?;
    let Prepared { what, secrets, program, argv } = prepare(launch, &argv, given.call.folder.as_deref())?;
    let mut errors = Errors::new(&secrets);
    let start = Start {
        what,
        input: if launch.stdin { input(given.inputs) } else { Vec::new() },
        until: tool.timeout_ms.map(|ms| Instant::now() + Duration::from_millis(ms)),
        max_output: usize::try_from(launch.max_output).unwrap_or(usize::MAX - 1),
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
    let stderr: Arc<str> = errors.end().into();
    given.ran.set(Some(Arc::new(launching::ran(argv, Some(ended.end), stderr.clone()))));
    let failed = |how: String| launching::failed(&program, &how, &stderr);
    match ended.end {
        End::Status(0) => {}
        End::Status(_) | End::Signal(_) => return Err(failed(launching::ended(Some(ended.end)))),
        End::Late => {
            let most = Duration::from_millis(tool.timeout_ms.unwrap_or_default());
            let first = if ended.closed { "closed its output, and then " } else { "" };
            return Err(failed(format!("{first}took longer than {most:?} and was ended")));
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
    result(&ended.output, launch, &secrets, given.host.cancel).map_err(|what| failed(secrets.cut(&what).into_owned()))
}

/// Returns what stands on standard input: the inputs as one JSON object.
pub(super) fn input(inputs: &Subject) -> Vec<u8> {
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

/// Returns what the program has written, as JSON or as a text, without secrets.
fn result(output: &[u8], launch: &Launch, secrets: &Secrets, cancel: &Cancel) -> Result<Shared, String> {
    let text = std::str::from_utf8(output)
        .map_err(|error| format!("wrote what is not UTF-8 text: see byte {}", error.valid_up_to() + 1))?;
    if !launch.json {
        return Ok(Shared::new(Value::String(secrets.cut(text).into_owned())));
    }
    if text.trim().is_empty() {
        return Err("wrote nothing, and its output is to be JSON (\"stdout\": \"text\" takes any text)".into());
    }
    let mut goes_on = |_: usize| !cancel.is_cancelled();
    let read = value::read(text, &mut |value| secrets.cut_value(value), &mut goes_on);
    let value = read.map_err(|error| match error {
        Unread::Cancelled => error.to_string(),
        Unread::Json(error) => {
            let begins: String = text.trim_start().chars().take(MAX_BEGINNING).collect();
            let begins: String = secrets.cut(&begins).trim().chars().take(60).collect();
            format!("wrote what is not JSON ({error}); it begins: {begins}")
        }
    })?;
    if let Some((_, number)) = numbers::first_lost(text) {
        return Err(format!("wrote a number that cannot be kept: {}", numbers::sentence(number)));
    }
    if value.nests_deeper(MAX_DEPTH) {
        return Err(format!("wrote JSON that is nested more than {MAX_DEPTH} levels deep"));
    }
    Ok(value)
}
