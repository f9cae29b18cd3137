//! The report of a run: the one JSON object that `run` and `replay` print, and what `plan` shares with it.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::checks::failures::{Failure, failures};
use crate::engine::breakpoint::{BreakpointId, Hit, Standing};
use crate::engine::context::Origin;
use crate::engine::effect::{Judge, Subject};
use crate::engine::event::{Cause, Event, Reason, Recorded, Seq};
use crate::engine::goal::{Condition, Key};
use crate::engine::ordered::IndexMap;
use crate::engine::plan::{Step, StepId};
use crate::engine::session::Session;
use crate::engine::state::{Replan, State, Status, StepRun};
use crate::engine::value::Shared;

use crate::compare::figures::{Figures, recount};
use crate::describe::breakpoint;
use crate::describe::change::{Change, Rewrites};
use crate::describe::coped::{self, Expectation, Judged};
use crate::describe::frame::acting;
use crate::describe::standing;

/// How many places of a changed value a line names at most.
const CHANGED: usize = 16;

/// Everything about a run, in the shape that scripts rely on: fields may be added, none renamed.
#[derive(Debug, Serialize)]
pub struct RunReport {
    goal: Arc<str>,
    strategy: &'static str,
    planner: Arc<str>,
    status: &'static str,
    /// Whether it coped: all surprises landed, the goal is reached, and nothing that is expected is missed.
    pub coped: bool,
    why: Option<String>,
    reasons: Arc<[Reason]>,
    plan: Vec<PlanStep>,
    context: IndexMap<Key, Shared>,
    provenance: IndexMap<Key, Provenance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<Vec<Line>>,
    replans: Vec<ReplanMade>,
    metrics: Figures,
    evaluation: IndexMap<Key, Evaluated>,
    failure_checks: Vec<Failure>,
    unused: Vec<String>,
    /// The breakpoint at which it stopped; none: it stopped at none.
    stopped_at: Option<StoppedAt>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    breakpoints: Vec<BreakpointSaid>,
    /// What was watched, and how it changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub watches: Vec<Value>,
    session: Option<String>,
}

/// The breakpoint at which a run stopped.
#[derive(Debug, Serialize)]
struct StoppedAt {
    breakpoint: BreakpointId,
    place: String,
    event: Seq,
    found: String,
    next: String,
}

/// A breakpoint with its record.
#[derive(Debug, Serialize)]
struct BreakpointSaid {
    breakpoint: BreakpointId,
    place: String,
    enabled: bool,
    hits: u32,
    /// Why its condition could not be decided when it was judged last.
    #[serde(skip_serializing_if = "Option::is_none")]
    undecided: Option<Arc<str>>,
    /// Whether its condition reached a limit, and is not judged any more.
    faulty: bool,
}

/// One step of a plan.
#[derive(Debug, Serialize)]
pub struct PlanStep {
    id: StepId,
    tool: Option<Arc<str>>,
    description: Arc<str>,
    inputs: Vec<Key>,
    outputs: Vec<Key>,
    status: &'static str,
    stale: bool,
    repeats: Option<StepId>,
    wall_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Arc<str>>,
    /// The steps of the loop inside it, where it was one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inside: Vec<PlanStep>,
}

#[derive(Debug, Serialize)]
struct Provenance {
    by: Arc<str>,
    version: Seq,
    fresh: bool,
    pinned: bool,
    refuted: bool,
    from: IndexMap<Key, Seq>,
    /// What a person gave inside the loop that made it: key and version there.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    given: IndexMap<Key, Seq>,
}

/// One event, as JSON prints it.
#[derive(Debug, Serialize)]
pub struct Line {
    seq: Seq,
    parent: Option<Seq>,
    at: Arc<str>,
    #[serde(flatten)]
    event: Event,
    /// What it changed of values that were there before, the first places of each key; nothing for what is new.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<Changed>,
    /// What it changed of what is watched, by watch.
    #[serde(skip_serializing_if = "Map::is_empty")]
    watches: Map<String, Value>,
}

/// One place in a value that is another one than before, in short.
#[derive(Debug, Serialize)]
struct Changed {
    path: String,
    was: Option<String>,
    now: Option<String>,
}

#[derive(Debug, Serialize)]
struct ReplanMade {
    cause: CauseSaid,
    before: Vec<StepId>,
    after: Vec<StepId>,
    kept: Vec<StepId>,
    added: Vec<StepId>,
    removed: Vec<StepId>,
    accepted: Option<bool>,
}

#[derive(Debug, Serialize)]
struct CauseSaid {
    kind: Value,
    step: Option<StepId>,
    key: Option<Key>,
    message: Arc<str>,
}

#[derive(Debug, Serialize)]
struct Evaluated {
    /// None: it could not be judged, and `why` says why.
    ok: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl RunReport {
    /// Returns the account of `session` up to `end`. Conditions of `expect` that the trace does not answer are
    /// put to `engine`.
    pub fn of(
        session: &Session,
        end: &State,
        standing: &standing::Standing,
        unused: Vec<String>,
        file: Option<String>,
        judge: &dyn Judge,
    ) -> RunReport {
        let records = session.path().iter().take_while(|&&seq| seq <= end.seq);
        let mut rewrites = Rewrites::default();
        let line = |record| Line::of(record, &rewrites.next(session, record));
        let trace = records.filter_map(|&seq| session.record(seq)).map(line).collect();
        let figures = recount(session, end);
        RunReport { trace: Some(trace), ..RunReport::brief(session, end, standing, figures, unused, file, judge) }
    }

    /// Returns the account of a run without its trace, which ended in `end` and has these `figures`.
    pub fn brief(
        session: &Session,
        end: &State,
        standing: &standing::Standing,
        figures: Figures,
        unused: Vec<String>,
        file: Option<String>,
        judge: &dyn Judge,
    ) -> RunReport {
        RunReport {
            goal: end.goal.goal.clone(),
            strategy: end.settings.strategy.word(),
            planner: end.settings.planner.name.clone(),
            status: standing.status,
            coped: coped::coped(session, end),
            why: standing.why.clone(),
            reasons: standing.reasons.clone(),
            plan: plan(end),
            context: end.context.iter().map(|(key, datum)| (key.clone(), datum.value.clone())).collect(),
            provenance: provenance(end),
            trace: None,
            replans: end.replans.iter().map(|replan| replan_made(replan)).collect(),
            metrics: figures,
            evaluation: evaluation(session, end, judge),
            failure_checks: failures(session, end, judge),
            unused,
            stopped_at: end.stopped_at().map(|hit| stopped_at(hit, end)),
            breakpoints: end.breakpoints.list().iter().map(said).collect(),
            watches: Vec::new(),
            session: file,
        }
    }
}

/// Returns those fields of a report of `session` up to `end` of which `asked` says that they are: what lessons look at.
pub fn fields(session: &Session, end: &State, judge: &dyn Judge, asked: &dyn Fn(&str) -> bool) -> Map<String, Value> {
    let standing = standing::Standing::of(end);
    let mut fields = Map::new();
    let mut put = |name: &str, value: &dyn Fn() -> serde_json::Result<Value>| {
        if asked(name) {
            fields.insert(name.to_owned(), value().unwrap_or_default());
        }
    };
    let context = || end.context.iter().map(|(key, datum)| (key.clone(), datum.value.clone()));
    put("goal", &|| serde_json::to_value(&end.goal.goal));
    put("strategy", &|| serde_json::to_value(end.settings.strategy.word()));
    put("status", &|| serde_json::to_value(standing.status));
    put("why", &|| serde_json::to_value(&standing.why));
    put("plan", &|| serde_json::to_value(plan(end)));
    put("context", &|| serde_json::to_value(context().collect::<IndexMap<Key, Shared>>()));
    put("provenance", &|| serde_json::to_value(provenance(end)));
    put("trace", &|| {
        let mut rewrites = Rewrites::default();
        let records = session.path().iter().take_while(|&&seq| seq <= end.seq);
        let line = |record| Line::of(record, &rewrites.next(session, record));
        serde_json::to_value(records.filter_map(|&seq| session.record(seq)).map(line).collect::<Vec<_>>())
    });
    put("replans", &|| serde_json::to_value(end.replans.iter().map(|made| replan_made(made)).collect::<Vec<_>>()));
    put("metrics", &|| serde_json::to_value(recount(session, end)));
    put("evaluation", &|| serde_json::to_value(evaluation(session, end, judge)));
    put("failure_checks", &|| serde_json::to_value(failures(session, end, judge)));
    fields
}

impl Line {
    /// Returns the line of `record`, which did these `changes`.
    pub fn of(record: &Recorded, changes: &[Change]) -> Line {
        let Recorded { seq, parent, at, event } = record.clone();
        let parts = changes.iter().flat_map(|change| change.parts().into_iter().take(CHANGED));
        let changes = parts.map(|(path, was, now)| Changed { path, was, now }).collect();
        Line { seq, parent, at, event, changes, watches: Map::new() }
    }

    /// Returns it with what it changed of what is watched.
    pub fn watching(self, watches: Map<String, Value>) -> Line {
        Line { watches, ..self }
    }
}

fn stopped_at(hit: &Hit, end: &State) -> StoppedAt {
    StoppedAt {
        breakpoint: hit.breakpoint,
        place: breakpoint::written(&hit.place),
        event: hit.event,
        found: breakpoint::found(hit, acting(end)),
        next: breakpoint::comes_next(end),
    }
}

fn said(standing: &Standing) -> BreakpointSaid {
    BreakpointSaid {
        breakpoint: standing.id,
        place: breakpoint::written(&standing.breakpoint.place),
        enabled: standing.breakpoint.enabled,
        hits: standing.hits,
        undecided: standing.undecided.clone(),
        faulty: standing.faulty,
    }
}

/// Returns every step that was ever started or is still to do, in order.
pub fn plan(state: &State) -> Vec<PlanStep> {
    let started = state.runs.iter().map(|run| ran(run, state));
    let remaining = state.plan.remaining().iter().map(|step| to_do(step));
    started.chain(remaining).collect()
}

fn ran(run: &StepRun, state: &State) -> PlanStep {
    let stale = |(key, version): &(Key, Seq)| {
        state.context.get(key).is_none_or(|datum| datum.version != *version || !datum.fresh)
    };
    PlanStep {
        status: run.status.word(),
        stale: run.status == Status::Done && run.wrote.iter().any(stale),
        wall_ms: run.wall_ms,
        error: run.error.clone().filter(|_| run.status == Status::Failed),
        inside: run.inside.as_ref().map(|inside| plan(inside)).unwrap_or_default(),
        ..to_do(&run.step)
    }
}

fn to_do(step: &Step) -> PlanStep {
    PlanStep {
        id: step.id.clone(),
        tool: step.tool.clone(),
        description: step.description.clone(),
        inputs: step.reads().cloned().collect(),
        outputs: step.writes().cloned().collect(),
        status: if step.skip { Status::Skipped } else { Status::Pending }.word(),
        stale: false,
        repeats: step.repeats.clone(),
        wall_ms: None,
        error: None,
        why: step.why.clone(),
        inside: Vec::new(),
    }
}

fn provenance(state: &State) -> IndexMap<Key, Provenance> {
    let one = |(key, datum): (&Key, &Arc<crate::engine::context::Datum>)| {
        let by = match &datum.origin {
            Origin::Initial => "initial".into(),
            Origin::Step(step) => step.clone(),
            Origin::Injected => "injected".into(),
            Origin::Edited(_) => "edited".into(),
            Origin::Record => "record".into(),
        };
        let from = datum.sources.iter().cloned().collect();
        let refuted = datum.refuted.is_some();
        let given = datum.given.iter().flat_map(|given| given.iter().cloned()).collect();
        let (version, fresh, pinned) = (datum.version, datum.fresh, datum.pinned);
        (key.clone(), Provenance { by, version, fresh, pinned, refuted, from, given })
    };
    state.context.iter().map(one).collect()
}

fn replan_made(replan: &Replan) -> ReplanMade {
    let before: Vec<StepId> = replan.before.iter().map(|step| step.id.clone()).collect();
    let taken: &[Arc<Step>] = match &replan.taken {
        Some(taken) => taken,
        None => &replan.proposal.after,
    };
    let after: Vec<StepId> = taken.iter().map(|step| step.id.clone()).collect();
    let was: std::collections::HashSet<&StepId> = before.iter().collect();
    let is: std::collections::HashSet<&StepId> = after.iter().collect();
    ReplanMade {
        cause: cause(&replan.proposal.cause),
        kept: after.iter().filter(|id| was.contains(id)).cloned().collect(),
        added: after.iter().filter(|id| !was.contains(id)).cloned().collect(),
        removed: before.iter().filter(|id| !is.contains(id)).cloned().collect(),
        accepted: replan.accepted,
        before,
        after,
    }
}

fn cause(cause: &Cause) -> CauseSaid {
    let word = |kind: serde_json::Result<Value>| kind.unwrap_or(Value::Null);
    match cause {
        Cause::Deviation(deviation) => CauseSaid {
            kind: word(serde_json::to_value(deviation.kind)),
            step: deviation.step.clone(),
            key: deviation.key.clone(),
            message: deviation.message.clone(),
        },
        Cause::Plain { kind, message } => {
            CauseSaid { kind: word(serde_json::to_value(kind)), step: None, key: None, message: message.clone() }
        }
    }
}

fn evaluation(session: &Session, state: &State, judge: &dyn Judge) -> IndexMap<Key, Evaluated> {
    let judge = |condition: &Condition, value: &Shared| Some(judge.judge(condition, &Subject::Value(value.clone())));
    let one = |expected: Expectation| {
        let Expectation { key, condition, judged, without_surprise } = expected;
        let why = match &judged {
            Judged::Met => None,
            Judged::Missed if without_surprise => {
                Some(format!("{key} does not meet: {condition}, which was written for the run without the surprise"))
            }
            Judged::Missed => Some(format!("{key} does not meet: {condition}")),
            Judged::Undecided(why) => Some(why.to_string()),
            Judged::Not(_) => Some(judged.said()),
        };
        (key, Evaluated { ok: judged.met(), why })
    };
    coped::expectations_by(session, state, &judge).into_iter().map(one).collect()
}
