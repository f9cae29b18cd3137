//! Unused: what a step writes is read by a later step, or wanted.

use super::view::called;
use super::{Check, Finding, Headline, View};

/// Follows the outputs: `step 2 writes "notes", which nothing reads.`
pub(super) struct Unused;

impl Check for Unused {
    fn name(&self) -> &'static str {
        "unused"
    }

    fn headline(&self) -> Option<Headline> {
        None
    }

    fn find(&self, view: &View<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        // Without wants, what the last step makes is what the plan is for.
        let last = if view.goal.wants.is_empty() { view.steps.len().checked_sub(1) } else { None };
        for (at, step) in view.steps.iter().enumerate().filter(|(at, _)| Some(*at) != last) {
            for key in step.writes() {
                let read = view.readers(key).last().is_some_and(|&reader| reader > at);
                if read || view.wanted(key) {
                    continue;
                }
                let message = match view.readers(key).first() {
                    None => format!("{} writes \"{key}\", which nothing reads.", called(step)),
                    // Who reads it too early is out of order, and that is said: it is read all the same.
                    Some(_) if !view.available(key) && view.writers(key).first() == Some(&at) => continue,
                    Some(&earlier) => {
                        let reader = called(view.steps[earlier]);
                        format!(
                            "{} writes \"{key}\" again after {reader} read it, and nothing reads it then.",
                            called(step)
                        )
                    }
                };
                found.push(View::finding(self.name(), Some(step), Some(key), message));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{find, goal, step};
    use super::*;

    #[test]
    fn an_output_that_nothing_reads_is_named() {
        let (goal, mut steps) = goal();
        steps.push(step("s4", "Note what is odd").reading(&["tickets"]).writing(&["notes"]).into());
        assert_eq!(find(&Unused, &goal, &steps), ["step 4 writes \"notes\", which nothing reads."]);
    }

    #[test]
    fn what_is_read_too_early_is_not_called_unread() {
        let (goal, mut steps) = goal();
        steps.swap(0, 1);
        assert!(find(&Unused, &goal, &steps).is_empty());
    }

    #[test]
    fn an_output_that_is_read_later_or_wanted_is_used() {
        let (goal, steps) = goal();
        assert!(find(&Unused, &goal, &steps).is_empty());
    }
}
