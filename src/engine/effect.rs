//! Everything the engine may want from the world, and the report that answers it.

use crate::engine::ordered::IndexMap;
use std::sync::Arc;

use super::breakpoint::BreakpointId;
use super::context::Context;
use super::event::{Cause, Mark, Question, Reason, Seq, Verdict};
use super::goal::{Catalogue, Check, Key, Nature, PlannerProgram, Tool, ToolName, Wants};
use super::latest::Latest;
use super::launch::Ran;
use super::plan::{Step, StepId, Use};
use super::settings::PlannerChoice;
use super::state::StepRun;
use super::turn::{TurnReply, TurnRequest};
use super::value::Shared;

/// The event that asked for an effect, and which of its askings it is: never used twice, not even on two branches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EffectId {
    /// The event after which it was wanted.
    pub seq: Seq,
    /// What it is for.
    pub kind: EffectKind,
}

/// What an effect is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EffectKind {
    /// Ask a planner.
    Plan,
    /// Decide on one action.
    Think,
    /// Call a tool.
    Call,
    /// Evaluate conditions.
    Judge,
    /// Evaluate the conditions of breakpoints.
    Watch,
    /// Fill in a note.
    Fill,
}

/// What the engine wants from the world. Derived from the state, so a replay cannot act.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Ask a planner.
    AskPlanner(EffectId, PlannerChoice, Box<PlanRequest>),
    /// Decide on one action.
    Think(EffectId, Box<TurnRequest>),
    /// Call a tool.
    CallTool(EffectId, Box<Call>),
    /// Evaluate conditions, all of them.
    Judge(EffectId, Vec<Inquiry>),
    /// Evaluate the conditions of breakpoints, all of them.
    Watch(EffectId, Vec<(BreakpointId, Inquiry)>),
    /// Fill in a note: the text that this filter makes of these values.
    Fill(EffectId, Arc<str>, Subject),
}

impl Effect {
    /// Returns its id.
    pub fn id(&self) -> EffectId {
        match self {
            Effect::AskPlanner(id, _, _)
            | Effect::Think(id, _)
            | Effect::CallTool(id, _)
            | Effect::Judge(id, _)
            | Effect::Watch(id, _)
            | Effect::Fill(id, _, _) => *id,
        }
    }

    /// Tells whether performing it may touch what lies outside this program, or a person: then everything that led to
    /// it has to be on disk before, and it is not performed a second time by itself.
    pub fn reaches_outside(&self) -> bool {
        match self {
            Effect::AskPlanner(_, planner, _) => planner.reaches_outside(),
            Effect::Think(_, request) => {
                request.asks_planner().is_some_and(super::settings::PlannerChoice::reaches_outside)
            }
            Effect::CallTool(_, call) => {
                call.tool.as_ref().is_none_or(|tool| matches!(tool.run.nature, Nature::Outside | Nature::Asked))
            }
            Effect::Judge(..) | Effect::Watch(..) | Effect::Fill(..) => false,
        }
    }
}

/// A question with the values that it is about.
#[derive(Clone, Debug)]
pub struct Inquiry {
    /// The question.
    pub question: Question,
    /// The values: one, under no name, or an object's, by name.
    pub values: Subject,
}

/// The values that a condition is put to.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// One value: `.` is it.
    Value(Shared),
    /// Several: `.` is an object of them.
    Object(Vec<(Key, Shared)>),
}

/// One attempt at a step.
#[derive(Clone, Debug)]
pub struct Call {
    /// The step.
    pub step: Arc<Step>,
    /// Its tool; none: unbound, a person says what came back.
    pub tool: Option<Arc<Tool>>,
    /// The declared inputs, under the tool's own names.
    pub inputs: Vec<(Key, Shared)>,
    /// The attempt, from 1.
    pub attempt: u32,
    /// How many attempts at the same call, with the same inputs, there were before; 0 where its tool does not count them.
    pub earlier: u32,
    /// How long to wait before it starts, in milliseconds (the backoff of a retry).
    pub wait_ms: u64,
    /// What to answer instead of calling: a surprise that was armed.
    pub instead: Option<Result<Shared, Arc<str>>>,
    /// What its loop came to, where the tool is one: nothing is called, the result is held to the contract.
    pub gathered: Option<Result<Shared, Arc<str>>>,
    /// The folder that `file` tools may read from.
    pub folder: Option<Arc<str>>,
    /// What must hold afterwards: the tool's and the step's `ensures`.
    pub ensures: Vec<Check>,
}

/// The world's answer to one effect.
#[derive(Clone, Debug)]
pub enum Report {
    /// Of a planner.
    Plan(PlanReply),
    /// Of whoever decides on one action.
    Turn(TurnReply),
    /// Of a tool.
    Call(CallReport),
    /// Of the conditions.
    Verdicts(Vec<(Question, Verdict)>),
    /// Of the conditions of breakpoints.
    Watched(Vec<Watched>),
    /// Of a note: what it says.
    Filled(Arc<str>),
}

/// What the condition of a breakpoint came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    /// The breakpoint.
    pub breakpoint: BreakpointId,
    /// What it came to.
    pub verdict: Verdict,
    /// Whether it reached a limit: asked again, it would reach it again.
    pub endless: bool,
}

/// How one attempt went.
#[derive(Clone, Debug)]
pub struct CallReport {
    /// How it ended.
    pub outcome: CallOutcome,
    /// The line for the trace, where the tool gives one.
    pub summary: Option<Arc<str>>,
    /// How long it took, in milliseconds.
    pub wall_ms: Option<f64>,
    /// Whether it was run, given or answered.
    pub mark: Mark,
    /// What is known of the program that ran, where one did.
    pub ran: Option<Arc<Ran>>,
}

/// How one attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub enum CallOutcome {
    /// It returned these outputs (under the tool's own names) and every `ensures` held.
    Done(IndexMap<Key, Shared>),
    /// It returned these outputs and an `ensures` did not hold.
    Refuted(IndexMap<Key, Shared>, Arc<str>),
    /// It answered, and what its contract does not allow.
    Unlike(Arc<str>),
    /// It failed.
    Failed(Arc<str>),
}

/// A tool with the hashes of its input values: what outcomes are remembered by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallKey {
    /// The tool.
    pub tool: ToolName,
    /// The content hash of each input, in the order in which the tool declares them.
    pub inputs: Arc<[u64]>,
}

/// What is known of a call that was made.
#[derive(Clone, Debug, PartialEq)]
pub enum Remembered {
    /// It returned these outputs (under the tool's own names).
    Returned(Arc<IndexMap<Key, Shared>>),
    /// It returned these, and an `ensures` did not hold.
    Refuted(Arc<IndexMap<Key, Shared>>, Arc<str>),
    /// It failed, after its last attempt.
    Failed(Arc<str>),
}

/// The remembered outcomes of a session.
pub type Outcomes = imbl::OrdMap<CallKey, Remembered>;

/// Everything that a planner may know.
#[derive(Clone, Debug, Default)]
pub struct PlanRequest {
    /// The goal in words.
    pub goal: Arc<str>,
    /// What must hold at the end.
    pub wants: Arc<Wants>,
    /// The tools on offer.
    pub tools: Arc<Catalogue>,
    /// Every key that has a value, with what is known of it: the context itself, which is shared and not copied.
    pub facts: Context,
    /// Outcomes of calls that were made.
    pub outcomes: Outcomes,
    /// Uses with bindings of their own that stood in a plan, whoever put them there: they may be planned again.
    pub uses: Vec<Use>,
    /// Remaining steps that are to be kept while they can be, in their order: those of a person or of the goal file.
    pub keep: Vec<Arc<Step>>,
    /// The steps that are still to do, in order, and before them, where some are to be kept, those that were started:
    /// where a step stood, one that does the same stands again.
    pub places: Vec<Arc<Step>>,
    /// Uses that must not come back by themselves: skipped and deleted ones.
    pub barred: Vec<Use>,
    /// What happened last to what a plan rests on, the last one last.
    pub recent: imbl::Vector<Arc<Latest>>,
    /// What a program is told besides, where one plans.
    pub program: Option<Box<ForProgram>>,
}

/// A step that was started, with those of its results that still stand, by key.
pub type Done = (Arc<StepRun>, Vec<(Key, Shared)>);

/// What a program that plans is told besides what every planner is.
#[derive(Clone, Debug)]
pub struct ForProgram {
    /// The program.
    pub program: Arc<PlannerProgram>,
    /// The folder of the goal file.
    pub folder: Option<Arc<str>>,
    /// The steps that were started, in order, each with those of its results that still stand.
    pub done: Vec<Done>,
    /// The remaining steps.
    pub remaining: Vec<Arc<Step>>,
    /// Why a plan is asked for; none: the first.
    pub cause: Option<Cause>,
    /// Whether the program tells what it does by itself.
    pub tells: bool,
}

/// A planner's answer.
#[derive(Clone, Debug, PartialEq)]
pub enum PlanReply {
    /// A plan.
    Plan {
        /// Its steps, in order.
        steps: Vec<PlannedStep>,
        /// What it costs.
        cost: f64,
        /// Tools that were not chosen, each with the reason.
        left_out: Vec<(ToolName, Arc<str>)>,
        /// Steps of `keep` that could not be kept, each with the reason.
        not_kept: Vec<(StepId, Arc<str>)>,
    },
    /// There is none.
    None {
        /// Why: the nearest cause in a sentence, where the planner names it.
        why: Option<Arc<str>>,
        /// Why, as a tree.
        reasons: Vec<Reason>,
    },
    /// The planner itself failed.
    Broken {
        /// What it said.
        error: Arc<str>,
    },
    /// The program that was to plan failed.
    Failed {
        /// How, in a sentence.
        error: Arc<str>,
        /// The end of what it wrote to its standard error.
        stderr: Arc<str>,
    },
}

/// One step of a planner's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedStep {
    /// What it uses; none only for a kept unbound step.
    pub usage: Option<Use>,
    /// The step of `keep` that it is.
    pub kept: Option<StepId>,
    /// Why it is there, in a sentence: "only `count_intents` writes `intent_counts`".
    pub why: Arc<str>,
}

/// Evaluates a condition for a planner.
pub trait Judge {
    /// Returns what `condition` comes to on `subject`.
    fn judge(&self, condition: &str, subject: &Subject) -> Verdict;
}
