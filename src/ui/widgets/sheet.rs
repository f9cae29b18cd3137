//! The frame of a dialog: its box over the dashboard, a body that scrolls, notes and hints at its foot.

use std::cell::{Cell, RefCell};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Widget};

use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::input::KeyPress;
use crate::ui::theme::Theme;
use crate::ui::widgets::buttons::Button;
use crate::ui::widgets::hints::Hint;
use crate::ui::widgets::scroll;

/// What a dialog shows, built for a width; the frame places it.
#[derive(Default)]
pub(crate) struct Sheet {
    /// The title.
    pub title: String,
    /// The body; it scrolls.
    pub body: Vec<Line<'static>>,
    /// The row of the body that must be seen.
    pub focus: Option<usize>,
    /// Rows under the body that do not scroll, most important first.
    pub foot: Vec<Line<'static>>,
    /// Which of them can be chosen with a click.
    pub buttons: Vec<Button>,
    /// Keys with what they do.
    pub hints: Vec<Hint>,
    /// The heading of the foot, on its rule.
    pub foot_title: Option<String>,
    /// Whether it takes all the height that there is.
    pub tall: bool,
    /// Whether it takes all the width that there is.
    pub whole: bool,
    /// How many rows of a text in the body lie above and below those that are seen.
    pub hidden: (usize, usize),
}

/// Where a body is scrolled to, kept from frame to frame, and where it was drawn (for the mouse).
#[derive(Clone, Debug, Default)]
pub(crate) struct Scroll {
    top: Cell<usize>,
    rows: Cell<usize>,
    body: Cell<Rect>,
    /// Where the foot was drawn.
    foot: Cell<Rect>,
    /// The keys of the bottom line, for clicks.
    keys: RefCell<Vec<(Rect, KeyPress)>>,
    /// The choices of the foot.
    choices: RefCell<Vec<(Rect, u32)>>,
}

impl Scroll {
    /// Returns how many rows of the body were seen at last.
    pub(crate) fn page(&self) -> usize {
        self.rows.get().max(1)
    }

    /// Scrolls by `by` rows; the next frame keeps it within the body.
    pub(crate) fn by(&self, by: isize) {
        self.top.set(self.top.get().saturating_add_signed(by));
    }

    /// Scrolls no further than it takes to see `row`.
    pub(crate) fn show(&self, row: usize) {
        let top = self.top.get().min(row).max((row + 1).saturating_sub(self.page()));
        self.top.set(top);
    }

    /// Returns how wide the body was at last.
    pub(crate) fn width(&self) -> usize {
        usize::from(self.body.get().width)
    }

    /// Scrolls to the top.
    pub(crate) fn to_top(&self) {
        self.top.set(0);
    }

    /// Scrolls to the end.
    pub(crate) fn to_end(&self) {
        self.top.set(usize::MAX / 2);
    }

    /// Returns the row of the body that was drawn at this cell.
    pub(crate) fn row_at(&self, column: u16, row: u16) -> Option<usize> {
        let body = self.body.get();
        let inside = body.contains(ratatui::layout::Position { x: column, y: row });
        inside.then(|| self.top.get() + usize::from(row - body.y))
    }

    /// Returns the row of the foot that was drawn at this cell.
    pub(crate) fn foot_at(&self, column: u16, row: u16) -> Option<usize> {
        let foot = self.foot.get();
        foot.contains(ratatui::layout::Position { x: column, y: row }).then(|| usize::from(row - foot.y))
    }

    /// Returns the key of the bottom line that was drawn at this cell.
    pub(crate) fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        let at = ratatui::layout::Position { x: column, y: row };
        self.keys.borrow().iter().find(|(place, _)| place.contains(at)).map(|(_, press)| *press)
    }

    /// Returns the number of the choice that was drawn at this cell.
    pub(crate) fn button_at(&self, column: u16, row: u16) -> Option<u32> {
        let at = ratatui::layout::Position { x: column, y: row };
        self.choices.borrow().iter().find(|(place, _)| place.contains(at)).map(|(_, number)| *number)
    }

    fn settle(&self, len: usize, rows: usize, focus: Option<usize>) -> usize {
        let mut top = self.top.get();
        if let Some(focus) = focus {
            top = top.min(focus).max((focus + 1).saturating_sub(rows));
        }
        let top = top.min(len.saturating_sub(rows));
        self.top.set(top);
        self.rows.set(rows);
        top
    }
}

/// The widest that a dialog is: what a key does stands whole in a line. Less than `SLIVER` columns on either side of it are
/// not left over.
const WIDEST: u16 = 128;
const SLIVER: u16 = 14;

fn outer_width(area: Rect) -> u16 {
    if area.width <= WIDEST + 2 * SLIVER { area.width } else { WIDEST }
}

/// Returns how wide the inside of a dialog is on a screen of this size.
pub(crate) fn inner_width(area: Rect) -> usize {
    usize::from(outer_width(area).saturating_sub(4)).max(1)
}

/// Returns how wide the inside of a dialog is that takes all the width.
pub(crate) fn whole_width(area: Rect) -> usize {
    usize::from(area.width.saturating_sub(4)).max(1)
}

/// Returns how many rows a dialog may fill inside its frame.
pub(crate) fn inner_height(area: Rect) -> usize {
    usize::from(area.height.saturating_sub(2))
}

impl Sheet {
    /// Draws the sheet in the middle of `area`.
    pub(crate) fn draw(self, area: Rect, buf: &mut Buffer, theme: &Theme, scroll: &Scroll) {
        let area = area.intersection(buf.area);
        if area.width == 0 || area.height == 0 {
            return;
        }
        let (hints, keys) =
            hint_lines(&self.hints, if self.whole { whole_width(area) } else { inner_width(area) }, theme);
        let room = inner_height(area);
        // In a low window the body keeps three rows; hints go before notes do.
        let hint_rows = hints.len().min(room.saturating_sub(3).max(usize::from(room > 1)));
        let rule = usize::from(!self.foot.is_empty() && room >= 8);
        let foot_rows = self.foot.len().min(room.saturating_sub(hint_rows + rule + 3));
        let rule = if foot_rows == 0 { 0 } else { rule };
        let most = room.saturating_sub(hint_rows + foot_rows + rule);
        let rows = if self.tall { most } else { self.body.len().min(most) };
        let height = (rows + hint_rows + foot_rows + rule + 2).min(usize::from(area.height)) as u16;
        let width = if self.whole { area.width } else { outer_width(area) };
        let frame =
            Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
        theme.step_back(area, buf);
        // What stood at the bottom names keys that type, or mean nothing, while this is open.
        let footer = if area.bottom() == buf.area.bottom() { FOOTER.min(area.height) } else { 0 };
        Clear.render(Rect { y: area.bottom() - footer, height: footer, ..area }, buf);
        Clear.render(frame, buf);
        scroll.keys.replace(Vec::new());
        scroll.foot.set(Rect::default());
        scroll.choices.replace(Vec::new());
        if frame.width < 4 || frame.height < 3 {
            // No room for a frame: the row that matters, bare.
            let line = self.body.get(self.focus.unwrap_or(0)).or(self.foot.first());
            if let Some(line) = line {
                line.clone().render(Rect { height: 1, ..frame }, buf);
            }
            return;
        }
        let title = text::clip(&self.title, usize::from(width).saturating_sub(4));
        Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(theme.style(Role::Focus))
            .title(Line::styled(format!(" {title} "), theme.style(Role::Title)))
            .render(frame, buf);
        let inner = Rect { x: frame.x + 2, y: frame.y + 1, width: frame.width - 4, height: frame.height - 2 };
        let rows = rows.min(usize::from(inner.height));
        let len = self.body.len();
        let top = scroll.settle(len, rows, self.focus);
        scroll.body.set(Rect { height: rows as u16, ..inner });
        let mut y = inner.y;
        let mut put = |line: &Line<'static>, y: &mut u16| {
            if *y < inner.bottom() {
                line.render(Rect { y: *y, height: 1, ..inner }, buf);
            }
            *y = y.saturating_add(1);
        };
        for line in self.body.iter().skip(top).take(rows) {
            put(line, &mut y);
        }
        // A tall dialog keeps its foot at the bottom, wherever the body ends.
        y = inner.y.saturating_add(rows as u16);
        let rule_y = y;
        if rule == 1 {
            y = y.saturating_add(1);
        }
        let place = |Button { row, cells, number, .. }: &Button| {
            let (x, wide) = (inner.x + cells.start as u16, cells.len() as u16);
            Some((Rect { x, y: y + *row as u16, width: wide, height: 1 }, (*number)?))
        };
        let seen = self.buttons.iter().filter(|button| button.row < foot_rows);
        scroll.choices.replace(seen.filter_map(place).collect());
        scroll.foot.set(Rect { y, height: foot_rows as u16, ..inner }.intersection(inner));
        for line in self.foot.iter().take(foot_rows) {
            put(line, &mut y);
        }
        let first = y;
        for line in hints.iter().take(hint_rows) {
            put(line, &mut y);
        }
        let seen = keys.into_iter().filter(|(row, ..)| usize::from(*row) < hint_rows);
        let place = |(row, x, width, press)| (Rect { x: inner.x + x, y: first + row, width, height: 1 }, press);
        scroll.keys.replace(seen.map(place).filter(|(place, _)| place.y < inner.bottom()).collect());
        if rule == 1 && rule_y < inner.bottom() {
            let label = self.foot_title.map_or(String::new(), |title| format!(" {title} "));
            let label = text::clip(&label, usize::from(width).saturating_sub(4));
            let fill = usize::from(width).saturating_sub(2 + text::width(&label));
            let rule = Line::from(vec![
                Span::styled("├", theme.style(Role::Focus)),
                Span::styled(label, theme.style(Role::Title)),
                Span::styled("─".repeat(fill), theme.style(Role::Focus)),
                Span::styled("┤", theme.style(Role::Focus)),
            ]);
            rule.render(Rect { y: rule_y, height: 1, ..frame }, buf);
        }
        let marks = match len > rows && rows > 0 {
            true => Some(format!("{}-{} of {len}", top + 1, top + rows)),
            false => scroll::marks(self.hidden),
        };
        if let Some(marks) = marks {
            let text = format!(" {marks} ");
            let wide = text::width(&text) as u16;
            if wide + text::width(&title) as u16 + 6 < frame.width {
                let at = Rect { x: frame.right() - 2 - wide, width: wide, height: 1, ..frame };
                Line::styled(text, theme.style(Role::Focus)).render(at, buf);
            }
        }
    }
}

/// How many rows at the bottom of every screen say what keys do.
const FOOTER: u16 = 2;

/// A key in the hints: its row, column and width, from 0.
type Place = (u16, u16, u16, KeyPress);

/// Returns the hints in as many rows as they need, and where those that are one key stand.
fn hint_lines(hints: &[Hint], width: usize, theme: &Theme) -> (Vec<Line<'static>>, Vec<Place>) {
    let mut out: Vec<Line<'static>> = Vec::new();
    let mut places = Vec::new();
    let mut used = 0;
    for Hint { keys, press, words } in hints {
        let wide = text::width(keys) + 1 + text::width(words);
        let gap = if out.is_empty() || used + 2 + wide > width {
            out.push(Line::default());
            used = 0;
            0
        } else {
            2
        };
        if let Some(line) = out.last_mut() {
            line.push_span(" ".repeat(gap));
            line.push_span(Span::styled(keys.clone(), theme.style(Role::Key)));
            line.push_span(format!(" {words}"));
        }
        if let Some(press) = press {
            places.push((out.len() as u16 - 1, (used + gap) as u16, wide as u16, *press));
        }
        used += gap + wide;
    }
    (out, places)
}

/// Returns rows of `text`, wrapped, each after `glyph` in the style of `role`.
pub(crate) fn marked(role: Role, words: &str, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    // What is indented goes on below itself, a little further in.
    let lead = words.len() - words.trim_start_matches(' ').len();
    let hang = if lead > 0 && lead + 2 < width / 2 { lead + 2 } else { 0 };
    let rows = text::wrap(if hang > 0 { words.trim_start_matches(' ') } else { words }, width.saturating_sub(2 + hang));
    let mark = |at| if at == 0 { format!("{} ", role.glyph()) } else { "  ".to_owned() };
    let indent = |at| " ".repeat(if at == 0 { hang.saturating_sub(2) } else { hang });
    rows.into_iter()
        .enumerate()
        .map(|(at, row)| {
            let row = format!("{}{row}", indent(at));
            Line::from(vec![Span::styled(mark(at), theme.style(role)), Span::raw(row)])
        })
        .collect()
}

/// Returns rows of plain wrapped text.
pub(crate) fn plain(words: &str, width: usize) -> Vec<Line<'static>> {
    text::wrap(words, width).into_iter().map(Line::from).collect()
}

/// Returns rows that say what is wrong, or nothing.
pub(crate) fn refusal(message: Option<&str>, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    message.map_or(Vec::new(), |message| marked(Role::Failed, message, width, theme))
}

/// Returns a styled heading.
pub(crate) fn heading(words: &str, theme: &Theme) -> Line<'static> {
    Line::styled(words.to_owned(), theme.style(Role::Title))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_indented_goes_on_below_itself() {
        let rows = |words: &str| -> Vec<String> {
            marked(Role::Text, words, 20, &Theme::plain()).iter().map(Line::to_string).collect()
        };
        assert_eq!(rows("  argument 1  alpha beta gamma"), ["    argument 1", "      alpha beta", "      gamma"]);
        assert_eq!(rows("one two three four five"), ["  one two three four", "  five"]);
    }
}
