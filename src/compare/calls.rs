//! The calls of a run, read from its events: what every figure is counted from.

use std::collections::HashMap;

use crate::engine::context::{Context, Datum};
use crate::engine::event::{Event, Recorded, Seq};
use crate::engine::goal::{Key, ToolName};
use crate::engine::plan::StepId;
use crate::engine::session::Session;
use crate::engine::state::{State, StepRun};

/// A step that was started, loops included.
#[derive(Clone, Debug)]
pub struct Call {
    /// The step.
    pub step: StepId,
    /// Its tool; none: unbound, a person said what came back.
    pub tool: Option<ToolName>,
    /// The event that started it.
    pub started: Seq,
    /// The event that ended it, if it has ended.
    pub ended: Option<Seq>,
    /// The attempts at the tool itself; those that were loops are none.
    pub attempts: u64,
    /// Whether it was done.
    pub done: bool,
    /// What it read: key and version.
    pub reads: Vec<(Key, Seq)>,
    /// What it wrote: key and version.
    pub wrote: Vec<(Key, Seq)>,
    /// The loop that it was made in: its place among the calls.
    pub within: Option<usize>,
    /// Whether an attempt at it was a loop, whose own calls count in its place.
    pub is_loop: bool,
}

impl Call {
    /// Tells whether it called a tool.
    pub fn counts(&self) -> bool {
        self.tool.is_some() && self.attempts > 0
    }
}

/// Returns the events of the selected branch of `session` up to `end`, in order.
pub fn path<'a>(session: &'a Session, end: &'a State) -> impl Iterator<Item = &'a Recorded> {
    session.path().iter().take_while(|&&seq| seq <= end.seq).filter_map(|&seq| session.record(seq))
}

/// Returns every call of the selected branch of `session` up to `end`, in the order in which they began.
pub fn calls(session: &Session, end: &State) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    // The call under way at each depth: a step, the step inside its loop, and so on.
    let mut open: Vec<usize> = Vec::new();
    let mut decided: HashMap<StepId, Option<ToolName>> = HashMap::new();
    for record in path(session, end) {
        let (depth, event) = record.event.unwrapped();
        match event {
            Event::Thought(thought) => {
                decided.extend(thought.step.iter().map(|step| (step.id.clone(), step.tool.clone())));
            }
            Event::Started { step, reads, .. } => {
                open.truncate(depth);
                let planned = || end.step(step).and_then(|step| step.tool.clone());
                calls.push(Call {
                    step: step.clone(),
                    tool: decided.get(step).cloned().unwrap_or_else(planned),
                    started: record.seq,
                    ended: None,
                    attempts: 1,
                    done: false,
                    reads: reads.clone(),
                    wrote: Vec::new(),
                    within: open.last().copied(),
                    is_loop: false,
                });
                open.push(calls.len() - 1);
            }
            Event::Entered { .. } => with(&mut calls, &open, depth, |call| {
                call.attempts = call.attempts.saturating_sub(1);
                call.is_loop = true;
            }),
            Event::Retried { .. } => with(&mut calls, &open, depth, |call| call.attempts += 1),
            Event::Finished { .. } | Event::Failed { .. } => {
                let done = matches!(event, Event::Finished { .. });
                with(&mut calls, &open, depth, |call| (call.ended, call.done) = (Some(record.seq), done));
            }
            _ => {}
        }
    }
    for at in 0..calls.len() {
        // What a loop has read may have changed while it went on; the state knows. Of a loop that began again it
        // forgot the calls: the state of then knows.
        let of = |end: &State| run_of(&calls, at, end).map(|run| (run.reads.to_vec(), run.wrote.to_vec()));
        let then = || session.state_at(calls.get(at)?.ended?).and_then(|then| of(&then));
        let known = of(end).or_else(then);
        if let (Some(call), Some((reads, wrote))) = (calls.get_mut(at), known) {
            (call.reads, call.wrote) = (reads, wrote);
        }
    }
    calls
}

fn with(calls: &mut [Call], open: &[usize], depth: usize, change: impl FnOnce(&mut Call)) {
    if let Some(call) = open.get(depth).and_then(|&at| calls.get_mut(at)) {
        change(call);
    }
}

/// Returns the run of the call at `at`, where the state still knows it: not in a loop that began again.
fn run_of<'a>(calls: &[Call], at: usize, end: &'a State) -> Option<&'a StepRun> {
    let call = calls.get(at)?;
    let state = match call.within {
        None => end,
        Some(within) => inside_of(calls, within, end)?,
    };
    state.run(&call.step).map(|run| &**run).filter(|run| run.started == call.started)
}

/// Returns the inside of the loop at `at`, ended or under way.
pub fn inside_of<'a>(calls: &[Call], at: usize, end: &'a State) -> Option<&'a State> {
    // From the outside in: loops may hold loops.
    let mut chain = vec![at];
    while let Some(within) = chain.last().and_then(|&at| calls.get(at)?.within) {
        chain.push(within);
    }
    let mut state = end;
    while let Some(call) = chain.pop().and_then(|at| calls.get(at)) {
        let run = state.run(&call.step).filter(|run| run.started == call.started)?;
        state = state.loop_of(run)?;
    }
    Some(state)
}

/// Tells whether `datum` was made from what is no longer so.
pub fn is_stale(context: &Context, datum: &Datum) -> bool {
    let holds = |(key, version): &(Key, Seq)| context.get(key).is_some_and(|d| d.version == *version && d.fresh);
    !datum.sources.iter().all(holds)
}
