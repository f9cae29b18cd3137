//! Handed off: everything that a step reads, and everything that the goal wants, is made by some step or there.

use std::collections::HashSet;

use super::view::{called, meant};
use super::{Check, Finding, Headline, View};
use crate::engine::plan::Step;

/// Follows the keys from hand to hand: `nothing makes "regions", which step 4 reads.`
pub(super) struct HandedOff;

impl Check for HandedOff {
    fn name(&self) -> &'static str {
        "handed_off"
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::NotHandedOff)
    }

    fn find(&self, view: &View<'_>) -> Vec<Finding> {
        let would_make: HashSet<&str> =
            view.skipped.iter().flat_map(|step| step.writes()).map(std::convert::AsRef::as_ref).collect();
        let makes = |key: &str| view.available(key) || !view.writers(key).is_empty();
        let nothing = |key: &str| {
            if would_make.contains(key) {
                format!("nothing makes \"{key}\" while a step is switched off")
            } else {
                format!("nothing makes \"{key}\"")
            }
        };
        let mut found = Vec::new();
        for step in &view.steps {
            for key in step.reads().filter(|key| !makes(key)) {
                // A name that some tool gives is not a slip: what is missing is the step, not the name.
                let named = would_make.contains(&**key) || view.made_by_a_tool(key);
                let near = if named { String::new() } else { meant(key, view.other_keys(key)) };
                let message = format!("{}, which {} reads{near}.", nothing(key), called(step));
                found.push(View::finding(self.name(), Some(step), Some(key), message));
            }
            if view.steps.len() > 1 && stands_alone(view, step) {
                let message = format!("{} does not say what it reads, and nothing reads what it makes.", called(step));
                found.push(View::finding(self.name(), Some(step), None, message));
            }
        }
        for key in view.goal.wants.keys().filter(|key| !makes(key)) {
            let message = format!("{}, which the goal wants.", nothing(key));
            found.push(View::finding(self.name(), None, Some(key), message));
        }
        found
    }
}

/// Tells whether an unbound step neither takes anything from another step nor gives it anything.
fn stands_alone(view: &View<'_>, step: &Step) -> bool {
    step.tool.is_none()
        && step.with.is_empty()
        && step.writes().all(|key| view.readers(key).is_empty() && !view.wanted(key))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::testing::{find, find_with, goal, step};
    use super::*;
    use crate::engine::goal::Goal;

    #[test]
    fn an_input_that_nothing_makes_is_named_with_its_reader() {
        let (goal, mut steps) = goal();
        steps.push(step("s4", "Compare the regions").reading(&["regions"]).into());
        assert_eq!(find(&HandedOff, &goal, &steps), ["nothing makes \"regions\", which step 4 reads."]);
        assert!(find_with(&HandedOff, &goal, &steps, &["regions"]).is_empty());
    }

    #[test]
    fn another_name_is_proposed_only_for_one_that_no_tool_gives() {
        let (goal, mut steps) = goal();
        let key =
            goal.tools.values().flat_map(|tool| tool.outputs.iter()).next().expect("a tool gives something").clone();
        steps.retain(|step| step.writes().all(|writes| *writes != key));
        let near = format!("{key}s");
        steps.push(step("s8", "Compare").reading(&[&key]).into());
        steps.push(step("s9", "Compare again").reading(&[&near]).into());
        let found = find(&HandedOff, &goal, &steps).join("\n");
        assert!(found.contains(&format!("nothing makes \"{key}\", which step 8 reads.")), "{found}");
        assert!(found.contains(&format!("which step 9 reads (did you mean \"{key}\"?).")), "{found}");
    }

    #[test]
    fn a_step_that_is_switched_off_makes_nothing() {
        let (goal, mut steps) = goal();
        Arc::make_mut(&mut steps[2]).skip = true;
        assert_eq!(
            find(&HandedOff, &goal, &steps),
            ["nothing makes \"report\" while a step is switched off, which the goal wants."]
        );
    }

    #[test]
    fn plain_texts_say_nothing_about_the_hand_off() {
        let steps = [step("s1", "Load the tickets").into(), step("s2", "Write the report").into()];
        let found = find(&HandedOff, &Goal::empty("g"), &steps);
        assert_eq!(found[0], "step 1 does not say what it reads, and nothing reads what it makes.");
        assert_eq!(found.len(), 2);
        let steps = [
            step("s1", "Load the tickets").writing(&["tickets"]).into(),
            step("s2", "Write the report").reading(&["tickets"]).writing(&["report"]).into(),
        ];
        assert!(find(&HandedOff, &Goal::empty("g"), &steps).is_empty());
    }
}
