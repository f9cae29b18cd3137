//! The terminal: taken over once, put back on every way out: quit, error, panic, signal, suspension, a closed window.
//!
//! Nothing in the event loop can be relied on for this (crossterm spins for ever when the terminal goes away), so one
//! thread sleeps in `poll(2)` on the terminal and on the signals; idle, it costs nothing.

use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{self, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{cursor, execute};

/// Whether the terminal is ours now.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Held by whoever writes to the terminal.
static SCREEN: Mutex<()> = Mutex::new(());

/// What is said on standard error after the terminal was put back because the program had to end.
static FAREWELL: Mutex<String> = Mutex::new(String::new());

/// Puts the terminal back when it goes.
#[derive(Debug)]
pub struct Guard(());

impl Guard {
    /// Takes the terminal over, and sees to it that every way out puts it back. `redraw` is called after a suspension.
    pub fn take(redraw: impl Fn() + Send + 'static) -> io::Result<Guard> {
        let before = std::panic::take_hook();
        let screen = std::thread::current().id();
        std::panic::set_hook(Box::new(move |info| {
            restore();
            before(info);
            say_farewell();
            // A worker's panic leaves the screen drawing over its report; the session is saved event by event.
            if std::thread::current().id() != screen {
                std::process::exit(101);
            }
        }));
        enter()?;
        #[cfg(unix)]
        watch::start(redraw)?;
        #[cfg(not(unix))]
        drop(redraw);
        Ok(Guard(()))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// Sets what is said when the program has to end without the loop: where the session is, how to go on.
pub fn set_farewell(words: String) {
    *FAREWELL.lock().unwrap_or_else(PoisonError::into_inner) = words;
}

fn say_farewell() {
    let words = FAREWELL.lock().unwrap_or_else(PoisonError::into_inner);
    if !words.is_empty() {
        let _ = writeln!(io::stderr(), "{words}"); // the terminal may be gone
    }
}

/// Keeps everybody else from writing to the terminal while the frame is drawn.
pub fn writing() -> MutexGuard<'static, ()> {
    SCREEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the terminal over (again).
pub fn enter() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    execute!(io::stdout(), EnterAlternateScreen, EnableMouseCapture, EnableBracketedPaste, cursor::Hide)
}

/// Puts the terminal back as it was found, once.
pub fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    // Errors have nowhere to go: the terminal may be gone.
    let _ = execute!(
        out,
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = terminal::disable_raw_mode();
    let _ = out.flush();
}

/// Puts the terminal back, stops the program, and takes the terminal over again once `fg` brings it back.
#[cfg(unix)]
pub fn suspend() -> io::Result<()> {
    let _writing = writing();
    restore();
    let _ = writeln!(io::stderr(), "planscope is suspended; nothing is lost; fg brings it back");
    // SIGSTOP, not SIGTSTP: the kernel drops the latter for an orphaned process group.
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP)?;
    enter()
}

/// Does nothing where there is no job control.
#[cfg(not(unix))]
pub fn suspend() -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
mod watch {
    //! The thread that sleeps until a signal comes or the terminal goes.

    use std::io::{self, Read as _};
    use std::os::unix::net::UnixStream;

    use rustix::event::{PollFd, PollFlags, poll};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};

    /// The signals that end the program, and the one that suspends it.
    const SIGNALS: [i32; 5] = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTSTP];

    pub(super) fn start(redraw: impl Fn() + Send + 'static) -> io::Result<()> {
        let mut pipes = Vec::new();
        for signal in SIGNALS {
            let (read, write) = UnixStream::pair()?;
            read.set_nonblocking(true)?;
            write.set_nonblocking(true)?;
            signal_hook::low_level::pipe::register(signal, write)?;
            pipes.push((signal, read));
        }
        std::thread::Builder::new().name("terminal watch".into()).spawn(move || watch(pipes, &redraw))?;
        Ok(())
    }

    fn watch(mut pipes: Vec<(i32, UnixStream)>, redraw: &dyn Fn()) {
        let stdin = io::stdin();
        loop {
            // No event is asked of the terminal: only that it hung up is reported, and that always is.
            let mut polled = vec![PollFd::new(&stdin, PollFlags::empty())];
            polled.extend(pipes.iter().map(|(_, pipe)| PollFd::new(pipe, PollFlags::IN)));
            let ready: Vec<PollFlags> = match poll(&mut polled, None) {
                Ok(_) => polled.iter().map(PollFd::revents).collect(),
                Err(rustix::io::Errno::INTR) => continue,
                Err(_) => return,
            };
            drop(polled);
            if ready.first().is_some_and(|flags| flags.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)) {
                end(SIGHUP);
            }
            for (at, (signal, pipe)) in pipes.iter_mut().enumerate() {
                if !ready.get(at + 1).is_some_and(|flags| flags.contains(PollFlags::IN)) {
                    continue;
                }
                let mut bytes = [0; 16];
                let _ = pipe.read(&mut bytes); // what was written counts for nothing but itself
                if *signal == SIGTSTP {
                    let _ = super::suspend();
                    redraw();
                } else {
                    end(*signal);
                }
            }
        }
    }

    /// Puts the terminal back and dies of `signal`, as whoever sent it expects.
    fn end(signal: i32) -> ! {
        super::restore();
        super::say_farewell();
        let _ = signal_hook::low_level::emulate_default_handler(signal);
        std::process::exit(128 + signal)
    }
}
