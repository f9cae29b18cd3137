//! Waits for a worker's reply while looking at the clock and at the cancel flag.

use std::process::ChildStdout;
use std::time::{Duration, Instant};

use super::limits::Cancel;

/// How long to wait between two looks at the cancel flag; well below the promised 50 ms.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// What ended the waiting.
pub(super) enum Ready {
    /// There is something to read, or the other end is closed.
    Yes,
    Late,
    Cancelled,
}

/// Waits until a read from `pipe` would not block.
#[cfg(unix)]
pub(super) fn wait_readable(pipe: &ChildStdout, deadline: Option<Instant>, cancel: &Cancel) -> Ready {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    loop {
        if cancel.is_cancelled() {
            return Ready::Cancelled;
        }
        let left = deadline.map_or(LOOK_EVERY, |deadline| deadline.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            return Ready::Late;
        }
        let slice = left.min(LOOK_EVERY);
        let slice = Timespec { tv_sec: 0, tv_nsec: slice.subsec_nanos().into() };
        match poll(&mut [PollFd::new(pipe, PollFlags::IN)], Some(&slice)) {
            // A failing poll is left to the read, which says why.
            Ok(1..) => return Ready::Yes,
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return Ready::Yes,
        }
    }
}

/// Elsewhere the read itself waits: a worker ends by its own clock there, and a cancel is seen between replies.
#[cfg(not(unix))]
pub(super) fn wait_readable(_: &ChildStdout, deadline: Option<Instant>, cancel: &Cancel) -> Ready {
    let _ = LOOK_EVERY;
    if cancel.is_cancelled() {
        Ready::Cancelled
    } else if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
        Ready::Late
    } else {
        Ready::Yes
    }
}
