//! A run in words: one line a step, one line an event.

use std::io::{self, Write};
use std::sync::Arc;

use crate::checks::failures::Failure;
use crate::describe::sanitize::harmless;
use crate::engine::event::{Edit, Event, Mark, Reason, Recorded};
use crate::engine::plan::Step;
use crate::engine::session::Session;
use crate::engine::state::{State, Status};
use crate::engine::value::Value;

use super::print;
use crate::describe::standing::Standing;

/// How much of a value a trace line shows where its tool gives no summary, in characters.
const SHOWN: usize = 2_000;

/// Writes the blocks `plan:`, `trace:` and `final report:`.
pub(super) fn run(to: &mut impl Write, session: &Session, end: &State, standing: &Standing) -> io::Result<()> {
    writeln!(to, "plan:")?;
    plan(to, end)?;
    writeln!(to, "trace:")?;
    for seq in session.path().iter().take_while(|&&seq| seq <= end.seq) {
        let Some(record) = session.record(*seq) else { continue };
        if let Some(line) = event(record, end) {
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
        let glyph = match status {
            Status::Pending => '○',
            Status::Running => '▶',
            Status::Done => '✓',
            Status::Failed => '✗',
            Status::Skipped => '-',
            Status::Interrupted => '…',
        };
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
/// Returns the keys that the goal is about: those that it wants, or, where it wants none, what the last step wrote.
fn results(end: &State) -> Vec<&Arc<str>> {
    if !end.goal.wants.is_empty() {
        return end.goal.wants.keys().collect();
    }
    let done = end.runs.iter().rev().find(|run| run.status == Status::Done);
    done.map(|run| run.step.writes().collect()).unwrap_or_default()
}

fn report(to: &mut impl Write, end: &State, standing: &Standing) -> io::Result<()> {
    if standing.status != "reached" {
        let why = standing.why.as_deref().unwrap_or_default();
        writeln!(to, "{}: {}", standing.status.replace('_', " "), harmless(why))?;
        reasons(to, &standing.reasons)?;
    }
    let keys = results(end);
    let several = keys.len() > 1;
    for key in keys {
        let Some(datum) = end.context.get(key).filter(|_| standing.status == "reached") else { continue };
        let text = match &*datum.value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
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

/// Returns the line of a failure that a check found: what, where, and by which events.
pub(super) fn failure(failure: &Failure) -> String {
    let events = failure.events.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    format!("failure check, {}: {} ({events})", failure.check.replace('_', " "), failure.message)
}

/// Returns the line of `record` in the trace, where it has one.
pub(super) fn event(record: &Recorded, end: &State) -> Option<String> {
    let named = |id: &Arc<str>| match end.step(id) {
        Some(step) if step.name() != &**id => format!("{id} {}", step.name()),
        _ => id.to_string(),
    };
    Some(match &record.event {
        Event::Planned { steps, left_out, .. } => {
            let chosen = match left_out.len() {
                0 => String::new(),
                n => format!(", {} not chosen", count(n, "tool")),
            };
            format!("planned {}{chosen}", count(steps.len(), "step"))
        }
        Event::Thought(thought) => match &thought.step {
            Some(step) => format!("? {} {}: {}", step.id, step.name(), thought.why),
            None => format!("? {}", thought.why),
        },
        Event::Refused { step, message, .. } => format!("✗ {} was refused: {message}", named(step)),
        Event::Entered { step, .. } => format!("▶ into {}", named(step)),
        Event::Inner { event: inner } => {
            let line = event(&Recorded { event: (**inner).clone(), ..record.clone() }, end)?;
            format!("  {line}")
        }
        Event::StrategySet { strategy } => format!("the strategy is {} from now on", strategy.word()),
        Event::Finished { step, writes, summary, mark, .. } => {
            let text = match summary {
                Some(summary) => summary.to_string(),
                None => shown(writes),
            };
            format!("✓ {}{}: {text}", named(step), marked(*mark))
        }
        Event::Failed { step, error, mark, .. } => format!("✗ {}{}: {error}", named(step), marked(*mark)),
        Event::Retried { step, attempt, error, mark, .. } => {
            format!("✗ {}{}: {error}; attempt {attempt} follows", named(step), marked(*mark))
        }
        Event::Interrupted { step } => format!("… {}: interrupted, nobody knows how it went", named(step)),
        Event::Cancelled { step } => format!("… {}: stopped", named(step)),
        Event::Skipped { step } => format!("- {}: skipped", named(step)),
        Event::Injected { values, outcome_of, scenario } => {
            let keys: Vec<String> = values
                .iter()
                .map(|(key, value)| if value.is_some() { key.to_string() } else { format!("{key} (removed)") })
                .collect();
            let keys = keys.join(", ");
            match outcome_of {
                Some(step) => format!("✎ {} returned another {keys}{}", named(step), of(scenario)),
                None => format!("✎ the world is another: {keys}{}", of(scenario)),
            }
        }
        Event::Armed { scenario, .. } => format!("! a surprise lies in wait{}", of(scenario)),
        Event::GoalChanged { goal, scenario, .. } => format!("! the goal is now: {goal}{}", of(scenario)),
        Event::Deviated { deviations } => match deviations.first() {
            Some(deviation) => format!("~ {}", deviation.message),
            None => "= the plan holds again".into(),
        },
        Event::Replanned { steps, .. } => format!("↻ replanned: {} to do", count(steps.len(), "step")),
        Event::Unplannable { .. } => "✗ there is no plan".into(),
        Event::Rejected { .. } => "the proposal was rejected".into(),
        Event::Approved { step: Some(step) } => format!("{} was approved", named(step)),
        Event::Edited { edit } => edited(edit),
        Event::Pinned { key, pinned } => format!("{key} was {}", if *pinned { "pinned" } else { "unpinned" }),
        Event::Undone { of } => format!("event {of} was taken back"),
        Event::Redone { of } => format!("event {of} was made again"),
        Event::Reached => "✓ the goal is reached".into(),
        Event::Ended { why, .. } => format!("ended: {why}"),
        Event::Opened { .. }
        | Event::PlanRequested { .. }
        | Event::Proposed(_)
        | Event::Approved { step: None }
        | Event::Paced { .. }
        | Event::Stopped { .. }
        | Event::Started { .. }
        | Event::Judged { .. }
        | Event::Scheduled { .. }
        | Event::DialTurned { .. }
        | Event::DeciderSet { .. }
        | Event::BranchSelected { .. } => return None,
    })
}

fn edited(edit: &Edit) -> String {
    match edit {
        Edit::Changed { step } => format!("± {} {} was changed by hand", step.id, step.name()),
        Edit::Added { step, .. } => format!("+ {} {} was added by hand", step.id, step.name()),
        Edit::Deleted { step } => format!("- {step} was deleted by hand"),
        Edit::Moved { step, .. } => format!("↕ {step} was moved by hand"),
        Edit::SkipSet { step, skip } => format!("{step} was switched {} by hand", if *skip { "off" } else { "on" }),
        Edit::Rerun { step } => format!("+ {} {} runs again", step.id, step.name()),
        Edit::Replaced { steps } => format!("± the plan was rewritten by hand: {}", count(steps.len(), "step")),
    }
}

/// Returns "1 step", "2 steps", "no tools".
fn count(n: usize, what: &str) -> String {
    match n {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}

fn of(scenario: &Option<Arc<str>>) -> String {
    scenario.as_ref().map(|name| format!(" ({name})")).unwrap_or_default()
}

fn marked(mark: Mark) -> &'static str {
    match mark {
        Mark::Ran => "",
        Mark::Injected => " (injected)",
        Mark::Answered => " (answered)",
        Mark::Recorded => " (from the record)",
    }
}

/// Returns what a step wrote: the value of its one key, or an object of several; texts as they are.
fn shown(writes: &indexmap::IndexMap<Arc<str>, Arc<Value>>) -> String {
    let mut values = writes.values();
    let text = match (values.next(), values.next()) {
        (None, _) => "nothing to write".into(),
        (Some(only), None) => match &**only {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        },
        _ => serde_json::to_string(writes).unwrap_or_default(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => {
            format!("{}… ({} characters in all)", text.get(..end).unwrap_or_default(), text.chars().count())
        }
        None => text,
    }
}
