//! What a new plan kept, added, removed, moved and changed, by the ids of its steps.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::plan::{Step, StepId};

/// How one step changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It stayed where it was.
    Kept,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is the same at another place.
    Moved,
    /// It has the same id and other contents.
    Changed,
}

/// One step, and how it changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// How it changed.
    pub kind: ChangeKind,
    /// The step: as it is now, or as it was where it is gone.
    pub step: Arc<Step>,
}

/// Returns every step of both plans once, in the order of the new one; removed ones stand where they were.
///
/// Moved are the fewest steps whose absence leaves the rest in the old order (a longest increasing subsequence).
pub fn changes(before: &[Arc<Step>], after: &[Arc<Step>]) -> Vec<Change> {
    let old: HashMap<&StepId, usize> = before.iter().enumerate().map(|(at, step)| (&step.id, at)).collect();
    let new: HashSet<&StepId> = after.iter().map(|step| &step.id).collect();
    let places: Vec<usize> = after.iter().filter_map(|step| old.get(&step.id).copied()).collect();
    let in_order: HashSet<usize> = longest_increasing(&places).into_iter().collect();
    let mut list = Vec::with_capacity(before.len() + after.len());
    let mut next_old = 0;
    let mut removed_until = |place: usize, list: &mut Vec<Change>| {
        while next_old < place {
            if let Some(step) = before.get(next_old)
                && !new.contains(&step.id)
            {
                list.push(Change { kind: ChangeKind::Removed, step: step.clone() });
            }
            next_old += 1;
        }
    };
    for step in after {
        let kind = match old.get(&step.id) {
            None => ChangeKind::Added,
            Some(place) if !in_order.contains(place) => ChangeKind::Moved,
            Some(place) => {
                removed_until(*place, &mut list);
                if same(&before[*place], step) { ChangeKind::Kept } else { ChangeKind::Changed }
            }
        };
        list.push(Change { kind, step: step.clone() });
    }
    removed_until(before.len(), &mut list);
    list
}

/// Returns the remaining steps that are left when of a proposal only the changes to `taken` are taken.
pub fn take(before: &[Arc<Step>], after: &[Arc<Step>], taken: &[StepId]) -> Vec<Arc<Step>> {
    let old: HashMap<&StepId, &Arc<Step>> = before.iter().map(|step| (&step.id, step)).collect();
    let mut result: Vec<Arc<Step>> = Vec::new();
    let mut back: Vec<Arc<Step>> = Vec::new();
    for change in changes(before, after) {
        let take = taken.contains(&change.step.id);
        match change.kind {
            ChangeKind::Kept => result.push(change.step),
            ChangeKind::Added if take => result.push(change.step),
            ChangeKind::Added => {}
            ChangeKind::Removed if take => {}
            ChangeKind::Removed => result.push(change.step),
            ChangeKind::Changed if take => result.push(change.step),
            ChangeKind::Changed => result.extend(old.get(&change.step.id).map(|step| (*step).clone())),
            ChangeKind::Moved if take => result.push(change.step),
            ChangeKind::Moved => back.push(change.step),
        }
    }
    // Each goes back behind the step that it followed before, as far as that one is still there.
    back.sort_by_key(|step| before.iter().position(|old| old.id == step.id));
    for step in back {
        let at = before.iter().position(|old| old.id == step.id).unwrap_or(0);
        let ahead: HashSet<&StepId> = before[..at].iter().map(|step| &step.id).collect();
        let place = result.iter().rposition(|step| ahead.contains(&step.id)).map_or(0, |place| place + 1);
        result.insert(place, step);
    }
    result
}

fn same(a: &Step, b: &Step) -> bool {
    a.same_use(b)
        && a.description == b.description
        && a.skip == b.skip
        && a.ensures == b.ensures
        && a.approval == b.approval
        && a.note == b.note
}

fn longest_increasing(places: &[usize]) -> Vec<usize> {
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; places.len()];
    for (at, place) in places.iter().enumerate() {
        let row = tails.partition_point(|tail| places[*tail] < *place);
        before[at] = row.checked_sub(1).map(|row| tails[row]);
        if row == tails.len() { tails.push(at) } else { tails[row] = at }
    }
    let mut at = tails.last().copied();
    let mut result = Vec::with_capacity(tails.len());
    while let Some(here) = at {
        result.push(places[here]);
        at = before[here];
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(ids: &str) -> Vec<Arc<Step>> {
        let step = |id: &str| Step { id: id.into(), tool: Some(id.into()), ..Step::default() };
        ids.split_whitespace().map(|id| Arc::new(step(id))).collect()
    }

    fn said(before: &str, after: &str) -> String {
        let sign = |kind| match kind {
            ChangeKind::Kept => '=',
            ChangeKind::Added => '+',
            ChangeKind::Removed => '-',
            ChangeKind::Moved => '↕',
            ChangeKind::Changed => '±',
        };
        let list = changes(&steps(before), &steps(after));
        list.iter().map(|c| format!("{}{}", sign(c.kind), c.step.id)).collect::<Vec<_>>().join(" ")
    }

    fn ids(steps: &[Arc<Step>]) -> String {
        steps.iter().map(|s| s.id.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_step_is_said_once_and_where_it_stands() {
        assert_eq!(said("a b c", "d b c"), "+d -a =b =c");
        assert_eq!(said("a b c", "c a b"), "↕c =a =b");
        assert_eq!(said("", "a"), "+a");
        assert_eq!(said("a b", ""), "-a -b");
    }

    #[test]
    fn hunks_that_are_not_taken_stay_as_they_were() {
        let (before, after) = (steps("a b c"), steps("d b"));
        assert_eq!(ids(&take(&before, &after, &[])), "a b c");
        assert_eq!(ids(&take(&before, &after, &["d".into()])), "d a b c");
        assert_eq!(ids(&take(&before, &after, &["d".into(), "a".into(), "c".into()])), "d b");
        assert_eq!(ids(&take(&steps("a b c"), &steps("c a b"), &[])), "a b c");
    }
}
