//! What is selected in full, beside plan and context: where the screen is wide enough nobody has to open it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::session::view::View;
use crate::ui::widgets::cells::{padded, put};
use crate::ui::widgets::page_rows;

/// Draws what the focused pane has selected into `area`, if that has room.
pub fn draw(view: &View<'_>, area: Rect, buf: &mut Buffer) {
    if area.width < 8 || area.height < 4 {
        return;
    }
    let theme = view.theme;
    let block = Block::bordered().border_type(BorderType::Rounded).border_style(theme.style(Role::Border));
    let inner = padded(block.inner(area));
    let (width, height) = (usize::from(inner.width), usize::from(inner.height));
    let page = view.pane(view.ui.focus).detail(view, width, height).unwrap_or_default();
    let title = text::clip(&page.title, usize::from(area.width).saturating_sub(4));
    let title = if title.is_empty() { Line::default() } else { Line::from(format!(" {title} ")) };
    let title = title.style(theme.style(Role::Title));
    let lines = page_rows::lines(&page, width, height + 1, theme, |words| view.words(words));
    let block = block.title_top(title);
    let block =
        if lines.len() > height { block.title_bottom(Line::from(Span::styled(" … ", Style::new()))) } else { block };
    block.render(area, buf);
    for (at, line) in lines.into_iter().take(height).enumerate() {
        put(line, inner, at, buf);
    }
}
