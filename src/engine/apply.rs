//! Event → state: total, no opinions, no clock.

use std::sync::Arc;

use indexmap::IndexMap;

use super::context::{Context, Origin, Write};
use super::effect::{CallKey, Outcomes, Remembered};
use super::event::{Decider, Dial, Edit, Event, Mark, Outcome, Pace, Seq, Settings, Stop};
use super::goal::{Goal, Key, Risk, Surprise};
use super::plan::{Author, Plan, Step, StepId};
use super::review;
use super::state::{Armed, Phase, Quiet, Replan, Scheduled, State, Status, StepRun, Undo};
use super::value::Shared;

/// What of the review has to be made anew after an event.
enum Touch {
    /// Nothing.
    Nothing,
    /// A step ended just as the review had assumed; only conditions on these keys are new.
    AsAssumed(StepId, Vec<Key>),
    /// Verdicts came in; `bad` where one is not true.
    Verdicts { bad: bool },
    /// Anything may be different.
    Everything,
}

impl State {
    /// Returns the state before the first event of a session on `goal`.
    pub fn new(goal: Arc<Goal>) -> State {
        State {
            seq: 0,
            goal,
            settings: Arc::new(Settings {
                dial: Dial::default(),
                decider: Decider::default(),
                approve: Risk::Low,
                max_steps: None,
            }),
            context: Context::default(),
            plan: Plan::default(),
            runs: imbl::Vector::new(),
            phase: Phase::New,
            pace: Pace::Paused,
            stop: None,
            deviations: Arc::new([]),
            said: Arc::new([]),
            quiet: imbl::HashSet::new(),
            verdicts: imbl::HashMap::new(),
            open_questions: Arc::new([]),
            outcomes: Outcomes::new(),
            barred: imbl::Vector::new(),
            armed: imbl::Vector::new(),
            scheduled: imbl::Vector::new(),
            finished: imbl::HashMap::new(),
            replans: imbl::Vector::new(),
            left_out: Arc::new([]),
            cost: None,
            situations: imbl::HashMap::new(),
            fruitless: 0,
            undo: imbl::Vector::new(),
            redo: imbl::Vector::new(),
            next_step: 1,
            calls: 0,
            run_of: imbl::HashMap::new(),
            goal_changed: false,
            person_steps: false,
            failed: imbl::Vector::new(),
            approved: false,
            approved_step: None,
            asked_since: 0,
            planned_runs: 0,
            held: false,
        }
    }

    /// Folds one fact into the state. Total: no errors, no decisions, no clock, no randomness.
    pub fn apply(&mut self, seq: Seq, event: &Event) {
        if let Some(what) = undoable(event) {
            self.undo.push_back(Undo { of: seq, what: what.into(), state: Arc::new(self.clone()) });
            self.redo = imbl::Vector::new();
            if !matches!(event, Event::Replanned { .. } | Event::Rejected { .. }) {
                self.situations = imbl::HashMap::new();
                self.fruitless = 0;
            }
        }
        self.land(event);
        let touch = self.change(seq, event);
        self.seq = seq;
        self.review(seq, touch);
    }

    fn change(&mut self, seq: Seq, event: &Event) -> Touch {
        match event {
            Event::Opened { settings, .. } => {
                self.settings = Arc::new(settings.clone());
                for (key, value) in self.goal.context.clone().iter() {
                    let (value, sources) = (value.clone(), Arc::new([]));
                    let origin = Origin::Initial;
                    self.context.write(key, Write { value, origin, sources, refuted: None, pinned: false }, seq);
                }
                self.phase = Phase::Ready;
                Touch::Everything
            }
            Event::PlanRequested { cause } => {
                if cause.is_some() {
                    self.situations.insert(self.situation(), seq);
                    self.fruitless += 1;
                }
                self.planned_runs = self.runs.len();
                self.phase = Phase::Planning { asked: seq, cause: cause.clone() };
                Touch::Nothing
            }
            Event::Planned { steps, cost, left_out } => {
                self.cost = *cost;
                self.left_out = left_out.clone().into();
                self.goal_changed = false;
                self.set_plan(steps.clone());
                self.phase = Phase::Review;
                Touch::Everything
            }
            Event::Proposed(proposal) => {
                self.count_ids(&proposal.after);
                self.left_out = proposal.left_out.clone().into();
                self.replans.push_back(Arc::new(Replan {
                    seq,
                    proposal: Arc::new((**proposal).clone()),
                    before: self.plan.remaining().into(),
                    accepted: None,
                    taken: None,
                    saw: self.saw(),
                }));
                self.phase = Phase::Deciding;
                Touch::Nothing
            }
            Event::Unplannable { cause: _, reasons } => {
                let why = reasons.first().map_or("there is no plan", |reason| reason.sentence.as_str()).into();
                self.phase = Phase::Ended { outcome: Outcome::Unreachable, why, reasons: reasons.clone().into() };
                self.pace = Pace::Paused;
                Touch::Nothing
            }
            Event::Replanned { proposal: _, steps } => {
                self.decided(true, Some(steps));
                self.goal_changed = false;
                self.approved = true;
                self.failed = imbl::Vector::new();
                self.set_plan(steps.clone());
                self.phase = Phase::Ready;
                Touch::Everything
            }
            Event::Rejected { .. } => {
                self.decided(false, None);
                self.hush();
                self.phase = self.resting();
                Touch::Nothing
            }
            Event::Approved { step: None } => {
                self.approved = true;
                self.phase = Phase::Ready;
                Touch::Nothing
            }
            Event::Approved { step: Some(step) } => {
                self.approved_step = Some(step.clone());
                self.phase = Phase::Ready;
                Touch::Nothing
            }
            Event::Paced { pace } => {
                self.pace = pace.clone();
                self.stop = (*pace == Pace::Paused).then_some(Stop::Paused);
                if let Phase::Ended { outcome, .. } = &self.phase
                    && *pace != Pace::Paused
                {
                    // Going on after there was no plan, or after it was over, means: run what is there.
                    let _: &Outcome = outcome;
                    self.hush();
                    self.phase = Phase::Ready;
                }
                Touch::Nothing
            }
            Event::Stopped { why } => {
                self.pace = Pace::Paused;
                if let Stop::Approval { .. } = why {
                    self.phase = Phase::Approving;
                }
                self.stop = Some(why.clone());
                Touch::Nothing
            }
            Event::Started { step, attempt: _, reads } => self.started(seq, step, reads),
            Event::Retried { attempt, error, wait_ms, mark, .. } => {
                self.with_last_run(|run| {
                    run.attempts = *attempt;
                    run.error = Some(error.clone());
                    run.mark = *mark;
                });
                self.spend_armed(*mark);
                self.calls += 1;
                self.phase = Phase::Running { started: seq, wait_ms: *wait_ms };
                Touch::Nothing
            }
            Event::Finished { writes, summary, wall_ms, mark, .. } => {
                self.spend_armed(*mark);
                self.finished(seq, writes, summary, *wall_ms, *mark)
            }
            Event::Failed { error, writes, wall_ms, remember, mark, .. } => {
                self.spend_armed(*mark);
                self.ended_badly(seq, error, writes, *wall_ms, *remember, *mark);
                Touch::Everything
            }
            Event::Interrupted { .. } => {
                self.with_last_run(|run| run.status = Status::Interrupted);
                self.phase = Phase::Interrupted;
                Touch::Nothing
            }
            Event::Cancelled { .. } => {
                self.with_last_run(|run| {
                    run.status = Status::Interrupted;
                    run.ended = Some(seq);
                });
                self.pace = Pace::Paused;
                self.stop = Some(Stop::Paused);
                self.phase = Phase::Interrupted;
                Touch::Everything
            }
            Event::Skipped { step } => {
                self.skipped(seq, step);
                Touch::Everything
            }
            Event::Judged { verdicts } => {
                let mut bad = false;
                for (question, verdict) in verdicts {
                    bad |= *verdict != super::event::Verdict::True;
                    self.verdicts.insert(question.clone(), verdict.clone());
                }
                Touch::Verdicts { bad }
            }
            Event::Deviated { deviations } => {
                self.said = deviations.clone().into();
                if self.pace == Pace::ToDeviation && !deviations.is_empty() {
                    self.pace = Pace::Paused;
                    self.stop = Some(Stop::Deviation);
                }
                Touch::Nothing
            }
            Event::Injected { values, outcome_of, .. } => {
                match outcome_of {
                    None => self.inject(seq, values),
                    Some(step) => self.replace_outcome(seq, step, values),
                }
                self.reopen();
                Touch::Everything
            }
            Event::Pinned { key, pinned } => {
                self.context.set_pinned(key, *pinned);
                self.reopen();
                Touch::Everything
            }
            Event::Armed { surprise, scenario } => {
                self.armed.push_back(Armed { surprise: surprise.clone(), scenario: scenario.clone() });
                self.forget_armed(surprise);
                self.reopen();
                Touch::Nothing
            }
            Event::Scheduled { after, nth, surprises, scenario } => {
                self.scheduled.push_back(Scheduled {
                    after: after.clone(),
                    nth: *nth,
                    surprises: surprises.clone(),
                    scenario: scenario.clone(),
                });
                self.reopen();
                Touch::Nothing
            }
            Event::Edited { edit } => {
                self.edited(edit);
                self.reopen();
                Touch::Everything
            }
            Event::GoalChanged { goal, wants, .. } => {
                let mut changed = (*self.goal).clone();
                changed.goal = goal.clone();
                changed.wants = Arc::new(wants.clone());
                self.goal = Arc::new(changed);
                self.goal_changed = self.plan.revision > 0;
                self.pace = if self.settings.decider == Decider::Ask { Pace::Paused } else { self.pace.clone() };
                self.reopen();
                Touch::Everything
            }
            Event::DialTurned { dial } => {
                Arc::make_mut(&mut self.settings).dial = *dial;
                self.quiet = imbl::HashSet::new();
                self.reopen();
                Touch::Nothing
            }
            Event::DeciderSet { decider } => {
                Arc::make_mut(&mut self.settings).decider = *decider;
                Touch::Nothing
            }
            Event::Undone { .. } => self.travel(seq, true),
            Event::Redone { .. } => self.travel(seq, false),
            // The session selects the branch; the state of its tip is what goes on.
            Event::BranchSelected { .. } => Touch::Everything,
            Event::Reached => {
                self.phase = Phase::Reached;
                self.pace = Pace::Paused;
                self.stop = None;
                Touch::Nothing
            }
            Event::Ended { outcome, why, reasons } => {
                self.phase = Phase::Ended { outcome: *outcome, why: why.clone(), reasons: reasons.clone().into() };
                self.pace = Pace::Paused;
                Touch::Nothing
            }
        }
    }

    fn started(&mut self, seq: Seq, id: &StepId, reads: &[(Key, Seq)]) -> Touch {
        let Some((_, step)) = self.plan.find(id).map(|(at, step)| (at, step.clone())) else { return Touch::Nothing };
        self.plan.advance();
        self.undo = imbl::Vector::new();
        self.redo = imbl::Vector::new();
        self.approved_step = None;
        self.stop = None;
        self.calls += 1;
        let on_stale = step.reads().any(|key| !self.context.is_fresh(key));
        let call = self.call_key(&step);
        self.run_of.insert(id.clone(), self.runs.len());
        self.runs.push_back(Arc::new(StepRun {
            step,
            status: Status::Running,
            attempts: 1,
            started: seq,
            ended: None,
            reads: reads.into(),
            wrote: Arc::new([]),
            on_stale,
            error: None,
            summary: None,
            wall_ms: None,
            mark: Mark::Ran,
            call,
        }));
        self.phase = Phase::Running { started: seq, wait_ms: 0 };
        if self.deviations.is_empty() { Touch::Nothing } else { Touch::AsAssumed(id.clone(), Vec::new()) }
    }

    fn finished(
        &mut self,
        seq: Seq,
        writes: &IndexMap<Key, Shared>,
        summary: &Option<Arc<str>>,
        wall_ms: Option<f64>,
        mark: Mark,
    ) -> Touch {
        let Some(run) = self.runs.last().cloned() else { return Touch::Nothing };
        let mut as_assumed = !run.on_stale && self.failed.is_empty();
        let wanted_before = self.fresh_wants();
        let mut changed = Vec::with_capacity(writes.len());
        for (key, value) in writes {
            if self.context.get(key).is_some_and(|datum| datum.pinned) {
                self.context.set_discarded(key, value.clone());
                continue;
            }
            let (value, origin, sources) = (value.clone(), Origin::Step(run.step.id.clone()), run.reads.clone());
            let new = self.context.write(key, Write { value, origin, sources, refuted: None, pinned: false }, seq);
            as_assumed &= new && self.context.is_fresh(key);
            changed.push(key.clone());
        }
        as_assumed &= changed.len() == run.step.to.len();
        self.remember(&run, Remembered::Returned(Arc::new(by_tool_names(&run.step, writes))));
        if let Some(tool) = &run.step.tool {
            *self.finished.entry(tool.clone()).or_insert(0) += 1;
        }
        if self.fresh_wants() > wanted_before {
            self.fruitless = 0;
        }
        self.end_run(seq, Status::Done, None, summary.clone(), wall_ms, mark, &changed);
        self.spend_pace();
        self.phase = Phase::Ready;
        if as_assumed { Touch::AsAssumed(run.step.id.clone(), changed) } else { Touch::Everything }
    }

    fn ended_badly(
        &mut self,
        seq: Seq,
        error: &Arc<str>,
        writes: &IndexMap<Key, Shared>,
        wall_ms: Option<f64>,
        remember: bool,
        mark: Mark,
    ) {
        let Some(run) = self.runs.last().cloned() else { return };
        let mut changed = Vec::new();
        for (key, value) in writes {
            if self.context.get(key).is_some_and(|datum| datum.pinned) {
                self.context.set_discarded(key, value.clone());
                continue;
            }
            let (value, origin, sources) = (value.clone(), Origin::Step(run.step.id.clone()), run.reads.clone());
            let refuted = Some(error.clone());
            self.context.write(key, Write { value, origin, sources, refuted, pinned: false }, seq);
            changed.push(key.clone());
        }
        if remember {
            let outcome = if writes.is_empty() {
                Remembered::Failed(error.clone())
            } else {
                Remembered::Refuted(Arc::new(by_tool_names(&run.step, writes)), error.clone())
            };
            self.remember(&run, outcome);
        }
        self.failed.push_back(self.runs.len() - 1);
        self.end_run(seq, Status::Failed, Some(error.clone()), None, wall_ms, mark, &changed);
        self.spend_pace();
        self.phase = Phase::Ready;
    }

    fn skipped(&mut self, seq: Seq, id: &StepId) {
        if let Some(at) = self.run_of.get(id).copied() {
            // A person passes by a step whose outcome nobody knows.
            if let Some(run) = self.runs.get_mut(at) {
                let run = Arc::make_mut(run);
                run.status = Status::Skipped;
                run.ended = Some(seq);
            }
            self.phase = Phase::Ready;
            return;
        }
        let Some((_, step)) = self.plan.find(id).map(|(at, step)| (at, step.clone())) else { return };
        self.plan.advance();
        self.run_of.insert(id.clone(), self.runs.len());
        self.runs.push_back(Arc::new(StepRun {
            step,
            status: Status::Skipped,
            attempts: 0,
            started: seq,
            ended: Some(seq),
            reads: Arc::new([]),
            wrote: Arc::new([]),
            on_stale: false,
            error: None,
            summary: None,
            wall_ms: None,
            mark: Mark::Ran,
            call: None,
        }));
    }

    fn inject(&mut self, seq: Seq, values: &IndexMap<Key, Option<Shared>>) {
        for (key, value) in values {
            match value {
                None => self.context.remove(key),
                Some(value) => {
                    let (value, origin) = (value.clone(), Origin::Injected);
                    let sources = Arc::new([]);
                    self.context.write(key, Write { value, origin, sources, refuted: None, pinned: true }, seq);
                }
            }
        }
    }

    fn replace_outcome(&mut self, seq: Seq, id: &StepId, values: &IndexMap<Key, Option<Shared>>) {
        let Some(at) = self.run_of.get(id).copied() else { return };
        let Some(run) = self.runs.get(at).cloned() else { return };
        let mut writes = IndexMap::new();
        for (key, value) in values {
            let Some(value) = value else { continue };
            writes.insert(key.clone(), value.clone());
            if self.context.get(key).is_some_and(|datum| datum.pinned) {
                self.context.set_discarded(key, value.clone());
                continue;
            }
            let (value, origin, sources) = (value.clone(), Origin::Edited(id.clone()), run.reads.clone());
            self.context.write(key, Write { value, origin, sources, refuted: None, pinned: false }, seq);
        }
        self.remember(&run, Remembered::Returned(Arc::new(by_tool_names(&run.step, &writes))));
        self.failed.retain(|failed| *failed != at);
        let wrote: Arc<[(Key, Seq)]> = writes.keys().map(|key| (key.clone(), self.version(key, seq))).collect();
        if let Some(run) = self.runs.get_mut(at) {
            let run = Arc::make_mut(run);
            run.status = Status::Done;
            run.mark = Mark::Injected;
            run.error = None;
            run.summary = None;
            run.wrote = wrote;
            run.ended = Some(seq);
        }
        if self.phase == Phase::Interrupted && at + 1 == self.runs.len() {
            self.phase = Phase::Ready;
        }
    }

    fn edited(&mut self, edit: &Edit) {
        let mut steps: Vec<Arc<Step>> = self.plan.remaining().to_vec();
        match edit {
            Edit::Changed { step } => {
                self.person_steps |= step.by == Author::Person;
                if let Some(old) = steps.iter_mut().find(|old| old.id == step.id) {
                    self.bar(old);
                    *old = step.clone();
                }
                self.unbar(step);
            }
            Edit::Added { step, at } => {
                self.person_steps |= step.by == Author::Person;
                steps.insert((*at).min(steps.len()), step.clone());
                self.unbar(step);
            }
            Edit::Deleted { step } => {
                if let Some(old) = steps.iter().find(|old| old.id == *step) {
                    self.bar(old);
                }
                steps.retain(|old| old.id != *step);
            }
            Edit::Moved { step, to } => {
                if let Some(from) = steps.iter().position(|old| old.id == *step) {
                    let moved = steps.remove(from);
                    steps.insert((*to).min(steps.len()), moved);
                }
            }
            Edit::SkipSet { step, skip } => {
                if let Some(old) = steps.iter_mut().find(|old| old.id == *step) {
                    let mut changed = (**old).clone();
                    changed.skip = *skip;
                    let changed = Arc::new(changed);
                    if *skip {
                        self.bar(&changed)
                    } else {
                        self.unbar(&changed)
                    }
                    *old = changed;
                }
            }
            Edit::Rerun { step } => {
                for key in step.writes() {
                    self.context.set_pinned(key, false);
                }
                self.unbar(step);
                steps.insert(0, step.clone());
                if self.phase == Phase::Interrupted {
                    self.phase = Phase::Ready;
                }
            }
            Edit::Replaced { steps: new } => {
                self.person_steps |= new.iter().any(|step| step.by == Author::Person);
                for old in self.plan.remaining().to_vec() {
                    if !new.iter().any(|step| step.same_use(&old)) {
                        self.bar(&old);
                    }
                }
                steps = new.clone();
                self.approved = true;
            }
        }
        let revision = self.plan.revision;
        self.set_plan(steps);
        self.plan.revision = revision;
    }

    fn bar(&mut self, step: &Step) {
        if let Some(usage) = step.usage()
            && !self.barred.contains(&usage)
        {
            self.barred.push_back(usage);
        }
    }

    fn unbar(&mut self, step: &Step) {
        if let Some(usage) = step.usage() {
            self.barred.retain(|barred| *barred != usage);
        }
    }

    fn set_plan(&mut self, steps: Vec<Arc<Step>>) {
        self.count_ids(&steps);
        self.plan = Plan::new(self.plan.revision + 1, steps);
    }

    fn count_ids(&mut self, steps: &[Arc<Step>]) {
        for step in steps {
            if let Some(number) = step.id.strip_prefix('s').and_then(|digits| digits.parse::<u64>().ok()) {
                self.next_step = self.next_step.max(number.saturating_add(1));
            }
        }
    }

    fn decided(&mut self, accepted: bool, taken: Option<&Vec<Arc<Step>>>) {
        let last = self.replans.len().saturating_sub(1);
        if let Some(replan) = self.replans.get_mut(last) {
            let replan = Arc::make_mut(replan);
            replan.accepted = Some(accepted);
            replan.taken = taken.map(|steps| steps.clone().into());
        }
    }

    /// Makes what contradicts the plan now quiet, until a version that it names changes.
    fn hush(&mut self) {
        for deviation in self.deviations.iter() {
            self.quiet.insert(self.quiet_of(deviation));
        }
    }

    /// Returns what `deviation` is known by once it is quiet.
    pub fn quiet_of(&self, deviation: &review::Deviation) -> Quiet {
        let version = deviation.key.as_ref().and_then(|key| self.context.get(key)).map(|datum| datum.version);
        Quiet { about: (deviation.kind, deviation.step.clone(), deviation.key.clone()), version }
    }

    /// Whatever a person changes, a request or proposal under way was made for another situation: it is dropped.
    fn reopen(&mut self) {
        match self.phase {
            Phase::New | Phase::Review | Phase::Ready | Phase::Running { .. } | Phase::Interrupted => {}
            Phase::Planning { .. } | Phase::Deciding | Phase::Approving => self.phase = self.resting(),
            Phase::Reached | Phase::Ended { .. } => self.phase = self.resting(),
        }
    }

    /// Takes the state out of what was under way: a running step did not happen, a request was not made.
    ///
    /// Used where a branch parts: what the other branch waited for is not waited for on this one.
    pub(super) fn put_to_rest(&mut self) {
        self.pace = Pace::Paused;
        self.stop = Some(Stop::Paused);
        if let Phase::Running { .. } = self.phase
            && let Some(run) = self.runs.pop_back()
        {
            self.run_of.remove(&run.step.id);
            let mut steps = vec![run.step.clone()];
            steps.extend(self.plan.remaining().iter().cloned());
            let revision = self.plan.revision;
            self.plan = Plan::new(revision, steps);
            self.phase = self.resting();
        }
        if let Phase::Planning { .. } = self.phase {
            self.phase = self.resting();
        }
    }

    fn resting(&self) -> Phase {
        if self.plan.revision > 0 && !self.approved { Phase::Review } else { Phase::Ready }
    }

    fn travel(&mut self, seq: Seq, back: bool) -> Touch {
        let (mut undo, mut redo) = (self.undo.clone(), self.redo.clone());
        let Some(entry) = (if back { undo.pop_back() } else { redo.pop_back() }) else { return Touch::Nothing };
        let here = Undo { of: entry.of, what: entry.what.clone(), state: Arc::new(self.clone()) };
        if back {
            redo.push_back(here)
        } else {
            undo.push_back(here)
        }
        let (next_step, calls) = (self.next_step, self.calls);
        *self = (*entry.state).clone();
        self.undo = undo;
        self.redo = redo;
        self.next_step = next_step.max(self.next_step);
        self.calls = calls;
        self.seq = seq;
        // A request that was under way then is not under way now.
        if let Phase::Planning { .. } = self.phase {
            self.phase = self.resting();
        }
        Touch::Everything
    }

    fn spend_pace(&mut self) {
        if let Pace::Steps(n) = self.pace {
            if n > 1 {
                self.pace = Pace::Steps(n - 1);
            } else {
                self.pace = Pace::Paused;
                self.stop = Some(Stop::StepsDone);
            }
        }
    }

    /// Uses up one attempt of the surprise that was laid in wait for the tool of the last run.
    fn spend_armed(&mut self, mark: Mark) {
        if mark != Mark::Injected {
            return;
        }
        let Some(tool) = self.runs.last().and_then(|run| run.step.tool.clone()) else { return };
        let Some(at) = self.armed.iter().position(|armed| aims_at(&armed.surprise, &tool)) else { return };
        let Some(armed) = self.armed.get_mut(at) else { return };
        match &mut armed.surprise {
            Surprise::Fail { times, .. } if *times > 1 => *times -= 1,
            Surprise::Fail { .. } | Surprise::Outcome { .. } | Surprise::Set { .. } | Surprise::Goal { .. } => {
                self.armed.remove(at);
            }
        }
    }

    /// A surprise for a tool makes what was remembered of it no guide: its next outcome is another one.
    fn forget_armed(&mut self, surprise: &Surprise) {
        let (Surprise::Outcome { tool, .. } | Surprise::Fail { tool, .. }) = surprise else { return };
        self.outcomes.retain(|call, _| call.tool != *tool);
    }

    /// Takes what `event` lets land out of the surprises that wait for their moment.
    fn land(&mut self, event: &Event) {
        let Some(at) = self.due() else { return };
        let Some(due) = self.scheduled.get_mut(at) else { return };
        let landed = match event {
            Event::Injected { values, outcome_of: None, .. } => due
                .surprises
                .iter()
                .take_while(|s| matches!(s, Surprise::Set { key, value } if values.get(key) == Some(value)))
                .count(),
            Event::Injected { outcome_of: Some(_), .. } => {
                usize::from(matches!(due.surprises.first(), Some(Surprise::Outcome { .. })))
            }
            Event::Armed { surprise, .. } => usize::from(due.surprises.first() == Some(surprise)),
            Event::GoalChanged { wants, .. } => {
                usize::from(matches!(due.surprises.first(), Some(Surprise::Goal { wants: w, .. }) if w == wants))
            }
            _ => 0,
        };
        due.surprises.drain(..landed);
        if due.surprises.is_empty() {
            self.scheduled.remove(at);
        }
    }

    /// Returns the place in `scheduled` of the first surprises whose moment has come.
    pub fn due(&self) -> Option<usize> {
        self.scheduled.iter().position(|waiting| match &waiting.after {
            None => true,
            Some(tool) => self.finished.get(tool).copied().unwrap_or(0) >= waiting.nth,
        })
    }

    fn remember(&mut self, run: &StepRun, outcome: Remembered) {
        if let Some(call) = &run.call {
            self.outcomes.insert(call.clone(), outcome);
        }
    }

    /// Returns what a call of `step` with the present values would be remembered by.
    pub fn call_key(&self, step: &Step) -> Option<CallKey> {
        let tool = step.tool_in(&self.goal.tools)?;
        let inputs = step.with.iter().map(|(_, key)| self.context.get(key).map(|datum| datum.hash));
        Some(CallKey { tool: tool.name.clone(), inputs: inputs.collect::<Option<_>>()? })
    }

    #[allow(clippy::too_many_arguments)]
    fn end_run(
        &mut self,
        seq: Seq,
        status: Status,
        error: Option<Arc<str>>,
        summary: Option<Arc<str>>,
        wall_ms: Option<f64>,
        mark: Mark,
        wrote: &[Key],
    ) {
        let wrote = wrote.iter().map(|key| (key.clone(), self.version(key, seq))).collect();
        self.with_last_run(|run| {
            run.status = status;
            run.ended = Some(seq);
            run.error = error;
            run.summary = summary;
            run.wall_ms = wall_ms;
            run.mark = mark;
            run.wrote = wrote;
        });
    }

    fn version(&self, key: &Key, or: Seq) -> Seq {
        self.context.get(key).map_or(or, |datum| datum.version)
    }

    fn with_last_run(&mut self, change: impl FnOnce(&mut StepRun)) {
        let last = self.runs.len().saturating_sub(1);
        if let Some(run) = self.runs.get_mut(last) {
            change(Arc::make_mut(run));
        }
    }

    fn fresh_wants(&self) -> usize {
        self.goal.wants.keys().filter(|key| self.context.is_fresh(key)).count()
    }

    /// Returns the event that wrote last: what a proposal rests on.
    fn saw(&self) -> Seq {
        let of_key = |key: &Key| self.context.get(key).map(|datum| datum.confirmed);
        let named = self.deviations.iter().filter_map(|d| d.key.as_ref()).filter_map(of_key).max();
        named.unwrap_or(self.seq)
    }

    fn review(&mut self, seq: Seq, touch: Touch) {
        match touch {
            Touch::Nothing => return,
            Touch::AsAssumed(step, keys) => {
                if !keys.is_empty() {
                    let new = review::questions_about(self, keys.iter());
                    self.ask(seq, new, true);
                }
                let lasting = self.deviations.iter().all(|deviation| deviation.kind.lasts());
                if !lasting || self.deviations.len() >= review::LISTED || review::reached(self) {
                    self.deviations = review::walk(self, &self.plan).into();
                } else if self.deviations.iter().any(|d| d.step.as_ref() == Some(&step)) {
                    let left = self.deviations.iter().filter(|d| d.step.as_ref() != Some(&step));
                    self.deviations = left.cloned().collect();
                }
            }
            Touch::Verdicts { bad } => {
                self.ask(seq, Vec::new(), true);
                if bad || review::reached(self) {
                    self.deviations = review::walk(self, &self.plan).into();
                }
            }
            Touch::Everything => {
                let new = review::questions(self);
                self.ask(seq, new, false);
                self.deviations = review::walk(self, &self.plan).into();
            }
        }
    }

    fn ask(&mut self, seq: Seq, new: Vec<super::event::Question>, keep: bool) {
        let mut open = new;
        if keep {
            for question in self.open_questions.iter() {
                if !self.verdicts.contains_key(question) && !open.contains(question) && self.still_there(question) {
                    open.push(question.clone());
                }
            }
        }
        if *open != *self.open_questions {
            self.asked_since = seq;
            self.open_questions = open.into();
        }
    }

    fn still_there(&self, question: &super::event::Question) -> bool {
        let at = |key: &Key, version: Seq| self.context.get(key).is_some_and(|datum| datum.version == version);
        match &question.about {
            super::event::About::Value(key, version) => at(key, *version),
            super::event::About::Object(parts) => parts.iter().all(|(_, key, version)| at(key, *version)),
        }
    }

    /// Returns a fingerprint of the situation: contents of the context, pins, barred uses and remembered outcomes.
    pub fn situation(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        for (key, datum) in self.context.iter() {
            (key, datum.hash, datum.pinned, datum.fresh).hash(&mut hasher);
        }
        self.barred.len().hash(&mut hasher);
        self.goal.goal.hash(&mut hasher);
        for (key, condition) in self.goal.wants.iter() {
            (key, condition).hash(&mut hasher);
        }
        let sum = self.outcomes.iter().fold(0u64, |sum, (call, outcome)| {
            let mut one = DefaultHasher::new();
            call.hash(&mut one);
            match outcome {
                Remembered::Returned(values) => {
                    1u8.hash(&mut one);
                    values.values().for_each(|value| super::value::content_hash(value).hash(&mut one));
                }
                Remembered::Refuted(_, why) => (2u8, why).hash(&mut one),
                Remembered::Failed(why) => (3u8, why).hash(&mut one),
            }
            sum.wrapping_add(one.finish())
        });
        sum.hash(&mut hasher);
        for armed in &self.armed {
            format!("{:?}", armed.surprise).hash(&mut hasher);
        }
        hasher.finish()
    }
}

/// Tells whether `surprise` waits for the outcome of `tool`.
pub fn aims_at(surprise: &Surprise, tool: &str) -> bool {
    match surprise {
        Surprise::Outcome { tool: aimed, .. } | Surprise::Fail { tool: aimed, .. } => **aimed == *tool,
        Surprise::Set { .. } | Surprise::Goal { .. } => false,
    }
}

fn by_tool_names(step: &Step, writes: &IndexMap<Key, Shared>) -> IndexMap<Key, Shared> {
    step.to.iter().filter_map(|(name, key)| writes.get(key).map(|value| (name.clone(), value.clone()))).collect()
}

/// Returns what an event does in a few words, if a person can take it back.
fn undoable(event: &Event) -> Option<String> {
    match event {
        Event::Injected { values, outcome_of: None, .. } => {
            let keys: Vec<&str> = values.keys().map(|key| &**key).collect();
            Some(format!("injection of {}", keys.join(", ")))
        }
        Event::Injected { outcome_of: Some(step), .. } => Some(format!("outcome of {step}")),
        Event::Pinned { key, pinned: true } => Some(format!("pin of {key}")),
        Event::Pinned { key, pinned: false } => Some(format!("unpinning of {key}")),
        Event::Armed { .. } | Event::Scheduled { .. } => Some("surprise".into()),
        Event::Edited { edit } => Some(match edit {
            Edit::Changed { step } => format!("edit of {}", step.id),
            Edit::Added { step, .. } => format!("adding of {}", step.id),
            Edit::Deleted { step } => format!("deletion of {step}"),
            Edit::Moved { step, .. } => format!("move of {step}"),
            Edit::SkipSet { step, skip: true } => format!("skipping of {step}"),
            Edit::SkipSet { step, skip: false } => format!("unskipping of {step}"),
            Edit::Rerun { step } => format!("re-run as {}", step.id),
            Edit::Replaced { .. } => "edit of the plan".into(),
        }),
        Event::GoalChanged { .. } => Some("change of the goal".into()),
        Event::Replanned { .. } => Some("replan".into()),
        Event::Rejected { .. } => Some("rejection".into()),
        Event::DialTurned { .. } => Some("turn of the dial".into()),
        Event::Opened { .. }
        | Event::PlanRequested { .. }
        | Event::Planned { .. }
        | Event::Proposed(_)
        | Event::Unplannable { .. }
        | Event::Approved { .. }
        | Event::Paced { .. }
        | Event::Stopped { .. }
        | Event::Started { .. }
        | Event::Finished { .. }
        | Event::Failed { .. }
        | Event::Retried { .. }
        | Event::Interrupted { .. }
        | Event::Cancelled { .. }
        | Event::Skipped { .. }
        | Event::Judged { .. }
        | Event::Deviated { .. }
        | Event::DeciderSet { .. }
        | Event::Undone { .. }
        | Event::Redone { .. }
        | Event::BranchSelected { .. }
        | Event::Reached
        | Event::Ended { .. } => None,
    }
}
