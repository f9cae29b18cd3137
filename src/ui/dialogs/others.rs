//! Another session to compare this one with: those of this machine, the newest first.

use std::path::{Path, PathBuf};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::describe::page::Page;
use crate::describe::sign::Role;
use crate::runtime::sessions::Entry as Recorded;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView, draw_list};
use crate::ui::input::{Input, KeyPress};
use crate::ui::widgets::picker::{Entry, Picked, Picker};

/// The list of sessions.
#[derive(Clone, Debug)]
pub struct Others {
    files: Vec<PathBuf>,
    picker: Picker,
}

impl Others {
    /// Returns the list of `sessions` without the one in the file `here`; none where there is no other.
    pub fn open(sessions: Vec<Recorded>, here: &Path) -> Option<Others> {
        let others: Vec<Recorded> = sessions.into_iter().filter(|session| session.path != here).collect();
        let entry = |session: &Recorded| Entry {
            name: session.goal.clone(),
            detail: format!(
                "{}, event {}, {}",
                session.at.get(..16).unwrap_or_default().replace('T', " "),
                session.events,
                session.standing
            ),
            group: String::new(),
        };
        let picker = Picker::new(others.iter().map(entry).collect());
        let files: Vec<PathBuf> = others.into_iter().map(|session| session.path).collect();
        (!files.is_empty()).then_some(Others { files, picker })
    }
}

/// Returns what is said where there is no other session.
pub fn no_others() -> Page {
    let mut page = Page::new("Compare this session with which?");
    page.add(Role::Pending, 0, "there is no other session on this machine: planscope diff compares any two files");
    page
}

impl Dialog for Others {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        match self.picker.handle(input, view.keymap) {
            Picked::Nothing => DialogOutcome::Stay,
            Picked::Away => DialogOutcome::Close,
            Picked::Entry(at) => self.files.get(at).cloned().map_or(DialogOutcome::Stay, DialogOutcome::Beside),
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        draw_list(&self.picker, "Compare this session with which?", "compare", (area, buf), view);
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.picker.scroll.key_at(column, row)
    }

    fn refuse(&mut self, _message: &str) {}
}
