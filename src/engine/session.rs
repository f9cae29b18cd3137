//! One session: all its events, its branches, and the only door to them.

use std::sync::Arc;

use super::advance::advance;
use super::branches::{self, Branch, Marks};
use super::command::{Command, Refusal};
use super::decide::decide;
use super::effect::{Effect, EffectId};
use super::event::{Event, Outcome, Pace, Recorded, Seq, Settings};
use super::foresee::{Foreseen, Judgements, foresee};
use super::goal::Goal;
use super::kept::Kept;
use super::state::{Phase, State};

/// The version of the journal that this program writes.
pub const FORMAT: u32 = 1;

/// How many events a session has room for when it is opened again: what resuming it adds mostly fits.
const RESUMING: usize = 64;

/// Why records make no session that do not begin with one.
const OPENS_NONE: &str = "the first event does not open a session";

/// A goal with its trace: events of all branches, the state at the tip of the selected one.
#[derive(Clone, Debug)]
pub struct Session {
    goal: Arc<Goal>,
    /// Shared: whoever looks through a session off the screen has it as it was then, at the cost of a pointer an event.
    records: Vec<Arc<Recorded>>,
    kept: Kept,
    path: Vec<Seq>,
    state: State,
    /// What was said of branches.
    pub(super) marks: Marks,
}

impl Session {
    /// Opens a new session on `goal`: records that it was opened, and what follows.
    pub fn open(goal: Arc<Goal>, settings: Settings, at: &str) -> Session {
        let mut session = Session::empty(goal.clone());
        let opened = Event::Opened {
            format: FORMAT,
            source: goal.source.clone(),
            folder: goal.folder.clone(),
            file: goal.file.clone(),
            settings,
        };
        session.append(opened, &at.into());
        session.settle(&at.into());
        session
    }

    /// Opens a recorded session. It is *held*: it wants nothing until [`Session::resume`].
    ///
    /// `goal` is the one read from the first event's source. Returns a sentence if the records make no session.
    ///
    /// # Errors
    /// A sentence that says why the records make no session.
    pub fn reopen(goal: Arc<Goal>, records: Vec<Arc<Recorded>>) -> Result<Session, String> {
        let mut session = Session::empty(goal);
        let mut follow = records.len();
        if follow == 0 {
            return Err(OPENS_NONE.into());
        }
        for record in records {
            follow -= 1;
            session.take_up(record, follow)?;
        }
        Ok(session)
    }

    /// Opens a recorded session of which only the first event is at hand: the others go to [`Session::take_up`].
    ///
    /// # Errors
    /// A sentence that says why it begins no session.
    pub fn reopen_at(goal: Arc<Goal>, first: Arc<Recorded>, follow: usize) -> Result<Session, String> {
        let mut session = Session::empty(goal);
        session.take_up(first, follow)?;
        Ok(session)
    }

    /// Takes up the next recorded event of a session that is being opened; so many are known to follow.
    ///
    /// # Errors
    /// A sentence that says why it does not belong there.
    pub fn take_up(&mut self, record: Arc<Recorded>, follow: usize) -> Result<(), String> {
        let next = self.records.len() as Seq + 1;
        if next == 1 {
            if !matches!(record.event, Event::Opened { .. }) {
                return Err(OPENS_NONE.into());
            }
            self.records.reserve_exact(follow.saturating_add(RESUMING));
        }
        if record.seq != next {
            return Err(format!("event {} stands where event {next} should", record.seq));
        }
        match record.parent {
            None if next == 1 => {}
            Some(parent) if parent >= 1 && parent < next => {
                if Some(parent) != self.path.last().copied() {
                    self.go_to(parent);
                }
            }
            _ => return Err(format!("event {next} follows an event that does not exist")),
        }
        self.records.push(record);
        self.state.held = false;
        self.fold(self.records.len() - 1, follow);
        self.state.held = true;
        Ok(())
    }

    /// Lets a reopened session go on, paused: a step in flight that is not pure is *interrupted*, and so is a planner
    /// that was asked and reaches outside.
    pub fn resume(&mut self, at: &str) -> &[Arc<Recorded>] {
        let from = self.records.len();
        self.state.held = false;
        let at: Arc<str> = at.into();
        if let Some(interrupted) = interruption(&self.state) {
            self.append(interrupted, &at);
        }
        if self.state.pace != Pace::Paused || self.state.innermost().pace != Pace::Paused {
            self.append(Event::Paced { pace: Pace::Paused }, &at);
        }
        self.settle(&at);
        &self.records[from..]
    }

    /// Carries out `command` at the tip. Returns the events that it added, or why it was refused (nothing changed).
    ///
    /// # Errors
    /// Why it was refused; nothing changed.
    pub fn submit(&mut self, command: Command, at: &str) -> Result<&[Arc<Recorded>], Refusal> {
        if self.state.held {
            return Err(Refusal::new("this session is only looked at; resume it to act"));
        }
        let event = decide(&self.state, command)?;
        let from = self.records.len();
        let at: Arc<str> = at.into();
        self.append(event, &at);
        self.settle(&at);
        Ok(&self.records[from..])
    }

    /// Returns the event that [`Session::submit`] would record first, and changes nothing.
    ///
    /// # Errors
    /// Why it would be refused.
    pub fn would_record(&self, command: Command, at: &str) -> Result<Recorded, Refusal> {
        let event = decide(&self.state, command)?;
        let (seq, parent) = (self.records.len() as Seq + 1, self.path.last().copied());
        Ok(Recorded { seq, parent, at: at.into(), event })
    }

    /// Carries out `command` as of the event `moment`: at the tip like [`Session::submit`], in the past on a new branch.
    ///
    /// # Errors
    /// Why it was refused; nothing changed.
    pub fn submit_at(&mut self, moment: Seq, command: Command, at: &str) -> Result<&[Arc<Recorded>], Refusal> {
        if self.path.last() == Some(&moment) {
            return self.submit(command, at);
        }
        if self.state.held {
            return Err(Refusal::new("this session is only looked at; resume it to act"));
        }
        let Some(mut past) = self.state_at(moment) else {
            return Err(Refusal::new(format!("there is no event {moment}")));
        };
        // What was under way then is not under way on the new branch.
        rest(&mut past);
        let event = decide(&past, command)?;
        let from = self.records.len();
        let at: Arc<str> = at.into();
        self.select_quietly(moment, &at);
        self.append(event, &at);
        self.settle(&at);
        Ok(&self.records[from..])
    }

    /// Returns what `command` would lead to as of the event `moment`, as [`Session::submit_at`] would carry it out.
    ///
    /// # Errors
    /// The refusal, where the command would be refused.
    pub fn foresee_at(&self, moment: Seq, command: Command, known: &Judgements) -> Result<Foreseen, Refusal> {
        if self.path.last() == Some(&moment) {
            return foresee(&self.state, command, known);
        }
        let mut past = self.state_at(moment).ok_or_else(|| Refusal::new(format!("there is no event {moment}")))?;
        rest(&mut past);
        foresee(&past, command, known)
    }

    /// Selects the branch through the event `tip`. Nothing runs by itself there. That is an event of its own, unless the
    /// branch was selected before and nothing was done on it since: who goes back and forth leaves no more behind.
    ///
    /// # Errors
    /// If the session is only looked at, or there is no event `tip`.
    pub fn select(&mut self, tip: Seq, at: &str) -> Result<&[Arc<Recorded>], Refusal> {
        if self.state.held {
            return Err(Refusal::new("this session is only looked at; resume it to act"));
        }
        if self.record(tip).is_none() {
            return Err(Refusal::new(format!("there is no event {tip}")));
        }
        let from = self.records.len();
        let at: Arc<str> = at.into();
        if self.path.last() != Some(&tip) {
            self.select_quietly(tip, &at);
            self.settle(&at);
        }
        Ok(&self.records[from..])
    }

    /// Makes sure that the selected branch is found again when the session is opened: that is the one of the last event.
    pub fn stay(&mut self, at: &str) -> &[Arc<Recorded>] {
        let from = self.records.len();
        let (tip, last) = (self.path.last().copied(), self.records.last().map(|record| record.seq));
        if let Some(tip) = tip.filter(|_| tip != last && !self.state.held) {
            self.append(Event::BranchSelected { tip }, &at.into());
        }
        &self.records[from..]
    }

    /// Returns the state at the tip of the selected branch.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Returns the state after the event `seq`, on whatever branch, or none if there is no such event.
    ///
    /// Folds a few events onto a kept state: microseconds, however long the session.
    pub fn state_at(&self, seq: Seq) -> Option<State> {
        if seq == self.state.seq {
            return Some(self.state.clone());
        }
        let mut chain = Vec::new();
        let mut at = seq;
        let mut state = loop {
            if let Some(kept) = self.kept.after(at) {
                break kept;
            }
            let record = self.record(at)?;
            chain.push(record);
            at = record.parent?;
        };
        for record in chain.into_iter().rev() {
            fold_into(&mut state, record);
            self.kept.remember(&state);
        }
        state.held = false;
        Some(state)
    }

    /// Returns the session as it is looked at after the event `seq`: its tip, its branch and its state are those of that
    /// moment. None if there is no such event.
    #[must_use]
    pub fn looked_at(mut self, seq: Seq) -> Option<Session> {
        self.record(seq)?;
        self.go_to(seq);
        self.state.held = true;
        Some(self)
    }

    /// Hands `visit` each event at these places of the selected branch with the states before (none: it is the first) and
    /// after it, in order, until it says that it has seen enough.
    pub fn walk(
        &self,
        places: std::ops::Range<usize>,
        visit: &mut dyn FnMut(Option<&State>, &Recorded, &State) -> bool,
    ) {
        let start = places.start.checked_sub(1).and_then(|at| self.path.get(at));
        let mut before = start.and_then(|seq| self.state_at(*seq));
        for record in self.path.get(places).into_iter().flatten().filter_map(|seq| self.record(*seq)) {
            let mut now = before.clone().unwrap_or_else(|| State::new(self.goal.clone()));
            fold_into(&mut now, record);
            if !visit(before.as_ref(), record, &now) {
                return;
            }
            before = Some(now);
        }
    }

    /// Returns what the session wants from the world now. Derived from the state.
    pub fn wants(&self) -> Vec<Effect> {
        self.state.wants()
    }

    /// Returns the ids of what the session wants from the world now, at no cost of its requests.
    pub fn wanted_ids(&self) -> Vec<EffectId> {
        self.state.wanted_ids()
    }

    /// Returns all events, of all branches, by number.
    pub fn records(&self) -> &[Arc<Recorded>] {
        &self.records
    }

    /// Returns the event `seq`.
    pub fn record(&self, seq: Seq) -> Option<&Recorded> {
        self.records.get(usize::try_from(seq).ok()?.checked_sub(1)?).map(|record| &**record)
    }

    /// Returns the numbers of the events of the selected branch, in order.
    pub fn path(&self) -> &[Seq] {
        &self.path
    }

    /// Returns every branch, by its tip.
    pub fn branches(&self) -> Vec<Branch> {
        match self.path.last() {
            // Where every event lies on the selected branch there is no other.
            Some(&tip) if self.path.len() == self.records.len() => {
                vec![Branch { first: 1, tip, parted: None, parent: None, length: self.path.len() }]
            }
            _ => branches::branches(&self.records),
        }
    }

    /// Returns the goal that the session was opened on.
    pub fn goal(&self) -> &Arc<Goal> {
        &self.goal
    }

    fn empty(goal: Arc<Goal>) -> Session {
        let state = State::new(goal.clone());
        Session { goal, records: Vec::new(), kept: Kept::default(), path: Vec::new(), state, marks: Marks::default() }
    }

    fn settle(&mut self, at: &Arc<str>) {
        while let Some(event) = advance(&self.state) {
            self.append(event, at);
        }
    }

    pub(super) fn append(&mut self, event: Event, at: &Arc<str>) {
        let (seq, parent) = (self.records.len() as Seq + 1, self.path.last().copied());
        self.records.push(Arc::new(Recorded { seq, parent, at: at.clone(), event }));
        self.fold(self.records.len() - 1, 0);
    }

    /// Folds in the event at this place of the records, onto the one that it follows; so many are known to follow.
    fn fold(&mut self, at: usize, follow: usize) {
        let record = &self.records[at];
        branches::mark(&mut self.marks, record);
        fold_into(&mut self.state, record);
        self.path.push(record.seq);
        self.kept.offer(&self.state, follow);
    }

    /// Makes `seq` the tip, without an event.
    fn go_to(&mut self, seq: Seq) {
        if let Some(state) = self.state_at(seq) {
            self.state = state;
        }
        self.kept.went_back(self.records.len() as Seq);
        // Paths share their beginning: only what differs is laid anew.
        let mut new = Vec::new();
        let mut here = Some(seq);
        while let Some(at) = here {
            match self.path.binary_search(&at) {
                Ok(place) => {
                    self.path.truncate(place + 1);
                    break;
                }
                Err(_) => new.push(at),
            }
            here = self.record(at).and_then(|record| record.parent);
            if here.is_none() {
                self.path.clear();
            }
        }
        self.path.extend(new.into_iter().rev());
    }

    fn select_quietly(&mut self, tip: Seq, at: &Arc<str>) {
        let breakpoints = self.state.breakpoints.clone();
        let rests = self.rests_at(tip);
        self.go_to(tip);
        if !rests {
            self.append(Event::BranchSelected { tip }, at);
        }
        for event in breakpoints.carried_to(&self.state.breakpoints) {
            self.append(event, at);
        }
    }
}

/// Returns the fact that nobody knows what came of what was under way, where doing it again could do harm.
fn interruption(state: &State) -> Option<Event> {
    match (&state.phase, &state.inner) {
        (Phase::Running { .. }, Some(inner)) => {
            interruption(inner).map(|event| Event::Inner { event: Box::new(event) })
        }
        (Phase::Running { .. }, None) if state.asks().is_some() || state.running_is_pure() => None,
        (Phase::Running { .. }, None) => state.runs.last().map(|run| Event::Interrupted { step: run.step.id.clone() }),
        (Phase::Planning { .. }, _) if state.is_planning_outside() => {
            let planner = &state.settings.planner.name;
            let why =
                format!("the planner {planner} was asked when the program ended, and nobody knows what it answered");
            Some(Event::Ended { outcome: Outcome::Interrupted, why: why.into(), reasons: Vec::new() })
        }
        (
            Phase::New
            | Phase::Planning { .. }
            | Phase::Review
            | Phase::Deciding
            | Phase::Ready
            | Phase::Approving
            | Phase::Interrupted
            | Phase::Reached
            | Phase::Ended { .. },
            _,
        ) => None,
    }
}

fn fold_into(state: &mut State, record: &Recorded) {
    if let Event::BranchSelected { .. } = record.event {
        rest(state);
    }
    state.apply(record.seq, &record.event);
}

/// Takes a state of the past out of whatever was under way then.
fn rest(state: &mut State) {
    state.held = false;
    state.put_to_rest();
}
