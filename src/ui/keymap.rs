//! The keymap: which key means what, where. Keys are data (`assets/keymap.json`); footer, help and README follow it.
//!
//! A mode is a place with its own keys. The modes that are active stand in order, the most specific first, and the
//! first that knows a key decides. The same key twice in one mode is a fault of the file.

use std::borrow::Cow;
use std::collections::HashMap;

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};
use serde_json::Value;

use crate::describe::keys;
use crate::ui::action::Action;
use crate::ui::input::{Input, Key, KeyPress, MouseAct};

/// The keymap that the program comes with.
const BUILT_IN: &str = include_str!("../../assets/keymap.json");

/// A place with its own keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The start screen.
    Start,
    /// A prepared demo is presented.
    Demo,
    /// The session is presented to an audience.
    Presenting,
    /// A lesson asks something.
    Question,
    /// The goal teaches a lesson.
    Lesson,
    /// What a replan does to the plan is not seen yet.
    Predict,
    /// A proposal is being watched.
    Replan,
    /// The plan, or a risky step, waits for approval.
    Approve,
    /// A turn, or a step with a loop inside, is selected in the plan pane.
    Turn,
    /// Text was searched for.
    Find,
    /// The screen shows a proposal of the past.
    Again,
    /// The screen shows the past.
    Past,
    /// The report at the end has the focus.
    Report,
    /// The plan pane has the focus.
    Plan,
    /// The context pane has the focus.
    Context,
    /// The trace pane has the focus.
    Trace,
    /// Everywhere on the dashboard.
    Everywhere,
    /// The strategies stand side by side.
    Compare,
    /// A form is open; its fields take what is typed.
    Form,
    /// A form whose field is one line: Enter is free.
    Line,
    /// A box to tick in a form is selected.
    Box,
    /// A list that narrows while one types.
    List,
    /// A question with a few answers, each of which has its own key.
    Choice,
    /// The list of breakpoints is open.
    Breakpoints,
    /// The checklist of the plan is open.
    Checks,
    /// The list of branches is open.
    Branches,
    /// The evidence card is open.
    Card,
    /// The plan is open as a map.
    Map,
    /// A page to read is open.
    Page,
}

impl Mode {
    /// Every mode, in the order of the keymap file.
    pub const ALL: [Mode; 29] = [
        Mode::Start,
        Mode::Demo,
        Mode::Presenting,
        Mode::Question,
        Mode::Lesson,
        Mode::Predict,
        Mode::Replan,
        Mode::Approve,
        Mode::Turn,
        Mode::Find,
        Mode::Again,
        Mode::Past,
        Mode::Report,
        Mode::Plan,
        Mode::Context,
        Mode::Trace,
        Mode::Everywhere,
        Mode::Compare,
        Mode::Form,
        Mode::Line,
        Mode::Box,
        Mode::List,
        Mode::Choice,
        Mode::Breakpoints,
        Mode::Checks,
        Mode::Branches,
        Mode::Card,
        Mode::Map,
        Mode::Page,
    ];

    /// Returns the name by which the keymap file knows it.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Start => "start",
            Mode::Demo => "demo",
            Mode::Presenting => "presenting",
            Mode::Question => "question",
            Mode::Lesson => "lesson",
            Mode::Predict => "predict",
            Mode::Replan => "replan",
            Mode::Approve => "approve",
            Mode::Turn => "turn",
            Mode::Find => "find",
            Mode::Again => "again",
            Mode::Past => "past",
            Mode::Report => "report",
            Mode::Plan => "plan",
            Mode::Context => "context",
            Mode::Trace => "trace",
            Mode::Everywhere => "everywhere",
            Mode::Compare => "compare",
            Mode::Form => "form",
            Mode::Line => "line",
            Mode::Box => "box",
            Mode::List => "list",
            Mode::Choice => "choice",
            Mode::Breakpoints => "breakpoints",
            Mode::Checks => "checks",
            Mode::Branches => "branches",
            Mode::Card => "card",
            Mode::Map => "map",
            Mode::Page => "page",
        }
    }

    /// Tells whether printable keys belong to what is open there: to its text, or to its answers.
    fn types(self) -> bool {
        matches!(self, Mode::Form | Mode::Line | Mode::List | Mode::Choice)
    }
}

/// One line of the keymap: the keys that mean an action in a mode.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// Where.
    pub mode: Mode,
    /// What the keys mean.
    pub action: Action,
    /// The keys; the first is the one that the footer shows.
    pub keys: Vec<KeyPress>,
}

/// A part of a sentence: a text, or a key with the action that it stands for.
pub type Part<'w> = (Cow<'w, str>, Option<Action>);

/// Which key means what, where.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
    by_key: HashMap<(Mode, KeyPress), Action>,
}

impl Keymap {
    /// Returns the keymap that the program comes with, or the sentence that says what is wrong with its file.
    ///
    /// # Errors
    /// A sentence that says what is wrong with its file.
    pub fn built_in() -> Result<Keymap, String> {
        Keymap::parse(BUILT_IN)
    }

    /// Reads a keymap. Returns a sentence that names mode, action and key if it cannot be used.
    ///
    /// # Errors
    /// A sentence that names mode, action and key.
    pub fn parse(text: &str) -> Result<Keymap, String> {
        let file: serde_json::Map<String, Value> =
            serde_json::from_str(text).map_err(|error| format!("The keymap is not a JSON object: {error}."))?;
        let mut map = Keymap { bindings: Vec::new(), by_key: HashMap::new() };
        for (mode_name, lines) in &file {
            let mode = Mode::ALL.into_iter().find(|mode| mode.name() == mode_name).ok_or_else(|| {
                format!("The keymap has a mode \"{mode_name}\"; there are {}.", Mode::ALL.map(Mode::name).join(", "))
            })?;
            let Value::Object(lines) = lines else {
                return Err(format!("The keymap's mode \"{mode_name}\" must be an object of action → keys."));
            };
            for (action_name, keys) in lines {
                let action = Action::named(action_name).ok_or_else(|| {
                    format!("The keymap binds \"{action_name}\" in {mode_name}, which is not an action.")
                })?;
                map.bind(mode, action, keys)?;
            }
        }
        Ok(map)
    }

    fn bind(&mut self, mode: Mode, action: Action, keys: &Value) -> Result<(), String> {
        let place = format!("{} in {}", action.name(), mode.name());
        let Value::Array(keys) = keys else {
            return Err(format!("The keys of {place} must be a list."));
        };
        let mut presses = Vec::new();
        for key in keys {
            let text = key.as_str().ok_or_else(|| format!("A key of {place} is not a text."))?;
            let press = parse_key(text).ok_or_else(|| format!("\"{text}\", a key of {place}, names no key."))?;
            if mode.types() && press.typed().is_some() {
                return Err(format!("\"{text}\", a key of {place}, is typed there: take a chord, or a key like Esc."));
            }
            if let Some(other) = self.by_key.insert((mode, press), action) {
                return Err(format!("\"{text}\" means both {} and {place}.", other.name()));
            }
            presses.push(press);
        }
        self.bindings.push(Binding { mode, action, keys: presses });
        Ok(())
    }

    /// Returns what `press` means where `modes` are active, the most specific first.
    pub fn action(&self, modes: &[Mode], press: KeyPress) -> Option<Action> {
        modes.iter().find_map(|&mode| self.by_key.get(&(mode, press)).copied())
    }

    /// Returns the key to show for `action` where `modes` are active: the first that no earlier mode takes away.
    pub fn key_for(&self, modes: &[Mode], action: Action) -> Option<KeyPress> {
        modes.iter().find_map(|&mode| {
            let mut lines = self.bindings.iter().filter(|line| line.mode == mode && line.action == action);
            lines.find_map(|line| line.keys.iter().copied().find(|key| self.action(modes, *key) == Some(action)))
        })
    }

    /// Returns `words` with the keys of the actions that they name (see [`keys`]), where `modes` are active; what has no
    /// key there is named by one that it has elsewhere.
    pub fn fill<'a>(&self, modes: &[Mode], words: &'a str) -> Cow<'a, str> {
        keys::fill(words, |name| self.named(modes, name))
    }

    /// Returns the parts of `words`: a text, or a key with the action that it stands for there.
    pub fn parts<'a>(&self, modes: &[Mode], words: &'a str) -> Vec<Part<'a>> {
        let parts = keys::parts(words, |name| self.named(modes, name));
        parts.into_iter().map(|(part, name)| (part, name.and_then(Action::named))).collect()
    }

    /// Returns the key of the action that is called `name`, as it is shown; behind that of the pane which has it, where
    /// that has not the focus.
    fn named(&self, modes: &[Mode], name: &str) -> Option<String> {
        let action = Action::named(name)?;
        // Where digits choose something else, another key goes through the panes.
        let to = |pane: Action| self.key_for(modes, pane).or_else(|| self.key_for(modes, Action::NextPane));
        let elsewhere = || {
            let line = self.bindings.iter().find(|line| line.action == action)?;
            let pane = match (line.mode, action) {
                (Mode::Plan | Mode::Approve, _) => to(Action::PlanPane),
                (Mode::Context, _) => to(Action::ContextPane),
                (Mode::Trace, _) => to(Action::TracePane),
                (_, Action::PlanPane | Action::ContextPane | Action::TracePane) if let Some(press) = to(action) => {
                    return Some(press.to_string());
                }
                _ => None, // no pane alone has it
            };
            let first = pane.map_or_else(String::new, |press| format!("{press} "));
            Some(format!("{first}{}", line.keys.first()?))
        };
        let here = self.key_for(modes, action).map(|press| press.to_string());
        here.or_else(elsewhere).or_else(|| Some(format!(":{name}")))
    }

    /// Returns what can be pressed where `modes` are active, one key for each action, in the order of the file.
    pub fn active<'a>(&'a self, modes: &'a [Mode]) -> impl Iterator<Item = (KeyPress, Action)> + 'a {
        modes.iter().flat_map(move |&mode| {
            self.bindings.iter().filter(move |binding| binding.mode == mode).filter_map(move |binding| {
                let reaches = |press: &&KeyPress| self.action(modes, **press) == Some(binding.action);
                binding.keys.iter().find(reaches).map(|press| (*press, binding.action))
            })
        })
    }

    /// Returns all lines of the keymap, in the order of the file.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }
}

/// Reads one key as the keymap file writes it: `space`, `shift-g`, `ctrl-r`, `[`.
fn parse_key(text: &str) -> Option<KeyPress> {
    let mut chars = text.chars();
    if let (Some(only), None) = (chars.next(), chars.next()) {
        return Some(KeyPress::char(only));
    }
    let combination = crokey::parse(text).ok()?;
    if !combination.is_ansi_compatible() {
        return None;
    }
    press_of(*combination.codes.first(), combination.modifiers)
}

/// Returns the press that a key code with modifiers is, or none for keys that the program has no word for.
fn press_of(code: KeyCode, modifiers: KeyModifiers) -> Option<KeyPress> {
    let ctrl = modifiers.contains(KeyModifiers::CONTROL);
    let alt = modifiers.contains(KeyModifiers::ALT);
    let shift = modifiers.contains(KeyModifiers::SHIFT);
    let key = match code {
        KeyCode::Char('\r' | '\n') | KeyCode::Enter => Key::Enter,
        KeyCode::Char(c) if shift && !ctrl => Key::Char(c.to_uppercase().next().unwrap_or(c)),
        KeyCode::Char(c) if ctrl => Key::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab if shift => Key::BackTab,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Insert => Key::Insert,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::F(n) => Key::F(n),
        KeyCode::Null
        | KeyCode::CapsLock
        | KeyCode::ScrollLock
        | KeyCode::NumLock
        | KeyCode::PrintScreen
        | KeyCode::Pause
        | KeyCode::Menu
        | KeyCode::KeypadBegin
        | KeyCode::Media(_)
        | KeyCode::Modifier(_) => return None,
    };
    let shift = shift && !matches!(key, Key::Char(_) | Key::BackTab);
    Some(KeyPress { key, ctrl, alt, shift })
}

/// Translates what crossterm read; none for what means nothing here (releases, focus, drags).
pub fn translate(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind == KeyEventKind::Release => None,
        Event::Key(key) => press_of(key.code, key.modifiers).map(Input::Key),
        Event::Paste(text) => Some(Input::Paste(text)),
        Event::Resize(width, height) => Some(Input::Resized { width, height }),
        Event::Mouse(mouse) => {
            let act = match mouse.kind {
                MouseEventKind::Down(MouseButton::Left) => MouseAct::Click,
                MouseEventKind::Drag(MouseButton::Left) => MouseAct::Drag,
                MouseEventKind::ScrollUp => MouseAct::WheelUp,
                MouseEventKind::ScrollDown => MouseAct::WheelDown,
                MouseEventKind::Down(_)
                | MouseEventKind::Up(_)
                | MouseEventKind::Drag(_)
                | MouseEventKind::Moved
                | MouseEventKind::ScrollLeft
                | MouseEventKind::ScrollRight => return None,
            };
            Some(Input::Mouse { act, column: mouse.column, row: mouse.row })
        }
        Event::FocusGained | Event::FocusLost => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_keymap_reads_and_binds_every_action() {
        let map = Keymap::built_in().expect("the built-in keymap");
        for action in Action::ALL {
            let bound = map.bindings().iter().any(|binding| binding.action == *action && !binding.keys.is_empty());
            assert!(bound, "{} has no key", action.name());
        }
    }

    #[test]
    fn a_key_bound_twice_in_a_mode_is_refused_with_both_meanings() {
        let error = Keymap::parse(r#"{"plan": {"edit": ["e"], "delete": ["d", "e"]}}"#).expect_err("a conflict");
        assert_eq!(error, "\"e\" means both edit and delete in plan.");
    }

    #[test]
    fn unknown_modes_actions_and_keys_are_named() {
        let fault = |text: &str| Keymap::parse(text).expect_err("a fault");
        assert!(fault(r#"{"plann": {}}"#).contains("\"plann\""));
        assert!(fault(r#"{"plan": {"fly": ["f"]}}"#).contains("\"fly\" in plan"));
        assert!(fault(r#"{"plan": {"edit": ["hyper-e"]}}"#).contains("\"hyper-e\""));
    }

    #[test]
    fn where_text_is_typed_a_printable_key_means_nothing_else() {
        for mode in ["form", "line", "list", "choice"] {
            let error = Keymap::parse(&format!(r#"{{"{mode}": {{"close": ["esc", "x"]}}}}"#)).expect_err("a typed key");
            assert!(error.starts_with(&format!("\"x\", a key of close in {mode}, is typed there")), "{error}");
        }
    }

    #[test]
    fn the_most_specific_mode_decides_and_hides_the_key_of_the_others() {
        let map = Keymap::built_in().expect("the built-in keymap");
        let modes = [Mode::Replan, Mode::Plan, Mode::Everywhere];
        assert_eq!(map.action(&modes, KeyPress::char('e')), Some(Action::EditProposal));
        assert_eq!(map.action(&modes[1..], KeyPress::char('e')), Some(Action::Edit));
        assert_eq!(map.key_for(&modes, Action::Edit), None);
    }

    #[test]
    fn capital_letters_arrive_the_same_from_every_terminal() {
        let map = Keymap::built_in().expect("the built-in keymap");
        for (code, modifiers) in [
            (KeyCode::Char('G'), KeyModifiers::SHIFT),
            (KeyCode::Char('G'), KeyModifiers::NONE),
            (KeyCode::Char('g'), KeyModifiers::SHIFT),
        ] {
            let press = press_of(code, modifiers).expect("a key");
            assert_eq!(map.action(&[Mode::Everywhere], press), Some(Action::Bottom));
        }
    }
}
