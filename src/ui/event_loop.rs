//! The loop: waits for a person, the session or the system, and redraws when something changed.
//!
//! Nothing here wakes up by itself: idle costs nothing. Everything that is there already is taken in before a frame
//! is drawn, so that two hundred keys at once are one frame.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio::sync::mpsc;

use super::app::{App, Errand};
use super::compare::{Compare, Outing};
use super::farewell::farewell;
use super::input::Input;
use super::keymap::Keymap;
use super::platform::{self, Signal};
use super::start::{self, Start, StartOutcome, Target};
use super::terminal::{Inputs, Screen};
use super::theme::Theme;
use crate::engine::command::Command;
use crate::engine::event::{Pace, Settings, Strategy};
use crate::engine::goal::Goal;
use crate::engine::state::Phase;
use crate::goal_file;
use crate::runtime::driver::{Driver, DriverEvent, SessionFile};
use crate::runtime::services::Services;
use crate::runtime::sessions;

/// What the dashboard opens on.
pub enum Opening {
    /// The start screen.
    Start,
    /// A new session on this goal.
    Goal {
        /// The goal.
        goal: Arc<Goal>,
        /// Its words on the command line, for the line that reproduces the session.
        named: String,
        /// How it is decided what comes next; none: as suits the goal.
        strategy: Option<Strategy>,
        /// The file of the new session, instead of one in the state folder.
        session: Option<PathBuf>,
    },
    /// A recorded session.
    Session(PathBuf),
}

/// How the dashboard ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// What to print once the terminal is as it was.
    pub words: String,
    /// The signal's exit status, if one ended it.
    pub signal: Option<u8>,
}

/// How long the session may go on before a frame is drawn, while it runs on by itself.
const FRAME: Duration = Duration::from_millis(16);

/// How many sessions the start screen lists.
const RECENT: usize = 6;

/// An open session: its screen, and what it was opened as.
struct Open {
    app: App,
    named: Option<String>,
    /// The lane that it is, and the lanes to go back to.
    lane: Option<(usize, Lanes)>,
}

/// The lanes side by side, and the page to go back to.
struct Lanes {
    compare: Box<Compare>,
    below: Box<Page>,
}

/// What is on the screen.
enum Page {
    Start(Box<Start>),
    Session(Box<Open>),
    Compare(Lanes),
}

impl Page {
    /// Takes the page, to put it below another one or to take what is below it.
    fn take(&mut self) -> Page {
        std::mem::replace(self, Page::Start(Box::default()))
    }
}

/// Opens the dashboard and stays until the person quits. Errors are sentences.
pub fn open(opening: Opening, services: Services) -> Result<Ending, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| format!("the program cannot start its event loop: {e}"))?;
    let ended = runtime.block_on(run(opening, services));
    // A tool that hangs must not keep the program from ending.
    runtime.shutdown_timeout(Duration::from_millis(50));
    ended
}

async fn run(opening: Opening, services: Services) -> Result<Ending, String> {
    let keymap = Keymap::built_in()?;
    let theme = Theme::from_env();
    let at_first = size();
    // What can fail is done before the terminal is taken, so that its sentence is read where it was asked for.
    let mut page = first_page(opening, &services, &keymap, theme)?;
    let terminal = |e: std::io::Error| format!("the terminal cannot be used: {e}");
    let mut screen = Screen::take().map_err(terminal)?;
    let (tell, mut signals) = mpsc::unbounded_channel();
    platform::watch(move |signal| {
        let _ = tell.send(signal);
    })
    .map_err(terminal)?;
    // The first frame does not wait for what reads keys: those that are typed meanwhile are kept by the terminal.
    draw(&mut page, &mut screen, &theme).map_err(terminal)?;
    let mut inputs = Inputs::default();
    let (width, height) = size();
    let mut dirty = (width, height) != at_first;
    if dirty {
        // Nobody was told of it.
        let _: After = take_in(&mut page, &Input::Resized { width, height }, &services, &keymap, theme);
    }
    loop {
        if dirty {
            draw(&mut page, &mut screen, &theme).map_err(terminal)?;
        }
        dirty = true;
        let tick = match &page {
            Page::Start(_) | Page::Compare(_) => None,
            Page::Session(open) => open.app.next_tick(),
        };
        let come = tokio::select! {
            biased;
            signal = signals.recv() => Come::Signal(signal),
            input = inputs.next() => Come::Input(input),
            moved = next(&mut page) => Come::Moved(moved),
            () = wait(tick) => Come::Tick,
        };
        match come {
            Come::Tick => {}
            Come::Signal(Some(Signal::End(status))) => {
                return Ok(Ending { signal: Some(status), ..end(&mut page) });
            }
            Come::Signal(Some(Signal::Suspend)) => suspend(&mut screen, &mut inputs).map_err(terminal)?,
            Come::Signal(Some(Signal::Continued)) => screen.lend(|| ()).map_err(terminal)?,
            Come::Signal(None) => {}
            Come::Input(None) => return Ok(end(&mut page)),
            Come::Input(Some(input)) => {
                let mut next = Some(input);
                while let Some(input) = next {
                    match take_in(&mut page, &input, &services, &keymap, theme) {
                        After::Stay => {}
                        After::Quit => return Ok(end(&mut page)),
                    }
                    if !errands(&mut page, &mut screen, &mut inputs, &services).map_err(terminal)? {
                        return Ok(end(&mut page));
                    }
                    next = inputs.ready().await;
                }
            }
            Come::Moved(came) => {
                dirty = false;
                let since = Instant::now();
                let mut came = Some(came);
                while let Some(change) = came {
                    dirty |= take_in_move(&mut page, change);
                    if since.elapsed() > FRAME {
                        break;
                    }
                    came = next(&mut page).now_or_never();
                }
            }
        }
    }
}

/// Draws a frame of `page`.
fn draw(page: &mut Page, screen: &mut Screen, theme: &Theme) -> std::io::Result<()> {
    if let Page::Session(open) = page {
        open.app.catch_up();
    }
    screen.draw(|frame| {
        let area = frame.area();
        match page {
            Page::Start(start) => start.draw(area, frame.buffer_mut(), theme),
            Page::Session(open) => open.app.draw(area, frame.buffer_mut()),
            Page::Compare(lanes) => lanes.compare.draw(area, frame.buffer_mut()),
        }
    })
}

/// Takes in what happened. Returns whether it shows.
fn take_in_move(page: &mut Page, came: Happened) -> bool {
    match (page, came) {
        (Page::Session(open), Happened::Session(moved)) => {
            let shows = moved != DriverEvent::Saved;
            open.app.moved(moved);
            shows
        }
        (Page::Compare(lanes), Happened::Lane(at)) => {
            lanes.compare.moved(at);
            true
        }
        // Only the page that is on the screen is listened to.
        (Page::Start(_) | Page::Session(_) | Page::Compare(_), _) => false,
    }
}

/// What the loop woke up for.
enum Come {
    Signal(Option<Signal>),
    Input(Option<Input>),
    Moved(Happened),
    Tick,
}

/// What happened without a person.
enum Happened {
    /// The session moved.
    Session(DriverEvent),
    /// This lane moved.
    Lane(usize),
}

enum After {
    Stay,
    Quit,
}

async fn next(page: &mut Page) -> Happened {
    match page {
        Page::Start(_) => std::future::pending().await,
        Page::Session(open) => Happened::Session(open.app.driver().next().await),
        Page::Compare(lanes) => Happened::Lane(lanes.compare.bench().next().await),
    }
}

async fn wait(tick: Option<Duration>) {
    match tick {
        Some(tick) => tokio::time::sleep(tick).await,
        None => std::future::pending().await,
    }
}

fn first_page(opening: Opening, services: &Services, keymap: &Keymap, theme: Theme) -> Result<Page, String> {
    match opening {
        Opening::Start => Ok(Page::Start(Box::new(start_screen()))),
        Opening::Goal { goal, named, strategy, session } => {
            let file = session.map_or(SessionFile::StateFolder, SessionFile::File);
            let driver = new_driver(goal, strategy, file, services)?;
            Ok(session_page(driver, named, None, keymap, theme))
        }
        Opening::Session(path) => old_session(&path, services, keymap, theme),
    }
}

fn start_screen() -> Start {
    let goal_of = |name: &str| {
        let sample = goal_file::sample(name)?;
        goal_file::parse(sample.text, sample.name, None).ok().map(Arc::new)
    };
    let goals: std::collections::HashMap<&str, Arc<Goal>> =
        goal_file::samples().iter().filter_map(|s| goal_of(s.name).map(|goal| (s.name, goal))).collect();
    let (entries, samples) = start::sample_entries(|name| goals.get(name).cloned());
    // A folder of sessions that cannot be read is no reason not to start: there is nothing to resume then.
    let sessions = sessions::sessions().unwrap_or_default();
    let sessions = sessions.into_iter().take(RECENT).map(|entry| start::Entry {
        title: entry.goal.clone(),
        about: format!("event {}, {}", entry.events, entry.standing),
        aside: entry.at.get(..10).unwrap_or_default().to_owned(),
        card: start::Card {
            goal: entry.goal,
            wants: String::new(),
            tools: String::new(),
            hint: format!("Enter goes on in {}", entry.path.display()),
        },
        target: Target::Session(entry.path),
    });
    Start::new(entries, samples, sessions.collect())
}

fn new_driver(
    goal: Arc<Goal>,
    strategy: Option<Strategy>,
    file: SessionFile,
    services: &Services,
) -> Result<Driver, String> {
    let strategy = strategy.unwrap_or_else(|| goal.usual_strategy());
    let settings = Settings::default().with_strategy(strategy);
    Driver::open(goal, settings, file, services.clone()).map_err(|error| error.message)
}

fn new_session(
    goal: Arc<Goal>,
    named: String,
    ahead: Option<(u32, Option<String>)>,
    services: &Services,
    keymap: &Keymap,
    theme: Theme,
) -> Result<Page, String> {
    let driver = new_driver(goal, None, SessionFile::StateFolder, services)?;
    Ok(session_page(driver, named, ahead, keymap, theme))
}

fn session_page(
    driver: Driver,
    named: String,
    ahead: Option<(u32, Option<String>)>,
    keymap: &Keymap,
    theme: Theme,
) -> Page {
    let mut app = App::new(driver, keymap.clone(), theme, size());
    if let Some((steps, hint)) = ahead {
        if steps > 0 {
            app.begin(vec![Command::SetPace(Pace::Steps(steps))]);
        }
        if let Some(hint) = hint {
            app.say(format!("try: {hint}"));
        }
    }
    Page::Session(Box::new(Open { app, named: Some(named), lane: None }))
}

fn old_session(path: &Path, services: &Services, keymap: &Keymap, theme: Theme) -> Result<Page, String> {
    let (driver, torn) = Driver::reopen(path, services.clone()).map_err(|error| error.message)?;
    let state = driver.state().clone();
    let mut app = App::new(driver, keymap.clone(), theme, size());
    match torn {
        Some(torn) => app.say(torn.to_string()),
        None => match &state.phase {
            Phase::Running { .. } if state.waits_for_person() => {}
            Phase::Running { .. } if state.rests_inside() => {
                app.say("the session rests inside the loop, as you left it; nothing has run since");
            }
            Phase::Running { .. } => app.say("the step that was under way computes only: it runs again"),
            Phase::Interrupted => {}
            _ => app.say("the session is as you left it; nothing has run since"),
        },
    }
    Ok(Page::Session(Box::new(Open { app, named: None, lane: None })))
}

fn size() -> (u16, u16) {
    super::terminal::size().unwrap_or((80, 24))
}

fn take_in(page: &mut Page, input: &Input, services: &Services, keymap: &Keymap, theme: Theme) -> After {
    let start = match page {
        Page::Session(open) => {
            open.app.input(input);
            return After::Stay;
        }
        Page::Compare(lanes) => {
            lanes.compare.input(input);
            return After::Stay;
        }
        Page::Start(start) => start,
    };
    let opened = match start.handle(input) {
        StartOutcome::Stay => return After::Stay,
        StartOutcome::Quit => return After::Quit,
        StartOutcome::Open(Target::Sample { name, steps, hint }) => match sample(&name) {
            Ok(goal) => new_session(goal, name, Some((steps, hint)), services, keymap, theme),
            Err(why) => Err(why),
        },
        StartOutcome::Open(Target::Compare { name, scenario }) => match sample(&name) {
            Ok(goal) => {
                let compare = Compare::new(goal, scenario.as_deref(), services.clone(), keymap.clone(), theme, size());
                let below = Box::new(page.take());
                *page = Page::Compare(Lanes { compare: Box::new(compare), below });
                return After::Stay;
            }
            Err(why) => Err(why),
        },
        StartOutcome::Open(Target::Session(path)) => old_session(&path, services, keymap, theme),
        StartOutcome::Open(Target::File | Target::Copy) => return After::Stay,
        StartOutcome::OpenFile(path) => open_file(&path, services, keymap, theme),
        StartOutcome::Copy { sample, to } => {
            copy(&sample, &to).and_then(|path| open_file(&path, services, keymap, theme))
        }
    };
    match opened {
        Ok(opened) => *page = opened,
        Err(why) => start.notify(why.lines().next().unwrap_or("it could not be opened")),
    }
    After::Stay
}

fn sample(name: &str) -> Result<Arc<Goal>, String> {
    let sample = goal_file::sample(name).ok_or_else(|| format!("there is no sample {name}"))?;
    goal_file::parse(sample.text, sample.name, None).map(Arc::new).map_err(|faults| faults.to_string())
}

/// Opens a goal file, or a session that was recorded in a file.
fn open_file(path: &str, services: &Services, keymap: &Keymap, theme: Theme) -> Result<Page, String> {
    if path.ends_with(".jsonl") {
        return old_session(Path::new(path), services, keymap, theme);
    }
    let goal = goal_file::read(Path::new(path)).map_err(|faults| {
        let first = faults.faults.first();
        first.map_or_else(
            || faults.to_string(),
            |fault| {
                format!("{path}, line {}: {} (`planscope check {path}` lists every fault)", fault.line, fault.message)
            },
        )
    })?;
    new_session(Arc::new(goal), path.to_owned(), None, services, keymap, theme)
}

/// Writes a copy of a sample beside the person, with the schema that editors use. Never over anything.
fn copy(name: &str, to: &str) -> Result<String, String> {
    let sample = goal_file::sample(name).ok_or_else(|| format!("there is no sample {name}"))?;
    let path = if to.ends_with(".json") { to.to_owned() } else { format!("{to}.json") };
    let new = |path: &Path, text: &str| {
        let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
    };
    new(Path::new(&path), &sample.copy()).map_err(|e| format!("{path} cannot be written: {e}"))?;
    let schema = Path::new(&path).with_file_name("goal.schema.json");
    // A schema that is there already is as good.
    let _ = new(&schema, goal_file::SCHEMA);
    Ok(path)
}

/// Does what only the loop can do. Returns whether to stay.
fn errands(page: &mut Page, screen: &mut Screen, inputs: &mut Inputs, services: &Services) -> std::io::Result<bool> {
    match page {
        Page::Start(_) => Ok(true),
        Page::Session(open) => {
            let errands = open.app.errands();
            for errand in errands {
                let Page::Session(open) = page else { return Ok(true) };
                match errand {
                    Errand::Copy(text) => screen.copy(&text)?,
                    Errand::Edit(text) => {
                        let edited = lend(screen, inputs, || edit(&text))?;
                        open.app.give(edited);
                    }
                    Errand::Read(path) => open.app.give(read(&path)),
                    Errand::Compare => compare_from(page, services),
                    Errand::Suspend => suspend(screen, inputs)?,
                    Errand::Quit if open.lane.is_some() => back_to_lanes(page),
                    Errand::Quit => return Ok(false),
                }
            }
            Ok(true)
        }
        Page::Compare(lanes) => {
            let outings = lanes.compare.outings();
            for outing in outings {
                match outing {
                    Outing::Leave => leave_lanes(page),
                    Outing::Open(at) => open_lane(page, at, services),
                    Outing::Suspend => suspend(screen, inputs)?,
                }
            }
            Ok(true)
        }
    }
}

/// Shows the strategies side by side on copies of the session's goal; the session waits below them.
fn compare_from(page: &mut Page, services: &Services) {
    let below = page.take();
    let Page::Session(mut open) = below else {
        *page = below;
        return;
    };
    // What may still be unsynced is, while nobody listens to the driver.
    if let Err(error) = open.app.driver().sync() {
        open.app.refuse(format!("the session cannot be saved: {}", error.message));
        *page = Page::Session(open);
        return;
    }
    let goal = open.app.driver().session().goal().clone();
    let (keymap, theme) = open.app.looks();
    let compare = Compare::new(goal, None, services.clone(), keymap, theme, size());
    *page = Page::Compare(Lanes { compare: Box::new(compare), below: Box::new(Page::Session(open)) });
}

/// Goes back from the lanes to the page below.
fn leave_lanes(page: &mut Page) {
    match page.take() {
        Page::Compare(lanes) => {
            let (width, height) = size();
            *page = *lanes.below;
            // The window may have changed while another page had it.
            if let Page::Session(open) = page {
                open.app.input(&Input::Resized { width, height });
                open.app.moved(DriverEvent::Events);
            }
        }
        other => *page = other,
    }
}

/// Opens a lane on the dashboard, recorded from now on; the lanes wait below it.
fn open_lane(page: &mut Page, at: usize, services: &Services) {
    let Page::Compare(lanes) = page else { return };
    let Some(session) = lanes.compare.session(at) else { return };
    let driver = match Driver::adopt(session, SessionFile::StateFolder, services.clone()) {
        Ok(driver) => driver,
        Err(error) => return lanes.compare.refuse(error.message),
    };
    let (keymap, theme) = lanes.compare.looks();
    let mut app = App::new(driver, keymap, theme, size());
    app.stand_above_lanes();
    app.say("this is the lane, recorded from now on; q goes back to the lanes");
    if let Page::Compare(lanes) = page.take() {
        *page = Page::Session(Box::new(Open { app, named: None, lane: Some((at, lanes)) }));
    }
}

/// Goes back from a lane's dashboard to the lanes, with the session as it was left.
fn back_to_lanes(page: &mut Page) {
    let Page::Session(mut open) = page.take() else { return };
    let Some((at, mut lanes)) = open.lane.take() else {
        *page = Page::Session(open);
        return;
    };
    let unsaved = open.app.driver().sync().err();
    lanes.compare.give_back(at, open.app.driver().session().clone());
    let (width, height) = size();
    lanes.compare.input(&Input::Resized { width, height });
    match unsaved {
        Some(error) => lanes.compare.refuse(format!("the lane cannot be saved: {}", error.message)),
        None => {
            // A path that is cut is of no use: then the list of sessions has it.
            let how = format!("the lane is kept: planscope resume {}", open.app.path().display());
            let fits = super::text::width(&how) + " Done ".len() < usize::from(width);
            lanes.compare.say(if fits { how } else { "the lane is kept; planscope sessions lists it".into() });
        }
    }
    *page = Page::Compare(lanes);
}

fn lend<T>(screen: &mut Screen, inputs: &mut Inputs, outside: impl FnOnce() -> T) -> std::io::Result<T> {
    // The old reader goes before the terminal does, the new one comes after it is back.
    let result = screen.lend(outside);
    *inputs = Inputs::default();
    result
}

fn suspend(screen: &mut Screen, inputs: &mut Inputs) -> std::io::Result<()> {
    if !platform::CAN_STOP {
        return Ok(());
    }
    lend(screen, inputs, || {
        let _ = writeln!(std::io::stdout(), "planscope is stopped; nothing is lost. `fg` brings it back.");
        platform::stop();
    })
}

/// The largest file that is read into an editor, in bytes.
const MOST: u64 = 32 * 1024 * 1024;

fn read(path: &str) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|e| format!("{path} cannot be read: {e}"))?.len();
    if size > MOST {
        return Err(format!("{path} has {size} bytes; at most {MOST} can be read"));
    }
    std::fs::read_to_string(path).map_err(|e| format!("{path} cannot be read: {e}"))
}

fn edit(text: &str) -> Result<String, String> {
    let editor = std::env::var("VISUAL").or_else(|_| std::env::var("EDITOR")).unwrap_or_default();
    let mut words = editor.split_whitespace();
    let Some(program) = words.next() else {
        return Err("no editor is named: set EDITOR, then press the key again".into());
    };
    let path = std::env::temp_dir().join(format!("planscope-{}.json", std::process::id()));
    let cannot = |e: std::io::Error| format!("the file for the editor cannot be used: {e}");
    std::fs::write(&path, text).map_err(cannot)?;
    let status = std::process::Command::new(program).args(words).arg(&path).status();
    let edited = match status {
        Ok(status) if status.success() => std::fs::read_to_string(&path).map_err(cannot),
        Ok(status) => Err(format!("{program} ended with {status}; the text is as it was")),
        Err(e) => Err(format!("{program} cannot be started: {e}")),
    };
    let _ = std::fs::remove_file(&path);
    edited
}

fn end(page: &mut Page) -> Ending {
    match page {
        Page::Start(_) => Ending::default(),
        Page::Compare(lanes) => end(&mut lanes.below),
        Page::Session(open) => {
            let below = open.lane.as_mut().map(|(_, lanes)| end(&mut lanes.below).words).unwrap_or_default();
            let unsaved = open.app.driver().sync().err();
            let unsaved = unsaved.map(|error| format!("the session cannot be saved: {}\n", error.message));
            let path = open.app.path().to_owned();
            let words = farewell(open.app.driver().session(), &path, open.named.as_deref());
            Ending { words: below + &unsaved.unwrap_or_default() + &words, signal: None }
        }
    }
}
