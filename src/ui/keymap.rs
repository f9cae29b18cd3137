//! The keymap: which key means what, where. Keys are data (`assets/keymap.json`); footer, help and README follow it.
//!
//! A mode is a place with its own keys. The modes that are active stand in order, the most specific first, and the
//! first that knows a key decides. The same key twice in one mode is a fault of the file.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};
use foldhash::fast::RandomState;
use serde_json::Value;

use crate::describe::keys;
use crate::describe::nearest::nearest;
use crate::runtime::config::{Config, Effective, Fault, OwnKeys};
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
    /// What a why rests on is lit.
    Lit,
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
    /// It is tried out what could go wrong.
    Stress,
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
    /// The page about the tools is open.
    Tools,
    /// A page to read is open.
    Page,
}

impl Mode {
    /// Every mode, in the order of the keymap file.
    pub const ALL: [Mode; 32] = [
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
        Mode::Lit,
        Mode::Again,
        Mode::Past,
        Mode::Report,
        Mode::Plan,
        Mode::Context,
        Mode::Trace,
        Mode::Everywhere,
        Mode::Compare,
        Mode::Stress,
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
        Mode::Tools,
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
            Mode::Lit => "lit",
            Mode::Again => "again",
            Mode::Past => "past",
            Mode::Report => "report",
            Mode::Plan => "plan",
            Mode::Context => "context",
            Mode::Trace => "trace",
            Mode::Everywhere => "everywhere",
            Mode::Compare => "compare",
            Mode::Stress => "stress",
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
            Mode::Tools => "tools",
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
    /// The keys as a file writes them.
    pub written: Vec<String>,
}

/// A part of a sentence: a text, or a key with the action that it stands for.
pub type Part<'w> = (Cow<'w, str>, Option<Action>);

/// Which key means what, where.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
    by_key: HashMap<(Mode, KeyPress), Action, RandomState>,
    /// What is active in the modes that were asked for last: each frame asks many times.
    known: RefCell<Vec<(Vec<Mode>, Active)>>,
}

/// What can be pressed where some modes are active.
type Active = Arc<[(KeyPress, Action)]>;

/// For how many sets of modes it is kept what is active there.
const KNOWN: usize = 8;

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
        let mut map = Keymap { bindings: Vec::new(), by_key: HashMap::default(), known: RefCell::default() };
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

    /// Returns the keys that `config` comes to, as a file would have them, and what is wrong with those in it.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the program's own file.
    pub fn effective(config: &Config) -> Result<Effective, String> {
        let (map, faults) = Keymap::with_own(&config.keys)?;
        let line = |line: Binding| (line.mode.name(), line.action.name(), line.written);
        Ok(Effective { lines: map.bindings.into_iter().map(line).collect(), faults })
    }

    /// Returns the keymap that the program comes with, with the keys that a person has set in their place, and what is
    /// wrong with these. A key that is set for one action is taken from the others of that mode.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the program's own file.
    pub fn with_own(own: &[OwnKeys]) -> Result<(Keymap, Vec<Fault>), String> {
        let mut map = Keymap::built_in()?;
        let mut faults = Vec::new();
        let mut set: HashSet<(Mode, KeyPress)> = HashSet::new();
        for line in own {
            if let Err(message) = map.rebind(line, &mut set) {
                faults.push(Fault { line: Some(line.line), message });
            }
        }
        if !map.bindings.iter().any(|line| line.action == Action::Quit && !line.keys.is_empty()) {
            let usual = Keymap::built_in()?;
            let line = own.iter().find(|line| line.action == Action::Quit.name()).map(|line| line.line);
            faults.push(Fault { line, message: "no key would be left to quit".into() });
            return Ok((usual, faults));
        }
        Ok((map, faults))
    }

    /// Gives an action the keys of `own`, of which none may be in `set` already.
    fn rebind(&mut self, own: &OwnKeys, set: &mut HashSet<(Mode, KeyPress)>) -> Result<(), String> {
        let modes = || Mode::ALL.into_iter();
        let mode = modes().find(|mode| mode.name() == own.mode).ok_or_else(|| {
            let names = modes().map(Mode::name).collect::<Vec<_>>();
            format!("there is no mode {}{}: there are {}", own.mode, meant(&own.mode, &names), names.join(", "))
        })?;
        let here = |line: &Binding| line.mode == mode && line.action.name() == own.action;
        let Some(at) = self.bindings.iter().position(here) else {
            let lines = self.bindings.iter().filter(|line| line.mode == mode);
            let names = lines.map(|line| line.action.name()).collect::<Vec<_>>();
            let near = meant(&own.action, &names);
            return Err(format!("{} has no action {}{near}: it has {}", own.mode, own.action, names.join(", ")));
        };
        let presses = own.keys.iter().map(|text| press_in(mode, text)).collect::<Result<Vec<_>, _>>()?;
        if let Some(twice) = presses.iter().find(|press| set.contains(&(mode, **press))) {
            let other = self.action(&[mode], *twice).map_or("another action", Action::name);
            return Err(format!("{twice} is set for {other} already"));
        }
        set.extend(presses.iter().map(|press| (mode, *press)));
        let action = self.bindings[at].action;
        self.by_key
            .retain(|(place, press), meaning| *place != mode || (*meaning != action && !presses.contains(press)));
        for line in self.bindings.iter_mut().filter(|line| line.mode == mode) {
            let keeps: Vec<bool> = line.keys.iter().map(|press| !presses.contains(press)).collect();
            let mut kept = keeps.iter();
            line.keys.retain(|_| *kept.next().unwrap_or(&true));
            let mut kept = keeps.iter();
            line.written.retain(|_| *kept.next().unwrap_or(&true));
        }
        self.by_key.extend(presses.iter().map(|press| ((mode, *press), action)));
        let line = &mut self.bindings[at];
        (line.keys, line.written) = (presses, own.keys.clone());
        self.known.take();
        Ok(())
    }

    fn bind(&mut self, mode: Mode, action: Action, keys: &Value) -> Result<(), String> {
        let place = || format!("{} in {}", action.name(), mode.name());
        let Value::Array(keys) = keys else {
            return Err(format!("The keys of {} must be a list.", place()));
        };
        let (mut presses, mut written) = (Vec::new(), Vec::new());
        for key in keys {
            let text = key.as_str().ok_or_else(|| format!("A key of {} is not a text.", place()))?;
            let press = press_in(mode, text).map_err(|why| format!("{why}: a key of {}.", place()))?;
            if let Some(other) = self.by_key.insert((mode, press), action) {
                return Err(format!("\"{text}\" means both {} and {}.", other.name(), place()));
            }
            presses.push(press);
            written.push(text.to_owned());
        }
        self.bindings.push(Binding { mode, action, keys: presses, written });
        Ok(())
    }

    /// Returns what `press` means where `modes` are active, the most specific first.
    pub fn action(&self, modes: &[Mode], press: KeyPress) -> Option<Action> {
        let means = |press: KeyPress| modes.iter().find_map(|&mode| self.by_key.get(&(mode, press)).copied());
        // What is typed before the terminal is taken arrives as a line feed where Enter was pressed.
        means(press).or_else(|| (press == KeyPress::ctrl('j')).then(|| means(KeyPress::plain(Key::Enter))).flatten())
    }

    /// Returns the key to show for `action` where `modes` are active: the first that no earlier mode takes away.
    pub fn key_for(&self, modes: &[Mode], action: Action) -> Option<KeyPress> {
        self.active(modes).iter().find(|(_, active)| *active == action).map(|(press, _)| *press)
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
    pub fn active(&self, modes: &[Mode]) -> Active {
        if let Some((_, active)) = self.known.borrow().iter().find(|(known, _)| known == modes) {
            return active.clone();
        }
        let of_mode = |mode: Mode| self.bindings.iter().filter(move |binding| binding.mode == mode);
        let active = modes.iter().copied().flat_map(of_mode).filter_map(|binding| {
            let reaches = |press: &&KeyPress| self.action(modes, **press) == Some(binding.action);
            binding.keys.iter().find(reaches).map(|press| (*press, binding.action))
        });
        let active: Active = active.collect();
        let mut known = self.known.borrow_mut();
        known.truncate(KNOWN - 1);
        known.insert(0, (modes.to_vec(), active.clone()));
        active
    }

    /// Returns all lines of the keymap, in the order of the file.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }
}

/// Reads one key that is to mean something in `mode`.
fn press_in(mode: Mode, text: &str) -> Result<KeyPress, String> {
    let press = parse_key(text)
        .ok_or_else(|| format!("\"{text}\" names no key (a key is written x, shift-x, ctrl-x, alt-x, enter, f5)"))?;
    if mode.types() && press.typed().is_some() {
        return Err(format!("\"{text}\" is typed in {}: take a chord, or a key like esc", mode.name()));
    }
    Ok(press)
}

/// Returns the nearest of `known` to a name that none of them is, as it follows that name.
fn meant(typed: &str, known: &[&str]) -> String {
    nearest(typed, known.iter().copied()).map(|near| format!(" (did you mean {near}?)")).unwrap_or_default()
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
            assert!(error.starts_with(&format!("\"x\" is typed in {mode}")), "{error}");
        }
    }

    fn own(mode: &str, action: &str, keys: &[&str], line: usize) -> OwnKeys {
        OwnKeys { mode: mode.into(), action: action.into(), keys: keys.iter().map(ToString::to_string).collect(), line }
    }

    #[test]
    fn a_key_of_ones_own_is_taken_from_who_had_it_and_what_is_faulty_stays_as_it_was() {
        let lines = [
            own("plan", "delete", &["e", "ctrl-d"], 2),
            own("plan", "skip", &["hyper-x"], 3),
            own("plan", "rerun", &["e"], 4),
            own("plann", "edit", &["e"], 5),
            own("plan", "delet", &["e"], 6),
            own("form", "close", &["x"], 7),
            own("plan", "move_up", &[], 8),
        ];
        let (map, faults) = Keymap::with_own(&lines).expect("the built-in keymap");
        let e = KeyPress::char('e');
        assert_eq!(map.action(&[Mode::Plan], e), Some(Action::Delete));
        assert_eq!(map.key_for(&[Mode::Plan], Action::Delete), Some(e));
        assert_eq!(map.action(&[Mode::Plan], KeyPress::char('d')), None, "its old key is free");
        assert_eq!(map.key_for(&[Mode::Plan], Action::Edit), None, "its key was taken");
        assert_eq!(map.key_for(&[Mode::Plan], Action::MoveUp), None);
        let usual = Keymap::built_in().expect("the built-in keymap");
        assert_eq!(map.key_for(&[Mode::Plan], Action::Skip), usual.key_for(&[Mode::Plan], Action::Skip));
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [3, 4, 5, 6, 7].map(Some));
        let said = faults.iter().map(|fault| &*fault.message).collect::<Vec<_>>();
        assert!(said[1].contains("delete") && said[2].contains("did you mean plan?"), "{said:?}");
        assert!(said[3].contains("did you mean delete?") && said[4].contains("is typed in form"), "{said:?}");
    }

    #[test]
    fn one_can_always_quit() {
        let quits = Keymap::built_in().expect("the built-in keymap");
        let lines: Vec<OwnKeys> = quits
            .bindings()
            .iter()
            .filter(|line| line.action == Action::Quit)
            .map(|line| own(line.mode.name(), "quit", &[], 1))
            .collect();
        let (map, faults) = Keymap::with_own(&lines).expect("the built-in keymap");
        assert!(map.key_for(&[Mode::Everywhere], Action::Quit).is_some());
        assert!(faults.iter().any(|fault| fault.message.contains("quit")), "{faults:?}");
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
