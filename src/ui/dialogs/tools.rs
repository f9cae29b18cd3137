//! The page about the tools, and what else the MCP servers of the goal offer: asked for, and copied as a declaration.

use std::cell::{Cell, RefCell};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::describe::page::Page;
use crate::describe::tools::{Listing, servers, tools};
use crate::ui::action::Action;
use crate::ui::dialogs::page::{SCROLLS, scroll};
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView};
use crate::ui::input::{Input, KeyPress, MouseAct};
use crate::ui::keymap::Mode;
use crate::ui::widgets::page_rows;
use crate::ui::widgets::sheet::{Scroll, Sheet, inner_width, refusal};

/// Where it looks its keys up.
const MODES: [Mode; 2] = [Mode::Tools, Mode::Page];

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Tools {
    /// Which of the tools that are not declared is selected.
    at: usize,
    /// Why something was not done.
    refused: Option<String>,
    /// Where each of the tools that are not declared stood in the last drawing.
    places: RefCell<Vec<usize>>,
    /// Whether what the servers said was seen.
    seen: Cell<bool>,
    scroll: Scroll,
}

impl Tools {
    fn go(&mut self, by: isize) {
        let places = self.places.borrow();
        let last = places.len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(by).min(last);
        match places.get(self.at) {
            Some(row) => self.scroll.show(*row),
            None => self.scroll.by(by),
        }
    }
}

impl Dialog for Tools {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        match input {
            Input::Key(press) => {
                self.refused = None;
                match view.keymap.action(&MODES, *press) {
                    Some(Action::Close) => return DialogOutcome::Close,
                    Some(Action::Up) => self.go(-1),
                    Some(Action::Down) => self.go(1),
                    Some(Action::ListServers) => {
                        self.seen.set(false);
                        return DialogOutcome::ListServers;
                    }
                    Some(Action::Copy) => match view.listing.undeclared().nth(self.at) {
                        Some(tool) => {
                            let what = format!("how the goal file declares {}", tool.name);
                            return DialogOutcome::Copy(tool.declaration.clone(), what);
                        }
                        None => self.refused = Some("there is no tool here that is not declared".to_owned()),
                    },
                    Some(action) => scroll(&self.scroll, action),
                    None => {}
                }
            }
            Input::Mouse { act: MouseAct::WheelUp, .. } => self.scroll.by(-3),
            Input::Mouse { act: MouseAct::WheelDown, .. } => self.scroll.by(3),
            Input::Mouse { act: MouseAct::Click, column, row } => {
                let row = self.scroll.row_at(*column, *row);
                if let Some(at) = row.and_then(|row| self.places.borrow().iter().rposition(|place| *place <= row)) {
                    self.at = at;
                }
            }
            Input::Mouse { act: MouseAct::Drag, .. } | Input::Paste(_) | Input::Resized { .. } => {}
        }
        DialogOutcome::Stay
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let (theme, width) = (view.theme, inner_width(area));
        let mut page = tools(view.state);
        let rows = servers(&mut page, view.state, view.listing, self.at);
        let (mut body, mut places) = (Vec::new(), Vec::new());
        for (at, row) in page.rows.into_iter().enumerate() {
            if rows.binary_search(&at).is_ok() {
                places.push(body.len());
            }
            let row = Page { rows: vec![row], ..Page::default() };
            body.extend(page_rows::lines(&row, width, usize::MAX, theme, |words| view.fill(words)));
        }
        if let (false, Listing::Came(_)) = (self.seen.get(), view.listing) {
            self.seen.set(true);
            self.scroll.show(places.first().copied().unwrap_or(body.len().saturating_sub(1)));
        }
        let foot = refusal(self.refused.as_deref(), width, theme);
        let hints = view.hints(&MODES).keys(&SCROLLS, if places.is_empty() { "scroll" } else { "choose" });
        let hints = if view.state.goal.servers.is_empty() {
            hints
        } else {
            hints.key(Action::ListServers, "ask the servers what they offer")
        };
        let hints = if places.is_empty() { hints } else { hints.key(Action::Copy, "copy how to declare it") };
        let hints = hints.key(Action::Close, "close").done();
        *self.places.borrow_mut() = places;
        Sheet { title: page.title, body, foot, hints, ..Sheet::default() }.draw(area, buf, theme, &self.scroll);
    }

    fn takes_space(&self) -> bool {
        false
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.scroll.key_at(column, row)
    }

    fn refuse(&mut self, message: &str) {
        self.refused = Some(message.to_owned());
    }
}
