//! The program in a pseudo-terminal: one at a time, with what it wrote and what the screen shows.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Whoever holds it has the only terminal; a test that waits for a screen waits for nobody else's.
static TURN: Mutex<()> = Mutex::new(());

/// The program.
const PROGRAM: &str = env!("CARGO_BIN_EXE_planscope");

/// How long something may take to show before a test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program in a terminal.
pub(crate) struct Terminal {
    pub child: Box<dyn Child + Send + Sync>,
    pub master: Box<dyn MasterPty + Send>,
    pub keys: Box<dyn std::io::Write + Send>,
    /// Tells the reader to end after the next bytes.
    pub closing: Arc<AtomicBool>,
    pub reading: std::thread::JoinHandle<()>,
    screen: Arc<Mutex<Seen>>,
    /// Kept so that the folder stays.
    folder: Option<tempfile::TempDir>,
    _turn: MutexGuard<'static, ()>,
}

/// What came out of the program.
struct Seen {
    screen: vt100::Parser,
    bytes: Vec<u8>,
}

/// Returns how much of `bytes` is there to be seen: a frame that has only begun is not, as in a terminal that shows
/// frames at once.
fn whole_frames(bytes: &[u8]) -> usize {
    let last = |mark: &[u8]| bytes.windows(mark.len()).rposition(|part| part == mark);
    match (last(b"\x1b[?2026h"), last(b"\x1b[?2026l")) {
        (Some(begun), None) => begun,
        (Some(begun), Some(ended)) if begun > ended => begun,
        _ => bytes.len(),
    }
}

impl Terminal {
    /// Opens the program in a new folder, on 80×24 cells.
    pub(crate) fn open(arguments: &[&str]) -> Terminal {
        Terminal::called("xterm-256color", arguments)
    }

    /// Opens the program in a terminal that says that it is a `term`.
    pub(crate) fn called(term: &str, arguments: &[&str]) -> Terminal {
        let folder = tempfile::tempdir().expect("a folder");
        let mut terminal = Terminal::spawn(folder.path(), term, (80, 24), PROGRAM, arguments);
        terminal.folder = Some(folder);
        terminal
    }

    /// Opens the program in `folder`, where it also keeps its sessions, on 120×34 cells.
    pub(crate) fn in_folder(folder: &Path, arguments: &[&str]) -> Terminal {
        Terminal::spawn(folder, "xterm-256color", (120, 34), PROGRAM, arguments)
    }

    /// Opens the program in `folder`, where it also keeps its sessions, on so many cells.
    pub(crate) fn sized(folder: &Path, size: (u16, u16), arguments: &[&str]) -> Terminal {
        Terminal::spawn(folder, "xterm-256color", size, PROGRAM, arguments)
    }

    /// Runs `script` in the shell in `folder`; `planscope` is the program there.
    pub(crate) fn shell(folder: &Path, script: &str) -> Terminal {
        Terminal::spawn(folder, "xterm-256color", (120, 34), "sh", &["-c", script])
    }

    fn spawn(folder: &Path, term: &str, (cols, rows): (u16, u16), program: &str, arguments: &[&str]) -> Terminal {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let pair = native_pty_system()
            .openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 })
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.cwd(folder);
        for name in ["HOME", "XDG_STATE_HOME"] {
            command.env(name, folder);
        }
        command.env("TERM", term);
        for name in ["NO_COLOR", "COLORTERM", "COLORFGBG", "PLANSCOPE_THEME", "TMUX"] {
            command.env_remove(name);
        }
        let home = Path::new(PROGRAM).parent().expect("its folder").to_owned();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(home).chain(std::env::split_paths(&path)));
        command.env("PATH", path.expect("no colon in the name of the folder"));
        let child = pair.slave.spawn_command(command).expect("the program");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("its output");
        let keys = pair.master.take_writer().expect("its input");
        let cells = |n: u16| std::num::NonZeroU16::new(n).expect("not zero");
        let seen = Seen { screen: vt100::Parser::new(cells(rows), cells(cols), 0), bytes: Vec::new() };
        let screen = Arc::new(Mutex::new(seen));
        let shared = screen.clone();
        let closing = Arc::new(AtomicBool::new(false));
        let closes = closing.clone();
        let reading = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            let mut frame: Vec<u8> = Vec::new();
            while let Ok(read) = reader.read(&mut bytes) {
                if read == 0 || closes.load(Ordering::SeqCst) {
                    break;
                }
                let mut seen = shared.lock().expect("the screen");
                seen.bytes.extend_from_slice(&bytes[..read]);
                frame.extend_from_slice(&bytes[..read]);
                let whole = whole_frames(&frame);
                seen.screen.process(&frame[..whole]);
                frame.drain(..whole);
            }
            shared.lock().expect("the screen").screen.process(&frame);
        });
        Terminal { child, master: pair.master, keys, closing, reading, screen, folder: None, _turn: turn }
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("keys");
        self.keys.flush().expect("keys");
    }

    pub(crate) fn text(&self) -> String {
        self.screen.lock().expect("the screen").screen.screen().contents()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.screen.lock().expect("the screen").bytes.clone()
    }

    /// Waits until `holds`; a test fails with the screen and `what` it waited for.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, mut holds: impl FnMut(&Terminal) -> bool) {
        let start = Instant::now();
        while !holds(self) {
            assert!(start.elapsed() < PATIENCE, "never: {what}; the screen:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the screen shows `words`.
    #[track_caller]
    pub(crate) fn wait_for(&self, words: &str) {
        self.wait_until(&format!("{words:?}"), |terminal| terminal.text().contains(words));
    }

    /// Presses `keys` and waits until the screen shows `words`.
    #[track_caller]
    pub(crate) fn until(&mut self, keys: &str, words: &str) {
        self.press(keys);
        self.wait_for(words);
    }

    /// Presses `keys` and waits until the screen shows `words` no more.
    #[track_caller]
    pub(crate) fn until_gone(&mut self, keys: &str, words: &str) {
        self.press(keys);
        self.wait_until(&format!("{words:?} gone"), |terminal| !terminal.text().contains(words));
    }

    /// Waits until the program ended and all that it wrote was read; returns whether it said that all went well.
    #[track_caller]
    pub(crate) fn wait_for_end(&mut self) -> bool {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("its status") {
                self.wait_until("the end of its output", |terminal| terminal.reading.is_finished());
                return status.success();
            }
            assert!(start.elapsed() < PATIENCE, "it does not end:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Checks that everything that was switched on was switched off again.
    #[track_caller]
    pub(crate) fn assert_restored(&self) {
        let bytes = self.bytes();
        let last = |what: &str| bytes.windows(what.len()).rposition(|window| window == what.as_bytes());
        for (on, off) in
            [("\x1b[?1049h", "\x1b[?1049l"), ("\x1b[?1006h", "\x1b[?1006l"), ("\x1b[?2004h", "\x1b[?2004l")]
        {
            assert!(last(on).is_some(), "{on:?} was never switched on");
            assert!(last(off) > last(on), "{on:?} stayed on");
        }
        assert!(last("\x1b[?25h") > last("\x1b[?25l"), "the cursor stayed hidden");
        assert!(last("\x1b[?2026l") >= last("\x1b[?2026h"), "a frame was never ended");
    }

    pub(crate) fn pid(&self) -> rustix::process::Pid {
        let pid = self.child.process_id().expect("a process");
        rustix::process::Pid::from_raw(i32::try_from(pid).expect("a small number")).expect("a process")
    }

    /// Kills the program without warning.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is alive");
        self.child.wait().expect("its status");
    }

    /// Quits; returns whether the program said that all went well.
    pub(crate) fn quit(mut self) -> bool {
        self.press("q");
        self.wait_for_end()
    }
}
