//! One worker process as the program sees it: started, asked, timed, killed.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::deadline::{Ready, wait_readable};
use super::fault::Fault;
use super::limits::{Cancel, Limits};
use super::memory;
use super::wire;
use super::worker::WORKER_ARGUMENT;

/// How much longer than its limit an evaluation may be silent before the worker is killed: time for the worker to
/// notice by itself, which spares the next evaluation a new process.
const GRACE: Duration = Duration::from_millis(20);
/// How long a worker may take to start, on a computer that is busy with other things.
const START: Duration = Duration::from_secs(20);
/// How long a result may take to arrive once its first byte has.
const TRANSFER: Duration = Duration::from_secs(10);

/// A running worker.
pub(super) struct Process {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    /// What was read and not yet understood.
    unread: Vec<u8>,
    greeted: bool,
    /// How many bytes are live in the worker, as of its last reply.
    pub(super) live: u64,
    /// Says that the worker should be replaced when there is time.
    pub(super) retire: bool,
}

/// Why a worker gave no reply.
enum Silence {
    /// It ended by itself, or wrote what no worker writes.
    Ended,
    /// It wrote that it ran out of its memory.
    Memory,
    /// It took too long.
    Late,
    Cancelled,
}

impl Process {
    /// Starts `executable` as a worker; it is not waited for.
    pub(super) fn start(executable: &Path) -> Result<Process, Fault> {
        let fault = |what: String| Fault::Broken(format!("cannot start {}: {what}", executable.display()));
        let mut command = Command::new(executable);
        command.arg(WORKER_ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // In a separate process group: Ctrl-C in the terminal is for the program, which then decides about its workers.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|error| fault(error.to_string()))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(stdin), Some(stdout)) => {
                Ok(Process { child, stdin, stdout, unread: Vec::new(), greeted: false, live: 0, retire: false })
            }
            _ => Err(fault("it has no pipes".into())),
        }
    }

    /// Sends a frame of questions. An `Err` means that the worker is gone.
    pub(super) fn ask(&mut self, frame: &[u8]) -> io::Result<()> {
        self.stdin.write_all(frame)
    }

    /// Waits for the greeting of a new worker, so that its start does not count as evaluation.
    pub(super) fn greet(&mut self, cancel: &Cancel) -> Result<(), Fault> {
        if self.greeted {
            return Ok(());
        }
        let deadline = Instant::now() + START;
        while self.unread.len() < wire::HELLO.len() {
            match self.fill(Some(deadline), cancel) {
                Ok(()) => {}
                Err(Silence::Cancelled) => return Err(Fault::Cancelled),
                Err(Silence::Late | Silence::Ended | Silence::Memory) => {
                    return Err(Fault::Broken("the worker for filters did not start".into()));
                }
            }
        }
        if !self.unread.starts_with(wire::HELLO) {
            return Err(Fault::Broken("the executable does not know how to be a worker for filters".into()));
        }
        self.unread.drain(..wire::HELLO.len());
        self.greeted = true;
        Ok(())
    }

    /// Waits for the next reply. The second part says whether the worker can go on.
    pub(super) fn reply(&mut self, limits: Limits, cancel: &Cancel) -> (Result<Value, Fault>, bool) {
        match self.next_frame(limits, cancel) {
            Ok(end) => {
                let reply = wire::read_reply(&self.unread[4..end]);
                let (result, usable) = match reply {
                    None => (Err(Fault::Broken("the worker for filters sent a malformed reply".into())), false),
                    Some(reply) => {
                        self.live = reply.live;
                        self.retire |= reply.retire;
                        (reply.result.and_then(parse), true)
                    }
                };
                self.unread.drain(..end);
                if self.unread.capacity() > 1 << 20 {
                    self.unread.shrink_to(1 << 16);
                }
                (result, usable)
            }
            Err(Silence::Cancelled) => (Err(Fault::Cancelled), false),
            Err(Silence::Late) => (Err(Fault::Wall), false),
            Err(Silence::Memory) => (Err(Fault::Memory), false),
            Err(Silence::Ended) => (Err(self.post_mortem()), false),
        }
    }

    /// Reads until a whole frame stands at the front of `unread`, and returns where it ends.
    fn next_frame(&mut self, limits: Limits, cancel: &Cancel) -> Result<usize, Silence> {
        let mut deadline = Instant::now().checked_add(limits.wall.saturating_add(GRACE));
        let mut arriving = false;
        loop {
            if let Some(length) = self.unread.first_chunk::<4>() {
                if *length == memory::MARKER {
                    return Err(Silence::Memory);
                }
                let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
                if self.unread.len() - 4 >= length {
                    return Ok(4 + length);
                }
            }
            if !arriving && !self.unread.is_empty() {
                arriving = true;
                deadline = Instant::now().checked_add(TRANSFER);
            }
            self.fill(deadline, cancel)?;
        }
    }

    /// Reads what is there, waiting for it if there is nothing.
    fn fill(&mut self, deadline: Option<Instant>, cancel: &Cancel) -> Result<(), Silence> {
        match wait_readable(&self.stdout, deadline, cancel) {
            Ready::Yes => {}
            Ready::Late => return Err(Silence::Late),
            Ready::Cancelled => return Err(Silence::Cancelled),
        }
        let start = self.unread.len();
        let room = if start > 1 << 16 { 1 << 20 } else { 1 << 13 };
        self.unread.resize(start + room, 0);
        let count = loop {
            match self.stdout.read(&mut self.unread[start..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other.unwrap_or(0),
            }
        };
        self.unread.truncate(start + count);
        if count == 0 { Err(Silence::Ended) } else { Ok(()) }
    }

    /// Says what ended a worker that went away without a word.
    fn post_mortem(&mut self) -> Fault {
        match self.child.wait() {
            Ok(status) => cause(status),
            Err(error) => Fault::Broken(format!("the worker for filters is gone: {error}")),
        }
    }

    /// Kills the worker without waiting for the system to take it apart; returns what is left to be reaped.
    pub(super) fn kill(mut self) -> Option<Child> {
        // It fails only for a worker that is gone already.
        let _ = self.child.kill();
        match self.child.try_wait() {
            Ok(None) => Some(self.child),
            Ok(Some(_)) | Err(_) => None,
        }
    }
}

fn parse(json: &[u8]) -> Result<Value, Fault> {
    serde_json::from_slice(json)
        .map_err(|error| Fault::Broken(format!("the worker for filters sent a result that is not JSON: {error}")))
}

#[cfg(unix)]
fn cause(status: ExitStatus) -> Fault {
    use std::os::unix::process::ExitStatusExt;
    const ABORT: i32 = 6;
    const BUS: i32 = 7;
    const KILL: i32 = 9;
    const SEGV: i32 = 11;
    match (status.code(), status.signal()) {
        (Some(memory::EXIT_MEMORY), _) => Fault::Memory,
        // Rust aborts when a stack overflows, and also when the system refuses memory, which the counting allocator does first.
        (_, Some(ABORT | BUS | SEGV)) => Fault::Depth,
        // Nobody kills a worker but the system that is short of memory.
        (_, Some(KILL)) => Fault::Memory,
        _ => Fault::Broken(format!("the worker for filters ended with {status}")),
    }
}

#[cfg(not(unix))]
fn cause(_: ExitStatus) -> Fault {
    Fault::Depth
}
