//! Clear: every step says what it does, and names a tool that exists.

use super::view::called;
use super::{Check, Finding, Headline, View};

/// Follows the descriptions: `step 4 does not say what it does.`
pub(super) struct Clear;

impl Check for Clear {
    fn name(&self) -> &'static str {
        "clear"
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::Unclear)
    }

    fn find(&self, view: &View<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        for step in &view.steps {
            let message = match (&step.tool, view.tool(step)) {
                (Some(tool), None) => format!("{} uses \"{tool}\", and there is no such tool.", called(step)),
                // The contract of a tool says more than its description does.
                (Some(_), Some(_)) => continue,
                (None, _) => match step.description.split_whitespace().count() {
                    0 => format!("{} does not say what it does.", called(step)),
                    1 => format!("{} says only \"{}\": say what it does with what.", called(step), step.description),
                    _ => continue,
                },
            };
            found.push(View::finding(self.name(), Some(step), None, message));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{find, goal, step};
    use super::*;

    #[test]
    fn a_step_without_words_and_one_with_an_unknown_tool_are_unclear() {
        let (goal, mut steps) = goal();
        steps.push(step("s4", " ").into());
        steps.push(step("s5", "report").into());
        steps.push(step("fetch", "Fetch the regions").using("fetch_regions").into());
        assert_eq!(
            find(&Clear, &goal, &steps),
            [
                "step 4 does not say what it does.",
                "step 5 says only \"report\": say what it does with what.",
                "step \"fetch\" uses \"fetch_regions\", and there is no such tool.",
            ]
        );
    }

    #[test]
    fn a_step_with_words_or_a_known_tool_is_clear() {
        let (goal, mut steps) = goal();
        steps.push(step("s4", "Read the report").into());
        assert!(find(&Clear, &goal, &steps).is_empty());
    }
}
