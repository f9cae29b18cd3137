//! Everything that can ever have happened: facts, in the past tense, journaled for ever.
//!
//! A new event touches four files: this one; `event/questions.rs`, where what may be asked of every event is answered
//! once for each; `apply/mod.rs`, where it changes the state; and `describe/`, where it is put into words. Whoever else
//! has to tell events apart asks, or looks only for those that it knows.

mod edit;
mod proposal;
mod questions;
mod reason;
mod verdict;

use crate::engine::ordered::IndexMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::because::Because;
use super::breakpoint::{Breakpoint, BreakpointId, Hit};
use super::goal::{Goal, Key, Surprise, ToolName, Wants};
use super::launch::{Ran, Truster};
use super::plan::{Step, StepId};
use super::review::Deviation;
use super::settings::PlannerChoice;
pub use super::settings::{Decider, Dial, Pace, Settings, Stop, Strategy};
use super::source::Source;
use super::turn::Thought;
use super::value::Shared;
pub use edit::Edit;
pub use proposal::{Cause, PlainCause, Proposal};
pub use reason::Reason;
pub use verdict::{About, Question, Verdict};

/// The number of an event in its session, from 1; also the version of what it wrote.
pub type Seq = u64;

/// An event in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its number.
    pub seq: Seq,
    /// The event that it follows; none for the first. Not always `seq - 1`: forks share a prefix.
    pub parent: Option<Seq>,
    /// When it happened, RFC 3339, as stamped by the caller. The engine never reads it.
    pub at: Arc<str>,
    /// What happened.
    pub event: Event,
}

/// A fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    // ── The session ───────────────────────────────────────────────────────────────────────────────────────────
    /// The session began.
    Opened {
        /// The format of the journal.
        format: u32,
        /// The goal file, whole: a session stands on its own.
        source: Source,
        /// Where it was read from; `file` tools read from this folder.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        folder: Option<Arc<str>>,
        /// The goal file itself: what is remembered of it, and what it is trusted by, goes by its path. None in journals of
        /// version 0.1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<Arc<str>>,
        /// How the session is to be run.
        settings: Settings,
    },

    // ── Plans ─────────────────────────────────────────────────────────────────────────────────────────────────
    /// A planner was asked: for the first plan (no cause) or for a replan.
    PlanRequested {
        /// Why; none: the first plan.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<Cause>,
    },
    /// There is a first plan, not yet approved.
    Planned {
        /// Its steps.
        steps: Vec<Arc<Step>>,
        /// What it costs; none where nobody counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cost: Option<f64>,
        /// Tools that were not chosen, each with the reason.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left_out: Vec<(ToolName, Arc<str>)>,
    },
    /// The planner proposes to replace the remaining steps.
    Proposed(Box<Proposal>),
    /// There is no plan.
    Unplannable {
        /// Why a plan was asked for; none: the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<Cause>,
        /// Why there is none: the nearest cause in a sentence, where the planner named it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<Arc<str>>,
        /// Why there is none, as trees.
        reasons: Vec<Reason>,
    },
    /// The remaining steps were replaced.
    Replanned {
        /// The event that proposed it.
        proposal: Seq,
        /// The remaining steps from now on.
        steps: Vec<Arc<Step>>,
    },
    /// A person rejected a proposal; its cause is quiet until a version that it names changes.
    Rejected {
        /// The event that proposed it.
        proposal: Seq,
    },
    /// A person (or the setting) approved the first plan, or one risky step.
    Approved {
        /// The step; none: the plan.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepId>,
        /// The tool, where every use of it in this session was approved with the step.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tool: Option<ToolName>,
    },

    /// The goal file, or a file that its commands name, was changed on disk: from now on it is what it is there.
    Redefined {
        /// The goal file as it is now; none where it did not change.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<Source>,
        /// The goal that it holds: read from `source`, never written.
        #[serde(skip)]
        goal: Option<Arc<Goal>>,
        /// The tools that are not what they were: what they made is stale.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tools: Vec<ToolName>,
        /// The files that changed.
        files: Vec<Arc<str>>,
    },
    /// The programs of the goal file may be started from now on, or no longer.
    Trusted {
        /// Whether they may.
        trusted: bool,
        /// On whose word.
        by: Truster,
    },

    // ── Pace ──────────────────────────────────────────────────────────────────────────────────────────────────
    /// How far to go by itself was changed.
    Paced {
        /// From now on.
        pace: Pace,
    },
    /// It stopped going on by itself.
    Stopped {
        /// Why.
        why: Stop,
    },

    // ── Turns of ReAct, and the frame inside a step ───────────────────────────────────────────────────────────
    /// One action was decided on, from what is observable now (ReAct).
    Thought(Box<Thought>),
    /// The action of a thought was not carried out, because it could not be.
    Refused {
        /// The step that it would have been.
        step: StepId,
        /// Why: "`count_intents` needs tickets, which has no value".
        message: Arc<str>,
        /// The keys that it was refused for.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        needs: Vec<Key>,
        /// The key that it was refused for first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<Key>,
        /// Why, as data; none in journals of version 0.1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<Because>,
    },
    /// The loop of a running step began, on a copy of its inputs.
    Entered {
        /// The step.
        step: StepId,
        /// Whether to stop before each of its turns.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        stepwise: bool,
    },
    /// Something happened inside the running step.
    Inner {
        /// What.
        event: Box<Event>,
    },

    // ── Steps ─────────────────────────────────────────────────────────────────────────────────────────────────
    /// An attempt at a step began.
    Started {
        /// The step.
        step: StepId,
        /// The attempt, from 1.
        #[serde(default = "one", skip_serializing_if = "is_one")]
        attempt: u32,
        /// The versions of the keys that it reads.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reads: Vec<(Key, Seq)>,
    },
    /// A step was done; its values are in the context.
    Finished {
        /// The step.
        step: StepId,
        /// What it wrote.
        writes: IndexMap<Key, Shared>,
        /// The line for the trace, where its tool gives one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        summary: Option<Arc<str>>,
        /// How long it took.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wall_ms: Option<f64>,
        /// Whether a scenario or a person gave the outcome instead of a run.
        #[serde(default, skip_serializing_if = "Mark::is_ran")]
        mark: Mark,
        /// What is known of the program that ran, where one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ran: Option<Arc<Ran>>,
    },
    /// A step failed for good.
    Failed {
        /// The step.
        step: StepId,
        /// What it said.
        error: Arc<str>,
        /// What it wrote all the same: the `ensures` was false, these values are refuted.
        #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
        writes: IndexMap<Key, Shared>,
        /// How long it took.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wall_ms: Option<f64>,
        /// Whether it answered, and what its contract does not allow.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unlike: bool,
        /// Whether this is the tool's outcome for these inputs (a cancelled or dead call is not).
        #[serde(default = "yes", skip_serializing_if = "is_yes")]
        remember: bool,
        /// Whether a scenario or a person made it fail.
        #[serde(default, skip_serializing_if = "Mark::is_ran")]
        mark: Mark,
        /// What is known of the program that ran, where one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ran: Option<Arc<Ran>>,
    },
    /// An attempt failed and another one follows.
    Retried {
        /// The step.
        step: StepId,
        /// The attempt that follows.
        attempt: u32,
        /// What the failed one said.
        error: Arc<str>,
        /// How long to wait before it, in milliseconds.
        wait_ms: u64,
        /// Whether a scenario or a person made the failed one fail.
        #[serde(default, skip_serializing_if = "Mark::is_ran")]
        mark: Mark,
        /// What is known of the program that ran, where one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ran: Option<Arc<Ran>>,
    },
    /// The program died while a step ran that is not pure: nobody knows its outcome.
    Interrupted {
        /// The step.
        step: StepId,
    },
    /// A person stopped a running step. That is not a failure.
    Cancelled {
        /// The step.
        step: StepId,
    },
    /// A step that was switched off was passed by.
    Skipped {
        /// The step.
        step: StepId,
    },

    // ── What holds ────────────────────────────────────────────────────────────────────────────────────────────
    /// Conditions were evaluated. A replay takes them from here and evaluates nothing.
    Judged {
        /// Each question with its answer.
        verdicts: Vec<(Question, Verdict)>,
    },
    /// The remaining plan no longer holds (or holds again, where the list is empty).
    Deviated {
        /// What contradicts it, nearest first.
        deviations: Vec<Deviation>,
    },

    // ── The world ─────────────────────────────────────────────────────────────────────────────────────────────
    /// A person or a scenario said that the world is this, or replaced what a step returned.
    Injected {
        /// The key; none where a step with several outputs is replaced.
        values: IndexMap<Key, Option<Shared>>,
        /// The step whose outcome is replaced; none: the world is this, pinned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome_of: Option<StepId>,
        /// The scenario that did it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scenario: Option<Arc<str>>,
    },
    /// A pin was set or lifted.
    Pinned {
        /// The key.
        key: Key,
        /// Whether it is pinned now.
        pinned: bool,
    },
    /// A surprise was armed for a tool's next outcome.
    Armed {
        /// What will happen.
        surprise: Surprise,
        /// The scenario that did it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scenario: Option<Arc<str>>,
    },
    /// A surprise waits until a tool's nth step from now has finished, then lands.
    Scheduled {
        /// The tool; none: at once.
        after: Option<ToolName>,
        /// Which finished step of that tool, counted from the start of the session.
        nth: u32,
        /// What will happen.
        surprises: Vec<Surprise>,
        /// The scenario that did it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scenario: Option<Arc<str>>,
    },

    /// What was armed for a tool was called off before it landed.
    CalledOff {
        /// The tool.
        tool: ToolName,
    },

    // ── What a person wants ───────────────────────────────────────────────────────────────────────────────────
    /// A person changed the remaining plan by hand.
    Edited {
        /// What they did.
        edit: Edit,
    },
    /// The goal is another one from now on.
    GoalChanged {
        /// In words.
        goal: Arc<str>,
        /// What must hold at the end.
        wants: Wants,
        /// The scenario that did it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scenario: Option<Arc<str>>,
    },

    // ── Settings ──────────────────────────────────────────────────────────────────────────────────────────────
    /// The dial for *when to replan* was turned.
    DialTurned {
        /// From now on.
        dial: Dial,
    },
    /// The strategy is another one from now on.
    StrategySet {
        /// From now on.
        strategy: Strategy,
    },
    /// Who plans is another one from now on.
    PlannerSet {
        /// From now on.
        planner: PlannerChoice,
    },
    /// Who decides on a replan was changed.
    DeciderSet {
        /// From now on.
        decider: Decider,
    },

    // ── Breakpoints ───────────────────────────────────────────────────────────────────────────────────────────────
    /// A breakpoint was set or changed.
    BreakpointSet {
        /// Its number.
        id: BreakpointId,
        /// As it is from now on.
        breakpoint: Breakpoint,
    },
    /// A breakpoint was removed.
    BreakpointRemoved {
        /// Its number.
        id: BreakpointId,
    },
    /// A breakpoint was hit.
    BreakpointHit {
        /// What it found.
        hit: Box<Hit>,
    },
    /// The conditions of breakpoints were judged.
    BreakpointsJudged {
        /// What each came to.
        verdicts: Vec<(BreakpointId, Verdict)>,
        /// Those that reached a limit, and are not judged again.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        endless: Vec<BreakpointId>,
    },
    /// The note of a breakpoint was filled in.
    BreakpointNoted {
        /// The breakpoint.
        breakpoint: BreakpointId,
        /// The event of the hit.
        hit: Seq,
        /// What it says.
        text: Arc<str>,
    },

    // ── Travelling ────────────────────────────────────────────────────────────────────────────────────────────
    /// The last change by a person was taken back.
    Undone {
        /// The event that is taken back.
        of: Seq,
    },
    /// A change that was taken back was made again.
    Redone {
        /// The event that is made again.
        of: Seq,
    },
    /// A branch was chosen: what follows goes on from `tip`.
    BranchSelected {
        /// The event that the session goes on from.
        tip: Seq,
    },
    /// A branch was named, or put away, or brought back.
    BranchMarked {
        /// Its first event that it shares with no other.
        branch: Seq,
        /// What it is called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Arc<str>>,
        /// Whether it is put away.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        away: bool,
    },

    // ── The end ───────────────────────────────────────────────────────────────────────────────────────────────
    /// Every wanted key is fresh and its condition true.
    Reached,
    /// It is over without reaching the goal.
    Ended {
        /// How.
        outcome: Outcome,
        /// Why, in a sentence.
        why: Arc<str>,
        /// Why, as a tree, where there is one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reasons: Vec<Reason>,
    },
}

/// How a session ended without reaching its goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There is no plan.
    Unreachable,
    /// The plan ended, or went in a circle, without reaching it.
    NotReached,
    /// Someone or a limit stopped it.
    Stopped,
    /// The program ended while something outside was asked: a person decides whether to ask again.
    Interrupted,
}

/// What a value in the trace is: run for real, or put there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Run for real.
    #[default]
    Ran,
    /// A person or a scenario gave it.
    Injected,
    /// A person answered.
    Answered,
    /// Served from the record.
    Recorded,
}

impl Mark {
    fn is_ran(&self) -> bool {
        *self == Mark::Ran
    }
}

fn one() -> u32 {
    1
}
fn is_one(n: &u32) -> bool {
    *n == 1
}
fn yes() -> bool {
    true
}
fn is_yes(b: &bool) -> bool {
    *b
}
