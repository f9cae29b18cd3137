//! Progress on standard error, where that is a terminal: a bar where there are many pieces of work, and how much was
//! done in them where there are few and they take long.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// How wide the bar is, in columns.
const WIDE: usize = 30;

/// How often it is drawn: what takes less than this says nothing.
const EVERY: Duration = Duration::from_millis(500);

/// How far the work has come. It is drawn until it is dropped.
pub(super) struct Progress {
    done: Arc<AtomicUsize>,
    /// Closed, it ends the thread that draws.
    drawing: Option<(Mutex<Sender<()>>, JoinHandle<()>)>,
}

impl Progress {
    /// Returns the progress of `all` pieces of work, called `what`, in which `performed` counts what is done.
    pub(super) fn new(all: usize, what: &'static str, performed: Arc<AtomicUsize>) -> Progress {
        let done = Arc::new(AtomicUsize::new(0));
        if !io::stderr().is_terminal() {
            return Progress { done, drawing: None };
        }
        let (end, ended) = channel();
        let (seen, before) = (done.clone(), performed.load(Ordering::Relaxed));
        let draw = move || {
            let mut drawn = false;
            while ended.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                let (done, acts) = (seen.load(Ordering::Relaxed), performed.load(Ordering::Relaxed) - before);
                let full = WIDE * done.min(all) / all.max(1);
                let bar = format!("{}{}", "█".repeat(full), "░".repeat(WIDE - full));
                let _ = write!(io::stderr(), "\r{bar} {done} of {all} {what}, {acts} decisions and calls");
                drawn = true;
            }
            if drawn {
                let _ = write!(io::stderr(), "\r{}\r", " ".repeat(WIDE + 60));
            }
        };
        Progress { done, drawing: Some((Mutex::new(end), std::thread::spawn(draw))) }
    }

    /// Says that one more is done.
    pub(super) fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let Some((end, drawing)) = self.drawing.take() else { return };
        drop(end);
        // It ends at once: its channel is closed.
        let _ = drawing.join();
    }
}
