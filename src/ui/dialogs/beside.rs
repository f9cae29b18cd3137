//! Another value with one key: the number or truth value at the cursor one further, else the next of the values beside the whole.

use serde_json::{Number, Value};

use crate::stress::beside::beside;

/// Returns `text` with the number or truth value that the cursor (row and character) is in or right behind changed, one
/// up or down; none where neither stands there, or the number has no next one.
pub(super) fn changed_at(text: &str, (row, column): (usize, usize), up: bool) -> Option<String> {
    let lines: Vec<&str> = text.split('\n').collect();
    let line: Vec<char> = lines.get(row)?.chars().collect();
    let of_word = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '+' | '.');
    let inside = |at: usize| line.get(at).is_some_and(of_word);
    let at = if inside(column) { column } else { column.checked_sub(1).filter(|at| inside(*at))? };
    let start = (0..at).rev().take_while(|at| inside(*at)).last().unwrap_or(at);
    let end = (at..line.len()).take_while(|at| inside(*at)).last().map_or(at, |last| last + 1);
    // What stands in a text is not a value of its own.
    let quotes = line.get(..start)?.iter().filter(|c| **c == '"').count();
    if quotes % 2 == 1 {
        return None;
    }
    let word: String = line.get(start..end)?.iter().collect();
    let next = match serde_json::from_str::<Value>(&word).ok()? {
        Value::Bool(on) => (!on).to_string(),
        Value::Number(number) => step(&number, &word, up)?,
        _ => return None, // nothing else is one word
    };
    let before: String = line.get(..start)?.iter().collect();
    let after: String = line.get(end..)?.iter().collect();
    let changed = format!("{before}{next}{after}");
    let all = lines.iter().enumerate().map(|(at, line)| if at == row { changed.as_str() } else { line });
    Some(all.collect::<Vec<_>>().join("\n"))
}

/// Returns the number one further in its last written place: 41 → 42, 0.25 → 0.26.
fn step(number: &Number, written: &str, up: bool) -> Option<String> {
    if let Some(whole) = number.as_i64() {
        return if up { whole.checked_add(1) } else { whole.checked_sub(1) }.map(|next| next.to_string());
    }
    let places = written.split_once('.').map(|(_, behind)| behind.len()).filter(|places| (1..=12).contains(places))?;
    if written.contains(['e', 'E']) {
        return None;
    }
    let by = 10f64.powi(-i32::try_from(places).ok()?);
    let next = number.as_f64()? + if up { by } else { -by };
    next.is_finite().then(|| format!("{next:.places$}"))
}

/// Returns the value after `now`, or before it, among those that stand beside `was`, itself among them, around and
/// around.
pub(super) fn next_of(was: &Value, now: &Value, up: bool) -> Value {
    let mut all = vec![was.clone()];
    all.extend(beside(was).into_iter().map(|beside| beside.value));
    let last = all.len() - 1;
    let at = all.iter().position(|value| value == now);
    let next = match (at, up) {
        (None, _) => 0,
        (Some(at), true) => {
            if at == last {
                0
            } else {
                at + 1
            }
        }
        (Some(at), false) => at.checked_sub(1).unwrap_or(last),
    };
    all.swap_remove(next)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_word_at_the_cursor_goes_one_further() {
        let text = "{\n  \"a\": 41,\n  \"b 7\": true, \"c\": -0.25\n}";
        let up = |at| changed_at(text, at, true);
        assert_eq!(up((1, 7)).as_deref(), Some(&*text.replace("41", "42")));
        assert_eq!(up((1, 9)).as_deref(), Some(&*text.replace("41", "42")), "right behind it");
        assert_eq!(changed_at(text, (1, 7), false).as_deref(), Some(&*text.replace("41", "40")));
        assert_eq!(up((2, 10)).as_deref(), Some(&*text.replace("true", "false")));
        assert_eq!(up((2, 22)).as_deref(), Some(&*text.replace("-0.25", "-0.24")));
        assert_eq!(up((2, 5)), None, "what stands in a name is not a value");
        assert_eq!((up((0, 0)), up((9, 0))), (None, None));
        assert_eq!(changed_at(&i64::MAX.to_string(), (0, 3), true), None);
    }

    #[test]
    fn values_beside_a_list_come_in_turn_and_around() {
        let was = json!([1, 2, 3]);
        let mut seen = Vec::new();
        let mut now = was.clone();
        loop {
            now = next_of(&was, &now, true);
            if now == was {
                break;
            }
            assert!(!seen.contains(&now) && seen.len() < 50, "{now} twice: {seen:?}");
            assert_eq!(next_of(&was, &next_of(&was, &now, false), true), now);
            seen.push(now.clone());
        }
        assert!(seen.contains(&json!([])) && seen.contains(&Value::Null), "{seen:?}");
    }
}
