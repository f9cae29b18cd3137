//! What the session does next by itself.
//!
//! `decide` turns a command into one fact; this module says what follows when nobody asks: let a surprise land,
//! name what contradicts the plan, ask for a plan that is due, start the next step while the pace allows, finish.
//!
//! **Invariant:** repeated, it settles: every event returned here changes what this function looks at.

use crate::engine::ordered::IndexMap;
use std::sync::Arc;

use super::approval::{needs_approval, planner_is_untrusted};
use super::because::{Because, Called};
use super::decide::outputs_of;
use super::event::{Cause, Decider, Dial, Event, Outcome, Pace, PlainCause, Seq, Stop, Verdict};
use super::goal::{Key, StepDraft, Surprise};
use super::plan::{Author, Step, StepId};
use super::review::{self, Deviation, DeviationKind};
use super::state::{Phase, State, Status, StepRun};
use super::turn::Became;
use super::value::Shared;

/// Replans in a row without a newly fresh wanted key after which it stops and asks.
const FRUITLESS: u32 = 100;

/// Returns what follows by itself, or none when the session waits for a person or the world.
pub fn advance(state: &State) -> Option<Event> {
    match follows(state)? {
        Event::PlanRequested { .. } if planner_is_untrusted(state) => Some(Event::Stopped { why: Stop::Planner }),
        event => Some(event),
    }
}

fn follows(state: &State) -> Option<Event> {
    if let Some(hit) = state.breakpoints.due() {
        return Some(Event::BreakpointHit { hit: Box::new(hit.clone()) });
    }
    if state.halted || state.breakpoints.waits() {
        return None;
    }
    match &state.phase {
        Phase::New | Phase::Planning { .. } | Phase::Interrupted => None,
        Phase::Running { .. } => inside(state),
        Phase::Approving | Phase::Reached | Phase::Ended { .. } => None,
        Phase::Deciding => match state.settings.decider {
            Decider::Ask => unchanged_plan(state),
            Decider::Auto => accept(state),
        },
        Phase::Review | Phase::Ready => rest(state),
    }
}

/// Returns what follows by itself inside the running step, where it is a loop.
fn inside(state: &State) -> Option<Event> {
    state.loop_running()?;
    let Some(inner) = &state.inner else {
        let step = state.runs.last()?.step.id.clone();
        return Some(Event::Entered { step, stepwise: state.pace == Pace::Into });
    };
    landing(state).or_else(|| advance(inner).map(|event| Event::Inner { event: Box::new(event) }))
}

/// Returns why it cannot be decided what a loop goes on for, if it cannot.
fn undecided(state: &State) -> Option<Arc<str>> {
    match state.verdicts.get(&state.until_question()?)? {
        Verdict::Undecided(why) => Some(why.clone()),
        Verdict::True | Verdict::False => None,
    }
}

fn failure(name: &str, error: &str) -> String {
    format!("{name} failed ({error})")
}

/// Returns what a deviation says, behind the failure of the step that was to write what it lacks.
fn from_its_cause(state: &State, deviation: &Deviation) -> Arc<str> {
    let lacks = |key: &Key| match &deviation.because {
        Some(Because::NoValue) => deviation.key.as_ref() == Some(key),
        Some(Because::NoValues { keys }) => keys.contains(key),
        _ => false, // whatever else it found, it is not a value that a failed step owes
    };
    match state.failed_to_write(lacks).and_then(|run| Some(failure(run.step.name(), run.error.as_ref()?))) {
        Some(failure) => format!("{failure}: {}", deviation.message).into(),
        None => deviation.message.clone(),
    }
}

/// Returns what follows by itself where one action is decided on at a time.
fn next_turn(state: &State) -> Option<Event> {
    if !state.open_questions.is_empty() {
        return None;
    }
    if review::reached(state) {
        return Some(Event::Reached);
    }
    if state.pace == Pace::Paused {
        return None;
    }
    if state.plan.first().is_some() {
        return go_on(state);
    }
    let not_reached = |why: String| Event::Ended { outcome: Outcome::NotReached, why: why.into(), reasons: Vec::new() };
    if state.goal.wants.is_empty() {
        return Some(not_reached("the goal names no wants: without a plan, nothing says when it is reached".into()));
    }
    if let Some(turn) = state.turns.last()
        && turn.thought.step.is_none()
        && turn.seq > state.observed
    {
        return Some(not_reached(turn.thought.why.to_string()));
    }
    if let Some(explore) = &state.goal.exploring
        && state.turns.len() >= explore.budget as usize
    {
        let (budget, until) = (explore.budget, &explore.until);
        let undecided = undecided(state).map_or(String::new(), |why| format!(", which cannot be decided: {why}"));
        return Some(not_reached(format!("its budget of {budget} decisions ended before: {until}{undecided}")));
    }
    // What stands in the way comes before what follows from it.
    let first = || {
        let goes_on = state.goal.exploring.as_ref().zip(undecided(state));
        let undecided = goes_on.map(|(explore, why)| format!("{} cannot be decided ({why}); ", explore.until));
        let failed = || state.failed_last().and_then(|run| Some(failure(run.step.name(), run.error.as_ref()?)));
        let stands = undecided.or_else(|| failed().map(|failure| format!("{failure}; ")));
        stands.or_else(|| Some(format!("{}; ", refused_last(state)?))).unwrap_or_default()
    };
    if let Some(before) = state.situations.get(&state.situation()) {
        let circle = format!("a circle: nothing has changed since event {before}, when the next action was decided on");
        return Some(not_reached(first() + &circle));
    }
    let patience = FRUITLESS.max(3 * state.goal.tools.len() as u32);
    if state.fruitless >= patience {
        let fruitless = format!("{patience} decisions in a row brought no wanted key nearer");
        return Some(not_reached(first() + &fruitless));
    }
    Some(Event::PlanRequested { cause: None })
}

/// Returns why the last action that was refused was, where that still stands.
fn refused_last(state: &State) -> Option<&str> {
    state.turns.iter().rev().find_map(|turn| match (&turn.became, &turn.thought.step) {
        (Became::Refused(refused), Some(step)) => {
            let usage = step.usage()?;
            state.standing_refusals().any(|(other, _)| *other == usage).then_some(&*refused.message)
        }
        _ => None, // it was not refused
    })
}

/// Returns why the action of a thought is not carried out, if it cannot be, and the keys that it fails for.
fn refusal(state: &State, step: &Step) -> Option<Event> {
    let deviation = review::blocked(state, step)
        .or_else(|| review::stale_input(state, step).filter(|stale| acts_on(state, stale)))?;
    let needs: Vec<Key> = match deviation.kind {
        DeviationKind::RequirementFalse => step.reads().cloned().collect(),
        _ => step.reads().filter(|key| !state.context.is_fresh(key)).cloned().collect(),
    };
    let keys: Vec<Key> = step.reads().filter(|key| state.context.get(key).is_none()).cloned().collect();
    let (message, because) = match keys.len() {
        0 | 1 => (deviation.message, deviation.because),
        _ => {
            let because = Because::NoValues { keys };
            (format!("{} {}", Called::of(step), because.predicate(None)).into(), Some(because))
        }
    };
    Some(Event::Refused { step: step.id.clone(), message, needs, key: deviation.key, because })
}

fn rest(state: &State) -> Option<Event> {
    if let Some(event) = landing(state) {
        return Some(event);
    }
    if state.is_react() {
        return next_turn(state);
    }
    if state.plan.revision == 0 {
        return Some(first_plan(state));
    }
    if !state.open_questions.is_empty() {
        return None;
    }
    if *state.deviations != *state.said {
        return Some(Event::Deviated { deviations: state.deviations.to_vec() });
    }
    if review::reached(state) {
        return Some(Event::Reached);
    }
    if let Some(event) = replan(state) {
        return Some(event);
    }
    if state.pace == Pace::Paused {
        return None;
    }
    if state.phase == Phase::Review {
        return Some(Event::Approved { step: None, tool: None });
    }
    go_on(state)
}

fn first_plan(state: &State) -> Event {
    if state.goal.plan.is_none() {
        return Event::PlanRequested { cause: None };
    }
    Event::Planned { steps: file_steps(state, state.next_step), cost: None, left_out: Vec::new() }
}

/// Returns the steps of the plan in the goal file; those without an id are counted from `number`.
pub(super) fn file_steps(state: &State, mut number: u64) -> Vec<Arc<Step>> {
    let Some(drafts) = &state.goal.plan else { return Vec::new() };
    let mut steps: Vec<Arc<Step>> = Vec::with_capacity(drafts.len());
    let taken: std::collections::HashSet<&str> = drafts.iter().filter_map(|draft| draft.id.as_deref()).collect();
    for draft in drafts.iter() {
        let id: StepId = match &draft.id {
            Some(id) => id.clone(),
            None => loop {
                let id = format!("s{number}");
                number += 1;
                if !taken.contains(id.as_str()) {
                    break id.into();
                }
            },
        };
        steps.push(Arc::new(step_of(state, id, draft, Author::File)));
    }
    steps
}

/// Returns the step that `draft` describes, under `id`: bindings completed from its tool's contract.
pub fn step_of(state: &State, id: StepId, draft: &StepDraft, by: Author) -> Step {
    let tool = draft.tool.as_ref().and_then(|name| state.goal.tools.get(name));
    let bound = |names: &[super::goal::Key],
                 given: &crate::engine::ordered::IndexMap<super::goal::Key, super::goal::Key>| {
        names.iter().map(|name| (name.clone(), given.get(name).unwrap_or(name).clone())).collect::<Vec<_>>()
    };
    let listed = |given: &crate::engine::ordered::IndexMap<super::goal::Key, super::goal::Key>| {
        given.iter().map(|(name, key)| (name.clone(), key.clone())).collect::<Vec<_>>()
    };
    let (with, to) = match tool {
        Some(tool) => (bound(&tool.inputs, &draft.with), bound(&tool.outputs, &draft.to)),
        None if draft.tool.is_none() && draft.to.is_empty() => (listed(&draft.with), vec![(id.clone(), id.clone())]),
        None => (listed(&draft.with), listed(&draft.to)),
    };
    let description = draft.description.clone().or_else(|| tool.map(|tool| tool.description.clone()));
    Step {
        id,
        tool: draft.tool.clone(),
        description: description.unwrap_or_default(),
        with,
        to,
        ensures: draft.ensures.clone(),
        approval: draft.approval,
        note: draft.note.clone(),
        by,
        skip: draft.skip,
        ..Step::default()
    }
}

fn landing(state: &State) -> Option<Event> {
    let due = state.scheduled.get(state.due()?)?;
    let scenario = due.scenario.clone();
    match due.surprises.first()? {
        Surprise::Set { .. } => {
            let values = due.surprises.iter().map_while(|surprise| match surprise {
                Surprise::Set { key, value } => Some((key.clone(), value.clone())),
                Surprise::Outcome { .. } | Surprise::Fail { .. } | Surprise::Goal { .. } => None,
            });
            Some(Event::Injected { values: values.collect(), outcome_of: None, scenario })
        }
        surprise @ Surprise::Outcome { tool, value } => Some(match returned_instead(state, tool, value) {
            Some((step, values)) => Event::Injected { values, outcome_of: Some(step), scenario },
            None => Event::Armed { surprise: surprise.clone(), scenario },
        }),
        surprise @ Surprise::Fail { .. } => Some(Event::Armed { surprise: surprise.clone(), scenario }),
        Surprise::Goal { goal, wants } => {
            Some(Event::GoalChanged { goal: goal.clone(), wants: wants.clone(), scenario })
        }
    }
}

/// Returns the last step that used `tool`, and `value` under the keys that it wrote, if what it returned still stands
/// there: then a surprise about its outcome is about that one, and no later run of the tool has to be waited for.
pub fn returned_instead(state: &State, tool: &str, value: &Shared) -> Option<(StepId, IndexMap<Key, Option<Shared>>)> {
    let used = |run: &&Arc<StepRun>| run.step.tool.as_deref() == Some(tool);
    let run = state.runs.iter().rev().find(used).filter(|run| run.status == Status::Done)?;
    let stands = |(key, version): &(Key, Seq)| state.context.get(key).is_some_and(|datum| datum.version == *version);
    if !run.wrote.iter().all(stands) {
        return None;
    }
    let values = outputs_of(&run.step, value.clone()).ok()?;
    Some((run.step.id.clone(), values.into_iter().map(|(key, value)| (key, Some(value))).collect()))
}

/// Tells whether the dial asks for a replan because of `deviation`.
pub fn acts_on(state: &State, deviation: &Deviation) -> bool {
    let next = || state.next_step().map(|step| &step.id) == deviation.step.as_ref();
    match state.settings.dial {
        Dial::Never => false,
        Dial::OnFailure => match deviation.kind {
            DeviationKind::ToolFailed | DeviationKind::ExpectationFalse | DeviationKind::GoalChanged => true,
            DeviationKind::MissingInput
            | DeviationKind::RequirementFalse
            | DeviationKind::UnknownTool
            | DeviationKind::OrderWrong => next(),
            DeviationKind::GoalNotReached => state.next_step().is_none(),
            DeviationKind::StaleInput | DeviationKind::StepUnneeded | DeviationKind::GoalReachedEarly => false,
        },
        Dial::OnDeviation | Dial::EveryStep => deviation.kind != DeviationKind::GoalReachedEarly,
    }
}

fn replan(state: &State) -> Option<Event> {
    let due = state
        .deviations
        .iter()
        .find(|deviation| acts_on(state, deviation) && !state.quiet.contains(&state.quiet_of(deviation)));
    let every_step = || {
        let fresh = state.runs.len() > state.planned_runs && state.next_step().is_some();
        let done = state.runs.last().is_some_and(|run| run.status == Status::Done);
        // A program that tells has to hear of every change before it does anything more.
        let (fresh, done) = match state.settings.told {
            true => (state.observed != state.planned_at && state.next_step().is_some(), true),
            false => (fresh, done),
        };
        (state.settings.dial == Dial::EveryStep && fresh && done).then(|| Cause::Plain {
            kind: PlainCause::EveryStep,
            message: "the dial says: replan after every step".into(),
        })
    };
    let circular = due.is_some();
    let cause = due.cloned().map(Cause::Deviation).or_else(every_step)?;
    let circle = if circular && let Some(before) = state.situations.get(&state.situation()) {
        Some(format!(
            "a circle: {}; the situation is the same as at event {before}, when a replan was made for it already",
            cause.message()
        ))
    } else if state.fruitless >= FRUITLESS && !state.settings.told {
        Some(format!("{FRUITLESS} replans in a row brought no wanted key nearer; the last cause: {}", cause.message()))
    } else {
        None
    };
    Some(match circle {
        Some(why) => Event::Ended { outcome: Outcome::NotReached, why: why.into(), reasons: Vec::new() },
        None => Event::PlanRequested { cause: Some(cause) },
    })
}

/// Nobody is asked, unless the proposal takes out a step at which somebody was to look.
fn accept(state: &State) -> Option<Event> {
    let replan = state.replans.last().filter(|replan| replan.removed_gates().next().is_none())?;
    Some(Event::Replanned { proposal: replan.seq, steps: replan.proposal.after.clone() })
}

/// A proposal after every step that changes nothing needs nobody's decision.
fn unchanged_plan(state: &State) -> Option<Event> {
    let replan = state.replans.last()?;
    let plain = matches!(replan.proposal.cause, Cause::Plain { kind: PlainCause::EveryStep, .. });
    let ids = replan.proposal.after.iter().map(|step| &step.id);
    (plain && ids.eq(replan.proposal.before.iter())).then(|| accept(state)).flatten()
}

fn go_on(state: &State) -> Option<Event> {
    let Some(first) = state.plan.first() else { return Some(through(state)) };
    let step = if first.skip { first } else { state.next_step()? };
    if state.pace == Pace::Until(step.id.clone()) {
        return Some(Event::Stopped { why: Stop::Arrived });
    }
    if step.skip {
        return Some(Event::Skipped { step: step.id.clone() });
    }
    if let Some(limit) = state.settings.max_steps
        && state.calls >= limit
    {
        let why = format!("{limit} steps were allowed and are used up");
        return Some(Event::Ended { outcome: Outcome::Stopped, why: why.into(), reasons: Vec::new() });
    }
    if state.is_react()
        && step.is_the_planners()
        && let Some(refused) = refusal(state, step)
    {
        return Some(refused);
    }
    if let Some(deviation) = in_the_way(state, step) {
        return Some(if state.settings.decider == Decider::Auto {
            let why = format!("blocked: {}", from_its_cause(state, &deviation));
            Event::Ended { outcome: Outcome::NotReached, why: why.into(), reasons: Vec::new() }
        } else {
            Event::Stopped { why: Stop::Blocked { step: step.id.clone(), message: from_its_cause(state, &deviation) } }
        });
    }
    let arrived = state.runs.last().and_then(|run| run.ended).unwrap_or(0);
    if let Some(hit) = state.breakpoints.before_start(state, arrived) {
        return Some(Event::BreakpointHit { hit: Box::new(hit) });
    }
    if needs_approval(state, step) && !state.is_approved(step) {
        return Some(Event::Stopped { why: Stop::Approval { step: step.id.clone() } });
    }
    Some(Event::Started { step: step.id.clone(), attempt: 1, reads: state.read_now(step) })
}

/// Returns why `step` does not run now: what blocks it whatever the dial says, or a stale input that the dial acts on.
pub fn in_the_way(state: &State, step: &Step) -> Option<Deviation> {
    review::blocked(state, step).or_else(|| {
        review::stale_input(state, step)
            .filter(|stale| acts_on(state, stale) && !state.quiet.contains(&state.quiet_of(stale)))
    })
}

fn through(state: &State) -> Event {
    let why = match state.deviations.first() {
        Some(deviation) => deviation.message.clone(),
        None => "the plan is through and its last step did not finish".into(),
    };
    Event::Ended { outcome: Outcome::NotReached, why, reasons: Vec::new() }
}
