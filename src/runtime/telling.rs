//! A program that tells: what it is after, what it can do, and then, asked step by step, what it planned and observed.
//!
//! It is asked `tell` once; what it answers is a goal file in which the program itself plans and acts. From then on it is
//! a session like any other, so that it is stepped, injected into, forked and replayed by what is there already.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::RuntimeError;
use super::services::Services;
use super::trust::Subject;
use crate::engine::event::{Decider, Dial, Settings};
use crate::engine::goal::{Goal, Risk};
use crate::engine::launch::{Launch, Word};
use crate::engine::notice::Unheard;
use crate::goal_file;
use crate::jq::Cancel;
use crate::tools::program::{self, Answered, Asking};

/// How long a program may take to say what it is, in milliseconds: it may have much to load.
const TIMEOUT_MS: u64 = 60_000;

/// The fields of a goal file that a program may tell.
const TOLD: [&str; 6] = ["goal", "wants", "context", "plan", "scenarios", "expect"];

/// Starts the program `argv` here and returns the goal that it tells. Typing its command was the consent: it is trusted
/// for this once, and its session goes on with the same process.
///
/// # Errors
/// What went wrong with the program, or with what it told.
pub fn goal(argv: &[String], services: &Services, cancel: &Cancel) -> Result<Goal, RuntimeError> {
    let folder = std::env::current_dir().ok().and_then(|folder| folder.to_str().map(Arc::from));
    let words = argv.iter().map(|word| Word::Text(word.as_str().into())).collect();
    let launch = Arc::new(Launch { argv: words, ..program::launch() });
    let asking =
        Asking { launch: &launch, folder: folder.as_ref(), timeout_ms: Some(TIMEOUT_MS), verb: "tell", body: "{}" };
    let Answered { answer, .. } = services.programs.ask(&asking, cancel, &Unheard);
    let name = argv.first().map_or("", String::as_str);
    let wrong = |what: &str| RuntimeError::new(format!("{name} told something that cannot be used: {what}"));
    let told = answer.map_err(|why| RuntimeError::new(format!("the program does not tell: {why}")))?;
    if let Some(error) = told.get("error").and_then(Value::as_str) {
        return Err(RuntimeError::new(format!("{name} says: {error}")));
    }
    let document = document(argv, &told).map_err(wrong)?;
    let goal = goal_file::parse_with(services.kinds, &document.to_string(), "what it told", folder.as_deref());
    let goal = goal.map_err(|faults| match faults.faults.first() {
        Some(fault) => wrong(&format!("{}: {}", fault.path, fault.message)),
        None => wrong("it makes no goal"),
    })?;
    if let Some(subject) = Subject::of(&goal, true) {
        services.trust.grant_once(&subject);
    }
    Ok(goal)
}

/// Returns how a session on `goal`, which a program told, is run: it is asked after every step what it plans now, and
/// nobody else is, since it does what it does by itself.
pub fn settings(goal: &Goal) -> Settings {
    let settings = Settings { told: true, ..Settings::default() };
    let settings = settings.with_dial(Dial::EveryStep).with_decider(Decider::Auto);
    settings.with_approval(Risk::High).with_strategy(goal.usual_strategy()).with_planner(goal.usual_planner())
}

/// Returns the goal file that the program told, in which it plans and does every step.
fn document(argv: &[String], told: &Map<String, Value>) -> Result<Value, &'static str> {
    let mut document = Map::new();
    document.insert("version".into(), 1.into());
    for name in TOLD {
        document.extend(told.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    document.insert("planner".into(), json!({ "command": argv }));
    let tools = told.get("tools").and_then(Value::as_object).ok_or("\"tools\" is not an object: name → tool")?;
    let mut all = Map::new();
    for (name, tool) in tools {
        let mut tool = tool.as_object().cloned().ok_or("one of its \"tools\" is not an object")?;
        tool.insert("run".into(), json!({ "program": { "command": argv } }));
        all.insert(name.clone(), tool.into());
    }
    document.insert("tools".into(), all.into());
    Ok(document.into())
}
