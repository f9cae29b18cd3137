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

use super::problem::{bound, sorted, written};

/// Walks `steps` forward from the facts of `request`; returns a sentence about the first thing that does not hold.
///
/// Every step is assumed to succeed and to write a new value, so that the plan's own staleness counts. Conditions on
/// values that nobody knows yet are taken as true; those on known values (facts, and what a remembered call on known
/// inputs returned) are put to `judge`, and an undecided one does not hold.
///
/// # Errors
/// A sentence about the first step that cannot run, or the wanted key that does not hold at the end.
pub fn holds(request: &PlanRequest, steps: &[PlannedStep], judge: &dyn Judge) -> Result<(), String> {
    let mut walk = Walk::new(request);
    let mut last_kept = None;
    for (at, planned) in steps.iter().enumerate() {
        let who = format!("step {}", at + 1);
        let step = match &planned.kept {
            Some(id) => {
                let place = request.keep.iter().position(|step| step.id == *id);
                let place = place.ok_or_else(|| format!("{who} keeps {id}, which is no step to keep"))?;
                if last_kept.is_some_and(|last| last >= place) {
                    return Err(format!("{who} keeps {id} out of its order"));
                }
                last_kept = Some(place);
                Some(&request.keep[place])
            }
            None => None,
        };
        if step.is_some_and(|step| step.skip) {
            continue;
        }
        let tool = match &planned.usage {
            Some(usage) => {
                let tool = request.tools.get(&usage.tool);
                Some(&**tool.ok_or_else(|| format!("{who} uses {}, which is no tool on offer", usage.tool))?)
            }
            None => None,
        };
        if step.is_none() {
            let Some(usage) = &planned.usage else { return Err(format!("{who} uses nothing and is nobody's")) };
            if request.barred.iter().any(|barred| sorted(barred) == sorted(usage)) {
                return Err(format!("{who} uses {}, which a person skipped or deleted", usage.tool));
            }
        }
        let with = planned.usage.as_ref().map_or_else(|| step.map_or(&[][..], |step| &step.with), |usage| &usage.with);
        walk.step(at, tool, step.map(|step| &**step), with, planned, judge).map_err(|why| format!("{who} {why}"))?;
    }
    walk.wants(judge)
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
        let fresh: HashMap<&Key, Seq> =
            request.facts.iter().enumerate().filter(|(_, f)| f.fresh).map(|(at, f)| (&f.key, at as Seq + 1)).collect();
        for (at, fact) in request.facts.iter().enumerate() {
            let seq = at as Seq + 1;
            let sources = fact.sources.iter().filter_map(|key| fresh.get(key).map(|seq| (key.clone(), *seq)));
            // A stale value rests on a version that is no more.
            let gone = (!fact.fresh).then(|| (fact.key.clone(), 0));
            let sources: Arc<[(Key, Seq)]> = sources.chain(gone).collect();
            let (value, origin, pinned) = (fact.value.clone(), Origin::Initial, fact.pinned);
            let refuted = fact.refuted.clone();
            context.write(&fact.key, Write { value, origin, sources, refuted, pinned }, seq);
        }
        let known = request.facts.iter().map(|fact| (fact.key.clone(), (fact.hash, fact.value.clone())));
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
    ) -> Result<(), String> {
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
            (None, _) => written(None, step),
        };
        for (name, key) in &to {
            if self.context.get(key).is_some_and(|datum| datum.pinned) {
                continue;
            }
            // The value stands for one that differs from every other: a new version, whatever is known of it.
            let (value, origin, sources) = (Arc::new(Value::from(version)), Origin::Record, sources.clone());
            self.context.write(key, Write { value, origin, sources, refuted: None, pinned: false }, version);
            match returned.and_then(|outputs| outputs.get(name)) {
                Some(value) => {
                    let hash = crate::engine::value::content_hash(value);
                    self.known.insert(key.clone(), (hash, value.clone()));
                }
                None => {
                    self.known.remove(key);
                }
            }
        }
        Ok(())
    }

    /// Puts the requirements of a use to its inputs, if all are known; returns what it is known to return.
    fn outlook(
        &self,
        tool: &Tool,
        with: &[(Key, Key)],
        kept: bool,
        judge: &dyn Judge,
    ) -> Result<Option<&'r indexmap::IndexMap<Key, Shared>>, String> {
        let mut values = Vec::with_capacity(tool.inputs.len());
        let mut hashes = Vec::with_capacity(tool.inputs.len());
        for name in &tool.inputs {
            let Some((hash, value)) = self.known.get(bound(with, name)) else { return Ok(None) };
            values.push((name.clone(), value.clone()));
            hashes.push(*hash);
        }
        let subject = Subject::Object(values);
        for check in &tool.requires {
            if judge.judge(&check.condition, &subject) != Verdict::True {
                return Err(format!("uses {}, whose requirement \"{}\" is not met then", tool.name, check.label));
            }
        }
        if kept {
            return Ok(None);
        }
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
