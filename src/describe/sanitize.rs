//! Text from outside, made harmless for a terminal.

use std::borrow::Cow;

/// Returns `text` with every control and bidi character shown as one symbol of the same width: nothing in it can
/// move the cursor, change colours or turn the reading direction. A line break becomes `␊`.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_harmful) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| if is_harmful(c) { symbol(c) } else { c }).collect()
}

/// Tells whether `c` does something to a terminal or a reader instead of showing itself.
fn is_harmful(c: char) -> bool {
    // The two joiners (U+200C, U+200D) stay: they shape letters and pictures, and move nothing.
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn symbol(c: char) -> char {
    match c {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '␡',
        _ => '\u{fffd}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_bidi_overrides_become_symbols() {
        assert_eq!(harmless("a\u{1b}[31mb\u{202e}c\0\n"), "a␛[31mb\u{fffd}c␀␊");
        assert!(matches!(harmless("plain – text 😀"), Cow::Borrowed(_)));
        assert!(matches!(harmless("👩\u{200d}💻 می\u{200c}خواهم"), Cow::Borrowed(_)));
    }
}
