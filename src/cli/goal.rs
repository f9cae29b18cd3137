//! GOAL: a goal file, a plan file, the name of a sample, or `-` for what comes on standard input.

use std::io::IsTerminal as _;
use std::path::Path;

use crate::describe::nearest::nearest;
use crate::engine::goal::Goal;
use crate::goal_file::{self, Faults};

use super::exit::Failure;

/// Reads the goal that `name` stands for. A file goes before a sample of the same name, and before standard input.
pub(super) fn find(name: &str) -> Result<Goal, Faults> {
    let path = Path::new(name);
    if is_piped(name) {
        return goal_file::read_from(std::io::stdin().lock(), "standard input");
    }
    match goal_file::sample(name) {
        Some(sample) if !path.exists() => goal_file::parse(sample.text, sample.name, None),
        _ => goal_file::read(path),
    }
}

/// Tells whether `name` stands for what comes on standard input.
pub(super) fn is_piped(name: &str) -> bool {
    name == "-" && !Path::new(name).exists()
}

/// Reads the goal that `name` stands for, or says everything that is wrong with it.
pub(super) fn read(name: &str) -> Result<Goal, Failure> {
    find(name).map_err(|faults| {
        let mut failure = failure(&faults);
        let near = nearest(name, goal_file::samples().iter().map(|sample| sample.name));
        if let Some(near) = near.filter(|_| !Path::new(name).exists()) {
            failure.message.push_str(&format!("\nDid you mean the sample {near}?"));
        }
        failure
    })
}

/// Tells whether what is written to standard error may have colours: in a terminal, unless it shows none or nobody wants
/// them (`NO_COLOR`).
fn in_colour() -> bool {
    let is = |name: &str, such: fn(&std::ffi::OsStr) -> bool| std::env::var_os(name).is_some_and(|value| such(&value));
    std::io::stderr().is_terminal() && !is("NO_COLOR", |value| !value.is_empty()) && !is("TERM", |term| term == "dumb")
}

/// Returns the failure that says `faults`.
pub(super) fn failure(faults: &Faults) -> Failure {
    Failure::drawn(if in_colour() { faults.in_colour() } else { faults.to_string() })
}
