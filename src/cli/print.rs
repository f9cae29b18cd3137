//! Standard output: JSON and text that no terminal takes for a command, and pipes that may close.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter};

use crate::describe::sanitize::harmless;

/// Writes `value` as one JSON document, readable, with everything escaped that does something to a terminal.
pub(super) fn json(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut out = serde_json::Serializer::with_formatter(&mut *to, Escaped(PrettyFormatter::with_indent(b"  ")));
    value.serialize(&mut out).map_err(io::Error::from)?;
    writeln!(to)
}

/// Writes `value` as one line of JSON.
pub(super) fn json_line(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut out = serde_json::Serializer::with_formatter(&mut *to, Escaped(serde_json::ser::CompactFormatter));
    value.serialize(&mut out).map_err(io::Error::from)?;
    writeln!(to)
}

/// Writes `text` as it is but for what does something to a terminal; its line breaks and tabs stay.
pub(super) fn text(to: &mut impl Write, text: &str) -> io::Result<()> {
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        for (at, part) in line.split('\t').enumerate() {
            write!(to, "{}{}", if at > 0 { "\t" } else { "" }, harmless(part))?;
        }
        writeln!(to)?;
    }
    Ok(())
}

/// A formatter that escapes control, bidi and invisible characters: JSON all the same.
struct Escaped<F>(F);

impl<F: Formatter> Formatter for Escaped<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        let safe = harmless(fragment);
        if *safe == *fragment {
            return to.write_all(fragment.as_bytes());
        }
        // Harmful characters become one symbol each, so the two texts go side by side.
        for (c, shown) in fragment.chars().zip(safe.chars()) {
            if c == shown {
                write!(to, "{c}")?;
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(to, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, to: &mut W, escape: CharEscape) -> io::Result<()> {
        self.0.write_char_escape(to, escape)
    }
    fn begin_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_array(to)
    }
    fn end_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array(to)
    }
    fn begin_array_value<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(to, first)
    }
    fn end_array_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array_value(to)
    }
    fn begin_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object(to)
    }
    fn end_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object(to)
    }
    fn begin_object_key<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(to, first)
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object_value(to)
    }
    fn end_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object_value(to)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    #[test]
    fn json_says_the_same_and_moves_no_cursor() {
        let value = json!({"a\u{9b}31m": ["\u{1b}[2J", "\u{202e}x", "\u{e0041}", "é 😀 \n", 1.5, null], "b": {}});
        let mut out = Vec::new();
        super::json(&mut out, &value).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{e0041}']), "{text}");
        assert!(text.contains("é 😀"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn text_keeps_its_lines() {
        let mut out = Vec::new();
        super::text(&mut out, "a\tb\r\n\u{1b}[31mc").unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a\tb\n␛[31mc\n");
    }
}
