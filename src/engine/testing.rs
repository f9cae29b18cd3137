//! A pretend world for tests: goals in a few words, tools as closures, sessions played without a runtime.

use crate::engine::ordered::IndexMap;
use std::sync::Arc;

use serde_json::json;

use super::command::Command;
use super::effect::{Call, CallOutcome, CallReport, Effect, Judge, PlanReply, PlanRequest, Report, Subject, Watched};
use super::event::{Decider, Dial, Event, Mark, Pace, Settings, Verdict};
use super::goal::{Check, Explore, Goal, Key, Nature, Risk, Tool, ToolName};
use super::session::Session;
use super::turn::{TurnReply, TurnRequest};
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
        description: format!("makes {outputs}").into(),
        inputs: keys(inputs),
        outputs: keys(outputs),
        ..Tool::bare(name.into())
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
    goal.context = Arc::new(known.split_whitespace().map(|key| (Key::from(key), Shared::new(json!(1)))).collect());
    goal.tools = Arc::new(tools.into_iter().map(|tool| (tool.name.clone(), Arc::new(tool))).collect());
    goal
}

/// Returns `tool` with its last requirement decided by these of its inputs alone, space-separated.
pub fn decided_by(mut tool: Tool, inputs: &str) -> Tool {
    tool.requires_of.resize(tool.requires.len(), None);
    if let Some(last) = tool.requires_of.last_mut() {
        *last = Some(inputs.split_whitespace().map(Key::from).collect());
    }
    tool
}

/// Returns a tool that is a loop over `tools`, until `until` holds of everything inside: a word of [`Words`].
pub fn exploring(mut tool: Tool, tools: &str, until: &str, budget: u32) -> Tool {
    let tools = tools.split_whitespace().map(ToolName::from).collect();
    tool.run.nature = Nature::Inside;
    tool.run.explore = Some(Arc::new(Explore { tools, until: until.into(), budget }));
    tool
}

/// Returns settings: `dial`, nobody asked, everything approved.
pub fn settings(dial: Dial, decider: Decider) -> Settings {
    Settings::default().with_dial(dial).with_decider(decider).with_approval(Risk::High)
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
    let outputs = call.step.to.iter().map(|(name, _)| (name.clone(), Shared::new(json!(sum + 1)) as Shared));
    CallOutcome::Done(outputs.collect::<IndexMap<_, _>>())
}

/// Decides on one action: the first tool with an output that is not known, whether it can run or not.
fn first_open(request: &TurnRequest) -> TurnReply {
    let known = |key: &Key| request.known.facts.is_fresh(key);
    let refused = |tool: &Tool| request.turned_down.iter().any(|(usage, _)| usage.tool == tool.name);
    let barred = |tool: &Tool| request.known.barred.iter().any(|usage| usage.tool == tool.name);
    let open = |tool: &Tool| !refused(tool) && !barred(tool) && !tool.outputs.iter().all(known);
    let tool = request.known.tools.values().find(|tool| open(tool));
    let why: Arc<str> = "the first one that is open".into();
    let usage = tool.map(|tool| super::plan::Use::plain(tool));
    let action = usage.map(|usage| super::effect::PlannedStep { usage: Some(usage), kept: None, why: why.clone() });
    TurnReply::Thought { action, why, considered: Vec::new(), others: 0 }
}

impl World {
    /// Returns the world in which `planner` plans and tools add up.
    pub fn new(planner: impl Fn(&PlanRequest) -> PlanReply + 'static) -> World {
        World { planner: Box::new(planner), tool: Box::new(add_up) }
    }

    /// Answers one effect.
    pub fn answer(&mut self, effect: &Effect) -> Report {
        match effect {
            Effect::AskPlanner(_, _, request) => Report::Plan((self.planner)(request)),
            Effect::Think(_, request) => Report::Turn(crate::engine::testing::first_open(request)),
            Effect::CallTool(_, call) => {
                let (outcome, mark) = match &call.instead {
                    Some(Err(error)) => (CallOutcome::Failed(error.clone()), Mark::Injected),
                    Some(Ok(value)) => {
                        let outputs = call.step.to.iter().map(|(name, _)| (name.clone(), value.clone()));
                        (CallOutcome::Done(outputs.collect()), Mark::Injected)
                    }
                    None => match &call.gathered {
                        Some(Err(error)) => (CallOutcome::Failed(error.clone()), Mark::Ran),
                        Some(Ok(value)) => {
                            let outputs = call.step.to.iter().map(|(name, _)| (name.clone(), value.clone()));
                            (CallOutcome::Done(outputs.collect()), Mark::Ran)
                        }
                        None => ((self.tool)(call), Mark::Ran),
                    },
                };
                Report::Call(CallReport { outcome, summary: None, wall_ms: None, mark, ran: None })
            }
            Effect::Watch(_, inquiries) => Report::Watched(
                inquiries
                    .iter()
                    .map(|(breakpoint, inquiry)| Watched {
                        breakpoint: *breakpoint,
                        verdict: Words.judge(&inquiry.question.condition, &inquiry.values),
                        endless: false,
                    })
                    .collect(),
            ),
            Effect::Fill(_, text, _) => Report::Filled(text.clone()),
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

/// Returns all that matters of `state`, in a text that is equal where the states are.
pub fn picture(state: &super::state::State) -> String {
    let mut lines = vec![
        format!("{} {:?} {:?} {:?} held {}", state.seq, state.phase, state.pace, state.stop, state.held),
        format!("goal {} {:?} changed {}", state.goal.goal, state.goal.wants, state.goal_before.is_some()),
        format!("settings {:?} approved {} {:?}", state.settings, state.approved, state.approved_step),
        format!("plan {} {:?}", state.plan.revision, state.plan.remaining()),
        format!("deviations {:?} said {:?}", state.deviations, state.said),
        format!("open {:?} since {}", state.open_questions, state.asked_since),
        format!("barred {:?} armed {:?} scheduled {:?}", state.barred, state.armed, state.scheduled),
        format!("ids {} calls {} planned at {}", state.next_step, state.calls, state.planned_runs),
        format!("failed {:?} fruitless {}", state.failed, state.fruitless),
        format!("undo {:?}", state.undo.iter().map(|u| (u.of, u.what.clone())).collect::<Vec<_>>()),
        format!("breakpoints {:?} halted {}", state.breakpoints, state.halted),
        format!("redo {:?}", state.redo.iter().map(|u| (u.of, u.what.clone())).collect::<Vec<_>>()),
    ];
    lines.extend(state.context.iter().map(|(key, datum)| format!("{key} {datum:?}")));
    for run in &state.runs {
        let mut alone = (**run).clone();
        let inside = alone.inside.take();
        lines.push(format!("run {alone:?}"));
        lines.extend(inside.map(|inside| format!("inside {}", picture(&inside))));
    }
    lines.extend(state.inner.iter().map(|inner| format!("inner {}", picture(inner))));
    lines.push(format!("turns {:?} turned down {:?} seen {:?}", state.turns, state.turned_down, state.seen));
    lines.extend(state.replans.iter().map(|replan| format!("replan {replan:?}")));
    let mut sorted: Vec<String> = state.verdicts.iter().map(|verdict| format!("{verdict:?}")).collect();
    sorted.extend(state.outcomes.iter().map(|outcome| format!("{outcome:?}")));
    sorted.extend(state.quiet.iter().map(|quiet| format!("{quiet:?}")));
    sorted.extend(state.finished.iter().map(|finished| format!("{finished:?}")));
    sorted.sort();
    lines.extend(sorted);
    lines.join("\n")
}

/// Plans by working backwards from the wants, the first writer of each key first: enough for tests of the engine.
pub fn backwards(request: &PlanRequest) -> PlanReply {
    use super::effect::PlannedStep;
    use super::event::Reason;
    use super::plan::Use;
    let fresh = |key: &str| request.facts.is_fresh(key);
    let mut steps: Vec<PlannedStep> = Vec::new();
    let mut made: Vec<Key> = Vec::new();
    let mut stack: Vec<(Key, bool)> = request.wants.keys().rev().map(|key| (key.clone(), false)).collect();
    let mut on_the_way: Vec<Key> = Vec::new();
    while let Some((key, ready)) = stack.pop() {
        if fresh(&key) || made.contains(&key) {
            continue;
        }
        let failed = |tool: &Tool| {
            let outcomes = request.outcomes.iter();
            outcomes
                .filter(|(call, _)| call.tool == tool.name)
                .any(|(_, o)| !matches!(o, super::effect::Remembered::Returned(_)))
        };
        let barred = |tool: &Tool| request.barred.contains(&Use::plain(tool));
        let writer = request.tools.values().find(|tool| tool.outputs.contains(&key) && !failed(tool) && !barred(tool));
        let Some(tool) = writer else {
            let reason = Reason { sentence: format!("nothing makes {key}"), key: Some(key), ..Reason::default() };
            return PlanReply::None { why: None, reasons: vec![reason] };
        };
        if ready {
            made.extend(tool.outputs.iter().cloned());
            steps.push(PlannedStep { usage: Some(Use::plain(tool)), kept: None, why: "needed".into() });
        } else if on_the_way.contains(&key) {
            let sentence = format!("{key} needs itself");
            return PlanReply::None { why: None, reasons: vec![Reason { sentence, ..Reason::default() }] };
        } else {
            on_the_way.push(key.clone());
            stack.push((key, true));
            stack.extend(tool.inputs.iter().rev().map(|input| (input.clone(), false)));
        }
    }
    let cost = steps.len() as f64;
    PlanReply::Plan { steps, cost, left_out: Vec::new(), not_kept: Vec::new() }
}
