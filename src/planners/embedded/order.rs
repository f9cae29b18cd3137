//! The order of chosen uses: every writer of a key before its readers, and each use where it stood before.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::problem::{KeyId, OpId, Problem};

/// Which writers of a key have to be ahead of who reads it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ahead {
    /// The one that stood before it, and those that stood nowhere: a later one wrote the key again, for others.
    AsBefore,
    /// All.
    All,
}

/// The place of what stood nowhere before and is needed for nothing that did: behind the rest.
const NOWHERE: usize = usize::MAX;

/// Puts `chosen` (those needed first first) in order.
///
/// Kahn's algorithm. Among the uses that could come next, the one that stood first in the plan before does; what is
/// needed for one stands where that one stood, but a step to keep gives up its own place only to another one: a repeat
/// of what was done before them has no say in their order. Where uses go in a circle, the first of them goes ahead; the walk will
/// say what is wrong with that.
pub(super) fn order(problem: &Problem<'_>, chosen: &[OpId], ahead: Ahead) -> Vec<OpId> {
    let graph = Links::new(problem, chosen, ahead);
    let place = graph.places(problem, chosen);
    let mut waits = graph.waits.clone();
    let mut ready: BinaryHeap<Reverse<(usize, usize)>> =
        (0..waits.len()).filter(|&at| waits[at] == 0).map(|at| Reverse((place[at], at))).collect();
    let mut left: BinaryHeap<Reverse<(usize, usize)>> = (0..chosen.len()).map(|at| Reverse((place[at], at))).collect();
    let mut done = vec![false; waits.len()];
    let mut ordered = Vec::with_capacity(chosen.len());
    while ordered.len() < chosen.len() {
        let Some(Reverse((_, next))) = ready.pop().or_else(|| left.pop()) else { break };
        if std::mem::replace(&mut done[next], true) {
            continue;
        }
        ordered.extend(chosen.get(next));
        for &other in &graph.next[next] {
            waits[other] = waits[other].saturating_sub(1);
            if waits[other] == 0 && !done[other] {
                ready.push(Reverse((place[other], other)));
            }
        }
    }
    ordered
}

/// Who waits for whom: the chosen uses, then a node for each key that stands between all its writers and its readers,
/// so that it stays linear however many write and read one key.
struct Links {
    /// node → the nodes that wait for it.
    next: Vec<Vec<usize>>,
    /// node → for how many it waits.
    waits: Vec<usize>,
}

impl Links {
    fn new(problem: &Problem<'_>, chosen: &[OpId], ahead: Ahead) -> Links {
        let mut writers: HashMap<KeyId, Vec<usize>> = HashMap::new();
        for (at, &op) in chosen.iter().enumerate() {
            for (key, _) in &problem.ops[op].writes {
                writers.entry(*key).or_default().push(at);
            }
        }
        let mut links = Links { next: vec![Vec::new(); chosen.len()], waits: vec![0; chosen.len()] };
        let mut nodes: HashMap<KeyId, usize> = HashMap::new();
        for (reader, &op) in chosen.iter().enumerate() {
            let uses = &problem.ops[op];
            for key in &uses.reads {
                let Some(writers) = writers.get(key).filter(|_| uses.writes.iter().all(|(own, _)| own != key)) else {
                    continue;
                };
                match (ahead, uses.place) {
                    (Ahead::AsBefore, Some(place)) => links.as_before(problem, chosen, (reader, place), *key, writers),
                    (Ahead::AsBefore, None) | (Ahead::All, _) => {
                        let node = *nodes.entry(*key).or_insert_with(|| links.key_node(writers));
                        links.link(node, reader);
                    }
                }
            }
        }
        links
    }

    fn link(&mut self, first: usize, then: usize) {
        self.next[first].push(then);
        self.waits[then] += 1;
    }

    fn key_node(&mut self, writers: &[usize]) -> usize {
        let node = self.waits.len();
        self.next.push(Vec::new());
        self.waits.push(0);
        for &writer in writers {
            self.link(writer, node);
        }
        node
    }

    /// Links a reader that stood in the plan before with those writers of `key` that it read from there.
    fn as_before(
        &mut self,
        problem: &Problem<'_>,
        chosen: &[OpId],
        (reader, stood): (usize, usize),
        key: KeyId,
        writers: &[usize],
    ) {
        let place = |writer: usize| problem.ops[chosen[writer]].place;
        let nearest = writers.iter().copied().filter(|w| place(*w).is_some_and(|at| at < stood));
        let nearest = nearest.max_by_key(|w| place(*w));
        let new: Vec<usize> = writers.iter().copied().filter(|w| place(*w).is_none()).collect();
        let after = writers.iter().copied().filter(|w| place(*w).is_some_and(|at| at > stood));
        if nearest.is_none() && new.is_empty() && !problem.start.slots[key].fresh {
            after.for_each(|writer| self.link(writer, reader));
            return;
        }
        if let Some(writer) = after.min_by_key(|w| place(*w)) {
            self.link(reader, writer);
        }
        nearest.into_iter().chain(new).for_each(|writer| self.link(writer, reader));
    }

    /// Returns the place of each node: its own, or that of what it is needed for, where that stood earlier.
    fn places(&self, problem: &Problem<'_>, chosen: &[OpId]) -> Vec<usize> {
        let mut places = vec![NOWHERE; self.waits.len()];
        // The same of steps to keep alone.
        let mut of_kept = places.clone();
        let is_kept = |node: usize| chosen.get(node).is_some_and(|&op| problem.ops[op].kept.is_some());
        for (at, &op) in chosen.iter().enumerate() {
            places[at] = problem.ops[op].place.unwrap_or(NOWHERE);
            if is_kept(at) {
                of_kept[at] = places[at];
            }
        }
        if places.iter().all(|place| *place == NOWHERE) {
            return places;
        }
        let mut waits = self.waits.clone();
        let mut todo: Vec<usize> = (0..waits.len()).filter(|&at| waits[at] == 0).collect();
        let mut first = 0;
        while let Some(&node) = todo.get(first) {
            first += 1;
            for &next in &self.next[node] {
                waits[next] -= 1;
                if waits[next] == 0 {
                    todo.push(next);
                }
            }
        }
        for node in todo.into_iter().rev() {
            let needed = |of: &[usize]| self.next[node].iter().map(|&next| of[next]).min().unwrap_or(NOWHERE);
            of_kept[node] = of_kept[node].min(needed(&of_kept));
            places[node] = if is_kept(node) { of_kept[node] } else { places[node].min(needed(&places)) };
        }
        places
    }
}
