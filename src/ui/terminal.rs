//! The terminal: taken over as a guard, and left exactly as it was found, whatever happens.

use std::collections::VecDeque;
use std::io::{BufWriter, Stdout, Write, stdout};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::ThreadId;
use std::time::Duration;

use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Modifier;
use unicode_width::UnicodeWidthStr;

use super::background::{self, HELD, Incoming, Listener};
use super::input::Input;

/// Whether the terminal is ours now.
static OURS: AtomicBool = AtomicBool::new(false);

/// Puts the title onto the terminal's stack of titles (xterm's window operations), if it has one.
const KEEP_TITLE: &str = "\x1b[22;2t";

/// Takes the title from that stack.
const GIVE_TITLE_BACK: &str = "\x1b[23;2t";

type Drawing = ratatui::Terminal<CrosstermBackend<BufWriter<Stdout>>>;

/// The terminal while it is ours; dropping it gives it back.
pub struct Terminal {
    /// Never dropped: on the way out ratatui would speak on standard error if the terminal is gone, and a program
    /// that has lost both ends there.
    terminal: ManuallyDrop<Drawing>,
    /// What its title says.
    title: String,
    /// Whether the mouse is ours, too.
    mouse: bool,
}

/// Returns a drawing that takes nothing on the screen for granted.
///
/// Not `Terminal::clear`: that asks the terminal where its cursor is, and the answer would be read as keys.
fn drawing() -> std::io::Result<ManuallyDrop<Drawing>> {
    let mut backend = CrosstermBackend::new(BufWriter::with_capacity(64 * 1024, stdout()));
    queue!(backend, Clear(ClearType::All))?;
    Ok(ManuallyDrop::new(ratatui::Terminal::new(backend)?))
}

impl Terminal {
    /// Takes the terminal over, its `mouse` too, and sees to it that a panic on this thread gives it back before it speaks.
    ///
    /// Install the reporting panic hook first: this one calls it after restoring. Panics on other threads stay
    /// quiet: their work is reported as failed, and the screen goes on.
    ///
    /// # Errors
    /// If the terminal refuses its raw mode or cannot be written to.
    pub fn take(mouse: bool) -> std::io::Result<Terminal> {
        let mine: ThreadId = std::thread::current().id();
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().id() == mine {
                restore();
                report(panic);
            }
        }));
        enter(mouse)?;
        Ok(Terminal { terminal: drawing()?, title: String::new(), mouse })
    }

    /// Gives the terminal this title, made harmless, unless it has it already.
    ///
    /// # Errors
    /// If the terminal cannot be written to.
    pub fn call(&mut self, title: &str) -> std::io::Result<()> {
        if title == self.title {
            return Ok(());
        }
        title.clone_into(&mut self.title);
        let title = crate::describe::text::clip(&crate::describe::sanitize::harmless(title), 80);
        queue!(self.terminal.backend_mut(), crossterm::terminal::SetTitle(title))
    }

    /// Draws a frame, whole: a terminal that can shows it at once.
    ///
    /// # Errors
    /// If the terminal cannot be written to.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> std::io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        let draw = |frame: &mut Frame<'_>| {
            render(frame);
            mark_halves(frame.buffer_mut());
        };
        let drawn = self.terminal.draw(draw).map(|_| ());
        let ended = queue!(self.terminal.backend_mut(), EndSynchronizedUpdate);
        self.terminal.backend_mut().flush()?;
        drawn.and(ended)
    }

    /// Returns what has come in so far, for where nobody waits for it: while there are [`Inputs`], they are not asked
    /// meanwhile, and hear it afterwards.
    pub(super) fn typed(&mut self) -> Vec<Input> {
        let mut typed = Vec::new();
        // What cannot be read now is read again, and said, by whoever waits for it.
        while let Ok(true) = crossterm::event::poll(Duration::ZERO) {
            let Ok(event) = crossterm::event::read() else { break };
            typed.extend(super::keymap::translate(event));
        }
        typed
    }

    /// Asks the terminal for its background; the answer comes in among the keys.
    ///
    /// # Errors
    /// If the terminal cannot be written to.
    pub(super) fn ask_background(&mut self) -> std::io::Result<()> {
        self.terminal.backend_mut().write_all(background::QUESTION.as_bytes())?;
        self.terminal.backend_mut().flush()
    }

    /// Makes the next frame draw every cell: after a resize by another program, or after coming back.
    ///
    /// # Errors
    /// If the terminal cannot be written to.
    fn redraw(&mut self) -> std::io::Result<()> {
        self.terminal = drawing()?;
        self.title.clear();
        Ok(())
    }

    /// Gives the terminal back while `outside` runs (an editor, being stopped), then takes it again.
    ///
    /// # Errors
    /// If the terminal cannot be given back or taken again.
    pub fn lend<T>(&mut self, outside: impl FnOnce() -> T) -> std::io::Result<T> {
        restore();
        let result = outside();
        enter(self.mouse)?;
        self.redraw()?;
        Ok(result)
    }

    /// Puts `text` into the clipboard of the terminal (OSC 52), which works over SSH too.
    ///
    /// # Errors
    /// If the terminal cannot be written to.
    pub fn copy(&mut self, text: &str) -> std::io::Result<()> {
        let copy = crossterm::clipboard::CopyToClipboard::to_clipboard_from(text);
        execute!(self.terminal.backend_mut(), copy)
    }
}

/// Marks the cells behind signs that a terminal may draw in parts (flags, joined emoji), so that the frame that takes
/// such a sign away writes them too: overwriting the first part does not make the others go everywhere.
///
/// The mark is a style that never reaches the terminal: cells behind a wide sign are not written with it.
fn mark_halves(buffer: &mut Buffer) {
    let width = usize::from(buffer.area.width);
    for at in 0..buffer.content.len() {
        let symbol = buffer.content[at].symbol();
        if symbol.len() < 8 || symbol.contains('\u{fe0f}') {
            continue;
        }
        let end = (at + symbol.width()).min((at / width + 1) * width);
        for behind in at + 1..end {
            buffer.content[behind].modifier.insert(Modifier::HIDDEN);
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

fn enter(mouse: bool) -> std::io::Result<()> {
    enable_raw_mode()?;
    OURS.store(true, Ordering::SeqCst);
    // The title that the terminal had is kept on its stack meanwhile.
    execute!(stdout(), crossterm::style::Print(KEEP_TITLE), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
    if mouse { execute!(stdout(), EnableMouseCapture) } else { Ok(()) }
}

/// Gives the terminal back, if it is ours; safe to call from anywhere and more than once.
pub fn restore() {
    if !OURS.swap(false, Ordering::SeqCst) {
        return;
    }
    // Each on its own: one that fails must not keep the others from being undone.
    let mut out = stdout();
    let _ = execute!(out, EndSynchronizedUpdate);
    let _ = execute!(out, DisableMouseCapture, DisableBracketedPaste);
    let _ = execute!(out, LeaveAlternateScreen, cursor::Show, crossterm::style::Print(GIVE_TITLE_BACK));
    let _ = disable_raw_mode();
}

/// What comes in from the terminal. Dropped while the terminal is lent, so that nobody else's keys are read.
#[derive(Default)]
pub(super) struct Inputs {
    events: crossterm::event::EventStream,
    listener: Listener,
    ready: VecDeque<Incoming>,
}

impl Inputs {
    /// Returns what reads keys, and the answer to [`Terminal::ask_background`] among them.
    pub(super) fn after_asking() -> Inputs {
        Inputs { listener: Listener::asked(), ..Inputs::default() }
    }

    /// Takes what was typed before anybody read keys here.
    pub(super) fn hold(&mut self, typed: Vec<Input>) {
        self.ready.extend(typed.into_iter().map(Incoming::Input));
    }

    /// Takes what came in while somebody else read.
    pub(super) fn hear(&mut self, typed: Vec<Input>) {
        self.ready.extend(typed.into_iter().flat_map(|input| self.listener.hear(input)));
    }

    /// Waits for what comes in next. None: the terminal is gone.
    pub(super) async fn next(&mut self) -> Option<Incoming> {
        use futures_util::StreamExt;
        loop {
            if let Some(incoming) = self.ready.pop_front() {
                return Some(incoming);
            }
            let event = if self.listener.holds() {
                match tokio::time::timeout(HELD, self.events.next()).await {
                    Ok(event) => event,
                    Err(_) => {
                        self.ready.extend(self.listener.release());
                        continue;
                    }
                }
            } else {
                self.events.next().await
            };
            if !self.take(event) {
                return None;
            }
        }
    }

    /// Returns what is there already.
    ///
    /// Asks with the waker of the task itself: crossterm keeps the first waker that it sees until it has used it, so
    /// that asking with any other one (`now_or_never`) would leave the loop asleep for ever.
    pub(super) async fn ready(&mut self) -> Option<Incoming> {
        use futures_util::Stream;
        use std::pin::Pin;
        use std::task::Poll;
        std::future::poll_fn(|context| {
            loop {
                if let Some(incoming) = self.ready.pop_front() {
                    return Poll::Ready(Some(incoming));
                }
                let Poll::Ready(event) = Pin::new(&mut self.events).poll_next(context) else {
                    return Poll::Ready(None);
                };
                if !self.take(event) {
                    return Poll::Ready(None);
                }
            }
        })
        .await
    }

    /// Takes what crossterm read. Returns whether the terminal is still there.
    fn take(&mut self, event: Option<std::io::Result<crossterm::event::Event>>) -> bool {
        let Some(Ok(event)) = event else { return false };
        if let Some(input) = super::keymap::translate(event) {
            self.ready.extend(self.listener.hear(input));
        }
        true
    }
}

/// Returns columns and rows of the terminal.
pub fn size() -> Option<(u16, u16)> {
    crossterm::terminal::size().ok()
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn what_takes_a_flag_away_writes_both_its_halves() {
        let area = Rect::new(0, 0, 6, 1);
        let (mut flag, mut blank) = (Buffer::empty(area), Buffer::empty(area));
        flag.set_string(1, 0, "\u{1f1e9}\u{1f1ea}x", Style::new());
        blank.set_string(3, 0, "x", Style::new());
        mark_halves(&mut flag);
        mark_halves(&mut blank);
        let written: Vec<u16> = flag.diff(&blank).into_iter().map(|(x, ..)| x).collect();
        assert_eq!(written, [1, 2]);
        assert!(flag.diff(&flag.clone()).is_empty());
        let shown: Vec<u16> = blank.diff(&flag).into_iter().map(|(x, ..)| x).collect();
        assert_eq!(shown, [1], "the mark itself is never written");
    }
}
