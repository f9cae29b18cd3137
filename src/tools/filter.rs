//! jq as tools and conditions use it: a filter's first output, and conditions by their truth.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::breakpoint::BreakpointId;
use crate::engine::context::Datum;
use crate::engine::effect::{Inquiry, Subject, Watched};
use crate::engine::event::Verdict;
use crate::engine::goal::Key;
use crate::engine::value::{Held, Shared, Value};
use crate::engine::watch::Reading;
use crate::jq::{Cancel, Evaluator, Fault, Given, Input, Json, Limits, truthy};

/// Returns the first output of `filter` on `subject`. The sentence says why there is none.
///
/// # Errors
/// A sentence, if the filter cannot be compiled, fails, reaches a limit or yields nothing.
pub fn first(
    jq: &Evaluator,
    filter: &str,
    subject: &Subject,
    limits: Limits,
    cancel: &Cancel,
) -> Result<Value, String> {
    jq.run(filter, &input(subject), limits, cancel).map_err(|fault| sentence(&fault, limits))
}

/// Returns what each of `conditions` comes to on `subject`, in one round trip.
pub fn judge(jq: &Evaluator, conditions: &[&str], subject: &Subject, cancel: &Cancel) -> Vec<Verdict> {
    if conditions.is_empty() {
        return Vec::new();
    }
    let input = input(subject);
    let batch: Vec<(&str, Input)> = conditions.iter().map(|condition| (*condition, input.clone())).collect();
    jq.run_many(&batch, Limits::CONDITION, cancel).into_iter().map(verdict).collect()
}

/// Returns the answer to each of `inquiries`, in one round trip.
pub fn verdicts(jq: &Evaluator, inquiries: &[Inquiry], cancel: &Cancel) -> Vec<Verdict> {
    let one = |inquiry: &'_ Inquiry| input(&inquiry.values);
    let batch: Vec<(&str, Input)> =
        inquiries.iter().map(|inquiry| (&*inquiry.question.condition, one(inquiry))).collect();
    jq.run_many(&batch, Limits::CONDITION, cancel).into_iter().map(verdict).collect()
}

/// Returns what the condition of each of these breakpoints comes to, in one round trip.
pub fn watched(jq: &Evaluator, inquiries: &[(BreakpointId, Inquiry)], cancel: &Cancel) -> Vec<Watched> {
    let batch: Vec<(&str, Input)> =
        inquiries.iter().map(|(_, inquiry)| (&*inquiry.question.condition, input(&inquiry.values))).collect();
    let results = jq.run_many(&batch, Limits::CONDITION, cancel);
    let one = |((breakpoint, _), result): (&(BreakpointId, Inquiry), Result<Value, Fault>)| Watched {
        breakpoint: *breakpoint,
        endless: result.as_ref().is_err_and(Fault::is_limit),
        verdict: verdict(result),
    };
    inquiries.iter().zip(results).map(one).collect()
}

/// Returns what a watch of `filter` comes to on `subject`.
pub fn reading(jq: &Evaluator, filter: &str, subject: &Subject, cancel: &Cancel) -> Reading {
    match jq.run(filter, &input(subject), Limits::CONDITION, cancel) {
        Ok(value) => Reading::Value(Arc::new(Datum::of(Shared::new(value)))),
        Err(Fault::Empty) => Reading::Absent,
        Err(fault) => Reading::Failed { endless: fault.is_limit(), why: sentence(&fault, Limits::CONDITION).into() },
    }
}

/// Returns the text that `filter` makes of `subject`, or why there is none: a note is not a reason to stop.
pub fn text(jq: &Evaluator, filter: &str, subject: &Subject, cancel: &Cancel) -> String {
    match first(jq, filter, subject, Limits::CONDITION, cancel) {
        Ok(Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(why) => format!("(it cannot be filled in: {why})"),
    }
}

fn input(subject: &Subject) -> Input {
    match subject {
        Subject::Value(value) => Input::Whole(value.held().clone()),
        Subject::Object(fields) => {
            let field = |(key, value): &(Key, Shared)| (key.to_string(), value.held().clone() as Arc<dyn Json>);
            Input::Fields(fields.iter().map(field).collect())
        }
    }
}

/// Filters are handed a long value as it is written.
impl Json for Held {
    fn given(&self) -> Given<'_> {
        match self {
            Held::Tree(value) => Given::Tree(value),
            Held::Written(written) => Given::Text(written.text(), written.depth()),
        }
    }
}

fn verdict(result: Result<Value, Fault>) -> Verdict {
    match result {
        Ok(value) if truthy(&value) => Verdict::True,
        // No output is not a truth: `empty` and `select(false)` say no.
        Ok(_) | Err(Fault::Empty) => Verdict::False,
        Err(fault) => Verdict::Undecided(sentence(&fault, Limits::CONDITION).into()),
    }
}

fn sentence(fault: &Fault, limits: Limits) -> String {
    match fault {
        Fault::Wall => format!("took longer than {}", duration(limits.wall)),
        Fault::Syntax(_)
        | Fault::Error(_)
        | Fault::Empty
        | Fault::Steps
        | Fault::Memory
        | Fault::Depth
        | Fault::OutputTooLarge
        | Fault::TooNested
        | Fault::Cancelled
        | Fault::Broken(_) => fault.to_string(),
    }
}

/// Returns `time` as a goal file writes it: `500 ms`, `60 s`, `2 m`.
fn duration(time: Duration) -> String {
    let ms = time.as_millis();
    match ms {
        _ if !ms.is_multiple_of(1_000) => format!("{ms} ms"),
        120_000.. if ms.is_multiple_of(60_000) => format!("{} m", ms / 60_000),
        _ => format!("{} s", ms / 1_000),
    }
}
