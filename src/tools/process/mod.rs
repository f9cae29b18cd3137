//! A program that a tool starts: fed, listened to, bounded in time and size, and ended with everything that it started.
//!
//! It runs in a session of its own, without the terminal. What differs between systems stands in `unix`; elsewhere
//! nothing is started. `guard` ends what runs where this program itself is ended, however it is.

#[cfg(unix)]
mod alive;
#[cfg(unix)]
pub mod guard;
#[cfg(unix)]
mod unix;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::jq::Cancel;

/// How long a program that was told to end may take before it is killed.
pub(super) const GRACE: Duration = Duration::from_secs(2);

/// What is started.
pub(super) struct What {
    /// The program as it is looked for: a path, or a name in `PATH`.
    pub(super) program: PathBuf,
    /// Its name, then its arguments.
    pub(super) argv: Vec<OsString>,
    /// Where it works.
    pub(super) place: PathBuf,
    /// The whole of its environment.
    pub(super) env: Vec<(OsString, OsString)>,
}

/// What is started to answer once, and within which bounds.
pub(super) struct Start<'a> {
    /// What is started.
    pub(super) what: What,
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

/// How a program ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) end: End,
    /// What it wrote to its standard output.
    pub(super) output: Vec<u8>,
    /// Whether something that it had started was still there, and was ended with it.
    pub(super) left_running: bool,
    /// Whether it had closed its output when it was told to end.
    pub(super) closed: bool,
}

/// Runs a program to its end and tells `errors` what it writes to its standard error, as it comes. Blocks.
///
/// # Errors
/// Why it could not be started.
#[cfg(unix)]
pub(super) fn run(start: Start<'_>, errors: &mut dyn FnMut(&[u8])) -> io::Result<Ended> {
    unix::run(start, errors)
}

/// What a program that stays alive is asked within.
pub(super) struct Bounds<'a> {
    /// When it has to have answered.
    pub(super) until: Option<Instant>,
    /// The longest line that it may write, in bytes.
    pub(super) longest: usize,
    /// Says whether anybody still waits for it.
    pub(super) cancel: &'a Cancel,
}

/// Why a program that stays alive did not answer. Whatever it is, it is ended then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mute {
    /// It took too long.
    Late,
    /// It wrote a line that is too long.
    TooMuch,
    /// Nobody waits for it any longer.
    Cancelled,
    /// It has ended.
    Ended,
    /// It closed its output and goes on.
    Closed,
}

#[cfg(unix)]
pub(super) use alive::Alive;
#[cfg(all(unix, feature = "mcp"))]
pub(super) use alive::Kept;

/// A program that stays alive: there is none here.
#[cfg(not(unix))]
pub(super) struct Alive;

#[cfg(not(unix))]
impl Alive {
    pub(super) fn start(_what: What) -> io::Result<Alive> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "programs are started on Linux and macOS only so far"))
    }

    pub(super) fn unasked(&mut self, _errors: &mut dyn FnMut(&[u8])) -> Option<Vec<u8>> {
        None
    }

    pub(super) fn has_ended(&self) -> bool {
        true
    }

    pub(super) fn ask(
        &mut self,
        _request: &[u8],
        _bounds: &Bounds<'_>,
        _errors: &mut dyn FnMut(&[u8]),
        _line: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), Mute> {
        Err(Mute::Ended)
    }

    pub(super) fn end(self) -> Option<End> {
        None
    }

    pub(super) fn closes(self, _within: Duration) -> bool {
        true
    }
}

#[cfg(not(unix))]
pub(super) fn run(_start: Start<'_>, _errors: &mut dyn FnMut(&[u8])) -> io::Result<Ended> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "programs are started on Linux and macOS only so far"))
}
