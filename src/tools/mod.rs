//! Who answers "call": a table of kinds, one file each, with the same contract around every one of them.
//!
//! [`call`] blocks until the tool has answered: run it where waiting harms nobody. A tool sees its declared inputs
//! and nothing else; what it returns is put under its declared outputs, checked, and only then handed back.
//! What a person answers (an `ask` tool, an unbound step) goes through the same contract by [`answer`].
//!
//! A new kind: one file with a [`Kind`], one line in [`KINDS`], and its reading in `goal_file/`.

pub mod ask;
mod contract;
mod file;
pub mod filter;
mod jq;
mod value;

use std::sync::Arc;

use crate::engine::effect::{Call, CallOutcome, CallReport, Subject};
use crate::engine::event::Mark;
use crate::engine::goal::Nature;
use crate::engine::value::{Shared, Value};
use crate::jq::{Cancel, Evaluator, Limits};

pub use contract::nests_deeper;

/// A way to run a tool: "a tool of kind `jq`".
trait Kind: Sync {
    /// Returns the word that it goes by in the goal file.
    fn name(&self) -> &'static str;

    /// Runs the tool once. The sentence says why it failed.
    fn run(&self, spec: &Shared, given: &Given<'_>) -> Result<Shared, String>;
}

/// What one attempt may use.
struct Given<'a> {
    call: &'a Call,
    inputs: &'a Subject,
    jq: &'a Evaluator,
    cancel: &'a Cancel,
}

/// The kinds that can be called. `ask` is not among them: a person answers it.
static KINDS: [&dyn Kind; 3] = [&jq::Jq, &value::Literal, &file::FromFile];

/// Calls the tool of `call` and holds it to its contract. Blocks; ends soon after `cancel`.
///
/// A surprise that was laid in wait answers instead, by the same contract. The wait before a retry is the caller's.
pub fn call(call: &Call, jq: &Evaluator, cancel: &Cancel) -> CallReport {
    match &call.instead {
        Some(Ok(result)) => settle(call, result.clone(), Mark::Injected, jq, cancel),
        Some(Err(error)) => report(CallOutcome::Failed(error.clone()), None, Mark::Injected),
        None => match call.gathered.clone().unwrap_or_else(|| run(call, jq, cancel).map_err(Arc::from)) {
            Ok(result) => settle(call, result, Mark::Ran, jq, cancel),
            Err(error) => report(CallOutcome::Failed(error), None, Mark::Ran),
        },
    }
}

/// Tells whether a person answers `call`: it has no tool, or one that asks.
pub fn is_asked(call: &Call) -> bool {
    call.tool.as_ref().is_none_or(|tool| tool.run.nature == Nature::Asked)
}

/// Holds what a person answered to the contract of `call`: an `ask` tool's, or an unbound step's.
pub fn answer(call: &Call, answer: Shared, jq: &Evaluator, cancel: &Cancel) -> CallReport {
    if let Some(why) = ask::unfit(call, &answer) {
        return report(CallOutcome::Failed(why.into()), None, Mark::Answered);
    }
    settle(call, answer, Mark::Answered, jq, cancel)
}

fn run(call: &Call, jq: &Evaluator, cancel: &Cancel) -> Result<Shared, String> {
    let Some(tool) = &call.tool else {
        return Err("this step has no tool: a person says what came back".into());
    };
    let Some(kind) = KINDS.iter().find(|kind| kind.name() == &*tool.run.kind) else {
        let known: Vec<&str> = KINDS.iter().map(|kind| kind.name()).collect();
        return Err(format!(
            "this planscope cannot run a tool of kind {}: it knows {}",
            tool.run.kind,
            known.join(", ")
        ));
    };
    let inputs = Subject::Object(call.inputs.clone());
    kind.run(&tool.run.spec, &Given { call, inputs: &inputs, jq, cancel })
}

/// Puts `result` under the declared outputs, judges every `ensures`, and asks for the summary.
fn settle(call: &Call, result: Shared, mark: Mark, jq: &Evaluator, cancel: &Cancel) -> CallReport {
    let outputs = match contract::outputs(call, &result) {
        Ok(outputs) => outputs,
        Err(error) => return report(CallOutcome::Failed(error.into()), None, mark),
    };
    let subject = Subject::Object(call.inputs.iter().chain(&outputs).cloned().collect());
    if let Some(broken) = contract::broken(call, &subject, jq, cancel) {
        let outputs = outputs.into_iter().collect();
        return report(CallOutcome::Refuted(outputs, broken.into()), None, mark);
    }
    let summary = call.tool.as_ref().and_then(|tool| summary(tool.summary.as_deref()?, &subject, jq, cancel));
    report(CallOutcome::Done(outputs.into_iter().collect()), summary, mark)
}

/// Returns the line for the trace. A summary that fails is no failure of the tool: the trace shows the value then.
fn summary(filter: &str, subject: &Subject, jq: &Evaluator, cancel: &Cancel) -> Option<Arc<str>> {
    match filter::first(jq, filter, subject, Limits::CONDITION, cancel).ok()? {
        Value::Null => None,
        Value::String(text) => Some(text.into()),
        other => Some(other.to_string().into()),
    }
}

fn report(outcome: CallOutcome, summary: Option<Arc<str>>, mark: Mark) -> CallReport {
    CallReport { outcome, summary, wall_ms: None, mark }
}

#[cfg(test)]
mod tests;
