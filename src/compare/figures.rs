//! The figures of a run, recounted from its trace: nothing here was declared by anybody.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::calls::{Call, calls, inside_of, is_stale, path};
use crate::engine::event::{Event, Recorded, Seq};
use crate::engine::goal::Key;
use crate::engine::plan::StepId;
use crate::engine::session::Session;
use crate::engine::state::State;

/// How long a decision is said to take where durations say nothing, in seconds: about what a model needs for one.
pub const SECONDS_A_DECISION: u64 = 3;

/// The name of what a run comes to at the price of decisions and calls: what it would take with a model.
pub const PRICED: &str = "≈ model time";

/// Every figure by the name that tables give it, with what it counts.
pub const FIGURES: &[(&str, &str)] = &[
    ("reached", "Every wanted key has a fresh value that meets its condition."),
    (
        "decisions",
        "Answers of a planner and choices of a next action: first plans, replans, thoughts, refused ones too.",
    ),
    ("tool calls", "Attempts at tools, retries included; a loop is none itself, the calls inside it are."),
    ("wasted", "Tool calls of which no output key is in the provenance of any value that was ever wanted."),
    ("overtaken", "Done calls whose values went stale and were made again."),
    ("repeated", "Calls of a tool that had been done before; retries excluded."),
    ("discarded", "Planned steps that a replan took out before they were started."),
    ("stale results", "Wanted values that rest on something which is no longer so at the end."),
    ("replans", "Times that the remaining plan was replaced."),
    ("cost", "The cost of every tool call as the goal file gives it, in its own unit."),
    ("tokens", "Tokens that models read and wrote; offline there are none."),
    ("time", "How long the lane was at work; offline it says nothing about agents."),
    (PRICED, "What decisions, planned steps, calls by their cost and what was thrown away come to, as priced."),
];

/// The figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Answers of a planner and choices of a next action, the refused ones included.
    pub decisions: u64,
    /// Attempts at steps that have a tool; loops are none themselves.
    pub tool_calls: u64,
    /// Of these, those of which no output key is in the provenance of anything ever wanted.
    pub wasted_calls: u64,
    /// Done calls whose outputs went stale and were made again.
    pub overtaken_calls: u64,
    /// Calls whose tool had been done before; retries excluded.
    pub repeated_calls: u64,
    /// Planned steps that a replan removed before they ran.
    pub discarded_steps: u64,
    /// Wanted values that rest on stale ones at the end.
    pub stale_results: u64,
    /// Replans that were accepted.
    pub replans: u64,
    /// Tokens of models.
    pub tokens: u64,
    /// What the calls cost, in the goal file's own unit.
    pub cost: f64,
    /// From the first event to the last, in milliseconds.
    pub wall_ms: f64,
    /// What the decisions would take at [`SECONDS_A_DECISION`] each.
    pub decision_seconds: u64,
}

/// Recounts the figures of the selected branch of `session` up to `end`, the state after its last event of interest.
pub fn recount(session: &Session, end: &State) -> Figures {
    let mut figures = Figures { wall_ms: wall_ms(session, end), ..Figures::default() };
    let mut wanted: HashSet<Key> = session.goal().wants.keys().cloned().collect();
    let mut asked = false;
    for record in path(session, end) {
        match record.event.innermost() {
            Event::PlanRequested { .. } => asked = true,
            event if event.is_decision() => figures.decisions += u64::from(std::mem::take(&mut asked)),
            Event::Replanned { .. } => figures.replans += 1,
            Event::GoalChanged { wants, .. } => wanted.extend(wants.keys().cloned()),
            _ => {}
        }
    }
    figures.decision_seconds = figures.decisions * SECONDS_A_DECISION;
    let calls = calls(session, end);
    let provenance = provenance(&calls, &wanted, end);
    let mut done: HashSet<&str> = HashSet::new();
    for call in calls.iter().filter(|call| call.counts()) {
        figures.tool_calls += call.attempts;
        if is_wasted(call, &provenance) {
            figures.wasted_calls += call.attempts;
        }
        let Some(tool) = &call.tool else { continue };
        figures.repeated_calls += u64::from(done.contains(&**tool));
        if call.done {
            done.insert(tool);
        }
        figures.cost += end.goal.tools.get(tool).map_or(0.0, |tool| tool.cost) * call.attempts as f64;
    }
    figures.overtaken_calls = overtaken(session, &calls);
    figures.discarded_steps = discarded(end, &calls);
    let stale = |key: &&Key| end.context.get(key).is_some_and(|datum| is_stale(&end.context, datum));
    figures.stale_results = end.goal.wants.keys().filter(stale).count() as u64;
    figures
}

/// A key where it belongs: in the session, or inside a loop.
type Place = (Option<usize>, Key);

/// Returns the keys in the provenance of every value that any of `calls` wrote under a key that was ever wanted.
fn provenance(calls: &[Call], wanted: &HashSet<Key>, end: &State) -> HashSet<Place> {
    let mut makers: HashMap<(Option<usize>, &Key, Seq), Vec<usize>> = HashMap::new();
    for (at, call) in calls.iter().enumerate() {
        for (key, version) in &call.wrote {
            makers.entry((call.within, key, *version)).or_default().push(at);
        }
    }
    let mut found: HashSet<Place> = HashSet::new();
    let mut seen = vec![false; calls.len()];
    let is_wanted = |(within, key, _): &&(Option<usize>, &Key, Seq)| within.is_none() && wanted.contains(*key);
    let mut todo: Vec<(Option<usize>, &Key, Seq)> = makers.keys().filter(is_wanted).copied().collect();
    while let Some((within, key, version)) = todo.pop() {
        found.insert((within, key.clone()));
        for &at in makers.get(&(within, key, version)).into_iter().flatten() {
            let Some(call) = calls.get(at).filter(|_| !std::mem::replace(&mut seen[at], true)) else { continue };
            todo.extend(call.reads.iter().map(|(key, version)| (call.within, key, *version)));
            // What a loop came to rests on what its own calls found.
            let inside = if call.is_loop { inside_of(calls, at, end) } else { None };
            let found = inside.into_iter().flat_map(|inside| {
                inside.goal.wants.keys().filter_map(|key| Some((Some(at), key, inside.context.get(key)?.version)))
            });
            todo.extend(found);
        }
    }
    found
}

/// Counts the done calls with an output that was stale when a later done call wrote its key.
fn overtaken(session: &Session, calls: &[Call]) -> u64 {
    let mut last: HashMap<(Option<usize>, &Key), usize> = HashMap::new();
    let mut gone: HashSet<usize> = HashSet::new();
    // Calls inside a loop end before the loop does.
    let mut ended: Vec<usize> = (0..calls.len()).filter(|&at| calls[at].ended.is_some()).collect();
    ended.sort_by_key(|&at| calls[at].ended);
    for at in ended {
        let call = &calls[at];
        for (key, _) in &call.wrote {
            let before = if call.done { last.insert((call.within, key), at) } else { last.remove(&(call.within, key)) };
            let Some(before) = before.filter(|&before| call.done && calls[before].counts()) else { continue };
            let was = calls[before].wrote.iter().find(|(written, _)| written == key);
            if was.is_some_and(|(_, was)| stale_before(session, call, key, *was)) {
                gone.insert(before);
            }
        }
    }
    gone.len() as u64
}

/// Tells whether `key` still had its version `was`, and was stale, just before `call` wrote it.
fn stale_before(session: &Session, call: &Call, key: &Key, was: Seq) -> bool {
    let before = call.ended.and_then(|seq| session.record(seq)?.parent).and_then(|seq| session.state_at(seq));
    let Some(mut state) = before.as_ref() else { return false };
    if call.within.is_some() {
        state = state.innermost();
    }
    state.context.get(key).is_some_and(|datum| datum.version == was && is_stale(&state.context, datum))
}

fn discarded(end: &State, calls: &[Call]) -> u64 {
    let started: HashSet<&StepId> = calls.iter().map(|call| &call.step).collect();
    let mut gone: HashSet<&StepId> = HashSet::new();
    for replan in &end.replans {
        let Some(taken) = &replan.taken else { continue };
        let stays: HashSet<&StepId> = taken.iter().map(|step| &step.id).collect();
        let out = replan.before.iter().map(|step| &step.id).filter(|id| !stays.contains(id) && !started.contains(id));
        gone.extend(out);
    }
    gone.len() as u64
}

fn wall_ms(session: &Session, end: &State) -> f64 {
    let at = |record: Option<&Recorded>| record?.at.parse::<jiff::Timestamp>().ok();
    match (at(path(session, end).next()), at(path(session, end).last())) {
        (Some(first), Some(last)) => last.duration_since(first).as_secs_f64() * 1e3,
        _ => 0.0,
    }
}

/// Returns the steps whose calls were wasted, of the selected branch of `session` up to `end`.
pub fn wasted(session: &Session, end: &State) -> HashSet<StepId> {
    let mut wanted: HashSet<Key> = session.goal().wants.keys().cloned().collect();
    for record in path(session, end) {
        if let Event::GoalChanged { wants, .. } = record.event.innermost() {
            wanted.extend(wants.keys().cloned());
        }
    }
    let calls = calls(session, end);
    let provenance = provenance(&calls, &wanted, end);
    calls.into_iter().filter(|call| is_wasted(call, &provenance)).map(|call| call.step).collect()
}

/// Tells whether no output of `call` is in the provenance of anything that was ever wanted.
fn is_wasted(call: &Call, provenance: &HashSet<Place>) -> bool {
    call.counts() && !call.wrote.iter().any(|(key, _)| provenance.contains(&(call.within, key.clone())))
}
