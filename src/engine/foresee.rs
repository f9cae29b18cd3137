//! What a command would lead to, as far as nothing has to run for it: the one source of every preview.
//!
//! The command is decided on, applied to a copy of the state, and what follows by itself is let follow: by the same code
//! as when it is carried out, so that a preview cannot say other than what happens. Conditions are the world's to judge:
//! what is not judged yet is *pending*, and whoever shows the preview foresees again once it is.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::advance::advance;
use super::command::{Command, Refusal};
use super::decide::decide;
use super::effect::{CallOutcome, CallReport, Effect, EffectId, EffectKind, Inquiry, Report, Subject};
use super::event::{Cause, Event, Mark, Outcome, Seq, Verdict};
use super::goal::{Condition, Key, Surprise, ToolName};
use super::plan::{Step, StepId};
use super::review::{Deviation, DeviationKind};
use super::state::{Phase, State};

/// How many events are foreseen at most: far more than ever follow without anything being run.
const MOST: usize = 10_000;

/// What a command would lead to.
#[derive(Clone, Debug)]
pub struct Foreseen {
    /// The events that it would add before anything runs: its own, and what follows by itself.
    pub events: Vec<Event>,
    /// The state then.
    pub state: State,
    /// Conditions that have to be judged before more can be said. Empty: everything is said.
    pub pending: Vec<Inquiry>,
    /// Values that are fresh now and would be stale then.
    pub stale: Vec<WentStale>,
    /// What would contradict the remaining plan then and does not now, nearest first.
    pub deviations: Vec<Deviation>,
    /// What contradicts the remaining plan now and would not then.
    pub mended: Vec<Deviation>,
    /// Why a replan would be asked for, where one would.
    pub replan: Option<Cause>,
    /// Keys that are needed and would not be made by the steps that made them, with the tools that could.
    pub lost: Vec<Lost>,
    /// How it would be over, where it would: that the goal is reached, or how it ends otherwise, and why.
    pub end: Option<End>,
    /// What would follow when a tool that was given an outcome or a failure comes to it, where one was.
    pub later: Option<Box<Later>>,
}

/// A value that would go stale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WentStale {
    /// The key.
    pub key: Key,
    /// The changed key that it was made from directly, with the version it was made from; none: by way of others.
    pub source: Option<(Key, Seq)>,
}

/// A key that is needed and would not be made by the step that was to make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The key.
    pub key: Key,
    /// The step that was to make it.
    pub step: StepId,
    /// Other tools that write it.
    pub others: Vec<ToolName>,
}

/// How it would be over.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// The goal would be reached.
    Reached,
    /// It would end otherwise, for this reason.
    Otherwise(Outcome, Arc<str>),
}

/// What would follow when a step comes to the outcome that was given to its tool.
#[derive(Clone, Debug)]
pub struct Later {
    /// The step, the next one that uses the tool.
    pub step: StepId,
    /// Whether it would be tried again until it succeeds: fewer failures were given than it has retries.
    pub survives: bool,
    /// What its outcome would lead to, if nothing else changed before.
    pub foreseen: Foreseen,
}

/// Verdicts on conditions by the values that they were put to: of use for any version of a key.
#[derive(Clone, Debug, Default)]
pub struct Judgements {
    known: HashMap<(Condition, u64), Verdict>,
}

impl Judgements {
    /// Adds what `inquiry` came to.
    pub fn add(&mut self, inquiry: &Inquiry, verdict: Verdict) {
        self.known.insert(fingerprint(inquiry), verdict);
    }

    /// Returns how many are known.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Tells whether none is known.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Returns what `inquiry` came to, if it was judged.
    pub fn get(&self, inquiry: &Inquiry) -> Option<&Verdict> {
        self.known.get(&fingerprint(inquiry))
    }
}

fn fingerprint(inquiry: &Inquiry) -> (Condition, u64) {
    let mut hasher = DefaultHasher::new();
    match &inquiry.values {
        Subject::Value(value) => value.hash().hash(&mut hasher),
        Subject::Object(parts) => {
            for (name, value) in parts {
                (name, value.hash()).hash(&mut hasher);
            }
        }
    }
    (inquiry.question.condition.clone(), hasher.finish())
}

/// Returns what `command` would lead to at `state`, as far as `known` decides the conditions on the way.
///
/// # Errors
/// The refusal, where the command would be refused.
pub fn foresee(state: &State, command: Command, known: &Judgements) -> Result<Foreseen, Refusal> {
    let event = decide(state, command)?;
    let depth = event.unwrapped().0;
    let armed = match event.unwrapped().1 {
        Event::Armed { surprise, .. } => Some(surprise.clone()),
        _ => None,
    };
    let mut foreseen = follow(state, event, known);
    foreseen.compare(state, depth);
    foreseen.later = armed.and_then(|surprise| later(&foreseen.state, &surprise, depth, known)).map(Box::new);
    if let Some(later) = &foreseen.later {
        later.foreseen.pending.iter().for_each(|inquiry| want(&mut foreseen.pending, inquiry.clone()));
    }
    Ok(foreseen)
}

/// Applies `event` to a copy of `state` and lets follow what follows by itself.
fn follow(state: &State, event: Event, known: &Judgements) -> Foreseen {
    let mut after = state.clone();
    // Nobody is stopped by looking ahead.
    after.breakpoints = Arc::default();
    after.halted = false;
    after.held = false;
    let mut events = Vec::new();
    let mut pending = Vec::new();
    let mut next = Some(event);
    while events.len() < MOST {
        let Some(event) = next.or_else(|| advance(&after)).or_else(|| judged(&after, known, &mut pending)) else {
            break;
        };
        after.apply(after.seq + 1, &event);
        events.push(event);
        next = None;
    }
    Foreseen { events, pending, ..Foreseen::nothing(after) }
}

/// Returns the fact that the conditions which the state waits for were judged, where all of them are known.
fn judged(state: &State, known: &Judgements, pending: &mut Vec<Inquiry>) -> Option<Event> {
    let wanted = state.wants().into_iter().find_map(|effect| match effect {
        Effect::Judge(id, inquiries) => Some((id, inquiries)),
        Effect::AskPlanner(..) | Effect::Think(..) | Effect::CallTool(..) | Effect::Watch(..) | Effect::Fill(..) => {
            None
        }
    });
    let (id, inquiries) = wanted?;
    let mut verdicts = Vec::with_capacity(inquiries.len());
    for inquiry in inquiries {
        match known.get(&inquiry) {
            Some(verdict) => verdicts.push((inquiry.question, verdict.clone())),
            None => want(pending, inquiry),
        }
    }
    if !pending.is_empty() {
        return None;
    }
    decide(state, Command::Report(id, Report::Verdicts(verdicts))).ok()
}

/// Adds `inquiry` to `pending`, once.
fn want(pending: &mut Vec<Inquiry>, inquiry: Inquiry) {
    if !pending.iter().any(|known| fingerprint(known) == fingerprint(&inquiry)) {
        pending.push(inquiry);
    }
}

/// Returns what follows when the next step of the tool that `surprise` is about comes to it.
///
/// The steps before it are left as they are: what is foreseen is what this outcome alone brings.
fn later(state: &State, surprise: &Surprise, depth: usize, known: &Judgements) -> Option<Later> {
    let frame = frame_at(state, depth)?;
    let (tool, survives) = match surprise {
        Surprise::Outcome { tool, .. } => (tool, false),
        Surprise::Fail { tool, times, .. } => {
            (tool, *times <= frame.goal.tools.get(tool).map_or(0, |known| known.retries))
        }
        Surprise::Set { .. } | Surprise::Goal { .. } => return None,
    };
    let uses = |step: &&Arc<Step>| !step.skip && step.tool.as_ref() == Some(tool);
    let running = matches!(frame.phase, Phase::Running { .. });
    let under_way = || frame.runs.last().map(|run| &run.step).filter(|step| running && uses(step));
    let step = under_way().or_else(|| frame.plan.remaining().iter().find(uses))?.clone();
    if survives || depth > 0 {
        return Some(Later { step: step.id.clone(), survives, foreseen: Foreseen::nothing(state.clone()) });
    }
    let mut before = state.clone();
    if under_way().is_none() {
        if running {
            return None;
        }
        let reads = step.reads().filter_map(|key| Some((key.clone(), before.context.get(key)?.version)));
        let started = Event::Started { step: step.id.clone(), attempt: 1, reads: reads.collect() };
        // It is taken out of its place: what stands before it is still to do.
        let order: Vec<Arc<Step>> = std::iter::once(step.clone())
            .chain(before.plan.remaining().iter().filter(|other| other.id != step.id).cloned())
            .collect();
        let revision = before.plan.revision;
        before.plan = super::plan::Plan::new(revision, order);
        before.apply(before.seq + 1, &started);
    }
    if let Some(tool) = frame.goal.tools.get(tool)
        && let Some(run) = before.runs.back_mut()
    {
        Arc::make_mut(run).attempts = tool.retries + 1;
    }
    let outcome = match surprise {
        Surprise::Fail { error, .. } => CallOutcome::Failed(error.clone()),
        Surprise::Outcome { value, .. } => match super::decide::outputs_of(&step, value.clone()) {
            Ok(outputs) => {
                let name = |key: &Key| step.to.iter().find(|(_, to)| to == key).map_or(key, |(name, _)| name).clone();
                CallOutcome::Done(outputs.into_iter().map(|(key, value)| (name(&key), value)).collect())
            }
            Err(error) => CallOutcome::Failed(error.into()),
        },
        Surprise::Set { .. } | Surprise::Goal { .. } => return None,
    };
    let Phase::Running { started, .. } = before.phase else { return None };
    let report = CallReport { outcome, summary: None, wall_ms: None, mark: Mark::Injected, ran: None };
    let id = EffectId { seq: started, kind: EffectKind::Call };
    let event = decide(&before, Command::Report(id, Report::Call(report))).ok()?;
    let mut foreseen = follow(&before, event, known);
    foreseen.compare(state, depth);
    Some(Later { step: step.id.clone(), survives, foreseen })
}

/// Returns the frame of `state` that lies `depth` loops deep.
fn frame_at(state: &State, depth: usize) -> Option<&State> {
    (0..depth).try_fold(state, |state, _| state.inner.as_deref())
}

impl Foreseen {
    fn nothing(state: State) -> Foreseen {
        Foreseen {
            events: Vec::new(),
            state,
            pending: Vec::new(),
            stale: Vec::new(),
            deviations: Vec::new(),
            mended: Vec::new(),
            replan: None,
            lost: Vec::new(),
            end: None,
            later: None,
        }
    }

    /// Works out what differs from `before`, in the frame that the command was for.
    fn compare(&mut self, before: &State, depth: usize) {
        let frames = (frame_at(before, depth), frame_at(&self.state, depth));
        let (Some(before), Some(after)) = frames else { return };
        self.stale = went_stale(before, after);
        let same = |a: &Deviation, b: &Deviation| (a.kind, &a.step, &a.key) == (b.kind, &b.step, &b.key);
        let missing_in = |list: &[Deviation], others: &[Deviation]| {
            let new = list.iter().filter(|one| !others.iter().any(|other| same(one, other)));
            new.cloned().collect::<Vec<_>>()
        };
        self.deviations = missing_in(&after.deviations, &before.deviations);
        self.mended = missing_in(&before.deviations, &after.deviations);
        self.lost = lost(after, &self.deviations);
        for event in self.events.iter().map(Event::innermost) {
            match event {
                Event::PlanRequested { cause: Some(cause) } => self.replan = Some(cause.clone()),
                Event::Reached => self.end = Some(End::Reached),
                Event::Ended { outcome, why, .. } => self.end = Some(End::Otherwise(*outcome, why.clone())),
                _ => {} // it neither plans nor ends
            }
        }
    }
}

fn went_stale(before: &State, after: &State) -> Vec<WentStale> {
    let changed = |key: &str| {
        before.context.get(key).map(|datum| datum.version) != after.context.get(key).map(|datum| datum.version)
    };
    let stale = after.context.iter().filter(|(key, datum)| {
        !datum.fresh && datum.refuted.is_none() && before.context.is_fresh(key) && !changed(key)
    });
    let source = |datum: &super::context::Datum| datum.sources.iter().find(|(key, _)| changed(key)).cloned();
    stale.map(|(key, datum)| WentStale { key: key.clone(), source: source(datum) }).collect()
}

/// Returns the keys that the steps which `deviations` stop were to make, where somebody needs them.
fn lost(state: &State, deviations: &[Deviation]) -> Vec<Lost> {
    let mut lost: Vec<Lost> = Vec::new();
    for deviation in deviations {
        let stops = match deviation.kind {
            DeviationKind::MissingInput
            | DeviationKind::RequirementFalse
            | DeviationKind::ExpectationFalse
            | DeviationKind::ToolFailed
            | DeviationKind::UnknownTool => true,
            DeviationKind::StaleInput
            | DeviationKind::GoalChanged
            | DeviationKind::GoalReachedEarly
            | DeviationKind::GoalNotReached
            | DeviationKind::StepUnneeded
            | DeviationKind::OrderWrong => false,
        };
        // What is missing because it is lost already is said once, where it is lost.
        let follows = deviation.kind == DeviationKind::MissingInput
            && lost.iter().any(|known| Some(&known.key) == deviation.key.as_ref());
        let Some(step) = deviation.step.as_ref().filter(|_| stops && !follows).and_then(|id| state.step(id)) else {
            continue;
        };
        for key in step.writes() {
            let needed = state.goal.wants.contains_key(key) || state.plan.readers(key).next().is_some();
            if !needed || state.context.is_fresh(key) || lost.iter().any(|known| known.key == *key) {
                continue;
            }
            lost.push(Lost { key: key.clone(), step: step.id.clone(), others: other_makers(state, step, key) });
        }
    }
    lost
}

/// Returns the tools other than that of `step` that write `key`, under their own names or in a step of the plan.
fn other_makers(state: &State, step: &Step, key: &Key) -> Vec<ToolName> {
    let plain = state.goal.tools.values().filter(|tool| tool.outputs.contains(key)).map(|tool| &tool.name);
    let bound = state.plan.writers(key).filter_map(|at| state.plan.remaining().get(at)?.tool.as_ref());
    let mut makers: Vec<ToolName> = Vec::new();
    for tool in plain.chain(bound).filter(|tool| Some(*tool) != step.tool.as_ref()) {
        if !makers.contains(tool) {
            makers.push(tool.clone());
        }
    }
    makers
}

/// Returns the first remaining step that reads `key` as it is now: no step before it writes it again.
pub fn first_reader<'a>(state: &'a State, key: &str) -> Option<&'a Arc<Step>> {
    let place = state.plan.readers(key).find(|at| state.plan.remaining().get(*at).is_some_and(|step| !step.skip))?;
    let written_before = state.plan.writers(key).next().is_some_and(|writer| writer < place);
    (!written_before).then(|| state.plan.remaining().get(place)).flatten()
}
