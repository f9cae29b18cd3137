//! What a screen says of itself to somebody who sees it for the first time.

use super::text::count;
use crate::engine::plan::Author;
use crate::engine::state::{Phase, State};

/// How many values are looked at for the signs of their kinds.
const VALUES: usize = 50;

/// Returns what the signs mean that are to be seen in the two columns: a sign, and its meaning. Something has `changed`
/// where that is shown.
pub fn legend(state: &State, changed: bool) -> Vec<(&'static str, &'static str)> {
    let (mut lists, mut objects, mut stale) = (false, false, false);
    for (_, datum) in state.context.iter().take(VALUES) {
        let value = datum.value.look();
        let filled = value.children(0).next().is_some();
        lists |= filled && value.is_list();
        objects |= filled && value.is_object();
        stale |= !datum.fresh;
    }
    let signs = [
        (true, "s1 → s2", "made by s1, read by s2"),
        (!state.plan.remaining().is_empty(), "○", "to do"),
        (!state.runs.is_empty(), "✓", "done"),
        (lists, "[5]", "a list of 5"),
        (objects, "{3}", "an object of 3"),
        (changed, "±", "changed"),
        (stale, "~", "made from old values"),
    ];
    signs.into_iter().filter(|(seen, ..)| *seen).map(|(_, sign, meaning)| (sign, meaning)).collect()
}

/// Returns what is proposed and what a person can do about it, before anything has run: in words and in fewer words.
pub fn proposal(state: &State) -> Option<Vec<String>> {
    let nothing_ran = state.runs.is_empty() && state.turns.is_empty();
    match &state.phase {
        Phase::Review => {
            let steps = state.plan.remaining();
            let who = match steps.first().is_some_and(|step| step.by == Author::File) {
                true => "The plan of the file has",
                false => "The planner proposes",
            };
            let them = if steps.len() == 1 { "it" } else { "them" };
            let steps = count(steps.len(), "step");
            Some(vec![
                format!("{who} {steps}. Read {them}, then \x01approve\x02; \x01step\x02 also runs the first."),
                format!("{who} {steps}. \x01approve\x02 approves\x03; \x01step\x02 also runs the first."),
            ])
        }
        Phase::Ready if state.is_react() && nothing_ran => Some(vec![
            "No plan is made: \x01step\x02 thinks of one action and does it\x03; what comes back decides on the next."
                .into(),
        ]),
        _ => None, // later, the line of what comes next says it
    }
}
