//! A program that a tool starts: fed, listened to, bounded in time and size, and ended with everything that it started.
//!
//! It runs in a session of its own, without the terminal. What differs between systems stands in `unix`; elsewhere
//! nothing is started. `guard` ends what runs where this program itself is ended, however it is.

#[cfg(unix)]
pub mod guard;
#[cfg(unix)]
mod unix;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::jq::Cancel;

/// How long a program that was told to end may take before it is killed.
pub(super) const GRACE: Duration = Duration::from_secs(2);

/// What is started, and within which bounds.
pub(super) struct Start<'a> {
    /// The program as it is looked for: a path, or a name in `PATH`.
    pub(super) program: PathBuf,
    /// Its name, then its arguments.
    pub(super) argv: Vec<OsString>,
    /// Where it works.
    pub(super) place: &'a Path,
    /// The whole of its environment.
    pub(super) env: Vec<(OsString, OsString)>,
    /// What it reads.
    pub(super) input: Vec<u8>,
    /// When it is ended at the latest.
    pub(super) until: Option<Instant>,
    /// The most bytes that it may write.
    pub(super) max_output: usize,
    /// Says whether anybody still waits for it.
    pub(super) cancel: &'a Cancel,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// By itself, with this status.
    Status(i32),
    /// By this signal, which this program did not send.
    Signal(i32),
    /// It took too long, and was ended.
    Late,
    /// It wrote too much, and was ended.
    TooMuch,
    /// Nobody waited for it any longer, and it was ended.
    Cancelled,
}

/// What became of a program.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) end: End,
    /// What it wrote to its standard output.
    pub(super) output: Vec<u8>,
    /// Whether something that it had started was still there, and was ended with it.
    pub(super) left_running: bool,
}

/// Runs a program to its end and tells `errors` what it writes to its standard error, as it comes. Blocks.
///
/// # Errors
/// Why it could not be started.
#[cfg(unix)]
pub(super) fn run(start: Start<'_>, errors: &mut dyn FnMut(&[u8])) -> io::Result<Ended> {
    unix::run(start, errors)
}

#[cfg(not(unix))]
pub(super) fn run(_start: Start<'_>, _errors: &mut dyn FnMut(&[u8])) -> io::Result<Ended> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "programs are started on Linux and macOS only so far"))
}
