//! Where lanes part: the first settled action at which one does other than the first lane.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::calls::path;
use super::lane::Lane;
use crate::engine::event::{Event, Mark, Outcome, Seq};
use crate::engine::goal::Key;
use crate::engine::ordered::IndexMap;
use crate::engine::plan::{Step, StepId};
use crate::engine::session::Session;
use crate::engine::state::State;
use crate::engine::value::Shared;

/// Where a lane parts from the first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parting {
    /// The event of the first lane.
    pub first: Seq,
    /// The event of the lane that parts.
    pub here: Seq,
    /// What both did, in a sentence.
    pub sentence: String,
}

/// Returns where each lane parts from the first; none for the first itself, and where they did the same so far.
pub fn partings(lanes: &[Lane]) -> Vec<Option<Parting>> {
    let Some((first, others)) = lanes.split_first() else { return Vec::new() };
    let of_first = actions(&first.session, first.state());
    let part = |other: &Lane| between(first, &of_first, other);
    std::iter::once(None).chain(others.iter().map(part)).collect()
}

/// Returns where `other` parts from `first`, if it does so far.
pub fn parting(first: &Lane, other: &Lane) -> Option<Parting> {
    between(first, &actions(&first.session, first.state()), other)
}

fn between(first: &Lane, of_first: &[Action], other: &Lane) -> Option<Parting> {
    let of_other = actions(&other.session, other.state());
    let (a, b) = of_first.iter().zip(&of_other).find(|(a, b)| !a.same(b))?;
    let result = a.what == b.what && a.step.is_some() && b.step.is_some() && a.uses(b);
    let (did, then) = match result {
        true => (format!("{}, with another result,", a.said()), b.said()),
        false => (a.said(), b.said()),
    };
    let sentence =
        format!("{} {did} at event {}; {} {then} at event {}", first.kind.name(), a.seq, other.kind.name(), b.seq);
    Some(Parting { first: a.seq, here: b.seq, sentence })
}

/// One settled action.
#[derive(Clone, Debug)]
struct Action {
    seq: Seq,
    what: What,
    step: Option<Arc<Step>>,
    wrote: IndexMap<Key, Shared>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Did,
    Failed,
    Refused,
    Reached,
    Ended(Outcome),
}

impl Action {
    /// Tells whether both did the same, with the same outcome.
    fn same(&self, other: &Action) -> bool {
        self.what == other.what && self.uses(other) && self.wrote == other.wrote
    }

    fn uses(&self, other: &Action) -> bool {
        match (&self.step, &other.step) {
            (Some(a), Some(b)) => a.same_use(b),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// Follows a lane's name: "did `count_intents`".
    fn said(&self) -> String {
        let name = self.step.as_deref().map_or("a step", Step::name);
        match self.what {
            What::Did => format!("did {name}"),
            What::Failed => format!("failed at {name}"),
            What::Refused => format!("tried {name} and was refused"),
            What::Reached => "had reached the goal".to_owned(),
            What::Ended(Outcome::Unreachable) => "found no plan".to_owned(),
            What::Ended(Outcome::NotReached) => "had ended without the goal".to_owned(),
            What::Ended(Outcome::Stopped) => "was stopped".to_owned(),
            What::Ended(Outcome::Interrupted) => "was interrupted".to_owned(),
        }
    }
}

/// Returns what was done, in order. A loop is not an action, its own are; its end counts where it failed.
fn actions(session: &Session, end: &State) -> Vec<Action> {
    let mut actions = Vec::new();
    let mut decided: HashMap<StepId, Arc<Step>> = HashMap::new();
    let mut loops: Vec<StepId> = Vec::new();
    for record in path(session, end) {
        let step = |id: &StepId| decided.get(id).or_else(|| end.step(id)).cloned();
        let action = |what, step, wrote| Action { seq: record.seq, what, step, wrote };
        match record.event.innermost() {
            Event::Thought(thought) => {
                decided.extend(thought.step.iter().map(|step| (step.id.clone(), step.clone())));
            }
            Event::Entered { step, .. } => loops.push(step.clone()),
            Event::Finished { step: id, mark, .. } if loops.contains(id) && *mark != Mark::Injected => {}
            Event::Finished { step: id, writes, .. } => actions.push(action(What::Did, step(id), writes.clone())),
            Event::Failed { step: id, writes, .. } => actions.push(action(What::Failed, step(id), writes.clone())),
            Event::Refused { step: id, .. } => actions.push(action(What::Refused, step(id), IndexMap::default())),
            event @ (Event::Reached | Event::Ended { .. }) if !matches!(record.event, Event::Inner { .. }) => {
                let what = match event {
                    Event::Ended { outcome, .. } => What::Ended(*outcome),
                    _ => What::Reached,
                };
                actions.push(action(what, None, IndexMap::default()));
            }
            _ => {}
        }
    }
    actions
}
