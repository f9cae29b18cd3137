//! Trying faults out, on all cores: every lane undisturbed, then every lane with every fault.

use crate::compare::lane::{Lane, LaneKind};
use crate::compare::result::LaneResult;
use crate::engine::goal::{Goal, Scenario};
use crate::jq::Cancel;
use crate::stress::fault::{self, Fault};
use crate::stress::verdict::{Calm, Cell, judge};

use super::lanes::side_by_side;

/// A lane at its end, and how it went.
pub type Ran = (Lane, LaneResult);

/// What is tried out, and how a lane is run to its end.
pub struct Trial<'a, R> {
    /// The goal.
    pub goal: &'a Goal,
    /// The lanes.
    pub kinds: &'a [LaneKind],
    /// Ends it early.
    pub cancel: &'a Cancel,
    /// Runs a lane of this kind with this scenario; none: undisturbed.
    pub run: R,
}

impl<R: Fn(LaneKind, Option<&Scenario>) -> Ran + Sync> Trial<'_, R> {
    /// Runs every lane undisturbed. One is none where it was stopped before it began, or where the program itself broke.
    pub fn undisturbed(&self) -> Vec<Option<Ran>> {
        let run = |at: usize| self.kinds.get(at).map(|kind| (self.run)(*kind, None));
        side_by_side(self.kinds.len(), self.cancel, run, || ()).into_iter().map(Option::flatten).collect()
    }

    /// Returns how the lanes were undisturbed, and every fault that they can meet; with `pairs` every two at once, too.
    pub fn faults(&self, undisturbed: Vec<Ran>, pairs: bool) -> (Vec<Calm>, Vec<Fault>) {
        let seen = fault::observed(&undisturbed.iter().map(|(lane, _)| lane).collect::<Vec<_>>());
        let mut faults = fault::faults(self.goal, &seen);
        if pairs {
            faults.extend(fault::pairs(&faults));
        }
        (undisturbed.into_iter().map(|(lane, result)| Calm::of(&lane, result)).collect(), faults)
    }

    /// Tries every fault out in every lane: the cell `at` is of the fault `at / lanes` in the lane `at % lanes`. Each is
    /// handed to `came` with its number as soon as it is there, and `done` is told after each. What comes back is none where
    /// it was stopped, or where the program itself broke.
    pub fn cells<T: Send>(
        &self,
        calm: &[Calm],
        faults: &[Fault],
        came: impl Fn(usize, Cell) -> T + Sync,
        done: impl Fn() + Sync,
    ) -> Vec<Option<T>> {
        let lanes = self.kinds.len();
        let cell = |at: usize| {
            let (fault, lane) = (faults.get(at / lanes)?, at % lanes);
            let (ran, result) = (self.run)(*self.kinds.get(lane)?, Some(&fault.scenario));
            // What was stopped half-way says nothing.
            if self.cancel.is_cancelled() {
                return None;
            }
            Some(came(at, judge(calm.get(lane)?, fault, &ran, &result)))
        };
        side_by_side(faults.len() * lanes, self.cancel, cell, done).into_iter().map(Option::flatten).collect()
    }
}
