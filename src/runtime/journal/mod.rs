//! The journal: one session's file. Append-only, one writer at a time, healed where it tore, never guessed over.

pub mod codec;
pub mod dedup;
mod fast_decode;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead as _, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use self::dedup::Dedup;
use super::{RuntimeError, crash_note, paths};
use crate::engine::event::{Recorded, Seq};
use crate::input_file::{self, Unreadable};

/// How long what can be computed again may stay unsynced.
pub const GROUP: Duration = Duration::from_millis(10);

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
}

/// A last line without its newline, which a power cut or a kill leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Torn {
    /// The number of the line, from 1.
    pub line: u64,
    /// How many bytes of it there were.
    pub bytes: usize,
}

impl std::fmt::Display for Torn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Torn { line, bytes } = self;
        write!(f, "line {line} had broken off after {bytes} bytes and was left out; everything before it is whole")
    }
}

/// What a session file holds.
#[derive(Debug)]
pub struct Recording {
    /// Its events, by number.
    pub records: Vec<Recorded>,
    /// The broken-off last line, if there was one.
    pub torn: Option<Torn>,
    /// How many bytes are whole lines.
    whole: u64,
}

/// Reads the session file at `path` and changes nothing. It may be in use by somebody else.
pub fn look(path: &Path) -> Result<Recording, RuntimeError> {
    let mut file = match input_file::open(path) {
        Ok((file, _)) => file,
        Err(Unreadable::System(error)) => return Err(cannot("read", path, &error)),
        Err(other) => return Err(RuntimeError::new(format!("{} is not a session file: {other}", path.display()))),
    };
    read_all(&mut file, path)
}

fn read_all(file: &mut File, path: &Path) -> Result<Recording, RuntimeError> {
    let kind = file.metadata().map_err(|error| cannot("read", path, &error))?;
    if !kind.is_file() {
        return Err(RuntimeError::new(format!("{} is not a session file: it is not even a file", path.display())));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| cannot("read", path, &error))?;
    let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let (text, broken) = bytes.split_at(whole);
    let lines = lines(text);
    let torn = (!broken.is_empty()).then(|| Torn { line: lines.len() as u64 + 1, bytes: broken.len() });
    let mut records: Vec<Recorded> = Vec::with_capacity(lines.len());
    for (read, text) in beside_each_other(&lines).into_iter().zip(&lines) {
        let record = read.and_then(|read| read.whole(|seq| dedup::value_of(seq, &records)));
        records.push(record.map_err(|what| damage(path, records.len() as u64 + 1, text, &what))?);
    }
    if records.is_empty() {
        let path = path.display();
        return Err(RuntimeError::new(match torn {
            None => format!("{path} is not a session file: it is empty"),
            Some(torn) if bytes.starts_with(b"{\"n\":1,") => {
                let bytes = torn.bytes;
                format!("{path} holds no session: it broke off after {bytes} bytes, before its first event was whole")
            }
            Some(_) => format!("{path} is not a session file: its first line is not an event"),
        }));
    }
    Ok(Recording { records, torn, whole: whole as u64 })
}

/// Returns the lines of `text`, without their newlines; the last one has its own, too.
fn lines(text: &[u8]) -> Vec<&[u8]> {
    let (mut lines, mut left) = (Vec::new(), text);
    // The reader's search for a byte takes many at once.
    while let Ok(length @ 1..) = { left }.skip_until(b'\n') {
        let (line, rest) = left.split_at(length);
        lines.push(&line[..length - 1]);
        left = rest;
    }
    lines
}

/// How many bytes of lines are worth a thread of their own: reading them takes longer than starting it.
const WORTH_A_THREAD: usize = 128 * 1024;

/// Reads `lines`, the halves of a long file beside each other; of each half no more than up to what does not read.
fn beside_each_other(lines: &[&[u8]]) -> Vec<Result<codec::Read, String>> {
    let total: usize = lines.iter().map(|line| line.len()).sum();
    let mut before = 0;
    let half = lines.iter().position(|line| {
        before += line.len();
        before * 2 >= total
    });
    let middle = half.map_or(lines.len(), |at| at + 1);
    let (first, second) = lines.split_at(middle);
    if total < WORTH_A_THREAD || second.is_empty() {
        return in_order(lines, 0);
    }
    std::thread::scope(|scope| {
        let other = std::thread::Builder::new().spawn_scoped(scope, || in_order(second, middle));
        let mut read = in_order(first, 0);
        match other.map(|other| other.join()) {
            Ok(Ok(second)) => read.extend(second),
            // Without a second thread it takes longer, and what it met is met again here.
            Ok(Err(_)) | Err(_) => read.extend(in_order(second, middle)),
        }
        read
    })
}

/// Reads `lines`, which stand behind so many others, as far as they read.
fn in_order(lines: &[&[u8]], behind: usize) -> Vec<Result<codec::Read, String>> {
    let mut read = Vec::with_capacity(lines.len());
    for (at, text) in lines.iter().enumerate() {
        let this = codec::read_alone(text, (behind + at) as u64 + 1);
        let is_good = this.is_ok();
        read.push(this);
        if !is_good {
            break;
        }
    }
    read
}

fn damage(path: &Path, number: u64, text: &[u8], what: &str) -> RuntimeError {
    let path = path.display();
    if number == 1 && !text.starts_with(b"{\"n\":") {
        return RuntimeError::new(format!("{path} is not a session file: its first line is not an event"));
    }
    RuntimeError::new(format!(
        "{path} is damaged at line {number}: {what}. Nothing was changed. To go on from what is whole, copy the lines \
         before it: head -n {} FILE > COPY",
        number - 1
    ))
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> RuntimeError {
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder".to_string(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_string(),
        std::io::ErrorKind::StorageFull => "the disk is full".to_string(),
        _ => error.to_string(),
    };
    RuntimeError::new(format!("cannot {what} {}: {why}", path.display()))
}

impl Journal {
    /// Creates the file of a new session at `path`. One that exists is refused, never overwritten.
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
    pub fn create_in(folder: &Path, goal: &str) -> Result<Journal, RuntimeError> {
        make_private(folder).map_err(|error| cannot("create", folder, &error))?;
        for path in paths::names(folder, goal) {
            match Journal::try_create(&path) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                result => return result.map_err(|error| cannot("create", &path, &error)),
            }
        }
        Err(RuntimeError::new(format!("every name for a new session is taken in {}", folder.display())))
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
        })
    }

    /// Opens the file of a recorded session to go on in it. A torn last line is cut off, and the cut synced;
    /// damage is refused.
    pub fn reopen(path: &Path) -> Result<(Journal, Recording), RuntimeError> {
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
        let recording = read_all(&mut file, path)?;
        let whole = recording.whole;
        if recording.torn.is_some() {
            let cut = file.set_len(whole).and_then(|()| file.sync_all());
            cut.map_err(|error| cannot("mend", path, &error))?;
        }
        file.seek(SeekFrom::Start(whole)).map_err(|error| cannot("open", path, &error))?;
        let last = recording.records.len() as Seq;
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
        };
        Ok((journal, recording))
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
    pub fn append(&mut self, records: &[Recorded]) -> Result<(), RuntimeError> {
        let known = usize::try_from(self.last).unwrap_or(usize::MAX);
        for record in records.get(known..).unwrap_or_default() {
            let same = self.dedup.find(record, records);
            codec::write(record, same, &mut self.pending).map_err(RuntimeError::new)?;
            self.last = record.seq;
        }
        self.flush()
    }

    /// Writes what could not be written before.
    pub fn flush(&mut self) -> Result<(), RuntimeError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.file.write_all(&self.pending) {
            // What was written of it would be a torn line in the middle once more follows: take it back.
            let _ = self.file.set_len(self.length);
            let _ = self.file.seek(SeekFrom::Start(self.length));
            return Err(cannot("write", &self.path, &error));
        }
        self.length += self.pending.len() as u64;
        self.pending.clear();
        self.unsynced.get_or_insert_with(Instant::now);
        Ok(())
    }

    /// Returns after how long a sync is due; none: everything is on disk.
    pub fn sync_due(&self) -> Option<Duration> {
        self.unsynced.map(|since| GROUP.saturating_sub(since.elapsed()))
    }

    /// Returns once everything that was written is on disk.
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

/// Creates `folder` and what is missing above it; only its owner may look into what is created.
fn make_private(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

impl Drop for Journal {
    fn drop(&mut self) {
        crash_note::closed(&self.path);
        let _ = self.sync(); // the last chance; what fails here failed before and was said
        let _ = self.file.unlock(); // closing unlocks too, but not before a process that is just being started did
    }
}
