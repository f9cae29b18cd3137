//! The hand-off per key: who wrote it, who will read it, and the order in which the context pane lists the keys.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::engine::context::{Context, Origin};
use crate::engine::event::Seq;
use crate::engine::goal::{Key, Wants};
use crate::engine::ordered::IndexMap;
use crate::engine::plan::{Plan, Step, StepId};
use crate::engine::state::{State, Status, StepRun};
use crate::engine::value::Shared;

/// Who made a value, or will make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Writer {
    /// It stood in the goal file.
    Start,
    /// A step.
    Step(StepId),
    /// A person or a scenario.
    You,
    /// A person replaced what this step returned.
    YouFor(StepId),
    /// A record.
    Record,
}

/// One key with its hand-off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOff {
    /// The key.
    pub key: Key,
    /// Who made the value that it has.
    pub writer: Option<Writer>,
    /// The next remaining step that writes it.
    pub next_writer: Option<StepId>,
    /// Who reads it: steps that did, then steps that will.
    pub readers: Vec<StepId>,
    /// Whether the goal wants it.
    pub wanted: bool,
}

/// Where a key stands in the flow: the start, what steps wrote, what else is there, what they will write, the wants.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// At this place among the keys of the goal file.
    Start(usize),
    /// First written by this run, at this place of what it wrote.
    Written(usize, usize),
    /// There, and no step wrote it.
    There(Key),
    /// At this place of what the step that runs reads and writes.
    UnderWay(usize),
    /// First read or written by this step of the plan, at this place of what it reads and writes.
    Planned(usize, usize),
    /// At this place among the wants.
    Wanted(usize),
}

/// The hand-offs of all keys, in the order of the flow.
///
/// Only the order is kept, with who wrote and read what: [`Ledger::follow`] costs what is different between two
/// moments. A hand-off is put together when it is asked for, so a frame pays for those that are visible.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    basis: Basis,
    order: Vec<(Rank, Key)>,
    ranks: HashMap<Key, Rank, RandomState>,
    /// Which runs wrote a key, ascending.
    wrote: HashMap<Key, Vec<usize>, RandomState>,
    /// Which runs read a key at a version, ascending.
    read: HashMap<(Key, Seq), Vec<usize>, RandomState>,
    /// How many runs are done, or were passed by.
    done: usize,
}

/// What a ledger was made from: as much of a state as it needs.
#[derive(Clone, Debug, Default)]
struct Basis {
    start: Arc<IndexMap<Key, Shared>>,
    wants: Arc<Wants>,
    context: Context,
    runs: imbl::Vector<Arc<StepRun>>,
    rewrote: Seq,
    running: Option<Arc<Step>>,
    plan: Plan,
}

impl Ledger {
    /// Returns the ledger of `state`.
    pub fn of(state: &State) -> Ledger {
        let mut ledger = Ledger::default();
        ledger.follow(state);
        ledger
    }

    /// Makes it the ledger of `state`, at the cost of what is different there.
    pub fn follow(&mut self, state: &State) {
        let new = Basis::of(state);
        let old = std::mem::replace(&mut self.basis, new.clone());
        let mut changed: Vec<Key> = Vec::new();
        if !Arc::ptr_eq(&old.start, &new.start) {
            changed.extend(old.start.keys().chain(new.start.keys()).cloned());
        }
        if !Arc::ptr_eq(&old.wants, &new.wants) {
            changed.extend(old.wants.keys().chain(new.wants.keys()).cloned());
        }
        changed.extend(old.context.different_keys(&new.context).cloned());
        let runs = match old.rewrote == new.rewrote {
            true => different_last_runs(&old.runs, &new.runs),
            false => different_runs(&old.runs, &new.runs),
        };
        for (at, before, after) in runs {
            if let Some(run) = before {
                self.forget(at, run, &mut changed);
            }
            if let Some(run) = after {
                self.enter(at, run, &mut changed);
            }
        }
        let touches = |step: &Arc<Step>| step.reads().chain(step.writes()).cloned().collect::<Vec<_>>();
        for running in [&old.running, &new.running].into_iter().flatten() {
            changed.extend(touches(running));
        }
        let (before, after) = old.plan.different_steps(&new.plan);
        changed.extend(before.iter().chain(after).flat_map(touches));
        self.rank_anew(changed);
    }

    /// Returns how many keys there are.
    pub fn count(&self) -> usize {
        self.order.len()
    }

    /// Returns how many steps are done, or were passed by.
    pub fn done(&self) -> usize {
        self.done
    }

    /// Returns the key at `place`.
    pub fn key(&self, place: usize) -> Option<&Key> {
        self.order.get(place).map(|(_, key)| key)
    }

    /// Returns the place of `key`.
    pub fn place(&self, key: &str) -> Option<usize> {
        let (key, rank) = self.ranks.get_key_value(key)?;
        self.order.binary_search_by(|(other, name)| (other, name).cmp(&(rank, key))).ok()
    }

    /// Returns the hand-off of the key at `place`, with `most` of its readers, and one more if there are more.
    pub fn hand_off(&self, place: usize, most: usize) -> Option<HandOff> {
        let key = self.key(place)?.clone();
        let Basis { context, runs, running, plan, wants, .. } = &self.basis;
        let datum = context.get(&key);
        let writer = datum.map(|datum| match &datum.origin {
            Origin::Initial => Writer::Start,
            Origin::Step(id) => Writer::Step(id.clone()),
            Origin::Injected => Writer::You,
            Origin::Edited(id) => Writer::YouFor(id.clone()),
            Origin::Record => Writer::Record,
        });
        let to_do = |at: usize| plan.remaining().get(at).map(|step| &step.id);
        let under_way = running.iter().filter(|step| step.writes().any(|written| *written == key));
        let next_writer = under_way.map(|step| &step.id).chain(plan.writers(&key).filter_map(to_do)).next().cloned();
        let did = datum.and_then(|datum| self.read.get(&(key.clone(), datum.version))).into_iter().flatten();
        let did = did.filter_map(|at| runs.get(*at)).map(|run| &run.step.id);
        let does = running.iter().filter(|step| step.reads().any(|read| *read == key)).map(|step| &step.id);
        let mut readers: Vec<StepId> = Vec::new();
        for by in did.chain(does).chain(plan.readers(&key).filter_map(to_do)) {
            if readers.len() > most {
                break;
            }
            if readers.last().is_none_or(|last| last != by) {
                readers.push(by.clone());
            }
        }
        let wanted = wants.contains_key(&key);
        Some(HandOff { key, writer, next_writer, readers, wanted })
    }

    /// Returns all hand-offs, whole, in the order of the flow.
    pub fn entries(&self) -> Vec<HandOff> {
        (0..self.count()).filter_map(|place| self.hand_off(place, usize::MAX)).collect()
    }

    /// Takes out what `run` at `at` read and wrote.
    fn forget(&mut self, at: usize, run: &StepRun, changed: &mut Vec<Key>) {
        self.done -= usize::from(is_over(run));
        for (key, version) in run.reads.iter() {
            let name = (key.clone(), *version);
            if let Some(by) = self.read.get_mut(&name) {
                by.retain(|by| *by != at);
                if by.is_empty() {
                    self.read.remove(&name);
                }
            }
        }
        for (key, _) in run.wrote.iter() {
            if let Some(by) = self.wrote.get_mut(key) {
                by.retain(|by| *by != at);
            }
            changed.push(key.clone());
        }
    }

    /// Puts in what `run` at `at` read and wrote.
    fn enter(&mut self, at: usize, run: &StepRun, changed: &mut Vec<Key>) {
        self.done += usize::from(is_over(run));
        let put = |by: &mut Vec<usize>| {
            if let Err(place) = by.binary_search(&at) {
                by.insert(place, at);
            }
        };
        for (key, version) in run.reads.iter() {
            put(self.read.entry((key.clone(), *version)).or_default());
        }
        for (key, _) in run.wrote.iter() {
            put(self.wrote.entry(key.clone()).or_default());
            changed.push(key.clone());
        }
    }

    /// Puts `keys` where they stand now. Of many the order is made from the start; a few move, past those between.
    fn rank_anew(&mut self, keys: Vec<Key>) {
        if keys.len() > self.order.len() / 16 + 16 {
            // A session that makes the same keys over and over has few of them.
            for key in keys.into_iter().collect::<HashSet<Key, RandomState>>() {
                match self.rank(&key) {
                    Some(rank) => self.ranks.insert(key, rank),
                    None => self.ranks.remove(&key),
                };
            }
            self.order = self.ranks.iter().map(|(key, rank)| (rank.clone(), key.clone())).collect();
            self.order.sort_unstable();
            return;
        }
        for key in keys {
            let rank = self.rank(&key);
            if self.ranks.get(&key) == rank.as_ref() {
                continue;
            }
            let was = self.place(&key);
            match rank {
                None => {
                    self.ranks.remove(&key);
                    if let Some(was) = was {
                        self.order.remove(was);
                    }
                }
                Some(rank) => {
                    // Until all have moved, two may have the same rank: their names keep them apart.
                    let to = self.order.partition_point(|(other, name)| (other, name) < (&rank, &key));
                    self.ranks.insert(key.clone(), rank.clone());
                    match was {
                        None => self.order.insert(to, (rank, key)),
                        Some(was) if was < to => {
                            self.order[was..to].rotate_left(1);
                            self.order[to - 1] = (rank, key);
                        }
                        Some(was) => {
                            self.order[to..=was].rotate_right(1);
                            self.order[to] = (rank, key);
                        }
                    }
                }
            }
        }
    }

    /// Returns where `key` stands, if the session knows it.
    fn rank(&self, key: &Key) -> Option<Rank> {
        let Basis { start, wants, context, runs, running, plan, rewrote: _ } = &self.basis;
        if let Some(at) = start.get_index_of(key) {
            return Some(Rank::Start(at));
        }
        if let Some(by) = self.wrote.get(key).and_then(|by| by.first()) {
            let within = runs.get(*by).and_then(|run| run.wrote.iter().position(|(written, _)| written == key));
            return Some(Rank::Written(*by, within.unwrap_or(0)));
        }
        if context.get(key).is_some() {
            return Some(Rank::There(key.clone()));
        }
        let within = |step: &Step| step.reads().chain(step.writes()).position(|touched| touched == key);
        if let Some(at) = running.as_deref().and_then(within) {
            return Some(Rank::UnderWay(at));
        }
        let places = [plan.readers(key).next(), plan.writers(key).next()];
        if let Some(at) = places.into_iter().flatten().min() {
            let within = plan.remaining().get(at).and_then(|step| within(step));
            return Some(Rank::Planned(plan.taken() + at, within.unwrap_or(0)));
        }
        wants.get_index_of(key).map(Rank::Wanted)
    }
}

fn is_over(run: &StepRun) -> bool {
    matches!(run.status, Status::Done | Status::Skipped)
}

impl Basis {
    fn of(state: &State) -> Basis {
        let under_way = |run: &&Arc<StepRun>| matches!(run.status, Status::Running | Status::Interrupted);
        Basis {
            start: state.goal.context.clone(),
            wants: state.goal.wants.clone(),
            context: state.context.clone(),
            runs: state.runs.clone(),
            rewrote: state.rewrote,
            running: state.runs.last().filter(under_way).map(|run| run.step.clone()),
            plan: state.plan.clone(),
        }
    }
}

type Runs = imbl::Vector<Arc<StepRun>>;

/// A run that is not the same in two states: its place, and what it is in the one and in the other.
type Different<'a> = (usize, Option<&'a StepRun>, Option<&'a StepRun>);

/// Returns the runs that are not the same in both, where no run was changed that others stood behind: those behind the
/// last one that both have. However many runs there are, it costs what is different.
fn different_last_runs<'a>(old: &'a Runs, new: &'a Runs) -> Vec<Different<'a>> {
    let is_same = |at: usize| matches!((old.get(at), new.get(at)), (Some(run), Some(now)) if Arc::ptr_eq(run, now));
    let same = (0..old.len().min(new.len())).rev().find(|at| is_same(*at)).map_or(0, |at| at + 1);
    let runs = same..old.len().max(new.len());
    runs.map(|at| (at, old.get(at).map(|run| &**run), new.get(at).map(|run| &**run))).collect()
}

/// Returns the runs that are not the same in both, by place, without looking into what the two share.
fn different_runs<'a>(old: &'a Runs, new: &'a Runs) -> Vec<Different<'a>> {
    let mut found = Vec::new();
    let (mut at, both) = (0, old.len().min(new.len()));
    let (mut before, mut after) = (old.leaves(), new.leaves());
    // Two that came from one another have the same chunks up to where they differ; others are compared one by one.
    while let (Some(one), Some(other)) = (before.next(), after.next()) {
        if one.len() != other.len() {
            break;
        }
        if !std::ptr::eq(one, other) {
            let pairs = one.iter().zip(other).enumerate().filter(|(_, (run, now))| !Arc::ptr_eq(run, now));
            found.extend(pairs.map(|(by, (run, now))| (at + by, Some(&**run), Some(&**now))));
        }
        at += one.len();
    }
    for at in at..both {
        let (run, now) = (old.get(at), new.get(at));
        if !matches!((run, now), (Some(run), Some(now)) if Arc::ptr_eq(run, now)) {
            found.push((at, run.map(|run| &**run), now.map(|run| &**run)));
        }
    }
    // What only one of them has stands behind what both have.
    found.extend((both..old.len()).filter_map(|at| Some((at, Some(&**old.get(at)?), None))));
    found.extend((both..new.len()).filter_map(|at| Some((at, None, Some(&**new.get(at)?)))));
    found
}

impl HandOff {
    /// Returns the hand-off as the pane shows it: `s1 → s2, s4`; so many readers at `most` are named.
    pub fn text(&self, most: usize) -> String {
        let from = match (&self.writer, &self.next_writer) {
            (Some(Writer::Start), _) => "start".to_owned(),
            (Some(Writer::Step(id)), _) => id.to_string(),
            (Some(Writer::You | Writer::YouFor(_)), _) => "you".to_owned(),
            (Some(Writer::Record), _) => "record".to_owned(),
            (None, Some(id)) => id.to_string(),
            (None, None) => "nobody".to_owned(),
        };
        format!("{from} {}", self.read_by(most))
    }

    /// Returns the half of it that says who reads the value: `→ s2, s4`.
    pub fn read_by(&self, most: usize) -> String {
        let mut to: Vec<&str> = self.readers.iter().take(most).map(|id| &**id).collect();
        if self.readers.len() > most {
            to.push("…");
        }
        if self.wanted {
            to.push("wanted");
        }
        if to.is_empty() { "→ –".to_owned() } else { format!("→ {}", to.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::testing::{self, step};

    #[test]
    fn a_key_names_its_writer_its_readers_and_that_it_is_wanted() {
        let steps = vec![
            step("s1", "load", &[], &["tickets"]),
            step("s2", "count", &["tickets"], &["counts"]),
            step("s3", "report", &["tickets", "counts"], &["report"]),
        ];
        let ledger = Ledger::of(&testing::planned(steps, &["report"]));
        let texts: Vec<String> =
            ledger.entries().iter().map(|entry| format!("{}: {}", entry.key, entry.text(9))).collect();
        assert_eq!(texts, ["tickets: s1 → s2, s3", "counts: s2 → s3", "report: s3 → wanted"]);
    }
}
