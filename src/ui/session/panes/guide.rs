//! The guide above the panes: what is proposed, and what the signs mean, until a person has seen it often enough.

use ratatui::text::Line;

use crate::describe::guide;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::action::Action;
use crate::ui::session::view::View;
use crate::ui::widgets::row::Row;

/// Returns the rows of the guide, `width` cells wide.
pub fn lines(view: &View<'_>, width: usize) -> Vec<Line<'static>> {
    let theme = view.theme;
    let mut lines = Vec::new();
    if view.shown.past || view.ui.watched().is_some() {
        return lines;
    }
    if let Some(words) = guide::proposal(&view.shown.state) {
        lines.push(
            Row::new()
                .put(" ", theme.style(Role::Text))
                .put(&view.words(&words), theme.style(Role::Text))
                .fit(width, width),
        );
    }
    if view.ui.guided {
        let away = view.keymap.key_for(&view.modes(), Action::Help).map(|press| format!("{press} puts this away "));
        let mut row = Row::new().right(&away.unwrap_or_default(), theme.style(Role::Dim));
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
        lines.push(row.fit(width, 20));
    }
    lines
}
