//! Durations, written `500ms`, `10s`, `2m`.

use super::reader::{Reader, Spot};

const EXPECTED: &str = "a duration like \"500ms\", \"10s\" or \"2m\"";

/// Reads the duration at `spot`, in milliseconds.
pub(super) fn read(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Option<u64> {
    if let Some(number) = spot.value.as_number() {
        let hint = Some(format!("{number} of what? Write \"{number}s\" for seconds"));
        reader.fault(spot, "This number has no unit", EXPECTED, hint);
        return None;
    }
    let text = reader.text(spot, EXPECTED)?;
    let duration = parse(text);
    if duration.is_none() {
        reader.fault(spot, format!("\"{text}\" is not a duration"), EXPECTED, None);
    }
    duration
}

/// Returns the milliseconds that `text` says; a duration of nothing is none.
fn parse(text: &str) -> Option<u64> {
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let scale = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(scale).filter(|duration| *duration > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_a_whole_number_and_a_unit() {
        assert_eq!([parse("500ms"), parse("10s"), parse("2m")], [Some(500), Some(10_000), Some(120_000)]);
        for text in ["", "10", "s", "-1s", "1.5s", "1 s", "1h", "0s", "99999999999999999999s", "10S"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
