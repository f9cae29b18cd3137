//! Drafts: what was typed into a form that was closed without being applied.

use crate::ui::dialogs::Opened;

/// The drafts of this run, one for each thing that a form can be about.
#[derive(Debug, Default)]
pub struct Drafts {
    kept: Vec<(String, Opened)>,
}

impl Drafts {
    /// Keeps a closed dialog where what was typed into it is worth it.
    pub fn keep(&mut self, dialog: Opened) {
        let Some(about) = dialog.draft_of() else { return };
        self.kept.retain(|(known, _)| *known != about);
        self.kept.push((about, dialog));
    }

    /// Returns the draft about the same thing as `fresh`, or `fresh` itself where there is none.
    pub fn take(&mut self, fresh: Opened) -> Opened {
        let Some(about) = fresh.draft_of() else { return fresh };
        match self.kept.iter().position(|(known, _)| *known == about) {
            Some(at) => self.kept.remove(at).1,
            None => fresh,
        }
    }
}
