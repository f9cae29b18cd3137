//! A step in words: what it is called, its sign, what it reads and writes, why it was refused.

use super::sign::Role;
use super::text;
use crate::engine::because::{Because, Called};
use crate::engine::diff::ChangeKind;
use crate::engine::goal::Key;
use crate::engine::plan::Step;
use crate::engine::review::Deviation;
use crate::engine::state::{State, Status};

/// Returns "s3 `find_top_intent`", as the panes call it.
pub fn label(step: &Step) -> String {
    format!("{} {}", step.id, text::clip(step.name(), 40))
}

/// Returns "s3 `find_top_intent`" for the step with this id, "s3" where it is unknown.
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

/// Returns the sign of what a replan does to a step.
pub fn changed(kind: ChangeKind) -> Role {
    match kind {
        ChangeKind::Kept => Role::Kept,
        ChangeKind::Added => Role::Added,
        ChangeKind::Removed => Role::Removed,
        ChangeKind::Moved => Role::Moved,
        ChangeKind::Changed => Role::Changed,
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

/// Returns why an action was refused, without the name of its `step`: "needs tickets, which has no value".
pub fn refusal(step: Option<&Step>, message: &str, key: Option<&Key>, because: Option<&Because>) -> String {
    match (because, step) {
        (Some(because), _) => because.predicate(key),
        // Journals of version 0.1 hold the sentence alone; the name that it begins with stands before it already.
        (None, Some(step)) => message.strip_prefix(&*format!("{} ", Called::of(step))).unwrap_or(message).to_owned(),
        (None, None) => message.to_owned(),
    }
}

/// Returns a deviation in words, its step called by name alone: "`count_intents` would read tickets, which is stale".
pub fn deviation(name: &str, deviation: &Deviation) -> String {
    match deviation.predicate() {
        Some(predicate) => format!("{name} {predicate}"),
        None => deviation.message.to_string(),
    }
}
