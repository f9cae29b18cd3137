//! Folding in breakpoints: set and removed, hit, judged; and what every other event means to them.

use std::sync::Arc;

use crate::engine::breakpoint::{Before, Breakpoint, BreakpointId, Hit};
use crate::engine::event::{Event, Pace, Seq, Stop};
use crate::engine::state::{Phase, State};

impl State {
    pub(super) fn set_breakpoint(&mut self, seq: Seq, id: BreakpointId, breakpoint: Option<&Breakpoint>) {
        let breakpoints = Arc::make_mut(&mut self.breakpoints);
        match breakpoint {
            Some(breakpoint) => breakpoints.set(seq, id, breakpoint),
            None => breakpoints.remove(id),
        }
        if let Some(inner) = &mut self.inner {
            Arc::make_mut(inner).set_breakpoint(seq, id, breakpoint);
        }
    }

    pub(super) fn broke(&mut self, seq: Seq, hit: &Hit) {
        Arc::make_mut(&mut self.breakpoints).told(seq, hit);
        if !hit.stops {
            return;
        }
        self.pace_inside(&Pace::Paused);
        self.pace = Pace::Paused;
        self.halted = true;
        if !matches!(&self.stop, Some(Stop::Breakpoint { hit: first }) if first.event == hit.event) {
            self.stop = Some(Stop::Breakpoint { hit: Arc::new(hit.clone()) });
        }
    }

    /// Takes in that a breakpoint was hit inside the loop of the running step.
    pub(in crate::engine) fn broke_inside(&mut self, seq: Seq, hit: &Hit) {
        Arc::make_mut(&mut self.breakpoints).count(seq, hit);
        if hit.stops {
            self.pace = Pace::Paused;
        }
    }

    /// Notes where a person stands who sets this pace.
    pub(super) fn stand(&mut self, pace: &Pace) {
        if self.breakpoints.is_empty() {
            return;
        }
        let single = matches!(pace, Pace::Steps(_) | Pace::Into);
        // Who asks for more while a step is under way does not stand at the next one yet.
        let stands = *pace != Pace::Paused && !matches!(self.phase, Phase::Running { .. } | Phase::Planning { .. });
        let at = self.next_step().filter(|_| stands).map(|step| (step.id.clone(), single));
        Arc::make_mut(&mut self.breakpoints).stand(at);
        if let Some(inner) = &mut self.inner {
            Arc::make_mut(inner).stand(pace);
        }
    }

    /// Lets the breakpoints look at what `event` did.
    pub(super) fn meet(&mut self, before: &Before, event: &Event) {
        let mut breakpoints = std::mem::take(&mut self.breakpoints);
        Arc::make_mut(&mut breakpoints).meet(before, event, self);
        self.breakpoints = breakpoints;
    }

    /// Lets the session go on where it was halted and a person acts.
    pub(super) fn lift(&mut self, event: &Event) {
        if !event.lifts() {
            return;
        }
        if self.halted {
            self.halted = false;
            self.stop = self.stop.take().filter(|stop| !matches!(stop, Stop::Breakpoint { .. } | Stop::Replan));
        }
        if let Some(inner) = &mut self.inner
            && !matches!(event, Event::Inner { .. })
            && inner.is_halted()
        {
            Arc::make_mut(inner).lift(event);
        }
    }

    /// Tells whether nothing follows by itself, here or in the loop inside, before a person acts.
    fn is_halted(&self) -> bool {
        self.halted || self.inner.as_ref().is_some_and(|inner| inner.is_halted())
    }

    /// Returns the hit at which the session stopped last, here or in the loop inside, if nobody let it go on since.
    pub fn stopped_at(&self) -> Option<&Arc<Hit>> {
        let inside = self.inner.as_ref().and_then(|inner| inner.stopped_at());
        inside.or(match &self.stop {
            Some(Stop::Breakpoint { hit }) => Some(hit),
            _ => None, // it stopped for another reason, or goes on
        })
    }
}
