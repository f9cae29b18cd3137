//! The order of chosen steps: writers of a key before its readers, a person's steps in theirs.

use std::collections::{BTreeMap, BTreeSet};

use super::problem::Problem;

/// Returns the chosen candidates in an order in which writers come before readers, or those on a circle.
///
/// Kahn's algorithm, always taking the first ready one by declaration, so that the same choice gives the same plan;
/// readers of a key are held back until its last writer is through.
pub fn order(problem: &Problem<'_>, chosen: &BTreeSet<usize>) -> Result<Vec<usize>, Vec<usize>> {
    attempt(problem, chosen, true).or_else(|_| attempt(problem, chosen, false))
}

fn attempt(problem: &Problem<'_>, chosen: &BTreeSet<usize>, keep_order: bool) -> Result<Vec<usize>, Vec<usize>> {
    let mut waits: BTreeMap<usize, usize> = chosen.iter().map(|at| (*at, 0)).collect();
    let mut next: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in chosen {
        for key in &problem.candidates[*at].reads {
            for writer in problem.writers[*key].iter().filter(|writer| *writer != at && chosen.contains(writer)) {
                next.entry(*writer).or_default().push(*at);
                *waits.entry(*at).or_default() += 1;
            }
        }
    }
    if keep_order {
        let kept: Vec<usize> = problem.kept().filter(|at| chosen.contains(at)).collect();
        for pair in kept.windows(2) {
            next.entry(pair[0]).or_default().push(pair[1]);
            *waits.entry(pair[1]).or_default() += 1;
        }
    }
    let mut ready: BTreeSet<usize> = waits.iter().filter(|(_, n)| **n == 0).map(|(at, _)| *at).collect();
    let mut order = Vec::with_capacity(chosen.len());
    // The writer of what is needed soonest comes first by itself; among equals, declaration decides.
    while let Some(at) = ready.pop_first() {
        order.push(at);
        for reader in next.remove(&at).unwrap_or_default() {
            if let Some(n) = waits.get_mut(&reader) {
                *n -= 1;
                if *n == 0 {
                    ready.insert(reader);
                }
            }
        }
    }
    if order.len() == chosen.len() {
        Ok(order)
    } else {
        let done: BTreeSet<usize> = order.into_iter().collect();
        Err(chosen.difference(&done).copied().collect())
    }
}
