//! The keys that work on the screen of the lanes, now; as many as fit, how to get help and away always.

use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::action::Action;
use crate::ui::compare::{Compare, MODES, act};
use crate::ui::widgets::row::Row;

/// Returns the keys that the footer offers, each with the columns that it takes.
pub(super) fn offers(compare: &Compare, width: usize) -> Vec<(String, Action, std::ops::Range<usize>)> {
    let end = [Action::Help, Action::Leave];
    let cells = |key: &str, action: Action| text::width(key) + 1 + text::width(action.label()) + 2;
    let key_for = |action: Action| compare.keymap.key_for(&MODES, action).map(|press| press.to_string());
    let reserved: usize = end.iter().filter_map(|action| Some(cells(&key_for(*action)?, *action))).sum();
    let (mut offers, mut column) = (Vec::new(), 1);
    for (press, action) in compare.keymap.active(&MODES).iter().copied() {
        let key = press.to_string();
        let wide = cells(&key, action);
        if !is_loud(compare, action) || column + wide + reserved > width || act::refusal(compare, action).is_some() {
            continue;
        }
        offers.push((key, action, column..column + wide - 2));
        column += wide;
    }
    for action in end {
        if let Some(key) = key_for(action) {
            let wide = cells(&key, action);
            offers.push((key, action, column..column + wide - 2));
            column += wide;
        }
    }
    offers
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

/// Returns the line of keys.
pub(super) fn line(compare: &Compare, width: usize) -> Line<'static> {
    let theme = &compare.theme;
    let mut row = Row::new();
    for (key, action, columns) in offers(compare, width) {
        row = row
            .tab(columns.start, false)
            .put(&key, theme.style(Role::Key))
            .put(" ", theme.style(Role::Text))
            .put(action.label(), theme.style(Role::Dim));
    }
    row.fit(width, width)
}
