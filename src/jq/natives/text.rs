//! Natives about text: parts of it, code points, JSON in it, base 32.

use bstr::ByteSlice;
use jaq_core::ValR;
use jaq_json::Val;

use super::super::value::{DEEPEST, JqValue, describe, error, json_text, number};
use super::{Listed, once, plain, with_value};

pub(super) fn natives() -> Vec<Listed> {
    vec![
        plain("utf8bytelength", |cv| {
            once(match cv.1.bytes() {
                Some(bytes) => Ok(JqValue::from(bytes.len())),
                None => Err(error(format!("{} only strings have UTF-8 byte length", describe(&cv.1.0)))),
            })
        }),
        plain("explode", |cv| once(explode(&cv.1))),
        plain("implode", |cv| once(implode(&cv.1))),
        plain("ascii_downcase", |cv| {
            once(mapped(&cv.1, "ascii_downcase input must be a string", <[u8]>::to_ascii_lowercase))
        }),
        plain("ascii_upcase", |cv| {
            once(mapped(&cv.1, "ascii_upcase input must be a string", <[u8]>::to_ascii_uppercase))
        }),
        plain("trim", |cv| once(trimmed(&cv.1, ByteSlice::trim))),
        plain("ltrim", |cv| once(trimmed(&cv.1, ByteSlice::trim_start))),
        plain("rtrim", |cv| once(trimmed(&cv.1, ByteSlice::trim_end))),
        with_value("startswith", |mut cv| {
            let start = cv.0.pop_var();
            once(both(&cv.1, &start, "startswith").map(|(text, start)| text.starts_with(start).into()))
        }),
        with_value("endswith", |mut cv| {
            let end = cv.0.pop_var();
            once(both(&cv.1, &end, "endswith").map(|(text, end)| text.ends_with(end).into()))
        }),
        with_value("ltrimstr", |mut cv| {
            let start = cv.0.pop_var();
            once(both(&cv.1, &start, "startswith").map(|(text, start)| match text.strip_prefix(start) {
                Some(rest) => jaq_std::ValT::as_sub_str(&cv.1, rest),
                None => cv.1.clone(),
            }))
        }),
        with_value("rtrimstr", |mut cv| {
            let end = cv.0.pop_var();
            once(both(&cv.1, &end, "endswith").map(|(text, end)| match text.strip_suffix(end) {
                Some(rest) => jaq_std::ValT::as_sub_str(&cv.1, rest),
                None => cv.1.clone(),
            }))
        }),
        plain("tojson", |cv| once(Ok(JqValue::text(json_text(&cv.1.0))))),
        plain("fromjson", |cv| once(from_json(&cv.1))),
        plain("tonumber", |cv| once(to_number(cv.1))),
        plain("toboolean", |cv| {
            once(match (&cv.1.0, cv.1.bytes()) {
                (Val::Bool(_), _) => Ok(cv.1),
                (_, Some(b"true")) => Ok(true.into()),
                (_, Some(b"false")) => Ok(false.into()),
                _ => Err(error(format!("{} cannot be parsed as a boolean", describe(&cv.1.0)))),
            })
        }),
        plain("describe_", |cv| once(Ok(JqValue::text(describe(&cv.1.0))))),
        plain("to_base32_", |cv| once(Ok(JqValue::text(to_base32(cv.1.bytes().unwrap_or_default()))))),
        plain("from_base32_", |cv| {
            once(match from_base32(cv.1.bytes().unwrap_or_default()) {
                Some(bytes) => Ok(JqValue(Val::utf8_str(String::from_utf8_lossy(&bytes).into_owned()))),
                None => Err(error(format!("{} is not valid base32 data", describe(&cv.1.0)))),
            })
        }),
    ]
}

/// Returns the bytes of two texts.
fn both<'v>(
    text: &'v JqValue,
    part: &'v JqValue,
    name: &str,
) -> Result<(&'v [u8], &'v [u8]), super::super::value::Error> {
    match (text.bytes(), part.bytes()) {
        (Some(text), Some(part)) => Ok((text, part)),
        _ => Err(error(format!("{name}() requires string inputs"))),
    }
}

fn mapped(value: &JqValue, refusal: &str, f: impl FnOnce(&[u8]) -> Vec<u8>) -> ValR<JqValue> {
    value.bytes().map(|bytes| JqValue(Val::utf8_str(f(bytes)))).ok_or_else(|| error(refusal))
}

fn trimmed(value: &JqValue, f: impl FnOnce(&[u8]) -> &[u8]) -> ValR<JqValue> {
    let part = value.bytes().map(|bytes| jaq_std::ValT::as_sub_str(value, f(bytes)));
    part.ok_or_else(|| error("trim input must be a string"))
}

fn explode(value: &JqValue) -> ValR<JqValue> {
    let bytes = value.bytes().ok_or_else(|| error("explode input must be a string"))?;
    Ok(JqValue(bytes.chars().map(|c| Val::from(c as usize)).collect()))
}

fn implode(value: &JqValue) -> ValR<JqValue> {
    let items = value.items().ok_or_else(|| error("implode input must be an array"))?;
    let mut text = String::with_capacity(items.len());
    for item in items {
        let code = JqValue(item.clone()).double().filter(|code| !code.is_nan()).ok_or_else(|| {
            error(format!("{} can't be imploded, unicode codepoint needs to be numeric", describe(item)))
        })?;
        // A negative number is not a code point, and the cast of it would be 0.
        let code = if code < 0.0 { u32::MAX } else { code as u32 };
        text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Ok(JqValue::text(text))
}

fn from_json(value: &JqValue) -> ValR<JqValue> {
    let bytes = value.bytes().ok_or_else(|| error(format!("{} only strings can be parsed", describe(&value.0))))?;
    let text = String::from_utf8_lossy(bytes);
    if matches!(text.trim(), "nan" | "NaN" | "-nan" | "-NaN") {
        return Ok(JqValue(number(f64::NAN)));
    }
    let refusal = |fault: String| {
        let shown: String = text.chars().take(100).collect();
        error(format!("{fault} (while parsing '{shown}')"))
    };
    if nesting(bytes) > DEEPEST {
        return Err(refusal("Exceeds depth limit for parsing".into()));
    }
    // jaq reads more than JSON: comments, bytes, bare infinities. What serde_json accepts is JSON.
    if let Err(fault) = serde_json::from_str::<serde::de::IgnoredAny>(&text) {
        return Err(refusal(fault.to_string()));
    }
    jaq_json::read::parse_single(text.as_bytes()).map(JqValue).map_err(|fault| refusal(fault.to_string()))
}

/// Returns how deep the brackets of a JSON text are nested.
fn nesting(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0usize, 0, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn to_number(value: JqValue) -> ValR<JqValue> {
    if matches!(value.0, Val::Num(_)) {
        return Ok(value);
    }
    let text = value.bytes().and_then(|bytes| std::str::from_utf8(bytes).ok());
    if text == Some("nan") {
        return Ok(JqValue(number(f64::NAN)));
    }
    let parsed = text.filter(|text| is_number(text)).map(|text| text.strip_prefix('+').unwrap_or(text));
    let parsed = parsed.map(|text| JqValue(super::super::value::literal(text)));
    parsed.ok_or_else(|| error(format!("{} cannot be parsed as a number", describe(&value.0))))
}

/// Says whether all of `text` is a number: `1`, `-1.5e3`, `.5`, `+7`.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa = match mantissa.split_once('.') {
        Some((before, after)) => match (before, after) {
            ("", after) => digits(after),
            (before, "") => digits(before),
            (before, after) => digits(before) && digits(after),
        },
        None => digits(mantissa),
    };
    mantissa && exponent.is_none_or(digits)
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn to_base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(5) {
        let bits = (0..5).fold(0u64, |bits, i| bits << 8 | u64::from(chunk.get(i).copied().unwrap_or(0)));
        let used = (chunk.len() * 8).div_ceil(5);
        for i in 0..8 {
            let digit = BASE32[(bits >> (35 - 5 * i)) as usize & 31];
            text.push(if i < used { char::from(digit) } else { '=' });
        }
    }
    text
}

fn from_base32(text: &[u8]) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for byte in text.iter().filter(|byte| **byte != b'=') {
        let digit = BASE32.iter().position(|digit| digit == byte)?;
        bits = (bits << 5 | u32::try_from(digit).ok()?) & 0xfff;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    Some(bytes)
}
