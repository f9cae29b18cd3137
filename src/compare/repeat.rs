//! Whether a lane went the same way every time: its plans, the order of its actions, its result.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

use super::calls::path;
use super::lane::Lane;
use crate::describe::standing::Standing;
use crate::engine::event::Event;
use crate::engine::plan::Step;

/// What has to be equal between two runs of one lane, in a few bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    plan: u64,
    order: u64,
    result: u64,
}

/// Whether several runs of one lane went the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Repeated {
    /// How many runs there were.
    pub times: usize,
    /// Whether every plan and replan was the same.
    pub same_plan: bool,
    /// Whether the same actions came in the same order, the refused ones included.
    pub same_order: bool,
    /// Whether it ended the same way, with the same values.
    pub same_result: bool,
}

impl Fingerprint {
    /// Returns the fingerprint of `lane` as it went so far.
    pub fn of(lane: &Lane) -> Fingerprint {
        let (mut plan, mut order, mut result) = (DefaultHasher::new(), DefaultHasher::new(), DefaultHasher::new());
        let state = lane.state();
        let put = |hasher: &mut DefaultHasher, step: &Step| {
            (&step.tool, &step.description, &step.with, &step.to).hash(hasher);
        };
        for record in path(&lane.session, state) {
            match record.event.innermost() {
                Event::Planned { steps, .. } | Event::Replanned { steps, .. } => {
                    steps.len().hash(&mut plan);
                    steps.iter().for_each(|step| put(&mut plan, step));
                }
                Event::Thought(thought) => {
                    thought.step.iter().for_each(|step| put(&mut plan, step));
                }
                event @ (Event::Started { step, .. } | Event::Refused { step, .. } | Event::Skipped { step }) => {
                    std::mem::discriminant(event).hash(&mut order);
                    step.hash(&mut order);
                    state.step(step).iter().for_each(|step| put(&mut order, step));
                }
                Event::Finished { .. } | Event::Failed { .. } | Event::Retried { .. } => {
                    std::mem::discriminant(record.event.innermost()).hash(&mut order);
                }
                _ => {}
            }
        }
        Standing::of(state).status.hash(&mut result);
        for key in state.goal.wants.keys() {
            let datum = state.context.get(key);
            (key, datum.map(|datum| (datum.hash, datum.fresh))).hash(&mut result);
        }
        Fingerprint { plan: plan.finish(), order: order.finish(), result: result.finish() }
    }
}

impl Repeated {
    /// Compares every run with the first.
    pub fn of(runs: &[Fingerprint]) -> Repeated {
        let all = |part: fn(&Fingerprint) -> u64| runs.windows(2).all(|two| part(&two[0]) == part(&two[1]));
        Repeated {
            times: runs.len(),
            same_plan: all(|run| run.plan),
            same_order: all(|run| run.order),
            same_result: all(|run| run.result),
        }
    }

    /// Tells whether everything was the same.
    pub fn same(&self) -> bool {
        self.same_plan && self.same_order && self.same_result
    }

    /// Returns it in words: "plan, order and result the same 5 times".
    pub fn said(&self) -> String {
        let parts = [("plan", self.same_plan), ("order", self.same_order), ("result", self.same_result)];
        if self.same() {
            return format!("plan, order and result the same {} times", self.times);
        }
        let of = |same: bool| parts.iter().filter(|(_, is)| *is == same).map(|(name, _)| *name).collect::<Vec<_>>();
        let same = match of(true).as_slice() {
            [] => "nothing the same".to_owned(),
            same => format!("{} the same", same.join(" and ")),
        };
        format!("{same}, {} not, in {} runs", of(false).join(" and "), self.times)
    }
}
