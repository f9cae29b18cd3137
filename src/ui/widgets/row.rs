//! One row of a pane: parts from the left, parts from the right, and an ellipsis wherever something had to go.

use std::ops::Range;

use crate::describe::sanitize::{self, is_plain};
use crate::describe::text;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// A row that is being put together. Every text that goes in is made harmless on the way.
#[derive(Clone, Debug, Default)]
pub struct Row {
    left: Vec<Span<'static>>,
    right: Vec<Span<'static>>,
}

impl Row {
    /// Returns an empty row.
    pub fn new() -> Row {
        Row::default()
    }

    /// Puts `words` behind what is there on the left.
    pub fn put(mut self, words: &str, style: Style) -> Row {
        if !words.is_empty() {
            self.left.push(Span::styled(sanitize::harmless(words).into_owned(), style));
        }
        self
    }

    /// Puts blanks behind what is there until the left side is `column` wide, at least one if `gap`.
    pub fn tab(mut self, column: usize, gap: bool) -> Row {
        let used = width(&self.left);
        let blanks = column.saturating_sub(used).max(usize::from(gap));
        self.left.push(Span::raw(" ".repeat(blanks)));
        self
    }

    /// Puts `words` at the end of what stands on the right.
    pub fn right(mut self, words: &str, style: Style) -> Row {
        if !words.is_empty() {
            self.right.push(Span::styled(sanitize::harmless(words).into_owned(), style));
        }
        self
    }

    /// Returns how wide the left side is.
    pub fn left_width(&self) -> usize {
        width(&self.left)
    }

    /// Returns the row with `parts` behind it, in as many lines as they need: each part stays whole, those that find no
    /// room begin a line of their own below the first part.
    pub fn flow(self, parts: impl IntoIterator<Item = Row>, room: usize) -> Vec<Line<'static>> {
        self.flow_placed(parts, room).0
    }

    /// Returns the same, and where each part stands: its line, and its cells.
    pub fn flow_placed(
        self,
        parts: impl IntoIterator<Item = Row>,
        room: usize,
    ) -> (Vec<Line<'static>>, Vec<(usize, Range<usize>)>) {
        let from = self.left_width();
        let (mut row, mut lines, mut places) = (self, Vec::new(), Vec::new());
        for part in parts {
            if row.left_width() > from && row.left_width() + part.left_width() > room {
                lines.push(std::mem::replace(&mut row, Row::new().tab(from, false)).fit(room, room));
            }
            places.push((lines.len(), row.left_width()..row.left_width() + part.left_width()));
            row.left.extend(part.left);
        }
        lines.push(row.fit(room, room));
        (lines, places)
    }

    /// Returns the row as a line like [`Row::fit`], the right side not at its end but at `column`, or right behind a left
    /// side that is longer: what belongs together stands together, however wide the line.
    pub fn fit_beside(mut self, column: usize, room: usize, keep: usize) -> Line<'static> {
        let (left, right) = (width(&self.left), width(&self.right));
        let from = column.max(left + 3);
        if right == 0 || from + right > room {
            return self.fit(room, keep);
        }
        let beside = std::mem::take(&mut self.right);
        let mut row = self.tab(from, false);
        row.left.extend(beside);
        row.fit(room, room)
    }

    /// Returns the row as a line that is exactly `room` wide: the right side stands while the left keeps `keep` cells.
    pub fn fit(self, room: usize, keep: usize) -> Line<'static> {
        let right_width = width(&self.right);
        let gap = usize::from(right_width > 0);
        let stands = right_width > 0 && right_width + gap + keep.min(width(&self.left)) <= room;
        let room_left = if stands { room - right_width - gap } else { room };
        let mut spans = clip(self.left, room_left);
        let used = width(&spans);
        spans.push(Span::raw(" ".repeat(room_left.saturating_sub(used) + if stands { gap } else { 0 })));
        if stands {
            spans.extend(self.right);
        }
        Line::from(spans)
    }
}

/// Returns how many cells `spans` take.
fn width(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|span| text::width(&span.content)).sum()
}

/// Cuts `spans` to `room` cells, with an ellipsis where something is missing.
fn clip(spans: Vec<Span<'static>>, room: usize) -> Vec<Span<'static>> {
    if width(&spans) <= room {
        return spans;
    }
    let mut left = room;
    let mut kept = Vec::new();
    for span in spans {
        let wide = text::width(&span.content);
        if wide < left {
            left -= wide;
            kept.push(span);
            continue;
        }
        // The ellipsis takes one cell of this part, even where the part itself would just have fitted: more follows.
        let start = cut(&span.content, left.saturating_sub(1));
        let start = whole_words(&span.content, start).trim_end_matches('…').to_owned();
        let cut_before = start.is_empty() && kept.last().is_some_and(|span: &Span<'_>| span.content.ends_with('…'));
        if left > 0 && !cut_before {
            kept.push(Span::styled(start + "…", span.style));
        }
        break;
    }
    kept
}

/// How many cells a text has at the least that is cut between words, and how much of a word is given up for that.
const TEXT: usize = 24;
const WORD: usize = 14;

/// Returns `start` without the beginning of the word in which it ends, where `words` is a text rather than a name.
fn whole_words<'w>(words: &'w str, start: &'w str) -> &'w str {
    if start.len() < TEXT || words[start.len()..].starts_with([' ', '…']) {
        return start;
    }
    match start.rfind(' ') {
        Some(space) if start.len() - space <= WORD => start[..space].trim_end_matches([' ', ',', ';', ':']),
        _ => start,
    }
}

/// Returns the start of `words` that fits into `room` cells. What is seen as one sign is never halved.
fn cut(words: &str, room: usize) -> &str {
    if is_plain(words) {
        return &words[..room.min(words.len())];
    }
    let mut used = 0;
    for (at, grapheme) in words.grapheme_indices(true) {
        used += grapheme.width();
        if used > room {
            return &words[..at];
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(line: &Line<'_>) -> String {
        line.spans.iter().map(|span| span.content.as_ref()).collect()
    }

    #[test]
    fn a_row_keeps_its_right_side_and_shortens_its_left_with_an_ellipsis() {
        let row = Row::new().put("s3 ", Style::new()).put("find_top_intent", Style::new()).right("done", Style::new());
        assert_eq!(text_of(&row.clone().fit(30, 8)), "s3 find_top_intent        done");
        assert_eq!(text_of(&row.clone().fit(16, 8)), "s3 find_to… done");
        assert_eq!(text_of(&row.fit(10, 8)), "s3 find_t…");
    }

    #[test]
    fn the_right_side_stands_beside_the_left_where_the_row_is_wide() {
        let row = Row::new().put("tickets", Style::new()).right("s1 → s2", Style::new());
        let beside = |column, room| text_of(&row.clone().fit_beside(column, room, 4));
        assert_eq!(beside(12, 30), "tickets     s1 → s2           ");
        assert_eq!(beside(4, 30), "tickets   s1 → s2             ");
        assert_eq!(beside(12, 18), "tickets    s1 → s2");
    }

    #[test]
    fn what_was_cut_before_gets_no_second_ellipsis_and_no_sign_is_halved() {
        let line = Row::new().put("Search the web for thr…", Style::new()).put(" more", Style::new()).fit(24, 8);
        assert_eq!(text_of(&line).trim_end(), "Search the web for thr…");
        let line = Row::new().put("Search the web for thr…: it reads", Style::new()).fit(24, 8);
        assert_eq!(text_of(&line).trim_end(), "Search the web for…", "between words");
        for room in 0..8 {
            let text = text_of(&Row::new().put("a🇩🇪🇫🇷b", Style::new()).fit(room, 3));
            assert!(["", "…", "a", "a…", "a🇩🇪…", "a🇩🇪🇫🇷b"].contains(&text.trim_end()), "{room}: {text}");
        }
    }

    #[test]
    fn wide_characters_never_overflow_the_room() {
        for room in 0..12 {
            let line = Row::new().put("知識", Style::new()).put("ベース", Style::new()).fit(room, 3);
            assert_eq!(text_of(&line).width(), room, "room {room}");
        }
    }
}
