//! How much an evaluation may take, and the flag that ends it early.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Bounds one evaluation: steps first, because they are the same on every computer, then the clock.
///
/// Memory (256 MiB above its input), depth and the size of the result are bounded for every evaluation alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Steps: one for each call of a definition, turn of a loop, and value that a generator yields.
    pub steps: u64,
    /// Time on the clock, from the moment at which the evaluation starts.
    pub wall: Duration,
}

impl Limits {
    /// Bounds a condition or a summary: one second.
    pub const CONDITION: Limits = Limits::lasting(Duration::from_secs(1));

    /// Bounds a tool whose file names no timeout: one minute.
    pub const TOOL: Limits = Limits::lasting(Duration::from_secs(60));

    /// Returns the bounds that go with a timeout: a million steps for each second.
    ///
    /// A step takes a tenth to half of a microsecond, so that the steps run out before the clock does.
    pub const fn lasting(wall: Duration) -> Limits {
        let micros = wall.as_micros();
        let steps = if micros > u64::MAX as u128 { u64::MAX } else { micros as u64 };
        Limits { steps, wall }
    }
}

/// Ends evaluations early, from any thread; clones share one flag, and a set flag stays set.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Makes a flag that is not set.
    pub fn new() -> Self {
        Cancel::default()
    }

    /// Makes the flag that `flag` is: one that a signal sets.
    pub fn on(flag: Arc<AtomicBool>) -> Self {
        Cancel(flag)
    }

    /// Sets the flag: every evaluation that holds it ends within 50 ms with `Fault::Cancelled`.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Says whether the flag is set.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
