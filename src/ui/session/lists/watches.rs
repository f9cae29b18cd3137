//! The watches of the context pane: which one is selected, and what can be done with it.

use std::ops::Range;

use crate::describe::page::Page;
use crate::describe::watch;
use crate::engine::breakpoint::Place;
use crate::engine::event::Seq;
use crate::engine::watch::{Course, Watch};
use crate::ui::session::change::{Meaning, no};
use crate::ui::session::lists::{context, trace};
use crate::ui::session::pane::PaneId;
use crate::ui::session::snapshot::Watched;
use crate::ui::session::view::View;
use crate::ui::widgets::json_rows::Part;

/// Returns the selected watch with its place, where the context pane has the focus and one is selected.
pub fn current<'a>(view: &View<'a>) -> Option<(usize, &'a Watched)> {
    let (row, _) = context::current(view).filter(|_| view.ui.focus == PaneId::CONTEXT)?;
    let at = (row.part == Part::Watches).then_some(row.entry)?;
    Some((at, view.shown.watched.get(at)?))
}

/// Returns how the watch at this place went.
pub fn course<'a>(view: &View<'a>, at: usize) -> Option<&'a Course> {
    view.watching.course(at)
}

/// Refuses where what a filter comes to is selected, which nobody `does` anything to.
pub fn no_key(view: &View<'_>, does: &str) -> Option<Meaning> {
    match current(view) {
        Some((_, Watched { watch: Watch::Filter { filter, .. }, .. })) => Some(no(format!(
            "{filter} is computed from the context: select a key below it (\x01down\x02); nobody {does} what is computed"
        ))),
        Some(_) | None => None,
    }
}

/// Returns where a breakpoint stops that is set on a watch.
pub fn place(watch: &Watch) -> Place {
    match watch {
        Watch::Key(key) => Place::Key(key.clone()),
        Watch::Filter { filter, keys } => Place::When { condition: filter.clone(), keys: keys.clone() },
    }
}

/// Returns the event that made the selected watch what it is at the moment that is shown.
pub fn changed(view: &View<'_>) -> Option<Seq> {
    course(view, current(view)?.0)?.changed(view.shown.state.seq)
}

/// Returns the page on a watch.
pub fn page(view: &View<'_>, at: usize, watched: &Watched) -> Page {
    let none = Course::default();
    let of = course(view, at).unwrap_or(&none);
    watch::page(view.session, &view.shown.state, &watched.watch, of, watched.reading.as_ref())
}

/// Returns which moments of the trace a timeline of so many cells shows: those around the selected one.
pub fn timeline(view: &View<'_>, cells: usize) -> Range<usize> {
    let rows = view.shown.rows.len();
    let from = trace::selected(view).saturating_sub(cells / 2).min(rows.saturating_sub(cells));
    from..(from + cells).min(rows)
}
