//! The guide above the panes: what is proposed, and what the signs mean, until a person has seen it often enough; or
//! the lesson.

use ratatui::text::Span;

use crate::describe::guide;
use crate::describe::keys;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::action::Action;
use crate::ui::session::panes::lesson;
use crate::ui::session::view::View;
use crate::ui::widgets::buttons::{self, Rows};
use crate::ui::widgets::row::Row;

/// Returns the rows of the guide, `width` cells wide.
pub fn lines(view: &View<'_>, width: usize) -> Rows {
    let theme = view.theme;
    let mut rows = Rows::default();
    if view.ui.present.is_some() {
        return rows; // before an audience every word counts
    }
    if let Some(taught) = view.ui.lesson.as_ref().filter(|taught| !taught.hidden) {
        return lesson::lines(view, taught, width);
    }
    if view.shown.past || view.ui.watched().is_some() {
        return rows;
    }
    if let Some(words) = guide::proposal(&view.shown.state) {
        let text = theme.style(Role::Text);
        let words = keys::shortened(&words, |words| text::width(&view.words(words)) < width);
        let (row, clicks) = buttons::say(Row::new().put(" ", text), &view.parts(words), text);
        rows.push(row.fit(width, width), clicks);
    }
    if view.ui.guided {
        let away = view.keymap.key_for(&view.modes(), Action::Help).map(|press| format!("{press} puts this away "));
        let away = away.unwrap_or_default();
        let (from, dim) = (width.saturating_sub(text::width(&away)), theme.style(Role::Dim));
        let changed = view.shown.touched.values().any(|change| change.role == Role::Changed);
        let part = |(sign, meaning)| {
            let row = Row::new().put(sign, theme.style(Role::Strong)).put(" ", dim);
            row.put(meaning, dim).put("   ", dim)
        };
        let parts = guide::legend(&view.shown.state, changed).into_iter().map(part);
        for (at, mut line) in Row::new().put(" ", dim).flow(parts, from).into_iter().enumerate() {
            let clicks = (at == 0).then_some((from..width, Action::Help));
            line.spans.extend(clicks.is_some().then(|| Span::styled(away.clone(), dim)));
            rows.push(line, clicks);
        }
    }
    rows
}
