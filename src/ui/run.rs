//! The event loop: draws when something changed, sleeps otherwise.
//!
//! All waiting input is drained before a frame is drawn, so that 200 keys are few repaints. A step that runs never
//! blocks the screen: the driver works beside it. Idle, nothing wakes up and no byte is written.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::EventStream;
use crossterm::execute;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use futures_util::StreamExt as _;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use tokio::sync::mpsc;

use super::app::{App, Errand};
use super::input::Input;
use super::keymap::{Keymap, translate};
use super::start::{Chosen, Start};
use super::terminal;
use super::theme::Theme;
use super::{Opened, Target};
use crate::engine::command::{Approval, Command};
use crate::engine::event::{Decider, Dial, Pace, Settings};
use crate::engine::goal::{Goal, Risk};
use crate::goal_file;
use crate::jq::Engine;
use crate::runtime::driver::{Driver, Moved, Place};

/// How often at most a frame is drawn for what happens by itself.
const FRAME: Duration = Duration::from_millis(33);

type Screen = Terminal<CrosstermBackend<io::Stdout>>;

/// What the person is at.
enum At {
    Start(Start),
    Session(Box<App>),
}

/// The loop.
pub(super) struct Loop {
    at: At,
    engine: Arc<Engine>,
    keymap: Keymap,
    theme: Theme,
    opened: Vec<Opened>,
    events: Option<EventStream>,
    quit: bool,
}

/// What woke the loop up.
enum Woke {
    Input(Input),
    Ignored,
    Moved(Moved),
    Redraw,
    Tick,
    InputEnded,
}

impl Loop {
    pub(super) fn new(target: Target, engine: Arc<Engine>) -> Result<Loop, String> {
        let keymap = Keymap::built_in()?;
        let theme = Theme::from_env();
        let at = At::Start(Start::new());
        let mut me = Loop { at, engine, keymap, theme, opened: Vec::new(), events: None, quit: false };
        match target {
            Target::Start => {}
            Target::Goal { goal, named, session } => me.open_goal(goal, named, session)?,
            Target::Session(path) => me.open_session(PathBuf::from(&path))?,
        }
        Ok(me)
    }

    /// Runs until the person quits. Returns the sessions that were opened, for the words after it.
    pub(super) async fn run(mut self, mut redraw: mpsc::UnboundedReceiver<()>) -> Result<Vec<Opened>, String> {
        let mut screen = Screen::new(CrosstermBackend::new(io::stdout())).map_err(trouble)?;
        self.resized(screen.size().map(|size| (size.width, size.height)).map_err(trouble)?);
        let mut drawn: Option<Instant> = None;
        let mut dirty = true;
        let mut hurry = true;
        while !self.quit {
            let due = drawn.map_or(Duration::ZERO, |at| FRAME.saturating_sub(at.elapsed()));
            if dirty && (hurry || due.is_zero()) {
                self.draw(&mut screen)?;
                drawn = Some(Instant::now());
                (dirty, hurry) = (false, false);
            }
            let tick = match (dirty, &self.at) {
                (true, _) => Some(due),
                (false, At::Session(app)) => app.next_tick(),
                (false, At::Start(_)) => None,
            };
            match self.wake(&mut redraw, tick).await {
                Woke::Input(input) => {
                    self.input(&input);
                    while let Some(event) = self.waiting().await {
                        if let Some(input) = translate(event) {
                            self.input(&input);
                        }
                        if self.quit {
                            break;
                        }
                    }
                    (dirty, hurry) = (true, true);
                }
                Woke::Ignored => {}
                Woke::Moved(moved) => {
                    if let At::Session(app) = &mut self.at {
                        dirty |= moved != Moved::Saved;
                        app.moved(moved);
                    }
                }
                Woke::Redraw => {
                    screen = afresh()?;
                    (dirty, hurry) = (true, true);
                }
                Woke::Tick => dirty = true,
                Woke::InputEnded => self.quit = true,
            }
            if self.errands()? {
                screen = afresh()?;
                (dirty, hurry) = (true, true);
            }
        }
        if let At::Session(app) = &mut self.at {
            app.driver().sync().map_err(|trouble| trouble.message)?;
            let reproduce = super::reproduce::line(app.driver().session());
            if let Some(opened) = self.opened.last_mut() {
                opened.reproduce = reproduce;
            }
        }
        Ok(self.opened)
    }

    /// Returns the next event that waits already, if there is one.
    ///
    /// Polled with the waker of this task: the stream keeps the first waker that it is given until it fires, so one
    /// that does nothing (`now_or_never`) would leave the loop asleep for ever.
    async fn waiting(&mut self) -> Option<crossterm::event::Event> {
        let events = self.events.as_mut()?;
        std::future::poll_fn(|context| match events.poll_next_unpin(context) {
            Poll::Ready(Some(Ok(event))) => Poll::Ready(Some(event)),
            Poll::Ready(Some(Err(_)) | None) | Poll::Pending => Poll::Ready(None),
        })
        .await
    }

    async fn wake(&mut self, redraw: &mut mpsc::UnboundedReceiver<()>, tick: Option<Duration>) -> Woke {
        let events = self.events.get_or_insert_with(EventStream::new);
        let moved = async {
            match &mut self.at {
                At::Session(app) => app.driver().next().await,
                At::Start(_) => std::future::pending().await,
            }
        };
        let tick = async {
            match tick {
                Some(after) => tokio::time::sleep(after).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            event = events.next() => match event {
                Some(Ok(event)) => translate(event).map_or(Woke::Ignored, Woke::Input),
                Some(Err(_)) | None => Woke::InputEnded,
            },
            Some(()) = redraw.recv() => Woke::Redraw,
            moved = moved => Woke::Moved(moved),
            () = tick => Woke::Tick,
        }
    }

    fn draw(&self, screen: &mut Screen) -> Result<(), String> {
        let _writing = terminal::writing();
        execute!(io::stdout(), BeginSynchronizedUpdate).map_err(trouble)?;
        let drawn = screen.draw(|frame| match &self.at {
            At::Start(start) => start.draw(frame.area(), frame.buffer_mut(), &self.theme),
            At::Session(app) => app.draw(frame.area(), frame.buffer_mut()),
        });
        execute!(io::stdout(), EndSynchronizedUpdate).map_err(trouble)?;
        drawn.map(|_| ()).map_err(trouble)
    }

    fn resized(&mut self, (width, height): (u16, u16)) {
        if let At::Session(app) = &mut self.at {
            app.input(&Input::Resized { width, height });
        }
    }

    fn input(&mut self, input: &Input) {
        match &mut self.at {
            At::Session(app) => app.input(input),
            At::Start(start) => {
                let chosen = start.input(input, &self.theme);
                let opened = match chosen {
                    None => return,
                    Some(Chosen::Quit) => {
                        self.quit = true;
                        return;
                    }
                    Some(Chosen::Suspend) => terminal::suspend().map_err(trouble),
                    Some(Chosen::Sample(name, steps)) => self.open_sample(name, steps),
                    Some(Chosen::File(path)) => goal_file::read(std::path::Path::new(&path))
                        .map_err(|faults| faults.to_string())
                        .and_then(|goal| self.open_goal(Arc::new(goal), path, None)),
                    Some(Chosen::Session(path)) => self.open_session(path),
                    Some(Chosen::Copy(name)) => copy_sample(name).and_then(|path| {
                        let goal = goal_file::read(std::path::Path::new(&path)).map_err(|faults| faults.to_string())?;
                        self.open_goal(Arc::new(goal), path, None)
                    }),
                };
                if let (Err(why), At::Start(start)) = (opened, &mut self.at) {
                    start.say(why.lines().next().unwrap_or_default());
                }
                if let Ok((width, height)) = crossterm::terminal::size() {
                    self.resized((width, height));
                }
            }
        }
    }

    fn open_sample(&mut self, name: &str, steps: u32) -> Result<(), String> {
        let sample = goal_file::sample(name).ok_or_else(|| format!("there is no sample {name}"))?;
        let goal = goal_file::parse(sample.text, sample.name, None).map_err(|faults| faults.to_string())?;
        self.open_goal(Arc::new(goal), name.to_owned(), None)?;
        if let (At::Session(app), true) = (&mut self.at, steps > 0) {
            app.begin(vec![Command::Approve(Approval::Whole), Command::SetPace(Pace::Steps(steps))]);
        }
        Ok(())
    }

    fn open_goal(&mut self, goal: Arc<Goal>, named: String, session: Option<PathBuf>) -> Result<(), String> {
        let settings = Settings { dial: Dial::OnDeviation, decider: Decider::Ask, approve: Risk::Low, max_steps: None };
        let place = session.map_or(Place::StateFolder, Place::File);
        let driver = Driver::open(goal, settings, place, self.engine.clone()).map_err(|trouble| trouble.message)?;
        self.opened(driver, Some(named), None);
        Ok(())
    }

    fn open_session(&mut self, path: PathBuf) -> Result<(), String> {
        let (driver, torn) = Driver::reopen(&path, self.engine.clone()).map_err(|trouble| trouble.message)?;
        let said = torn.map(|_| "the last line of the session file was not whole; it was cut off".to_owned());
        self.opened(driver, None, said);
        Ok(())
    }

    fn opened(&mut self, driver: Driver, named: Option<String>, said: Option<String>) {
        let path = driver.path().to_path_buf();
        terminal::set_farewell(super::farewell(&path));
        self.opened.push(Opened { path, named, reproduce: Vec::new() });
        let size = crossterm::terminal::size().unwrap_or((80, 24));
        let mut app = App::new(driver, self.keymap.clone(), self.theme, size);
        if let Some(said) = said {
            app.say(said);
        }
        self.at = At::Session(Box::new(app));
    }

    /// Does what only the loop can do. Returns whether the screen has to be drawn from scratch.
    fn errands(&mut self) -> Result<bool, String> {
        let At::Session(app) = &mut self.at else { return Ok(false) };
        let mut afresh = false;
        for errand in app.errands() {
            match errand {
                Errand::Copy(text) => {
                    let _writing = terminal::writing();
                    execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text)).map_err(trouble)?;
                }
                Errand::Edit(text) => {
                    // The stream reads keys in a thread of its own: it must be gone while the editor has them.
                    self.events = None;
                    app.give(edit(&text));
                    afresh = true;
                }
                Errand::Read(path) => {
                    let read = std::fs::read_to_string(&path);
                    app.give(read.map_err(|error| format!("{path} cannot be read: {error}")));
                }
                Errand::Suspend => {
                    terminal::suspend().map_err(trouble)?;
                    afresh = true;
                }
                Errand::Quit => self.quit = true,
            }
        }
        Ok(afresh)
    }
}

/// Returns a screen that knows nothing of what is on the terminal: the next frame is drawn whole.
///
/// Ratatui's own `clear` asks the terminal where its cursor is, and waits for an answer that may never come.
fn afresh() -> Result<Screen, String> {
    let _writing = terminal::writing();
    execute!(io::stdout(), crossterm::terminal::Clear(crossterm::terminal::ClearType::All)).map_err(trouble)?;
    Screen::new(CrosstermBackend::new(io::stdout())).map_err(trouble)
}

fn trouble(error: io::Error) -> String {
    format!("the terminal does not answer: {error}")
}

/// Lets the person edit `text` in `$VISUAL` or `$EDITOR`.
fn edit(text: &str) -> Result<String, String> {
    let editor = ["VISUAL", "EDITOR"].into_iter().find_map(|name| std::env::var(name).ok().filter(|e| !e.is_empty()));
    let editor = editor.ok_or("set EDITOR to the editor that you like; C-o opens it then")?;
    let mut words = editor.split_whitespace();
    let program = words.next().ok_or("EDITOR is empty")?;
    let path = std::env::temp_dir().join(format!("planscope-{}-{}.json", std::process::id(), nonce()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    let _writing = terminal::writing();
    terminal::restore();
    let ran = std::process::Command::new(program).args(words).arg(&path).status();
    let entered = terminal::enter().map_err(trouble);
    let edited = std::fs::read_to_string(&path);
    let _ = std::fs::remove_file(&path); // it was ours alone
    entered?;
    match ran {
        Ok(status) if status.success() => edited.map_err(|error| format!("what you wrote cannot be read: {error}")),
        Ok(status) => Err(format!("{editor} ended with {status}; the text is as it was")),
        Err(error) => Err(format!("{editor} cannot be started: {error}")),
    }
}

fn nonce() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_nanos())
}

/// Writes a copy of a sample into the present folder, under a name that is free. Returns its path.
fn copy_sample(name: &str) -> Result<String, String> {
    let sample = goal_file::sample(name).ok_or_else(|| format!("there is no sample {name}"))?;
    for number in 1..100 {
        let path = if number == 1 { format!("{name}.json") } else { format!("{name}-{number}.json") };
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                file.write_all(sample.copy().as_bytes())
                    .map_err(|error| format!("{path} cannot be written: {error}"))?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(format!("{path} cannot be written: {error}")),
        }
    }
    Err(format!("there are a hundred copies of {name} here already"))
}
