//! What is said of a session: events, steps, plans and values as words and signs.
//!
//! **Invariant:** everything here is a value made from the engine's. Who shows it decides on width, colour and keys: nothing
//! here names a terminal, an option or a file.

pub mod ahead;
pub mod beside;
pub mod branches;
pub mod breakpoint;
pub mod chain;
pub mod change;
pub mod condition;
pub mod coped;
pub mod difference;
pub mod difference_of_text;
pub mod entry;
pub mod event;
pub mod evidence;
pub mod frame;
pub mod graph;
pub mod guide;
pub mod impact;
pub mod keys;
pub mod lane_rows;
pub mod launch;
pub mod ledger;
pub mod map;
pub mod nearest;
pub mod next;
pub mod page;
pub mod query;
pub mod remedies;
pub mod reproduce;
pub mod sanitize;
pub mod settings;
pub mod sign;
pub mod sought;
pub mod standing;
pub mod step;
pub mod surprise;
pub mod survival;
#[cfg(test)]
pub mod testing;
pub mod text;
pub mod thought;
pub mod tools;
pub mod unfolded;
pub mod unknown;
pub mod useful;
pub mod value;
pub mod versions;
pub mod waiting;
pub mod watch;
pub mod why;

use std::sync::Arc;

use crate::engine::event::Recorded;
use crate::engine::state::State;

/// What a page is about: a state, and the events that led to it.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The state that is looked at.
    pub state: &'a State,
    /// All events of the session, by number.
    pub records: &'a [Arc<Recorded>],
    /// The most rows of a chain or a tree; what is deeper is counted.
    pub longest: usize,
    /// Whether it is said when something was and how long it took: before an audience it is not.
    pub times: bool,
}
