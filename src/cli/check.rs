//! `planscope check`: the faults of a goal file, or the checklist of its plan and what to mend next.

use std::io::Write;
use std::sync::Arc;

use serde::Serialize;

use crate::checks::{self, Checklist};
use crate::describe::sanitize::harmless;
use crate::engine::review::Deviation;
use crate::engine::state::State;
use crate::goal_file::{self, Faults};

use super::args::{Check, Format};
use super::exit::{Exit, Failure};
use super::plan::first_plan;
use super::{Environment, goal};
use crate::describe::standing::Standing;
use crate::engine::settings::PlannerChoice;
use crate::export::json;
use crate::export::run_report::{self, PlanStep};

#[derive(Serialize)]
struct Faulty<'a> {
    file: &'a str,
    faults: &'a [goal_file::Fault],
}

#[derive(Serialize)]
struct Checked<'a> {
    goal: &'a str,
    faults: [(); 0],
    status: &'static str,
    why: Option<String>,
    headline: &'static str,
    verdict: checks::Headline,
    clear: bool,
    ordered: bool,
    handed_off: bool,
    findings: &'a [checks::Finding],
    next_fix: Option<&'a str>,
    deviations: &'a [Deviation],
    hand_off: Vec<checks::Entry>,
    plan: Vec<PlanStep>,
}

/// Prints what is wrong with the file, or the checklist.
pub(super) fn check(check: &Check, environment: &Environment, out: &mut impl Write) -> Result<Exit, Failure> {
    let goal = match goal::find(&check.goal) {
        Ok(goal) => goal,
        Err(faults) => return faulty(&faults, check.format, out),
    };
    let goal = match &check.plan {
        None => goal,
        Some(file) => match goal_file::read_plan(file, &goal.tools) {
            Ok(drafts) => crate::engine::goal::Goal { plan: Some(Arc::new(drafts)), ..goal },
            Err(faults) => return faulty(&faults, check.format, out),
        },
    };
    let session = first_plan(Arc::new(goal), PlannerChoice::default(), environment);
    let state = session.state();
    let available = |key: &str| state.context.is_fresh(key);
    let list = checks::checklist(&state.goal, state.plan.remaining(), &available);
    match check.format {
        Format::Json => json(state, &list, out)?,
        Format::Text => text(state, &list, out)?,
    }
    Ok(Exit::Done)
}

fn faulty(faults: &Faults, format: Format, out: &mut impl Write) -> Result<Exit, Failure> {
    match format {
        Format::Json => json::document(out, &Faulty { file: &faults.name, faults: &faults.faults })?,
        Format::Text => return Err(goal::failure(faults)),
    }
    Ok(Exit::Trouble)
}

fn json(state: &State, list: &Checklist, out: &mut impl Write) -> Result<(), Failure> {
    let planned = state.plan.revision > 0;
    let checked = Checked {
        goal: &state.goal.goal,
        faults: [],
        status: if planned { "planned" } else { "unreachable" },
        why: Standing::of(state).why.filter(|_| !planned),
        headline: list.headline.sentence(),
        verdict: list.headline,
        clear: list.clear,
        ordered: list.ordered,
        handed_off: list.handed_off,
        findings: &list.findings,
        next_fix: list.next_fix.as_deref(),
        deviations: &state.deviations,
        hand_off: checks::ledger(&state.goal, state.plan.remaining(), &|key| state.context.is_fresh(key)),
        plan: run_report::plan(state),
    };
    Ok(json::document(out, &checked)?)
}

fn text(state: &State, list: &Checklist, out: &mut impl Write) -> Result<(), Failure> {
    if state.plan.revision == 0 {
        let why = Standing::of(state).why.unwrap_or_default();
        writeln!(out, "no faults in the file, and no plan: {}", harmless(&why))?;
        return Ok(());
    }
    let mark = |holds: bool| if holds { '✓' } else { '✗' };
    writeln!(out, "{}", list.headline.sentence())?;
    writeln!(out, "{} clear  {} ordered  {} handed off", mark(list.clear), mark(list.ordered), mark(list.handed_off))?;
    for (finding, more) in list.listed() {
        writeln!(out, "  {}", harmless(&finding.message))?;
        if more > 0 {
            writeln!(out, "  … and {more} more like this one (--format json has them all)")?;
        }
    }
    // What the checks say of the same place is not said twice.
    let said = |deviation: &Deviation| list.findings.iter().any(|finding| finding.says(deviation));
    for deviation in state.deviations.iter().filter(|deviation| !said(deviation)) {
        writeln!(out, "  ~ {}", harmless(&deviation.message))?;
    }
    if let Some(fix) = &list.next_fix {
        writeln!(out, "next fix: {}", harmless(fix))?;
    }
    Ok(())
}
