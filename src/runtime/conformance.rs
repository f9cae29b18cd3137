//! Whether a program keeps to the protocol: each verb and each odd case is tried, each on a process of its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::engine::launch::{Launch, Word};
use crate::engine::notice::Unheard;
use crate::jq::Cancel;
use crate::tools::program::{self, Asking, Programs};

/// How long a program that does not answer is waited for, in milliseconds.
const TIMEOUT_MS: u64 = 30_000;

/// How long it is watched that nobody has asked.
const QUIET: Duration = Duration::from_millis(300);

/// How a case came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// As the protocol has it.
    Passed,
    /// The program says that it does not do this.
    NotOffered,
    /// Not as the protocol has it.
    Failed,
}

/// One case.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    /// What was tried.
    pub tried: &'static str,
    /// How it came out.
    pub came: Came,
    /// What it did.
    pub says: String,
}

/// What is tried: its name, the verb and the fields that are sent, and who judges the answer.
type Trial = (&'static str, &'static str, fn() -> Value, fn(&Map<String, Value>) -> Result<String, String>);

const TRIALS: &[Trial] = &[
    ("plan: a first plan", "plan", || request(&json!({}), &Value::Null), covers),
    ("plan: a replan, with steps done and a deviation", "plan", replan, covers),
    ("plan: a want that nothing makes", "plan", impossible, none),
    ("plan: a line of 1 MB, in every script and with fields that it does not know", "plan", big, covers),
    ("call: a tool", "call", || json!({ "tool": "make_a", "attempt": 1, "inputs": { "word": "one" } }), called),
    ("tell: what it is", "tell", || json!({}), told),
    ("a verb that it does not know", "juggle", || json!({}), refused),
];

/// Tries the program `argv` here, case by case, and tells `each` how it came out as soon as it is known.
pub fn check(argv: &[String], cancel: &Cancel, each: &mut dyn FnMut(&Case)) -> Vec<Case> {
    let words = argv.iter().map(|word| Word::Text(word.as_str().into())).collect();
    let launch = Arc::new(Launch { argv: words, ..program::launch() });
    let folder = std::env::current_dir().ok().and_then(|folder| folder.to_str().map(Arc::from));
    let mut cases: Vec<Case> = Vec::new();
    let mut say = |tried, came, says: String| {
        let case = Case { tried, came, says };
        each(&case);
        cases.push(case);
    };
    for (tried, verb, body, judge) in TRIALS {
        if cancel.is_cancelled() {
            break;
        }
        let programs = Programs::default();
        let body = body().to_string();
        let asking =
            Asking { launch: &launch, folder: folder.as_ref(), timeout_ms: Some(TIMEOUT_MS), verb, body: &body };
        let since = Instant::now();
        match programs.ask(&asking, cancel, &Unheard).answer {
            Err(why) => say(tried, Came::Failed, why),
            Ok(fields) => match (fields.get("error").and_then(Value::as_str), judge(&fields)) {
                (Some(error), Err(_)) => say(tried, Came::NotOffered, format!("says: {error}")),
                (_, Ok(says)) => say(tried, Came::Passed, format!("{says}, after {} ms", since.elapsed().as_millis())),
                (None, Err(why)) => say(tried, Came::Failed, why),
            },
        }
    }
    let programs = Programs::default();
    let asking =
        |body| Asking { launch: &launch, folder: folder.as_ref(), timeout_ms: Some(TIMEOUT_MS), verb: "plan", body };
    let body = request(&json!({}), &Value::Null).to_string();
    let first = programs.ask(&asking(&body), cancel, &Unheard).answer;
    std::thread::sleep(QUIET);
    match first.and_then(|_| programs.ask(&asking(&body), cancel, &Unheard).answer) {
        Ok(_) => say("asked twice, it answers each once", Came::Passed, "two answers by one process".into()),
        Err(why) => say("asked twice, it answers each once", Came::Failed, why),
    }
    match programs.closes(Duration::from_secs(2)) {
        Some(true) => say("end of input", Came::Passed, "it ends by itself".into()),
        Some(false) => say("end of input", Came::Failed, "it goes on for 2 s after its input has ended".into()),
        None => say("end of input", Came::Failed, "it was not running".into()),
    }
    cases
}

/// Returns a request for a plan on two tools and one want, with this context more and this deviation.
fn request(more: &Value, deviation: &Value) -> Value {
    let tool = |name: &str, input: &str, output: &str| {
        json!({
            "name": name, "description": format!("Make {output}"), "inputs": [input], "outputs": [output],
            "requires": {}, "ensures": {}, "cost": 1.0, "risk": "none"
        })
    };
    let mut context = json!({ "word": { "value": "one", "fresh": true, "given": true } });
    if let (Some(context), Some(more)) = (context.as_object_mut(), more.as_object()) {
        context.extend(more.clone());
    }
    json!({
        "goal": "Make b", "wants": { "b": "true" }, "tools": [tool("make_a", "word", "a"), tool("make_b", "a", "b")],
        "uses": [], "context": context, "done": [], "remaining": [], "deviation": deviation, "pins": [], "bars": []
    })
}

fn replan() -> Value {
    let step = |id: &str, tool: &str, from: &str, to: &str| {
        json!({
            "id": id, "tool": tool, "description": "", "with": { from: from }, "to": { to: to }, "keep": false
        })
    };
    let deviation = json!({ "kind": "stale_input", "message": "s2 would read an old a", "step": "s2", "key": "a" });
    let mut request = request(&json!({ "a": { "value": 1, "fresh": false, "given": false } }), &deviation);
    let mut done = step("s1", "make_a", "word", "a");
    done["status"] = json!("done");
    done["results"] = json!({ "a": 1 });
    request["done"] = json!([done]);
    request["remaining"] = json!([step("s2", "make_b", "a", "b")]);
    request
}

fn impossible() -> Value {
    let mut request = request(&json!({}), &Value::Null);
    request["wants"] = json!({ "moon": "true" });
    request
}

fn big() -> Value {
    let text = "é 日本 🙂 \"quoted\" \\ \n \u{7f} ".repeat(30_000);
    let mut request = request(&json!({ "essay": { "value": text, "fresh": true, "given": true } }), &Value::Null);
    request["something_new"] = json!({ "of": ["a", "later"], "version": 2 });
    request
}

/// Returns the steps of a plan, each as far as it is one: a tool, or what it keeps.
fn steps(fields: &Map<String, Value>) -> Result<Vec<&str>, String> {
    let Some(plan) = fields.get("plan").and_then(Value::as_array) else {
        return Err("it answers with none of \"plan\" (a list of steps), \"no_plan\" and \"error\"".into());
    };
    let name = |(at, step): (usize, &'_ Value)| match (step.get("tool"), step.get("keep")) {
        (Some(Value::String(name)), None) | (None, Some(Value::String(name))) => Ok((at, name.clone())),
        _ => Err(format!("step {} has neither a \"tool\" nor a step to \"keep\"", at + 1)),
    };
    for step in plan.iter().enumerate().map(name) {
        let (at, name) = step?;
        if !["make_a", "make_b", "s2"].contains(&name.as_str()) {
            return Err(format!("step {} is {name}, which does not exist: a hallucinated step", at + 1));
        }
    }
    Ok(plan.iter().filter_map(|step| step.get("tool").or_else(|| step.get("keep"))?.as_str()).collect())
}

fn covers(fields: &Map<String, Value>) -> Result<String, String> {
    if let Some(why) = fields.get("no_plan").and_then(Value::as_str) {
        return Err(format!("it says that there is no plan ({why}), and make_a, make_b is one"));
    }
    let steps = steps(fields)?;
    match steps.iter().any(|step| ["make_b", "s2"].contains(step)) {
        true => Ok(format!("plans {}", steps.join(", "))),
        false => {
            Ok(format!("plans {}, which makes no b: that is a deviation, and it is asked again", steps.join(", ")))
        }
    }
}

fn none(fields: &Map<String, Value>) -> Result<String, String> {
    match fields.get("no_plan") {
        Some(Value::String(why)) => Ok(format!("says that there is none: {why}")),
        Some(_) => Err("\"no_plan\" is not a text that says why".into()),
        None => steps(fields).map(|steps| format!("plans {} all the same, which invents nothing", steps.len())),
    }
}

fn called(fields: &Map<String, Value>) -> Result<String, String> {
    match (fields.get("result"), fields.get("error")) {
        (Some(_), None) => Ok("gives a result".into()),
        (Some(_), Some(_)) => Err("it answers with a result and an error at once".into()),
        _ => Err("it answers with neither \"result\" nor \"error\" (a text)".into()),
    }
}

fn told(fields: &Map<String, Value>) -> Result<String, String> {
    match (fields.get("goal").and_then(Value::as_str), fields.get("tools").and_then(Value::as_object)) {
        (Some(goal), Some(tools)) => Ok(format!("tells its goal ({goal}) and {} tools", tools.len())),
        _ => Err("it answers with neither \"goal\" and \"tools\" nor \"error\"".into()),
    }
}

fn refused(fields: &Map<String, Value>) -> Result<String, String> {
    match fields.get("error") {
        Some(Value::String(error)) => Ok(format!("says so: {error}")),
        _ => Err("it does not say so (\"error\": a text)".into()),
    }
}
