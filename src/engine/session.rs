//! One session: all its events, its branches, and the only door to them.

use std::sync::Arc;

use super::command::{Command, Refusal};
use super::effect::Effect;
use super::event::{Event, Recorded, Seq, Settings};
use super::goal::Goal;
use super::state::State;

/// A goal with its trace: events of all branches, the state at the tip of the selected one.
#[derive(Clone, Debug)]
pub struct Session {
    goal: Arc<Goal>,
    records: Vec<Recorded>,
    state: State,
}

/// A branch: a path through the events, from the first to its tip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its last event.
    pub tip: Seq,
    /// The event on another branch after which it parted; none for the first branch.
    pub parted: Option<Seq>,
    /// How many events lie on it, shared ones included.
    pub length: usize,
}

impl Session {
    /// Opens a new session on `goal`: records that it was opened, and what follows.
    pub fn open(goal: Arc<Goal>, settings: Settings, at: &str) -> Session {
        let _ = (goal, settings, at);
        unimplemented!()
    }
    /// Opens a recorded session. It is *held*: nothing with an effect outside runs again by itself.
    /// `goal` is the one read from the first event's source. Returns a sentence if the records make no session.
    pub fn reopen(goal: Arc<Goal>, records: Vec<Recorded>) -> Result<Session, String> {
        let _ = (goal, records);
        unimplemented!()
    }
    /// Carries out `command` at the tip. Returns the events that it added, or why it was refused (nothing changed).
    pub fn submit(&mut self, command: Command, at: &str) -> Result<&[Recorded], Refusal> {
        let _ = (command, at);
        unimplemented!()
    }
    /// Carries out `command` as of the event `moment`: at the tip like [`Session::submit`], in the past on a new branch.
    pub fn submit_at(&mut self, moment: Seq, command: Command, at: &str) -> Result<&[Recorded], Refusal> {
        let _ = (moment, command, at);
        unimplemented!()
    }
    /// Selects the branch that ends at `tip` (an event of its own).
    pub fn select(&mut self, tip: Seq, at: &str) -> Result<&[Recorded], Refusal> {
        let _ = (tip, at);
        unimplemented!()
    }
    /// Returns the state at the tip of the selected branch.
    pub fn state(&self) -> &State {
        &self.state
    }
    /// Returns the state after the event `seq`, on whatever branch, or none if there is no such event. Costs microseconds.
    pub fn state_at(&self, seq: Seq) -> Option<State> {
        let _ = seq;
        unimplemented!()
    }
    /// Returns what the session wants from the world now. Derived from the state.
    pub fn wants(&self) -> Vec<Effect> {
        unimplemented!()
    }
    /// Returns all events, of all branches, by number.
    pub fn records(&self) -> &[Recorded] {
        &self.records
    }
    /// Returns the event `seq`.
    pub fn record(&self, seq: Seq) -> Option<&Recorded> {
        self.records.get(usize::try_from(seq).ok()?.checked_sub(1)?)
    }
    /// Returns the numbers of the events of the selected branch, in order.
    pub fn path(&self) -> &[Seq] {
        unimplemented!()
    }
    /// Returns every branch, the first one first.
    pub fn branches(&self) -> Vec<Branch> {
        unimplemented!()
    }
    /// Returns the goal that the session was opened on.
    pub fn goal(&self) -> &Arc<Goal> {
        &self.goal
    }
    /// Returns whether `event` is one of the settled moments that `[` and `]` move through
    /// (not a pace, a request or a verdict).
    pub fn is_moment(event: &Event) -> bool {
        let _ = event;
        unimplemented!()
    }
}
