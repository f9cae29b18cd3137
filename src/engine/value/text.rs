//! The text of a long value: one by itself, or a part of a longer one, such as of a file that was read as a whole.

use std::ops::{Deref, Range};
use std::sync::Arc;

/// A text that may be a part of another. Cloning it costs a pointer.
///
/// Whoever holds a part keeps all of the text that it is a part of: that is worth it where most of it is wanted anyway.
#[derive(Clone, Debug)]
pub struct Text {
    whole: Arc<String>,
    range: Range<usize>,
}

impl Text {
    /// Returns the part of `whole` at these bytes; none where they are outside of it, or cut a character in two.
    #[must_use]
    pub fn part(whole: &Arc<String>, range: Range<usize>) -> Option<Text> {
        whole.get(range.clone())?;
        Some(Text { whole: whole.clone(), range })
    }
}

impl From<String> for Text {
    fn from(mut text: String) -> Text {
        text.shrink_to_fit();
        let range = 0..text.len();
        Text { whole: Arc::new(text), range }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.whole.get(self.range.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_the_text_at_its_bytes_and_there_is_none_that_cuts_a_character() {
        let whole = Arc::new("aéb".to_owned());
        assert_eq!(Text::part(&whole, 1..3).as_deref(), Some("é"));
        assert_eq!(Text::part(&whole, 4..4).as_deref(), Some(""));
        assert!(Text::part(&whole, 1..2).is_none() && Text::part(&whole, 3..5).is_none());
        assert_eq!(&*Text::from("ab".to_owned()), "ab");
    }
}
