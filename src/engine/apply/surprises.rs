//! Folding in what people and scenarios make happen, now, at the next call or at a later moment.

use std::sync::Arc;

use crate::engine::context::{Origin, Write};
use crate::engine::event::{Event, Mark, Seq};
use crate::engine::goal::{Key, Surprise};
use crate::engine::ordered::IndexMap;
use crate::engine::state::State;
use crate::engine::value::Shared;

impl State {
    pub(super) fn inject(&mut self, seq: Seq, values: &IndexMap<Key, Option<Shared>>) {
        for (key, value) in values {
            match value {
                None => self.context.remove(key),
                Some(value) => {
                    let (value, origin) = (value.clone(), Origin::Injected);
                    let sources = Arc::new([]);
                    self.context.write(key, Write { value, origin, sources, refuted: None, pinned: true }, seq);
                }
            }
        }
    }

    /// Uses up one attempt of the surprise that was armed for the tool of the last run.
    pub(super) fn spend_armed(&mut self, mark: Mark) {
        if mark != Mark::Injected {
            return;
        }
        let Some(tool) = self.runs.last().and_then(|run| run.step.tool.clone()) else { return };
        let Some(at) = self.armed.iter().position(|armed| aims_at(&armed.surprise, &tool)) else { return };
        let Some(armed) = self.armed.get_mut(at) else { return };
        let scenario = armed.scenario.clone();
        match &mut armed.surprise {
            Surprise::Fail { times, .. } if *times > 1 => *times -= 1,
            Surprise::Fail { .. } | Surprise::Outcome { .. } | Surprise::Set { .. } | Surprise::Goal { .. } => {
                self.armed.remove(at);
            }
        }
        self.expect_of(scenario.as_deref());
    }

    /// `scenario` has landed: what is right in its world replaces what was expected, for the keys that it names.
    pub(in crate::engine) fn expect_of(&mut self, scenario: Option<&str>) {
        let named = scenario.and_then(|name| self.goal.scenarios.iter().find(|scenario| *scenario.name == *name));
        let Some(expect) = named.map(|scenario| scenario.expect.clone()).filter(|expect| !expect.is_empty()) else {
            return;
        };
        Arc::make_mut(&mut Arc::make_mut(&mut self.goal).expect).extend(expect);
    }

    /// A surprise for a tool makes what was remembered of it no guide: its next outcome is another one.
    pub(in crate::engine) fn forget_armed(&mut self, surprise: &Surprise) {
        let (Surprise::Outcome { tool, .. } | Surprise::Fail { tool, .. }) = surprise else { return };
        let other = self.outcomes.iter().filter(|(call, _)| call.tool != *tool);
        self.outcomes = other.map(|(call, outcome)| (call.clone(), outcome.clone())).collect();
    }

    /// Takes what `event` lets land out of the surprises that wait for their moment.
    pub(super) fn land(&mut self, event: &Event) {
        let Some(at) = self.due() else { return };
        let Some(due) = self.scheduled.get_mut(at) else { return };
        let landed = match event {
            Event::Injected { values, outcome_of: None, .. } => due
                .surprises
                .iter()
                .take_while(|s| matches!(s, Surprise::Set { key, value } if values.get(key) == Some(value)))
                .count(),
            Event::Injected { outcome_of: Some(_), .. } => {
                usize::from(matches!(due.surprises.first(), Some(Surprise::Outcome { .. })))
            }
            Event::Armed { surprise, .. } => usize::from(due.surprises.first() == Some(surprise)),
            Event::GoalChanged { wants, .. } => {
                usize::from(matches!(due.surprises.first(), Some(Surprise::Goal { wants: w, .. }) if w == wants))
            }
            _ => 0,
        };
        due.surprises.drain(..landed);
        if due.surprises.is_empty() {
            self.scheduled.remove(at);
        }
    }

    /// Returns the place in `scheduled` of the first surprises whose moment has come.
    pub fn due(&self) -> Option<usize> {
        self.scheduled.iter().position(|waiting| match &waiting.after {
            None => true,
            Some(tool) => self.finished.get(tool).copied().unwrap_or(0) >= waiting.nth,
        })
    }
}

/// Tells whether `surprise` waits for the outcome of `tool`.
pub(crate) fn aims_at(surprise: &Surprise, tool: &str) -> bool {
    match surprise {
        Surprise::Outcome { tool: aimed, .. } | Surprise::Fail { tool: aimed, .. } => **aimed == *tool,
        Surprise::Set { .. } | Surprise::Goal { .. } => false,
    }
}
