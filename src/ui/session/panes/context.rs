//! The context pane: every key with its value as a tree, what is new, changed, stale or wanted, and the hand-off.

use std::ops::Range;

use ratatui::text::Line;

use crate::describe::ahead::WOULD_BE;
use crate::describe::breakpoint;
use crate::describe::change::Change;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::describe::value;
use crate::engine::breakpoint::Place;
use crate::engine::context::Datum;
use crate::engine::goal::Key;
use crate::engine::state::Phase;
use crate::ui::keymap::Mode;
use crate::ui::session::lists::context::{Book, ContextList, book, in_sight, is_news, section, selected};
use crate::ui::session::lists::unfold;
use crate::ui::session::pane::{Pane, PaneId, PaneText, Spot, select};
use crate::ui::session::panes::watches;
use crate::ui::session::view::View;
use crate::ui::widgets::json_rows::{Kind, Part, ValueRow};
use crate::ui::widgets::row::Row;
use crate::ui::widgets::scroll;

/// How much of a value is put together at least, where it may have to be cut.
const MEANT: usize = 12;

/// The sign of what is looked for.
const FOUND: &str = "»";

impl Pane for ContextList {
    fn title(&self) -> &'static str {
        "Context"
    }

    fn about(&self) -> &'static [&'static str] {
        &["what is known, who made it, who reads it", "what is known: made by → read by", "what is known"]
    }

    fn spot(&self) -> Spot {
        Spot::Right
    }

    fn mode(&self) -> Option<Mode> {
        Some(Mode::Context)
    }

    fn paint(&self, view: &View<'_>, width: usize, height: usize) -> PaneText {
        let ui = view.ui;
        let watches = ui.values.length(Part::Watches);
        let mut text = PaneText { title: "Context".into(), right: figures(view), ..PaneText::default() };
        // The watches stand above the rest, however far that is scrolled.
        let above = section(watches, height);
        if above > 0 {
            let rows = above - 1;
            let from = selected(ui).min(watches - 1).saturating_sub(rows.saturating_sub(1));
            let from = if selected(ui) < watches { from } else { 0 };
            let columns = watches::Columns::of(view, width);
            put_rows(view, from..from + rows, Some(&columns), width, &mut text);
            text.lines.push(watches::rule(view, (from, watches - from - rows), width));
            text.entries.push(from + rows - 1);
        }
        let (height, all) = (height.saturating_sub(above), ui.values.len() - watches);
        let seen = in_sight(ui, height);
        let below = |at: usize| at.saturating_sub(watches);
        let top = below(ui.cursor(PaneId::CONTEXT).top);
        // Who looks at a watch moves nothing below it.
        let seen = if seen.start < watches { top..top } else { below(seen.start)..below(seen.end) };
        text.top = scroll::window(top, seen, height, all) + watches;
        let shown = text.top..(text.top + height).min(ui.values.len());
        text.hidden = (shown.start - watches, ui.values.len() - shown.end);
        put_rows(view, shown, None, width, &mut text);
        text
    }
}

/// Puts these rows behind the others.
fn put_rows(
    view: &View<'_>,
    rows: Range<usize>,
    watches: Option<&watches::Columns>,
    width: usize,
    text: &mut PaneText,
) {
    let (ui, at) = (view.ui, selected(view.ui));
    for place in rows {
        let Some(row) = ui.values.get(place) else { break };
        let open = ui.values.get(place + 1).is_some_and(|next| next.depth > row.depth && next.kind != Kind::Text);
        let line = match watches.filter(|_| row.part == Part::Watches && row.depth == 0) {
            Some(columns) => watches::line(view, &row, columns, width),
            None => line(view, &row, open, width),
        };
        let is_selected = place == at && ui.focus == PaneId::CONTEXT;
        if let Some(columns) = watches.filter(|_| row.part == Part::Watches && row.depth == 0) {
            let y = text.lines.len() + 1;
            text.moments.extend(columns.cells(view, width).into_iter().map(|(cell, seq)| (y, cell, seq)));
        }
        text.push(place, if is_selected { select(line, view.theme) } else { line });
    }
}

/// Returns the moment that the values are those of.
fn figures(view: &View<'_>) -> String {
    let state = &view.shown.state;
    match (&state.phase, state.runs.last()) {
        (Phase::New | Phase::Planning { .. } | _, None) => "at the start".to_owned(),
        (Phase::Running { .. }, Some(run)) if state.inner.is_some() => match state.innermost().runs.last() {
            Some(inside) => format!("inside {}, after {}", run.step.id, inside.step.id),
            None => format!("inside {}, at its start", run.step.id),
        },
        (Phase::Running { .. }, Some(run)) => format!("while {} runs", run.step.id),
        (Phase::Interrupted, Some(run)) if run.was_stopped() => format!("{} stopped", run.step.id),
        (Phase::Interrupted, Some(run)) => format!("{} unknown", run.step.id),
        (_, Some(run)) => format!("after {}", run.step.id),
    }
}

fn line(view: &View<'_>, row: &ValueRow, open: bool, width: usize) -> Line<'static> {
    let theme = view.theme;
    let Some(book) = book(view.shown, row.part) else {
        return Row::new().put(&row.name, theme.style(Role::Title)).fit(width, width);
    };
    let Some(key) = book.key(row.entry) else { return Line::default() };
    let datum = book.datum(key);
    let change = book.touched.get(key).filter(|change| is_news(change));
    if row.depth > 0 {
        inside(view, row, key, (datum, change), open, width)
    } else {
        of_key(view, &book, row, key, datum, change, width)
    }
}

/// Returns a row below that of its key; what is `open` stands in the rows below it.
fn inside(
    view: &View<'_>,
    row: &ValueRow,
    key: &Key,
    (datum, change): (Option<&Datum>, Option<&Change>),
    open: bool,
    width: usize,
) -> Line<'static> {
    let theme = view.theme;
    let (plain, dim) = (theme.style(Role::Text), theme.style(Role::Dim));
    let leaf = |at: usize| change.and_then(|change| Some((change.difference.leaves.get(at)?, change)));
    let sign = match row.kind {
        Kind::Text => return Row::new().put(&row.name, plain).fit(width, width),
        Kind::Difference(at) => leaf(at).map(|(leaf, _)| leaf.role),
        Kind::Value => change.and_then(|change| change.difference.role_of(&row.pointer)),
        Kind::Rest | Kind::Before => None,
    };
    let found = view.ui.found(row, key);
    let indent = " ".repeat(2 * usize::from(row.depth));
    let part = Row::new().put(&indent, plain);
    let part = match sign {
        Some(role) => part.put(role.glyph(), theme.style(role)).put(" ", plain).put(&row.name, theme.words(role)),
        // What is looked for has its sign where a change would have one.
        None if found => {
            part.put(FOUND, theme.style(Role::Accent)).put(" ", plain).put(&row.name, theme.style(Role::Accent))
        }
        None => part.put("  ", plain).put(&row.name, dim),
    };
    let (part, typed) = match view.ui.zoom && row.kind == Kind::Value {
        true => (part, datum.and_then(|datum| datum.value.at(&row.pointer)).map(value::kind).unwrap_or_default()),
        false => (part, String::new()),
    };
    let begins = unfold::begins_at(&row.name, row.depth, width);
    let cells = width.saturating_sub(begins + if typed.is_empty() { 0 } else { text::width(&typed) + 2 });
    let words = match (row.kind, &row.first) {
        (Kind::Rest | Kind::Before, _) => return part.fit(width, width),
        (_, Some(first)) => first.clone(),
        (Kind::Difference(at), _) if !open => {
            leaf(at).map(|(leaf, change)| unfold::of_difference(leaf, change, cells)).unwrap_or_default()
        }
        _ => datum
            .and_then(|datum| datum.value.at(&row.pointer))
            .map(|value| value::size(value).filter(|_| open).unwrap_or_else(|| value::json(value, cells)))
            .unwrap_or_default(),
    };
    part.tab(begins, true).put(&words, plain).right(&typed, dim).fit(width, width)
}

/// Returns the row of a key.
fn of_key(
    view: &View<'_>,
    book: &Book<'_>,
    row: &ValueRow,
    key: &Key,
    datum: Option<&Datum>,
    change: Option<&Change>,
    width: usize,
) -> Line<'static> {
    let theme = view.theme;
    let (plain, dim) = (theme.style(Role::Text), theme.style(Role::Dim));
    let sign = match datum {
        Some(datum) if datum.refuted.is_some() => Role::Refuted,
        Some(datum) if !datum.fresh => Role::Stale,
        Some(_) => change.map_or(Role::Text, |change| change.role),
        None => change.map_or(Role::Pending, |change| change.role),
    };
    let strong =
        if matches!(sign, Role::Added | Role::Changed) { theme.style(Role::Strong) } else { theme.words(sign) };
    let stands = view.shown.state.breakpoints.at(&Place::Key(key.clone()));
    let gutter = stands.map(|standing| breakpoint::standing(standing).0);
    let found = if view.ui.found(row, key) { (FOUND, theme.style(Role::Accent)) } else { (" ", plain) };
    let (mark, style) = gutter.map_or(found, |role| (role.glyph(), theme.style(role)));
    let mut part = Row::new().put(sign.glyph(), theme.style(sign)).put(mark, style).put(key, strong);
    let keep = part.left_width().max(unfold::values_at(width)).min(24).min(width / 2);
    let (mine, right) = unfold::beside(book, row.entry, (datum, change), width);
    let beside = text::width(mine) + text::width(&right);
    let begins = unfold::begins_at(key, 0, width);
    let would = view.ahead().and_then(|ahead| Some((ahead.change(key)?, ahead.state.context.get(key))));
    if let Some((change, datum)) = would {
        let room = width.saturating_sub(begins + text::width(WOULD_BE));
        let words = match change.role {
            Role::Removed => "gone".to_owned(),
            _ => unfold::of_key(datum.map(|datum| &**datum), Some(change), room.min(unfold::MEASURE)),
        };
        let line = part.tab(begins, true).put(WOULD_BE, dim).put(&words, theme.words(change.role));
        return line.fit(width, keep);
    } else if datum.is_some() || change.is_some() {
        let free = |beside: usize, gap: usize| width.saturating_sub(begins + if beside > 0 { beside + gap } else { 0 });
        let cells = free(beside, 3).min(unfold::MEASURE);
        let tight = (free(beside, 1)).min(cells + unfold::TIGHT);
        let whole = Some(unfold::of_key(datum, change, tight + 1)).filter(|words| text::width(words) <= tight);
        let first = row.first.clone().or(whole);
        let words = first.unwrap_or_else(|| unfold::of_key(datum, change, cells.max(MEANT)));
        part = part.tab(begins, true).put(&words, plain);
    } else if let Some(step) = book.state.step(key).filter(|step| step.tool.is_none()) {
        // A step that names no key writes one of its own name, which says nothing.
        part = part
            .tab(begins, true)
            .put(&text::clip(step.name(), unfold::HAND_OFF - 3 - begins.min(unfold::HAND_OFF - 3)), dim);
    }
    let line = part.right(mine, theme.style(Role::Injected)).right(&right, dim);
    theme.tint(line.fit_beside(unfold::HAND_OFF, width, keep), sign)
}
