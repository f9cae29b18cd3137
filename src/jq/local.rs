//! Evaluation inside this process, for tests and benchmarks of trusted filters: steps and depth are bounded, memory is not.

use std::sync::Arc;

use jaq_json::Val;
use serde_json::Value;

use super::evaluator::Evaluator;
use super::fault::Fault;
use super::input::Input;
use super::json;
use super::limits::{Cancel, Limits};
use super::stack;

/// Evaluates the questions in order on a thread with a large stack.
pub(super) fn run_many(batch: &[(&str, Input)], limits: Limits, cancel: &Cancel) -> Vec<Result<Value, Fault>> {
    stack::roomy(|| {
        let mut evaluator = Evaluator::default();
        batch.iter().map(|(filter, input)| run(&mut evaluator, filter, input, limits, cancel)).collect()
    })
}

fn run(
    evaluator: &mut Evaluator,
    filter: &str,
    input: &Input,
    limits: Limits,
    cancel: &Cancel,
) -> Result<Value, Fault> {
    // Through JSON as in a worker, so that both engines agree to the last digit.
    let read = |value: &Arc<Value>| {
        let mut bytes = Vec::new();
        json::write_input(value, &mut bytes)?;
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
    evaluator.run(filter, input, limits, Some(cancel.clone()), stack::THREAD_ROOM, &mut out)?;
    serde_json::from_slice(&out).map_err(|error| Fault::Broken(format!("the result is no JSON: {error}")))
}
