//! A goal file made from what MCP servers offer: the servers as a person's other programs have them, and a contract for
//! each of their tools. Where a server does not say what a tool gives, the contract says that it was guessed.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::describe::tools as told;
use crate::engine::goal::{Goal, Servers};
use crate::engine::notice::Unheard;
use crate::goal_file;
use crate::jq::Cancel;
use crate::tools::mcp::{self, Offered};
use crate::tools::program::Programs;
use crate::tools::secrets::Secrets;

use super::RuntimeError;

/// The servers that somebody named, as a goal file declares them.
#[derive(Debug, Default)]
pub struct Named {
    /// As they are started now.
    pub servers: Map<String, Value>,
    /// What was left out, each with a sentence that says why.
    pub left_out: Vec<String>,
}

/// A goal file about tools of servers.
#[derive(Debug)]
pub struct Draft {
    /// Its text.
    pub text: String,
    /// How many tools it has.
    pub tools: usize,
    /// How many of them have outputs that were guessed.
    pub guessed: usize,
    /// How many of them are said to change nothing, and so do not ask.
    pub read_only: usize,
    /// Variables whose values were not written down: they are handed on from the environment.
    pub handed_on: Vec<String>,
}

/// Reads the servers that `what` names: the usual `mcpServers` JSON, where it is a file, or else a command line.
///
/// # Errors
/// A sentence that says what stands there instead.
pub fn named(what: &str) -> Result<Named, RuntimeError> {
    let path = Path::new(what);
    if !path.is_file() {
        let argv = shlex::split(what).filter(|argv| !argv.is_empty()).ok_or_else(|| {
            RuntimeError::new(format!("{what}: there is no such file, and it is not a command line either"))
        })?;
        let name = name_of(&argv);
        return Ok(Named { servers: Map::from_iter([(name, json!({ "command": argv }))]), left_out: Vec::new() });
    }
    let wrong = |why: String| RuntimeError::new(format!("{what}: {why}"));
    let bytes = crate::input_file::read(path, goal_file::MAX_BYTES).map_err(|why| wrong(why.to_string()))?;
    let document: Value =
        serde_json::from_slice(&bytes).map_err(|error| wrong(format!("this is not JSON: {error}")))?;
    let listed = ["mcpServers", "servers"].iter().find_map(|name| document.get(name)?.as_object());
    let listed = listed.ok_or_else(|| {
        wrong("it has no \"mcpServers\": {\"NAME\": {\"command\": \"PROGRAM\", \"args\": […]}}".to_owned())
    })?;
    let mut named = Named::default();
    for (name, server) in listed {
        match read(server) {
            Ok(server) => {
                named.servers.insert(name.clone(), server);
            }
            Err(why) => named.left_out.push(format!("{name}: {why}")),
        }
    }
    if named.servers.is_empty() {
        return Err(wrong(format!("it names no server that can be started. {}", named.left_out.join(". "))));
    }
    Ok(named)
}

/// Reads a server as other programs write it.
fn read(server: &Value) -> Result<Value, String> {
    if server["disabled"] == true {
        return Err("it is disabled there".to_owned());
    }
    let words = |value: &Value| -> Option<Vec<String>> {
        value.as_array()?.iter().map(|word| word.as_str().map(str::to_owned)).collect()
    };
    let mut argv: Vec<String> = match &server["command"] {
        Value::String(program) => vec![program.clone()],
        list @ Value::Array(_) => words(list).unwrap_or_default(),
        _ if server.get("url").is_some() => {
            return Err("it is behind an address, and this planscope asks servers that it starts".to_owned());
        }
        _ => Vec::new(),
    };
    if argv.is_empty() {
        return Err("it has no \"command\"".to_owned());
    }
    if let Some(args) = server.get("args") {
        argv.extend(words(args).ok_or("its \"args\" are not a list of texts")?);
    }
    let mut read = json!({ "command": argv });
    if let Some(env) = server["env"].as_object().filter(|env| !env.is_empty()) {
        // `${NAME}` is how others write that the value is handed on.
        let value = |(name, value): (&String, &Value)| {
            let text = value.as_str().unwrap_or_default();
            let handed = text == format!("${{{name}}}") || text == format!("${{env:{name}}}");
            (name.clone(), if handed { Value::Bool(true) } else { value.clone() })
        };
        read["env"] = Value::Object(env.iter().map(value).collect());
    }
    if let Some(cwd) = server["cwd"].as_str().filter(|cwd| !cwd.is_empty()) {
        read["cwd"] = cwd.into();
    }
    Ok(read)
}

/// Returns the name for the server that this starts: that of the package, without what every such package is called.
fn name_of(argv: &[String]) -> String {
    let word = argv.iter().rev().find(|word| word.contains("mcp") || word.contains("server"));
    let word = word.or_else(|| argv.iter().rev().find(|word| !word.starts_with('-'))).map_or("server", |word| word);
    let base = word.rsplit('/').next().unwrap_or(word);
    let base = base.split('@').next().filter(|base| !base.is_empty()).unwrap_or(base);
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    let short =
        ["mcp-server-", "server-", "mcp-", "mcp_server_", "mcp_"].iter().find_map(|head| stem.strip_prefix(head));
    key(short.filter(|short| !short.is_empty()).unwrap_or(stem))
}

/// Returns `name` as a key: letters, digits and `_`.
fn key(name: &str) -> String {
    let key: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let key = key.trim_matches('_');
    if key.is_empty() { "server".to_owned() } else { key.to_owned() }
}

/// A server, and what it offers, or a sentence that says why it does not say so.
pub type Listed = (Arc<str>, Result<Vec<Offered>, String>);

/// How long a server keeps the next one from being started while it starts itself. What takes longer waits for
/// something, and takes no processor.
const STARTING: Duration = Duration::from_millis(250);

/// Lets few servers start at once: each takes a processor for a while, and somebody may be pressing keys.
#[derive(Default)]
struct Gate {
    starting: Mutex<Vec<Instant>>,
    one_less: Condvar,
}

impl Gate {
    /// Waits until there is room, and returns what [`Gate::leave`] is told.
    fn enter(&self) -> Instant {
        let most = std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1));
        let mut starting = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            starting.retain(|since| since.elapsed() < STARTING);
            if starting.len() < most {
                let now = Instant::now();
                starting.push(now);
                return now;
            }
            let waited = self.one_less.wait_timeout(starting, STARTING / 5).unwrap_or_else(PoisonError::into_inner);
            starting = waited.0;
        }
    }

    /// One that has entered then takes no processor any more.
    fn leave(&self, entered: Instant) {
        self.starting.lock().unwrap_or_else(PoisonError::into_inner).retain(|since| *since != entered);
        self.one_less.notify_one();
    }
}

/// Asks each of `servers` what it offers, all of them side by side; returns that in their order.
pub fn list(servers: &Servers, folder: &str, cancel: &Cancel) -> Vec<Listed> {
    let (programs, folder): (Programs, Arc<str>) = (Programs::default(), folder.into());
    let gate = Gate::default();
    std::thread::scope(|scope| {
        let ask = |launch| {
            let (programs, folder, gate) = (&programs, &folder, &gate);
            scope.spawn(move || {
                let entered = gate.enter();
                let listed = mcp::list(programs, launch, folder, cancel, &Unheard);
                gate.leave(entered);
                listed
            })
        };
        let asked: Vec<_> = servers.iter().map(|(name, launch)| (name.clone(), ask(launch))).collect();
        let broken = |_| Err("planscope itself broke at this; please report it".to_owned());
        asked.into_iter().map(|(name, asked)| (name, asked.join().unwrap_or_else(broken))).collect()
    })
}

/// Writes the goal file about what `servers` (as [`named`] gave them) offer.
///
/// # Errors
/// Where it cannot be read again: then a server offers what no goal file can say.
pub fn draft(servers: &Map<String, Value>, offered: &[(Arc<str>, Vec<Offered>)]) -> Result<Draft, RuntimeError> {
    let (mut tools, mut seen) = (Map::new(), HashSet::new());
    let (mut guessed, mut read_only) = (0, 0);
    let twice: HashSet<&str> = offered
        .iter()
        .flat_map(|(_, tools)| tools)
        .filter_map(|tool| (!seen.insert(tool.name.as_str())).then_some(tool.name.as_str()))
        .collect();
    for (server, offers) in offered {
        for offer in offers {
            let mut name = key(&offer.name);
            if twice.contains(offer.name.as_str()) || tools.contains_key(&name) {
                name = format!("{}_{name}", key(server));
            }
            while tools.contains_key(&name) {
                name.push('_');
            }
            guessed += usize::from(offer.gives.is_none());
            read_only += usize::from(offer.reads_only);
            let tool = contract(server, &name, offer);
            tools.insert(name, tool);
        }
    }
    let first = tools.values().find(|tool| tool["risk"] == "low").or_else(|| tools.values().next());
    let wants: Map<String, Value> =
        first.and_then(|tool| Some((tool["outputs"][0].as_str()?.to_owned(), "true".into()))).into_iter().collect();
    let context: Map<String, Value> = first.map(examples).unwrap_or_default();
    let (servers, handed_on) = without_secrets(servers);
    let count = tools.len();
    let document = json!({
        "$schema": "./goal.schema.json",
        "version": 1,
        "goal": "Say here what you want of these tools, and in \"wants\" which keys must hold at the end",
        "wants": wants,
        "context": context,
        "servers": servers,
        "tools": tools,
    });
    let text = serde_json::to_string_pretty(&document).map_err(|error| RuntimeError::new(error.to_string()))? + "\n";
    goal_file::parse(&text, "the goal file", None)
        .map_err(|faults| RuntimeError::new(format!("what the servers offer makes no goal file: {faults}")))?;
    Ok(Draft { text, tools: count, guessed, read_only, handed_on })
}

/// Returns the contract of a tool that is offered.
fn contract(server: &str, name: &str, offer: &Offered) -> Value {
    let properties = offer.arguments["properties"].as_object();
    let required = offer.arguments["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    // What may be left out is left out: an input is a key that has to be there.
    let inputs: Vec<&str> = required.filter(|name| properties.is_some_and(|all| all.contains_key(*name))).collect();
    let mut output = format!("{name}_result");
    while inputs.contains(&output.as_str()) {
        output.push('_');
    }
    let mut run = json!({ "server": server, "tool": offer.name });
    let mut tool = json!({ "description": first_line(&offer.description), "inputs": inputs, "outputs": [output] });
    if let Some(gives) = &offer.gives {
        let fields = gives["properties"].as_object();
        let shape = match fields.filter(|fields| fields.len() == 1).and_then(|fields| fields.get("result")) {
            // How some servers wrap what is not an object.
            Some(alone) => {
                run["result"] = ".result".into();
                alone
            }
            None => gives,
        };
        if let Some(condition) = shaped(&output, shape) {
            tool["ensures"] = json!({ "it has the shape that the server declares": condition });
        }
    } else {
        run["guessed"] = true.into();
    }
    if properties.is_some_and(|properties| !properties.is_empty()) {
        run["schema"] = offer.arguments.clone();
    }
    tool["run"] = json!({ "mcp": run });
    if offer.reads_only {
        tool["risk"] = "low".into();
    }
    tool
}

/// Returns the condition that the value of `key` has this shape; none where the schema asks nothing that is understood.
fn shaped(key: &str, schema: &Value) -> Option<String> {
    let value = format!(".[{}]", Value::from(key));
    let kind = match schema["type"].as_str()? {
        "integer" => "number",
        kind @ ("object" | "array" | "string" | "number" | "boolean" | "null") => kind,
        _ => return None,
    };
    let required = schema["required"].as_array().into_iter().flatten().filter(|_| kind == "object");
    let has: String = required.filter(|name| name.is_string()).map(|name| format!(" and has({name})")).collect();
    Some(format!("{value} | type == \"{kind}\"{has}"))
}

/// Returns an example for each input of `tool`, of the type that its schema has.
fn examples(tool: &Value) -> Map<String, Value> {
    let schema = &tool["run"]["mcp"]["schema"]["properties"];
    let example = |name: &str| {
        let schema = &schema[name];
        let given = schema.get("default").or_else(|| schema["enum"].get(0)).or_else(|| schema["examples"].get(0));
        given.cloned().unwrap_or_else(|| match schema["type"].as_str() {
            Some("number" | "integer") => json!(0),
            Some("boolean") => json!(false),
            Some("array") => json!([]),
            Some("object") => json!({}),
            _ => json!(""),
        })
    };
    let inputs = tool["inputs"].as_array().into_iter().flatten().filter_map(Value::as_str);
    inputs.map(|name| (name.to_owned(), example(name))).collect()
}

/// Returns what the servers of `goal` offer beside what it declares, each with its declaration.
pub fn undeclared(goal: &Goal, listed: Vec<Listed>) -> Vec<told::Listed> {
    let declared = |server: &str, offer: &Offered| {
        goal.tools.values().any(|tool| {
            let spec = &tool.run.spec;
            *tool.run.kind == *"mcp" && spec["server"] == server && spec["tool"] == *offer.name
        })
    };
    let told = |(server, offers): Listed| {
        let offers = offers.map(|offers| {
            let rest = offers.iter().filter(|offer| !declared(&server, offer)).map(|offer| {
                let mut name = key(&offer.name);
                if goal.tools.contains_key(&*name) {
                    name = format!("{}_{name}", key(&server));
                }
                let declaration = format!("{}: {}", Value::from(&*name), pretty(&contract(&server, &name, offer)));
                told::Undeclared { name: offer.name.clone(), description: first_line(&offer.description), declaration }
            });
            (offers.len(), rest.collect())
        });
        told::Listed { server, offers }
    };
    listed.into_iter().map(told).collect()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}

fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    crate::describe::text::clip_words(line, 200)
}

/// Returns the servers as they are written down: no value that may be a secret stands in a file to share.
fn without_secrets(servers: &Map<String, Value>) -> (Map<String, Value>, Vec<String>) {
    let (mut servers, mut handed_on) = (servers.clone(), Vec::new());
    let shapes = Secrets::of(std::iter::empty());
    for server in servers.values_mut() {
        let env = server.get_mut("env").and_then(Value::as_object_mut);
        for (name, value) in env.into_iter().flatten() {
            let upper = name.to_uppercase();
            let is_secret = ["KEY", "TOKEN", "SECRET", "PASS", "AUTH", "CREDENTIAL", "PRIVATE"]
                .iter()
                .any(|word| upper.contains(word));
            let text = value.as_str().unwrap_or_default();
            if *value == true || is_secret || shapes.cut(text) != text {
                *value = true.into();
                handed_on.push(name.clone());
            }
        }
    }
    (servers, handed_on)
}
