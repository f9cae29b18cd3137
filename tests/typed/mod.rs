//! The real program in a pseudo-terminal: keys in, screen out, killed without warning and opened again.
#![allow(dead_code)] // each test file uses its part

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

fn cells(n: u16) -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(n).expect("not zero")
}

/// A program in a terminal of its own.
pub struct Typed {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn std::io::Write + Send>,
    screen: Arc<Mutex<vt100::Parser>>,
    _master: Box<dyn MasterPty + Send>,
}

impl Typed {
    /// Starts the program in `folder`, where it also keeps its sessions.
    pub fn open(folder: &Path, arguments: &[&str]) -> Typed {
        let (rows, cols) = (34, 120);
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_planscope"));
        command.args(arguments);
        command.cwd(folder);
        for name in ["HOME", "XDG_STATE_HOME"] {
            command.env(name, folder);
        }
        command.env("TERM", "xterm-256color");
        let child = pair.slave.spawn_command(command).expect("the program");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("its output");
        let keys = pair.master.take_writer().expect("its input");
        let screen = Arc::new(Mutex::new(vt100::Parser::new(cells(rows), cells(cols), 0)));
        let shared = screen.clone();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read) = reader.read(&mut bytes) {
                if read == 0 {
                    return;
                }
                shared.lock().expect("the screen").process(&bytes[..read]);
            }
        });
        Typed { child, keys, screen, _master: pair.master }
    }

    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("keys");
        self.keys.flush().expect("keys");
    }

    pub fn text(&self) -> String {
        self.screen.lock().expect("the screen").screen().contents()
    }

    /// Waits until the screen shows `words`.
    #[track_caller]
    pub fn wait_for(&self, words: &str) {
        let start = Instant::now();
        while !self.text().contains(words) {
            assert!(start.elapsed() < Duration::from_secs(20), "no {words:?} on the screen:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Presses `keys` and waits until the screen shows `words` no more.
    #[track_caller]
    pub fn until_gone(&mut self, keys: &str, words: &str) {
        self.press(keys);
        let start = Instant::now();
        while self.text().contains(words) {
            assert!(start.elapsed() < Duration::from_secs(20), "{words:?} stays on the screen:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Presses `keys` and waits until the screen shows `words`.
    #[track_caller]
    pub fn until(&mut self, keys: &str, words: &str) {
        self.press(keys);
        self.wait_for(words);
    }

    /// Kills the program without warning.
    pub fn kill(mut self) {
        self.child.kill().expect("it is alive");
        self.child.wait().expect("its status");
    }

    /// Quits; returns whether the program said that all went well.
    pub fn quit(mut self) -> bool {
        self.press("q");
        self.child.wait().expect("its status").success()
    }
}
