//! How the screen's signs look: a style for every role.
//!
//! Only the 16 colours of the terminal are used, so that every terminal theme looks intended. No colour of the 16
//! is readable as text on light *and* dark backgrounds; so a glyph carries the colour ([`Theme::style`]), and words
//! beside it carry weight only ([`Theme::words`]). Nothing that means something is dimmed. With `NO_COLOR` the
//! modifiers alone remain: every role still has its glyph and its word.

use ratatui::style::{Color, Modifier, Style};

use crate::describe::sign::Role;

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
