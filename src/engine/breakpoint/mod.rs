//! Breakpoints: where a session stops, or notes something, by itself.
//!
//! They are set, changed and removed by commands. What one finds is a [`Hit`], an event of its own: found while events are
//! folded in (what has happened) or by `advance` (the step that is about to start), and by [`search`] over the record.

mod meets;
pub mod search;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::event::{Event, Pace, Seq, Verdict};
use super::goal::{Condition, Key, ToolName};
use super::plan::StepId;
pub use meets::{Before, after, starts};

/// The number of a breakpoint in its session, from 1; never used again.
pub type BreakpointId = u32;

/// Where a session stops, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakpoint {
    /// Where.
    pub place: Place,
    /// Whether it is on.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub enabled: bool,
    /// How many hits are passed by before it does anything.
    #[serde(default, skip_serializing_if = "is_none")]
    pub ignore: u32,
    /// What it notes in the trace instead of stopping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// A text for the trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// As it was typed, filters between `\(` and `)`.
    pub text: Arc<str>,
    /// The filter whose result is the text filled in, put to an object of the context; none: nothing is to fill in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Arc<str>>,
}

/// Where a session stops.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Before this step starts.
    Step(StepId),
    /// Before a step starts that uses this tool.
    Tool(ToolName),
    /// When the value of this key has become another one, or is gone.
    Key(Key),
    /// When a replan is proposed, or only one that changes more than so many steps.
    Replan(Option<usize>),
    /// When something new contradicts the plan.
    Deviation,
    /// When a condition of the goal file does not hold.
    Check,
    /// Before a step reads a value that is stale or refuted, or when the plan is found to.
    Stale,
    /// When a step has failed for good.
    Failed,
    /// When a tool has answered what its contract does not allow.
    Contract,
    /// When this condition on the context has come to hold.
    When {
        /// The condition, put to an object of the context.
        condition: Condition,
        /// The keys that alone decide it; none: it may look at every one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keys: Option<Vec<Key>>,
    },
}

impl Place {
    /// Returns this place, switched on, where it stops at the first hit.
    pub fn stops(self) -> Breakpoint {
        Breakpoint { place: self, enabled: true, ignore: 0, note: None }
    }

    /// Tells whether its condition may come to something else where these keys changed.
    fn looks_at(&self, changed: &[&Key]) -> bool {
        match self {
            Place::When { keys: Some(keys), .. } => changed.iter().any(|key| keys.contains(*key)),
            Place::When { keys: None, .. } => !changed.is_empty(),
            _ => false, // only a condition looks at keys of its own accord
        }
    }
}

/// That a breakpoint found what it waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// Which.
    pub breakpoint: BreakpointId,
    /// Where it stood then.
    pub place: Place,
    /// Which of its hits it is, from 1.
    pub nth: u32,
    /// The last event by then: it found what that did, or what was to follow it.
    pub event: Seq,
    /// What it found.
    pub found: Found,
    /// Whether the session stopped; else it was ignored, passed by with a single step, or noted.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub stops: bool,
    /// What it noted instead of stopping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// What a breakpoint found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Found {
    /// A step is about to start.
    Starts {
        /// The step.
        step: StepId,
    },
    /// A step is about to read a value that is stale or refuted.
    Reads {
        /// The step.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepId>,
        /// The key.
        key: Key,
    },
    /// A key has another value.
    Changed {
        /// The key.
        key: Key,
    },
    /// A replan was proposed.
    Replan {
        /// How many steps it adds, removes, changes or moves.
        changes: usize,
    },
    /// Something contradicts the plan.
    Deviation {
        /// What, in a sentence.
        message: Arc<str>,
    },
    /// A condition does not hold.
    Check {
        /// The condition.
        condition: Condition,
        /// The keys that it was put to.
        keys: Vec<Key>,
        /// Why it could not be decided, where it could not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undecided: Option<Arc<str>>,
    },
    /// A step has failed.
    Failed {
        /// The step.
        step: StepId,
        /// What it said.
        error: Arc<str>,
    },
    /// A condition on the context holds.
    Holds,
}

impl Found {
    /// Returns the step that is about to start, where that is what was found.
    pub fn before(&self) -> Option<&StepId> {
        match self {
            Found::Starts { step } | Found::Reads { step: Some(step), .. } => Some(step),
            Found::Reads { step: None, .. }
            | Found::Changed { .. }
            | Found::Replan { .. }
            | Found::Deviation { .. }
            | Found::Check { .. }
            | Found::Failed { .. }
            | Found::Holds => None,
        }
    }
}

/// A breakpoint with its record in the session.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Its number.
    pub id: BreakpointId,
    /// What it is.
    pub breakpoint: Breakpoint,
    /// The event that set it, or changed it last.
    pub set: Seq,
    /// How often it was hit.
    pub hits: u32,
    /// How often it had been hit when it was set: what is ignored counts from there.
    from: u32,
    /// The event of its last hit.
    pub last: Option<Seq>,
    /// Why its condition came to nothing when it was judged last.
    pub undecided: Option<Arc<str>>,
    /// Whether its condition reached a limit: it is not judged again before it is set again.
    pub faulty: bool,
    /// What its condition came to last.
    holds: bool,
    /// Whether its condition waits to be judged.
    open: bool,
    /// The step before which it was found already.
    at: Option<StepId>,
}

impl Standing {
    /// Tells whether it looks for anything.
    pub fn is_on(&self) -> bool {
        self.breakpoint.enabled && !self.faulty
    }

    /// Returns the hit that `found` after `event` is; where somebody steps `over` it, it does not stop.
    fn hit(&self, event: Seq, found: Found, over: bool) -> Hit {
        let nth = self.hits + 1;
        let counts = nth.saturating_sub(self.from) > self.breakpoint.ignore;
        Hit {
            breakpoint: self.id,
            place: self.breakpoint.place.clone(),
            nth,
            event,
            found,
            stops: counts && !over && self.breakpoint.note.is_none(),
            note: self.breakpoint.note.clone().filter(|_| counts),
        }
    }
}

/// The breakpoints of a session, or of a loop inside a step, and what they wait for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Breakpoints {
    list: Vec<Standing>,
    last_id: BreakpointId,
    /// What was found and is not told yet.
    due: Vec<Hit>,
    /// Notes that are not filled in yet, by the event of their hit.
    unfilled: Vec<(Seq, BreakpointId, Note)>,
    /// The event after which conditions were asked for last.
    asked: Seq,
    /// The step at which a person stood who let the session go on, and whether for one step.
    stood: Option<(StepId, bool)>,
    /// Whether they are those of a loop: conditions on the session's context are not judged there.
    inside: bool,
}

impl Breakpoints {
    /// Returns them, in the order of their numbers.
    pub fn list(&self) -> &[Standing] {
        &self.list
    }

    /// Returns the breakpoint `id`.
    pub fn get(&self, id: BreakpointId) -> Option<&Standing> {
        self.list.iter().find(|standing| standing.id == id)
    }

    /// Returns the breakpoint at `place`.
    pub fn at(&self, place: &Place) -> Option<&Standing> {
        self.list.iter().find(|standing| same_place(&standing.breakpoint.place, place))
    }

    /// Tells whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns the number of the next new one.
    pub(super) fn next_id(&self) -> BreakpointId {
        self.last_id + 1
    }

    /// Returns what was found and is not told yet.
    pub(super) fn due(&self) -> Option<&Hit> {
        self.due.first()
    }

    /// Tells whether something has to be evaluated before the session goes on.
    pub(super) fn waits(&self) -> bool {
        !self.unfilled.is_empty() || self.has_open()
    }

    pub(super) fn has_open(&self) -> bool {
        self.list.iter().any(|standing| standing.open)
    }

    /// Returns the conditions that are to be judged, and the event after which they were asked for.
    pub(super) fn open(&self) -> (Seq, impl Iterator<Item = &Standing>) {
        (self.asked, self.list.iter().filter(|standing| standing.open))
    }

    /// Returns the first note that is to be filled in, and the event of its hit.
    pub(super) fn unfilled(&self) -> Option<&(Seq, BreakpointId, Note)> {
        self.unfilled.first()
    }

    /// Returns the hit of a breakpoint that the start of `step` is, if one was not found there already; `arrived` is the
    /// event with which the session came to stand before it.
    pub(super) fn before_start(&self, state: &super::state::State, arrived: Seq) -> Option<Hit> {
        let step = state.next_step()?;
        let new = |standing: &&Standing| standing.is_on() && standing.at.as_ref() != Some(&step.id);
        self.list.iter().filter(new).find_map(|standing| {
            let found = starts(&standing.breakpoint.place, state, step)?;
            let over =
                self.stood.as_ref().is_some_and(|(id, single)| *id == step.id && (*single || arrived > standing.set));
            Some(standing.hit(state.seq, found, over))
        })
    }

    /// Sets the breakpoint `id`, or changes it.
    pub(super) fn set(&mut self, seq: Seq, id: BreakpointId, breakpoint: &Breakpoint) {
        let open = !self.inside && breakpoint.enabled && matches!(breakpoint.place, Place::When { .. });
        if open {
            self.asked = seq;
        }
        self.last_id = self.last_id.max(id);
        match self.list.iter_mut().find(|standing| standing.id == id) {
            Some(standing) => {
                let same = standing.breakpoint.place == breakpoint.place;
                if standing.breakpoint.ignore != breakpoint.ignore || !same {
                    standing.from = standing.hits;
                }
                standing.holds &= same;
                (standing.breakpoint, standing.set, standing.open) = (breakpoint.clone(), seq, open);
                (standing.undecided, standing.faulty) = (None, false);
            }
            None => self.list.push(Standing {
                id,
                breakpoint: breakpoint.clone(),
                set: seq,
                hits: 0,
                from: 0,
                last: None,
                undecided: None,
                faulty: false,
                holds: false,
                open,
                at: None,
            }),
        }
    }

    pub(super) fn remove(&mut self, id: BreakpointId) {
        self.list.retain(|standing| standing.id != id);
        self.due.retain(|hit| hit.breakpoint != id);
    }

    /// Counts a hit, the event `seq`.
    pub(super) fn count(&mut self, seq: Seq, hit: &Hit) {
        if let Some(standing) = self.list.iter_mut().find(|standing| standing.id == hit.breakpoint) {
            (standing.hits, standing.last) = (hit.nth, Some(seq));
            standing.at = hit.found.before().cloned().or(standing.at.take());
        }
    }

    /// Takes in that the hit `seq` was told.
    pub(super) fn told(&mut self, seq: Seq, hit: &Hit) {
        self.due.retain(|due| (due.breakpoint, due.event) != (hit.breakpoint, hit.event));
        self.count(seq, hit);
        self.unfilled
            .extend(hit.note.clone().filter(|note| note.filter.is_some()).map(|note| (seq, hit.breakpoint, note)));
    }

    /// Takes in that the note of a hit was filled in, by the event `seq`.
    pub(super) fn filled(&mut self, seq: Seq, id: BreakpointId, of: Seq) {
        self.unfilled.retain(|(hit, ..)| *hit != of);
        if let Some(standing) = self.list.iter_mut().find(|standing| standing.id == id) {
            standing.last = Some(seq);
        }
    }

    /// Takes in what conditions came to after the event `seq`.
    pub(super) fn judged(&mut self, seq: Seq, verdicts: &[(BreakpointId, Verdict)], endless: &[BreakpointId]) {
        for (id, verdict) in verdicts {
            let Some(standing) = self.list.iter_mut().find(|standing| standing.id == *id) else { continue };
            let held = std::mem::replace(&mut standing.holds, *verdict == Verdict::True);
            standing.open = false;
            standing.faulty = endless.contains(id);
            standing.undecided = match verdict {
                Verdict::Undecided(why) => Some(why.clone()),
                Verdict::True | Verdict::False => None,
            };
            if standing.holds && !held {
                self.due.push(standing.hit(seq, Found::Holds, false));
            }
        }
    }

    /// Notes at which step a person stands who lets the session go on, for a `single` step or further.
    pub(super) fn stand(&mut self, at: Option<(StepId, bool)>) {
        self.stood = at;
    }

    /// Takes in that a step started.
    pub(super) fn started(&mut self) {
        self.stood = None;
        self.list.iter_mut().for_each(|standing| standing.at = None);
    }

    /// Takes in what `event` did, the last one of the state `now`.
    pub(super) fn meet(&mut self, before: &Before, event: &Event, now: &super::state::State) {
        let changed = before.changed(now);
        // Who changes a value while nothing goes on knows it, and has nothing to be stopped from.
        let by_hand = now.pace == Pace::Paused && event.is_by_hand();
        for standing in self.list.iter_mut().filter(|standing| standing.is_on()) {
            if let Some(found) = after(&standing.breakpoint.place, before, &changed, event, now) {
                self.due.push(standing.hit(now.seq, found, by_hand));
            }
            if !self.inside && standing.breakpoint.place.looks_at(&changed) {
                standing.open = true;
                self.asked = now.seq;
            }
        }
    }

    /// Returns them as a loop that begins has them.
    pub(super) fn for_inside(&self) -> Breakpoints {
        let list = self.list.iter().map(|standing| Standing { open: false, at: None, ..standing.clone() });
        Breakpoints { list: list.collect(), last_id: self.last_id, inside: true, ..Breakpoints::default() }
    }

    /// Forgets what they waited for: the session is somewhere else now.
    pub(super) fn rest(&mut self) {
        (self.due, self.unfilled, self.stood) = (Vec::new(), Vec::new(), None);
        self.list.iter_mut().for_each(|standing| standing.open = false);
    }

    /// Returns the events that make of `there` what is set here: breakpoints do not stay behind on another branch.
    pub(super) fn carried_to(&self, there: &Breakpoints) -> Vec<Event> {
        let missing = self
            .list
            .iter()
            .filter(|standing| there.get(standing.id).is_none_or(|other| other.breakpoint != standing.breakpoint));
        let set = missing.map(|one| Event::BreakpointSet { id: one.id, breakpoint: one.breakpoint.clone() });
        let gone = there.list.iter().filter(|standing| self.get(standing.id).is_none());
        set.chain(gone.map(|standing| Event::BreakpointRemoved { id: standing.id })).collect()
    }
}

/// Tells whether two places are the same, whatever is known of the keys that decide a condition.
fn same_place(one: &Place, other: &Place) -> bool {
    match (one, other) {
        (Place::When { condition: a, .. }, Place::When { condition: b, .. }) => a == b,
        (a, b) => a == b,
    }
}

fn yes() -> bool {
    true
}
fn is_yes(flag: &bool) -> bool {
    *flag
}
fn is_none(count: &u32) -> bool {
    *count == 0
}
