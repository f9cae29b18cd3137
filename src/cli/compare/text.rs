//! A comparison for people: results side by side, figures as tables, the advice.

use std::io::{self, Write};

use crate::cli::args;
use crate::compare::advice::{Advice, Row};
use crate::compare::figures::PRICED;
use crate::compare::matrix::{Total, safest};
use crate::compare::price::short;
use crate::compare::result::LaneResult;
use crate::describe::sanitize::harmless;
use crate::describe::text::count;
use crate::engine::event::Strategy;
use crate::engine::goal::Goal;
use crate::export::{self, Comparison, LaneRan};

/// How much of a result one line shows, in characters.
const SHOWN: usize = 160;

/// A line of a table, its first cell the name.
type Cells = Vec<String>;

/// Writes one comparison.
pub(super) fn one(to: &mut impl Write, goal: &Goal, compare: &args::Compare, one: &Comparison) -> io::Result<()> {
    writeln!(to, "goal: {}", harmless(&goal.goal))?;
    surprises(to, goal, compare)?;
    writeln!(to, "lanes:")?;
    for lane in &one.lanes {
        self::lane(to, lane, compare)?;
    }
    writeln!(to, "figures:")?;
    let advice = &one.advice;
    figures(to, &one.lanes, advice)?;
    writeln!(to, "  the price: {}", advice.price.sentence())?;
    if let Some(even) = &advice.break_even {
        writeln!(to, "  {}", harmless(&even.said()))?;
    }
    writeln!(to, "advice:")?;
    match &advice.choice {
        Some(choice) => writeln!(to, "  took the least here: {choice}")?,
        None => writeln!(to, "  took the least here: none")?,
    }
    writeln!(to, "  {}", harmless(&advice.because))?;
    if let Some(row) = advice.row {
        writeln!(to, "  the table's row, by this run alone: {row}")?;
    }
    writeln!(to, "  what would change it: {}", harmless(&advice.change))?;
    if let Some(wits) = &advice.wits {
        writeln!(to, "  {wits}")?;
    }
    writeln!(to, "what each figure counts: planscope compare --help")
}

fn surprises(to: &mut impl Write, goal: &Goal, compare: &args::Compare) -> io::Result<()> {
    let play = &compare.play;
    for name in &play.scenario {
        let after = goal.scenarios.iter().find(|s| *s.name == **name).and_then(|scenario| scenario.after.as_deref());
        let when = match after {
            Some(tool) => format!("lands in each lane when {tool} first returns there"),
            None => "lands in each lane at its start".to_owned(),
        };
        writeln!(to, "surprise: {}: {}", harmless(name), harmless(&when))?;
    }
    for (option, texts) in [("inject", &play.inject), ("outcome", &play.outcome), ("fail", &play.fail)] {
        for text in texts {
            writeln!(to, "surprise: --{option} {}", harmless(text))?;
        }
    }
    Ok(())
}

fn mark(result: &LaneResult) -> char {
    match (result.coped, result.reached()) {
        (true, _) => '✓',
        (false, true) => '~',
        (false, false) => '✗',
    }
}

fn lane(to: &mut impl Write, lane: &LaneRan, compare: &args::Compare) -> io::Result<()> {
    let result = &lane.result;
    let mut head = format!("  {} {}", mark(result), result.name);
    if result.kind.strategy == Strategy::React {
        head.push_str(" (no model, it matches words)");
    }
    match result.met {
        Some(seq) => head.push_str(&format!(", met the surprise at event {seq}")),
        None if result.never_met() => head.push_str(", never met the surprise"),
        None => {}
    }
    writeln!(to, "{head}")?;
    if !result.reached() {
        let why = result.standing.why.as_deref().unwrap_or_default();
        writeln!(to, "    {}: {}", result.standing.status.replace('_', " "), harmless(why))?;
    }
    if !result.values.is_empty() {
        let stale = if result.values.iter().all(|(_, _, fresh)| *fresh) { "" } else { " (stale)" };
        writeln!(to, "    {}{stale}", harmless(&shortened(&result.said())))?;
    }
    for expected in result.expect.iter().filter(|_| result.reached()) {
        let said = expected.said();
        writeln!(to, "    expect {}", harmless(&said))?;
    }
    if let Some(parting) = &lane.parting {
        writeln!(to, "    parted at event {}: {}", parting.here, harmless(&parting.sentence))?;
    }
    for failure in &lane.found {
        writeln!(to, "    {}", harmless(&failure.said()))?;
    }
    if compare.repeat > 1 {
        writeln!(to, "    {}", lane.repeated.said())?;
    }
    Ok(())
}

fn figures(to: &mut impl Write, lanes: &[LaneRan], advice: &Advice) -> io::Result<()> {
    let names = ["", "reached", "decisions", "tool calls", "wasted", "repeated", "stale results"];
    let mut rows: Vec<Cells> = vec![names.map(str::to_owned).to_vec()];
    for LaneRan { result, .. } in lanes {
        let figures = &result.figures;
        let reached = if result.reached() { "✓" } else { "✗" };
        let counts = [
            figures.decisions,
            figures.tool_calls,
            figures.wasted_calls,
            figures.repeated_calls,
            figures.stale_results,
        ];
        let mut row = vec![result.name.clone(), reached.to_owned()];
        row.extend(counts.map(|count| count.to_string()));
        rows.push(row);
    }
    table(to, &rows)?;
    let names = ["", "overtaken", "discarded", "replans", "cost", "tokens", "time", PRICED];
    let mut rows: Vec<Cells> = vec![names.map(str::to_owned).to_vec()];
    for (LaneRan { result, .. }, bill) in lanes.iter().zip(&advice.bills) {
        let figures = &result.figures;
        let counts = [figures.overtaken_calls, figures.discarded_steps, figures.replans];
        let mut row = vec![result.name.clone()];
        row.extend(counts.map(|count| count.to_string()));
        row.extend([figures.cost.to_string(), figures.tokens.to_string()]);
        row.extend([format!("{:.0} ms", figures.wall_ms), short(bill.at(&advice.price))]);
        rows.push(row);
    }
    table(to, &rows)
}

/// Writes rows in columns, the first one flush left.
fn table(to: &mut impl Write, rows: &[Cells]) -> io::Result<()> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide =
        |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(wide).collect();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| match at {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        writeln!(to, "  {}", harmless(cells.collect::<Vec<_>>().join("  ").trim_end()))?;
    }
    Ok(())
}

/// Writes a matrix: one row a scenario, one column a lane, and the summary.
pub(super) fn several(to: &mut impl Write, goal: &Goal, comparisons: &[Comparison]) -> io::Result<()> {
    writeln!(to, "goal: {}", harmless(&goal.goal))?;
    writeln!(
        to,
        "scenarios (✓ coped, ~ reached the goal and did not cope, ✗ did not reach it, ! never met the surprise, ← the choice):"
    )?;
    let mut rows: Vec<Cells> = Vec::new();
    if let Some(first) = comparisons.first() {
        let names = first.lanes.iter().map(|lane| lane.result.name.clone());
        rows.push(std::iter::once(String::new()).chain(names).collect());
    }
    for one in comparisons {
        let cell = |(at, lane): (usize, &LaneRan)| {
            let missed = if lane.result.never_met() { "!" } else { "" };
            let chosen = if one.advice.lane == Some(at) { " ←" } else { "" };
            let same = if lane.repeated.same() { "" } else { " differs" };
            format!("{}{missed}{same}{chosen}", mark(&lane.result))
        };
        let name = one.scenario.as_deref().unwrap_or("no surprise").to_owned();
        rows.push(std::iter::once(shortened(&name)).chain(one.lanes.iter().enumerate().map(cell)).collect());
    }
    table(to, &rows)?;
    writeln!(to, "summary:")?;
    let summary = export::summary(comparisons);
    let names =
        ["", "coped", "reached", "never met", "choice", "decisions", "tool calls", "wasted", "discarded", "replans"];
    let mut rows: Vec<Cells> = vec![names.map(str::to_owned).to_vec()];
    let row = |total: &Total| {
        let of = |n: u64| format!("{n} of {}", total.cells);
        let counts = [
            total.never_met,
            total.chosen,
            total.decisions,
            total.tool_calls,
            total.wasted_calls,
            total.discarded_steps,
            total.replans,
        ];
        let said = [total.lane.clone(), of(total.coped), of(total.reached)].into_iter();
        said.chain(counts.map(|count| count.to_string())).collect()
    };
    rows.extend(summary.iter().map(row));
    table(to, &rows)?;
    writeln!(to, "advice:")?;
    let choice = safest(&summary).map_or("none", |total| total.lane.as_str());
    writeln!(to, "  safer first choice over {}: {choice}", count(comparisons.len(), "scenario"))?;
    writeln!(to, "  {}", export::verdict(&summary))?;
    if let Some(row) = Row::over(comparisons.iter().map(|one| one.advice.row)) {
        writeln!(to, "  the table's row: {row}")?;
    }
    if let Some(one) = comparisons.first() {
        writeln!(to, "  the price: {}", one.advice.price.sentence())?;
    }
    if let Some(wits) = comparisons.iter().find_map(|one| one.advice.wits.as_ref()) {
        writeln!(to, "  {wits}")?;
    }
    Ok(())
}

/// Returns the beginning of `text`, or all of it where it is short.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
