//! The context pane: every key with its value as a tree, what is new, changed, stale or wanted, and the hand-off.

use ratatui::text::Line;

use crate::describe::breakpoint;
use crate::describe::change::Change;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::describe::value;
use crate::engine::breakpoint::Place;
use crate::engine::context::Datum;
use crate::engine::state::Phase;
use crate::ui::keymap::Mode;
use crate::ui::session::lists::context::{Book, ContextList, book, in_sight, is_news, selected};
use crate::ui::session::lists::unfold;
use crate::ui::session::pane::{Pane, PaneId, PaneText, Spot, select};
use crate::ui::session::view::View;
use crate::ui::widgets::json_rows::{Kind, ValueRow};
use crate::ui::widgets::row::Row;
use crate::ui::widgets::scroll;

/// How much of a value is put together at least, where it may have to be cut.
const MEANT: usize = 12;

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
        let at = selected(ui);
        let top = scroll::window(ui.cursor(PaneId::CONTEXT).top, in_sight(ui, height), height, ui.values.len());
        let mut text = PaneText { title: "Context".into(), right: figures(view), top, ..PaneText::default() };
        for place in top..top + height {
            let Some(row) = ui.values.get(place) else { break };
            let open = ui.values.get(place + 1).is_some_and(|next| next.depth > row.depth && next.kind != Kind::Text);
            let line = line(view, &row, open, width);
            let is_selected = place == at && ui.focus == PaneId::CONTEXT;
            text.push(place, if is_selected { select(line, view.theme) } else { line });
        }
        text.hidden = (top, ui.values.len().saturating_sub(top + text.lines.len()));
        text
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
    let Some(key) = book.ledger.key(row.entry) else { return Line::default() };
    let datum = book.state.context.get(key).map(|datum| &**datum);
    let change = book.touched.get(key).filter(|change| is_news(change));
    if row.depth > 0 {
        inside(view, row, (datum, change), open, width)
    } else {
        of_key(view, &book, row, key, datum, change, width)
    }
}

/// Returns a row below that of its key; what is `open` stands in the rows below it.
fn inside(
    view: &View<'_>,
    row: &ValueRow,
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
        Kind::Rest => None,
    };
    let indent = " ".repeat(2 * usize::from(row.depth));
    let part = Row::new().put(&indent, plain);
    let part = match sign {
        Some(role) => part.put(role.glyph(), theme.style(role)).put(" ", plain).put(&row.name, theme.words(role)),
        None => part.put("  ", plain).put(&row.name, dim),
    };
    let begins = unfold::begins_at(&row.name, row.depth, width);
    let cells = width.saturating_sub(begins);
    let words = match (row.kind, &row.first) {
        (Kind::Rest, _) => return part.fit(width, width),
        (_, Some(first)) => first.clone(),
        (Kind::Difference(at), _) if !open => {
            leaf(at).map(|(leaf, change)| unfold::of_difference(leaf, change, cells)).unwrap_or_default()
        }
        _ => datum
            .and_then(|datum| datum.value.pointer(&row.pointer))
            .map(|value| value::size(value).filter(|_| open).unwrap_or_else(|| value::json(value, cells)))
            .unwrap_or_default(),
    };
    part.tab(begins, true).put(&words, plain).fit(width, width)
}

/// Returns the row of a key.
fn of_key(
    view: &View<'_>,
    book: &Book<'_>,
    row: &ValueRow,
    key: &str,
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
    let stands = view.shown.state.breakpoints.at(&Place::Key(key.into()));
    let gutter = stands.map(|standing| breakpoint::standing(standing).0);
    let mut part = Row::new()
        .put(sign.glyph(), theme.style(sign))
        .put(gutter.map_or(" ", Role::glyph), gutter.map_or(plain, |role| theme.style(role)))
        .put(key, strong);
    let keep = part.left_width().max(unfold::values_at(width)).min(24).min(width / 2);
    let (mine, right) = unfold::beside(book, row.entry, (datum, change), width);
    let beside = text::width(mine) + text::width(&right);
    let begins = unfold::begins_at(key, 0, width);
    if datum.is_some() || change.is_some() {
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
