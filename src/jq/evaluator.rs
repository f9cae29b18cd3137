//! The evaluator: the one type through which the rest of the program evaluates filters.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::fault::Fault;
use super::input::Input;
use super::limits::{Cancel, Limits};
use super::local;
use super::pool::Pool;

/// Evaluates filters; clones share their workers, and calls from several threads run side by side.
#[derive(Clone)]
pub struct Evaluator(Backend);

#[derive(Clone)]
enum Backend {
    Isolated(Arc<Pool>),
    /// As before, but what is shown to be cheap runs in this process.
    Sparing(Arc<Pool>),
    InThread,
}

impl Evaluator {
    /// Makes an evaluator whose filters run in worker processes, started from `executable` on the first evaluation.
    ///
    /// The executable must call [`worker_main`](super::worker_main) for [`WORKER_ARGUMENT`](super::WORKER_ARGUMENT)
    /// and install [`Meter`](super::Meter). Dropping the last clone ends the workers.
    pub fn isolated(executable: PathBuf) -> Self {
        Evaluator(Backend::Isolated(Arc::new(Pool::new(executable))))
    }

    /// Makes an evaluator whose workers are this program once more; right for `main`, wrong for tests of the library.
    ///
    /// # Errors
    /// When the system does not tell where the program is.
    pub fn isolated_here() -> std::io::Result<Self> {
        // The link leads to the running program even if its file was replaced in the meantime.
        #[cfg(target_os = "linux")]
        let executable = PathBuf::from("/proc/self/exe");
        #[cfg(not(target_os = "linux"))]
        let executable = std::env::current_exe()?;
        Ok(Evaluator::isolated(executable))
    }

    /// Returns the evaluator that starts no worker for a filter that is shown to be cheap on its input: that runs in this
    /// process, on the calling thread, and saves the two milliseconds that a worker takes to start.
    #[must_use]
    pub fn sparing(self) -> Self {
        match self.0 {
            Backend::Isolated(pool) | Backend::Sparing(pool) => Evaluator(Backend::Sparing(pool)),
            Backend::InThread => Evaluator(Backend::InThread),
        }
    }

    /// Makes an evaluator that runs filters in this process, for tests and trusted filters.
    ///
    /// Steps, time, cancel and recursion are bounded as in a worker; the memory and the time of a single native step
    /// are not.
    pub fn in_thread() -> Self {
        Evaluator(Backend::InThread)
    }

    /// Starts a worker and does not wait for it: the first evaluation finds one that is ready, or nearly.
    pub fn start_ahead(&self) {
        match &self.0 {
            Backend::Isolated(pool) | Backend::Sparing(pool) => pool.start_ahead(),
            Backend::InThread => {}
        }
    }

    /// Tells whether evaluating `filter` takes a worker, whatever its input.
    pub fn needs_worker(&self, filter: &str) -> bool {
        match &self.0 {
            Backend::Isolated(_) => true,
            Backend::Sparing(_) => !local::may_run_here(filter),
            Backend::InThread => false,
        }
    }

    /// Returns the first output of `filter` for `input`; blocks until it is there.
    ///
    /// # Errors
    /// See [`Fault`]; within the wall limit plus 50 ms, or within 50 ms of a cancel.
    pub fn run(&self, filter: &str, input: &Input, limits: Limits, cancel: &Cancel) -> Result<Value, Fault> {
        let results = self.run_many(&[(filter, input.clone())], limits, cancel);
        results.into_iter().next().unwrap_or(Err(Fault::Empty))
    }

    /// Evaluates many filters in one round trip, one result for each, in order.
    ///
    /// The limits hold for each by itself; a fault of one leaves the others alone.
    pub fn run_many(&self, batch: &[(&str, Input)], limits: Limits, cancel: &Cancel) -> Vec<Result<Value, Fault>> {
        match &self.0 {
            Backend::Isolated(pool) => pool.run_many(batch, limits, cancel),
            Backend::Sparing(pool) => run_sparing(pool, batch, limits, cancel),
            Backend::InThread => local::run_many(batch, limits, cancel),
        }
    }
}

/// Evaluates here what is shown to be cheap, and sends a worker the rest in one round trip.
fn run_sparing(pool: &Pool, batch: &[(&str, Input)], limits: Limits, cancel: &Cancel) -> Vec<Result<Value, Fault>> {
    if cancel.is_cancelled() {
        return vec![Err(Fault::Cancelled); batch.len()];
    }
    let here = batch.iter().map(|(filter, input)| local::run_if_cheap(filter, input, limits, cancel));
    let here: Vec<Option<Result<Value, Fault>>> = here.collect();
    let left = batch.iter().zip(&here).filter(|(_, result)| result.is_none()).map(|(question, _)| question.clone());
    let left: Vec<(&str, Input)> = left.collect();
    let mut asked = if left.is_empty() { Vec::new() } else { pool.run_many(&left, limits, cancel) }.into_iter();
    here.into_iter().map(|result| result.or_else(|| asked.next()).unwrap_or(Err(Fault::Empty))).collect()
}

impl std::fmt::Debug for Evaluator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Backend::Isolated(_) => "Evaluator::isolated",
            Backend::Sparing(_) => "Evaluator::sparing",
            Backend::InThread => "Evaluator::in_thread",
        })
    }
}
