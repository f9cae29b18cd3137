//! The forward check: whether the remaining plan still holds when walked from the present context.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use super::because::{Because, Called};
use super::context::Datum;
use super::event::{About, Dial, Question, Seq, Verdict};
use super::goal::{Goal, Key, Tool};
use super::imagined::Imagined;
use super::liveness::{self, Unneeded};
use super::plan::{Author, Plan, Step, StepId};
use super::state::{Phase, State, Status};

/// An observation, edit or goal change that contradicts what the remaining plan relies on.
///
/// Two are the same where kind, step, key and sentence are: journals of version 0.1 hold no more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Deviation {
    /// What kind of contradiction.
    pub kind: DeviationKind,
    /// The step that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    /// The key that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// In a sentence that names step and key.
    pub message: Arc<str>,
    /// What was found, as data; none where it is about no step, and in journals of version 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
    /// The changed or refuted key that what is stale rests on, whatever key it shows at. Worked out, never recorded.
    #[serde(skip)]
    pub rests_on: Option<Key>,
}

impl Deviation {
    fn identity(&self) -> (DeviationKind, &Option<StepId>, &Option<Key>, &str) {
        (self.kind, &self.step, &self.key, &self.message)
    }

    /// Returns what is said of its step after the step's name; none where it is about no step.
    pub fn predicate(&self) -> Option<String> {
        Some(self.because.as_ref()?.predicate(self.key.as_ref()))
    }
}

impl PartialEq for Deviation {
    fn eq(&self, other: &Deviation) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Deviation {}

impl std::hash::Hash for Deviation {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

/// The kinds of deviations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviationKind {
    /// A step reads a key that has no value then.
    MissingInput,
    /// A step reads a stale or refuted value.
    StaleInput,
    /// A step's `requires` is false on the values that it reads.
    RequirementFalse,
    /// A step's `ensures` was false.
    ExpectationFalse,
    /// A step's tool failed.
    ToolFailed,
    /// A step names a tool that does not exist.
    UnknownTool,
    /// The goal is another one.
    GoalChanged,
    /// The goal is reached before the plan is through.
    GoalReachedEarly,
    /// The plan ends without reaching the goal.
    GoalNotReached,
    /// A step reads a key that only a later step writes.
    OrderWrong,
    /// Nothing needs what a step would make.
    StepUnneeded,
}

/// Returns what of the goal changed: its words, what it wants now, what no longer.
pub fn changed(before: &Goal, now: &Goal) -> String {
    let list = |of: &Goal, other: &Goal| {
        let only = of.wants.keys().filter(|key| !other.wants.contains_key(*key));
        only.map(|key| &**key).collect::<Vec<_>>().join(" and ")
    };
    let (new, gone) = (list(now, before), list(before, now));
    let other = now.wants.iter().filter(|(key, condition)| before.wants.get(*key).is_some_and(|old| old != *condition));
    let other = other.map(|(key, _)| &**key).collect::<Vec<_>>().join(" and ");
    let mut parts = Vec::new();
    if !new.is_empty() {
        parts.push(format!("wants {new} now"));
    }
    if !gone.is_empty() {
        parts.push(format!("{}{gone}", if new.is_empty() { "no longer wants " } else { "no longer " }));
    }
    if !other.is_empty() {
        parts.push(format!("puts another condition on {other}"));
    }
    match (before.goal == now.goal, parts.is_empty()) {
        (false, true) => format!("the goal is now: {}", now.goal),
        (false, false) => format!("the goal is now: {}; it {}", now.goal, parts.join(", ")),
        (true, false) => format!("the goal {}", parts.join(", ")),
        (true, true) => "the goal was set again as it was".to_owned(),
    }
}

/// How many deviations are listed at most; more of the same would hide the nearest one.
pub const LISTED: usize = 12;

/// key → the step that writes it last, of those that were walked past.
type LastWriters<'a> = HashMap<&'a Key, &'a Step, RandomState>;

/// Versions of values that the walk imagines begin here; real events never get so far.
const IMAGINED: Seq = 1 << 60;

/// Walks the remaining plan forward from the present context and lists what contradicts it, nearest first.
///
/// Every step is assumed to succeed with a new value for each of its outputs, so that the plan's own staleness
/// counts. Conditions on values that are not observed yet are taken as true; those on present values must have a
/// verdict in `state.verdicts` (see [`questions`]), and count as true until they do. Costs a few microseconds a step.
pub fn walk(state: &State, plan: &Plan) -> Vec<Deviation> {
    let mut found = Findings::default();
    if let Some(before) = &state.goal_before {
        found.add(DeviationKind::GoalChanged, None, changed(before, &state.goal));
    }
    if reached(state) && plan.remaining().iter().any(|step| !step.skip) {
        let message = match plan.remaining().iter().filter(|step| !step.skip).count() {
            1 => "the goal is reached and 1 step is not needed any more".to_string(),
            n => format!("the goal is reached and {n} steps are not needed any more"),
        };
        found.add(DeviationKind::GoalReachedEarly, None, message);
        return found.list;
    }
    failed_runs(state, plan, &mut found);
    let mut imagined = Imagined::over(&state.context);
    let mut last_writer = LastWriters::default();
    if let Phase::Running { .. } = state.phase
        && let Some(run) = state.runs.last()
    {
        let written = imagined.write(&run.step, &run.reads, IMAGINED);
        last_writer.extend(written.into_iter().map(|key| (key, &*run.step)));
    }
    for (at, step) in plan.remaining().iter().enumerate() {
        if step.skip {
            continue;
        }
        if found.list.len() >= LISTED {
            return found.list;
        }
        check_step(state, plan, at, step, &imagined, &last_writer, &mut found);
        let sources: Arc<[(Key, Seq)]> =
            step.reads().filter_map(|key| imagined.get(key).map(|d| (key.clone(), d.version))).collect();
        let written = imagined.write(step, &sources, IMAGINED + 1 + at as Seq);
        last_writer.extend(written.into_iter().map(|key| (key, &**step)));
    }
    // A program that tells may mean to do more than it has said so far.
    if state.settings.told && plan.remaining().iter().any(|step| !step.skip) {
        return found.list;
    }
    check_wants(state, &imagined, &last_writer, &mut found);
    if matches!(state.settings.dial, Dial::OnDeviation | Dial::EveryStep) {
        for Unneeded { at, key, why } in liveness::unneeded(state, plan) {
            let Some(step) = plan.remaining().get(at).filter(|_| found.list.len() < LISTED) else { break };
            found.about(DeviationKind::StepUnneeded, step, key.as_ref(), Because::NotNeeded { why: why.into() });
        }
    }
    found.list
}

impl DeviationKind {
    /// Tells whether the sentence of such a deviation stays the same while the plan runs as it is.
    pub(super) fn lasts(self) -> bool {
        match self {
            DeviationKind::MissingInput
            | DeviationKind::OrderWrong
            | DeviationKind::UnknownTool
            | DeviationKind::GoalNotReached
            | DeviationKind::RequirementFalse => true,
            DeviationKind::StaleInput
            | DeviationKind::StepUnneeded
            | DeviationKind::ExpectationFalse
            | DeviationKind::ToolFailed
            | DeviationKind::GoalChanged
            | DeviationKind::GoalReachedEarly => false,
        }
    }
}

/// Tells whether every wanted key is fresh with its condition true and no step that a person added is pending;
/// without wants, whether nothing remains of a plan and the last step did not fail.
pub fn reached(state: &State) -> bool {
    if let Some(question) = state.until_question() {
        return state.goal.wants.keys().all(|key| state.context.is_fresh(key))
            && state.verdicts.get(&question) == Some(&Verdict::True);
    }
    if state.goal.wants.is_empty() {
        return !state.is_react()
            && state.plan.revision > 0
            && state.plan.remaining().iter().all(|step| step.skip)
            && state.goal_before.is_none()
            && state.runs.last().is_none_or(|run| matches!(run.status, Status::Done | Status::Skipped));
    }
    state
        .goal
        .wants
        .keys()
        .all(|key| state.context.is_fresh(key) && matches!(state.want_verdict(key), Some(Verdict::True)))
        && !(state.kept_steps
            && (running(state).is_some_and(|step| is_a_persons(step))
                || state.plan.remaining().iter().any(|step| !step.skip && is_a_persons(step))))
}

fn is_a_persons(step: &Step) -> bool {
    step.by == Author::Person && !step.again
}

/// Returns the questions that the forward check needs answered and that have no verdict yet: the `requires` of
/// remaining steps whose inputs are all present and not rewritten before, and the conditions of present wanted keys.
pub fn questions(state: &State) -> Vec<Question> {
    let mut open = Vec::new();
    for at in 0..state.plan.remaining().len() {
        step_questions(state, at, &mut open);
    }
    want_questions(state, &mut open);
    open
}

/// Like [`questions`], after only `keys` have changed.
pub fn questions_about<'a>(state: &State, keys: impl Iterator<Item = &'a Key>) -> Vec<Question> {
    let mut open = Vec::new();
    let mut wanted = false;
    for key in keys {
        wanted |= state.goal.exploring.is_some() || state.goal.wants.contains_key(key);
        let until = rewriter(state, key).unwrap_or(usize::MAX);
        for at in state.plan.readers(key).take_while(|at| *at <= until) {
            step_questions(state, at, &mut open);
        }
    }
    if wanted {
        want_questions(state, &mut open);
    }
    open
}

/// Tells whether no condition was found false on a present value of `keys` that a remaining step or the goal reads.
pub fn nothing_known_against<'a>(state: &State, keys: impl Iterator<Item = &'a Key>) -> bool {
    let holds = |question: &Question| matches!(state.verdicts.get(question), None | Some(Verdict::True));
    for key in keys {
        let until = rewriter(state, key).unwrap_or(usize::MAX);
        for step in
            state.plan.readers(key).take_while(|at| *at <= until).filter_map(|at| state.plan.remaining().get(at))
        {
            if !requirements(state, step).iter().all(|(_, question)| holds(question)) {
                return false;
            }
        }
    }
    state.goal.wants.keys().filter_map(|key| state.want_question(key)).all(|question| holds(&question))
}

/// Returns the questions that a step's `requires` put to the present values, as far as what decides them is there.
pub fn requirements(state: &State, step: &Step) -> Vec<(Arc<str>, Question)> {
    requirements_of(state, step, &|key| state.context.get(key).is_some())
}

/// Returns the questions of a step's `requires` that the `observed` keys decide: each is put as soon as the inputs that
/// it names are there.
fn requirements_of(state: &State, step: &Step, observed: &dyn Fn(&Key) -> bool) -> Vec<(Arc<str>, Question)> {
    let Some(tool) = step.tool_in(&state.goal.tools).filter(|tool| !tool.requires.is_empty()) else {
        return Vec::new();
    };
    let all_there = step.reads().all(observed);
    let about = |named: &dyn Fn(&Key) -> bool| {
        let part = |(name, key): &(Key, Key)| Some((name.clone(), key.clone(), state.context.get(key)?.version));
        About::Object(step.with.iter().filter(|(name, _)| named(name)).filter_map(part).collect())
    };
    let mut found = Vec::with_capacity(tool.requires.len());
    for (at, check) in tool.requires.iter().enumerate() {
        let deciding = tool.requires_of.get(at).and_then(|names| names.as_deref());
        let named = |name: &Key| deciding.is_none_or(|names| names.contains(name));
        if !all_there && step.with.iter().any(|(name, key)| named(name) && !observed(key)) {
            continue;
        }
        let of = |about| Question { condition: check.condition.clone(), about };
        // What was decided before all inputs were there is not asked a second time.
        let early = (deciding.is_some() && step.with.iter().any(|(name, _)| !named(name)))
            .then(|| of(about(&named)))
            .filter(|early| !all_there || state.verdicts.contains_key(early));
        found.push((check.label.clone(), early.unwrap_or_else(|| of(about(&|_| true)))));
    }
    found
}

/// Returns why `step` cannot run now, whatever the dial says: a missing input, an unknown tool, a false `requires`.
pub fn blocked(state: &State, step: &Step) -> Option<Deviation> {
    let mut found = Findings::default();
    invented(state, step, &mut found);
    for key in step.reads() {
        if state.context.get(key).is_none() {
            found.about(DeviationKind::MissingInput, step, Some(key), Because::NoValue);
        }
    }
    false_requirements(state, step, &|key| state.context.get(key).is_some(), &mut found);
    found.list.into_iter().next()
}

/// Returns the first input of `step` that is stale or refuted now, with a sentence about it.
pub fn stale_input(state: &State, step: &Step) -> Option<Deviation> {
    let mut found = Findings::default();
    for key in step.reads() {
        if let Some(datum) = state.context.get(key)
            && !datum.fresh
        {
            let known = |key: &str| state.context.get(key).map(|datum| &**datum);
            found.about(DeviationKind::StaleInput, step, Some(key), stale(key, datum, &known, &LastWriters::default()));
        }
    }
    found.list.into_iter().next()
}

#[derive(Default)]
struct Findings {
    list: Vec<Deviation>,
}

impl Findings {
    fn add(&mut self, kind: DeviationKind, key: Option<&Key>, message: String) {
        let (key, message) = (key.cloned(), message.into());
        self.list.push(Deviation { kind, step: None, key, message, because: None, rests_on: None });
    }

    /// Adds what was found about `step`.
    fn about(&mut self, kind: DeviationKind, step: &Step, key: Option<&Key>, because: Because) {
        let message = format!("{} {}", Called::of(step), because.predicate(key)).into();
        let rests_on = because.rests_on(key);
        let (step, key) = (Some(step.id.clone()), key.cloned());
        self.list.push(Deviation { kind, step, key, message, because: Some(because), rests_on });
    }
}

fn running(state: &State) -> Option<&Arc<Step>> {
    match state.phase {
        Phase::Running { .. } => state.runs.last().map(|run| &run.step),
        _ => None,
    }
}

fn failed_runs(state: &State, plan: &Plan, found: &mut Findings) {
    if state.failed.is_empty() {
        return;
    }
    // Who reads it and is not needed itself needs nothing.
    let dead: HashSet<usize> = super::liveness::unneeded(state, plan).into_iter().map(|step| step.at).collect();
    let read = |key: &Key| plan.readers(key).any(|at| !dead.contains(&at));
    for at in &state.failed {
        let Some(run) = state.runs.get(*at) else { continue };
        let made = |key: &Key| {
            plan.writers(key).next().is_some()
                || running(state).is_some_and(|running| running.writes().any(|written| written == key))
        };
        let asked_for = |key: &Key| !made(key) && (state.goal.wants.contains_key(key) || read(key));
        // What was made from a value that is not trusted any more needs it, too.
        let needed = run.step.writes().find(|key| {
            !state.context.is_fresh(key)
                && !made(key)
                && (asked_for(key) || state.context.cone(key).iter().any(&asked_for))
        });
        let Some(key) = needed else { continue };
        let error = run.error.clone().unwrap_or_else(|| "it failed".into());
        let refuted = !run.wrote.is_empty();
        let (kind, because) = if refuted {
            (DeviationKind::ExpectationFalse, Because::Unexpected { error })
        } else {
            (DeviationKind::ToolFailed, Because::Failed { error })
        };
        found.about(kind, &run.step, Some(key), because);
    }
}

/// Notes what `step` names that does not exist: its tool, or what that is to read or write. Returns whether it does.
fn invented(state: &State, step: &Step, found: &mut Findings) -> bool {
    let Some(name) = &step.tool else { return false };
    let because = match state.goal.tools.get(name) {
        None => Some(Because::NoTool { tool: name.clone() }),
        Some(tool) => not_its_own(step, tool),
    };
    let is_invented = because.is_some();
    if let Some(because) = because {
        found.about(DeviationKind::UnknownTool, step, None, because);
    }
    is_invented
}

/// Returns the first input or output that `step` gives its tool and that the tool does not have.
pub fn not_its_own(step: &Step, tool: &Tool) -> Option<Because> {
    // Most steps have just what their tool declares.
    let other = |bound: &[(Key, Key)], own: &[Key]| {
        if bound.len() == own.len() && bound.iter().zip(own).all(|((name, _), own)| name == own) {
            return None;
        }
        bound.iter().find(|(name, _)| !own.contains(name)).map(|(name, _)| name.clone())
    };
    let input = other(&step.with, &tool.inputs).map(|name| Because::NotItsOwn { name, output: false });
    input.or_else(|| other(&step.to, &tool.outputs).map(|name| Because::NotItsOwn { name, output: true }))
}

fn check_step(
    state: &State,
    plan: &Plan,
    at: usize,
    step: &Step,
    imagined: &Imagined<'_>,
    last_writer: &LastWriters<'_>,
    found: &mut Findings,
) {
    if invented(state, step, found) {
        return;
    }
    for key in step.reads() {
        match imagined.get(key) {
            Some(datum) if datum.fresh => {}
            Some(datum) => {
                let because = stale(key, datum, &|key| imagined.get(key), last_writer);
                found.about(DeviationKind::StaleInput, step, Some(key), because);
            }
            None => match plan.writers(key).find(|writer| *writer > at).and_then(|w| plan.remaining().get(w)) {
                Some(later) => {
                    let because = Because::OnlyLater { by: Called::of(later) };
                    found.about(DeviationKind::OrderWrong, step, Some(key), because);
                }
                None => found.about(DeviationKind::MissingInput, step, Some(key), Because::NothingWrites),
            },
        }
    }
    let observed = |key: &Key| imagined.get(key).is_some_and(|datum| datum.version < IMAGINED);
    false_requirements(state, step, &observed, found);
}

fn false_requirements(state: &State, step: &Step, observed: &dyn Fn(&Key) -> bool, found: &mut Findings) {
    for (label, question) in requirements_of(state, step, observed) {
        let undecided = match state.verdicts.get(&question) {
            None | Some(Verdict::True) => continue,
            Some(Verdict::False) => None,
            Some(Verdict::Undecided(reason)) => Some(reason.clone()),
        };
        let About::Object(about) = &question.about else { continue };
        // Whatever else it was put to has nothing to do with it.
        let checks = step.tool_in(&state.goal.tools).map(|tool| (&tool.requires, &tool.requires_of));
        let deciding = checks.and_then(|(checks, of)| {
            let place =
                checks.iter().position(|check| check.label == label && check.condition == question.condition)?;
            of.get(place)?.as_deref()
        });
        let decides = |name: &Key| deciding.is_none_or(|names| names.contains(name));
        let named = about.iter().filter(|(name, ..)| decides(name)).map(|(_, key, _)| key.clone());
        let mut keys: Vec<Key> = named.collect();
        if keys.is_empty() {
            keys = about.iter().map(|(_, key, _)| key.clone()).collect();
        }
        let first = keys.first().cloned();
        let because = Because::NotMet { label, keys, undecided };
        found.about(DeviationKind::RequirementFalse, step, first.as_ref(), because);
    }
}

/// Returns why `key`, which is not fresh, is not.
fn stale<'d>(
    key: &Key,
    datum: &Datum,
    known: &dyn Fn(&str) -> Option<&'d Datum>,
    last_writer: &LastWriters<'_>,
) -> Because {
    if let Some(reason) = &datum.refuted {
        return Because::Refuted { why: reason.clone() };
    }
    // Follows the chain to the value that really changed: "made from the old tickets" says more than "stale".
    let (mut key_seen, mut sources) = (key.clone(), datum.sources.clone());
    for _ in 0..64 {
        let changed = sources.iter().find(|(source, version)| known(source).is_none_or(|d| d.version != *version));
        if let Some((source, _)) = changed {
            let source = source.clone();
            return match (known(&source), last_writer.get(&source)) {
                (None, _) => Because::FromGone { source },
                (Some(_), Some(writer)) => Because::FromRewritten { source, by: Called::of(writer) },
                (Some(_), None) => Because::FromOld { source },
            };
        }
        let stale = sources.iter().find_map(|(source, _)| known(source).filter(|d| !d.fresh).map(|d| (source, d)));
        match stale {
            Some((source, datum)) if *source != key_seen => {
                if datum.refuted.is_some() {
                    return Because::FromRefuted { source: source.clone() };
                }
                (key_seen, sources) = (source.clone(), datum.sources.clone());
            }
            _ => break,
        }
    }
    Because::Stale
}

fn check_wants(state: &State, imagined: &Imagined<'_>, last_writer: &LastWriters<'_>, found: &mut Findings) {
    for (key, condition) in state.goal.wants.iter() {
        let message = match imagined.get(key) {
            None => format!("the plan ends without {key}, which the goal wants"),
            Some(datum) if datum.refuted.is_some() => format!("the plan ends with {key} refuted"),
            Some(datum) if !datum.fresh => format!("the plan ends with {key} stale"),
            Some(datum) if datum.version < IMAGINED => match state.want_verdict(key) {
                None | Some(Verdict::True) => continue,
                Some(Verdict::False) => format!("the goal wants {key} to meet \"{condition}\", which is false now"),
                Some(Verdict::Undecided(why)) => {
                    format!("the goal wants {key} to meet \"{condition}\", which cannot be decided: {why}")
                }
            },
            Some(_) => continue,
        };
        if found.list.iter().any(|d| d.key.as_ref() == Some(key) && d.kind != DeviationKind::GoalNotReached) {
            continue;
        }
        found.add(DeviationKind::GoalNotReached, Some(key), message);
        let stale_then = imagined.get(key).filter(|datum| !datum.fresh);
        if let (Some(datum), Some(last)) = (stale_then, found.list.last_mut()) {
            last.rests_on = stale(key, datum, &|key| imagined.get(key), last_writer).rests_on(Some(key));
        }
    }
}

fn step_questions(state: &State, at: usize, open: &mut Vec<Question>) {
    let Some(step) = state.plan.remaining().get(at) else { return };
    let Some(tool) = step.tool_in(&state.goal.tools) else { return };
    if step.skip || tool.requires.is_empty() {
        return;
    }
    let pinned = |key: &Key| state.context.get(key).is_some_and(|datum| datum.pinned);
    let under_way = |key: &Key| running(state).is_some_and(|step| step.writes().any(|written| written == key));
    if step.reads().any(|key| state.context.get(key).is_some() && !pinned(key) && under_way(key)) {
        return; // Decided until that step began; what it writes is asked about when it is there.
    }
    let rewritten = |key: &Key| !pinned(key) && rewriter(state, key).is_some_and(|writer| writer < at);
    for (_, question) in requirements_of(state, step, &|key| state.context.get(key).is_some() && !rewritten(key)) {
        if !state.verdicts.contains_key(&question) && !open.contains(&question) {
            open.push(question);
        }
    }
}

/// Returns the place of the remaining step that first writes `key`, where its present value is sure to be replaced.
///
/// A fresh value may be as good as what a step of the planner's would write over it.
fn rewriter(state: &State, key: &Key) -> Option<usize> {
    let writer = state.plan.writers(key).next()?;
    let planned = state.plan.remaining().get(writer).is_some_and(|step| step.is_the_planners());
    (!planned || !state.context.is_fresh(key)).then_some(writer)
}

fn want_questions(state: &State, open: &mut Vec<Question>) {
    let mut ask = |question: Option<Question>| {
        if let Some(question) = question
            && !state.verdicts.contains_key(&question)
            && !open.contains(&question)
        {
            open.push(question);
        }
    };
    if state.goal.exploring.is_some() {
        return ask(state.until_question());
    }
    state.goal.wants.keys().for_each(|key| ask(state.want_question(key)));
    // What is expected of the result is compared once there is one.
    if !state.goal.expect.is_empty() && reached(state) {
        state.goal.expect.keys().for_each(|key| ask(state.expect_question(key)));
    }
}
