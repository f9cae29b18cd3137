//! A session file taken into memory, and where its lines are: a long one in two halves at once.
//!
//! What takes long is not the disk, from where it has mostly been read lately, but copying, and room that is given out in
//! small pages.

use std::fs::File;
use std::io::{Read as _, Result, Seek as _, SeekFrom};
use std::ops::Range;

/// How long a file is, in bytes, that is read in two halves: 4 MiB are worth a thread, and of more than 1 GiB it has to be
/// seen while it is read whether there is room for them.
const LONG: Range<u64> = 4 << 20..1 << 30;

/// Returns what is in `file`, which is `length` bytes long and was not read from yet, and where its whole lines are, without
/// their newlines. Where it grows meanwhile, that is read, too.
///
/// # Errors
/// Whatever reading meets.
pub(super) fn read(file: &mut File, length: u64) -> Result<(Vec<u8>, Vec<Range<usize>>)> {
    let (mut bytes, mut newlines) = (Vec::new(), Vec::new());
    if LONG.contains(&length)
        && let Ok(length) = usize::try_from(length)
        && let Some(read) = halves::read(file, length)?
    {
        (bytes, newlines) = read;
        file.seek(SeekFrom::Start(bytes.len() as u64))?;
    }
    let known = bytes.len();
    file.read_to_end(&mut bytes)?;
    newlines.extend(newlines_in(&bytes[known..], known));
    let mut from = 0;
    let lines = newlines.into_iter().map(|end| std::mem::replace(&mut from, end + 1)..end).collect();
    Ok((bytes, lines))
}

/// Returns where newlines are in `bytes`, which stand at the place `from` of the file.
fn newlines_in(bytes: &[u8], from: usize) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(b'\n', bytes).map(move |at| from + at)
}

#[cfg(unix)]
mod halves {
    use std::fs::File;
    use std::io::{ErrorKind, Result};
    use std::os::unix::fs::FileExt as _;

    /// How much is read at once, in bytes: what is looked through for lines while it is still at hand.
    const PIECE: usize = 256 << 10;

    /// Returns the first `length` bytes of `file`, or as many as it has, and where newlines are in them; none where there is
    /// no thread for it.
    pub(super) fn read(file: &File, length: usize) -> Result<Option<(Vec<u8>, Vec<usize>)>> {
        let mut bytes = vec![0; length];
        let (one, other) = bytes.split_at_mut(length / 2);
        let half = one.len();
        let read = std::thread::scope(|scope| {
            let other = move || part(file, other, half);
            let helper = std::thread::Builder::new().spawn_scoped(scope, other).ok()?;
            let one = part(file, one, 0);
            let broken = |_| Err(std::io::Error::other("reading broke"));
            Some((one, helper.join().unwrap_or_else(broken)))
        });
        let Some((one, other)) = read else { return Ok(None) };
        let ((first, mut newlines), (second, others)) = (one?, other?);
        // A file that was cut meanwhile is read as far as it goes.
        bytes.truncate(if first < half { first } else { half + second });
        newlines.extend(others);
        newlines.retain(|at| *at < bytes.len());
        Ok(Some((bytes, newlines)))
    }

    /// Fills `bytes` with what is at the place `from` of `file`. Returns how many there were, and where newlines are.
    fn part(file: &File, bytes: &mut [u8], from: usize) -> Result<(usize, Vec<usize>)> {
        let (mut at, mut newlines) = (0, Vec::new());
        while at < bytes.len() {
            let end = (at + PIECE).min(bytes.len());
            match file.read_at(&mut bytes[at..end], (from + at) as u64) {
                Ok(0) => break,
                Ok(read) => {
                    newlines.extend(super::newlines_in(&bytes[at..at + read], from + at));
                    at += read;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok((at, newlines))
    }
}

/// Elsewhere a place to read from belongs to the opened file: only one at a time can read there.
#[cfg(not(unix))]
mod halves {
    pub(super) fn read(_: &std::fs::File, _: usize) -> std::io::Result<Option<(Vec<u8>, Vec<usize>)>> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().expect("there is room");
        file.write_all(bytes).expect("it is written");
        file.rewind().expect("it goes back");
        file
    }

    fn lines(text: &[u8]) -> Vec<Range<usize>> {
        read(&mut file(text), text.len() as u64).expect("it is read").1
    }

    #[test]
    fn lines_are_found_between_newlines() {
        let text = b"ab\n\nc\nd";
        let found: Vec<&[u8]> = lines(text).into_iter().map(|line| &text[line]).collect();
        assert_eq!(found, [&b"ab"[..], b"", b"c"]);
        assert!(lines(b"").is_empty() && lines(b"ab").is_empty());
    }

    #[test]
    fn a_long_file_is_read_whole_whatever_its_length_was() {
        let line = |at: usize| format!("{at} {}\n", "x".repeat(at * 3));
        let text: String = (0..2_000).map(line).collect();
        assert!(LONG.contains(&(text.len() as u64)));
        let (plain, all) = (text.len(), lines(text.as_bytes()));
        assert_eq!(all.len(), 2_000);
        // As long as it was said to be; grown; cut in its second half; cut in its first one.
        for (length, has) in [(plain, plain), (plain - 99_999, plain), (plain, plain - 9), (plain, plain / 3)] {
            let text = &text.as_bytes()[..has];
            let (bytes, lines) = read(&mut file(text), length as u64).expect("it is read");
            assert!(bytes == text, "{length} {has}");
            let whole = memchr::memchr_iter(b'\n', text).count();
            assert!(lines == all[..whole], "{length} {has}");
        }
    }
}
