//! What was planned and decided: the first plan, each replan with its cause and what it did, hand edits, turns, steps.

use std::sync::Arc;

use super::Line;
use crate::describe::sign::Role;
use crate::describe::text::{clip, count};
use crate::describe::{event, settings, step, thought};
use crate::engine::diff::{ChangeKind, changes};
use crate::engine::event::{Event, Recorded};
use crate::engine::plan::{Author, Step};
use crate::engine::session::Session;
use crate::engine::state::{Phase, Replan, State, Status};

/// How many steps are named before the rest is counted.
const NAMED: usize = 8;

/// How many changes of one replan are told.
const CHANGES: usize = 12;

/// Returns the rows about plans and decisions.
pub(super) fn rows(session: &Session, path: &[&Recorded], end: &State) -> Vec<Line> {
    let dial = settings::dial(end.settings.dial);
    let strategy = settings::strategy(end.settings.strategy);
    let mut rows = vec![Line::new(
        Role::Text,
        match end.is_react() {
            true => format!("{strategy}: one decision at a time"),
            false => format!("{strategy}, replan {dial}, {} on replans", settings::decider(end.settings.decider)),
        },
    )];
    for record in path {
        match &record.event {
            Event::Planned { steps, .. } => {
                let by_file = steps.iter().any(|step| step.by == Author::File);
                let what = if by_file { "the goal file's plan, " } else { "planned " };
                let words = format!("{what}{}: {}", count(steps.len(), "step"), named(steps));
                rows.push(Line::new(Role::Added, words).at(record.seq));
            }
            Event::Proposed(_) => match end.replans.iter().find(|replan| replan.seq == record.seq) {
                Some(made) => replan(made, &mut rows),
                None => {
                    let words = format!("{}, and it was taken back", event::told(session, record, end).sentence());
                    rows.push(Line::new(Role::Replanned, words).at(record.seq));
                }
            },
            Event::Unplannable { .. } | Event::Edited { .. } | Event::DialTurned { .. } | Event::StrategySet { .. } => {
                let line = event::told(session, record, end);
                rows.push(Line::new(line.sign, format!("{}: {}", line.who, line.sentence())).at(record.seq));
            }
            _ => {} // what was observed stands in a part of its own
        }
    }
    if let Some(words) = thought::account(end) {
        rows.push(Line::new(Role::Thought, words));
    }
    for run in &end.runs {
        if let Some(words) = end.loop_of(run).and_then(thought::account) {
            rows.push(Line::new(Role::Thought, format!("inside {}: {words}", step::label(&run.step))).at(run.started));
        }
    }
    rows.push(steps(end));
    rows
}

/// Returns how the steps stand.
fn steps(end: &State) -> Line {
    let mut words: Vec<String> = Vec::new();
    for status in [Status::Done, Status::Failed, Status::Skipped, Status::Interrupted, Status::Running] {
        let n = end.runs.iter().filter(|run| run.status == status).count();
        if n > 0 {
            words.push(format!("{n} {}", status.word()));
        }
    }
    let left: Vec<Arc<Step>> = end.plan.remaining().iter().filter(|step| !step.skip).cloned().collect();
    if !left.is_empty() {
        let why = if end.phase == Phase::Reached { "not needed any more" } else { "still to do" };
        words.push(format!("{} {why}: {}", left.len(), named(&left)));
    }
    match words.is_empty() {
        true => Line::new(Role::Pending, "no step has run"),
        false => Line::new(Role::Text, format!("{}: {}", count(end.runs.len() + left.len(), "step"), words.join(", "))),
    }
}

/// Adds what a replan answered to, what it did to which step and why, and what became of it.
fn replan(replan: &Replan, rows: &mut Vec<Line>) {
    let after = replan.taken.as_deref().unwrap_or(&replan.proposal.after);
    let changes = changes(&replan.before, after);
    let kinds = [ChangeKind::Added, ChangeKind::Removed, ChangeKind::Changed, ChangeKind::Moved, ChangeKind::Kept];
    let tally = kinds.into_iter().filter_map(|kind| {
        let n = changes.iter().filter(|change| change.kind == kind).count();
        (n > 0).then(|| format!("{}{n}", step::changed(kind).glyph()))
    });
    let tally = tally.collect::<Vec<_>>().join(" ");
    let became = match replan.accepted {
        Some(true) => "",
        Some(false) => "; rejected: the old plan went on",
        None => "; not decided on",
    };
    let words = format!("replan {tally}: {}{became}", replan.proposal.cause.message());
    rows.push(Line::new(Role::Replanned, words).at(replan.seq));
    let told = changes.iter().filter(|change| change.kind != ChangeKind::Kept);
    for change in told.take(CHANGES) {
        let why = match (change.kind, &change.step.why) {
            (ChangeKind::Removed, _) => ": nothing that is still wanted needs it".to_owned(),
            (_, Some(why)) => format!(": {why}"),
            (_, None) => String::new(),
        };
        rows.push(Line::new(step::changed(change.kind), format!("{}{why}", step::label(&change.step))).deep(1));
    }
    for (id, why) in &replan.proposal.not_kept {
        rows.push(Line::new(Role::Surprise, format!("{id} could not be kept: {why}")).deep(1));
    }
}

/// Returns the first of `steps` by name, and how many more there are.
fn named(steps: &[Arc<Step>]) -> String {
    let mut names: Vec<String> = steps.iter().take(NAMED).map(|step| clip(step.name(), 40)).collect();
    if steps.len() > NAMED {
        names.push(format!("and {} more", steps.len() - NAMED));
    }
    names.join(", ")
}
