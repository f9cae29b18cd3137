//! `planscope stress`: what could go wrong, tried out: every single fault in every lane, the worst first.

mod text;

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use crate::compare::lane::LaneKind;
use crate::describe::sanitize::harmless;
use crate::engine::goal::{Goal, Nature, Scenario};
use crate::engine::settings::{Dial, PlannerChoice, Strategy};
use crate::engine::value::Value;
use crate::export::Stressed;
use crate::export::stress_json::Baseline;
use crate::input_file;
use crate::runtime::services::Services;
use crate::runtime::stressing::{self, Tried};
use crate::runtime::trial::Trial;
use crate::stress::fault::Fault;
use crate::stress::table::{Row, Table};
use crate::stress::verdict::Cell;

use super::args::{self, LanesAsked, StressFormat};
use super::exit::{Exit, Failure};
use super::lane_play::{Playing, Ran};
use super::progress::Progress;
use super::script::Asked;
use super::{Environment, goal, replay};

/// The largest document that is read as a baseline, in bytes: 256 MiB.
const MAX_BASELINE: u64 = 256 << 20;

/// Tries every fault out, prints, and returns the exit status.
pub(super) fn stress(asked: &args::Stress, environment: &Environment, out: &mut impl Write) -> Result<Exit, Failure> {
    let Environment { services, cancel, .. } = environment;
    services.jq.start_ahead();
    let baseline = asked.baseline.as_deref().map(baseline).transpose()?;
    let goal = Arc::new(goal::read(&asked.goal)?);
    let goal = match &asked.record {
        Some(file) => from_record(&goal, file, services)?,
        None => {
            only_inside(&goal, asked.play.planner.as_ref())?;
            goal
        }
    };
    if let Some(other) = baseline.as_ref().filter(|baseline| !baseline.is_of(&goal.goal)) {
        return Err(Failure::input(format!(
            "--baseline: that is of another goal, \"{}\"; make one of this goal with --format json",
            other.goal()
        )));
    }
    let kinds = kinds(asked, &goal);
    let playing =
        Playing { goal: &goal, play: &asked.play, asked: Asked::read(&asked.play, &goal, None)?, services, cancel };
    for text in kinds.first().map(|kind| playing.refusals(*kind)).unwrap_or_default() {
        let _ = writeln!(io::stderr(), "planscope: {}", harmless(&text));
    }
    let run = |kind: LaneKind, scenario: Option<&Scenario>| {
        let Ran { lane, result, .. } = playing.run(kind, scenario);
        (lane, result)
    };
    let trial = Trial { goal: &goal, kinds: &kinds, cancel, run };
    let broken = |kind: LaneKind| {
        let Ran { lane, result, .. } = playing.broken(kind);
        (lane, result)
    };
    let undisturbed = trial.undisturbed().into_iter().zip(&kinds);
    let undisturbed = undisturbed.map(|(ran, kind)| ran.unwrap_or_else(|| broken(*kind))).collect();
    let (calm, faults) = trial.faults(undisturbed, asked.pairs);
    let progress = Progress::new(faults.len() * kinds.len(), "runs", services.performed.clone());
    let cells = trial.cells(&calm, &faults, |_, cell| cell, || progress.step());
    drop(progress);
    let table = Table::new(calm, rows(faults, cells, kinds.len()));
    let stressed = Stressed { goal: &goal, named: &asked.goal, table: &table };
    match asked.format {
        StressFormat::Text => text::table(out, &stressed, asked.all)?,
        StressFormat::Export(write) => write(out, &stressed)?,
    }
    out.flush()?;
    if cancel.is_cancelled() {
        let _ = writeln!(io::stderr(), "planscope: stopped by you; what was not tried counts as not judged");
        return Ok(Exit::NotReached);
    }
    let Some(baseline) = baseline else { return Ok(Exit::Done) };
    let worse = baseline.worse(&stressed);
    for sentence in &worse {
        let _ = writeln!(io::stderr(), "planscope: worse: {}", harmless(sentence));
    }
    Ok(if worse.is_empty() { Exit::Done } else { Exit::NotReached })
}

/// Returns the rows of the table; what was not run is in it as such.
fn rows(faults: Vec<Fault>, cells: Vec<Option<Cell>>, lanes: usize) -> Vec<Row> {
    let mut cells = cells.into_iter().map(|cell| cell.unwrap_or_else(Cell::not_run));
    faults.into_iter().map(|fault| Row { fault, cells: cells.by_ref().take(lanes).collect() }).collect()
}

/// Returns the goal with tools that answer from the record of the session in `file` in place of those that reach
/// outside, and says which.
fn from_record(goal: &Goal, file: &Path, services: &Services) -> Result<Arc<Goal>, Failure> {
    let session = replay::session(file, None, services)?;
    if session.goal().goal != goal.goal {
        return Err(Failure::input(format!(
            "--record: {} is a session of another goal, \"{}\"",
            file.display(),
            session.goal().goal
        )));
    }
    let (goal, said) = stressing::inside(Tried::Session(Box::new(session)), services)
        .map_err(|why| Failure::input(format!("--record: {}: {why}", file.display())))?;
    if let Some(said) = said {
        let _ = writeln!(io::stderr(), "planscope: {}", harmless(&said));
    }
    Ok(goal)
}

/// Refuses a goal with tools that reach outside: nothing is ever done there hundreds of times to see what happens.
fn only_inside(goal: &Goal, planner: Option<&PlannerChoice>) -> Result<(), Failure> {
    if planner.map_or(goal.planner.is_some(), PlannerChoice::is_program) {
        return Err(Failure::input(
            "stress runs a goal hundreds of times, and its planner is a program: --planner embedded plans without it, --record \
             SESSION answers from a session of it",
        ));
    }
    let outside = goal.tools.values().filter(|tool| tool.run.nature == Nature::Outside);
    let names: Vec<&str> = outside.map(|tool| &*tool.name).collect();
    match names.as_slice() {
        [] => Ok(()),
        names => Err(Failure::input(format!(
            "stress runs a goal hundreds of times, and nothing that reaches outside: {}. Put what each of them returns \
             into a copy of the goal file, as \"run\": {{\"value\": …}}, or name a session of this goal with --record: they \
             answer from it then",
            names.join(", ")
        ))),
    }
}

/// Returns the lanes that were asked for, each once, or those of `compare`.
fn kinds(asked: &args::Stress, goal: &Goal) -> Vec<LaneKind> {
    let mut kinds: Vec<LaneKind> = Vec::new();
    let usual = asked.replan.unwrap_or_default();
    let all = || {
        let planned = [Dial::OnDeviation, Dial::OnFailure, Dial::EveryStep, Dial::Never];
        let mut all: Vec<LaneKind> = planned.map(|dial| LaneKind { strategy: Strategy::PlanAndExecute, dial }).to_vec();
        // Without a plan there is nothing to replan.
        let mut others = vec![Strategy::React, Strategy::ReactPlanner, Strategy::ReactBlind];
        if goal.explores() {
            others.push(Strategy::Hybrid);
        }
        all.extend(others.into_iter().map(|strategy| LaneKind { strategy, dial: usual }));
        all
    };
    let chosen: Vec<LaneKind> = match asked.lane.as_slice() {
        [] => LaneKind::usual_at(goal, usual),
        lanes => lanes
            .iter()
            .flat_map(|lane| match lane {
                LanesAsked::One(lane) => vec![LaneKind { strategy: lane.strategy, dial: lane.dial.unwrap_or(usual) }],
                LanesAsked::All => all(),
            })
            .collect(),
    };
    for kind in chosen {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

/// Reads what an earlier run printed.
fn baseline(file: &Path) -> Result<Baseline, Failure> {
    let shown = file.display();
    let bytes = input_file::read(file, MAX_BASELINE)
        .map_err(|error| Failure::input(format!("--baseline: cannot read {shown}: {error}")))?;
    let document: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::input(format!("--baseline: {shown} is not JSON: {error}")))?;
    Baseline::read(&document).map_err(|error| Failure::input(format!("--baseline: {shown}: {error}")))
}
