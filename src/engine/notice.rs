//! Notices: what is under way, said while it lasts. Shown, never journaled.
//!
//! No command takes one and no event holds one, so that nothing that happens can depend on it.

use std::sync::Arc;

use super::effect::EffectId;

/// What an effect that is under way says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The effect.
    pub of: EffectId,
    /// What it says.
    pub progress: Progress,
}

/// One sign of progress. Whoever shows it shows the latest: an earlier one may be lost.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// How much of something is done.
    Fraction {
        /// Of what, in words: "reading tickets.json".
        of: Arc<str>,
        /// From 0 to 1.
        done: f64,
    },
    /// A line that a program wrote to its standard error.
    Line(Arc<str>),
}

/// Takes progress from whoever performs an effect.
pub trait Notices: Sync {
    /// Says that this is how far it is. Never blocks; where nobody listens, it is lost.
    fn say(&self, progress: Progress);
}

/// Listens to nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unheard;

impl Notices for Unheard {
    fn say(&self, _progress: Progress) {}
}
