//! The known name that a misspelt one probably means.

use strsim::osa_distance;

/// Returns the name in `known` that `typed` was most likely meant to be, if one is near enough.
pub(super) fn nearest<'n>(typed: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let limit = (typed.chars().count() / 3).clamp(1, 4);
    known
        .filter(|name| name.len().abs_diff(typed.len()) <= limit)
        .map(|name| (osa_distance(typed, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, name)| (*distance, name.len().abs_diff(typed.len())))
        .map(|(_, name)| name)
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
