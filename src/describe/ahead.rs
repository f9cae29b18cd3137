//! What would be, in lines, if a session went on from what a form has in it: told apart from what is.

use crate::engine::goal::Key;
use crate::engine::state::{Phase, State, Status};

use super::change::pair;
use super::sign::Role;
use super::value::brief;

/// How many values are told that nobody asked for as a result.
const MOST: usize = 4;

/// How wide two values may be.
const WIDE: usize = 60;

/// Returns what would be `then`, seen from `now`, where it begins: the steps that would run, the wanted values and others that would be
/// other ones, how it would end; `stopped` says why no more is known.
pub fn lines(now: &State, then: &State, stopped: Option<&str>) -> Vec<(Role, String)> {
    let runs = then.runs.iter().skip(now.runs.len());
    let ran: Vec<String> = runs
        .filter(|run| run.status != Status::Running)
        .map(|run| {
            let failed = if run.status == Status::Failed { " (fails)" } else { "" };
            format!("{} {}{failed}", run.step.id, run.step.name())
        })
        .collect();
    let mut lines = Vec::new();
    if !ran.is_empty() {
        lines.push((Role::Pending, format!("would run: {}", ran.join(", "))));
    }
    let changed = |key: &&Key| {
        let hash = |state: &State| state.context.get(key).map(|datum| datum.hash);
        hash(now) != hash(then)
    };
    let said = |key: &Key| {
        let value = |state: &State| state.context.get(key).map(|datum| datum.value.clone());
        match (value(now), value(then)) {
            (Some(was), Some(is)) => format!("would be: {key} {}", pair(&was, &is, WIDE / 2)),
            (None, Some(is)) => format!("would be: {key} {}", brief(&is)),
            (_, None) => format!("would be gone: {key}"),
        }
    };
    let wants = || then.goal.wants.keys();
    lines.extend(wants().filter(changed).map(|key| (Role::Pending, said(key))));
    let others = then.context.different_keys(&now.context).filter(changed);
    let others = others.filter(|key| !then.goal.wants.contains_key(*key)).take(MOST);
    lines.extend(others.map(|key| (Role::Pending, said(key))));
    match (&then.phase, stopped) {
        (Phase::Reached, _) => lines.push((Role::Pending, "the goal would be reached".into())),
        (Phase::Ended { why, .. }, _) => lines.push((Role::Pending, format!("it would end: {why}"))),
        (_, Some(why)) if !lines.is_empty() => lines.push((Role::Pending, format!("no further: {why}"))),
        _ => {} // it waits for a person, or nothing would follow
    }
    lines
}
