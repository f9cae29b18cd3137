//! Breakpoints: set where the cursor is, looked for in the record; back to who wrote a value.

use crate::engine::breakpoint::Place;
use crate::engine::command::Command;
use crate::engine::event::Event;
use crate::runtime::searching::Search;
use crate::ui::action::Action;
use crate::ui::session::breakpoints::stopping;
use crate::ui::session::change::{Change, DialogRequest, Meaning, no, open};
use crate::ui::session::lists::plan::Item;
use crate::ui::session::lists::{context, plan, trace, watches};
use crate::ui::session::pane::PaneId;
use crate::ui::session::view::View;

pub(crate) fn interpret(view: &View<'_>, action: Action) -> Meaning {
    let breakpoints = &view.session.state().breakpoints;
    let looks = |search: fn(u64, Vec<_>) -> Search| match stopping(breakpoints.list()) {
        list if list.is_empty() => {
            no("no breakpoint is on: \x01breakpoint\x02 sets one, \x01breakpoints\x02 lists them")
        }
        list => Ok(vec![Change::Search(search(view.shown.state.seq, list))]),
    };
    match action {
        Action::Breakpoint => match place(view) {
            Some(place) => match breakpoints.at(&place) {
                Some(standing) => Ok(vec![Change::Break(Command::RemoveBreakpoint(standing.id))]),
                None => Ok(vec![Change::Break(Command::SetBreakpoint { id: None, breakpoint: place.stops() })]),
            },
            None => no("select a step, a key or an event to stop at; \x01breakpoints\x02 sets any other breakpoint"),
        },
        Action::Breakpoints => open(DialogRequest::Breakpoints),
        Action::LastHit => looks(Search::Last),
        Action::NextHit if !view.shown.past => no("this is now; \x01continue\x02 goes on to the next breakpoint"),
        Action::NextHit => looks(Search::Next),
        Action::FirstTime => open(DialogRequest::FirstTime),
        Action::Writer => writer(view),
        _ => no("that is about no breakpoint"),
    }
}

/// Returns where a breakpoint stops that is set on what is selected.
pub(crate) fn place(view: &View<'_>) -> Option<Place> {
    match view.ui.focus {
        PaneId::PLAN => match plan::item(view, plan::selected(view))? {
            Item::Todo(step) => Some(Place::Step(step.id.clone())),
            Item::Proposed(change) => Some(Place::Step(change.step.id.clone())),
            // It does not run again under this id: what uses its tool may.
            Item::Run(run) => run.step.tool.clone().map(Place::Tool),
            Item::Thought(turn) => turn.thought.step.as_ref()?.tool.clone().map(Place::Tool),
        },
        PaneId::CONTEXT => match watches::current(view) {
            Some((_, watched)) => Some(watches::place(&watched.watch)),
            None => context::current(view).map(|(_, key)| Place::Key(key.clone())),
        },
        PaneId::TRACE if view.reports() || view.ui.watched().is_some() => None,
        PaneId::TRACE => of_event(view, view.session.record(trace::current(view)?)?.event.innermost()),
        _ => None, // other panes list nothing that a session can stop at
    }
}

/// Returns where a breakpoint stops at the like of `event`.
fn of_event(view: &View<'_>, event: &Event) -> Option<Place> {
    match event {
        Event::Deviated { .. } => Some(Place::Deviation),
        Event::Proposed(_) | Event::Replanned { .. } => Some(Place::Replan(None)),
        Event::Failed { .. } => Some(Place::Failed),
        Event::Injected { values, .. } => values.keys().next().cloned().map(Place::Key),
        Event::Pinned { key, .. } => Some(Place::Key(key.clone())),
        Event::BreakpointHit { hit } => Some(hit.place.clone()),
        event => view.session.state().step(event.step()?)?.tool.clone().map(Place::Tool),
    }
}

/// Goes to the event that wrote the value of the selected key, or made the selected watch what it is.
fn writer(view: &View<'_>) -> Meaning {
    if let Some((_, watched)) = watches::current(view) {
        return match watches::changed(view) {
            Some(seq) => Ok(vec![Change::Row(seq)]),
            None => no(format!("{} has not changed yet", watched.watch.name())),
        };
    }
    let Some((row, key)) = context::current(view).filter(|_| view.ui.focus == PaneId::CONTEXT) else {
        return no("select a key in the context (\x01context_pane\x02) to go to the event that wrote it");
    };
    match context::datum(view.shown, row.part, key) {
        Some(datum) => Ok(vec![Change::Row(datum.version)]),
        None => no(format!("{key} has no value: nothing wrote it yet")),
    }
}
