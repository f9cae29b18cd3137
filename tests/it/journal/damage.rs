//! A journal that was cut, flipped, doubled or shuffled heals, or says where it is damaged; never silently wrong.

use std::path::{Path, PathBuf};

use crate::support::program::{Folder, TICKETS};
use planscope::engine::event::Recorded;
use planscope::runtime::driver::session_of;
use planscope::runtime::journal::{self, Journal};

/// Returns a session file in `folder` that has a replan in it, its bytes and its events.
fn recorded(folder: &Folder) -> (PathBuf, Vec<u8>, Vec<Recorded>) {
    folder.write("goal.json", TICKETS);
    let ran = folder.run(&["run", "goal.json", "--scenario", "Late tickets", "--session", "s.jsonl"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let path = folder.path("s.jsonl");
    let bytes = std::fs::read(&path).unwrap();
    let records = journal::look(&path).unwrap().records;
    assert!(records.len() > 20);
    (path, bytes, records)
}

/// Reopens `path`: its events, which must be a prefix of `whole` and make a session, or what is said instead.
fn reopened(path: &Path, whole: &[Recorded]) -> Result<usize, String> {
    let before = std::fs::read(path).unwrap();
    match Journal::reopen(path) {
        Err(error) => {
            assert_eq!(std::fs::read(path).unwrap(), before, "a damaged file was changed: {error}");
            assert!(error.message.contains(&path.display().to_string()), "{error}");
            Err(error.message)
        }
        Ok((_, recording)) => {
            assert_eq!(recording.records, whole[..recording.records.len()], "silently wrong");
            let count = recording.records.len();
            if recording.torn.is_none() {
                session_of(recording.records, path).unwrap();
            }
            Ok(count)
        }
    }
}

#[test]
fn a_journal_cut_at_any_byte_goes_on_from_its_whole_lines() {
    let folder = Folder::new();
    let (path, bytes, records) = recorded(&folder);
    for cut in 0..bytes.len() {
        let kept = &bytes[..cut];
        std::fs::write(&path, kept).unwrap();
        let whole = kept.iter().filter(|&&b| b == b'\n').count();
        if whole == 0 {
            assert!(reopened(&path, &records).is_err(), "cut at {cut}");
            continue;
        }
        if cut % 13 != 0 && bytes[cut - 1] != b'\n' && cut < bytes.len() - 200 {
            // Looking reads as reopening does, without the sync that makes this test slow.
            let looked = journal::look(&path).unwrap();
            assert_eq!((looked.records.len(), looked.torn.unwrap().line as usize), (whole, whole + 1), "cut at {cut}");
            assert_eq!(looked.records, records[..whole]);
            continue;
        }
        assert_eq!(reopened(&path, &records), Ok(whole), "cut at {cut}");
        let healed = std::fs::read(&path).unwrap();
        assert_eq!(healed, kept[..=kept.iter().rposition(|&b| b == b'\n').unwrap()], "cut at {cut}");
    }
}

#[test]
fn a_torn_tail_is_said_and_cut_once() {
    let folder = Folder::new();
    let (path, bytes, records) = recorded(&folder);
    std::fs::write(&path, &bytes[..bytes.len() - 5]).unwrap();
    let looked = journal::look(&path).unwrap();
    assert_eq!(looked.torn.unwrap().line as usize, records.len());
    assert_eq!(std::fs::read(&path).unwrap().len(), bytes.len() - 5, "looking changed the file");
    assert!(Journal::reopen(&path).unwrap().1.torn.is_some());
    assert!(Journal::reopen(&path).unwrap().1.torn.is_none());
}

#[test]
fn a_flipped_byte_is_named_with_its_line() {
    let folder = Folder::new();
    let (path, bytes, records) = recorded(&folder);
    for at in (0..bytes.len()).step_by(3) {
        for flip in [0x01, 0x20, 0x80] {
            let mut bad = bytes.clone();
            bad[at] ^= flip;
            std::fs::write(&path, &bad).unwrap();
            let line = bytes[..at].iter().filter(|&&b| b == b'\n').count() + 1;
            match reopened(&path, &records) {
                Ok(count) => {
                    assert!(at == bytes.len() - 1 && count == records.len() - 1, "byte {at} ^ {flip} unnoticed")
                }
                Err(message) if line == 1 => assert!(message.contains("line"), "{message}"),
                Err(message) => assert!(message.contains(&format!("line {line}:")), "byte {at}: {message}"),
            }
        }
    }
}

#[test]
fn lines_that_are_missing_doubled_or_swapped_are_damage() {
    let folder = Folder::new();
    let (path, bytes, records) = recorded(&folder);
    let lines: Vec<&[u8]> = bytes.split_inclusive(|&b| b == b'\n').collect();
    for at in 1..lines.len() - 1 {
        let mut dropped = lines.clone();
        dropped.remove(at);
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at]);
        let mut swapped = lines.clone();
        swapped.swap(at, at + 1);
        for (what, lines, line) in [("dropped", dropped, at), ("doubled", doubled, at + 1), ("swapped", swapped, at)] {
            std::fs::write(&path, lines.concat()).unwrap();
            let message = reopened(&path, &records).unwrap_err();
            assert!(message.contains(&format!("line {}:", line + 1)), "{what} {at}: {message}");
        }
    }
}

#[test]
fn a_complete_bad_last_line_is_damage_and_not_cut() {
    let folder = Folder::new();
    let (path, mut bytes, records) = recorded(&folder);
    bytes.extend_from_slice(b"{\"n\":99}\n");
    std::fs::write(&path, &bytes).unwrap();
    let message = reopened(&path, &records).unwrap_err();
    assert!(message.contains(&format!("line {}:", records.len() + 1)), "{message}");
    for arguments in [["run", "--session", "s.jsonl"], ["replay", "s.jsonl", "--format=json"]] {
        let ran = folder.run(&arguments);
        assert_eq!(ran.status, 1, "{arguments:?}");
        assert!(ran.err.contains("s.jsonl is damaged at line"), "{}", ran.err);
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn a_second_writer_is_refused_and_may_look() {
    let folder = Folder::new();
    let (path, bytes, records) = recorded(&folder);
    let (first, _) = Journal::reopen(&path).unwrap();
    let message = reopened(&path, &records).unwrap_err();
    assert!(message.contains("in use by another planscope"), "{message}");
    let ran = folder.run(&["run", "--session", "s.jsonl"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("s.jsonl is in use"), "{}", ran.err);
    assert_eq!(folder.run(&["replay", "s.jsonl"]).status, 0);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    drop(first);
    assert_eq!(reopened(&path, &records), Ok(records.len()));
}

#[test]
fn what_is_no_session_file_is_told_so() {
    let folder = Folder::new();
    folder.write("empty", "");
    folder.write("goal.json", TICKETS);
    folder.write("binary", [0u8, 255, 10, 13, 0]);
    for (file, says) in [("empty", "empty"), ("goal.json", "not a session file"), ("binary", "not a session file")] {
        for command in [&["run", "--session", file][..], &["replay", file]] {
            let ran = folder.run(command);
            assert_eq!(ran.status, 1, "{command:?}");
            assert!(ran.err.contains(says) && ran.err.contains(file), "{command:?}: {}", ran.err);
        }
    }
    let ran = folder.run(&["replay", "missing.jsonl"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("cannot read missing.jsonl"), "{}", ran.err);
}

#[test]
#[cfg(unix)]
fn sessions_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    folder.write("goal.json", TICKETS);
    assert_eq!(folder.run(&["run", "goal.json"]).status, 0);
    let files = folder.sessions();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((files.len(), mode(&files[0])), (1, 0o600));
    assert_eq!(mode(files[0].parent().unwrap()), 0o700);
}
