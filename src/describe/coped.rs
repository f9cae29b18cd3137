//! Whether a run coped, and whether its values are what is right in the world that it ended in: one definition for
//! every front end.

use std::sync::Arc;

use super::condition;
use super::reproduce::{scenario_of, taken_back};
use super::sign::Role;
use crate::engine::event::{Event, Seq, Verdict};
use crate::engine::goal::{Condition, Key, Surprise, ToolName};
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
    /// Whether it was written for the run without the surprise: one landed, and nobody has said what is right since.
    pub without_surprise: bool,
}

impl Expectation {
    /// Returns it in words, with how the value compares. What was right in another world is not a failure in this one.
    pub fn said(&self) -> String {
        let Expectation { key, judged, without_surprise, .. } = self;
        let condition = condition::words(&self.condition);
        match judged {
            Judged::Missed | Judged::Undecided(_) if *without_surprise => {
                format!("{key} {condition}: written for the run without the surprise, so it judges nothing here")
            }
            judged => format!("{key} {condition}: {}", judged.said()),
        }
    }

    /// Tells whether it is a failure: it is not met, in the world that it was written for.
    pub fn missed(&self) -> bool {
        self.judged.met() == Some(false) && !self.without_surprise
    }

    /// Returns the sign of how the value compares.
    pub fn role(&self) -> Role {
        match &self.judged {
            Judged::Met => Role::Done,
            Judged::Missed | Judged::Undecided(_) if self.without_surprise => Role::Surprise,
            Judged::Missed => Role::Failed,
            Judged::Undecided(_) => Role::Refuted,
            Judged::Not(_) => Role::Pending,
        }
    }
}

/// A surprise that landed, of a scenario or by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landed {
    /// The event by which it did, or was armed.
    pub seq: Seq,
    /// The scenario; none: it was given by hand.
    pub scenario: Option<Arc<str>>,
}

/// Returns the surprises that have landed in `session` up to `end` and were not taken back, each scenario once.
pub fn surprises(session: &Session, end: &State) -> Vec<Landed> {
    let taken_back = taken_back(session);
    let mut all: Vec<Landed> = Vec::new();
    for seq in session.path().iter().copied().take_while(|seq| *seq <= end.seq).filter(|seq| !taken_back.contains(seq))
    {
        let Some(event) = session.record(seq).map(|record| record.event.innermost()) else { continue };
        let lands = match event {
            Event::Injected { .. } | Event::GoalChanged { .. } => true,
            Event::Armed { surprise, .. } => !end.armed.iter().any(|armed| armed.surprise == *surprise),
            _ => false, // nothing else changes the world behind the plan's back
        };
        let scenario = scenario_of(event).cloned();
        if lands && (scenario.is_none() || all.iter().all(|known| known.scenario != scenario)) {
            all.push(Landed { seq, scenario });
        }
    }
    all
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

/// Returns what is expected in `state` of `session`, as far as its events answer it.
pub fn expectations(session: &Session, state: &State) -> Vec<Expectation> {
    expectations_by(session, state, &|_, _| None)
}

/// Returns what is expected in `state` of `session`; what its events do not answer is put to `judge`.
pub fn expectations_by(
    session: &Session,
    state: &State,
    judge: &dyn Fn(&Condition, &Shared) -> Option<Verdict>,
) -> Vec<Expectation> {
    let landed = if state.goal.expect.is_empty() { Vec::new() } else { surprises(session, state) };
    let goal = session.goal();
    let of_a_scenario = |key: &Key| {
        let mut named = landed.iter().filter_map(|landed| landed.scenario.as_ref());
        named.any(|name| goal.scenarios.iter().any(|one| one.name == *name && one.expect.contains_key(key)))
    };
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
        without_surprise: !landed.is_empty() && goal.expect.get(key) == Some(condition) && !of_a_scenario(key),
    };
    state.goal.expect.iter().map(one).collect()
}

/// A surprise that was asked for and has not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InWait {
    /// What it is called: its scenario, or what is armed, in words.
    pub name: Arc<str>,
    /// The tool that it waits for; none: it lands by itself.
    pub tool: Option<ToolName>,
}

/// Returns the surprises that were asked for in `session` and have not come up to `end`, in order. Of a failure one attempt
/// is enough: who goes another way after the first has met it.
pub fn in_wait(session: &Session, end: &State) -> Vec<InWait> {
    let untouched = |armed: &&Armed| {
        session.path().iter().take_while(|&&seq| seq <= end.seq).any(|&seq| {
            let event = session.record(seq).map(|record| record.event.innermost());
            matches!(event, Some(Event::Armed { surprise, .. }) if *surprise == armed.surprise)
        })
    };
    let scheduled = end.scheduled.iter().map(|waiting| InWait {
        name: waiting.scenario.clone().unwrap_or_else(|| "a surprise".into()),
        tool: waiting.after.clone(),
    });
    let armed = end.armed.iter().filter(untouched).map(|armed| {
        let (what, tool) = match &armed.surprise {
            Surprise::Fail { tool, .. } => (format!("a failure of {tool}"), Some(tool.clone())),
            Surprise::Outcome { tool, .. } => (format!("an outcome of {tool}"), Some(tool.clone())),
            Surprise::Set { .. } | Surprise::Goal { .. } => ("a surprise".to_owned(), None), // is never armed
        };
        InWait { name: armed.scenario.clone().unwrap_or_else(|| what.into()), tool }
    });
    let mut all: Vec<InWait> = Vec::new();
    for waiting in scheduled.chain(armed) {
        if !all.contains(&waiting) {
            all.push(waiting);
        }
    }
    all
}

/// Tells whether every surprise that was asked for has landed in `session` up to `end`.
pub fn landed(session: &Session, end: &State) -> bool {
    in_wait(session, end).is_empty()
}

/// Tells whether the run coped: every surprise that was asked for landed, the goal in force is reached, and everything
/// that is expected in this world and could be judged is met.
pub fn coped(session: &Session, end: &State) -> bool {
    end.phase == Phase::Reached && landed(session, end) && !expectations(session, end).iter().any(Expectation::missed)
}
