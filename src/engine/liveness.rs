//! Which remaining steps nothing needs any more, looked at backwards from what the goal wants.
//!
//! A step that the planner put there is live while it makes something that a live step reads or the goal wants, that
//! is not pinned, and that is not there already as good as it would make it. An author's step is live unless all that
//! it makes is pinned.

use std::collections::HashSet;

use super::context::{Datum, Origin};
use super::event::Verdict;
use super::goal::Key;
use super::plan::{Plan, Step};
use super::review;
use super::state::{Phase, State};

/// A remaining step that nothing needs.
pub(super) struct Unneeded {
    /// Its place among the remaining steps.
    pub(super) at: usize,
    /// The key that it would make in vain.
    pub(super) key: Option<Key>,
    /// Why, as it goes on after the step's name: "would make statement, which is pinned".
    pub(super) why: String,
}

/// Returns the remaining steps of `plan` that nothing needs, in order.
///
/// Conditions that have no verdict yet are not taken to hold: a value that somebody may not accept is not good enough.
/// Linear in the plan; twice or three times where steps fall away.
pub(super) fn unneeded(state: &State, plan: &Plan) -> Vec<Unneeded> {
    if state.goal.wants.is_empty() {
        return Vec::new();
    }
    let steps = plan.remaining();
    let mut live: Vec<bool> = steps.iter().map(|step| !step.skip).collect();
    loop {
        let good = good_already(state, plan, &live);
        let next = backwards(state, steps, &live, &good);
        if next == live {
            let dead = (0..steps.len()).filter(|&at| !live[at] && !steps[at].skip);
            return dead.map(|at| because(state, &steps[at], at, &good[at])).collect();
        }
        live = next;
    }
}

fn because(state: &State, step: &Step, at: usize, good: &[bool]) -> Unneeded {
    let told = step.writes().zip(good).find(|(key, good)| **good || pinned(state, key)).map(|(key, _)| key);
    let key = told.or_else(|| step.writes().next()).cloned();
    let names = |keep: &dyn Fn(usize, &Key) -> bool| {
        let keys = step.writes().enumerate().filter(|(at, key)| keep(*at, key)).map(|(_, key)| &**key);
        keys.collect::<Vec<_>>().join(", ")
    };
    let (made, held) = (names(&|at, _| good[at]), names(&|_, key| pinned(state, key)));
    let why = match (held.is_empty(), made.is_empty()) {
        (false, _) => format!("would make {held}, which is pinned"),
        (true, false) => format!("would make {made} again, which is as it should be"),
        (true, true) => format!("would make {}, which nothing reads any more", names(&|_, _| true)),
    };
    Unneeded { at, key, why }
}

fn pinned(state: &State, key: &Key) -> bool {
    state.context.get(key).is_some_and(|datum| datum.pinned)
}

/// Returns for each output of each step whether it is there already when the step's turn comes, as good as the step
/// would make it.
fn good_already(state: &State, plan: &Plan, live: &[bool]) -> Vec<Vec<bool>> {
    // Keys that get another value before, and what was made from them.
    let mut moved: HashSet<Key> = HashSet::new();
    if let Phase::Running { .. } = state.phase
        && let Some(run) = state.runs.last()
    {
        run.step.writes().for_each(|key| spread(state, key, &mut moved));
    }
    let mut all = Vec::with_capacity(live.len());
    for (at, step) in plan.remaining().iter().enumerate() {
        let here = |key: &Key| match state.context.get(key) {
            Some(datum) if datum.fresh && !datum.pinned && !moved.contains(key) && step.is_the_planners() => {
                let refused = state.want_verdict(key).is_some_and(|verdict| *verdict != Verdict::True);
                (from_the_same(state, step, datum) && !refused) || accepted(state, plan, at, key)
            }
            Some(_) | None => false,
        };
        let good: Vec<bool> = step.writes().map(here).collect();
        if live[at] {
            let again = step.writes().zip(&good).filter(|(key, good)| !**good && !pinned(state, key));
            again.for_each(|(key, _)| spread(state, key, &mut moved));
        }
        all.push(good);
    }
    all
}

fn spread(state: &State, key: &Key, moved: &mut HashSet<Key>) {
    let mut todo = vec![key.clone()];
    while let Some(key) = todo.pop() {
        if moved.insert(key.clone()) {
            todo.extend(state.context.made_from(&key).filter(|made| !moved.contains(*made)).cloned());
        }
    }
}

/// Tells whether the present value was made by the same use; it is fresh, so what that read is still the same.
fn from_the_same(state: &State, step: &Step, datum: &Datum) -> bool {
    match &datum.origin {
        Origin::Step(id) | Origin::Edited(id) => state.run(id).is_some_and(|run| run.step.same_use(step)),
        Origin::Initial | Origin::Injected | Origin::Record => false,
    }
}

/// Tells whether all who would read `key` from the step at `at` are known to take the present value.
fn accepted(state: &State, plan: &Plan, at: usize, key: &Key) -> bool {
    let next_writer = plan.writers(key).find(|writer| *writer > at).unwrap_or(usize::MAX);
    let readers = plan.readers(key).filter(|reader| *reader > at && *reader <= next_writer);
    let takes = |step: &Step| {
        let questions = review::requirements(state, step);
        let asks = step.tool_in(&state.goal.tools).is_some_and(|tool| !tool.requires.is_empty());
        let met = questions.iter().all(|(_, question)| state.verdicts.get(question) == Some(&Verdict::True));
        // What it made of this value is known already: who plans may have wanted something else.
        let known = state.call_key(step).is_some_and(|call| state.outcomes.contains_key(&call));
        (!asks || (met && !questions.is_empty())) && !known
    };
    let wanted = next_writer == usize::MAX && state.goal.wants.contains_key(key);
    readers.filter_map(|reader| plan.remaining().get(reader)).all(|step| takes(step))
        && (!wanted || state.want_verdict(key) == Some(&Verdict::True))
}

fn backwards(state: &State, steps: &[std::sync::Arc<Step>], live: &[bool], good: &[Vec<bool>]) -> Vec<bool> {
    let mut needed: HashSet<&Key> = state.goal.wants.keys().collect();
    let mut next = live.to_vec();
    for (at, step) in steps.iter().enumerate().rev().filter(|(at, _)| live[*at]) {
        let idle = step.tool.is_some() && step.writes().next().is_some() && step.writes().all(|key| pinned(state, key));
        next[at] = !idle
            && (!step.is_the_planners()
                || step
                    .writes()
                    .zip(&good[at])
                    .any(|(key, good)| !good && needed.contains(key) && !pinned(state, key)));
        if next[at] {
            step.writes().filter(|key| !pinned(state, key)).for_each(|key| {
                needed.remove(key);
            });
            needed.extend(step.reads());
        }
    }
    next
}
