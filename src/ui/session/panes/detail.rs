//! What is selected in full, beside plan and context: where the screen is wide enough nobody has to open it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::session::view::View;
use crate::ui::widgets::cells::{frame, padded, put, put_over};
use crate::ui::widgets::page_rows;

/// Draws what the focused pane has selected into `area`, if that has room.
pub fn draw(view: &View<'_>, area: Rect, buf: &mut Buffer) {
    if area.width < 8 || area.height < 4 {
        return;
    }
    let theme = view.theme;
    let inner = padded(Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2));
    let (width, height) = (usize::from(inner.width), usize::from(inner.height));
    let page = view.pane(view.ui.focus).detail(view, width, height).unwrap_or_default();
    let title = text::clip(&page.title, usize::from(area.width).saturating_sub(4));
    let lines = page_rows::lines(&page, width, height + 1, theme, |words| view.words(words));
    frame(area, theme.style(Role::Border), buf);
    if !title.is_empty() {
        let title = Line::styled(format!(" {title} "), theme.style(Role::Title));
        put_over(&title, (area.x + 1, area.y), area.width - 2, buf);
    }
    if lines.len() > height {
        put_over(&Line::raw(" … "), (area.x + 1, area.bottom() - 1), area.width - 2, buf);
    }
    for (at, line) in lines.into_iter().take(height).enumerate() {
        put(line, inner, at, buf);
    }
}
