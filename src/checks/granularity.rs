//! Granularity: a step does one thing, so that it can be checked, retried and replaced on its own.

use super::view::called;
use super::{Check, Finding, Headline, View};

/// Words that join two actions into one step.
const JOINTS: &[&str] = &[" and then ", ", then ", "; ", " after that ", " afterwards "];

/// More words than this are more than one step's worth.
const MOST_WORDS: usize = 30;

/// Follows the size of the steps: `step 2 does several things ("and then"): make each a step of its own.`
pub(super) struct Granularity;

impl Check for Granularity {
    fn name(&self) -> &'static str {
        "granularity"
    }

    fn headline(&self) -> Option<Headline> {
        None
    }

    fn find(&self, view: &View<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        // A tool's description is its author's; only what was written for the plan can be cut smaller here.
        for step in view.steps.iter().filter(|step| step.tool.is_none()) {
            let words = step.description.to_lowercase();
            let message = if let Some(joint) = JOINTS.iter().find(|joint| words.contains(**joint)) {
                let joint = joint.trim();
                format!("{} does several things (\"{joint}\"): make each a step of its own.", called(step))
            } else if words.split_whitespace().count() > MOST_WORDS {
                format!("{} takes more than {MOST_WORDS} words: it may be several steps.", called(step))
            } else {
                continue;
            };
            found.push(View::finding(self.name(), Some(step), None, message));
        }
        if let [only] = view.steps.as_slice()
            && only.tool.is_none()
        {
            let message = format!("{} is the whole plan: cut it into steps that can be checked.", called(only));
            found.push(View::finding(self.name(), Some(only), None, message));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{find, goal, step};
    use super::*;
    use crate::engine::goal::Goal;

    #[test]
    fn a_step_that_does_several_things_is_named() {
        let (goal, mut steps) = goal();
        steps.push(step("s4", "Load the regions and then compare them").into());
        steps.push(step("s5", &"word ".repeat(31)).into());
        assert_eq!(
            find(&Granularity, &goal, &steps),
            [
                "step 4 does several things (\"and then\"): make each a step of its own.",
                "step 5 takes more than 30 words: it may be several steps.",
            ]
        );
        let whole = [step("s1", "Do all of it").into()];
        assert_eq!(find(&Granularity, &Goal::empty("g"), &whole).len(), 1);
    }

    #[test]
    fn a_step_that_does_one_thing_is_fine() {
        let (goal, mut steps) = goal();
        steps.push(step("s4", "Compare north and south").into());
        assert!(find(&Granularity, &goal, &steps).is_empty());
    }
}
