//! Makes a plan cheaper: shared sub-plans cost once, and what is not needed goes.
//!
//! A derivation counts a shared step once for each use. So the bottom step is committed at no cost and the rest is
//! derived again, until all is committed; steps without which the walk still holds are dropped; each use that was not
//! chosen is supposed to be there, and each step that was is left out, to see whether that plan is cheaper. All of it is budgeted by the size of the graph: over
//! a catalogue of thousands, or for plans of thousands of steps, a part of it or nothing is done.

use std::collections::HashSet;

use super::conflicts::attempt;
use super::graph::Graph;
use super::problem::{OpId, Problem};

/// How much work, in edges of the graph, improving a plan may be.
const WORK: usize = 400_000;

/// Up to how many steps every single one is tried without by a walk.
const WALKED: usize = 64;

/// Improves one plan after another, until the work is used up.
pub(super) struct Improvement<'i, 'p, 'a> {
    graph: &'i Graph<'p, 'a>,
    problem: &'i Problem<'a>,
    /// Uses that are never chosen, ascending.
    out: &'i [OpId],
    cancelled: &'i dyn Fn() -> bool,
    left: usize,
}

impl<'i, 'p, 'a> Improvement<'i, 'p, 'a> {
    /// Returns an improvement of plans for `problem` in which the uses `out` (ascending) have no part.
    pub(super) fn new(
        graph: &'i Graph<'p, 'a>,
        problem: &'i Problem<'a>,
        out: &'i [OpId],
        cancelled: &'i dyn Fn() -> bool,
    ) -> Self {
        Improvement { graph, problem, out, cancelled, left: WORK / graph.size().max(1) }
    }

    /// Returns `plan`, or a cheaper one that holds.
    pub(super) fn improve(&mut self, plan: Vec<OpId>) -> Vec<OpId> {
        let mut best = thinned(self.problem, plan);
        if self.forced(&best) {
            return best;
        }
        best = self.committed(&[], best);
        best = self.supposed(best);
        let mut again = true;
        while again {
            again = false;
            for op in best.clone() {
                if self.problem.ops[op].kept.is_some() {
                    continue;
                }
                let Some(other) = self.attempt(&[op], &self.problem.kept) else { continue };
                let other = self.committed(&[op], other);
                if self.cheaper(&other, &best) {
                    best = other;
                    again = true;
                    break;
                }
            }
        }
        best
    }

    /// Tells whether there was no choice: each key that `plan` makes for a want or a step has one writer only.
    fn forced(&self, plan: &[OpId]) -> bool {
        let made: HashSet<usize> =
            plan.iter().flat_map(|&op| self.problem.ops[op].writes.iter().map(|(key, _)| *key)).collect();
        let reads = plan.iter().flat_map(|&op| &self.problem.ops[op].reads);
        reads
            .chain(&self.problem.wants)
            .filter(|key| made.contains(key))
            .all(|&key| self.problem.writers[key].iter().filter(|&&op| !self.problem.ops[op].barred).nth(1).is_none())
    }

    /// Supposes each use of the catalogue to be there at no cost: a dear one that several keys could share comes in.
    fn supposed(&mut self, plan: Vec<OpId>) -> Vec<OpId> {
        let mut best = plan;
        let mut chosen: HashSet<OpId> = best.iter().copied().collect();
        for op in 0..self.problem.ops.len() {
            if self.problem.ops[op].barred || chosen.contains(&op) || self.out.contains(&op) {
                continue;
            }
            // Half of the work is left for leaving steps out.
            if self.left <= WORK / self.graph.size().max(1) / 2 {
                return best;
            }
            let mut free = self.problem.kept.clone();
            free.push(op);
            let Some(other) = self.attempt(&[], &free) else { continue };
            let better = other.contains(&op) && self.cheaper(&other, &best);
            if better {
                best = self.committed(&[], other);
                chosen = best.iter().copied().collect();
            }
        }
        best
    }

    fn attempt(&mut self, out: &[OpId], free: &[OpId]) -> Option<Vec<OpId>> {
        if self.left == 0 || (self.cancelled)() {
            return None;
        }
        self.left -= 1;
        let mut all = [self.out, out].concat();
        all.sort_unstable();
        attempt(self.graph, self.problem, &all, free).ok().map(|plan| thinned(self.problem, plan))
    }

    fn cheaper(&self, one: &[OpId], other: &[OpId]) -> bool {
        self.problem.cost(one) + 1e-9 < self.problem.cost(other)
    }

    /// Commits the bottom step of `plan` at no cost, derives again with `out` left out, and so on.
    fn committed(&mut self, out: &[OpId], plan: Vec<OpId>) -> Vec<OpId> {
        let mut free: Vec<OpId> = self.problem.kept.clone();
        free.sort_unstable();
        let mut best = plan.clone();
        let mut current = plan;
        while let Some(&bottom) = current.iter().find(|op| free.binary_search(op).is_err()) {
            if let Err(place) = free.binary_search(&bottom) {
                free.insert(place, bottom);
            }
            let Some(next) = self.attempt(out, &free) else { return best };
            if self.cheaper(&next, &best) {
                best = next.clone();
            }
            current = next;
        }
        best
    }
}

/// Returns `plan` without the steps that it also holds without.
pub(super) fn thinned(problem: &Problem<'_>, plan: Vec<OpId>) -> Vec<OpId> {
    let mut plan = lively(problem, plan);
    if plan.len() > WALKED {
        return plan;
    }
    let mut dearest_first = plan.clone();
    dearest_first.sort_by(|a, b| problem.ops[*b].cost.total_cmp(&problem.ops[*a].cost).then(b.cmp(a)));
    for op in dearest_first {
        if problem.ops[op].kept.is_some() {
            continue;
        }
        let without: Vec<OpId> = plan.iter().copied().filter(|other| *other != op).collect();
        if problem.walk(&without).is_ok() {
            plan = without;
        }
    }
    plan
}

/// Returns `plan` without the steps whose outputs nothing later relies on, if it still holds then.
fn lively(problem: &Problem<'_>, plan: Vec<OpId>) -> Vec<OpId> {
    let mut needed = vec![false; problem.keys.len()];
    for &key in &problem.wants {
        needed[key] = true;
    }
    let mut kept: Vec<OpId> = Vec::with_capacity(plan.len());
    for &op in plan.iter().rev() {
        let uses = &problem.ops[op];
        if uses.kept.is_some() || uses.writes.iter().any(|(key, _)| needed[*key]) {
            for (key, _) in &uses.writes {
                needed[*key] = false;
            }
            for &key in &uses.reads {
                needed[key] = true;
            }
            kept.push(op);
        }
    }
    kept.reverse();
    if kept.len() < plan.len() && problem.walk(&kept).is_ok() { kept } else { plan }
}
