//! The guide above the panes: what is proposed, and what the signs mean, until a person has seen it often enough; or
//! the lesson.

use crate::describe::guide;
use crate::describe::keys;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::action::Action;
use crate::ui::session::panes::lesson;
use crate::ui::session::view::View;
use crate::ui::widgets::buttons::{self, Rows};
use crate::ui::widgets::row::Row;

/// Returns the rows of the guide, `width` cells wide.
pub fn lines(view: &View<'_>, width: usize) -> Rows {
    let theme = view.theme;
    let mut rows = Rows::default();
    if view.ui.present.is_some() {
        return rows; // before an audience every word counts
    }
    if let Some(taught) = view.ui.lesson.as_ref().filter(|taught| !taught.hidden) {
        return lesson::lines(view, taught, width);
    }
    if view.shown.past || view.ui.watched().is_some() {
        return rows;
    }
    if let Some(said) = guide::proposal(&view.shown.state) {
        let style = theme.style(Role::Text);
        let fits = |words: &str| text::width(&view.words(words)) < width;
        let words = said.iter().find(|words| fits(words)).or(said.last()).map_or("", String::as_str);
        let (row, clicks) = buttons::say(Row::new().put(" ", style), &view.parts(keys::shortened(words, fits)), style);
        rows.push(row.fit(width, width), clicks);
    }
    if view.ui.guided {
        let away = view.keymap.key_for(&view.modes(), Action::Help).map(|press| format!("{press} puts this away "));
        let away = away.unwrap_or_default();
        let (from, dim) = (width.saturating_sub(text::width(&away)), theme.style(Role::Dim));
        let changed = view.shown.touched.values().any(|change| change.role == Role::Changed);
        let legend = guide::legend(&view.shown.state, changed);
        let wide: Vec<usize> = legend.iter().map(|(sign, words)| text::width(sign) + 1 + text::width(words)).collect();
        let (places, with_key) = places(&wide, from.saturating_sub(1), width);
        for at in 0..=places.last().copied().unwrap_or_default().max(with_key) {
            let mut row = Row::new().put(" ", dim);
            for ((sign, meaning), _) in legend.iter().zip(&places).filter(|(_, place)| **place == at) {
                let row_of = if row.left_width() > 1 { row.put(GAP, dim) } else { row };
                row = row_of.put(sign, theme.style(Role::Strong)).put(" ", dim).put(meaning, dim);
            }
            let clicks = (at == with_key).then_some((from..width, Action::Help));
            let row = if clicks.is_some() { row.right(&away, dim) } else { row };
            rows.push(row.fit(width, from.saturating_sub(1)), clicks);
        }
    }
    rows
}

/// What stands between two signs.
const GAP: &str = "   ";

/// Returns in which row each of parts that are so `wide` stands, and in which row the key that puts them away does: there
/// is room for `beside` cells in that one and for `width` in the others. It stands in the first in which it takes no row
/// of its own.
fn places(wide: &[usize], beside: usize, width: usize) -> (Vec<usize>, usize) {
    let placed = |with_key: usize| {
        let (mut at, mut used, mut cut) = (0, 1, false);
        let place = |wide: &usize| {
            let room = |at: usize| if at == with_key { beside } else { width };
            if used > 1 && used + GAP.len() + wide > room(at) {
                (at, used) = (at + 1, 1);
            }
            used += wide + if used > 1 { GAP.len() } else { 0 };
            cut |= used > room(at);
            at
        };
        let places: Vec<usize> = wide.iter().map(place).collect();
        (cut, at.max(with_key), places)
    };
    let best = (0..=wide.len()).map(|key| (placed(key), key)).min_by_key(|((cut, last, _), key)| (*cut, *last, *key));
    best.map_or((Vec::new(), 0), |((.., places), key)| (places, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stands_in_the_first_row_that_has_room_for_it() {
        // All of it fits beside the key.
        assert_eq!(places(&[30, 7], 62, 80), (vec![0, 0], 0));
        // Beside the key it would take a row more than below it.
        assert_eq!(places(&[30, 30, 10, 40], 62, 80), (vec![0, 0, 0, 1], 1));
        // Rows without it are as wide as the screen.
        assert_eq!(places(&[30, 7, 6, 15, 18, 9, 22], 62, 80), (vec![0, 0, 0, 1, 1, 1, 1], 0));
        // A part that is wider than what the key leaves stands above it.
        assert_eq!(places(&[30, 7], 22, 40), (vec![0, 1], 1));
        assert_eq!(places(&[], 22, 40), (vec![], 0));
    }
}
