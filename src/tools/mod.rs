//! Who answers "call": a table of kinds, one file each, with the same contract around every one of them.
//!
//! [`call`] blocks until the tool has answered: run it where waiting harms nobody. A tool sees its declared inputs
//! and nothing else; what it returns is put under its declared outputs, checked, and only then handed back.
//! What a person answers (an `ask` tool, an unbound step) goes through the same contract by [`answer`].
//!
//! **A new kind** is one file and one line:
//!
//! 1. `src/tools/NAME.rs` with a `static KIND:` [`Kind`], which says all there is to say of it: its name in goal files,
//!    by which [`Way`] it is run (and so its nature), its timeout and risk where a tool does not say, its part of the
//!    JSON Schema, how its settings are read, and the function that runs it. A kind that leaves one out does not
//!    compile.
//! 2. Its line in [`KINDS`].
//!
//! Goal files may use it then, faults in its settings are named with line and column, its nature decides what is on
//! disk before it runs and what runs again by itself after a crash, and `planscope schema` describes it
//! (`cargo run -- schema > assets/goal.schema.json` takes that over for editors; a test compares).
//! `tests/it/tables.rs` follows this recipe.
//!
//! **Invariant:** nothing here names the goal file's reader, a planner, a screen or the runtime. `goal_file` names the
//! kinds and lends them a [`reading::Reading`]; the runtime calls them and lends them a [`Host`].

pub mod ask;
pub mod command;
mod contract;
mod explore;
mod file;
pub mod filter;
mod jq;
mod launching;
pub mod mcp;
mod pool;
mod process;
pub mod program;
pub mod reading;
pub mod recorded;
pub mod secrets;
mod stderr;
mod value;

use std::cell::Cell;
use std::sync::Arc;

use crate::engine::effect::{Call, CallOutcome, CallReport, Subject};
use crate::engine::event::Mark;
use crate::engine::goal::{Catalogue, Nature, Risk, Run, Tool};
use crate::engine::launch::Ran;
use crate::engine::notice::Notices;
use crate::engine::value::{Shared, Value};
use crate::jq::{Cancel, Evaluator, Limits};

use reading::{Reading, Shape};

pub use crate::engine::value::nests_deeper;
#[cfg(unix)]
pub use process::guard;

/// How long one attempt of a computed tool may take where it does not say, in milliseconds.
pub const TIMEOUT_MS: u64 = 60_000;

/// The kinds, in the order in which they are listed to people.
pub static KINDS: &[&Kind] = &[
    &jq::KIND,
    &value::KIND,
    &file::KIND,
    &command::KIND,
    &program::KIND,
    &mcp::KIND,
    &ask::KIND,
    &explore::KIND,
    &recorded::KIND,
];

/// A table of kinds, as the reader and the runtime are handed one: [`KINDS`].
pub type Kinds = &'static [&'static Kind];

/// A kind of tool: everything that there is to say of it.
pub struct Kind {
    /// The word that it goes by in the goal file, and that a session records.
    pub name: &'static str,
    /// How it is run.
    pub way: Way,
    /// How long one attempt may take where the tool does not say.
    pub timeout: Timeout,
    /// How much harm a run may do where the tool does not say.
    pub risk: Risk,
    /// Whether a run reads from the folder of the goal file, and so needs to know where that is.
    pub in_folder: bool,
    /// The JSON Schema of its settings, as JSON.
    pub schema: &'static str,
    /// The shape of its settings where they are an object.
    pub shape: Option<&'static Shape>,
    /// Reads its settings: notes what is wrong, and puts into the run what the engine has to know of them.
    pub read: fn(&mut dyn Reading, &mut Run),
    /// Notes what is wrong with a tool of this kind (where the reading stands) beside the other tools.
    pub check: fn(&mut dyn Reading, &Tool, &Catalogue),
}

/// How tools of a kind are run, and so what a run touches.
#[derive(Clone, Copy)]
pub enum Way {
    /// Computed from its inputs and from data that a session may rely on: it can run again.
    Pure(Runner),
    /// Answered from a record: it can be asked again, and says so.
    Recorded(Runner),
    /// It reaches outside: its start is on disk before, and it does not run again by itself.
    Outside(Runner),
    /// A person answers.
    Asked,
    /// The session goes on inside it: its `read` says which loop.
    Inside,
}

/// Runs a tool once. The sentence says why it failed.
pub type Runner = fn(&Given<'_>) -> Result<Shared, String>;

/// How long one attempt may take where a tool does not say.
#[derive(Clone, Copy, Debug)]
pub enum Timeout {
    /// So many milliseconds.
    Default(u64),
    /// As long as it takes.
    Unlimited,
    /// As long as it takes, and a tool may not say otherwise.
    Refused {
        /// Why, in a sentence.
        message: &'static str,
        /// What to do.
        hint: &'static str,
    },
}

impl Kind {
    /// Returns what a run touches.
    pub fn nature(&self) -> Nature {
        match self.way {
            Way::Pure(_) | Way::Recorded(_) => Nature::Pure,
            Way::Outside(_) => Nature::Outside,
            Way::Asked => Nature::Asked,
            Way::Inside => Nature::Inside,
        }
    }
}

/// Returns the kind of this name in `kinds`, or none if there is no such kind.
pub fn kind(kinds: Kinds, name: &str) -> Option<&'static Kind> {
    kinds.iter().copied().find(|kind| kind.name == name)
}

/// Returns the names of `kinds`, as a sentence lists them.
pub fn names(kinds: Kinds) -> String {
    kinds.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ")
}

/// What one attempt is given.
pub struct Given<'a> {
    /// The settings of the tool, as they stand in the goal file.
    pub spec: &'a Shared,
    /// The attempt.
    pub call: &'a Call,
    /// The declared inputs.
    pub inputs: &'a Subject,
    /// What else it may use.
    pub host: &'a Host<'a>,
    /// Where a tool that starts a program leaves what is known of it.
    pub ran: Cell<Option<Arc<Ran>>>,
}

/// What a tool may use while it runs.
pub struct Host<'a> {
    /// The kinds that can be run.
    pub kinds: Kinds,
    /// Evaluates filters.
    pub jq: &'a Evaluator,
    /// Says whether anybody still waits for the answer.
    pub cancel: &'a Cancel,
    /// Takes progress: shown, never journaled.
    pub notices: &'a dyn Notices,
    /// The programs that stay alive between calls.
    pub programs: &'a program::Programs,
}

/// Calls the tool of `call` and holds it to its contract. Blocks; ends soon after it was cancelled.
///
/// A surprise that was armed answers instead, by the same contract. The wait before a retry is the caller's.
pub fn call(call: &Call, host: &Host<'_>) -> CallReport {
    let Host { jq, cancel, .. } = host;
    match &call.instead {
        Some(Ok(result)) => settle(call, result.clone(), Mark::Injected, jq, cancel),
        Some(Err(error)) => report(CallOutcome::Failed(error.clone()), None, Mark::Injected),
        None => {
            let mut ran = None;
            let result = call.gathered.clone().unwrap_or_else(|| run(call, host, &mut ran).map_err(Arc::from));
            let mark = mark(call, host.kinds);
            let report = match result {
                Ok(result) => settle(call, result, mark, jq, cancel),
                Err(error) => report(CallOutcome::Failed(error), None, mark),
            };
            CallReport { ran, ..report }
        }
    }
}

/// Holds what a person answered to the contract of `call`: an `ask` tool's, or an unbound step's.
pub fn answer(call: &Call, answer: Shared, jq: &Evaluator, cancel: &Cancel) -> CallReport {
    if let Some(why) = ask::unfit(call, &answer) {
        return report(CallOutcome::Failed(why.into()), None, Mark::Answered);
    }
    settle(call, answer, Mark::Answered, jq, cancel)
}

/// Returns what an answer of the tool of `call` is in the trace.
fn mark(call: &Call, kinds: Kinds) -> Mark {
    match call.tool.as_ref().and_then(|tool| kind(kinds, &tool.run.kind)).map(|kind| kind.way) {
        Some(Way::Recorded(_)) => Mark::Recorded,
        Some(Way::Pure(_) | Way::Outside(_) | Way::Asked | Way::Inside) | None => Mark::Ran,
    }
}

fn run(call: &Call, host: &Host<'_>, ran: &mut Option<Arc<Ran>>) -> Result<Shared, String> {
    let Some(tool) = &call.tool else {
        return Err("this step has no tool: a person says what came back".into());
    };
    let name = &tool.run.kind;
    let Some(kind) = kind(host.kinds, name) else {
        return Err(format!("this planscope cannot run a tool of kind {name}: it knows {}", names(host.kinds)));
    };
    let inputs = Subject::Object(call.inputs.clone());
    match kind.way {
        Way::Pure(run) | Way::Recorded(run) | Way::Outside(run) => {
            let given = Given { spec: &tool.run.spec, call, inputs: &inputs, host, ran: Cell::default() };
            let result = run(&given);
            *ran = given.ran.take();
            result
        }
        Way::Asked => Err(format!("a person answers a tool of kind {name}")),
        Way::Inside => Err(format!("a tool of kind {name} is not called: the session goes on inside it")),
    }
}

/// Puts `result` under the declared outputs, judges every `ensures`, and asks for the summary.
fn settle(call: &Call, result: Shared, mark: Mark, jq: &Evaluator, cancel: &Cancel) -> CallReport {
    let outputs = match contract::outputs(call, &result) {
        Ok(outputs) => outputs,
        // What a person answers is refused before it counts as an answer.
        Err(error) if mark == Mark::Answered => return report(CallOutcome::Failed(error.into()), None, mark),
        Err(error) => return report(CallOutcome::Unlike(error.into()), None, mark),
    };
    let subject = Subject::Object(call.inputs.iter().chain(&outputs).cloned().collect());
    if let Some(broken) = contract::broken(call, &subject, jq, cancel) {
        let outputs = outputs.into_iter().collect();
        return report(CallOutcome::Refuted(outputs, broken.into()), None, mark);
    }
    let summary = call.tool.as_ref().and_then(|tool| summary(tool.summary.as_deref()?, &subject, jq, cancel));
    report(CallOutcome::Done(outputs.into_iter().collect()), summary, mark)
}

/// Returns the line for the trace. A summary that fails is not a failure of the tool: the trace shows the value then.
fn summary(filter: &str, subject: &Subject, jq: &Evaluator, cancel: &Cancel) -> Option<Arc<str>> {
    match filter::first(jq, filter, subject, Limits::CONDITION, cancel).ok()? {
        Value::Null => None,
        Value::String(text) => Some(text.into()),
        other => Some(other.to_string().into()),
    }
}

fn report(outcome: CallOutcome, summary: Option<Arc<str>>, mark: Mark) -> CallReport {
    CallReport { outcome, summary, wall_ms: None, mark, ran: None }
}

#[cfg(test)]
mod tests;
