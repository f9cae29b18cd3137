//! One open session on the screen: inputs in, commands out, and what is shown kept up to date.

use std::time::Instant;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::describe::frame::acting;
use crate::describe::text;
use crate::engine::command::Command;
use crate::engine::event::Seq;
use crate::engine::notice::{Notice, Progress};
use crate::engine::plan::StepId;
use crate::engine::state::Phase;
use crate::runtime::driver::{Driver, DriverEvent};
use crate::runtime::remembered::Remembered;
use crate::runtime::stressing::Tried;
use crate::ui::action::Action;
use crate::ui::dialogs::{Drafts, Opened};
use crate::ui::external;
use crate::ui::input::Input;
use crate::ui::keymap::Keymap;
use crate::ui::navigate::Destination;
use crate::ui::screen::Request;
use crate::ui::session::change::{Change, DialogRequest};
use crate::ui::session::demo::{Demo, Play};
use crate::ui::session::draw::Frame;
use crate::ui::session::lesson::Tutor;
use crate::ui::session::lists;
use crate::ui::session::model::Ui;
use crate::ui::session::offers::Servers;
use crate::ui::session::pane::{Pane, PaneId};
use crate::ui::session::panes;
use crate::ui::session::snapshot::Snapshot;
use crate::ui::session::update::interpret;
use crate::ui::session::view::View;
use crate::ui::theme::Theme;
use crate::ui::widgets::status_line::{About, Toast};

/// A session with its screen.
pub struct App {
    pub(crate) driver: Driver,
    pub(crate) ui: Ui,
    pub(crate) shown: Snapshot,
    pub(crate) keymap: Keymap,
    pub(crate) theme: Theme,
    pub(crate) dialog: Option<Opened>,
    /// The step whose loop the open dialog is about; none: the session itself.
    pub(crate) about: Option<StepId>,
    pub(crate) drafts: Drafts,
    /// What only the event loop can do, until the input was acted on.
    pub(crate) requests: Vec<Request>,
    /// The words of the goal on the command line, for the line that reproduces the session.
    pub(super) named: Option<String>,
    pub(super) started: Option<(Seq, Instant)>,
    /// The start of the step whose question was put to the person last.
    pub(super) questioned: Option<Seq>,
    /// Whether a risky step waited for approval already.
    pub(super) risked: bool,
    /// The row of the context that a person went to, until the rows of the shown moment are listed.
    pub(super) held: Option<lists::context::Held>,
    /// Whether [`App::catch_up`] has something to derive.
    pub(super) behind: bool,
    /// The panes, in the order of Tab.
    pub(super) panes: &'static [&'static dyn Pane],
    /// The last frame: what a click means.
    pub(super) frame: Option<Frame>,
    /// Whether what becomes of the breakpoints is remembered of the goal file.
    pub(super) remembers: bool,
    /// The event of the hit that was told last.
    pub(super) told: Option<Seq>,
    /// What the start screen asked for, until the plan is there.
    pub(super) beginning: Vec<Command>,
    /// Who follows the session for the lesson of its goal.
    pub(super) tutor: Option<Tutor>,
    /// What goes on by itself before an audience.
    pub(super) play: Option<Play>,
    /// The demo that is played.
    pub(super) demo: Option<Demo>,
    /// What an audience is not to read.
    pub(super) secrets: Vec<String>,
    /// The content that a person was asked to trust last.
    pub(super) to_trust: Option<String>,
    /// What the MCP servers of the goal offer.
    pub(super) servers: Servers,
}

impl App {
    /// Returns the screen of the session of `driver`.
    pub fn new(driver: Driver, keymap: Keymap, theme: Theme, size: (u16, u16)) -> App {
        App::with_panes(driver, keymap, theme, size, panes::PANES)
    }

    /// Returns the screen of the session of `driver` with these panes, of which there is at least one.
    pub fn with_panes(
        driver: Driver,
        keymap: Keymap,
        theme: Theme,
        size: (u16, u16),
        panes: &'static [&'static dyn Pane],
    ) -> App {
        let shown = Snapshot::at(driver.session(), None, None);
        let mut ui = Ui::new(size, panes.len());
        ui.explores = driver.session().goal().explores();
        let (dialog, drafts, requests) = (None, Drafts::default(), Vec::new());
        // A question of an earlier sitting waits until it is asked for: nobody has set the step going just now.
        let questioned = match driver.state().phase {
            Phase::Running { started, .. } => Some(started),
            _ => None,
        };
        let risked = matches!(acting(driver.state()).phase, Phase::Approving);
        let mut app = App {
            driver,
            ui,
            shown,
            keymap,
            theme,
            dialog,
            about: None,
            drafts,
            requests,
            named: None,
            started: None,
            questioned,
            risked,
            held: None,
            behind: false,
            panes,
            frame: None,
            remembers: false,
            told: None,
            beginning: Vec::new(),
            tutor: None,
            play: None,
            demo: None,
            secrets: Vec::new(),
            to_trust: None,
            servers: Servers::default(),
        };
        app.begin_lesson();
        app.refresh();
        app
    }

    /// Returns the driver.
    pub fn driver(&mut self) -> &mut Driver {
        &mut self.driver
    }

    /// Remembers the words of the goal on the command line, for the line that reproduces the session.
    pub fn named(mut self, named: String) -> App {
        self.named = Some(named);
        self
    }

    /// Returns what a screen is made from now.
    pub fn view(&self) -> View<'_> {
        View {
            session: self.driver.session(),
            shown: &self.shown,
            found: self.driver.looked_for_failures().filter(|_| !self.shown.past),
            watching: self.driver.watching(),
            searches: self.driver.searches(),
            ui: &self.ui,
            panes: self.panes,
            keymap: &self.keymap,
            theme: &self.theme,
            elapsed: self.started.map(|(_, since)| since.elapsed()),
        }
    }

    /// Says above an open dialog that a proposal waits, and returns the room that is left for the dialog.
    pub(super) fn banner(&self, area: Rect, buf: &mut Buffer) -> Rect {
        let Some(replan) = self.driver.state().waiting_proposal().filter(|_| area.height > 8 && !self.shows_for_beat())
        else {
            return area;
        };
        let (short, width) = (" ! a replan is proposed and waits for this", usize::from(area.width));
        let whole = format!("{short}: {}", replan.proposal.cause.message());
        let whole = if self.view().poses() || text::width(&whole) > width { short } else { &whole };
        let row = Rect { height: 1, ..area };
        ratatui::widgets::Widget::render(ratatui::widgets::Clear, row, buf);
        let line = text::clip(&crate::describe::sanitize::harmless(whole), width);
        buf.set_string(row.x, row.y, line, self.theme.style(crate::describe::sign::Role::Warning));
        Rect { y: area.y + 1, height: area.height - 1, ..area }
    }

    pub(super) fn act_on(&mut self, input: &Input) {
        if let Input::Resized { width, height } = input {
            self.ui.size = (*width, *height);
            self.list_values();
        }
        if self.behind && !self.only_looks(input) {
            self.catch_up();
        }
        if self.demo_input(input) {
            return;
        }
        match self.dialog.take() {
            Some(dialog) => self.dialog_input(dialog, input),
            None if self.type_answer(input) => {}
            None => match input {
                Input::Key(press) if self.count(*press) => {}
                Input::Key(press) => {
                    self.ui.toast = None;
                    let counted = self.ui.times_over.take();
                    let action = self.keymap.action(&self.view().modes(), *press);
                    match action {
                        Some(action) => {
                            if let Some(presented) = &mut self.ui.present {
                                presented.cast(*press, action);
                            }
                            self.ui.number = press.typed().and_then(|c| c.to_digit(10));
                            match counted {
                                Some(count) => self.act_counted(action, count),
                                None => self.act(action),
                            }
                            self.ui.number = None;
                        }
                        None => self
                            .ui
                            .refuse(format!("{press} means nothing here; \x01help\x02 shows every key that does")),
                    }
                }
                Input::Mouse { act, column, row } => self.mouse(*act, *column, *row),
                Input::Paste(_) => self.ui.refuse("text was pasted, and no field is open to take it"),
                Input::Resized { .. } => {}
            },
        }
        self.judge_what_is_foreseen();
    }

    /// Tells whether `input` moves through the moments: that needs nothing that is derived for a frame.
    fn only_looks(&self, input: &Input) -> bool {
        match input {
            Input::Key(press) if self.dialog.is_none() => {
                let action = self.keymap.action(&self.view().modes(), *press);
                matches!(action, Some(Action::Back | Action::Forward | Action::Now))
            }
            Input::Key(_) | Input::Mouse { .. } | Input::Paste(_) | Input::Resized { .. } => false,
        }
    }

    /// Carries out `action`, or says why not.
    pub fn act(&mut self, action: Action) {
        match interpret(&self.view(), action) {
            Ok(changes) => {
                for change in changes {
                    if !self.carry_out(change) {
                        break;
                    }
                }
                self.note_doing(action);
            }
            // Where there is nothing to say, a key that does nothing is no mistake.
            Err(why) if why.is_empty() => {}
            Err(why) => self.ui.refuse(why),
        }
        // Why it is not possible now may be otherwise once something happens.
        let now = self.driver.state().seq;
        if let Some(toast) = self.ui.toast.as_mut().filter(|toast| toast.about == About::Refused) {
            toast.at = Some(now);
        }
    }

    /// Takes in what the driver brought.
    pub fn moved(&mut self, moved: DriverEvent) {
        match moved {
            DriverEvent::Events | DriverEvent::Found => {
                // What was heard of a program is not news once it has ended, nor is what was so before.
                let now = self.driver.state().seq;
                let holds = |toast: &Toast| toast.about != About::Heard && toast.at.is_none_or(|at| at == now);
                self.ui.toast = self.ui.toast.take().filter(holds);
                self.refresh();
            }
            DriverEvent::Searched => {}
            DriverEvent::Watched => self.follow_watches(),
            DriverEvent::Saved => {}
            DriverEvent::Noticed => {
                if let Some(Notice { progress: Progress::Line(line), .. }) = self.driver.notice() {
                    self.ui.note(About::Heard, line.to_string());
                }
            }
            DriverEvent::Judged => self.judge_what_is_foreseen(),
            DriverEvent::AnswerRefused(why) => {
                self.refresh();
                if self.dialog.is_none() && !self.shown.past && self.driver.state().asks().is_some() {
                    self.open(DialogRequest::Answer);
                }
                match &mut self.dialog {
                    Some(dialog) if dialog.answers() => dialog.refuse(&self.keymap.fill(&[], &why)),
                    Some(_) | None => self.ui.refuse(why),
                }
            }
            DriverEvent::Rescued(what) => self.ui.note(About::Note, what),
            DriverEvent::Unsaved(why) => {
                self.refresh();
                self.ui.refuse(format!("the session cannot be saved: {why}"));
            }
        }
        self.follow_search();
    }

    /// Asks for these as soon as the first plan waits for approval.
    pub fn begin(&mut self, commands: Vec<Command>) {
        self.beginning = commands;
        self.refresh();
    }

    /// Says what to try, which may be a question: what is wrong with the plan is not told before a person has looked.
    pub fn pose(&mut self, hint: String) {
        self.ui.posed = true;
        self.ui.note(About::Hint, hint);
        self.refresh();
    }

    /// Says what there is to say when the session opens.
    pub fn note(&mut self, about: About, words: impl Into<String>) {
        self.ui.note(about, words);
    }

    /// Asks the session for `command` at the moment that is shown; in the past it asks whether to fork first.
    pub(crate) fn submit(&mut self, command: Command) -> Result<(), String> {
        if self.shown.past {
            self.ask_to_fork(command);
            return Ok(());
        }
        let edited = edits_in_place(&command).then(|| {
            let view = self.view();
            let at = lists::plan::selected(&view);
            (at, lists::plan::item(&view, at).and_then(|item| item.step()).map(|step| step.id.clone()))
        });
        let off = match &command {
            Command::SkipStep { step, skip: true } => Some((step.clone(), self.driver.state().deviations.clone())),
            _ => None, // nothing is switched off
        };
        self.driver.submit(command).map_err(|refusal| refusal.message)?;
        self.ui.posed = false;
        self.refresh();
        // Whom a step starves that is switched off is said at once, where no proposal shows it.
        if let Some((step, before)) = off.filter(|_| self.ui.watched().is_none())
            && let Some(new) = self.driver.state().deviations.iter().find(|one| !before.contains(one))
        {
            self.ui.note(About::Note, format!("{step} is off: {}", new.message));
        }
        // Who edits a step goes on to look at it, whatever comes next.
        if let Some((at, id)) = edited
            && self.ui.watch.is_none()
        {
            let view = self.view();
            let same =
                |at: &usize| lists::plan::item(&view, *at).and_then(|item| item.step()).map(|s| &s.id) == id.as_ref();
            let place = (0..lists::plan::count(&view)).find(same).unwrap_or(at);
            self.ui.select(PaneId::PLAN, Some(place));
        }
        Ok(())
    }

    /// Asks the session for `command` as of `moment`, on a branch of its own.
    pub(crate) fn submit_at(&mut self, moment: Seq, command: Command) -> Result<(), String> {
        self.driver.submit_at(moment, command).map_err(|refusal| refusal.message)?;
        self.ui.looking = None;
        self.refresh();
        self.ui.say(format!("forked at event {moment}; the other branch is kept (\x01branch\x02)"));
        Ok(())
    }

    pub(super) fn carry_out(&mut self, change: Change) -> bool {
        match change {
            Change::Submit(command) => {
                if let Err(why) = self.submit(command) {
                    self.ui.refuse(why);
                    return false;
                }
                return self.dialog.is_none();
            }
            Change::RunOn => self.run_on(),
            Change::Focus(pane) => self.ui.focus = pane,
            Change::Cursor(pane, at) => self.ui.select(pane, at),
            Change::Zoom(zoom) => self.ui.zoom = zoom,
            Change::Split(split) => {
                self.ui.split = split;
                self.list_values();
                self.remember_panes();
            }
            Change::MapBeside(beside) => {
                self.ui.map = beside;
                self.list_values();
                self.remember_panes();
            }
            Change::Light(Some(subject)) => self.light(subject),
            Change::Light(None) => self.light_nothing(),
            Change::Look(at) => {
                self.ui.looking = at;
                self.ui.select(PaneId::TRACE, None);
                self.ui.select(PaneId::PLAN, None);
                self.refresh();
            }
            Change::Fold(path, open) => {
                self.ui.folds.open.insert(path, open);
                self.list_values();
            }
            Change::Piece(path, from) => self.list_piece(path, from),
            Change::Seek(text) => self.seek_values(text),
            Change::Hit(at) => self.go_to_hit(at),
            Change::Pager(paged) => self.requests.push(Request::Page(paged)),
            Change::Editor(ask) => self.edit_outside(ask),
            Change::FoldLoop(id, open) => {
                self.ui.loops.insert(id, open);
                self.list_values();
            }
            Change::KeepMoment(at) => self.ui.moment = at,
            Change::Watch(beat) => self.watch(beat),
            Change::Aside => {
                if let Some(watch) = &mut self.ui.watch {
                    watch.aside = true;
                    self.refresh();
                    let waits = Toast::new(About::Done, "the proposal waits; \x01step\x02 shows it again");
                    self.ui.toast = Some(Toast { at: Some(self.driver.state().seq), ..waits });
                }
            }
            Change::Hunk(id) => {
                if let Some(watch) = &mut self.ui.watch
                    && !watch.out.remove(&id)
                {
                    watch.out.insert(id);
                }
            }
            Change::Predict(step) => {
                if let Some(watch) = &mut self.ui.watch {
                    let dropped = watch.predicted.get_or_insert_default();
                    if let Some(step) = step.filter(|step| !dropped.remove(step)) {
                        dropped.insert(step);
                    }
                }
            }
            Change::Lesson(act) => self.act_in_lesson(act),
            Change::Present(act) => self.act_presented(act),
            Change::FindEnd => {
                self.ui.find = None;
                self.ui.hits = None;
                self.driver.end_search();
                self.shown.seek(self.driver.session(), None);
            }
            Change::Break(command) => {
                if let Err(why) = self.change_breakpoint(command) {
                    self.ui.refuse(why);
                }
            }
            Change::Search(search) => self.search(search),
            Change::Watches(act) => self.change_watches(act),
            Change::Row(seq) => self.select_row(seq),
            Change::Report(shown) => {
                self.ui.report_away = !shown;
                self.ui.reset(PaneId::TRACE);
            }
            Change::Copy(text, what) if text.len() > external::CLIPBOARD => {
                self.ui.refuse(external::too_long(&what, text.len()));
            }
            Change::Copy(text, what) => {
                self.requests.push(Request::Copy(text));
                self.ui.say(format!("copied {what} to the clipboard of your terminal"));
            }
            Change::Open(ask) => {
                // Who asks for the help has found it: the guide need not point there any longer.
                if ask == DialogRequest::Help && std::mem::take(&mut self.ui.guided) {
                    Remembered::change(|remembered| remembered.guide_away = true);
                }
                self.open(ask);
            }
            Change::Say(words) => self.ui.say(words),
            Change::TakeOver => self.take_over(),
            Change::Compare => self.compare(None),
            Change::Stress => {
                let session = Box::new(self.driver.session().clone());
                self.requests.push(Request::Open(Destination::Stress(Box::new(Tried::Session(session)))));
            }
            Change::TryNext(at) => {
                self.try_next(at);
            }
            Change::Suspend => self.requests.push(Request::Suspend),
            Change::Quit => {
                self.remember_panes();
                self.requests.push(Request::Leave);
            }
        }
        true
    }

    /// Asks for the strategies side by side on copies of the session's goal; the session waits below them.
    pub(super) fn compare(&mut self, scenario: Option<String>) {
        // What may still be unsynced is, while nobody listens to the driver.
        if let Err(trouble) = self.driver.sync() {
            return self.ui.refuse(format!("the session cannot be saved: {trouble}"));
        }
        let goal = self.driver.session().goal().clone();
        self.requests.push(Request::Open(Destination::Lanes { goal, scenario }));
    }

    /// Says what waits below: quitting goes back to it.
    pub fn stand_above(&mut self, below: Option<&'static str>) {
        self.ui.below = below;
    }

    /// Shows or hides what the signs mean.
    pub fn guide(&mut self, guided: bool) {
        self.ui.guided = guided;
    }

    /// Gives the whole screen to `pane`.
    pub fn show_alone(&mut self, pane: PaneId) {
        self.ui.focus = pane;
        self.ui.zoom = true;
    }

    /// Shows or hides durations.
    pub fn show_times(&mut self, times: bool) {
        self.ui.times = times;
    }
}

/// Tells whether `command` changes the remaining plan at a place that somebody looks at.
fn edits_in_place(command: &Command) -> bool {
    matches!(
        command,
        Command::ChangeStep { .. } | Command::DeleteStep(_) | Command::MoveStep { .. } | Command::SkipStep { .. }
    )
}
