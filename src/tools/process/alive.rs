//! A program that stays alive between the times at which it is asked: lines in, lines out, and a thread that ends it.
//!
//! The thread that starts it waits until nobody holds it any longer, so that it is ended with whoever asked. It does
//! nothing else: who asks reads and writes.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{ChildStderr, ChildStdin, ChildStdout};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal};

use super::unix::{GLANCE, LINGER, Leash, end_session, exit_of, file, has_exited, how_it_ended, read};
use super::{Bounds, End, GRACE, Mute, What};

/// A program that is asked more than once.
pub(in crate::tools) struct Alive {
    input: File,
    out: Option<File>,
    err: Option<File>,
    /// What can be read from once it has ended, where the system has such a thing.
    exit: Option<OwnedFd>,
    kept: Kept,
    /// What it wrote after the last whole line that was taken.
    held: Vec<u8>,
    /// How much of `held` is known to hold no end of a line.
    looked: usize,
}

/// What the keeper hands over: the pipes, and the number of the process.
type Started = (ChildStdin, ChildStdout, ChildStderr, Pid);

/// What a program that is kept reads from and writes to.
pub(in crate::tools) type Pipes = (ChildStdin, ChildStdout, ChildStderr);

/// A program that is kept until this is dropped, and is ended then.
pub(in crate::tools) struct Kept {
    pid: Pid,
    /// Dropped, the keeper ends it.
    hold: mpsc::Sender<()>,
    ended: mpsc::Receiver<Option<End>>,
}

impl Kept {
    /// Starts it.
    ///
    /// # Errors
    /// Why it cannot be started.
    pub(in crate::tools) fn start(what: What) -> io::Result<(Kept, Pipes)> {
        let (started, starts) = mpsc::channel();
        let (hold, held) = mpsc::channel();
        let (ends, ended) = mpsc::channel();
        std::thread::Builder::new().name("program".into()).spawn(move || {
            // Nobody listens where whoever started it is gone.
            let _ = ends.send(keep(&what, &started, &held));
        })?;
        let gone = |_| io::Error::other("the thread that was to start it is gone");
        let (stdin, stdout, stderr, pid): Started = starts.recv().map_err(gone)??;
        Ok((Kept { pid, hold, ended }, (stdin, stdout, stderr)))
    }

    /// Tells whether it has ended.
    pub(in crate::tools) fn has_ended(&self) -> bool {
        has_exited(self.pid)
    }

    /// Ends it, and returns how it ended where it did so by itself.
    pub(in crate::tools) fn end(self) -> Option<End> {
        let Kept { hold, ended, .. } = self;
        drop(hold);
        ended.recv_timeout(GRACE * 3).ok().flatten()
    }
}

impl Alive {
    /// Starts it.
    ///
    /// # Errors
    /// Why it cannot be started.
    pub(in crate::tools) fn start(what: What) -> io::Result<Alive> {
        let (kept, (stdin, stdout, stderr)) = Kept::start(what)?;
        let (input, out, err) = (file(stdin.into())?, file(stdout.into())?, file(stderr.into())?);
        let exit = exit_of(kept.pid);
        Ok(Alive { input, out: Some(out), err: Some(err), exit, kept, held: Vec::new(), looked: 0 })
    }

    /// Tells whether it has ended.
    pub(in crate::tools) fn has_ended(&self) -> bool {
        self.kept.has_ended()
    }

    /// Reads what is there without waiting, and returns the first line of what it wrote to its standard output although it
    /// was not asked.
    pub(in crate::tools) fn unasked(&mut self, errors: &mut dyn FnMut(&[u8])) -> Option<Vec<u8>> {
        read(&mut self.out, &mut |bytes| self.held.extend_from_slice(bytes));
        read(&mut self.err, errors);
        (!self.held.is_empty()).then(|| self.held.split(|byte| *byte == b'\n').next().unwrap_or_default().to_vec())
    }

    /// Writes `request` and hands each line that it writes to `line`, until that says that it was the answer. What it
    /// writes to its standard error goes to `errors` as it comes. Blocks.
    ///
    /// # Errors
    /// Why there was no answer.
    pub(in crate::tools) fn ask(
        &mut self,
        request: &[u8],
        bounds: &Bounds<'_>,
        errors: &mut dyn FnMut(&[u8]),
        line: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), Mute> {
        let mut left = request;
        let mut gone: Option<Instant> = None;
        loop {
            if self.write(&mut left) {
                left = &[];
            }
            read(&mut self.out, &mut |bytes| self.held.extend_from_slice(bytes));
            read(&mut self.err, errors);
            while let Some(next) = self.next_line() {
                if line(&next) {
                    return Ok(());
                }
            }
            let now = Instant::now();
            if gone.is_none() && (self.out.is_none() || self.has_ended()) {
                gone = Some(now);
            }
            // What it wrote before it ended is in the pipe, and who closes its output mostly ends.
            let waited = gone.is_some_and(|gone| now >= gone + LINGER);
            match () {
                () if bounds.cancel.is_cancelled() => return Err(Mute::Cancelled),
                () if self.held.len() > bounds.longest => return Err(Mute::TooMuch),
                () if self.out.is_none() && self.has_ended() => return Err(Mute::Ended),
                () if waited => return Err(if self.has_ended() { Mute::Ended } else { Mute::Closed }),
                () if bounds.until.is_some_and(|until| now >= until) => return Err(Mute::Late),
                () => self.wait(!left.is_empty(), gone.is_none()),
            }
        }
    }

    /// Ends it, and returns how it ended where it did so by itself.
    pub(in crate::tools) fn end(self) -> Option<End> {
        let Alive { kept, input, out, err, .. } = self;
        drop((input, out, err));
        kept.end()
    }

    /// Ends its input and returns whether it ends by itself within this time; it is ended then.
    pub(in crate::tools) fn closes(self, within: Duration) -> bool {
        let Alive { kept, input, .. } = self;
        drop(input);
        let until = Instant::now() + within;
        while !kept.has_ended() && Instant::now() < until {
            std::thread::sleep(GLANCE);
        }
        kept.has_ended()
    }

    /// Writes what is left of the request, as far as it can now. Returns whether nothing more can be written at all.
    fn write(&mut self, left: &mut &[u8]) -> bool {
        while !left.is_empty() {
            match self.input.write(left) {
                Ok(written) if written > 0 => *left = &left[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(_) | Err(_) => return true, // it does not read: what it says, or that it ended, tells more
            }
        }
        false
    }

    /// Takes the next whole line of what it wrote, without its end.
    fn next_line(&mut self) -> Option<Vec<u8>> {
        let Some(end) = self.held[self.looked..].iter().position(|byte| *byte == b'\n') else {
            self.looked = self.held.len();
            return None;
        };
        let rest = self.held.split_off(self.looked + end + 1);
        let mut line = std::mem::replace(&mut self.held, rest);
        self.looked = 0;
        line.pop();
        Some(line)
    }

    /// Waits a moment until it can be read from or written to, or has ended.
    fn wait(&self, writes: bool, listens: bool) {
        let mut ready = Vec::with_capacity(4);
        ready.extend(self.exit.as_ref().filter(|_| listens).map(|exit| PollFd::new(exit, PollFlags::IN)));
        if writes {
            ready.push(PollFd::from_borrowed_fd(self.input.as_fd(), PollFlags::OUT));
        }
        for file in [&self.out, &self.err].into_iter().flatten() {
            ready.push(PollFd::from_borrowed_fd(file.as_fd(), PollFlags::IN));
        }
        let moment = Timespec { tv_sec: 0, tv_nsec: GLANCE.subsec_nanos().into() };
        let _ = poll(&mut ready, Some(&moment)); // a failing poll is left to reading and writing
    }
}

/// Starts the program and keeps it until nobody holds it; returns how it ended, where it did so by itself.
fn keep(what: &What, started: &mpsc::Sender<io::Result<Started>>, held: &mpsc::Receiver<()>) -> Option<End> {
    let mut leash = match Leash::start(what) {
        Ok(leash) => leash,
        Err(error) => {
            let _ = started.send(Err(error)); // whoever waits for it has gone
            return None;
        }
    };
    let child = &mut leash.child;
    let pipes = match (child.stdin.take(), child.stdout.take(), child.stderr.take()) {
        (Some(stdin), Some(stdout), Some(stderr)) => Ok((stdin, stdout, stderr, leash.pid)),
        _ => Err(io::Error::other("it has no pipes")),
    };
    let _ = started.send(pipes);
    let _ = held.recv(); // until nobody holds it
    let pid = leash.pid;
    let by_itself = has_exited(pid);
    if !by_itself {
        end_session(pid, Signal::TERM);
        let until = Instant::now() + GRACE;
        while !has_exited(pid) && Instant::now() < until {
            std::thread::sleep(GLANCE / 5);
        }
    }
    end_session(pid, Signal::KILL);
    let status = leash.reap().ok()?;
    by_itself.then(|| how_it_ended(status))
}
