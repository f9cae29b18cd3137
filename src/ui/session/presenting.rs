//! The session before an audience: what its keys do, at which pace it goes on, which keys were pressed, what just changed.

use std::time::Duration;

use ratatui::text::Line;

use crate::engine::diff::ChangeKind;
use crate::ui::action::Action;
use crate::ui::input::KeyPress;
use crate::ui::keymap::{Keymap, Mode};
use crate::ui::mask;
use crate::ui::navigate::Destination;
use crate::ui::screen::Request;
use crate::ui::session::app::App;
use crate::ui::session::change::{Change, DialogRequest, Meaning, no, open};
use crate::ui::session::demo::Play;
use crate::ui::session::lists::context::{book, is_news};
use crate::ui::session::lists::plan::{self, Item};
use crate::ui::session::model::{Beat, Ui};
use crate::ui::session::pane::PaneId;
use crate::ui::session::update::running;
use crate::ui::session::view::View;
use crate::ui::theme::Theme;

/// How long a step is looked at, in seconds, where nothing else is said.
pub const PACE: f64 = 1.0;

/// Between which paces a person can choose with a key, in seconds.
const PACES: std::ops::RangeInclusive<f64> = 0.125..=16.0;

/// How many pressed keys are shown.
const CAST: usize = 3;

/// How a session is presented.
#[derive(Clone, Debug, PartialEq)]
pub struct Presented {
    /// How long each step is looked at where it goes on, in seconds.
    pub pace: f64,
    /// The keys that were pressed last, each with its action.
    pub cast: Vec<(KeyPress, Action)>,
    /// Where its demo stands; none: there is none.
    pub beat: Option<Caption>,
    /// Whether a page stands above it that a person opened: what goes on with the demo is named then.
    pub aside: bool,
}

/// Where a demo stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caption {
    /// How many beats were played.
    pub at: usize,
    /// Of how many.
    pub of: usize,
    /// What the audience reads of the last one.
    pub title: String,
}

impl Presented {
    /// Returns a presentation at this pace, in seconds.
    pub fn at(pace: f64) -> Presented {
        Presented { pace, cast: Vec::new(), beat: None, aside: false }
    }

    /// Returns how long each step is looked at.
    pub fn pause(&self) -> Duration {
        Duration::try_from_secs_f64(self.pace).unwrap_or_default()
    }

    /// Returns what stands at the bottom: the keys that were pressed last, or those that go on.
    pub(super) fn footer(&self, keymap: &Keymap) -> Vec<(KeyPress, Action)> {
        if !self.cast.is_empty() && !self.aside {
            return self.cast.clone();
        }
        let modes = [Mode::Demo, Mode::Presenting, Mode::Everywhere];
        let first: &[Action] = match self.beat {
            Some(_) if self.aside => &[Action::DemoNext],
            Some(_) => &[Action::DemoNext, Action::DemoBack, Action::DemoStart],
            None => &[Action::Continue, Action::Faster, Action::Slower],
        };
        first.iter().filter_map(|action| Some((keymap.key_for(&modes, *action)?, *action))).collect()
    }

    /// Shows that `press` was pressed, which means `action`.
    pub(super) fn cast(&mut self, press: KeyPress, action: Action) {
        if self.cast.len() >= CAST {
            self.cast.remove(0);
        }
        self.cast.push((press, action));
    }
}

/// What a key does before an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresentAct {
    /// Presents, or no longer.
    Toggle,
    /// Goes on by itself, or pauses.
    Continue,
    /// Looks at each step for half as long, or twice as long.
    Pace(bool),
    /// Plays the next beat.
    Next,
    /// Goes one beat back.
    Back,
    /// Goes back to the start of the beat.
    Again,
    /// Goes to the moment before this beat is played, from 0.
    To(usize),
}

pub(super) fn interpret(view: &View<'_>, action: Action) -> Meaning {
    let act = match (action, &view.ui.present) {
        (Action::Present, Some(presented)) if presented.beat.is_some() => {
            return no("the demo is presented: \x01quit\x02 ends it");
        }
        (Action::Present, _) => PresentAct::Toggle,
        (_, None) => return no("that is for a session that is presented: \x01present\x02 does"),
        (Action::Continue, Some(_)) => {
            running::interpret(view, action)?;
            PresentAct::Continue
        }
        (Action::Faster | Action::Slower, Some(_)) => PresentAct::Pace(action == Action::Faster),
        (_, Some(Presented { beat: None, .. })) => {
            return no("no demo is played here; `planscope GOAL --present` plays that of a goal file");
        }
        (Action::DemoNext, Some(_)) => PresentAct::Next,
        (Action::DemoBack, Some(_)) => PresentAct::Back,
        (Action::DemoAgain, Some(_)) => PresentAct::Again,
        (Action::DemoStart, Some(_)) => PresentAct::To(0),
        _ => return open(DialogRequest::Beats),
    };
    Ok(vec![Change::Present(act)])
}

impl App {
    /// Presents the session to an audience, each step looked at for so many seconds where it goes on.
    pub fn present(&mut self, pace: f64) {
        let presented = Presented::at(pace);
        self.ui.present = Some(presented);
        self.secrets = mask::known();
        self.show_times(false);
        self.guide(false);
    }

    /// Shows without a movement what would be shown step by step.
    pub fn keep_still(&mut self, still: bool) {
        self.ui.still = still;
    }

    /// Does what a key means before an audience.
    pub(super) fn act_presented(&mut self, act: PresentAct) {
        match act {
            PresentAct::Toggle if self.ui.present.take().is_some() => {
                self.play = None;
                self.show_times(true);
                self.ui.say("presented no longer");
            }
            // A demo begins where nothing has run.
            PresentAct::Toggle
                if self.driver.session().goal().demo.is_some() && self.driver.state().runs.is_empty() =>
            {
                let goal = self.driver.session().goal().clone();
                self.requests.push(Request::Open(Destination::Demo(goal)));
            }
            PresentAct::Toggle => {
                self.present(PACE);
                self.ui.say(
                    "presented: \x01continue\x02 goes on step by step, \x01faster\x02 \x01slower\x02 change the pace\x03; \x01present\x02 ends it",
                );
            }
            PresentAct::Continue if self.play.take().is_some() => self.ui.say("paused; \x01continue\x02 goes on"),
            PresentAct::Continue => {
                self.play = Some(Play::on());
                self.play_on();
            }
            PresentAct::Pace(faster) => {
                let Some(presented) = &mut self.ui.present else { return };
                let pace = if faster { presented.pace / 2.0 } else { presented.pace * 2.0 };
                presented.pace = pace.clamp(*PACES.start(), *PACES.end());
                let words = format!("each step is looked at for {} s", presented.pace);
                self.ui.say(words);
            }
            PresentAct::Next => self.demo_next(),
            PresentAct::Back => self.demo_back(),
            PresentAct::Again => self.demo_again(),
            PresentAct::To(at) => self.demo_to(at),
        }
        self.list_values();
    }
}

/// Tells which entries of `pane` just changed; none: nothing did, or it is not presented.
pub(super) fn lit<'v>(view: &'v View<'_>, pane: PaneId) -> Option<Box<dyn Fn(usize) -> bool + 'v>> {
    view.ui.present.as_ref()?;
    let shown = view.shown;
    let watched = view.ui.watched();
    let nothing = shown.touched.is_empty() && watched.is_none() && shown.state.runs.is_empty();
    if nothing || !matches!(pane, PaneId::PLAN | PaneId::CONTEXT) {
        return None;
    }
    let ui: &Ui = view.ui;
    Some(Box::new(move |entry: usize| match (pane, watched.map(|watch| watch.beat)) {
        (PaneId::CONTEXT, None | Some(Beat::Landed)) => ui.values.get(entry).is_some_and(|row| {
            let touched =
                book(shown, row.part).and_then(|book| book.touched.get(book.ledger.key(row.entry)?).map(is_news));
            touched.unwrap_or(false)
        }),
        (PaneId::CONTEXT, Some(_)) => false,
        (_, None) => match plan::item(view, entry) {
            Some(Item::Run(run)) => shown.state.runs.last().is_some_and(|last| last.step.id == run.step.id),
            Some(Item::Todo(_) | Item::Proposed(_) | Item::Thought(_)) | None => false,
        },
        (_, Some(Beat::Landed | Beat::Breaks)) => false,
        (_, Some(Beat::Rewritten)) => match plan::item(view, entry) {
            Some(Item::Proposed(change)) => change.kind != ChangeKind::Kept,
            Some(Item::Run(_) | Item::Todo(_) | Item::Thought(_)) | None => false,
        },
    }))
}

/// Returns `line` as an audience sees it: what did not just change steps back behind what did.
pub(super) fn spotlight(
    theme: &Theme,
    line: Line<'static>,
    entry: Option<(&dyn Fn(usize) -> bool, usize)>,
) -> Line<'static> {
    match entry {
        Some((lit, entry)) if !lit(entry) => theme.aside(line),
        _ => line,
    }
}
