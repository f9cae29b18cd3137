//! Text from outside, made harmless and aligned: what is shown never steers the terminal and never moves a column.
//!
//! Every sink of the screen takes its text from here. What is replaced stays visible: `␛` for an escape, `⟨202E⟩`
//! for a bidi override, so that a person sees that the text was doctored.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::engine::value::Value;

/// How far a tab reaches.
const TAB: usize = 4;

/// The most combining marks that one cell carries; what stacks higher is left out with a sign.
const MARKS: usize = 4;

/// Follows a count: "3 steps", "1 step".
pub fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// Tells whether `c` could steer the terminal, reorder what stands beside it, or hide.
pub fn is_harmful(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' // C0, DEL, C1
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' // zero-width, direction marks
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' // separators, overrides, isolates, invisible operators
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Writes the visible stand-in of a harmful character.
fn push_sign(out: &mut String, c: char) {
    match c {
        '\u{0}'..='\u{1f}' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('·')),
        '\u{7f}' => out.push('␡'),
        _ => {
            let _ = write!(out, "⟨{:X}⟩", c as u32);
        }
    }
}

/// Tells whether `c` only shapes the picture before it. Terminals disagree on how wide the result is, and where the
/// program and the terminal disagree, a row shifts and its rest stays on the screen.
fn is_shaper(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// Returns one grapheme as it may be shown, into `out`. A picture that is joined of several stands as its parts, which
/// every terminal gives the same width.
fn push_grapheme(out: &mut String, grapheme: &str) {
    let mut chars = grapheme.chars();
    let Some(first) = chars.next() else { return };
    if is_harmful(first) {
        push_sign(out, first);
        for c in chars {
            if is_harmful(c) { push_sign(out, c) } else { out.push(c) }
        }
        return;
    }
    out.push(first);
    let mut marks = 0;
    let mut before = first;
    for c in chars {
        // A joiner between two pictures makes one picture; anywhere else it hides something.
        let picture = before > '\u{2000}' || matches!(before, '0'..='9' | '#' | '*');
        if picture && c == '\u{200d}' {
            continue;
        }
        if picture && is_shaper(c) {
            marks += 1;
            if marks == MARKS + 1 {
                out.push('…');
            }
            continue;
        }
        if c == '\u{200d}' || is_harmful(c) {
            push_sign(out, c);
        } else if unicode_width::UnicodeWidthChar::width(c) == Some(0) {
            marks += 1;
            if marks <= MARKS {
                out.push(c);
            } else if marks == MARKS + 1 {
                out.push('…');
            }
        } else {
            out.push(c);
        }
        before = c;
    }
}

/// Tells whether `text` needs no change to stand on one line.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b))
}

/// Returns `text` on one line: line breaks as `⏎`, tabs as a space, what is harmful as a visible sign.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for grapheme in text.graphemes(true) {
        match grapheme {
            "\n" | "\r\n" => out.push('⏎'),
            "\t" => out.push(' '),
            _ => push_grapheme(&mut out, grapheme),
        }
    }
    Cow::Owned(out)
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
    if is_plain(text) { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
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
    let mut out = String::new();
    let mut used = 0;
    let mut fits = 0; // bytes of `out` that leave a cell for the ellipsis
    for grapheme in text[..end].graphemes(true) {
        let from = out.len();
        match grapheme {
            "\n" | "\r\n" => out.push('⏎'),
            "\t" => out.push(' '),
            _ => push_grapheme(&mut out, grapheme),
        }
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

/// Returns `value` on one line of at most `max` cells, cut with `…`; a big value costs what is shown of it.
pub fn json(value: &Value, max: usize) -> String {
    if max == 0 {
        return String::new();
    }
    let mut out = String::new();
    // Signs may take several bytes a cell; four bytes a cell and some room decide whether anything is cut.
    push_json(&mut out, value, (max + 1).saturating_mul(4).saturating_add(16));
    clip(&out, max)
}

/// Writes `value` until `out` is `limit` bytes long. Recursion is bounded by `engine::value::MAX_DEPTH`.
fn push_json(out: &mut String, value: &Value, limit: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Number(n) => {
            let _ = write!(out, "{n}");
        }
        Value::String(s) => push_string(out, s, limit),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if out.len() >= limit {
                    return;
                }
                if at > 0 {
                    out.push_str(", ");
                }
                push_json(out, item, limit);
            }
            out.push(']');
        }
        Value::Object(entries) => {
            out.push('{');
            for (at, (key, item)) in entries.iter().enumerate() {
                if out.len() >= limit {
                    return;
                }
                if at > 0 {
                    out.push_str(", ");
                }
                push_string(out, key, limit);
                out.push_str(": ");
                push_json(out, item, limit);
            }
            out.push('}');
        }
    }
}

/// Writes a JSON string until `out` is `limit` bytes long; what is harmful is escaped as JSON does it.
fn push_string(out: &mut String, text: &str, limit: usize) {
    out.push('"');
    for c in text.chars() {
        if out.len() >= limit {
            return;
        }
        push_escaped(out, c);
    }
    out.push('"');
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        _ if is_harmful(c) => {
            let mut units = [0u16; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
        _ => out.push(c),
    }
}

/// Returns `value` as JSON over several lines, harmful characters escaped: the same value, safe to show and edit.
pub fn json_pretty(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    if !text.chars().any(|c| c != '\n' && is_harmful(c)) {
        return text;
    }
    // Outside strings serde_json writes no harmful character but the line break.
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c != '\n' && is_harmful(c) { push_escaped(&mut out, c) } else { out.push(c) }
    }
    out
}

/// Returns the size of a value in a few cells: `[5]`, `{3}`, or nothing for what is not nested.
pub fn size(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) => Some(format!("[{}]", items.len())),
        Value::Object(entries) => Some(format!("{{{}}}", entries.len())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const HOSTILE: &[&str] = &[
        "\u{1b}]52;c;Q0FOQVJZ\u{7}",
        "\u{1b}[2J\u{1b}[3J\u{1b}[HCANARY",
        "\u{1b}PCANARY\u{1b}\\",
        "\u{9b}31mCANARY",
        "\u{9d}0;CANARY\u{9c}",
        "rm -rf /\u{8}\u{8}\u{8}ls CANARY",
        "dangerous\rharmless CANARY",
        "a\u{0}b\u{7f}c CANARY",
        "\u{202e}cod.CANARY\u{202c}",
        "\u{2066}CANARY\u{2069}",
        "CAN\u{200b}\u{200c}\u{200d}\u{feff}ARY CANARY",
        "C\u{301}\u{302}\u{303}\u{301}\u{302}\u{303}\u{301}\u{302}\u{303}ANARY",
        "漢字👩\u{200d}💻🇩🇪\u{fdfa} CANARY",
        "❤\u{fe0f}☠\u{fe0f}✔\u{fe0f} CANARY",
    ];

    #[test]
    fn nothing_that_steers_the_terminal_gets_through() {
        for text in HOSTILE {
            let value = json!({ *text: [*text] });
            for shown in [harmless(text).into_owned(), clip(text, 12), wrap(text, 9).join("|"), json(&value, 60)] {
                let bad = shown.chars().find(|&c| is_harmful(c));
                assert_eq!(bad, None, "{text:?} became {shown:?}");
            }
            assert!(!json_pretty(&value).chars().any(|c| c != '\n' && is_harmful(c)), "{text:?}");
        }
    }

    #[test]
    fn what_was_replaced_stays_visible() {
        assert_eq!(harmless("a\u{1b}[31m"), "a␛[31m");
        assert_eq!(harmless("\u{202e}cod"), "⟨202E⟩cod");
        assert_eq!(harmless("a\r\nb\nc\rd"), "a⏎b⏎c␍d");
        assert_eq!(harmless("CAN\u{200d}ARY"), "CAN⟨200D⟩ARY");
        assert_eq!(harmless("👩\u{1f3fd}\u{200d}💻"), "👩💻");
    }

    #[test]
    fn a_picture_is_as_wide_as_a_terminal_makes_it_that_joins_none() {
        let each = |text: &str| text.chars().filter_map(unicode_width::UnicodeWidthChar::width).sum::<usize>();
        for text in
            ["👩\u{200d}👩\u{200d}👧\u{200d}👦", "❤\u{fe0f}", "👍\u{1f3fd}", "1\u{fe0f}\u{20e3}", "🇩🇪", "漢字", "é"]
        {
            let shown = harmless(text);
            assert_eq!(width(&shown), each(&shown), "{text:?} became {shown:?}");
            assert_eq!(width(&clip(text, 20)), width(&shown), "{text:?}");
        }
    }

    #[test]
    fn editing_text_made_harmless_gives_the_same_value() {
        for text in HOSTILE {
            let value = json!({ "text": *text });
            assert_eq!(serde_json::from_str::<Value>(&json_pretty(&value)).ok(), Some(value));
        }
    }

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
    fn a_value_is_shown_in_the_width_that_there_is() {
        assert_eq!(json(&json!({"a": [1, 2], "b": "x\n"}), 40), r#"{"a": [1, 2], "b": "x\n"}"#);
        assert_eq!(json(&json!([1, 2, 3, 4, 5]), 8), "[1, 2, …");
        for max in 0..20 {
            assert!(width(&json(&json!({"漢字": [null, true]}), max)) <= max);
        }
    }

    #[test]
    fn a_big_value_costs_what_is_shown_of_it() {
        let big = Value::Array((0..1_000_000).map(Value::from).collect());
        let long = Value::String("x".repeat(10_000_000));
        let start = std::time::Instant::now();
        for _ in 0..100 {
            assert_eq!(width(&json(&big, 80)), 80);
            assert_eq!(width(&json(&long, 80)), 80);
            assert_eq!(width(&clip(long.as_str().unwrap_or_default(), 80)), 80);
        }
        assert!(start.elapsed() < std::time::Duration::from_millis(500), "{:?}", start.elapsed());
    }

    #[test]
    fn tabs_reach_their_columns() {
        assert_eq!(lines("a\tb\n\tc"), ["a   b", "    c"]);
    }
}
