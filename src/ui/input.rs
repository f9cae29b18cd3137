//! What a person does with keyboard and mouse, in words that know no terminal library.
//!
//! Panes, dialogs and tests speak these types; `keymap` and the event loop translate from crossterm.

/// A key on the keyboard. A character carries its case: `Shift` never comes with [`Key::Char`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A printable character, space included.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// A function key, from 1.
    F(u8),
}

/// A key with the modifiers that were held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyPress {
    /// The key.
    pub key: Key,
    /// Whether Ctrl was held.
    pub ctrl: bool,
    /// Whether Alt was held.
    pub alt: bool,
    /// Whether Shift was held; always false for characters, whose case says it.
    pub shift: bool,
}

/// What the mouse did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MouseAct {
    /// The left button went down.
    Click,
    /// The mouse moved on with the left button held down.
    Drag,
    /// The wheel turned away from the person: towards the top.
    WheelUp,
    /// The wheel turned towards the person: towards the end.
    WheelDown,
}

/// One thing that came in from the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed (or repeats).
    Key(KeyPress),
    /// Text was pasted: it is text, never keys.
    Paste(String),
    /// The mouse did something at a cell.
    Mouse {
        /// What it did.
        act: MouseAct,
        /// The column, from 0.
        column: u16,
        /// The row, from 0.
        row: u16,
    },
    /// The terminal has another size now.
    Resized {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
}

/// The keys that are no characters, as they are shown.
const NAMED: [(&str, Key); 16] = [
    ("space", Key::Char(' ')),
    ("Enter", Key::Enter),
    ("Esc", Key::Esc),
    ("Tab", Key::Tab),
    ("S-Tab", Key::BackTab),
    ("Backspace", Key::Backspace),
    ("Del", Key::Delete),
    ("Ins", Key::Insert),
    ("↑", Key::Up),
    ("↓", Key::Down),
    ("←", Key::Left),
    ("→", Key::Right),
    ("Home", Key::Home),
    ("End", Key::End),
    ("PgUp", Key::PageUp),
    ("PgDn", Key::PageDown),
];

impl KeyPress {
    /// Returns the press of `key` alone.
    pub fn plain(key: Key) -> KeyPress {
        KeyPress { key, ctrl: false, alt: false, shift: false }
    }

    /// Returns the press of the character `c` alone.
    pub fn char(c: char) -> KeyPress {
        KeyPress::plain(Key::Char(c))
    }

    /// Returns the press of the character `c` with Ctrl.
    pub fn ctrl(c: char) -> KeyPress {
        KeyPress { ctrl: true, ..KeyPress::char(c) }
    }

    /// Returns the press that is shown like this (see `Display`), or none where it is not one key.
    pub fn shown(words: &str) -> Option<KeyPress> {
        if let Some(rest) = words.strip_prefix("C-") {
            return Some(KeyPress { ctrl: true, ..KeyPress::shown(rest)? });
        }
        if let Some(rest) = words.strip_prefix("A-") {
            return Some(KeyPress { alt: true, ..KeyPress::shown(rest)? });
        }
        let mut chars = words.chars();
        match (NAMED.iter().find(|(name, _)| *name == words), chars.next(), chars.next()) {
            (Some((_, key)), ..) => Some(KeyPress::plain(*key)),
            (None, Some(only), None) => Some(KeyPress::char(only)),
            (None, ..) => None,
        }
    }

    /// Returns the character that this press types into a text field, if it types one.
    pub fn typed(&self) -> Option<char> {
        match self.key {
            Key::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }
}

impl std::fmt::Display for KeyPress {
    /// Writes the press as footers and the help show it: `space`, `C-r`, `S-Tab`, `PgUp`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.ctrl {
            f.write_str("C-")?;
        }
        if self.alt {
            f.write_str("A-")?;
        }
        if self.shift && self.key != Key::BackTab {
            f.write_str("S-")?;
        }
        match self.key {
            Key::Char(' ') => f.write_str("space"),
            Key::Char(c) => write!(f, "{c}"),
            Key::Enter => f.write_str("Enter"),
            Key::Esc => f.write_str("Esc"),
            Key::Tab => f.write_str("Tab"),
            Key::BackTab => f.write_str("S-Tab"),
            Key::Backspace => f.write_str("Backspace"),
            Key::Delete => f.write_str("Del"),
            Key::Insert => f.write_str("Ins"),
            Key::Left => f.write_str("←"),
            Key::Right => f.write_str("→"),
            Key::Up => f.write_str("↑"),
            Key::Down => f.write_str("↓"),
            Key::Home => f.write_str("Home"),
            Key::End => f.write_str("End"),
            Key::PageUp => f.write_str("PgUp"),
            Key::PageDown => f.write_str("PgDn"),
            Key::F(n) => write!(f, "F{n}"),
        }
    }
}

impl From<KeyPress> for tui_textarea::Input {
    /// Returns the press as the text area knows it; what it does not know is nothing to it.
    fn from(press: KeyPress) -> tui_textarea::Input {
        use tui_textarea::Key as Area;
        let key = match press.key {
            Key::Char(c) => Area::Char(c),
            Key::Enter => Area::Enter,
            Key::Esc => Area::Esc,
            Key::Tab | Key::BackTab => Area::Tab,
            Key::Backspace => Area::Backspace,
            Key::Delete => Area::Delete,
            Key::Insert => Area::Null,
            Key::Left => Area::Left,
            Key::Right => Area::Right,
            Key::Up => Area::Up,
            Key::Down => Area::Down,
            Key::Home => Area::Home,
            Key::End => Area::End,
            Key::PageUp => Area::PageUp,
            Key::PageDown => Area::PageDown,
            Key::F(n) => Area::F(n),
        };
        let shift = press.shift || press.key == Key::BackTab;
        tui_textarea::Input { key, ctrl: press.ctrl, alt: press.alt, shift }
    }
}
