//! Decisions on plans: asking for a replan, accepting a proposal whole or by hunk.

use std::sync::Arc;

use crate::engine::approval::planner_is_untrusted;
use crate::engine::command::{Approval, Refusal};
use crate::engine::diff;
use crate::engine::event::{Cause, Event, PlainCause, Stop};
use crate::engine::plan::Step;
use crate::engine::state::{Phase, State};

pub(super) fn ask(state: &State) -> Result<Event, Refusal> {
    match &state.phase {
        Phase::Ready | Phase::Ended { .. } | Phase::Reached | Phase::Review if planner_is_untrusted(state) => {
            Ok(Event::Stopped { why: Stop::Planner })
        }
        Phase::New | Phase::Planning { .. } => Err(Refusal::new("the planner is at it already")),
        Phase::Running { .. } => Err(Refusal::new("a step is running; wait for it or cancel it, then replan")),
        Phase::Interrupted => Err(Refusal::new("decide on the interrupted step first")),
        Phase::Review | Phase::Deciding | Phase::Ready | Phase::Approving | Phase::Reached | Phase::Ended { .. } => {
            let cause = match state.deviations.first() {
                Some(deviation) if state.replan_is_due() => Cause::Deviation(deviation.clone()),
                _ => Cause::Plain { kind: PlainCause::Asked, message: "you asked for a new plan".into() },
            };
            let first = state.plan.revision == 0;
            Ok(Event::PlanRequested { cause: (!first).then_some(cause) })
        }
    }
}

pub(super) fn accept(state: &State, approval: &Approval) -> Result<Event, Refusal> {
    let Some(replan) = state.waiting_proposal() else { return Err(Refusal::new("no proposal waits for a decision")) };
    let steps: Vec<Arc<Step>> = match approval {
        Approval::Whole | Approval::Tool => replan.proposal.after.clone(),
        Approval::Hunks(taken) => {
            let steps = diff::take(&replan.before, &replan.proposal.after, taken);
            if let Some(fault) = super::first_fault(state, &steps) {
                let message = format!("these changes do not hold together: {}", fault.message);
                return Err(Refusal::new(message));
            }
            steps
        }
    };
    Ok(Event::Replanned { proposal: replan.seq, steps })
}
