//! The keys that work on the screen of the lanes, now; as many as fit, how to get help and away always.

use crate::ui::action::Action;
use crate::ui::compare::{Compare, MODES, act};
use crate::ui::widgets::key_bar::{self, Offer};

/// Returns the keys that the footer offers, each with the columns that it takes.
pub(super) fn offers(compare: &Compare, width: usize) -> Vec<Offer> {
    let active = compare.keymap.active(&MODES);
    let loud = active.iter().copied().filter(|(_, action)| is_loud(compare, *action));
    key_bar::offers(&compare.keymap, &MODES, loud, |action| act::refusal(compare, action).is_none(), width)
}

/// Tells whether an action is worth a place in the footer: everybody finds the arrows.
fn is_loud(compare: &Compare, action: Action) -> bool {
    match action {
        Action::Cancel => compare.bench.is_running() || compare.looking.is_some(),
        Action::Help
        | Action::Leave
        | Action::Up
        | Action::Down
        | Action::PageUp
        | Action::PageDown
        | Action::Top
        | Action::Bottom
        | Action::Suspend
        | Action::LaneLeft
        | Action::LaneRight => false,
        _ => true, // what else the keymap binds here is worth one
    }
}
