//! Which states of the past a session keeps: many of the last events, few of all others.
//!
//! A state that is kept costs what the events up to the next one change, some twenty kilobytes, and spares a jump the
//! folding. People look at what happened last, one event at a time; anywhere else they arrive by a jump.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::event::Seq;
use super::state::State;

/// Every how many events a state is kept of a session that is not long; a jump anywhere folds at most so many.
const FAR: u64 = 16;

/// How many states are kept of all events. Where they would be more, the distance between them doubles: what a session
/// takes to open, and in memory, must not be mostly states that nobody will ask for.
const MOST: usize = 2048;

/// Every how many events a state is kept of the last ones; a jump there folds at most so many.
const NEAR: u64 = 8;

/// How many states of the last events are kept.
const RECENT: usize = 128;

/// How many states are remembered that were folded on the way to others: who walks through the past folds each event
/// once, and not once for every event behind it.
const FOLDED: usize = 16;

/// Kept states of one session, by the event after which they are.
#[derive(Debug)]
pub(super) struct Kept {
    /// Every how many events one is kept for good.
    distance: u64,
    /// Those after the events 1, 1 + distance, 1 + 2 · distance, …
    far: Vec<State>,
    /// Those after the last events of which `(seq - 1) % NEAR == 0`, without a gap.
    near: VecDeque<State>,
    /// Those of other events of which `(seq - 1) % NEAR == 0` that were folded last.
    folded: Mutex<VecDeque<State>>,
}

impl Default for Kept {
    fn default() -> Kept {
        Kept { distance: FAR, far: Vec::new(), near: VecDeque::new(), folded: Mutex::default() }
    }
}

impl Clone for Kept {
    fn clone(&self) -> Kept {
        let Kept { distance, far, near, folded: _ } = self;
        Kept { distance: *distance, far: far.clone(), near: near.clone(), folded: Mutex::default() }
    }
}

impl Kept {
    /// Keeps `state`, which is the one after the next event, where it is one to keep. `follow` is how many events are
    /// known to follow: of what is not among the last ones, nobody needs many.
    pub(super) fn offer(&mut self, state: &State, follow: usize) {
        let before = state.seq - 1;
        if before == 0 {
            // How long a session is that is opened again is known from the start.
            while follow as u64 / self.distance >= MOST as u64 {
                self.distance *= 2;
            }
        }
        if before.is_multiple_of(self.distance) {
            self.far.push(state.clone());
            if self.far.len() > MOST {
                let mut place = 0;
                self.far.retain(|_| {
                    place += 1;
                    place % 2 == 1
                });
                self.distance *= 2;
            }
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
        if before.is_multiple_of(self.distance) {
            return self.far.get(usize::try_from(before / self.distance).ok()?).cloned();
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
    use super::*;
    use crate::engine::goal::Goal;

    const EVENTS: u64 = 150_000;

    /// Keeps the states of a long session, which is opened again with all its events or grows by one after the other.
    fn kept(opened_again: bool) -> Kept {
        let (mut kept, mut state) = (Kept::default(), State::new(Goal::empty("a long session").into()));
        for seq in 1..=EVENTS {
            state.seq = seq;
            kept.offer(&state, if opened_again { (EVENTS - seq) as usize } else { 0 });
        }
        kept
    }

    #[test]
    fn of_a_long_session_a_bounded_number_of_states_is_kept_at_even_distances() {
        for opened_again in [true, false] {
            let kept = kept(opened_again);
            assert_eq!(kept.distance, 128);
            assert!((MOST / 2..=MOST).contains(&kept.far.len()), "{}", kept.far.len());
            let mut last = 0;
            for seq in 1..=EVENTS {
                if let Some(state) = kept.after(seq) {
                    assert_eq!(state.seq, seq);
                    last = seq;
                }
                assert!(seq - last < kept.distance, "from the event {seq} it is too far to one that is kept");
            }
            let near = EVENTS - (RECENT as u64 - 1) * NEAR;
            assert!((near..=EVENTS).filter(|seq| (seq - 1) % NEAR == 0).all(|seq| kept.after(seq).is_some()));
        }
    }

    #[test]
    fn of_a_session_that_is_not_long_every_sixteenth_state_is_kept() {
        let (mut kept, mut state) = (Kept::default(), State::new(Goal::empty("a session").into()));
        for seq in 1..=10_000 {
            state.seq = seq;
            kept.offer(&state, 10_000 - seq as usize);
        }
        assert!((0..10_000 / FAR).all(|at| kept.after(at * FAR + 1).is_some_and(|state| state.seq == at * FAR + 1)));
    }
}
