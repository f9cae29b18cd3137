//! Saving a long value beside the screen: its line takes as long to write as a hundred frames.
//!
//! **Invariant:** an event is written before anybody sees it: until it is, the session is as it was and takes no command.

use std::sync::Arc;

use super::{Driver, cannot_be_saved};
use crate::engine::command::Command;
use crate::engine::effect::{EffectId, Report};
use crate::engine::notice::{Notice, Progress};
use crate::runtime::clock;
use crate::runtime::driver::DriverEvent;
use crate::runtime::journal::is_heavy;

/// A report whose event is being written.
pub(super) struct Saving {
    id: EffectId,
    report: Report,
    /// The time of the event.
    at: Arc<str>,
}

impl Driver {
    /// Begins to save the event of `report` on a thread of its own, where it holds a value that takes long to write: until
    /// that is on disk, nobody sees it and nothing else happens. Returns whether it did.
    pub(super) fn save_beside(&mut self, id: EffectId, report: &Report) -> bool {
        let at = clock::now();
        let command = Command::Report(id, report.clone());
        let Ok(record) = self.session.would_record(command, &at) else { return false };
        if !is_heavy(&record.event) || self.saveable().and_then(|()| self.keep_file().map_err(cannot_be_saved)).is_err()
        {
            return false;
        }
        let outbox = self.outbox.clone();
        let done = move || drop(outbox.send((id, None))); // nobody listens where the driver is gone
        let begun = self.journal.write_beside(&record, self.session.records(), done);
        if begun {
            self.saving = Some(Saving { id, report: report.clone(), at });
            let progress = Progress::Line("its value is being saved".into());
            self.noticed.send_replace(Some(Notice { of: id, progress }));
        }
        begun
    }

    /// Brings in the report whose event was written beside, if one was; waits for it, if it has to.
    pub(super) fn take_in_saved(&mut self) -> Option<DriverEvent> {
        let Saving { id, report, at } = self.saving.take()?;
        self.running.remove(&id);
        self.answering.take_if(|answering| *answering == id);
        // What could not be written there is tried once more here, and said.
        if let Err(error) = self.journal.written() {
            tracing::error!(%error, "a long value was not written beside");
        }
        self.session.submit(Command::Report(id, report), &at).ok()?;
        Some(match self.save() {
            Ok(()) => DriverEvent::Events,
            Err(error) => self.cannot_save(error),
        })
    }
}
