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
            _ if is_even(&span.content) => set_even(&span.content, x, y, left, style, buf),
            _ => buf.set_stringn(x, y, &span.content, usize::from(left), style).0,
        };
    }
}

/// Writes `text`, of which each character takes one cell, into at most `left` cells, and returns the column behind it.
/// That is most of a frame, and it need not be looked through for what is seen as one sign.
fn set_even(text: &str, x: u16, y: u16, left: u16, style: Style, buf: &mut Buffer) -> u16 {
    let mut end = x;
    if left > 0 {
        let from = buf.index_of(x, y);
        let cells = buf.content[from..].iter_mut().take(usize::from(left));
        for (cell, c) in cells.zip(text.chars()) {
            cell.set_char(c).set_style(style);
            end += 1;
        }
    }
    end
}
