//! A page to read: wraps to the width, scrolls, closes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::describe::Moment;
use crate::describe::page::Page;
use crate::describe::why::{self, Subject};
use crate::ui::action::Action;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView, Opened};
use crate::ui::input::{Input, KeyPress, MouseAct};
use crate::ui::keymap::Mode;
use crate::ui::widgets::page_rows;
use crate::ui::widgets::sheet::{Scroll, Sheet, inner_width};

/// Where it looks its keys up.
const MODES: [Mode; 1] = [Mode::Page];

/// What scrolls, for the bottom line.
pub(super) const SCROLLS: [Action; 4] = [Action::Up, Action::Down, Action::PageUp, Action::PageDown];

/// Scrolls as `action` says; what says nothing of it scrolls nothing.
pub(super) fn scroll(scroll: &Scroll, action: Action) {
    let page = scroll.page() as isize;
    match action {
        Action::Up => scroll.by(-1),
        Action::Down => scroll.by(1),
        Action::PageUp => scroll.by(-page),
        Action::PageDown => scroll.by(page),
        Action::Top => scroll.to_top(),
        Action::Bottom => scroll.to_end(),
        _ => {} // bound to no key here
    }
}

/// A page of text; scrolls, closes.
#[derive(Clone, Debug)]
pub struct Pager {
    page: Page,
    /// The question that it answers, where it says why.
    subject: Option<Subject>,
    scroll: Scroll,
}

impl From<Page> for Opened {
    fn from(page: Page) -> Opened {
        Opened::from(Pager { page, subject: None, scroll: Scroll::default() })
    }
}

impl Pager {
    /// Returns the page that says why.
    pub fn why(view: Moment<'_>, subject: Subject) -> Pager {
        Pager { page: why::why(view, &subject), subject: Some(subject), scroll: Scroll::default() }
    }
}

impl Dialog for Pager {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        match input {
            Input::Key(press) => match view.keymap.action(&MODES, *press) {
                Some(Action::Close) => return DialogOutcome::Close,
                Some(Action::LightPath) => {
                    return self.subject.clone().map_or(DialogOutcome::Stay, DialogOutcome::Light);
                }
                Some(action) => scroll(&self.scroll, action),
                None => {}
            },
            Input::Mouse { act: MouseAct::WheelUp, .. } => self.scroll.by(-3),
            Input::Mouse { act: MouseAct::WheelDown, .. } => self.scroll.by(3),
            Input::Mouse { act: MouseAct::Click | MouseAct::Drag, .. } | Input::Paste(_) | Input::Resized { .. } => {}
        }
        DialogOutcome::Stay
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let theme = view.theme;
        let body = page_rows::lines(&self.page, inner_width(area), usize::MAX, theme, |words| view.fill(words));
        let hints = view.hints(&MODES).keys(&SCROLLS, "scroll");
        let hints = if self.subject.is_some() { hints.key(Action::LightPath, "light it in the panes") } else { hints };
        let hints = hints.key(Action::Close, "close").done();
        Sheet { title: self.page.title.clone(), body, hints, ..Sheet::default() }.draw(area, buf, theme, &self.scroll);
    }

    fn takes_space(&self) -> bool {
        false
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.scroll.key_at(column, row)
    }

    fn refuse(&mut self, _message: &str) {}
}
