//! Counts: digits typed before a key say how often it is meant, as in vi.

use crate::engine::command::Command;
use crate::engine::event::Pace;
use crate::ui::action::Action;
use crate::ui::input::KeyPress;
use crate::ui::session::app::App;
use crate::ui::widgets::status_line::About;

/// The highest count.
const MOST: u32 = 9_999;

impl App {
    /// Takes `press` as a digit of a count, or tells that it is none: a digit that means something here begins no count,
    /// but goes on with one.
    pub(super) fn count(&mut self, press: KeyPress) -> bool {
        let Some(digit) = press.typed().and_then(|typed| typed.to_digit(10)) else { return false };
        let before = self.ui.times_over;
        let begins = || digit > 0 && self.keymap.action(&self.view().modes(), press).is_none();
        if before.is_none() && !begins() {
            return false;
        }
        let count = before.unwrap_or(0).saturating_mul(10).saturating_add(digit).min(MOST);
        self.ui.times_over = Some(count);
        self.ui.note(About::Note, format!("{count} times: the next key; \x01cancel\x02 forgets it"));
        true
    }

    /// Does `action` as often as was counted, as long as it can be done.
    pub(super) fn act_counted(&mut self, action: Action, count: u32) {
        match action {
            Action::Step | Action::Steps => {
                if let Err(why) = self.submit(Command::SetPace(Pace::Steps(count))) {
                    self.ui.refuse(why);
                }
            }
            action if is_counted(action) => {
                for _ in 0..count {
                    self.ui.toast = None;
                    self.act(action);
                    let is_refused = self.ui.toast.as_ref().is_some_and(|toast| toast.about == About::Refused);
                    if is_refused || self.dialog.is_some() {
                        break;
                    }
                    self.catch_up();
                }
            }
            Action::Cancel => {}        // forgets the count
            action => self.act(action), // done once: more often it would mean nothing
        }
    }
}

/// Tells whether `action` can be done several times in a row.
fn is_counted(action: Action) -> bool {
    use Action::*;
    matches!(
        action,
        Up | Down
            | PageUp
            | PageDown
            | Left
            | Right
            | Back
            | Forward
            | FindNext
            | FindPrevious
            | LastHit
            | NextHit
            | Undo
            | Redo
            | Grow
            | Shrink
            | MoveUp
            | MoveDown
            | NextPane
            | PreviousPane
    )
}
