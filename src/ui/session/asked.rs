//! The question of a step that waits for a person: put when it begins to wait.

use crate::describe::frame::acting;
use crate::engine::state::Phase;
use crate::ui::session::app::App;
use crate::ui::session::change::DialogRequest;

impl App {
    /// Puts the question of a step that begins to wait for a person: once, and never over another form.
    pub(super) fn follow_question(&mut self) {
        let risky = matches!(acting(self.driver.state()).phase, Phase::Approving);
        let begins = risky && !std::mem::replace(&mut self.risked, risky);
        self.risked = risky;
        if begins && self.dialog.is_none() && !self.shown.past {
            return self.open(DialogRequest::Risk);
        }
        let state = self.driver.state();
        let Phase::Running { started, .. } = state.innermost().phase else { return };
        if state.asks().is_none() || self.questioned == Some(started) {
            return;
        }
        self.questioned = Some(started);
        if self.dialog.is_none() && !self.shown.past {
            self.open(DialogRequest::Answer);
        }
    }
}
