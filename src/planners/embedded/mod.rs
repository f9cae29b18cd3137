//! The embedded planner: offline, deterministic, a pure function of its request and an evaluator of conditions.
//!
//! It derives the cheapest plan as if every condition that nobody has seen yet were true ([`derive`]), orders it
//! ([`order`]) and walks it forward with everything that is known ([`walk`]). What speaks against it branches the
//! search: do without this tool, or make another value for that key. The first plan that the walk has nothing
//! against is the answer: cheapest first, so that detours come last. Where none is left, [`explain`] says why.

pub mod derive;
pub mod explain;
pub mod order;
pub mod problem;
pub mod walk;

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashSet};
use std::sync::Arc;

use self::derive::Limits;
use self::problem::{KeyId, Problem};
use self::walk::{Violation, Walker};
use super::Planner;
use crate::engine::effect::{Judge, PlanReply, PlanRequest, PlannedStep};
use crate::engine::plan::{Step, StepId};

/// The embedded planner.
pub struct Embedded;

impl Planner for Embedded {
    fn name(&self) -> &'static str {
        "embedded"
    }

    fn plan(&self, request: &PlanRequest, judge: &dyn Judge, cancelled: &dyn Fn() -> bool) -> PlanReply {
        plan(request, judge, cancelled)
    }
}

/// How many plans are walked at most before the search gives up; each costs about as much as a derivation.
const ATTEMPTS: usize = 4_000;

/// What a search came to.
struct Found {
    chosen: BTreeSet<usize>,
    order: Vec<usize>,
}

/// Plans: the cheapest steps found that lead from what is fresh to what is wanted, or the reasons why there are none.
pub fn plan(request: &PlanRequest, judge: &dyn Judge, cancelled: &dyn Fn() -> bool) -> PlanReply {
    let mut not_kept: Vec<(StepId, Arc<str>)> = Vec::new();
    loop {
        let kept = |step: &Step| !not_kept.iter().any(|(id, _)| *id == step.id);
        let unknown = request.keep.iter().filter(|step| kept(step) && !step.skip).find_map(|step| {
            let tool = step.tool.as_ref()?;
            (!request.tools.contains_key(tool)).then(|| (step.id.clone(), format!("there is no tool {tool}")))
        });
        if let Some((id, why)) = unknown {
            not_kept.push((id, why.into()));
            continue;
        }
        let problem = Problem::new(request, kept);
        let walker = Walker::new(&problem, judge);
        let mut met: Vec<Violation> = Vec::new();
        match search(&problem, &walker, &mut met, cancelled) {
            Some(found) => return answer(&problem, found, &met, not_kept),
            None if cancelled() => return PlanReply::Broken { error: "it was cancelled".into() },
            None => {
                // A person's step may stand in the way: the last one is given up, and that is said.
                match problem.kept().last().and_then(|at| problem.candidates[at].kept.clone()) {
                    Some(step) => {
                        let why = explain::why_not_kept(&problem, &step, &met);
                        not_kept.push((step.id.clone(), why.into()));
                    }
                    None => return PlanReply::None { reasons: explain::reasons(&problem, &met) },
                }
            }
        }
    }
}

/// Tells whether `steps` hold when walked forward from what `request` knows; if not, what speaks against them.
pub fn holds(request: &PlanRequest, steps: &[PlannedStep], judge: &dyn Judge) -> Result<(), String> {
    let problem = Problem::new(request, |_| true);
    let place = |step: &PlannedStep| {
        problem.candidates.iter().position(|candidate| match (&step.kept, &candidate.kept) {
            (Some(id), Some(kept)) => *id == kept.id,
            (None, None) => candidate.usage == step.usage,
            (Some(_), None) | (None, Some(_)) => false,
        })
    };
    let skipped = |step: &&PlannedStep| {
        !step.kept.as_ref().is_some_and(|id| request.keep.iter().any(|kept| kept.id == *id && kept.skip))
    };
    let order: Option<Vec<usize>> = steps.iter().filter(skipped).map(place).collect();
    let Some(order) = order else { return Err("a step uses what is not on offer".into()) };
    Walker::new(&problem, judge).walk(&order).map_err(|violation| explain::sentence(&problem, &violation))
}

/// The plans that are still to be walked, cheapest first.
#[derive(Default)]
struct Open {
    heap: BinaryHeap<Reverse<(u64, usize, Limits)>>,
    seen: HashSet<Limits>,
    plans: Vec<Option<BTreeSet<usize>>>,
}

impl Open {
    fn consider(&mut self, problem: &Problem<'_>, limits: Limits) {
        if !self.seen.insert(limits.clone()) {
            return;
        }
        if let Some(chosen) = derive::derive(problem, &limits, &problem.wants) {
            // A cost in 1024ths orders plans that differ by less than anybody would notice by their age.
            let price = (derive::cost(problem, &chosen) * 1024.0) as u64;
            self.heap.push(Reverse((price, self.plans.len(), limits)));
            self.plans.push(Some(chosen));
        }
    }
}

fn search(
    problem: &Problem<'_>,
    walker: &Walker<'_>,
    met: &mut Vec<Violation>,
    cancelled: &dyn Fn() -> bool,
) -> Option<Found> {
    let mut open = Open::default();
    open.consider(problem, Limits::default());
    let mut attempts = 0;
    while let Some(Reverse((_, at, limits))) = open.heap.pop() {
        attempts += 1;
        if attempts > ATTEMPTS || cancelled() {
            return None;
        }
        let Some(chosen) = open.plans[at].take() else { continue };
        let order = match order::order(problem, &chosen) {
            Ok(order) => order,
            Err(circle) => {
                for step in circle.into_iter().filter(|at| problem.candidates[*at].kept.is_none()) {
                    let mut next = limits.clone();
                    next.out.insert(step);
                    open.consider(problem, next);
                }
                continue;
            }
        };
        let Err(violation) = walker.walk(&order) else { return Some(Found { chosen, order }) };
        for next in ways_out(problem, &limits, &chosen, &violation) {
            open.consider(problem, next);
        }
        if met.len() < 200 && !met.contains(&violation) {
            met.push(violation);
        }
    }
    None
}

/// Returns what may be done about a violation: each way is a little more limited than `limits`.
fn ways_out(problem: &Problem<'_>, limits: &Limits, chosen: &BTreeSet<usize>, violation: &Violation) -> Vec<Limits> {
    let mut ways = Vec::new();
    let without = |step: usize, ways: &mut Vec<Limits>| {
        if problem.candidates.get(step).is_some_and(|candidate| candidate.kept.is_none()) {
            let mut next = limits.clone();
            next.out.insert(step);
            ways.push(next);
        }
    };
    let mut another: Vec<KeyId> = Vec::new();
    match violation {
        Violation::Missing { step, .. } => without(*step, &mut ways),
        Violation::Stale { step, key, by } => {
            another.push(*key);
            by.iter().chain(step).for_each(|step| without(*step, &mut ways));
        }
        Violation::False { step, about, .. } => {
            step.iter().for_each(|step| without(*step, &mut ways));
            another.extend(about);
        }
        Violation::Useless { step, .. } => {
            without(*step, &mut ways);
            another.extend(&problem.candidates[*step].reads);
        }
    }
    // Another value for a key: what is known of it does not count, or its maker in this plan reads something else.
    let mut seen: HashSet<KeyId> = HashSet::new();
    while let Some(key) = another.pop() {
        if !seen.insert(key) {
            continue;
        }
        if problem.available[key] && !problem.pinned[key] && !limits.replaced.contains(&key) {
            let mut next = limits.clone();
            next.replaced.insert(key);
            ways.push(next);
        }
        for maker in problem.writers[key].iter().filter(|maker| chosen.contains(maker)) {
            without(*maker, &mut ways);
            another.extend(&problem.candidates[*maker].reads);
        }
    }
    ways
}

fn answer(problem: &Problem<'_>, found: Found, met: &[Violation], not_kept: Vec<(StepId, Arc<str>)>) -> PlanReply {
    let mut steps: Vec<PlannedStep> = Vec::with_capacity(found.order.len());
    for at in &found.order {
        let candidate = &problem.candidates[*at];
        steps.push(PlannedStep {
            usage: candidate.usage.clone(),
            kept: candidate.kept.as_ref().map(|step| step.id.clone()),
            why: explain::why_chosen(problem, *at, &found.chosen, met).into(),
        });
    }
    // Switched-off steps stay before the kept step that they stood before.
    for (place, skipped) in problem.request.keep.iter().enumerate().filter(|(_, step)| step.skip) {
        let later = &problem.request.keep[place + 1..];
        let at = steps.iter().position(|step| later.iter().any(|kept| step.kept.as_ref() == Some(&kept.id)));
        let (usage, kept) = (skipped.usage(), Some(skipped.id.clone()));
        let step = PlannedStep { usage, kept, why: "you switched it off".into() };
        steps.insert(at.unwrap_or(steps.len()), step);
    }
    PlanReply::Plan {
        steps,
        cost: derive::cost(problem, &found.chosen),
        left_out: explain::left_out(problem, &found.chosen, met),
        not_kept,
    }
}
