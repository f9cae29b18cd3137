//! A run in words: one line a step, one line an event.

use std::io::{self, Write};
use std::sync::Arc;

use crate::describe::change::{Change, Rewrites};
use crate::describe::evidence::result_keys;
use crate::describe::sanitize::harmless;
use crate::describe::{self, event, value};
use crate::engine::event::{Reason, Recorded};
use crate::engine::plan::Step;
use crate::engine::session::Session;
use crate::engine::state::{State, Status};

use super::print;
use crate::describe::standing::Standing;

/// How much of a value a trace line shows where its tool gives no summary, in characters.
const SHOWN: usize = 2_000;

/// Writes the blocks `plan:`, `trace:` and `final report:`.
pub(super) fn run(to: &mut impl Write, session: &Session, end: &State, standing: &Standing) -> io::Result<()> {
    writeln!(to, "plan:")?;
    plan(to, end)?;
    writeln!(to, "trace:")?;
    let mut rewrites = Rewrites::default();
    for seq in session.path().iter().take_while(|&&seq| seq <= end.seq) {
        let Some(record) = session.record(*seq) else { continue };
        let changes = rewrites.next(session, record);
        if let Some(line) = event(record, end, &changes) {
            writeln!(to, "  {}", harmless(&line))?;
        }
    }
    writeln!(to, "final report:")?;
    report(to, end, standing)
}

/// Writes the steps that were started or are still to do, one a line.
pub(super) fn plan(to: &mut impl Write, state: &State) -> io::Result<()> {
    let started = state.runs.iter().map(|run| (&run.step, run.status));
    let open = |step: &Step| if step.skip { Status::Skipped } else { Status::Pending };
    let remaining = state.plan.remaining().iter().map(|step| (step, open(step)));
    let steps: Vec<(&Arc<Step>, Status)> = started.chain(remaining).collect();
    let ids = steps.iter().map(|(step, _)| step.id.chars().count()).max().unwrap_or(0).min(24);
    for (step, status) in steps {
        let glyph = describe::step::sign(status).glyph();
        let keys = |keys: Vec<&Arc<str>>| keys.iter().map(|key| &***key).collect::<Vec<_>>().join(", ");
        let (reads, writes) = (keys(step.reads().collect()), keys(step.writes().collect()));
        let mut line = format!("{glyph} {:ids$}  {}", step.id, step.name());
        if step.tool.is_some() && !step.description.is_empty() {
            line.push_str(&format!(": {}", step.description));
        }
        line.push_str(&match (reads.as_str(), writes.as_str()) {
            ("", writes) => format!("  (→ {writes})"),
            (reads, writes) => format!("  ({reads} → {writes})"),
        });
        if let Some(repeats) = &step.repeats {
            line.push_str(&format!("  repeats {repeats}"));
        }
        writeln!(to, "  {}", harmless(&line))?;
    }
    Ok(())
}

/// Writes what came out: the wanted values, or why there are none.
fn report(to: &mut impl Write, end: &State, standing: &Standing) -> io::Result<()> {
    if standing.status != "reached" {
        let why = standing.why.as_deref().unwrap_or_default();
        writeln!(to, "{}: {}", standing.status.replace('_', " "), harmless(why))?;
        reasons(to, &standing.reasons)?;
    }
    let keys = result_keys(end);
    let several = keys.len() > 1;
    for key in keys {
        let Some(datum) = end.context.get(key).filter(|_| standing.status == "reached") else { continue };
        let text = value::text(&datum.value);
        if several {
            write!(to, "{}: ", harmless(key))?;
        }
        print::text(to, &text)?;
    }
    Ok(())
}

/// Writes the tree of reasons, what each rests on indented below it. The first line of a single one was said.
pub(super) fn reasons(to: &mut impl Write, reasons: &[Reason]) -> io::Result<()> {
    let mut todo: Vec<(&Reason, usize)> = reasons.iter().rev().map(|reason| (reason, 1)).collect();
    while let Some((reason, depth)) = todo.pop() {
        writeln!(to, "{:indent$}{}", "", harmless(&reason.sentence), indent = (depth * 2).min(60))?;
        todo.extend(reason.because.iter().rev().map(|reason| (reason, depth + 1)));
    }
    Ok(())
}

/// Returns the line of `record` in the trace, where it has one.
fn event(record: &Recorded, end: &State, changes: &[Change]) -> Option<String> {
    if !event::is_told(&record.event) {
        return None;
    }
    let line = event::line_within(&record.event, end, changes, SHOWN);
    let indent = "  ".repeat(line.depth);
    Some(format!("{indent}{} {}", line.sign.glyph(), line.marked_sentence()))
}
