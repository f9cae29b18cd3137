//! Folding in turns of ReAct: thoughts, refusals, and what was seen last.

use std::sync::Arc;

use crate::engine::event::{Pace, Seq, Stop, Strategy};
use crate::engine::goal::Key;
use crate::engine::ordered::IndexMap;
use crate::engine::plan::{Plan, Step, StepId};
use crate::engine::state::{Phase, State};
use crate::engine::turn::Refused;
use crate::engine::turn::{Became, Seen, Thought, Turn, TurnedDown};
use crate::engine::value::Shared;

impl State {
    pub(super) fn thought(&mut self, seq: Seq, thought: &Thought) {
        let open = self.open_action();
        self.drop_open_turn();
        let thought = Arc::new(thought.clone());
        self.turns.push_back(Arc::new(Turn { seq, thought: thought.clone(), became: Became::Open }));
        self.goal_before = None;
        self.approved = true;
        // Only the open action gives way to the new one: a person's steps stay, and come first.
        let new = thought.step.as_ref();
        let stays = |step: &&Arc<Step>| {
            step.outlives_replans() && Some(&step.id) != open.as_ref() && new.is_none_or(|new| new.id != step.id)
        };
        let mut steps: Vec<Arc<Step>> = self.plan.remaining().iter().filter(stays).cloned().collect();
        steps.extend(new.cloned());
        self.set_plan(steps);
        self.phase = Phase::Ready;
        if self.pace == Pace::Into {
            self.pace = Pace::Paused;
            self.stop = Some(Stop::StepsDone);
        }
    }

    pub(super) fn refused(&mut self, seq: Seq, id: &StepId, needs: &[Key], refused: Refused) {
        let message = refused.message.clone();
        let Some((place, step)) = self.plan.find(id).map(|(at, step)| (at, step.clone())) else { return };
        self.plan.take(place);
        self.undo = imbl::Vector::new();
        self.redo = imbl::Vector::new();
        self.approved_step = None;
        self.stop = None;
        let standing = |key: &Key| (key.clone(), self.standing_of(key));
        if let Some(usage) = step.usage() {
            let needs = needs.iter().map(standing).collect();
            self.turned_down.insert(usage, Arc::new(TurnedDown { message: message.clone(), needs }));
        }
        self.with_turn_of(id, |turn| turn.became = Became::Refused(Box::new(refused)));
        self.see(seq, message.to_string(), needs.to_vec());
        self.spend_pace();
        self.phase = Phase::Ready;
    }

    /// Returns the version of `key` and whether it is fresh; none where it has no value.
    pub(in crate::engine) fn standing_of(&self, key: &Key) -> Option<(Seq, bool)> {
        self.context.get(key).map(|datum| (datum.version, datum.fresh))
    }

    /// Notes that the action of the last thought began.
    pub(super) fn acted(&mut self, id: &StepId) {
        if !self.turned_down.is_empty()
            && let Some(usage) = self.runs.last().and_then(|run| run.step.usage())
        {
            self.turned_down.remove(&usage);
        }
        self.with_turn_of(id, |turn| turn.became = Became::Acted(id.clone()));
    }

    /// Notes what was observed last.
    pub(super) fn see(&mut self, seq: Seq, said: String, keys: Vec<Key>) {
        self.seen = Some(Arc::new(Seen { seq, said: said.into(), keys }));
    }

    pub(super) fn see_injected(&mut self, seq: Seq, values: &IndexMap<Key, Option<Shared>>) {
        let keys: Vec<Key> = values.keys().cloned().collect();
        self.see(seq, format!("{} changed", keys.join(", ")), keys);
    }

    pub(super) fn set_strategy(&mut self, strategy: Strategy) {
        Arc::make_mut(&mut self.settings).strategy = strategy;
        self.drop_open_turn();
        // What follows is decided from the start: a first plan, or a first thought, from what is known now.
        self.plan = Plan::new(0, Vec::new());
        self.approved = false;
        self.goal_before = None;
        self.failed = imbl::Vector::new();
        self.quiet = imbl::HashSet::new();
        self.reopen();
    }

    /// Returns the step that the last thought decided on, if it is still to do.
    pub fn open_action(&self) -> Option<StepId> {
        let turn = self.turns.last().filter(|turn| turn.became == Became::Open)?;
        turn.thought.step.as_ref().map(|step| step.id.clone())
    }

    /// Notes that the action of the last thought did not begin after all.
    pub(super) fn not_acted(&mut self, id: &StepId) {
        self.with_turn_of(id, |turn| turn.became = Became::Open);
    }

    /// Drops the last thought where its action was taken out of what is to do.
    pub(super) fn drop_lost_turn(&mut self) {
        if let Some(id) = self.open_action()
            && self.plan.find(&id).is_none()
        {
            self.drop_open_turn();
        }
    }

    fn drop_open_turn(&mut self) {
        let last = self.turns.len().saturating_sub(1);
        if let Some(turn) = self.turns.get_mut(last)
            && turn.became == Became::Open
            && turn.thought.step.is_some()
        {
            Arc::make_mut(turn).became = Became::Dropped;
        }
    }

    fn with_turn_of(&mut self, id: &StepId, change: impl FnOnce(&mut Turn)) {
        let last = self.turns.len().saturating_sub(1);
        if let Some(turn) = self.turns.get_mut(last)
            && turn.thought.step.as_ref().is_some_and(|step| step.id == *id)
        {
            change(Arc::make_mut(turn));
        }
    }
}
