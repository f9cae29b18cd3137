//! What if: while a dialog is filled in, the steps that only compute run ahead of what it would do.

use crate::runtime::ahead::Asked;
use crate::runtime::searching::Search;
use crate::ui::dialogs::RunAhead;
use crate::ui::session::app::App;

impl App {
    /// Has this run ahead, in place of what was asked before.
    pub(super) fn run_ahead(&mut self, wanted: RunAhead) {
        match wanted {
            RunAhead::Same => {}
            RunAhead::Nothing => self.ui.ahead = None,
            RunAhead::Of(command) => {
                self.ui.ahead = None;
                // Who is to say what will happen is not told; and a loop is seen from inside.
                if self.ui.lesson.is_some() || self.about.is_some() || self.view().poses() {
                    return;
                }
                self.ui.asked_ahead += 1;
                let (number, at) = (self.ui.asked_ahead, self.shown.state.seq);
                self.driver.search(Search::Ahead(Asked { number, at, command: *command }));
            }
        }
    }
}
