//! A progress bar on standard error, where that is a terminal and there is enough to wait for.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};

/// From how many pieces of work on a bar is shown.
const WORTH: usize = 9;

/// How wide the bar is, in columns.
const WIDE: usize = 30;

/// How far the work has come.
pub(super) struct Progress {
    all: usize,
    done: AtomicUsize,
    what: &'static str,
    shown: bool,
}

impl Progress {
    /// Returns the bar of `all` pieces of work, called `what`.
    pub(super) fn new(all: usize, what: &'static str) -> Progress {
        let shown = all >= WORTH && io::stderr().is_terminal();
        Progress { all, done: AtomicUsize::new(0), what, shown }
    }

    /// Says that one more is done.
    pub(super) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        // A hundred drawings are plenty.
        if self.shown && (done.is_multiple_of((self.all / 100).max(1)) || done == self.all) {
            let full = WIDE * done / self.all.max(1);
            let bar = format!("{}{}", "█".repeat(full), "░".repeat(WIDE - full.min(WIDE)));
            let _ = write!(io::stderr(), "\r{bar} {done} of {} {}", self.all, self.what);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let blank = " ".repeat(WIDE + 40);
            let _ = write!(io::stderr(), "\r{blank}\r");
        }
    }
}
