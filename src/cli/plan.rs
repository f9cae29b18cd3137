//! `planscope plan`: the plan, or why there is none; nothing runs and nothing is written.

use std::io::Write;
use std::sync::Arc;

use serde::Serialize;

use crate::engine::command::Command;
use crate::engine::event::{Reason, Settings};
use crate::engine::goal::{Goal, Risk};
use crate::engine::session::Session;
use crate::engine::settings::PlannerChoice;
use crate::engine::state::{Phase, State};
use crate::runtime::trust::Subject;
use crate::runtime::{clock, perform::perform};

use super::args::{Plan, PlanFormat};
use super::exit::{Exit, Failure};
use super::run::{only_trusted, trust_once};
use super::{Environment, goal, report};
use crate::describe::standing::Standing;
use crate::export::json;
use crate::export::run_report::{self, PlanStep};

#[derive(Serialize)]
struct Planned<'a> {
    goal: &'a str,
    status: &'static str,
    plan: Vec<PlanStep>,
    cost: Option<f64>,
    why: Option<String>,
    reasons: &'a [Reason],
}

/// Prints the plan.
pub(super) fn plan(plan: &Plan, environment: &Environment, out: &mut impl Write) -> Result<Exit, Failure> {
    let goal = Arc::new(goal::read(&plan.goal)?);
    let planner = plan.planner.clone().unwrap_or_else(|| goal.usual_planner());
    if planner.is_program() {
        trust_once(plan.trust, &goal, true, &environment.services);
        only_trusted(&goal, &environment.services)?;
    }
    let session = first_plan(goal, planner, environment);
    let state = session.state();
    let standing = Standing::of(state);
    let planned = state.plan.revision > 0;
    match plan.format {
        PlanFormat::Text if planned => report::plan(out, state)?,
        PlanFormat::Text => {
            writeln!(
                out,
                "no plan: {}",
                crate::describe::sanitize::harmless(standing.why.as_deref().unwrap_or_default())
            )?;
            report::reasons(out, &standing.reasons)?;
        }
        PlanFormat::Json => {
            let status = if planned { "planned" } else { standing.status };
            let why = standing.why.clone().filter(|_| !planned);
            let reasons: &[Reason] = if planned { &[] } else { &standing.reasons };
            let cost = cost(state).filter(|_| planned);
            let plan = run_report::plan(state);
            json::document(out, &Planned { goal: &state.goal.goal, status, plan, cost, why, reasons })?;
        }
        PlanFormat::Export(write) => write(out, state)?,
    }
    Ok(if planned { Exit::Done } else { Exit::NotReached })
}

/// Returns the cost that the planner counted, or the sum over a plan that somebody else made.
fn cost(state: &State) -> Option<f64> {
    let costs = state.plan.remaining().iter().filter_map(|step| step.tool_in(&state.goal.tools)).map(|tool| tool.cost);
    // The sum of nothing is -0.
    state.cost.or_else(|| Some(costs.sum())).map(|cost| cost + 0.0)
}

/// Returns a session, recorded nowhere, that has come to its first plan by `planner`.
pub(super) fn first_plan(goal: Arc<Goal>, planner: PlannerChoice, environment: &Environment) -> Session {
    let settings = Settings::default().with_approval(Risk::None).with_planner(planner);
    let subject = Subject::of(&goal, true);
    let mut session = Session::open(goal, settings, &clock::now());
    environment.services.trust.tell(&mut session, subject.as_ref());
    while let Phase::Planning { .. } | Phase::New = session.state().phase {
        let Some(effect) = session.wants().into_iter().next() else { break };
        let Some(report) = perform(&effect, &environment.services, &environment.cancel) else { break };
        if session.submit(Command::Report(effect.id(), report), &clock::now()).is_err() {
            break;
        }
    }
    session
}
