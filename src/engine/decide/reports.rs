//! Decisions on what the world reports: only what is wanted now becomes a fact.

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use crate::engine::advance::file_steps;
use crate::engine::command::Refusal;
use crate::engine::effect::{CallOutcome, CallReport, EffectId, EffectKind, PlanReply, PlannedStep, Report};
use crate::engine::event::{Cause, Event, Mark, Outcome, Proposal, Reason};
use crate::engine::goal::{Key, Nature};
use crate::engine::ordered::IndexMap;
use crate::engine::plan::{Author, Step, StepId, Use};
use crate::engine::state::{Phase, State, Status, StepRun};
use crate::engine::turn::{Thought, TurnReply, Wits};
use crate::engine::value::Shared;

/// The wait before the second attempt in milliseconds; it doubles with every further one.
const BACKOFF_MS: u64 = 200;

/// The longest wait between two attempts in milliseconds.
const LONGEST_BACKOFF_MS: u64 = 10_000;

pub(super) fn report(state: &State, id: EffectId, report: Report) -> Result<Event, Refusal> {
    let late = || Refusal::new("this answer came too late: nobody waits for it any more");
    match report {
        Report::Verdicts(verdicts) => {
            if id.kind != EffectKind::Judge || id.seq != state.asked_since || state.open_questions.is_empty() {
                return Err(late());
            }
            Ok(Event::Judged { verdicts })
        }
        Report::Watched(verdicts) => {
            if id.kind != EffectKind::Watch || id.seq != state.breakpoints.open().0 || !state.breakpoints.has_open() {
                return Err(late());
            }
            let endless = verdicts.iter().filter(|watched| watched.endless).map(|watched| watched.breakpoint);
            let endless = endless.collect();
            let verdicts = verdicts.into_iter().map(|watched| (watched.breakpoint, watched.verdict)).collect();
            Ok(Event::BreakpointsJudged { verdicts, endless })
        }
        Report::Filled(text) => match state.breakpoints.unfilled() {
            Some((hit, breakpoint, _)) if id.kind == EffectKind::Fill && id.seq == *hit => {
                Ok(Event::BreakpointNoted { breakpoint: *breakpoint, hit: *hit, text })
            }
            Some(_) | None => Err(late()),
        },
        Report::Plan(reply) => match &state.phase {
            Phase::Planning { asked, cause } if id.kind == EffectKind::Plan && id.seq == *asked => {
                Ok(plan(state, cause.clone(), reply))
            }
            _ => Err(late()),
        },
        Report::Turn(reply) => match &state.phase {
            Phase::Planning { asked, .. } if id.kind == EffectKind::Think && id.seq == *asked => Ok(turn(state, reply)),
            _ => Err(late()),
        },
        Report::Call(report) => match (&state.phase, state.runs.last()) {
            (Phase::Running { started, .. }, Some(run))
                if id.kind == EffectKind::Call
                    && id.seq == *started
                    && (state.inner.is_none() || state.gathered().is_some()) =>
            {
                Ok(call(state, run, report))
            }
            _ => Err(late()),
        },
    }
}

fn turn(state: &State, reply: TurnReply) -> Event {
    let wits = state.settings.strategy.wits().unwrap_or(Wits::StandIn);
    match reply {
        TurnReply::Thought { action, why, considered, others } => {
            let step = with_ids(state, action.into_iter().collect()).pop();
            Event::Thought(Box::new(Thought { step, why, considered, others, wits }))
        }
        TurnReply::NoPlan { why, reasons } => Event::Unplannable { cause: None, why, reasons },
        TurnReply::Broken { error } => broken(&error),
    }
}

fn broken(error: &Arc<str>) -> Event {
    Event::Ended {
        outcome: Outcome::Stopped,
        why: format!("the planner failed: {error}").into(),
        reasons: vec![Reason { sentence: error.to_string(), ..Reason::default() }],
    }
}

fn call(state: &State, run: &StepRun, report: CallReport) -> Event {
    let step = run.step.id.clone();
    let CallReport { outcome, summary, wall_ms, mark, ran } = report;
    let (error, writes, unlike) = match outcome {
        CallOutcome::Done(outputs) => {
            return Event::Finished { step, writes: by_key(&run.step, outputs), summary, wall_ms, mark, ran };
        }
        CallOutcome::Refuted(outputs, error) => (error, by_key(&run.step, outputs), false),
        CallOutcome::Unlike(error) => (error, IndexMap::default(), true),
        CallOutcome::Failed(error) => (error, IndexMap::default(), false),
    };
    let tool = run.step.tool_in(&state.goal.tools);
    let retries = tool.map_or(0, |tool| tool.retries);
    let asked = tool.is_none_or(|tool| tool.run.nature == Nature::Asked);
    if run.attempts <= retries && !asked {
        let wait_ms = (BACKOFF_MS << (run.attempts - 1).min(16)).min(LONGEST_BACKOFF_MS);
        // The failure of a surprise, or of a record, is not a reason to make people wait.
        let wait_ms = if matches!(mark, Mark::Injected | Mark::Recorded) { 0 } else { wait_ms };
        return Event::Retried { step, attempt: run.attempts + 1, error, wait_ms, mark, ran };
    }
    Event::Failed { step, error, writes, wall_ms, unlike, remember: true, mark, ran }
}

fn by_key(step: &Step, outputs: IndexMap<Key, Shared>) -> IndexMap<Key, Shared> {
    let key = |name: &Key| step.to.iter().find(|(output, _)| output == name).map_or(name, |(_, key)| key).clone();
    outputs.into_iter().map(|(name, value)| (key(&name), value)).collect()
}

fn plan(state: &State, cause: Option<Cause>, reply: PlanReply) -> Event {
    match reply {
        PlanReply::Plan { steps, cost, left_out, not_kept } => {
            let after = with_ids(state, steps);
            match cause {
                None => Event::Planned { steps: after, cost: Some(cost), left_out },
                Some(cause) => Event::Proposed(Box::new(Proposal {
                    cause,
                    before: state.plan.remaining().iter().map(|step| step.id.clone()).collect(),
                    after,
                    cost: Some(cost),
                    left_out,
                    not_kept,
                })),
            }
        }
        PlanReply::None { why, reasons } => Event::Unplannable { cause, why, reasons },
        PlanReply::Broken { error } => broken(&error),
        PlanReply::Failed { error, stderr } => {
            let lines = stderr.lines().map(|line| Reason { sentence: line.to_owned(), ..Reason::default() });
            let because = Reason {
                sentence: "it wrote to its standard error".into(),
                because: lines.collect(),
                ..Reason::default()
            };
            let why: Arc<str> = format!("the planner failed: {error}").into();
            let reason = Reason { sentence: error.to_string(), ..Reason::default() };
            let said = (!because.because.is_empty()).then_some(because);
            Event::Ended {
                outcome: Outcome::Stopped,
                why,
                reasons: [Some(reason), said].into_iter().flatten().collect(),
            }
        }
    }
}

/// Gives the planner's steps their ids: a step keeps its id where tool and bindings are the same; a use that was
/// done before gets a new one, says what it repeats, and is everything else that its author made it.
fn with_ids(state: &State, planned: Vec<PlannedStep>) -> Vec<Arc<Step>> {
    let mut free: HashMap<Option<Use>, VecDeque<&Arc<Step>>> = HashMap::new();
    let kept: HashSet<&StepId> = planned.iter().filter_map(|step| step.kept.as_ref()).collect();
    for step in state.plan.remaining() {
        if !kept.contains(&step.id) && !step.skip {
            free.entry(step.usage()).or_default().push_back(step);
        }
    }
    let file = LazyCell::new(|| file_steps(state, 1));
    let mut number = state.next_step;
    let mut steps: Vec<Arc<Step>> = Vec::with_capacity(planned.len());
    for PlannedStep { usage, kept, why } in planned {
        if let Some(step) = kept.as_ref().and_then(|id| state.plan.find(id)).map(|(_, step)| step) {
            steps.push(step.clone());
            continue;
        }
        if let Some(step) = kept.and_then(|id| file.iter().find(|step| step.id == id)) {
            steps.push(acted_by_itself(state, step));
            continue;
        }
        let Some(usage) = usage else { continue };
        let same = free.get_mut(&Some(usage.clone())).and_then(std::collections::VecDeque::pop_front);
        if let Some(step) = same {
            steps.push(step.clone());
            continue;
        }
        let id: StepId = loop {
            let id = format!("{}{number}", state.id_prefix);
            number += 1;
            // Whatever was only thought of is counted in `next_step`.
            if state.run(&id).is_none() && state.plan.find(&id).is_none() {
                break id.into();
            }
        };
        let why = (!why.is_empty()).then_some(why);
        let again = state.runs_with(&usage.tool).filter(|run| run.status != Status::Skipped).map(|run| &run.step);
        let repeated = again.into_iter().find(|step| does(step, &usage));
        let repeats = repeated.map(|step| step.id.clone());
        if let Some(step) = repeated.cloned().or_else(|| as_authored(state, &file, &usage)) {
            let again = step.by != Author::Planner;
            steps.push(Arc::new(Step { id, again, repeats, why, ..(*step).clone() }));
            continue;
        }
        let description = state.goal.tools.get(&usage.tool).map(|tool| tool.description.clone()).unwrap_or_default();
        steps.push(Arc::new(Step {
            id,
            tool: Some(usage.tool),
            description,
            with: usage.with,
            to: usage.to,
            ensures: Vec::new(),
            approval: false,
            note: None,
            by: Author::Planner,
            again: false,
            repeats,
            skip: false,
            why,
        }));
    }
    steps
}

fn does(step: &Step, usage: &Use) -> bool {
    step.tool.as_ref() == Some(&usage.tool) && step.with == usage.with && step.to == usage.to
}

/// Returns the step by which an author used `usage`, where a replan took it out or no plan was made of the goal
/// file's, whose steps are `file`.
fn as_authored(state: &State, file: &[Arc<Step>], usage: &Use) -> Option<Arc<Step>> {
    let replaced = state.replans.iter().rev().flat_map(|replan| replan.before.iter());
    let of_authors = |step: &&Arc<Step>| step.by != Author::Planner && !step.skip && does(step, usage);
    replaced.chain(file).find(of_authors).cloned()
}

/// Returns the goal file's `step` as an action of its own, where no plan is followed.
fn acted_by_itself(state: &State, step: &Arc<Step>) -> Arc<Step> {
    let id = if state.step(&step.id).is_some() { state.new_id() } else { step.id.clone() };
    Arc::new(Step { id, again: true, ..(**step).clone() })
}
