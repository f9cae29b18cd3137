//! The hand-off per key: who wrote it, who will read it, and the order in which the context pane lists the keys.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::context::Origin;
use crate::engine::goal::Key;
use crate::engine::plan::StepId;
use crate::engine::state::{State, Status};

/// Who made a value, or will make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Writer {
    /// It stood in the goal file.
    Start,
    /// A step.
    Step(StepId),
    /// A person or a scenario.
    You,
    /// A person replaced what this step returned.
    YouFor(StepId),
    /// A record.
    Record,
}

/// One key with its hand-off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOff {
    /// The key.
    pub key: Key,
    /// Who made the value that it has.
    pub writer: Option<Writer>,
    /// The next remaining step that writes it.
    pub next_writer: Option<StepId>,
    /// Who reads it: steps that did, then steps that will.
    pub readers: Vec<StepId>,
    /// Whether the goal wants it.
    pub wanted: bool,
}

/// The hand-offs of all keys, in the order of the flow: the start, what steps wrote, what they will write, the wants.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    entries: Vec<HandOff>,
    places: HashMap<Key, usize>,
}

impl Ledger {
    /// Returns the ledger of `state`.
    pub fn of(state: &State) -> Ledger {
        let mut ledger = Ledger::default();
        for key in state.goal.context.keys() {
            ledger.enter(key);
        }
        for run in &state.runs {
            for (key, _) in run.wrote.iter() {
                ledger.enter(key);
            }
        }
        for (key, _) in state.context.iter() {
            ledger.enter(key);
        }
        for run in &state.runs {
            for (key, version) in run.reads.iter() {
                if state.context.get(key).is_some_and(|datum| datum.version == *version) {
                    ledger.read(key, &run.step.id);
                }
            }
        }
        let under_way = |run: &&std::sync::Arc<crate::engine::state::StepRun>| {
            matches!(run.status, Status::Running | Status::Interrupted)
        };
        for run in state.runs.last().iter().copied().filter(under_way) {
            for key in run.step.reads() {
                ledger.read(key, &run.step.id);
            }
            for key in run.step.writes() {
                ledger.enter(key).next_writer = Some(run.step.id.clone());
            }
        }
        for step in state.plan.remaining().iter().filter(|step| !step.skip) {
            for key in step.reads() {
                ledger.read(key, &step.id);
            }
            for key in step.writes() {
                let entry = ledger.enter(key);
                entry.next_writer.get_or_insert_with(|| step.id.clone());
            }
        }
        for key in state.goal.wants.keys() {
            ledger.enter(key).wanted = true;
        }
        for (key, datum) in state.context.iter() {
            ledger.enter(key).writer = Some(match &datum.origin {
                Origin::Initial => Writer::Start,
                Origin::Step(id) => Writer::Step(id.clone()),
                Origin::Injected => Writer::You,
                Origin::Edited(id) => Writer::YouFor(id.clone()),
                Origin::Record => Writer::Record,
            });
        }
        ledger
    }

    /// Returns the hand-offs in the order of the flow.
    pub fn entries(&self) -> &[HandOff] {
        &self.entries
    }

    /// Returns the place of `key` among the entries.
    pub fn place(&self, key: &str) -> Option<usize> {
        self.places.get(key).copied()
    }

    fn enter(&mut self, key: &Key) -> &mut HandOff {
        let place = *self.places.entry(key.clone()).or_insert_with(|| {
            let empty = HandOff { key: key.clone(), writer: None, next_writer: None, readers: vec![], wanted: false };
            self.entries.push(empty);
            self.entries.len() - 1
        });
        &mut self.entries[place]
    }

    fn read(&mut self, key: &Key, by: &StepId) {
        let readers = &mut self.enter(key).readers;
        if readers.last().is_none_or(|last| !Arc::ptr_eq(last, by) && last != by) {
            readers.push(by.clone());
        }
    }
}

impl HandOff {
    /// Returns the hand-off as the pane shows it: `s1 → s2, s4`; `readers` of them at most are named.
    pub fn text(&self, most: usize) -> String {
        let from = match (&self.writer, &self.next_writer) {
            (Some(Writer::Start), _) => "start".to_owned(),
            (Some(Writer::Step(id)), _) => id.to_string(),
            (Some(Writer::You | Writer::YouFor(_)), _) => "you".to_owned(),
            (Some(Writer::Record), _) => "record".to_owned(),
            (None, Some(id)) => id.to_string(),
            (None, None) => "nobody".to_owned(),
        };
        let mut to: Vec<&str> = self.readers.iter().take(most).map(|id| &**id).collect();
        if self.readers.len() > most {
            to.push("…");
        }
        if self.wanted {
            to.push("wanted");
        }
        if to.is_empty() { format!("{from} → –") } else { format!("{from} → {}", to.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::{self, step};

    #[test]
    fn a_key_names_its_writer_its_readers_and_that_it_is_wanted() {
        let steps = vec![
            step("s1", "load", &[], &["tickets"]),
            step("s2", "count", &["tickets"], &["counts"]),
            step("s3", "report", &["tickets", "counts"], &["report"]),
        ];
        let ledger = Ledger::of(&testing::planned(steps, &["report"]));
        let texts: Vec<String> =
            ledger.entries().iter().map(|entry| format!("{}: {}", entry.key, entry.text(9))).collect();
        assert_eq!(texts, ["tickets: s1 → s2, s3", "counts: s2 → s3", "report: s3 → wanted"]);
    }
}
