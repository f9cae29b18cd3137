//! Text in cells: cut, filled, wrapped and counted; made harmless on the way, so that nothing moves a column.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::sanitize::{is_even, is_plain, push_grapheme, push_on_line};

/// How far a tab reaches.
const TAB: usize = 4;

/// Returns "no steps", "1 step", "3 steps".
pub fn count(n: usize, noun: &str) -> String {
    match n {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}

/// Returns a duration in few cells: `0.4 ms`, `12 ms`, `3.1 s`.
pub fn duration(ms: f64) -> String {
    match ms {
        ms if ms < 9.95 => format!("{ms:.1} ms"),
        ms if ms < 999.5 => format!("{ms:.0} ms"),
        ms => format!("{:.1} s", ms / 1000.0),
    }
}

/// Returns the lines of `text`, each harmless, tabs expanded to columns of four.
pub fn lines(text: &str) -> Vec<String> {
    text.split('\n').map(|line| expand(line.strip_suffix('\r').unwrap_or(line))).collect()
}

/// Returns one line harmless, tabs expanded.
fn expand(line: &str) -> String {
    if is_plain(line) {
        return line.to_owned();
    }
    let mut out = String::with_capacity(line.len() + 8);
    let mut column = 0;
    for grapheme in line.graphemes(true) {
        let from = out.len();
        if grapheme == "\t" {
            out.extend(std::iter::repeat_n(' ', TAB - column % TAB));
        } else {
            push_grapheme(&mut out, grapheme);
        }
        column += width(&out[from..]);
    }
    out
}

/// Returns how many cells `text` fills.
pub fn width(text: &str) -> usize {
    if is_plain(text) {
        text.len()
    } else if is_even(text) {
        text.chars().count()
    } else {
        text.graphemes(true).map(UnicodeWidthStr::width).sum()
    }
}

/// Returns `text` made harmless and at most `max` cells wide; what is cut ends in `…`, never inside a grapheme.
///
/// Reads no more of `text` than fits, so a long text costs what is shown of it.
pub fn clip(text: &str, max: usize) -> String {
    if max == 0 {
        return String::new();
    }
    // A grapheme may be long, but no longer text than this can matter for `max` cells.
    let mut end = (max + 1).saturating_mul(64).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    // Most of what a frame shows is this: a byte is a cell.
    if is_plain(&text[..end]) {
        let kept = || unhalved(&text[..max - 1], &text[max - 1..]);
        return if text.len() <= max { text.to_owned() } else { format!("{}…", kept()) };
    }
    if is_even(&text[..end]) {
        let cut = |at: usize| text[..end].char_indices().nth(at).map(|(at, _)| at);
        return match cut(max).and(cut(max - 1)) {
            Some(at) => format!("{}…", unhalved(&text[..at], &text[at..])),
            None => text.to_owned(),
        };
    }
    let mut out = String::new();
    let mut used = 0;
    let mut fits = 0; // bytes of `out` that leave a cell for the ellipsis
    for grapheme in text[..end].graphemes(true) {
        let from = out.len();
        push_on_line(&mut out, grapheme);
        let wide = width(&out[from..]);
        if used + wide > max {
            out.truncate(fits);
            out.push('…');
            return out;
        }
        used += wide;
        if used < max {
            fits = out.len();
        }
    }
    if end < text.len() {
        out.truncate(fits);
        out.push('…');
    }
    out
}

/// Returns `kept`, the beginning of a text that goes on with `rest`, without the number in which it would be cut: half of
/// one reads as another.
pub fn unhalved<'t>(kept: &'t str, rest: &str) -> &'t str {
    let mut next = rest.chars();
    let goes_on = match next.next() {
        Some('.') => next.next().is_some_and(|c| c.is_ascii_digit()),
        next => next.is_some_and(|c| c.is_ascii_digit()),
    };
    if goes_on && kept.ends_with(|c: char| c.is_ascii_digit() || c == '.') {
        kept.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
    } else {
        kept
    }
}

/// How much of a word is given up at most, so that a cut stands between words.
const WORD: usize = 14;

/// Returns `text` like [`clip`], cut between words where there is a space close by.
pub fn clip_words(text: &str, max: usize) -> String {
    let mut cut = clip(text, max);
    let kept = cut.len().saturating_sub('…'.len_utf8());
    if !cut.ends_with('…') || text.as_bytes().get(kept) == Some(&b' ') && text.starts_with(&cut[..kept]) {
        return cut;
    }
    let space = cut[..kept].rfind(' ').filter(|at| at * 2 > kept && width(&cut[*at..kept]) <= WORD);
    if let Some(space) = space {
        let words = cut[..space].trim_end_matches([' ', ',', ';', ':']).len();
        cut.truncate(words);
        cut.push('…');
    }
    cut
}

/// Returns the first `most` bytes of `text`, line breaks and all; what is cut ends in `…`.
pub fn head(text: &str, most: usize) -> String {
    match text.get(..most.min(text.len())) {
        Some(whole) if whole.len() == text.len() => whole.to_owned(),
        _ => format!("{}…", &text[..(0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0)]),
    }
}

/// Returns `text` cut to `max` cells and filled with spaces to exactly `max`.
pub fn pad(text: &str, max: usize) -> String {
    let mut out = clip(text, max);
    let used = width(&out);
    out.extend(std::iter::repeat_n(' ', max.saturating_sub(used)));
    out
}

/// Returns `text` made harmless and broken into lines of at most `max` cells, at spaces where there are any.
pub fn wrap(text: &str, max: usize) -> Vec<String> {
    let max = max.max(1);
    let mut out = Vec::new();
    for line in lines(text) {
        let mut row = String::new();
        let mut used = 0;
        for (at, word) in line.split(' ').enumerate() {
            let (gap, wide) = (usize::from(at > 0), width(word));
            if used + gap + wide <= max {
                row.extend(std::iter::repeat_n(' ', gap));
                row.push_str(word);
                used += gap + wide;
                continue;
            }
            if !row.trim_end().is_empty() {
                out.push(row.trim_end().to_owned());
            }
            row.clear();
            used = 0;
            if wide <= max {
                row.push_str(word);
                used = wide;
                continue;
            }
            for grapheme in word.graphemes(true) {
                let wide = width(grapheme);
                if used + wide > max && !row.is_empty() {
                    out.push(std::mem::take(&mut row));
                    used = 0;
                }
                row.push_str(grapheme);
                used += wide;
            }
        }
        out.push(row.trim_end().to_owned());
    }
    out
}

/// The longest line of a message, in characters.
const LONGEST_LINE: usize = 2_000;

/// Returns `line`, made harmless, with what is longer than anybody reads cut off: a name from a file may be a megabyte.
pub fn line_cut(line: &str) -> String {
    clip(line, LONGEST_LINE)
}

/// Returns `message`, each of its lines made harmless and cut where it is longer than anybody reads.
pub fn lines_cut(message: &str) -> String {
    let lines: Vec<String> = message.split('\n').map(line_cut).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::sanitize::tests::HOSTILE;

    #[test]
    fn a_cut_never_exceeds_its_width_and_never_halves_a_grapheme() {
        for text in HOSTILE {
            for max in 0..30 {
                let shown = clip(text, max);
                assert!(width(&shown) <= max, "{text:?} at {max}: {shown:?}");
                assert_eq!(width(&pad(text, max)), max, "{text:?} at {max}");
            }
        }
        assert_eq!(clip("漢字漢字", 5), "漢字…");
        assert_eq!(clip("漢字漢字", 4), "漢…");
        assert_eq!(clip("abc", 3), "abc");
        assert_eq!(clip("abcd", 3), "ab…");
    }

    #[test]
    fn wrapping_breaks_at_spaces_and_keeps_every_word() {
        assert_eq!(wrap("the quick brown fox, jumps", 10), ["the quick", "brown fox,", "jumps"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
        for max in 1..12 {
            for row in wrap("漢字 a bb ccc dddd 👩\u{200d}💻 eeeee", max) {
                assert!(width(&row) <= max.max(2), "{row:?} at {max}");
            }
        }
    }

    #[test]
    fn tabs_reach_their_columns() {
        assert_eq!(lines("a\tb\n\tc"), ["a   b", "    c"]);
    }
}
