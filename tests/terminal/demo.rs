//! A prepared demo before an audience, in a pseudo-terminal: the same keys write the same bytes, notes are read along in a
//! second one, and nothing of it is among the sessions.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use crate::harness::Terminal;

/// The textbook example, which has a prepared demo.
const DEMO: &str = "customer_support_report";

/// Presses `key` and waits until beat `at` was played, as the presenter's notes say, and the screen rests.
fn to_beat(terminal: &mut Terminal, folder: &Path, key: &str, at: usize) {
    terminal.press(key);
    let said = format!("\"beat\":{at},");
    terminal.wait_until(&format!("beat {at}"), |_| {
        std::fs::read_to_string(folder.join("planscope/presenting.json")).is_ok_and(|prompt| prompt.contains(&said))
    });
    settle(terminal);
}

/// Waits until nothing more comes.
fn settle(terminal: &Terminal) {
    let mut bytes = (terminal.bytes().len(), 0);
    terminal.wait_until("a screen at rest", |terminal| {
        let now = terminal.bytes().len();
        bytes = (now, if now == bytes.0 { bytes.1 + 1 } else { 0 });
        bytes.1 > 80
    });
}

/// Plays the whole demo with space, goes back with backspace, and on again; returns the bytes of each key.
fn played(folder: &Path, of: usize) -> Vec<Vec<u8>> {
    let size = (80, 24);
    let mut terminal = Terminal::sized(folder, size, &[DEMO, "--present", "--pace", "0.02s", "--theme", "dark"]);
    terminal.wait_for(&format!(" 0/{of} "));
    settle(&terminal);
    let mut written = vec![terminal.bytes()];
    let mut seen = terminal.bytes().len();
    let ons = (1..=of).map(|at| (" ", at));
    let backs = (of - 3..of).rev().map(|at| ("\x7f", at));
    let again = (of - 2..=of).map(|at| (" ", at));
    for (key, at) in ons.chain(backs).chain(again) {
        to_beat(&mut terminal, folder, key, at);
        let bytes = terminal.bytes();
        written.push(bytes[seen..].to_vec());
        seen = bytes.len();
    }
    // What the last beat brought forward goes first; one slip of a finger does not end it.
    terminal.until_gone("q", "scroll");
    terminal.until("q", "once more");
    terminal.press("q");
    assert!(terminal.wait_for_end());
    terminal.assert_restored();
    written
}

fn planscope(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_planscope"));
    command.args(arguments).current_dir(folder).env("HOME", folder).env("XDG_STATE_HOME", folder).stdin(Stdio::null());
    let ran = command.output().expect("the program");
    (ran.status.success(), String::from_utf8_lossy(&ran.stdout).into_owned())
}

#[test]
fn the_demo_runs_with_space_and_backspace_alone_twice_with_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, script) = planscope(folder.path(), &["notes", DEMO, "--format", "json"]);
    let of = script.matches("\"note\"").count();
    assert!(of > 8, "{script}");
    let first = played(folder.path(), of);
    let second = played(folder.path(), of);
    assert_eq!(first.len(), second.len());
    for (at, (first, second)) in first.iter().zip(&second).enumerate() {
        let differ = first.iter().zip(second).position(|(one, other)| one != other);
        let differ = differ.unwrap_or(first.len().min(second.len())).saturating_sub(200);
        let rest = |bytes: &[u8]| String::from_utf8_lossy(&bytes[differ..(differ + 600).min(bytes.len())]).into_owned();
        assert!(first == second, "after key {at}, from {differ} on:\n{:?}\n{:?}", rest(first), rest(second));
        assert!(at == 0 || !first.is_empty(), "key {at} showed nothing");
    }
    // Nothing of it is among the sessions, and few of the rehearsals are kept.
    assert_eq!(planscope(folder.path(), &["sessions", "--format", "json"]).1.trim(), "[]");
    let kept = std::fs::read_dir(folder.path().join("planscope/rehearsals")).expect("rehearsals").count();
    assert!((1..=3).contains(&kept), "{kept} rehearsals");
    assert!(!planscope(folder.path(), &["notes", "--once"]).0, "the demo is over");
}

#[test]
fn the_notes_follow_the_demo_in_a_second_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let reads = || planscope(folder.path(), &["notes", "--once"]).1;
    let mut terminal = Terminal::in_folder(folder.path(), &[DEMO, "--present", "--pace", "0.02s"]);
    terminal.wait_until("the first note", |_| reads().contains("space plays the first"));
    let mut follower = Command::new(env!("CARGO_BIN_EXE_planscope"));
    follower.arg("notes").env("HOME", folder.path()).env("XDG_STATE_HOME", folder.path());
    let mut follower = follower.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().expect("the notes");
    let followed = Arc::new(Mutex::new(String::new()));
    let (mut says, into) = (follower.stdout.take().expect("its output"), followed.clone());
    let reader = std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(read @ 1..) = says.read(&mut bytes) {
            into.lock().expect("its text").push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    });
    terminal.press(" ");
    terminal.wait_until("the note of the first beat", |_| reads().contains("\nnext: ") && reads().starts_with("1 of "));
    // It looks from time to time, and what is over by then it does not tell.
    terminal.wait_until("the first beat in the other window", |_| followed.lock().expect("its text").contains("1 of "));
    terminal.press(" ");
    terminal.wait_until("the note of the second beat", |_| reads().starts_with("2 of "));
    // In a window that is resized, at a size where hardly anything fits, it goes on.
    let small = portable_pty::PtySize { rows: 8, cols: 30, pixel_width: 0, pixel_height: 0 };
    let before = terminal.bytes().len();
    terminal.master.resize(small).expect("a small window");
    terminal.wait_until("the small screen", |terminal| terminal.bytes().len() > before);
    settle(&terminal);
    terminal.press(" ");
    terminal.wait_until("the note of the third beat", |_| reads().starts_with("3 of "));
    terminal.press("qq");
    assert!(terminal.wait_for_end());
    follower.wait().expect("its end");
    reader.join().expect("its output is read");
    let followed = followed.lock().expect("its text");
    assert!(followed.contains("1 of ") && followed.trim_end().ends_with("The demo is over."), "{followed}");
}
