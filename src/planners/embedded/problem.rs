//! A request as numbers: the uses that a plan may consist of, the keys that they read and write.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::engine::effect::{Fact, Judge, PlanRequest};
use crate::engine::goal::{Key, Tool, ToolName};
use crate::engine::plan::{Step, Use};

use super::memory::Memory;
use super::world::{Made, Slot, Val, World};

/// A key, by its place in [`Problem::keys`].
pub(super) type KeyId = usize;

/// A use, by its place in [`Problem::ops`].
pub(super) type OpId = usize;

/// A use that may stand in a plan: a tool with its own names, or a person's step with its own bindings.
pub(super) struct Op {
    /// What sentences call it.
    pub(super) name: Arc<str>,
    /// The use; none for an unbound step.
    pub(super) usage: Option<Use>,
    /// The tool; none for an unbound step.
    pub(super) tool: Option<Arc<Tool>>,
    /// The person's step that it is, by its place in the request.
    pub(super) kept: Option<usize>,
    /// The keys bound to the tool's inputs, in the order in which it declares them.
    pub(super) inputs: Vec<KeyId>,
    /// The keys that it reads, each once.
    pub(super) reads: Vec<KeyId>,
    /// The keys that it writes, each once and without the pinned ones, with the tool's name for each.
    pub(super) writes: Vec<(KeyId, Key)>,
    /// What it costs.
    pub(super) cost: f64,
    /// Whether its outcome depends on more than that its inputs are there: it has requirements or is remembered.
    pub(super) conditional: bool,
    /// Whether a person skipped or deleted this use.
    pub(super) barred: bool,
}

/// A request, prepared: the uses that could matter for the goal, and what is known.
pub(super) struct Problem<'a> {
    /// The request.
    pub(super) request: &'a PlanRequest,
    /// The names of the keys.
    pub(super) keys: Vec<Key>,
    /// The numbers of the keys.
    pub(super) ids: HashMap<Key, KeyId>,
    /// The uses: tools in the order of their declaration, then a person's steps in theirs.
    pub(super) ops: Vec<Op>,
    /// key → the uses that write it.
    pub(super) writers: Vec<Vec<OpId>>,
    /// key → the uses that read it.
    pub(super) readers: Vec<Vec<OpId>>,
    /// key → the keys whose present value was made from it.
    pub(super) made_from: Vec<Vec<KeyId>>,
    /// key → its place among the facts of the request.
    pub(super) known: Vec<Option<usize>>,
    /// key → whether no step may make or overwrite it.
    pub(super) pinned: Vec<bool>,
    /// The wanted keys, in order, each with its condition's place in the request.
    pub(super) wants: Vec<KeyId>,
    /// The uses of `ops` that are a person's, in order.
    pub(super) kept: Vec<OpId>,
    /// What is there before the first step.
    pub(super) start: World,
    /// What is known of outcomes and conditions.
    pub(super) memory: Memory<'a>,
}

impl<'a> Problem<'a> {
    /// Prepares `request` with the tools from which the goal can be reached backwards and the steps `keep` (places in
    /// the request; switched-off ones and those with an unknown tool do not belong there).
    pub(super) fn new(request: &'a PlanRequest, judge: &'a dyn Judge, keep: &[usize]) -> Problem<'a> {
        let mut problem = Problem {
            request,
            keys: Vec::new(),
            ids: HashMap::new(),
            ops: Vec::new(),
            writers: Vec::new(),
            readers: Vec::new(),
            made_from: Vec::new(),
            known: Vec::new(),
            pinned: Vec::new(),
            wants: Vec::new(),
            kept: Vec::new(),
            start: World::default(),
            memory: Memory::new(judge),
        };
        for (at, fact) in request.facts.iter().enumerate() {
            let key = problem.key(&fact.key);
            problem.known[key] = Some(at);
            let value = Val::Known(problem.memory.fact(fact));
            problem.start.slots[key] = Slot { value, fresh: fact.fresh, made: Made::Before };
            problem.pinned[key] = fact.pinned;
        }
        for fact in &request.facts {
            let key = problem.key(&fact.key);
            for source in &fact.sources {
                let source = problem.key(source);
                problem.made_from[source].push(key);
            }
        }
        problem.wants = request.wants.keys().map(|key| problem.key(key)).collect();
        let remembered: HashSet<&ToolName> = request.outcomes.keys().map(|call| &call.tool).collect();
        let barred: HashSet<Use> = request.barred.iter().map(sorted).collect();
        for name in relevant(request, keep) {
            let Some(tool) = request.tools.get_index(name).map(|(_, tool)| tool) else { continue };
            let usage = Use::plain(tool);
            let out = !barred.is_empty() && barred.contains(&sorted(&usage));
            let known = remembered.contains(&tool.name);
            problem.add(Some(tool), None, Some(usage), &[], out, known || !tool.requires.is_empty());
        }
        for &at in keep {
            let Some(step) = request.keep.get(at) else { continue };
            let tool = step.tool_in(&request.tools);
            let conditional = tool.is_some_and(|tool| !tool.requires.is_empty());
            let op = problem.ops.len();
            problem.add(tool, Some((at, step)), step.usage(), &step.with, false, conditional);
            problem.kept.push(op);
        }
        problem
    }

    /// Returns the number of `name`, a new one if it has none.
    fn key(&mut self, name: &Key) -> KeyId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = self.keys.len();
        self.keys.push(name.clone());
        self.ids.insert(name.clone(), id);
        self.writers.push(Vec::new());
        self.readers.push(Vec::new());
        self.made_from.push(Vec::new());
        self.known.push(None);
        self.pinned.push(false);
        self.start.slots.push(Slot { value: Val::Missing, fresh: false, made: Made::Before });
        id
    }

    fn add(
        &mut self,
        tool: Option<&Arc<Tool>>,
        kept: Option<(usize, &Arc<Step>)>,
        usage: Option<Use>,
        with: &[(Key, Key)],
        barred: bool,
        conditional: bool,
    ) {
        let at = self.ops.len();
        let inputs: Vec<KeyId> = match tool {
            Some(tool) => tool.inputs.iter().map(|name| self.key(bound(with, name))).collect(),
            None => Vec::new(),
        };
        let mut reads = inputs.clone();
        reads.extend(with.iter().map(|(_, key)| self.key(key)).collect::<Vec<_>>());
        distinct(&mut reads);
        let mut writes: Vec<(KeyId, Key)> = Vec::new();
        for (name, key) in written(tool.map(|tool| &**tool), kept.map(|(_, step)| &**step)) {
            let key = self.key(&key);
            if !self.pinned[key] && writes.iter().all(|(other, _)| *other != key) {
                writes.push((key, name));
            }
        }
        for &key in &reads {
            self.readers[key].push(at);
        }
        for (key, _) in &writes {
            self.writers[*key].push(at);
        }
        let name = match (tool, kept) {
            (Some(tool), _) => tool.name.clone(),
            (None, Some((_, step))) => step.name().into(),
            (None, None) => "a step".into(),
        };
        let cost = tool.map_or(0.0, |tool| tool.cost.max(0.0));
        let (tool, kept) = (tool.cloned(), kept.map(|(at, _)| at));
        self.ops.push(Op { name, usage, tool, kept, inputs, reads, writes, cost, conditional, barred });
    }

    /// Returns what was known of `key` before the first step.
    pub(super) fn fact(&self, key: KeyId) -> Option<&'a Fact> {
        self.known[key].and_then(|at| self.request.facts.get(at))
    }

    /// Returns what `ops` cost together.
    pub(super) fn cost(&self, ops: &[OpId]) -> f64 {
        ops.iter().map(|&op| self.ops[op].cost).sum()
    }
}

/// Returns the key that feeds or takes `name`, its own name where `bindings` does not list it.
pub(super) fn bound<'k>(bindings: &'k [(Key, Key)], name: &'k Key) -> &'k Key {
    bindings.iter().find(|(input, _)| input == name).map_or(name, |(_, key)| key)
}

/// Returns what a use writes: the tool's name for it and the key. An unbound step without outputs writes its id.
pub(super) fn written(tool: Option<&Tool>, step: Option<&Step>) -> Vec<(Key, Key)> {
    match (tool, step) {
        (Some(tool), None) => tool.outputs.iter().map(|name| (name.clone(), name.clone())).collect(),
        (Some(tool), Some(step)) => {
            tool.outputs.iter().map(|name| (name.clone(), bound(&step.to, name).clone())).collect()
        }
        (None, Some(step)) if step.to.is_empty() => vec![(step.id.clone(), step.id.clone())],
        (None, Some(step)) => step.to.clone(),
        (None, None) => Vec::new(),
    }
}

/// Returns `usage` with its bindings sorted, so that two ways to write one use are equal.
pub(super) fn sorted(usage: &Use) -> Use {
    let mut usage = usage.clone();
    usage.with.sort();
    usage.to.sort();
    usage
}

fn distinct(keys: &mut Vec<KeyId>) {
    if keys.len() < 16 {
        let mut at = 0;
        while at < keys.len() {
            if keys[..at].contains(&keys[at]) {
                keys.remove(at);
            } else {
                at += 1;
            }
        }
    } else {
        let mut seen = HashSet::with_capacity(keys.len());
        keys.retain(|key| seen.insert(*key));
    }
}

/// Returns the places of the tools from which the wants and the kept steps can be reached backwards, ascending.
fn relevant(request: &PlanRequest, keep: &[usize]) -> Vec<usize> {
    let mut writers: HashMap<&Key, Vec<usize>> = HashMap::with_capacity(request.tools.len());
    for (at, tool) in request.tools.values().enumerate() {
        for key in &tool.outputs {
            writers.entry(key).or_default().push(at);
        }
    }
    let mut todo: Vec<&Key> = request.wants.keys().collect();
    for step in keep.iter().filter_map(|&at| request.keep.get(at)) {
        todo.extend(step.reads());
        if let Some(tool) = step.tool_in(&request.tools) {
            todo.extend(tool.inputs.iter().map(|name| bound(&step.with, name)));
        }
    }
    let mut chosen = vec![false; request.tools.len()];
    while let Some(key) = todo.pop() {
        // Each key's writers are taken out once: a key is looked at a single time however many tools read it.
        for at in writers.remove(key).unwrap_or_default() {
            if !std::mem::replace(&mut chosen[at], true)
                && let Some((_, tool)) = request.tools.get_index(at)
            {
                todo.extend(&tool.inputs);
            }
        }
    }
    (0..chosen.len()).filter(|&at| chosen[at]).collect()
}
