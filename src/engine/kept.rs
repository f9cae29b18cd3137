//! Which states of the past a session keeps: many of the last events, few of all others, fewer the longer it is.
//!
//! A state that is kept costs what the events up to the next one change, some twenty kilobytes, and spares a jump the
//! folding. People look at what happened last, one event at a time; anywhere else they arrive by a jump, and a jump
//! that folds a hundred events is still done before anybody could see it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::event::Seq;
use super::state::State;

/// Every how many events a state is kept for good while a session is short. Four times as far apart, opening one of 1,000
/// events is some five per cent faster, and looking one moment back takes a seventh longer.
const FAR: u64 = 16;

/// How many states are kept for good: where there would be more, every other one goes, and from then on they are kept
/// twice as far apart.
const MOST: usize = 1_024;

/// Every how many events a state is kept of the last ones; a jump there folds at most so many.
const NEAR: u64 = 8;

/// How many states of the last events are kept.
const RECENT: usize = 128;

/// Of how many of its last events a session that is opened again has states to begin with: the rest of them come where
/// somebody goes.
const OPENED: usize = 128;

/// How many states are remembered that were folded on the way to others: who walks through the past folds each event
/// once, and not once for every event behind it.
const FOLDED: usize = 16;

/// Kept states of one session, by the event after which they are.
#[derive(Debug)]
pub(super) struct Kept {
    /// How many events lie between two of `far`: [`FAR`], doubled as often as there were too many.
    apart: u64,
    /// Those after the events of which `seq - 1` is a multiple of `apart`, from the first.
    far: Vec<State>,
    /// Those after the last events of which `(seq - 1) % NEAR == 0`, without a gap.
    near: VecDeque<State>,
    /// Up to which event `near` is filled whatever follows: somebody went back on the way there.
    watchful: Seq,
    /// Those of other events of which `(seq - 1) % NEAR == 0` that were folded last.
    folded: Mutex<VecDeque<State>>,
}

impl Default for Kept {
    fn default() -> Kept {
        Kept { apart: FAR, far: Vec::new(), near: VecDeque::new(), watchful: 0, folded: Mutex::default() }
    }
}

impl Clone for Kept {
    fn clone(&self) -> Kept {
        let Kept { apart, watchful, .. } = *self;
        Kept { apart, far: self.far.clone(), near: self.near.clone(), watchful, folded: Mutex::default() }
    }
}

impl Kept {
    /// Keeps `state`, which is the one after the next event, where it is one to keep. `follow` is how many events are
    /// known to follow: of what is not among the last ones, nobody needs many.
    pub(super) fn offer(&mut self, state: &State, follow: usize) {
        let before = state.seq - 1;
        if self.far.is_empty() {
            // What would be thinned out before the last one is there is not kept at all.
            while follow as u64 / self.apart >= MOST as u64 {
                self.apart *= 2;
            }
        }
        if before.is_multiple_of(self.apart) {
            if self.far.len() == MOST {
                let mut at = 0;
                self.far.retain(|_| {
                    at += 1;
                    at % 2 == 1
                });
                self.apart *= 2;
            }
            if before.is_multiple_of(self.apart) {
                self.far.push(state.clone());
            }
        }
        if before.is_multiple_of(NEAR) && (follow < OPENED || state.seq < self.watchful) {
            if self.near.back().is_some_and(|last| last.seq + NEAR != state.seq) {
                self.near.clear(); // a gap
            }
            if self.near.len() == RECENT {
                self.near.pop_front();
            }
            self.near.push_back(state.clone());
        }
    }

    /// Knows that somebody went back from the event `seq`: who did so once does it again, and where a session is opened
    /// that parted often, each time would fold far.
    pub(super) fn went_back(&mut self, seq: Seq) {
        self.watchful = seq + NEAR * RECENT as u64;
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
        if before.is_multiple_of(self.apart) {
            return self.far.get(usize::try_from(before / self.apart).ok()?).cloned();
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::goal::Goal;

    /// Keeps what there is to keep of `events`, of which so many were known to follow when it began.
    fn kept(events: u64, known: u64) -> Kept {
        let (mut kept, mut state) = (Kept::default(), State::new(Arc::new(Goal::empty("test"))));
        for seq in 1..=events {
            state.seq = seq;
            kept.offer(&state, usize::try_from(known.saturating_sub(seq)).expect("few events"));
        }
        kept
    }

    #[test]
    fn a_state_is_never_far_however_long_the_session_is_and_the_last_ones_are_near() {
        for events in [1, 100, 1_000, 16_384, 16_385, 20_001, 100_000] {
            for known in [0, events / 2, events] {
                let kept = kept(events, known);
                assert!(kept.far.len() <= MOST && kept.near.len() <= RECENT, "{events}");
                let most = FAR.max((2 * events / MOST as u64).next_power_of_two());
                let (mut since, mut found) = (0, 0);
                for seq in 1..=events {
                    since += 1;
                    if let Some(state) = kept.after(seq) {
                        assert_eq!(state.seq, seq);
                        (since, found) = (0, found + 1);
                    }
                    assert!(since < most, "nothing up to event {seq} of {events}, {known} known");
                    let lately = seq + OPENED as u64 > events + NEAR;
                    assert!(!lately || since < NEAR, "event {seq} of {events}, {known} known");
                }
                assert_eq!(
                    found,
                    kept.far.len() + kept.near.iter().filter(|near| (near.seq - 1) % kept.apart > 0).count()
                );
            }
        }
    }

    #[test]
    fn where_somebody_went_back_the_states_from_then_on_are_near() {
        let (mut kept, mut state) = (Kept::default(), State::new(Arc::new(Goal::empty("test"))));
        let (events, back) = (60_000, 30_000);
        for seq in 1..=events {
            state.seq = seq;
            if seq == back {
                kept.went_back(seq);
            }
            kept.offer(&state, usize::try_from(events - seq).expect("few events"));
            let near = |seq: Seq| (0..NEAR).any(|before| kept.after(seq - before).is_some());
            assert!(seq != back + 500 || (back + NEAR..=seq).all(near), "{seq}");
        }
        // What came before the last ones is no longer there, and what is there has no gap.
        assert!(kept.near.iter().zip(kept.near.iter().skip(1)).all(|(one, next)| one.seq + NEAR == next.seq));
        assert!(kept.near.front().is_some_and(|first| first.seq + OPENED as u64 + NEAR > events));
    }
}
