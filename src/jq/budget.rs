//! The budget of one evaluation: steps, clock, cancel flag and stack depth; ends the evaluation that exceeds it.

use std::cell::Cell;
use std::time::Instant;

use jaq_core::data::HasLut;
use jaq_core::{DataT, Exn, Lut};
use jaq_json::Val;

use super::fault::Fault;
use super::limits::{Cancel, Limits};

/// How many steps pass between two looks at the clock, which costs more than a step.
const LOOK_EVERY: u32 = 256;

/// Why an evaluation was stopped from inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    Steps,
    Wall,
    Cancelled,
    Depth,
}

/// What one evaluation may still use.
pub(super) struct Budget {
    steps_left: Cell<u64>,
    until_look: Cell<u32>,
    deadline: Option<Instant>,
    cancel: Option<Cancel>,
    /// The lowest stack address at which recursion may still go deeper.
    stack_floor: usize,
    stopped: Cell<Option<Stop>>,
}

impl Budget {
    /// Starts the clock now; the evaluation may use `stack_room` bytes below the caller's frame.
    pub(super) fn start(limits: Limits, cancel: Option<Cancel>, stack_room: usize) -> Self {
        Budget {
            steps_left: Cell::new(limits.steps),
            until_look: Cell::new(1),
            deadline: Instant::now().checked_add(limits.wall),
            cancel,
            stack_floor: stack_address().saturating_sub(stack_room),
            stopped: Cell::new(None),
        }
    }

    /// Counts one step. The `Err` is jaq's "halt", the one exception that no filter can catch.
    #[inline]
    pub(super) fn tick<'a>(&self) -> Result<(), Exn<'a, Val>> {
        let left = self.steps_left.get();
        if left == 0 || self.stopped.get().is_some() {
            return self.stop(Stop::Steps);
        }
        self.steps_left.set(left - 1);
        if stack_address() < self.stack_floor {
            return self.stop(Stop::Depth);
        }
        match self.until_look.get().checked_sub(1) {
            Some(rest) if rest > 0 => self.until_look.set(rest),
            _ => return self.look(),
        }
        Ok(())
    }

    #[cold]
    fn look<'a>(&self) -> Result<(), Exn<'a, Val>> {
        self.until_look.set(LOOK_EVERY);
        if self.cancel.as_ref().is_some_and(Cancel::is_cancelled) {
            return self.stop(Stop::Cancelled);
        }
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return self.stop(Stop::Wall);
        }
        Ok(())
    }

    #[cold]
    fn stop<'a>(&self, stop: Stop) -> Result<(), Exn<'a, Val>> {
        // The first reason stays: what follows is the filter unwinding.
        if self.stopped.get().is_none() {
            self.stopped.set(Some(stop));
        }
        Err(Exn::halt(1))
    }

    /// Returns why the evaluation was stopped, if it was.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.stopped.get().map(|stop| match stop {
            Stop::Steps => Fault::Steps,
            Stop::Wall => Fault::Wall,
            Stop::Cancelled => Fault::Cancelled,
            Stop::Depth => Fault::Depth,
        })
    }
}

/// Returns roughly where the top of the stack is.
#[inline(always)]
fn stack_address() -> usize {
    let here = 0u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}

/// The types that instrumented filters work on: jaq's JSON values, and a budget beside the program.
pub(super) struct Instrumented;

impl DataT for Instrumented {
    type V<'a> = Val;
    type Data<'a> = Running<'a>;
}

/// What a running filter can reach: its program and its budget.
#[derive(Clone, Copy)]
pub(super) struct Running<'a> {
    pub(super) lut: &'a Lut<Instrumented>,
    pub(super) budget: &'a Budget,
}

impl<'a> HasLut<'a, Instrumented> for Running<'a> {
    fn lut(&self) -> &'a Lut<Instrumented> {
        self.lut
    }
}
