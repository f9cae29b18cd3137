//! Whether a breakpoint finds what it waits for: in the step that is about to start, or in what an event did.

use super::{Found, Place};
use crate::engine::context::Context;
use crate::engine::diff::{self, ChangeKind};
use crate::engine::event::{Event, Verdict};
use crate::engine::goal::Key;
use crate::engine::plan::Step;
use crate::engine::review::{Deviation, DeviationKind};
use crate::engine::state::State;

/// What has to be known of a state to tell what the next event did.
#[derive(Clone, Debug)]
pub struct Before {
    context: Context,
    said: std::sync::Arc<[Deviation]>,
}

impl Before {
    /// Returns what has to be known of `state`.
    pub fn of(state: &State) -> Before {
        Before { context: state.context.clone(), said: state.said.clone() }
    }

    /// Returns the keys that have another value in `now`, by name.
    pub fn changed<'a>(&'a self, now: &'a State) -> Vec<&'a Key> {
        let hash = |context: &Context, key: &str| context.get(key).map(|datum| datum.hash);
        let differs = |key: &&Key| hash(&self.context, key) != hash(&now.context, key);
        now.context.different_keys(&self.context).filter(differs).collect()
    }
}

/// Returns what a breakpoint at `place` finds where `step` is about to start.
pub fn starts(place: &Place, state: &State, step: &Step) -> Option<Found> {
    match place {
        Place::Step(id) if *id == step.id => Some(Found::Starts { step: step.id.clone() }),
        Place::Tool(tool) if step.tool.as_ref() == Some(tool) => Some(Found::Starts { step: step.id.clone() }),
        Place::Stale => {
            let stale = |key: &&Key| state.context.get(key).is_some_and(|datum| !datum.fresh);
            let key = step.reads().find(stale)?;
            Some(Found::Reads { step: Some(step.id.clone()), key: key.clone() })
        }
        Place::Step(_)
        | Place::Tool(_)
        | Place::Key(_)
        | Place::Replan(_)
        | Place::Deviation
        | Place::Check
        | Place::Failed
        | Place::Contract
        | Place::When { .. } => None,
    }
}

/// Returns what a breakpoint at `place` finds in what `event` did, which `changed` these keys and led from `before` to
/// `now`. What a condition comes to is not for this to say.
pub fn after(place: &Place, before: &Before, changed: &[&Key], event: &Event, now: &State) -> Option<Found> {
    match (place, event) {
        (Place::Key(key), _) => changed.contains(&key).then(|| Found::Changed { key: key.clone() }),
        (Place::Replan(more_than), Event::Proposed(proposal)) => {
            let steps = &now.replans.last()?.before;
            let changes = diff::changes(steps, &proposal.after);
            let changes = changes.iter().filter(|change| change.kind != ChangeKind::Kept).count();
            more_than.is_none_or(|most| changes > most).then_some(Found::Replan { changes })
        }
        (Place::Deviation, Event::Deviated { deviations }) => {
            let new = deviations.iter().find(|deviation| !before.said.contains(deviation))?;
            Some(Found::Deviation { message: new.message.clone() })
        }
        (Place::Stale, Event::Deviated { deviations }) => {
            let new = |deviation: &&Deviation| {
                deviation.kind == DeviationKind::StaleInput && !before.said.contains(deviation)
            };
            let deviation = deviations.iter().find(new)?;
            Some(Found::Reads { step: None, key: deviation.key.clone()? })
        }
        (Place::Check, Event::Judged { verdicts }) => {
            // What a loop goes on for does not hold before it is through.
            let until = now.goal.exploring.as_ref().map(|explore| &explore.until);
            let (question, verdict) = verdicts
                .iter()
                .find(|(question, verdict)| *verdict != Verdict::True && Some(&question.condition) != until)?;
            let undecided = match verdict {
                Verdict::Undecided(why) => Some(why.clone()),
                Verdict::True | Verdict::False => None,
            };
            let keys = question.keys().cloned().collect();
            Some(Found::Check { condition: question.condition.clone(), keys, undecided })
        }
        (Place::Check, Event::Failed { step, error, writes, .. }) if !writes.is_empty() => {
            Some(Found::Failed { step: step.clone(), error: error.clone() })
        }
        (Place::Contract, Event::Failed { step, error, writes, unlike, .. }) if *unlike || !writes.is_empty() => {
            Some(Found::Failed { step: step.clone(), error: error.clone() })
        }
        (Place::Failed, Event::Failed { step, error, .. }) => {
            Some(Found::Failed { step: step.clone(), error: error.clone() })
        }
        _ => None, // every other event is none that this place waits for
    }
}
