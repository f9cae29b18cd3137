//! A pretend world for tests: goals in a few words, tools as closures, sessions played without a runtime.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::json;

use super::command::Command;
use super::effect::{Call, CallOutcome, CallReport, Effect, Judge, PlanReply, PlanRequest, Report, Subject};
use super::event::{Decider, Dial, Event, Mark, Pace, Settings, Verdict};
use super::goal::{Check, Goal, Key, Nature, Risk, Run, Tool};
use super::session::Session;
use super::value::{Shared, Value};

/// The planner of a pretend world.
pub type Planner = dyn Fn(&PlanRequest) -> PlanReply;

/// Answers effects: tools add their inputs up, conditions are a few fixed words.
pub struct World {
    /// Who answers "plan".
    pub planner: Box<Planner>,
    /// Who answers "call"; the default is [`add_up`].
    pub tool: Box<dyn FnMut(&Call) -> CallOutcome>,
}

/// Returns a tool: `inputs -> outputs`, space-separated.
pub fn tool(name: &str, inputs: &str, outputs: &str) -> Tool {
    let keys = |text: &str| text.split_whitespace().map(Key::from).collect();
    Tool {
        name: name.into(),
        description: format!("makes {outputs}").into(),
        inputs: keys(inputs),
        outputs: keys(outputs),
        requires: Vec::new(),
        ensures: Vec::new(),
        run: Run { kind: "value".into(), spec: Arc::new(Value::Null), nature: Nature::Pure },
        summary: None,
        risk: Risk::None,
        cost: 1.0,
        timeout_ms: None,
        retries: 0,
    }
}

/// Returns `tool` with a requirement: one of the words of [`Words`] on each of its inputs.
pub fn requiring(mut tool: Tool, condition: &str) -> Tool {
    tool.requires.push(Check { label: format!("inputs are {condition}").into(), condition: condition.into() });
    tool
}

/// Returns a goal that wants `wants` (`key` or `key:condition`), knows `known` (each key is 1) and offers `tools`.
pub fn goal(wants: &str, known: &str, tools: Vec<Tool>) -> Goal {
    let mut goal = Goal::empty("test");
    let want = |text: &str| match text.split_once(':') {
        Some((key, condition)) => (Key::from(key), condition.into()),
        None => (Key::from(text), "true".into()),
    };
    goal.wants = Arc::new(wants.split_whitespace().map(want).collect());
    goal.context = Arc::new(known.split_whitespace().map(|key| (Key::from(key), Arc::new(json!(1)))).collect());
    goal.tools = Arc::new(tools.into_iter().map(|tool| (tool.name.clone(), Arc::new(tool))).collect());
    goal
}

/// Returns settings: `dial`, nobody asked, everything approved.
pub fn settings(dial: Dial, decider: Decider) -> Settings {
    Settings { dial, decider, approve: Risk::High, max_steps: None }
}

/// Conditions in a few words: `true`, `false`, `even`, `odd`, `big` (over 3). On an object: every entry.
pub struct Words;

impl Judge for Words {
    fn judge(&self, condition: &str, subject: &Subject) -> Verdict {
        let one = |value: &Value| {
            let number = value.as_i64().unwrap_or(0);
            match condition {
                "true" => true,
                "even" => number % 2 == 0,
                "odd" => number % 2 != 0,
                "big" => number > 3,
                _ => false,
            }
        };
        let holds = match subject {
            Subject::Value(value) => one(value),
            Subject::Object(parts) => parts.iter().all(|(_, value)| one(value)),
        };
        if holds { Verdict::True } else { Verdict::False }
    }
}

/// Answers a call: each output is one more than the sum of the inputs.
pub fn add_up(call: &Call) -> CallOutcome {
    let sum: i64 = call.inputs.iter().filter_map(|(_, value)| value.as_i64()).sum();
    let outputs = call.step.to.iter().map(|(name, _)| (name.clone(), Arc::new(json!(sum + 1)) as Shared));
    CallOutcome::Done(outputs.collect::<IndexMap<_, _>>())
}

impl World {
    /// Returns the world in which `planner` plans and tools add up.
    pub fn new(planner: impl Fn(&PlanRequest) -> PlanReply + 'static) -> World {
        World { planner: Box::new(planner), tool: Box::new(add_up) }
    }

    /// Answers one effect.
    pub fn answer(&mut self, effect: &Effect) -> Report {
        match effect {
            Effect::AskPlanner(_, request) => Report::Plan((self.planner)(request)),
            Effect::CallTool(_, call) => {
                let (outcome, mark) = match &call.instead {
                    Some(Err(error)) => (CallOutcome::Failed(error.clone()), Mark::Injected),
                    Some(Ok(value)) => {
                        let outputs = call.step.to.iter().map(|(name, _)| (name.clone(), value.clone()));
                        (CallOutcome::Done(outputs.collect()), Mark::Injected)
                    }
                    None => ((self.tool)(call), Mark::Ran),
                };
                Report::Call(CallReport { outcome, summary: None, wall_ms: None, mark })
            }
            Effect::Judge(_, inquiries) => Report::Verdicts(
                inquiries.iter().map(|i| (i.question.clone(), Words.judge(&i.question.condition, &i.values))).collect(),
            ),
        }
    }

    /// Answers what `session` wants until it wants nothing more, at most `limit` times. Returns whether it came to rest.
    pub fn settle(&mut self, session: &mut Session, limit: usize) -> bool {
        for _ in 0..limit {
            let Some(effect) = session.wants().into_iter().next() else { return true };
            let report = self.answer(&effect);
            if session.submit(Command::Report(effect.id(), report), "").is_err() {
                return false;
            }
        }
        session.wants().is_empty()
    }

    /// Plays a new session on `goal` to its end, everything accepted.
    pub fn play(&mut self, goal: Goal, dial: Dial) -> Session {
        let mut session = Session::open(Arc::new(goal), settings(dial, Decider::Auto), "");
        self.settle(&mut session, 10_000);
        let _ = session.submit(Command::SetPace(Pace::Free), "");
        self.settle(&mut session, 100_000);
        session
    }
}

/// Returns the kinds of the events of `session`, in a line: what a test compares.
pub fn kinds(session: &Session) -> String {
    let kind = |event: &Event| match serde_json::to_value(event) {
        Ok(Value::Object(fields)) => fields.get("kind").and_then(Value::as_str).unwrap_or("?").to_string(),
        _ => "?".to_string(),
    };
    session.records().iter().map(|record| kind(&record.event)).collect::<Vec<_>>().join(" ")
}
