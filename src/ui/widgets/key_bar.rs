//! The bottom line of a screen: the keys that work there now, each with what it does and the cells that it takes.

use std::ops::Range;

use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::action::Action;
use crate::ui::input::KeyPress;
use crate::ui::keymap::{Keymap, Mode};
use crate::ui::theme::Theme;
use crate::ui::widgets::row::Row;

/// A key that is offered: what it means, and the columns that it takes.
pub type Offer = (KeyPress, Action, Range<usize>);

/// How to get help and away: offered always, at the end.
const END: [Action; 2] = [Action::Help, Action::Leave];

/// How many blanks are between two of them.
const APART: usize = 2;

/// Returns as many of `keys` as fit into `width` cells and do something now, then how to get help and away.
pub(crate) fn offers(
    keymap: &Keymap,
    modes: &[Mode],
    keys: impl Iterator<Item = (KeyPress, Action)>,
    works: impl Fn(Action) -> bool,
    width: usize,
) -> Vec<Offer> {
    // A key, a space, what it is called.
    let cells = |press: KeyPress, action: Action| text::width(&press.to_string()) + 1 + text::width(action.label());
    let end = END.into_iter().filter_map(|action| Some((keymap.key_for(modes, action)?, action)));
    let reserved: usize = end.clone().map(|(press, action)| cells(press, action) + APART).sum();
    let (mut offers, mut column) = (Vec::new(), 1);
    for (press, action) in keys {
        let wide = cells(press, action);
        if column + wide + APART + reserved <= width && works(action) {
            offers.push((press, action, column..column + wide));
            column += wide + APART;
        }
    }
    for (press, action) in end {
        let wide = cells(press, action);
        offers.push((press, action, column..column + wide));
        column += wide + APART;
    }
    offers
}

/// Returns the line of keys that offers these, each under the name that `label` gives it.
pub(crate) fn line(
    offers: &[Offer],
    label: impl Fn(Action) -> &'static str,
    width: usize,
    theme: &Theme,
) -> Line<'static> {
    let mut row = Row::new();
    for (press, action, columns) in offers {
        row = row
            .tab(columns.start, false)
            .put(&press.to_string(), theme.style(Role::Key))
            .put(" ", theme.style(Role::Text))
            .put(label(*action), theme.style(Role::Dim));
    }
    row.fit(width, width)
}

/// Returns what the key does that takes this column.
pub(crate) fn action_at(offers: &[Offer], column: usize) -> Option<Action> {
    offers.iter().find(|(.., columns)| columns.contains(&column)).map(|(_, action, _)| *action)
}
