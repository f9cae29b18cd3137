//! What of a row can be clicked: a key that stands there, with the words that say what it does.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::Line;

use crate::describe::sanitize::harmless;
use crate::describe::text;
use crate::ui::action::Action;
use crate::ui::keymap::Part;
use crate::ui::widgets::row::Row;

/// Cells of a row, and what a click on them does.
pub type Click = (Range<usize>, Action);

/// A part of a row that a click does something on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// The row, from the first of what it stands in.
    pub row: usize,
    /// The cells of that row.
    pub cells: Range<usize>,
    /// What a click does.
    pub action: Action,
    /// The digit that it stands for, where the action is to choose.
    pub number: Option<u32>,
}

impl Button {
    /// Returns what does `action`.
    pub fn new(row: usize, cells: Range<usize>, action: Action) -> Button {
        Button { row, cells, action, number: None }
    }

    /// Tells whether it takes this cell.
    pub fn is_at(&self, column: usize, row: usize) -> bool {
        self.row == row && self.cells.contains(&column)
    }
}

/// Rows with what can be clicked in them.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// The rows.
    pub lines: Vec<Line<'static>>,
    /// What can be clicked; what stands in a row that is not there any more is not.
    pub buttons: Vec<Button>,
}

impl Rows {
    /// Adds a row, of which these cells can be clicked.
    pub fn push(&mut self, line: Line<'static>, clicks: impl IntoIterator<Item = Click>) {
        let row = self.lines.len();
        self.buttons.extend(clicks.into_iter().map(|(cells, action)| Button::new(row, cells, action)));
        self.lines.push(line);
    }

    /// Adds the rows of another.
    pub fn append(&mut self, other: Rows) {
        let above = self.lines.len();
        self.buttons.extend(other.buttons.into_iter().map(|button| Button { row: button.row + above, ..button }));
        self.lines.extend(other.lines);
    }

    /// Returns what can be clicked in the rows from `top` on, as if that were the first.
    pub fn after(&self, top: usize) -> impl Iterator<Item = Button> {
        let there = self.buttons.iter().filter(|button| button.row < self.lines.len());
        there.filter_map(move |button| Some(Button { row: button.row.checked_sub(top)?, ..button.clone() }))
    }
}

impl From<Vec<Line<'static>>> for Rows {
    fn from(lines: Vec<Line<'static>>) -> Rows {
        Rows { lines, buttons: Vec::new() }
    }
}

/// Breaks the parts of a sentence into rows of at most `room` cells, at spaces where there are any.
pub fn wrap<'w>(parts: Vec<Part<'w>>, room: usize) -> Vec<Vec<Part<'w>>> {
    let (mut rows, mut used): (Vec<Vec<Part<'w>>>, usize) = (vec![Vec::new()], 0);
    for (part, action) in parts {
        let whole = harmless(&part);
        let words: Vec<&str> = if action.is_some() { vec![&whole] } else { whole.split_inclusive(' ').collect() };
        for word in words {
            if used > 0 && used + text::width(word.trim_end()) > room {
                // A blank at the end of a row takes no cell.
                if let Some((text, None)) = rows.last_mut().and_then(|row| row.last_mut()) {
                    *text = text.trim_end().to_owned().into();
                }
                rows.push(Vec::new());
                used = 0;
            }
            let word = if used == 0 { word.trim_start() } else { word };
            used += text::width(word);
            let Some(row) = rows.last_mut() else { continue };
            match row.last_mut() {
                Some((text, None)) if action.is_none() => text.to_mut().push_str(word),
                _ => row.push((word.to_owned().into(), action)),
            }
        }
    }
    rows
}

/// Puts the parts of a sentence behind what stands in `row`. Returns the row, and the cells of each key with the words
/// behind it, as far as they are about it.
pub fn say(mut row: Row, parts: &[Part<'_>], style: Style) -> (Row, Vec<Click>) {
    let mut clicks: Vec<Click> = Vec::new();
    let mut named = false;
    for (part, action) in parts {
        let from = row.left_width();
        row = row.put(part, style);
        match (action, clicks.last_mut().filter(|_| named)) {
            (Some(action), _) => clicks.push((from..row.left_width(), *action)),
            (None, Some((cells, _))) => {
                let about = part.find([';', ',', '·']).map_or(&**part, |end| &part[..end]);
                cells.end += text::width(&harmless(about.trim_end()));
            }
            (None, None) => {}
        }
        named = action.is_some();
    }
    (row, clicks)
}
