//! Tools of kind `program`, and how any program that stays alive is asked: one line of JSON there, one line back.
//!
//! Each session has one process for each program that its goal file names, started when it is asked first and ended with
//! the session. What a program does that the protocol (`assets/protocol.md`) does not allow ends it, too: the next that
//! is asked is a new one, so that no late answer is ever taken for another's.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Map;

use crate::engine::goal::{Risk, Run};
use crate::engine::launch::{Launch, Ran, Word};
use crate::engine::notice::{Notices, Progress};
use crate::engine::numbers;
use crate::engine::value::{MAX_DEPTH, Shared, Value};
use crate::jq::Cancel;

use super::launching::{self, MAX_OUTPUT, Prepared, ended, failed, not_started, prepare};
use super::pool::{Pool, lock};
use super::process::{Alive, Bounds, Mute};
use super::reading::{Reading, Shape, may, needs};
use super::secrets::Secrets;
use super::stderr::Errors;
use super::{Given, Kind, TIMEOUT_MS, Timeout, Way, mcp, nests_deeper};

/// The version of the protocol.
const PROTOCOL: u32 = 1;

/// The kind `program`.
pub(super) static KIND: Kind = Kind {
    name: "program",
    way: Way::Outside(run),
    timeout: Timeout::Default(TIMEOUT_MS),
    risk: Risk::High,
    in_folder: true,
    schema: r#"{
        "description": "A program of your own that stays alive between calls: one line of JSON in, one line back (assets/protocol.md). It runs only where the goal file is trusted.",
        "type": "object",
        "properties": {
            "command": {
                "type": "array",
                "minItems": 1,
                "items": { "type": "string" },
                "description": "The program and its arguments; no shell reads them. Tools (and the planner) that name the same share one process."
            },
            "env": {
                "type": ["array", "object"],
                "items": { "type": "string", "minLength": 1 },
                "uniqueItems": true,
                "additionalProperties": { "type": ["string", "boolean"] },
                "description": "The variables that it is given besides PATH, HOME, LANG and the like: a list of names, or name → value (true: the value that it has)."
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
                "description": "The most bytes that one line of it may have."
            }
        },
        "required": ["command"],
        "additionalProperties": false
    }"#,
    shape: Some(&SHAPE),
    read: |spec, run: &mut Run| {
        let mut launch = launch();
        spec.fields(&SHAPE, &mut |field, part| read_field(field, part, &mut launch));
        run.program = Some(Arc::new(launch));
    },
    check: |_, _, _| (),
};

/// A program that stays alive.
static SHAPE: Shape = Shape {
    what: "a program that stays alive",
    schema: "program",
    fields: &[
        needs("command", "the program and its arguments"),
        may("env", "the variables that it is given besides the usual"),
        may("cwd", "the folder that it works in"),
        may("max_output", "the most bytes that one line may have"),
    ],
    later: &[],
};

/// Returns a program that stays alive, of which nothing was read yet.
pub fn launch() -> Launch {
    Launch { max_output: MAX_OUTPUT, stays: true, ..Launch::default() }
}

/// Reads one field of a program that stays alive.
pub fn read_field(field: &str, part: &mut dyn Reading, launch: &mut Launch) {
    match field {
        "command" => launch.argv = command(part),
        "env" => launch.env = launching::env(part),
        "cwd" => launch.cwd = part.text("a folder, seen from that of the goal file"),
        "max_output" => launch.max_output = launching::max_output(part),
        _ => {}
    }
}

fn command(list: &mut dyn Reading) -> Vec<Word> {
    let expected = "a list: the program, then its arguments, each a text";
    let mut words = Vec::new();
    if list.value().as_array().is_some_and(Vec::is_empty) {
        list.fault("This command has no program", expected, None);
    }
    list.each(expected, &mut |at, word| match word.value() {
        Value::String(text) if text.contains('\0') => {
            word.fault("No argument can hold the character U+0000", "a text without it", None);
        }
        Value::String(text) if at > 0 || !text.trim().is_empty() => words.push(Word::Text(text.as_str().into())),
        Value::String(_) => word.fault("This text is empty", "the name of a program", None),
        Value::Object(_) => {
            let hint = "it is started once, before there are any inputs".to_owned();
            word.fault("Nothing of this command line can be computed", "a text", Some(hint));
        }
        _ => word.fault("This is not an argument", "a text", None),
    });
    words
}

/// The programs of one session that stay alive. Clones share them; with the last of them they are ended.
#[derive(Clone, Default)]
pub struct Programs {
    living: Pool<Living>,
    pub(super) servers: Pool<mcp::Server>,
}

/// A program that was started.
struct Living {
    alive: Alive,
    secrets: Secrets,
    program: Arc<str>,
    argv: Vec<Arc<str>>,
    /// The number before that of what it was asked first.
    first: u64,
    /// The number of what it was asked last.
    asked: u64,
}

/// What a program is asked.
pub struct Asking<'a> {
    /// The program.
    pub launch: &'a Arc<Launch>,
    /// The folder of the goal file.
    pub folder: Option<&'a Arc<str>>,
    /// How long it may take, in milliseconds; none: as long as it likes.
    pub timeout_ms: Option<u64>,
    /// The verb.
    pub verb: &'a str,
    /// The other fields, as the text of a JSON object.
    pub body: &'a str,
}

/// What came back.
pub struct Answered {
    /// The fields of the answer, or a sentence that says why there is none.
    pub answer: Result<Map<String, Value>, String>,
    /// What is known of the program, where it could be started.
    pub ran: Option<Ran>,
}

impl Programs {
    /// Hands all that runs over to a new holder.
    #[must_use]
    pub fn hand_over(&self) -> Programs {
        Programs { living: self.living.hand_over(), servers: self.servers.hand_over() }
    }

    /// Ends a program, if it runs: the next that is asked is a new one.
    pub fn end(&self, launch: &Arc<Launch>, folder: Option<&Arc<str>>) {
        if let Some(living) = self.living.take(launch, folder) {
            living.alive.end();
        }
        drop(self.servers.take(launch, folder));
    }

    /// Ends the input of what runs, and returns whether all of it ends by itself within this time; none where nothing runs.
    pub fn closes(&self, within: Duration) -> Option<bool> {
        let living = self.living.drain();
        let ended: Vec<bool> = living.into_iter().map(|living| living.alive.closes(within)).collect();
        (!ended.is_empty()).then(|| ended.into_iter().all(|ended| ended))
    }

    /// Asks a program, which is started where it does not run, and waits for the answer.
    pub fn ask(&self, asking: &Asking<'_>, cancel: &Cancel, notices: &dyn Notices) -> Answered {
        let until = asking.timeout_ms.map(|ms| Instant::now() + Duration::from_millis(ms));
        let slot = self.living.slot(asking.launch, asking.folder);
        let mut slot = lock(&slot);
        let mut living = match slot.take().map_or_else(|| start(asking), |living| again(living, asking, notices)) {
            Ok(living) => living,
            Err(why) => return Answered { answer: Err(why), ran: None },
        };
        let mut said = Said { notices, errors: Vec::new() };
        let answer = living.ask(asking, until, cancel, &mut said);
        let mut errors = Errors::new(&living.secrets);
        errors.take(&said.errors, true, &mut |_| ());
        let stderr: Arc<str> = errors.end().into();
        match answer {
            Ok(answer) => {
                let ran = launching::ran(living.argv.clone(), None, stderr);
                *slot = Some(living);
                Answered { answer: Ok(answer), ran: Some(ran) }
            }
            Err(why) => {
                let Living { alive, program, argv, .. } = living;
                // Who cancels waits for nothing; else the next one is started once this one has ended.
                let end = if cancel.is_cancelled() { None } else { alive.end() };
                let how = match why {
                    Wrong::Ended => format!("{} before it answered", ended(end)),
                    Wrong::Said(how) => how,
                };
                let (why, ran) = (failed(&program, &how, &stderr), launching::ran(argv, end, stderr));
                Answered { answer: Err(why), ran: Some(ran) }
            }
        }
    }
}

/// Why there is no answer.
enum Wrong {
    /// It ended.
    Ended,
    /// It did this.
    Said(String),
}

/// What a program writes to its standard error while it is asked.
struct Said<'a> {
    notices: &'a dyn Notices,
    errors: Vec<u8>,
}

/// How much of standard error is kept while a program is asked, in bytes.
const KEPT: usize = 64 * 1024;

impl Said<'_> {
    fn take(&mut self, bytes: &[u8]) {
        self.errors.extend_from_slice(bytes);
        if self.errors.len() > 2 * KEPT {
            let from = self.errors.len() - KEPT;
            let line = self.errors[from..].iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            self.errors.drain(..from + line);
        }
    }
}

fn start(asking: &Asking<'_>) -> Result<Living, String> {
    let argv: Vec<Arc<str>> = asking.launch.argv.iter().map(|word| word.text().into()).collect();
    let Prepared { what, secrets, program, argv } =
        prepare(asking.launch, &argv, asking.folder.map(|folder| &**folder))?;
    let alive = Alive::start(what).map_err(|error| not_started(&program, &error))?;
    // Nobody can answer before he was asked who does not know what number will be asked.
    let nanos = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.subsec_nanos());
    let first = 1_000 + u64::from(nanos / 1_000 % 9_000);
    Ok(Living { alive, secrets, program, argv, first, asked: first })
}

/// Returns the program that was asked before, or a new one where it has ended since.
fn again(living: Living, asking: &Asking<'_>, notices: &dyn Notices) -> Result<Living, String> {
    if !living.alive.has_ended() {
        return Ok(living);
    }
    let end = living.alive.end();
    let line = format!("{} {} since it was asked last, and was started again", living.program, ended(end));
    notices.say(Progress::Line(line.into()));
    start(asking)
}

impl Living {
    fn ask(
        &mut self,
        asking: &Asking<'_>,
        until: Option<Instant>,
        cancel: &Cancel,
        said: &mut Said<'_>,
    ) -> Result<Map<String, Value>, Wrong> {
        let Living { alive, secrets, first, asked, .. } = self;
        if let Some(line) = alive.unasked(&mut |bytes| said.take(bytes)) {
            return Err(Wrong::Said(unasked(&line, (*first, *asked), secrets)));
        }
        *asked += 1;
        let (id, first) = (*asked, *first);
        let body = asking.body.strip_prefix('{').unwrap_or("}");
        let comma = if body == "}" { "" } else { "," };
        let request = format!("{{\"protocol\":{PROTOCOL},\"id\":{id},\"verb\":\"{}\"{comma}{body}\n", asking.verb);
        let longest = usize::try_from(asking.launch.max_output).unwrap_or(usize::MAX - 1);
        let mut answer = None;
        let notices = said.notices;
        let mut lines = Errors::new(secrets);
        let mut errors = |bytes: &[u8]| {
            lines.take(bytes, false, &mut |line| notices.say(Progress::Line(line.into())));
            said.take(bytes);
        };
        let bounds = Bounds { until, longest, cancel };
        let asked =
            alive.ask(request.as_bytes(), &bounds, &mut errors, &mut |line| match read(line, (first, id), secrets) {
                Ok(Line::Note(text)) => {
                    notices.say(Progress::Line(text.into()));
                    false
                }
                Ok(Line::Blank) => false,
                Ok(Line::Answer(fields)) => {
                    answer = Some(Ok(fields));
                    true
                }
                Err(how) => {
                    answer = Some(Err(Wrong::Said(how)));
                    true
                }
            });
        if let Err(mute) = asked {
            return Err(match mute {
                Mute::Ended => Wrong::Ended,
                Mute::Late => {
                    let most = Duration::from_millis(asking.timeout_ms.unwrap_or_default());
                    Wrong::Said(format!("did not answer within {most:?} and was ended"))
                }
                Mute::TooMuch => Wrong::Said(format!(
                    "wrote a line of more than {} bytes and was ended (max_output allows more)",
                    asking.launch.max_output
                )),
                Mute::Closed => Wrong::Said("closed its output without an answer, and was ended".into()),
                Mute::Cancelled => Wrong::Said("was stopped".into()),
            });
        }
        let answer = answer.unwrap_or(Err(Wrong::Ended))?;
        match alive.unasked(&mut |bytes| said.take(bytes)) {
            Some(line) => Err(Wrong::Said(unasked(&line, (first, id), secrets))),
            None => Ok(answer),
        }
    }
}

/// Says what is wrong with a line that came although nothing was asked.
fn unasked(line: &[u8], (first, last): (u64, u64), secrets: &Secrets) -> String {
    let id = serde_json::from_slice::<Value>(line).ok().and_then(|line| line.get("id")?.as_u64());
    match id {
        Some(id) if id > first && id <= last => {
            format!("answered request {id} a second time, so nobody knows which answer holds")
        }
        Some(id) => format!("answered request {id} before that was asked"),
        None => format!("wrote something before it was asked; it begins: {}", begins(line, secrets)),
    }
}

/// A line that a program wrote.
enum Line {
    Blank,
    /// How far it is.
    Note(String),
    Answer(Map<String, Value>),
}

/// Reads a line that a program wrote after it was asked `id`.
fn read(line: &[u8], (first, id): (u64, u64), secrets: &Secrets) -> Result<Line, String> {
    if line.iter().all(u8::is_ascii_whitespace) {
        return Ok(Line::Blank);
    }
    let nonsense = |what: &str| {
        let begins = begins(line, secrets);
        format!("wrote {what} to its standard output (messages belong on standard error); it begins: {begins}")
    };
    let text = std::str::from_utf8(line).map_err(|_| nonsense("what is not UTF-8 text"))?;
    let mut value: Value = serde_json::from_str(text).map_err(|_| nonsense("what is not JSON"))?;
    if let Some((_, number)) = numbers::first_lost(text) {
        return Err(format!("wrote a number that cannot be kept: {}", numbers::sentence(number)));
    }
    if nests_deeper(&value, MAX_DEPTH) {
        return Err(format!("wrote JSON that is nested more than {MAX_DEPTH} levels deep"));
    }
    secrets.cut_value(&mut value);
    let Value::Object(fields) = value else { return Err(nonsense("JSON that is not an object")) };
    if let (Some(note), 1 | 2) = (fields.get("note").and_then(Value::as_str), fields.len()) {
        return Ok(Line::Note(note.to_owned()));
    }
    match fields.get("id").and_then(Value::as_u64) {
        Some(answered) if answered == id => Ok(Line::Answer(fields)),
        Some(answered) if answered > first && answered < id => {
            Err(format!("answered request {answered} once more when it was asked request {id}"))
        }
        Some(answered) => Err(format!("answered request {answered}, and it was asked request {id}")),
        None => Err(format!("answered without saying what: \"id\": {id} is missing")),
    }
}

/// Returns how a line begins.
fn begins(line: &[u8], secrets: &Secrets) -> String {
    secrets.cut(&String::from_utf8_lossy(line)).trim().chars().take(60).collect()
}

fn run(given: &Given<'_>) -> Result<Shared, String> {
    let Some(tool) = &given.call.tool else { return Err("its step has no tool".into()) };
    let Some(launch) = &tool.run.program else { return Err("its program cannot be read".into()) };
    let body = body(&tool.name, given);
    let (folder, timeout_ms) = (given.call.folder.as_ref(), tool.timeout_ms);
    let asking = Asking { launch, folder, timeout_ms, verb: "call", body: &body };
    let Answered { answer, ran } = given.host.programs.ask(&asking, given.host.cancel, given.host.notices);
    let program = launch.argv.first().map_or("", Word::text);
    let stderr = ran.as_ref().map(|ran| ran.stderr.clone()).unwrap_or_default();
    given.ran.set(ran.map(Arc::new));
    let mut answer = answer?;
    match (answer.remove("result"), answer.get("error")) {
        (Some(result), None) => Ok(Shared::new(result)),
        (None, Some(Value::String(error))) => Err(error.clone()),
        (Some(_), Some(_)) => Err(failed(program, "answered with a result and an error at once", &stderr)),
        (None, _) => Err(failed(program, "answered with neither \"result\" nor \"error\" (a text)", &stderr)),
    }
}

fn body(tool: &str, given: &Given<'_>) -> String {
    let mut body = format!("{{\"tool\":{},\"attempt\":{},\"inputs\":", Value::from(tool), given.call.attempt);
    body.push_str(&String::from_utf8_lossy(super::command::input(given.inputs).trim_ascii_end()));
    body.push('}');
    body
}
