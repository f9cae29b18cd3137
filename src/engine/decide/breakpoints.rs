//! Decisions on breakpoints.

use crate::engine::breakpoint::{Breakpoint, BreakpointId};
use crate::engine::command::Refusal;
use crate::engine::event::Event;
use crate::engine::state::State;

pub(super) fn set(state: &State, id: Option<BreakpointId>, breakpoint: Breakpoint) -> Result<Event, Refusal> {
    let there = state.breakpoints.at(&breakpoint.place);
    let id = match (id, there) {
        (Some(id), _) if state.breakpoints.get(id).is_none() => return Err(unknown(id)),
        (Some(id), Some(there)) if there.id != id => {
            return Err(Refusal::new(format!("breakpoint {} stands there already", there.id)));
        }
        (Some(id), _) => id,
        (None, Some(there)) => there.id,
        (None, None) => state.breakpoints.next_id(),
    };
    match state.breakpoints.get(id) {
        Some(as_it_is) if as_it_is.breakpoint == breakpoint && !as_it_is.faulty => {
            Err(Refusal::new(format!("that is breakpoint {id} already")))
        }
        Some(_) | None => Ok(Event::BreakpointSet { id, breakpoint }),
    }
}

pub(super) fn remove(state: &State, id: BreakpointId) -> Result<Event, Refusal> {
    state.breakpoints.get(id).map(|_| Event::BreakpointRemoved { id }).ok_or_else(|| unknown(id))
}

fn unknown(id: BreakpointId) -> Refusal {
    Refusal::new(format!("there is no breakpoint {id}"))
}
