//! What the event loop knows of a screen, what a screen may ask of it, and the stack on which screens stand.
//!
//! **Invariant:** a screen touches no terminal and no other screen. What it cannot do itself it asks for with a
//! [`Request`]; what became of the screen above comes back as [`Left`].

use std::path::PathBuf;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::session::Session;
use crate::ui::external::Paged;
use crate::ui::input::Input;
use crate::ui::navigate::Destination;
use crate::ui::theme::Theme;

/// What only the event loop can do for a screen.
#[derive(Clone, Debug)]
pub enum Request {
    /// Puts this text into the clipboard of the terminal.
    Copy(String),
    /// Lets the person edit this text in `$EDITOR`; the result comes back by [`Screen::give`].
    Edit(String),
    /// Shows this value in the person's pager.
    Page(Paged),
    /// Reads this file; its text comes back by [`Screen::give`].
    Read(String),
    /// Saves this text as a new file of this name, a number added where one exists; what it is called then, in a
    /// sentence, comes back by [`Screen::give`].
    Save {
        /// The name, without its extension `.md`.
        name: String,
        /// The text.
        text: String,
    },
    /// Opens another screen.
    Open(Destination),
    /// Stops the program until the shell continues it.
    Suspend,
    /// Leaves this screen for the one below it; the last one ends the program.
    Leave,
}

/// What a screen leaves to the one below it.
#[derive(Debug, Default)]
pub struct Left {
    /// The session that was open on it, and where it is recorded.
    pub session: Option<(Session, PathBuf)>,
    /// Why that session could not be saved, as a sentence.
    pub unsaved: Option<String>,
    /// What would have been printed had the program ended there.
    pub words: String,
}

/// One screen: the start screen, a session, the lanes.
pub trait Screen {
    /// Acts on one input; returns what only the event loop can do.
    fn input(&mut self, input: &Input) -> Vec<Request>;

    /// Draws a frame.
    fn draw(&mut self, area: Rect, buf: &mut Buffer);

    /// Waits for what happens without a person and takes it in; returns whether it shows. Waits for ever where nothing
    /// is under way. May be dropped and called again at any time.
    fn next(&mut self) -> LocalBoxFuture<'_, bool> {
        Box::pin(std::future::pending())
    }

    /// Takes what only the event loop can do and what came up without an input.
    fn wishes(&mut self) -> Vec<Request> {
        Vec::new()
    }

    /// Returns how long the frame stays true if nothing happens; none: for ever.
    fn deadline(&self) -> Option<Duration> {
        None
    }

    /// Takes what [`Request::Edit`], [`Request::Read`] or [`Request::Save`] brought, or the sentence that says why there is nothing.
    fn give(&mut self, _text: Result<String, String>) {}

    /// Says why something was not done.
    fn refuse(&mut self, why: String);

    /// Returns what the terminal's title says of this screen.
    fn title(&self) -> String {
        String::new()
    }

    /// Returns what a screen above calls this one where leaving goes back to it; none: what it opens replaces it.
    fn name(&self) -> Option<&'static str> {
        None
    }

    /// Takes this theme: the terminal has said what its background is.
    fn restyle(&mut self, theme: Theme);

    /// Leaves for the screen below; what may still be unsynced is saved.
    fn leave(&mut self) -> Left {
        Left::default()
    }

    /// Takes over again after the screen above has left; the size of the terminal was told before.
    fn resume(&mut self, _left: Left) {}

    /// Tells whether something of it could not be saved.
    fn is_unsaved(&mut self) -> bool {
        false
    }

    /// Saves what may still be unsynced and returns what is printed once the program has ended.
    fn farewell(&mut self) -> String {
        String::new()
    }
}

/// The screens, each above the one that it goes back to. There is always one.
pub struct Stack {
    below: Vec<Box<dyn Screen>>,
    top: Box<dyn Screen>,
}

impl Stack {
    /// Returns a stack of one screen.
    pub fn new(top: Box<dyn Screen>) -> Stack {
        Stack { below: Vec::new(), top }
    }

    /// Returns the screen that is seen.
    pub fn top(&mut self) -> &mut dyn Screen {
        &mut *self.top
    }

    /// Returns the screen that is seen, to look at.
    pub fn shown(&self) -> &dyn Screen {
        &*self.top
    }

    /// Returns what a screen goes back to that is opened now: the name of the uppermost that stays below it.
    pub fn name_below(&self) -> Option<&'static str> {
        self.top.name().or_else(|| self.below.last().and_then(|screen| screen.name()))
    }

    /// Puts `screen` in place of the uppermost, or above it where that one stays.
    pub fn open(&mut self, screen: Box<dyn Screen>) {
        if self.top.name().is_some() { self.push(screen) } else { self.replace(screen) }
    }

    /// Puts `screen` above the others.
    pub fn push(&mut self, screen: Box<dyn Screen>) {
        self.below.push(std::mem::replace(&mut self.top, screen));
    }

    /// Puts `screen` in place of the uppermost.
    pub fn replace(&mut self, screen: Box<dyn Screen>) {
        self.top = screen;
    }

    /// Goes back to the screen below in a terminal of this size. Returns whether there was one.
    pub fn pop(&mut self, (width, height): (u16, u16)) -> bool {
        let Some(below) = self.below.pop() else { return false };
        let left = std::mem::replace(&mut self.top, below).leave();
        // The window may have changed while another screen had it.
        let _: Vec<Request> = self.top.input(&Input::Resized { width, height });
        self.top.resume(left);
        true
    }

    /// Gives every screen this theme.
    pub fn restyle(&mut self, theme: Theme) {
        self.below.iter_mut().for_each(|screen| screen.restyle(theme));
        self.top.restyle(theme);
    }

    /// Tells whether something of any screen could not be saved.
    pub fn is_unsaved(&mut self) -> bool {
        self.below.iter_mut().any(|screen| screen.is_unsaved()) || self.top.is_unsaved()
    }

    /// Returns what all screens say at the end, the lowest first.
    pub fn farewell(&mut self) -> String {
        let below: String = self.below.iter_mut().map(|screen| screen.farewell()).collect();
        below + &self.top.farewell()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes what it is told.
    struct Note(&'static str, std::rc::Rc<std::cell::RefCell<Vec<String>>>);

    impl Screen for Note {
        fn input(&mut self, input: &Input) -> Vec<Request> {
            self.1.borrow_mut().push(format!("{} {input:?}", self.0));
            Vec::new()
        }

        fn draw(&mut self, _area: Rect, _buf: &mut Buffer) {}

        fn refuse(&mut self, _why: String) {}

        fn restyle(&mut self, _theme: Theme) {}

        fn leave(&mut self) -> Left {
            Left { unsaved: Some(self.0.to_owned()), ..Left::default() }
        }

        fn resume(&mut self, left: Left) {
            self.1.borrow_mut().push(format!("{} after {:?}", self.0, left.unsaved));
        }

        fn farewell(&mut self) -> String {
            self.0.to_owned()
        }

        fn is_unsaved(&mut self) -> bool {
            self.0 == "session"
        }
    }

    #[test]
    fn a_screen_that_leaves_is_told_to_the_one_below_after_its_size() {
        let told = std::rc::Rc::default();
        let note = |name| Box::new(Note(name, std::rc::Rc::clone(&told)));
        let mut stack = Stack::new(note("start"));
        stack.replace(note("session"));
        stack.push(note("lanes"));
        assert_eq!(stack.farewell(), "sessionlanes");
        assert!(stack.is_unsaved(), "one below is not saved");
        assert!(stack.pop((9, 5)));
        let expected = ["session Resized { width: 9, height: 5 }", "session after Some(\"lanes\")"];
        assert_eq!(*told.borrow(), expected);
        assert!(!stack.pop((9, 5)), "the last one has none to go back to");
    }
}
