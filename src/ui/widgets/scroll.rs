//! Which rows of a list are seen.

use std::ops::Range;

/// Returns the first visible row that keeps the rows `seen` visible in `height` rows of `rows`, moving `top` as little as
/// can be.
pub fn window(top: usize, seen: Range<usize>, height: usize, rows: usize) -> usize {
    let Range { start, end } = seen;
    let top = top.min(start);
    let top = if end > top + height { end.saturating_sub(height).min(start) } else { top };
    top.min(rows.saturating_sub(height))
}

/// Returns how much lies above and below what is seen: `↑ 3 ↓ 13`; nothing where all of it is seen.
pub fn marks(hidden: (usize, usize)) -> Option<String> {
    match hidden {
        (0, 0) => None,
        (above, 0) => Some(format!("↑ {above}")),
        (0, below) => Some(format!("↓ {below}")),
        (above, below) => Some(format!("↑ {above} ↓ {below}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_moves_no_further_than_what_is_to_be_seen() {
        assert_eq!(window(3, 5..6, 10, 40), 3, "it is seen already");
        assert_eq!(window(3, 1..2, 10, 40), 1, "up to it");
        assert_eq!(window(3, 20..22, 10, 40), 12, "down to its last row");
        assert_eq!(window(3, 20..40, 10, 40), 20, "what is longer shows its beginning");
        assert_eq!(window(38, 39..40, 10, 40), 30, "no blank rows below the last");
    }
}
