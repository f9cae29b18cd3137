//! JSON that no terminal takes for a command: the same value, with everything escaped that steers or hides.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, PrettyFormatter};

use crate::describe::sanitize::{is_harmful, push_escaped};

/// Writes `value` as one JSON document, readable, with everything escaped that does something to a terminal.
///
/// # Errors
/// Where `to` cannot be written, or `value` is not JSON.
pub fn document(to: &mut (impl Write + ?Sized), value: &impl Serialize) -> io::Result<()> {
    let mut out = serde_json::Serializer::with_formatter(&mut *to, Escaped(PrettyFormatter::with_indent(b"  ")));
    value.serialize(&mut out).map_err(io::Error::from)?;
    writeln!(to)
}

/// Writes `value` as one line of JSON.
///
/// # Errors
/// As [`document`].
pub fn line(to: &mut (impl Write + ?Sized), value: &impl Serialize) -> io::Result<()> {
    let mut out = serde_json::Serializer::with_formatter(&mut *to, Escaped(CompactFormatter));
    value.serialize(&mut out).map_err(io::Error::from)?;
    writeln!(to)
}

/// A formatter that escapes control, bidi and invisible characters: JSON all the same.
struct Escaped<F>(F);

impl<F: Formatter> Formatter for Escaped<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        if !fragment.chars().any(is_harmful) {
            return to.write_all(fragment.as_bytes());
        }
        let mut safe = String::with_capacity(fragment.len() + 16);
        fragment.chars().for_each(|c| push_escaped(&mut safe, c));
        to.write_all(safe.as_bytes())
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
        super::document(&mut out, &value).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{e0041}']), "{text}");
        assert!(text.contains("é 😀"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
