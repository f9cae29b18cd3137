//! One event in words: who did what, with which result. The rows of the trace, and the *saw* of a replan.

use crate::engine::event::{Edit, Event, Mark, Recorded, Stop};
use crate::engine::goal::Surprise;
use crate::engine::state::State;
use crate::engine::value::Value;

use super::settings;
use super::sign::Role;
use super::step;
use super::text::{self, count};
use super::value::brief;

/// An event as the trace tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Who: planner, executor, you, world, session.
    pub who: &'static str,
    /// What kind of thing it was.
    pub role: Role,
    /// To what: a step, a key.
    pub what: String,
    /// With which result.
    pub result: String,
    /// The keys that it wrote.
    pub wrote: Vec<String>,
    /// How deep inside a step it happened; 0: not inside.
    pub depth: usize,
}

impl Told {
    fn new(who: &'static str, role: Role, what: impl Into<String>, result: impl Into<String>) -> Told {
        Told { who, role, what: what.into(), result: result.into(), wrote: Vec::new(), depth: 0 }
    }

    /// Returns it as one sentence.
    pub fn sentence(&self) -> String {
        let mut words = self.what.clone();
        if !self.result.is_empty() {
            if !words.is_empty() {
                words.push_str(": ");
            }
            words.push_str(&self.result);
        }
        words
    }
}

/// Tells `record`; `state` knows the names of the steps.
pub fn tell(record: &Recorded, state: &State) -> Told {
    let name = |id: &str| match state.step(id) {
        Some(step) if step.name() != id => format!("{id} {}", step.name()),
        _ => id.to_owned(),
    };
    let by = |scenario: &Option<std::sync::Arc<str>>| if scenario.is_some() { "world" } else { "you" };
    match &record.event {
        Event::Opened { .. } => Told::new("session", Role::Current, "opened", ""),
        Event::PlanRequested { .. } if state.is_react() => Told::new("react", Role::Current, "was asked to think", ""),
        Event::PlanRequested { cause: None } => Told::new("planner", Role::Current, "was asked for a plan", ""),
        Event::PlanRequested { cause: Some(_) } => Told::new("planner", Role::Current, "was asked for a replan", ""),
        Event::Planned { steps, left_out, .. } => {
            let not = match left_out.len() {
                0 => String::new(),
                n => format!(", {} not chosen", count(n, "tool")),
            };
            Told::new("planner", Role::Replanned, format!("planned {}{not}", count(steps.len(), "step")), "")
        }
        Event::Proposed(proposal) => {
            let what = format!("proposes {}", count(proposal.after.len(), "remaining step"));
            Told::new("planner", Role::Replanned, what, proposal.cause.message())
        }
        Event::Unplannable { why, reasons, .. } => {
            let first = || reasons.first().map(|reason| reason.sentence.clone()).unwrap_or_default();
            let why = why.as_ref().map_or_else(first, |why| why.to_string());
            Told::new("planner", Role::Failed, "found no plan", why)
        }
        Event::Replanned { steps, .. } => {
            Told::new("planner", Role::Replanned, format!("rewrote the plan: {} to do", count(steps.len(), "step")), "")
        }
        Event::Rejected { .. } => Told::new("you", Role::Failed, "rejected the proposal", "the old plan goes on"),
        Event::Approved { step: None } => Told::new("you", Role::Done, "approved the plan", ""),
        Event::Approved { step: Some(id) } => Told::new("you", Role::Done, format!("approved {}", name(id)), ""),
        Event::Paced { .. } => Told::new("you", Role::Current, "changed the pace", ""),
        Event::Stopped { why } => Told::new("session", Role::Interrupted, "stopped", stop(why)),
        Event::Thought(thought) => {
            let what = match &thought.step {
                Some(step) => format!("thinks: {} {}", step.id, step.name()),
                None => "thinks: nothing is left".to_owned(),
            };
            Told::new("react", Role::Thought, what, thought.why.to_string())
        }
        Event::Refused { step, message, .. } => {
            let why = match state.step(step) {
                Some(step) => step::refusal(step, message).to_owned(),
                None => message.to_string(),
            };
            Told::new("executor", Role::Failed, format!("refused {}", name(step)), why)
        }
        Event::Entered { step, .. } => Told::new("executor", Role::Current, format!("into {}", name(step)), ""),
        Event::Inner { event } => {
            let told = match &**event {
                Event::Reached => Told::new("check", Role::Done, "the loop is through", "what it went on for holds"),
                Event::Ended { why, .. } => Told::new("react", Role::Failed, "the loop ends", why.to_string()),
                event => tell(&Recorded { event: event.clone(), ..record.clone() }, state),
            };
            Told { depth: told.depth + 1, ..told }
        }
        Event::Started { step, attempt, .. } => {
            let again = if *attempt > 1 { format!("attempt {attempt}") } else { String::new() };
            Told::new("executor", Role::Current, name(step), again)
        }
        Event::Finished { step, writes, summary, mark, .. } => {
            let result = match summary {
                Some(summary) => summary.to_string(),
                None => values(writes.iter().map(|(_, value)| &**value)),
            };
            let (who, role) = match mark {
                Mark::Ran => ("executor", Role::Done),
                Mark::Injected => ("world", Role::Injected),
                Mark::Answered => ("you", Role::Injected),
                Mark::Recorded => ("record", Role::Recorded),
            };
            let wrote = writes.keys().map(|key| key.to_string()).collect();
            Told { wrote, ..Told::new(who, role, name(step), result) }
        }
        Event::Failed { step, error, writes, .. } => {
            let wrote = writes.keys().map(|key| key.to_string()).collect();
            Told { wrote, ..Told::new("executor", Role::Failed, name(step), error.to_string()) }
        }
        Event::Retried { step, attempt, error, .. } => {
            Told::new("executor", Role::Interrupted, name(step), format!("{error}; attempt {attempt} follows"))
        }
        Event::Interrupted { step } => {
            Told::new("session", Role::Interrupted, name(step), "interrupted: nobody knows its outcome")
        }
        Event::Cancelled { step } => Told::new("you", Role::Interrupted, name(step), "stopped"),
        Event::Skipped { step } => Told::new("executor", Role::Skipped, name(step), "skipped"),
        Event::Judged { verdicts } => Told::new("check", Role::Done, count(verdicts.len(), "condition"), ""),
        Event::Deviated { deviations } => match deviations.first() {
            Some(first) => {
                let more = deviations.len() - 1;
                let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
                Told::new("check", Role::Surprise, "", format!("{}{more}", first.message))
            }
            None => Told::new("check", Role::Done, "", "the plan holds again"),
        },
        Event::Injected { values, outcome_of, scenario } => {
            let wrote = values.iter().filter(|(_, v)| v.is_some()).map(|(key, _)| key.to_string()).collect();
            let shown = values
                .iter()
                .map(|(key, value)| match value {
                    Some(value) => format!("{key} is {}", brief(value)),
                    None => format!("{key} is gone"),
                })
                .collect::<Vec<_>>()
                .join(", ");
            let what = match outcome_of {
                Some(step) => format!("{} returned this", name(step)),
                None => "the world is this".to_owned(),
            };
            Told { wrote, ..Told::new(by(scenario), Role::Injected, what, shown) }
        }
        Event::Pinned { key, pinned } => {
            Told::new("you", Role::Injected, format!("{} {key}", if *pinned { "pinned" } else { "unpinned" }), "")
        }
        Event::Armed { surprise, scenario } => {
            Told::new(by(scenario), Role::Surprise, "laid in wait", self::surprise(surprise))
        }
        Event::Scheduled { after, scenario, .. } => {
            let when = after.as_ref().map(|tool| format!("lands after {tool}")).unwrap_or_default();
            let what = scenario.as_deref().unwrap_or("a surprise");
            Told::new(by(scenario), Role::Surprise, what, when)
        }
        Event::Edited { edit } => {
            let words = match edit {
                Edit::Changed { step } => format!("changed {}", name(&step.id)),
                Edit::Added { step, .. } => format!("added {} {}", step.id, step.name()),
                Edit::Deleted { step } => format!("deleted {}", name(step)),
                Edit::Moved { step, to } => format!("moved {} to place {}", name(step), to + 1),
                Edit::SkipSet { step, skip: true } => format!("switched {} off", name(step)),
                Edit::SkipSet { step, skip: false } => format!("switched {} on", name(step)),
                Edit::Rerun { step } => format!("runs {} again as {}", step.name(), step.id),
                Edit::Replaced { steps } => format!("replaced the plan: {} to do", count(steps.len(), "step")),
            };
            Told::new("you", Role::Changed, words, "")
        }
        Event::GoalChanged { goal, scenario, .. } => {
            Told::new(by(scenario), Role::Surprise, "changed the goal", goal.to_string())
        }
        Event::DialTurned { dial } => {
            Told::new("you", Role::Changed, format!("replan {} from now on", settings::dial(*dial)), "")
        }
        Event::StrategySet { strategy } => {
            Told::new("you", Role::Changed, format!("from now on: {}", settings::strategy(*strategy)), "")
        }
        Event::DeciderSet { decider } => {
            Told::new("you", Role::Changed, format!("{} on replans", settings::decider(*decider)), "")
        }
        Event::Undone { of } => Told::new("you", Role::Changed, format!("took event {of} back"), ""),
        Event::Redone { of } => Told::new("you", Role::Changed, format!("made event {of} again"), ""),
        Event::BranchSelected { tip } => Told::new("you", Role::Moved, format!("a branch from event {tip}"), ""),
        Event::Reached => Told::new("check", Role::Done, "goal reached", ""),
        Event::Ended { why, .. } => Told::new("session", Role::Failed, "ended", why.to_string()),
    }
}

/// Returns why it stopped, in words.
pub fn stop(why: &Stop) -> String {
    match why {
        Stop::Paused => "paused".into(),
        Stop::StepsDone => "the steps that you asked for are done".into(),
        Stop::Arrived => "arrived where you wanted".into(),
        Stop::Deviation => "something contradicts the plan".into(),
        Stop::Blocked { message, .. } | Stop::Circle { message } => message.to_string(),
        Stop::Failed { step } => format!("step {step} failed"),
        Stop::Approval { step } => format!("step {step} asks before it runs"),
        Stop::Limit { steps } => format!("the limit of {steps} steps is used up"),
    }
}

fn surprise(surprise: &Surprise) -> String {
    match surprise {
        Surprise::Set { key, .. } => format!("another value for {key}"),
        Surprise::Outcome { tool, value } => format!("{tool} will return {}", brief(value)),
        Surprise::Fail { tool, error, times: 1 } => format!("{tool} will fail: {error}"),
        Surprise::Fail { tool, error, times } => format!("{tool} will fail {times} times: {error}"),
        Surprise::Goal { goal, .. } => format!("another goal: {goal}"),
    }
}

fn values<'a>(values: impl Iterator<Item = &'a Value>) -> String {
    values.map(|value| text::json(value, 120)).collect::<Vec<_>>().join(", ")
}
