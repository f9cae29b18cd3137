//! The steps of a person and of the goal file: which of them can stay, where they stand, and why one cannot.

use std::sync::Arc;

use crate::engine::effect::{Judge, PlanReply, PlanRequest, PlannedStep};
use crate::engine::event::Reason;
use crate::engine::goal::Key;
use crate::engine::plan::{Step, StepId};

use super::derivation::{Combine, Terms};
use super::explain::underivable;
use super::graph::Graph;
use super::headline::headline;
use super::problem::{OpId, Problem, written};
use super::text::are_pinned;
use super::{Failure, reasons, solve, why};
use crate::describe::nearest::nearest;

/// How many steps are tried one by one where they cannot all be kept together.
const TRIED: usize = 24;

/// Plans with as many of the steps to keep as can be; those of `not_kept` are known not to be among them.
pub(super) fn plan(
    request: &PlanRequest,
    judge: &dyn Judge,
    mut not_kept: Vec<(usize, String)>,
    cancelled: &dyn Fn() -> bool,
) -> PlanReply {
    let mut keep: Vec<usize> = Vec::new();
    let known: Vec<usize> = not_kept.iter().map(|(at, _)| *at).collect();
    for (at, step) in request.keep.iter().enumerate().filter(|(at, step)| !step.skip && !known.contains(at)) {
        match &step.tool {
            Some(tool) if !request.tools.contains_key(tool) => {
                let near = nearest(tool, request.tools.keys().map(|name| &**name));
                let hint = near.map_or(String::new(), |near| format!("; the nearest is {near}"));
                not_kept.push((at, format!("there is no tool {tool}{hint}")));
            }
            Some(_) | None => match idle(request, step) {
                Some(why) => not_kept.push((at, why)),
                None => keep.push(at),
            },
        }
    }
    // One that cannot be kept may take others with it that read what it writes.
    loop {
        let problem = Problem::new(request, judge, &keep);
        let graph = Graph::new(&problem);
        let lost = lost(&graph, &problem, &keep);
        if lost.is_empty() {
            match solve(&graph, &problem, cancelled) {
                Ok(plan) => return answer(&problem, &plan, &not_kept),
                Err(failure) if keep.is_empty() => {
                    return none(&graph, &problem, &failure);
                }
                Err(failure) => {
                    let because = first(&reasons(&graph, &problem, &failure));
                    return without_some(request, judge, cancelled, keep, not_kept, &because);
                }
            }
        }
        keep.retain(|at| lost.iter().all(|(other, _)| other != at));
        not_kept.extend(lost);
    }
}

/// Returns why `step` is not worth keeping: all that it writes is pinned.
fn idle(request: &PlanRequest, step: &Step) -> Option<String> {
    let tool = step.tool_in(&request.tools)?;
    let writes = written(Some(tool), &step.to, None);
    let pinned = |key: &Key| request.facts.get(key).is_some_and(|fact| fact.pinned);
    if writes.is_empty() || !writes.iter().all(|(_, key)| pinned(key)) {
        return None;
    }
    let names: Vec<&str> = writes.iter().map(|(_, key)| &**key).collect();
    Some(format!("{}: nothing that it makes would be taken", are_pinned(&names)))
}

/// Returns the steps of `keep` that cannot be derived, each with the reason.
fn lost(graph: &Graph<'_, '_>, problem: &Problem<'_>, keep: &[usize]) -> Vec<(usize, String)> {
    if keep.is_empty() {
        return Vec::new();
    }
    let terms = Terms { world: &problem.start, out: &[], free: &[], done: 0, combine: Combine::Sum };
    let derivation = graph.derive_all(&terms);
    let lost = (0..keep.len()).filter(|at| !derivation.reached_goal(problem.wants.len() + at));
    lost.map(|at| (keep[at], first(&underivable(graph, problem, Some(problem.wants.len() + at))))).collect()
}

/// Plans with those of `keep` that can be kept one after the other.
fn without_some(
    request: &PlanRequest,
    judge: &dyn Judge,
    cancelled: &dyn Fn() -> bool,
    keep: Vec<usize>,
    mut not_kept: Vec<(usize, String)>,
    because: &str,
) -> PlanReply {
    let mut kept: Vec<usize> = Vec::new();
    for (tried, at) in keep.into_iter().enumerate() {
        if tried >= TRIED {
            not_kept.push((at, format!("not all steps that are to stay can be kept: {because}")));
            continue;
        }
        kept.push(at);
        let problem = Problem::new(request, judge, &kept);
        let graph = Graph::new(&problem);
        if let Err(failure) = solve(&graph, &problem, cancelled) {
            let because = first(&reasons(&graph, &problem, &failure));
            not_kept.push((at, format!("no plan reaches the goal with it: {because}")));
            kept.pop();
        }
    }
    let problem = Problem::new(request, judge, &kept);
    let graph = Graph::new(&problem);
    match solve(&graph, &problem, cancelled) {
        Ok(plan) => answer(&problem, &plan, &not_kept),
        Err(failure) => none(&graph, &problem, &failure),
    }
}

fn none(graph: &Graph<'_, '_>, problem: &Problem<'_>, failure: &Failure) -> PlanReply {
    let reasons = reasons(graph, problem, failure);
    PlanReply::None { why: Some(headline(problem, &reasons).into()), reasons }
}

/// Returns the sentences from the first reason down to what it rests on first.
fn first(reasons: &[Reason]) -> String {
    let mut sentences: Vec<&str> = Vec::new();
    let mut at = reasons.first();
    while let Some(reason) = at {
        sentences.push(&reason.sentence);
        at = reason.because.first();
        if sentences.len() == 4 {
            break;
        }
    }
    sentences.join(": ")
}

fn answer(problem: &Problem<'_>, plan: &[OpId], not_kept: &[(usize, String)]) -> PlanReply {
    let needs = why::needs(problem, plan);
    let mut steps: Vec<PlannedStep> = Vec::with_capacity(plan.len());
    let mut places: Vec<Option<usize>> = Vec::with_capacity(plan.len());
    for (at, &op) in plan.iter().enumerate() {
        let uses = &problem.ops[op];
        let kept = uses.kept.and_then(|place| problem.request.keep.get(place));
        let why = why::why(problem, plan, at, &needs);
        steps.push(PlannedStep { usage: uses.usage.clone(), kept: kept.map(|step| step.id.clone()), why });
        places.push(uses.kept);
    }
    switched_off(problem, plan, &mut steps, &mut places);
    let mut not_kept: Vec<&(usize, String)> = not_kept.iter().collect();
    not_kept.sort_by_key(|(at, _)| *at);
    let step_id = |at: usize| problem.request.keep.get(at).map(|step| step.id.clone());
    let not_kept: Vec<(StepId, Arc<str>)> =
        not_kept.into_iter().filter_map(|(at, why)| Some((step_id(*at)?, why.as_str().into()))).collect();
    PlanReply::Plan { steps, cost: problem.cost(plan), left_out: why::left_out(problem, plan, &needs), not_kept }
}

/// Puts the steps that are switched off where they would run: behind what makes their inputs, in their order.
fn switched_off(problem: &Problem<'_>, plan: &[OpId], steps: &mut Vec<PlannedStep>, places: &mut Vec<Option<usize>>) {
    let mut at = 0;
    let mut ops: Vec<Option<OpId>> = plan.iter().map(|&op| Some(op)).collect();
    for (place, step) in problem.request.keep.iter().enumerate() {
        if let Some(here) = places.iter().position(|other| *other == Some(place)) {
            at = here + 1;
        }
        if !step.skip {
            continue;
        }
        let before = |other: &Option<usize>| other.is_some_and(|other| other > place);
        let end = places.iter().position(before).unwrap_or(places.len());
        let makes = |op: &Option<OpId>| {
            op.is_some_and(|op| {
                problem.ops[op].writes.iter().any(|(key, _)| step.reads().any(|read| *read == problem.keys[*key]))
            })
        };
        let made = ops.iter().rposition(makes).map_or(0, |last| last + 1);
        let here = at.max(made).min(end);
        let why = "you switched it off: it stays and makes nothing".into();
        steps.insert(here, PlannedStep { usage: step.usage(), kept: Some(step.id.clone()), why });
        places.insert(here, Some(place));
        ops.insert(here, None);
        at = here + 1;
    }
}
