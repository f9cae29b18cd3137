//! Holding a lesson against a session: off the screen's thread, the newest question alone, nothing journaled.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use crate::compare::lane::{Lane, LaneKind};
use crate::compare::result::LaneResult;
use crate::engine::event::{Dial, Pace, Seq, Settings, Strategy};
use crate::engine::goal::{Goal, Risk};
use crate::engine::session::Session;
use crate::export::RunReport;
use crate::goal_file::{Lesson, lesson_of};
use crate::jq::{Cancel, Evaluator, Input, Limits};
use crate::lessons::account::Doings;
use crate::lessons::holds::{self, Holds};
use crate::lessons::{Ask, Moment, Progress};

use super::aside::Aside;
use super::perform::Conditions;
use super::services::Services;
use super::{clock, lanes};

/// How many moments at the end of what is new are looked at: who runs on passes no more parts than that.
const MOMENTS: usize = 200;

/// How often a file is looked at that is watched.
const PAUSE: Duration = Duration::from_millis(250);

/// Returns how a session on `goal` begins: under this strategy, or as its lesson says, or as suits it.
pub fn settings(goal: &Goal, strategy: Option<Strategy>) -> Settings {
    let lane = lesson_of(goal).lane.filter(|_| strategy.is_none());
    let settings = Settings::default().with_planner(goal.usual_planner());
    match lane {
        Some(lane) => settings.with_strategy(lane.strategy).with_dial(lane.dial),
        None => settings.with_strategy(strategy.unwrap_or_else(|| goal.usual_strategy())),
    }
}

/// A lesson with what its lanes came to, once somebody asked.
#[derive(Clone)]
pub struct Teacher {
    /// The lesson.
    pub lesson: Arc<Lesson>,
    goal: Arc<Goal>,
    lanes: Arc<OnceLock<Value>>,
}

/// What a session is held against.
#[derive(Clone)]
struct Question {
    session: Session,
    progress: Progress,
    doings: Doings,
    /// The last event that was looked at.
    seen: Seq,
}

/// How far somebody is, and the last event that was looked at.
type Answer = (Progress, Seq);

/// What is being asked, and what came.
pub struct Teaching {
    teacher: Teacher,
    asked: Option<Question>,
    /// What was asked is numbered, so that the answer to an earlier question is known.
    number: u64,
    aside: Aside<(u64, Answer)>,
}

impl Teacher {
    /// Tells whether `goal` is about what the lesson is about: its words are the same.
    pub fn is_about(&self, goal: &Goal) -> bool {
        goal.goal == self.goal.goal
    }

    /// Returns the teacher of the lesson of `goal`, if it teaches.
    pub fn of(goal: &Arc<Goal>) -> Option<Teacher> {
        let lesson = Arc::new(lesson_of(goal));
        (!lesson.parts.is_empty()).then(|| Teacher { lesson, goal: goal.clone(), lanes: Arc::default() })
    }

    /// Returns what the lanes of the lesson's first comparison come to, each by its name: run once.
    fn lanes(&self, services: &Services, cancel: &Cancel) -> Value {
        let Some(comparison) = self.lesson.compare.first() else { return Value::Null };
        if let Some(known) = self.lanes.get() {
            return known.clone();
        }
        let named = |name: &str| self.goal.scenarios.iter().find(|scenario| *scenario.name == *name);
        let scenario = comparison.scenario.as_deref().and_then(named);
        let mut came = Map::new();
        for named in &comparison.lanes {
            let kind = LaneKind { strategy: named.strategy, dial: named.dial };
            let mut lane = Lane::open(&self.goal, kind, scenario, Risk::Low, &clock::now());
            lanes::go(&mut lane, Pace::Free, services, cancel);
            let result = LaneResult::of(&lane);
            let (standing, figures) = (&result.standing, result.figures.clone());
            let judge = Conditions { services, cancel };
            let report = RunReport::brief(&lane.session, lane.state(), standing, figures, Vec::new(), None, &judge);
            came.insert(named.name.clone(), serde_json::to_value(report).unwrap_or_default());
        }
        if cancel.is_cancelled() { Value::Null } else { self.lanes.get_or_init(|| came.into()).clone() }
    }

    /// Moves `progress` on over what is new in the session.
    fn follow(&self, question: &Question, services: &Services, cancel: &Cancel) -> Answer {
        let Question { session, progress, doings, seen } = question;
        let mut progress = progress.clone();
        let tip = session.state().seq;
        let new = session.path().partition_point(|seq| seq <= seen);
        // On another branch there is nothing that was looked at before.
        let new = if session.path().contains(seen) { &session.path()[new..] } else { &[] };
        let is_moment = |seq: &&Seq| session.record(**seq).is_some_and(|record| record.event.is_moment());
        let moments: Vec<Seq> = new.iter().filter(is_moment).copied().filter(|seq| *seq != tip).collect();
        let moments = &moments[moments.len().saturating_sub(MOMENTS)..];
        for seq in moments.iter().copied().chain([tip]) {
            if cancel.is_cancelled() {
                break;
            }
            let Some(end) = session.state_at(seq) else { continue };
            let with = With { teacher: self, services, cancel };
            with.moment(session, &end, doings, |moment| progress.follow(&self.lesson, moment));
        }
        (progress, tip)
    }

    /// Tells of each part whether its check held at any moment of `session`, of this goal or another.
    pub fn held(&self, session: &Session, services: &Services, cancel: &Cancel) -> Vec<Holds> {
        let mut held = holds::begin(&self.lesson);
        let teacher = Teacher { goal: session.goal().clone(), lanes: Arc::default(), ..self.clone() };
        let with = With { teacher: &teacher, services, cancel };
        let last = session.path().len();
        let mut at = 0;
        session.walk(0..last, &mut |_, record, end| {
            at += 1;
            if record.event.is_moment() || at == last {
                with.moment(session, end, &Doings::default(), |moment| holds::take(&self.lesson, moment, &mut held));
            }
            !cancel.is_cancelled() && held.iter().any(|holds| matches!(holds, Holds::Never(_)))
        });
        held
    }

    /// Returns the session that `goal` comes to by itself, as the lesson would begin it.
    pub fn run(&self, goal: &Arc<Goal>, services: &Services, cancel: &Cancel) -> Session {
        let lane = self.lesson.lane.as_ref();
        let strategy = lane.map_or_else(|| goal.usual_strategy(), |lane| lane.strategy);
        let kind = LaneKind { strategy, dial: lane.map_or(Dial::Never, |lane| lane.dial) };
        let mut lane = Lane::open(goal, kind, None, Risk::Low, &clock::now());
        lanes::go(&mut lane, Pace::Free, services, cancel);
        lane.session
    }
}

/// A teacher with what evaluates.
struct With<'a> {
    teacher: &'a Teacher,
    services: &'a Services,
    cancel: &'a Cancel,
}

impl With<'_> {
    fn moment<T>(
        &self,
        session: &Session,
        end: &crate::engine::state::State,
        doings: &Doings,
        hold: impl FnOnce(&Moment<'_>) -> T,
    ) -> T {
        let With { teacher, services, cancel } = self;
        let judge = Conditions { services, cancel };
        let ask = Asking { jq: &services.jq, cancel };
        hold(&Moment { session, end, doings, lanes: &|| teacher.lanes(services, cancel), ask: &ask, judge: &judge })
    }
}

struct Asking<'a> {
    jq: &'a Evaluator,
    cancel: &'a Cancel,
}

impl Ask for Asking<'_> {
    fn ask(&self, filters: &[&str], account: &Value) -> Vec<Result<Value, String>> {
        let input = Input::whole(account.clone());
        let batch: Vec<(&str, Input)> = filters.iter().map(|filter| (*filter, input.clone())).collect();
        let came = self.jq.run_many(&batch, Limits::CONDITION, self.cancel);
        came.into_iter().map(|came| came.map_err(|fault| fault.to_string())).collect()
    }
}

impl Teaching {
    /// Returns one that was asked nothing yet.
    pub fn new(teacher: Teacher) -> Teaching {
        Teaching { teacher, asked: None, number: 0, aside: Aside::new() }
    }

    /// Asks how far somebody is who was at `progress` after the event `seen`, instead of what was asked before.
    pub fn ask(&mut self, session: &Session, progress: &Progress, doings: &Doings, seen: Seq) {
        self.aside.cancel();
        self.number += 1;
        let (session, progress, doings) = (session.clone(), progress.clone(), doings.clone());
        self.asked = Some(Question { session, progress, doings, seen });
    }

    /// Starts what is asked and not under way, and waits for its answer. May be dropped and called again at any time.
    /// Needs a tokio runtime.
    pub async fn next(&mut self, services: &Services) -> Answer {
        loop {
            self.start(services);
            let (number, answer) = self.aside.next().await;
            if number == self.number {
                self.aside.done();
                return answer;
            }
        }
    }

    fn start(&mut self, services: &Services) {
        let Some(question) = self.asked.take() else { return };
        let (teacher, services, number) = (self.teacher.clone(), services.clone(), self.number);
        self.aside.start(move |cancel| (number, teacher.follow(&question, &services, cancel)));
    }

    /// Answers here and now what is asked, if anything is.
    pub fn now(&mut self, services: &Services, cancel: &Cancel) -> Option<Answer> {
        let question = self.asked.take()?;
        Some(self.teacher.follow(&question, services, cancel))
    }
}

/// Waits until the file at `path` is another one than `before`, which it returns; ends soon after `cancel`, with none.
pub fn wait_for_change(path: &Path, before: Option<Stamp>, cancel: &Cancel) -> Option<Stamp> {
    while !cancel.is_cancelled() {
        match Stamp::of(path) {
            Some(now) if Some(&now) != before.as_ref() => return Some(now),
            _ => std::thread::sleep(PAUSE), // an editor may have taken it away for a moment
        }
    }
    None
}

/// What tells one state of a file from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

impl Stamp {
    /// Returns that of the file at `path` now; none where it cannot be looked at.
    pub fn of(path: &Path) -> Option<Stamp> {
        let about = std::fs::metadata(path).ok()?;
        Some(Stamp { modified: about.modified().ok(), length: about.len() })
    }
}
