//! What the failure checks look at: the events of a branch, the session's state, and the inside of its loops.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::engine::effect::Judge;
use crate::engine::event::{Event, Recorded, Seq};
use crate::engine::goal::Key;
use crate::engine::plan::{Author, Step, StepId};
use crate::engine::session::Session;
use crate::engine::state::{State, StepRun};
use crate::engine::value::Shared;

/// One branch of a session up to a moment.
pub struct Trace<'a> {
    /// The session.
    pub session: &'a Session,
    /// The state after the last event of interest.
    pub end: &'a State,
    /// The events, in order.
    pub records: Vec<&'a Recorded>,
    /// The session's state and the inside of every loop, ended or under way; outer ones first.
    pub levels: Vec<&'a State>,
    /// Evaluates conditions.
    pub judge: &'a dyn Judge,
    /// Every step that was ever to be done, as it was written down first, with the event that did so.
    pub steps: Vec<(Seq, &'a Arc<Step>)>,
    /// The event that wrote a step down first, by its id.
    written_by: HashMap<&'a StepId, Seq>,
}

impl<'a> Trace<'a> {
    /// Returns the trace of the selected branch of `session` up to `end`.
    pub fn new(session: &'a Session, end: &'a State, judge: &'a dyn Judge) -> Trace<'a> {
        let path = session.path().iter().take_while(|&&seq| seq <= end.seq);
        let records: Vec<&Recorded> = path.filter_map(|&seq| session.record(seq)).collect();
        let levels = end.levels();
        let mut steps: Vec<(Seq, &Arc<Step>)> = Vec::new();
        let mut written_by: HashMap<&StepId, Seq> = HashMap::new();
        for record in &records {
            for step in record.event.steps() {
                if let Entry::Vacant(new) = written_by.entry(&step.id) {
                    new.insert(record.seq);
                    steps.push((record.seq, step));
                }
            }
        }
        Trace { session, end, records, levels, judge, steps, written_by }
    }

    /// Returns what the event `seq` says, however deep inside a step.
    pub fn event(&self, seq: Seq) -> Option<&'a Event> {
        Some(self.session.record(seq)?.event.innermost())
    }

    /// Returns the events between two, both left out.
    pub fn between(&self, from: Seq, to: Seq) -> impl Iterator<Item = (Seq, &'a Event)> {
        let from = self.records.partition_point(|record| record.seq <= from);
        let records = self.records.get(from..).unwrap_or_default().iter();
        records.take_while(move |record| record.seq < to).map(|record| (record.seq, record.event.innermost()))
    }

    /// Returns what a run of the session read and wrote, by the names that its conditions know.
    pub fn around(&self, run: &StepRun) -> Vec<(Key, Shared)> {
        let mut known = self.inputs(self.end, run);
        if let Some(Event::Finished { writes, .. }) = run.ended.and_then(|seq| self.event(seq)) {
            let output = |(name, key): &(Key, Key)| Some((name.clone(), writes.get(key)?.clone()));
            known.extend(run.step.to.iter().filter_map(output));
        }
        known
    }

    /// Returns what `run`, one of `level`, read, by the names of its inputs: as it was then.
    pub fn inputs(&self, level: &State, run: &StepRun) -> Vec<(Key, Shared)> {
        let value = |key: &Key, version: Seq| {
            let now = level.context.get(key).filter(|datum| datum.version == version).map(|datum| datum.value.clone());
            now.or_else(|| self.written(key, version)).or_else(|| {
                let then = self.session.state_at(run.started)?;
                let inner = then.innermost();
                inner.context.get(key).filter(|datum| datum.version == version).map(|datum| datum.value.clone())
            })
        };
        let version = |key: &Key| run.reads.iter().find(|(read, _)| read == key).map(|(_, version)| *version);
        let input = |(name, key): &(Key, Key)| Some((name.clone(), value(key, version(key)?)?));
        run.step.with.iter().filter_map(input).collect()
    }

    /// Returns the value that the event `version` gave `key`, where the event itself says it.
    fn written(&self, key: &Key, version: Seq) -> Option<Shared> {
        match self.event(version)? {
            Event::Finished { writes, .. } | Event::Failed { writes, .. } => writes.get(key).cloned(),
            Event::Injected { values, .. } => values.get(key).cloned().flatten(),
            Event::Opened { .. } => self.session.goal().context.get(key).cloned(),
            _ => None,
        }
    }

    /// Returns the keys that ever had a value, here or inside a loop.
    pub fn ever_known(&self) -> HashSet<&'a Key> {
        let mut keys: HashSet<&Key> = self.session.goal().context.keys().collect();
        for level in &self.levels {
            keys.extend(level.context.iter().map(|(key, _)| key));
            keys.extend(level.runs.iter().flat_map(|run| run.wrote.iter().map(|(key, _)| key)));
        }
        for record in &self.records {
            keys.extend(record.event.writes());
        }
        keys
    }

    /// Tells whether a person put this step there.
    pub fn is_persons(&self, step: &Step) -> bool {
        let by_hand = |seq: &Seq| matches!(self.event(*seq), Some(Event::Edited { .. }));
        step.by == Author::Person || self.written_by.get(&step.id).is_some_and(by_hand)
    }
}

/// Returns the name that a sentence calls a step by: "s4 `draft_report`".
pub(super) fn called(step: &Step) -> String {
    if step.name() == &*step.id { step.id.to_string() } else { format!("{} {}", step.id, step.name()) }
}

/// Returns the runs of `level` that have ended, with the event that ended each.
pub(super) fn ended(level: &State) -> impl Iterator<Item = (&Arc<StepRun>, Seq)> {
    level.runs.iter().filter_map(|run| Some((run, run.ended?)))
}
