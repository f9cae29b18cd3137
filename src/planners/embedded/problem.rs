//! The planning problem: keys and uses as numbers, what is known, what is out from the start.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::context::{Context, Origin, Write};
use crate::engine::effect::PlanRequest;
use crate::engine::goal::{Key, Tool};
use crate::engine::plan::{Step, Use};

/// A key, as a number.
pub type KeyId = usize;

/// Something that can stand in a plan: a tool used plainly, or a person's step with its own bindings.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The tool; none for an unbound step.
    pub tool: Option<Arc<Tool>>,
    /// The person's step that it is.
    pub kept: Option<Arc<Step>>,
    /// Its bindings; none for an unbound step.
    pub usage: Option<Use>,
    /// The keys that it reads.
    pub reads: Vec<KeyId>,
    /// The keys that it writes, pinned ones left out.
    pub writes: Vec<KeyId>,
    /// What it costs; a person's step costs nothing, since it is there anyway.
    pub cost: f64,
}

impl Candidate {
    /// Returns the name that sentences use.
    pub fn name(&self) -> &str {
        match (&self.tool, &self.kept) {
            (Some(tool), _) => &tool.name,
            (None, Some(step)) => step.name(),
            (None, None) => "?",
        }
    }
}

/// A request, prepared: built once, asked many times.
pub struct Problem<'a> {
    /// The request.
    pub request: &'a PlanRequest,
    /// The names of the keys.
    pub keys: Vec<Key>,
    /// The numbers of the keys.
    pub ids: HashMap<Key, KeyId>,
    /// The candidates, a person's steps first, then the tools in the order of their declaration.
    pub candidates: Vec<Candidate>,
    /// key → the candidates that write it.
    pub writers: Vec<Vec<usize>>,
    /// key → the candidates that read it.
    pub readers: Vec<Vec<usize>>,
    /// key → whether a fresh value is known.
    pub available: Vec<bool>,
    /// key → whether no step may overwrite it.
    pub pinned: Vec<bool>,
    /// The wanted keys.
    pub wants: Vec<KeyId>,
    /// The fresh facts as a context, for walking plans forward.
    pub known: Context,
}

impl<'a> Problem<'a> {
    /// Prepares `request`, with only those of its `keep` steps for which `keeps` says so.
    pub fn new(request: &'a PlanRequest, keeps: impl Fn(&Step) -> bool) -> Problem<'a> {
        let mut problem = Problem {
            request,
            keys: Vec::new(),
            ids: HashMap::new(),
            candidates: Vec::new(),
            writers: Vec::new(),
            readers: Vec::new(),
            available: Vec::new(),
            pinned: Vec::new(),
            wants: Vec::new(),
            known: known(request),
        };
        for fact in &request.facts {
            let key = problem.id(&fact.key);
            problem.available[key] = fact.fresh;
            problem.pinned[key] = fact.pinned;
        }
        problem.wants = request.wants.keys().map(|key| problem.id(key)).collect();
        for step in request.keep.iter().filter(|step| !step.skip && keeps(step)) {
            let tool = step.tool_in(&request.tools).cloned();
            let (reads, writes) = (problem.bound(&step.with), problem.bound(&step.to));
            problem.add(tool, Some(step.clone()), step.usage(), reads, writes);
        }
        for tool in request.tools.values() {
            let usage = Use::plain(tool);
            if !request.barred.contains(&usage) {
                let (reads, writes) = (problem.bound(&usage.with), problem.bound(&usage.to));
                problem.add(Some(tool.clone()), None, Some(usage), reads, writes);
            }
        }
        problem
    }

    /// Returns the number of `key`, giving it one if it is new.
    fn id(&mut self, key: &Key) -> KeyId {
        if let Some(id) = self.ids.get(key) {
            return *id;
        }
        let id = self.keys.len();
        self.keys.push(key.clone());
        self.ids.insert(key.clone(), id);
        self.writers.push(Vec::new());
        self.readers.push(Vec::new());
        self.available.push(false);
        self.pinned.push(false);
        id
    }

    /// Returns the numbers of the keys that names are bound to.
    fn bound(&mut self, bindings: &[(Key, Key)]) -> Vec<KeyId> {
        bindings.iter().map(|(_, key)| self.id(key)).collect()
    }

    fn add(
        &mut self,
        tool: Option<Arc<Tool>>,
        kept: Option<Arc<Step>>,
        usage: Option<Use>,
        reads: Vec<KeyId>,
        mut writes: Vec<KeyId>,
    ) {
        let at = self.candidates.len();
        writes.retain(|key| !self.pinned[*key]);
        for key in &reads {
            self.readers[*key].push(at);
        }
        for key in &writes {
            self.writers[*key].push(at);
        }
        let cost = if kept.is_some() { 0.0 } else { tool.as_ref().map_or(0.0, |tool| tool.cost) };
        self.candidates.push(Candidate { tool, kept, usage, reads, writes, cost });
    }

    /// Returns the candidates that are in every plan: a person's steps.
    pub fn kept(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.candidates.len()).take_while(|at| self.candidates[*at].kept.is_some())
    }
}

fn known(request: &PlanRequest) -> Context {
    let mut context = Context::default();
    let write = |context: &mut Context, key: &Key, value, sources: Arc<[(Key, u64)]>, pinned, seq| {
        let origin = Origin::Initial;
        context.write(key, Write { value, origin, sources, refuted: None, pinned }, seq);
    };
    for (at, fact) in request.facts.iter().filter(|fact| fact.fresh).enumerate() {
        write(&mut context, &fact.key, fact.value.clone(), Arc::new([]), fact.pinned, at as u64 + 1);
    }
    for (at, fact) in request.facts.iter().filter(|fact| fact.fresh && !fact.sources.is_empty()).enumerate() {
        let sources = fact.sources.iter().filter_map(|key| context.get(key).map(|d| (key.clone(), d.version)));
        let sources: Arc<[(Key, u64)]> = sources.collect();
        write(&mut context, &fact.key, fact.value.clone(), sources, fact.pinned, (request.facts.len() + at) as u64 + 1);
    }
    context
}
