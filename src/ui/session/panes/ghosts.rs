//! The steps that would come into the plan by what a dialog is being filled in with, in rows below those that are in it.

use ratatui::text::Line;

use crate::describe::ahead::Ghost;
use crate::describe::sign::Role;
use crate::ui::session::panes::plan::handed;
use crate::ui::session::view::View;
use crate::ui::widgets::row::Row;

/// Returns the rows of the steps that would come into the plan by what a dialog is being filled in with.
pub(super) fn lines(view: &View<'_>, width: usize) -> Vec<Line<'static>> {
    let (state, theme) = (&view.shown.state, view.theme);
    let ghosts = view.ahead().map(|ahead| ahead.ghosts(state)).unwrap_or_default();
    let row = |ghost: Ghost| {
        let style = theme.words(ghost.sign);
        let (flow, _) = handed(&ghost.step, width);
        Row::new()
            .put("  ", theme.style(Role::Text))
            .put(ghost.sign.glyph(), theme.style(ghost.sign))
            .put(" ", theme.style(Role::Text))
            .put(&ghost.step.id, theme.style(Role::Dim))
            .put(" ", theme.style(Role::Text))
            .put(ghost.step.name(), style)
            .put("  ", theme.style(Role::Text))
            .put(&flow, theme.style(Role::Dim))
            .right(ghost.words, style)
            .fit(width, width)
    };
    ghosts.into_iter().map(row).collect()
}
