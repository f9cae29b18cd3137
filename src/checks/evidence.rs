//! Evidence: something checks what each step made.

use super::view::called;
use super::{Check, Finding, Headline, View};

/// Follows the checks: `nothing checks what step 2 makes: give it an "ensures".`
pub(super) struct Evidence;

impl Check for Evidence {
    fn name(&self) -> &'static str {
        "evidence"
    }

    fn headline(&self) -> Option<Headline> {
        None
    }

    fn find(&self, view: &View<'_>) -> Vec<Finding> {
        let checked = |key: &str| {
            // What a later step requires of its inputs, or the goal of a key, is a check as well.
            view.wanted(key)
                || view
                    .readers(key)
                    .iter()
                    .any(|&at| view.tool(view.steps[at]).is_some_and(|tool| !tool.requires.is_empty()))
        };
        let mut found = Vec::new();
        for step in view.steps.iter().filter(|step| step.ensures.is_empty()) {
            // An unbound step has a person as its evidence.
            let Some(tool) = view.tool(step) else { continue };
            if tool.ensures.is_empty() && !step.writes().any(|key| checked(key)) {
                let message = format!("nothing checks what {} makes: give it an \"ensures\".", called(step));
                found.push(View::finding(self.name(), Some(step), None, message));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::testing::{find, goal};
    use super::*;
    use crate::engine::goal::Check as Condition;

    #[test]
    fn a_step_that_nothing_checks_is_named() {
        let (mut goal, steps) = goal();
        let tools = Arc::make_mut(&mut goal.tools);
        Arc::make_mut(&mut tools["count"]).ensures.clear();
        assert_eq!(find(&Evidence, &goal, &steps), ["nothing checks what step 2 makes: give it an \"ensures\"."]);
    }

    #[test]
    fn an_ensures_of_the_step_itself_is_evidence() {
        let (mut goal, mut steps) = goal();
        let tools = Arc::make_mut(&mut goal.tools);
        Arc::make_mut(&mut tools["count"]).ensures.clear();
        let check = Condition { label: "there is one".into(), condition: ".counts | length > 0".into() };
        Arc::make_mut(&mut steps[1]).ensures.push(check);
        assert!(find(&Evidence, &goal, &steps).is_empty());
    }
}
