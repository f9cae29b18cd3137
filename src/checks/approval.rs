//! Approval: a risky step is marked to ask before it runs, wherever it runs.

use super::view::called;
use super::{Check, Finding, Headline, View};
use crate::engine::goal::Risk;

/// Follows the risks: `step 4 uses publish, which is risky: … mark it to ask always.`
pub(super) struct Approval;

impl Check for Approval {
    fn name(&self) -> &'static str {
        "approval"
    }

    fn headline(&self) -> Option<Headline> {
        None
    }

    fn find(&self, view: &View<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        for step in view.steps.iter().filter(|step| !step.approval) {
            if let Some(tool) = view.tool(step).filter(|tool| tool.risk == Risk::High) {
                let message = format!(
                    "{} uses {}, which is risky: it asks first only while high risks are to be approved; mark it to ask always.",
                    called(step),
                    tool.name
                );
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

    #[test]
    fn a_risky_step_that_does_not_ask_is_named_until_it_asks() {
        let (mut goal, mut steps) = goal();
        assert!(find(&Approval, &goal, &steps).is_empty());
        Arc::make_mut(&mut Arc::make_mut(&mut goal.tools)["write"]).risk = Risk::High;
        assert_eq!(
            find(&Approval, &goal, &steps),
            [
                "step 3 uses write, which is risky: it asks first only while high risks are to be approved; mark it to ask always."
            ]
        );
        Arc::make_mut(&mut steps[2]).approval = true;
        assert!(find(&Approval, &goal, &steps).is_empty());
    }
}
