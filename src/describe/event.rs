//! One event in words: who did what, with which result. The rows of the trace, and the *saw* of a replan.

use std::sync::Arc;

use super::change::{self, Change};
use super::surprise;
use super::value;
use crate::engine::event::{Edit, Event, Mark, Outcome, Recorded, Stop};
use crate::engine::goal::Key;
use crate::engine::launch::Truster;
use crate::engine::plan::Author;
use crate::engine::session::Session;
use crate::engine::state::State;
use crate::engine::value::Shared;

use super::settings;
use super::sign::Role;
use super::step;
use super::text::count;

/// An event in words: what the trace, the lanes, the pages and the command line say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventLine {
    /// Who: planner, executor, you, world, session.
    pub who: &'static str,
    /// The sign of what it was.
    pub sign: Role,
    /// To what: a step, a key.
    pub what: String,
    /// With which result.
    pub result: String,
    /// What it did to each key that it wrote, as far as that is not said already: `+ tickets`, `± tickets [5] → [8]`,
    /// `= tickets` for what was made again and is as it was.
    pub wrote: Vec<(Role, String)>,
    /// What there is to know of it besides: that it was injected, answered, by which surprise.
    pub marks: Vec<String>,
    /// How deep inside a step it happened; 0: not inside.
    pub depth: usize,
}

fn say(who: &'static str, sign: Role, what: impl Into<String>, result: impl Into<String>) -> EventLine {
    let (what, result) = (what.into(), result.into());
    EventLine { who, sign, what, result, wrote: Vec::new(), marks: Vec::new(), depth: 0 }
}

impl EventLine {
    fn marked(self, mark: Mark) -> EventLine {
        let marks = match mark {
            Mark::Ran => vec![],
            Mark::Injected => vec!["injected".to_owned()],
            Mark::Answered => vec!["answered".to_owned()],
            Mark::Recorded => vec!["from the record".to_owned()],
        };
        EventLine { marks, ..self }
    }

    fn by(self, scenario: &Option<Arc<str>>) -> EventLine {
        EventLine { marks: scenario.iter().map(std::string::ToString::to_string).collect(), ..self }
    }

    /// Returns it as one sentence: "s1 `load_tickets`: Loaded 5 tickets".
    pub fn sentence(&self) -> String {
        joined(&self.what, &self.result)
    }

    /// Returns it as one sentence with its marks, and what it changed: `s1 load_tickets (injected): Loaded 8 tickets` and
    /// `± tickets [5] → [8]`.
    pub fn marked_sentence(&self) -> String {
        let marks = if self.marks.is_empty() { String::new() } else { format!(" ({})", self.marks.join(", ")) };
        let changed =
            self.wrote.iter().filter(|(role, _)| *role == Role::Changed).map(|(_, words)| format!("  {words}"));
        joined(&format!("{}{marks}", self.what), &self.result) + &changed.collect::<String>()
    }

    /// Returns it with what a run did to the keys that it wrote.
    fn wrote<'k>(
        self,
        keys: impl Iterator<Item = &'k Key>,
        changes: &[Change],
        kept: impl Fn(&Key) -> bool,
    ) -> EventLine {
        let wrote = keys.map(|key| match changes.iter().find(|change| change.key == *key) {
            Some(change) => (change.role, change.signed()),
            None if kept(key) => (Role::Kept, format!("{} {key}", Role::Kept.glyph())),
            None => (Role::Added, format!("{} {key}", Role::Added.glyph())),
        });
        EventLine { wrote: wrote.collect(), ..self }
    }
}

fn joined(what: &str, result: &str) -> String {
    let colon = if what.is_empty() || result.is_empty() { "" } else { ": " };
    format!("{what}{colon}{result}")
}

/// Tells whether a run that is told from its beginning has a line for `event`: what was decided, done and changed, not
/// how it was asked for.
pub fn is_told(event: &Event) -> bool {
    match event {
        Event::Inner { event } => is_told(event),
        Event::Opened { .. }
        | Event::PlanRequested { .. }
        | Event::Proposed(_)
        | Event::Approved { step: None, .. }
        | Event::Trusted { .. }
        | Event::Paced { .. }
        | Event::Stopped { .. }
        | Event::Started { .. }
        | Event::Judged { .. }
        | Event::Scheduled { .. }
        | Event::CalledOff { .. }
        | Event::DialTurned { .. }
        | Event::DeciderSet { .. }
        | Event::PlannerSet { .. }
        | Event::BreakpointSet { .. }
        | Event::BreakpointRemoved { .. }
        | Event::BreakpointsJudged { .. }
        | Event::BranchSelected { .. }
        | Event::BranchMarked { .. } => false,
        // What was passed by, or is filled in later, is not news yet.
        Event::BreakpointHit { .. } => event.is_moment(),
        Event::Planned { .. }
        | Event::Unplannable { .. }
        | Event::Replanned { .. }
        | Event::Rejected { .. }
        | Event::Approved { step: Some(_), .. }
        | Event::Thought(_)
        | Event::Refused { .. }
        | Event::Entered { .. }
        | Event::Finished { .. }
        | Event::Failed { .. }
        | Event::Retried { .. }
        | Event::Interrupted { .. }
        | Event::Cancelled { .. }
        | Event::Skipped { .. }
        | Event::Deviated { .. }
        | Event::Injected { .. }
        | Event::Pinned { .. }
        | Event::Armed { .. }
        | Event::Edited { .. }
        | Event::GoalChanged { .. }
        | Event::Redefined { .. }
        | Event::StrategySet { .. }
        | Event::BreakpointNoted { .. }
        | Event::Undone { .. }
        | Event::Redone { .. }
        | Event::Reached
        | Event::Ended { .. } => true,
    }
}

/// Tells whether the run of `step` made the value of `key` that was there already.
fn confirms(state: &State, step: &str, key: &str) -> bool {
    let Some(run) = state.run(step) else { return false };
    let version = run.wrote.iter().find(|(written, _)| **written == *key).map(|(_, version)| *version);
    version.zip(run.ended).is_some_and(|(version, ended)| version < ended)
}

/// How much of each value a line shows where a tool gives no summary, in characters.
const SHOWN: usize = 120;

/// Returns the line of `record` of `session`; `state` knows the names of the steps.
pub fn told(session: &Session, record: &Recorded, state: &State) -> EventLine {
    line(&record.event, state, &change::changes(session, record))
}

/// Returns the line of `event`, which did these `changes`; `state` knows the names of the steps.
pub fn line(event: &Event, state: &State, changes: &[Change]) -> EventLine {
    line_within(event, state, changes, SHOWN)
}

/// Like [`line()`], with `most` characters of each value that a step wrote.
pub fn line_within(event: &Event, state: &State, changes: &[Change], most: usize) -> EventLine {
    let planner = if state.settings.planner.is_program() { "program" } else { "planner" };
    let name = |id: &str| match state.step(id) {
        Some(step) if step.name() != id => format!("{id} {}", step.name()),
        _ => id.to_owned(),
    };
    let by = |scenario: &Option<Arc<str>>| if scenario.is_some() { "world" } else { "you" };
    match event {
        Event::Opened { .. } => say("session", Role::Current, "opened", ""),
        Event::PlanRequested { .. } if state.is_react() => say("react", Role::Current, "was asked to think", ""),
        Event::PlanRequested { cause: None } => say(planner, Role::Current, "was asked for a plan", ""),
        Event::PlanRequested { cause: Some(_) } => say(planner, Role::Current, "was asked for a replan", ""),
        Event::Planned { steps, left_out, .. } => {
            let not = match left_out.len() {
                0 => String::new(),
                n => format!(", {} not chosen", count(n, "tool")),
            };
            // A plan that stood in the file was made by nobody here.
            if steps.first().is_some_and(|step| step.by == Author::File) {
                return say("file", Role::Current, format!("has a plan of {}", count(steps.len(), "step")), "");
            }
            let planned = if state.settings.told { "told a plan of" } else { "planned" };
            say(planner, Role::Replanned, format!("{planned} {}{not}", count(steps.len(), "step")), "")
        }
        Event::Proposed(proposal) => {
            let what = format!("proposes {}", count(proposal.after.len(), "remaining step"));
            say(planner, Role::Replanned, what, proposal.cause.message())
        }
        Event::Unplannable { why, reasons, .. } => {
            let first = || reasons.first().map(|reason| reason.sentence.clone()).unwrap_or_default();
            let why = why.as_ref().map_or_else(first, std::string::ToString::to_string);
            say(planner, Role::Failed, "found no plan", why)
        }
        Event::Replanned { steps, .. } => {
            let rewrote = if state.settings.told { "told what is left" } else { "rewrote the plan" };
            say(planner, Role::Replanned, format!("{rewrote}: {} to do", count(steps.len(), "step")), "")
        }
        Event::Rejected { .. } => say("you", Role::Failed, "rejected the proposal", "the old plan goes on"),
        Event::Approved { step: None, .. } => say("you", Role::Done, "approved the plan", ""),
        Event::Approved { step: Some(id), tool } => {
            let further = tool.as_ref().map(|tool| format!("and every use of {tool} in this session"));
            say("you", Role::Done, format!("approved {}", name(id)), further.unwrap_or_default())
        }
        Event::Redefined { tools, files, .. } => {
            let what = format!("{} changed on disk", files.join(", "));
            let stale = match tools.as_slice() {
                [] => "no tool is another one".to_owned(),
                [one] => format!("{one} is another one: what it made is stale"),
                several => format!("{} are others: what they made is stale", several.join(", ")),
            };
            say("you", Role::Surprise, what, stale)
        }
        Event::Trusted { by, .. } => {
            let (who, sign, what, result) = match by {
                Truster::Person => ("you", Role::Done, "trusted the goal file", "its programs may be started"),
                Truster::Option => ("you", Role::Done, "trusted the goal file", "for this run (--trust)"),
                Truster::Earlier => {
                    ("session", Role::Done, "the goal file is trusted", "as it was when you trusted it")
                }
                Truster::Nobody => {
                    ("session", Role::Warning, "the goal file is not trusted here", "none of its programs is started")
                }
            };
            say(who, sign, what, result)
        }
        Event::Paced { .. } => say("you", Role::Current, "changed the pace", ""),
        Event::Stopped { why } => say("session", Role::Interrupted, "stopped", stop(why)),
        Event::Thought(thought) => {
            let what = match &thought.step {
                Some(step) => format!("thinks: {} {}", step.id, step.name()),
                None => "thinks: nothing is left".to_owned(),
            };
            say("react", Role::Thought, what, thought.why.to_string())
        }
        Event::Refused { step: id, message, key, because, .. } => {
            let why = step::refusal(state.step(id).map(|step| &**step), message, key.as_ref(), because.as_ref());
            say("executor", Role::Failed, format!("refused {}", name(id)), why)
        }
        Event::Entered { step, .. } => say("executor", Role::Current, format!("into {}", name(step)), ""),
        Event::Inner { event } => {
            let line = match &**event {
                Event::Reached => say("check", Role::Done, "found what it looked for", ""),
                Event::Ended { why, .. } => say("react", Role::Failed, "the loop gives up", why.to_string()),
                event => line_within(event, state, changes, most),
            };
            EventLine { depth: line.depth + 1, ..line }
        }
        Event::Started { step, attempt, .. } => {
            let again = if *attempt > 1 { format!("attempt {attempt}") } else { String::new() };
            say("executor", Role::Current, name(step), again)
        }
        Event::Finished { step, writes, summary, mark, .. } => {
            let result = match summary {
                Some(summary) => summary.to_string(),
                None => values(writes.values(), most),
            };
            let (who, role) = match mark {
                Mark::Ran if state.settings.told => ("program", Role::Done),
                Mark::Ran => ("executor", Role::Done),
                Mark::Injected => ("world", Role::Injected),
                Mark::Answered => ("you", Role::Injected),
                Mark::Recorded => ("record", Role::Recorded),
            };
            let line = say(who, role, name(step), result).marked(*mark);
            let mut line = line.wrote(writes.keys(), changes, |key| confirms(state, step, key));
            if !line.wrote.is_empty() && line.wrote.iter().all(|(role, _)| *role == Role::Kept) {
                line.marks.push("confirmed".to_owned());
                line.result = "the same".to_owned();
            }
            line
        }
        Event::Failed { step, error, writes, mark, .. } => {
            let line = say("executor", Role::Failed, name(step), error.to_string()).marked(*mark);
            line.wrote(writes.keys(), changes, |_| false)
        }
        Event::Retried { step, attempt, error, mark, .. } => {
            say("executor", Role::Interrupted, name(step), format!("{error}; attempt {attempt} follows")).marked(*mark)
        }
        Event::Interrupted { step } => {
            say("session", Role::Interrupted, name(step), "interrupted: nobody knows its outcome")
        }
        Event::Cancelled { step } => say("you", Role::Interrupted, name(step), "stopped"),
        Event::Skipped { step } => say("executor", Role::Skipped, name(step), "skipped"),
        Event::Judged { verdicts } => say("check", Role::Done, count(verdicts.len(), "condition"), ""),
        Event::Deviated { deviations } => match deviations.first() {
            Some(first) => {
                let more = deviations.len() - 1;
                let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
                say("check", Role::Surprise, "", format!("{}{more}", first.message))
            }
            None => say("check", Role::Done, "", "the plan holds again"),
        },
        Event::Injected { values, outcome_of, scenario } => {
            let one = |(key, value): (&Key, &Option<Shared>)| {
                let known = changes.iter().find(|change| change.key == *key).cloned();
                known.unwrap_or_else(|| Change::of(key, None, value.clone()))
            };
            let all: Vec<Change> = values.iter().map(one).collect();
            let first = all.iter().find(|change| change.role != Role::Kept).or(all.first());
            let sign = first.map_or(Role::Kept, |change| change.role);
            let said = |change: &Change| match change.role {
                role if role == sign => change.said(),
                role => format!("{} {}", role.glyph(), change.said()),
            };
            let what = all.iter().map(said).collect::<Vec<_>>().join(", ");
            let result = outcome_of.as_ref().map(|step| format!("{} returned this", name(step))).unwrap_or_default();
            say(by(scenario), sign, what, result).by(scenario)
        }
        Event::Undone { of } | Event::Redone { of } => {
            let what = match event {
                Event::Undone { .. } => format!("took event {of} back"),
                _ => format!("made event {of} again"),
            };
            say("you", Role::Changed, what, "").wrote(changes.iter().map(|change| &change.key), changes, |_| false)
        }
        Event::Pinned { key, pinned } => {
            say("you", Role::Injected, format!("{} {key}", if *pinned { "pinned" } else { "unpinned" }), "")
        }
        Event::Armed { surprise, scenario } => {
            say(by(scenario), Role::Surprise, "armed", surprise::what(surprise)).by(scenario)
        }
        Event::Scheduled { after, scenario, .. } => {
            let when = after.as_ref().map(|tool| format!("lands after {tool}")).unwrap_or_default();
            let what = scenario.as_deref().unwrap_or("a surprise");
            say(by(scenario), Role::Surprise, what, when)
        }
        Event::CalledOff { tool } => say("you", Role::Removed, format!("called off what waits for {tool}"), ""),
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
            say("you", Role::Changed, words, "")
        }
        Event::GoalChanged { goal, scenario, .. } => {
            say(by(scenario), Role::Surprise, "changed the goal", goal.to_string()).by(scenario)
        }
        Event::DialTurned { dial } => {
            say("you", Role::Changed, format!("replan {} from now on", settings::dial(*dial)), "")
        }
        Event::StrategySet { strategy } => {
            say("you", Role::Changed, format!("from now on: {}", settings::strategy(*strategy)), "")
        }
        Event::PlannerSet { planner } => {
            say("you", Role::Changed, format!("the planner is {} from now on", settings::planner(planner)), "")
        }
        Event::DeciderSet { decider } => {
            say("you", Role::Changed, format!("{} on replans", settings::decider(*decider)), "")
        }
        Event::BreakpointSet { id, breakpoint } => {
            let what = format!("{}breakpoint {id}", if breakpoint.enabled { "" } else { "switched off: " });
            say("you", Role::Breakpoint, what, super::breakpoint::place(&breakpoint.place, state))
        }
        Event::BreakpointRemoved { id } => say("you", Role::Removed, format!("removed breakpoint {id}"), ""),
        Event::BreakpointHit { hit } => {
            let said = match &hit.note {
                Some(note) => note.text.to_string(),
                None => super::breakpoint::found(hit, state),
            };
            say("session", Role::Breakpoint, format!("breakpoint {}", hit.breakpoint), said)
        }
        Event::BreakpointsJudged { verdicts, .. } => {
            say("check", Role::Breakpoint, count(verdicts.len(), "breakpoint"), "")
        }
        Event::BreakpointNoted { breakpoint, text, .. } => {
            say("session", Role::Breakpoint, format!("breakpoint {breakpoint}"), text.to_string())
        }
        Event::BranchMarked { branch, name, away } => {
            let words = match (name, away) {
                (_, true) => format!("deleted the branch of event {branch}; it can be brought back"),
                (Some(name), false) => format!("named the branch of event {branch}: {name}"),
                (None, false) => format!("brought the branch of event {branch} back, without a name"),
            };
            say("you", Role::Moved, words, "")
        }
        Event::BranchSelected { tip } => say("you", Role::Moved, format!("a branch from event {tip}"), ""),
        Event::Reached => say("check", Role::Done, "goal reached", ""),
        Event::Ended { outcome, why, .. } => {
            let what = match outcome {
                Outcome::Unreachable | Outcome::NotReached => "not reached",
                Outcome::Stopped => "stopped",
                Outcome::Interrupted => "interrupted",
            };
            say("session", Role::Failed, what, why.to_string())
        }
    }
}

/// Returns why it stopped, in words.
pub fn stop(why: &Stop) -> String {
    match why {
        Stop::Paused => "paused".into(),
        Stop::StepsDone => "the steps that you asked for are done".into(),
        Stop::Arrived => "arrived where you wanted".into(),
        Stop::Deviation => "something contradicts the plan".into(),
        Stop::Replan => "a replan is proposed".into(),
        Stop::Breakpoint { hit } => format!("breakpoint {}", hit.breakpoint),
        Stop::Blocked { message, .. } | Stop::Circle { message } => message.to_string(),
        Stop::Failed { step } => format!("step {step} failed"),
        Stop::Approval { step } => format!("step {step} asks before it runs"),
        Stop::Planner => "the planner is a program, and the goal file is not trusted".into(),
        Stop::Limit { steps } => format!("the limit of {steps} steps is used up"),
    }
}

fn values<'a>(values: impl Iterator<Item = &'a Shared>, most: usize) -> String {
    values.map(|value| value::json(value, most)).collect::<Vec<_>>().join(", ")
}
