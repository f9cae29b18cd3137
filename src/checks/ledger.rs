//! The hand-off ledger: per key, who writes it and who reads it.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use crate::engine::goal::{Goal, Key};
use crate::engine::plan::{Step, StepId};

/// One key with its writers and readers among the steps that are switched on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The steps that write it, in order.
    pub writers: Vec<StepId>,
    /// The steps that read it, in order.
    pub readers: Vec<StepId>,
    /// Whether it has a value already.
    pub available: bool,
    /// Whether the goal wants it.
    pub wanted: bool,
}

impl Entry {
    /// Tells whether a step writes it and nobody reads or wants it.
    pub fn never_read(&self) -> bool {
        !self.writers.is_empty() && self.readers.is_empty() && !self.wanted
    }

    /// Tells whether somebody reads or wants it, no step writes it, and it is not there.
    pub fn never_written(&self) -> bool {
        self.writers.is_empty() && !self.available && (!self.readers.is_empty() || self.wanted)
    }

    /// Tells whether a step writes over another one's value, or over one that is there.
    pub fn overwritten(&self) -> bool {
        self.writers.len() + usize::from(self.available) > 1
    }

    /// Returns what is to be said about it, in a few words: "never written".
    pub fn remark(&self) -> Option<&'static str> {
        if self.never_written() {
            Some("never written")
        } else if self.never_read() {
            Some("never read")
        } else if self.overwritten() {
            Some("overwritten")
        } else {
            None
        }
    }
}

/// Returns every key that `steps` read or write or that `goal` wants, in the order in which they come up.
pub fn ledger(goal: &Goal, steps: &[Arc<Step>], available: &dyn Fn(&str) -> bool) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut places: HashMap<Key, usize> = HashMap::new();
    let mut place = |entries: &mut Vec<Entry>, key: &Key| {
        *places.entry(key.clone()).or_insert_with(|| {
            entries.push(Entry {
                key: key.clone(),
                writers: Vec::new(),
                readers: Vec::new(),
                available: available(key),
                wanted: goal.wants.contains_key(key),
            });
            entries.len() - 1
        })
    };
    for step in steps.iter().filter(|step| !step.skip) {
        for key in step.reads() {
            let at = place(&mut entries, key);
            entries[at].readers.push(step.id.clone());
        }
        for key in step.writes() {
            let at = place(&mut entries, key);
            entries[at].writers.push(step.id.clone());
        }
    }
    for key in goal.wants.keys() {
        place(&mut entries, key);
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::super::testing::{goal, step};
    use super::*;

    #[test]
    fn a_good_plan_hands_every_key_from_writer_to_reader() {
        let (goal, steps) = goal();
        let ledger = ledger(&goal, &steps, &|_| false);
        let lines: Vec<_> = ledger.iter().map(|e| (&*e.key, e.writers.len(), e.readers.len(), e.remark())).collect();
        assert_eq!(lines, [("tickets", 1, 1, None), ("counts", 1, 1, None), ("report", 1, 0, None)]);
    }

    #[test]
    fn what_goes_wrong_between_hands_is_remarked() {
        let (goal, mut steps) = goal();
        steps.remove(2);
        steps.push(step("s4", "Count them again").reading(&["regions"]).writing(&["counts"]).into());
        steps.push(step("s5", "Note it").writing(&["notes"]).into());
        let ledger = ledger(&goal, &steps, &|_| false);
        let remark = |key: &str| ledger.iter().find(|entry| *entry.key == *key).and_then(Entry::remark);
        assert_eq!(remark("regions"), Some("never written"));
        assert_eq!(remark("report"), Some("never written"), "wanted is as good as read");
        assert_eq!(remark("notes"), Some("never read"));
        assert_eq!(remark("tickets"), None);
        let counts = ledger.iter().find(|entry| *entry.key == *"counts").expect("it is there");
        assert!(counts.overwritten() && counts.never_read());
    }
}
