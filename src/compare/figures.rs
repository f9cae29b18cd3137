//! The figures of a run, recounted from its trace: nothing here was declared by anybody.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::Serialize;

use crate::engine::event::{Event, Recorded, Seq};
use crate::engine::goal::Key;
use crate::engine::plan::StepId;
use crate::engine::session::Session;
use crate::engine::state::{State, Status, StepRun};

/// The figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Answers of a planner: first plans, replans and the finding that there is none.
    pub decisions: u64,
    /// Attempts at steps that have a tool.
    pub tool_calls: u64,
    /// Of these, those with no output in the provenance of anything ever wanted.
    pub wasted_calls: u64,
    /// Done steps whose outputs went stale and were made again.
    pub overtaken_calls: u64,
    /// Steps whose tool had been done before; retries excluded.
    pub repeated_calls: u64,
    /// Planned steps that a replan removed before they ran.
    pub discarded_steps: u64,
    /// Wanted values that are not fresh at the end.
    pub stale_results: u64,
    /// Replans that were accepted.
    pub replans: u64,
    /// Tokens of models.
    pub tokens: u64,
    /// What the calls cost, in the goal file's own unit.
    pub cost: f64,
    /// From the first event to the last, in milliseconds.
    pub wall_ms: f64,
}

/// Recounts the figures of the selected branch of `session` up to `end`, the state after its last event of interest.
pub fn recount(session: &Session, end: &State) -> Figures {
    let path: Vec<&Recorded> =
        session.path().iter().take_while(|&&seq| seq <= end.seq).filter_map(|&seq| session.record(seq)).collect();
    let mut figures = Figures { wall_ms: wall_ms(&path), ..Figures::default() };
    let mut wanted: HashSet<Key> = session.goal().wants.keys().cloned().collect();
    let mut asked = false;
    for record in &path {
        match record.event.innermost() {
            Event::PlanRequested { .. } => asked = true,
            Event::Planned { .. } | Event::Proposed(_) | Event::Unplannable { .. } | Event::Thought(_) => {
                figures.decisions += u64::from(std::mem::take(&mut asked));
            }
            Event::Replanned { .. } => figures.replans += 1,
            Event::GoalChanged { wants, .. } => wanted.extend(wants.keys().cloned()),
            Event::Opened { .. }
            | Event::Rejected { .. }
            | Event::Approved { .. }
            | Event::Paced { .. }
            | Event::Refused { .. }
            | Event::Entered { .. }
            | Event::Inner { .. }
            | Event::StrategySet { .. }
            | Event::Stopped { .. }
            | Event::Started { .. }
            | Event::Finished { .. }
            | Event::Failed { .. }
            | Event::Retried { .. }
            | Event::Interrupted { .. }
            | Event::Cancelled { .. }
            | Event::Skipped { .. }
            | Event::Judged { .. }
            | Event::Deviated { .. }
            | Event::Injected { .. }
            | Event::Pinned { .. }
            | Event::Armed { .. }
            | Event::Scheduled { .. }
            | Event::Edited { .. }
            | Event::DialTurned { .. }
            | Event::DeciderSet { .. }
            | Event::Undone { .. }
            | Event::Redone { .. }
            | Event::BranchSelected { .. }
            | Event::Reached
            | Event::Ended { .. } => {}
        }
    }
    let made = end.calls_made();
    let calls: Vec<&Arc<StepRun>> = made.iter().filter(|run| is_call(run, end)).collect();
    let useful = useful(&made, &wanted);
    let useful = made.iter().zip(useful).filter(|(run, _)| is_call(run, end)).map(|(_, useful)| useful);
    let useful: Vec<bool> = useful.collect();
    let mut done: HashSet<&str> = HashSet::new();
    for (run, useful) in calls.iter().zip(&useful) {
        let attempts = u64::from(run.attempts.max(1));
        figures.tool_calls += attempts;
        figures.wasted_calls += if *useful { 0 } else { attempts };
        let tool = run.step.tool.as_deref().unwrap_or_default();
        figures.repeated_calls += u64::from(done.contains(tool));
        if run.status == Status::Done {
            done.insert(tool);
        }
        let cost = run.step.tool_in(&end.goal.tools).map_or(0.0, |tool| tool.cost);
        figures.cost += cost * attempts as f64;
    }
    figures.overtaken_calls = overtaken(&calls);
    figures.discarded_steps = discarded(end);
    let stale = |key: &&Key| end.context.get(key).is_some_and(|datum| !datum.fresh);
    figures.stale_results = end.goal.wants.keys().filter(stale).count() as u64;
    figures
}

/// Tells whether `run` called a tool: the loop of an `explore` step calls none itself.
fn is_call(run: &StepRun, end: &State) -> bool {
    run.inside.is_none() && !end.is_loop_under_way(run)
}

/// Tells of each call whether an output of it is in the provenance of a value under a key that was ever wanted.
fn useful(calls: &[Arc<StepRun>], wanted: &HashSet<Key>) -> Vec<bool> {
    let mut makers: HashMap<&(Key, Seq), Vec<usize>> = HashMap::new();
    for (at, run) in calls.iter().enumerate() {
        for made in run.wrote.iter() {
            makers.entry(made).or_default().push(at);
        }
    }
    let mut useful = vec![false; calls.len()];
    let mut todo: Vec<usize> =
        makers.iter().filter(|((key, _), _)| wanted.contains(key)).flat_map(|(_, at)| at.iter().copied()).collect();
    while let Some(at) = todo.pop() {
        let (Some(run), Some(mark)) = (calls.get(at), useful.get_mut(at)) else { continue };
        if !std::mem::replace(mark, true) {
            todo.extend(run.reads.iter().filter_map(|read| makers.get(read)).flatten().copied());
            if let Some(inside) = &run.inside {
                // What a loop came to rests on what its own calls found.
                let found = inside.goal.wants.keys().filter_map(|key| Some((key, inside.context.get(key)?.version)));
                let found = found.map(|(key, version)| (key.clone(), version));
                todo.extend(found.filter_map(|made| makers.get(&made)).flatten().copied());
            }
        }
    }
    useful
}

/// Counts the done calls whose outputs a later call made again from other inputs.
fn overtaken(calls: &[&Arc<StepRun>]) -> u64 {
    let mut later: HashMap<&Key, &Arc<StepRun>> = HashMap::new();
    let mut count = 0;
    for run in calls.iter().rev().filter(|run| run.status == Status::Done) {
        let again = run.wrote.iter().filter_map(|(key, _)| later.get(key)).any(|later| later.reads != run.reads);
        count += u64::from(again);
        for (key, _) in run.wrote.iter() {
            later.insert(key, run);
        }
    }
    count
}

fn discarded(end: &State) -> u64 {
    let started: HashSet<&StepId> = end.runs.iter().map(|run| &run.step.id).collect();
    let mut gone: HashSet<&StepId> = HashSet::new();
    for replan in &end.replans {
        let Some(taken) = &replan.taken else { continue };
        let stays: HashSet<&StepId> = taken.iter().map(|step| &step.id).collect();
        let out = replan.before.iter().map(|step| &step.id).filter(|id| !stays.contains(id) && !started.contains(id));
        gone.extend(out);
    }
    gone.len() as u64
}

fn wall_ms(path: &[&Recorded]) -> f64 {
    let at = |record: Option<&&Recorded>| record?.at.parse::<jiff::Timestamp>().ok();
    match (at(path.first()), at(path.last())) {
        (Some(first), Some(last)) => last.duration_since(first).as_secs_f64() * 1e3,
        _ => 0.0,
    }
}

/// Returns the steps whose call was wasted, of the selected branch of `session` up to `end`.
pub fn wasted(session: &Session, end: &State) -> HashSet<StepId> {
    let mut wanted: HashSet<Key> = session.goal().wants.keys().cloned().collect();
    for seq in session.path().iter().take_while(|&&seq| seq <= end.seq) {
        if let Some(Event::GoalChanged { wants, .. }) = session.record(*seq).map(|record| &record.event) {
            wanted.extend(wants.keys().cloned());
        }
    }
    let made = end.calls_made();
    let useful = useful(&made, &wanted);
    let wasted = made.iter().zip(useful).filter(|(run, useful)| !useful && is_call(run, end));
    wasted.map(|(run, _)| run.step.id.clone()).collect()
}
