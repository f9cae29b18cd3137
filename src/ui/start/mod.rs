//! The start screen: what to see first, samples, recent sessions, a file of one's own.
//!
//! Its entries come from the samples' own data and from the folder of the sessions (`open`); what they open is asked
//! of the event loop.

mod draw;
mod open;

pub(crate) use open::destination;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::goal_file::Sample;
use crate::ui::action::Action;
use crate::ui::input::{Input, Key, KeyPress, MouseAct};
use crate::ui::keymap::{Keymap, Mode};
use crate::ui::navigate::Destination;
use crate::ui::screen::{Request, Screen};
use crate::ui::theme::Theme;

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
}

/// What is typed below the list.
#[derive(Clone, Debug)]
struct Typing {
    /// The sample whose copy is named; none: the path of a file is typed.
    copy_of: Option<&'static Sample>,
    text: String,
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
    at: usize,
    typing: Option<Typing>,
    notice: Option<String>,
    help: bool,
    keymap: Keymap,
    theme: Theme,
}

impl Start {
    /// Returns the start screen over what to see first, samples and sessions.
    pub fn new(first: Vec<Entry>, samples: Vec<Entry>, sessions: Vec<Entry>, keymap: Keymap, theme: Theme) -> Start {
        let (samples_at, sessions_at) = (first.len(), first.len() + samples.len());
        let entries = [first, samples, sessions].concat();
        let (samples, sessions) = (samples_at, sessions_at);
        Start { entries, samples, sessions, at: 0, typing: None, notice: None, help: false, keymap, theme }
    }

    fn act_on(&mut self, input: &Input) -> Option<Request> {
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
            Input::Mouse { act: MouseAct::Click, row, .. } => {
                let at = self.at_row(usize::from(*row))?;
                if at == self.at { self.choose() } else { self.go(at) }
            }
            Input::Paste(_) | Input::Resized { .. } => None,
        }
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
                let at = usize::try_from(number).unwrap_or(0).checked_sub(1).filter(|at| *at < self.samples)?;
                self.at = at;
                self.choose()
            }
            Action::OpenFile => self.name_file(),
            Action::CopySample => self.name_copy(),
            Action::ResumeLast => match self.entries.get(self.sessions) {
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
        match self.entries.get(self.at).map(|entry| entry.target.clone())? {
            Target::To(destination) => Some(Request::Open(destination)),
            Target::File => self.name_file(),
            Target::Copy => self.name_copy(),
        }
    }

    fn name_file(&mut self) -> Option<Request> {
        self.typing = Some(Typing { copy_of: None, text: String::new() });
        None
    }

    fn name_copy(&mut self) -> Option<Request> {
        match self.entries.get(self.at).and_then(|entry| entry.sample) {
            Some(sample) => {
                self.typing = Some(Typing { copy_of: Some(sample), text: format!("my_{}.json", sample.name) });
            }
            None => {
                self.notice = Some("choose a sample first, then n copies it".into());
                self.at = self.samples;
            }
        }
        None
    }

    fn type_in(&mut self, input: &Input) -> Option<Request> {
        let typing = self.typing.as_mut()?;
        match input {
            Input::Paste(text) => typing.text.push_str(text.trim_end_matches(['\n', '\r'])),
            Input::Key(press) => match press.key {
                Key::Esc => self.typing = None,
                Key::Backspace => {
                    typing.text.pop();
                }
                Key::Enter => {
                    let Typing { copy_of, text } = self.typing.take()?;
                    let typed = text.trim();
                    return match copy_of {
                        _ if typed.is_empty() => None,
                        None => Some(Request::Open(Destination::File(typed.into()))),
                        Some(sample) => Some(Request::Open(Destination::Copy { sample, to: typed.into() })),
                    };
                }
                _ if press.ctrl && press.key == Key::Char('u') => typing.text.clear(),
                _ if press.ctrl && press.key == Key::Char('c') => self.typing = None,
                _ => typing.text.extend(press.typed()),
            },
            Input::Mouse { .. } | Input::Resized { .. } => {}
        }
        None
    }

    /// Returns the rows of the list: a heading, or the place of an entry.
    fn rows(&self) -> Vec<Result<usize, &'static str>> {
        let mut rows = vec![Err("What do you want to see?")];
        for at in 0..self.entries.len() {
            if at == self.samples && self.samples < self.sessions {
                rows.push(Err("Samples"));
            }
            if at == self.sessions {
                rows.push(Err("Recent sessions"));
            }
            rows.push(Ok(at));
        }
        rows
    }

    fn at_row(&self, row: usize) -> Option<usize> {
        // The list begins below the title and an empty row, where there is room for one.
        let top = row.checked_sub(2)?;
        self.rows().get(top).and_then(|row| row.ok())
    }
}

impl Screen for Start {
    fn input(&mut self, input: &Input) -> Vec<Request> {
        self.act_on(input).into_iter().collect()
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer) {
        draw::draw(self, area, buf);
    }

    /// Shows why something could not be opened, until the next key.
    fn refuse(&mut self, why: String) {
        self.notice = Some(why.lines().next().unwrap_or("it could not be opened").to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Start {
        let (first, samples) = open::of_samples(&crate::goal_file::sample_goals());
        Start::new(first, samples, Vec::new(), Keymap::built_in().expect("the keymap"), Theme::plain())
    }

    fn screen(start: &mut Start, width: u16, height: u16) -> String {
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        start.draw(area, &mut buf);
        (0..height)
            .map(|y| (0..width).map(|x| buf[(x, y)].symbol()).collect::<String>().trim_end().to_owned())
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn press(start: &mut Start, c: char) -> Vec<Request> {
        start.input(&Input::Key(KeyPress::char(c)))
    }

    fn enter(start: &mut Start) -> Vec<Request> {
        start.input(&Input::Key(KeyPress::plain(Key::Enter)))
    }

    #[test]
    fn one_key_opens_the_first_entry_of_the_samples_own_data() {
        let mut start = start();
        let goals = crate::goal_file::sample_goals();
        let (at, first) = crate::goal_file::start_entries(&goals).into_iter().next().expect("an entry");
        let requests = press(&mut start, '1');
        let [Request::Open(Destination::Goal { named, .. })] = requests.as_slice() else { panic!("{requests:?}") };
        assert_eq!(named, goals[at].0.name);
        assert!(screen(&mut start, 80, 24).contains(&first.title));
    }

    #[test]
    fn a_path_is_typed_with_every_printable_key_and_esc_goes_back() {
        let mut start = start();
        press(&mut start, 'o');
        for c in "q1r.json".chars() {
            assert!(press(&mut start, c).is_empty());
        }
        let requests = enter(&mut start);
        let [Request::Open(Destination::File(path))] = requests.as_slice() else { panic!("{requests:?}") };
        assert_eq!(path, std::path::Path::new("q1r.json"));
        press(&mut start, 'o');
        start.input(&Input::Key(KeyPress::plain(Key::Esc)));
        assert!(matches!(press(&mut start, 'q').as_slice(), [Request::Leave]));
    }

    #[test]
    fn a_sample_is_chosen_and_copied_under_a_name() {
        let mut start = start();
        press(&mut start, 'G');
        press(&mut start, 'n');
        let requests = enter(&mut start);
        let [Request::Open(Destination::Copy { sample, to })] = requests.as_slice() else { panic!("{requests:?}") };
        assert_eq!(to.display().to_string(), format!("my_{}.json", sample.name));
    }

    #[test]
    fn it_draws_at_every_size_and_always_says_how_to_leave() {
        let mut start = start();
        for (width, height) in [(1, 1), (5, 2), (20, 5), (40, 10), (60, 16), (80, 24), (200, 60)] {
            let drawn = screen(&mut start, width, height);
            if width >= 20 {
                assert!(drawn.contains("quit"), "{width}x{height}:\n{drawn}");
            }
        }
        press(&mut start, '?');
        assert!(screen(&mut start, 80, 24).contains("any key closes this"));
    }
}
