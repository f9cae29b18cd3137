//! A page to read: wraps to the width, scrolls, closes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::describe::page::Page;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView, Opened};
use crate::ui::input::{Input, Key, KeyPress, MouseAct};
use crate::ui::widgets::sheet::{Scroll, Sheet, inner_width};

/// A page of text; scrolls, closes.
#[derive(Clone, Debug)]
pub struct Pager {
    page: Page,
    scroll: Scroll,
}

impl From<Page> for Opened {
    fn from(page: Page) -> Opened {
        Opened::from(Pager { page, scroll: Scroll::default() })
    }
}

impl Pager {
    /// Returns the words of the page, for the clipboard and for tests.
    pub fn words(&self) -> String {
        self.page.words()
    }
}

impl Dialog for Pager {
    fn handle(&mut self, input: &Input, _view: &DialogView<'_>) -> DialogOutcome {
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

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let theme = view.theme;
        let width = inner_width(area);
        let mut body = Vec::new();
        for row in &self.page.rows {
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
        Sheet { title: self.page.title.clone(), body, hints, ..Sheet::default() }.draw(area, buf, theme, &self.scroll);
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.scroll.key_at(column, row)
    }

    fn refuse(&mut self, _message: &str) {}
}
