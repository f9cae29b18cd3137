//! A session to share: a goal file whose tools answer from its record, for somebody who has none of them.
//!
//! What is computed from the goal file alone (jq, values, loops) stays as it is; whatever asked the world, a person or a
//! file answers from the record, and refuses what it was never asked. Secrets are cut once more on the way.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::engine::effect::CallKey;
use crate::engine::event::{Event, Mark, Recorded};
use crate::engine::goal::{Goal, Key, Nature, Tool};
use crate::engine::launch::Ran;
use crate::engine::ordered::IndexMap;
use crate::engine::plan::{Step, StepId};
use crate::engine::session::Session;
use crate::engine::state::State;
use crate::engine::value::Shared;
use crate::goal_file;
use crate::tools::secrets::Secrets;
use crate::tools::{self, Kinds, Way, recorded};

use super::RuntimeError;

/// A goal file made from a session.
#[derive(Debug)]
pub struct Recording {
    /// The text of the file.
    pub text: String,
    /// How many tools answer from the record.
    pub tools: usize,
    /// How many calls are in it.
    pub calls: usize,
    /// The tools that were never called, and so refuse whatever they are asked.
    pub never: Vec<Arc<str>>,
    /// How many steps without a tool were answered by a person, and answer from the record now.
    pub answered: usize,
}

/// Makes the goal file to share out of `session`.
///
/// # Errors
/// Where it would be bigger than a goal file may be, or could not be read.
pub fn recording(session: &Session, kinds: Kinds) -> Result<Recording, RuntimeError> {
    let goal = &session.state().goal;
    let secrets = secrets_of(goal);
    let mut calls = Calls::default();
    let on_path: HashSet<u64> = session.path().iter().copied().collect();
    // What other branches observed counts where this one observed nothing.
    for here in [true, false] {
        let known: HashSet<Asked> = if here { HashSet::new() } else { calls.0.keys().cloned().collect() };
        let records = session.records().iter().filter(|record| on_path.contains(&record.seq) == here);
        for record in records {
            calls.take(session, record, &secrets, &known);
        }
    }
    let mut document = goal.source.to_value();
    secrets.cut_value(&mut document);
    let mut recording = Recording { text: String::new(), tools: 0, calls: 0, never: Vec::new(), answered: 0 };
    for tool in goal.tools.values().filter(|tool| asks_the_world(tool, kinds)) {
        let Some(written) = document["tools"].get_mut(&*tool.name).and_then(Value::as_object_mut) else { continue };
        let answers: Vec<Value> = calls.of(&Who::Tool(tool.name.clone())).collect();
        (recording.tools, recording.calls) = (recording.tools + 1, recording.calls + answers.len());
        if answers.is_empty() {
            recording.never.push(tool.name.clone());
        }
        written.insert("run".into(), json!({ "recorded": { "was": *tool.run.kind, "calls": answers } }));
        // A record does no harm and takes no time.
        written.shift_remove("risk");
        written.shift_remove("timeout");
    }
    recording.answered = bind_answers(&mut document, session, &calls);
    if let Some(object) = document.as_object_mut() {
        if object.shift_remove("planner").is_some() && goal.plan.is_none() {
            object.extend(first_plan(session).map(|plan| ("plan".to_owned(), plan)));
        }
        object.shift_remove("servers"); // nobody asks them there
        object.insert("$schema".into(), "./goal.schema.json".into());
    }
    let text = serde_json::to_string_pretty(&document).map_err(|error| RuntimeError::new(error.to_string()))?;
    // What is pretty is for people to read: nobody reads a megabyte.
    recording.text = if text.len() > 1 << 20 { document.to_string() } else { text + "\n" };
    if recording.text.len() as u64 > goal_file::MAX_BYTES {
        let (size, most) = (recording.text.len() >> 20, goal_file::MAX_BYTES >> 20);
        return Err(RuntimeError::new(format!("the recording has {size} MiB, and a goal file may have {most} MiB")));
    }
    goal_file::parse_with(kinds, &recording.text, "the recording", None)
        .map_err(|faults| RuntimeError::new(format!("what was recorded makes no goal file: {faults}")))?;
    Ok(recording)
}

/// Tells whether what `tool` gives cannot be computed again from the goal file alone.
fn asks_the_world(tool: &Tool, kinds: Kinds) -> bool {
    match tools::kind(kinds, &tool.run.kind) {
        Some(kind) if matches!(kind.way, Way::Recorded(_)) => false,
        Some(kind) => kind.in_folder || matches!(kind.nature(), Nature::Outside | Nature::Asked),
        None => true,
    }
}

/// Returns what is to be cut: the values that the programs of `goal` are handed, as far as they are set here.
fn secrets_of(goal: &Goal) -> Secrets {
    let passed = goal.programs().flat_map(|launch| &launch.env).filter(|(_, value)| value.is_none());
    let passed: Vec<(&str, Vec<u8>)> =
        passed.filter_map(|(name, _)| Some((&**name, std::env::var_os(&**name)?.into_encoded_bytes()))).collect();
    Secrets::of(passed.iter().map(|(name, value)| (*name, &**value)))
}

/// Who was asked.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Who {
    Tool(Arc<str>),
    /// A step without a tool: a person answered.
    Step(StepId),
}

/// Who was asked what.
type Asked = (Who, Option<CallKey>);

/// The inputs as they are written, and what came back, answer by answer.
type Written = (Vec<(&'static str, Value)>, Vec<Value>);

/// What was asked, in its order.
#[derive(Default)]
struct Calls(IndexMap<Asked, Written>);

impl Calls {
    /// Takes what `record` says came back, if it says so of a call that is not `known`.
    fn take(&mut self, session: &Session, record: &Recorded, secrets: &Secrets, known: &HashSet<Asked>) {
        let (mark, ran, outcome) = match record.event.innermost() {
            Event::Finished { writes, mark, ran, .. } => (mark, ran, Ok(writes)),
            Event::Failed { error, writes, remember: true, mark, ran, .. } => {
                (mark, ran, if writes.is_empty() { Err(error) } else { Ok(writes) })
            }
            Event::Retried { error, mark, ran, .. } => (mark, ran, Err(error)),
            _ => return, // nothing else is an answer
        };
        if *mark == Mark::Injected {
            return;
        }
        let Some(before) = record.parent.and_then(|parent| session.state_at(parent)) else { return };
        let state: &State = before.innermost();
        let Some(run) = state.runs.last() else { return };
        let who = run.step.tool.clone().map_or_else(|| Who::Step(run.step.id.clone()), Who::Tool);
        let asked = (who, run.call.clone());
        if known.contains(&asked) {
            return;
        }
        let mut answer = Map::new();
        match outcome {
            Ok(writes) => answer.insert("returns".into(), cut(secrets, result(&run.step, writes))),
            Err(error) => answer.insert("fails".into(), secrets.cut(error).into()),
        };
        answer.extend(ran.as_ref().map(|ran| ("ran".to_owned(), without_home(secrets, ran))));
        let (_, answers) = self.0.entry(asked).or_insert_with(|| {
            let inputs = state.call(0).map(|call| call.inputs).unwrap_or_default();
            let inputs: Vec<(Key, Value)> =
                inputs.into_iter().map(|(name, value)| (name, cut(secrets, (*value).clone()))).collect();
            (recorded::written(inputs.iter().map(|(name, value)| (&**name, value))), Vec::new())
        });
        answers.push(Value::Object(answer));
    }

    /// Returns the calls of `who`, as a record has them.
    fn of<'a>(&'a self, who: &'a Who) -> impl Iterator<Item = Value> + 'a {
        self.0.iter().filter(move |((asked, _), _)| asked == who).map(|(_, (inputs, answers))| {
            let mut call: Map<String, Value> =
                inputs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            // The last answer is given from then on.
            let same = answers.iter().rev().take_while(|answer| Some(*answer) == answers.last()).count();
            let some = answers.iter().take((answers.len() + 1).saturating_sub(same));
            call.insert("answers".into(), some.cloned().collect());
            Value::Object(call)
        })
    }
}

fn cut(secrets: &Secrets, mut value: Value) -> Value {
    secrets.cut_value(&mut value);
    value
}

/// Returns what the tool of `step` returned that wrote these.
fn result(step: &Step, writes: &IndexMap<Key, Shared>) -> Value {
    let of = |key: &Key| writes.get(key).map_or(Value::Null, |value| (**value).clone());
    match step.to.as_slice() {
        [(_, key)] => of(key),
        several => Value::Object(several.iter().map(|(name, key)| (name.to_string(), of(key))).collect()),
    }
}

/// Returns what is known of a program, without the name of the home folder it ran for.
fn without_home(secrets: &Secrets, ran: &Ran) -> Value {
    let home = std::env::var("HOME").ok().filter(|home| home.len() > 1);
    let plain = |text: &Arc<str>| -> Arc<str> {
        let text = home.as_ref().map_or_else(|| text.to_string(), |home| text.replace(home.as_str(), "~"));
        secrets.cut(&text).into()
    };
    let argv = ran.argv.iter().map(plain).collect();
    // Which bytes its files had matters to nobody who has none of them.
    json!(Ran { argv, stderr: plain(&ran.stderr), files: Vec::new(), ..ran.clone() })
}

/// Returns the first plan of `session`, as a goal file has one: who made it is not there any more.
fn first_plan(session: &Session) -> Option<Value> {
    let planned = session.records().iter().find_map(|record| match &record.event {
        Event::Planned { steps, .. } => Some(steps),
        _ => None, // no other event holds a first plan
    })?;
    Some(plan_of(planned))
}

/// Returns `steps` that use tools as a goal file has them.
pub fn plan_of(steps: &[Arc<Step>]) -> Value {
    let bound = |bound: &[(Key, Key)]| -> Value {
        bound.iter().map(|(name, key)| (name.to_string(), Value::from(&**key))).collect::<Map<_, _>>().into()
    };
    let step = |step: &Arc<Step>| json!({ "id": *step.id, "tool": step.tool.as_deref(), "with": bound(&step.with), "to": bound(&step.to) });
    steps.iter().map(step).collect()
}

/// Gives each step without a tool that a person answered a tool that answers the same. Returns how many there are.
fn bind_answers(document: &mut Value, session: &Session, calls: &Calls) -> usize {
    let planned = session.records().iter().find_map(|record| match &record.event {
        Event::Planned { steps, .. } => Some(steps),
        _ => None, // no other event holds the file's plan
    });
    let Some(planned) = planned.filter(|_| session.goal().plan.is_some()) else { return 0 };
    let mut answered = 0;
    for (at, step) in planned.iter().enumerate().filter(|(_, step)| step.tool.is_none()) {
        let answers: Vec<Value> = calls.of(&Who::Step(step.id.clone())).collect();
        let mut name = format!("answer_to_{}", step.id);
        while session.goal().tools.contains_key(name.as_str()) {
            name.push('_');
        }
        let Some(written) = document["plan"].get_mut(at).filter(|_| !answers.is_empty()) else { continue };
        if !written.is_object() {
            *written = json!({ "description": *step.description });
        }
        let names = |bound: &[(Key, Key)]| bound.iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>();
        written["tool"] = name.as_str().into();
        let tool = json!({
            "description": *step.description, "inputs": names(&step.with), "outputs": names(&step.to),
            "run": { "recorded": { "was": "a person", "calls": answers } }
        });
        if let Some(object) = document.as_object_mut() {
            let tools = object.entry("tools").or_insert_with(|| json!({}));
            tools[name.as_str()] = tool;
        }
        answered += 1;
    }
    answered
}
