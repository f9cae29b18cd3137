//! Which states of the past a session keeps: many of the last events, few of all others.
//!
//! A state that is kept costs what the events up to the next one change, some twenty kilobytes, and spares a jump the
//! folding. People look at what happened last, one event at a time; anywhere else they arrive by a jump.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::event::Seq;
use super::state::State;

/// Every how many events a state is kept for good; a jump anywhere folds at most so many.
const FAR: u64 = 16;

/// Every how many events a state is kept of the last ones; a jump there folds at most so many.
const NEAR: u64 = 8;

/// How many states of the last events are kept.
const RECENT: usize = 128;

/// How many states are remembered that were folded on the way to others: who walks through the past folds each event
/// once, and not once for every event behind it.
const FOLDED: usize = 16;

/// Kept states of one session, by the event after which they are.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Those after the events 1, 17, 33, …
    far: Vec<State>,
    /// Those after the last events of which `(seq - 1) % NEAR == 0`, without a gap.
    near: VecDeque<State>,
    /// Those of other events of which `(seq - 1) % NEAR == 0` that were folded last.
    folded: Mutex<VecDeque<State>>,
}

impl Clone for Kept {
    fn clone(&self) -> Kept {
        Kept { far: self.far.clone(), near: self.near.clone(), folded: Mutex::default() }
    }
}

impl Kept {
    /// Keeps `state`, which is the one after the next event, where it is one to keep. `follow` is how many events are
    /// known to follow: of what is not among the last ones, nobody needs many.
    pub(super) fn offer(&mut self, state: &State, follow: usize) {
        let before = state.seq - 1;
        if before.is_multiple_of(FAR) {
            self.far.push(state.clone());
        }
        if before.is_multiple_of(NEAR) && follow < RECENT * NEAR as usize {
            if self.near.len() == RECENT {
                self.near.pop_front();
            }
            self.near.push_back(state.clone());
        }
    }

    /// Remembers `state`, which was folded on the way to another, where it is one that shortens the way next time.
    pub(super) fn remember(&self, state: &State) {
        if (state.seq - 1).is_multiple_of(NEAR) {
            let mut folded = self.folded.lock().unwrap_or_else(PoisonError::into_inner);
            if folded.len() == FOLDED {
                folded.pop_front();
            }
            folded.push_back(state.clone());
        }
    }

    /// Returns the state after the event `seq`, if it is kept.
    pub(super) fn after(&self, seq: Seq) -> Option<State> {
        let before = seq.checked_sub(1).filter(|before| before.is_multiple_of(NEAR))?;
        if before.is_multiple_of(FAR) {
            return self.far.get(usize::try_from(before / FAR).ok()?).cloned();
        }
        let near = self.near.front().and_then(|first| {
            let since = seq.checked_sub(first.seq)?;
            self.near.get(usize::try_from(since / NEAR).ok()?)
        });
        near.cloned().or_else(|| {
            let folded = self.folded.lock().unwrap_or_else(PoisonError::into_inner);
            folded.iter().find(|state| state.seq == seq).cloned()
        })
    }
}
