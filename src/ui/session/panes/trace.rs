//! The trace pane: what happened, in order: who did what, with which result, and which keys it wrote.

use crate::describe::event;
use crate::describe::text;
use ratatui::text::{Line, Span};

use crate::describe::sign::Role;
use crate::engine::event::{Event, Seq};
use crate::ui::session::model::Pane;
use crate::ui::session::panes::{PaneText, scroll, select};
use crate::ui::session::view::View;
use crate::ui::widgets::row::Row;

/// How many dots of the timeline the title shows at most.
const DOTS: usize = 24;

/// Returns the place of the selected row: where the cursor is, else the moment that is shown.
pub fn selected(view: &View<'_>) -> usize {
    let shown = view.shown;
    let here = shown.happened.saturating_sub(1);
    view.ui.cursor(Pane::Trace).at.unwrap_or(here).min(shown.rows.len().saturating_sub(1))
}

/// Returns the first visible row in `height` rows.
pub fn window(view: &View<'_>, height: usize) -> usize {
    let at = selected(view);
    scroll(view.ui.cursor(Pane::Trace).top, at, at + 1, height, view.shown.rows.len())
}

/// Returns the selected event.
pub fn current(view: &View<'_>) -> Option<Seq> {
    view.shown.rows.get(selected(view)).copied()
}

/// Returns what the pane says in `width` × `height` cells.
pub fn lines(view: &View<'_>, width: usize, height: usize) -> PaneText {
    let shown = view.shown;
    let at = selected(view);
    let top = window(view, height);
    let digits = shown.rows.last().map_or(1, |seq| seq.to_string().len());
    let rows = shown.rows.iter().enumerate().skip(top).take(height).filter_map(|(place, seq)| {
        let line = line(view, *seq, place >= shown.happened, digits, width)?;
        Some(if place == at { select(line, view.ui.focus == Pane::Trace, view.theme) } else { line })
    });
    let right = match shown.past {
        true => format!("{} of {}", shown.happened, shown.rows.len()),
        false => text::count(shown.rows.len(), "moment"),
    };
    PaneText { title: title(view, width), right, lines: rows.collect() }
}

fn line(view: &View<'_>, seq: Seq, later: bool, digits: usize, width: usize) -> Option<Line<'static>> {
    let theme = view.theme;
    let record = view.session.record(seq)?;
    let told = event::tell(record, view.session.state());
    let plain = if later { theme.style(Role::Border) } else { theme.style(Role::Text) };
    let sign = if later { plain } else { theme.style(told.role) };
    let mut row = Row::new()
        .put(&format!("{seq:>digits$} "), theme.style(Role::Dim))
        .put(&format!("{:<9} ", told.who), if later { plain } else { theme.style(Role::Dim) })
        .put(&"  ".repeat(told.depth), plain)
        .put(told.role.glyph(), sign)
        .put(" ", plain)
        .put(&told.what, plain);
    if !told.result.is_empty() {
        let column = digits + 13 + 2 * told.depth + if width >= 100 { 26 } else { 20 };
        row = if told.what.is_empty() { row } else { row.tab(column, true).put(" ", plain) };
        row = row.put(&told.result, plain);
    }
    if !told.wrote.is_empty() {
        row = row.right(&format!("+ {}", told.wrote.join(", ")), sign);
    }
    Some(row.fit(width, 48.min(width * 2 / 3)))
}

/// Returns the title with the timeline: a dot an event, forks, surprises and replans marked, and where one looks.
fn title(view: &View<'_>, width: usize) -> Line<'static> {
    let (shown, theme) = (view.shown, view.theme);
    let mut spans = vec![Span::raw("Trace")];
    if shown.tips.len() > 1 {
        let here = shown.tips.iter().position(|tip| Some(tip) == view.session.path().last()).map_or(1, |at| at + 1);
        spans.push(Span::raw(format!("  branch {here} of {}", shown.tips.len())));
    }
    if width < 60 || shown.rows.is_empty() {
        return Line::from(spans);
    }
    spans.push(Span::raw("  "));
    let last = selected(view);
    let dots = DOTS.min(width / 4);
    let from = last.saturating_sub(dots / 2).min(shown.rows.len().saturating_sub(dots));
    for (place, seq) in shown.rows.iter().enumerate().skip(from).take(dots) {
        let Some(record) = view.session.record(*seq) else { continue };
        let role = match record.event.innermost() {
            Event::Replanned { .. } => Some(Role::Replanned),
            Event::Deviated { deviations } if deviations.is_empty() => None,
            Event::Injected { .. } | Event::GoalChanged { .. } | Event::Deviated { .. } => Some(Role::Surprise),
            Event::Failed { .. } | Event::Refused { .. } => Some(Role::Failed),
            Event::BranchSelected { .. } => Some(Role::Moved),
            _ => None, // every other event is a plain dot
        };
        let here = place + 1 == shown.happened;
        let glyph = role.map_or(
            if here {
                "●"
            } else if place < shown.happened {
                "•"
            } else {
                "·"
            },
            Role::glyph,
        );
        let style = match (here, role) {
            (true, _) => theme.style(Role::Focus),
            (false, Some(role)) => theme.style(role),
            (false, None) => theme.style(Role::Text),
        };
        spans.push(Span::styled(glyph, style));
    }
    Line::from(spans)
}
