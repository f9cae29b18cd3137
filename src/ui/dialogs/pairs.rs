//! Lines `name: condition`, as forms show and read them.

use std::sync::Arc;

use crate::engine::goal::{Check, Key};

/// Returns checks as lines `label: condition`, as forms edit them.
pub(super) fn check_lines<'a>(checks: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let line = |(label, condition): (&str, &str)| {
        format!("{}: {}", label.replace(['\n', '\r'], " "), condition.replace(['\n', '\r'], " "))
    };
    checks.map(line).collect::<Vec<_>>().join("\n")
}

/// A name with its condition.
pub(super) type Pair = (Key, Arc<str>);

/// Returns the pairs of lines `name: condition`, or the line (from 0) that is faulty and what is wrong with it.
pub(super) fn parse_pairs(lines: &str, jq: &dyn Fn(&str) -> Result<(), String>) -> Result<Vec<Pair>, (usize, String)> {
    let mut out: Vec<Pair> = Vec::new();
    for (at, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        // A label may hold a colon of its own (`a:b`); the one with a space after it parts.
        let parted = line.split_once(": ").or_else(|| line.split_once(':'));
        let Some((name, condition)) = parted else {
            return Err((at, "write it as name: condition; true is met by any value".into()));
        };
        let (name, condition) = (name.trim(), condition.trim());
        if name.is_empty() {
            return Err((at, "the name before the colon is missing".into()));
        }
        if condition.is_empty() {
            return Err((at, format!("the condition for \"{name}\" is missing")));
        }
        if let Err(message) = jq(condition) {
            return Err((at, format!("the condition for \"{name}\" is not a jq filter: {message}")));
        }
        if out.iter().any(|(known, _)| **known == *name) {
            return Err((at, format!("\"{name}\" stands here twice")));
        }
        out.push((name.into(), condition.into()));
    }
    Ok(out)
}

/// Returns pairs as checks.
pub(super) fn checks(pairs: Vec<Pair>) -> Vec<Check> {
    pairs.into_iter().map(|(label, condition)| Check { label, condition }).collect()
}
