//! The chain of a why as what lies on it: steps, keys and events, from the question down to what was observed.

use std::collections::HashSet;
use std::sync::Arc;

use super::Moment;
use super::step;
use super::why::Subject;
use crate::engine::context::Origin;
use crate::engine::event::{Event, Recorded, Seq};
use crate::engine::goal::Key;
use crate::engine::plan::StepId;
use crate::engine::state::{Replan, State};

/// What lies on the chain of a why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// What the question is about, in a few words.
    pub about: String,
    /// The steps that made what lies on it, or are to make it.
    pub steps: HashSet<StepId>,
    /// The keys.
    pub keys: HashSet<Key>,
    /// The events that observed or decided it.
    pub events: HashSet<Seq>,
}

/// What is still to be followed.
enum Link {
    Key(Key),
    Step(StepId),
}

impl Chain {
    /// Returns what lies on the chain of `subject` at this moment. Costs what lies on it, and the deviations where it is
    /// about them.
    pub fn of(view: Moment<'_>, subject: &Subject) -> Chain {
        let state = view.state;
        let mut chain = Chain::default();
        let mut links = Vec::new();
        match subject {
            Subject::Step(id) => {
                chain.about = step::label_of(state, id);
                links.push(Link::Step(id.clone()));
            }
            Subject::Key(key) => {
                chain.about = key.to_string();
                links.push(Link::Key(key.clone()));
            }
            Subject::Deviations => {
                chain.about = "what no longer holds".to_owned();
                let of = state.deviations.iter().flat_map(|deviation| {
                    let step = deviation.step.clone().map(Link::Step);
                    deviation.key.clone().map(Link::Key).into_iter().chain(step)
                });
                links.extend(of);
            }
            Subject::Replan(at) => {
                chain.about = format!("replan {}", at + 1);
                links.extend(state.replans.get(*at).into_iter().flat_map(|replan| chain.replan(view.records, replan)));
            }
            Subject::End => {
                chain.about = "the end".to_owned();
                links.extend(state.goal.wants.keys().cloned().map(Link::Key));
                // What blocks the way, where one does.
                let failed = state.failed.iter().filter_map(|at| state.runs.get(*at));
                links.extend(failed.map(|run| Link::Step(run.step.id.clone())));
                let over = state.phase.is_over();
                chain.events.extend(over.then_some(state.seq));
            }
        }
        while let Some(link) = links.pop() {
            match link {
                Link::Key(key) => chain.key(state, key, &mut links),
                Link::Step(id) => chain.step(state, id, &mut links),
            }
        }
        chain
    }

    /// Tells whether nothing lies on it.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.keys.is_empty() && self.events.is_empty()
    }

    fn key(&mut self, state: &State, key: Key, links: &mut Vec<Link>) {
        if !self.keys.insert(key.clone()) {
            return;
        }
        let Some(datum) = state.context.get(&key) else {
            // Who is to make it, else who failed to.
            let maker = state.plan.writers(&key).next().and_then(|place| state.plan.remaining().get(place));
            let maker = maker.or_else(|| state.failed_to_write(|owed| *owed == key).map(|run| &run.step));
            links.extend(maker.map(|step| Link::Step(step.id.clone())));
            return;
        };
        self.events.insert(datum.version);
        match &datum.origin {
            Origin::Step(id) | Origin::Edited(id) => {
                self.steps.insert(id.clone());
            }
            Origin::Initial | Origin::Injected | Origin::Record => {}
        }
        links.extend(datum.sources.iter().map(|(source, _)| Link::Key(source.clone())));
    }

    fn step(&mut self, state: &State, id: StepId, links: &mut Vec<Link>) {
        let proposed = || state.waiting_proposal()?.proposal.after.iter().find(|step| step.id == id);
        let Some(step) = state.step(&id).or_else(proposed).cloned() else { return };
        if !self.steps.insert(id.clone()) {
            return;
        }
        if let Some(run) = state.run(&id) {
            self.events.extend(run.ended.or(Some(run.started)));
        }
        links.extend(step.reads().cloned().map(Link::Key));
    }

    /// Takes in a replan: what was seen, who decided, which steps came in, and returns which keys it was about.
    fn replan(&mut self, records: &[Arc<Recorded>], replan: &Replan) -> Vec<Link> {
        self.events.extend([replan.saw, replan.seq]);
        let before: HashSet<&StepId> = replan.before.iter().map(|step| &step.id).collect();
        let added = replan.proposal.after.iter().filter(|step| !before.contains(&step.id));
        self.steps.extend(added.map(|step| step.id.clone()));
        let seen = usize::try_from(replan.saw).ok().and_then(|seq| records.get(seq.checked_sub(1)?));
        match seen.map(|record| record.event.innermost()) {
            Some(Event::Injected { values, .. }) => values.keys().cloned().map(Link::Key).collect(),
            Some(Event::Finished { step, .. } | Event::Failed { step, .. }) => vec![Link::Step(step.clone())],
            Some(_) | None => Vec::new(), // the others are about no key and no step
        }
    }
}
