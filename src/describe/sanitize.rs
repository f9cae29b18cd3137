//! Text from outside, made harmless: one list of what steers a terminal, turns the reading direction or hides.
//!
//! Every sink of the screen and of the command line takes its text from here. What is replaced stays visible: `␛` for
//! an escape, `⟨202E⟩` for a bidi override, so that a person sees that the text was doctored.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_segmentation::UnicodeSegmentation;

/// The most combining marks that one cell carries; what stacks higher is left out with a sign.
const MARKS: usize = 4;

/// Tells whether `c` could steer the terminal, reorder what stands beside it, or hide: every control and format
/// character of Unicode, and everything that programs may leave out when they draw.
pub fn is_harmful(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' // C0, DEL, C1
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        // Signs before a number: seen, but of no width that two programs agree on.
        | '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{110bd}' | '\u{110cd}'
        | '\u{200b}'..='\u{200f}' // zero-width, joiners, direction marks
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' // separators, overrides, isolates, invisible operators
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Tells whether `c` only shapes the picture before it. Terminals disagree on how wide the result is, and where the
/// program and the terminal disagree, a row shifts and its rest stays on the screen.
fn is_shaper(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// Tells whether `text` needs no change to stand on one line.
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b))
}

/// Tells whether each character of `text` is seen as one sign of its own, one cell wide: that of most texts, which need
/// not be looked through for what belongs together. May say no where it is so.
pub fn is_even(text: &str) -> bool {
    is_plain(text) || text.chars().all(|c| matches!(c, ' '..='~') || EVEN.contains(&c))
}

/// What is drawn often and is not ASCII: signs, dots, arrows, rails.
const EVEN: &[char] = &[
    '·', '±', '–', '…', '’', '“', '”', '•', '→', '←', '↑', '↓', '↕', '↻', '│', '─', '┌', '├', '└', '✓', '✗', '✎', '○',
    '●', '◐', '◇', '▶', '⏎',
];

/// Returns `text` on one line: line breaks as `⏎`, tabs as a space, what is harmful as a visible sign.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if is_even(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for grapheme in text.graphemes(true) {
        push_on_line(&mut out, grapheme);
    }
    Cow::Owned(out)
}

/// Writes one grapheme as it may stand on a line.
pub(super) fn push_on_line(out: &mut String, grapheme: &str) {
    match grapheme {
        "\n" | "\r\n" => out.push('⏎'),
        "\t" => out.push(' '),
        _ => push_grapheme(out, grapheme),
    }
}

/// Writes one grapheme as it may be shown. A picture that is joined of several stands as its parts, which every
/// terminal gives the same width.
pub(super) fn push_grapheme(out: &mut String, grapheme: &str) {
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
        // What shapes a picture goes with it; anywhere else it hides something.
        let picture = before > '\u{2000}' || matches!(before, '0'..='9' | '#' | '*');
        if picture && is_shaper(c) {
            continue;
        }
        if is_harmful(c) {
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

/// Writes a character as it stands in a JSON string, what is harmful as an escape: the same value, safe to show.
pub fn push_escaped(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        _ if is_harmful(c) => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
        _ => out.push(c),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::describe::{text, value};
    use serde_json::json;

    /// Text that tries to steer a terminal, to turn the reading direction, to hide, or to move a column.
    pub(in crate::describe) const HOSTILE: &[&str] = &[
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
        "a\u{fe0f}b\u{ad}c\u{34f}d\u{115f}e\u{3164}f\u{ffa0}g\u{e0100}h CANARY",
    ];

    #[test]
    fn what_is_even_takes_a_cell_for_each_character_in_any_order() {
        let ascii: String = (' '..='~').collect();
        let signs: String = EVEN.iter().collect();
        for text in [format!("{ascii}{signs}"), format!("{signs}{signs}"), signs.chars().rev().collect()] {
            assert!(is_even(&text));
            assert_eq!(text.graphemes(true).count(), text.chars().count());
            assert!(text.chars().all(|c| unicode_width::UnicodeWidthChar::width(c) == Some(1)), "{text}");
        }
        assert!(HOSTILE.iter().all(|text| !is_even(text)));
    }

    #[test]
    fn the_list_holds_every_control_format_and_ignorable_character_of_unicode() {
        let invisible = regex::Regex::new(r"^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]$").unwrap();
        let mut checked = 0;
        for c in '\u{0}'..=char::MAX {
            let alone = c.to_string();
            if !invisible.is_match(&alone) && c != '\n' {
                continue;
            }
            checked += 1;
            assert!(is_harmful(c), "U+{:04X} is not in the list", c as u32);
            for text in [alone, format!("a{c}b"), format!("👩{c}💻"), format!("1{c}{c}"), format!("é{c}\u{301}")] {
                let shown = harmless(&text);
                assert!(!shown.chars().any(|c| invisible.is_match(&c.to_string())), "{text:?} became {shown:?}");
            }
        }
        assert!(checked > 4_000, "{checked}");
    }

    #[test]
    fn nothing_that_steers_the_terminal_gets_through() {
        for hostile in HOSTILE {
            let value = json!({ *hostile: [*hostile] });
            let whole = harmless(hostile).into_owned();
            let wrapped = text::wrap(hostile, 9).join("|");
            for shown in [whole, text::clip(hostile, 12), wrapped, value::json(&value, 60)] {
                let bad = shown.chars().find(|&c| is_harmful(c));
                assert_eq!(bad, None, "{hostile:?} became {shown:?}");
            }
            assert!(!value::json_pretty(&value).chars().any(|c| c != '\n' && is_harmful(c)), "{hostile:?}");
        }
    }

    #[test]
    fn what_was_replaced_stays_visible() {
        assert_eq!(harmless("a\u{1b}[31m"), "a␛[31m");
        assert_eq!(harmless("\u{202e}cod"), "⟨202E⟩cod");
        assert_eq!(harmless("a\r\nb\nc\rd"), "a⏎b⏎c␍d");
        assert_eq!(harmless("CAN\u{200d}ARY"), "CAN⟨200D⟩ARY");
        assert_eq!(harmless("👩\u{1f3fd}\u{200d}💻"), "👩💻");
        assert!(matches!(harmless("plain"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_picture_is_as_wide_as_a_terminal_makes_it_that_joins_none() {
        let each = |text: &str| text.chars().filter_map(unicode_width::UnicodeWidthChar::width).sum::<usize>();
        for picture in
            ["👩\u{200d}👩\u{200d}👧\u{200d}👦", "❤\u{fe0f}", "👍\u{1f3fd}", "1\u{fe0f}\u{20e3}", "🇩🇪", "漢字", "é"]
        {
            let shown = harmless(picture);
            assert_eq!(text::width(&shown), each(&shown), "{picture:?} became {shown:?}");
            assert_eq!(text::width(&text::clip(picture, 20)), text::width(&shown), "{picture:?}");
        }
    }
}
