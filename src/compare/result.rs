//! How one lane went: what stands beside the other lanes' results.

use super::calls::path;
use super::figures::{Figures, recount};
use super::lane::{Lane, LaneKind};
use crate::describe::coped::{self, Expectation};
use crate::describe::standing::Standing;
use crate::engine::event::{Event, Mark, Seq};
use crate::engine::goal::Key;
use crate::engine::value::{Shared, Value};

/// How one lane went, or stands while it is under way.
#[derive(Clone, Debug)]
pub struct LaneResult {
    /// What ran in it.
    pub kind: LaneKind,
    /// What it is called.
    pub name: String,
    /// How it stands.
    pub standing: Standing,
    /// Whether it is over.
    pub over: bool,
    /// Its figures.
    pub figures: Figures,
    /// Whether a surprise was meant for it.
    pub surprised: bool,
    /// The event by which the surprise landed in it; none: it never met it.
    pub met: Option<Seq>,
    /// The wanted values that it has, with whether each is fresh.
    pub values: Vec<(Key, Shared, bool)>,
    /// What is expected of values in the world that is in force, and how each compares.
    pub expect: Vec<Expectation>,
    /// Whether it coped: see [`coped::coped`].
    pub coped: bool,
    /// How often a surprise landed, a person answered or changed something.
    pub interventions: u64,
}

impl LaneResult {
    /// Returns how `lane` went so far.
    pub fn of(lane: &Lane) -> LaneResult {
        let state = lane.state();
        let value = |key: &Key| {
            let datum = state.context.get(key)?;
            Some((key.clone(), datum.value.clone(), datum.fresh))
        };
        LaneResult {
            kind: lane.kind,
            name: lane.kind.name(),
            standing: Standing::of(state),
            over: lane.is_over(),
            figures: recount(&lane.session, state),
            surprised: lane.is_surprised(),
            met: lane.met(),
            values: state.goal.wants.keys().filter_map(value).collect(),
            expect: coped::expectations(&lane.session, state),
            coped: coped::coped(&lane.session, state),
            interventions: path(&lane.session, state).filter(|record| intervenes(record.event.innermost())).count()
                as u64,
        }
    }

    /// Tells whether it reached the goal.
    pub fn reached(&self) -> bool {
        self.standing.status == "reached"
    }

    /// Returns the first thing that is expected and did not come, with its condition.
    pub fn unexpected(&self) -> Option<(&Key, &str)> {
        let missed = self.expect.iter().find(|expected| expected.missed());
        missed.map(|expected| (&expected.key, &*expected.condition))
    }

    /// Tells whether its surprise passed it by, now that it is over.
    pub fn never_met(&self) -> bool {
        self.surprised && self.met.is_none() && self.over
    }

    /// Returns its result in one line: the wanted values, texts as they are.
    pub fn said(&self) -> String {
        match self.values.as_slice() {
            [(_, only, _)] => in_line(&shown(only)),
            _ => self.named(),
        }
    }

    /// Returns the wanted values in one line, each with its key.
    pub fn named(&self) -> String {
        let one = |(key, value, _): &(Key, Shared, bool)| format!("{key}: {}", shown(value));
        in_line(&self.values.iter().map(one).collect::<Vec<_>>().join("; "))
    }
}

/// Returns a text as it is, where there is something to be seen of it, and any other value as JSON.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if !text.trim().is_empty() => text.clone(),
        value => value.to_string(),
    }
}

fn in_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Tells whether `event` came from outside the run: a surprise that landed, an answer, a change by hand.
fn intervenes(event: &Event) -> bool {
    match event {
        Event::Finished { mark, .. } | Event::Failed { mark, .. } | Event::Retried { mark, .. } => {
            matches!(mark, Mark::Injected | Mark::Answered)
        }
        event => event.is_from_outside(),
    }
}

/// Returns a number of seconds as people say it: "42 s", "1 min 3 s".
pub fn seconds(seconds: u64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, s) => format!("{s} s"),
        (m, 0) => format!("{m} min"),
        (m, s) => format!("{m} min {s} s"),
    }
}
