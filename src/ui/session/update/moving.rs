//! Moving: focus, cursors, folds, search, copy, why. What it means for an entry, its pane says.

use ratatui::layout::Rect;

use crate::ui::action::Action;
use crate::ui::session::change::{Change, DialogRequest, Meaning, no, open};
use crate::ui::session::layout::{Shape, Split};
use crate::ui::session::pane::{PaneId, Spot};
use crate::ui::session::view::View;

/// How many columns a key moves a border.
const COLUMNS: i16 = 4;

/// How many rows a key moves a border.
const ROWS: i16 = 2;

pub(super) fn interpret(view: &View<'_>, action: Action) -> Meaning {
    let ui = view.ui;
    let around = |by: usize| PaneId((ui.focus.0 + by) % view.panes.len().max(1));
    match action {
        Action::NextPane => Ok(vec![Change::Focus(around(1))]),
        Action::PreviousPane => Ok(vec![Change::Focus(around(view.panes.len().saturating_sub(1)))]),
        Action::PlanPane => Ok(vec![Change::Focus(PaneId::PLAN)]),
        Action::ContextPane => Ok(vec![Change::Focus(PaneId::CONTEXT)]),
        Action::TracePane => Ok(vec![Change::Focus(PaneId::TRACE)]),
        Action::Zoom => Ok(vec![Change::Zoom(!ui.zoom)]),
        Action::Grow => resize(view, 1),
        Action::Shrink => resize(view, -1),
        Action::Up => by(view, ui.focus, -1),
        Action::Down => by(view, ui.focus, 1),
        Action::PageUp => by(view, ui.focus, -page(view)),
        Action::PageDown => by(view, ui.focus, page(view)),
        Action::Top => Ok(vec![Change::Cursor(ui.focus, Some(0))]),
        Action::Bottom => Ok(vec![Change::Cursor(ui.focus, Some(view.pane(ui.focus).len(view).saturating_sub(1)))]),
        Action::Left => view.pane(ui.focus).fold(view, false),
        Action::Right => view.pane(ui.focus).fold(view, true),
        Action::Open => view.pane(ui.focus).open(view),
        Action::Why => view.pane(ui.focus).why(view),
        Action::Copy => view.pane(ui.focus).copy(view),
        Action::Find => open(DialogRequest::Find),
        Action::FindNext => find(view, true),
        Action::FindPrevious => find(view, false),
        Action::FindEnd => Ok(vec![Change::FindEnd]),
        _ => no("that moves nothing"),
    }
}

/// Moves the border of the focused pane by so many pieces: columns where it stands beside another, rows below.
fn resize(view: &View<'_>, by: i16) -> Meaning {
    let (width, height) = view.ui.size;
    if Shape::of(width, height, view.ui.zoom) != Shape::Three {
        return no("one pane has all the room there is");
    }
    let layout = view.layout(Rect::new(0, 0, width, height));
    let now = |pane: PaneId| layout.panes.get(pane.0).copied().unwrap_or_default();
    let split = view.ui.split;
    let (left, right) = if split.mirrored { (PaneId::CONTEXT, Spot::Left) } else { (PaneId::PLAN, Spot::Right) };
    Ok(vec![Change::Split(match view.pane(view.ui.focus).spot() {
        Spot::Below => Split { below: Some(now(PaneId::TRACE).height.saturating_add_signed(by * ROWS)), ..split },
        spot => {
            let by = if spot == right { -by } else { by };
            Split { left: Some(now(left).width.saturating_add_signed(by * COLUMNS)), ..split }
        }
    })])
}

fn page(view: &View<'_>) -> isize {
    isize::try_from((view.ui.size.1 / 2).max(4)).unwrap_or(4)
}

/// Moves the cursor of `pane` by so many entries.
pub(crate) fn by(view: &View<'_>, pane: PaneId, by: isize) -> Meaning {
    let list = view.pane(pane);
    let last = list.len(view).saturating_sub(1);
    Ok(vec![Change::Cursor(pane, Some(list.selected(view).saturating_add_signed(by).min(last)))])
}

fn find(view: &View<'_>, forward: bool) -> Meaning {
    let Some(what) = &view.ui.find else { return no("nothing is searched for; \x01find\x02 finds") };
    if view.shown.sought.is_some() && view.ui.focus == PaneId::TRACE {
        return by(view, PaneId::TRACE, if forward { 1 } else { -1 });
    }
    if view.ui.focus == PaneId::CONTEXT {
        return Ok(vec![match &view.ui.hits {
            Some(hits) if hits.seq == view.shown.state.seq && !hits.list.is_empty() => {
                let by = if forward { 1 } else { hits.list.len() - 1 };
                Change::Hit((hits.at + by) % hits.list.len())
            }
            // They are other values now.
            Some(_) | None => Change::Seek(what.clone()),
        }]);
    }
    let what = what.to_lowercase();
    let list = view.pane(view.ui.focus);
    let (total, from) = (list.len(view), list.selected(view));
    let mut places = (1..=total).map(|by| if forward { (from + by) % total } else { (from + total * 2 - by) % total });
    match places.find(|at| list.text(view, *at).to_lowercase().contains(&what)) {
        Some(at) => Ok(vec![Change::Cursor(view.ui.focus, Some(at))]),
        None => no(format!("\"{what}\" is not in this pane")),
    }
}
