//! Lessons: which part of one is current, what of it holds, what to show; folded over a session's moments.
//!
//! What a lesson is stands in goal files (`goal_file/lesson_parts`). Its checks and the truths of its questions are jq on
//! an [`account`] of the session: what `planscope replay --format json` prints, and what the learner did besides. The
//! journal is not written to: a lesson changes nothing of a session.
//!
//! **Invariant:** nothing here evaluates jq, waits, draws or remembers: who shows a lesson puts the questions
//! ([`Ask`]), and keeps the [`Progress`].

pub mod account;
pub mod holds;
pub mod progress;
pub mod said;
pub mod strip;

use serde_json::Value;

use crate::engine::effect::Judge;
use crate::engine::session::Session;
use crate::engine::state::State;
use account::Doings;

pub use progress::Progress;

/// Evaluates filters.
pub trait Ask {
    /// Returns the first output of each of `filters` on `account`, or why there is none.
    fn ask(&self, filters: &[&str], account: &Value) -> Vec<Result<Value, String>>;
}

/// A moment of a session that a lesson is held against.
pub struct Moment<'a> {
    /// The session.
    pub session: &'a Session,
    /// Its state at that moment.
    pub end: &'a State,
    /// What the learner did besides.
    pub doings: &'a Doings,
    /// What the lanes of the lesson's comparison came to, by their names; asked for only where a filter names them.
    pub lanes: &'a dyn Fn() -> Value,
    /// Evaluates filters.
    pub ask: &'a dyn Ask,
    /// Judges conditions of the goal.
    pub judge: &'a dyn Judge,
}
