//! Where a person acts: in the session itself, or in the loop that is under way inside its running step.

use std::sync::Arc;

use crate::engine::command::Command;
use crate::engine::state::{Phase, State, StepRun};

/// Returns the state whose phase says what comes next: the loop's while one is under way, else the session's.
pub fn acting(state: &State) -> &State {
    let inner = state.innermost();
    // A loop that is over has a step that is about to be.
    if inner.phase.is_over() { state } else { inner }
}

/// Returns the running step whose loop is under way.
pub fn loop_run(state: &State) -> Option<&Arc<StepRun>> {
    match (&state.phase, &state.inner) {
        (Phase::Running { .. }, Some(_)) => state.runs.last(),
        _ => None,
    }
}

/// Tells whether the session goes on by itself, inside a loop or outside of it.
pub fn is_going(state: &State) -> bool {
    match loop_run(state) {
        Some(_) => acting(state).pace != crate::engine::event::Pace::Paused,
        None => state.pace != crate::engine::event::Pace::Paused,
    }
}

/// Returns `command` as it is asked of the loop that is under way.
pub fn within(command: Command) -> Command {
    Command::Within(Box::new(command))
}
