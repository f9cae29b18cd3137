//! The forward check of a finished plan, on the engine's own context: what a planner answers has passed it.
//!
//! It knows nothing of how plans are made (numbers, graphs, no-goods), so that it can judge them, also in tests.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::context::{Context, Origin, Write};
use crate::engine::effect::{CallKey, Judge, PlanRequest, PlannedStep, Remembered, Subject};
use crate::engine::event::{Seq, Verdict};
use crate::engine::goal::{Key, Tool};
use crate::engine::plan::Step;
use crate::engine::value::{Shared, Value};

use super::problem::{bound, written};

/// Walks `steps` forward from the facts of `request`; returns a sentence about the first thing that does not hold.
///
/// Every step is assumed to succeed and to write a new value, so that the plan's own staleness counts. Conditions on
/// values that nobody knows yet are taken as true; those on known values (facts, and what a remembered call on known
/// inputs returned) are put to `judge`, and an undecided one does not hold.
///
/// # Errors
/// A sentence about the first step that cannot run, or the wanted key that does not hold at the end.
pub fn holds(request: &PlanRequest, steps: &[PlannedStep], judge: &dyn Judge) -> Result<(), String> {
    check(request, steps, judge).map_err(|fault| fault.why)
}

/// What does not hold in a plan.
pub(super) struct Fault {
    /// The step to keep that it is about, by its place in the request, if it is about one.
    pub(super) kept: Option<usize>,
    /// The sentence.
    pub(super) why: String,
}

impl From<String> for Fault {
    fn from(why: String) -> Fault {
        Fault { kept: None, why }
    }
}

/// Does what [`holds`] does, and says which step to keep the fault is about.
pub(super) fn check(request: &PlanRequest, steps: &[PlannedStep], judge: &dyn Judge) -> Result<(), Fault> {
    let mut walk = Walk::new(request);
    let mut line = Line::default();
    for (at, planned) in steps.iter().enumerate() {
        let who = format!("step {}", at + 1);
        let step = match &planned.kept {
            Some(id) => {
                let place = request.keep.iter().position(|step| step.id == *id);
                Some((place.ok_or_else(|| format!("{who} keeps {id}, which is not a step to keep"))?, id))
            }
            None => None,
        };
        let (place, step) = (step.map(|(place, _)| place), step.map(|(place, _)| &request.keep[place]));
        if step.is_some_and(|step| step.skip) {
            // It never runs, so nothing depends on where it stands.
            line.add(None, &[], &[]);
            continue;
        }
        let tool = match &planned.usage {
            Some(usage) => {
                let tool = request.tools.get(&usage.tool);
                Some(&**tool.ok_or_else(|| format!("{who} uses {}, which is not a tool on offer", usage.tool))?)
            }
            None => None,
        };
        if step.is_none() {
            let Some(usage) = &planned.usage else { return Err(format!("{who} uses nothing and is nobody's").into()) };
            if request.barred.iter().any(|barred| barred.sorted() == usage.sorted()) {
                return Err(format!("{who} uses {}, which a person skipped or deleted", usage.tool).into());
            }
        }
        let with = planned.usage.as_ref().map_or_else(|| step.map_or(&[][..], |step| &step.with), |usage| &usage.with);
        let step = step.map(|step| &**step);
        let fault = |why| Fault { kept: place, why: format!("{who} {why}") };
        let (reads, writes) = walk.step(at, tool, step, with, planned, judge).map_err(fault)?;
        line.add(place, &reads, &writes);
    }
    line.in_order(request)?;
    Ok(walk.wants(judge)?)
}

/// The steps of a plan with what each reads and writes, to see whether steps that were kept stand in their order.
#[derive(Default)]
struct Line {
    steps: Vec<Placed>,
}

struct Placed {
    /// Its place among the steps to keep.
    kept: Option<usize>,
    reads: Vec<Key>,
    writes: Vec<Key>,
}

impl Line {
    fn add(&mut self, kept: Option<usize>, reads: &[Key], writes: &[Key]) {
        self.steps.push(Placed { kept, reads: reads.to_vec(), writes: writes.to_vec() });
    }

    /// Tells whether each kept step is behind those before which it was not, unless one that was not behind it needs it:
    /// all who write a key are ahead of who reads it, and who reads a value is ahead of who replaces it.
    fn in_order(&self, request: &PlanRequest) -> Result<(), Fault> {
        // key → the first of the steps to keep that reads it further on, or is handed something made from it.
        let mut read_for: HashMap<&Key, usize> = HashMap::new();
        // key → the same of those who replace it further on.
        let mut replaced_for: HashMap<&Key, usize> = HashMap::new();
        let mut first_later = usize::MAX;
        for (at, step) in self.steps.iter().enumerate().rev() {
            let own = step.kept.unwrap_or(usize::MAX);
            let handed_on = step.writes.iter().filter_map(|key| read_for.get(key).copied());
            let in_time = step.reads.iter().filter_map(|key| replaced_for.get(key).copied());
            let feeds = handed_on.chain(in_time).fold(own, usize::min);
            for (keys, of) in [(&step.reads, &mut read_for), (&step.writes, &mut replaced_for)] {
                for key in keys {
                    let first = of.entry(key).or_insert(usize::MAX);
                    *first = feeds.min(*first);
                }
            }
            let Some(place) = step.kept else { continue };
            if first_later < place && feeds > first_later {
                let [one, other] = [place, first_later].map(|place| request.keep[place].id.clone());
                let why = format!("step {} keeps {one} ahead of {other}, which stood before it", at + 1);
                return Err(Fault { kept: Some(place), why });
            }
            first_later = first_later.min(place);
        }
        Ok(())
    }
}

struct Walk<'r> {
    request: &'r PlanRequest,
    context: Context,
    /// The values that are known, with their content hashes.
    known: HashMap<Key, (u64, Shared)>,
}

impl<'r> Walk<'r> {
    fn new(request: &'r PlanRequest) -> Walk<'r> {
        let mut context = Context::default();
        let fresh: HashMap<&Key, Seq> = (1..)
            .zip(request.facts.iter())
            .filter(|(_, (_, fact))| fact.fresh)
            .map(|(seq, (key, _))| (key, seq))
            .collect();
        for (seq, (key, fact)) in (1..).zip(request.facts.iter()) {
            let sources = fact.sources.iter().filter_map(|(key, _)| fresh.get(key).map(|seq| (key.clone(), *seq)));
            // A stale value rests on a version that is no more.
            let gone = (!fact.fresh).then(|| (key.clone(), 0));
            let sources: Arc<[(Key, Seq)]> = sources.chain(gone).collect();
            let (value, origin, pinned) = (fact.value.clone(), Origin::Initial, fact.pinned);
            let refuted = fact.refuted.clone();
            context.write(key, Write { value, origin, sources, refuted, pinned }, seq);
        }
        let known = request.facts.iter().map(|(key, fact)| (key.clone(), (fact.hash, fact.value.clone())));
        Walk { request, context, known: known.collect() }
    }

    fn step(
        &mut self,
        at: usize,
        tool: Option<&Tool>,
        step: Option<&Step>,
        with: &[(Key, Key)],
        planned: &PlannedStep,
        judge: &dyn Judge,
    ) -> Result<(Vec<Key>, Vec<Key>), String> {
        let mut reads: Vec<Key> = with.iter().map(|(_, key)| key.clone()).collect();
        reads.extend(tool.iter().flat_map(|tool| &tool.inputs).map(|name| bound(with, name).clone()));
        reads.sort();
        reads.dedup();
        for key in &reads {
            match self.context.get(key) {
                None => return Err(format!("reads {key}, which has no value then")),
                Some(datum) if !datum.fresh => return Err(format!("reads {key}, which is stale then")),
                Some(_) => {}
            }
        }
        let returned = match tool {
            Some(tool) => self.outlook(tool, with, planned.kept.is_some(), judge)?,
            None => None,
        };
        let version = (1 << 60) + at as Seq;
        let versions = reads.iter().filter_map(|key| self.context.get(key).map(|d| (key.clone(), d.version)));
        let sources: Arc<[(Key, Seq)]> = versions.collect();
        let to: Vec<(Key, Key)> = match (&planned.usage, tool) {
            (Some(usage), Some(tool)) => {
                tool.outputs.iter().map(|name| (name.clone(), bound(&usage.to, name).clone())).collect()
            }
            (Some(usage), None) => usage.to.clone(),
            (None, _) => written(None, step.map_or(&[], |step| &step.to), step.map(|step| &step.id)),
        };
        for (name, key) in &to {
            if self.context.get(key).is_some_and(|datum| datum.pinned) {
                continue;
            }
            // The value stands for one that differs from every other: a new version, whatever is known of it.
            let (value, origin, sources) = (Shared::new(Value::from(version)), Origin::Record, sources.clone());
            self.context.write(key, Write { value, origin, sources, refuted: None, pinned: false }, version);
            match returned.and_then(|outputs| outputs.get(name)) {
                Some(value) => {
                    let hash = value.hash();
                    self.known.insert(key.clone(), (hash, value.clone()));
                }
                None => {
                    self.known.remove(key);
                }
            }
        }
        Ok((reads, to.into_iter().map(|(_, key)| key).collect()))
    }

    /// Puts the requirements of a use to its inputs, if all are known; returns what it is known to return.
    fn outlook(
        &self,
        tool: &Tool,
        with: &[(Key, Key)],
        kept: bool,
        judge: &dyn Judge,
    ) -> Result<Option<&'r crate::engine::ordered::IndexMap<Key, Shared>>, String> {
        let known = |name: &Key| self.known.get(bound(with, name));
        for (at, check) in tool.requires.iter().enumerate() {
            // A requirement is decided as soon as what decides it is known.
            let deciding = tool.requires_of.get(at).and_then(|names| names.as_deref()).unwrap_or(&tool.inputs);
            let values = deciding.iter().map(|name| known(name).map(|(_, value)| (name.clone(), value.clone())));
            let Some(values) = values.collect::<Option<Vec<_>>>() else { continue };
            if judge.judge(&check.condition, &Subject::Object(values)) != Verdict::True {
                return Err(format!("uses {}, whose requirement \"{}\" is not met then", tool.name, check.label));
            }
        }
        let hashes = tool.inputs.iter().map(|name| known(name).map(|(hash, _)| *hash)).collect::<Option<Vec<_>>>();
        let Some(hashes) = hashes.filter(|_| !kept) else { return Ok(None) };
        match self.request.outcomes.get(&CallKey { tool: tool.name.clone(), inputs: hashes.into() }) {
            None => Ok(None),
            Some(Remembered::Returned(outputs)) => Ok(Some(outputs)),
            Some(Remembered::Failed(error)) => {
                Err(format!("uses {}, which failed on these inputs: {error}", tool.name))
            }
            Some(Remembered::Refuted(_, why)) => {
                Err(format!("uses {}, whose result on these inputs was refuted: {why}", tool.name))
            }
        }
    }

    fn wants(&self, judge: &dyn Judge) -> Result<(), String> {
        for (key, condition) in self.request.wants.iter() {
            match self.context.get(key) {
                None => return Err(format!("the plan ends without {key}, which the goal wants")),
                Some(datum) if !datum.fresh => return Err(format!("the plan ends with {key} stale")),
                Some(_) => {}
            }
            if let Some((_, value)) = self.known.get(key)
                && judge.judge(condition, &Subject::Value(value.clone())) != Verdict::True
            {
                return Err(format!("the plan ends with {key} not as the goal wants it: {condition}"));
            }
        }
        Ok(())
    }
}
