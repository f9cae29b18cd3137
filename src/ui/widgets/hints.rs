//! The bottom line of a dialog: what its keys do, each by the key that the keymap has for it.

use crate::ui::action::Action;
use crate::ui::input::{Key, KeyPress};
use crate::ui::keymap::{Keymap, Mode};

/// What one key, or a few that belong together, do.
#[derive(Clone, Debug)]
pub(crate) struct Hint {
    /// The keys, as they are shown.
    pub keys: String,
    /// The key that a click on it stands for; none where there are several.
    pub press: Option<KeyPress>,
    /// What they do.
    pub words: &'static str,
}

/// Hints in the order in which they are added, where these modes are active.
pub(crate) struct Hints<'a> {
    keymap: &'a Keymap,
    modes: &'a [Mode],
    list: Vec<Hint>,
}

impl<'a> Hints<'a> {
    pub(crate) fn new(keymap: &'a Keymap, modes: &'a [Mode]) -> Hints<'a> {
        Hints { keymap, modes, list: Vec::new() }
    }

    /// Adds what the key of `action` does; nothing where it has none.
    pub(crate) fn key(self, action: Action, words: &'static str) -> Hints<'a> {
        self.keys(&[action], words)
    }

    /// Adds what the keys of these actions do together.
    pub(crate) fn keys(mut self, actions: &[Action], words: &'static str) -> Hints<'a> {
        let presses: Vec<KeyPress> =
            actions.iter().filter_map(|action| self.keymap.key_for(self.modes, *action)).collect();
        let mut keys = String::new();
        for (at, press) in presses.iter().enumerate() {
            let pair = at > 0 && is_arrow(*press) && is_arrow(presses[at - 1]);
            keys.push_str(if at == 0 || pair { "" } else { " " });
            keys.push_str(&press.to_string());
        }
        let press = if let [only] = presses[..] { Some(only) } else { None };
        if !presses.is_empty() {
            self.list.push(Hint { keys, press, words });
        }
        self
    }

    /// Adds what a key does that belongs to the text.
    pub(crate) fn typed(mut self, press: KeyPress, words: &'static str) -> Hints<'a> {
        self.list.push(Hint { keys: press.to_string(), press: Some(press), words });
        self
    }

    /// Adds the keys that edit text.
    pub(crate) fn editing(self) -> Hints<'a> {
        self.key(Action::Clear, "clear").key(Action::UndoTyping, "undo")
    }

    /// Returns them.
    pub(crate) fn done(self) -> Vec<Hint> {
        self.list
    }
}

fn is_arrow(press: KeyPress) -> bool {
    press == KeyPress::plain(press.key) && matches!(press.key, Key::Up | Key::Down | Key::Left | Key::Right)
}
