//! What is seen while a long session is opened: what it was about, how it ended, how far it is opened. A key leaves, and
//! nothing has run then.
//!
//! Nobody sees it of a session of usual length: that is there before a frame could be drawn.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::describe::event;
use crate::describe::sanitize::harmless;
use crate::describe::sign::Role;
use crate::describe::text::{self, count};
use crate::engine::event::Recorded;
use crate::engine::goal::Goal;
use crate::engine::state as engine;
use crate::runtime::opening::Opening;
use crate::runtime::sessions::{self, Entry, Standing as State};
use crate::ui::action::Action;
use crate::ui::input::{Input, Key, KeyPress};
use crate::ui::keymap::{Keymap, Mode};
use crate::ui::mask;
use crate::ui::navigate::Destination;
use crate::ui::terminal::Terminal;
use crate::ui::theme::Theme;
use crate::ui::widgets::cells::put;

/// From how many bytes on the file of a session is a long one: some ten thousand events.
const LONG: u64 = 4 << 20;

/// How long a frame of it stands.
const FRAME: Duration = Duration::from_millis(100);

/// How many of the last events are listed.
const LAST: usize = 12;

/// The keys that mean something.
const MODES: [Mode; 1] = [Mode::Start];

/// The widest that its bar is, in columns.
const BAR: usize = 60;

/// How far a session is opened.
#[derive(Clone, Debug)]
struct Standing {
    /// What its file is called.
    name: String,
    /// What the two ends of its file tell: the goal, and how the session stood.
    about: Option<[String; 2]>,
    /// What happened in it last, the last one last.
    last: Vec<(Role, String)>,
    /// How many events of how many were taken up; none: its file is being read.
    events: Option<(usize, usize)>,
}

/// Shows how far a session is opened, in the terminal.
pub(super) struct Arriving<'a> {
    terminal: &'a mut Terminal,
    theme: Theme,
    keymap: &'a Keymap,
    standing: Standing,
    /// What an audience is not to read; none: there is no audience.
    secrets: Option<&'a [String]>,
    drawn: Instant,
    /// What was typed meanwhile and does not leave: it is for the session.
    pub(super) typed: Vec<Input>,
    /// Whether a person left.
    pub(super) left: bool,
}

impl<'a> Arriving<'a> {
    /// Shows that the session in the file at `path` is being opened. Meanwhile it reads the keys.
    ///
    /// # Errors
    /// If the terminal cannot be written to.
    pub(super) fn new(
        terminal: &'a mut Terminal,
        path: &Path,
        (theme, keymap): (Theme, &'a Keymap),
        secrets: Option<&'a [String]>,
    ) -> std::io::Result<Arriving<'a>> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let standing = Standing { name: harmless(&name).into_owned(), about: None, last: Vec::new(), events: None };
        let (drawn, typed, left) = (Instant::now(), Vec::new(), false);
        let mut arriving = Arriving { terminal, theme, keymap, standing, secrets, drawn, typed, left };
        arriving.draw()?;
        arriving.standing.about = about(&sessions::entry(path));
        arriving.standing.last = last(&sessions::last_events(path));
        arriving.draw()?;
        Ok(arriving)
    }

    /// Shows that `taken` events of `all` are there, where the last frame has stood long enough. Returns whether to go on.
    pub(super) fn is_at(&mut self, taken: usize, all: usize) -> bool {
        if self.drawn.elapsed() < FRAME {
            return true;
        }
        self.drawn = Instant::now();
        self.standing.events = Some((taken, all));
        // A terminal that cannot be drawn on any more is met again once the session is there.
        let _ = self.draw();
        self.read_keys();
        !self.left
    }

    fn draw(&mut self) -> std::io::Result<()> {
        let (standing, theme, keymap, secrets) = (&self.standing, &self.theme, self.keymap, self.secrets);
        self.terminal.draw(|frame| draw(standing, theme, keymap, secrets, frame.area(), frame.buffer_mut()))
    }

    fn read_keys(&mut self) {
        for input in self.terminal.typed() {
            match input {
                Input::Key(press) if leaves(self.keymap, press) => self.left = true,
                input => self.typed.push(input),
            }
        }
    }
}

fn leaves(keymap: &Keymap, press: KeyPress) -> bool {
    press.key == Key::Esc || keymap.action(&MODES, press) == Some(Action::Quit)
}

/// Returns the file of the session that this opens, where it is a long one.
pub(super) fn long_opening(opening: &Opening) -> Option<PathBuf> {
    match opening {
        Opening::Session { path, .. } => long(path),
        Opening::Start | Opening::Goal { .. } | Opening::Demo { .. } | Opening::Program { .. } => None,
    }
}

/// Returns the file of the session that this goes to, where it is a long one.
pub(super) fn long_destination(destination: &Destination) -> Option<PathBuf> {
    match destination {
        Destination::Recording(path) => long(path),
        Destination::File(path) if path.extension().is_some_and(|extension| extension == "jsonl") => long(path),
        _ => None, // nothing of it is read from a session's file
    }
}

fn long(path: &Path) -> Option<PathBuf> {
    path.metadata().is_ok_and(|file| file.is_file() && file.len() >= LONG).then(|| path.to_owned())
}

/// Returns what `entry` tells; nothing where its file does not read: that is said once all of it was read.
fn about(entry: &Entry) -> Option<[String; 2]> {
    let stood = format!("event {}, {}", entry.events, entry.standing);
    let is_read = !matches!(entry.standing, State::Unreadable(_)) && !entry.goal.is_empty();
    is_read.then(|| [&entry.goal, &stood].map(|words| harmless(words).into_owned()))
}

/// Returns a line for each of these events that has one in the trace. What the steps are called is not known yet.
fn last(events: &[Recorded]) -> Vec<(Role, String)> {
    let nothing = engine::State::new(Arc::new(Goal::empty("")));
    let told = events.iter().filter(|record| event::is_told(&record.event));
    told.map(|record| {
        let line = event::line(&record.event, &nothing, &[]);
        (line.sign, format!("{:>7} {} {}", record.seq, line.sign.glyph(), line.marked_sentence()))
    })
    .collect()
}

/// Draws how far it is; what is among these `secrets`, or looks like one, is not for an audience.
fn draw(standing: &Standing, theme: &Theme, keymap: &Keymap, secrets: Option<&[String]>, area: Rect, buf: &mut Buffer) {
    let area = area.intersection(buf.area);
    let width = usize::from(area.width).saturating_sub(2);
    let far = match standing.events {
        Some((taken, all)) => format!("{} of {}", taken, count(all, "event")),
        None => "its file is read".to_owned(),
    };
    let bar = BAR.min(width);
    let full = standing.events.map_or(0, |(taken, all)| bar * taken.min(all) / all.max(1));
    // The last events have what the other lines leave, the bar and the blanks between them included.
    let room = usize::from(area.height).saturating_sub(9).min(LAST);
    let mut lines = vec![(Role::Title, text::clip(&format!("opening {}", standing.name), width))];
    if let Some(about) = &standing.about {
        lines.extend(about.iter().map(|words| (Role::Text, text::clip(words, width))));
        lines.push((Role::Text, String::new()));
    }
    if room > 0 && !standing.last.is_empty() {
        let from = standing.last.len().saturating_sub(room);
        lines.extend(standing.last.iter().skip(from).map(|(role, words)| (*role, text::clip(words, width))));
        lines.push((Role::Text, String::new()));
    }
    lines.push((Role::Text, text::clip(&far, width)));
    lines.push((Role::Accent, format!("{}{}", "█".repeat(full), "░".repeat(bar - full))));
    lines.push((Role::Dim, text::clip(&keymap.fill(&MODES, "\x01quit\x02 leaves; nothing has run"), width)));
    let first = usize::from(area.height).saturating_sub(lines.len()) / 2;
    for (at, (role, words)) in lines.into_iter().enumerate() {
        put(Line::styled(format!(" {words}"), theme.style(role)), area, first + at, buf);
    }
    if let Some(secrets) = secrets {
        mask::hide(buf, area, secrets);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::event::Event;

    fn drawn(standing: &Standing, width: u16, height: u16) -> Vec<String> {
        seen(standing, None, width, height)
    }

    fn seen(standing: &Standing, secrets: Option<&[String]>, width: u16, height: u16) -> Vec<String> {
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        let keymap = Keymap::built_in().expect("the keymap reads");
        draw(standing, &Theme::plain(), &keymap, secrets, area, &mut buf);
        let line = |y| (0..width).map(|x| buf[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        (0..height).map(line).filter(|line| !line.is_empty()).collect()
    }

    #[test]
    fn it_says_what_is_opened_how_far_it_is_and_how_to_leave() {
        let events = Some((25_000, 100_000));
        let standing = Standing { name: "s.jsonl".into(), about: None, last: Vec::new(), events };
        let lines = drawn(&standing, 42, 9);
        let bar = format!(" {}{}", "█".repeat(10), "░".repeat(30));
        assert_eq!(lines, [" opening s.jsonl", " 25000 of 100000 events", &bar, " q leaves; nothing has run"]);
        let before = Standing { events: None, ..standing };
        let lines = drawn(&before, 42, 9);
        let bar = format!(" {}", "░".repeat(40));
        assert_eq!(lines, [" opening s.jsonl", " its file is read", &bar, " q leaves; nothing has run"]);
    }

    #[test]
    fn it_says_what_the_session_was_about_and_how_it_stood_before_it_is_read() {
        let entry = |standing| Entry {
            path: PathBuf::from("s.jsonl"),
            goal: "Ship \u{1b}it".into(),
            events: 100_000,
            standing,
            at: String::new(),
            written: std::time::SystemTime::UNIX_EPOCH,
        };
        let known = about(&entry(State::Reached));
        let standing = Standing { name: "s.jsonl".into(), about: known, last: Vec::new(), events: None };
        let lines = drawn(&standing, 42, 9);
        assert_eq!(lines[..3], [" opening s.jsonl", " Ship ␛it", " event 100000, reached"].map(str::to_owned));
        assert_eq!(about(&entry(State::Unreadable("line 1: no".into()))), None);
    }

    #[test]
    fn what_happened_last_stands_there_as_far_as_there_is_room() {
        let event = |seq, event| Recorded { seq, parent: None, at: "x".into(), event };
        let events = [
            event(7, Event::Started { step: "s1".into(), attempt: 1, reads: Vec::new() }),
            event(8, Event::Skipped { step: "s2".into() }),
            event(9, Event::Reached),
        ];
        let last = last(&events);
        assert_eq!(last.iter().map(|(_, words)| words.trim_start()).collect::<Vec<_>>().len(), 2, "{last:?}");
        let standing = Standing { name: "s.jsonl".into(), about: None, last, events: None };
        let lines = |height| drawn(&standing, 60, height).join("\n");
        assert!(lines(24).contains("8 ") && lines(24).contains("s2: skipped") && lines(24).contains("reached"));
        assert!(lines(10).contains("reached") && !lines(10).contains("s2"), "{}", lines(10));
        assert!(!lines(9).contains("reached"));
    }

    #[test]
    fn an_audience_does_not_read_what_is_hidden_from_it() {
        let last = vec![(Role::Done, "9 s1: key hunter2hunter2 of /home/ada/private/keys".to_owned())];
        let standing = Standing { name: "s.jsonl".into(), about: None, last, events: None };
        let secrets = ["hunter2hunter2".to_owned()];
        let to_all = seen(&standing, Some(&secrets), 80, 24).join("\n");
        assert!(!to_all.contains("hunter2") && !to_all.contains("/home/ada") && to_all.contains("s1"), "{to_all}");
        assert!(drawn(&standing, 80, 24).join("\n").contains("hunter2hunter2 of /home/ada/private/keys"));
    }

    #[test]
    fn no_size_is_too_small_for_it() {
        for (width, height) in [(1, 1), (2, 1), (3, 2), (20, 3), (500, 200)] {
            let about = Some(["\u{1f600}".repeat(9), "b".repeat(40)]);
            let last = vec![(Role::Done, "\u{1f600}".repeat(30)); 20];
            let name = "a\u{1f600}b".to_owned();
            let standing = Standing { name, about, last, events: Some((3, 0)) };
            drawn(&standing, width, height);
        }
    }

    #[test]
    fn escape_and_the_keys_that_quit_leave() {
        let keymap = Keymap::built_in().expect("the keymap reads");
        for (press, expected) in [
            (KeyPress::char('q'), true),
            (KeyPress::ctrl('c'), true),
            (KeyPress::char('j'), false),
            (KeyPress::char(' '), false),
        ] {
            assert_eq!(leaves(&keymap, press), expected, "{press}");
        }
    }
}
