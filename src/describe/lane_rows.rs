//! The events of a lane as rows of its column: the same for every strategy, so that lanes can be read across.

use super::change;
use super::step;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::engine::diff::{self, ChangeKind};
use crate::engine::event::{Cause, Event, Mark, Recorded, Seq};
use crate::engine::plan::StepId;
use crate::engine::review::Deviation;
use crate::engine::session::Session;
use crate::engine::state::{Phase, State};
use crate::engine::turn::{Thought, Wits};

use super::event;
use super::sign::Role;
use super::text;
use super::text::count;

/// How much of the result of a step is kept.
const LONGEST: usize = 400;

/// What a row is about: what `w` explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A step that was started, or is still to do.
    Action(StepId),
    /// What was thought before an action.
    Thought,
    /// A replan.
    Replan,
    /// Anything else that happened.
    Event,
}

/// One row of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneRow {
    /// The event that it tells; the one that comes next, for what is still to do.
    pub seq: Seq,
    /// How deep inside a step.
    pub depth: usize,
    /// Its sign, one cell wide.
    pub sign: &'static str,
    /// How the sign looks.
    pub role: Role,
    /// To what.
    pub what: String,
    /// Its result.
    pub result: String,
    /// What is to be said of it: wasted, again, on stale.
    pub marks: Vec<&'static str>,
    /// What it is about.
    pub about: About,
}

/// What is known so far while the events of a lane are told in order.
struct Telling<'a> {
    session: &'a Session,
    end: &'a State,
    wasted: &'a HashSet<StepId>,
    /// Tools that were done before.
    done: HashSet<Arc<str>>,
    /// What was decided on: a refused action never becomes a step.
    named: HashMap<StepId, String>,
    /// Whether it was said already that the plan is kept, since the last replan.
    kept: bool,
    rows: Vec<LaneRow>,
}

/// Returns the rows of the session as it was in `end`, what is still to do at their end.
pub fn rows(session: &Session, end: &State, wasted: &HashSet<StepId>) -> Vec<LaneRow> {
    let mut telling =
        Telling { session, end, wasted, done: HashSet::new(), named: HashMap::new(), kept: false, rows: Vec::new() };
    for seq in session.path().iter().take_while(|seq| **seq <= end.seq) {
        if let Some(record) = session.record(*seq) {
            telling.tell(record);
        }
    }
    telling.still_to_do();
    telling.rows
}

impl Telling<'_> {
    fn put(&mut self, seq: Seq, depth: usize, role: Role, what: impl Into<String>, result: impl Into<String>) {
        let (what, result) = (what.into(), text::clip(&result.into(), LONGEST));
        let sign = role.glyph();
        self.rows.push(LaneRow { seq, depth, sign, role, what, result, marks: Vec::new(), about: About::Event });
    }

    fn about(&mut self, about: About) {
        if let Some(row) = self.rows.last_mut() {
            row.about = about;
        }
    }

    fn name(&self, id: &StepId) -> String {
        let decided = || self.named.get(id).cloned();
        let step = self.end.step(id).map(|step| step.name().to_owned());
        step.or_else(decided).unwrap_or_else(|| id.to_string())
    }

    fn deviation(&self, deviation: &Deviation) -> String {
        step::deviation(&deviation.step.as_ref().map(|id| self.name(id)).unwrap_or_default(), deviation)
    }

    fn tell(&mut self, record: &Recorded) {
        let line = event::line(&record.event, self.end, &[]);
        let (seq, depth, event) = (record.seq, line.depth, record.event.innermost());
        match event {
            Event::Planned { steps, .. } => {
                self.put(seq, depth, Role::Text, format!("plans {}", count(steps.len(), "step")), "");
            }
            Event::Thought(thought) => self.thought(seq, depth, thought),
            Event::Finished { step, mark, .. } => self.finished(seq, depth, step, line.result, *mark),
            Event::Entered { step, .. } => {
                self.put(seq, depth, line.sign, format!("into {}", self.name(step)), "");
                self.about(About::Action(step.clone()));
            }
            Event::Refused { step, .. }
            | Event::Failed { step, .. }
            | Event::Retried { step, .. }
            | Event::Interrupted { step }
            | Event::Cancelled { step }
            | Event::Skipped { step } => {
                let refused = if matches!(event, Event::Refused { .. }) { "refused: " } else { "" };
                self.put(seq, depth, line.sign, self.name(step), format!("{refused}{}", line.result));
                if matches!(event, Event::Failed { mark: Mark::Injected, .. }) {
                    self.mark("surprise");
                }
                self.about(About::Action(step.clone()));
            }
            Event::Injected { scenario, .. } => {
                let role = if scenario.is_some() { Role::Surprise } else { Role::Injected };
                for change in change::changes(self.session, record) {
                    self.put(seq, depth, role, change.said(), "");
                }
            }
            Event::Armed { .. } => self.put(seq, depth, line.sign, line.result, ""),
            Event::GoalChanged { .. } => self.put(seq, depth, line.sign, "another goal", line.result),
            Event::Replanned { proposal, .. } => self.replanned(seq, depth, *proposal),
            Event::Unplannable { why, reasons, .. } => {
                let why = crate::engine::event::Reason::headline(why.as_ref(), reasons);
                self.put(seq, depth, Role::Failed, "finds no plan", why.to_string());
            }
            Event::Deviated { deviations } => {
                // Where it is replanned the replan says so; where it is not, that is what makes the difference.
                if let Some(first) = deviations.first()
                    && !std::mem::replace(&mut self.kept, true)
                    && !deviations.iter().any(|deviation| crate::engine::advance::acts_on(self.end, deviation))
                {
                    self.put(seq, depth, Role::Kept, "keeps the plan", self.deviation(first));
                }
            }
            Event::Stopped { why } => match why {
                crate::engine::event::Stop::Paused
                | crate::engine::event::Stop::StepsDone
                | crate::engine::event::Stop::Arrived
                | crate::engine::event::Stop::Replan
                | crate::engine::event::Stop::Breakpoint { .. }
                | crate::engine::event::Stop::Deviation => {}
                crate::engine::event::Stop::Blocked { .. }
                | crate::engine::event::Stop::Failed { .. }
                | crate::engine::event::Stop::Approval { .. }
                | crate::engine::event::Stop::Planner
                | crate::engine::event::Stop::Circle { .. }
                | crate::engine::event::Stop::Limit { .. } => {
                    self.put(seq, depth, Role::Interrupted, "stops", event::stop(why));
                }
            },
            Event::Edited { .. }
            | Event::DialTurned { .. }
            | Event::StrategySet { .. }
            | Event::Rejected { .. }
            | Event::Ended { .. }
            | Event::Reached => self.put(seq, depth, line.sign, line.what, line.result),
            Event::Opened { settings, .. } if settings.strategy.wits().is_some() => {
                self.put(seq, depth, Role::Text, "no plan: one action at a time", "");
            }
            _ => {} // how it was asked for, and what a lane has no row for
        }
    }

    fn mark(&mut self, mark: &'static str) {
        if let Some(row) = self.rows.last_mut() {
            row.marks.push(mark);
        }
    }

    fn thought(&mut self, seq: Seq, depth: usize, thought: &Thought) {
        let what = match (&thought.step, thought.wits) {
            (None, _) => "nothing is left to try".to_owned(),
            (Some(_), Wits::StandIn | Wits::Blind) => {
                format!("{}: \x01why\x02 why", count(thought.considered.len() + thought.others, "candidate"))
            }
            (Some(_), Wits::Planner) => "first step of a fresh plan: \x01why\x02 why".to_owned(),
        };
        if let Some(step) = &thought.step {
            self.named.insert(step.id.clone(), step.name().to_owned());
        }
        self.put(seq, depth, Role::Accent, what, "");
        if let Some(row) = self.rows.last_mut() {
            row.sign = "?";
        }
        self.about(About::Thought);
    }

    fn finished(&mut self, seq: Seq, depth: usize, step: &StepId, result: String, mark: Mark) {
        let name = self.name(step);
        let run = self.end.inside_of(step).map_or_else(|| self.end.run(step), |inside| inside.run(step)).cloned();
        let stale = run.as_ref().is_some_and(|run| run.on_stale);
        self.put(seq, depth, if stale { Role::Stale } else { Role::Done }, name, result);
        self.about(About::Action(step.clone()));
        match mark {
            Mark::Injected => self.mark("surprise"),
            Mark::Answered => self.mark("answered"),
            Mark::Ran | Mark::Recorded => {}
        }
        if stale {
            self.mark("on stale");
        }
        if let Some(tool) = run.as_ref().and_then(|run| run.step.tool.clone())
            && !self.done.insert(tool)
        {
            self.mark("again");
        }
        if self.wasted.contains(step) {
            self.mark("wasted");
        }
    }

    fn replanned(&mut self, seq: Seq, depth: usize, proposal: Seq) {
        let replan = self.end.replans.iter().find(|replan| replan.seq == proposal);
        let Some(replan) = replan else { return };
        self.kept = false;
        let after = replan.taken.as_deref().unwrap_or(&replan.proposal.after);
        let mut counts = [0usize; 4];
        for change in diff::changes(&replan.before, after) {
            let place = match change.kind {
                ChangeKind::Added => 0,
                ChangeKind::Removed => 1,
                ChangeKind::Changed | ChangeKind::Moved => 2,
                ChangeKind::Kept => 3,
            };
            counts[place] += 1;
        }
        let parts = counts.iter().zip(["+", "-", "±", "="]).filter(|(count, _)| **count > 0);
        let what: Vec<String> = parts.map(|(count, sign)| format!("{sign}{count}")).collect();
        let what = if what.is_empty() { "nothing to do".to_owned() } else { what.join(" ") };
        let cause = match &replan.proposal.cause {
            Cause::Deviation(deviation) => self.deviation(deviation),
            Cause::Plain { message, .. } => message.to_string(),
        };
        self.put(seq, depth, Role::Replanned, what, cause);
        self.about(About::Replan);
    }

    /// Adds what runs now and what is still planned.
    fn still_to_do(&mut self) {
        let end = self.end;
        let seq = end.seq;
        let (mut state, mut depth) = (end, 0);
        while let (Phase::Running { .. }, Some(inner)) = (&state.phase, &state.inner) {
            (state, depth) = (inner, depth + 1);
        }
        if let Some(run) = state.current_run() {
            let asks = end.asks().is_some();
            let (role, what) = match asks {
                true => (Role::Interrupted, "waits for your answer"),
                false => (Role::Current, "runs"),
            };
            self.put(seq, depth, role, run.step.name(), what);
            self.about(About::Action(run.step.id.clone()));
        }
        if end.phase.is_over() {
            return;
        }
        for step in end.plan.remaining() {
            let role = if step.skip { Role::Skipped } else { Role::Pending };
            self.put(seq, 0, role, step.name(), "");
            self.about(About::Action(step.id.clone()));
        }
    }
}
