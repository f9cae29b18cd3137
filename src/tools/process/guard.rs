//! The guard: a process that outlives this one, however it ends, and ends then what was started and is still there.
//!
//! It reads from a pipe whose other end only this program holds: each child writes its own number into it before it
//! becomes the program that it is to be, so that none is ever missing. Where the pipe closes, this program is gone.

use std::collections::BTreeSet;
use std::io::{self, BufRead, Write as _};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, setsid, test_kill_process_group};

use super::GRACE;
use super::unix::end_session;

/// The hidden first argument with which the program's executable becomes a guard.
pub const GUARD_ARGUMENT: &str = "__guard";

/// The executable that knows how to be a guard; none in tests of the library, which have none.
static EXECUTABLE: OnceLock<PathBuf> = OnceLock::new();

/// The guard that runs, with the pipe that it reads.
static GUARD: Mutex<Option<(Child, Arc<OwnedFd>)>> = Mutex::new(None);

/// Says which executable knows how to be a guard: the one of this program, for `main` to say.
pub fn is_at(executable: PathBuf) {
    let _ = EXECUTABLE.set(executable); // said once
}

/// Returns the pipe into which a child writes its number; the guard is started where none runs.
pub(super) fn pipe() -> Option<Arc<OwnedFd>> {
    let executable = EXECUTABLE.get()?;
    let mut guard = GUARD.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((child, pipe)) = &mut *guard {
        // A guard that somebody has ended reads nothing any more.
        if !matches!(child.try_wait(), Ok(Some(_))) {
            return Some(pipe.clone());
        }
    }
    *guard = start(executable).inspect_err(|error| tracing::warn!(%error, "the guard cannot be started")).ok();
    guard.as_ref().map(|(_, pipe)| pipe.clone())
}

fn start(executable: &PathBuf) -> io::Result<(Child, Arc<OwnedFd>)> {
    let mut command = Command::new(executable);
    command.arg(GUARD_ARGUMENT).current_dir("/").env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // SAFETY: between fork and exec it makes one system call.
    unsafe { command.pre_exec(|| Ok(setsid().map(|_| ())?)) };
    let mut child = command.spawn()?;
    let pipe = child.stdin.take().ok_or_else(|| io::Error::other("it has no pipe"))?;
    Ok((child, Arc::new(pipe.into())))
}

/// Writes that the process `pid` runs. Makes one system call and takes no memory: a child says it of itself.
pub(super) fn remember(pipe: BorrowedFd<'_>, pid: Pid) -> io::Result<()> {
    let (mut line, mut at, mut number) = ([0_u8; 16], 15, pid.as_raw_nonzero().get());
    line[at] = b'\n';
    while number > 0 && at > 1 {
        at -= 1;
        line[at] = b'0' + (number % 10) as u8;
        number /= 10;
    }
    at -= 1;
    line[at] = b'+';
    rustix::io::write(pipe, &line[at..])?;
    Ok(())
}

/// Writes that the process `pid` has ended, with all that it had started.
pub(super) fn forget(pipe: &OwnedFd, pid: Pid) {
    let line = format!("-{}\n", pid.as_raw_nonzero());
    let _ = rustix::io::write(pipe.as_fd(), line.as_bytes()); // a guard that is gone needs no telling
}

/// Waits until the program that started it is gone, and ends what it left; never returns.
///
/// What `main` calls first of all if the first argument is [`GUARD_ARGUMENT`].
pub fn guard_main() -> ! {
    // Who ends the program by its name means the program: what it started is still to be ended then.
    let heard = Arc::new(std::sync::atomic::AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT, signal_hook::consts::SIGHUP] {
        let _ = signal_hook::flag::register(signal, heard.clone());
    }
    let mut running = BTreeSet::new();
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let number = line.get(1..).and_then(|number| number.parse().ok()).and_then(Pid::from_raw);
        match (line.as_bytes().first(), number) {
            (Some(b'+'), Some(pid)) => {
                running.insert(pid.as_raw_nonzero().get());
            }
            (Some(b'-'), Some(pid)) => {
                running.remove(&pid.as_raw_nonzero().get());
            }
            _ => {} // nobody writes anything else
        }
    }
    end(&running);
    let _ = io::stdout().flush();
    std::process::exit(0)
}

/// Tells every session to end, and kills those that have not in time.
fn end(sessions: &BTreeSet<i32>) {
    let leaders: Vec<Pid> = sessions.iter().filter_map(|pid| Pid::from_raw(*pid)).collect();
    leaders.iter().for_each(|leader| end_session(*leader, Signal::TERM));
    let until = Instant::now() + GRACE;
    while Instant::now() < until && leaders.iter().any(|leader| test_kill_process_group(*leader).is_ok()) {
        std::thread::sleep(Duration::from_millis(10));
    }
    leaders.iter().for_each(|leader| end_session(*leader, Signal::KILL));
}
