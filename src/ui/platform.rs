//! What platforms do differently: signals, a terminal that goes away, stopping and going on.

/// What the system asks of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// To end, with this exit status (128 and the number of the signal).
    End(u8),
    /// To stop until it is continued.
    Suspend,
    /// It was continued: every cell has to be drawn again.
    Continued,
    /// The terminal has another size.
    Resized,
}

/// Tells whether the terminal can draw a screen: on unix one whose `TERM` is empty or `dumb` cannot.
pub fn draws() -> bool {
    let term = std::env::var_os("TERM").unwrap_or_default();
    !cfg!(unix) || !(term.is_empty() || term == "dumb")
}

#[cfg(unix)]
mod system {
    use std::os::fd::AsFd;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, poll};
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};

    use super::Signal;

    /// How long the program may take to end by itself once its terminal is gone.
    const GRACE: Duration = Duration::from_millis(400);

    /// Calls `tell` for every signal, and when the terminal goes away. Threads that only ever block: idle stays idle.
    ///
    /// crossterm's event source never returns once the terminal is gone (crossterm issue 793), so nothing in the
    /// event loop can be relied on then: if the program does not end by itself, it is ended here. Every event of the
    /// session is written before it shows, so nothing is lost by that.
    ///
    /// # Errors
    /// If the handlers cannot be installed or a thread cannot be started.
    pub fn watch(tell: impl Fn(Signal) + Send + Clone + 'static) -> std::io::Result<()> {
        let mut signals =
            signal_hook::iterator::Signals::new([SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])?;
        let told = tell.clone();
        std::thread::Builder::new().name("signals".into()).spawn(move || {
            let mut ending = false;
            for signal in signals.forever() {
                match signal {
                    SIGTSTP => told(Signal::Suspend),
                    SIGCONT => told(Signal::Continued),
                    // An escape sequence that crossterm cannot read makes its own reader miss the next one.
                    SIGWINCH => told(Signal::Resized),
                    other => {
                        let status = 128 + other as u8;
                        if ending {
                            crate::ui::terminal::restore();
                            std::process::exit(i32::from(status));
                        }
                        ending = true;
                        told(Signal::End(status));
                        end_soon(status);
                    }
                }
            }
        })?;
        std::thread::Builder::new().name("terminal".into()).spawn(move || {
            let tty = std::io::stdin();
            let mut watched = [PollFd::from_borrowed_fd(tty.as_fd(), PollFlags::empty())];
            loop {
                match poll(&mut watched, None) {
                    Err(rustix::io::Errno::INTR) => continue,
                    Err(_) => return,
                    Ok(_) => break,
                }
            }
            tell(Signal::End(129));
            end_soon(129);
        })?;
        Ok(())
    }

    fn end_soon(status: u8) {
        std::thread::spawn(move || {
            std::thread::sleep(GRACE);
            crate::ui::terminal::restore();
            std::process::exit(i32::from(status));
        });
    }

    /// Stops the program until it is continued.
    ///
    /// SIGSTOP, not SIGTSTP: the kernel drops the latter for a process group that nobody waits for.
    pub fn stop() {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP);
    }

    /// Tells whether the program can be stopped and continued here.
    pub const CAN_STOP: bool = true;
}

#[cfg(not(unix))]
mod system {
    use super::Signal;

    /// There are no signals here; Ctrl-C arrives as a key.
    pub fn watch(_tell: impl Fn(Signal) + Send + Clone + 'static) -> std::io::Result<()> {
        Ok(())
    }

    /// There is no stopping here.
    pub fn stop() {}

    /// Tells whether the program can be stopped and continued here.
    pub const CAN_STOP: bool = false;
}

pub use system::{CAN_STOP, stop, watch};
