//! The line above the keys where it says what was just done, or why something was not.

use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::theme::Theme;
use crate::ui::widgets::row::Row;

/// A line that stands in the place of the *Next* line for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// The words.
    pub words: String,
    /// Whether it says why something was not done.
    pub refusal: bool,
}

/// What stands before words about something that was done.
const DONE: &str = " Done ";

/// What stands before words about something that was not done.
const REFUSED: &str = " No  ";

/// Returns the line that says `toast`, `width` cells wide.
pub fn toast(toast: &Toast, width: usize, theme: &Theme) -> Line<'static> {
    let (label, role) = if toast.refusal { (REFUSED, Role::Warning) } else { (DONE, Role::Strong) };
    Row::new().put(label, theme.style(role)).put(&toast.words, theme.style(Role::Text)).fit(width, width)
}

/// Tells whether `words` about something that was done fit into a line of `width` cells.
pub fn fits(words: &str, width: usize) -> bool {
    text::width(DONE) + text::width(words) < width
}
