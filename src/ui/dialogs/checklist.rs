//! The checklist and the hand-offs of the plan as it is now, with the next fix, which one key applies.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::checks::fix::found;
use crate::checks::page;
use crate::ui::action::Action;
use crate::ui::dialogs::page::{SCROLLS, scroll};
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView};
use crate::ui::input::{Input, KeyPress, MouseAct};
use crate::ui::keymap::Mode;
use crate::ui::widgets::page_rows;
use crate::ui::widgets::sheet::{Scroll, Sheet, inner_width, refusal};

/// Where it looks its keys up.
const MODES: [Mode; 2] = [Mode::Checks, Mode::Page];

/// The panel: it follows the plan while it is open.
#[derive(Clone, Debug, Default)]
pub struct PlanChecks {
    refused: Option<String>,
    scroll: Scroll,
}

impl Dialog for PlanChecks {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        match input {
            Input::Key(press) => {
                self.refused = None;
                match view.keymap.action(&MODES, *press) {
                    Some(Action::Close) => return DialogOutcome::Close,
                    Some(Action::Mend) => match found(view.state).1 {
                        Some(fix) => return DialogOutcome::Mend(fix.command),
                        None => self.refused = Some("nothing here is mended by one key".into()),
                    },
                    Some(action) => scroll(&self.scroll, action),
                    None => {}
                }
            }
            Input::Mouse { act: MouseAct::WheelUp, .. } => self.scroll.by(-3),
            Input::Mouse { act: MouseAct::WheelDown, .. } => self.scroll.by(3),
            Input::Mouse { act: MouseAct::Click | MouseAct::Drag, .. } | Input::Paste(_) | Input::Resized { .. } => {}
        }
        DialogOutcome::Stay
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let (theme, width) = (view.theme, inner_width(area));
        let (list, fix) = found(view.state);
        let page = page::page(view.state, list.as_ref(), fix.as_ref());
        let fill = |words: &str| view.keymap.fill(&MODES, words).into_owned();
        let body = page_rows::lines(&page, width, usize::MAX, theme, |words| fill(words).into());
        let hints = view.hints(&MODES);
        let hints = if fix.is_some() { hints.key(Action::Mend, "mend it") } else { hints };
        let hints = hints.keys(&SCROLLS, "scroll").key(Action::Close, "close").done();
        let foot = refusal(self.refused.as_deref(), width, theme);
        Sheet { title: page.title.clone(), body, foot, hints, ..Sheet::default() }.draw(area, buf, theme, &self.scroll);
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
