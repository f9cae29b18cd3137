//! The nearest known name, for typos.

/// How much of a name is compared, in characters.
const COMPARED: usize = 64;

/// Returns the name in `known` that `typed` was most likely meant to be, if one is near enough: at most a third of its
/// letters inserted, deleted, replaced or swapped with their neighbour, and at most four.
pub fn nearest<'k>(typed: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let lower = |name: &str| name.chars().take(COMPARED).flat_map(char::to_lowercase).collect::<String>();
    let typed = lower(typed);
    let length = typed.chars().count();
    let limit = (length / 3).clamp(1, 4);
    let near = |name: &&str| name.chars().take(COMPARED).count().abs_diff(length) <= limit;
    known
        .into_iter()
        .filter(near)
        .map(|name| (strsim::osa_distance(&typed, &lower(name)), name))
        .filter(|(far, _)| *far <= limit)
        .min_by_key(|(far, _)| *far)
        .map(|(_, name)| name)
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
        assert_eq!(nearest("regoins", ["tickets", "regions"]), Some("regions"));
        assert_eq!(nearest("report", ["tickets", "regions"]), None);
    }

    #[test]
    fn a_long_name_is_compared_by_its_beginning() {
        let long = "x".repeat(100_000);
        assert_eq!(nearest(&long, [long.as_str(), "y"]), Some(long.as_str()));
    }
}
