//! The nearest known name, for typos.

/// Returns the name in `known` that `typed` was most likely meant to be, if one is near enough.
pub fn nearest<'k>(typed: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let typed: Vec<char> = typed.chars().take(64).flat_map(char::to_lowercase).collect();
    let limit = (typed.len() / 3).clamp(1, 4);
    let distance = |name: &str| {
        let name: Vec<char> = name.chars().take(64).flat_map(char::to_lowercase).collect();
        if name.len().abs_diff(typed.len()) > limit { usize::MAX } else { edits(&typed, &name) }
    };
    known
        .into_iter()
        .map(|name| (distance(name), name))
        .filter(|(far, _)| *far <= limit)
        .min_by_key(|(far, _)| *far)
        .map(|(_, name)| name)
}

/// Counts the letters to insert, delete, replace or swap with their neighbour to get from `a` to `b`.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_the_name_that_was_meant() {
        let known = ["inputs", "outputs", "requires", "ensures"];
        assert_eq!(nearest("input", known), Some("inputs"));
        assert_eq!(nearest("ouptuts", known), Some("outputs"));
        assert_eq!(nearest("Requires", known), Some("requires"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("", known), None);
    }
}
