//! Programs on Unix: a session each, three pipes that are served at once, and a group that is ended as a whole.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, setsid, waitid};

use super::{End, Ended, GRACE, Start, What, guard};

/// How often a wait looks whether the program has ended, and whether anybody still waits for it.
pub(super) const GLANCE: Duration = Duration::from_millis(10);

/// The first of the waits for a program that has closed its output: it is about to end.
const BLINK: Duration = Duration::from_micros(20);

/// How long what a program has started may go on writing after the program itself has ended.
pub(super) const LINGER: Duration = Duration::from_millis(100);

/// How many bytes are read at once.
const PIECE: usize = 64 * 1024;

pub(super) fn run(start: Start<'_>, errors: &mut dyn FnMut(&[u8])) -> io::Result<Ended> {
    let mut leash = Leash::start(&start.what)?;
    let pid = leash.pid;
    let mut pipes = Pipes::take(&mut leash.child, start.input)?;
    let mut fate = Fate::Goes;
    let mut exited: Option<Instant> = None;
    let mut wait = BLINK;
    let mut closed = false;
    loop {
        let now = Instant::now();
        if exited.is_none() && has_exited(pid) {
            exited = Some(now);
        }
        match &mut fate {
            // What it wrote before it ended is in the pipes: they are emptied first.
            Fate::Goes => match exited {
                Some(at) if pipes.are_closed() || now >= at + LINGER => break,
                Some(_) => {}
                None => {
                    let late = start.until.is_some_and(|until| now >= until);
                    let too_much = pipes.output.len() > start.max_output;
                    let why = match () {
                        () if start.cancel.is_cancelled() => Some(End::Cancelled),
                        () if too_much => Some(End::TooMuch),
                        () if late => Some(End::Late),
                        () => None,
                    };
                    if let Some(why) = why {
                        closed = pipes.out.is_none();
                        end_session(pid, Signal::TERM);
                        fate = Fate::Ending { why, kill_at: now + GRACE };
                        pipes.stop_keeping();
                    }
                }
            },
            Fate::Ending { .. } if exited.is_some() => break,
            Fate::Ending { kill_at, .. } if now >= *kill_at => {
                end_session(pid, Signal::KILL);
                *kill_at = now + GRACE;
            }
            Fate::Ending { .. } => {}
        }
        match &leash.exit {
            // It has nothing more to say, and is about to end.
            None if pipes.are_closed() => {
                std::thread::sleep(wait);
                wait = (wait * 2).min(GLANCE);
            }
            exit => pipes.serve(exit.as_ref().filter(|_| exited.is_none()), start.max_output, errors),
        }
    }
    let left_running = !pipes.are_closed();
    if left_running {
        end_session(pid, Signal::TERM);
        let until = Instant::now() + GRACE;
        pipes.stop_keeping();
        while !pipes.are_closed() && Instant::now() < until {
            pipes.serve(None, start.max_output, errors);
        }
        end_session(pid, Signal::KILL);
    }
    let status = leash.reap()?;
    let too_much = pipes.overflowed || pipes.output.len() > start.max_output;
    let end = match fate {
        Fate::Ending { why, .. } => why,
        Fate::Goes if too_much => End::TooMuch,
        Fate::Goes => how_it_ended(status),
    };
    Ok(Ended { end, output: pipes.output, left_running, closed })
}

/// Returns how a program ended by itself.
pub(super) fn how_it_ended(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Status(code),
        (None, signal) => End::Signal(signal.unwrap_or_default()),
    }
}

/// What is to become of a program.
enum Fate {
    /// It goes on.
    Goes,
    /// It was told to end, for this reason, and is killed then.
    Ending { why: End, kill_at: Instant },
}

/// A program that has been started: however it is left, it is ended with its group.
pub(super) struct Leash {
    pub(super) child: Child,
    pub(super) pid: Pid,
    guarded: Option<Arc<OwnedFd>>,
    /// What can be read from once it has ended, where the system has such a thing.
    exit: Option<OwnedFd>,
    is_reaped: bool,
}

impl Leash {
    pub(super) fn start(what: &What) -> io::Result<Leash> {
        let guarded = guard::pipe();
        let child = spawn(what, guarded.as_deref())?;
        match i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            Some(pid) => Ok(Leash { child, pid, guarded, exit: exit_of(pid), is_reaped: false }),
            None => Err(io::Error::other("the system gave it no number")),
        }
    }

    /// Ends what is left of its group, and waits for it.
    pub(super) fn reap(&mut self) -> io::Result<ExitStatus> {
        // Before the program is reaped its number, which is that of its group, belongs to nobody else.
        let _ = kill_process_group(self.pid, Signal::KILL); // most often nobody is left
        if let Some(pipe) = &self.guarded {
            guard::forget(pipe, self.pid);
        }
        self.is_reaped = true;
        self.child.wait()
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        if !self.is_reaped {
            let _ = self.reap(); // whoever failed to follow it has said why
        }
    }
}

fn spawn(what: &What, guarded: Option<&OwnedFd>) -> io::Result<Child> {
    let mut command = Command::new(&what.program);
    if let Some((name, arguments)) = what.argv.split_first() {
        command.arg0(name).args(arguments);
    }
    command.current_dir(&what.place).env_clear().envs(what.env.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let guarded = guarded.map(AsRawFd::as_raw_fd);
    let parent = rustix::process::getpid();
    let ready = move || {
        setsid()?;
        // What kills this program with its guard ends the child at least. It is the thread that waits for the child that
        // starts it, so that the thread does not end before.
        #[cfg(target_os = "linux")]
        rustix::process::set_parent_process_death_signal(Some(Signal::TERM))?;
        if rustix::process::getppid() != Some(parent) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if let Some(raw) = guarded {
            // SAFETY: the descriptor is open: whoever starts the child holds it until the child has ended.
            let pipe = unsafe { BorrowedFd::borrow_raw(raw) };
            guard::remember(pipe, rustix::process::getpid())?;
        }
        Ok(())
    };
    // SAFETY: between fork and exec it only makes system calls: it takes no lock and no memory.
    unsafe { command.pre_exec(ready) };
    command.spawn()
}

/// Returns what can be read from once the program has ended; none where the system has no such thing.
#[cfg(target_os = "linux")]
pub(super) fn exit_of(pid: Pid) -> Option<OwnedFd> {
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
fn exit_of(_: Pid) -> Option<OwnedFd> {
    None
}

/// Tells whether the program has ended. It stays unreaped, so that its number stays its own.
pub(super) fn has_exited(pid: Pid) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    match waitid(WaitId::Pid(pid), options) {
        Ok(status) => status.is_some(),
        Err(rustix::io::Errno::INTR) => false,
        Err(_) => true, // there is no such child any more
    }
}

/// Sends `signal` to the group of the program and, where the system tells, to every group of its session.
pub(super) fn end_session(leader: Pid, signal: Signal) {
    let _ = kill_process_group(leader, signal); // that nobody is left is not an error
    #[cfg(target_os = "linux")]
    for pid in of_session(leader) {
        let _ = rustix::process::kill_process(pid, signal);
    }
}

/// Returns the processes of the session of `leader`: a shell with job control gives its jobs groups of their own.
#[cfg(target_os = "linux")]
fn of_session(leader: Pid) -> Vec<Pid> {
    let session = leader.as_raw_nonzero().get();
    let numbers = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = numbers.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let belongs = |pid: &i32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The name, in brackets, may hold anything; behind it come state, parent, group and session.
        let field = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(3)?.parse::<i32>().ok());
        field == Some(session)
    };
    pids.filter(belongs).filter_map(Pid::from_raw).collect()
}

/// Returns the pipe as a file that never makes anybody wait.
pub(super) fn file(pipe: OwnedFd) -> io::Result<File> {
    rustix::io::ioctl_fionbio(&pipe, true)?;
    Ok(File::from(pipe))
}

/// The three pipes of a program.
struct Pipes {
    input: Option<(File, Vec<u8>, usize)>,
    out: Option<File>,
    err: Option<File>,
    /// What it wrote to its standard output.
    output: Vec<u8>,
    /// Whether that was more than is kept.
    overflowed: bool,
    /// Whether what it writes is still kept.
    keeps: bool,
}

impl Pipes {
    fn take(child: &mut Child, input: Vec<u8>) -> io::Result<Pipes> {
        let (Some(stdin), Some(out), Some(err)) = (child.stdin.take(), child.stdout.take(), child.stderr.take()) else {
            return Err(io::Error::other("it has no pipes"));
        };
        let input = Some((file(stdin.into())?, input, 0));
        let (out, err) = (Some(file(out.into())?), Some(file(err.into())?));
        Ok(Pipes { input, out, err, output: Vec::new(), overflowed: false, keeps: true })
    }

    /// Tells whether everybody has closed the ends that are read here.
    fn are_closed(&self) -> bool {
        self.out.is_none() && self.err.is_none()
    }

    /// Drops from now on what is written to standard output: what is read is read only so that nobody waits.
    fn stop_keeping(&mut self) {
        self.keeps = false;
        self.input = None;
    }

    /// Waits a moment for any of the pipes, or for the `exit` of the program, and serves those that are ready.
    fn serve(&mut self, exit: Option<&OwnedFd>, max_output: usize, errors: &mut dyn FnMut(&[u8])) {
        let mut ready = Vec::with_capacity(4);
        ready.extend(exit.map(|exit| PollFd::new(exit, PollFlags::IN)));
        if let Some((file, ..)) = &self.input {
            ready.push(PollFd::from_borrowed_fd(file.as_fd(), PollFlags::OUT));
        }
        for file in [&self.out, &self.err].into_iter().flatten() {
            ready.push(PollFd::from_borrowed_fd(file.as_fd(), PollFlags::IN));
        }
        let moment = Timespec { tv_sec: 0, tv_nsec: GLANCE.subsec_nanos().into() };
        // A failing poll is left to reading and writing, which say why.
        if matches!(poll(&mut ready, Some(&moment)), Ok(0) | Err(rustix::io::Errno::INTR)) {
            return;
        }
        drop(ready);
        self.write();
        let (keeps, output, overflowed) = (self.keeps, &mut self.output, &mut self.overflowed);
        read(&mut self.out, &mut |bytes| {
            let room = (max_output + 1).saturating_sub(output.len()).min(bytes.len());
            *overflowed |= keeps && room < bytes.len();
            output.extend_from_slice(bytes.get(..room).filter(|_| keeps).unwrap_or_default());
        });
        read(&mut self.err, errors);
    }

    fn write(&mut self) {
        let Some((file, bytes, done)) = &mut self.input else { return };
        let is_over = loop {
            let Some(rest) = bytes.get(*done..).filter(|rest| !rest.is_empty()) else { break true };
            match file.write(rest) {
                Ok(0) => break true,
                Ok(written) => *done += written,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break true, // it does not want to read what it is given: that is not a failure
            }
        };
        if is_over {
            self.input = None; // closed: it reads to its end
        }
    }
}

/// Reads once what is there; where nobody writes any more, the file is closed.
pub(super) fn read(file: &mut Option<File>, take: &mut dyn FnMut(&[u8])) {
    let Some(open) = file else { return };
    let mut piece = [0_u8; PIECE];
    match open.read(&mut piece) {
        Ok(0) => *file = None,
        Ok(length) => take(piece.get(..length).unwrap_or_default()),
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
        Err(_) => *file = None,
    }
}
