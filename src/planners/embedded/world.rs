//! The world as a plan imagines it: what each key holds after some steps, and what went stale on the way.

use super::memory::{Outlook, ValueId};
use super::problem::{KeyId, OpId, Problem};

/// What is known of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Val {
    /// There is none.
    Missing,
    /// It is there, and this one.
    Known(ValueId),
    /// It will be there; nobody knows yet what it is.
    Unknown,
}

/// What made a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Made {
    /// It was there before the plan.
    Before,
    /// A step of the plan.
    By(OpId),
}

/// One key in an imagined world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Slot {
    /// Its value.
    pub(super) value: Val,
    /// Whether it can be relied on.
    pub(super) fresh: bool,
    /// What made it: that use's inputs, or the fact's sources, are what it was made from.
    pub(super) made: Made,
}

/// What every key holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct World {
    /// By key.
    pub(super) slots: Vec<Slot>,
}

/// Why a use is not possible, or the goal not reached, in a world.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Obstacle {
    /// A key has no value.
    Missing(KeyId),
    /// A key's value is stale or refuted.
    Stale(KeyId),
    /// What is known of the use speaks against it.
    Outlook(Outlook),
    /// A want (by place) is not met by the value that its key would have.
    Want(usize),
}

impl Problem<'_> {
    /// Lets `op` run in `world`; every output is written again, so that what was made from the old one is stale.
    pub(super) fn run(&self, world: &mut World, op: OpId) -> Result<(), Obstacle> {
        for &key in &self.ops[op].reads {
            let slot = world.slots[key];
            match slot.value {
                Val::Missing => return Err(Obstacle::Missing(key)),
                Val::Known(_) | Val::Unknown if !slot.fresh => return Err(Obstacle::Stale(key)),
                Val::Known(_) | Val::Unknown => {}
            }
        }
        let outputs = match self.outlook_in(op, world) {
            Outlook::Open => None,
            Outlook::Returns(values) => Some(values),
            against @ (Outlook::Requires(..) | Outlook::Failed(_) | Outlook::Refuted(_)) => {
                return Err(Obstacle::Outlook(against));
            }
        };
        for (at, (key, _)) in self.ops[op].writes.iter().enumerate() {
            let value = outputs.as_ref().and_then(|values| values.get(at)).copied().unwrap_or(Val::Unknown);
            world.slots[*key] = Slot { value, fresh: true, made: Made::By(op) };
            self.spread(world, *key);
        }
        // A step that overwrites what its own inputs were made from: what it made is born stale.
        if self.ops[op].reads.iter().any(|&key| !world.slots[key].fresh) {
            for (key, _) in &self.ops[op].writes {
                world.slots[*key].fresh = false;
                self.spread(world, *key);
            }
        }
        Ok(())
    }

    /// Marks as stale what was made from `key`, and what was made from that. Iterative: chains may be long.
    pub(super) fn spread(&self, world: &mut World, key: KeyId) {
        let mut todo = vec![key];
        while let Some(key) = todo.pop() {
            let mut stale = |world: &mut World, key: KeyId, made: Made| {
                let slot = &mut world.slots[key];
                if slot.fresh && slot.made == made {
                    slot.fresh = false;
                    todo.push(key);
                }
            };
            for &made in &self.made_from[key] {
                stale(world, made, Made::Before);
            }
            for &reader in &self.readers[key] {
                for (made, _) in &self.ops[reader].writes {
                    stale(world, *made, Made::By(reader));
                }
            }
        }
    }

    /// Tells whether every wanted key is there, fresh and as it is wanted.
    pub(super) fn reached(&self, world: &World) -> Result<(), Obstacle> {
        for (place, &key) in self.wants.iter().enumerate() {
            let slot = world.slots[key];
            if slot.value == Val::Missing {
                return Err(Obstacle::Missing(key));
            }
            if !slot.fresh {
                return Err(Obstacle::Stale(key));
            }
            if self.want_met(place, slot.value) != crate::engine::event::Verdict::True {
                return Err(Obstacle::Want(place));
            }
        }
        Ok(())
    }

    /// Walks `ops` from the present: the place of the first step that is not possible (their number: the goal), and why.
    pub(super) fn walk(&self, ops: &[OpId]) -> Result<(), (usize, Obstacle)> {
        let mut world = self.start.clone();
        for (at, &op) in ops.iter().enumerate() {
            self.run(&mut world, op).map_err(|obstacle| (at, obstacle))?;
        }
        self.reached(&world).map_err(|obstacle| (ops.len(), obstacle))
    }
}
