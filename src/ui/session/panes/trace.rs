//! The trace pane: what happened, in order: who did what, with which result, and which keys it wrote.

use crate::describe::event;
use crate::describe::text;
use std::sync::Arc;

use ratatui::text::{Line, Span};

use crate::describe::sign::Role;
use crate::engine::event::{Event, Seq};
use crate::ui::keymap::Mode;
use crate::ui::session::lists::plan::rewritten;
use crate::ui::session::lists::trace::{TraceList, selected};
use crate::ui::session::model::Below;
use crate::ui::session::pane::{Pane, PaneId, PaneText, Spot, select};
use crate::ui::session::panes::plan::tally;
use crate::ui::session::panes::{report, why};
use crate::ui::session::view::View;
use crate::ui::widgets::buttons::Rows;
use crate::ui::widgets::row::Row;
use crate::ui::widgets::scroll;

/// How many dots of the timeline the title shows at most.
const DOTS: usize = 24;

/// The column at which it stands what a step wrote, where the pane is wider.
const WROTE: usize = 84;

impl Pane for TraceList {
    fn title(&self) -> &'static str {
        "Trace"
    }

    fn tab(&self, view: &View<'_>) -> &'static str {
        match view.below() {
            Below::Trace => self.title(),
            Below::Why => "Why",
            Below::Report | Below::Reasons => report::name(view),
        }
    }

    fn about(&self) -> &'static str {
        "what happened"
    }

    fn spot(&self) -> Spot {
        Spot::Below
    }

    fn mode(&self) -> Option<Mode> {
        Some(Mode::Trace)
    }

    fn paint(&self, view: &View<'_>, width: usize, height: usize) -> PaneText {
        match view.below() {
            Below::Trace => moments(view, width, height),
            Below::Why | Below::Report | Below::Reasons => page_from(view, width, height),
        }
    }
}

/// Returns every row of what stands in the place of the trace.
pub(crate) fn page(view: &View<'_>, width: usize, height: usize) -> Arc<Rows> {
    let (below, watch) = (view.below(), view.ui.watched());
    let beat = watch.map(|watch| watch.beat);
    // The reasons do not depend on the height; the others are said in fewer words where it is low.
    let height = if below == Below::Reasons { 0 } else { height };
    view.shown.page((below, beat, width, height), || match (below, watch) {
        (Below::Why, Some(watch)) => why::all(view, watch, width, height).into(),
        (Below::Report, _) => report::all(view, width, height),
        (Below::Reasons, _) => why::reasons(view, width),
        (Below::Trace | Below::Why, _) => Rows::default(),
    })
}

/// Returns what stands in the place of the trace, scrolled to the cursor.
fn page_from(view: &View<'_>, width: usize, height: usize) -> PaneText {
    let all = page(view, width, height);
    let top = view.ui.cursor(PaneId::TRACE).at.unwrap_or(0).min(all.lines.len().saturating_sub(height));
    let more = all.lines.len().saturating_sub(top + height);
    let (title, right) = match view.below() {
        // What becomes of the plan is not told before it is seen.
        Below::Why => ("Why".into(), rewritten(view).map(tally).unwrap_or_default()),
        Below::Trace | Below::Report | Below::Reasons => {
            let keys = report::keys(view);
            // What finds no room beside the title goes: first how it stands, then how to choose.
            let whole = report::title(view);
            let name = Line::from(report::name(view));
            let fits = |title: &Line<'_>| title.width() + text::width(&keys) + 6 < width;
            match (fits(&whole), fits(&name)) {
                (true, _) => (whole, keys),
                (false, true) => (name, keys),
                (false, false) => (name, String::new()),
            }
        }
    };
    let lines = all.lines.iter().skip(top).take(height).cloned().collect();
    let buttons = all.after(top).collect();
    let hidden = (top, more);
    // The trace below it goes on following the last moment, and is found there when the page is left.
    let top = window(view, height);
    PaneText { title, right, lines, top, buttons, hidden, ..PaneText::default() }
}

/// Returns the first moment that is visible in `height` rows.
fn window(view: &View<'_>, height: usize) -> usize {
    let at = selected(view);
    scroll::window(view.ui.cursor(PaneId::TRACE).top, at..at + 1, height, view.shown.rows.len())
}

/// Returns the trace itself.
fn moments(view: &View<'_>, width: usize, height: usize) -> PaneText {
    let shown = view.shown;
    let (at, top) = (selected(view), window(view, height));
    let digits = shown.rows.last().map_or(1, |seq| seq.to_string().len());
    let right = match shown.past {
        true => format!("{} of {}", shown.happened, shown.rows.len()),
        false => text::count(shown.rows.len(), "moment"),
    };
    let (title, moments) = title(view, width);
    let mut text = PaneText { title, right, top, moments, ..PaneText::default() };
    for (place, seq) in shown.rows.iter().enumerate().skip(top).take(height) {
        let Some(line) = line(view, *seq, place >= shown.happened, digits, width) else { continue };
        let is_selected = place == at && view.ui.focus == PaneId::TRACE;
        text.push(place, if is_selected { select(line, view.theme) } else { line });
    }
    text.hidden = (top, shown.rows.len().saturating_sub(top + text.lines.len()));
    text
}

fn line(view: &View<'_>, seq: Seq, later: bool, digits: usize, width: usize) -> Option<Line<'static>> {
    let theme = view.theme;
    let record = view.session.record(seq)?;
    let changes = match record.event.innermost() {
        Event::Finished { .. }
        | Event::Failed { .. }
        | Event::Injected { .. }
        | Event::Undone { .. }
        | Event::Redone { .. } => view.shown.changes(view.session, record),
        _ => Arc::default(), // no other event writes values
    };
    let told = event::line(&record.event, view.session.state(), &changes);
    let plain = if later { theme.style(Role::Border) } else { theme.style(Role::Text) };
    let sign = if later { plain } else { theme.style(told.sign) };
    let mut row = Row::new()
        .put(&format!("{seq:>digits$} "), theme.style(Role::Dim))
        .put(&format!("{:<9} ", told.who), if later { plain } else { theme.style(Role::Dim) })
        .put(&"  ".repeat(told.depth), plain)
        .put(told.sign.glyph(), sign)
        .put(" ", plain)
        .put(&told.what, plain);
    if !told.result.is_empty() {
        let column = digits + 13 + 2 * told.depth + if width >= 100 { 26 } else { 20 };
        row = if told.what.is_empty() { row } else { row.tab(column, true).put(" ", plain) };
        row = row.put(&told.result, plain);
    }
    for (at, (role, words)) in told.wrote.iter().enumerate() {
        let style = if later || *role == Role::Kept { plain } else { theme.style(*role) };
        row = row.right(if at > 0 { "  " } else { "" }, plain).right(words, style);
    }
    Some(row.fit_beside(WROTE, width, 48.min(width * 2 / 3)))
}

/// Returns the title with the timeline: a dot an event, forks, surprises and replans marked, and where one looks.
/// Each dot is told with the cell of the title that it takes.
fn title(view: &View<'_>, width: usize) -> (Line<'static>, Vec<(usize, Seq)>) {
    let (shown, theme) = (view.shown, view.theme);
    let mut spans = vec![Span::raw("Trace")];
    if shown.tips.len() > 1 {
        let here = shown.tips.iter().position(|tip| Some(tip) == view.session.path().last()).map_or(1, |at| at + 1);
        spans.push(Span::raw(format!("  branch {here} of {}", shown.tips.len())));
    }
    if width < 60 || shown.rows.is_empty() {
        return (Line::from(spans), Vec::new());
    }
    spans.push(Span::raw("  "));
    let before: usize = spans.iter().map(|span| text::width(&span.content)).sum();
    let mut moments = Vec::new();
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
        moments.push((before + moments.len(), *seq));
        spans.push(Span::styled(glyph, style));
    }
    (Line::from(spans), moments)
}
