//! `planscope compare`: strategies side by side on copies of one goal, the same surprises in every lane.

mod text;

use std::io::{self, Write};
use std::sync::Arc;

use crate::checks::failures::failures;
use crate::compare::advice::advise_on;
use crate::compare::lane::LaneKind;
use crate::compare::parting::partings;
use crate::compare::repeat::{Fingerprint, Repeated};
use crate::compare::result::LaneResult;
use crate::describe::sanitize::harmless;
use crate::engine::goal::{Goal, Scenario};
use crate::export::{Comparison, Comparisons, LaneRan, RunReport};
use crate::jq::Cancel;
use crate::runtime::lanes;
use crate::runtime::perform::Conditions;

use super::args::{self, CompareFormat};
use super::exit::{Exit, Failure};
use super::lane_play::{Playing, Ran};
use super::progress::Progress;
use super::run::{only_trusted, trust_once};
use super::script::{self, Asked};
use super::{Environment, goal};

/// The fewest and the most lanes that stand side by side.
const LANES: std::ops::RangeInclusive<usize> = 2..=4;

/// Compares, prints, and returns the exit status.
pub(super) fn compare(
    compare: &args::Compare,
    environment: &Environment,
    out: &mut impl Write,
) -> Result<Exit, Failure> {
    let Environment { services, cancel, .. } = environment;
    services.jq.start_ahead();
    let goal = Arc::new(goal::read(&compare.goal)?);
    let kinds = kinds(compare, &goal)?;
    let asked = Asked::read(&compare.play, &goal, None)?;
    trust_once(compare.trust, &goal, true, services);
    only_trusted(&goal, services)?;
    let playing = Playing { goal: &goal, play: &compare.play, asked, services, cancel };
    let bench = Bench { compare, kinds: &kinds, playing };
    let scenarios = scenarios(compare, &goal)?;
    let comparisons = match scenarios.as_slice() {
        [] => bench.lanes_at_once().into_iter().collect(),
        scenarios => bench.scenarios_at_once(scenarios),
    };
    for text in kinds.first().map(|kind| bench.playing.refusals(*kind)).unwrap_or_default() {
        let _ = writeln!(io::stderr(), "planscope: {}", harmless(&text));
    }
    match compare.format {
        CompareFormat::Text if scenarios.is_empty() => {
            comparisons.iter().try_for_each(|one| text::one(out, &goal, compare, one))?;
        }
        CompareFormat::Text => text::several(out, &goal, &comparisons)?,
        CompareFormat::Export(write) => {
            let (matrix, layout) = (!scenarios.is_empty(), compare.layout);
            write(out, &Comparisons { goal: &goal, matrix, all: &comparisons, layout })?;
        }
    }
    out.flush()?;
    if scenarios.is_empty() {
        comparisons.iter().for_each(say_unused);
    }
    if cancel.is_cancelled() {
        let _ = writeln!(io::stderr(), "planscope: stopped by you; what was not begun is left out");
        return Ok(Exit::NotReached);
    }
    Ok(Exit::Done)
}

/// Says what was asked for and never used, or only in part, in every lane or in some.
fn say_unused(comparison: &Comparison) {
    let mut said: Vec<&String> = Vec::new();
    for text in comparison.lanes.iter().flat_map(|lane| &lane.unused) {
        if said.contains(&text) {
            continue;
        }
        said.push(text);
        let missed = || comparison.lanes.iter().filter(|lane| lane.unused.contains(text));
        for (partly, how) in [(false, "never used"), (true, "used only in part")] {
            let met = |lane: &&LaneRan| (text.starts_with("--scenario ") && lane.result.met.is_some()) == partly;
            let names: Vec<&str> = missed().filter(met).map(|lane| lane.result.name.as_str()).collect();
            let place = match names.len() {
                0 => continue,
                n if n == comparison.lanes.len() => "any lane".to_owned(),
                _ => names.join(", "),
            };
            let _ = writeln!(io::stderr(), "planscope: {how} in {place}: {}", harmless(text));
        }
    }
}

/// Returns the lanes that were asked for, or the usual ones.
fn kinds(compare: &args::Compare, goal: &Goal) -> Result<Vec<LaneKind>, Failure> {
    let mut kinds: Vec<LaneKind> = Vec::new();
    let asked = compare
        .lane
        .iter()
        .map(|lane| LaneKind { strategy: lane.strategy, dial: lane.dial.or(compare.replan).unwrap_or_default() });
    for kind in asked {
        if kinds.contains(&kind) {
            return Err(Failure::usage(format!("--lane: {} stands there twice", kind.name())));
        }
        kinds.push(kind);
    }
    if kinds.is_empty() {
        kinds = LaneKind::usual_at(goal, compare.replan.unwrap_or_default());
    }
    if !LANES.contains(&kinds.len()) {
        let (fewest, most) = (LANES.start(), LANES.end());
        let n = kinds.len();
        return Err(Failure::usage(format!("--lane: {fewest} to {most} lanes stand side by side, and this is {n}")));
    }
    Ok(kinds)
}

/// Returns the scenarios of a matrix; "none" is one of them where all are asked for.
fn scenarios<'a>(compare: &args::Compare, goal: &'a Goal) -> Result<Vec<Option<&'a Scenario>>, Failure> {
    let mut found: Vec<Option<&Scenario>> = Vec::new();
    for name in &compare.scenarios {
        if name == "all" {
            found = std::iter::once(None).chain(goal.scenarios.iter().map(Some)).collect();
            break;
        }
        let scenario = Some(script::scenario(name, "--scenarios", goal)?);
        if !found.contains(&scenario) {
            found.push(scenario);
        }
    }
    Ok(found)
}

/// Everything that lanes are run with.
struct Bench<'a> {
    compare: &'a args::Compare,
    kinds: &'a [LaneKind],
    playing: Playing<'a>,
}

impl Bench<'_> {
    /// Compares once, the lanes and their repetitions side by side.
    fn lanes_at_once(&self) -> Option<Comparison> {
        let times = self.compare.repeat as usize;
        let count = self.kinds.len() * times;
        let progress = Progress::new(count, "runs", self.playing.services.performed.clone());
        let work = |at: usize| {
            let ran = self.playing.run(*self.kinds.get(at / times)?, None);
            // Of a repetition, what it came to is enough.
            let print = Fingerprint::of(&ran.lane);
            Some(if at.is_multiple_of(times) { (Ok(ran), print) } else { (Err(ran.result), print) })
        };
        let mut ran = lanes::side_by_side(count, self.playing.cancel, work, || progress.step()).into_iter();
        drop(progress);
        let of_lane = |kind: &LaneKind| {
            let all: Vec<_> = ran.by_ref().take(times).map(Option::flatten).collect();
            let mut prints = Vec::new();
            let (mut first, mut others) = (None, Vec::new());
            for (ran, print) in all.into_iter().flatten() {
                prints.push(print);
                match ran {
                    Ok(ran) => first = Some(ran),
                    Err(result) => others.push(result),
                }
            }
            (first.unwrap_or_else(|| self.playing.broken(*kind)), others, Repeated::of(&prints))
        };
        let lanes: Vec<_> = self.kinds.iter().map(of_lane).collect();
        Some(self.compared(None, lanes))
    }

    /// Compares once for each of `scenarios`, these side by side.
    fn scenarios_at_once(&self, scenarios: &[Option<&Scenario>]) -> Vec<Comparison> {
        let progress =
            Progress::new(scenarios.len() * self.kinds.len(), "cells", self.playing.services.performed.clone());
        let work = |at: usize| {
            let scenario = scenarios.get(at).copied().flatten();
            let one = |kind: &LaneKind| {
                let run = || std::panic::AssertUnwindSafe(|| self.playing.run(*kind, scenario));
                // A cell at which the program breaks is a result like any other.
                let first = std::panic::catch_unwind(run()).unwrap_or_else(|_| self.playing.broken(*kind));
                let mut prints = vec![Fingerprint::of(&first.lane)];
                let mut others = Vec::new();
                for _ in 1..self.compare.repeat {
                    let Ok(again) = std::panic::catch_unwind(run()) else { break };
                    prints.push(Fingerprint::of(&again.lane));
                    others.push(again.result);
                }
                progress.step();
                (first, others, Repeated::of(&prints))
            };
            let name = scenario.map(|scenario| scenario.name.clone());
            self.compared(name, self.kinds.iter().map(one).collect())
        };
        let done = lanes::side_by_side(scenarios.len(), self.playing.cancel, work, || ());
        done.into_iter().flatten().collect()
    }

    fn compared(&self, scenario: Option<Arc<str>>, ran: Vec<(Ran, Vec<LaneResult>, Repeated)>) -> Comparison {
        let mut lanes = Vec::with_capacity(ran.len());
        let mut ended = Vec::with_capacity(ran.len());
        for (Ran { lane, result, unused }, others, repeated) in ran {
            let for_people = matches!(self.compare.format, CompareFormat::Text);
            let judge = Conditions { services: self.playing.services, cancel: &Cancel::new() };
            let report = (!for_people).then(|| {
                let (standing, figures) = (&result.standing, result.figures.clone());
                let mut report =
                    RunReport::brief(&lane.session, lane.state(), standing, figures, unused.clone(), None, &judge);
                report.coped = result.coped;
                report
            });
            let runs = std::iter::once(result.clone()).chain(others).collect();
            let told = for_people && scenario.is_none();
            let found = if told { failures(&lane.session, lane.state(), &judge) } else { Vec::new() };
            lanes.push(LaneRan { result, runs, repeated, parting: None, unused, found, report });
            ended.push(lane);
        }
        for (ran, parting) in lanes.iter_mut().zip(partings(&ended)) {
            ran.parting = parting;
        }
        let advice = advise_on(&ended, lanes.iter().map(|lane| lane.result.clone()).collect(), &self.compare.price);
        Comparison { scenario, lanes, advice }
    }
}
