//! Whether a run coped, and whether its values are what is right in the world that it ended in: one definition for
//! every front end.

use std::sync::Arc;

use super::sign::Role;
use crate::engine::event::{Event, Verdict};
use crate::engine::goal::{Condition, Key};
use crate::engine::session::Session;
use crate::engine::state::{Armed, Phase, State};
use crate::engine::value::Shared;

/// What is expected of a key, in the world that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The key.
    pub key: Key,
    /// What is right for its value.
    pub condition: Condition,
    /// How the value compares.
    pub judged: Judged,
}

/// How a value compares with what is expected of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It is as expected.
    Met,
    /// It is not.
    Missed,
    /// The condition came to nothing, which is not met: why.
    Undecided(Arc<str>),
    /// Nothing can be said of it: why, in a word or two.
    Not(&'static str),
}

impl Judged {
    /// Tells whether it is met; none: it was not judged.
    pub fn met(&self) -> Option<bool> {
        match self {
            Judged::Met => Some(true),
            Judged::Missed | Judged::Undecided(_) => Some(false),
            Judged::Not(_) => None,
        }
    }

    /// Returns it in words: "as expected", "not judged: stale".
    pub fn said(&self) -> String {
        match self {
            Judged::Met => "as expected".to_owned(),
            Judged::Missed => "not as expected".to_owned(),
            Judged::Undecided(why) => format!("not as expected: it cannot be decided ({why})"),
            Judged::Not(why) => format!("not judged: {why}"),
        }
    }
}

/// Returns the sign of how a value compares.
pub fn role(judged: &Judged) -> Role {
    match judged {
        Judged::Met => Role::Done,
        Judged::Missed => Role::Failed,
        Judged::Undecided(_) => Role::Refuted,
        Judged::Not(_) => Role::Pending,
    }
}

/// Returns what is expected in `state`, as far as its events answer it.
pub fn expectations(state: &State) -> Vec<Expectation> {
    expectations_by(state, &|_, _| None)
}

/// Returns what is expected in `state`; what its events do not answer is put to `judge`.
pub fn expectations_by(state: &State, judge: &dyn Fn(&Condition, &Shared) -> Option<Verdict>) -> Vec<Expectation> {
    let judged = |key: &Key, condition: &Condition| {
        let Some(datum) = state.context.get(key) else { return Judged::Not("it has no value") };
        if datum.refuted.is_some() {
            return Judged::Not("refuted");
        }
        if !datum.fresh {
            return Judged::Not("stale");
        }
        let known = state.expect_question(key).and_then(|question| state.verdict(&question).cloned());
        match known.or_else(|| judge(condition, &datum.value)) {
            Some(Verdict::True) => Judged::Met,
            Some(Verdict::False) => Judged::Missed,
            Some(Verdict::Undecided(why)) => Judged::Undecided(why),
            None => Judged::Not("the goal is not reached"),
        }
    };
    let one = |(key, condition): (&Key, &Condition)| Expectation {
        key: key.clone(),
        condition: condition.clone(),
        judged: judged(key, condition),
    };
    state.goal.expect.iter().map(one).collect()
}

/// Tells whether every surprise that was asked for has landed in `session` up to `end`. Of a failure one attempt is
/// enough: who goes another way after the first has met it.
pub fn landed(session: &Session, end: &State) -> bool {
    let untouched = |armed: &Armed| {
        session.path().iter().take_while(|&&seq| seq <= end.seq).any(|&seq| {
            let event = session.record(seq).map(|record| record.event.innermost());
            matches!(event, Some(Event::Armed { surprise, .. }) if *surprise == armed.surprise)
        })
    };
    end.scheduled.is_empty() && !end.armed.iter().any(untouched)
}

/// Tells whether the run coped: every surprise that was asked for landed, the goal in force is reached, and everything
/// that is expected and could be judged is met.
pub fn coped(session: &Session, end: &State) -> bool {
    let unmet = |expectation: &Expectation| expectation.judged.met() == Some(false);
    end.phase == Phase::Reached && landed(session, end) && !expectations(end).iter().any(unmet)
}
