//! Ordered: no step comes before the step that makes what it reads.

use super::view::called;
use super::{Check, Finding, Headline, View};

/// Follows the order: `step 2 reads "counts", which only step 4 writes, later.`
pub(super) struct Ordered;

impl Check for Ordered {
    fn name(&self) -> &'static str {
        "ordered"
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::Unordered)
    }

    fn find(&self, view: &View<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        for (at, step) in view.steps.iter().enumerate() {
            for key in step.reads() {
                let Some(&first) = view.writers(key).first() else { continue };
                if first < at || view.available(key) {
                    continue;
                }
                let message = if first == at {
                    format!("{} reads \"{key}\", which it writes itself.", called(step))
                } else {
                    let later = called(view.steps[first]);
                    format!("{} reads \"{key}\", which only {later} writes, later.", called(step))
                };
                found.push(View::finding(self.name(), Some(step), Some(key), message));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{find, find_with, goal};
    use super::*;

    #[test]
    fn a_step_before_its_source_is_out_of_order() {
        let (goal, mut steps) = goal();
        steps.swap(0, 1);
        assert_eq!(find(&Ordered, &goal, &steps), ["step 2 reads \"tickets\", which only step 1 writes, later."]);
    }

    #[test]
    fn an_order_that_follows_the_keys_is_fine_and_so_is_a_value_that_is_there() {
        let (goal, mut steps) = goal();
        assert!(find(&Ordered, &goal, &steps).is_empty());
        steps.swap(0, 1);
        assert!(find_with(&Ordered, &goal, &steps, &["tickets"]).is_empty());
    }
}
