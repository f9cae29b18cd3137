//! From derivations to plans that hold: what a walk objects to becomes a no-good, and the derivation is repeated.
//!
//! Two kinds of no-goods: a fact that the plan itself makes stale must be made again (no choice is lost by that, as
//! long as what makes it stale stays), and a use that an objection involves is left out (a branch for each such use,
//! cheapest plan first).

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashSet};

use super::derivation::{Combine, Terms};
use super::graph::Graph;
use super::order::{Ahead, order};
use super::problem::{KeyId, OpId, Problem};
use super::world::{Made, Obstacle};

/// How much work, in edges of the graph, the search among no-goods may be.
const WORK: usize = 2_000_000;

/// How many branches it may have at most, however small the graph.
const BRANCHES: usize = 400;

/// How many uses are left out, one at a time, because of one objection.
const INVOLVED: usize = 12;

/// For how many of the facts that a plan makes stale it is found out by which uses.
const BLAMED: usize = 16;

/// Uses that are left out, and the outcome of the derivation without them.
type Branch = (Vec<OpId>, Result<Vec<OpId>, Setback>);

/// A derivation that became no plan.
pub(super) struct Setback {
    /// What was chosen, in order; empty where the goal could not be derived.
    pub(super) ops: Vec<OpId>,
    /// The place of the step that is not possible, and why; none where the goal could not be derived.
    pub(super) objection: Option<(usize, Obstacle)>,
    /// Facts that had to be made again, with the uses that would make them stale.
    pub(super) marked: Vec<(KeyId, Vec<OpId>)>,
}

/// Derives with the uses `out` left out and `free` ones at no cost, orders and walks.
pub(super) fn attempt(
    graph: &Graph<'_, '_>,
    problem: &Problem<'_>,
    out: &[OpId],
    free: &[OpId],
) -> Result<Vec<OpId>, Setback> {
    let mut world = problem.start.clone();
    let mut marked: Vec<(KeyId, Vec<OpId>)> = Vec::new();
    loop {
        let derivation = graph.derive(&Terms { world: &world, out, free, done: 0, combine: Combine::Sum });
        if !derivation.reached() {
            return Err(Setback { ops: Vec::new(), objection: None, marked });
        }
        let chosen = derivation.chosen(graph);
        let ops = order(problem, &chosen, Ahead::AsBefore);
        let Err(objection) = problem.walk(&ops) else { return Ok(ops) };
        if !problem.kept.is_empty() || !problem.request.places.is_empty() {
            let ops = order(problem, &chosen, Ahead::All);
            if problem.walk(&ops).is_ok() {
                return Ok(ops);
            }
        }
        let stale = made_stale(problem, &ops, |key| world.slots[key].fresh);
        if stale.is_empty() {
            return Err(Setback { ops, objection: Some(objection), marked });
        }
        for (key, by) in stale {
            world.slots[key].fresh = false;
            marked.push((key, by));
        }
    }
}

/// Returns the facts for which `relied` says so that `ops` read, or that are wanted, and that `ops` make stale without
/// making them again; each with the uses that make it stale.
fn made_stale(problem: &Problem<'_>, ops: &[OpId], relied: impl Fn(KeyId) -> bool) -> Vec<(KeyId, Vec<OpId>)> {
    let written: HashSet<KeyId> = ops.iter().flat_map(|&op| problem.ops[op].writes.iter().map(|(k, _)| *k)).collect();
    let mut needed: HashSet<KeyId> = ops.iter().flat_map(|&op| problem.ops[op].reads.iter().copied()).collect();
    needed.extend(&problem.wants);
    let mut cone: HashSet<KeyId> = HashSet::new();
    let mut todo: Vec<KeyId> = written.iter().copied().collect();
    while let Some(key) = todo.pop() {
        for &made in &problem.made_from[key] {
            if problem.start.slots[made].fresh && cone.insert(made) {
                todo.push(made);
            }
        }
    }
    let mut stale: Vec<KeyId> =
        cone.into_iter().filter(|key| needed.contains(key) && !written.contains(key) && relied(*key)).collect();
    stale.sort_unstable();
    // Who is to blame is asked for the first ones only: one of those uses has to go, or all stale facts are made again.
    let blamed = |at: usize, key| if at < BLAMED { culprits(problem, ops, key) } else { Vec::new() };
    stale.into_iter().enumerate().map(|(at, key)| (key, blamed(at, key))).collect()
}

/// Returns the uses among `ops` that write something that the present value of `key` was made from.
fn culprits(problem: &Problem<'_>, ops: &[OpId], key: KeyId) -> Vec<OpId> {
    let mut sources: HashSet<KeyId> = HashSet::new();
    let mut todo = vec![key];
    while let Some(key) = todo.pop() {
        let Some(fact) = problem.fact(key) else { continue };
        for (source, _) in fact.sources.iter() {
            if let Some(&source) = problem.ids.get(source)
                && sources.insert(source)
            {
                todo.push(source);
            }
        }
    }
    let writes = |op: &OpId| problem.ops[*op].writes.iter().any(|(key, _)| sources.contains(key));
    ops.iter().copied().filter(writes).collect()
}

/// The outcome of the search among no-goods.
pub(super) struct Search {
    /// The plan, if one was found.
    pub(super) plan: Option<Vec<OpId>>,
    /// What stood in the way of the derivations that made no plan, first ones first.
    pub(super) setbacks: Vec<Setback>,
}

/// Searches among no-goods for a plan that holds, cheapest derivation first.
pub(super) fn resolve(graph: &Graph<'_, '_>, problem: &Problem<'_>, cancelled: &dyn Fn() -> bool) -> Search {
    let limit = (WORK / graph.size().max(1)).clamp(8, BRANCHES);
    let mut seen: HashSet<Vec<OpId>> = HashSet::new();
    let mut setbacks: Vec<Setback> = Vec::new();
    let mut queue: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
    let mut branches: Vec<Branch> = Vec::new();
    let mut open = |out: Vec<OpId>, queue: &mut BinaryHeap<Reverse<(u64, usize)>>, branches: &mut Vec<Branch>| {
        if !seen.insert(out.clone()) {
            return;
        }
        // What is kept is in every plan: it is paid for.
        let result = attempt(graph, problem, &out, &problem.kept);
        let ops = match &result {
            Ok(ops) => ops,
            Err(setback) => &setback.ops,
        };
        // Costs are finite and not negative: their bits are in their order.
        queue.push(Reverse((problem.cost(ops).to_bits(), branches.len())));
        branches.push((out, result));
    };
    open(Vec::new(), &mut queue, &mut branches);
    while let Some(Reverse((_, at))) = queue.pop() {
        let (out, result) = std::mem::replace(&mut branches[at], (Vec::new(), Ok(Vec::new())));
        let setback = match result {
            Ok(plan) => return Search { plan: Some(plan), setbacks },
            Err(setback) => setback,
        };
        for op in involved(problem, &setback) {
            if branches.len() >= limit || cancelled() {
                break;
            }
            let mut out = out.clone();
            if let Err(place) = out.binary_search(&op) {
                out.insert(place, op);
                open(out, &mut queue, &mut branches);
            }
        }
        if setbacks.len() < 64 {
            setbacks.push(setback);
        }
    }
    Search { plan: None, setbacks }
}

/// Returns the uses that an objection involves, nearest first: one of them has to go.
fn involved(problem: &Problem<'_>, setback: &Setback) -> Vec<OpId> {
    let mut found: Vec<OpId> = Vec::new();
    let mut add = |op: OpId| {
        if problem.ops[op].kept.is_none() && !found.contains(&op) {
            found.push(op);
        }
    };
    for (_, by) in &setback.marked {
        by.iter().for_each(|&op| add(op));
    }
    let Some((at, obstacle)) = &setback.objection else {
        found.truncate(INVOLVED);
        return found;
    };
    let mut todo: Vec<KeyId> = match obstacle {
        Obstacle::Missing(key) | Obstacle::Stale(key) => vec![*key],
        Obstacle::Outlook(_) => setback.ops.get(*at).map_or(Vec::new(), |&op| problem.ops[op].reads.clone()),
        Obstacle::Want(place) => vec![problem.wants[*place]],
    };
    if let Some(&op) = setback.ops.get(*at) {
        add(op);
    }
    let mut seen: BTreeSet<KeyId> = todo.iter().copied().collect();
    let mut nearest = 0;
    while let Some(&key) = todo.get(nearest) {
        nearest += 1;
        for &op in &setback.ops {
            if problem.ops[op].writes.iter().any(|(written, _)| *written == key) {
                add(op);
                todo.extend(problem.ops[op].reads.iter().copied().filter(|key| seen.insert(*key)));
            }
        }
        if nearest >= 4 * INVOLVED {
            break;
        }
    }
    found.truncate(INVOLVED);
    found
}

/// Returns the steps of `ops` that would have to be both before and after others: who makes stale what `key` is.
pub(super) fn overtakers(problem: &Problem<'_>, ops: &[OpId], key: KeyId) -> Vec<OpId> {
    let mut world = problem.start.clone();
    let mut by = Vec::new();
    for &op in ops {
        let before = world.slots[key].fresh;
        if problem.run(&mut world, op).is_err() {
            break;
        }
        if before && !world.slots[key].fresh && world.slots[key].made != Made::By(op) {
            by.push(op);
        }
    }
    by
}
