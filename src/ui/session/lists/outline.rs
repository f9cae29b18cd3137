//! The order in which the plan pane lists turns, runs and what happened inside loops.
//!
//! A session that only ever planned needs none: its runs stand in order, and finding one costs nothing.

use std::collections::HashMap;

use crate::engine::plan::StepId;
use crate::engine::state::{State, StepRun};
use crate::engine::turn::Became;

/// What an entry stands for, by its place in the state that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A step that was started, without a thought of its own.
    Run(usize),
    /// A turn: a thought, and its result.
    Turn(usize),
    /// A step that is still to do.
    Todo(usize),
}

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The run whose loop it belongs to; none: the session itself.
    pub within: Option<usize>,
    /// What it stands for.
    pub place: Place,
}

/// Tells whether the entries of a loop show: those of one under way do, unless a person folded them.
pub fn is_unfolded(state: &State, run: &StepRun, folds: &HashMap<StepId, bool>) -> bool {
    folds.get(&run.step.id).copied().unwrap_or_else(|| state.is_loop_under_way(run))
}

/// Returns everything up to the remaining steps, or none where that is just the runs: where nothing was ever thought,
/// and no tool `explores`.
pub fn outline(state: &State, explores: bool, folds: &HashMap<StepId, bool>) -> Option<Vec<Entry>> {
    if state.turns.is_empty() && !explores {
        return None;
    }
    let mut entries = Vec::new();
    for place in past(state) {
        entries.push(Entry { within: None, place });
        let Some((at, run)) = run_at(state, place) else { continue };
        let Some(inside) = state.loop_of(run).filter(|_| is_unfolded(state, run, folds)) else { continue };
        let nested = past(inside).into_iter().chain((0..inside.plan.remaining().len()).map(Place::Todo));
        entries.extend(nested.map(|place| Entry { within: Some(at), place }));
    }
    Some(entries)
}

/// Returns the run that an entry stands for, with its place among the runs.
fn run_at(state: &State, place: Place) -> Option<(usize, &StepRun)> {
    let at = match place {
        Place::Run(at) => at,
        Place::Turn(at) => *state.run_of.get(&state.turns.get(at)?.thought.step.as_ref()?.id)?,
        Place::Todo(_) => return None,
    };
    Some((at, state.runs.get(at)?))
}

/// Returns the turns and the runs without one, in the order in which they began; an open action is still to do.
fn past(state: &State) -> Vec<Place> {
    let mut thought: HashMap<&str, usize> = HashMap::new();
    for (at, turn) in state.turns.iter().enumerate() {
        if let Some(step) = &turn.thought.step {
            thought.insert(&step.id, at);
        }
    }
    let open = state.open_action();
    let turns = state.turns.iter().enumerate().filter(|(_, turn)| {
        let step = turn.thought.step.as_ref();
        turn.became != Became::Open || step.is_none() || step.map(|step| &step.id) != open.as_ref()
    });
    let mut places: Vec<(u64, Place)> = turns.map(|(at, turn)| (turn.seq, Place::Turn(at))).collect();
    let without = state.runs.iter().enumerate().filter(|(_, run)| !thought.contains_key(&*run.step.id));
    places.extend(without.map(|(at, run)| (run.started, Place::Run(at))));
    places.sort_by_key(|(seq, _)| *seq);
    places.into_iter().map(|(_, place)| place).collect()
}

/// Returns the place of the turn that decided on the step `id`.
pub fn turn_of(state: &State, id: &str) -> Option<usize> {
    let decided = |at: &usize| {
        let step = state.turns.get(*at).and_then(|turn| turn.thought.step.as_ref());
        step.is_some_and(|step| *step.id == *id)
    };
    (0..state.turns.len()).rev().find(decided)
}
