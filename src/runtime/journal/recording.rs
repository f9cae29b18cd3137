//! Reading a session file: every line checked, what is damaged named with its line, a torn end told apart.

use std::fs::File;
use std::io::{BufRead as _, Read as _};
use std::path::Path;

use super::{cannot, codec, dedup};
use crate::engine::event::Recorded;
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
    pub records: Vec<Recorded>,
    /// The broken-off last line, if there was one.
    pub torn: Option<Torn>,
    /// How many bytes are whole lines.
    pub(super) whole: u64,
}

/// Reads the session file at `path` and changes nothing. It may be in use by somebody else.
///
/// # Errors
/// If the file cannot be read, or is damaged before its last line.
pub fn look(path: &Path) -> Result<Recording, RuntimeError> {
    let mut file = match input_file::open(path) {
        Ok((file, _)) => file,
        Err(Unreadable::System(error)) => return Err(cannot("read", path, &error)),
        Err(other) => return Err(RuntimeError::new(format!("{} is not a session file: {other}", path.display()))),
    };
    read_all(&mut file, path)
}

pub(super) fn read_all(file: &mut File, path: &Path) -> Result<Recording, RuntimeError> {
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
    for (read, text) in beside_each_other(&lines).into_iter().flatten().zip(&lines) {
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

/// How many lines are read into one piece: each is let go of once its events are whole.
const PIECE: usize = 4096;

type Piece = Vec<Result<codec::Read, String>>;

/// Reads `lines`, the halves of a long file beside each other; of each half no more than up to what does not read.
fn beside_each_other(lines: &[&[u8]]) -> Vec<Piece> {
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
        match other.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(second)) => read.extend(second),
            // Without a second thread it takes longer, and what it met is met again here.
            Ok(Err(_)) | Err(_) => read.extend(in_order(second, middle)),
        }
        read
    })
}

/// Reads `lines`, which stand behind so many others, as far as they read.
fn in_order(lines: &[&[u8]], behind: usize) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(lines.len().div_ceil(PIECE));
    let mut number = behind as u64;
    for part in lines.chunks(PIECE) {
        let mut piece = Vec::with_capacity(part.len());
        for text in part {
            number += 1;
            let read = codec::read_alone(text, number);
            let is_good = read.is_ok();
            piece.push(read);
            if !is_good {
                pieces.push(piece);
                return pieces;
            }
        }
        pieces.push(piece);
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
