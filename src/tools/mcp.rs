//! Tools of kind `mcp`: a tool of an MCP server that the goal file declares under `servers`.
//!
//! The arguments are the inputs, or what a filter makes of them; the result is what the server answers, or what a filter
//! makes of it. A server is a program like any other: it is started when it is asked first, where the goal file is
//! trusted, and ended with the session. `client` speaks with it through the official SDK (feature `mcp`).

#[cfg(all(unix, feature = "mcp"))]
mod client;
#[cfg(all(unix, feature = "mcp"))]
mod wire;

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::describe::nearest::nearest;
use crate::engine::effect::{Call, Subject};
use crate::engine::goal::{Risk, Run};
use crate::engine::launch::{Launch, Ran};
use crate::engine::notice::Notices;
use crate::engine::value::Shared;
use crate::jq::{Cancel, Evaluator, Limits};

use super::program::Programs;
use super::reading::{Reading, Shape, may, needs};
use super::{Given, Kind, TIMEOUT_MS, Timeout, Way, contract, filter};

#[cfg(all(unix, feature = "mcp"))]
pub(super) use client::Server;

/// A server that is asked: this build asks none.
#[cfg(not(all(unix, feature = "mcp")))]
pub(super) enum Server {}

/// How long a server may take until it is ready where its goal file does not say, in milliseconds: it may have to be
/// downloaded first.
pub const READY_MS: u64 = 60_000;

/// How many bytes one message of a server may have where its goal file does not say: a list of tools is one.
pub const MAX_MESSAGE: u64 = 16 << 20;

/// Whether this build asks MCP servers.
const IS_BUILT_IN: bool = cfg!(all(unix, feature = "mcp"));

/// The kind `mcp`.
pub(super) static KIND: Kind = Kind {
    name: "mcp",
    way: Way::Outside(run),
    timeout: Timeout::Default(TIMEOUT_MS),
    risk: Risk::High,
    in_folder: true,
    schema: r#"{
        "description": "A tool of an MCP server (\"servers\"). It is called only where the goal file is trusted; `planscope new --from-mcp` writes the contracts.",
        "type": "object",
        "properties": {
            "server": {
                "type": "string",
                "minLength": 1,
                "description": "The server, by its name under \"servers\"."
            },
            "tool": {
                "type": "string",
                "minLength": 1,
                "description": "The name that the server has for the tool."
            },
            "arguments": {
                "type": "string",
                "minLength": 1,
                "description": "A jq filter over the inputs that gives the arguments, an object; without it the inputs are the arguments."
            },
            "result": {
                "type": "string",
                "minLength": 1,
                "description": "A jq filter that makes the result: over the structured content where the server gives some, else over its text (fromjson reads JSON in it), else over the list of its content."
            },
            "schema": {
                "type": "object",
                "description": "The JSON Schema of the arguments, as the server gave it: for people to read."
            },
            "guessed": {
                "type": "boolean",
                "default": false,
                "description": "Whether the outputs were guessed: the server does not say what the tool gives."
            }
        },
        "required": ["server", "tool"],
        "additionalProperties": false
    }"#,
    shape: Some(&SHAPE),
    read,
    check: |_, _, _| (),
};

static SHAPE: Shape = Shape {
    what: "a tool of an MCP server",
    schema: "mcp",
    fields: &[
        needs("server", "its name under \"servers\""),
        needs("tool", "the name that the server has for it"),
        may("arguments", "a jq filter over the inputs"),
        may("result", "a jq filter over what the server answers"),
        may("schema", "the schema of the arguments, for people"),
        may("guessed", "whether the outputs were guessed"),
    ],
    later: &[],
};

fn read(spec: &mut dyn Reading, run: &mut Run) {
    if !IS_BUILT_IN && !spec.is_recorded() {
        let hint = "build it with the feature mcp, or have the tool run in another way".to_owned();
        spec.fault("This planscope asks no MCP servers: it was built without", "another kind of tool", Some(hint));
    }
    let servers = spec.servers();
    spec.fields(&SHAPE, &mut |field, part| match field {
        "server" => {
            let Some(name) = part.text("the name of a server") else { return };
            run.program = servers.get(&name).cloned();
            if run.program.is_none() {
                let near = nearest(&name, servers.keys().map(|name| &**name));
                let hint = near.map_or_else(
                    || "declare it: \"servers\": {\"NAME\": {\"command\": [\"PROGRAM\", \"ARGUMENT\"]}}".to_owned(),
                    |near| format!("did you mean \"{near}\"?"),
                );
                part.fault(&format!("There is no server \"{name}\""), "the name of one under \"servers\"", Some(hint));
            }
        }
        "tool" => {
            part.text("the name of a tool of the server");
        }
        "arguments" | "result" => {
            part.filter("a jq filter, as a text");
        }
        "schema" if !part.value().is_object() => part.fault("This is not a schema", "a JSON Schema, an object", None),
        "guessed" if !part.value().is_boolean() => part.fault("This is not true or false", "true or false", None),
        _ => {}
    });
}

/// A tool as a server offers it.
#[derive(Clone, Debug, PartialEq)]
pub struct Offered {
    /// Its name there.
    pub name: String,
    /// What it does, in the server's words.
    pub description: String,
    /// The JSON Schema of its arguments.
    pub arguments: Value,
    /// The JSON Schema of its structured content, where the server says it.
    pub gives: Option<Value>,
    /// Whether the server says that it changes nothing.
    pub reads_only: bool,
}

/// What a server is asked.
enum Asked {
    /// To run a tool with these arguments.
    Call(String, Map<String, Value>),
    /// For its tools from this cursor on.
    List(Option<String>),
}

/// Asks a server for everything that it offers, within the time that it has to become ready.
///
/// # Errors
/// A sentence that says what it did instead.
pub fn list(
    programs: &Programs,
    launch: &Arc<Launch>,
    folder: &Arc<str>,
    cancel: &Cancel,
    notices: &dyn Notices,
) -> Result<Vec<Offered>, String> {
    /// The most pages that are asked for: a server that has always one more would go on for ever.
    const PAGES: usize = 1_000;
    let timeout_ms = launch.server.as_ref().map(|server| server.ready_ms);
    let (mut offered, mut cursor) = (Vec::new(), None);
    for _ in 0..PAGES {
        let (answer, _) =
            ask(programs, (launch, Some(folder)), Asked::List(cursor.take()), timeout_ms, (cancel, notices));
        let mut page = answer?;
        let Some(Value::Array(tools)) = page.get_mut("tools").map(Value::take) else {
            return Err(format!("{} answered with something that is not a list of tools", name(launch)));
        };
        offered.extend(tools.into_iter().filter_map(read_offered));
        cursor = page.get("nextCursor").and_then(Value::as_str).map(str::to_owned);
        if cursor.is_none() {
            return Ok(offered);
        }
    }
    Err(format!("{} has more than {PAGES} pages of tools", name(launch)))
}

fn read_offered(mut tool: Value) -> Option<Offered> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut schema = |name: &str| tool.get_mut(name).map(Value::take).filter(Value::is_object);
    let (arguments, gives) = (schema("inputSchema").unwrap_or_else(|| json!({})), schema("outputSchema"));
    let name = text(&tool["name"]);
    let reads_only = tool["annotations"]["readOnlyHint"].as_bool() == Some(true);
    (!name.is_empty()).then(|| Offered { name, description: text(&tool["description"]), arguments, gives, reads_only })
}

/// Returns what a sentence calls a server.
fn name(launch: &Launch) -> String {
    launch.server.as_ref().map_or_else(|| "the server".to_owned(), |server| format!("the server {}", server.name))
}

fn run(given: &Given<'_>) -> Result<Shared, String> {
    let Some(tool) = &given.call.tool else { return Err("its step has no tool".into()) };
    let Some(launch) = &tool.run.program else { return Err("its server cannot be read".into()) };
    let text = |field: &str| given.spec.get(field).and_then(Value::as_str);
    let (cancel, notices) = (given.host.cancel, given.host.notices);
    let arguments = arguments(given.call, given.spec, given.host.jq, Limits::CONDITION, cancel)?;
    let asked = Asked::Call(text("tool").unwrap_or_default().to_owned(), arguments);
    let of = (launch, given.call.folder.as_ref());
    let (answer, ran) = ask(given.host.programs, of, asked, tool.timeout_ms, (cancel, notices));
    given.ran.set(ran.map(Arc::new));
    let result = result(answer?)?;
    let Some(filter) = text("result") else { return Ok(Shared::new(result)) };
    let subject = Subject::Value(Shared::new(result));
    let made = filter::first(given.host.jq, filter, &subject, Limits::CONDITION, cancel);
    made.map(Shared::new).map_err(|why| {
        format!("its answer is unlike what \"result\" ({filter}) expects: {why}; it answered {}", begins(&subject))
    })
}

/// Returns what `call` would ask its server, in words; none where it asks none.
pub(super) fn asks(call: &Call, jq: &Evaluator, limits: Limits) -> Option<Result<String, String>> {
    let tool = call.tool.as_ref()?;
    tool.run.program.as_ref()?.server.as_ref()?;
    let named = tool.run.spec["tool"].as_str().unwrap_or_default();
    let arguments = arguments(call, &tool.run.spec, jq, limits, &Cancel::new());
    Some(arguments.map(|arguments| format!("{named} {}", Value::Object(arguments))))
}

/// Returns the arguments of `call`: what its filter makes of the inputs, or the inputs.
fn arguments(
    call: &Call,
    spec: &Value,
    jq: &Evaluator,
    limits: Limits,
    cancel: &Cancel,
) -> Result<Map<String, Value>, String> {
    let Some(filter) = spec.get("arguments").and_then(Value::as_str) else {
        let entry = |(name, value): &(Arc<str>, Shared)| (name.to_string(), (**value).clone());
        return Ok(call.inputs.iter().map(entry).collect());
    };
    match filter::first(jq, filter, &Subject::Object(call.inputs.clone()), limits, cancel) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(other) => {
            Err(format!("\"arguments\" ({filter}) gives {}, and it has to be an object", contract::kind(&other)))
        }
        Err(why) => Err(format!("\"arguments\" ({filter}) has no value: {why}")),
    }
}

/// Returns the result that an answer to a call holds.
///
/// # Errors
/// What the tool says went wrong, or that this is not a result.
fn result(mut answer: Map<String, Value>) -> Result<Value, String> {
    let structured = answer.remove("structuredContent").filter(|value| !value.is_null());
    let content = match answer.remove("content") {
        Some(Value::Array(content)) => content,
        None if structured.is_some() => Vec::new(),
        _ => return Err("the server's answer is unlike a result: it has no \"content\"".to_owned()),
    };
    let texts: Vec<&str> =
        content.iter().map_while(|block| block["text"].as_str().filter(|_| block["type"] == "text")).collect();
    let text = (texts.len() == content.len() && !content.is_empty()).then(|| texts.join("\n"));
    if answer.get("isError").and_then(Value::as_bool) == Some(true) {
        return Err(match text.filter(|text| !text.trim().is_empty()) {
            Some(text) => text,
            None => "the tool says that it failed, and not why".to_owned(),
        });
    }
    Ok(structured.or(text.map(Value::String)).unwrap_or(Value::Array(content)))
}

fn begins(subject: &Subject) -> String {
    match subject {
        Subject::Value(value) => value.to_string().chars().take(60).collect(),
        Subject::Object(_) => String::new(),
    }
}

/// What a server answered, or a sentence that says why it did not; and what is known of its program.
type Answered = (Result<Map<String, Value>, String>, Option<Ran>);

/// Asks the server that `launch` starts.
fn ask(
    programs: &Programs,
    of: (&Arc<Launch>, Option<&Arc<str>>),
    asked: Asked,
    timeout_ms: Option<u64>,
    host: (&Cancel, &dyn Notices),
) -> Answered {
    #[cfg(all(unix, feature = "mcp"))]
    return client::ask(&programs.servers, of, asked, timeout_ms, host);
    #[cfg(not(all(unix, feature = "mcp")))]
    {
        let _ = (&programs.servers, of, timeout_ms, host);
        let what = match asked {
            Asked::Call(tool, arguments) => format!("{tool} with {} arguments", arguments.len()),
            Asked::List(from) => format!("a list of tools, from {}", from.as_deref().unwrap_or("its beginning")),
        };
        (Err(format!("this planscope asks no MCP servers: it was built without (asked for {what})")), None)
    }
}
