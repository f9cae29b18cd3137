//! Lines into the cells of a frame.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

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
        let left = area.right().saturating_sub(x);
        let is_blank = style == Style::default() && span.content.bytes().all(|byte| byte == b' ');
        x = match u16::try_from(span.content.len()) {
            Ok(wide) if is_blank => x + wide.min(left),
            _ => buf.set_stringn(x, y, &span.content, usize::from(left), style).0,
        };
    }
}
