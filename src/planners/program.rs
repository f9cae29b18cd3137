//! The planner that is a program: what it is told, and how its answer is read. It may say anything; what it says is held
//! to the same checks as any plan.
//!
//! A step that names a tool, an input or an output that does not exist comes into the plan as it is, so that it is seen:
//! it is a deviation, it is blocked, and the failure checks call it a hallucinated step.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::engine::effect::{ForProgram, PlanReply, PlanRequest, PlannedStep};
use crate::engine::event::{Cause, Reason};
use crate::engine::goal::{Check, Key, ToolName, Wants};
use crate::engine::ordered::IndexMap;
use crate::engine::plan::{Author, Step, StepId, Use};
use crate::engine::settings::{PlannerChoice, PlannerNature};
use crate::engine::value::Shared;

/// The most steps that a plan may have which a program makes.
const MOST_STEPS: usize = 10_000;

/// The program that the goal file names, as an entry of the table.
pub struct Program;

impl super::Planner for Program {
    fn name(&self) -> &'static str {
        PlannerChoice::PROGRAM
    }

    fn nature(&self) -> PlannerNature {
        PlannerNature::Outside
    }

    fn plan(&self, request: &PlanRequest, host: &super::Host<'_>) -> PlanReply {
        let Some(told) = &request.program else {
            return PlanReply::Broken {
                error: "the goal file names no planner (\"planner\": {\"command\": […]})".into(),
            };
        };
        let answered = host.programs.ask(told, &body(request, told));
        let fields = match answered.answer {
            Ok(fields) => fields,
            Err(error) => return PlanReply::Failed { error: error.into(), stderr: answered.stderr },
        };
        read(request, &fields).unwrap_or_else(|how| {
            let program = told.program.launch.argv.first().map_or("", |word| word.text());
            PlanReply::Failed { error: format!("{program} {how}").into(), stderr: answered.stderr }
        })
    }
}

/// What a program is told, beside the number of the request.
#[derive(Serialize)]
struct Told<'a> {
    goal: &'a str,
    wants: &'a Wants,
    tools: Vec<ToolTold<'a>>,
    uses: Vec<UseTold<'a>>,
    context: IndexMap<&'a str, FactTold<'a>>,
    done: Vec<DoneTold<'a>>,
    remaining: Vec<StepTold<'a>>,
    deviation: Option<DeviationTold<'a>>,
    pins: Vec<&'a str>,
    bars: Vec<UseTold<'a>>,
}

#[derive(Serialize)]
struct ToolTold<'a> {
    name: &'a str,
    description: &'a str,
    inputs: &'a [Key],
    outputs: &'a [Key],
    requires: IndexMap<&'a str, &'a str>,
    ensures: IndexMap<&'a str, &'a str>,
    cost: f64,
    risk: &'static str,
}

#[derive(Serialize)]
struct UseTold<'a> {
    tool: &'a str,
    with: IndexMap<&'a str, &'a str>,
    to: IndexMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct FactTold<'a> {
    value: &'a Shared,
    fresh: bool,
    given: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    refuted: Option<&'a str>,
}

#[derive(Serialize)]
struct StepTold<'a> {
    id: &'a str,
    tool: Option<&'a str>,
    description: &'a str,
    with: IndexMap<&'a str, &'a str>,
    to: IndexMap<&'a str, &'a str>,
    /// Whether a person or the goal file put it there.
    keep: bool,
}

#[derive(Serialize)]
struct DoneTold<'a> {
    #[serde(flatten)]
    step: StepTold<'a>,
    status: &'static str,
    results: IndexMap<&'a str, &'a Shared>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct DeviationTold<'a> {
    kind: Value,
    message: &'a str,
    step: Option<&'a str>,
    key: Option<&'a str>,
}

fn bindings(bound: &[(Key, Key)]) -> IndexMap<&str, &str> {
    bound.iter().map(|(name, key)| (&**name, &**key)).collect()
}

fn use_told(usage: &Use) -> UseTold<'_> {
    UseTold { tool: &usage.tool, with: bindings(&usage.with), to: bindings(&usage.to) }
}

fn step_told(step: &Step) -> StepTold<'_> {
    StepTold {
        id: &step.id,
        tool: step.tool.as_deref(),
        description: &step.description,
        with: bindings(&step.with),
        to: bindings(&step.to),
        keep: step.by != Author::Planner,
    }
}

/// Returns what the program is told, as the text of one object.
fn body(request: &PlanRequest, told: &ForProgram) -> String {
    fn checks(checks: &[Check]) -> IndexMap<&str, &str> {
        checks.iter().map(|check| (&*check.label, &*check.condition)).collect()
    }
    let tools = request.tools.values().map(|tool| ToolTold {
        name: &tool.name,
        description: &tool.description,
        inputs: &tool.inputs,
        outputs: &tool.outputs,
        requires: checks(&tool.requires),
        ensures: checks(&tool.ensures),
        cost: tool.cost,
        risk: tool.risk.word(),
    });
    let context = request.facts.iter().map(|(key, fact)| {
        let told = FactTold {
            value: &fact.value,
            fresh: fact.fresh,
            given: fact.origin.is_given(),
            refuted: fact.refuted.as_deref(),
        };
        (&**key, told)
    });
    let done = told.done.iter().map(|(run, results)| DoneTold {
        step: step_told(&run.step),
        status: run.status.word(),
        results: results.iter().map(|(key, value)| (&**key, value)).collect(),
        error: run.error.as_deref(),
    });
    let deviation = told.cause.as_ref().map(|cause| match cause {
        Cause::Deviation(deviation) => DeviationTold {
            kind: serde_json::to_value(deviation.kind).unwrap_or_default(),
            message: &deviation.message,
            step: deviation.step.as_deref(),
            key: deviation.key.as_deref(),
        },
        Cause::Plain { kind, message } => {
            DeviationTold { kind: serde_json::to_value(kind).unwrap_or_default(), message, step: None, key: None }
        }
    });
    let told = Told {
        goal: &request.goal,
        wants: &request.wants,
        tools: tools.collect(),
        uses: request.uses.iter().map(use_told).collect(),
        context: context.collect(),
        done: done.collect(),
        remaining: told.remaining.iter().filter(|step| !step.skip).map(|step| step_told(step)).collect(),
        deviation,
        pins: request.facts.iter().filter(|(_, fact)| fact.pinned).map(|(key, _)| &**key).collect(),
        bars: request.barred.iter().map(use_told).collect(),
    };
    serde_json::to_string(&told).unwrap_or_else(|_| "{}".into()) // every key is a text
}

/// Reads the answer: a plan, or why there is none. The sentence says what is wrong with it, after the program's name.
fn read(request: &PlanRequest, fields: &Map<String, Value>) -> Result<PlanReply, String> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    if let Some(error) = text("error") {
        return Err(format!("says: {error}"));
    }
    if let Some(why) = text("no_plan") {
        let because = fields.get("because").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let reasons = std::iter::once(why).chain(because);
        let reasons = reasons.map(|sentence| Reason { sentence: sentence.to_owned(), ..Reason::default() }).collect();
        return Ok(PlanReply::None { why: Some(why.into()), reasons });
    }
    let Some(Value::Array(listed)) = fields.get("plan") else {
        return Err("answered with none of \"plan\" (a list of steps), \"no_plan\" (why) and \"error\"".into());
    };
    if listed.len() > MOST_STEPS {
        return Err(format!("planned {} steps; a plan may have {MOST_STEPS}", listed.len()));
    }
    let mut kept: HashSet<&StepId> = HashSet::new();
    let (mut steps, mut left_out) = (Vec::new(), Vec::new());
    for (at, step) in listed.iter().enumerate() {
        let at = at + 1;
        let fault = |what: &str| format!("planned a step that is none: step {at} {what}");
        let step = step.as_object().ok_or_else(|| fault("is not an object"))?;
        let why: Arc<str> = step.get("why").and_then(Value::as_str).unwrap_or_default().into();
        match (step.get("keep"), step.get("tool")) {
            (Some(Value::String(id)), None) => {
                let remaining = request.program.iter().flat_map(|told| &told.remaining);
                let step = remaining.filter(|step| !step.skip).find(|step| *step.id == **id);
                let step =
                    step.ok_or_else(|| fault(&format!("keeps {id:?}, which is not among the remaining steps")))?;
                let keeps = request.keep.iter().find(|kept| kept.id == step.id).map(|step| &step.id);
                kept.extend(keeps);
                steps.push(PlannedStep { usage: step.usage(), kept: keeps.cloned(), why });
            }
            (None, Some(Value::String(tool))) => {
                let (with, to) = (bound(step, "with"), bound(step, "to"));
                let with = with.ok_or_else(|| fault("has a \"with\" that is not input → key"))?;
                let to = to.ok_or_else(|| fault("has a \"to\" that is not output → key"))?;
                let usage = usage(request, tool, with, to);
                if request.barred.iter().any(|barred| barred.sorted() == usage.sorted()) {
                    left_out.push((usage.tool, "the program planned it, and you switched it off".into()));
                    continue;
                }
                // A step to keep that does just this is the one that is meant.
                let same = |step: &&Arc<Step>| !step.skip && !kept.contains(&step.id) && does(step, &usage);
                let keeps = request.keep.iter().find(same).map(|step| &step.id);
                kept.extend(keeps);
                steps.push(PlannedStep { usage: Some(usage), kept: keeps.cloned(), why });
            }
            _ => return Err(fault("has neither a \"tool\" nor a step to \"keep\" (a text, one of them)")),
        }
    }
    let mut not_kept = Vec::new();
    for (at, step) in request.keep.iter().enumerate().filter(|(_, step)| !kept.contains(&step.id)) {
        if !step.skip {
            not_kept.push((step.id.clone(), "the program left it out".into()));
            continue;
        }
        // What is switched off stays in its place, behind the step that it stood behind.
        let before = at.checked_sub(1).and_then(|at| request.keep.get(at)).map(|step| &step.id);
        let place = steps.iter().position(|planned| planned.kept.as_ref() == before && before.is_some());
        let keeps = PlannedStep { usage: step.usage(), kept: Some(step.id.clone()), why: "".into() };
        steps.insert(place.map_or(0, |place| place + 1), keeps);
    }
    let cost = |step: &PlannedStep| Some(request.tools.get(&step.usage.as_ref()?.tool)?.cost);
    let cost = steps.iter().filter_map(cost).sum::<f64>() + 0.0;
    Ok(PlanReply::Plan { steps, cost, left_out, not_kept })
}

fn does(step: &Step, usage: &Use) -> bool {
    step.usage().is_some_and(|of| of.sorted() == usage.sorted())
}

/// Returns the bindings under `name` in `step`, in their order; none where it has other things there.
fn bound(step: &Map<String, Value>, name: &str) -> Option<Vec<(Key, Key)>> {
    match step.get(name) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Object(entries)) => {
            entries.iter().map(|(name, key)| Some((Key::from(name.as_str()), Key::from(key.as_str()?)))).collect()
        }
        Some(_) => None,
    }
}

/// Returns the use of `tool` with these bindings, completed from its contract; what the contract does not have stays.
fn usage(request: &PlanRequest, tool: &str, with: Vec<(Key, Key)>, to: Vec<(Key, Key)>) -> Use {
    let tool: ToolName = tool.into();
    let contract = request.tools.get(&tool);
    let complete = |declared: Option<&Vec<Key>>, given: Vec<(Key, Key)>| {
        let declared = declared.into_iter().flatten();
        let own = |name: &Key| {
            let key = given.iter().find(|(known, _)| known == name).map_or(name, |(_, key)| key);
            (name.clone(), key.clone())
        };
        let mut all: Vec<(Key, Key)> = declared.map(own).collect();
        for other in given {
            if !all.iter().any(|(name, _)| *name == other.0) {
                all.push(other);
            }
        }
        all
    };
    Use {
        with: complete(contract.map(|tool| &tool.inputs), with),
        to: complete(contract.map(|tool| &tool.outputs), to),
        tool,
    }
}
