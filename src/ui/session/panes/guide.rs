//! The guide above the panes: what is proposed, and what the signs mean, until a person has seen it often enough; or
//! the lesson.

use crate::describe::guide;
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
    if let Some(taught) = view.ui.lesson.as_ref().filter(|taught| !taught.hidden) {
        return lesson::lines(view, taught, width);
    }
    if view.shown.past || view.ui.watched().is_some() {
        return rows;
    }
    if let Some(words) = guide::proposal(&view.shown.state) {
        let text = theme.style(Role::Text);
        let (row, clicks) = buttons::say(Row::new().put(" ", text), &view.parts(&words), text);
        rows.push(row.fit(width, width), clicks);
    }
    if view.ui.guided {
        let away = view.keymap.key_for(&view.modes(), Action::Help).map(|press| format!("{press} puts this away "));
        let away = away.unwrap_or_default();
        let mut row = Row::new().right(&away, theme.style(Role::Dim));
        let room = width.saturating_sub(20);
        for (sign, meaning) in guide::LEGEND {
            if row.left_width() + text::width(sign) + text::width(meaning) + 4 > room {
                break;
            }
            let between = if row.left_width() == 0 { " " } else { "   " };
            row = row
                .put(between, theme.style(Role::Text))
                .put(sign, theme.style(Role::Strong))
                .put(" ", theme.style(Role::Text))
                .put(meaning, theme.style(Role::Dim));
        }
        rows.push(row.fit(width, 20), [(width.saturating_sub(text::width(&away))..width, Action::Help)]);
    }
    rows
}
