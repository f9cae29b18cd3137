//! What asks before it runs: a person's mark on a step, a risk, and a program that is not trusted or that nobody read.

use std::sync::Arc;

use super::event::{Event, Stop};
use super::goal::{Risk, Tool};
use super::plan::{Author, Step};
use super::settings::PlannerChoice;
use super::state::{Phase, State};

/// Why a step asks before it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// The goal file is not trusted, and the step starts a program.
    Untrusted,
    /// Its author marked it.
    Marked,
    /// Its tool is risky.
    Risk,
    /// It starts a program, and a replan, a thought or an edit brought it in: it stood in no plan that was read first.
    BroughtIn,
}

/// Returns why `step` asks for approval before it runs, or none where it does not.
pub fn asks(state: &State, step: &Step) -> Option<Asks> {
    let tool = step.tool_in(&state.goal.tools);
    if tool.is_some_and(|tool| is_untrusted(state, tool)) {
        return Some(Asks::Untrusted);
    }
    if step.approval {
        return Some(Asks::Marked);
    }
    let tool = tool.filter(|tool| !state.allowed.contains(&tool.name))?;
    let approve = state.settings.approve;
    if tool.risk > approve {
        return Some(Asks::Risk);
    }
    let own = tool.run.program.is_some() && approve < Risk::High && was_brought_in(state, step);
    own.then_some(Asks::BroughtIn)
}

/// Tells whether `step` asks for approval before it runs.
pub fn needs_approval(state: &State, step: &Step) -> bool {
    asks(state, step).is_some()
}

/// Tells whether `tool` starts a program and the goal file is not trusted.
fn is_untrusted(state: &State, tool: &Tool) -> bool {
    tool.run.program.is_some() && !state.settings.trusted
}

/// Tells whether the planner is a program, and the goal file is not trusted.
pub fn planner_is_untrusted(state: &State) -> bool {
    !state.settings.trusted && state.planner_asked().is_some_and(PlannerChoice::is_program)
}

/// Tells whether the next step, or the planner, waits until the goal file is trusted.
pub fn waits_for_trust(state: &State) -> bool {
    if state.stop == Some(Stop::Planner) {
        return planner_is_untrusted(state);
    }
    state.next_step().is_some_and(|step| asks(state, step) == Some(Asks::Untrusted))
}

/// Tells whether `step` came in after the first plan: by a replan, by a thought, or by a person's hand.
fn was_brought_in(state: &State, step: &Step) -> bool {
    if step.by == Author::Person || state.is_react() {
        return true;
    }
    // A program planned it: it stood in no file that was read.
    if step.by == Author::Planner && state.settings.planner.reaches_outside() {
        return true;
    }
    state.replans.iter().any(|replan| {
        let new = || !replan.before.iter().any(|before| before.id == step.id);
        replan.accepted == Some(true) && replan.proposal.after.iter().any(|after| after.id == step.id) && new()
    })
}

impl State {
    /// Takes in that the programs of the goal file may be started, or no longer: here, and in the loop under way.
    pub(super) fn trust(&mut self, trusted: bool) {
        if self.settings.trusted != trusted {
            Arc::make_mut(&mut self.settings).trusted = trusted;
        }
        if self.phase == Phase::Approving && self.stop == Some(Stop::Planner) && trusted {
            (self.phase, self.stop) = (Phase::Ready, None);
        }
        if let Some(inner) = &mut self.inner {
            Arc::make_mut(inner).trust(trusted);
        }
    }
}

/// Returns the approval of `step`; with `tool`, of every use of its tool in this session.
pub(super) fn approved(step: &Step, tool: bool) -> Event {
    Event::Approved { step: Some(step.id.clone()), tool: step.tool.clone().filter(|_| tool) }
}
