//! The plan: ordered steps, who made each, and which remaining steps read and write which key.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize};

use super::goal::{Catalogue, Check, Key, StepDraft, Tool, ToolName};

/// The id of a step, unique in a session and never used again.
pub type StepId = Arc<str>;

/// One use of a tool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its id.
    pub id: StepId,
    /// The tool; none: unbound, a person says what came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<ToolName>,
    /// What it does, in words.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub description: Arc<str>,
    /// The tool's inputs, each with the key that feeds it.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "bindings")]
    pub with: Vec<(Key, Key)>,
    /// The tool's outputs, each with the key that it writes.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "bindings")]
    pub to: Vec<(Key, Key)>,
    /// What must hold after it, besides its tool's `ensures`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ensures: Vec<Check>,
    /// Whether it asks before it runs, whatever its tool's risk.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approval: bool,
    /// A remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Arc<str>>,
    /// Who put it there.
    #[serde(default, skip_serializing_if = "Author::is_planner")]
    pub by: Author,
    /// Whether the planner put it there to do an author's step once more: everything of that step, and a replan may
    /// drop it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// The earlier step whose use it repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<StepId>,
    /// Whether it is switched off: it stays in its place and does not run.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skip: bool,
    /// Why it is in the plan, in the planner's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Arc<str>>,
}

/// Reads bindings without room to spare: most steps have one or two, and a long plan has many steps.
fn bindings<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(Key, Key)>, D::Error> {
    let mut bindings = Vec::deserialize(deserializer)?;
    bindings.shrink_to_fit();
    Ok(bindings)
}

/// Who put a step into the plan, or changed it last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The planner; a replan may drop it.
    #[default]
    Planner,
    /// The plan in the goal file; a replan keeps it while it can, and never drops it silently.
    File,
    /// A person; a replan keeps it while it can, and never drops it silently.
    Person,
}

impl Author {
    fn is_planner(&self) -> bool {
        *self == Author::Planner
    }
}

/// A use of a tool without an id: what is kept the same, barred or remembered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Use {
    /// The tool.
    pub tool: ToolName,
    /// Input → key.
    pub with: Vec<(Key, Key)>,
    /// Output → key.
    pub to: Vec<(Key, Key)>,
}

impl Use {
    /// Returns the use of `tool` in which every input and output is bound to the key of its own name.
    pub fn plain(tool: &Tool) -> Use {
        Use {
            tool: tool.name.clone(),
            with: tool.inputs.iter().map(|k| (k.clone(), k.clone())).collect(),
            to: tool.outputs.iter().map(|k| (k.clone(), k.clone())).collect(),
        }
    }
}

impl Use {
    /// Returns this use with its bindings sorted, so that two ways to write one use are equal.
    pub fn sorted(&self) -> Use {
        let mut usage = self.clone();
        usage.with.sort();
        usage.to.sort();
        usage
    }

    /// Tells whether every input and output is bound to the key of its own name.
    pub fn is_plain(&self) -> bool {
        self.with.iter().chain(&self.to).all(|(name, key)| name == key)
    }
}

impl Step {
    /// Returns what this step uses, or none if it is unbound.
    pub fn usage(&self) -> Option<Use> {
        let tool = self.tool.clone()?;
        Some(Use { tool, with: self.with.clone(), to: self.to.clone() })
    }

    /// Tells whether `other` uses the same tool with the same bindings (or is the same unbound step).
    pub fn same_use(&self, other: &Step) -> bool {
        self.tool == other.tool
            && self.with == other.with
            && self.to == other.to
            && (self.tool.is_some() || self.description == other.description)
    }

    /// Returns it as its author would write it, to change it.
    pub fn draft(&self) -> StepDraft {
        StepDraft {
            id: Some(self.id.clone()),
            tool: self.tool.clone(),
            description: (!self.description.is_empty()).then(|| self.description.clone()),
            with: self.with.iter().cloned().collect(),
            to: self.to.iter().cloned().collect(),
            ensures: self.ensures.clone(),
            approval: self.approval,
            note: self.note.clone(),
            skip: self.skip,
        }
    }

    /// Tells whether an editor shows the two alike: who wrote a step and why it stands there is not what one edits.
    pub fn reads_like(&self, other: &Step) -> bool {
        let Step { by, again, repeats, why, .. } = other;
        *other == Step { by: *by, again: *again, repeats: repeats.clone(), why: why.clone(), ..self.clone() }
    }

    /// Tells whether a replan keeps it while it can: an author's step, one that is switched off, and one without a
    /// tool, which no planner could bring back.
    pub fn outlives_replans(&self) -> bool {
        self.skip || self.tool.is_none() || !self.is_the_planners()
    }

    /// Tells whether the planner put it there, also to do an author's step once more.
    pub fn is_the_planners(&self) -> bool {
        self.by == Author::Planner || self.again
    }

    /// Tells whether somebody has to look before the plan goes on: an author's step that asks, or that no tool does.
    pub fn is_a_gate(&self) -> bool {
        self.by != Author::Planner && !self.skip && (self.approval || self.tool.is_none())
    }

    /// Returns the keys that it reads, in the order of its tool's inputs.
    pub fn reads(&self) -> impl Iterator<Item = &Key> {
        self.with.iter().map(|(_, key)| key)
    }

    /// Returns the keys that it writes, in the order of its tool's outputs.
    pub fn writes(&self) -> impl Iterator<Item = &Key> {
        self.to.iter().map(|(_, key)| key)
    }

    /// Returns the name that people know it by: its tool's, or the start of its description.
    pub fn name(&self) -> &str {
        match &self.tool {
            Some(tool) => tool,
            None if self.description.is_empty() => &self.id,
            None => &self.description,
        }
    }

    /// Returns the tool in `tools`, or none if it is unbound or unknown.
    pub fn tool_in<'a>(&self, tools: &'a Catalogue) -> Option<&'a Arc<Tool>> {
        self.tool.as_ref().and_then(|name| tools.get(name))
    }
}

/// The steps that are still to do, behind those that were started, with an index by key.
///
/// A clone costs two pointers: an event that only moves `next` never copies a step.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Counts the plans of a session: 1 is the first.
    pub revision: u32,
    steps: Arc<Vec<Arc<Step>>>,
    next: usize,
    index: Arc<Index>,
}

/// How many remaining steps are looked through for one: a place for each costs more.
const FEW: usize = 16;

/// Looked up by names: at every event, of every plan that is folded again.
type ByName<T> = HashMap<Arc<str>, T, foldhash::fast::RandomState>;

#[derive(Debug, Default)]
struct Index {
    readers: ByName<Places>,
    writers: ByName<Writers>,
    /// The places of all steps, once one is looked for.
    places: OnceLock<ByName<usize>>,
}

/// Returns what is known of `key`, nothing to begin with. Most steps name keys that others named before.
fn of_key<'a, T: Default>(map: &'a mut ByName<T>, key: &Key) -> &'a mut T {
    if !map.contains_key(key) {
        map.insert(key.clone(), T::default());
    }
    map.entry(key.clone()).or_default()
}

/// The places of steps, ascending, and where those begin that remain: mostly where they did when it was last looked.
#[derive(Debug, Default)]
struct Places {
    list: Vec<usize>,
    from: AtomicUsize,
}

impl Places {
    /// Returns the places that are not before `next`.
    fn since(&self, next: usize) -> &[usize] {
        let last = self.from.load(Ordering::Relaxed);
        let begins = |at: &usize| match self.list.split_at_checked(*at) {
            Some((before, after)) => {
                before.last().is_none_or(|at| *at < next) && after.first().is_none_or(|at| *at >= next)
            }
            None => false,
        };
        let found = [last, last + 1].into_iter().find(begins);
        let from = found.unwrap_or_else(|| self.list.partition_point(|&at| at < next));
        self.from.store(from, Ordering::Relaxed);
        &self.list[from..]
    }
}

/// The steps that write one key.
#[derive(Debug, Default)]
struct Writers {
    places: Places,
    /// The last of them that is the planner's.
    planners: Option<usize>,
}

impl Plan {
    /// Returns the plan whose remaining steps are `steps`, in this order.
    pub fn new(revision: u32, steps: Vec<Arc<Step>>) -> Plan {
        let mut index = Index::default();
        for (at, step) in steps.iter().enumerate() {
            if step.skip {
                continue;
            }
            for key in step.reads() {
                of_key(&mut index.readers, key).list.push(at);
            }
            for key in step.writes() {
                let writers = of_key(&mut index.writers, key);
                writers.places.list.push(at);
                if step.is_the_planners() {
                    writers.planners = Some(at);
                }
            }
        }
        Plan { revision, steps: Arc::new(steps), next: 0, index: Arc::new(index) }
    }

    /// Returns the remaining steps, switched-off ones included, in order.
    pub fn remaining(&self) -> &[Arc<Step>] {
        &self.steps[self.next..]
    }

    /// Returns the step that comes next, a switched-off one included.
    pub fn first(&self) -> Option<&Arc<Step>> {
        self.steps.get(self.next)
    }

    /// Returns how many steps were taken out: what place the next step has among all.
    pub fn taken(&self) -> usize {
        self.next
    }

    /// Returns the remaining steps of this and of `other` that may not stand at the same place in both: where the one
    /// came from the other by taking steps out, just those.
    pub fn different_steps<'a>(&'a self, other: &'a Plan) -> (&'a [Arc<Step>], &'a [Arc<Step>]) {
        if !Arc::ptr_eq(&self.steps, &other.steps) {
            return (self.remaining(), other.remaining());
        }
        let both = self.next.max(other.next);
        (&self.steps[self.next..both], &other.steps[other.next..both])
    }

    /// Takes the remaining step at `place` (0 is next) out of the remaining ones.
    pub fn take(&mut self, place: usize) {
        if place > 0 {
            // It is begun before those in front of it: it stands before them from now on.
            let mut steps = (*self.steps).clone();
            steps[self.next..=self.next + place].rotate_right(1);
            *self = Plan { next: self.next, ..Plan::new(self.revision, steps) };
        }
        self.next = (self.next + 1).min(self.steps.len());
    }

    /// Returns the remaining step with this id, and its place among the remaining ones (0 is next).
    pub fn find(&self, id: &str) -> Option<(usize, &Arc<Step>)> {
        let remaining = self.remaining();
        // Mostly it is the next one that is looked for.
        if let Some(first) = remaining.first().filter(|first| *first.id == *id) {
            return Some((0, first));
        }
        if remaining.len() <= FEW {
            return remaining.iter().enumerate().find(|(_, step)| *step.id == *id);
        }
        let places = || self.steps.iter().enumerate().map(|(at, step)| (step.id.clone(), at)).collect();
        let at = self.index.places.get_or_init(places).get(id)?.checked_sub(self.next)?;
        remaining.get(at).map(|step| (at, step))
    }

    /// Returns the places (0 is next) of the remaining steps that read `key`, ascending.
    pub fn readers(&self, key: &str) -> impl Iterator<Item = usize> + '_ {
        self.after_next(self.index.readers.get(key))
    }

    /// Returns the places (0 is next) of the remaining steps that write `key`, ascending.
    pub fn writers(&self, key: &str) -> impl Iterator<Item = usize> + '_ {
        self.after_next(self.index.writers.get(key).map(|writers| &writers.places))
    }

    /// Tells whether a remaining step of the planner's writes `key`: such a one may turn out not to be needed.
    pub fn planner_writes(&self, key: &str) -> bool {
        self.index.writers.get(key).and_then(|writers| writers.planners).is_some_and(|last| last >= self.next)
    }

    fn after_next<'a>(&self, places: Option<&'a Places>) -> impl Iterator<Item = usize> + use<'a> {
        let next = self.next;
        let places: &[usize] = places.map_or(&[], |places| places.since(next));
        places.iter().map(move |at| at - next)
    }
}
