//! Numbers as they are written: which of them a value cannot hold, so that none changes silently.

/// Returns where the first number of the JSON `text` stands that a value cannot hold, in bytes, and how it is written.
///
/// `text` is JSON already: only what stands outside of strings is looked at.
pub fn first_lost(text: &str) -> Option<(usize, &str)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += 1;
                while let Some(byte) = bytes.get(at).filter(|byte| **byte != b'"') {
                    at += if *byte == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let rest = &bytes[at..];
                let of_number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
                let end = at + rest.iter().position(|byte| !of_number(byte)).unwrap_or(rest.len());
                let number = &text[at..end];
                if is_lost(number) {
                    return Some((at, number));
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    None
}

/// Tells whether the JSON number that is written like this would become another one: an integer beyond 64 bits, or what
/// is so small that it would be zero.
pub fn is_lost(number: &str) -> bool {
    // Short ones fit whatever they are.
    if number.len() <= 18 && !number.bytes().any(|byte| matches!(byte, b'e' | b'E')) {
        return false;
    }
    if number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return number.parse::<i64>().is_err() && number.parse::<u64>().is_err();
    }
    let mantissa = number.split(['e', 'E']).next().unwrap_or(number);
    mantissa.bytes().any(|byte| matches!(byte, b'1'..=b'9')) && number.parse::<f64>() == Ok(0.0)
}

/// Says of a `number` that is lost what to do.
pub fn sentence(number: &str) -> String {
    let shown: String = number.chars().take(40).collect();
    let cut = if shown.len() < number.len() { "…" } else { "" };
    format!(
        "the number {shown}{cut} would change: integers have up to 64 bits, others are at least 5e-324; a text keeps it"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_change_is_found_outside_of_strings() {
        for kept in ["18446744073709551615", "-9223372036854775808", "0.1", "1e300", "0e-400", "-0.0", "5e-324", "1E5"]
        {
            assert!(!is_lost(kept), "{kept}");
        }
        for lost in
            ["18446744073709551616", "-9223372036854775809", "123456789012345678901234567890", "1e-400", "-2.5E-999"]
        {
            assert!(is_lost(lost), "{lost}");
        }
        let text = r#"{"a 18446744073709551616": ["\"1e-400", 7], "b": -1e-400}"#;
        assert_eq!(first_lost(text), Some((text.len() - 8, "-1e-400")));
        assert_eq!(first_lost(r#"["99999999999999999999999", 1]"#), None);
    }
}
