//! The driver: owns a session, its journal and the filter engine, and keeps the three in step.
//!
//! A screen holds one in its `select!` ([`Driver::submit`], [`Driver::next`]); a script turns it by hand
//! ([`Driver::work`]). Both go through the same door.
//!
//! **Invariant:** an event is written before anybody sees it, and on disk before anything with an effect outside
//! starts and before its outcome shows.

mod editing;
mod opening;
mod programs;
mod saving;
mod watches;

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::checks::failures::Failure;
use crate::engine::command::{Command, Refusal};
use crate::engine::effect::{CallOutcome, EffectId, Inquiry, Report};
use crate::engine::event::{Event, Recorded, Seq};
use crate::engine::foresee::Judgements;
use crate::engine::goal::Nature;
use crate::engine::notice::Notice;
use crate::engine::session::Session;
use crate::engine::state::State;
use crate::engine::value::Shared;
use crate::jq::Cancel;
use crate::tools;

use super::finding::Finding;
use super::journal::Journal;
use super::judging::Judging;
use super::perform::{perform, perform_or_say};
use super::searching::{Search, Searched, Searching};
use super::services::Services;
use super::trust::Subject;
use super::watching::Watching;
use super::{RuntimeError, clock};
pub use opening::SessionFile;
use programs::Heard;

/// One session under way.
pub struct Driver {
    session: Session,
    journal: Journal,
    services: Services,
    running: HashMap<EffectId, Cancel>,
    /// The asked step whose answer is being checked.
    answering: Option<EffectId>,
    /// The report whose event is being written, and the time of that event.
    saving: Option<saving::Saving>,
    inbox: mpsc::UnboundedReceiver<(EffectId, Option<Report>)>,
    outbox: mpsc::UnboundedSender<(EffectId, Option<Report>)>,
    judging: Judging,
    finding: Finding,
    /// What the goal would start, if it starts programs.
    subject: Option<Subject>,
    /// What of the session is not on disk as the session knows it.
    edited: editing::Edited,
    /// What the running effect says of itself.
    noticed: watch::Sender<Option<Notice>>,
    notices: watch::Receiver<Option<Notice>>,
    searching: Searching,
    watching: Watching,
    unsaved: Option<RuntimeError>,
    /// Where the session went on, where somebody took its file away or changed it, until it is said.
    rescued: Option<String>,
}

/// What [`Driver::next`] brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriverEvent {
    /// The session has new events.
    Events,
    /// It has none, but everything that it has is on disk now.
    Saved,
    /// A person's answer does not fit its step; the sentence says why. The step still waits for one.
    AnswerRefused(String),
    /// It has none, but conditions were judged that a preview waits for.
    Judged,
    /// It has none, but what runs says how far it is.
    Noticed,
    /// It has none, but what the failure checks find in it is known.
    Found,
    /// It has none, but what was looked for in it is known.
    Searched,
    /// It has none, but of what is watched more is known.
    Watched,
    /// Its file was taken away or changed by somebody else, and it was written again: the sentence says where to.
    Rescued(String),
    /// The session cannot be saved; the sentence says why. It takes no command until it can.
    Unsaved(String),
}

impl Driver {
    fn over(session: Session, journal: Journal, services: Services, is_new: bool) -> Driver {
        let (outbox, inbox) = mpsc::unbounded_channel();
        let (noticed, notices) = watch::channel(None);
        let subject = Subject::of(&session.state().goal, is_new);
        let (running, services) = (HashMap::new(), services.for_session());
        Driver {
            session,
            journal,
            services,
            running,
            answering: None,
            saving: None,
            inbox,
            outbox,
            judging: Judging::new(),
            finding: Finding::new(),
            subject,
            edited: editing::Edited::default(),
            noticed,
            notices,
            searching: Searching::new(),
            watching: Watching::new(),
            unsaved: None,
            rescued: None,
        }
    }

    /// Returns the session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Returns what effects are performed with.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Returns the state at the tip of the selected branch.
    pub fn state(&self) -> &State {
        self.session.state()
    }

    /// Returns where the session is recorded.
    pub fn path(&self) -> &Path {
        self.journal.path()
    }

    /// Returns what is known of conditions on values that the session does not have: what previews are made from.
    pub fn judgements(&self) -> &Judgements {
        self.judging.known()
    }

    /// Has `inquiries` judged, for a preview: [`Driver::next`] and [`Driver::work`] do it. What was asked before and
    /// is not among them is dropped.
    pub fn judge(&mut self, inquiries: Vec<Inquiry>) {
        self.judging.ask(inquiries);
    }

    /// Has the failure checks look at the session as it is: [`Driver::next`] and [`Driver::work`] do it.
    pub fn find_failures(&mut self) {
        self.finding.ask(self.session.state().seq);
    }

    /// Returns what the failure checks found in the session as it is; nothing until they have looked.
    pub fn failures(&self) -> &[Failure] {
        self.looked_for_failures().unwrap_or_default()
    }

    /// Returns what the failure checks found in the session as it is; none until they have looked.
    pub fn looked_for_failures(&self) -> Option<&[Failure]> {
        self.finding.found(self.session.state().seq)
    }

    /// Looks for this in the record from now on, instead of what was looked for before: [`Driver::next`] and
    /// [`Driver::work`] do it.
    pub fn search(&mut self, search: Search) {
        self.searching.ask(search);
    }

    /// Looks no further.
    pub fn end_search(&mut self) {
        self.searching.cancel();
    }

    /// Returns how many values were looked at by the search that is under way; none: none is.
    pub fn searches(&self) -> Option<usize> {
        self.searching.looked()
    }

    /// Takes what was looked for last and found, once.
    pub fn searched(&mut self) -> Option<(Search, Searched)> {
        self.searching.take()
    }

    /// Returns why the session cannot be saved, if it cannot.
    pub fn unsaved(&self) -> Option<&RuntimeError> {
        self.unsaved.as_ref()
    }

    /// Tells whether work is under way, or wanted and about to be.
    pub fn is_busy(&self) -> bool {
        !self.running.is_empty() || !self.session.wanted_ids().is_empty()
    }

    /// Carries out `command` at the tip. Call [`Driver::next`] afterwards: it starts what the session wants now.
    ///
    /// # Errors
    /// Why it was refused, or why it could not be saved.
    pub fn submit(&mut self, command: Command) -> Result<(), Refusal> {
        self.saveable()?;
        if let Command::Answer(value) = command {
            return self.answer(value);
        }
        if !matches!(command, Command::Trust(_)) {
            self.tell_trust(); // a file may have changed
        }
        tracing::debug!(?command, "asked");
        self.session.submit(command, &clock::now())?;
        self.save().map_err(cannot_be_saved)
    }

    /// Carries out `command` as of the event `moment`: in the past, on a new branch.
    ///
    /// # Errors
    /// Why it was refused, or why it could not be saved.
    pub fn submit_at(&mut self, moment: Seq, command: Command) -> Result<(), Refusal> {
        self.saveable()?;
        if let Command::Answer(_) = command
            && moment == self.state().seq
        {
            return self.submit(command);
        }
        self.session.submit_at(moment, command, &clock::now())?;
        self.tell_trust();
        self.save().map_err(cannot_be_saved)
    }

    /// Selects the branch through the event `tip`.
    ///
    /// # Errors
    /// If the session is only looked at, there is no event `tip`, or it could not be saved.
    pub fn select(&mut self, tip: Seq) -> Result<(), Refusal> {
        self.saveable()?;
        self.session.select(tip, &clock::now())?;
        self.tell_trust();
        self.save().map_err(cannot_be_saved)
    }

    /// Names the branch that begins with the event `first`, puts it away or brings it back.
    ///
    /// # Errors
    /// Why it was refused, or why it could not be saved.
    pub fn mark_branch(&mut self, first: Seq, name: Option<&str>, away: bool) -> Result<(), Refusal> {
        self.saveable()?;
        self.session.mark_branch(first, name, away, &clock::now())?;
        self.save().map_err(cannot_be_saved)
    }

    /// Makes sure that the selected branch is found again when the session is opened.
    ///
    /// # Errors
    /// Why it could not be saved.
    pub fn stay(&mut self) -> Result<(), Refusal> {
        self.saveable()?;
        self.session.stay(&clock::now());
        self.save().map_err(cannot_be_saved)
    }

    /// Returns once everything is on disk.
    ///
    /// # Errors
    /// Why the file system could not write it.
    pub fn sync(&mut self) -> Result<(), RuntimeError> {
        self.take_in_saved();
        self.keep_file()?;
        self.journal.sync()
    }

    /// Writes the session to a file of its own where somebody took its file away or changed it.
    fn keep_file(&mut self) -> Result<(), RuntimeError> {
        if let Some(what) = self.journal.lost() {
            let before = self.journal.path().to_path_buf();
            let lost = format!("{} {what} while it was open", before.display());
            let rescued = self.journal.rescue(self.session.records());
            rescued.map_err(|error| RuntimeError::new(format!("{lost}, and {}", error.message)))?;
            let place = match self.journal.path() == before {
                true => "it was written again, whole".to_owned(),
                false => format!("the session goes on, whole, in {}", self.journal.path().display()),
            };
            tracing::warn!(%lost, path = %self.journal.path().display(), "the session was written again");
            self.rescued = Some(format!("{lost}: {place}"));
        }
        Ok(())
    }

    /// Takes the sentence on where the session went on after somebody took its file away or changed it, once.
    pub fn rescued(&mut self) -> Option<String> {
        self.rescued.take()
    }

    /// Starts what the session wants, drops what it no longer wants, and waits for the next thing that happens.
    ///
    /// Waits for ever where nothing is under way. May be dropped and called again at any time. Needs a tokio runtime.
    pub async fn next(&mut self) -> DriverEvent {
        loop {
            if let Some(said) = self.rescued() {
                return DriverEvent::Rescued(said);
            }
            if let Some(error) = self.start_wanted() {
                return DriverEvent::Unsaved(error.message);
            }
            self.judging.start(&self.services);
            self.finding.start(&self.session, &self.services);
            self.searching.start(&self.session, &self.services);
            self.watching.start(&self.services);
            let due = self.journal.sync_due();
            let (id, report) = tokio::select! {
                biased;
                Some(answer) = self.inbox.recv() => answer,
                () = self.judging.judged() => return DriverEvent::Judged,
                () = self.finding.next() => return DriverEvent::Found,
                Ok(()) = self.notices.changed() => return DriverEvent::Noticed,
                () = self.searching.next() => return DriverEvent::Searched,
                () = pass(due) => return match self.sync() {
                    Ok(()) => DriverEvent::Saved,
                    Err(error) => self.cannot_save(error),
                },
                () = self.watching.next(&self.session) => return DriverEvent::Watched,
            };
            if let Some(moved) = self.take_in(id, report) {
                return moved;
            }
        }
    }

    /// Does the next thing that the session wants, here and now. Returns whether there was one.
    ///
    /// Where it was cancelled, it was not done and is still wanted: look at `cancel` afterwards.
    ///
    /// # Errors
    /// Why what followed could not be saved.
    pub fn work(&mut self, cancel: &Cancel) -> Result<bool, RuntimeError> {
        if cancel.is_cancelled() {
            return Ok(false);
        }
        let Some(effect) = self.session.wants().into_iter().next() else {
            return Ok(self.judging.judge_now(&self.services, cancel)
                || self.searching.look_now(&self.session, &self.services, cancel)
                || self.finding.find_now(&self.session, &self.services, cancel)
                || self.watching.work(&self.session, &self.services, cancel));
        };
        if effect.reaches_outside() {
            self.sync()?;
        }
        if let Some(report) = perform(&effect, &self.services, cancel) {
            // A refusal means that the session moved on meanwhile: it wants something else now.
            let _ = self.session.submit(Command::Report(effect.id(), report), &clock::now());
            self.save()?;
        }
        Ok(true)
    }

    /// Answers the step that waits for a person, here and now. The sentence says why the answer does not fit.
    ///
    /// # Errors
    /// Why nobody is asked, or why the answer does not fit.
    pub fn answer_now(&mut self, value: Shared, cancel: &Cancel) -> Result<(), Refusal> {
        self.saveable()?;
        let (id, call) = self.asked()?;
        let report = tools::answer(&call, value, &self.services.jq, cancel);
        if let CallOutcome::Failed(why) = &report.outcome {
            return Err(Refusal::new(why.to_string()));
        }
        self.session.submit(Command::Report(id, Report::Call(report)), &clock::now())?;
        self.save().map_err(cannot_be_saved)
    }

    fn asked(&self) -> Result<(EffectId, crate::engine::effect::Call), Refusal> {
        super::perform::asked(self.state())
    }

    /// Returns what the step that waits for a person asks, its filters filled in.
    pub fn question(&self) -> Option<String> {
        let (_, call) = self.asked().ok()?;
        tools::ask::question(&call, &self.services.jq)
    }

    /// Tells whether an answer is being checked.
    pub fn is_answering(&self) -> bool {
        self.answering.is_some_and(|id| self.running.contains_key(&id))
    }

    /// Checks an answer off the screen's thread: an `ensures` of its tool is user code.
    fn answer(&mut self, value: Shared) -> Result<(), Refusal> {
        let (id, call) = self.asked()?;
        if self.answering == Some(id) {
            return Err(Refusal::new("your answer is being checked"));
        }
        let cancel = Cancel::new();
        self.running.insert(id, cancel.clone());
        self.answering = Some(id);
        let (services, outbox) = (self.services.clone(), self.outbox.clone());
        tokio::task::spawn_blocking(move || {
            let report = tools::answer(&call, value, &services.jq, &cancel);
            let _ = outbox.send((id, Some(Report::Call(report)))); // nobody listens where the driver is gone
        });
        Ok(())
    }

    fn start_wanted(&mut self) -> Option<RuntimeError> {
        if self.unsaved.is_some() {
            return None;
        }
        let wanted = self.session.wanted_ids();
        let answering = self.answering.filter(|id| self.asked().is_ok_and(|(asked, _)| asked == *id));
        self.answering = answering;
        self.running.retain(|id, cancel| {
            let is_wanted = Some(*id) == answering || wanted.contains(id);
            if !is_wanted {
                cancel.cancel();
            }
            is_wanted
        });
        // Every key wakes the driver: the requests, with all the facts, are only made for what is new.
        if wanted.iter().all(|id| self.running.contains_key(id)) {
            return None;
        }
        for effect in self.session.wants() {
            let id = effect.id();
            if self.running.contains_key(&id) {
                continue;
            }
            if effect.reaches_outside()
                && let Err(error) = self.sync()
            {
                self.unsaved = Some(error.clone());
                return Some(error);
            }
            let cancel = Cancel::new();
            tracing::debug!(?id, "an effect starts");
            self.running.insert(id, cancel.clone());
            let (services, outbox) = (self.services.clone(), self.outbox.clone());
            let heard = Heard { of: id, noticed: self.noticed.clone() };
            tokio::task::spawn_blocking(move || {
                let report = perform_or_say(&effect, &services, &cancel, &heard);
                let _ = outbox.send((id, report)); // nobody listens where the driver is gone
            });
        }
        None
    }

    /// Brings a report in, if anybody still waits for it.
    fn take_in(&mut self, id: EffectId, report: Option<Report>) -> Option<DriverEvent> {
        // One event after the other: what is being saved comes first.
        match (self.take_in_saved(), self.take_in_report(id, report)) {
            // What says more is said: whoever hears it looks for events, too.
            (Some(DriverEvent::Events), Some(reported)) => Some(reported),
            (saved, reported) => saved.or(reported),
        }
    }

    fn take_in_report(&mut self, id: EffectId, report: Option<Report>) -> Option<DriverEvent> {
        let cancel = self.running.get(&id)?.clone();
        if let Some(report) = report.as_ref().filter(|_| !cancel.is_cancelled())
            && self.save_beside(id, report)
        {
            return None;
        }
        self.running.remove(&id);
        let answered = self.answering.take_if(|answering| *answering == id).is_some();
        tracing::debug!(?id, cancelled = cancel.is_cancelled(), broken = report.is_none(), "an effect ended");
        let report = report.filter(|_| !cancel.is_cancelled())?;
        if answered
            && let Report::Call(call) = &report
            && let CallOutcome::Failed(why) = &call.outcome
        {
            return Some(DriverEvent::AnswerRefused(why.to_string()));
        }
        self.session.submit(Command::Report(id, report), &clock::now()).ok()?;
        Some(match self.save() {
            Ok(()) => DriverEvent::Events,
            Err(error) => self.cannot_save(error),
        })
    }

    /// Writes the events that are new; syncs where that cannot wait.
    fn save(&mut self) -> Result<(), RuntimeError> {
        let known = usize::try_from(self.journal.last()).unwrap_or(usize::MAX);
        let new = self.session.records().get(known..).unwrap_or_default();
        let at_once = new.iter().any(|record| touches_outside(self.session.state(), record));
        // Between two syncs nobody looks: the next one does.
        let kept = if self.journal.sync_due().is_none() { self.keep_file() } else { Ok(()) };
        let mut saved = kept.and_then(|()| self.journal.append(self.session.records()));
        if saved.is_ok() && (at_once || self.journal.sync_due() == Some(Duration::ZERO)) {
            saved = self.sync();
        }
        if let Err(error) = &saved {
            tracing::error!(path = %self.journal.path().display(), %error, "the session cannot be saved");
        }
        self.unsaved = saved.clone().err();
        saved
    }

    fn cannot_save(&mut self, error: RuntimeError) -> DriverEvent {
        self.unsaved = Some(error.clone());
        DriverEvent::Unsaved(error.message)
    }

    /// Tries once more to save what could not be saved; refuses to go on while that fails.
    fn saveable(&mut self) -> Result<(), Refusal> {
        if self.saving.is_some() {
            return Err(Refusal::new("a long value is being saved; press the key again in a moment"));
        }
        if self.unsaved.is_some() {
            self.sync().map_err(cannot_be_saved)?;
            self.unsaved = None;
        }
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        for cancel in self.running.values() {
            cancel.cancel();
        }
        self.finding.cancel();
        self.searching.cancel();
        self.watching.cancel();
    }
}

/// Waits until `time` has passed; for ever where there is nothing to wait for.
async fn pass(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

fn cannot_be_saved(error: RuntimeError) -> Refusal {
    Refusal::new(format!("the session cannot be saved: {}", error.message))
}

/// Tells whether `record` is about the start or the outcome of a step, or of a request for a plan, that is not pure.
fn touches_outside(state: &State, record: &Recorded) -> bool {
    event_touches_outside(state, &record.event)
}

fn event_touches_outside(state: &State, event: &Event) -> bool {
    if let Event::Inner { event } = event {
        // A loop that is over is kept with its run: its last event is an outcome like any other.
        let inside = state.runs.last().and_then(|run| state.loop_of(run));
        return inside.is_none_or(|inside| event_touches_outside(inside, event));
    }
    if event.is_decision() || event.is_end() || matches!(event, Event::PlanRequested { .. }) {
        return state.planner_asked().is_some_and(super::super::engine::settings::PlannerChoice::reaches_outside);
    }
    let about_a_run = event.leaves_step_open() || event.ends_step();
    let Some(step) = event.step().filter(|_| about_a_run) else { return false };
    let tool = state.run(step).and_then(|run| run.step.tool_in(&state.goal.tools));
    tool.is_none_or(|tool| matches!(tool.run.nature, Nature::Outside | Nature::Asked))
}
