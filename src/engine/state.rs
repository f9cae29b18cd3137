//! The state of a session: a fold over its events, and the questions one may ask of it.

use std::sync::Arc;

use super::breakpoint::Breakpoints;
use super::context::Context;
use super::effect::{CallKey, Outcomes};
use super::event::{Cause, Decider, Mark, Outcome, Pace, Proposal, Question, Reason, Seq, Settings, Stop, Verdict};
use super::fingerprint::Fingerprint;
use super::goal::{Catalogue, Goal, Key, Surprise, ToolName};
use super::latest::Latest;
use super::launch::Digests;
use super::plan::{Plan, Step, StepId, Use};
use super::review::{Deviation, DeviationKind};
use super::turn::{Seen, Turn, TurnedDown};

/// Everything that is true after an event. A clone costs some twenty pointers.
///
/// What grows with the session is ordered, not hashed: neighbours are written one after the other and share a node,
/// so that the states that a session keeps have nearly everything in common (hashed, each took ten times the memory).
#[derive(Clone, Debug)]
pub struct State {
    /// The last event that was folded in.
    pub seq: Seq,
    /// The goal as it is now.
    pub goal: Arc<Goal>,
    /// How the session is run now.
    pub settings: Arc<Settings>,
    /// The shared state.
    pub context: Context,
    /// The remaining steps.
    pub plan: Plan,
    /// The steps that were ever started (or passed by), in that order.
    pub runs: imbl::Vector<Arc<StepRun>>,
    /// The last event that changed a run behind which others may stand. Two states in which it is the same have all
    /// runs in common up to the last one that is the very same in both.
    pub rewrote: Seq,
    /// What the session is doing.
    pub phase: Phase,
    /// How far it goes by itself.
    pub pace: Pace,
    /// Why it stopped going by itself.
    pub stop: Option<Stop>,
    /// What contradicts the remaining plan now, nearest first (the first few; see `review`).
    pub deviations: Arc<[Deviation]>,
    /// The deviations that the trace has said already.
    pub said: Arc<[Deviation]>,
    /// Deviations that were rejected or that no plan could mend, with the versions that they named.
    pub quiet: imbl::HashSet<Quiet>,
    /// Answers to conditions.
    pub verdicts: imbl::OrdMap<Question, Verdict>,
    /// Questions without an answer that the session waits for.
    pub open_questions: Arc<[Question]>,
    /// Outcomes of calls.
    pub outcomes: Outcomes,
    /// Uses that do not come back by themselves.
    pub barred: imbl::Vector<Use>,
    /// Surprises that wait for a tool's outcome.
    pub armed: imbl::Vector<Armed>,
    /// Surprises that wait for a moment.
    pub scheduled: imbl::Vector<Scheduled>,
    /// The tools of the goal that are not loops over others.
    pub(super) plain_tools: Arc<Catalogue>,
    /// How often each tool has finished a step.
    pub finished: imbl::OrdMap<ToolName, u32>,
    /// The files that the program of each tool was when it ran last, each with its digest.
    pub made_by: imbl::OrdMap<ToolName, Arc<Digests>>,
    /// Every replan that was proposed, in order.
    pub replans: imbl::Vector<Arc<Replan>>,
    /// Tools that the last planner answer did not choose, each with the reason.
    pub left_out: Arc<[(ToolName, Arc<str>)]>,
    /// What the plan costs, where the planner counted.
    pub cost: Option<f64>,
    /// Fingerprints of the situations after which a replan was asked for.
    pub situations: imbl::HashMap<u64, Seq>,
    /// The fingerprint of values and outcomes when one was asked for last.
    pub(super) fingerprint: Arc<Fingerprint>,
    /// Replans in a row without a newly fresh wanted key.
    pub fruitless: u32,
    /// Changes that can be taken back, last one last.
    pub undo: imbl::Vector<Undo>,
    /// Changes that were taken back, last one last.
    pub redo: imbl::Vector<Undo>,
    /// The number of the next step id.
    pub next_step: u64,
    /// How many attempts at steps were started.
    pub calls: u64,
    /// The indexes into `runs`, by step id.
    pub run_of: imbl::OrdMap<StepId, usize>,
    /// The indexes into `runs`, by the tool that was run, in order.
    pub runs_with: imbl::OrdMap<ToolName, imbl::Vector<usize>>,
    /// The goal as it was when the plan was made, where it changed since and no plan was made for the new one yet.
    pub goal_before: Option<Arc<Goal>>,
    /// Whether a step that replans keep was ever in the plan (most sessions: no).
    pub kept_steps: bool,
    /// Failed runs (indexes into `runs`) since the last plan.
    pub failed: imbl::Vector<usize>,
    /// Whether the plan was approved.
    pub approved: bool,
    /// The step that was approved, if it did not start yet.
    pub approved_step: Option<Arc<ApprovedStep>>,
    /// Tools that were approved for the whole session.
    pub allowed: imbl::OrdSet<ToolName>,
    /// Blocked steps that were named as such: stepping goes on past them.
    pub passed: imbl::OrdSet<StepId>,
    /// The event after which `open_questions` were asked.
    pub asked_since: Seq,
    /// How many runs there were when a plan was last asked for.
    pub planned_runs: usize,
    /// What had been observed when a plan was last asked for.
    pub planned_at: Seq,
    /// The last event that brought something new: what a replan answers to.
    pub observed: Seq,
    /// What happened last to what a plan rests on, the last one last, at most [`REMEMBERED`](super::latest::REMEMBERED).
    pub recent: imbl::Vector<Arc<Latest>>,
    /// The turns that were taken (ReAct), in order.
    pub turns: imbl::Vector<Arc<Turn>>,
    /// Uses that were refused.
    pub turned_down: imbl::OrdMap<Use, Arc<TurnedDown>>,
    /// What was observed last.
    pub seen: Option<Arc<Seen>>,
    /// The loop inside the running step, if it was entered.
    pub inner: Option<Arc<State>>,
    /// What the ids of new steps begin with: `s`, or inside a loop its step's id and a dot.
    pub id_prefix: Arc<str>,
    /// The breakpoints, and what they wait for.
    pub breakpoints: Arc<Breakpoints>,
    /// Whether it stopped at a breakpoint, or at a replan that it ran to: nothing follows by itself before a person acts.
    pub halted: bool,
    /// Whether the state came from a file and waits before anything with an effect outside runs again.
    pub held: bool,
}

/// What a session is doing: exclusive cases.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Nothing happened yet.
    New,
    /// It waits for a planner, asked by the event `asked`.
    Planning {
        /// The event that asked.
        asked: Seq,
        /// Why; none: the first plan.
        cause: Option<Cause>,
    },
    /// The first plan waits for approval.
    Review,
    /// A proposal waits for a decision: the last of `replans`.
    Deciding,
    /// Between steps; the debugger's resting place.
    Ready,
    /// A risky step waits for approval: the next one.
    Approving,
    /// A step is running: the last of `runs`.
    Running {
        /// The event that started the attempt.
        started: Seq,
        /// How long to wait before it, in milliseconds.
        wait_ms: u64,
    },
    /// The last of `runs` was interrupted; a person decides: run again, give its outcome, or skip it.
    Interrupted,
    /// Every wanted key is fresh and its condition true.
    Reached,
    /// It is over without that.
    Ended {
        /// How.
        outcome: Outcome,
        /// Why.
        why: Arc<str>,
        /// Why, as a tree.
        reasons: Arc<[Reason]>,
    },
}

impl Phase {
    /// Tells whether the session, or the loop, is over as things are.
    pub fn is_over(&self) -> bool {
        matches!(self, Phase::Reached | Phase::Ended { .. })
    }
}

/// A step that was started, and how it went.
#[derive(Clone, Debug)]
pub struct StepRun {
    /// The step as it was.
    pub step: Arc<Step>,
    /// How it went.
    pub status: Status,
    /// The attempts so far.
    pub attempts: u32,
    /// The event that started it (the first attempt).
    pub started: Seq,
    /// The event that ended it.
    pub ended: Option<Seq>,
    /// What it read: key and version.
    pub reads: Arc<[(Key, Seq)]>,
    /// What it wrote: key and version.
    pub wrote: Arc<[(Key, Seq)]>,
    /// Whether an input was stale or refuted when it ran: its outputs are born stale.
    pub on_stale: bool,
    /// What it said when it failed.
    pub error: Option<Arc<str>>,
    /// The line for the trace.
    pub summary: Option<Arc<str>>,
    /// How long its last attempt took, in milliseconds.
    pub wall_ms: Option<f64>,
    /// Run for real, given, answered or from the record.
    pub mark: Mark,
    /// What its call is remembered by.
    pub call: Option<CallKey>,
    /// How the loop inside it ended, where it was one.
    pub inside: Option<Arc<State>>,
}

impl StepRun {
    /// Tells whether a person stopped it. What the program died under has no end in the trace.
    pub fn was_stopped(&self) -> bool {
        self.status == Status::Interrupted && self.ended.is_some()
    }

    /// Returns how it stands, in a word.
    pub fn word(&self) -> &'static str {
        if self.was_stopped() { "stopped" } else { self.status.word() }
    }
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Still to do.
    Pending,
    /// Running.
    Running,
    /// Done.
    Done,
    /// Failed for good.
    Failed,
    /// Switched off and passed by.
    Skipped,
    /// Nobody knows: the program died, or a person stopped it.
    Interrupted,
}

impl Status {
    /// Returns the word that screens, JSON and scripts use.
    pub fn word(self) -> &'static str {
        match self {
            Status::Pending => "pending",
            Status::Running => "running",
            Status::Done => "done",
            Status::Failed => "failed",
            Status::Skipped => "skipped",
            Status::Interrupted => "interrupted",
        }
    }
}

/// A replan that was proposed, and its outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Replan {
    /// The event that proposed it.
    pub seq: Seq,
    /// The proposal.
    pub proposal: Arc<Proposal>,
    /// The remaining steps before, whole.
    pub before: Arc<[Arc<Step>]>,
    /// Accepted, rejected, or (none) not decided.
    pub accepted: Option<bool>,
    /// The remaining steps that were taken, if it was accepted.
    pub taken: Option<Arc<[Arc<Step>]>>,
    /// The seq of the event that the cause rests on.
    pub saw: Seq,
}

impl Replan {
    /// Returns the steps that it would take out and at which somebody looks before the plan goes on, each with the
    /// reason where there is one. No replan takes one out by itself.
    pub fn removed_gates(&self) -> impl Iterator<Item = (&Arc<Step>, Option<&Arc<str>>)> {
        let after = &self.proposal.after;
        let gone = self.before.iter().filter(|step| step.is_a_gate() && !after.iter().any(|kept| kept.id == step.id));
        gone.map(|step| {
            let why = self.proposal.not_kept.iter().find(|(id, _)| *id == step.id).map(|(_, why)| why);
            (step, why)
        })
    }
}

/// A deviation that is not to be acted upon until a version that it names changes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Quiet {
    /// Its kind, step and key.
    pub about: (super::review::DeviationKind, Option<StepId>, Option<Key>),
    /// The version of its key then.
    pub version: Option<Seq>,
}

/// How many of the latest runs count as recent.
const RECENT: usize = 256;

/// A step that was approved as it was then: another tool, other bindings or other inputs ask again.
#[derive(Clone, Debug, PartialEq)]
pub struct ApprovedStep {
    /// The step.
    pub step: Arc<Step>,
    /// What it would have read: key and version.
    pub reads: Vec<(Key, Seq)>,
}

/// A surprise that waits for a tool's outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Armed {
    /// What will happen: an outcome or a failure.
    pub surprise: Surprise,
    /// The scenario that it belongs to.
    pub scenario: Option<Arc<str>>,
}

/// Surprises that wait for a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Scheduled {
    /// The tool; none: at once.
    pub after: Option<ToolName>,
    /// Which finished step of it, counted from the start of the session.
    pub nth: u32,
    /// What will happen.
    pub surprises: Vec<Surprise>,
    /// The scenario that they belong to.
    pub scenario: Option<Arc<str>>,
}

/// A change that can be taken back, or made again.
#[derive(Clone, Debug)]
pub struct Undo {
    /// The event that made it.
    pub of: Seq,
    /// What it did, in a few words: "edit of s3", "injection of tickets".
    pub what: Arc<str>,
    /// The state to return to, without what could be taken back then.
    pub state: Arc<State>,
}

impl Scheduled {
    /// Tells whether `other` is what is left of the same surprises, the first ones having landed.
    pub fn ends_with(&self, other: &Scheduled) -> bool {
        (&self.after, self.nth, &self.scenario) == (&other.after, other.nth, &other.scenario)
            && self.surprises.ends_with(&other.surprises)
    }
}

impl State {
    /// Returns the surprises whose moment has come, if there are any.
    pub fn landing(&self) -> Option<Scheduled> {
        self.scheduled.get(self.due()?).cloned()
    }

    /// Returns this state and the inside of every loop in it, however deep.
    pub fn levels(&self) -> Vec<&State> {
        let mut levels = vec![self];
        let mut next = 0;
        while let Some(level) = levels.get(next).copied() {
            levels.extend(level.runs.iter().filter_map(|run| run.inside.as_deref()));
            levels.extend(level.inner.as_deref());
            next += 1;
        }
        levels
    }

    /// Returns the run that failed last, among the latest few hundred: what a screen asks for each frame must not cost what
    /// the session is long.
    pub fn failed_last(&self) -> Option<&Arc<StepRun>> {
        self.runs.iter().rev().take(RECENT).find(|run| run.status == Status::Failed)
    }

    /// Tells whether the goal is out of the plan's reach and no step that is left can run.
    pub fn is_dead_end(&self) -> bool {
        !self.is_react() && self.is_out_of_reach() && self.plan.first().is_some() && self.runnable().is_none()
    }

    /// Returns the run that failed last, among the latest few hundred, of those that were to write such a key.
    pub fn failed_to_write(&self, such: impl Fn(&Key) -> bool) -> Option<&Arc<StepRun>> {
        let owes = |run: &&Arc<StepRun>| run.status == Status::Failed && run.step.writes().any(&such);
        self.runs.iter().rev().take(RECENT).find(owes)
    }

    /// Tells whether it was said that the goal is out of the plan's reach, and the plan goes on all the same.
    pub fn is_out_of_reach(&self) -> bool {
        let quiet = |deviation: &Deviation| self.quiet.contains(&self.quiet_of(deviation));
        let bears = |kind| !matches!(kind, DeviationKind::GoalReachedEarly | DeviationKind::StepUnneeded);
        self.deviations.iter().any(|deviation| bears(deviation.kind) && quiet(deviation))
    }

    /// Tells whether a failure, an outcome or other surprises are armed for `tool`.
    pub fn is_armed_for(&self, tool: &str) -> bool {
        self.armed.iter().any(|armed| super::apply::aims_at(&armed.surprise, tool))
            || self.scheduled.iter().any(|scheduled| scheduled.after.as_deref() == Some(tool))
    }

    /// Tells whether `key` has a value, or a step that was started or is still to do reads or writes it.
    pub fn knows_key(&self, key: &str) -> bool {
        let names = |step: &Step| step.reads().chain(step.writes()).any(|named| **named == *key);
        self.context.get(key).is_some()
            || self.runs.iter().any(|run| names(&run.step))
            || self.plan.remaining().iter().any(|step| names(step))
    }

    /// Returns what `step` would read now: key and version.
    pub fn read_now(&self, step: &Step) -> Vec<(Key, Seq)> {
        step.reads().filter_map(|key| self.context.get(key).map(|datum| (key.clone(), datum.version))).collect()
    }

    /// Tells whether `step` was approved as it is, with the inputs that it has now.
    pub fn is_approved(&self, step: &Step) -> bool {
        if super::approval::asks(self, step) == Some(super::approval::Asks::Untrusted) {
            return false;
        }
        let approved = self.approved_step.as_ref();
        approved.is_some_and(|approved| *approved.step == *step && approved.reads == self.read_now(step))
    }

    /// Returns the run of the step `id`, if it was ever started.
    pub fn run(&self, id: &str) -> Option<&Arc<StepRun>> {
        // Mostly it is the last one that is looked for.
        let last = self.runs.last().filter(|run| *run.step.id == *id);
        last.or_else(|| self.run_of.get(id).and_then(|&at| self.runs.get(at)))
    }

    /// Returns the runs with `tool`, the last one first.
    pub fn runs_with(&self, tool: &ToolName) -> impl Iterator<Item = &Arc<StepRun>> {
        let places = self.runs_with.get(tool);
        places.into_iter().flat_map(|places| places.iter().rev()).filter_map(|&at| self.runs.get(at))
    }

    /// Returns the step `id`: started, still to do, or only ever thought of.
    pub fn step(&self, id: &str) -> Option<&Arc<Step>> {
        let here = self.run(id).map(|run| &run.step).or_else(|| self.plan.find(id).map(|(_, step)| step));
        let thought = || {
            let steps = self.turns.iter().rev().filter_map(|turn| turn.thought.step.as_ref());
            steps.into_iter().find(|step| *step.id == *id)
        };
        here.or_else(thought).or_else(|| self.inside_of(id)?.step(id))
    }

    /// Returns the loop that the step `id` belongs to (its id begins with that of the loop's step), if it was one.
    pub fn inside_of(&self, id: &str) -> Option<&Arc<State>> {
        id.match_indices('.').find_map(|(at, _)| {
            let place = *self.run_of.get(id.get(..at)?)?;
            let run = self.runs.get(place)?;
            let running = self.inner.as_ref().filter(|_| place + 1 == self.runs.len());
            running.filter(|inner| inner.step(id).is_some()).or(run.inside.as_ref()).or(running)
        })
    }

    /// Returns the id of the next new step.
    pub fn new_id(&self) -> StepId {
        format!("{}{}", self.id_prefix, self.next_step).into()
    }

    /// Returns how the step `id` stands, if there is one.
    pub fn status(&self, id: &str) -> Option<Status> {
        match self.run(id) {
            Some(run) => Some(run.status),
            None => self.plan.find(id).map(|(_, step)| if step.skip { Status::Skipped } else { Status::Pending }),
        }
    }

    /// Returns the step that comes next: the first that is not switched off, and is not known to be blocked. Where
    /// every step is, the first of them.
    pub fn next_step(&self) -> Option<&Arc<Step>> {
        let mut todo = self.plan.remaining().iter().filter(|step| !step.skip);
        let first = todo.next()?;
        // What blocks a step contradicts the plan.
        if self.deviations.is_empty() || self.is_react() || !self.passes(first) {
            return Some(first);
        }
        todo.find(|step| !self.passes(step)).or(Some(first))
    }

    /// Returns the first remaining step that could run if somebody said so, whatever the dial says about stale values.
    pub fn runnable(&self) -> Option<&Arc<Step>> {
        self.plan.remaining().iter().find(|step| !step.skip && super::review::blocked(self, step).is_none())
    }

    /// Tells whether stepping goes on past `step`: it is blocked, and nobody has to be told: nobody is there, or it was
    /// said of this step, or that the plan goes on past what is in its way.
    pub fn passes(&self, step: &Step) -> bool {
        let told = self.passed.contains(&step.id) || self.is_out_of_reach();
        (self.settings.decider == Decider::Auto || told) && super::advance::in_the_way(self, step).is_some()
    }

    /// Returns the proposal that waits for a decision.
    pub fn waiting_proposal(&self) -> Option<&Arc<Replan>> {
        match self.phase {
            Phase::Deciding => self.replans.last(),
            _ => None,
        }
    }

    /// Returns the run that is going on, waiting for a person's answer, or interrupted.
    pub fn current_run(&self) -> Option<&Arc<StepRun>> {
        match self.phase {
            Phase::Running { .. } | Phase::Interrupted => self.runs.last(),
            _ => None,
        }
    }

    /// Returns the answer to a question, if it was ever asked.
    pub fn verdict(&self, question: &Question) -> Option<&Verdict> {
        self.verdicts.get(question)
    }

    /// Tells whether one action is decided on at a time, instead of a plan.
    pub fn is_react(&self) -> bool {
        self.settings.strategy.wits().is_some()
    }

    /// Returns the innermost state: the loop's inside the running step where one was entered, else this one.
    pub fn innermost(&self) -> &State {
        match (&self.phase, &self.inner) {
            (Phase::Running { .. }, Some(inner)) => inner.innermost(),
            _ => self,
        }
    }

    /// Returns the question whether the wanted `key` holds now, if it has a value.
    pub fn want_question(&self, key: &str) -> Option<Question> {
        let condition = self.goal.wants.get(key)?;
        let (key, _) = self.goal.wants.get_key_value(key)?;
        let datum = self.context.get(key)?;
        Some(Question { condition: condition.clone(), about: super::event::About::Value(key.clone(), datum.version) })
    }

    /// Returns the question whether what a loop goes on for holds now; none where this is not a loop's inside.
    pub fn until_question(&self) -> Option<Question> {
        let explore = self.goal.exploring.as_ref()?;
        let about = self.context.iter().map(|(key, datum)| (key.clone(), key.clone(), datum.version)).collect();
        Some(Question { condition: explore.until.clone(), about: super::event::About::Object(about) })
    }

    /// Returns the uses that were refused while nothing that they were refused for has changed since.
    pub fn standing_refusals(&self) -> impl Iterator<Item = (&Use, &Arc<TurnedDown>)> {
        let stands = |down: &TurnedDown| down.needs.iter().all(|(key, then)| self.standing_of(key) == *then);
        self.turned_down.iter().filter(move |(_, down)| stands(down))
    }

    /// Returns the question whether `key` is what the goal file expects, if it has a value.
    pub fn expect_question(&self, key: &str) -> Option<Question> {
        let (key, condition) = self.goal.expect.get_key_value(key)?;
        let datum = self.context.get(key)?;
        Some(Question { condition: condition.clone(), about: super::event::About::Value(key.clone(), datum.version) })
    }

    /// Returns how the wanted `key` stands: its verdict if it has a value that was judged.
    pub fn want_verdict(&self, key: &str) -> Option<&Verdict> {
        self.want_question(key).and_then(|question| self.verdicts.get(&question))
    }

    /// Tells whether a person has to act before anything goes on.
    pub fn waits_for_person(&self) -> bool {
        match &self.phase {
            Phase::Review | Phase::Deciding | Phase::Approving | Phase::Interrupted => true,
            Phase::Running { .. } if self.inner.is_some() => self.innermost().waits_for_person(),
            Phase::Running { .. } => self.asks().is_some(),
            Phase::New | Phase::Planning { .. } | Phase::Ready | Phase::Reached | Phase::Ended { .. } => false,
        }
    }

    /// Returns the run that waits for a person's answer: an `ask` tool, or an unbound step. A surprise that lies in
    /// wait for the tool answers in the person's place.
    pub fn asks(&self) -> Option<&Arc<StepRun>> {
        let Phase::Running { .. } = self.phase else { return None };
        if let Some(inner) = &self.inner {
            return inner.asks();
        }
        let run = self.runs.last()?;
        match run.step.tool_in(&self.goal.tools) {
            Some(tool) => {
                let surprised = self.armed.iter().any(|armed| super::apply::aims_at(&armed.surprise, &tool.name));
                (tool.run.nature == super::goal::Nature::Asked && !surprised).then_some(run)
            }
            None => run.step.tool.is_none().then_some(run),
        }
    }
}
