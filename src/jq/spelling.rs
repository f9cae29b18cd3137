//! Finds the known name that a misspelt one probably means.

/// Returns the name in `known` with the fewest edits to `name`, if they are few for its length.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let allowed = name.chars().count().div_ceil(3).min(3);
    known
        .filter(|other| name.len().abs_diff(other.len()) <= allowed)
        .map(|other| (edits(name, other), other))
        .filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, other)| (*edits, other.len().abs_diff(name.len())))
        .map(|(_, other)| other)
}

/// Counts insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
fn edits(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let width = b.len() + 1;
    let mut table = vec![0usize; (a.len() + 1) * width];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i * width + j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = table[(i - 1) * width + j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let inserted = table[i * width + j - 1] + 1;
                let deleted = table[(i - 1) * width + j] + 1;
                let mut least = replaced.min(inserted).min(deleted);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(table[(i - 2) * width + j - 2] + 1);
                }
                least
            };
        }
    }
    table[a.len() * width + b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_keys_is_recognised_and_a_different_word_is_not() {
        let known = || ["length", "group_by", "map", "max", "ascii_downcase"].into_iter();
        assert_eq!(nearest("lenght", known()), Some("length"));
        assert_eq!(nearest("groupby", known()), Some("group_by"));
        assert_eq!(nearest("mpa", known()), Some("map"));
        assert_eq!(nearest("frobnicate", known()), None);
    }
}
