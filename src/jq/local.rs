//! Evaluation inside this process: of filters that are shown to be cheap, and, for tests and benchmarks, of trusted ones.
//! Steps and depth are bounded, memory is not.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jaq_json::Val;
use serde_json::Value;

use super::fault::Fault;
use super::input::{Input, Json};
use super::json;
use super::limits::{Cancel, Limits};
use super::program_cache::ProgramCache;
use super::tree::Tree;
use super::{cost, stack, syntax};

/// How many steps a filter may take in this process before a worker takes it over, and how long.
const SHORT: Limits = Limits { steps: 50_000, wall: Duration::from_millis(20) };

/// How much of the caller's stack it may use.
const ROOM: usize = 256 << 10;

/// How many filters are remembered that may not run here.
const REMEMBERED: usize = 256;

/// What a thread keeps from one evaluation to the next.
#[derive(Default)]
struct ThreadState {
    program_cache: ProgramCache,
    /// Filters that may not run here, whatever their input.
    uncounted: HashSet<String>,
}

thread_local! {
    static THREAD_STATE: RefCell<ThreadState> = RefCell::default();
}

/// Evaluates `filter` here and now if it is shown to be cheap on `input`; `None` where a worker has to do it.
pub(super) fn run_if_cheap(
    filter: &str,
    input: &Input,
    limits: Limits,
    cancel: &Cancel,
) -> Option<Result<Value, Fault>> {
    let size = cost::size(input)?;
    THREAD_STATE.with_borrow_mut(|here| {
        if here.uncounted.contains(filter) {
            return None;
        }
        match if_cheap(filter, |tree| cost::is_cheap(tree, size)) {
            Some(true) => {}
            Some(false) => return None,
            None => {
                if here.uncounted.len() >= REMEMBERED {
                    here.uncounted.clear();
                }
                here.uncounted.insert(filter.to_owned());
                return None;
            }
        }
        let short = Limits { steps: limits.steps.min(SHORT.steps), wall: limits.wall.min(SHORT.wall) };
        match run(&mut here.program_cache, filter, input, short, cancel, ROOM) {
            // A worker has the limits that were meant; and what fails in an unknown way fails there.
            Err(Fault::Steps | Fault::Wall | Fault::Depth | Fault::Broken(_)) => None,
            result => Some(result),
        }
    })
}

/// Tells whether `filter` may run in this process on small inputs.
pub(super) fn may_run_here(filter: &str) -> bool {
    if_cheap(filter, |_| true).is_some()
}

/// Returns what `ask` says of the syntax tree of `filter`; `None` where there is no input on which it may run here.
fn if_cheap<T>(filter: &str, ask: impl FnOnce(&Tree<'_>) -> T) -> Option<T> {
    // The tree of any other text may need more stack than there is.
    if !stack::is_shallow(filter) {
        return None;
    }
    let tree = syntax::parse(filter).ok()?;
    cost::is_cheap(&tree, 1).then(|| ask(&tree))
}

/// Evaluates the questions in order on a thread with a large stack.
pub(super) fn run_many(batch: &[(&str, Input)], limits: Limits, cancel: &Cancel) -> Vec<Result<Value, Fault>> {
    stack::roomy(|| {
        let mut program_cache = ProgramCache::default();
        batch
            .iter()
            .map(|(filter, input)| run(&mut program_cache, filter, input, limits, cancel, stack::THREAD_ROOM))
            .collect()
    })
}

fn run(
    program_cache: &mut ProgramCache,
    filter: &str,
    input: &Input,
    limits: Limits,
    cancel: &Cancel,
    stack_room: usize,
) -> Result<Value, Fault> {
    // Through JSON as in a worker, so that both backends agree to the last digit.
    let read = |value: &Arc<dyn Json>| {
        let mut bytes = Vec::new();
        json::write_input(value.given(), &mut bytes)?;
        json::read(&bytes)
    };
    let input = match input {
        Input::Whole(value) => read(value)?,
        Input::Fields(fields) => {
            let fields = fields.iter().map(|(key, value)| Ok((Val::from(key.clone()), read(value)?)));
            Val::obj(fields.collect::<Result<_, Fault>>()?)
        }
    };
    let mut out = Vec::new();
    program_cache.run(filter, input, limits, Some(cancel.clone()), stack_room, &mut out)?;
    serde_json::from_slice(&out).map_err(|error| Fault::Broken(format!("the result is not JSON: {error}")))
}
