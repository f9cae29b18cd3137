//! The worker processes of an evaluator: lent to one caller at a time, replaced when they end.

use std::path::PathBuf;
use std::process::Child;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::fault::Fault;
use super::input::{Input, Json};
use super::input_cache::{CacheUpdate, InputCache};
use super::limits::{Cancel, Limits};
use super::process::Process;
use super::wire;

/// How long to wait for a free worker between two looks at the cancel flag.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A worker process and the inputs that it has cached.
struct Worker {
    process: Process,
    input_cache: InputCache,
    /// Whether it has answered before; one that has not is not suspected of having died while it was idle.
    used: bool,
}

impl Worker {
    /// Asks all of `batch`, which adds at least one result unless an idle worker turns out to be gone.
    /// Says whether the worker can go on.
    fn ask(
        &mut self,
        batch: &[(&str, Input)],
        limits: Limits,
        cancel: &Cancel,
        results: &mut Vec<Result<Value, Fault>>,
    ) -> bool {
        let mut update = CacheUpdate::default();
        let mut questions = Vec::new();
        self.input_cache.tidy(&mut update);
        let mut asked = 0;
        let mut unaskable = None;
        for (filter, input) in batch {
            let start = questions.len();
            wire::put_bytes(&mut questions, filter.as_bytes());
            if let Err(fault) = refer(&mut self.input_cache, input, &mut questions, &mut update) {
                // The rest is asked in the next round.
                questions.truncate(start);
                unaskable = Some(fault);
                break;
            }
            asked += 1;
        }
        let mut frame = vec![0; 4];
        update.write(&mut frame);
        wire::put_limits(&mut frame, limits);
        wire::put_u32(&mut frame, asked);
        frame.extend_from_slice(&questions);
        let length = u32::try_from(frame.len() - 4).unwrap_or(u32::MAX).to_le_bytes();
        frame[..4].copy_from_slice(&length);

        let sent = self.process.ask(&frame);
        if let Err(fault) = self.process.greet(cancel) {
            results.push(Err(fault));
            return false;
        }
        if sent.is_err() && self.used {
            return false;
        }
        for _ in 0..asked {
            let (result, usable) = self.process.reply(limits, cancel);
            results.push(result);
            if !usable {
                return false;
            }
            self.used = true;
        }
        if let Some(fault) = unaskable {
            results.push(Err(fault));
        }
        !self.process.retire
    }
}

#[derive(Default)]
struct State {
    idle: Vec<Worker>,
    /// How many workers are lent out.
    busy: usize,
    /// Killed workers that the system is still taking apart.
    ended: Vec<Child>,
}

/// Starts workers when they are needed, as many as there are cores and at least four.
pub(super) struct Pool {
    executable: PathBuf,
    /// How many workers there may be, once it was asked for: the system reads files to tell.
    most: OnceLock<usize>,
    state: Mutex<State>,
    returned: Condvar,
}

impl Pool {
    pub(super) fn new(executable: PathBuf) -> Self {
        Pool { executable, most: OnceLock::new(), state: Mutex::default(), returned: Condvar::new() }
    }

    /// Returns how many workers there may be.
    fn most(&self) -> usize {
        // More than cores on a small machine: a slow tool shall not keep conditions waiting.
        *self.most.get_or_init(|| thread::available_parallelism().map_or(4, |cores| cores.get().clamp(4, 8)))
    }

    /// Starts a worker before anybody needs it. Where that fails, the first evaluation says so.
    pub(super) fn start_ahead(&self) {
        if let Ok(process) = Process::start(&self.executable) {
            self.lock().idle.push(Worker { process, input_cache: InputCache::default(), used: false });
        }
    }

    /// Evaluates the questions in order. Each has its own limits; a fault of one leaves the others alone.
    pub(super) fn run_many(
        &self,
        batch: &[(&str, Input)],
        limits: Limits,
        cancel: &Cancel,
    ) -> Vec<Result<Value, Fault>> {
        let mut results = Vec::with_capacity(batch.len());
        while results.len() < batch.len() {
            let rest = &batch[results.len()..];
            match self.borrow(rest, cancel) {
                Ok(mut worker) => {
                    let usable = worker.ask(rest, limits, cancel, &mut results);
                    self.give_back(worker, usable);
                }
                // Without a worker none of them can be evaluated.
                Err(fault) => results.resize(batch.len(), Err(fault)),
            }
        }
        results
    }

    /// Takes the idle worker that knows most of the inputs, or starts one, or waits for one.
    fn borrow(&self, batch: &[(&str, Input)], cancel: &Cancel) -> Result<Worker, Fault> {
        let mut state = self.lock();
        state.ended.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
        loop {
            if cancel.is_cancelled() {
                return Err(Fault::Cancelled);
            }
            // Of equals the last, which was used last and is still in the processor's caches.
            let overlap =
                |worker: &Worker| worker.input_cache.overlap(batch.iter().flat_map(|(_, input)| values(input)));
            let best = (0..state.idle.len()).max_by_key(|i| overlap(&state.idle[*i]));
            if let Some(best) = best {
                state.busy += 1;
                return Ok(state.idle.remove(best));
            }
            if state.busy < self.most() {
                state.busy += 1;
                drop(state);
                return match Process::start(&self.executable) {
                    Ok(process) => Ok(Worker { process, input_cache: InputCache::default(), used: false }),
                    Err(fault) => {
                        self.lock().busy -= 1;
                        self.returned.notify_one();
                        Err(fault)
                    }
                };
            }
            state = match self.returned.wait_timeout(state, LOOK_EVERY) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }

    /// Takes back a worker, or kills one that cannot go on.
    fn give_back(&self, worker: Worker, usable: bool) {
        if usable {
            let mut state = self.lock();
            state.idle.push(worker);
            state.busy -= 1;
        } else {
            let ended = worker.process.kill();
            let mut state = self.lock();
            state.ended.extend(ended);
            state.busy -= 1;
        }
        self.returned.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing is left half done under the lock, so a panic elsewhere does not make it useless.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let mut state = self.lock();
        let idle = std::mem::take(&mut state.idle);
        let ended = std::mem::take(&mut state.ended);
        drop(state);
        let killed: Vec<_> = idle.into_iter().filter_map(|worker| worker.process.kill()).chain(ended).collect();
        if killed.is_empty() {
            return;
        }
        // They are dead, but it takes the system a millisecond to say so: nobody on the way out should wait for that.
        // Where the program lives on, no zombie is left behind; where it ends, the system takes them over.
        let reap = move || {
            for mut child in killed {
                let _ = child.wait();
            }
        };
        let _ = std::thread::Builder::new().name("reaper".into()).spawn(reap);
    }
}

fn refer(
    input_cache: &mut InputCache,
    input: &Input,
    question: &mut Vec<u8>,
    update: &mut CacheUpdate,
) -> Result<(), Fault> {
    match input {
        Input::Whole(value) => {
            question.push(0);
            input_cache.refer(value, question, update)
        }
        Input::Fields(fields) => {
            question.push(1);
            wire::put_u32(question, fields.len());
            fields.iter().try_for_each(|(key, value)| {
                wire::put_bytes(question, key.as_bytes());
                input_cache.refer(value, question, update)
            })
        }
    }
}

fn values(input: &Input) -> impl Iterator<Item = &std::sync::Arc<dyn Json>> {
    let (whole, fields) = match input {
        Input::Whole(value) => (Some(value), &[][..]),
        Input::Fields(fields) => (None, &fields[..]),
    };
    whole.into_iter().chain(fields.iter().map(|(_, value)| value))
}
