//! Unverified conclusion: the goal is reached with a value that nothing ever checked.
//!
//! A check is a condition that tells a right value from a wrong one ([`super::counter`] tries it): in `wants` or
//! `expect`, or an `ensures` of what made the value, or what its loop went on for. What a person gave or answered has the
//! person as its evidence.

use super::counter::tells;
use super::trace::called;
use super::{FailureCheck, Found, Trace};
use crate::describe::remedies::Act;
use crate::engine::context::{Datum, Origin};
use crate::engine::effect::Subject;
use crate::engine::event::Mark;
use crate::engine::goal::{Condition, Key};
use crate::engine::state::{Phase, StepRun};
use crate::engine::value::Shared;

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

    fn remedy(&self) -> (Act, &'static str) {
        (Act::Goal, "says what is wanted")
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
            let told = |condition: Option<&Condition>| {
                condition.is_some_and(|condition| {
                    tells(trace.judge, condition, &datum.value.look().few(FEW), &[], &Subject::Value)
                })
            };
            let person = run.mark == Mark::Answered || run.step.tool.is_none();
            if person
                || told(end.goal.wants.get(key))
                || told(end.goal.expect.get(key))
                || vouched(trace, run, key, datum)
            {
                return None;
            }
            let message = format!("nothing checked {key}, which {} made, but that it is there", called(&run.step));
            let events = run.ended.into_iter().chain([end.seq]).collect();
            Some(Found { step: Some(id.clone()), key: Some(key.clone()), message, events, mended: None })
        };
        end.goal.wants.keys().filter_map(of).collect()
    }
}

/// How many entries of a long value stand for all of it where others of its kind are made.
const FEW: usize = 16;

/// Tells whether what made `key` checks it: an `ensures` about it, or what a loop went on for.
fn vouched(trace: &Trace<'_>, run: &StepRun, key: &Key, datum: &Datum) -> bool {
    let end = trace.end;
    let Some(tool) = run.step.tool_in(&end.goal.tools) else { return false };
    let Some((output, _)) = run.step.to.iter().find(|(_, written)| written == key) else { return false };
    let about = |condition: &Condition, known: Vec<(Key, Shared)>| {
        let others: Vec<(Key, Shared)> = known.into_iter().filter(|(name, _)| name != output).collect();
        let object = |value: Shared| Subject::Object(others.iter().cloned().chain([(output.clone(), value)]).collect());
        tells(trace.judge, condition, &datum.value.look().few(FEW), &others, &object)
    };
    let mut ensures = tool.ensures.iter().chain(&run.step.ensures);
    if ensures.any(|check| about(&check.condition, trace.around(run))) {
        return true;
    }
    let (Some(explore), Some(inside)) = (&tool.run.explore, &run.inside) else { return false };
    about(&explore.until, inside.context.iter().map(|(key, datum)| (key.clone(), datum.value.clone())).collect())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{by, checks, goal, play, tool};
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
}
