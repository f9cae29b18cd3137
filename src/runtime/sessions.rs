//! The sessions that there are: what each was about and how it stands, without reading it whole.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{RuntimeError, paths};
use crate::engine::event::{Event, Outcome, Recorded};
use crate::input_file;

mod opening;

/// How much of the first event is read before all of it is, in bytes.
const HEAD: u64 = 64 * 1024;

/// How much of the end of a session file is read at first, in bytes, to see how it stands.
const TAIL: u64 = 64 * 1024;

/// The most that is read of the end: behind it, a session counts as open.
const MAX_TAIL: u64 = 4 * 1024 * 1024;

/// One session, as far as its two ends tell.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its file.
    pub path: PathBuf,
    /// The goal in words, as it was when the session began.
    pub goal: String,
    /// How many events it has.
    pub events: u64,
    /// How it stands.
    pub standing: Standing,
    /// When something happened in it last, RFC 3339.
    pub at: String,
    /// When its file was written last.
    pub written: SystemTime,
}

/// How a session stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The goal was reached.
    Reached,
    /// It ended without that.
    Ended(Outcome),
    /// It can go on: the last step that was started and ended, if there is one.
    Open {
        /// The step's id.
        after: Option<String>,
    },
    /// It broke off while this step ran.
    Interrupted {
        /// The step's id.
        step: String,
    },
    /// Its file cannot be read; the sentence says why.
    Unreadable(String),
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Standing::Reached => f.write_str("reached"),
            Standing::Ended(Outcome::Unreachable) => f.write_str("unreachable"),
            Standing::Ended(Outcome::NotReached) => f.write_str("not reached"),
            Standing::Ended(Outcome::Stopped) => f.write_str("stopped"),
            Standing::Ended(Outcome::Interrupted) => f.write_str("interrupted"),
            Standing::Open { after: None } => f.write_str("before the first step"),
            Standing::Open { after: Some(step) } => write!(f, "after {step}"),
            Standing::Interrupted { step } => write!(f, "in the middle of {step}"),
            Standing::Unreadable(why) => write!(f, "unreadable: {why}"),
        }
    }
}

/// Returns the sessions of this person, the newest first. There may be none, and no folder.
///
/// # Errors
/// If the folder cannot be found or read.
pub fn sessions() -> Result<Vec<Entry>, RuntimeError> {
    sessions_in(&paths::sessions()?)
}

/// Returns the newest of them, at most `most`; the files of the others are not opened.
///
/// # Errors
/// If the folder cannot be found or read.
pub fn newest(most: usize) -> Result<Vec<Entry>, RuntimeError> {
    Ok(files_in(&paths::sessions()?)?.iter().take(most).map(|path| entry(path)).collect())
}

/// Returns the sessions in `folder`, the newest first.
///
/// # Errors
/// If the folder cannot be read.
fn sessions_in(folder: &Path) -> Result<Vec<Entry>, RuntimeError> {
    Ok(files_in(folder)?.iter().map(|path| entry(path)).collect())
}

/// Returns the files of the sessions in `folder`, the newest first.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>, RuntimeError> {
    let files = match std::fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(RuntimeError::new(format!("cannot look into {}: {error}", folder.display()))),
    };
    let paths = files.filter_map(|file| file.ok().map(|file| file.path()));
    let sessions = paths.filter(|path| path.extension().is_some_and(|e| e == "jsonl"));
    let mut dated: Vec<(SystemTime, PathBuf)> = sessions.map(|path| (written(&path), path)).collect();
    dated.sort_by(|a, b| b.cmp(a));
    Ok(dated.into_iter().map(|(_, path)| path).collect())
}

fn written(path: &Path) -> SystemTime {
    path.metadata().and_then(|about| about.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Returns what the two ends of the session file at `path` tell.
pub fn entry(path: &Path) -> Entry {
    let written = written(path);
    let mut entry = Entry {
        path: path.to_path_buf(),
        goal: String::new(),
        events: 0,
        standing: Standing::Open { after: None },
        at: String::new(),
        written,
    };
    if let Err(why) = read_ends(path, &mut entry) {
        entry.standing = Standing::Unreadable(why);
    }
    entry
}

/// Returns the last events of the session file at `path`, the last one last: those whose lines stand whole in its last
/// 64 KiB, none where these do not read. Where one repeats a value that an earlier one wrote, that is null here.
pub fn last_events(path: &Path) -> Vec<Recorded> {
    fn read(path: &Path) -> Option<Vec<Recorded>> {
        let (mut file, about) = input_file::open(path).ok()?;
        let from = about.len().saturating_sub(TAIL);
        file.seek(SeekFrom::Start(from)).ok()?;
        let mut tail = Vec::new();
        file.take(TAIL).read_to_end(&mut tail).ok()?;
        let whole = tail.split_inclusive(|byte| *byte == b'\n').filter_map(|line| line.strip_suffix(b"\n"));
        // The first one may have begun before.
        let lines = whole.skip(usize::from(from > 0));
        lines.map(|line| super::journal::codec::read(line, number_of(line)?, nothing_matters).ok()).collect()
    }
    read(path).unwrap_or_default()
}

fn read_ends(path: &Path, entry: &mut Entry) -> Result<(), String> {
    let (file, about) = input_file::open(path).map_err(|error| error.to_string())?;
    let size = about.len();
    let mut reader = BufReader::new(file);
    let mut first = Vec::new();
    let said = |error: std::io::Error| error.to_string();
    reader.by_ref().take(HEAD).read_until(b'\n', &mut first).map_err(said)?;
    // The values that a session begins with may be big: of such a first event, its beginning is enough.
    if !first.ends_with(b"\n")
        && let Some(goal) = opening::goal(&first)
        && let Ok((Some(last), standing)) = read_end(&mut reader, size, HEAD, true)
    {
        entry.goal = goal;
        (entry.events, entry.at) = (last.seq, last.at.to_string());
        entry.standing = standing.unwrap_or(Standing::Open { after: None });
        return Ok(());
    }
    reader.seek(SeekFrom::Start(first.len() as u64)).map_err(said)?;
    if !first.ends_with(b"\n") {
        reader.read_until(b'\n', &mut first).map_err(said)?;
    }
    if first.pop() != Some(b'\n') {
        return Err("its first event is not whole".into());
    }
    let opened = super::journal::codec::read(&first, 1, |_| None).map_err(|what| format!("line 1: {what}"))?;
    let Event::Opened { source, .. } = &opened.event else { return Err("its first event opens no session".into()) };
    entry.goal = source.document().get("goal").and_then(|goal| goal.as_str()).unwrap_or_default().to_string();
    entry.events = 1;
    entry.at = opened.at.to_string();
    let (last, standing) = read_end(&mut reader, size, first.len() as u64 + 1, false)?;
    if let Some(last) = &last {
        entry.events = last.seq;
        entry.at = last.at.to_string();
    }
    entry.standing = standing.unwrap_or(Standing::Open { after: None });
    Ok(())
}

/// Returns the last whole event of a file of `size` bytes behind the byte `first_end`, which may lie amid a line, and how
/// the session stands, as far as the end of the file tells.
fn read_end(
    reader: &mut BufReader<File>,
    size: u64,
    first_end: u64,
    mid_line: bool,
) -> Result<(Option<Recorded>, Option<Standing>), String> {
    let mut span = TAIL;
    loop {
        let from = size.saturating_sub(span).max(first_end);
        let (last, standing) = read_tail(reader, from, mid_line || from > first_end)?;
        if standing.is_some() || from <= first_end || span >= MAX_TAIL {
            return Ok((last, standing));
        }
        span *= 8;
    }
}

/// Returns the last whole event from the byte `from` on, and how the session stands, if that part tells.
fn read_tail(
    reader: &mut BufReader<File>,
    from: u64,
    mid_line: bool,
) -> Result<(Option<Recorded>, Option<Standing>), String> {
    reader.seek(SeekFrom::Start(from)).map_err(|error| error.to_string())?;
    let mut tail = Vec::new();
    reader.read_to_end(&mut tail).map_err(|error| error.to_string())?;
    let Some(end) = tail.iter().rposition(|&b| b == b'\n') else { return Ok((None, None)) };
    let whole = tail.get(..end).unwrap_or_default();
    let mut last = None;
    for (at, text) in whole.rsplit(|&b| b == b'\n').enumerate() {
        // The part may begin amid a line; that one is not damage.
        let Some(seq) = number_of(text) else {
            return if mid_line && at > 0 { Ok((last, None)) } else { Err("its last line is damaged".into()) };
        };
        let record = match super::journal::codec::read(text, seq, nothing_matters) {
            Ok(record) => record,
            Err(_) if mid_line && at > 0 => return Ok((last, None)),
            Err(what) => return Err(format!("line {seq}: {what}")),
        };
        let standing = standing_after(&record.event);
        last.get_or_insert(record);
        if standing.is_some() {
            return Ok((last, standing));
        }
    }
    Ok((last, None))
}

/// Stands in for a value that an earlier event wrote: which one it is, nobody asks here.
fn nothing_matters(_: u64) -> Option<crate::engine::value::Shared> {
    Some(crate::engine::value::Shared::default())
}

fn number_of(text: &[u8]) -> Option<u64> {
    let digits = text.strip_prefix(b"{\"n\":")?;
    let end = digits.iter().position(|b| !b.is_ascii_digit())?;
    std::str::from_utf8(digits.get(..end)?).ok()?.parse().ok()
}

/// Returns how a session stands whose last event of weight is this one; none: it has no weight.
fn standing_after(event: &Event) -> Option<Standing> {
    match event.innermost() {
        Event::Reached => Some(Standing::Reached),
        Event::Ended { outcome, .. } => Some(Standing::Ended(*outcome)),
        event if event.leaves_step_open() => Some(Standing::Interrupted { step: event.step()?.to_string() }),
        event if event.ends_step() => Some(Standing::Open { after: Some(event.step()?.to_string()) }),
        _ => None,
    }
}
