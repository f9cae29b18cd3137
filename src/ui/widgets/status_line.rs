//! The line above the keys where it says what was just done, or why something was not.

use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::keymap::Part;
use crate::ui::theme::Theme;
use crate::ui::widgets::buttons::{self, Click};
use crate::ui::widgets::row::Row;

/// A line that stands in the place of the *Next* line for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// The words; keys are named by their actions (see [`keys`](crate::describe::keys)).
    pub words: String,
    /// What it is about.
    pub about: About,
}

/// What a line of the status is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Something that was done.
    Done,
    /// Why something was not done.
    Refused,
    /// What to try.
    Hint,
    /// How things are.
    Note,
    /// A program that runs has written this to its standard error.
    Heard,
}

impl About {
    /// Returns what stands before the words.
    fn label(self) -> &'static str {
        match self {
            About::Done => " Done  ",
            About::Refused => " No    ",
            About::Hint => " Try   ",
            About::Note => " Note  ",
            About::Heard => " Says  ",
        }
    }
}

/// A line of the status, and which of its cells can be clicked.
pub type Said = (Line<'static>, Vec<Click>);

/// Returns the line that says a sentence about something, `width` cells wide.
pub fn toast(about: About, words: &[Part<'_>], width: usize, theme: &Theme) -> Said {
    let role = if about == About::Refused { Role::Warning } else { Role::Strong };
    say((about.label(), role), words, width, theme)
}

/// Returns the line that says a sentence behind a label.
pub fn say((label, role): (&str, Role), words: &[Part<'_>], width: usize, theme: &Theme) -> Said {
    let (row, clicks) = buttons::say(Row::new().put(label, theme.style(role)), words, theme.style(Role::Text));
    (row.fit(width, width), clicks)
}

/// Tells whether `words` about something that was done fit into a line of `width` cells.
pub fn fits(words: &str, width: usize) -> bool {
    text::width(About::Done.label()) + text::width(words) < width
}
