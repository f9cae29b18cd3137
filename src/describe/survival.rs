//! A prediction of which steps survive a replan, held against the plan that came.

use std::collections::HashSet;

use super::text::count;
use crate::engine::diff::{Change, ChangeKind};
use crate::engine::plan::StepId;

/// What was predicted: the steps that do not survive.
pub type Dropped = HashSet<StepId>;

/// Returns the word for a step that is predicted to survive, or not to.
pub fn word(survives: bool) -> &'static str {
    if survives { "kept" } else { "dropped" }
}

/// Tells whether `change` came as predicted; none: nothing was predicted of it, for it is new or switched off.
pub fn is_right(dropped: &Dropped, change: &Change) -> Option<bool> {
    let survives = change.kind != ChangeKind::Removed;
    let predicted = change.kind != ChangeKind::Added && !change.step.skip;
    predicted.then(|| survives != dropped.contains(&change.step.id))
}

/// Returns of how many steps the prediction was right, and of how many there was one.
pub fn score(dropped: &Dropped, changes: &[Change]) -> (usize, usize) {
    let judged = changes.iter().filter_map(|change| is_right(dropped, change));
    judged.fold((0, 0), |(right, all), one| (right + usize::from(one), all + 1))
}

/// Returns what a new plan makes of the steps, in words: "1 step is new, 2 are kept".
pub fn rewritten(changes: &[Change]) -> String {
    let of = |kind: ChangeKind| changes.iter().filter(|change| change.kind == kind).count();
    let kinds = [
        (ChangeKind::Added, "new"),
        (ChangeKind::Removed, "dropped"),
        (ChangeKind::Changed, "changed"),
        (ChangeKind::Moved, "moved"),
        (ChangeKind::Kept, "kept"),
    ];
    let mut words = String::new();
    for (n, word) in kinds.into_iter().map(|(kind, word)| (of(kind), word)).filter(|(n, _)| *n > 0) {
        let noun = if words.is_empty() { count(n, "step") } else { format!(", {n}") };
        words.push_str(&format!("{noun} {} {word}", if n == 1 { "is" } else { "are" }));
    }
    if words.is_empty() { "no step is left".to_owned() } else { words }
}

/// Returns what becomes of the plan, in a sentence, and in fewer words: one of which every step is kept is not rewritten.
pub fn headline(changes: &[Change]) -> [String; 2] {
    let words = rewritten(changes);
    let same = !changes.is_empty() && changes.iter().all(|change| change.kind == ChangeKind::Kept);
    let becomes = if same { "the plan stays as it is" } else { "the plan is rewritten" };
    [format!("{becomes}: {words}"), words]
}

/// Returns whether all of a prediction was right, and the sentence that says how much of it.
pub fn outcome(dropped: &Dropped, changes: &[Change]) -> (bool, String) {
    let judged: Vec<(bool, &Change)> =
        changes.iter().filter_map(|change| Some((is_right(dropped, change)?, change))).collect();
    let gone: Vec<&str> = judged
        .iter()
        .filter(|(_, change)| dropped.contains(&change.step.id))
        .map(|(_, change)| &*change.step.id)
        .collect();
    let said = match gone.as_slice() {
        [] => "every step survives".to_owned(),
        [one] => format!("{one} does not survive"),
        some => format!("{} do not survive", some.join(", ")),
    };
    let (right, all) = score(dropped, changes);
    let came = if right == all { "So it was" } else { "Not so" };
    (right == all, format!("You predicted: {said}. {came}: {right} of {all} right."))
}
