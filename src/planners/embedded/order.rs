//! The order of chosen uses: every writer of a key before its readers, a person's steps in theirs.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::problem::{KeyId, OpId, Problem};

/// Puts `chosen` (those needed first first) in order.
///
/// Kahn's algorithm over uses and keys, so that it is linear however many write and read one key. Where uses go in a
/// circle, the first of them goes ahead; the walk will say what is wrong with that.
pub(super) fn order(problem: &Problem<'_>, chosen: &[OpId]) -> Vec<OpId> {
    let place: HashMap<OpId, usize> = chosen.iter().enumerate().map(|(at, &op)| (op, at)).collect();
    // key → how many of the chosen uses have yet to write it, and who waits for that.
    let mut writers: HashMap<KeyId, usize> = HashMap::new();
    for &op in chosen {
        for (key, _) in &problem.ops[op].writes {
            *writers.entry(*key).or_default() += 1;
        }
    }
    let mut readers: HashMap<KeyId, Vec<usize>> = HashMap::new();
    let mut waits = vec![0usize; chosen.len()];
    for (at, &op) in chosen.iter().enumerate() {
        let own = |key: KeyId| problem.ops[op].writes.iter().any(|(written, _)| *written == key);
        for &key in &problem.ops[op].reads {
            if writers.get(&key).is_some_and(|n| *n > usize::from(own(key))) && !own(key) {
                readers.entry(key).or_default().push(at);
                waits[at] += 1;
            }
        }
    }
    let kept: Vec<usize> = problem.kept.iter().filter_map(|op| place.get(op).copied()).collect();
    let mut after_kept: HashMap<usize, usize> = HashMap::new();
    for pair in kept.windows(2) {
        after_kept.insert(pair[0], pair[1]);
        waits[pair[1]] += 1;
    }
    let mut ready: BinaryHeap<Reverse<usize>> = (0..chosen.len()).filter(|&at| waits[at] == 0).map(Reverse).collect();
    let mut done = vec![false; chosen.len()];
    let mut ordered = Vec::with_capacity(chosen.len());
    let mut first_left = 0;
    while ordered.len() < chosen.len() {
        let at = match ready.pop() {
            Some(Reverse(at)) => at,
            None => {
                while done[first_left] {
                    first_left += 1;
                }
                // Of a person's steps the earliest left goes ahead: their order is theirs.
                let kept_first = kept.iter().copied().find(|&at| !done[at]);
                match kept_first {
                    Some(kept) if problem.ops[chosen[first_left]].kept.is_some() => kept,
                    Some(_) | None => first_left,
                }
            }
        };
        if std::mem::replace(&mut done[at], true) {
            continue;
        }
        ordered.push(chosen[at]);
        let mut free = |other: usize| {
            waits[other] = waits[other].saturating_sub(1);
            if waits[other] == 0 && !done[other] {
                ready.push(Reverse(other));
            }
        };
        for (key, _) in &problem.ops[chosen[at]].writes {
            if let Some(left) = writers.get_mut(key) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    for reader in readers.remove(key).unwrap_or_default() {
                        free(reader);
                    }
                }
            }
        }
        if let Some(&next) = after_kept.get(&at) {
            free(next);
        }
    }
    ordered
}
