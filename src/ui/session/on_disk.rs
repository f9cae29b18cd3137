//! What was changed on disk under an open session: said, trusted, taken over.

use crate::describe::frame::acting;
use crate::engine::state::Phase;
use crate::runtime::redefining::Changed;
use crate::ui::session::app::App;
use crate::ui::session::change::DialogRequest;
use crate::ui::widgets::status_line::About;

impl App {
    /// Trusts the goal file as it was shown, and puts the question of the step that waits for it.
    pub(super) fn trust(&mut self) -> Result<(), String> {
        // What changed since it was shown was not read.
        if self.driver.asked_to_trust() != self.to_trust {
            self.open(DialogRequest::Risk);
            let why = "it was changed on disk while you read it: this is what it is now";
            match &mut self.dialog {
                Some(dialog) => dialog.refuse(why),
                None => self.ui.refuse(why),
            }
            return Ok(());
        }
        self.driver.trust().map_err(|refusal| refusal.message)?;
        self.refresh();
        if acting(&self.shown.state).phase == Phase::Approving {
            self.open(DialogRequest::Risk);
        }
        Ok(())
    }

    /// Says what was changed on disk: who comes back from an editor presses a key.
    pub(super) fn glance_at_disk(&mut self) {
        if self.dialog.is_none()
            && self.ui.toast.is_none()
            && let Some(said) = self.driver.glance_at_disk()
        {
            self.ui.note(About::Note, said);
        }
    }

    /// Takes over what was changed on disk, or asks first whether it is trusted.
    pub(crate) fn take_over(&mut self) {
        if let Err(why) = self.driver.look_at_disk() {
            return self.ui.refuse(why);
        }
        if self.driver.edited().is_some() && self.driver.untrusted().is_some() {
            return self.open(DialogRequest::TakeOver);
        }
        if let Some(said) = self.driver.changed_before_it_ran() {
            return self.ui.note(About::Note, said);
        }
        let said = self.driver.edited().map(Changed::said).unwrap_or_default();
        match self.driver.take_over() {
            Ok(()) => self.ui.say(format!("{said} and was taken over")),
            Err(refusal) => self.ui.refuse(refusal.message),
        }
        self.refresh();
    }
}
