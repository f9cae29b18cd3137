//! A page of `describe` as rows: wrapped to a width, each paragraph behind its sign.

use std::borrow::Cow;

use ratatui::text::{Line, Span};

use crate::describe::page::Page;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::theme::Theme;

/// Returns the rows of `page`, `width` cells wide; at most `most`. `fill` puts keys into its words.
pub fn lines<'p>(
    page: &'p Page,
    width: usize,
    most: usize,
    theme: &Theme,
    fill: impl Fn(&'p str) -> Cow<'p, str>,
) -> Vec<Line<'static>> {
    let mut body = Vec::new();
    for row in &page.rows {
        // Deep chains stop moving right: the words keep half of the width.
        let indent = (row.indent * 2).min(width / 2);
        let bare = matches!(row.role, Role::Title | Role::Text | Role::Strong | Role::Error | Role::Warning);
        let mark = if bare { String::new() } else { format!("{} ", row.role.glyph()) };
        let hang = indent + text::width(&mark);
        for (at, words) in text::wrap(&fill(&row.words), width.saturating_sub(hang)).into_iter().enumerate() {
            if body.len() >= most {
                return body;
            }
            let lead = if at == 0 { mark.clone() } else { " ".repeat(text::width(&mark)) };
            let style = if bare { theme.style(row.role) } else { theme.style(Role::Text) };
            body.push(Line::from(vec![
                Span::raw(" ".repeat(indent)),
                Span::styled(lead, theme.style(row.role)),
                Span::styled(words, style),
            ]));
        }
    }
    body
}
