//! The context pane: every key with its value as a tree, what is new, changed, stale or wanted, and the hand-off.

use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::describe::value;
use crate::engine::context::Datum;
use crate::engine::state::Phase;
use crate::ui::keymap::Mode;
use crate::ui::session::lists::context::{ContextList, book, in_sight, selected};
use crate::ui::session::pane::{Pane, PaneId, PaneText, Spot, select};
use crate::ui::session::snapshot::Touch;
use crate::ui::session::view::View;
use crate::ui::widgets::json_rows::ValueRow;
use crate::ui::widgets::row::Row;
use crate::ui::widgets::scroll;

impl Pane for ContextList {
    fn title(&self) -> &'static str {
        "Context"
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
            let line = line(view, &row, width);
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

fn line(view: &View<'_>, row: &ValueRow, width: usize) -> Line<'static> {
    let (theme, shown) = (view.theme, view.shown);
    let (plain, dim) = (theme.style(Role::Text), theme.style(Role::Dim));
    let Some(book) = book(shown, row.part) else {
        return Row::new().put(&row.name, theme.style(Role::Title)).fit(width, width);
    };
    let Some(key) = book.ledger.key(row.entry) else { return Line::default() };
    let datum = book.state.context.get(key);
    if row.depth > 0 {
        let indent = " ".repeat(2 + 2 * usize::from(row.depth));
        let part = Row::new().put(&indent, plain).put(&row.name, dim);
        if row.rest {
            return part.fit(width, width);
        }
        let value = datum.and_then(|datum| datum.value.pointer(&row.pointer));
        let shown = value.map(|value| value::json(value, width)).unwrap_or_default();
        let pad = usize::from(row.depth) * 2 + 2 + 10;
        return part.tab(pad.min(width / 3), false).put("  ", plain).put(&shown, plain).fit(width, width);
    }
    let touch = book.touched.get(key);
    let sign = match datum {
        Some(datum) if datum.refuted.is_some() => Role::Refuted,
        Some(datum) if !datum.fresh => Role::Stale,
        Some(_) => match touch {
            Some(Touch::Added) => Role::Added,
            Some(Touch::Changed) => Role::Changed,
            Some(Touch::Confirmed) | None => Role::Text,
        },
        None => Role::Pending,
    };
    let strong =
        if matches!(sign, Role::Added | Role::Changed) { theme.style(Role::Strong) } else { theme.words(sign) };
    let mut part = Row::new().put(sign.glyph(), theme.style(sign)).put(" ", plain).put(key, strong);
    if let Some(datum) = datum {
        part = part.tab(18.min(width / 2), true).put(&preview(datum, width), plain);
    }
    let mine = datum.is_some_and(|datum| datum.pinned || datum.is_given());
    let most = if width >= 60 {
        8
    } else if width >= 44 {
        3
    } else {
        2
    };
    let mut right = book.ledger.hand_off(row.entry, most).map(|hand_off| hand_off.text(most)).unwrap_or_default();
    if let Some(words) = datum.and_then(|datum| outdated(datum)) {
        right = if width >= 52 { format!("{words}   {right}") } else { words };
    }
    let keep = part.left_width().min(24).min(width / 2);
    if mine {
        let pinned = datum.is_some_and(|datum| datum.pinned) && width >= 44;
        part = part.right(if pinned { "✎ pinned " } else { "✎ " }, theme.style(Role::Injected));
    }
    theme.tint(part.right(&right, dim).fit(width, keep), sign)
}

/// Returns a value as the row of its key shows it: small ones whole, big ones by size with their beginning.
fn preview(datum: &Datum, width: usize) -> String {
    match value::size(&datum.value) {
        Some(size) => {
            let whole = value::json(&datum.value, width);
            if text::width(&whole) <= 14 { whole } else { size }
        }
        None => value::json(&datum.value, width),
    }
}

/// Returns why a value cannot be relied on, in a few words.
fn outdated(datum: &Datum) -> Option<String> {
    if datum.refuted.is_some() {
        return Some("refuted".into());
    }
    if datum.fresh {
        return None;
    }
    let from: Vec<&str> = datum.sources.iter().map(|(key, _)| &**key).take(2).collect();
    Some(if from.is_empty() { "stale".into() } else { format!("from old {}", from.join(", ")) })
}
