//! Reading a session file: every line checked, what is damaged named with its line, a torn end told apart.

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use super::{cannot, codec, dedup, whole};
use crate::engine::event::{Recorded, Seq};
use crate::engine::value::{self, Shared};
use crate::input_file::{self, Unreadable};
use crate::runtime::RuntimeError;

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
    pub records: Vec<Arc<Recorded>>,
    /// The broken-off last line, if there was one.
    pub torn: Option<Torn>,
}

/// Takes the events of a session file one by one, by number, each with how many follow it. What it was handed is void
/// where damage is found behind it. Returns whether to go on: nothing more is read otherwise.
pub type Take<'a> = &'a mut dyn FnMut(Arc<Recorded>, usize) -> bool;

/// How a session file ends.
pub(super) struct End {
    /// How many events it holds.
    pub(super) events: u64,
    /// The broken-off last line, if there was one.
    pub(super) torn: Option<Torn>,
    /// How many bytes are whole lines.
    pub(super) whole: u64,
}

/// Reads the session file at `path` and changes nothing. It may be in use by somebody else.
///
/// # Errors
/// If the file cannot be read, or is damaged before its last line.
pub fn look(path: &Path) -> Result<Recording, RuntimeError> {
    let mut records = Vec::new();
    let torn = look_at_each(path, &mut |record, _| {
        records.push(record);
        true
    })?;
    Ok(Recording { records, torn })
}

/// Reads the session file at `path` like [`look`], and hands its events to `take` while it reads on. Returns the
/// broken-off last line, if there was one.
///
/// # Errors
/// If the file cannot be read, or is damaged before its last line, or `take` did not want to go on.
pub fn look_at_each(path: &Path, take: Take<'_>) -> Result<Option<Torn>, RuntimeError> {
    let mut file = match input_file::open(path) {
        Ok((file, _)) => file,
        Err(Unreadable::System(error)) => return Err(cannot("read", path, &error)),
        Err(other) => return Err(RuntimeError::new(format!("{} is not a session file: {other}", path.display()))),
    };
    Ok(read_all(&mut file, path, take)?.torn)
}

pub(super) fn read_all(file: &mut File, path: &Path, take: Take<'_>) -> Result<End, RuntimeError> {
    let kind = file.metadata().map_err(|error| cannot("read", path, &error))?;
    if !kind.is_file() {
        return Err(RuntimeError::new(format!("{} is not a session file: it is not even a file", path.display())));
    }
    let (bytes, lines) = whole::read(file, kind.len()).map_err(|error| cannot("read", path, &error))?;
    let whole = lines.last().map_or(0, |line| line.end + 1);
    let broken = bytes.len() - whole;
    let torn = (broken > 0).then(|| Torn { line: lines.len() as u64 + 1, bytes: broken });
    let source = Source::of(bytes, &lines);
    let bytes = source.bytes();
    // The one value of each event so far: a line may name it instead of writing it once more.
    let mut values: Vec<Option<Shared>> = Vec::with_capacity(lines.len());
    read_each(&source, &lines, |text, read| {
        let value_of = |seq: Seq| values.get(usize::try_from(seq).ok()?.checked_sub(1)?).cloned().flatten();
        let record = read.and_then(|read| read.whole(value_of));
        let record = record.map_err(|what| damage(path, values.len() as u64 + 1, text, &what))?;
        values.push(dedup::one_value(&record.event).map(|(_, value)| value.clone()));
        if !take(record, lines.len() - values.len()) {
            return Err(RuntimeError::new(format!("{} was not opened to its end", path.display())));
        }
        Ok(())
    })?;
    if values.is_empty() {
        let path = path.display();
        return Err(RuntimeError::new(match torn {
            None => format!("{path} is not a session file: it is empty"),
            Some(torn) if bytes.starts_with(input_file::SESSION) => {
                let bytes = torn.bytes;
                format!("{path} holds no session: it broke off after {bytes} bytes, before its first event was whole")
            }
            Some(_) => format!("{path} is not a session file: its first line is not an event"),
        }));
    }
    Ok(End { events: values.len() as u64, torn, whole: whole as u64 })
}

/// What a session file holds, and how: shared with the long values in it, where most of it is such values.
enum Source {
    Bytes(Vec<u8>),
    Shared(Arc<String>),
}

impl Source {
    /// Holds `bytes`, whose `lines` are these.
    fn of(bytes: Vec<u8>, lines: &[Range<usize>]) -> Source {
        let long: usize = lines.iter().map(ExactSizeIterator::len).filter(|line| *line >= value::LONG).sum();
        // What shares it keeps all of it.
        if long == 0 || long < bytes.len() / 2 {
            return Source::Bytes(bytes);
        }
        match String::from_utf8(bytes) {
            Ok(text) => Source::Shared(Arc::new(text)),
            Err(error) => Source::Bytes(error.into_bytes()),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Source::Bytes(bytes) => bytes,
            Source::Shared(text) => text.as_bytes(),
        }
    }

    /// Reads the line at these bytes, which should hold the event `seq`.
    fn read(&self, line: &Range<usize>, seq: u64) -> Result<codec::Read, String> {
        match self {
            Source::Bytes(bytes) => codec::read_alone(&bytes[line.clone()], seq),
            Source::Shared(text) => codec::read_within(text, line, seq),
        }
    }
}

/// How many bytes of lines are read in one go, by whichever thread is free.
const PIECE: usize = 32 * 1024;

/// How many pieces the second thread may be ahead. An event that is read is one that will be kept: it takes its room a
/// little earlier, and the first thread is busy for long with the first events, the goal and its plan.
const LEAD: usize = 1_024;

/// Reads these `lines` of `source` and hands each with what it says to `take`, in order, until that fails. Those of a long
/// file are read on a second thread meanwhile; the first one helps where it would have to wait.
fn read_each(
    source: &Source,
    lines: &[Range<usize>],
    mut take: impl FnMut(&[u8], Result<codec::Read, String>) -> Result<(), RuntimeError>,
) -> Result<(), RuntimeError> {
    let pieces = pieces(lines);
    let read =
        |piece: &Range<usize>| -> Vec<_> { piece.clone().map(|at| source.read(&lines[at], at as u64 + 1)).collect() };
    let next = AtomicUsize::new(0);
    let claim = || {
        let at = next.fetch_add(1, Ordering::Relaxed);
        pieces.get(at).map(|piece| (at, piece))
    };
    let (outbox, inbox) = mpsc::sync_channel(LEAD);
    std::thread::scope(|scope| {
        let inbox = inbox; // gone with this closure: a helper that is ahead waits for nobody then
        // Two pieces are worth a thread. Without a second one it takes longer, and the first reads them all.
        if pieces.len() > 1 {
            let helper = move || {
                while let Some((at, piece)) = claim() {
                    if outbox.send((at, read(piece))).is_err() {
                        return;
                    }
                }
            };
            let _ = std::thread::Builder::new().spawn_scoped(scope, helper);
        }
        let mut ready = BTreeMap::new();
        for (at, piece) in pieces.iter().enumerate() {
            let events = loop {
                ready.extend(inbox.try_iter());
                if let Some(events) = ready.remove(&at) {
                    break events;
                }
                if let Some((at, piece)) = claim() {
                    ready.insert(at, read(piece));
                    continue;
                }
                match inbox.recv() {
                    Ok((at, events)) => drop(ready.insert(at, events)),
                    Err(_) => break read(piece), // the helper is gone, and what it met is met again here
                }
            };
            for (line, event) in lines[piece.clone()].iter().zip(events) {
                if let Err(error) = take(&source.bytes()[line.clone()], event) {
                    next.store(pieces.len(), Ordering::Relaxed); // nobody needs the rest
                    return Err(error);
                }
            }
        }
        Ok(())
    })
}

/// Returns the places of `lines`, cut into pieces.
fn pieces(lines: &[Range<usize>]) -> Vec<Range<usize>> {
    let (mut pieces, mut from, mut bytes) = (Vec::new(), 0, 0);
    for (at, line) in lines.iter().enumerate() {
        bytes += line.len();
        if bytes >= PIECE || at + 1 == lines.len() {
            pieces.push(from..at + 1);
            (from, bytes) = (at + 1, 0);
        }
    }
    pieces
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns how the lines of a file are held of which one is a value so long, and the others together so long.
    fn held(long: usize, others: usize, byte: u8) -> Source {
        let mut file = vec![byte; long];
        file.push(b'\n');
        for _ in 0..others / 1_000 {
            file.extend([b'x'; 999]);
            file.push(b'\n');
        }
        let mut from = 0;
        let lines: Vec<_> =
            memchr::memchr_iter(b'\n', &file).map(|end| std::mem::replace(&mut from, end + 1)..end).collect();
        Source::of(file, &lines)
    }

    #[test]
    fn a_file_is_shared_with_its_values_where_most_of_it_is_long_ones() {
        let long = value::LONG;
        assert!(matches!(held(long, 10_000, b'x'), Source::Shared(_)));
        assert!(matches!(held(long, long * 2, b'x'), Source::Bytes(_)), "the rest of the file would stay with it");
        assert!(matches!(held(long / 2, 0, b'x'), Source::Bytes(_)), "there is no long value in it");
        assert!(matches!(held(long, 0, 0xff), Source::Bytes(_)), "it is not text");
    }
}
