//! The engine: the one type through which the rest of the program evaluates filters.

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
pub struct Engine(Backend);

#[derive(Clone)]
enum Backend {
    Isolated(Arc<Pool>),
    InThread,
}

impl Engine {
    /// Makes an engine whose filters run in worker processes, started from `executable` on the first evaluation.
    ///
    /// The executable must call [`worker_main`](super::worker_main) for [`WORKER_ARGUMENT`](super::WORKER_ARGUMENT)
    /// and install [`Meter`](super::Meter). Dropping the last clone ends the workers.
    pub fn isolated(executable: PathBuf) -> Self {
        Engine(Backend::Isolated(Arc::new(Pool::new(executable))))
    }

    /// Makes an engine whose workers are this program once more; right for `main`, wrong for tests of the library.
    ///
    /// # Errors
    /// When the system does not tell where the program is.
    pub fn isolated_here() -> std::io::Result<Self> {
        // The link leads to the running program even if its file was replaced in the meantime.
        #[cfg(target_os = "linux")]
        let executable = PathBuf::from("/proc/self/exe");
        #[cfg(not(target_os = "linux"))]
        let executable = std::env::current_exe()?;
        Ok(Engine::isolated(executable))
    }

    /// Makes an engine that runs filters in this process, for tests and trusted filters.
    ///
    /// Steps, time, cancel and recursion are bounded as in a worker; the memory and the time of a single native step
    /// are not.
    pub fn in_thread() -> Self {
        Engine(Backend::InThread)
    }

    /// Starts a worker and does not wait for it: the first evaluation finds one that is ready, or nearly.
    pub fn start_ahead(&self) {
        if let Backend::Isolated(pool) = &self.0 {
            pool.start_ahead();
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
            Backend::InThread => local::run_many(batch, limits, cancel),
        }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Backend::Isolated(_) => "Engine::isolated",
            Backend::InThread => "Engine::in_thread",
        })
    }
}
