//! The loop: waits for a person, the screen or the system, and redraws when something changed.
//!
//! Nothing here wakes up by itself: idle costs nothing. Everything that is there already is taken in before a frame
//! is drawn, so that two hundred keys at once are one frame.

use std::io::Write;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio::sync::mpsc;

use crate::runtime::config::{Config, Fault};
use crate::runtime::driver::Driver;
use crate::runtime::opening::{Appearance, Opening};
use crate::runtime::services::Services;
use crate::ui::arriving::{self, Arriving};
use crate::ui::background::Incoming;
use crate::ui::external;
use crate::ui::input::Input;
use crate::ui::keymap::Keymap;
use crate::ui::mask;
use crate::ui::navigate::{Destination, Navigator, Opened, size};
use crate::ui::platform;
use crate::ui::platform::Signal;
use crate::ui::screen::{Request, Screen, Stack};
use crate::ui::terminal::{Inputs, Terminal};
use crate::ui::theme::Theme;

/// How the dashboard ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// What to print once the terminal is as it was.
    pub words: String,
    /// The signal's exit status, if one ended it.
    pub signal: Option<u8>,
    /// Whether something could not be saved.
    pub unsaved: bool,
}

/// How long the session may go on before a frame is drawn, while it runs on by itself.
const FRAME: Duration = Duration::from_millis(16);

/// How long a tool that is under way may keep the program from ending.
const GRACE: Duration = Duration::from_millis(50);

/// What the loop woke up for.
enum Wake {
    /// The system asks for something; none: it never will again.
    Signal(Option<Signal>),
    /// A person did something, or the terminal answered; none: it is gone.
    Input(Option<Incoming>),
    /// The screen took in what happened without a person; whether it shows.
    Update(bool),
    /// The frame is no longer true: time has passed.
    Deadline,
}

/// Opens the dashboard, in the theme that was asked for if one was, and stays until the person quits.
///
/// # Errors
/// A sentence that says why it cannot be opened, or what became of the terminal.
pub fn open(opening: Opening, appearance: Appearance, services: Services, config: &Config) -> Result<Ending, String> {
    // Read beside what else there is to do before the first frame.
    let own = config.keys.clone();
    let keys = std::thread::Builder::new().name("keymap".into()).spawn(move || Keymap::with_own(&own));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| format!("the program cannot start its event loop: {e}"))?;
    let keys = || match keys.map(JoinHandle::join) {
        Ok(Ok(read)) => read,
        Ok(Err(_)) | Err(_) => Keymap::with_own(&config.keys),
    };
    let ended = runtime.block_on(run(opening, appearance, services, config, keys));
    runtime.shutdown_timeout(GRACE);
    ended
}

async fn run(
    opening: Opening,
    mut appearance: Appearance,
    services: Services,
    config: &Config,
    keys: impl FnOnce() -> Result<(Keymap, Vec<Fault>), String>,
) -> Result<Ending, String> {
    let at_first = size();
    // What can fail is done before the terminal is taken, so that its sentence is read where it was asked for.
    let env = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    let chosen = Theme::choose(appearance.theme, config.theme, env);
    appearance.still |= env("PLANSCOPE_REDUCED_MOTION").is_some_and(|asked| !matches!(&*asked, "" | "0"));
    let long = arriving::long_opening(&opening);
    let reopened = match &opening {
        Opening::Session { path, folder } if long.is_none() => {
            Some(Driver::reopen_in(path, folder.as_deref(), services.clone()).map_err(|trouble| trouble.message)?)
        }
        _ => None,
    };
    let (keymap, faults) = keys()?;
    let cannot = |e: std::io::Error| format!("the terminal cannot be used: {e}");
    let (tell, signals) = mpsc::unbounded_channel();
    let navigator = Navigator::new(services, chosen.theme, keymap.clone(), appearance);
    let secrets = appearance.present.then(mask::known);
    let (mut taken, mut typed) = (None, Vec::new());
    let first: Box<dyn Screen> = match (reopened, long) {
        (Some((driver, torn)), _) => Box::new(navigator.reopened(driver, torn)),
        (None, None) => navigator.first(opening, &mut |_, _| true)?,
        // Of a long session it is shown at once how far it is. The terminal is given back before its sentence is read.
        (None, Some(path)) => {
            let terminal = taken.insert(Terminal::take(config.mouse).map_err(cannot)?);
            let mut arriving =
                Arriving::new(terminal, &path, (chosen.theme, &keymap), secrets.as_deref()).map_err(cannot)?;
            let first = navigator.first(opening, &mut |events, all| arriving.is_at(events, all));
            if arriving.left {
                return Ok(Ending::default());
            }
            typed = arriving.typed;
            first?
        }
    };
    let mut screens = Stack::new(first);
    let faults: Vec<&Fault> = config.faults.iter().chain(&faults).collect();
    let complaints: Vec<String> = chosen.complaint.into_iter().chain(config.said_all(&faults)).collect();
    if !complaints.is_empty() {
        screens.top().refuse(complaints.join("; "));
    }
    let terminal = match taken {
        Some(terminal) => terminal,
        None => Terminal::take(config.mouse).map_err(cannot)?,
    };
    platform::watch(move |signal| {
        let _ = tell.send(signal);
    })
    .map_err(cannot)?;
    let event_loop = EventLoop { navigator, screens, terminal, signals, size: at_first, keymap, secrets };
    event_loop.run(chosen.ask, typed).await.map_err(cannot)
}

/// What the loop goes on with.
struct EventLoop {
    navigator: Navigator,
    screens: Stack,
    terminal: Terminal,
    signals: mpsc::UnboundedReceiver<Signal>,
    /// Columns and rows that the screens were told.
    size: (u16, u16),
    /// Which key leaves while a session is opened.
    keymap: Keymap,
    /// What an audience is not to read on any screen; none: there is no audience.
    secrets: Option<Vec<String>>,
}

impl EventLoop {
    /// Goes on until the person quits; `ask`: what the terminal's background is. `typed`: what a person did before.
    async fn run(mut self, ask: bool, typed: Vec<Input>) -> std::io::Result<Ending> {
        if ask {
            self.terminal.ask_background()?;
        }
        // The first frame does not wait for what reads keys: those that are typed meanwhile are kept by the terminal.
        self.draw()?;
        let mut inputs = if ask { Inputs::after_asking() } else { Inputs::default() };
        inputs.hold(typed);
        // No resize event was sent for what changed before.
        let mut dirty = self.resize(size());
        loop {
            if dirty {
                self.draw()?;
            }
            let deadline = self.screens.top().deadline();
            let wake = tokio::select! {
                biased;
                signal = self.signals.recv() => Wake::Signal(signal),
                input = inputs.next() => Wake::Input(input),
                shows = self.screens.top().next() => Wake::Update(shows),
                () = wait(deadline) => Wake::Deadline,
            };
            dirty = true;
            match wake {
                Wake::Deadline | Wake::Signal(None) => {}
                Wake::Signal(Some(Signal::End(status))) => return Ok(self.end(Some(status))),
                Wake::Signal(Some(Signal::Suspend)) => self.suspend(&mut inputs)?,
                Wake::Signal(Some(Signal::Continued)) => self.terminal.lend(|| ())?,
                Wake::Signal(Some(Signal::Resized)) => dirty = self.resize(size()),
                Wake::Input(input) => {
                    if !self.take_in(input, &mut inputs).await? {
                        return Ok(self.end(None));
                    }
                }
                Wake::Update(shows) => {
                    dirty = self.drain(shows);
                    for request in self.screens.top().wishes() {
                        dirty = true;
                        if !self.fulfil(request, &mut inputs)? {
                            return Ok(self.end(None));
                        }
                    }
                }
            }
        }
    }

    /// Draws a frame.
    fn draw(&mut self) -> std::io::Result<()> {
        self.terminal.call(&self.screens.shown().title())?;
        let (screen, secrets) = (self.screens.top(), self.secrets.as_deref());
        self.terminal.draw(|frame| {
            let area = frame.area();
            screen.draw(area, frame.buffer_mut());
            if let Some(secrets) = secrets {
                mask::hide(frame.buffer_mut(), area, secrets);
            }
        })
    }

    /// Takes in `incoming` and everything that came in meanwhile. Returns whether to stay.
    async fn take_in(&mut self, incoming: Option<Incoming>, inputs: &mut Inputs) -> std::io::Result<bool> {
        let Some(incoming) = incoming else { return Ok(false) };
        let mut next = Some(incoming);
        while let Some(incoming) = next {
            let input = match incoming {
                Incoming::Input(input) => input,
                Incoming::Background(colour) => {
                    self.screens.restyle(self.navigator.restyle(colour));
                    next = inputs.ready().await;
                    continue;
                }
            };
            let requests = match &input {
                Input::Resized { width, height } => {
                    self.resize((*width, *height));
                    Vec::new()
                }
                Input::Key(press) if self.navigator.suspends(*press) => vec![Request::Suspend],
                Input::Key(_) | Input::Paste(_) | Input::Mouse { .. } => self.screens.top().input(&input),
            };
            for request in requests {
                if !self.fulfil(request, inputs)? {
                    return Ok(false);
                }
            }
            next = inputs.ready().await;
        }
        Ok(true)
    }

    /// Tells the screen that is shown its new size. Returns whether it is another one.
    fn resize(&mut self, size: (u16, u16)) -> bool {
        let changed = size != self.size;
        if changed {
            self.size = size;
            let (width, height) = size;
            let _: Vec<Request> = self.screens.top().input(&Input::Resized { width, height });
        }
        changed
    }

    /// Takes in what else happened without a person, for no longer than a frame. Returns whether any of it shows.
    fn drain(&mut self, mut shows: bool) -> bool {
        let since = Instant::now();
        while since.elapsed() <= FRAME
            && let Some(more) = self.screens.top().next().now_or_never()
        {
            shows |= more;
        }
        shows
    }

    /// Does what only the loop can do. Returns whether to stay.
    fn fulfil(&mut self, request: Request, inputs: &mut Inputs) -> std::io::Result<bool> {
        match request {
            Request::Copy(text) => self.terminal.copy(&text)?,
            Request::Edit(text) => {
                let edited = self.lend(inputs, || external::edit(&text))?;
                self.screens.top().give(edited);
            }
            Request::Page(paged) => {
                if let Err(why) = self.lend(inputs, || external::page(&paged))? {
                    self.screens.top().refuse(why);
                }
            }
            Request::Read(path) => self.screens.top().give(external::read(&path)),
            Request::Save { name, text } => self.screens.top().give(external::save(&name, &text)),
            Request::Open(destination) => match self.arrive(destination, inputs)? {
                Ok(Opened::Instead(screen)) => self.screens.open(screen),
                Ok(Opened::Above(screen)) => self.screens.push(screen),
                Err(why) => self.screens.top().refuse(why),
            },
            Request::Suspend => self.suspend(inputs)?,
            Request::Leave => return Ok(self.screens.pop(size())),
        }
        Ok(true)
    }

    /// Opens `destination`; of a long session it is shown how far it is, and a key leaves.
    fn arrive(&mut self, destination: Destination, inputs: &mut Inputs) -> std::io::Result<Result<Opened, String>> {
        let below = self.screens.name_below();
        let Some(path) = arriving::long_destination(&destination) else {
            return Ok(self.navigator.open(destination, below, &mut |_, _| true));
        };
        let look = (self.navigator.theme(), &self.keymap);
        let mut arriving = Arriving::new(&mut self.terminal, &path, look, self.secrets.as_deref())?;
        let opened = self.navigator.open(destination, below, &mut |events, all| arriving.is_at(events, all));
        inputs.hear(std::mem::take(&mut arriving.typed));
        Ok(if arriving.left { Err("the session was not opened: you left it meanwhile".to_owned()) } else { opened })
    }

    /// Gives the terminal back while `outside` runs.
    fn lend<T>(&mut self, inputs: &mut Inputs, outside: impl FnOnce() -> T) -> std::io::Result<T> {
        // The old reader goes before the terminal does, the new one comes after it is back.
        let result = self.terminal.lend(outside);
        *inputs = Inputs::default();
        result
    }

    fn suspend(&mut self, inputs: &mut Inputs) -> std::io::Result<()> {
        if !platform::CAN_STOP {
            return Ok(());
        }
        self.lend(inputs, || {
            let _ = writeln!(std::io::stdout(), "planscope is stopped; nothing is lost. `fg` brings it back.");
            platform::stop();
        })
    }

    fn end(&mut self, signal: Option<u8>) -> Ending {
        Ending { words: self.screens.farewell(), unsaved: self.screens.is_unsaved(), signal }
    }
}

async fn wait(deadline: Option<Duration>) {
    match deadline {
        Some(deadline) => tokio::time::sleep(deadline).await,
        None => std::future::pending().await,
    }
}
