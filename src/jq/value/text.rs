//! Values as JSON text: for `tojson` and `tostring`, and cut short for error messages.

use std::fmt::{self, Write};

use jaq_json::{Num, Val};

use super::{DEEPEST, JqValue, kind, whole};

/// The most bytes of a value that an error message shows, as in jq.
const SHOWN: usize = 29;

/// Returns the type of a value and the beginning of its JSON: `string ("abc")`.
pub(in super::super) fn describe(value: &Val) -> String {
    format!("{} ({})", kind(value), beginning(value))
}

/// Returns the JSON of a value, cut to [`SHOWN`] bytes.
fn beginning(value: &Val) -> String {
    let mut text = Capped { text: String::new(), room: SHOWN + 1 };
    // An `Err` here only says that the rest was cut off.
    let whole = write_json(value, &mut text, 0).is_ok();
    let mut text = text.text;
    if whole && text.len() <= SHOWN {
        return text;
    }
    let end = if text.starts_with('"') { "...\"" } else { "..." };
    let mut room = SHOWN - end.len();
    while !text.is_char_boundary(room) {
        room -= 1;
    }
    text.truncate(room);
    text + end
}

/// A text that takes up to so many bytes and then refuses.
struct Capped {
    text: String,
    room: usize,
}

impl Write for Capped {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        for c in more.chars() {
            if self.text.len() >= self.room {
                return Err(fmt::Error);
            }
            self.text.push(c);
        }
        Ok(())
    }
}

/// Returns the JSON of a value as jq writes it.
pub(in super::super) fn json_text(value: &Val) -> String {
    let mut text = String::new();
    // A string takes whatever is written.
    let _ = write_json(value, &mut text, 0);
    text
}

/// Writes the JSON of a value as jq does: no spaces, nan as null, an infinity as the largest number.
pub(super) fn write_json(value: &Val, out: &mut impl Write, depth: usize) -> fmt::Result {
    if depth > DEEPEST {
        return out.write_str("\"<skipped: too deep>\"");
    }
    match value {
        Val::Null => out.write_str("null"),
        Val::Bool(truth) => write!(out, "{truth}"),
        Val::Num(number) => write_number(number, value, out),
        Val::TStr(bytes) | Val::BStr(bytes) => write_text(&String::from_utf8_lossy(bytes), out),
        Val::Arr(items) => {
            out.write_char('[')?;
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.write_char(',')?;
                }
                write_json(item, out, depth + 1)?;
            }
            out.write_char(']')
        }
        Val::Obj(fields) => {
            out.write_char('{')?;
            for (i, (key, item)) in fields.iter().enumerate() {
                if i > 0 {
                    out.write_char(',')?;
                }
                write_json(key, out, depth + 1)?;
                out.write_char(':')?;
                write_json(item, out, depth + 1)?;
            }
            out.write_char('}')
        }
    }
}

fn write_number(number: &Num, value: &Val, out: &mut impl Write) -> fmt::Result {
    match number {
        Num::Int(i) => write!(out, "{i}"),
        Num::BigInt(i) => write!(out, "{i}"),
        Num::Float(_) | Num::Dec(_) => {
            let x = JqValue(value.clone()).double().unwrap_or(f64::NAN);
            if x.is_nan() { out.write_str("null") } else { write_double(x.clamp(f64::MIN, f64::MAX), out) }
        }
    }
}

/// Writes a double with the fewest digits that tell it apart, laid out as jq does.
fn write_double(x: f64, out: &mut impl Write) -> fmt::Result {
    if let Some(i) = whole(x) {
        return if x == 0.0 && x.is_sign_negative() { out.write_str("-0") } else { write!(out, "{i}") };
    }
    let text = format!("{:e}", x.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    // Where the point stands, counted from the first digit.
    let point = exponent.parse::<isize>().unwrap_or(0) + 1;
    let count = digits.len() as isize;
    if x < 0.0 {
        out.write_char('-')?;
    }
    if point <= -4 || point > count + 15 {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let sign = if point > 0 { '+' } else { '-' };
        return write!(out, "{first}{dot}{rest}e{sign}{:02}", (point - 1).abs());
    }
    if point <= 0 {
        write!(out, "0.{}{digits}", "0".repeat(point.unsigned_abs()))
    } else if point >= count {
        write!(out, "{digits}{}", "0".repeat((point - count).unsigned_abs()))
    } else {
        let (before, after) = digits.split_at(point.unsigned_abs());
        write!(out, "{before}.{after}")
    }
}

fn write_text(text: &str, out: &mut impl Write) -> fmt::Result {
    out.write_char('"')?;
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            8 => "\\b",
            12 => "\\f",
            0..32 | 127 => "",
            _ => continue,
        };
        out.write_str(&text[from..at])?;
        if escaped.is_empty() {
            write!(out, "\\u{byte:04x}")?;
        } else {
            out.write_str(escaped)?;
        }
        from = at + 1;
    }
    out.write_str(&text[from..])?;
    out.write_char('"')
}

/// Reads a number of a filter text: `1`, `.5`, `1e1000`.
pub(in super::super) fn literal(digits: &str) -> Val {
    let small = Num::from_str_radix(digits, 10);
    Val::Num(small.unwrap_or_else(|| Num::from_dec_str(digits)))
}
