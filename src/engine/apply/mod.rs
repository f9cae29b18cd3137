//! Event → state: total, no opinions, no clock.

mod breakpoints;
mod plan_edits;
mod redefine;
mod runs;
mod standing;
mod surprises;
mod turns;
mod upkeep;

pub(super) use surprises::aims_at;

use std::sync::Arc;

use crate::engine::breakpoint::Before;
use crate::engine::context::{Context, Origin, Write};
use crate::engine::effect::Outcomes;
use crate::engine::event::{Decider, Event, Outcome, Pace, Reason, Seq, Stop};
use crate::engine::goal::{Goal, Key};
use crate::engine::latest::{Latest, REMEMBERED};
use crate::engine::plan::{Plan, StepId};
use crate::engine::state::{ApprovedStep, Armed, Phase, Replan, Scheduled, State, Status, Undo};
use crate::engine::turn::Refused;

/// What of the review has to be made again after an event.
enum Touch {
    /// Nothing.
    Nothing,
    /// A step ended just as the review had assumed; only conditions on these keys are new.
    AsAssumed(StepId, Vec<Key>),
    /// Verdicts came in; `matters` where one is not true, or may make a step that is still to do needless.
    Verdicts { matters: bool },
    /// Anything may be different.
    Everything,
}

impl State {
    /// Returns the state before the first event of a session on `goal`.
    pub fn new(goal: Arc<Goal>) -> State {
        let plain_tools = goal.plain_tools();
        State {
            seq: 0,
            goal,
            plain_tools,
            settings: Arc::default(),
            context: Context::default(),
            plan: Plan::default(),
            runs: imbl::Vector::new(),
            rewrote: 0,
            phase: Phase::New,
            pace: Pace::Paused,
            stop: None,
            deviations: Arc::new([]),
            said: Arc::new([]),
            quiet: imbl::HashSet::new(),
            verdicts: imbl::OrdMap::new(),
            open_questions: Arc::new([]),
            outcomes: Outcomes::new(),
            barred: imbl::Vector::new(),
            armed: imbl::Vector::new(),
            scheduled: imbl::Vector::new(),
            finished: imbl::OrdMap::new(),
            made_by: imbl::OrdMap::new(),
            replans: imbl::Vector::new(),
            left_out: Arc::new([]),
            cost: None,
            situations: imbl::HashMap::new(),
            fingerprint: Arc::default(),
            fruitless: 0,
            undo: imbl::Vector::new(),
            redo: imbl::Vector::new(),
            next_step: 1,
            calls: 0,
            run_of: imbl::OrdMap::new(),
            runs_with: imbl::OrdMap::new(),
            goal_before: None,
            kept_steps: false,
            failed: imbl::Vector::new(),
            approved: false,
            approved_step: None,
            allowed: imbl::OrdSet::new(),
            passed: imbl::OrdSet::new(),
            asked_since: 0,
            planned_runs: 0,
            planned_at: 0,
            observed: 0,
            recent: imbl::Vector::new(),
            turns: imbl::Vector::new(),
            turned_down: imbl::OrdMap::new(),
            seen: None,
            inner: None,
            id_prefix: "s".into(),
            breakpoints: Arc::default(),
            halted: false,
            held: false,
        }
    }

    /// Folds one fact into the state. Total: no errors, no decisions, no clock, no randomness.
    pub fn apply(&mut self, seq: Seq, event: &Event) {
        // What was accepted without asking is nobody's deed: undo takes back what caused it.
        let by_itself = matches!(event, Event::Replanned { .. }) && self.settings.decider == Decider::Auto;
        if let Some(what) = event.undoable().filter(|_| !by_itself) {
            self.undo.push_back(Undo { of: seq, what: what.into(), state: self.to_return_to() });
            self.redo = imbl::Vector::new();
            if !matches!(event, Event::Replanned { .. } | Event::Rejected { .. }) {
                self.situations = imbl::HashMap::new();
                self.fruitless = 0;
            }
        }
        let before = (!self.breakpoints.is_empty()).then(|| Before::of(self));
        self.lift(event);
        self.land(event);
        let latest = Latest::of(self, event);
        let touch = self.change(seq, event);
        if let Some(latest) = latest {
            self.recent.push_back(Arc::new(latest));
            if self.recent.len() > REMEMBERED {
                self.recent.pop_front();
            }
        }
        if event.is_observation() {
            self.observed = seq;
        }
        self.seq = seq;
        self.review(seq, touch);
        if matches!(event, Event::Planned { .. } | Event::Replanned { .. }) {
            self.hush_unneeded();
        }
        // What a loop did, its own breakpoints have looked at.
        if let Some(before) = before.filter(|_| !matches!(event, Event::Inner { .. })) {
            self.meet(&before, event);
        }
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
                self.bar_switched_off();
                self.phase = Phase::Ready;
                Touch::Everything
            }
            Event::PlanRequested { cause } => {
                if cause.is_some() || self.is_react() {
                    self.fingerprint = self.fingerprint.moved(&self.context, &self.outcomes);
                    self.situations.insert(self.situation(), seq);
                    self.fruitless += 1;
                }
                self.planned_runs = self.runs.len();
                self.planned_at = self.observed;
                self.phase = Phase::Planning { asked: seq, cause: cause.clone() };
                Touch::Nothing
            }
            Event::Planned { steps, cost, left_out } => {
                self.cost = *cost;
                self.left_out = left_out.clone().into();
                self.goal_before = None;
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
                    saw: self.observed,
                }));
                self.phase = Phase::Deciding;
                if self.pace == Pace::ToReplan {
                    self.pace = Pace::Paused;
                    self.stop = Some(Stop::Replan);
                    self.halted = true;
                }
                Touch::Nothing
            }
            Event::Unplannable { cause: _, why, reasons } => {
                let why = Reason::headline(why.as_ref(), reasons);
                self.phase = Phase::Ended { outcome: Outcome::Unreachable, why, reasons: reasons.clone().into() };
                self.pace = Pace::Paused;
                Touch::Nothing
            }
            Event::Replanned { proposal: _, steps } => {
                self.decided(true, Some(steps));
                self.goal_before = None;
                self.approved = true;
                self.failed = imbl::Vector::new();
                let (revision, same) = (self.plan.revision, self.plan.remaining() == steps.as_slice());
                self.set_plan(steps.clone());
                if same {
                    self.plan.revision = revision;
                }
                self.phase = Phase::Ready;
                Touch::Everything
            }
            Event::Rejected { .. } => {
                self.decided(false, None);
                self.hush();
                self.phase = self.resting();
                Touch::Nothing
            }
            Event::Redefined { goal, tools, .. } => {
                self.redefine(seq, goal.as_ref(), tools);
                self.reopen();
                Touch::Everything
            }
            Event::Trusted { trusted, .. } => {
                self.trust(*trusted);
                Touch::Nothing
            }
            Event::Approved { step: None, .. } => {
                self.approved = true;
                self.phase = Phase::Ready;
                Touch::Nothing
            }
            Event::Approved { step: Some(step), tool } => {
                self.allowed.extend(tool.clone());
                let approved = self.plan.find(step).map(|(_, step)| step.clone());
                self.approved_step = approved.map(|step| Arc::new(ApprovedStep { reads: self.read_now(&step), step }));
                self.phase = Phase::Ready;
                Touch::Nothing
            }
            Event::Paced { pace } => {
                self.stand(pace);
                if self.pace_inside(pace) {
                    // Who steps inside a loop does not mean what follows it.
                    if self.pace != Pace::Paused {
                        self.pace = Pace::Steps(1);
                    }
                    return Touch::Nothing;
                }
                self.pace = pace.clone();
                self.stop = (*pace == Pace::Paused).then_some(Stop::Paused);
                if let Phase::Ended { outcome, .. } = &self.phase
                    && *pace != Pace::Paused
                {
                    // Going on after there was no plan, or after it was over, means: run what is there.
                    let _: &Outcome = outcome;
                    self.hush();
                    self.hush_stale();
                    self.pass_by_blocked();
                    self.planned_runs = self.runs.len();
                    self.phase = Phase::Ready;
                }
                Touch::Nothing
            }
            Event::Stopped { why } => {
                self.pace = Pace::Paused;
                match why {
                    Stop::Approval { .. } | Stop::Planner => self.phase = Phase::Approving,
                    Stop::Blocked { .. } => self.pass_by_blocked(),
                    Stop::Paused
                    | Stop::StepsDone
                    | Stop::Arrived
                    | Stop::Deviation
                    | Stop::Replan
                    | Stop::Breakpoint { .. }
                    | Stop::Circle { .. }
                    | Stop::Limit { .. }
                    | Stop::Failed { .. } => {}
                }
                self.stop = Some(why.clone());
                Touch::Nothing
            }
            Event::Thought(thought) => {
                self.thought(seq, thought);
                Touch::Everything
            }
            Event::Refused { step, message, needs, key, because } => {
                self.refused(
                    seq,
                    step,
                    needs,
                    Refused { seq, message: message.clone(), key: key.clone(), because: because.clone() },
                );
                Touch::Everything
            }
            Event::Entered { step: _, stepwise } => {
                self.entered(seq, *stepwise);
                Touch::Nothing
            }
            Event::Inner { event } => {
                self.apply_inside(seq, event);
                Touch::Nothing
            }
            Event::Started { step, attempt: _, reads } => self.started(seq, step, reads),
            Event::Retried { attempt, error, wait_ms, mark, .. } => {
                self.leave();
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
            Event::Finished { writes, summary, wall_ms, mark, ran, .. } => {
                self.know_program(ran.as_deref());
                self.spend_armed(*mark);
                self.finished(seq, writes, summary, *wall_ms, *mark)
            }
            Event::Failed { error, writes, wall_ms, remember, mark, ran, .. } => {
                self.know_program(ran.as_deref());
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
                self.leave();
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
                let mut matters = false;
                for (question, verdict) in verdicts {
                    let rewritten = question.keys().any(|key| self.plan.planner_writes(key));
                    matters |= rewritten || *verdict != crate::engine::event::Verdict::True;
                    self.verdicts.insert(question.clone(), verdict.clone());
                }
                Touch::Verdicts { matters }
            }
            Event::Deviated { deviations } => {
                self.said = deviations.clone().into();
                if self.pace == Pace::ToDeviation && !deviations.is_empty() {
                    self.pace = Pace::Paused;
                    self.stop = Some(Stop::Deviation);
                }
                Touch::Nothing
            }
            Event::Injected { values, outcome_of, scenario } => {
                self.expect_of(scenario.as_deref());
                match outcome_of {
                    None => self.inject(seq, values),
                    Some(step) => self.replace_outcome(seq, step, values),
                }
                self.share_injected(seq, event);
                self.see_injected(seq, values);
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
                self.share_armed();
                self.reopen();
                Touch::Nothing
            }
            Event::CalledOff { tool } => {
                self.armed.retain(|armed| !aims_at(&armed.surprise, tool));
                self.scheduled.retain(|scheduled| scheduled.after.as_ref() != Some(tool));
                self.share_armed();
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
            Event::GoalChanged { goal, wants, scenario } => {
                let mut changed = (*self.goal).clone();
                changed.goal = goal.clone();
                changed.wants = Arc::new(wants.clone());
                let before = std::mem::replace(&mut self.goal, Arc::new(changed));
                self.expect_of(scenario.as_deref());
                if self.plan.revision > 0 {
                    self.goal_before.get_or_insert(before);
                }
                if self.settings.decider == Decider::Ask {
                    self.pace_inside(&Pace::Paused);
                    self.pace = Pace::Paused;
                }
                self.see(seq, format!("the goal is now: {goal}"), wants.keys().cloned().collect());
                self.reopen();
                Touch::Everything
            }
            Event::DialTurned { dial } => {
                Arc::make_mut(&mut self.settings).dial = *dial;
                self.quiet = imbl::HashSet::new();
                self.reopen();
                Touch::Everything
            }
            Event::StrategySet { strategy } => {
                self.set_strategy(*strategy);
                Touch::Everything
            }
            Event::PlannerSet { planner } => {
                Arc::make_mut(&mut self.settings).planner = planner.clone();
                let waits = self.phase == Phase::Approving && self.stop == Some(Stop::Planner);
                let open = match &self.phase {
                    Phase::Planning { .. } => true,
                    Phase::Ended { outcome, .. } => matches!(outcome, Outcome::Stopped | Outcome::Interrupted),
                    _ => false, // nothing was asked that is not answered
                };
                if waits || open {
                    // What the one did not answer, the other is asked.
                    (self.phase, self.stop) = (self.resting(), None);
                    self.situations = imbl::HashMap::new();
                }
                Touch::Nothing
            }
            Event::DeciderSet { decider } => {
                Arc::make_mut(&mut self.settings).decider = *decider;
                Touch::Nothing
            }
            Event::BreakpointSet { id, breakpoint } => {
                self.set_breakpoint(seq, *id, Some(breakpoint));
                Touch::Nothing
            }
            Event::BreakpointRemoved { id } => {
                self.set_breakpoint(seq, *id, None);
                Touch::Nothing
            }
            Event::BreakpointHit { hit } => {
                self.broke(seq, hit);
                Touch::Nothing
            }
            Event::BreakpointsJudged { verdicts, endless } => {
                Arc::make_mut(&mut self.breakpoints).judged(seq, verdicts, endless);
                Touch::Nothing
            }
            Event::BreakpointNoted { breakpoint, hit, .. } => {
                Arc::make_mut(&mut self.breakpoints).filled(seq, *breakpoint, *hit);
                Touch::Nothing
            }
            Event::Undone { .. } => self.travel(seq, true),
            Event::Redone { .. } => self.travel(seq, false),
            // The session selects the branch; the state of its tip is what goes on.
            Event::BranchSelected { .. } => {
                self.planned_at = Seq::MAX; // whoever tells stands elsewhere
                Touch::Everything
            }
            Event::BranchMarked { .. } => Touch::Nothing,
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
}
