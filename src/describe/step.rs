//! A step in words: what it is called, its sign, what it reads and writes, why it was refused.

use super::sign::Role;
use super::text;
use crate::engine::plan::Step;
use crate::engine::state::{State, Status};

/// Returns "s3 find_top_intent", as the panes call it.
pub fn label(step: &Step) -> String {
    format!("{} {}", step.id, text::clip(step.name(), 40))
}

/// Returns "s3 find_top_intent" for the step with this id, "s3" where it is unknown.
pub fn label_of(state: &State, id: &str) -> String {
    state.step(id).map_or_else(|| id.to_owned(), |found| label(found))
}

/// Returns the sign of a status.
pub fn sign(status: Status) -> Role {
    match status {
        Status::Pending => Role::Pending,
        Status::Running => Role::Current,
        Status::Done => Role::Done,
        Status::Failed => Role::Failed,
        Status::Skipped => Role::Skipped,
        Status::Interrupted => Role::Interrupted,
    }
}

/// Returns what a step reads and writes, in words: "it reads a, writes b".
pub fn flow(step: &Step) -> String {
    let list = |keys: Vec<&str>| keys.join(", ");
    let reads = list(step.reads().map(|key| &**key).collect());
    let writes = list(step.writes().map(|key| &**key).collect());
    match (reads.is_empty(), writes.is_empty()) {
        (true, true) => "it reads and writes nothing".into(),
        (true, false) => format!("it writes {writes}"),
        (false, true) => format!("it reads {reads}"),
        (false, false) => format!("it reads {reads}, writes {writes}"),
    }
}

/// Returns why an action was refused, where the step that it names was named just before.
pub fn refusal<'a>(step: &Step, message: &'a str) -> &'a str {
    let called = format!("step {} {} ", step.id, step.name());
    message.strip_prefix(&*called).unwrap_or(message)
}
