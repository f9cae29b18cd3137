//! What the screen's signs mean and how they look: roles with a glyph, a word and a style.
//!
//! Only the 16 colours of the terminal are used, so that every terminal theme looks intended. No colour of the 16
//! is readable as text on light *and* dark backgrounds; so a glyph carries the colour ([`Theme::style`]), and words
//! beside it carry weight only ([`Theme::words`]). Nothing that means something is dimmed. With `NO_COLOR` the
//! modifiers alone remain: every role still has its glyph and its word.

use ratatui::style::{Color, Modifier, Style};

/// What something on the screen is: a sign with a meaning, or a part of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A step that is done, a condition that holds.
    Done,
    /// Where the session stands.
    Current,
    /// Still to do.
    Pending,
    /// A step that failed, a condition that is false.
    Failed,
    /// Switched off.
    Skipped,
    /// Made from values that are no longer current.
    Stale,
    /// A value that broke its `ensures`.
    Refuted,
    /// A stop that a person set.
    Breakpoint,
    /// Put there by a person or a scenario.
    Injected,
    /// A surprise.
    Surprise,
    /// The plan was rewritten here.
    Replanned,
    /// Served from the record: nothing ran.
    Recorded,
    /// Nobody knows how it went.
    Interrupted,
    /// New.
    Added,
    /// Gone.
    Removed,
    /// As before.
    Kept,
    /// Another value or another binding.
    Changed,
    /// In another place.
    Moved,
    /// A decision on the next action.
    Thought,
    /// Text.
    Text,
    /// Text that matters more.
    Strong,
    /// Text that matters less. It is not dimmed: dimmed text is unreadable on many terminals.
    Dim,
    /// The frame of a pane without the focus.
    Border,
    /// The frame of the pane with the focus.
    Focus,
    /// The title of a pane or dialog.
    Title,
    /// What draws the eye and is no role of its own.
    Accent,
    /// A key in a hint.
    Key,
    /// What is wrong.
    Error,
    /// What may become wrong.
    Warning,
    /// The row or entry under the cursor.
    Selected,
}

impl Role {
    /// Every role that is a sign, in the order of the legend.
    pub const SIGNS: [Role; 19] = [
        Role::Done,
        Role::Current,
        Role::Pending,
        Role::Failed,
        Role::Skipped,
        Role::Stale,
        Role::Refuted,
        Role::Breakpoint,
        Role::Injected,
        Role::Surprise,
        Role::Replanned,
        Role::Recorded,
        Role::Interrupted,
        Role::Added,
        Role::Removed,
        Role::Kept,
        Role::Changed,
        Role::Moved,
        Role::Thought,
    ];

    /// Returns its sign, exactly one cell wide; a space for a part of the screen.
    pub fn glyph(self) -> &'static str {
        match self {
            Role::Done => "✓",
            Role::Current => "▶",
            Role::Pending => "○",
            Role::Failed => "✗",
            Role::Skipped => "-",
            Role::Stale => "~",
            Role::Refuted => "?",
            Role::Breakpoint => "●",
            Role::Injected => "✎",
            Role::Surprise => "!",
            Role::Replanned => "↻",
            Role::Recorded => "◐",
            Role::Interrupted => "…",
            Role::Added => "+",
            Role::Removed => "-",
            Role::Kept => "=",
            Role::Changed => "±",
            Role::Moved => "↕",
            Role::Thought => "◇",
            Role::Text
            | Role::Strong
            | Role::Dim
            | Role::Border
            | Role::Focus
            | Role::Title
            | Role::Accent
            | Role::Key
            | Role::Error
            | Role::Warning
            | Role::Selected => " ",
        }
    }

    /// Returns the word that says the same without a glyph.
    pub fn word(self) -> &'static str {
        match self {
            Role::Done => "done",
            Role::Current => "current",
            Role::Pending => "pending",
            Role::Failed => "failed",
            Role::Skipped => "skipped",
            Role::Stale => "stale",
            Role::Refuted => "refuted",
            Role::Breakpoint => "breakpoint",
            Role::Injected => "injected",
            Role::Surprise => "surprise",
            Role::Replanned => "replanned",
            Role::Recorded => "from the record",
            Role::Interrupted => "interrupted",
            Role::Added => "added",
            Role::Removed => "removed",
            Role::Kept => "kept",
            Role::Changed => "changed",
            Role::Moved => "moved",
            Role::Thought => "thought",
            Role::Text
            | Role::Strong
            | Role::Dim
            | Role::Border
            | Role::Focus
            | Role::Title
            | Role::Accent
            | Role::Key
            | Role::Error
            | Role::Warning
            | Role::Selected => "",
        }
    }
}

/// How roles look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    colour: bool,
}

impl Theme {
    /// Returns the theme for this terminal: plain where `NO_COLOR` is set and not empty, or `TERM` is `dumb`.
    pub fn from_env() -> Theme {
        let set = |name: &str| std::env::var_os(name).unwrap_or_default();
        if set("NO_COLOR").is_empty() && set("TERM") != "dumb" { Theme::coloured() } else { Theme::plain() }
    }

    /// Returns the theme in the terminal's 16 colours.
    pub fn coloured() -> Theme {
        Theme { colour: true }
    }

    /// Returns the theme without colours.
    pub fn plain() -> Theme {
        Theme { colour: false }
    }

    /// Returns whether colours are used.
    pub fn has_colour(&self) -> bool {
        self.colour
    }

    /// Returns the theme with or without colours.
    pub fn new(colour: bool) -> Theme {
        Theme { colour }
    }

    /// Returns the style of a part of the screen, or of a sign's glyph (for words beside it, see [`Theme::words`]).
    pub fn style(&self, role: Role) -> Style {
        let (colour, modifiers) = match role {
            Role::Done => (Some(Color::Green), Modifier::empty()),
            Role::Current => (Some(Color::Cyan), Modifier::BOLD),
            Role::Pending | Role::Kept => (None, Modifier::empty()),
            Role::Failed => (Some(Color::Red), Modifier::BOLD),
            Role::Skipped => (None, Modifier::empty()),
            Role::Stale => (Some(Color::Magenta), Modifier::empty()),
            Role::Refuted => (Some(Color::Red), Modifier::BOLD),
            Role::Breakpoint => (Some(Color::Red), Modifier::empty()),
            Role::Injected => (Some(Color::Magenta), Modifier::BOLD),
            Role::Surprise => (Some(Color::Red), Modifier::BOLD),
            Role::Replanned => (Some(Color::Cyan), Modifier::BOLD),
            Role::Recorded => (Some(Color::Blue), Modifier::empty()),
            Role::Interrupted => (Some(Color::Magenta), Modifier::BOLD),
            Role::Added => (Some(Color::Green), Modifier::BOLD),
            Role::Removed => (Some(Color::Red), Modifier::empty()),
            Role::Changed => (Some(Color::Magenta), Modifier::BOLD),
            Role::Moved | Role::Thought => (Some(Color::Blue), Modifier::BOLD),
            Role::Text | Role::Dim => (None, Modifier::empty()),
            Role::Strong | Role::Title | Role::Key | Role::Warning => (None, Modifier::BOLD),
            // Frames carry no meaning: the one thing that may be dim.
            Role::Border => (None, Modifier::DIM),
            Role::Focus | Role::Accent => (Some(Color::Cyan), Modifier::BOLD),
            Role::Error => (None, Modifier::BOLD.union(Modifier::UNDERLINED)),
            Role::Selected => (None, Modifier::REVERSED),
        };
        self.paint(colour, modifiers)
    }

    /// Returns the style of words that say a role: weight, never colour.
    pub fn words(&self, role: Role) -> Style {
        let modifiers = match role {
            Role::Current
            | Role::Failed
            | Role::Refuted
            | Role::Surprise
            | Role::Interrupted
            | Role::Added
            | Role::Changed => Modifier::BOLD,
            Role::Stale => Modifier::ITALIC,
            Role::Removed | Role::Skipped => Modifier::CROSSED_OUT,
            Role::Done
            | Role::Pending
            | Role::Breakpoint
            | Role::Injected
            | Role::Replanned
            | Role::Recorded
            | Role::Kept
            | Role::Moved
            | Role::Thought
            | Role::Text
            | Role::Dim
            | Role::Border
            | Role::Selected => Modifier::empty(),
            Role::Strong | Role::Title | Role::Key | Role::Accent | Role::Focus | Role::Warning => Modifier::BOLD,
            Role::Error => Modifier::BOLD.union(Modifier::UNDERLINED),
        };
        Style::new().add_modifier(modifiers)
    }

    fn paint(&self, colour: Option<Color>, modifiers: Modifier) -> Style {
        let style = Style::new().add_modifier(modifiers);
        match colour {
            Some(colour) if self.colour => style.fg(colour),
            Some(_) | None => style,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_glyph_fills_exactly_one_cell() {
        for role in Role::SIGNS {
            assert_eq!(unicode_width::UnicodeWidthStr::width(role.glyph()), 1, "{role:?}");
        }
    }

    #[test]
    fn no_role_uses_a_colour_that_vanishes_on_light_or_dark_backgrounds() {
        let theme = Theme::coloured();
        for role in Role::SIGNS {
            let colour = theme.style(role).fg;
            let gone = [Color::White, Color::Black, Color::Yellow, Color::Gray, Color::DarkGray];
            assert!(colour.is_none_or(|colour| !gone.contains(&colour)), "{role:?}");
            assert_eq!(theme.words(role).fg, None, "{role:?}");
        }
    }

    #[test]
    fn the_plain_theme_has_modifiers_only() {
        for role in Role::SIGNS {
            let style = Theme::plain().style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
        }
        assert_eq!(Theme::plain().style(Role::Focus).fg, None);
    }
}
