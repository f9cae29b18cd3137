//! Everything that anyone may ask of a session: a person, a script, or the world reporting back.

use crate::engine::ordered::IndexMap;
use std::sync::Arc;

use super::breakpoint::{Breakpoint, BreakpointId};
use super::effect::{EffectId, Report};
use super::event::{Decider, Dial, Pace, Strategy};
use super::goal::{Goal, Key, StepDraft, Surprise, ToolName, Wants};
use super::launch::Truster;
use super::plan::{Step, StepId};
use super::settings::PlannerChoice;
use super::value::Shared;

/// A request. Answered with one fact or a [`Refusal`].
#[derive(Clone, Debug)]
pub enum Command {
    // ── Decisions ─────────────────────────────────────────────────────────────────────────────────────────────
    /// Approve what is waiting: the first plan, a proposal, or a risky step.
    Approve(Approval),
    /// Say that the programs of the goal file may be started from now on, or no longer, and on whose word.
    Trust(Truster),
    /// Take over what was changed on disk while the session was open.
    Redefine {
        /// The goal file as it is now; none where it did not change.
        goal: Option<Arc<Goal>>,
        /// The tools that are not what they were.
        tools: Vec<ToolName>,
        /// The files that changed.
        files: Vec<Arc<str>>,
    },
    /// Reject the waiting proposal and run the old plan on.
    Reject,

    // ── Going on ──────────────────────────────────────────────────────────────────────────────────────────────
    /// Go on by itself this far. Also approves nothing: use [`Command::Approve`] first.
    SetPace(Pace),
    /// Answer the tool (or unbound step) that waits for a person.
    Answer(Shared),
    /// Stop the running step. That is not a failure.
    Cancel,
    /// Ask something of the loop inside the running step.
    Within(Box<Command>),

    // ── The world ─────────────────────────────────────────────────────────────────────────────────────────────
    /// Say that the world is this: values are pinned, `None` removes a key.
    Inject(IndexMap<Key, Option<Shared>>),
    /// Say that a finished step returned this (one output: its value; several: an object of them).
    ReplaceOutcome {
        /// The step.
        step: StepId,
        /// What it returned.
        result: Shared,
    },
    /// Lay a surprise in wait for a tool's next outcome, or let one land now.
    Surprise {
        /// What will happen.
        surprise: Surprise,
        /// The scenario that it belongs to.
        scenario: Option<Arc<str>>,
    },
    /// Let surprises land after a tool's nth finished step.
    Schedule {
        /// The tool; none: at once.
        after: Option<ToolName>,
        /// Which finished step, counted from the start of the session; none: the next one.
        nth: Option<u32>,
        /// What will happen.
        surprises: Vec<Surprise>,
        /// The scenario that they belong to.
        scenario: Option<Arc<str>>,
    },
    /// Call off what is armed for a tool: failures, outcomes, and surprises that land after it.
    CallOff(ToolName),
    /// Set or lift a pin.
    Pin {
        /// The key.
        key: Key,
        /// Whether it is pinned from now on.
        pinned: bool,
    },

    // ── The remaining plan ────────────────────────────────────────────────────────────────────────────────────
    /// Change a remaining step; the draft is the whole step as it shall be.
    ChangeStep {
        /// The step.
        step: StepId,
        /// As it shall be.
        draft: StepDraft,
    },
    /// Add a step.
    AddStep {
        /// As it shall be.
        draft: StepDraft,
        /// Its place among the remaining steps; 0 is next.
        at: usize,
    },
    /// Delete a remaining step.
    DeleteStep(StepId),
    /// Move a remaining step to this place among the remaining ones; 0 is next.
    MoveStep {
        /// The step.
        step: StepId,
        /// Its new place.
        to: usize,
    },
    /// Switch a remaining step off or on.
    SkipStep {
        /// The step.
        step: StepId,
        /// Whether it is off.
        skip: bool,
    },
    /// Run a step that was started before again, next, under a new id.
    Rerun(StepId),
    /// Replace the waiting proposal's steps, or the whole remaining plan, by these.
    ReplacePlan(Vec<Arc<Step>>),

    // ── The goal, and a new plan ──────────────────────────────────────────────────────────────────────────────
    /// Change the goal.
    ChangeGoal {
        /// In words.
        goal: Arc<str>,
        /// What must hold at the end.
        wants: Wants,
        /// The scenario that it belongs to.
        scenario: Option<Arc<str>>,
    },
    /// Ask for a replan.
    Replan,

    // ── Settings ──────────────────────────────────────────────────────────────────────────────────────────────
    /// Turn the dial for *when to replan*.
    TurnDial(Dial),
    /// Change the strategy.
    SetStrategy(Strategy),
    /// Change who decides on replans.
    SetDecider(Decider),
    /// Change who plans; a plan that is waited for is asked of the new one.
    SetPlanner(PlannerChoice),

    // ── Breakpoints ───────────────────────────────────────────────────────────────────────────────────────────────
    /// Set a breakpoint, or change one.
    SetBreakpoint {
        /// Which one to change; none: the one at its place, else a new one.
        id: Option<BreakpointId>,
        /// As it shall be.
        breakpoint: Breakpoint,
    },
    /// Remove a breakpoint.
    RemoveBreakpoint(BreakpointId),

    // ── Travelling ────────────────────────────────────────────────────────────────────────────────────────────
    /// Take the last change back.
    Undo,
    /// Make the change again that was taken back last.
    Redo,

    // ── The world outside ─────────────────────────────────────────────────────────────────────────────────────
    /// End the session here, for this reason (a limit, Ctrl-C, an approval that nobody can give).
    End(Arc<str>),
    /// The world reports on an effect.
    Report(EffectId, Report),
}

/// What is approved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Approval {
    /// All of it.
    #[default]
    Whole,
    /// All of it, and from now on every use of the tool of the risky step that waits.
    Tool,
    /// Only these hunks of the proposal, by the step ids that they concern.
    Hunks(Vec<StepId>),
}

/// Why a command was not carried out. It changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// A sentence for the person: what, where, what to do.
    pub message: String,
}

impl Refusal {
    /// Returns the refusal that says `message`.
    pub fn new(message: impl Into<String>) -> Refusal {
        Refusal { message: message.into() }
    }
}
