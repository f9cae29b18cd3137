//! What opens what: from a destination to the screen that stands there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::command::Command;
use crate::engine::event::{Pace, Seq, Strategy};
use crate::engine::goal::Goal;
use crate::engine::session::Session;
use crate::engine::state::Phase;
use crate::goal_file::{self, Sample};
use crate::jq::Cancel;
use crate::runtime::driver::{Driver, SessionFile};
use crate::runtime::journal::Torn;
use crate::runtime::opening::{Appearance, Opening};
use crate::runtime::paths;
use crate::runtime::presenting::Board;
use crate::runtime::recorded::Along;
use crate::runtime::remembered::Remembered;
use crate::runtime::services::Services;
use crate::runtime::stressing::Tried;
use crate::runtime::teaching;
use crate::runtime::telling;
use crate::ui::action::Action;
use crate::ui::compare::Compare;
use crate::ui::input::KeyPress;
use crate::ui::keymap::{Keymap, Mode};
use crate::ui::platform;
use crate::ui::screen::Screen;
use crate::ui::session::app::App;
use crate::ui::session::presenting::PACE;
use crate::ui::start::Start;
use crate::ui::stress::Stress;
use crate::ui::terminal;
use crate::ui::theme::Theme;
use crate::ui::widgets::status_line::About;

/// Where a person can go from one screen to another.
#[derive(Clone, Debug)]
pub enum Destination {
    /// A new session.
    Goal {
        /// Its goal.
        goal: Arc<Goal>,
        /// Its words on the command line, for the line that reproduces the session.
        named: String,
        /// How many steps have run when it opens.
        steps: u32,
        /// What to try there.
        hint: Option<String>,
    },
    /// The demo of a goal; leaving it goes back.
    Demo(Arc<Goal>),
    /// A recorded session.
    Recording(PathBuf),
    /// A goal file, or a file in which a session was recorded.
    File(PathBuf),
    /// A new session on a copy of a sample.
    Copy {
        /// The sample.
        sample: &'static Sample,
        /// The name of the new file.
        to: PathBuf,
    },
    /// The strategies side by side on copies of a goal.
    Lanes {
        /// The goal.
        goal: Arc<Goal>,
        /// The scenario that the first surprise lands.
        scenario: Option<String>,
    },
    /// A lane as a session, recorded from now on; leaving it goes back to the lanes.
    Lane(Box<Session>),
    /// What could go wrong with a goal; leaving it goes back.
    Stress(Box<Tried>),
    /// A run as a session, recorded from now on, looked at as of this event; leaving it goes back.
    Moment(Box<Session>, Seq),
}

/// How a screen that was opened stands to the one that asked for it.
pub enum Opened {
    /// In its place.
    Instead(Box<dyn Screen>),
    /// Above it: leaving goes back.
    Above(Box<dyn Screen>),
}

/// Opens screens.
pub struct Navigator {
    services: Services,
    keymap: Keymap,
    theme: Theme,
    appearance: Appearance,
}

impl Navigator {
    /// Returns what opens screens that look like `theme` and are presented as `appearance` says, have these keys and
    /// perform effects with `services`.
    pub fn new(services: Services, theme: Theme, keymap: Keymap, appearance: Appearance) -> Navigator {
        Navigator { services, keymap, theme, appearance }
    }

    /// Returns the theme for a terminal with this background; what is opened from now on has it.
    pub(super) fn restyle(&mut self, background: (u8, u8, u8)) -> Theme {
        self.theme = self.theme.on(background);
        self.theme
    }

    /// Returns what screens look like now.
    pub(super) fn theme(&self) -> Theme {
        self.theme
    }

    /// Tells whether `press` stops the program on every screen, whatever is open there. Only a chord does: a plain key
    /// may be typed.
    pub(super) fn suspends(&self, press: KeyPress) -> bool {
        platform::CAN_STOP && press.ctrl && self.keymap.action(&[Mode::Everywhere], press) == Some(Action::Suspend)
    }

    /// Returns the screen that the dashboard opens on. `along` is told how far a recorded session is.
    ///
    /// # Errors
    /// A sentence that says why the session cannot be opened.
    pub fn first(&self, opening: Opening, along: Along<'_>) -> Result<Box<dyn Screen>, String> {
        match opening {
            Opening::Start => Ok(Box::new(Start::open(self.keymap.clone(), self.theme))),
            Opening::Goal { goal, named, strategy, session } => {
                let place = session.map_or(SessionFile::StateFolder, SessionFile::File);
                let mut app = self.app(self.new_driver(goal, strategy, place)?);
                app.recall_breakpoints();
                app.remember_lesson(&named);
                Ok(Box::new(app.named(named)))
            }
            Opening::Demo { goal, strategy } => Ok(Box::new(self.demo(goal, strategy)?)),
            Opening::Program { argv, session } => {
                let place = session.map_or(SessionFile::StateFolder, SessionFile::File);
                let goal = telling::goal(&argv, &self.services, &Cancel::new()).map_err(|trouble| trouble.message)?;
                let settings = telling::settings(&goal);
                let driver = Driver::open(Arc::new(goal), settings, place, self.services.clone());
                Ok(Box::new(self.app(driver.map_err(|trouble| trouble.message)?)))
            }
            Opening::Session { path, folder } => Ok(Box::new(self.recorded(&path, folder.as_deref(), along)?)),
        }
    }

    /// Opens `destination`; `below` is what leaving it goes back to, `along` is told how far a recorded session is.
    ///
    /// # Errors
    /// A sentence that says why it cannot be opened.
    pub fn open(
        &self,
        destination: Destination,
        below: Option<&'static str>,
        along: Along<'_>,
    ) -> Result<Opened, String> {
        let instead = |mut app: App| {
            app.stand_above(below);
            Opened::Instead(Box::new(app))
        };
        Ok(match destination {
            Destination::Goal { goal, named, steps, hint } => instead(self.goal(goal, named, steps, hint)?),
            Destination::Demo(goal) => {
                let mut app = self.demo(goal, None)?;
                app.stand_above(below.or(Some("the session")));
                Opened::Above(Box::new(app))
            }
            Destination::Recording(path) => instead(self.recorded(&path, None, along)?),
            Destination::File(path) if path.extension().is_some_and(|extension| extension == "jsonl") => {
                instead(self.recorded(&path, None, along)?)
            }
            Destination::File(path) => instead(self.file(&path)?),
            Destination::Copy { sample, to } => {
                let created = goal_file::create(&to, &sample.copy())?;
                instead(self.file(&created.path)?)
            }
            Destination::Lanes { goal, scenario } => {
                let (services, keymap) = (self.services.clone(), self.keymap.clone());
                let lanes = Compare::new(goal, scenario.as_deref(), services, keymap, self.theme, size());
                Opened::Above(Box::new(lanes))
            }
            Destination::Stress(tried) => {
                let (services, keymap) = (self.services.clone(), self.keymap.clone());
                Opened::Above(Box::new(Stress::new(*tried, services, keymap, self.theme, size())))
            }
            Destination::Moment(session, at) => {
                let driver = Driver::adopt(*session, SessionFile::StateFolder, self.services.clone());
                let mut app = self.app(driver.map_err(|trouble| trouble.message)?);
                app.stand_above(Some("what could go wrong"));
                app.look_at(at);
                app.note(
                    About::Note,
                    "this is the moment of the fault; \x01forward\x02 looks on, \x01quit\x02 goes back",
                );
                Opened::Above(Box::new(app))
            }
            Destination::Lane(session) => {
                let driver = Driver::adopt(*session, SessionFile::StateFolder, self.services.clone());
                let mut app = self.app(driver.map_err(|trouble| trouble.message)?);
                app.stand_above(Some("lanes"));
                app.note(About::Note, "this is the lane, recorded from now on; \x01quit\x02 goes back to the lanes");
                Opened::Above(Box::new(app))
            }
        })
    }

    fn app(&self, driver: Driver) -> App {
        let asks = driver.untrusted().is_some();
        let mut app = App::new(driver, self.keymap.clone(), self.theme, size());
        if asks {
            app.note(
                About::Note,
                "this goal starts programs: none of them before you trust it; the first step that is due asks",
            );
        }
        app.recall_panes();
        app.keep_still(self.appearance.still);
        app.guide(Remembered::change(Remembered::opened_session).is_guided());
        if self.appearance.present {
            app.present(self.appearance.pace.unwrap_or(PACE));
        }
        app
    }

    fn new_driver(&self, goal: Arc<Goal>, strategy: Option<Strategy>, place: SessionFile) -> Result<Driver, String> {
        let settings = teaching::settings(&goal, strategy);
        Driver::open(goal, settings, place, self.services.clone()).map_err(|trouble| trouble.message)
    }

    fn goal(&self, goal: Arc<Goal>, named: String, steps: u32, hint: Option<String>) -> Result<App, String> {
        let mut app = self.app(self.new_driver(goal, None, SessionFile::StateFolder)?);
        app.recall_breakpoints();
        app.remember_lesson(&named);
        let mut app = app.named(named);
        if steps > 0 {
            app.begin(vec![Command::SetPace(Pace::Steps(steps))]);
        }
        if let Some(hint) = hint {
            app.pose(hint);
        }
        Ok(app)
    }

    /// Returns the screen of the demo of `goal`, of which nothing stays.
    fn demo(&self, goal: Arc<Goal>, strategy: Option<Strategy>) -> Result<App, String> {
        let folder = paths::rehearsals().map_err(|trouble| trouble.message)?;
        let driver = self.new_driver(goal, strategy, SessionFile::Folder(folder))?;
        let mut app = App::new(driver, self.keymap.clone(), self.theme, size());
        app.keep_still(self.appearance.still);
        app.play_demo(self.appearance.pace.unwrap_or(PACE), Board::open());
        Ok(app)
    }

    fn file(&self, path: &Path) -> Result<App, String> {
        let shown = path.display();
        let goal = goal_file::read(path).map_err(|faults| match faults.faults.first() {
            Some(fault) if fault.line == 0 => format!("{shown}: {}", fault.message),
            Some(fault) => {
                let (line, message) = (fault.line, &fault.message);
                format!("{shown}, line {line}: {message} (`planscope check {shown}` lists every fault)")
            }
            None => faults.to_string(),
        })?;
        // From another folder the same words would name another file.
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Remembered::change(|remembered| remembered.opened_file(&whole.display().to_string()));
        self.goal(Arc::new(goal), shown.to_string(), 0, None)
    }

    fn recorded(&self, path: &Path, folder: Option<&Path>, along: Along<'_>) -> Result<App, String> {
        let opened = Driver::reopen_along(path, folder, self.services.clone(), along);
        opened.map(|(driver, torn)| self.reopened(driver, torn)).map_err(|trouble| trouble.message)
    }

    /// Returns the screen of a recorded session that was opened again; `torn` is what had to be cut off.
    pub(super) fn reopened(&self, driver: Driver, torn: Option<Torn>) -> App {
        let state = driver.state().clone();
        let mut app = self.app(driver);
        app.remember_breakpoints();
        match torn {
            Some(torn) => app.note(About::Note, torn.to_string()),
            None => match &state.phase {
                Phase::Running { .. } if state.waits_for_person() => {}
                Phase::Running { .. } if state.rests_inside() => {
                    app.note(About::Note, "the session rests inside the loop, as you left it; nothing has run since");
                }
                Phase::Running { .. } => {
                    app.note(About::Note, "the step that was under way computes only: it runs again");
                }
                Phase::Interrupted => {}
                _ => app.note(About::Note, "the session is as you left it; nothing has run since"),
            },
        }
        app
    }
}

/// Returns columns and rows of the terminal, or those of the smallest usual one where it does not say.
pub fn size() -> (u16, u16) {
    terminal::size().unwrap_or((80, 24))
}
