//! Which steps stand beside each other: consecutive ones of which none needs what another makes.

use std::collections::HashSet;
use std::ops::Range;

use foldhash::fast::RandomState;

use crate::engine::plan::Step;

/// Returns for each of `steps` the range of those that it stands beside, itself included; a range of one stands alone.
///
/// A group ends before the first step that reads or writes what a step of the group writes, or that writes what one of
/// them reads.
pub fn beside<'a>(steps: impl Iterator<Item = &'a Step>) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    let (mut read, mut written) = (HashSet::<&str, RandomState>::default(), HashSet::<&str, RandomState>::default());
    let mut from = 0;
    let mut at = 0;
    for step in steps {
        let needs = step.reads().any(|key| written.contains(&**key));
        let disturbs = step.writes().any(|key| written.contains(&**key) || read.contains(&**key));
        // What names no keys is bound to nothing: nobody knows what it needs.
        let unknown = step.reads().next().is_none() && step.writes().next().is_none();
        if needs || disturbs || unknown {
            close(&mut groups, from..at);
            read.clear();
            written.clear();
            from = at;
        }
        read.extend(step.reads().map(|key| &**key));
        written.extend(step.writes().map(|key| &**key));
        at += 1;
    }
    close(&mut groups, from..at);
    groups
}

/// Adds a group that is complete, once for each of its steps.
fn close(groups: &mut Vec<Range<usize>>, group: Range<usize>) {
    groups.extend(group.clone().map(|_| group.clone()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::testing::step;

    #[test]
    fn what_needs_nothing_of_its_neighbours_stands_beside_them() {
        let steps = [
            step("a", "a", &[], &["source"]),
            step("b", "b", &["source"], &["unit"]),
            step("c", "c", &["source"], &["lint"]),
            step("d", "d", &["source"], &["image"]),
            step("e", "e", &["unit", "lint"], &["report"]),
            step("f", "f", &[], &["source"]),
        ];
        let found = beside(steps.iter());
        // What f writes again is nothing that e reads.
        assert_eq!(found, [0..1, 1..4, 1..4, 1..4, 4..6, 4..6]);
    }
}
