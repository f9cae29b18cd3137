//! The bench: two to four lanes on copies of one goal, run one step at a time where waiting harms nobody.
//!
//! A screen holds one in its `select!` ([`Bench::next`]); a test turns it by hand ([`Bench::work`]). A lane that is
//! under way is out on a task, whole; it comes back as a message. What came too late (its lane was started over or
//! taken away meanwhile) is dropped.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::perform::Conditions;
use super::services::Services;
use super::trust::Subject;
use super::{clock, lanes};
use crate::checks::failures::{Failure, failures};
use crate::compare::lane::{Lane, LaneKind};
use crate::engine::command::Command;
use crate::engine::event::{Pace, Seq, Settings};
use crate::engine::goal::{Goal, Risk, Scenario};
use crate::engine::session::Session;
use crate::engine::state::State;
use crate::jq::Cancel;

/// The most lanes that stand side by side.
pub const MOST: usize = 4;

/// What is said where the program itself broke at a lane.
pub const BROKEN: &str = "planscope itself broke at this; please report it";

/// How long a lane goes on before it is shown.
const SLICE: Duration = Duration::from_millis(40);

/// What a lane is still to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Aim {
    /// Nothing: it rests.
    #[default]
    Rest,
    /// To do what follows by itself, a first plan; no step.
    Settle,
    /// So many steps.
    Steps(u32),
    /// To its end.
    End,
}

impl Aim {
    /// Returns what is to be done where both are.
    fn and(self, other: Aim) -> Aim {
        match (self, other) {
            (Aim::End, _) | (_, Aim::End) => Aim::End,
            (Aim::Steps(some), Aim::Steps(more)) => Aim::Steps(some.saturating_add(more)),
            (Aim::Steps(some), Aim::Rest | Aim::Settle) | (Aim::Rest | Aim::Settle, Aim::Steps(some)) => {
                Aim::Steps(some)
            }
            (Aim::Settle, Aim::Rest | Aim::Settle) | (Aim::Rest, Aim::Settle) => Aim::Settle,
            (Aim::Rest, Aim::Rest) => Aim::Rest,
        }
    }
}

/// A lane with what it is to do.
struct Seat {
    /// Which lane is meant: a number that no other ever has.
    id: u64,
    kind: LaneKind,
    /// None while it is out on a task.
    lane: Option<Lane>,
    /// What it is out for.
    out: Aim,
    /// What it is to do next.
    aim: Aim,
    /// The last event of each step, the first plan before them.
    ticks: Vec<Seq>,
    /// How long it was at work.
    took: Duration,
    /// What the failure checks find in it, once it is over.
    found: Arc<[Failure]>,
    cancel: Cancel,
    /// With programs of its own.
    services: Services,
}

/// What came back from a task: whose lane it is, where its steps ended, and what is left to do.
struct Slice {
    id: u64,
    lane: Lane,
    ticks: Vec<Seq>,
    took: Duration,
    found: Arc<[Failure]>,
    aim: Aim,
}

/// Lanes side by side.
pub struct Bench {
    goal: Arc<Goal>,
    services: Services,
    scenario: Option<Scenario>,
    seats: Vec<Seat>,
    next_id: u64,
    inbox: mpsc::UnboundedReceiver<Slice>,
    outbox: mpsc::UnboundedSender<Slice>,
}

impl Bench {
    /// Returns a bench with a lane of each kind, as far as there is room. Nothing has run; first plans are due.
    pub fn new(goal: Arc<Goal>, kinds: &[LaneKind], services: Services) -> Bench {
        let (outbox, inbox) = mpsc::unbounded_channel();
        let mut bench = Bench { goal, services, scenario: None, seats: Vec::new(), next_id: 0, inbox, outbox };
        for kind in kinds.iter().take(MOST) {
            let seat = bench.seat(*kind, Aim::Settle);
            bench.seats.push(seat);
        }
        bench
    }

    fn seat(&mut self, kind: LaneKind, aim: Aim) -> Seat {
        self.next_id += 1;
        // What is risky asks; low is what a session on the dashboard allows too.
        let mut lane = Lane::open(&self.goal, kind, self.scenario.as_ref(), Risk::Low, &clock::now());
        self.services.trust.tell(&mut lane.session, Subject::of(&self.goal, true).as_ref());
        Seat {
            id: self.next_id,
            kind,
            lane: Some(lane),
            out: Aim::Rest,
            aim,
            ticks: Vec::new(),
            took: Duration::ZERO,
            found: Arc::default(),
            cancel: Cancel::new(),
            services: self.services.for_session(),
        }
    }

    /// Returns the goal that all lanes have a copy of.
    pub fn goal(&self) -> &Arc<Goal> {
        &self.goal
    }

    /// Returns the scenario that lands in every lane, if one does.
    pub fn scenario(&self) -> Option<&Scenario> {
        self.scenario.as_ref()
    }

    /// Returns how many lanes there are.
    pub fn len(&self) -> usize {
        self.seats.len()
    }

    /// Tells whether there is no lane.
    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Returns what runs in the lane `at`.
    pub fn kind(&self, at: usize) -> Option<LaneKind> {
        self.seats.get(at).map(|seat| seat.kind)
    }

    /// Returns the lane `at`; none while it is under way.
    pub fn lane(&self, at: usize) -> Option<&Lane> {
        self.seats.get(at)?.lane.as_ref()
    }

    /// Returns the last event of each step of the lane `at`, its first plan before them.
    pub fn ticks(&self, at: usize) -> &[Seq] {
        self.seats.get(at).map_or(&[], |seat| &seat.ticks)
    }

    /// Returns how long the lane `at` was at work: what a person took between its steps does not count.
    pub fn took(&self, at: usize) -> Duration {
        self.seats.get(at).map_or(Duration::ZERO, |seat| seat.took)
    }

    /// Returns what the failure checks find in the lane `at`, once it is over.
    pub fn found(&self, at: usize) -> &[Failure] {
        self.seats.get(at).map_or(&[], |seat| &seat.found)
    }

    /// Tells whether the lane `at` is under way or about to be.
    pub fn is_busy_at(&self, at: usize) -> bool {
        self.seats.get(at).is_some_and(|seat| seat.lane.is_none() || seat.aim != Aim::Rest)
    }

    /// Tells whether any lane is under way or about to be.
    pub fn is_busy(&self) -> bool {
        (0..self.seats.len()).any(|at| self.is_busy_at(at))
    }

    /// Tells whether any lane runs steps, or is about to: more than its first plan is being made.
    pub fn is_running(&self) -> bool {
        self.seats.iter().any(|seat| matches!(seat.out.and(seat.aim), Aim::Steps(_) | Aim::End))
    }

    /// Tells whether every lane is over.
    pub fn is_over(&self) -> bool {
        self.seats.iter().all(|seat| seat.aim == Aim::Rest && seat.lane.as_ref().is_some_and(Lane::is_over))
    }

    /// Gives every lane this to do, the ones that are over excepted, after what it is to do already.
    pub fn aim(&mut self, aim: Aim) {
        for seat in &mut self.seats {
            if seat.lane.as_ref().is_none_or(|lane| !lane.is_over()) {
                seat.aim = seat.aim.and(aim);
            }
        }
    }

    /// Stops every lane where it is; it can go on from there.
    pub fn cancel(&mut self) {
        for seat in &mut self.seats {
            seat.aim = Aim::Rest;
            seat.cancel.cancel();
        }
    }

    /// Starts every lane over with `scenario`, and lets it go to where it was.
    pub fn land(&mut self, scenario: Option<Scenario>) {
        self.scenario = scenario;
        for at in 0..self.seats.len() {
            let aim = self.reach(at);
            self.restart(at, None, aim);
        }
    }

    /// Starts every lane over, nothing run.
    pub fn start_over(&mut self) {
        for at in 0..self.seats.len() {
            self.restart(at, None, Aim::Settle);
        }
    }

    /// Starts the lane `at` over as another kind, with the same surprise, and lets it go to where it was.
    pub fn turn(&mut self, at: usize, kind: LaneKind) {
        let aim = self.reach(at);
        self.restart(at, Some(kind), aim);
    }

    /// Adds a lane, which goes to where the others are. Returns whether there was room.
    pub fn add(&mut self, kind: LaneKind) -> bool {
        if self.seats.len() >= MOST {
            return false;
        }
        let furthest = (0..self.seats.len()).map(|at| self.reach(at)).max_by_key(|aim| match aim {
            Aim::Rest | Aim::Settle => 0,
            Aim::Steps(steps) => u64::from(*steps),
            Aim::End => u64::MAX,
        });
        let seat = self.seat(kind, furthest.unwrap_or(Aim::Settle));
        self.seats.push(seat);
        true
    }

    /// Takes the lane `at` away. The last one stays.
    pub fn remove(&mut self, at: usize) -> bool {
        if self.seats.len() < 2 || at >= self.seats.len() {
            return false;
        }
        self.seats.remove(at).cancel.cancel();
        true
    }

    /// Puts what became of the session of the lane `at` back in its place, after somebody had it elsewhere.
    pub fn give_back(&mut self, at: usize, session: Session) {
        let Some(seat) = self.seats.get_mut(at) else { return };
        let Some(lane) = &mut seat.lane else { return };
        let (settings, tip) = (session.state().settings.clone(), session.state().seq);
        lane.session = session;
        lane.kind = LaneKind { strategy: settings.strategy, dial: settings.dial };
        seat.kind = lane.kind;
        // What was done elsewhere is looked at again.
        seat.aim = seat.aim.and(Aim::Settle);
        let path = lane.session.path();
        seat.ticks.retain(|tick| path.binary_search(tick).is_ok());
        if seat.ticks.last() != Some(&tip) {
            seat.ticks.push(tip);
        }
    }

    /// Returns what would bring a new lane to where the lane `at` is.
    fn reach(&self, at: usize) -> Aim {
        let Some(seat) = self.seats.get(at) else { return Aim::Settle };
        let over = seat.lane.as_ref().is_some_and(Lane::is_over);
        let steps = u32::try_from(seat.ticks.len().saturating_sub(1)).unwrap_or(u32::MAX);
        match seat.out.and(seat.aim) {
            Aim::End => Aim::End,
            _ if over => Aim::End,
            Aim::Steps(left) => Aim::Steps(steps.saturating_add(left)),
            Aim::Rest | Aim::Settle if steps > 0 => Aim::Steps(steps),
            Aim::Rest | Aim::Settle => Aim::Settle,
        }
    }

    fn restart(&mut self, at: usize, kind: Option<LaneKind>, aim: Aim) {
        let Some(old) = self.seats.get(at) else { return };
        old.cancel.cancel();
        let seat = self.seat(kind.unwrap_or(old.kind), aim);
        if let Some(place) = self.seats.get_mut(at) {
            *place = seat;
        }
    }

    /// Starts what is to be done and waits until a lane has moved; returns which. Waits for ever where nothing is
    /// under way. May be dropped and called again at any time. Needs a tokio runtime.
    pub async fn next(&mut self) -> usize {
        loop {
            for seat in &mut self.seats {
                if seat.aim == Aim::Rest {
                    continue;
                }
                let Some(lane) = seat.lane.take() else { continue };
                seat.cancel = Cancel::new();
                seat.out = std::mem::take(&mut seat.aim);
                let (id, aim, first) = (seat.id, seat.out, seat.ticks.is_empty());
                let (services, cancel, outbox) = (seat.services.clone(), seat.cancel.clone(), self.outbox.clone());
                let (goal, kind) = (self.goal.clone(), seat.kind);
                tokio::task::spawn_blocking(move || {
                    let work = AssertUnwindSafe(|| slice(id, lane, aim, first, &services, &cancel));
                    // What breaks one lane leaves the others alone, and the lane says so.
                    let slice = std::panic::catch_unwind(work).unwrap_or_else(|_| broken(id, &goal, kind));
                    let _ = outbox.send(slice); // nobody listens where the bench is gone
                });
            }
            match self.inbox.recv().await {
                Some(slice) => {
                    if let Some(at) = self.take_in(slice) {
                        return at;
                    }
                }
                None => std::future::pending().await,
            }
        }
    }

    /// Does what the first lane that has something to do is to do, here and now, one slice of it. Returns which.
    pub fn work(&mut self, cancel: &Cancel) -> Option<usize> {
        let seat = self.seats.iter_mut().find(|seat| seat.aim != Aim::Rest && seat.lane.is_some())?;
        let lane = seat.lane.take()?;
        seat.cancel = Cancel::new();
        seat.out = std::mem::take(&mut seat.aim);
        let (id, aim, first) = (seat.id, seat.out, seat.ticks.is_empty());
        let slice = slice(id, lane, aim, first, &self.services, cancel);
        self.take_in(slice)
    }

    fn take_in(&mut self, slice: Slice) -> Option<usize> {
        let at = self.seats.iter().position(|seat| seat.id == slice.id)?;
        let seat = self.seats.get_mut(at)?;
        seat.ticks.extend(slice.ticks);
        seat.took += slice.took;
        seat.found = slice.found;
        seat.lane = Some(slice.lane);
        // What was left is dropped where it was stopped meanwhile; what was asked for meanwhile is still to do.
        let left = if seat.cancel.is_cancelled() { Aim::Rest } else { slice.aim };
        seat.out = Aim::Rest;
        seat.aim = left.and(seat.aim);
        Some(at)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Returns what comes back of a lane at which the program itself broke: it is over, and says so.
fn broken(id: u64, goal: &Arc<Goal>, kind: LaneKind) -> Slice {
    let at = "1970-01-01T00:00:00Z"; // the clock may be what broke
    let mut lane = Lane::bare(goal, kind, Settings::default(), at);
    let _ = lane.session.submit(Command::End(BROKEN.into()), at); // a session that has just begun can be ended
    let ticks = vec![lane.state().seq];
    Slice { id, lane, ticks, took: Duration::ZERO, found: Arc::default(), aim: Aim::Rest }
}

/// Lets `lane` go on towards `aim`, at least one step, at most until the slice of time is over.
fn slice(id: u64, mut lane: Lane, aim: Aim, first: bool, services: &Services, cancel: &Cancel) -> Slice {
    let (since, mut ticks, mut left) = (Instant::now(), Vec::new(), aim);
    if first {
        lanes::settle(&mut lane, services, cancel);
        if !cancel.is_cancelled() {
            ticks.push(lane.state().seq);
        }
    }
    while !cancel.is_cancelled() {
        let wanted = match left {
            Aim::Rest | Aim::Settle | Aim::Steps(0) => false,
            Aim::Steps(_) | Aim::End => true,
        };
        if !wanted || !step(&mut lane, services, cancel) {
            left = Aim::Rest;
            break;
        }
        ticks.push(lane.state().seq);
        left = match left {
            Aim::Steps(steps) => Aim::Steps(steps - 1),
            other => other,
        };
        if since.elapsed() > SLICE {
            break;
        }
    }
    if left == Aim::Steps(0) || cancel.is_cancelled() {
        left = Aim::Rest;
    }
    let took = since.elapsed();
    let found = match lane.is_over() {
        true => failures(&lane.session, lane.state(), &Conditions { services, cancel }).into(),
        false => Arc::default(),
    };
    Slice { id, lane, ticks, took, found, aim: left }
}

/// Runs one step of `lane`. Returns whether it went any further: a lane that is over, waits or is blocked stands still.
fn step(lane: &mut Lane, services: &Services, cancel: &Cancel) -> bool {
    if lane.is_over()
        || lane.state().waits_for_person() && !matches!(lane.state().phase, crate::engine::state::Phase::Review)
    {
        return false;
    }
    let before = Progress::of(lane.state());
    let moved = |lane: &Lane| Progress::of(lane.state()) != before;
    // Where it was stopped amid a step, that one comes first.
    if !lane.session.wants().is_empty() {
        lanes::settle(lane, services, cancel);
    }
    if !moved(lane) {
        lanes::go(lane, Pace::Steps(1), services, cancel);
    }
    !cancel.is_cancelled() && moved(lane)
}

/// What a step moves.
#[derive(PartialEq, Eq)]
struct Progress {
    runs: usize,
    turns: usize,
    calls: u64,
    replans: usize,
    over: bool,
}

impl Progress {
    fn of(state: &State) -> Progress {
        Progress {
            runs: state.runs.len(),
            turns: state.turns.len(),
            calls: state.calls,
            replans: state.replans.len(),
            over: matches!(
                state.phase,
                crate::engine::state::Phase::Reached | crate::engine::state::Phase::Ended { .. }
            ),
        }
    }
}
