//! The AND/OR graph of a problem: uses as edges, what they need and make as nodes.

use std::collections::HashMap;

use super::problem::{KeyId, OpId, Problem};

/// A node: `2k` any value of key `k`, `2k + 1` another value of it, then values that a use's requirements take, wants,
/// kept steps, known values.
pub(super) type Node = usize;

/// A use, or one way in which its inputs make its outcome open, with the nodes that it needs.
pub(super) struct Edge {
    /// The use.
    pub(super) op: OpId,
    /// The nodes, as a range of the graph's premises.
    pub(super) premises: std::ops::Range<usize>,
}

/// A value of a key that meets what a use requires of that key alone, or may meet it.
pub(super) struct Fit {
    pub(super) op: OpId,
    pub(super) key: KeyId,
    /// The requirements, by their places in the tool.
    pub(super) checks: Vec<usize>,
}

/// The AND/OR graph of a problem, built once and derived over many times.
pub(super) struct Graph<'p, 'a> {
    pub(super) problem: &'p Problem<'a>,
    pub(super) edges: Vec<Edge>,
    pub(super) premises: Vec<Node>,
    /// node → the edges that it is a premise of.
    pub(super) uses: Vec<std::ops::Range<usize>>,
    pub(super) used_by: Vec<usize>,
    /// The values that requirements about one key take, each a node.
    pub(super) fits: Vec<Fit>,
    /// key → its places in `fits`.
    pub(super) fits_of: HashMap<KeyId, Vec<usize>>,
    /// key → the wants (by place) for it.
    pub(super) wants_of: HashMap<KeyId, Vec<usize>>,
    /// A person's use → its place among the kept ones.
    pub(super) kept_at: HashMap<OpId, usize>,
}

/// Returns the node of any value of `key`.
pub(super) fn any(key: KeyId) -> Node {
    2 * key
}
/// Returns the node of another value of `key`, one that nobody knows yet.
pub(super) fn another(key: KeyId) -> Node {
    2 * key + 1
}

impl<'p, 'a> Graph<'p, 'a> {
    /// Builds the graph of `problem`.
    pub(super) fn new(problem: &'p Problem<'a>) -> Graph<'p, 'a> {
        let mut edges = Vec::with_capacity(problem.ops.len());
        let mut premises: Vec<Node> = Vec::new();
        let mut fits: Vec<Fit> = Vec::new();
        for (at, op) in problem.ops.iter().enumerate() {
            if op.barred {
                continue;
            }
            // Where the outcome depends on the values, one of them has to be another for the outcome to be open.
            // And whatever has another value: what is required of one key alone is required of the value that it has.
            let first_fit = fits.len();
            for check in 0..op.tool.as_ref().map_or(0, |tool| tool.requires.len()) {
                let Some([key]) = problem.deciding(at, check).and_then(|keys| <[KeyId; 1]>::try_from(keys).ok()) else {
                    continue;
                };
                match fits.iter_mut().skip(first_fit).find(|fit| fit.key == key) {
                    Some(fit) => fit.checks.push(check),
                    None => fits.push(Fit { op: at, key, checks: vec![check] }),
                }
            }
            let some = |key: KeyId| {
                let fit = fits.iter().enumerate().skip(first_fit).find(|(_, fit)| fit.key == key);
                fit.map_or(any(key), |(place, _)| 2 * problem.keys.len() + place)
            };
            let changed: Vec<Option<KeyId>> =
                if op.conditional { op.inputs.iter().map(|&key| Some(key)).collect() } else { vec![None] };
            for changed in changed {
                let first = premises.len();
                premises.extend(op.reads.iter().map(|&k| if changed == Some(k) { another(k) } else { some(k) }));
                edges.push(Edge { op: at, premises: first..premises.len() });
            }
        }
        let nodes = 2 * problem.keys.len() + fits.len();
        let mut count = vec![0usize; nodes + 1];
        for &node in &premises {
            count[node] += 1;
        }
        let mut uses = Vec::with_capacity(nodes);
        let mut from = 0;
        for n in &count[..nodes] {
            uses.push(from..from);
            from += n;
        }
        let mut used_by = vec![0; premises.len()];
        for (at, edge) in edges.iter().enumerate() {
            for &node in &premises[edge.premises.clone()] {
                used_by[uses[node].end] = at;
                uses[node].end += 1;
            }
        }
        let mut fits_of: HashMap<KeyId, Vec<usize>> = HashMap::new();
        for (place, fit) in fits.iter().enumerate() {
            fits_of.entry(fit.key).or_default().push(place);
        }
        let mut wants_of: HashMap<KeyId, Vec<usize>> = HashMap::new();
        for (place, &key) in problem.wants.iter().enumerate() {
            wants_of.entry(key).or_default().push(place);
        }
        let kept_at = problem.kept.iter().enumerate().map(|(at, &op)| (op, at)).collect();
        Graph { problem, edges, premises, uses, used_by, fits, fits_of, wants_of, kept_at }
    }

    /// Returns the node of the value that is at `place` in `fits`.
    pub(super) fn fit(&self, place: usize) -> Node {
        2 * self.problem.keys.len() + place
    }

    /// Returns how much work one derivation is, in edges.
    pub(super) fn size(&self) -> usize {
        self.premises.len() + self.edges.len() + 2 * self.problem.keys.len()
    }
}
