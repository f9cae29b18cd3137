//! The embedded planner: offline, deterministic, the default. Same request, same plan; ties go by declaration.
//!
//! ```text
//! request ─▶ problem ─▶ derivation ─▶ order ─▶ walk ─▶ improve ─▶ forward check ─▶ plan
//!            (numbers)      ▲                   │
//!                           └──── conflicts ◀───┘ what the walk objects to becomes a no-good
//!                                 search          small problems: everything is tried
//!                                 explain         no plan: a tree of reasons
//! ```
//! `world` says what a step does to every key, staleness included; `memory` what is known in advance (remembered
//! outcomes, conditions on known values); `keeping` which of a person's steps can stay; `why` gives each step its
//! sentence. What nobody has observed yet is taken to meet every condition.
//!
//! **Budgets.** Everything is counted in work, never in time, so that the same request gives the same plan on every
//! machine. A derivation is linear in the catalogue; improvement and conflicts are bounded multiples of it, so a plan
//! of thousands of steps is improved partly or not at all.

mod conflicts;
mod derivation;
mod explain;
mod forward;
mod graph;
mod headline;
mod improve;
mod keeping;
mod memory;
mod order;
mod problem;
mod search;
#[cfg(test)]
mod tests;
mod text;
mod why;
mod world;

pub use forward::holds;

use crate::engine::context::Origin;
use crate::engine::effect::{Judge, PlanReply, PlanRequest};
use crate::engine::event::Reason;
use crate::engine::settings::PlannerNature;

use conflicts::{Setback, resolve};
use derivation::{Combine, Terms};
use forward::{Fault, check};
use graph::Graph;
use improve::Improvement;
use problem::{OpId, Problem};
use search::{Found, search};

/// The embedded planner, as an entry of the table.
pub struct Embedded;

impl super::Planner for Embedded {
    fn name(&self) -> &'static str {
        "embedded"
    }

    fn nature(&self) -> PlannerNature {
        PlannerNature::Pure
    }

    fn plan(&self, request: &PlanRequest, host: &super::Host<'_>) -> PlanReply {
        plan(request, host.judge, host.cancelled)
    }
}

/// Plans `request`. Pure: the same request and the same verdicts give the same answer.
///
/// A plan that is returned passes [`holds`]. `cancelled` is asked between derivations (milliseconds); once it says
/// so, the answer is [`PlanReply::Broken`].
pub fn plan(request: &PlanRequest, judge: &dyn Judge, cancelled: &dyn Fn() -> bool) -> PlanReply {
    let reply = sound(request, judge, &|lost| keeping::plan(request, judge, lost, cancelled));
    if cancelled() {
        return PlanReply::Broken { error: "planning was cancelled".into() };
    }
    reply
}

/// Returns a plan of `make` that holds. It is told which steps it cannot keep, each with the reason: a contradiction
/// costs the step to keep that it is about (else the last one), and not the session.
fn sound(request: &PlanRequest, judge: &dyn Judge, make: &dyn Fn(Vec<(usize, String)>) -> PlanReply) -> PlanReply {
    let mut lost: Vec<(usize, String)> = Vec::new();
    loop {
        let reply = make(lost.clone());
        let PlanReply::Plan { steps, .. } = &reply else { return reply };
        let Err(Fault { kept, why }) = check(request, steps, judge) else { return reply };
        let open = |at: &usize| !request.keep[*at].skip && lost.iter().all(|(other, _)| other != at);
        let Some(at) = kept.filter(open).or_else(|| (0..request.keep.len()).rev().find(open)) else {
            let error = format!("the embedded planner made a plan that does not hold: {why}; please report this");
            return PlanReply::Broken { error: error.into() };
        };
        lost.push((at, format!("the plan that was made with it does not hold: {why}")));
    }
}

/// Why a problem has no plan.
enum Failure {
    /// The goal cannot be derived at all.
    Underivable,
    /// It can be, but nothing that was tried holds.
    Conflicting { setbacks: Vec<Setback>, gave_up: bool },
}

/// Finds a plan for `problem`, with every step that it keeps.
fn solve(graph: &Graph<'_, '_>, problem: &Problem<'_>, cancelled: &dyn Fn() -> bool) -> Result<Vec<OpId>, Failure> {
    let terms = Terms { world: &problem.start, out: &[], free: &[], done: 0, combine: Combine::Sum };
    if !graph.derive(&terms).reached() {
        return Err(Failure::Underivable);
    }
    let conflicts::Search { plan, setbacks } = resolve(graph, problem, cancelled);
    if let Some(plan) = plan {
        let plan = Improvement::new(graph, problem, &[], cancelled).improve(plan);
        return Ok(sparing(graph, problem, &plan, cancelled).unwrap_or(plan));
    }
    match search(graph, problem, f64::INFINITY, None, cancelled) {
        Found::Plan(plan) => Ok(plan),
        Found::Nothing => Err(Failure::Conflicting { setbacks, gave_up: false }),
        Found::GaveUp => Err(Failure::Conflicting { setbacks, gave_up: true }),
    }
}

/// Returns a plan that leaves alone the given facts that `plan` overwrites, if one can use them instead.
///
/// Nothing makes a given value again: who could still make something of it is tried before it is gone, at any cost.
fn sparing(
    graph: &Graph<'_, '_>,
    problem: &Problem<'_>,
    plan: &[OpId],
    cancelled: &dyn Fn() -> bool,
) -> Option<Vec<OpId>> {
    let given = |key: &usize| {
        problem.fact(*key).is_some_and(|fact| fact.fresh && matches!(fact.origin, Origin::Initial | Origin::Injected))
    };
    let written = plan.iter().filter(|&&op| problem.ops[op].kept.is_none());
    let written = written.flat_map(|&op| problem.ops[op].writes.iter().map(|(key, _)| *key));
    let lost: Vec<usize> = written.filter(given).collect();
    if lost.is_empty() {
        return None;
    }
    let burns = |op: &OpId| {
        let uses = &problem.ops[*op];
        uses.kept.is_none() && uses.writes.iter().any(|(key, _)| lost.contains(key))
    };
    let out: Vec<OpId> = (0..problem.ops.len()).filter(burns).collect();
    let spares = conflicts::attempt(graph, problem, &out, &problem.kept).ok()?;
    let spares = Improvement::new(graph, problem, &out, cancelled).improve(spares);
    spares.iter().any(|&op| problem.ops[op].reads.iter().any(|key| lost.contains(key))).then_some(spares)
}

/// Returns the reasons for `failure`, as trees.
fn reasons(graph: &Graph<'_, '_>, problem: &Problem<'_>, failure: &Failure) -> Vec<Reason> {
    match failure {
        Failure::Underivable => explain::underivable(graph, problem, None),
        Failure::Conflicting { setbacks, gave_up } => explain::conflicting(problem, setbacks, *gave_up),
    }
}
