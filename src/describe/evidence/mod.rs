//! The evidence card: what a session shows of its goal, its plan, what was observed, what went wrong, and what was not
//! verified; at any time, under every strategy.
//!
//! The card is derived from the events alone. What the failure checks found comes from outside, as lines.

mod observed;
mod plan;
mod revise;
mod unverified;
mod verdicts;

pub use verdicts::{result_keys, standing};

use std::sync::Arc;

use super::coped::{self, surprises};
use super::keys::MAY_GO;
use super::remedies::Act;
use super::sign::Role;
use super::standing::Standing;
use super::text::count;
use crate::engine::event::{Outcome, Recorded, Seq};
use crate::engine::goal::Key;
use crate::engine::plan::StepId;
use crate::engine::session::Session;
use crate::engine::state::{Phase, State};

/// The most rows of a part of the card; of more, the first and the last stand and the others are counted.
const MOST: usize = 200;

/// The part that says what the failure checks found.
pub const FAILURE_CHECKS: &str = "failure_checks";

/// The part that says what was not verified.
const NOT_VERIFIED: &str = "not_verified";

/// How many of the first rows stand where there are too many.
const FIRST: usize = 50;

/// One row of the card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What its sign says.
    pub role: Role,
    /// How deep it stands.
    pub indent: usize,
    /// What it says; not made harmless yet.
    pub words: String,
    /// A text that stands below the words as it is.
    pub text: Option<String>,
    /// The events that show it.
    pub events: Vec<Seq>,
    /// Where to go to revise it.
    pub place: Option<Place>,
}

/// What is to be revised, and with which key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What to do.
    pub act: Act,
    /// The step that it is about.
    pub step: Option<StepId>,
    /// The key that it is about.
    pub key: Option<Key>,
}

impl Line {
    /// Returns a row without an event.
    pub fn new(role: Role, words: impl Into<String>) -> Line {
        Line { role, indent: 0, words: words.into(), text: None, events: Vec::new(), place: None }
    }

    /// Returns it with one more event that shows it.
    pub fn at(mut self, event: Seq) -> Line {
        self.events.push(event);
        self
    }

    /// Returns it so many steps deep.
    fn deep(self, indent: usize) -> Line {
        Line { indent, ..self }
    }

    /// Returns its words with the numbers of its events, where it has some.
    pub fn said(&self) -> String {
        let events = self.events.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        match self.events.len() {
            0 => self.words.clone(),
            1 => format!("{} (event {events})", self.words),
            _ => format!("{} (events {events})", self.words),
        }
    }
}

/// One part of the card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name in JSON.
    pub name: &'static str,
    /// What people read before it; at most twelve cells.
    pub label: &'static str,
    /// Its rows; there is at least one.
    pub rows: Vec<Line>,
}

/// What the failure checks found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// One row for each finding, and for each check that found nothing.
    pub rows: Vec<Line>,
    /// What to revise, one row for each finding that stands.
    pub revise: Vec<Line>,
}

/// The card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// How it stands, in a line: "goal reached, 1 surprise, 1 replan".
    pub headline: String,
    /// The task goal.
    pub goal: Arc<str>,
    /// `reached`, `unreachable`, `not_reached` or `stopped`.
    pub status: &'static str,
    /// Whether the session is over; else the card says how it stands so far.
    pub over: bool,
    /// Whether it coped.
    pub coped: bool,
    /// The last event that it knows.
    pub event: Seq,
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

impl Evidence {
    /// Returns the card of `session` as it was in `end`; `checked` is none while the failure checks have not looked.
    pub fn of(session: &Session, end: &State, checked: Option<Checked>) -> Evidence {
        let over = end.phase.is_over();
        let landed = surprises(session, end);
        let path: Vec<&Recorded> = {
            let path = session.path().iter().take_while(|&&seq| seq <= end.seq);
            path.filter_map(|&seq| session.record(seq)).collect()
        };
        let Checked { rows: checks, revise: found } = checked.unwrap_or_else(|| Checked {
            rows: vec![Line::new(Role::Pending, "the failure checks have not looked at this moment")],
            revise: Vec::new(),
        });
        let part = |name, label, rows| Part { name, label, rows: shortened(rows) };
        let trace = if end.is_react() { "trace" } else { "plan" };
        let parts = vec![
            part("goal", "goal", goal(session, end)),
            part("plan", trace, plan::rows(session, &path, end)),
            part("observations", "observed", observed::rows(session, &path, end)),
            part(FAILURE_CHECKS, "checks", checks),
            part("result", "result", verdicts::results(end)),
            part("evaluation", "evaluation", verdicts::rows(session, end, &landed)),
            part("revise", "revise", revise::rows(session, end, found, over)),
            part(NOT_VERIFIED, "not verified", unverified::rows(session, end)),
        ];
        Evidence {
            headline: headline(end, landed.len()),
            goal: session.goal().goal.clone(),
            status: Standing::of(end).status,
            over,
            coped: coped::coped(session, end),
            event: end.seq,
            parts,
        }
    }

    /// Returns the headline with how many things the end says were not verified: who reads no further knows that there are.
    /// Where room is short, a part of it may go (see [`keys`](super::keys)).
    pub fn summary(&self) -> String {
        let rows = self.parts.iter().filter(|part| part.name == NOT_VERIFIED).flat_map(|part| &part.rows);
        match rows.filter(|row| row.role != Role::Done).count() {
            0 => self.headline.clone(),
            n => format!("{} · {} not verified{MAY_GO}: see the end", self.headline, count(n, "thing")),
        }
    }

    /// Returns the rows that say what to revise, each with its place.
    pub fn places(&self) -> impl Iterator<Item = (&Line, &Place)> {
        self.parts.iter().flat_map(|part| &part.rows).filter_map(|row| Some((row, row.place.as_ref()?)))
    }
}

/// Returns how `state` stands in a few words, with so many surprises that landed.
pub fn headline(state: &State, surprises: usize) -> String {
    let done = state.runs.len();
    let mut words = match &state.phase {
        Phase::Reached => "goal reached".to_owned(),
        Phase::Ended { outcome: Outcome::Unreachable, .. } if state.is_react() => {
            "no action reaches the goal".to_owned()
        }
        Phase::Ended { outcome: Outcome::Unreachable, .. } => "no plan reaches the goal".to_owned(),
        Phase::Ended { outcome: Outcome::NotReached, .. } => "goal not reached".to_owned(),
        Phase::Ended { outcome: Outcome::Stopped, .. } => "stopped".to_owned(),
        Phase::Ended { outcome: Outcome::Interrupted, .. } => "interrupted".to_owned(),
        _ if done == 0 => "so far: nothing has run".to_owned(),
        _ => format!("so far: {} started", count(done, "step")),
    };
    let replans = state.replans.iter().filter(|replan| replan.accepted == Some(true)).count();
    for (n, noun) in [(surprises, "surprise"), (replans, "replan")] {
        if n > 0 {
            words.push_str(&format!(", {}", count(n, noun)));
        }
    }
    words
}

/// Returns the task goal, and the one that took its place, if one did.
fn goal(session: &Session, end: &State) -> Vec<Line> {
    let mut rows = vec![Line::new(Role::Strong, session.goal().goal.to_string())];
    if end.goal.goal != session.goal().goal {
        rows.push(Line::new(Role::Surprise, format!("changed to: {}", end.goal.goal)));
    }
    rows
}

/// Returns `rows`, those in the middle counted where there are too many.
fn shortened(mut rows: Vec<Line>) -> Vec<Line> {
    if rows.len() > MOST {
        let left_out = rows.len() + 1 - MOST;
        let words = format!("… {} that are left out here; the session file has them all", count(left_out, "row"));
        rows.splice(FIRST..FIRST + left_out, [Line::new(Role::Text, words)]);
    }
    rows
}
