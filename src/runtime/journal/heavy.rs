//! A line that takes long to write: written and synced on a thread of its own, while the journal takes no other.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::thread::JoinHandle;

use super::{cannot, codec};
use crate::engine::event::Seq;
use crate::engine::event::{Event, Recorded};
use crate::engine::goal::Key;
use crate::runtime::RuntimeError;

/// How much the long values of an event have together, in bytes, where its line is written like this: 1 MiB.
const HEAVY: usize = 1 << 20;

/// Tells whether the line of `event` takes long to write.
pub(in crate::runtime) fn is_heavy(event: &Event) -> bool {
    let (Event::Finished { writes, .. } | Event::Failed { writes, .. }) = event.innermost() else { return false };
    writes.values().filter_map(|value| value.long()).map(|long| long.text().len()).sum::<usize>() >= HEAVY
}

/// A line that is being written.
#[derive(Debug)]
pub(super) struct Writing {
    /// The event.
    pub(super) seq: Seq,
    thread: JoinHandle<Result<u64, RuntimeError>>,
}

impl Writing {
    /// Begins to write the line of `record` behind what is in `file`, and calls `done` once it is on disk, or cannot be.
    ///
    /// # Errors
    /// If there is no thread for it.
    pub(super) fn begin(
        (file, path): (File, PathBuf),
        record: Recorded,
        same: Option<(Key, Seq)>,
        done: impl FnOnce() + Send + 'static,
    ) -> std::io::Result<Writing> {
        let seq = record.seq;
        let thread = std::thread::Builder::new().name("journal".into()).spawn(move || {
            let written = write(file, &path, &record, same);
            done();
            written
        })?;
        Ok(Writing { seq, thread })
    }

    /// Waits for its end. Returns how many bytes it has.
    ///
    /// # Errors
    /// Why it could not be written; what was written of it is to be taken back.
    pub(super) fn end(self) -> Result<u64, RuntimeError> {
        let broken = |_| Err(RuntimeError::new("planscope itself broke while it saved the session; please report it"));
        self.thread.join().unwrap_or_else(broken)
    }
}

fn write(
    mut file: File,
    path: &std::path::Path,
    record: &Recorded,
    same: Option<(Key, Seq)>,
) -> Result<u64, RuntimeError> {
    let mut line = Vec::new();
    codec::write(record, same, &mut line).map_err(RuntimeError::new)?;
    let saved = file.write_all(&line).and_then(|()| file.sync_data());
    saved.map_err(|error| cannot("write", path, &error))?;
    Ok(line.len() as u64)
}
