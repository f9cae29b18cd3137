//! What steps would come to that were run ahead of a command: in lines below a preview, each of which says that it *would* be.

use super::change::Change;
use super::sign::Role;
use super::step;
use super::text::{clip, count};
use crate::engine::event::Verdict;
use crate::engine::plan::StepId;
use crate::engine::state::{Phase, State, Status};

/// How many values are told besides the wanted ones.
const OTHERS: usize = 4;

/// How wide a told value is at most.
const VALUE: usize = 100;

/// What running ahead came to.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// The state in which it ended.
    pub state: State,
    /// How many runs there were before.
    pub from: usize,
    /// Why it ended.
    pub stop: Stop,
}

/// Why running ahead ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The session would stand still: it is over, or waits for a person.
    Stands,
    /// What comes next reaches outside: this step; none: whoever plans.
    Outside(Option<StepId>),
    /// It was enough.
    Many,
}

/// Returns the lines about what would be, beside what is `now`.
pub fn lines(now: &State, ahead: &Ahead) -> Vec<(Role, String)> {
    let then = &ahead.state;
    let mut lines = Vec::new();
    let ran = then.runs.iter().skip(ahead.from).filter(|run| run.status != Status::Running);
    let fails = |status| if status == Status::Failed { " (fails)" } else { "" };
    let ran: Vec<String> = ran.map(|run| format!("{}{}", step::label(&run.step), fails(run.status))).collect();
    if !ran.is_empty() {
        lines.push((Role::Replanned, format!("would run: {}", clip(&ran.join(", "), VALUE * 2))));
    }
    let value = |state: &State, key: &str| state.context.get(key).map(|datum| datum.value.clone());
    let change = |key| Change::of(key, value(now, key), value(then, key));
    let wanted = then.goal.wants.keys();
    for key in wanted.clone() {
        let (role, words) = match (then.context.get(key), then.want_verdict(key)) {
            (None, _) => (Role::Pending, "would have no value".to_owned()),
            (Some(datum), _) if !datum.fresh => (Role::Stale, "would be stale".to_owned()),
            (Some(_), Some(Verdict::False)) => {
                (Role::Failed, format!("would be: {}, not as wanted", change(key).said()))
            }
            (Some(_), _) => (Role::Done, format!("would be: {}", change(key).said())),
        };
        let said = if words.starts_with("would be:") { words } else { format!("{key} {words}") };
        lines.push((role, clip(&said, VALUE)));
    }
    // What was computed on the way; what is put in by the command is seen as it is typed.
    let made = then.runs.iter().skip(ahead.from).flat_map(|run| run.wrote.iter().map(|(key, _)| key));
    let mut others: Vec<Change> = Vec::new();
    for key in made.filter(|key| !then.goal.wants.contains_key(*key)) {
        let change = change(key);
        if change.role != Role::Kept && others.iter().all(|other| other.key != change.key) {
            others.push(change);
        }
    }
    let more = others.len().saturating_sub(OTHERS);
    lines.extend(
        others.iter().take(OTHERS).map(|change| (change.role, clip(&format!("would be: {}", change.said()), VALUE))),
    );
    if more > 0 {
        lines.push((Role::Text, format!("and {} more would change", count(more, "value"))));
    }
    lines.push(match (&ahead.stop, &then.phase) {
        (Stop::Outside(Some(id)), _) => {
            (Role::Pending, format!("then {}, which reaches outside: it is not run ahead", step::label_of(then, id)))
        }
        (Stop::Outside(None), _) => {
            (Role::Pending, "then whoever plans is asked, outside: that is not run ahead".to_owned())
        }
        (Stop::Many, _) => (Role::Pending, "and so on: no more is run ahead".to_owned()),
        (Stop::Stands, Phase::Reached) => (Role::Done, "the goal would be reached".to_owned()),
        (Stop::Stands, Phase::Ended { why, .. }) => (Role::Failed, format!("it would end: {}", clip(why, VALUE * 2))),
        (Stop::Stands, Phase::Running { .. }) => match then.current_run() {
            Some(run) => (Role::Pending, format!("then {} asks a person", step::label(&run.step))),
            None => (Role::Pending, "then a person is asked".to_owned()),
        },
        (Stop::Stands, _) => match then.next_step() {
            Some(next) => (Role::Pending, format!("then {} waits for you", step::label(next))),
            None => (Role::Pending, "then it waits for you".to_owned()),
        },
    });
    lines
}
