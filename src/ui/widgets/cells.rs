//! Lines into the cells of a frame.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use crate::describe::sanitize::is_even;

/// Returns the inside of a pane without its margin: the frame and the text do not touch.
pub fn padded(inner: Rect) -> Rect {
    let left = u16::from(inner.width >= 40);
    Rect::new(inner.x + left, inner.y, inner.width.saturating_sub(left + 1), inner.height)
}

/// Draws a frame with round corners along the edge of `area`.
///
/// A frame is drawn for every pane of every frame of the screen: cell by cell this costs a third of what a block does.
pub fn frame(area: Rect, style: Style, buf: &mut Buffer) {
    let area = area.intersection(buf.area);
    if area.width < 2 || area.height < 2 {
        return;
    }
    let last = area.bottom() - 1;
    for y in area.y..=last {
        let from = buf.index_of(area.x, y);
        let row = &mut buf.content[from..from + usize::from(area.width)];
        let (first, between, end) = match y {
            y if y == area.y => ('╭', Some('─'), '╮'),
            y if y == last => ('╰', Some('─'), '╯'),
            _ => ('│', None, '│'),
        };
        let [left, inner @ .., right] = row else { continue };
        left.set_char(first).set_style(style);
        right.set_char(end).set_style(style);
        if let Some(between) = between {
            for cell in inner {
                cell.set_char(between).set_style(style);
            }
        }
    }
}

/// Puts `line` over what stands at (`x`, `y`), at most `room` cells of it: a title on a frame.
pub fn put_over(line: &Line<'_>, (x, y): (u16, u16), room: u16, buf: &mut Buffer) {
    let (mut x, end) = (x, x.saturating_add(room).min(buf.area.right()));
    for span in &line.spans {
        let (style, left) = (line.style.patch(span.style), end.saturating_sub(x));
        x = match is_even(&span.content) {
            true => set_even(&span.content, (x, y), left, style, true, buf),
            false => buf.set_stringn(x, y, &span.content, usize::from(left), style).0,
        };
    }
}

/// Puts `line` into the row `at` of `area`, if it has one. The row is blank before: the view is drawn first, on nothing,
/// so what is blank in the line need not be written.
pub fn put(line: Line<'static>, area: Rect, at: usize, buf: &mut Buffer) {
    let Some(y) = u16::try_from(at).ok().filter(|at| *at < area.height).map(|at| area.y + at) else { return };
    let mut x = area.x;
    for span in &line.spans {
        let style = line.style.patch(span.style);
        let left = area.right().min(buf.area.right()).saturating_sub(x);
        let is_blank = style == Style::default() && span.content.bytes().all(|byte| byte == b' ');
        x = match u16::try_from(span.content.len()) {
            Ok(wide) if is_blank => x + wide.min(left),
            _ if is_even(&span.content) => set_even(&span.content, (x, y), left, style, false, buf),
            _ => buf.set_stringn(x, y, &span.content, usize::from(left), style).0,
        };
    }
}

/// Writes `text`, of which each character takes one cell, into at most `left` cells, and returns the column behind it.
/// That is most of a frame, and it need not be looked through for what is seen as one sign. A blank is written only
/// where it goes `over` something.
fn set_even(text: &str, (x, y): (u16, u16), left: u16, style: Style, over: bool, buf: &mut Buffer) -> u16 {
    let mut end = x;
    if left > 0 {
        let from = buf.index_of(x, y);
        let cells = buf.content[from..].iter_mut().take(usize::from(left));
        let is_plain = style == Style::default();
        for (cell, c) in cells.zip(text.chars()) {
            if c != ' ' || over {
                cell.set_char(c);
            }
            if !is_plain {
                cell.set_style(style);
            }
            end += 1;
        }
    }
    end
}
