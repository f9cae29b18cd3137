//! Unverified conclusion: the goal is reached with a value that nothing ever checked.
//!
//! A check is a condition that could tell a right value from a wrong one: in `wants` or `expect`, or an `ensures` of
//! what made the value, or what its loop went on for. That it is there, has a type or is not empty tells nothing.
//! What a person gave or answered has the person as its evidence.

use super::trace::called;
use super::{FailureCheck, Found, Trace};
use crate::engine::context::Origin;
use crate::engine::event::Mark;
use crate::engine::goal::{Check, Key};
use crate::engine::state::{Phase, State, StepRun};

/// Follows the value: `nothing checked report, which s4 draft_report made, but that it is there`.
pub(super) struct UnverifiedConclusion;

impl FailureCheck for UnverifiedConclusion {
    fn name(&self) -> &'static str {
        "unverified_conclusion"
    }

    fn headline(&self) -> &'static str {
        "Nothing checked the conclusion."
    }

    fn advice(&self) -> &'static str {
        "Give the tool that makes it an \"ensures\", or say in \"wants\" or \"expect\" what is right."
    }

    fn find(&self, trace: &Trace<'_>) -> Vec<Found> {
        let end = trace.end;
        // Where the goal is not reached, nobody claims anything.
        if end.phase != Phase::Reached {
            return Vec::new();
        }
        let of = |key: &Key| {
            let datum = end.context.get(key)?;
            let Origin::Step(id) = &datum.origin else { return None };
            let run = end.run(id)?;
            let told = |condition: Option<&std::sync::Arc<str>>| condition.is_some_and(|condition| tells(condition));
            let person = run.mark == Mark::Answered || run.step.tool.is_none();
            if person || told(end.goal.wants.get(key)) || told(end.goal.expect.get(key)) || vouched(end, run, key) {
                return None;
            }
            let message = format!("nothing checked {key}, which {} made, but that it is there", called(&run.step));
            let events = run.ended.into_iter().chain([end.seq]).collect();
            Some(Found { step: Some(id.clone()), key: Some(key.clone()), message, events, mended: None })
        };
        end.goal.wants.keys().filter_map(of).collect()
    }
}

/// Tells whether what made `key` checks it: an `ensures` about it, or what a loop went on for.
fn vouched(end: &State, run: &StepRun, key: &Key) -> bool {
    let Some(tool) = run.step.tool_in(&end.goal.tools) else { return false };
    let output = run.step.to.iter().find(|(_, written)| written == key).map_or(key, |(name, _)| name);
    let several = tool.outputs.len() > 1;
    let about = |check: &Check| !several || check.condition.contains(&**output);
    let told = |check: &Check| about(check) && tells(&check.condition);
    let until = tool.run.explore.as_ref().filter(|_| run.inside.is_some());
    tool.ensures.iter().chain(&run.step.ensures).any(told)
        || until.is_some_and(|explore| tells(&explore.until) && (!several || explore.until.contains(&**output)))
}

/// Tells whether a condition could tell a right value from a wrong one. One that is not understood here does.
pub(super) fn tells(condition: &str) -> bool {
    condition.split(" and ").any(|part| {
        let part = part.trim().trim_start_matches('(').trim_end_matches(')').trim();
        !says_only_that_it_is_there(part)
    })
}

/// Tells whether a condition says no more than that something is there, of a type, or not empty.
fn says_only_that_it_is_there(part: &str) -> bool {
    // The path in front of it says of what: ".report | length > 0".
    let (path, rest) = match part.rsplit_once('|') {
        Some((path, rest)) => (path.trim(), rest.trim()),
        None => ("", part),
    };
    let is_path = path.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_'));
    let words: Vec<&str> = rest.split_whitespace().collect();
    let value =
        |word: &str| word.starts_with('.') && word.chars().all(|c| c.is_alphanumeric() || ".".contains(c) || c == '_');
    is_path
        && match words.as_slice() {
            ["true"] => true,
            [it] => value(it),
            ["type", "==", _] => true,
            ["length", ">" | "!=", "0"] | ["length", ">=", "1"] => true,
            [it, "!=", "null" | "\"\"" | "[]" | "{}"] => value(it),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{by, checks, goal, play, tool};
    use super::tells;
    use crate::engine::event::Dial;

    #[test]
    fn a_wanted_value_that_nothing_checked_is_found() {
        let session = play(goal("report", "", vec![tool("write", "", "report")]), Dial::OnDeviation);
        let found = "unverified_conclusion: nothing checked report, which s1 write made, but that it is there";
        assert_eq!(checks(&session), [found]);
    }

    #[test]
    fn a_telling_want_an_ensures_of_its_maker_or_an_expect_is_enough() {
        let one = || vec![tool("write", "", "report")];
        assert!(checks(&play(goal("report:odd", "", one()), Dial::OnDeviation)).is_empty());
        let ensured = vec![by(tool("write", "", "report"), "odd")];
        assert!(checks(&play(goal("report", "", ensured), Dial::OnDeviation)).is_empty());
        let mut expected = goal("report", "", one());
        expected.expect = std::sync::Arc::new([("report".into(), "odd".into())].into_iter().collect());
        assert!(checks(&play(expected, Dial::OnDeviation)).is_empty());
    }

    #[test]
    fn nobody_claims_anything_where_the_goal_is_not_reached_or_the_value_was_known() {
        assert!(checks(&play(goal("report:even", "", vec![tool("write", "", "report")]), Dial::Never)).is_empty());
        assert!(checks(&play(goal("report", "report", Vec::new()), Dial::OnDeviation)).is_empty());
    }

    #[test]
    fn that_something_is_there_tells_nothing() {
        for empty in [
            "true",
            ".",
            "type == \"string\"",
            "type == \"string\" and length > 0",
            ". != null",
            "(length >= 1)",
            ".report | length > 0",
        ] {
            assert!(!tells(empty), "{empty}");
        }
        for telling in ["contains(\"2.4\")", ".count > 0", "length == 3", "type == \"array\" and all(.[]; .ok)"] {
            assert!(tells(telling), "{telling}");
        }
    }
}
