//! A request as numbers: the uses that a plan may consist of, the keys that they read and write.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::engine::context::Datum;
use crate::engine::effect::{Judge, PlanRequest};
use crate::engine::goal::{Key, Tool, ToolName};
use crate::engine::plan::{Step, StepId, Use};

use super::memory::Memory;
use super::world::{Made, Slot, Val, World};

/// A key, by its place in [`Problem::keys`].
pub(super) type KeyId = usize;

/// A use, by its place in [`Problem::ops`].
pub(super) type OpId = usize;

/// A use that may stand in a plan: a tool under its own names, a use with bindings of its own, or a step to keep.
pub(super) struct Op {
    /// What sentences call it.
    pub(super) name: Arc<str>,
    /// The use; none for an unbound step.
    pub(super) usage: Option<Use>,
    /// The tool; none for an unbound step.
    pub(super) tool: Option<Arc<Tool>>,
    /// The step to keep that it is, by its place in the request.
    pub(super) kept: Option<usize>,
    /// Whether it is a tool under its own names, and nobody's step.
    pub(super) plain: bool,
    /// Where it stood in the plan before, if it did.
    pub(super) place: Option<usize>,
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
    /// The uses: the steps to keep in their order, then uses with bindings of their own, then tools in the order of
    /// their declaration. Ties go by it: what an author put into the plan comes first.
    pub(super) ops: Vec<Op>,
    /// key → the uses that write it.
    pub(super) writers: Vec<Vec<OpId>>,
    /// key → the uses that read it.
    pub(super) readers: Vec<Vec<OpId>>,
    /// key → the keys whose present value was made from it.
    pub(super) made_from: Vec<Vec<KeyId>>,
    /// key → what was known of it before the first step.
    pub(super) known: Vec<Option<&'a Datum>>,
    /// key → whether no step may make or overwrite it.
    pub(super) pinned: Vec<bool>,
    /// The wanted keys, in order, each with its condition's place in the request.
    pub(super) wants: Vec<KeyId>,
    /// The uses of `ops` that are steps to keep, in order.
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
        for (key, fact) in request.facts.iter() {
            let key = problem.key(key);
            problem.known[key] = Some(fact);
            let value = Val::Known(problem.memory.fact(fact));
            problem.start.slots[key] = Slot { value, fresh: fact.fresh, made: Made::Before };
            problem.pinned[key] = fact.pinned;
        }
        for (key, fact) in request.facts.iter() {
            let key = problem.key(key);
            for (source, _) in fact.sources.iter() {
                let source = problem.key(source);
                problem.made_from[source].push(key);
            }
        }
        problem.wants = request.wants.keys().map(|key| problem.key(key)).collect();
        let remembered: HashSet<&ToolName> = request.outcomes.keys().map(|call| &call.tool).collect();
        let barred: HashSet<Use> = request.barred.iter().map(Use::sorted).collect();
        let mut by_id: HashMap<&str, usize> = HashMap::with_capacity(request.places.len());
        let mut by_use: HashMap<Use, usize> = HashMap::new();
        for (at, step) in request.places.iter().enumerate() {
            by_id.insert(&step.id, at);
            if let Some(usage) = step.usage() {
                by_use.entry(usage.sorted()).or_insert(at);
            }
        }
        for &at in keep {
            let Some(step) = request.keep.get(at) else { continue };
            let tool = step.tool_in(&request.tools);
            let conditional = tool.is_some_and(|tool| !tool.requires.is_empty());
            let op = problem.ops.len();
            problem.add(tool, Some((at, step)), step.usage(), false, conditional);
            problem.ops[op].place = Some(by_id.get(&*step.id).copied().unwrap_or(request.places.len() + at));
            problem.kept.push(op);
        }
        for (usage, plain) in relevant(request, keep) {
            let Some(tool) = request.tools.get(&usage.tool) else { continue };
            let sorted = (!barred.is_empty() || !by_use.is_empty()).then(|| usage.sorted());
            let out = sorted.as_ref().is_some_and(|usage| barred.contains(usage));
            let known = remembered.contains(&tool.name);
            let op = problem.ops.len();
            problem.add(Some(tool), None, Some(usage), out, known || !tool.requires.is_empty());
            problem.ops[op].place = sorted.and_then(|usage| by_use.get(&usage).copied());
            problem.ops[op].plain = plain;
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
        barred: bool,
        conditional: bool,
    ) {
        let at = self.ops.len();
        let [with, to] = match (&usage, kept) {
            (_, Some((_, step))) => [&step.with[..], &step.to[..]],
            (Some(usage), None) => [&usage.with[..], &usage.to[..]],
            (None, None) => [&[][..]; 2],
        };
        let inputs: Vec<KeyId> = match tool {
            Some(tool) => tool.inputs.iter().map(|name| self.key(bound(with, name))).collect(),
            None => Vec::new(),
        };
        let mut reads = inputs.clone();
        reads.extend(with.iter().map(|(_, key)| self.key(key)).collect::<Vec<_>>());
        distinct(&mut reads);
        let mut writes: Vec<(KeyId, Key)> = Vec::new();
        for (name, key) in written(tool.map(|tool| &**tool), to, kept.map(|(_, step)| &step.id)) {
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
        let (tool, kept, plain, place) = (tool.cloned(), kept.map(|(at, _)| at), false, None);
        self.ops.push(Op { name, usage, tool, kept, plain, place, inputs, reads, writes, cost, conditional, barred });
    }

    /// Returns what was known of `key` before the first step.
    pub(super) fn fact(&self, key: KeyId) -> Option<&'a Datum> {
        self.known[key]
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

/// Returns what a use writes under the bindings `to`: the tool's name for it and the key. A step without a tool and
/// without outputs writes its `id`.
pub(super) fn written(tool: Option<&Tool>, to: &[(Key, Key)], id: Option<&StepId>) -> Vec<(Key, Key)> {
    match (tool, id) {
        (Some(tool), _) => tool.outputs.iter().map(|name| (name.clone(), bound(to, name).clone())).collect(),
        (None, Some(id)) if to.is_empty() => vec![(id.clone(), id.clone())],
        (None, _) => to.to_vec(),
    }
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

/// A use that may be planned: one with bindings of its own, or a tool under its own names.
#[derive(Clone, Copy)]
enum Candidate<'r> {
    Bound(&'r Use),
    Plain(&'r Tool),
}

impl<'r> Candidate<'r> {
    /// Returns the keys that it reads.
    fn reads(self) -> impl Iterator<Item = &'r Key> {
        let (with, inputs) = match self {
            Candidate::Bound(usage) => (&usage.with[..], &[][..]),
            Candidate::Plain(tool) => (&[][..], &tool.inputs[..]),
        };
        with.iter().map(|(_, key)| key).chain(inputs)
    }

    /// Returns the keys that it writes.
    fn writes(self) -> impl Iterator<Item = &'r Key> {
        let (to, outputs) = match self {
            Candidate::Bound(usage) => (&usage.to[..], &[][..]),
            Candidate::Plain(tool) => (&[][..], &tool.outputs[..]),
        };
        to.iter().map(|(_, key)| key).chain(outputs)
    }

    /// Returns it as a use, and whether it is a tool under its own names. Made of those only that can matter: a
    /// catalogue is mostly about something else.
    fn usage(self) -> (Use, bool) {
        match self {
            Candidate::Bound(usage) => (usage.clone(), false),
            Candidate::Plain(tool) => (Use::plain(tool), true),
        }
    }
}

/// Returns the uses that may be planned and from which the wants and the kept steps can be reached backwards, each with
/// whether it is a tool under its own names. One that would overwrite what it reads is none: its result would be made
/// from what is gone.
fn relevant(request: &PlanRequest, keep: &[usize]) -> Vec<(Use, bool)> {
    let overwrites = |usage: &Use| usage.to.iter().any(|(_, key)| usage.with.iter().any(|(_, read)| read == key));
    let own = request.uses.iter().filter(|usage| !overwrites(usage)).map(Candidate::Bound);
    let candidates: Vec<Candidate<'_>> = own.chain(request.tools.values().map(|tool| Candidate::Plain(tool))).collect();
    // Of the writers of a key the last one, and of each candidate and output the one before it: no list for each key.
    let mut last: HashMap<&Key, usize> = HashMap::with_capacity(candidates.len());
    let mut outputs: Vec<(usize, Option<usize>)> = Vec::with_capacity(candidates.len());
    for (at, candidate) in candidates.iter().enumerate() {
        for key in candidate.writes() {
            let before = last.insert(key, outputs.len());
            outputs.push((at, before));
        }
    }
    let mut todo: Vec<&Key> = request.wants.keys().collect();
    for step in keep.iter().filter_map(|&at| request.keep.get(at)) {
        todo.extend(step.reads());
        if let Some(tool) = step.tool_in(&request.tools) {
            todo.extend(tool.inputs.iter().map(|name| bound(&step.with, name)));
        }
    }
    let mut chosen = vec![false; candidates.len()];
    while let Some(key) = todo.pop() {
        // Each key's writers are taken out once: a key is looked at a single time however many uses read it.
        let mut output = last.remove(key);
        while let Some((at, before)) = output.and_then(|output| outputs.get(output)).copied() {
            if !std::mem::replace(&mut chosen[at], true) {
                todo.extend(candidates[at].reads());
            }
            output = before;
        }
    }
    candidates.into_iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(candidate, _)| candidate.usage()).collect()
}
