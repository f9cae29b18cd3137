//! The exact search over worlds, for small problems in which no-goods did not find a plan.
//!
//! A* from the present: what a step does to every key, staleness included, makes the next world. The derivation from
//! a world bounds what is still to pay, and cuts off worlds from which the goal cannot be reached any more.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::derivation::{Combine, Terms};
use super::graph::Graph;
use super::problem::{OpId, Problem};
use super::world::World;

/// How much work, in edges of the graph, the search may be.
const WORK: usize = 6_000_000;

/// The outcome of a search.
pub(super) enum Found {
    /// A plan that holds.
    Plan(Vec<OpId>),
    /// There is none: everything was tried.
    Nothing,
    /// It was too much to try everything.
    GaveUp,
}

struct Place {
    world: World,
    done: usize,
    cost: f64,
    before: Option<(usize, OpId)>,
}

/// Searches for a plan that costs less than `below`.
pub(super) fn search(
    graph: &Graph<'_, '_>,
    problem: &Problem<'_>,
    below: f64,
    work: Option<usize>,
    cancelled: &dyn Fn() -> bool,
) -> Found {
    let each = graph.size() + problem.keys.len() + 16;
    let mut left = work.unwrap_or(WORK) / each;
    let combine = if graph.size() < 600 { Combine::Max } else { Combine::Sum };
    let mut places: Vec<Place> = Vec::new();
    let mut cheapest: HashMap<(World, usize), f64> = HashMap::new();
    let mut queue: BinaryHeap<Reverse<(u64, Reverse<usize>)>> = BinaryHeap::new();
    places.push(Place { world: problem.start.clone(), done: 0, cost: 0.0, before: None });
    queue.push(Reverse((0, Reverse(0))));
    while let Some(Reverse((_, Reverse(at)))) = queue.pop() {
        let Place { world, done, cost, .. } = &places[at];
        let (world, done, cost) = (world.clone(), *done, *cost);
        if cheapest.get(&(world.clone(), done)).is_some_and(|best| *best < cost) {
            continue;
        }
        if done == problem.kept.len() && problem.reached(&world).is_ok() {
            return Found::Plan(path(&places, at));
        }
        for op in 0..problem.ops.len() {
            let step = &problem.ops[op];
            if step.barred || (step.kept.is_some() && problem.kept.get(done) != Some(&op)) {
                continue;
            }
            let mut next = world.clone();
            if problem.run(&mut next, op).is_err() {
                continue;
            }
            let done = done + usize::from(step.kept.is_some());
            if step.kept.is_none() && next == world {
                continue;
            }
            let cost = cost + step.cost;
            let key = (next, done);
            if cost >= below || cheapest.get(&key).is_some_and(|best| *best <= cost) {
                continue;
            }
            if left == 0 || cancelled() {
                return Found::GaveUp;
            }
            left -= 1;
            let terms = Terms { world: &key.0, out: &[], free: &[], done, combine };
            let derivation = graph.derive(&terms);
            if !derivation.reached() {
                continue;
            }
            let rest = if combine == Combine::Max { derivation.bound() } else { derivation.total() };
            if combine == Combine::Max && cost + rest >= below {
                continue;
            }
            cheapest.insert(key.clone(), cost);
            places.push(Place { world: key.0, done, cost, before: Some((at, op)) });
            queue.push(Reverse(((cost + rest).to_bits(), Reverse(places.len() - 1))));
        }
    }
    Found::Nothing
}

fn path(places: &[Place], mut at: usize) -> Vec<OpId> {
    let mut ops = Vec::new();
    while let Some((before, op)) = places[at].before {
        ops.push(op);
        at = before;
    }
    ops.reverse();
    ops
}
