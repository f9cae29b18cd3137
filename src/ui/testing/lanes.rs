//! The screen of the lanes without a terminal: keys in, a picture out. Tests and pictures use it.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::goal::Goal;
use crate::jq::{Cancel, Evaluator};
use crate::runtime::services::Services;
use crate::ui::compare::Compare;
use crate::ui::input::Input;
use crate::ui::keymap::Keymap;
use crate::ui::screen::{Request, Screen};
use crate::ui::testing::harness;
use crate::ui::theme::Theme;

/// The lanes on a screen of a fixed size, driven by hand.
pub struct CompareStage {
    compare: Compare,
    size: (u16, u16),
    /// What the event loop would have had to do.
    pub requests: Vec<Request>,
}

impl CompareStage {
    /// Opens the usual lanes on `goal`; first plans are made.
    ///
    /// # Errors
    /// If the keymap cannot be read.
    pub fn open(goal: Goal, at_hand: Option<&str>, size: (u16, u16), theme: Theme) -> Result<CompareStage, String> {
        let services = Services::new(Evaluator::in_thread());
        let mut compare = Compare::new(Arc::new(goal), at_hand, services, Keymap::built_in()?, theme, size);
        compare.show_times(false);
        let mut stage = CompareStage { compare, size, requests: Vec::new() };
        stage.work();
        Ok(stage)
    }

    /// Returns the screen of the lanes.
    pub fn compare(&mut self) -> &mut Compare {
        &mut self.compare
    }

    /// Presses `keys`, as the footer writes them, with a space between; everything that follows is done.
    ///
    /// # Errors
    /// If a word does not name a key.
    pub fn press(&mut self, keys: &str) -> Result<(), String> {
        for key in keys.split_whitespace() {
            self.input(&Input::Key(harness::named(key).ok_or_else(|| format!("{key} is not a key"))?));
        }
        Ok(())
    }

    /// Hands over one input and does everything that the lanes are to do then.
    pub fn input(&mut self, input: &Input) {
        if let Input::Resized { width, height } = input {
            self.size = (*width, *height);
        }
        self.requests.extend(self.compare.input(input));
        self.work();
    }

    fn work(&mut self) {
        let cancel = Cancel::new();
        while let Some(at) = self.compare.bench().work(&cancel) {
            self.compare.moved(at);
        }
    }

    /// Returns what the screen shows.
    pub fn buffer(&mut self) -> Buffer {
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let mut buffer = Buffer::empty(area);
        self.compare.draw(area, &mut buffer);
        buffer
    }

    /// Returns the text of the screen, row by row, blanks at the end of a row left out.
    pub fn text(&mut self) -> String {
        harness::text_of(&self.buffer())
    }

    /// Returns the text of the screen with a last line that stands for its styles.
    pub fn picture(&mut self) -> String {
        harness::picture_of(&self.buffer())
    }
}
