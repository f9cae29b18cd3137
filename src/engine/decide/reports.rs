//! Decisions on what the world reports: only what is wanted now becomes a fact.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::engine::command::Refusal;
use crate::engine::effect::{CallOutcome, CallReport, EffectId, EffectKind, PlanReply, PlannedStep, Report};
use crate::engine::event::{Cause, Event, Mark, Outcome, Proposal, Reason};
use crate::engine::goal::{Key, Nature};
use crate::engine::plan::{Author, Step, StepId};
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
        TurnReply::Thought { tool, why, considered, others } => {
            let tool = tool.and_then(|name| state.goal.tools.get(&name));
            let usage = tool.map(|tool| crate::engine::plan::Use::plain(tool));
            let planned = usage.map(|usage| PlannedStep { usage: Some(usage), kept: None, why: why.clone() });
            let step = with_ids(state, planned.into_iter().collect()).pop();
            Event::Thought(Box::new(Thought { step, why, considered, others, wits }))
        }
        TurnReply::NoPlan { reasons } => Event::Unplannable { cause: None, reasons },
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
    let CallReport { outcome, summary, wall_ms, mark } = report;
    let (error, writes) = match outcome {
        CallOutcome::Done(outputs) => {
            return Event::Finished { step, writes: by_key(&run.step, outputs), summary, wall_ms, mark };
        }
        CallOutcome::Refuted(outputs, error) => (error, by_key(&run.step, outputs)),
        CallOutcome::Failed(error) => (error, IndexMap::new()),
    };
    let tool = run.step.tool_in(&state.goal.tools);
    let retries = tool.map_or(0, |tool| tool.retries);
    let asked = tool.is_none_or(|tool| tool.run.nature == Nature::Asked);
    if run.attempts <= retries && !asked {
        let wait_ms = (BACKOFF_MS << (run.attempts - 1).min(16)).min(LONGEST_BACKOFF_MS);
        // A surprise's failure is no reason to make people wait.
        let wait_ms = if mark == Mark::Injected { 0 } else { wait_ms };
        return Event::Retried { step, attempt: run.attempts + 1, error, wait_ms, mark };
    }
    Event::Failed { step, error, writes, wall_ms, remember: true, mark }
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
        PlanReply::None { reasons } => Event::Unplannable { cause, reasons },
        PlanReply::Broken { error } => broken(&error),
    }
}

/// Gives the planner's steps their ids: a step keeps its id where tool and bindings are the same; a use that was
/// done before gets a new one and says what it repeats.
fn with_ids(state: &State, planned: Vec<PlannedStep>) -> Vec<Arc<Step>> {
    let mut free: std::collections::HashMap<Option<crate::engine::plan::Use>, std::collections::VecDeque<&Arc<Step>>> =
        std::collections::HashMap::new();
    let kept: std::collections::HashSet<&StepId> = planned.iter().filter_map(|step| step.kept.as_ref()).collect();
    for step in state.plan.remaining() {
        if !kept.contains(&step.id) && !step.skip {
            free.entry(step.usage()).or_default().push_back(step);
        }
    }
    let mut number = state.next_step;
    let mut steps = Vec::with_capacity(planned.len());
    for PlannedStep { usage, kept, why } in planned {
        if let Some(step) = kept.as_ref().and_then(|id| state.plan.find(id)).map(|(_, step)| step) {
            steps.push(step.clone());
            continue;
        }
        let Some(usage) = usage else { continue };
        let same = free.get_mut(&Some(usage.clone())).and_then(std::collections::VecDeque::pop_front);
        if let Some(step) = same {
            steps.push(step.clone());
            continue;
        }
        let again = |run: &&Arc<StepRun>| {
            run.step.tool.as_ref() == Some(&usage.tool)
                && run.step.with == usage.with
                && run.step.to == usage.to
                && run.status != Status::Skipped
        };
        let repeats = state.runs.iter().rev().find(again).map(|run| run.step.id.clone());
        let description = state.goal.tools.get(&usage.tool).map(|tool| tool.description.clone()).unwrap_or_default();
        let id: StepId = loop {
            let id = format!("{}{number}", state.id_prefix);
            number += 1;
            if state.step(&id).is_none() {
                break id.into();
            }
        };
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
            repeats,
            skip: false,
            why: (!why.is_empty()).then_some(why),
        }));
    }
    steps
}
