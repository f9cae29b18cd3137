//! One row of a pane: parts from the left, parts from the right, and an ellipsis wherever something had to go.

use std::borrow::Cow;
use std::ops::Range;

use crate::describe::sanitize::{self, is_plain};
use crate::describe::sign::Role;
use crate::describe::text;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// A row that is being put together. Every text that goes in is made harmless on the way.
#[derive(Clone, Debug, Default)]
pub struct Row {
    left: Side,
    right: Side,
}

/// The parts on one side, and how many cells they take.
#[derive(Clone, Debug, Default)]
struct Side {
    spans: Vec<Span<'static>>,
    wide: usize,
}

/// Blanks to borrow from.
const BLANKS: &str = "                                                                                                ";

impl Side {
    fn put(&mut self, words: &str, style: Style) {
        if words.is_empty() {
            return;
        }
        let words = sanitize::harmless(words);
        self.wide += text::width(&words);
        // Most parts of a row are blanks and signs: those are not copied.
        let known = match BLANKS.get(..words.len()) {
            Some(blanks) if blanks == words => Some(blanks),
            _ => Role::known(&words),
        };
        self.spans.push(Span::styled(known.map_or_else(|| Cow::Owned(words.into_owned()), Cow::Borrowed), style));
    }

    fn blanks(&mut self, many: usize) {
        if many == 0 {
            return;
        }
        self.wide += many;
        self.spans.push(BLANKS.get(..many).map_or_else(|| Span::raw(" ".repeat(many)), Span::raw));
    }

    fn append(&mut self, other: Side) {
        self.wide += other.wide;
        self.spans.extend(other.spans);
    }
}

impl Row {
    /// Returns an empty row.
    pub fn new() -> Row {
        // Most rows have about so many parts.
        Row { left: Side { spans: Vec::with_capacity(12), wide: 0 }, right: Side::default() }
    }

    /// Puts `words` behind what is there on the left.
    pub fn put(mut self, words: &str, style: Style) -> Row {
        self.left.put(words, style);
        self
    }

    /// Puts blanks behind what is there until the left side is `column` wide, at least one if `gap`.
    pub fn tab(mut self, column: usize, gap: bool) -> Row {
        self.left.blanks(column.saturating_sub(self.left.wide).max(usize::from(gap)));
        self
    }

    /// Puts `words` at the end of what stands on the right.
    pub fn right(mut self, words: &str, style: Style) -> Row {
        self.right.put(words, style);
        self
    }

    /// Returns how wide the left side is.
    pub fn left_width(&self) -> usize {
        self.left.wide
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
            row.left.append(part.left);
        }
        lines.push(row.fit(room, room));
        (lines, places)
    }

    /// Returns the row as a line like [`Row::fit`], the right side not at its end but at `column`, or right behind a left
    /// side that is longer: what belongs together stands together, however wide the line.
    pub fn fit_beside(mut self, column: usize, room: usize, keep: usize) -> Line<'static> {
        let from = column.max(self.left.wide + 3);
        if self.right.wide == 0 || from + self.right.wide > room {
            return self.fit(room, keep);
        }
        let beside = std::mem::take(&mut self.right);
        let mut row = self.tab(from, false);
        row.left.append(beside);
        row.fit(room, room)
    }

    /// Returns the row as a line that is exactly `room` wide: the right side stands while the left keeps `keep` cells.
    pub fn fit(self, room: usize, keep: usize) -> Line<'static> {
        let Row { left, right } = self;
        let gap = usize::from(right.wide > 0);
        let stands = right.wide > 0 && right.wide + gap + keep.min(left.wide) <= room;
        let room_left = if stands { room - right.wide - gap } else { room };
        let mut line = if left.wide <= room_left { left } else { clip(left.spans, room_left) };
        line.blanks(room_left.saturating_sub(line.wide) + if stands { gap } else { 0 });
        if stands {
            line.spans.extend(right.spans);
        }
        Line::from(line.spans)
    }
}

/// Cuts `spans` to `room` cells, with an ellipsis where something is missing.
fn clip(spans: Vec<Span<'static>>, room: usize) -> Side {
    let mut left = room;
    let mut kept: Vec<Span<'static>> = Vec::new();
    for span in spans {
        let wide = text::width(&span.content);
        if wide < left {
            left -= wide;
            kept.push(span);
            continue;
        }
        // The ellipsis takes one cell of this part, even where the part itself would just have fitted: more follows.
        let start = cut(&span.content, left.saturating_sub(1));
        let start = whole_words(&span.content, start);
        let start = text::unhalved(start, &span.content[start.len()..]);
        let start = start.trim_end_matches('…').to_owned();
        let cut_before = start.is_empty() && kept.last().is_some_and(|span| span.content.ends_with('…'));
        if left > 0 && !cut_before {
            kept.push(Span::styled(start + "…", span.style));
        }
        break;
    }
    Side { wide: kept.iter().map(|span| text::width(&span.content)).sum(), spans: kept }
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
