//! The line above the keys where it says what was just done, or why something was not.

use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::engine::event::Seq;
use crate::ui::keymap::Part;
use crate::ui::theme::Theme;
use crate::ui::widgets::buttons::{self, Click, Rows};
use crate::ui::widgets::row::Row;

/// A line that stands in place of the *Next* line for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// The words; keys are named by their actions (see [`keys`](crate::describe::keys)).
    pub words: String,
    /// What it is about.
    pub about: About,
    /// The event after which it was said, where it says how the session stands: once that changes, it is no longer true.
    pub at: Option<Seq>,
}

impl Toast {
    /// Returns `words` about something, whatever comes.
    pub fn new(about: About, words: impl Into<String>) -> Toast {
        Toast { words: words.into(), about, at: None }
    }
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

impl About {
    /// Returns the label of a sentence about it.
    pub fn head(self) -> (&'static str, Role) {
        (self.label(), if self == About::Refused { Role::Warning } else { Role::Strong })
    }
}

/// Returns how many cells a line of `width` cells has for a sentence behind a label.
pub fn room(width: usize) -> usize {
    width.saturating_sub(text::width(About::Done.label())).max(1)
}

/// Returns the same as [`say`] in as many rows as it needs, at most `most`: the words stand below each other.
pub fn say_in((label, role): (&str, Role), words: Vec<Part<'_>>, width: usize, most: usize, theme: &Theme) -> Rows {
    let mut rows = Rows::default();
    let mut lines = buttons::wrap(words, room(width));
    if lines.len() > most {
        let rest = lines.split_off(most);
        if let Some(last) = lines.last_mut() {
            last.extend(rest.into_iter().flatten());
        }
    }
    for (at, parts) in lines.iter().enumerate() {
        let label = if at == 0 { label.to_owned() } else { " ".repeat(text::width(label)) };
        let (line, clicks) = say((&label, role), parts, width, theme);
        rows.push(line, clicks);
    }
    rows
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
