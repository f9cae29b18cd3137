//! What is known in advance: values, remembered outcomes, and what conditions come to on known values.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::engine::context::Datum;
use crate::engine::effect::{CallKey, Judge, Remembered, Subject};
use crate::engine::event::Verdict;
use crate::engine::goal::{Check, Key};
use crate::engine::value::Shared;

use super::problem::{KeyId, Op, OpId, Problem};
use super::world::{Val, World};

/// A known value, by its place in [`Memory`]; equal values share one.
pub(super) type ValueId = u32;

/// What is known of a use before it runs.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outlook {
    /// Nothing: it is taken to return something new that meets every condition.
    Open,
    /// It returned these values on the same inputs before, in the order of the use's writes.
    Returns(Rc<[Val]>),
    /// A requirement is not met on the values that it would see.
    Requires(Check, Verdict),
    /// It failed on the same inputs before.
    Failed(Arc<str>),
    /// What it returned on the same inputs before was refuted.
    Refuted(Arc<str>),
}

/// A requirement of a use, by its place, on the values that decide it.
type Early = (OpId, usize, Vec<ValueId>);

/// Known values, and everything that was asked about them.
pub(super) struct Memory<'a> {
    judge: &'a dyn Judge,
    values: RefCell<Vec<(u64, Shared)>>,
    by_hash: RefCell<HashMap<u64, ValueId>>,
    /// The facts' values by address: the engine shares them with remembered outcomes, and hashing 10 MB is slow.
    by_address: RefCell<HashMap<usize, ValueId>>,
    outlooks: RefCell<HashMap<(OpId, Vec<ValueId>), Outlook>>,
    /// What requirements come to that are decided before all inputs are there.
    early: RefCell<HashMap<Early, Verdict>>,
    verdicts: RefCell<HashMap<(usize, ValueId), Verdict>>,
}

impl<'a> Memory<'a> {
    /// Returns a memory that asks `judge`.
    pub(super) fn new(judge: &'a dyn Judge) -> Memory<'a> {
        Memory {
            judge,
            values: RefCell::default(),
            by_hash: RefCell::default(),
            by_address: RefCell::default(),
            outlooks: RefCell::default(),
            early: RefCell::default(),
            verdicts: RefCell::default(),
        }
    }

    /// Takes in the value of `fact`.
    pub(super) fn fact(&self, fact: &Datum) -> ValueId {
        self.with_hash(&fact.value, fact.hash)
    }

    fn with_hash(&self, value: &Shared, hash: u64) -> ValueId {
        let id = *self.by_hash.borrow_mut().entry(hash).or_insert_with(|| {
            let mut values = self.values.borrow_mut();
            values.push((hash, value.clone()));
            (values.len() - 1) as ValueId
        });
        self.by_address.borrow_mut().insert(Arc::as_ptr(value.held()) as usize, id);
        id
    }

    fn value(&self, value: &Shared) -> ValueId {
        let known = self.by_address.borrow().get(&(Arc::as_ptr(value.held()) as usize)).copied();
        known.unwrap_or_else(|| self.with_hash(value, value.hash()))
    }

    /// Returns a known value.
    pub(super) fn get(&self, id: ValueId) -> Shared {
        self.values.borrow().get(id as usize).map_or_else(Shared::default, |(_, value)| value.clone())
    }

    fn hash(&self, id: ValueId) -> u64 {
        self.values.borrow().get(id as usize).map_or(0, |(hash, _)| *hash)
    }
}

impl Problem<'_> {
    /// Returns what is known of `op` before it runs in `world`.
    pub(super) fn outlook_in(&self, op: OpId, world: &World) -> Outlook {
        if !self.ops[op].conditional {
            return Outlook::Open;
        }
        let mut known = Vec::with_capacity(self.ops[op].inputs.len());
        for &key in &self.ops[op].inputs {
            match world.slots[key].value {
                Val::Known(id) => known.push(id),
                Val::Unknown | Val::Missing => return self.early(op, world),
            }
        }
        self.outlook(op, known)
    }

    /// Returns what is known of `op` at the start, of those of its inputs that can be relied on.
    pub(super) fn outlook_now(&self, op: OpId) -> Outlook {
        if self.ops[op].inputs.iter().all(|&key| self.start.slots[key].fresh) {
            return self.outlook_in(op, &self.start);
        }
        self.early(op, &self.start)
    }

    /// Returns what requirements come to whose keys are there, where other inputs are not known yet.
    fn early(&self, op: OpId, world: &World) -> Outlook {
        let Some(tool) = &self.ops[op].tool else { return Outlook::Open };
        for (at, check) in tool.requires.iter().enumerate() {
            let Some(keys) = self.deciding(op, at) else { continue };
            let slots = keys.iter().map(|&key| world.slots[key]);
            if slots.clone().any(|slot| !slot.fresh) {
                continue;
            }
            match self.decided(op, at, &slots.map(|slot| slot.value).collect::<Vec<_>>()) {
                Verdict::True => {}
                verdict @ (Verdict::False | Verdict::Undecided(_)) => return Outlook::Requires(check.clone(), verdict),
            }
        }
        Outlook::Open
    }

    /// Returns the keys that alone decide the requirement of `op` at `check`, where these are some of its inputs; none at all
    /// decide one that is about nothing.
    pub(super) fn deciding(&self, op: OpId, check: usize) -> Option<Vec<KeyId>> {
        let Op { tool: Some(tool), inputs, .. } = &self.ops[op] else { return None };
        let names = tool.requires_of.get(check)?.as_deref()?;
        let key =
            |name: &Key| tool.inputs.iter().position(|input| input == name).and_then(|at| inputs.get(at)).copied();
        names.iter().map(key).collect()
    }

    /// Returns what the requirement of `op` at `check` comes to on these values of the keys that decide it; values that
    /// nobody knows yet meet it.
    pub(super) fn decided(&self, op: OpId, check: usize, values: &[Val]) -> Verdict {
        let known = |value: &Val| match value {
            Val::Known(id) => Some(*id),
            Val::Unknown | Val::Missing => None,
        };
        let Some(known) = values.iter().map(known).collect::<Option<Vec<_>>>() else { return Verdict::True };
        let question = (op, check, known);
        if let Some(verdict) = self.memory.early.borrow().get(&question) {
            return verdict.clone();
        }
        let verdict = self.ops[op].tool.as_ref().map_or(Verdict::True, |tool| {
            let names = tool.requires_of.get(check).and_then(|names| names.as_deref()).unwrap_or_default();
            let values = question.2.iter().map(|id| self.memory.get(*id));
            let subject = Subject::Object(names.iter().cloned().zip(values).collect());
            tool.requires.get(check).map_or(Verdict::True, |check| self.memory.judge.judge(&check.condition, &subject))
        });
        self.memory.early.borrow_mut().insert(question, verdict.clone());
        verdict
    }

    /// Returns what is known of `op` on the known values `inputs`, in the order of its declared inputs.
    pub(super) fn outlook(&self, op: OpId, inputs: Vec<ValueId>) -> Outlook {
        let question = (op, inputs);
        if let Some(known) = self.memory.outlooks.borrow().get(&question) {
            return known.clone();
        }
        let outlook = self.look(op, &question.1);
        self.memory.outlooks.borrow_mut().insert(question, outlook.clone());
        outlook
    }

    fn look(&self, op: OpId, inputs: &[ValueId]) -> Outlook {
        let op = &self.ops[op];
        let Some(tool) = &op.tool else { return Outlook::Open };
        if !tool.requires.is_empty() {
            let parts = tool.inputs.iter().zip(inputs).map(|(name, id)| (name.clone(), self.memory.get(*id)));
            let subject = Subject::Object(parts.collect());
            for check in &tool.requires {
                match self.memory.judge.judge(&check.condition, &subject) {
                    Verdict::True => {}
                    verdict @ (Verdict::False | Verdict::Undecided(_)) => {
                        return Outlook::Requires(check.clone(), verdict);
                    }
                }
            }
        }
        // A person's step is wanted for its own sake: that it failed before, or what it returned, is not an objection.
        if op.kept.is_some() {
            return Outlook::Open;
        }
        let hashes = inputs.iter().map(|id| self.memory.hash(*id)).collect();
        match self.request.outcomes.get(&CallKey { tool: tool.name.clone(), inputs: hashes }) {
            None => Outlook::Open,
            Some(Remembered::Failed(error)) => Outlook::Failed(error.clone()),
            Some(Remembered::Refuted(_, why)) => Outlook::Refuted(why.clone()),
            Some(Remembered::Returned(outputs)) => {
                let value = |name| outputs.get(name).map_or(Val::Unknown, |value| Val::Known(self.memory.value(value)));
                Outlook::Returns(op.writes.iter().map(|(_, name)| value(name)).collect())
            }
        }
    }

    /// Returns what the condition of the want at `place` comes to on `value`; a value nobody knows yet meets it.
    pub(super) fn want_met(&self, place: usize, value: Val) -> Verdict {
        let Val::Known(id) = value else { return Verdict::True };
        if let Some(verdict) = self.memory.verdicts.borrow().get(&(place, id)) {
            return verdict.clone();
        }
        let Some((_, condition)) = self.request.wants.get_index(place) else { return Verdict::True };
        let verdict = self.memory.judge.judge(condition, &Subject::Value(self.memory.get(id)));
        self.memory.verdicts.borrow_mut().insert((place, id), verdict.clone());
        verdict
    }

    /// Returns the value of `key` before the first step, if it has one.
    pub(super) fn present(&self, key: KeyId) -> Option<Shared> {
        match self.start.slots[key].value {
            Val::Known(id) => Some(self.memory.get(id)),
            Val::Unknown | Val::Missing => None,
        }
    }
}
