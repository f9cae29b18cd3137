//! Something to read: titled blocks of text that wrap to the width and scroll.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::input::{Input, Key, MouseAct};
use super::super::text;
use super::super::theme::{Role, Theme};
use super::DialogOutcome;
use super::frame::{Scroll, Sheet, inner_width};

/// The most bytes of one paragraph; a tool's whole output stands in the session file.
const LONGEST: usize = 8 * 1024;

/// One paragraph: a mark, how far it is indented, words.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub role: Role,
    pub indent: usize,
    pub words: String,
}

/// A page of text; scrolls, closes.
#[derive(Clone, Debug, Default)]
pub struct Page {
    title: String,
    rows: Vec<Row>,
    scroll: Scroll,
}

impl Page {
    /// Returns an empty page.
    pub fn new(title: impl Into<String>) -> Page {
        Page { title: title.into(), ..Page::default() }
    }

    /// Adds a heading.
    pub fn heading(&mut self, words: impl Into<String>) {
        if !self.rows.is_empty() {
            self.rows.push(Row { role: Role::Text, indent: 0, words: String::new() });
        }
        self.rows.push(Row { role: Role::Title, indent: 0, words: words.into() });
    }

    /// Adds a paragraph after the glyph of `role`, `indent` steps deep.
    pub fn add(&mut self, role: Role, indent: usize, words: impl Into<String>) {
        let mut words = words.into();
        if words.len() > LONGEST {
            let end = (0..=LONGEST).rev().find(|end| words.is_char_boundary(*end)).unwrap_or(0);
            words.truncate(end);
            words.push('…');
        }
        self.rows.push(Row { role, indent, words });
    }

    /// Returns the words of the page, for the clipboard and for tests.
    pub fn words(&self) -> String {
        let line = |row: &Row| format!("{}{} {}", "  ".repeat(row.indent), row.role.glyph(), row.words);
        self.rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    pub(super) fn handle(&mut self, input: &Input) -> DialogOutcome {
        let page = self.scroll.page() as isize;
        match input {
            Input::Key(press) => match press.key {
                Key::Esc | Key::Enter | Key::Char('q') => return DialogOutcome::Close,
                Key::Up | Key::Char('k') => self.scroll.by(-1),
                Key::Down | Key::Char('j') => self.scroll.by(1),
                Key::PageUp => self.scroll.by(-page),
                Key::PageDown | Key::Char(' ') => self.scroll.by(page),
                Key::Home | Key::Char('g') => self.scroll.to_top(),
                Key::End | Key::Char('G') => self.scroll.to_end(),
                Key::Char(_)
                | Key::Tab
                | Key::BackTab
                | Key::Backspace
                | Key::Delete
                | Key::Insert
                | Key::Left
                | Key::Right
                | Key::F(_) => {}
            },
            Input::Mouse { act: MouseAct::WheelUp, .. } => self.scroll.by(-3),
            Input::Mouse { act: MouseAct::WheelDown, .. } => self.scroll.by(3),
            Input::Mouse { act: MouseAct::Click, .. } | Input::Paste(_) | Input::Resized { .. } => {}
        }
        DialogOutcome::Stay
    }

    pub(super) fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let width = inner_width(area);
        let mut body = Vec::new();
        for row in &self.rows {
            // Deep chains stop moving right: the words keep half of the width.
            let indent = (row.indent * 2).min(width / 2);
            let bare = matches!(row.role, Role::Title | Role::Text | Role::Strong | Role::Error | Role::Warning);
            let mark = if bare { String::new() } else { format!("{} ", row.role.glyph()) };
            let hang = indent + text::width(&mark);
            for (at, words) in text::wrap(&row.words, width.saturating_sub(hang)).into_iter().enumerate() {
                let lead = if at == 0 { mark.clone() } else { " ".repeat(text::width(&mark)) };
                let style = if bare { theme.style(row.role) } else { theme.style(Role::Text) };
                body.push(Line::from(vec![
                    Span::raw(" ".repeat(indent)),
                    Span::styled(lead, theme.style(row.role)),
                    Span::styled(words, style),
                ]));
            }
        }
        let hints = vec![("↑↓ PgUp PgDn", "scroll"), ("Esc", "close")];
        Sheet { title: self.title.clone(), body, hints, ..Sheet::default() }.draw(area, buf, theme, &self.scroll);
    }
}
