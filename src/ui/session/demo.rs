//! A prepared demo: its beats played one by one, and gone back to as if they had never been played.
//!
//! How the session stood before each beat is kept whole, and a beat that is gone back to begins there: no branch is left
//! behind, event numbers are the same again, and so is every screen. While a beat is played a frame is drawn only where
//! the session rests, so that the same keys write the same bytes.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::describe::frame::acting;
use crate::engine::command::{Approval, Command};
use crate::engine::event::Pace;
use crate::engine::ordered::IndexMap;
use crate::engine::session::Session;
use crate::engine::state::Phase;
use crate::goal_file::{self, About, Beat, Replan, RunTo, Show};
use crate::runtime::driver::{Driver, SessionFile};
use crate::runtime::presenting::{Board, Prompt};
use crate::ui::action::Action;
use crate::ui::dialogs;
use crate::ui::input::{Input, KeyPress};
use crate::ui::keymap::Mode;
use crate::ui::session::app::App;
use crate::ui::session::change::DialogRequest;
use crate::ui::session::model::{self, Ui};
use crate::ui::session::pane::PaneId;
use crate::ui::session::presenting::{Caption, Presented};
use crate::ui::session::snapshot::Snapshot;

/// A demo under way.
pub(super) struct Demo {
    beats: Vec<Beat>,
    /// How the session stood before each beat that was played, and before the next one.
    marks: Vec<Mark>,
    /// The beat up to which it is played without a pause.
    heading: usize,
    /// Whether the dialog that is open is one that a beat opened.
    shows: bool,
    /// Whether the key was pressed that ends it.
    leaving: bool,
    /// Where the presenter reads along.
    board: Option<Board>,
}

/// How the session stood.
struct Mark {
    session: Session,
    watched: Option<model::Beat>,
    cast: Vec<(KeyPress, Action)>,
}

/// What is played.
pub(super) struct Play {
    acts: VecDeque<Act>,
    /// Whether what was done is looked at before it goes on.
    pauses: bool,
    /// When it goes on.
    due: Option<Instant>,
    /// Whether nothing is waited for.
    hurried: bool,
    /// Whether it is a beat of the demo.
    is_beat: bool,
}

/// One thing that is done.
enum Act {
    Ask(Action, Command),
    Run(Run),
    Replan(Replan),
    Show(Show),
    Why(About),
}

/// How far it runs on.
struct Run {
    to: RunTo,
    /// How many steps had run when it began.
    from: Option<usize>,
    /// How many steps and turns there were when it was set going last.
    seen: Option<usize>,
    /// Whether a replan on the way is shown beat by beat.
    beats: bool,
}

impl Run {
    fn to(to: RunTo, beats: bool) -> Act {
        Act::Run(Run { to, from: None, seen: None, beats })
    }
}

/// What became of an act.
enum Done {
    /// It is through.
    Through,
    /// It goes on with this.
    On(Box<Act>),
    /// It cannot go on before a person has decided.
    Waits,
}

impl Play {
    /// Returns what goes on to the end, or until somebody is asked.
    pub(super) fn on() -> Play {
        Play::of([Run::to(RunTo::End, true)].into(), false)
    }

    fn of(acts: VecDeque<Act>, is_beat: bool) -> Play {
        Play { acts, pauses: false, due: None, hurried: false, is_beat }
    }

    /// Returns when it goes on by itself.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }
}

impl App {
    /// Plays the demo of the goal from now on, and leaves on `board` what is said; where it has none, presents the session
    /// alone.
    pub fn play_demo(&mut self, pace: f64, board: Option<Board>) {
        self.present(pace);
        (self.tutor, self.ui.lesson) = (None, None);
        let beats = goal_file::demo_of(self.driver.session().goal());
        if !beats.is_empty() {
            self.demo = Some(Demo { beats, marks: Vec::new(), heading: 0, shows: false, leaving: false, board });
            self.caption(0);
        }
        self.rest();
    }

    /// Tells whether the dialog that is open is one that a beat opened.
    pub(super) fn shows_for_beat(&self) -> bool {
        self.demo.as_ref().is_some_and(|demo| demo.shows)
    }

    /// Tells whether a demo is played.
    pub fn is_demo(&self) -> bool {
        self.demo.is_some()
    }

    /// Tells whether the session waits for a person, so that what the screen shows stays as it is.
    pub(super) fn rests(&self) -> bool {
        let state = self.driver.state();
        let here = acting(state);
        let over = state.phase.is_over();
        match here.phase {
            Phase::New | Phase::Planning { .. } => false,
            _ if self.driver.unsaved().is_some() || state.asks().is_some() => true,
            Phase::Running { .. } => state.rests_inside(),
            Phase::Ready if here.pace != Pace::Paused && !here.is_dead_end() => false,
            _ => !self.driver.is_busy() && (!over || self.driver.looked_for_failures().is_some()),
        }
    }

    /// Plays what is due, as far as the session rests; keeps how it stands once a beat is over. Returns whether anything was
    /// done.
    pub fn play_on(&mut self) -> bool {
        let mut played = false;
        let began = self.demo.as_ref().is_some_and(|demo| demo.marks.is_empty());
        if began && self.rests() {
            self.mark();
        }
        while let Some(play) = self.play.as_mut() {
            let waits = play.due.is_some_and(|due| due > Instant::now());
            if waits || !self.rests() {
                return played;
            }
            let Some(play) = self.play.as_mut() else { return played };
            play.due = None;
            if std::mem::take(&mut play.pauses) && !play.hurried && !self.ui.still {
                let pause = self.ui.present.as_ref().map_or(Duration::ZERO, Presented::pause);
                play.due = Some(Instant::now() + pause);
                return played;
            }
            let done = match play.acts.pop_front() {
                Some(act) => {
                    played = true;
                    self.perform(act)
                }
                None => {
                    let is_beat = play.is_beat;
                    self.play = None;
                    if is_beat {
                        self.beat_is_over();
                    }
                    continue;
                }
            };
            let Some(play) = self.play.as_mut() else { return played };
            match done {
                Ok(Done::Through) => play.pauses = !play.acts.is_empty(),
                Ok(Done::On(act)) => {
                    play.acts.push_front(*act);
                    play.pauses = true;
                }
                Ok(Done::Waits) => play.acts.clear(),
                Err(why) => {
                    play.acts.clear();
                    self.ui.refuse(why);
                }
            }
        }
        played
    }

    /// Plays at once what is due only after a pause. Returns whether there was something.
    pub fn goes_on(&mut self) -> bool {
        let before = self.play.is_some();
        self.play_on();
        if let Some(play) = &mut self.play {
            play.due = None;
        }
        before
    }

    /// Plays without a pause what is played.
    fn hurry(&mut self) {
        if let Some(play) = &mut self.play {
            (play.hurried, play.due) = (true, None);
        }
        self.play_on();
    }

    /// Hands `input` to the demo. Returns whether it was for it.
    pub(super) fn demo_input(&mut self, input: &Input) -> bool {
        let (Some(demo), Input::Key(press)) = (&mut self.demo, input) else { return false };
        let leaving = std::mem::take(&mut demo.leaving);
        demo.shows &= self.dialog.is_some();
        // In a dialog that a person opened keys are that one's, but for the one that goes on where it means nothing there:
        // a page may have been opened by a slip of a finger.
        let by_hand = self.dialog.as_ref().filter(|_| !demo.shows);
        if by_hand.is_some_and(|dialog| press.typed() != Some(' ') || dialog.takes_space()) {
            return false;
        }
        if let Some(action) = self.keymap.action(&[Mode::Demo], *press) {
            self.ui.toast = None;
            self.act(action);
            return true;
        }
        // One slip of a finger does not end it.
        if self.dialog.is_none() && self.keymap.action(&[Mode::Everywhere], *press) == Some(Action::Quit) && !leaving {
            if let Some(demo) = &mut self.demo {
                demo.leaving = true;
            }
            self.ui.refuse("\x01quit\x02 once more ends the demo");
            return true;
        }
        false
    }

    pub(super) fn demo_next(&mut self) {
        if self.play.is_some() {
            return self.hurry();
        }
        let Some(demo) = &self.demo else { return };
        let Some(at) = demo.marks.len().checked_sub(1) else { return };
        match demo.beats.get(at).cloned() {
            Some(beat) => self.begin_beat(at, &beat, false),
            None => {
                self.dialog = None;
                self.ui.refuse("this was the last beat: \x01demo_start\x02 goes to the start of the demo");
            }
        }
    }

    pub(super) fn demo_back(&mut self) {
        let Some(at) = self.demo.as_ref().and_then(|demo| demo.marks.len().checked_sub(1)) else { return };
        // What was done besides is taken back first, and a beat that is being played.
        let besides = self.play.is_some() || self.has_parted(at);
        self.demo_to(if besides { at } else { at.saturating_sub(1) });
    }

    pub(super) fn demo_again(&mut self) {
        let Some(at) = self.demo.as_ref().and_then(|demo| demo.marks.len().checked_sub(1)) else { return };
        self.demo_to(if self.play.is_some() { at } else { at.saturating_sub(1) });
    }

    /// Goes to where the beat `at` is to be played next: back as if those behind it had never been, or on through those
    /// before it.
    pub(super) fn demo_to(&mut self, at: usize) {
        self.play = None;
        let Some(demo) = &mut self.demo else { return };
        let Some(known) = demo.marks.len().checked_sub(1) else { return };
        demo.heading = at;
        demo.marks.truncate(at + 1);
        if let Err(why) = self.go_back(at.min(known)) {
            return self.ui.refuse(why);
        }
        self.caption(at.min(known));
        self.prompt(at.min(known));
        self.head_on();
    }

    /// Plays the next beat where it is not there yet.
    fn head_on(&mut self) {
        let Some(demo) = &self.demo else { return };
        let at = demo.marks.len().saturating_sub(1);
        if let Some(beat) = demo.beats.get(at).filter(|_| at < demo.heading).cloned() {
            self.begin_beat(at, &beat, true);
        }
    }

    /// Begins to play `beat`, the one with this number.
    fn begin_beat(&mut self, at: usize, beat: &Beat, hurried: bool) {
        // What was tried besides is gone, but for what the demo itself waited for.
        let back = self.has_parted(at).then(|| self.go_back(at));
        if let Some(Err(why)) = back {
            return self.ui.refuse(why);
        }
        self.rest();
        self.watch_again(at);
        if beat.reset
            && let Err(why) = self.go_back(0)
        {
            return self.ui.refuse(why);
        }
        self.caption(at + 1);
        let mut play = Play::of(self.acts(beat), true);
        play.hurried = hurried;
        self.play = Some(play);
        self.play_on();
    }

    /// Returns what `beat` does, in order.
    fn acts(&self, beat: &Beat) -> VecDeque<Act> {
        let mut acts = VecDeque::new();
        acts.extend(beat.dial.map(|dial| Act::Ask(Action::Dial, Command::TurnDial(dial))));
        let scenarios = &self.driver.session().goal().scenarios;
        let scenario = beat.surprise.as_ref().and_then(|name| scenarios.iter().position(|one| one.name == *name));
        let scenario = scenario.and_then(|at| self.scenario(at, false));
        acts.extend(scenario.map(|command| Act::Ask(Action::Surprise, command)));
        if !beat.inject.is_empty() {
            let values: IndexMap<_, _> =
                beat.inject.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect();
            acts.push_back(Act::Ask(Action::Inject, Command::Inject(values)));
        }
        acts.extend(beat.run.clone().map(|to| Run::to(to, false)));
        acts.extend(beat.replan.map(Act::Replan));
        acts.extend(beat.show.map(Act::Show));
        acts.extend(beat.why.clone().map(Act::Why));
        acts
    }

    fn beat_is_over(&mut self) {
        self.mark();
        self.head_on();
    }

    /// Keeps how the session stands before the next beat.
    fn mark(&mut self) {
        let (session, watched) = (self.driver.session().clone(), self.ui.watched().map(|watch| watch.beat));
        let cast = self.ui.present.as_ref().map(|presented| presented.cast.clone()).unwrap_or_default();
        let Some(demo) = &mut self.demo else { return };
        demo.marks.push(Mark { session, watched, cast });
        let at = demo.marks.len() - 1;
        self.caption(at);
        self.prompt(at);
    }

    /// Tells whether something was done besides the beats since the one before `at`; what a beat left to a person is not.
    fn has_parted(&self, at: usize) -> bool {
        let mark = self.demo.as_ref().and_then(|demo| demo.marks.get(at));
        mark.is_some_and(|mark| {
            let then = mark.session.state();
            let asked = then.waits_for_person() && !matches!(then.phase, Phase::Review | Phase::Deciding);
            mark.session.records().len() != self.driver.session().records().len() && !asked
        })
    }

    /// Goes back to where the session stood before the beat `at`: what came after it is gone.
    fn go_back(&mut self, at: usize) -> Result<(), String> {
        let Some(mark) = self.demo.as_ref().and_then(|demo| demo.marks.get(at)) else { return Ok(()) };
        let services = self.driver.services().clone();
        let folder = self.driver.path().parent().map(Path::to_path_buf).unwrap_or_default();
        let driver = Driver::adopt(mark.session.clone(), SessionFile::Folder(folder), services);
        let driver = driver.map_err(|trouble| trouble.message)?;
        std::mem::replace(&mut self.driver, driver).discard();
        (self.questioned, self.risked) = (None, false);
        self.rest();
        self.watch_again(at);
        // What the beat before had brought forward is there again.
        let before = at.checked_sub(1).and_then(|before| self.demo.as_ref()?.beats.get(before));
        let shown = before.map(|beat| (beat.show, beat.why.clone()));
        if let Some((show, why)) = shown {
            if let Some(show) = show {
                self.bring(show);
            }
            if let Some(why) = why {
                self.say_why(&why);
            }
        }
        let cast = self.demo.as_ref().and_then(|demo| demo.marks.get(at)).map(|mark| mark.cast.clone());
        if let (Some(cast), Some(presented)) = (cast, &mut self.ui.present) {
            presented.cast = cast;
        }
        Ok(())
    }

    /// Shows the replan that waited before the beat `at` as far as it was shown then.
    fn watch_again(&mut self, at: usize) {
        let watched = self.demo.as_ref().and_then(|demo| demo.marks.get(at)).and_then(|mark| mark.watched);
        if let Some(beat) = watched {
            self.watch(beat);
        }
    }

    /// Puts everything where a session has it that just opened: cursors, folds, what is open above it.
    fn rest(&mut self) {
        let fresh = Ui::new(self.ui.size, self.panes.len());
        let before = std::mem::replace(&mut self.ui, fresh);
        (self.ui.explores, self.ui.below, self.ui.still) = (before.explores, before.below, before.still);
        self.ui.times = false;
        self.ui.present = before.present.map(|presented| Presented { cast: Vec::new(), ..presented });
        (self.dialog, self.about) = (None, None);
        self.shown = Snapshot::at(self.driver.session(), None, None);
        if let Some(demo) = &mut self.demo {
            demo.shows = false;
        }
        self.refresh();
    }

    fn perform(&mut self, act: Act) -> Result<Done, String> {
        match act {
            Act::Ask(action, command) => {
                self.cast(action);
                self.submit(command)?;
            }
            Act::Run(run) => return self.run_on_to(run),
            Act::Replan(replan) => self.replan(replan)?,
            Act::Show(show) => self.bring(show),
            Act::Why(about) => self.say_why(&about),
        }
        Ok(Done::Through)
    }

    fn run_on_to(&mut self, run: Run) -> Result<Done, String> {
        let state = self.driver.state();
        let from = run.from.unwrap_or(state.runs.len());
        let ran = || state.runs.iter().skip(from);
        let is_there = match &run.to {
            RunTo::Steps(steps) => ran().count() >= *steps as usize,
            RunTo::Tool(tool) => ran().any(|run| run.step.tool.as_ref().unwrap_or(&run.step.id) == tool),
            RunTo::End => false,
        };
        let seen = Some(state.runs.len() + state.turns.len());
        match &acting(state).phase {
            _ if is_there => return Ok(Done::Through),
            Phase::Deciding if run.beats => {
                let next = self.ui.watched().and_then(model::Watch::next);
                return Ok(next.map_or(Done::Waits, |beat| {
                    self.watch(beat);
                    Done::On(Box::new(Act::Run(run)))
                }));
            }
            Phase::Deciding => return Ok(Done::Through),
            // What is in its way, the screen says.
            _ if seen == run.seen => return Ok(Done::Waits),
            Phase::Review => self.submit(Command::Approve(Approval::Whole))?,
            Phase::Ready if !state.is_dead_end() => {}
            Phase::Ended { .. } if state.runnable().is_some() && !state.is_react() => {}
            Phase::Reached | Phase::Ended { .. } => return Ok(Done::Through),
            // A question is a person's, whoever set it going: also that of a risky step.
            _ => return Ok(Done::Waits),
        }
        self.cast(Action::Step);
        self.submit(Command::SetPace(Pace::Steps(1)))?;
        Ok(Done::On(Box::new(Act::Run(Run { from: Some(from), seen, ..run }))))
    }

    fn replan(&mut self, replan: Replan) -> Result<(), String> {
        if self.driver.state().waiting_proposal().is_none() {
            return Ok(()); // there is none this time, or it was decided already
        }
        let beat = match replan {
            Replan::Changed => model::Beat::Landed,
            Replan::Breaks => model::Beat::Breaks,
            Replan::Rewritten | Replan::Accept | Replan::Reject => model::Beat::Rewritten,
        };
        // Where a beat has nothing to show, the next one is shown.
        let beats = self.ui.watch.as_ref().map(|watch| watch.beats.clone()).unwrap_or_default();
        let beat = beats.into_iter().find(|one| *one >= beat).unwrap_or(model::Beat::Rewritten);
        self.watch(if self.ui.still { model::Beat::Rewritten } else { beat });
        match replan {
            Replan::Accept => {
                self.cast(Action::Accept);
                self.submit(Command::Approve(Approval::Whole))
            }
            Replan::Reject => {
                self.cast(Action::Reject);
                self.submit(Command::Reject)
            }
            Replan::Changed | Replan::Breaks | Replan::Rewritten => {
                self.cast(Action::NextBeat);
                Ok(())
            }
        }
    }

    fn bring(&mut self, show: Show) {
        let (action, ask) = match show {
            Show::Plan | Show::Context | Show::Trace => {
                let (action, pane) = match show {
                    Show::Plan => (Action::PlanPane, PaneId::PLAN),
                    Show::Context => (Action::ContextPane, PaneId::CONTEXT),
                    _ => (Action::TracePane, PaneId::TRACE),
                };
                self.ui.focus = pane;
                self.ui.zoom = show != Show::Trace;
                self.list_values();
                return self.cast(action);
            }
            Show::Map => (Action::Map, DialogRequest::Map),
            Show::Evidence => (Action::Evidence, DialogRequest::Evidence),
            Show::Checklist => (Action::Checklist, DialogRequest::Checklist),
            Show::Tools => (Action::Tools, DialogRequest::Tools),
        };
        self.show_for(action, ask);
    }

    fn say_why(&mut self, about: &About) {
        let ask = match about {
            About::Key(key) => DialogRequest::WhyKey(key.to_string()),
            About::Step(step) => DialogRequest::WhyStep(step.clone()),
            About::Replan => match self.driver.state().replans.last() {
                Some(replan) => DialogRequest::WhyEvent(replan.seq),
                None => return,
            },
            About::Said(_) => return, // no beat has one: its reader says so
        };
        self.show_for(Action::Why, ask);
    }

    fn show_for(&mut self, action: Action, ask: DialogRequest) {
        self.catch_up();
        self.open(ask);
        if let Some(demo) = &mut self.demo {
            demo.shows = self.dialog.is_some();
        }
        self.cast(action);
    }

    /// Shows with which key a person does what a beat does.
    fn cast(&mut self, action: Action) {
        let modes = [Mode::Everywhere, Mode::Replan];
        let press = modes.iter().find_map(|mode| self.keymap.key_for(&[*mode], action));
        if let (Some(press), Some(presented)) = (press, &mut self.ui.present)
            && presented.cast.last().is_none_or(|(_, last)| *last != action)
        {
            presented.cast(press, action);
        }
    }

    /// Shows which beat was played last.
    fn caption(&mut self, at: usize) {
        let (Some(demo), Some(presented)) = (&self.demo, &mut self.ui.present) else { return };
        let title = at.checked_sub(1).and_then(|at| demo.beats.get(at)).map(|beat| beat.title.clone());
        presented.beat = Some(Caption { at, of: demo.beats.len(), title: title.unwrap_or_default() });
    }

    /// Leaves for the presenter what is said after the beat before `at`.
    fn prompt(&mut self, at: usize) {
        let goal = self.driver.session().goal().goal.to_string();
        let Some(demo) = &mut self.demo else { return };
        let before = at.checked_sub(1).and_then(|at| demo.beats.get(at)).cloned().unwrap_or_default();
        let sum = |beats: &[Beat]| beats.iter().map(|beat| beat.takes).sum();
        let prompt = Prompt {
            goal,
            beat: at,
            of: demo.beats.len(),
            title: before.title,
            note: before.note,
            next: demo.beats.get(at).map(|beat| beat.title.clone()),
            planned: sum(&demo.beats[..at.min(demo.beats.len())]),
            total: sum(&demo.beats),
            ..Prompt::default()
        };
        if let Some(board) = &mut demo.board {
            board.leave(prompt);
        }
    }

    /// Returns the list of the beats, the one that was played last selected.
    pub(super) fn beats(&self) -> dialogs::Opened {
        let beats = self.demo.iter().flat_map(|demo| demo.beats.iter());
        let titles: Vec<Arc<str>> = beats.map(|beat| beat.title.as_str().into()).collect();
        let shown = self.ui.present.as_ref().and_then(|presented| presented.beat.as_ref());
        dialogs::beats(&titles, shown.map_or(0, |caption| caption.at.saturating_sub(1)))
    }
}
