//! The start screen: what to see first, samples, recent sessions, a file of one's own.
//!
//! Its entries come from the samples' own data. It touches no file: the loop reads what it shows and does what it
//! answers.

use std::path::PathBuf;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Paragraph, Widget};

use super::input::{Input, Key, MouseAct};
use super::theme::Theme;
use crate::describe::sign::Role;
use crate::describe::text::{clip, harmless, pad, width, wrap};

/// What one line of the start screen opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A sample, with so many steps run, and a scenario at hand.
    Sample {
        /// Its name.
        name: String,
        /// How many steps have run when it opens.
        steps: u32,
        /// What to try there.
        hint: Option<String>,
    },
    /// The strategies side by side on a sample.
    Compare {
        /// Its name.
        name: String,
        /// The scenario that is at hand.
        scenario: Option<String>,
    },
    /// A recorded session.
    Session(PathBuf),
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What one sees there.
    pub title: String,
    /// On what.
    pub about: String,
    /// How long it takes, or when it was.
    pub aside: String,
    /// What it opens.
    pub target: Target,
    /// What the card says.
    pub card: Card,
}

/// What is typed below the list: the path of a file, or the name of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Typing {
    for_copy: bool,
    text: String,
}

/// The start screen.
#[derive(Clone, Debug, Default)]
pub struct Start {
    entries: Vec<Entry>,
    samples: Vec<Entry>,
    sessions: Vec<Entry>,
    at: usize,
    typing: Option<Typing>,
    notice: Option<String>,
    help: bool,
}

/// What the start screen wants after an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartOutcome {
    /// Stays.
    Stay,
    /// Ends the program.
    Quit,
    /// Opens this.
    Open(Target),
    /// Opens this goal file.
    OpenFile(String),
    /// Copies the sample with this name to this new file, and opens it.
    Copy {
        /// The sample.
        sample: String,
        /// The new file's name.
        to: String,
    },
}

impl Start {
    /// Returns the start screen over entries, samples and sessions.
    pub fn new(entries: Vec<Entry>, samples: Vec<Entry>, sessions: Vec<Entry>) -> Start {
        Start { entries, samples, sessions, ..Start::default() }
    }

    /// Shows `message` until the next key: why a file could not be opened.
    pub fn notify(&mut self, message: &str) {
        self.notice = Some(message.to_owned());
    }

    /// Returns every line that can be chosen, in order.
    fn lines(&self) -> Vec<Entry> {
        let own = [
            Entry {
                title: "My own plan or goal".into(),
                about: "open a file".into(),
                aside: String::new(),
                target: Target::File,
                card: Card {
                    goal: "A goal file, or a plan: a JSON list of steps or of plain sentences".into(),
                    hint: "type its path; `planscope schema` prints the format".into(),
                    ..Card::default()
                },
            },
            Entry {
                title: "A copy of a sample".into(),
                about: "to change it".into(),
                aside: String::new(),
                target: Target::Copy,
                card: Card {
                    goal: "Choose a sample below and press n: it is copied beside you and opened".into(),
                    ..Card::default()
                },
            },
        ];
        let all = self.entries.iter().chain(&own).chain(&self.samples).chain(&self.sessions);
        all.cloned().collect()
    }

    /// Acts on one input.
    pub fn handle(&mut self, input: &Input) -> StartOutcome {
        if self.typing.is_some() {
            return self.type_in(input);
        }
        let count = self.lines().len();
        let press = match input {
            Input::Key(press) => press,
            Input::Mouse { act: MouseAct::WheelDown, .. } => {
                self.at = (self.at + 1).min(count.saturating_sub(1));
                return StartOutcome::Stay;
            }
            Input::Mouse { act: MouseAct::WheelUp, .. } => {
                self.at = self.at.saturating_sub(1);
                return StartOutcome::Stay;
            }
            Input::Mouse { act: MouseAct::Click, row, .. } => {
                if let Some(at) = self.at_row(usize::from(*row)) {
                    if at == self.at {
                        return self.open();
                    }
                    self.at = at;
                }
                return StartOutcome::Stay;
            }
            Input::Paste(_) | Input::Resized { .. } => return StartOutcome::Stay,
        };
        self.notice = None;
        if self.help {
            self.help = false;
            return StartOutcome::Stay;
        }
        match (press.key, press.ctrl) {
            (Key::Char('c'), true) | (Key::Char('q'), false) => return StartOutcome::Quit,
            (Key::Down | Key::Char('j') | Key::Tab, false) | (Key::Char('n'), true) => {
                self.at = (self.at + 1).min(count.saturating_sub(1));
            }
            (Key::Up | Key::Char('k') | Key::BackTab, false) | (Key::Char('p'), true) => {
                self.at = self.at.saturating_sub(1);
            }
            (Key::Home, _) | (Key::Char('g'), false) => self.at = 0,
            (Key::End, _) | (Key::Char('G'), false) => self.at = count.saturating_sub(1),
            (Key::PageDown, _) => self.at = (self.at + 5).min(count.saturating_sub(1)),
            (Key::PageUp, _) => self.at = self.at.saturating_sub(5),
            (Key::Enter | Key::Char(' '), _) => return self.open(),
            (Key::Char('o'), false) => self.typing = Some(Typing { for_copy: false, text: String::new() }),
            (Key::Char('n'), false) => self.begin_copy(),
            (Key::Char('r'), false) => match self.sessions.first() {
                Some(session) => return StartOutcome::Open(session.target.clone()),
                None => self.notice = Some("there is no session to resume yet".into()),
            },
            (Key::Char('?'), false) => self.help = true,
            (Key::Char(digit @ '1'..='9'), false) => {
                let at = digit as usize - '1' as usize;
                if at < self.entries.len() + 2 {
                    self.at = at;
                    return self.open();
                }
            }
            _ => {}
        }
        StartOutcome::Stay
    }

    fn open(&mut self) -> StartOutcome {
        match self.lines().get(self.at).map(|entry| entry.target.clone()) {
            Some(Target::File) => self.typing = Some(Typing { for_copy: false, text: String::new() }),
            Some(Target::Copy) => self.begin_copy(),
            Some(target @ (Target::Sample { .. } | Target::Compare { .. } | Target::Session(_))) => {
                return StartOutcome::Open(target);
            }
            None => {}
        }
        StartOutcome::Stay
    }

    fn begin_copy(&mut self) {
        match self.chosen_sample() {
            Some(sample) => {
                let text = format!("my_{sample}.json");
                self.typing = Some(Typing { for_copy: true, text });
            }
            None => {
                self.notice = Some("choose a sample first, then n copies it".into());
                self.at = self.entries.len() + 2;
            }
        }
    }

    fn chosen_sample(&self) -> Option<String> {
        match self.lines().get(self.at).map(|entry| entry.target.clone()) {
            Some(Target::Sample { name, .. }) => Some(name),
            Some(Target::Compare { .. } | Target::Session(_) | Target::File | Target::Copy) | None => None,
        }
    }

    fn type_in(&mut self, input: &Input) -> StartOutcome {
        let Some(typing) = &mut self.typing else { return StartOutcome::Stay };
        match input {
            Input::Paste(text) => typing.text.push_str(text.trim_end_matches(['\n', '\r'])),
            Input::Key(press) => match press.key {
                Key::Esc => self.typing = None,
                Key::Backspace => {
                    typing.text.pop();
                }
                Key::Enter if typing.text.trim().is_empty() => self.typing = None,
                Key::Enter => {
                    let typed = typing.text.trim().to_owned();
                    let for_copy = typing.for_copy;
                    self.typing = None;
                    if !for_copy {
                        return StartOutcome::OpenFile(typed);
                    }
                    if let Some(sample) = self.chosen_sample() {
                        return StartOutcome::Copy { sample, to: typed };
                    }
                }
                _ if press.ctrl && press.key == Key::Char('u') => typing.text.clear(),
                _ if press.ctrl && press.key == Key::Char('c') => self.typing = None,
                _ => typing.text.extend(press.typed()),
            },
            Input::Mouse { .. } | Input::Resized { .. } => {}
        }
        StartOutcome::Stay
    }

    /// Returns the rows of the list: a heading, or the place of an entry.
    fn rows(&self) -> Vec<Result<usize, &'static str>> {
        let mut rows: Vec<Result<usize, &'static str>> = vec![Err("What do you want to see?")];
        let own = self.entries.len() + 2;
        rows.extend((0..own).map(Ok));
        if !self.samples.is_empty() {
            rows.push(Err("Samples"));
            rows.extend((own..own + self.samples.len()).map(Ok));
        }
        if !self.sessions.is_empty() {
            rows.push(Err("Recent sessions"));
            let from = own + self.samples.len();
            rows.extend((from..from + self.sessions.len()).map(Ok));
        }
        rows
    }

    fn at_row(&self, row: usize) -> Option<usize> {
        // The list begins below the title and an empty row, where there is room for one.
        let top = row.checked_sub(2)?;
        self.rows().get(top).and_then(|row| row.ok())
    }

    /// Draws the start screen.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let area = area.intersection(buf.area);
        if area.width < 4 || area.height < 2 {
            Line::from("q quit").render(Rect { height: area.height.min(1), ..area }, buf);
            return;
        }
        let wide = usize::from(area.width);
        let name = " planscope · a debugger for plans";
        let aside = "offline, no key needed ";
        let gap = wide.saturating_sub(width(name) + width(aside));
        let mut title = vec![Span::styled(clip(name, wide), theme.style(Role::Title))];
        if gap > 0 {
            title.push(Span::raw(" ".repeat(gap)));
            title.push(Span::styled(aside, theme.style(Role::Dim)));
        }
        Line::from(title).render(Rect { height: 1, ..area }, buf);
        let foot = Rect { y: area.bottom() - 1, height: 1, ..area };
        self.draw_foot(foot, buf, theme);
        let entries = self.lines();
        let rows = self.rows();
        let card_rows: u16 = if area.height >= 18 { 6 } else { 0 };
        let spacer = u16::from(area.height > 10);
        let list = Rect { y: area.y + 1 + spacer, height: area.height.saturating_sub(2 + spacer + card_rows), ..area };
        let focus = rows.iter().position(|row| *row == Ok(self.at)).unwrap_or(0);
        let top = (focus + 1).saturating_sub(usize::from(list.height));
        for (place, row) in rows.iter().skip(top).take(usize::from(list.height)).enumerate() {
            let line = match row {
                Err(heading) => Line::styled(format!(" {heading}"), theme.style(Role::Strong)),
                Ok(at) => match entries.get(*at) {
                    Some(entry) => self.entry_line(entry, *at, wide, theme),
                    None => continue,
                },
            };
            line.render(Rect { y: list.y + place as u16, height: 1, ..list }, buf);
        }
        if card_rows > 0
            && let Some(entry) = entries.get(self.at)
        {
            let card = Rect { y: foot.y - card_rows, height: card_rows, ..area };
            draw_card(entry, card, buf, theme);
        }
        if self.help {
            draw_help(area, buf, theme);
        }
    }

    fn entry_line(&self, entry: &Entry, at: usize, wide: usize, theme: &Theme) -> Line<'static> {
        let here = at == self.at;
        let mark = if here { "▶" } else { " " };
        let number = if at < (self.entries.len() + 2).min(9) { format!("{}", at + 1) } else { " ".into() };
        let room = wide.saturating_sub(6);
        let aside_width = 10.min(room / 4);
        let title_width = (room.saturating_sub(aside_width) / 2).min(40);
        let about_width = room.saturating_sub(title_width + aside_width + 2).min(60);
        let style = if here { theme.style(Role::Current) } else { theme.style(Role::Text) };
        Line::from(vec![
            Span::styled(format!(" {mark} {number} "), style),
            Span::styled(pad(&harmless(&entry.title), title_width), style),
            Span::raw(" "),
            Span::raw(pad(&harmless(&entry.about), about_width)),
            Span::raw(" "),
            Span::styled(clip(&harmless(&entry.aside), aside_width), theme.style(Role::Dim)),
        ])
    }

    fn draw_foot(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let wide = usize::from(area.width);
        let line = match (&self.typing, &self.notice) {
            (Some(typing), _) => {
                let ask = if typing.for_copy { " copy to: " } else { " file: " };
                let tail: String = {
                    let room = wide.saturating_sub(width(ask) + 22);
                    let text = harmless(&typing.text).into_owned();
                    let mut from = 0;
                    while width(&text[from..]) > room.max(1) {
                        from += text[from..].chars().next().map_or(1, char::len_utf8);
                    }
                    text[from..].to_owned()
                };
                Line::from(vec![
                    Span::styled(ask, theme.style(Role::Strong)),
                    Span::raw(tail),
                    Span::styled("▏", theme.style(Role::Accent)),
                    Span::styled(" Enter open  Esc back", theme.style(Role::Dim)),
                ])
            }
            (None, Some(notice)) => {
                Line::styled(clip(&format!(" {}", harmless(notice)), wide), theme.style(Role::Warning))
            }
            (None, None) => keys_line(wide, theme),
        };
        line.render(area, buf);
    }
}

const KEYS: [(&str, &str); 7] = [
    ("Enter", "open"),
    ("1…", "by number"),
    ("o", "open a file"),
    ("n", "copy a sample"),
    ("r", "resume the last"),
    ("?", "help"),
    ("q", "quit"),
];

fn keys_line(wide: usize, theme: &Theme) -> Line<'static> {
    // What does not fit goes; help, and how to leave, stay.
    let mut shown: Vec<&(&str, &str)> = KEYS.iter().collect();
    let cost = |keys: &[&(&str, &str)]| keys.iter().map(|(key, what)| width(key) + width(what) + 3).sum::<usize>();
    while shown.len() > 2 && cost(&shown) > wide {
        shown.remove(shown.len() - 3);
    }
    if cost(&shown) > wide {
        shown.remove(0);
    }
    let spans = shown.iter().flat_map(|(key, what)| {
        [Span::styled(format!(" {key}"), theme.style(Role::Key)), Span::raw(format!(" {what} "))]
    });
    Line::from(spans.collect::<Vec<_>>())
}

fn draw_card(entry: &Entry, area: Rect, buf: &mut Buffer, theme: &Theme) {
    let title = format!(" {} ", clip(&harmless(&entry.title), usize::from(area.width).saturating_sub(6)));
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(Role::Border))
        .title(Span::styled(title, theme.style(Role::Strong)));
    let inside = block.inner(area);
    block.render(area, buf);
    let card = &entry.card;
    let rows = [("goal", &card.goal), ("wants", &card.wants), ("tools", &card.tools), ("try", &card.hint)];
    let wide = usize::from(inside.width).saturating_sub(8);
    let lines: Vec<Line<'_>> = rows
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(label, text)| {
            Line::from(vec![
                Span::styled(format!(" {label:<6} "), theme.style(Role::Strong)),
                Span::raw(clip(&harmless(text), wide)),
            ])
        })
        .collect();
    Paragraph::new(lines).render(inside, buf);
}

fn draw_help(area: Rect, buf: &mut Buffer, theme: &Theme) {
    let words = "planscope shows a plan being made, run one step at a time, and rewritten when the world turns out \
                 to be another. Open one of the first lines: space runs a step, x lets a surprise happen, ? tells \
                 every key that works there.";
    let wide = area.width.min(72);
    let mut lines: Vec<Line<'_>> =
        wrap(words, usize::from(wide).saturating_sub(4)).into_iter().map(|l| Line::from(format!(" {l}"))).collect();
    lines.push(Line::default());
    for (key, what) in KEYS {
        lines.push(Line::from(vec![
            Span::styled(format!(" {key:>6} "), theme.style(Role::Key)),
            Span::raw(what.to_owned()),
        ]));
    }
    lines.push(Line::from(" any key closes this"));
    let height = (lines.len() as u16 + 2).min(area.height);
    let frame =
        Rect { x: area.x + (area.width - wide) / 2, y: area.y + (area.height - height) / 2, width: wide, height };
    Clear.render(frame, buf);
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(Role::Focus))
        .title(Span::styled(" Help ", theme.style(Role::Strong)));
    Paragraph::new(lines).block(block).render(frame, buf);
}

/// Returns the entries of the samples' lessons and the samples themselves.
pub fn sample_entries(goal_of: impl Fn(&str) -> Option<Arc<crate::engine::goal::Goal>>) -> (Vec<Entry>, Vec<Entry>) {
    let card = |name: &str, hint: &str| match goal_of(name) {
        None => Card::default(),
        Some(goal) => Card {
            goal: goal.goal.to_string(),
            wants: goal.wants.iter().map(|(k, c)| format!("{k}: {c}")).collect::<Vec<_>>().join(" · "),
            tools: tools_in_words(&goal),
            hint: hint.to_owned(),
        },
    };
    let entries = crate::goal_file::start_entries().into_iter().map(|(sample, entry)| Entry {
        title: entry.title,
        about: entry.about,
        aside: format!("{} min", entry.minutes),
        card: card(sample, &entry.hint),
        target: match entry.compare {
            true => Target::Compare { name: sample.to_owned(), scenario: entry.scenario },
            false => Target::Sample { name: sample.to_owned(), steps: entry.steps, hint: Some(entry.hint) },
        },
    });
    let samples = crate::goal_file::samples().iter().map(|sample| {
        let goal = goal_of(sample.name);
        Entry {
            title: sample.name.to_owned(),
            about: goal.as_ref().map(|goal| goal.goal.to_string()).unwrap_or_default(),
            aside: goal.map(|goal| format!("{} tools", goal.tools.len())).unwrap_or_default(),
            target: Target::Sample { name: sample.name.to_owned(), steps: 0, hint: None },
            card: card(sample.name, "n copies it beside you, to change it"),
        }
    });
    (entries.collect(), samples.collect())
}

fn tools_in_words(goal: &crate::engine::goal::Goal) -> String {
    let mut kinds: Vec<&str> = Vec::new();
    for tool in goal.tools.values() {
        if !kinds.contains(&&*tool.run.kind) {
            kinds.push(&tool.run.kind);
        }
    }
    let outside = goal.tools.values().any(|tool| tool.run.nature == crate::engine::goal::Nature::Outside);
    let reach = if outside { "some reach outside" } else { "nothing leaves this machine" };
    format!("{} offered ({}): {reach}", goal.tools.len(), kinds.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::input::KeyPress;

    fn start() -> Start {
        let goal_of =
            |name: &str| crate::goal_file::sample(name).and_then(|s| crate::goal_file::parse(s.text, name, None).ok());
        let (entries, samples) = sample_entries(|name| goal_of(name).map(Arc::new));
        Start::new(entries, samples, Vec::new())
    }

    fn screen(start: &Start, width: u16, height: u16) -> String {
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        start.draw(area, &mut buf, &Theme::plain());
        (0..height)
            .map(|y| (0..width).map(|x| buf[(x, y)].symbol()).collect::<String>().trim_end().to_owned())
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn press(start: &mut Start, c: char) -> StartOutcome {
        start.handle(&Input::Key(KeyPress::char(c)))
    }

    #[test]
    fn one_key_opens_the_first_entry_of_the_samples_own_data() {
        let mut start = start();
        let first = crate::goal_file::start_entries().into_iter().next().expect("an entry");
        let StartOutcome::Open(Target::Sample { name, .. }) = press(&mut start, '1') else { panic!("opens") };
        assert_eq!(name, first.0);
        assert!(screen(&start, 80, 24).contains(&first.1.title));
    }

    #[test]
    fn a_path_is_typed_with_every_printable_key_and_esc_goes_back() {
        let mut start = start();
        press(&mut start, 'o');
        for c in "q1r.json".chars() {
            assert_eq!(press(&mut start, c), StartOutcome::Stay);
        }
        let enter = Input::Key(KeyPress::plain(Key::Enter));
        assert_eq!(start.handle(&enter), StartOutcome::OpenFile("q1r.json".into()));
        press(&mut start, 'o');
        start.handle(&Input::Key(KeyPress::plain(Key::Esc)));
        assert_eq!(press(&mut start, 'q'), StartOutcome::Quit);
    }

    #[test]
    fn a_sample_is_chosen_and_copied_under_a_name() {
        let mut start = start();
        press(&mut start, 'G');
        press(&mut start, 'n');
        let StartOutcome::Copy { sample, to } = start.handle(&Input::Key(KeyPress::plain(Key::Enter))) else {
            panic!("copies")
        };
        assert_eq!(to, format!("my_{sample}.json"));
    }

    #[test]
    fn it_draws_at_every_size_and_always_says_how_to_leave() {
        let mut start = start();
        for (width, height) in [(1, 1), (5, 2), (20, 5), (40, 10), (60, 16), (80, 24), (200, 60)] {
            let drawn = screen(&start, width, height);
            if width >= 20 {
                assert!(drawn.contains("quit"), "{width}x{height}:\n{drawn}");
            }
        }
        press(&mut start, '?');
        assert!(screen(&start, 80, 24).contains("any key closes this"));
    }
}
