//! How the screen's signs look: a style for every role, for the background that the terminal has.
//!
//! On a known background the colours are fixed ones of the 256 that terminals agree on, chosen so that every text has
//! a contrast of at least 4.5:1 (a test measures it). Where there are 16 colours only, the terminal says how they
//! look, and none of them is readable as text on light *and* dark backgrounds: so a glyph carries the colour
//! ([`Theme::style`]), and words beside it carry weight only ([`Theme::words`]). Nothing that means something is
//! dimmed. With `NO_COLOR` the modifiers alone remain: every role still has its glyph and its word.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::runtime::opening::ThemeName;

/// How roles look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme(Colours);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colours {
    /// None: modifiers only.
    Plain,
    /// The terminal's own 16.
    Sixteen,
    /// Fixed ones for this background; `rgb`: soft ones behind rows too.
    Fixed { light: bool, rgb: bool },
}

/// A colour as roles share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hue {
    Green,
    Cyan,
    Red,
    Violet,
    Blue,
    /// Of frames.
    Frame,
}

/// What was chosen, and what is left to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The theme.
    pub theme: Theme,
    /// Whether the terminal is to be asked for its background.
    pub ask: bool,
    /// What is wrong with the choice, as a sentence.
    pub complaint: Option<String>,
}

impl Theme {
    /// Returns the theme that the option `named`, else `PLANSCOPE_THEME`, else the file of settings (`set`) asks for, in
    /// what the terminal can show; `env` reads the environment. `NO_COLOR` wins over all of them.
    pub fn choose(named: Option<ThemeName>, set: Option<ThemeName>, env: impl Fn(&str) -> Option<String>) -> Chosen {
        let of = |name: &str| env(name).unwrap_or_default();
        let (asked, term) = (of("PLANSCOPE_THEME"), of("TERM"));
        let wanted = named.or_else(|| ThemeName::parse(&asked));
        let complaint = (wanted.is_none() && !asked.is_empty()).then(|| {
            let names = ThemeName::ALL.map(ThemeName::word).join(", ");
            format!("PLANSCOPE_THEME is \"{asked}\", which is not a theme: the default applies; themes are {names}")
        });
        let rgb = matches!(of("COLORTERM").as_str(), "truecolor" | "24bit") || term.ends_with("-direct");
        let modern = ["256color", "kitty", "alacritty", "foot", "wezterm", "ghostty"];
        let many = rgb || cfg!(windows) || modern.iter().any(|name| term.contains(name));
        // The last field is the background, as a number of the 16: white ones are light.
        let said = of("COLORFGBG").rsplit(';').next().and_then(|last| last.parse::<u8>().ok());
        let wanted = wanted.or(set).unwrap_or(ThemeName::Auto);
        let light = match wanted {
            ThemeName::Light => true,
            _ => wanted == ThemeName::Auto && said.is_some_and(|at| at == 7 || (9..16).contains(&at)),
        };
        let colours = match wanted {
            _ if !of("NO_COLOR").is_empty() || term == "dumb" => Colours::Plain,
            ThemeName::Plain => Colours::Plain,
            ThemeName::Terminal => Colours::Sixteen,
            ThemeName::Auto | ThemeName::Dark | ThemeName::Light if many => Colours::Fixed { light, rgb },
            ThemeName::Auto | ThemeName::Dark | ThemeName::Light => Colours::Sixteen,
        };
        // GNU screen hands the question on to whatever terminals it is shown on, and the answers of all of them back.
        let answers = cfg!(unix) && !(term.starts_with("screen") && of("TMUX").is_empty());
        let ask = wanted == ThemeName::Auto && matches!(colours, Colours::Fixed { .. }) && answers;
        Chosen { theme: Theme(colours), ask, complaint }
    }

    /// Returns the theme for a terminal whose background turned out to be this one.
    pub fn on(self, background: (u8, u8, u8)) -> Theme {
        match self.0 {
            // Where black stands out more than white does, it is light.
            Colours::Fixed { rgb, .. } => Theme(Colours::Fixed { light: luminance(background) > 0.18, rgb }),
            Colours::Plain | Colours::Sixteen => self,
        }
    }

    /// Returns the theme in the terminal's 16 colours.
    pub fn coloured() -> Theme {
        Theme(Colours::Sixteen)
    }

    /// Returns the theme without colours.
    pub fn plain() -> Theme {
        Theme(Colours::Plain)
    }

    /// Returns the style of a part of the screen, or of a sign's glyph (for words beside it, see [`Theme::words`]).
    pub fn style(&self, role: Role) -> Style {
        let (hue, modifiers) = match role {
            Role::Done => (Some(Hue::Green), Modifier::empty()),
            Role::Current => (Some(Hue::Cyan), Modifier::BOLD),
            Role::Pending | Role::Kept => (None, Modifier::empty()),
            Role::Failed => (Some(Hue::Red), Modifier::BOLD),
            Role::Skipped => (None, Modifier::empty()),
            Role::Stale => (Some(Hue::Violet), Modifier::empty()),
            Role::Refuted => (Some(Hue::Red), Modifier::BOLD),
            Role::Breakpoint => (Some(Hue::Red), Modifier::empty()),
            Role::Injected => (Some(Hue::Violet), Modifier::BOLD),
            Role::Surprise => (Some(Hue::Red), Modifier::BOLD),
            Role::Replanned => (Some(Hue::Cyan), Modifier::BOLD),
            Role::Recorded => (Some(Hue::Blue), Modifier::empty()),
            Role::Interrupted => (Some(Hue::Violet), Modifier::BOLD),
            Role::Added => (Some(Hue::Green), Modifier::BOLD),
            Role::Removed => (Some(Hue::Red), Modifier::empty()),
            Role::Changed => (Some(Hue::Violet), Modifier::BOLD),
            Role::Moved | Role::Thought => (Some(Hue::Blue), Modifier::BOLD),
            Role::Text | Role::Dim => (None, Modifier::empty()),
            // On a frame, a title has the colour of text.
            Role::Title if self.is_fixed() => return Style::new().fg(Color::Reset).add_modifier(Modifier::BOLD),
            Role::Strong | Role::Title | Role::Key | Role::Warning => (None, Modifier::BOLD),
            Role::Border => (Some(Hue::Frame), Modifier::empty()),
            Role::Focus | Role::Accent => (Some(Hue::Cyan), Modifier::BOLD),
            Role::Error => (None, Modifier::BOLD.union(Modifier::UNDERLINED)),
            Role::Selected => return self.bar(),
        };
        let style = Style::new().add_modifier(modifiers);
        match (hue, self.0) {
            // Frames carry no meaning: the one thing that may be dim.
            (Some(Hue::Frame), Colours::Plain | Colours::Sixteen) => style.add_modifier(Modifier::DIM),
            (Some(hue), _) => self.colour(hue).map_or(style, |colour| style.fg(colour)),
            (None, _) => style,
        }
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

    /// Returns the colour of a role for words, where the background is known and it can be read.
    pub fn tone(&self, role: Role) -> Style {
        if self.is_fixed() { Style { fg: self.style(role).fg, ..Style::new() } } else { Style::new() }
    }

    /// Returns the style of a whole row about something that is stale, broken, new or gone, under those of its parts;
    /// of a row with any other role: none.
    pub fn row(&self, role: Role) -> Style {
        let (dark, light) = match role {
            Role::Stale => ((0x2d, 0x21, 0x40), (0xf5, 0xec, 0xfd)),
            Role::Failed | Role::Refuted | Role::Surprise => ((0x45, 0x19, 0x1c), (0xff, 0xe9, 0xe9)),
            Role::Added => ((0x12, 0x2a, 0x19), (0xe3, 0xf6, 0xe3)),
            Role::Removed => ((0x33, 0x22, 0x26), (0xf7, 0xee, 0xee)),
            _ => return Style::new(), // what is as it should be has no colour of its own
        };
        match self.0 {
            // What is new is bold where it is named, which is enough.
            Colours::Plain | Colours::Sixteen if role == Role::Added => Style::new(),
            Colours::Plain | Colours::Sixteen => self.words(role),
            // The 256 have nothing soft: the words take the colour of the sign.
            Colours::Fixed { rgb: false, .. } => self.style(role).remove_modifier(Modifier::BOLD),
            Colours::Fixed { light: is_light, rgb: true } => {
                let (r, g, b) = if is_light { light } else { dark };
                Style::new().fg(self.text()).bg(Color::Rgb(r, g, b))
            }
        }
    }

    /// Returns `line` as a row about something with this role.
    pub fn tint(&self, line: Line<'static>, role: Role) -> Line<'static> {
        let style = self.row(role).patch(line.style);
        line.style(style)
    }

    /// Returns `line` under the cursor: a bar that leaves the signs on it their colours. A row that says with its colour how
    /// it stands goes on saying it, louder.
    pub fn select(&self, line: Line<'static>) -> Line<'static> {
        let louder = |part: u8| match self.0 {
            Colours::Fixed { light: true, .. } => part - part / 16,
            _ => part.saturating_add(part / 2),
        };
        let bar = match line.style.bg {
            Some(Color::Rgb(r, g, b)) if self.is_fixed() => {
                self.bar().bg(Color::Rgb(louder(r), louder(g), louder(b))).add_modifier(Modifier::BOLD)
            }
            _ => self.bar(),
        };
        let frame = self.style(Role::Border).fg.filter(|_| self.is_fixed());
        let row = if self.is_fixed() { bar } else { line.style.patch(bar) };
        let spans = line.spans.into_iter().map(|span| {
            // What is grey, or the terminal's own, would not be readable on every bar; where the bar is the row turned
            // around, a sign of another colour would cut a piece out of it.
            let own = !self.is_fixed() || span.style.fg == frame || span.style.fg == Some(Color::Reset);
            let style = if own { Style { fg: None, ..span.style } } else { span.style };
            span.style(row.patch(style))
        });
        Line::from(spans.collect::<Vec<_>>())
    }

    /// Returns `line` as it stands beside what is shown: grey, and readable. A row that says with its colour how it stands goes
    /// on saying it; where the background is not known nothing is dimmed, and what is shown has its signs.
    pub fn aside(&self, line: Line<'static>) -> Line<'static> {
        if line.style.bg.is_some() {
            return line;
        }
        let grey = match self.colour(Hue::Frame) {
            Some(grey) => Style::new().fg(grey),
            None => Style::new().add_modifier(Modifier::DIM),
        };
        let grey = grey.remove_modifier(Modifier::BOLD);
        let spans = line.spans.into_iter().map(|span| {
            let style = if span.style.bg.is_some() { span.style } else { span.style.patch(grey) };
            span.style(style)
        });
        Line::from(spans.collect::<Vec<_>>()).style(line.style.patch(grey))
    }

    /// Returns the style of the character under the cursor of a text field.
    pub fn caret(&self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// Makes what was drawn in `area` step back behind what is drawn over it.
    pub fn step_back(&self, area: Rect, buf: &mut Buffer) {
        let behind = match self.0 {
            Colours::Plain | Colours::Sixteen => Style::reset().add_modifier(Modifier::DIM),
            Colours::Fixed { light, .. } => Style::reset().fg(Color::Indexed(if light { 248 } else { 240 })),
        };
        buf.set_style(area, behind);
    }

    fn is_fixed(&self) -> bool {
        matches!(self.0, Colours::Fixed { .. })
    }

    /// Returns the colour of text where something stands behind it.
    fn text(&self) -> Color {
        Color::Indexed(if matches!(self.0, Colours::Fixed { light: true, .. }) { 234 } else { 255 })
    }

    /// Returns the style of the bar under the cursor: calm where the background is known.
    fn bar(&self) -> Style {
        let behind = match self.0 {
            Colours::Plain | Colours::Sixteen => return Style::new().add_modifier(Modifier::REVERSED),
            Colours::Fixed { light: false, rgb: true } => Color::Rgb(0x20, 0x40, 0x6a),
            Colours::Fixed { light: false, rgb: false } => Color::Indexed(237),
            Colours::Fixed { light: true, rgb: true } => Color::Rgb(0xcf, 0xe0, 0xf5),
            Colours::Fixed { light: true, rgb: false } => Color::Indexed(189),
        };
        Style::new().fg(self.text()).bg(behind)
    }

    fn colour(&self, hue: Hue) -> Option<Color> {
        let sixteen = |colour| Some(colour);
        let (sixteen, dark, light) = match hue {
            Hue::Green => (sixteen(Color::Green), 114, 22),
            Hue::Cyan => (sixteen(Color::Cyan), 80, 23),
            Hue::Red => (sixteen(Color::Red), 210, 124),
            Hue::Violet => (sixteen(Color::Magenta), 183, 91),
            Hue::Blue => (sixteen(Color::Blue), 111, 25),
            Hue::Frame => (None, 246, 242),
        };
        match self.0 {
            Colours::Plain => None,
            Colours::Sixteen => sixteen,
            Colours::Fixed { light: is_light, .. } => Some(Color::Indexed(if is_light { light } else { dark })),
        }
    }
}

/// Returns how much light a colour gives, from 0 to 1, as WCAG reckons it.
fn luminance((r, g, b): (u8, u8, u8)) -> f64 {
    let part = |part: u8| match f64::from(part) / 255.0 {
        part if part <= 0.04045 => part / 12.92,
        part => ((part + 0.055) / 1.055).powf(2.4),
    };
    0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
}

#[cfg(test)]
mod tests;
