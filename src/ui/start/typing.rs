//! What is typed below the list of the start screen: the path of a file, or the name of a copy, and what it may become.

use super::{Start, complete};
use crate::goal_file::Sample;
use crate::ui::action::Action;
use crate::ui::input::{Input, Key};
use crate::ui::keymap::Mode;
use crate::ui::navigate::Destination;
use crate::ui::screen::Request;

/// The modes that are active while a path is typed.
pub(super) const TYPING: [Mode; 2] = [Mode::Line, Mode::Form];

/// What is typed below the list.
#[derive(Clone, Debug)]
pub(super) struct Typing {
    /// The sample whose copy is named; none: the path of a file is typed.
    pub(super) copy_of: Option<&'static Sample>,
    /// What was typed so far.
    pub(super) text: String,
    /// What the path may become.
    pub(super) found: Vec<String>,
    /// Which of them Tab has put there.
    pub(super) tab: Option<usize>,
}

impl Typing {
    pub(super) fn new(copy_of: Option<&'static Sample>, text: String, recent: &[String]) -> Typing {
        let mut typing = Typing { copy_of, text, found: Vec::new(), tab: None };
        typing.look(recent);
        typing
    }

    /// Looks for what the path may become: where nothing is typed, what was open of late comes first.
    fn look(&mut self, recent: &[String]) {
        self.tab = None;
        if self.copy_of.is_some() {
            return;
        }
        self.found = if self.text.is_empty() { recent.to_vec() } else { Vec::new() };
        self.found.extend(complete::complete(&self.text));
    }

    /// Completes as far as there is one way; pressed again, goes through the ways that there are.
    fn complete(&mut self, by: isize) {
        let common = complete::common(&self.found);
        match self.tab {
            None if common.len() > self.text.len() && self.found.len() > 1 => self.text = common,
            tab => {
                let Some(last) = self.found.len().checked_sub(1) else { return };
                let next = match tab {
                    None if by < 0 => last,
                    None => 0,
                    Some(at) if by < 0 => at.checked_sub(1).unwrap_or(last),
                    Some(at) if at < last => at + 1,
                    Some(_) => 0,
                };
                self.text = self.found[next].clone();
                self.tab = Some(next);
            }
        }
    }
}

impl Start {
    pub(super) fn type_in(&mut self, input: &Input) -> Option<Request> {
        let typing = self.typing.as_mut()?;
        let before = typing.text.clone();
        match input {
            Input::Paste(text) => typing.text.push_str(text.trim_end_matches(['\n', '\r'])),
            Input::Key(press) => {
                self.notice = None;
                match self.keymap.action(&TYPING, *press) {
                    Some(
                        action @ (Action::Close
                        | Action::NextField
                        | Action::PreviousField
                        | Action::Clear
                        | Action::Apply),
                    ) => return self.typed(action),
                    _ if press.key == Key::Backspace => drop(typing.text.pop()),
                    _ => typing.text.extend(press.typed()),
                }
            }
            Input::Mouse { .. } | Input::Resized { .. } => {}
        }
        if typing.text != before {
            typing.look(&self.recent);
        }
        None
    }

    /// Does what a key means while a path is typed.
    pub(super) fn typed(&mut self, action: Action) -> Option<Request> {
        let typing = self.typing.as_mut()?;
        let (before, tab) = (typing.text.clone(), typing.tab);
        match action {
            Action::NextField => typing.complete(1),
            Action::PreviousField => typing.complete(-1),
            Action::Clear => typing.text.clear(),
            Action::Apply => {
                // It stays until it is opened: what is refused can be mended.
                let typed = typing.text.trim();
                return match typing.copy_of {
                    _ if typed.is_empty() => None,
                    None => Some(Request::Open(Destination::File(typed.into()))),
                    Some(sample) => Some(Request::Open(Destination::Copy { sample, to: typed.into() })),
                };
            }
            _ => self.typing = None, // the others go away
        }
        // While Tab goes through the ways, they stay as they are.
        let goes_through = self.typing.as_ref().is_some_and(|typing| typing.tab.is_some() && typing.tab != tab);
        if let Some(typing) = self.typing.as_mut().filter(|typing| typing.text != before && !goes_through) {
            typing.look(&self.recent);
        }
        None
    }
}
