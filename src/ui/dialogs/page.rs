//! A page to read: wraps to the width, scrolls, closes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::describe::page::Page;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView, Opened};
use crate::ui::input::{Input, Key, KeyPress, MouseAct};
use crate::ui::widgets::page_rows;
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
            Input::Mouse { act: MouseAct::Click | MouseAct::Drag, .. } | Input::Paste(_) | Input::Resized { .. } => {}
        }
        DialogOutcome::Stay
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let theme = view.theme;
        let body = page_rows::lines(&self.page, inner_width(area), usize::MAX, theme);
        let hints = vec![("↑↓ PgUp PgDn", "scroll"), ("Esc", "close")];
        Sheet { title: self.page.title.clone(), body, hints, ..Sheet::default() }.draw(area, buf, theme, &self.scroll);
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.scroll.key_at(column, row)
    }

    fn refuse(&mut self, _message: &str) {}
}
