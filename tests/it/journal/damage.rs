//! A journal that was cut, flipped, doubled or shuffled heals, or says where it is damaged; never silently wrong.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::support::program::{Folder, TICKETS};
use planscope::engine::event::{Event, Recorded};
use planscope::engine::source::Source;
use planscope::jq::Evaluator;
use planscope::runtime::driver::Driver;
use planscope::runtime::journal::{self, Journal};
use planscope::runtime::recorded::{Along, look, session_of};
use planscope::runtime::services::Services;

/// Returns a session file in `folder` that has a replan in it, its bytes and its events.
fn recorded(folder: &Folder) -> (PathBuf, Vec<u8>, Vec<Arc<Recorded>>) {
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
fn reopened(path: &Path, whole: &[Arc<Recorded>]) -> Result<usize, String> {
    let before = std::fs::read(path).unwrap();
    let mut records = Vec::new();
    let mut take = |record, _| {
        records.push(record);
        true
    };
    match Journal::reopen(path, &mut take) {
        Err(error) => {
            assert_eq!(std::fs::read(path).unwrap(), before, "a damaged file was changed: {error}");
            assert!(error.message.contains(&path.display().to_string()), "{error}");
            Err(error.message)
        }
        Ok((_, torn)) => {
            assert_eq!(records, whole[..records.len()], "silently wrong");
            let count = records.len();
            if torn.is_none() {
                session_of(records, path, planscope::tools::KINDS).unwrap();
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
    assert!(Journal::reopen(&path, &mut |_, _| true).unwrap().1.is_some());
    assert!(Journal::reopen(&path, &mut |_, _| true).unwrap().1.is_none());
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
                    assert!(at == bytes.len() - 1 && count == records.len() - 1, "byte {at} ^ {flip} unnoticed");
                }
                Err(message) if line == 1 => assert!(message.contains("line"), "{message}"),
                Err(message) => assert!(message.contains(&format!("line {line}:")), "byte {at}: {message}"),
            }
        }
    }
}

/// A session file that is read in many pieces, beside each other: a plan of so many steps, and a replan.
fn long(folder: &Folder) -> (PathBuf, Vec<u8>, Vec<Arc<Recorded>>) {
    let tools = r#""a": {"description": "Make a", "outputs": ["a"], "run": {"value": ["a value that is worth a name"]}},
        "b": {"description": "Make b", "inputs": ["a"], "outputs": ["b"], "run": {"jq": ".a | length"}}"#;
    let steps = vec![r#"{"tool": "a"}, {"tool": "b"}"#; 400].join(", ");
    folder.write("long.json", format!(r#"{{"version": 1, "goal": "go on", "tools": {{{tools}}}, "plan": [{steps}]}}"#));
    let ran = folder.run(&["run", "long.json", "--replan", "never", "--session", "long.jsonl"]);
    assert!(ran.status == 0 || ran.status == 3, "{}", ran.err);
    let path = folder.path("long.jsonl");
    let bytes = std::fs::read(&path).unwrap();
    assert!(bytes.len() > 200_000, "{} bytes", bytes.len());
    let records = journal::look(&path).unwrap().records;
    (path, bytes, records)
}

#[test]
fn of_a_long_file_the_first_damaged_line_is_named_wherever_it_stands() {
    let folder = Folder::new();
    let (path, bytes, records) = long(&folder);
    let lines: Vec<&[u8]> = bytes.split_inclusive(|&b| b == b'\n').collect();
    for at in (1..lines.len()).step_by(97).chain([1, lines.len() - 1]) {
        // Another one far behind it may be met first, and is not the one that is named.
        let mut bad = lines.clone();
        let broken = [b"x", lines[at]].concat();
        bad[at] = &broken;
        let last = bad.len() - 1;
        if at < last {
            bad[last] = b"{}\n";
        }
        std::fs::write(&path, bad.concat()).unwrap();
        let message = reopened(&path, &records).unwrap_err();
        assert!(message.contains(&format!("damaged at line {}:", at + 1)), "{message}");
        assert_eq!(journal::look(&path).unwrap_err().message, message);
        assert_eq!(look(&path, planscope::tools::KINDS).err().map(|error| error.message), Some(message));
    }
}

#[test]
fn who_opens_a_session_is_told_how_far_it_is_and_may_leave_it_as_it_was() {
    let folder = Folder::new();
    let (path, bytes, records) = long(&folder);
    let open = |along: Along<'_>| Driver::reopen_along(&path, None, Services::new(Evaluator::in_thread()), along);
    let mut told = Vec::new();
    for leave in [0, 256, 512] {
        told.clear();
        let opened = open(&mut |events, all| {
            told.push((events, all));
            events < leave
        });
        let why = opened.err().map(|error| error.message).unwrap();
        assert!(why.contains("not opened to its end"), "{why}");
        assert_eq!(told.last(), Some(&(leave, records.len())), "it is asked no more");
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "nothing was written");
    }
    told.clear();
    let (driver, _) = open(&mut |events, all| {
        told.push((events, all));
        true
    })
    .unwrap();
    assert!(driver.session().records().len() >= records.len());
    assert!(told.windows(2).all(|pair| pair[0].0 < pair[1].0), "{told:?}");
    assert!(told.len() > 4 && told.iter().all(|(events, all)| events < all && *all == records.len()), "{told:?}");
}

#[test]
fn a_session_made_while_its_file_is_read_is_the_one_made_from_all_its_events() {
    let folder = Folder::new();
    let (path, _, records) = long(&folder);
    let (made, torn) = look(&path, planscope::tools::KINDS).unwrap();
    let whole = session_of(records.clone(), &path, planscope::tools::KINDS).unwrap();
    assert!(torn.is_none() && made.records() == records && made.path() == whole.path());
    let (made_state, state) = (made.state(), whole.state());
    assert_eq!((made_state.phase.clone(), made_state.seq), (state.phase.clone(), state.seq));
    assert!(made_state.context.iter().eq(state.context.iter()));
    assert!(made_state.runs.len() == 800 && made_state.runs.len() == state.runs.len());
    assert!(made.wants().is_empty(), "it is only looked at");
}

#[test]
fn damage_behind_a_goal_that_does_not_read_is_what_is_said() {
    let folder = Folder::new();
    let (path, bytes, records) = long(&folder);
    let mut opened = records[0].clone();
    let Event::Opened { source, .. } = &mut Arc::make_mut(&mut opened).event else { panic!("it opens a session") };
    *source = Source::new(serde_json::json!({ "version": 7 }));
    let mut first = Vec::new();
    journal::codec::write(&opened, None, &mut first).unwrap();
    let rest = &bytes[bytes.iter().position(|&b| b == b'\n').unwrap() + 1..];
    std::fs::write(&path, [&first, rest].concat()).unwrap();
    let said = |path: &Path| look(path, planscope::tools::KINDS).expect_err("it is no session").message;
    assert!(said(&path).contains("damaged at line 1: its goal does not read"), "{}", said(&path));
    std::fs::write(&path, [&first, rest, b"{}\n"].concat()).unwrap();
    assert!(said(&path).contains(&format!("damaged at line {}:", records.len() + 1)), "{}", said(&path));
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
    let (first, _) = Journal::reopen(&path, &mut |_, _| true).unwrap();
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

#[test]
fn a_session_that_begins_with_a_big_value_is_listed_without_reading_it() {
    let folder = Folder::new();
    let table: Vec<String> = (0..60_000).map(|at| format!("row {at}")).collect();
    let goal = serde_json::json!({
        "version": 1, "goal": "Count the big table", "wants": { "total": "true" }, "context": { "table": table },
        "tools": { "count": { "inputs": ["table"], "outputs": ["total"], "run": { "jq": ".table | length" } } }
    });
    folder.write("goal.json", goal.to_string());
    assert_eq!(folder.run(&["run", "goal.json", "--session", "s.jsonl"]).status, 0);
    let listed = planscope::runtime::sessions::entry(&folder.path("s.jsonl"));
    let says = |listed: &planscope::runtime::sessions::Entry| (listed.goal.clone(), listed.standing.to_string());
    assert_eq!(says(&listed), ("Count the big table".to_owned(), "reached".to_owned()));
    let whole = journal::look(&folder.path("s.jsonl")).unwrap().records;
    assert_eq!(listed.events, whole.len() as u64);
    assert_eq!(listed.at, *whole.last().unwrap().at);
    // Where nothing but the first event is there, all of it is read.
    let bytes = std::fs::read(folder.path("s.jsonl")).unwrap();
    let first = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    folder.write("one.jsonl", &bytes[..first]);
    let listed = planscope::runtime::sessions::entry(&folder.path("one.jsonl"));
    assert_eq!((listed.events, &*listed.goal), (1, "Count the big table"));
    folder.write("torn.jsonl", &bytes[..first - 1]);
    let listed = planscope::runtime::sessions::entry(&folder.path("torn.jsonl"));
    assert_eq!(listed.standing.to_string(), "unreadable: its first event is not whole");
}
