//! The start screen: what to see first, samples, recent sessions, a file of one's own.
//!
//! Its entries come from the samples' own data and from the folder of the sessions (`open`); what they open is asked
//! of the event loop.

mod complete;
mod draw;
mod lessons;
mod open;
mod typing;

pub(crate) use open::destination;

use std::collections::{BTreeMap, BTreeSet};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::goal_file::Sample;
use crate::runtime::remembered::Remembered;
use crate::runtime::stressing::Tried;
use crate::ui::action::Action;
use crate::ui::input::{Input, Key, KeyPress, MouseAct};
use crate::ui::keymap::{Keymap, Mode};
use crate::ui::navigate::Destination;
use crate::ui::screen::{Left, Request, Screen};
use crate::ui::theme::Theme;
use crate::ui::widgets::buttons::Button;
use typing::Typing;

/// The modes that are active here.
const MODES: [Mode; 1] = [Mode::Start];

/// How far a page goes, in entries.
const PAGE: usize = 5;

/// What one line of the start screen opens.
#[derive(Clone, Debug)]
pub enum Target {
    /// This.
    To(Destination),
    /// A file that the person names next.
    File,
    /// A copy of a sample that the person names next.
    Copy,
}

/// What the card below the list says about a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// The goal in words.
    pub goal: String,
    /// What it wants, in words.
    pub wants: String,
    /// What it offers, in words.
    pub tools: String,
    /// What to try.
    pub hint: String,
}

/// One line of the start screen.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What one sees there.
    pub title: String,
    /// On what.
    pub about: String,
    /// How long it takes, or when it was.
    pub aside: String,
    /// What it opens.
    pub target: Target,
    /// The sample that it opens, which can be copied.
    pub sample: Option<&'static Sample>,
    /// What the card says.
    pub card: Card,
    /// Of a lesson, whether it was passed; of others, none: what was opened has its tick.
    pub done: Option<bool>,
}

/// Where things were drawn: what a click means.
#[derive(Clone, Debug, Default)]
struct Drawn {
    /// The row of the screen on which the list begins.
    list: usize,
    /// The first row of the list that is visible.
    top: usize,
    /// The keys of the last line.
    buttons: Vec<Button>,
    /// The rows of the screen on which paths stand that are found, each with its place.
    found: Vec<(usize, usize)>,
}

/// The start screen.
#[derive(Clone, Debug)]
pub struct Start {
    /// What to see first, then the samples, then the sessions.
    entries: Vec<Entry>,
    /// Where in `entries` the samples begin.
    samples: usize,
    /// Where in `entries` the sessions begin.
    sessions: usize,
    /// Where in `entries` the lessons begin.
    lessons: usize,
    /// Where in `entries` the lesson stands that is next.
    next_lesson: Option<usize>,
    at: usize,
    typing: Option<Typing>,
    notice: Option<String>,
    help: bool,
    /// What was opened from here, at any time, by its title.
    opened: BTreeSet<String>,
    /// Whether this is the screen of a person, whose sessions and doings are looked up and remembered.
    remembers: bool,
    /// Files that were opened of late, the last one first.
    recent: Vec<String>,
    /// What a click means.
    drawn: Drawn,
    /// What is said at the end of the session that was left last.
    last: String,
    keymap: Keymap,
    theme: Theme,
}

impl Start {
    /// Returns the start screen over what to see first, samples and sessions.
    pub fn new(first: Vec<Entry>, samples: Vec<Entry>, sessions: Vec<Entry>, keymap: Keymap, theme: Theme) -> Start {
        let (sessions_at, samples_at) = (first.len(), first.len() + sessions.len());
        let lessons = samples_at + samples.len();
        let next_lesson = first.iter().position(|entry| entry.done.is_some());
        let taught = lessons::entries(&BTreeMap::new()).1;
        let entries = [first, sessions, samples, taught].concat();
        let (samples, sessions) = (samples_at, sessions_at);
        let (opened, remembers, recent, last) = (BTreeSet::new(), false, Vec::new(), String::new());
        let (at, typing, notice, help, drawn) = (0, None, None, false, Drawn::default());
        Start {
            entries,
            samples,
            sessions,
            lessons,
            next_lesson,
            at,
            typing,
            notice,
            help,
            opened,
            remembers,
            recent,
            drawn,
            last,
            keymap,
            theme,
        }
    }

    /// Tells whether the entry at `at` is a recorded session.
    fn is_session(&self, at: usize) -> bool {
        (self.sessions..self.samples).contains(&at)
    }

    /// Returns the entries of the kind of the one at `at`.
    fn kin(&self, at: usize) -> &[Entry] {
        let kinds = [0..self.sessions, self.sessions..self.samples, self.samples..self.entries.len()];
        kinds.into_iter().find(|kind| kind.contains(&at)).map_or(&[], |kind| &self.entries[kind])
    }

    /// Returns `words` with keys in the places of the actions that they name.
    fn words<'w>(&self, words: &'w str) -> std::borrow::Cow<'w, str> {
        self.keymap.fill(&MODES, words)
    }

    fn act_on(&mut self, input: &Input) -> Option<Request> {
        if let Input::Mouse { act: MouseAct::Click, column, row } = input {
            return self.click(usize::from(*column), usize::from(*row));
        }
        if self.typing.is_some() {
            return self.type_in(input);
        }
        match input {
            Input::Key(press) => {
                self.notice = None;
                if std::mem::take(&mut self.help) {
                    return None;
                }
                let action = self.keymap.action(&MODES, *press)?;
                self.act(action, *press)
            }
            Input::Mouse { act: MouseAct::WheelDown, .. } => self.go(self.at.saturating_add(1)),
            Input::Mouse { act: MouseAct::WheelUp, .. } => self.go(self.at.saturating_sub(1)),
            Input::Mouse { act: MouseAct::Click | MouseAct::Drag, .. } | Input::Paste(_) | Input::Resized { .. } => {
                None
            }
        }
    }

    /// Acts on a click: a key is pressed, a line selected, and opened where it was selected before.
    fn click(&mut self, column: usize, row: usize) -> Option<Request> {
        if std::mem::take(&mut self.help) {
            return None;
        }
        let button = self.drawn.buttons.iter().find(|button| button.is_at(column, row)).cloned();
        if let Some(typing) = &mut self.typing {
            if let Some((_, at)) = self.drawn.found.iter().find(|(y, _)| *y == row)
                && let Some(path) = typing.found.get(*at)
            {
                let again = typing.tab == Some(*at);
                (typing.text, typing.tab) = (path.clone(), Some(*at));
                return if again { self.typed(Action::Apply) } else { None };
            }
            return self.typed(button?.action);
        }
        if let Some(button) = button {
            self.notice = None;
            return self.act(button.action, KeyPress::plain(Key::Enter));
        }
        let at = self.at_row(row)?;
        if at == self.at { self.choose() } else { self.go(at) }
    }

    fn act(&mut self, action: Action, press: KeyPress) -> Option<Request> {
        match action {
            Action::Quit => Some(Request::Leave),
            Action::Down => self.go(self.at.saturating_add(1)),
            Action::Up => self.go(self.at.saturating_sub(1)),
            Action::PageDown => self.go(self.at.saturating_add(PAGE)),
            Action::PageUp => self.go(self.at.saturating_sub(PAGE)),
            Action::Top => self.go(0),
            Action::Bottom => self.go(usize::MAX),
            Action::Open => self.choose(),
            Action::ByNumber => {
                let number = press.typed().and_then(|c| c.to_digit(10)).unwrap_or(0);
                let at = usize::try_from(number).unwrap_or(0).checked_sub(1).filter(|at| *at < self.sessions)?;
                self.at = at;
                self.choose()
            }
            Action::OpenFile => self.name_file(),
            Action::CopySample => self.name_copy(),
            Action::Stress => self.stress(),
            Action::ResumeLast => match self.entries.get(self.sessions).filter(|_| self.sessions < self.samples) {
                Some(Entry { target: Target::To(session), .. }) => Some(Request::Open(session.clone())),
                Some(_) | None => {
                    self.notice = Some("there is no session to resume yet".into());
                    None
                }
            },
            Action::Help => {
                self.help = true;
                None
            }
            _ => None, // what a session or the lanes know is bound to no key here
        }
    }

    /// Goes to the entry `at`, or to the last one.
    fn go(&mut self, at: usize) -> Option<Request> {
        self.at = at.min(self.entries.len().saturating_sub(1));
        None
    }

    fn choose(&mut self) -> Option<Request> {
        let entry = self.entries.get(self.at)?;
        match entry.target.clone() {
            Target::To(destination) => {
                // A session is listed with how it stands: that says more than a tick.
                if !self.is_session(self.at) && entry.done.is_none() {
                    self.opened.insert(entry.title.clone());
                    if self.remembers {
                        Remembered::change(|remembered| remembered.opened.extend(self.opened.iter().cloned()));
                    }
                }
                Some(Request::Open(destination))
            }
            Target::File => self.name_file(),
            Target::Copy => self.name_copy(),
        }
    }

    fn name_file(&mut self) -> Option<Request> {
        self.typing = Some(Typing::new(None, String::new(), &self.recent));
        None
    }

    fn name_copy(&mut self) -> Option<Request> {
        match self.entries.get(self.at).and_then(|entry| entry.sample) {
            Some(sample) => {
                self.typing = Some(Typing::new(Some(sample), format!("my_{}.json", sample.name), &[]));
            }
            None => {
                self.notice = Some("choose a sample first, then \x01copy_sample\x02 copies it".into());
                self.at = self.samples;
            }
        }
        None
    }

    /// Asks what could go wrong with the goal of the selected entry.
    fn stress(&mut self) -> Option<Request> {
        match self.entries.get(self.at).map(|entry| &entry.target) {
            Some(Target::To(Destination::Goal { goal, .. } | Destination::Lanes { goal, .. })) => {
                Some(Request::Open(Destination::Stress(Box::new(Tried::Goal(goal.clone())))))
            }
            _ => {
                let why = "choose a sample or a lesson first; of a session or a file of your own, \x01stress\x02 shows it once it is open";
                self.notice = Some(why.into());
                None
            }
        }
    }

    /// Returns the rows of the list: a heading, or the place of an entry.
    fn rows(&self) -> Vec<Result<usize, &'static str>> {
        let mut rows = vec![Err("What do you want to see?")];
        for at in 0..self.entries.len() {
            if at == self.samples {
                rows.push(Err("Samples"));
            }
            if at == self.lessons {
                rows.push(Err("Lessons"));
            }
            if at == self.sessions && self.sessions < self.samples {
                rows.push(Err("Recent sessions"));
            }
            rows.push(Ok(at));
        }
        rows
    }

    fn at_row(&self, row: usize) -> Option<usize> {
        self.rows().get(row.checked_sub(self.drawn.list)? + self.drawn.top).and_then(|row| row.ok())
    }
}

impl Screen for Start {
    fn input(&mut self, input: &Input) -> Vec<Request> {
        self.act_on(input).into_iter().collect()
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer) {
        self.drawn = draw::draw(self, area, buf);
    }

    fn title(&self) -> String {
        "planscope".to_owned()
    }

    fn name(&self) -> Option<&'static str> {
        Some("start")
    }

    /// Lists the session that was left among the recent ones.
    fn resume(&mut self, left: Left) {
        self.notice = left.unsaved.map(|why| format!("the session cannot be saved: {why}"));
        self.typing = None;
        if !left.words.is_empty() {
            self.last = left.words;
        }
        self.list_sessions();
    }

    /// Says how to come back to the session that was left last.
    fn farewell(&mut self) -> String {
        std::mem::take(&mut self.last)
    }

    /// Shows why something could not be opened, until the next key.
    fn refuse(&mut self, why: String) {
        self.notice = Some(why.lines().next().unwrap_or("it could not be opened").to_owned());
    }

    fn restyle(&mut self, theme: Theme) {
        self.theme = theme;
    }
}

#[cfg(test)]
mod tests;
