//! The derivation: the cheapest way to every key over the AND/OR graph of uses, cheapest first.
//!
//! A use is an AND over what it reads, a key an OR over its writers; settling nodes in the order of their cost is
//! Knuth's generalisation of Dijkstra's algorithm (1977). A key has up to three kinds of nodes: *any value*, *another
//! value* (one that nobody knows yet), and each value that is known. A use with requirements or remembered outcomes
//! fires on the known values that it holds for, or where one of its inputs is another value. Staleness and order are
//! not seen here: the walk sees them.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use crate::engine::event::Verdict;

use super::graph::{Edge, Graph, Node, another, any};
use super::memory::{Outlook, ValueId};
use super::problem::{KeyId, OpId};
use super::world::{Val, World};

/// How many combinations of known input values are tried for one use.
const COMBINATIONS: usize = 256;

/// How the costs of several inputs come together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Combine {
    /// Added up: a shared one counts each time.
    Sum,
    /// The dearest counts: never more than the plan really costs.
    Max,
}

/// One derivation's conditions.
pub(super) struct Terms<'t> {
    /// What is there.
    pub(super) world: &'t World,
    /// Uses that must not be chosen, ascending.
    pub(super) out: &'t [OpId],
    /// Uses that cost nothing, because they are in the plan already, ascending.
    pub(super) free: &'t [OpId],
    /// Kept steps that are done in `world`.
    pub(super) done: usize,
    /// How costs come together.
    pub(super) combine: Combine,
}

/// What rests a node.
#[derive(Clone)]
enum Support {
    Given,
    Node(Node),
    Edge(usize),
    Combination(OpId, Vec<Node>),
}

/// Everything that one derivation reached.
pub(super) struct Derivation {
    cost: Vec<f64>,
    settled: Vec<u32>,
    support: Vec<Option<Support>>,
    goals: std::ops::Range<Node>,
}

#[derive(Clone, Copy, PartialEq)]
struct Cost(f64);
impl Eq for Cost {}
impl PartialOrd for Cost {
    fn partial_cmp(&self, other: &Cost) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Cost {
    fn cmp(&self, other: &Cost) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Graph<'_, '_> {
    /// Derives from what is there, on `terms`, until the goal is reached or nothing more can be.
    pub(super) fn derive(&self, terms: &Terms<'_>) -> Derivation {
        Run::new(self, terms).run()
    }

    /// Derives on `terms` everything that can be reached, past the goal.
    pub(super) fn derive_all(&self, terms: &Terms<'_>) -> Derivation {
        let mut run = Run::new(self, terms);
        run.open = usize::MAX;
        run.run()
    }
}

/// One derivation under way.
struct Run<'g, 'p, 'a, 't> {
    graph: &'g Graph<'p, 'a>,
    terms: &'g Terms<'t>,
    found: Derivation,
    waiting: Vec<u32>,
    known: HashMap<(KeyId, ValueId), Node>,
    known_of: HashMap<KeyId, Vec<(ValueId, Node)>>,
    value_of: Vec<(KeyId, ValueId)>,
    heap: BinaryHeap<Reverse<(Cost, usize, Node, usize)>>,
    offers: Vec<Support>,
    order: u32,
    open: usize,
}

impl<'g, 'p, 'a, 't> Run<'g, 'p, 'a, 't> {
    fn new(graph: &'g Graph<'p, 'a>, terms: &'g Terms<'t>) -> Self {
        let first = graph.fit(graph.fits.len());
        let goals = first..first + graph.problem.wants.len() + graph.problem.kept.len();
        let nodes = goals.end;
        let mut waiting: Vec<u32> = graph.edges.iter().map(|edge| edge.premises.len() as u32).collect();
        if !terms.out.is_empty() {
            for (at, edge) in graph.edges.iter().enumerate() {
                if terms.out.binary_search(&edge.op).is_ok() {
                    waiting[at] = u32::MAX;
                }
            }
        }
        Run {
            graph,
            terms,
            found: Derivation {
                cost: vec![0.0; nodes],
                settled: vec![u32::MAX; nodes],
                support: vec![None; nodes],
                goals: goals.clone(),
            },
            waiting,
            known: HashMap::new(),
            known_of: HashMap::new(),
            value_of: Vec::new(),
            heap: BinaryHeap::new(),
            offers: Vec::new(),
            order: 0,
            open: goals.len(),
        }
    }

    fn run(mut self) -> Derivation {
        let problem = self.graph.problem;
        for (at, _) in problem.kept.iter().enumerate().take(self.terms.done) {
            let node = self.found.goals.start + problem.wants.len() + at;
            self.settle(node, 0.0, Support::Given);
        }
        for (key, slot) in self.terms.world.slots.iter().enumerate() {
            if !slot.fresh {
                continue;
            }
            match slot.value {
                Val::Known(value) => {
                    let node = self.known_node(key, value);
                    self.settle(node, 0.0, Support::Given);
                }
                Val::Unknown => self.settle(another(key), 0.0, Support::Given),
                Val::Missing => {}
            }
        }
        for at in 0..self.graph.edges.len() {
            if self.graph.edges[at].premises.is_empty() && self.waiting[at] == 0 {
                self.fire(at);
            }
        }
        for (at, op) in problem.ops.iter().enumerate() {
            if op.inputs.is_empty() && op.conditional && self.allowed(at) {
                self.combine(at, &[], &[]);
            }
        }
        while self.open > 0 {
            let Some(Reverse((Cost(cost), _, node, offer))) = self.heap.pop() else { break };
            if self.found.settled[node] == u32::MAX {
                let support = self.offers[offer].clone();
                self.settle(node, cost, support);
            }
        }
        self.found
    }

    fn allowed(&self, op: OpId) -> bool {
        !self.graph.problem.ops[op].barred && self.terms.out.binary_search(&op).is_err()
    }

    fn known_node(&mut self, key: KeyId, value: ValueId) -> Node {
        let next = self.found.cost.len();
        let node = *self.known.entry((key, value)).or_insert(next);
        if node == next {
            self.found.cost.push(0.0);
            self.found.settled.push(u32::MAX);
            self.found.support.push(None);
            self.value_of.push((key, value));
        }
        node
    }

    fn settle(&mut self, node: Node, cost: f64, support: Support) {
        self.found.cost[node] = cost;
        self.found.settled[node] = self.order;
        self.found.support[node] = Some(support);
        self.order += 1;
        if self.found.goals.contains(&node) {
            self.open -= 1;
            return;
        }
        if node >= self.found.goals.end {
            let (key, value) = self.value_of[node - self.found.goals.end];
            self.settle_any(key, node, cost, Val::Known(value));
            self.known_of.entry(key).or_default().push((value, node));
            for &reader in &self.graph.problem.readers[key] {
                if self.graph.problem.ops[reader].conditional && self.allowed(reader) {
                    self.combinations(reader, key, value, node);
                }
            }
            return;
        }
        if node < self.graph.fit(0) && node % 2 == 1 {
            self.settle_any(node / 2, node, cost, Val::Unknown);
        }
        for at in self.graph.uses[node].clone() {
            let edge = self.graph.used_by[at];
            if self.waiting[edge] != u32::MAX {
                self.waiting[edge] -= 1;
                if self.waiting[edge] == 0 {
                    self.fire(edge);
                }
            }
        }
    }

    /// A value of `key` is settled: so is *any* value, and the wants that this one meets.
    fn settle_any(&mut self, key: KeyId, node: Node, cost: f64, value: Val) {
        if self.found.settled[any(key)] == u32::MAX {
            self.settle(any(key), cost, Support::Node(node));
        }
        let graph = self.graph;
        for &place in graph.fits_of.get(&key).into_iter().flatten() {
            let fit = &graph.fits[place];
            if self.found.settled[graph.fit(place)] == u32::MAX
                && fit.checks.iter().all(|&check| graph.problem.decided(fit.op, check, &[value]) == Verdict::True)
            {
                self.settle(graph.fit(place), cost, Support::Node(node));
            }
        }
        for &place in graph.wants_of.get(&key).into_iter().flatten() {
            let goal = self.found.goals.start + place;
            if self.found.settled[goal] == u32::MAX && graph.problem.want_met(place, value) == Verdict::True {
                self.settle(goal, cost, Support::Node(node));
            }
        }
    }

    /// Every premise of a static edge is settled: its outputs are on offer, as values that nobody knows yet.
    fn fire(&mut self, edge: usize) {
        let Edge { op, premises } = &self.graph.edges[edge];
        let cost = self.sum(*op, &self.graph.premises[premises.clone()]);
        self.offers.push(Support::Edge(edge));
        self.offer(*op, cost, None);
    }

    fn sum(&self, op: OpId, premises: &[Node]) -> f64 {
        let own = if self.terms.free.binary_search(&op).is_ok() { 0.0 } else { self.graph.problem.ops[op].cost };
        let costs = premises.iter().map(|&node| self.found.cost[node]);
        own + match self.terms.combine {
            Combine::Sum => costs.sum::<f64>(),
            Combine::Max => costs.fold(0.0, f64::max),
        }
    }

    fn offer(&mut self, op: OpId, cost: f64, known: Option<&[Val]>) {
        let offer = self.offers.len() - 1;
        for (at, (key, _)) in self.graph.problem.ops[op].writes.iter().enumerate() {
            let node = match known.and_then(|values| values.get(at)) {
                Some(Val::Known(value)) => self.known_node(*key, *value),
                Some(Val::Unknown | Val::Missing) | None => another(*key),
            };
            if self.found.settled[node] == u32::MAX {
                self.heap.push(Reverse((Cost(cost), op, node, offer)));
            }
        }
        if let Some(at) = self.graph.kept_at.get(&op) {
            let node = self.found.goals.start + self.graph.problem.wants.len() + at;
            self.heap.push(Reverse((Cost(cost), op, node, offer)));
        }
    }

    /// Tries `op` on every combination of known values in which `key` is `value`.
    fn combinations(&mut self, op: OpId, key: KeyId, value: ValueId, node: Node) {
        let graph = self.graph;
        let inputs = &graph.problem.ops[op].inputs;
        let mut choices: Vec<Vec<(ValueId, Node)>> = Vec::with_capacity(inputs.len());
        for &input in inputs {
            if input == key {
                choices.push(vec![(value, node)]);
                continue;
            }
            match self.known_of.get(&input) {
                Some(values) => choices.push(values.clone()),
                None => return,
            }
        }
        let mut at = vec![0usize; choices.len()];
        for _ in 0..COMBINATIONS {
            let chosen: Vec<(ValueId, Node)> = choices.iter().zip(&at).map(|(c, i)| c[*i]).collect();
            // One key bound to two inputs has one value.
            let nodes: Vec<Node> = chosen.iter().map(|(_, node)| *node).collect();
            let values: Vec<ValueId> = chosen.iter().map(|(value, _)| *value).collect();
            let twice = inputs
                .iter()
                .enumerate()
                .any(|(i, k)| inputs[..i].iter().zip(&values).any(|(j, v)| j == k && *v != values[i]));
            if !twice {
                self.combine(op, &values, &nodes);
            }
            let mut digit = 0;
            while digit < at.len() {
                at[digit] += 1;
                if at[digit] < choices[digit].len() {
                    break;
                }
                at[digit] = 0;
                digit += 1;
            }
            if digit == at.len() {
                return;
            }
        }
    }

    fn combine(&mut self, op: OpId, values: &[ValueId], nodes: &[Node]) {
        let known = match self.graph.problem.outlook(op, values.to_vec()) {
            Outlook::Open => None,
            Outlook::Returns(known) => Some(known),
            Outlook::Requires(..) | Outlook::Failed(_) | Outlook::Refuted(_) => return,
        };
        let mut premises: Vec<Node> = nodes.to_vec();
        // A person's step may read more than its tool declares.
        let reads = &self.graph.problem.ops[op].reads;
        let inputs = &self.graph.problem.ops[op].inputs;
        for key in reads.iter().filter(|key| !inputs.contains(key)) {
            if self.found.settled[any(*key)] == u32::MAX {
                return;
            }
            premises.push(any(*key));
        }
        premises.sort_unstable();
        premises.dedup();
        let cost = self.sum(op, &premises);
        self.offers.push(Support::Combination(op, premises));
        self.offer(op, cost, known.as_deref());
    }
}

impl Derivation {
    /// Tells whether the goal is reached: every want, and every kept step.
    pub(super) fn reached(&self) -> bool {
        self.goals.clone().all(|node| self.settled[node] != u32::MAX)
    }

    /// Tells whether the want or kept step at `place` (wants first) is reached.
    pub(super) fn reached_goal(&self, place: usize) -> bool {
        self.settled.get(self.goals.start + place).is_some_and(|at| *at != u32::MAX)
    }

    /// Tells whether `key` can have a value at all, and whether it can have another one than those that are known.
    pub(super) fn key(&self, key: KeyId) -> (bool, bool) {
        (self.settled[any(key)] != u32::MAX, self.settled[another(key)] != u32::MAX)
    }

    /// Returns the dearest goal's cost: with [`Combine::Max`], no plan costs less.
    pub(super) fn bound(&self) -> f64 {
        self.goals.clone().map(|node| self.cost[node]).fold(0.0, f64::max)
    }

    /// Returns the goals' costs together.
    pub(super) fn total(&self) -> f64 {
        self.goals.clone().map(|node| self.cost[node]).sum()
    }

    /// Returns the uses that the goal rests on, those needed first first.
    pub(super) fn chosen(&self, graph: &Graph<'_, '_>) -> Vec<OpId> {
        let mut seen = vec![false; self.cost.len()];
        let mut todo: Vec<Node> = self.goals.clone().collect();
        let mut first: HashMap<OpId, u32> = HashMap::new();
        while let Some(node) = todo.pop() {
            if std::mem::replace(&mut seen[node], true) {
                continue;
            }
            let mut used = |op: OpId| {
                let at = first.entry(op).or_insert(u32::MAX);
                *at = (*at).min(self.settled[node]);
            };
            match &self.support[node] {
                None | Some(Support::Given) => {}
                Some(Support::Node(other)) => todo.push(*other),
                Some(Support::Edge(edge)) => {
                    let edge = &graph.edges[*edge];
                    used(edge.op);
                    todo.extend(&graph.premises[edge.premises.clone()]);
                }
                Some(Support::Combination(op, premises)) => {
                    used(*op);
                    todo.extend(premises);
                }
            }
        }
        let mut chosen: Vec<(u32, OpId)> = first.into_iter().map(|(op, at)| (at, op)).collect();
        chosen.sort_unstable();
        chosen.into_iter().map(|(_, op)| op).collect()
    }
}
