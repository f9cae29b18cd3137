//! The trace pane: what happened, in order: who did what, with which result, and which keys it wrote.

use crate::describe::event;
use crate::describe::text;
use std::sync::Arc;

use ratatui::text::{Line, Span};

use crate::describe::sign::Role;
use crate::engine::branches::Branch;
use crate::engine::event::{Event, Seq};
use crate::ui::keymap::Mode;
use crate::ui::session::lists::plan::rewritten;
use crate::ui::session::lists::trace::{TraceList, selected};
use crate::ui::session::lists::watches::timeline;
use crate::ui::session::model::Below;
use crate::ui::session::pane::{Pane, PaneId, PaneText, Spot, select};
use crate::ui::session::panes::plan::tally;
use crate::ui::session::panes::{report, strip, why};
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

    fn about(&self) -> &'static [&'static str] {
        &["what happened"]
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

/// Returns every row of what stands in place of the trace.
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

/// Returns what stands in place of the trace, scrolled to the cursor.
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
    scroll::window(view.ui.cursor(PaneId::TRACE).top, at..at + 1, height, view.shown.listed().0.len())
}

/// Returns the trace itself.
fn moments(view: &View<'_>, width: usize, height: usize) -> PaneText {
    let shown = view.shown;
    let (at, top) = (selected(view), window(view, height));
    let (rows, happened) = shown.listed();
    let digits = rows.last().map_or(1, |seq| seq.to_string().len());
    let right = match shown.past {
        _ if shown.sought.is_some() => {
            format!("{} of {}", rows.len(), text::count(shown.rows.len(), "moment"))
        }
        true => format!("{} of {}", shown.happened, shown.rows.len()),
        // The numbers are those of events, of which only some are moments.
        false => format!(
            "{} of {}",
            text::count(shown.rows.len(), "moment"),
            text::count(view.session.path().len(), "event")
        ),
    };
    let (title, moments) = title(view, width);
    let mut text = PaneText { title, right, top, moments, ..PaneText::default() };
    // Rows that would stay empty hold what others would cut.
    let mut spare = height.saturating_sub(rows.len());
    if let (Some(sought), true) = (&shown.sought, rows.is_empty()) {
        let words = format!("no moment so far is {}", sought.query.text());
        text.lines.push(Row::new().put(&words, view.theme.style(Role::Dim)).fit(width, width));
    }
    // Where the trace has the whole screen, it stands beside it how long what happened took.
    let strip = if view.ui.zoom && view.ui.times && width >= strip::FROM { width / 4 } else { 0 };
    for (place, seq) in rows.iter().enumerate().skip(top).take(height) {
        let mut lines = lines(view, *seq, place >= happened, digits, (width - strip, 1 + spare));
        let bar = if strip > 0 { shown.spans(view.session).bar(*seq, strip - 2) } else { None };
        if let (Some(bar), Some(first)) = (bar, lines.first_mut()) {
            let gap = (width - strip + 2).saturating_sub(first.width());
            first.spans.push(Span::raw(" ".repeat(gap)));
            first.spans.push(Span::styled(bar, view.theme.style(Role::Accent)));
        }
        spare = spare.saturating_sub(lines.len().saturating_sub(1));
        let is_selected = place == at && view.ui.focus == PaneId::TRACE;
        for line in lines {
            text.push(place, if is_selected { select(line, view.theme) } else { line });
        }
    }
    text.hidden = (top, rows.len().saturating_sub(top + height));
    text
}

/// The narrowest column in which a result goes on below itself.
const GOES_ON: usize = 24;

/// How far a result that stands below what happened is indented, behind the number of the event.
const BELOW: usize = 15;

/// Returns the rows of an event, at most `most` of them: a result that is cut in one goes on below itself.
fn lines(view: &View<'_>, seq: Seq, later: bool, digits: usize, (width, most): (usize, usize)) -> Vec<Line<'static>> {
    let theme = view.theme;
    let Some(record) = view.session.record(seq) else { return Vec::new() };
    let changes = match record.event.innermost() {
        Event::Finished { .. }
        | Event::Failed { .. }
        | Event::Injected { .. }
        | Event::Undone { .. }
        | Event::Redone { .. } => view.shown.changes(view.session, record),
        _ => Arc::default(), // no other event writes values
    };
    let mut told = event::line(&record.event, view.session.state(), &changes);
    if view.poses() && matches!(record.event, Event::Deviated { .. } | Event::Proposed(_)) {
        told.result = "told once you have looked".to_owned();
    }
    let plain = if later { theme.style(Role::Border) } else { theme.style(Role::Text) };
    let sign = if later { plain } else { theme.style(told.sign) };
    let mut row = Row::new()
        .put(&format!("{seq:>digits$} "), theme.style(Role::Dim))
        .put(&format!("{:<9} ", told.who), if later { plain } else { theme.style(Role::Dim) })
        .put(&"  ".repeat(told.depth), plain)
        .put(told.sign.glyph(), sign)
        .put(" ", plain)
        .put(&told.what, plain);
    let named = row.left_width();
    if !told.result.is_empty() {
        let column = digits + 13 + 2 * told.depth + if width >= 100 { 26 } else { 20 };
        row = if told.what.is_empty() { row } else { row.tab(column, true).put(" ", plain) };
    }
    let beside: usize = told.wrote.iter().map(|(_, words)| text::width(words) + 2).sum();
    let fits = text::width(&told.result) + beside + row.left_width() <= width;
    let beside = width.saturating_sub(row.left_width() + beside);
    // Where there is too little room beside what happened, its result stands below it.
    let (from, room) = match beside >= GOES_ON {
        true => (row.left_width(), beside),
        false => (digits + BELOW, width.saturating_sub(digits + BELOW)),
    };
    let mut parts = match most > 1 && !fits && room >= GOES_ON {
        true => text::wrap(&text::clip(&told.result, room * most), room),
        false => vec![told.result.clone()],
    };
    if most > 1 && !fits && beside < GOES_ON {
        parts.insert(0, String::new());
    }
    if parts.len() > most {
        let rest = parts.split_off(most).join(" ");
        parts.last_mut().into_iter().for_each(|last| *last = format!("{last} {rest}"));
    }
    let mut parts = parts.into_iter();
    row = row.put(&parts.next().unwrap_or_default(), plain);
    for (at, (role, words)) in told.wrote.iter().enumerate() {
        let style = if later || *role == Role::Kept { plain } else { theme.style(*role) };
        row = row.right(if at > 0 { "  " } else { "" }, plain).right(words, style);
    }
    // What a value was and what it is says more than the result that stands beside it, which gives way.
    let changed = told.wrote.iter().any(|(role, _)| *role == Role::Changed);
    let keep = if changed { named } else { 48.min(width * 2 / 3) };
    let mut lines = vec![row.fit_beside(WROTE, width, keep)];
    lines.extend(parts.map(|part| Row::new().tab(from, false).put(&part, plain).fit(width, width)));
    lines
}

/// Returns the title with the timeline: a dot an event, forks, surprises and replans marked, and where one looks.
/// Each dot is told with the cell of the title that it takes.
fn title(view: &View<'_>, width: usize) -> (Line<'static>, Vec<(usize, usize, Seq)>) {
    let (shown, theme) = (view.shown, view.theme);
    let mut spans = vec![Span::raw("Trace")];
    if shown.branches.len() > 1 {
        let is_here = |branch: &Branch| Some(&branch.tip) == view.session.path().last();
        let here = shown.branches.iter().position(is_here).unwrap_or(0);
        let name = shown.branches.get(here).and_then(|branch| view.session.branch_mark(branch.first).name);
        spans.push(Span::raw(match name {
            Some(name) => format!("  branch {}", text::clip(&name, 20)),
            None => format!("  branch {} of {}", here + 1, shown.branches.len()),
        }));
    }
    if width < 60 || shown.rows.is_empty() {
        return (Line::from(spans), Vec::new());
    }
    spans.push(Span::raw("  "));
    let before: usize = spans.iter().map(|span| text::width(&span.content)).sum();
    let mut moments = Vec::new();
    let dots = timeline(view, DOTS.min(width / 4));
    for (place, seq) in shown.rows.iter().enumerate().take(dots.end).skip(dots.start) {
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
        moments.push((0, before + moments.len(), *seq));
        // Dots of one style are one part.
        match spans.last_mut().filter(|_| moments.len() > 1) {
            Some(last) if last.style == style => last.content.to_mut().push_str(glyph),
            Some(_) | None => spans.push(Span::styled(glyph, style)),
        }
    }
    (Line::from(spans), moments)
}
