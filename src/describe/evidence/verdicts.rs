//! What came out, and how it compares with what was wanted and expected in the world as it became.

use super::Line;
use crate::describe::condition;
use crate::describe::coped::{self, Landed, expectations};
use crate::describe::sign::Role;
use crate::describe::text::{count, head};
use crate::describe::value;
use crate::engine::event::Verdict;
use crate::engine::goal::Key;
use crate::engine::session::Session;
use crate::engine::state::{Phase, State, Status};

/// How much of a value stands on the card, in bytes.
const SHOWN: usize = 4_000;

/// Returns the keys that the goal is about: those that it wants, or, where it wants none, what the last step wrote.
pub fn result_keys(state: &State) -> Vec<&Key> {
    if !state.goal.wants.is_empty() {
        return state.goal.wants.keys().collect();
    }
    let done = state.runs.iter().rev().find(|run| run.status == Status::Done);
    done.map(|run| run.step.writes().collect()).unwrap_or_default()
}

/// Returns the values that came out.
pub(super) fn results(end: &State) -> Vec<Line> {
    let one = |key: &Key| {
        let datum = end.context.get(key)?;
        let text = match datum.value.look().beginning(SHOWN * 8) {
            Some(text) => head(&text, SHOWN),
            None => value::json(&datum.value, SHOWN),
        };
        let mut row = Line::new(standing(end, key).0, key.to_string()).at(datum.version);
        row.text = Some(text);
        Some(row)
    };
    let mut rows: Vec<Line> = result_keys(end).into_iter().filter_map(one).collect();
    if rows.is_empty() {
        rows.push(Line::new(Role::Pending, "nothing that the goal wants has a value"));
    }
    rows
}

/// Returns how the wanted `key` stands, and what is to be said of it.
pub fn standing(state: &State, key: &str) -> (Role, &'static str) {
    match (state.context.get(key), state.want_verdict(key)) {
        (None, _) => (Role::Pending, "has no value"),
        (Some(datum), _) if datum.refuted.is_some() => (Role::Refuted, "is refuted"),
        (Some(datum), _) if !datum.fresh => (Role::Stale, "is stale"),
        (Some(_), Some(Verdict::True)) => (Role::Done, "is as wanted"),
        (Some(_), Some(Verdict::False)) => (Role::Failed, "is not as wanted"),
        (Some(_), Some(Verdict::Undecided(_))) => (Role::Refuted, "cannot be decided on"),
        (Some(_), None) if !state.goal.wants.contains_key(key) => (Role::Done, "is there"),
        (Some(_), None) => (Role::Pending, "is not judged yet"),
    }
}

/// Returns the rows of the evaluation.
pub(super) fn rows(session: &Session, end: &State, landed: &[Landed]) -> Vec<Line> {
    let mut rows: Vec<Line> = Vec::new();
    if let Phase::Ended { why, .. } = &end.phase {
        rows.push(Line::new(Role::Failed, why.to_string()));
    }
    for (key, condition) in end.goal.wants.iter() {
        let (role, how) = standing(end, key);
        let any = condition.trim() == "true";
        let wants = if any { "any value".to_owned() } else { condition::words(condition) };
        let colon = if role == Role::Done { ": " } else { "; wanted: " };
        rows.push(Line::new(role, format!("{key} {how}{colon}{wants}")));
    }
    if end.goal.wants.is_empty() {
        rows.push(Line::new(Role::Text, "no key is wanted: the goal is that the plan is carried out"));
    }
    let expectations = expectations(session, end);
    rows.extend(expectations.iter().map(|one| Line::new(one.role(), format!("expected {}", one.said()))));
    if !landed.is_empty() && coped::coped(session, end) {
        let names: Vec<&str> = landed.iter().map(|one| one.scenario.as_deref().unwrap_or("one by hand")).collect();
        let words = format!("coped with {}: {}", count(landed.len(), "surprise"), names.join(", "));
        rows.push(Line::new(Role::Done, words));
    }
    rows
}
