//! What changed in a text, line by line, with a little of what stands round it.

use similar::{ChangeTag, TextDiff};

use super::sign::Role;

/// How many lines are shown of what did not change, before and after what did.
const AROUND: usize = 2;

/// How many lines of a difference are shown.
const SHOWN: usize = 200;

/// One line of a difference: whether it was added or removed, or stands round that.
pub type Line = (Role, String);

/// Returns what changed from `before` to `now`; none where nothing did.
pub fn difference(before: &str, now: &str) -> Option<Vec<Line>> {
    let found = TextDiff::from_lines(before, now);
    let mut lines = Vec::new();
    for (at, group) in found.grouped_ops(AROUND).iter().enumerate() {
        if at > 0 {
            lines.push((Role::Skipped, "…".to_owned()));
        }
        for change in group.iter().flat_map(|op| found.iter_changes(op)) {
            let role = match change.tag() {
                ChangeTag::Equal => Role::Text,
                ChangeTag::Delete => Role::Removed,
                ChangeTag::Insert => Role::Added,
            };
            lines.push((role, change.value().trim_end_matches(['\n', '\r']).to_owned()));
        }
    }
    let more = lines.len().saturating_sub(SHOWN);
    if more > 0 {
        lines.truncate(SHOWN);
        lines.push((Role::Skipped, format!("… and {more} more lines of the difference")));
    }
    (!lines.is_empty()).then_some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_stands_between_two_lines_on_each_side() {
        let before = (1..=20).map(|n| format!("line {n}\n")).collect::<String>();
        let now = before.replace("line 10\n", "line ten\n");
        let lines = difference(&before, &now).expect("something changed");
        let told: Vec<&str> = lines.iter().map(|(_, line)| &**line).collect();
        assert_eq!(told, ["line 8", "line 9", "line 10", "line ten", "line 11", "line 12"]);
        assert_eq!((lines[2].0, lines[3].0), (Role::Removed, Role::Added));
        assert_eq!(difference(&before, &before), None);
        let all = difference("", &"x\n".repeat(1_000)).expect("something changed");
        assert_eq!(all.len(), SHOWN + 1, "the rest is counted");
    }
}
