//! The panes. Each says what it shows as lines (tested); `view` decides where they go.

pub mod context;
pub mod footer;
pub mod goal;
pub mod plan;
pub mod report;
pub mod trace;
pub mod turn;
pub mod why;

use ratatui::text::Line;

use crate::describe::sign::Role;

use crate::ui::theme::Theme;

/// What a pane says.
#[derive(Clone, Debug, Default)]
pub struct PaneText {
    /// The title.
    pub title: Line<'static>,
    /// What stands on the right of the title.
    pub right: String,
    /// The rows that are visible.
    pub lines: Vec<Line<'static>>,
}

/// Returns `line` as the selected row: strong where its pane has the focus, as it is elsewhere.
pub fn select(line: Line<'static>, focused: bool, theme: &Theme) -> Line<'static> {
    if !focused {
        return line;
    }
    let style = theme.style(Role::Selected);
    let spans = line.spans.into_iter().map(|span| {
        let patched = span.style.patch(style);
        span.style(patched)
    });
    Line::from(spans.collect::<Vec<_>>())
}

/// Returns the first visible row that keeps the rows `from..to` visible, moving as little as can be.
pub fn scroll(top: usize, from: usize, to: usize, height: usize, rows: usize) -> usize {
    let top = if from < top { from } else { top };
    let top = if to > top + height { to.saturating_sub(height).min(from) } else { top };
    top.min(rows.saturating_sub(height))
}
