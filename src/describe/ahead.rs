//! What steps would come to that were run ahead of a command: in lines below a preview, at the steps and keys themselves,
//! and each says that it *would* be.

use std::sync::Arc;

use super::change::Change;
use super::sign::Role;
use super::step;
use super::text::{clip, count};
use crate::engine::event::Verdict;
use crate::engine::plan::{Step, StepId};
use crate::engine::state::{Phase, State, Status, StepRun};

/// How many values are told besides the wanted ones.
const OTHERS: usize = 4;

/// How wide a told value is at most.
const VALUE: usize = 100;

/// What stands before a value that a key would have.
pub const WOULD_BE: &str = "would be ";

/// What running ahead came to.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// The state in which it ended.
    pub state: State,
    /// How many runs there were before.
    pub from: usize,
    /// Why it ended.
    pub stop: Stop,
    /// The keys whose values would be others, with what they are now.
    pub changes: Vec<Change>,
}

/// A step that would come into the plan, and what would become of it.
#[derive(Clone, Debug)]
pub struct Ghost {
    /// The step.
    pub step: Arc<Step>,
    /// What it is a sign of.
    pub sign: Role,
    /// What would become of it, in words.
    pub words: &'static str,
}

impl Ahead {
    /// Returns what running ahead from the state `now` came to: in `state`, in which the runs from the place `from` on are
    /// new, where it ended for the reason `stop`. Compares each value that was written.
    pub fn new(now: &State, state: State, from: usize, stop: Stop) -> Ahead {
        let changes = Ahead::changes(now, &state);
        Ahead { state, from, stop, changes }
    }

    fn changes(now: &State, then: &State) -> Vec<Change> {
        let changes = now.context.different_keys(&then.context).map(|key| {
            let value = |state: &State| state.context.get(key).map(|datum| datum.value.clone());
            Change::of(key, value(now), value(then))
        });
        changes.filter(|change| change.role != Role::Kept).collect()
    }

    /// Returns what would become of the value of `key`; none: it would be as it is.
    pub fn change(&self, key: &str) -> Option<&Change> {
        self.changes.iter().find(|change| *change.key == *key)
    }

    /// Returns what would become of a step that is still to do.
    pub fn of_step(&self, id: &StepId) -> (Role, &'static str) {
        if let Some(run) = self.runs().find(|run| run.step.id == *id) {
            return of_run(run, Role::Pending);
        }
        match self.state.plan.remaining().iter().any(|step| step.id == *id) {
            true => (Role::Pending, "would wait"),
            false => (Role::Removed, "would go"),
        }
    }

    /// Returns the steps that are not in the plan of `now`, in the order in which they would run.
    pub fn ghosts(&self, now: &State) -> Vec<Ghost> {
        let is_new = |id: &StepId| {
            let remaining = now.plan.remaining();
            remaining.iter().all(|step| step.id != *id) && now.runs.iter().all(|run| run.step.id != *id)
        };
        let ran = self.runs().map(|run| {
            let (sign, words) = of_run(run, Role::Added);
            Ghost { step: run.step.clone(), sign, words }
        });
        let waits = |step: &Arc<Step>| Ghost { step: step.clone(), sign: Role::Added, words: "would wait" };
        let ghosts = ran.chain(self.state.plan.remaining().iter().map(waits));
        ghosts.filter(|ghost| is_new(&ghost.step.id)).collect()
    }

    fn runs(&self) -> impl Iterator<Item = &Arc<StepRun>> {
        self.state.runs.iter().skip(self.from)
    }
}

/// Returns what would become of a step that would be started; `done` is the sign of one that would run to its end.
fn of_run(run: &StepRun, done: Role) -> (Role, &'static str) {
    match run.status {
        Status::Failed => (Role::Failed, "would fail"),
        Status::Pending | Status::Running | Status::Interrupted => (Role::Pending, "would wait"),
        Status::Skipped => (Role::Skipped, "would be passed by"),
        Status::Done => (done, "would run"),
    }
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
