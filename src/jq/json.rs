//! JSON at the border: jaq's values to bytes, with caps on size and depth.

use std::io::Write;

use jaq_json::{Num, Val};
use jaq_std::ValT as _;
use serde_json::Value;

use super::fault::Fault;
use super::input::Given;
use super::value::whole;

/// The most bytes that a result may have as JSON.
pub const MAX_OUTPUT_BYTES: usize = 64 << 20;
/// The most values that a result may have, each element and each field counted: they cost memory, not bytes.
pub const MAX_OUTPUT_VALUES: usize = 2_000_000;
/// The deepest nesting of arrays and objects, in results and in inputs; `serde_json` reads no deeper.
pub const MAX_NESTING: usize = 127;

/// Reads the JSON of an input. Numbers with a point keep their text until they are computed with.
pub(super) fn read(bytes: &[u8]) -> Result<Val, Fault> {
    jaq_json::read::parse_single(bytes).map_err(|error| Fault::Broken(format!("the input is not JSON: {error}")))
}

/// Writes a value of the program as JSON.
pub(super) fn write_input(value: Given<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
    let value = match value {
        Given::Tree(value) => value,
        Given::Text(_, depth) if depth > MAX_NESTING => return Err(Fault::TooNested),
        Given::Text(text, _) => {
            out.extend_from_slice(text.as_bytes());
            return Ok(());
        }
    };
    if nests_deeper(value, MAX_NESTING) {
        return Err(Fault::TooNested);
    }
    serde_json::to_writer(out, value).map_err(|error| Fault::Broken(format!("the input is not JSON: {error}")))
}

fn nests_deeper(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(|item| nests_deeper(item, levels - 1)),
        Value::Object(fields) => levels == 0 || fields.values().any(|item| nests_deeper(item, levels - 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Writes a result as JSON.
///
/// As in jq 1.7, nan becomes `null` and an infinity the largest number; a whole number is written without a point
/// unless it was read with one. Bytes that are no UTF-8 become U+FFFD.
pub(super) fn write_output(value: &Val, out: &mut Vec<u8>) -> Result<(), Fault> {
    let mut writer = Writer { start: out.len(), values: 0, out };
    writer.value(value, 0)
}

struct Writer<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
    values: usize,
}

impl Writer<'_> {
    fn value(&mut self, value: &Val, nesting: usize) -> Result<(), Fault> {
        self.values += 1;
        if self.values > MAX_OUTPUT_VALUES {
            return Err(Fault::OutputTooLarge);
        }
        match value {
            Val::Null => self.raw(b"null"),
            Val::Bool(true) => self.raw(b"true"),
            Val::Bool(false) => self.raw(b"false"),
            Val::Num(number) => self.number(number, value),
            Val::TStr(bytes) | Val::BStr(bytes) => self.string(bytes),
            Val::Arr(items) => {
                if nesting == MAX_NESTING {
                    return Err(Fault::TooNested);
                }
                self.raw(b"[")?;
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        self.raw(b",")?;
                    }
                    self.value(item, nesting + 1)?;
                }
                self.raw(b"]")
            }
            Val::Obj(fields) => {
                if nesting == MAX_NESTING {
                    return Err(Fault::TooNested);
                }
                self.raw(b"{")?;
                for (i, (key, item)) in fields.iter().enumerate() {
                    if i > 0 {
                        self.raw(b",")?;
                    }
                    match key {
                        Val::TStr(bytes) | Val::BStr(bytes) => self.string(bytes)?,
                        Val::Null | Val::Bool(_) | Val::Num(_) | Val::Arr(_) | Val::Obj(_) => {
                            return Err(Fault::Error("an object key of the result is not a string".into()));
                        }
                    }
                    self.raw(b":")?;
                    self.value(item, nesting + 1)?;
                }
                self.raw(b"}")
            }
        }
    }

    fn number(&mut self, number: &Num, value: &Val) -> Result<(), Fault> {
        // Larger than every u64; the digits of larger integers would only be rounded again.
        const LARGE: f64 = 2e19;
        match number {
            Num::Int(i) => self.text(format_args!("{i}")),
            Num::BigInt(i) => match value.as_f64() {
                Some(x) if x.abs() < LARGE => self.text(format_args!("{i}")),
                x => self.float(x.unwrap_or(f64::NAN)),
            },
            Num::Float(x) => match whole(*x) {
                Some(i) => self.text(format_args!("{i}")),
                None => self.float(*x),
            },
            Num::Dec(digits) => match value.as_f64() {
                Some(x) if !digits.contains('.') => match whole(x) {
                    Some(i) => self.text(format_args!("{i}")),
                    None => self.float(x),
                },
                x => self.float(x.unwrap_or(f64::NAN)),
            },
        }
    }

    fn float(&mut self, x: f64) -> Result<(), Fault> {
        if x.is_nan() { self.raw(b"null") } else { self.text(format_args!("{:?}", x.clamp(f64::MIN, f64::MAX))) }
    }

    fn string(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.room(bytes.len())?;
        let text = String::from_utf8_lossy(bytes);
        serde_json::to_writer(&mut *self.out, &*text).map_err(|_| Fault::OutputTooLarge)?;
        self.room(0)
    }

    fn text(&mut self, text: std::fmt::Arguments<'_>) -> Result<(), Fault> {
        self.out.write_fmt(text).map_err(|_| Fault::OutputTooLarge)?;
        self.room(0)
    }

    fn raw(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.room(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn room(&self, more: usize) -> Result<(), Fault> {
        if self.out.len() - self.start + more > MAX_OUTPUT_BYTES { Err(Fault::OutputTooLarge) } else { Ok(()) }
    }
}

/// Says whether a verdict is true: as in jq, everything but `null` and `false` is.
pub fn truthy(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}
