//! What may be asked of every event: one row an event, so that nobody else keeps a list of them.

use std::sync::Arc;

use super::{Edit, Event};
use crate::engine::goal::Key;
use crate::engine::plan::{Step, StepId};

/// What holds of an event, as the sum of the constants below.
type Marks = u8;

/// `[` and `]` stop at it.
const MOMENT: Marks = 1;

/// It brought something new that a plan may have to answer to.
const OBSERVATION: Marks = 1 << 1;

/// It is the answer of a planner, or of whoever decides on one action.
const DECISION: Marks = 1 << 2;

/// After it, a step is under way, or nobody knows how it went.
const STEP_OPEN: Marks = 1 << 3;

/// After it, a step is over.
const STEP_OVER: Marks = 1 << 4;

/// A person did it, or a surprise that landed; what was only given to a run is told by its mark.
const FROM_OUTSIDE: Marks = 1 << 5;

/// After it, the session is over as things are.
const END: Marks = 1 << 6;

impl Event {
    /// The one list: whoever adds an event says here what it is.
    fn marks(&self) -> Marks {
        match self {
            Event::Opened { .. } => MOMENT,
            Event::PlanRequested { .. } => 0,
            Event::Planned { .. } | Event::Proposed(_) | Event::Thought(_) => MOMENT | DECISION,
            Event::Unplannable { .. } => MOMENT | DECISION | END,
            Event::Replanned { .. } | Event::Approved { .. } | Event::Trusted { .. } => MOMENT,
            Event::Rejected { .. } => MOMENT | FROM_OUTSIDE,
            Event::Paced { .. } | Event::Stopped { .. } => 0,
            Event::Refused { .. } => MOMENT | OBSERVATION,
            Event::Entered { .. } => MOMENT,
            Event::Inner { event } => event.marks() | OBSERVATION,
            Event::Started { .. } => STEP_OPEN,
            Event::Retried { .. } => MOMENT | STEP_OPEN,
            Event::Finished { .. } | Event::Failed { .. } => MOMENT | OBSERVATION | STEP_OVER,
            Event::Interrupted { .. } => MOMENT | OBSERVATION | STEP_OPEN,
            Event::Cancelled { .. } => MOMENT | OBSERVATION | STEP_OVER | FROM_OUTSIDE,
            Event::Skipped { .. } => MOMENT | STEP_OVER,
            Event::Judged { .. } => 0,
            Event::Deviated { .. } => MOMENT,
            Event::Injected { .. } | Event::Pinned { .. } => MOMENT | OBSERVATION | FROM_OUTSIDE,
            Event::Armed { .. } | Event::Scheduled { .. } | Event::CalledOff { .. } => MOMENT,
            Event::Edited { .. } | Event::GoalChanged { .. } | Event::Redefined { .. } => {
                MOMENT | OBSERVATION | FROM_OUTSIDE
            }
            Event::DialTurned { .. } | Event::StrategySet { .. } => MOMENT | OBSERVATION,
            Event::DeciderSet { .. } | Event::PlannerSet { .. } => MOMENT,
            Event::BreakpointHit { hit }
                if hit.stops || hit.note.as_ref().is_some_and(|note| note.filter.is_none()) =>
            {
                MOMENT
            }
            Event::BreakpointNoted { .. } => MOMENT,
            Event::BreakpointSet { .. }
            | Event::BreakpointRemoved { .. }
            | Event::BreakpointHit { .. }
            | Event::BreakpointsJudged { .. } => 0,
            Event::Undone { .. } | Event::Redone { .. } => MOMENT | OBSERVATION | FROM_OUTSIDE,
            Event::BranchSelected { .. } | Event::BranchMarked { .. } => 0,
            Event::Reached | Event::Ended { .. } => MOMENT | END,
        }
    }

    /// The names of all kinds, as journals have them.
    pub const KINDS: [&str; 47] = [
        "opened",
        "plan_requested",
        "planned",
        "proposed",
        "unplannable",
        "replanned",
        "rejected",
        "approved",
        "trusted",
        "paced",
        "stopped",
        "thought",
        "refused",
        "entered",
        "inner",
        "started",
        "finished",
        "failed",
        "retried",
        "interrupted",
        "cancelled",
        "skipped",
        "judged",
        "deviated",
        "injected",
        "pinned",
        "armed",
        "scheduled",
        "called_off",
        "edited",
        "goal_changed",
        "dial_turned",
        "strategy_set",
        "planner_set",
        "decider_set",
        "breakpoint_set",
        "breakpoint_removed",
        "breakpoint_hit",
        "breakpoints_judged",
        "breakpoint_noted",
        "undone",
        "redone",
        "branch_selected",
        "branch_marked",
        "reached",
        "ended",
        "redefined",
    ];

    /// Returns the name of its kind, as journals have it.
    pub fn kind(&self) -> &'static str {
        match self {
            Event::Opened { .. } => "opened",
            Event::PlanRequested { .. } => "plan_requested",
            Event::Planned { .. } => "planned",
            Event::Proposed(_) => "proposed",
            Event::Unplannable { .. } => "unplannable",
            Event::Replanned { .. } => "replanned",
            Event::Rejected { .. } => "rejected",
            Event::Approved { .. } => "approved",
            Event::Trusted { .. } => "trusted",
            Event::Paced { .. } => "paced",
            Event::Stopped { .. } => "stopped",
            Event::Thought(_) => "thought",
            Event::Refused { .. } => "refused",
            Event::Entered { .. } => "entered",
            Event::Inner { .. } => "inner",
            Event::Started { .. } => "started",
            Event::Finished { .. } => "finished",
            Event::Failed { .. } => "failed",
            Event::Retried { .. } => "retried",
            Event::Interrupted { .. } => "interrupted",
            Event::Cancelled { .. } => "cancelled",
            Event::Skipped { .. } => "skipped",
            Event::Judged { .. } => "judged",
            Event::Deviated { .. } => "deviated",
            Event::Injected { .. } => "injected",
            Event::Pinned { .. } => "pinned",
            Event::Armed { .. } => "armed",
            Event::Scheduled { .. } => "scheduled",
            Event::CalledOff { .. } => "called_off",
            Event::Edited { .. } => "edited",
            Event::GoalChanged { .. } => "goal_changed",
            Event::DialTurned { .. } => "dial_turned",
            Event::StrategySet { .. } => "strategy_set",
            Event::PlannerSet { .. } => "planner_set",
            Event::DeciderSet { .. } => "decider_set",
            Event::BreakpointSet { .. } => "breakpoint_set",
            Event::BreakpointRemoved { .. } => "breakpoint_removed",
            Event::BreakpointHit { .. } => "breakpoint_hit",
            Event::BreakpointsJudged { .. } => "breakpoints_judged",
            Event::BreakpointNoted { .. } => "breakpoint_noted",
            Event::Undone { .. } => "undone",
            Event::Redone { .. } => "redone",
            Event::BranchSelected { .. } => "branch_selected",
            Event::BranchMarked { .. } => "branch_marked",
            Event::Reached => "reached",
            Event::Ended { .. } => "ended",
            Event::Redefined { .. } => "redefined",
        }
    }

    fn has(&self, mark: Marks) -> bool {
        self.marks() & mark != 0
    }

    /// Tells whether it is one of the settled moments that `[` and `]` move through.
    pub fn is_moment(&self) -> bool {
        self.has(MOMENT)
    }

    /// Tells whether it brought something new that a plan may have to answer to.
    pub fn is_observation(&self) -> bool {
        self.has(OBSERVATION)
    }

    /// Tells whether it is the answer of a planner, or of whoever decides on one action.
    pub fn is_decision(&self) -> bool {
        self.has(DECISION)
    }

    /// Tells whether a step is under way after it, or nobody knows how it went.
    pub fn leaves_step_open(&self) -> bool {
        self.has(STEP_OPEN)
    }

    /// Tells whether a step is over after it: done, failed, stopped or passed by.
    pub fn ends_step(&self) -> bool {
        self.has(STEP_OVER)
    }

    /// Tells whether it is about breakpoints: what they found, not what happened.
    pub fn is_breakpoint(&self) -> bool {
        matches!(
            self,
            Event::BreakpointSet { .. }
                | Event::BreakpointRemoved { .. }
                | Event::BreakpointHit { .. }
                | Event::BreakpointsJudged { .. }
                | Event::BreakpointNoted { .. }
        )
    }

    /// Tells whether a person did it, or a surprise that landed.
    pub fn is_from_outside(&self) -> bool {
        self.has(FROM_OUTSIDE)
    }

    /// Tells whether a person did it, and no surprise.
    pub fn is_by_hand(&self) -> bool {
        let scenario = match self {
            Event::Injected { scenario, .. } | Event::GoalChanged { scenario, .. } => scenario.is_some(),
            _ => false, // no scenario brings any other
        };
        self.is_from_outside() && !scenario
    }

    /// Tells whether the session is over after it, as things are.
    pub fn is_end(&self) -> bool {
        self.has(END)
    }

    /// Tells whether it lets a session go on that was halted: a person acted. What the world reports, and what is said of
    /// breakpoints, does not.
    pub fn lifts(&self) -> bool {
        !matches!(
            self.innermost(),
            Event::BreakpointSet { .. }
                | Event::BreakpointRemoved { .. }
                | Event::BreakpointHit { .. }
                | Event::BreakpointsJudged { .. }
                | Event::BreakpointNoted { .. }
                | Event::BranchMarked { .. }
                | Event::Judged { .. }
                | Event::Planned { .. }
                | Event::Proposed(_)
                | Event::Unplannable { .. }
                | Event::Thought(_)
                | Event::Finished { .. }
                | Event::Failed { .. }
                | Event::Retried { .. }
                | Event::Interrupted { .. }
                | Event::DeciderSet { .. }
                | Event::PlannerSet { .. }
        )
    }

    /// Returns what happened, however deep inside a step.
    pub fn innermost(&self) -> &Event {
        self.unwrapped().1
    }

    /// Returns how deep inside steps it happened (0: in the session itself), and what did.
    pub fn unwrapped(&self) -> (usize, &Event) {
        let (mut depth, mut event) = (0, self);
        while let Event::Inner { event: inner } = event {
            (depth, event) = (depth + 1, inner);
        }
        (depth, event)
    }

    /// Returns the step that it began, ended, entered or refused; none where it is about no single run.
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Event::Refused { step, .. }
            | Event::Entered { step, .. }
            | Event::Started { step, .. }
            | Event::Finished { step, .. }
            | Event::Failed { step, .. }
            | Event::Retried { step, .. }
            | Event::Interrupted { step }
            | Event::Cancelled { step }
            | Event::Skipped { step } => Some(step),
            Event::Inner { event } => event.step(),
            Event::Opened { .. }
            | Event::PlanRequested { .. }
            | Event::Planned { .. }
            | Event::Proposed(_)
            | Event::Unplannable { .. }
            | Event::Replanned { .. }
            | Event::Rejected { .. }
            | Event::Approved { .. }
            | Event::Redefined { .. }
            | Event::Trusted { .. }
            | Event::Paced { .. }
            | Event::Stopped { .. }
            | Event::Thought(_)
            | Event::Judged { .. }
            | Event::Deviated { .. }
            | Event::Injected { .. }
            | Event::Pinned { .. }
            | Event::Armed { .. }
            | Event::Scheduled { .. }
            | Event::CalledOff { .. }
            | Event::Edited { .. }
            | Event::GoalChanged { .. }
            | Event::DialTurned { .. }
            | Event::StrategySet { .. }
            | Event::DeciderSet { .. }
            | Event::PlannerSet { .. }
            | Event::BreakpointSet { .. }
            | Event::BreakpointRemoved { .. }
            | Event::BreakpointHit { .. }
            | Event::BreakpointsJudged { .. }
            | Event::BreakpointNoted { .. }
            | Event::Undone { .. }
            | Event::Redone { .. }
            | Event::BranchSelected { .. }
            | Event::BranchMarked { .. }
            | Event::Reached
            | Event::Ended { .. } => None,
        }
    }

    /// Returns the keys that it gave a value, where it was a run or an injection.
    pub fn writes(&self) -> Vec<&Key> {
        match self {
            Event::Finished { writes, .. } | Event::Failed { writes, .. } => writes.keys().collect(),
            Event::Injected { values, .. } => {
                values.iter().filter(|(_, value)| value.is_some()).map(|(key, _)| key).collect()
            }
            Event::Inner { event } => event.writes(),
            _ => Vec::new(), // what begins with the session is the goal's, and what is undone was written before
        }
    }

    /// Returns the keys that it is about: that it gave a value or took it from, pinned, or found against the plan.
    pub fn touches(&self) -> Vec<&Key> {
        match self {
            Event::Injected { values, .. } => values.keys().collect(),
            Event::Pinned { key, .. } => vec![key],
            Event::Deviated { deviations } => deviations.iter().filter_map(|found| found.key.as_ref()).collect(),
            Event::Inner { event } => event.touches(),
            event => event.writes(),
        }
    }

    /// Returns the steps that it writes down: planned, thought of, or put there by hand.
    pub fn steps(&self) -> Vec<&Arc<Step>> {
        match self {
            Event::Planned { steps, .. } | Event::Replanned { steps, .. } => steps.iter().collect(),
            Event::Thought(thought) => thought.step.iter().collect(),
            Event::Edited { edit } => match edit {
                Edit::Changed { step } | Edit::Added { step, .. } | Edit::Rerun { step } => vec![step],
                Edit::Replaced { steps } => steps.iter().collect(),
                Edit::Deleted { .. } | Edit::Moved { .. } | Edit::SkipSet { .. } => Vec::new(),
            },
            Event::Inner { event } => event.steps(),
            _ => Vec::new(), // a proposal's are not the plan's before they are taken
        }
    }

    /// Returns what it does in a few words, if a person can take it back.
    pub fn undoable(&self) -> Option<String> {
        Some(match self {
            Event::Injected { values, outcome_of: None, .. } => {
                let keys: Vec<&str> = values.keys().map(|key| &**key).collect();
                format!("injection of {}", keys.join(", "))
            }
            Event::Injected { outcome_of: Some(step), .. } => format!("outcome of {step}"),
            Event::Pinned { key, pinned: true } => format!("pin of {key}"),
            Event::Pinned { key, pinned: false } => format!("unpinning of {key}"),
            Event::Armed { .. } | Event::Scheduled { .. } => "surprise".into(),
            Event::CalledOff { tool } => format!("calling off of what waits for {tool}"),
            Event::Edited { edit } => match edit {
                Edit::Changed { step } => format!("edit of {}", step.id),
                Edit::Added { step, .. } => format!("adding of {}", step.id),
                Edit::Deleted { step } => format!("deletion of {step}"),
                Edit::Moved { step, .. } => format!("move of {step}"),
                Edit::SkipSet { step, skip: true } => format!("skipping of {step}"),
                Edit::SkipSet { step, skip: false } => format!("unskipping of {step}"),
                Edit::Rerun { step } => format!("re-run as {}", step.id),
                Edit::Replaced { .. } => "edit of the plan".into(),
            },
            Event::GoalChanged { .. } => "change of the goal".into(),
            Event::Replanned { .. } => "replan".into(),
            Event::Rejected { .. } => "rejection".into(),
            Event::DialTurned { .. } => "turn of the dial".into(),
            Event::StrategySet { .. } => "change of the strategy".into(),
            Event::Opened { .. }
            | Event::PlanRequested { .. }
            | Event::Planned { .. }
            | Event::Proposed(_)
            | Event::Unplannable { .. }
            | Event::Approved { .. }
            | Event::Redefined { .. }
            | Event::Trusted { .. }
            | Event::Paced { .. }
            | Event::Stopped { .. }
            | Event::Thought(_)
            | Event::Refused { .. }
            | Event::Entered { .. }
            | Event::Inner { .. }
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
            | Event::PlannerSet { .. }
            | Event::BreakpointSet { .. }
            | Event::BreakpointRemoved { .. }
            | Event::BreakpointHit { .. }
            | Event::BreakpointsJudged { .. }
            | Event::BreakpointNoted { .. }
            | Event::Undone { .. }
            | Event::Redone { .. }
            | Event::BranchSelected { .. }
            | Event::BranchMarked { .. }
            | Event::Reached
            | Event::Ended { .. } => return None,
        })
    }
}
