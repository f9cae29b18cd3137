//! Synthesis: the plan ends with a step that makes what the goal wants out of what the others found.

use super::view::called;
use super::{Check, Finding, Headline, View};

/// Follows the end of the plan: `step 5 comes last and makes nothing that the goal wants.`
pub(super) struct Synthesis;

impl Check for Synthesis {
    fn name(&self) -> &'static str {
        "synthesis"
    }

    fn headline(&self) -> Option<Headline> {
        None
    }

    fn find(&self, view: &View<'_>) -> Vec<Finding> {
        // One step has nothing to bring together, and without wants nobody knows what for.
        let [_, .., last] = view.steps.as_slice() else { return Vec::new() };
        if view.goal.wants.is_empty() {
            return Vec::new();
        }
        let message = if !last.writes().any(|key| view.goal.wants.contains_key(key)) {
            format!("{} comes last and makes nothing that the goal wants.", called(last))
        } else if last.with.is_empty() {
            format!("{} comes last and uses nothing that the steps before it made.", called(last))
        } else {
            return Vec::new();
        };
        vec![View::finding(self.name(), Some(last), None, message)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{find, goal, step};
    use super::*;

    #[test]
    fn a_last_step_that_brings_nothing_together_is_named() {
        let (goal, mut steps) = goal();
        steps.push(step("s4", "Tidy up the desk").reading(&["report"]).writing(&["desk"]).into());
        assert_eq!(find(&Synthesis, &goal, &steps), ["step 4 comes last and makes nothing that the goal wants."]);
        steps[3] = step("s4", "Write any report").writing(&["report"]).into();
        assert_eq!(find(&Synthesis, &goal, &steps).len(), 1);
    }

    #[test]
    fn a_last_step_that_makes_what_is_wanted_from_the_others_is_fine() {
        let (goal, steps) = goal();
        assert!(find(&Synthesis, &goal, &steps).is_empty());
    }
}
