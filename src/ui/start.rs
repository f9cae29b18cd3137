//! The start screen: what the samples offer, recent sessions, a file of one's own.

use std::path::PathBuf;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::dialogs::{Dialog, DialogOutcome, DialogView, Prompt, PromptKind};
use super::input::{Input, Key, MouseAct};
use super::row::Row;
use super::text;
use super::theme::{Role, Theme};
use crate::engine::goal::Goal;
use crate::engine::state::State;
use crate::goal_file;
use crate::runtime::library;

/// How many recent sessions are listed.
const RECENT: usize = 6;

/// What a person chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// A sample, with so many steps to run before the screen shows.
    Sample(&'static str, u32),
    /// A goal file or plan file.
    File(String),
    /// A recorded session.
    Session(PathBuf),
    /// A copy of this sample, in the present folder.
    Copy(&'static str),
    /// Nothing: quit.
    Quit,
    /// Suspend the program.
    Suspend,
}

/// One line that can be chosen.
struct Entry {
    title: String,
    about: String,
    right: String,
    preview: Vec<(&'static str, String)>,
    chosen: Chosen,
    group: &'static str,
}

/// The start screen.
pub struct Start {
    entries: Vec<Entry>,
    at: usize,
    prompt: Option<Dialog>,
    said: Option<String>,
}

impl Start {
    /// Returns the start screen of this moment.
    pub fn new() -> Start {
        let mut entries: Vec<Entry> = goal_file::start_entries()
            .into_iter()
            .map(|(name, entry)| {
                let goal = goal_file::sample(name).and_then(|s| goal_file::parse(s.text, s.name, None).ok());
                let mut preview = goal.as_ref().map(preview).unwrap_or_default();
                preview.push(("try", entry.hint));
                Entry {
                    title: entry.title,
                    about: entry.about,
                    right: format!("{} min", entry.minutes),
                    preview,
                    chosen: Chosen::Sample(name, entry.steps),
                    group: "What do you want to see?",
                }
            })
            .collect();
        for sample in goal_file::samples() {
            let goal = goal_file::parse(sample.text, sample.name, None).ok();
            entries.push(Entry {
                title: sample.name.to_owned(),
                about: goal.as_ref().map(|goal| goal.goal.to_string()).unwrap_or_default(),
                right: String::new(),
                preview: goal.as_ref().map(preview).unwrap_or_default(),
                chosen: Chosen::Sample(sample.name, 0),
                group: "Samples (c copies one as a start for your own)",
            });
        }
        for session in library::sessions().unwrap_or_default().into_iter().take(RECENT) {
            entries.push(Entry {
                title: session.goal.clone(),
                about: session.standing.to_string(),
                right: format!("event {}", session.events),
                preview: vec![
                    ("goal", session.goal),
                    ("stands", session.standing.to_string()),
                    ("file", session.path.display().to_string()),
                ],
                chosen: Chosen::Session(session.path),
                group: "Resume (r the newest)",
            });
        }
        Start { entries, at: 0, prompt: None, said: None }
    }

    /// Says why something could not be opened.
    pub fn say(&mut self, words: impl Into<String>) {
        self.said = Some(words.into());
    }

    /// Acts on one input; returns what was chosen.
    pub fn input(&mut self, input: &Input, theme: &Theme) -> Option<Chosen> {
        if let Some(mut prompt) = self.prompt.take() {
            match with_view(theme, |view| prompt.handle(input, view)) {
                DialogOutcome::Typed(_, path) => return Some(Chosen::File(path)),
                DialogOutcome::Close => {}
                _ => self.prompt = Some(prompt), // a prompt answers nothing else
            }
            return None;
        }
        let last = self.entries.len().saturating_sub(1);
        match input {
            Input::Key(press) => {
                self.said = None;
                match press.key {
                    Key::Char('c') if press.ctrl => return Some(Chosen::Quit),
                    Key::Char('z') if press.ctrl => return Some(Chosen::Suspend),
                    Key::Char('q') => return Some(Chosen::Quit),
                    Key::Char('o') => {
                        self.prompt = Some(Dialog::Prompt(Box::new(Prompt::new(PromptKind::OpenFile, ""))))
                    }
                    Key::Char('r') => {
                        let newest = self.entries.iter().find(|entry| matches!(entry.chosen, Chosen::Session(_)));
                        match newest {
                            Some(entry) => return Some(entry.chosen.clone()),
                            None => self.say("there is no session to resume yet"),
                        }
                    }
                    Key::Char('c') => match self.entries.get(self.at).map(|entry| &entry.chosen) {
                        Some(Chosen::Sample(name, _)) => return Some(Chosen::Copy(name)),
                        _ => self.say("select a sample to copy it"), // sessions are not copied
                    },
                    Key::Char(digit @ '1'..='9') => {
                        let at = usize::from(digit as u8 - b'1');
                        return self.entries.get(at).map(|entry| entry.chosen.clone());
                    }
                    Key::Up | Key::Char('k') | Key::BackTab => self.at = self.at.checked_sub(1).unwrap_or(last),
                    Key::Down | Key::Char('j') | Key::Tab => self.at = if self.at >= last { 0 } else { self.at + 1 },
                    Key::Home | Key::Char('g') => self.at = 0,
                    Key::End | Key::Char('G') => self.at = last,
                    Key::Enter | Key::Char(' ') => return self.entries.get(self.at).map(|entry| entry.chosen.clone()),
                    _ => self.say("that key means nothing here"), // every other key
                }
            }
            Input::Mouse { act: MouseAct::WheelUp, .. } => self.at = self.at.saturating_sub(1),
            Input::Mouse { act: MouseAct::WheelDown, .. } => self.at = (self.at + 1).min(last),
            Input::Mouse { act: MouseAct::Click, row, .. } => {
                let rows = self.rows();
                if let Some(Some(at)) = usize::from(*row).checked_sub(2).and_then(|row| rows.get(row)) {
                    if self.at == *at {
                        return self.entries.get(*at).map(|entry| entry.chosen.clone());
                    }
                    self.at = *at;
                }
            }
            Input::Paste(_) | Input::Resized { .. } => {}
        }
        None
    }

    /// Returns for each row of the list the entry that it is, or none for a heading or a gap.
    fn rows(&self) -> Vec<Option<usize>> {
        let mut rows = Vec::new();
        let mut group = "";
        for (at, entry) in self.entries.iter().enumerate() {
            if entry.group != group {
                if !group.is_empty() {
                    rows.push(None);
                }
                rows.push(None);
                group = entry.group;
            }
            rows.push(Some(at));
        }
        rows
    }

    /// Draws the screen.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let (width, height) = (usize::from(area.width), usize::from(area.height));
        let (dim, plain, strong) = (theme.style(Role::Dim), theme.style(Role::Text), theme.style(Role::Strong));
        let mut lines: Vec<Line<'static>> = Vec::new();
        let title = Row::new().put(" planscope", strong).put(" · a debugger for plans", dim);
        lines.push(title.right("offline, no key needed ", dim).fit(width, 20));
        lines.push(Line::default());
        let preview: Vec<_> = self.entries.get(self.at).map(|entry| entry.preview.clone()).unwrap_or_default();
        let below = if height >= 16 { preview.len() + 2 } else { 0 };
        let room = height.saturating_sub(below + 3);
        let rows = self.rows();
        let here = rows.iter().position(|row| *row == Some(self.at)).unwrap_or(0);
        let top = super::panes::scroll(0, here, here + 1, room, rows.len());
        for (place, row) in rows.iter().enumerate().skip(top).take(room) {
            let Some(at) = row else {
                let next = rows.get(place + 1).copied().flatten().and_then(|at| self.entries.get(at));
                let words = next.map_or("", |entry| entry.group);
                lines.push(Row::new().put(" ", dim).put(words, strong).fit(width, width));
                continue;
            };
            let Some(entry) = self.entries.get(*at) else { continue };
            let mark = if *at == self.at { Role::Current } else { Role::Text };
            let number = if *at < 9 { format!("{}", at + 1) } else { " ".into() };
            let row = Row::new()
                .put(" ", plain)
                .put(mark.glyph(), theme.style(mark))
                .put(" ", plain)
                .put(&number, theme.style(Role::Key))
                .put(" ", plain)
                .put(&entry.title, if *at == self.at { strong } else { plain })
                .tab(36.min(width / 2), true)
                .put(" ", plain)
                .put(&entry.about, dim);
            lines.push(row.right(&format!("{} ", entry.right), dim).fit(width, 40));
        }
        lines.resize(height.saturating_sub(below + 1).max(lines.len().min(height)), Line::default());
        if below > 0 {
            lines.push(Line::styled(format!("╭{}╮", "─".repeat(width.saturating_sub(2))), theme.style(Role::Border)));
            for (label, words) in preview {
                let inner = Row::new().put(" ", dim).put(label, strong).tab(8, true).put(&words, plain);
                let line = inner.fit(width.saturating_sub(2), width);
                let mut spans = vec![ratatui::text::Span::styled("│", theme.style(Role::Border))];
                spans.extend(line.spans);
                spans.push(ratatui::text::Span::styled("│", theme.style(Role::Border)));
                lines.push(Line::from(spans));
            }
            lines.push(Line::styled(format!("╰{}╯", "─".repeat(width.saturating_sub(2))), theme.style(Role::Border)));
        }
        let foot = match &self.said {
            Some(said) => Row::new().put(" No  ", theme.style(Role::Warning)).put(said, plain),
            None => {
                [("Enter", "open"), ("1-9", "choose"), ("o", "a file"), ("r", "resume"), ("c", "copy"), ("q", "quit")]
                    .into_iter()
                    .fold(Row::new().put(" ", plain), |row, (key, words)| {
                        row.put(key, theme.style(Role::Key)).put(&format!(" {words}  "), dim)
                    })
            }
        };
        lines.truncate(height.saturating_sub(1));
        lines.push(foot.fit(width, width));
        for (at, line) in lines.into_iter().enumerate().take(height) {
            buf.set_line(area.x, area.y + u16::try_from(at).unwrap_or(u16::MAX), &line, area.width);
        }
        if let Some(prompt) = &self.prompt {
            with_view(theme, |view| prompt.draw(area, buf, view));
        }
    }
}

impl Default for Start {
    fn default() -> Start {
        Start::new()
    }
}

/// Hands `act` a view without a session: the prompt of the start screen looks at none.
fn with_view<T>(theme: &Theme, act: impl FnOnce(&DialogView<'_>) -> T) -> T {
    let state = State::new(std::sync::Arc::new(Goal::empty("")));
    let view = DialogView { state: &state, records: &[], theme, jq: &|_| Ok(()), check: &|_, _| None };
    act(&view)
}

/// Returns what a goal is about, line by line.
fn preview(goal: &Goal) -> Vec<(&'static str, String)> {
    let wants: Vec<String> = goal.wants.iter().map(|(key, condition)| format!("{key}: {condition}")).collect();
    let mut kinds: Vec<&str> = goal.tools.values().map(|tool| &*tool.run.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut lines = vec![("goal", goal.goal.to_string()), ("wants", wants.join(", "))];
    lines.push(("tools", format!("{} offered ({})", goal.tools.len(), kinds.join(", "))));
    if !goal.scenarios.is_empty() {
        let names: Vec<String> = goal.scenarios.iter().map(|scenario| text::clip(&scenario.name, 40)).collect();
        lines.push(("x", names.join(" · ")));
    }
    lines
}
