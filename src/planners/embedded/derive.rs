//! The derivation over the AND/OR graph of tools: cheapest first, then improved.
//!
//! A tool is an AND over its inputs, a key an OR over its writers; the cheapest derivation of every key follows
//! from Knuth's generalisation of Dijkstra's algorithm (1977). Its sums count a shared sub-plan once for each use, so
//! the set of chosen tools is improved afterwards: commit the bottom step at no cost and derive again, drop what is
//! not needed, try to do without each step.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashSet};

use super::problem::{KeyId, Problem};

/// What a search node changes about the problem.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Limits {
    /// Candidates that must not be used.
    pub out: BTreeSet<usize>,
    /// Keys whose present value does not count.
    pub replaced: BTreeSet<KeyId>,
}

/// How many derivations the improvement may make, times the number of candidates looked at in each.
const IMPROVEMENT_BUDGET: usize = 400_000;

/// A number that orders costs; costs are finite and not negative, whose bits are in their order.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
struct Cost(f64);
impl Eq for Cost {}
impl Ord for Cost {
    fn cmp(&self, other: &Cost) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// Returns the candidates of a cheap plan (those of `targets` and of every kept step), or none if there is none.
pub fn derive(problem: &Problem<'_>, limits: &Limits, targets: &[KeyId]) -> Option<BTreeSet<usize>> {
    let allowed = relevant(problem, limits, targets);
    let mut best = cheapest(problem, limits, targets, &allowed, &BTreeSet::new())?;
    let budget = IMPROVEMENT_BUDGET / allowed.len().max(1);
    if best.len() <= budget {
        best = committed(problem, limits, targets, &allowed, best);
    }
    best = without_needless(problem, limits, targets, best);
    let mut spent = best.len();
    let mut improved = true;
    while improved && spent <= budget {
        improved = false;
        for step in best.clone() {
            if problem.candidates[step].kept.is_some() {
                continue;
            }
            let mut fewer = allowed.clone();
            fewer.remove(&step);
            spent += 1;
            let Some(other) = cheapest(problem, limits, targets, &fewer, &BTreeSet::new()) else { continue };
            let other = without_needless(problem, limits, targets, other);
            if cost(problem, &other) + 1e-9 < cost(problem, &best) {
                best = other;
                improved = true;
                break;
            }
        }
    }
    Some(best)
}

/// Returns what a set of candidates costs.
pub fn cost(problem: &Problem<'_>, chosen: &BTreeSet<usize>) -> f64 {
    chosen.iter().map(|at| problem.candidates[*at].cost).sum()
}

/// Tells whether `key` is there without any step.
fn given(problem: &Problem<'_>, limits: &Limits, key: KeyId) -> bool {
    problem.available[key] && !limits.replaced.contains(&key)
}

/// Returns the candidates from which the targets can be reached backwards.
fn relevant(problem: &Problem<'_>, limits: &Limits, targets: &[KeyId]) -> HashSet<usize> {
    let mut allowed = HashSet::new();
    let mut seen = vec![false; problem.keys.len()];
    let mut todo: Vec<KeyId> = targets.to_vec();
    for at in problem.kept() {
        allowed.insert(at);
        todo.extend(&problem.candidates[at].reads);
    }
    while let Some(key) = todo.pop() {
        if std::mem::replace(&mut seen[key], true) || given(problem, limits, key) {
            continue;
        }
        for writer in &problem.writers[key] {
            if !limits.out.contains(writer) && allowed.insert(*writer) {
                todo.extend(&problem.candidates[*writer].reads);
            }
        }
    }
    allowed
}

fn cheapest(
    problem: &Problem<'_>,
    limits: &Limits,
    targets: &[KeyId],
    allowed: &HashSet<usize>,
    free: &BTreeSet<usize>,
) -> Option<BTreeSet<usize>> {
    let mut price: Vec<Option<f64>> = vec![None; problem.keys.len()];
    let mut maker: Vec<Option<usize>> = vec![None; problem.keys.len()];
    let mut missing: Vec<usize> = problem.candidates.iter().map(|candidate| candidate.reads.len()).collect();
    let mut sum: Vec<f64> = problem.candidates.iter().map(|candidate| candidate.cost).collect();
    for at in free {
        sum[*at] = 0.0;
    }
    let mut heap: BinaryHeap<Reverse<(Cost, usize, KeyId)>> = BinaryHeap::new();
    let offer = |at: usize, sum: f64, heap: &mut BinaryHeap<Reverse<(Cost, usize, KeyId)>>| {
        for key in &problem.candidates[at].writes {
            heap.push(Reverse((Cost(sum), at + 1, *key)));
        }
    };
    let mut order: Vec<usize> = allowed.iter().copied().collect();
    order.sort_unstable();
    let mut enough: HashSet<KeyId> = targets.iter().copied().collect();
    for at in &order {
        enough.extend(problem.kept().filter(|kept| kept == at).flat_map(|at| problem.candidates[at].reads.clone()));
        for key in &problem.candidates[*at].reads {
            if given(problem, limits, *key) && price[*key].is_none() {
                price[*key] = Some(0.0);
            }
        }
    }
    for target in targets {
        if given(problem, limits, *target) {
            price[*target] = Some(0.0);
        }
    }
    for at in &order {
        let reads = &problem.candidates[*at].reads;
        missing[*at] = reads.iter().filter(|key| price[**key].is_none()).count();
        if missing[*at] == 0 {
            offer(*at, sum[*at], &mut heap);
        }
    }
    while let Some(Reverse((Cost(cost), by, key))) = heap.pop() {
        if price[key].is_some() {
            continue;
        }
        price[key] = Some(cost);
        maker[key] = Some(by - 1);
        for reader in &problem.readers[key] {
            if !allowed.contains(reader) || missing[*reader] == 0 {
                continue;
            }
            missing[*reader] -= 1;
            sum[*reader] += cost;
            if missing[*reader] == 0 {
                offer(*reader, sum[*reader], &mut heap);
            }
        }
    }
    let mut chosen: BTreeSet<usize> = BTreeSet::new();
    let mut todo: Vec<KeyId> = targets.to_vec();
    for at in problem.kept() {
        chosen.insert(at);
        todo.extend(&problem.candidates[at].reads);
    }
    let mut seen = vec![false; problem.keys.len()];
    while let Some(key) = todo.pop() {
        if std::mem::replace(&mut seen[key], true) {
            continue;
        }
        price[key]?;
        if let Some(at) = maker[key] {
            chosen.insert(at);
            todo.extend(&problem.candidates[at].reads);
        }
    }
    Some(chosen)
}

/// Commits the steps one by one, bottom first, and derives the rest again with them at no cost.
fn committed(
    problem: &Problem<'_>,
    limits: &Limits,
    targets: &[KeyId],
    allowed: &HashSet<usize>,
    first: BTreeSet<usize>,
) -> BTreeSet<usize> {
    let mut best = first.clone();
    let mut current = first;
    let mut free: BTreeSet<usize> = problem.kept().collect();
    loop {
        let bottom = super::order::order(problem, &current)
            .ok()
            .and_then(|order| order.into_iter().find(|at| !free.contains(at)));
        let Some(bottom) = bottom else { return best };
        free.insert(bottom);
        let Some(next) = cheapest(problem, limits, targets, allowed, &free) else { return best };
        let union: BTreeSet<usize> = next.iter().copied().collect();
        let thinned = without_needless(problem, limits, targets, union.clone());
        if cost(problem, &thinned) + 1e-9 < cost(problem, &best) {
            best = thinned;
        }
        current = next;
    }
}

/// Drops, dearest first, every step without which the others still reach the targets.
fn without_needless(
    problem: &Problem<'_>,
    limits: &Limits,
    targets: &[KeyId],
    mut chosen: BTreeSet<usize>,
) -> BTreeSet<usize> {
    if chosen.len() > 600 {
        return chosen;
    }
    let mut order: Vec<usize> = chosen.iter().copied().collect();
    order.sort_by(|a, b| problem.candidates[*b].cost.total_cmp(&problem.candidates[*a].cost).then(b.cmp(a)));
    for at in order {
        if problem.candidates[at].kept.is_some() {
            continue;
        }
        chosen.remove(&at);
        if !reaches(problem, limits, targets, &chosen) {
            chosen.insert(at);
        }
    }
    chosen
}

/// Tells whether the steps of `chosen` reach the targets (and each other's inputs where they are kept).
fn reaches(problem: &Problem<'_>, limits: &Limits, targets: &[KeyId], chosen: &BTreeSet<usize>) -> bool {
    let mut have: HashSet<KeyId> = HashSet::new();
    let there = |key: KeyId, have: &HashSet<KeyId>| given(problem, limits, key) || have.contains(&key);
    let mut left: Vec<usize> = chosen.iter().copied().collect();
    loop {
        let before = left.len();
        left.retain(|at| {
            let candidate = &problem.candidates[*at];
            let ready = candidate.reads.iter().all(|key| there(*key, &have));
            if ready {
                have.extend(&candidate.writes);
            }
            !ready
        });
        if left.len() == before {
            break;
        }
    }
    left.iter().all(|at| problem.candidates[*at].kept.is_none()) && targets.iter().all(|key| there(*key, &have))
}
