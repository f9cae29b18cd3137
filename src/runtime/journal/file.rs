//! The file of one session: open for appending, locked against a second writer, synced in groups.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::dedup::Dedup;
use super::heavy::Writing;
use super::recording::{End, Take, Torn, read_all};
use super::{cannot, codec};
use crate::engine::event::{Recorded, Seq};
use crate::input_file;
use crate::runtime::{RuntimeError, crash_note, paths};

/// How long what can be computed again may stay unsynced.
pub const GROUP: Duration = Duration::from_millis(10);

/// How much room for lines that are to be written is kept, in bytes: a long value must not take it for ever.
const ROOM: usize = 1 << 20;

/// How many names are tried for a file that takes the place of a lost one.
const RESCUES: u32 = 99;

/// How often, and how long between, a lock is tried for.
const LOCK_TRIES: u32 = 5;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// The file of one session, open for appending and locked against a second writer.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// The number of the last event that was handed over.
    last: Seq,
    /// How much of the file is whole lines.
    length: u64,
    /// Which event wrote which value.
    dedup: Dedup,
    /// Lines that could not be written yet.
    pending: Vec<u8>,
    /// Since when something written is not known to be on disk.
    unsynced: Option<Instant>,
    /// Whether the folder's entry of the file is known to be on disk.
    entered: bool,
    /// The line that is being written beside.
    writing: Option<Writing>,
}

impl Journal {
    /// Creates the file of a new session at `path`. One that exists is refused, never overwritten.
    ///
    /// # Errors
    /// If the file exists, or cannot be created, locked or written.
    pub fn create(path: &Path) -> Result<Journal, RuntimeError> {
        match Journal::try_create(path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(RuntimeError::new(format!(
                "{0} exists already and is not overwritten: choose another file, or go on in it with \
                 `planscope resume {0}`",
                path.display()
            ))),
            result => result.map_err(|error| cannot("create", path, &error)),
        }
    }

    /// Creates the file of a new session on `goal` (in words) in the folder of the sessions.
    ///
    /// # Errors
    /// If the file cannot be created, locked or written.
    pub fn create_in(folder: &Path, goal: &str) -> Result<Journal, RuntimeError> {
        paths::make_private(folder).map_err(|error| cannot("create", folder, &error))?;
        for path in paths::names(folder, goal) {
            match Journal::try_create(&path) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                result => return result.map_err(|error| cannot("create", &path, &error)),
            }
        }
        Err(RuntimeError::new(format!("every name for a new session is taken in {}", folder.display())))
    }

    /// Returns a journal that ends at the event `last` and is in no folder: nothing is read from it or kept in it.
    ///
    /// # Errors
    /// If there is no room for an empty temporary file.
    pub(in crate::runtime) fn of_nothing(last: Seq) -> Result<Journal, RuntimeError> {
        let path = PathBuf::new();
        let file = tempfile::tempfile().map_err(|error| cannot("create", &std::env::temp_dir(), &error))?;
        let (length, dedup, pending, unsynced, entered) = (0, Dedup::default(), Vec::new(), None, true);
        Ok(Journal { path, file, last, length, dedup, pending, unsynced, entered, writing: None })
    }

    fn try_create(path: &Path) -> std::io::Result<Journal> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        lock(&file).map_err(|error| match error {
            TryLockError::Error(error) => error,
            TryLockError::WouldBlock => std::io::ErrorKind::WouldBlock.into(),
        })?;
        crash_note::opened(path);
        Ok(Journal {
            path: path.to_path_buf(),
            file,
            last: 0,
            length: 0,
            dedup: Dedup::default(),
            pending: Vec::new(),
            unsynced: None,
            entered: false,
            writing: None,
        })
    }

    /// Opens the file of a recorded session to go on in it, and hands its events to `take` while it reads on. A torn
    /// last line is cut off, and the cut synced; damage is refused.
    ///
    /// # Errors
    /// If the file cannot be read, is in use, or is damaged before its last line, or `take` did not want to go on: the file
    /// is as it was then.
    pub fn reopen(path: &Path, take: Take<'_>) -> Result<(Journal, Option<Torn>), RuntimeError> {
        let opened = OpenOptions::new().read(true).write(true).open(path);
        let mut file = opened.map_err(|error| cannot("open", path, &error))?;
        match lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(RuntimeError::new(format!(
                    "{0} is in use by another planscope: close it first, or only look with `planscope replay {0}`",
                    path.display()
                )));
            }
            Err(TryLockError::Error(error)) => return Err(cannot("lock", path, &error)),
        }
        let End { events: last, torn, whole } = read_all(&mut file, path, take)?;
        if torn.is_some() {
            let cut = file.set_len(whole).and_then(|()| file.sync_all());
            cut.map_err(|error| cannot("mend", path, &error))?;
        }
        file.seek(SeekFrom::Start(whole)).map_err(|error| cannot("open", path, &error))?;
        crash_note::opened(path);
        let journal = Journal {
            path: path.to_path_buf(),
            file,
            last,
            length: whole,
            dedup: Dedup::default(),
            pending: Vec::new(),
            unsynced: None,
            entered: true,
            writing: None,
        };
        Ok((journal, torn))
    }

    /// Returns where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the number of the last event that was handed over.
    pub fn last(&self) -> Seq {
        self.last
    }

    /// Writes those of `records` (all events, by number) that come after the last one written. What cannot be
    /// written now is kept and tried again next time.
    ///
    /// # Errors
    /// Why they could not be written; they are kept.
    pub fn append(&mut self, records: &[Arc<Recorded>]) -> Result<(), RuntimeError> {
        let known = usize::try_from(self.last).unwrap_or(usize::MAX);
        for record in records.get(known..).unwrap_or_default() {
            let same = self.dedup.find(record, records);
            codec::write(record, same, &mut self.pending).map_err(RuntimeError::new)?;
            self.last = record.seq;
        }
        self.flush()
    }

    /// Begins to write the line of `record`, the next event after `records`, on a thread of its own, and calls `done` once
    /// it is on disk or cannot be: [`Journal::written`] is to be called then, and nothing else until then. Returns whether
    /// it did: where a line is short, or the ones before it are not written yet, it is not worth it.
    pub(in crate::runtime) fn write_beside(
        &mut self,
        record: &Recorded,
        records: &[Arc<Recorded>],
        done: impl FnOnce() + Send + 'static,
    ) -> bool {
        let same = self.dedup.find(record, records);
        if same.is_some() || !self.pending.is_empty() || self.last + 1 != record.seq {
            return false;
        }
        let Ok(file) = self.file.try_clone() else { return false };
        self.writing = Writing::begin((file, self.path.clone()), record.clone(), same, done).ok();
        self.writing.is_some()
    }

    /// Tells whether a line is being written beside.
    pub(in crate::runtime) fn is_writing(&self) -> bool {
        self.writing.is_some()
    }

    /// Takes in the line that was written beside. Waits for it, if it has to.
    ///
    /// # Errors
    /// Why it could not be written. Nothing of it is in the file.
    pub(in crate::runtime) fn written(&mut self) -> Result<(), RuntimeError> {
        let Some(writing) = self.writing.take() else { return Ok(()) };
        let seq = writing.seq;
        match writing.end() {
            Ok(length) => {
                (self.last, self.length) = (seq, self.length + length);
                Ok(())
            }
            Err(error) => {
                self.take_back();
                Err(error)
            }
        }
    }

    /// Takes back what was written of a line that could not be written whole: it would be torn in the middle of the file
    /// once more follows.
    fn take_back(&mut self) {
        let _ = self.file.set_len(self.length);
        let _ = self.file.seek(SeekFrom::Start(self.length));
    }

    /// Writes what could not be written before.
    ///
    /// # Errors
    /// Why it could not be written; it is kept.
    pub fn flush(&mut self) -> Result<(), RuntimeError> {
        self.written()?;
        if self.pending.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.file.write_all(&self.pending) {
            self.take_back();
            return Err(cannot("write", &self.path, &error));
        }
        self.length += self.pending.len() as u64;
        self.pending.clear();
        self.pending.shrink_to(ROOM);
        self.unsynced.get_or_insert_with(Instant::now);
        Ok(())
    }

    /// Returns after how long a sync is due; none: everything is on disk.
    pub fn sync_due(&self) -> Option<Duration> {
        // What is being written beside is synced there, with everything before it.
        let unsynced = self.unsynced.filter(|_| !self.is_writing());
        unsynced.map(|since| GROUP.saturating_sub(since.elapsed()))
    }

    /// Returns what somebody did to the file while it was open here: removed it, put another one in its place, cut it or
    /// added to it. None: it is as it was left.
    pub(in crate::runtime) fn lost(&self) -> Option<String> {
        let there = self.path.metadata();
        if there.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            return Some("was removed".to_owned());
        }
        if !input_file::is_found_at(&self.file, &self.path) {
            return Some("was replaced by another file".to_owned());
        }
        let found = self.file.metadata().ok()?.len();
        let (more, left) = (found > self.length, self.length);
        (found != left).then(|| match more {
            true => format!("was written to by something else ({found} bytes instead of {left})"),
            false => format!("was cut ({found} bytes of {left} are left)"),
        })
    }

    /// Writes all of `records` to a file of their own, which is the session's from now on: where it was, if nothing is
    /// there any more, else beside it.
    ///
    /// # Errors
    /// If no file can be created or written there.
    pub(in crate::runtime) fn rescue(&mut self, records: &[Arc<Recorded>]) -> Result<(), RuntimeError> {
        let beside = |n: u32| {
            let stem = self.path.file_stem().unwrap_or_default().to_string_lossy();
            self.path.with_file_name(format!("{stem}-{n}.jsonl"))
        };
        for path in std::iter::once(self.path.clone()).chain((2..=RESCUES).map(beside)) {
            match Journal::try_create(&path) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(cannot("create", &path, &error)),
                Ok(mut rescued) => {
                    rescued.append(records)?;
                    rescued.sync()?;
                    // Nothing more goes to the file that is not the session's any more.
                    self.pending.clear();
                    self.unsynced = None;
                    *self = rescued;
                    return Ok(());
                }
            }
        }
        Err(RuntimeError::new(format!("every name for it beside {} is taken", self.path.display())))
    }

    /// Takes the file away that was made for a session which could not begin.
    pub(in crate::runtime) fn discard(&self) {
        // What cannot be taken away stays, as an empty file; why the session could not begin is said.
        let _ = std::fs::remove_file(&self.path);
    }

    /// Returns once everything that was written is on disk.
    ///
    /// # Errors
    /// Why the file system could not write it.
    pub fn sync(&mut self) -> Result<(), RuntimeError> {
        self.flush()?;
        if self.unsynced.is_none() {
            return Ok(());
        }
        self.file.sync_data().map_err(|error| cannot("save", &self.path, &error))?;
        if !self.entered {
            self.enter().map_err(|error| cannot("save", &self.path, &error))?;
        }
        self.unsynced = None;
        Ok(())
    }

    /// Syncs the folder, without which a new file may be gone after a power cut.
    fn enter(&mut self) -> std::io::Result<()> {
        #[cfg(unix)]
        {
            let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
            File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
        }
        self.entered = true;
        Ok(())
    }
}

/// Locks `file` against a second writer.
///
/// Tries for a moment: a process that is just being started holds what its parent had open, locks included.
fn lock(file: &File) -> Result<(), TryLockError> {
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            done => return done,
        }
    }
    file.try_lock()
}

impl Drop for Journal {
    fn drop(&mut self) {
        crash_note::closed(&self.path);
        let _ = self.sync(); // the last chance; what fails here failed before and was said
        let _ = self.file.unlock(); // closing unlocks too, but not before a process that is just being started did
    }
}
