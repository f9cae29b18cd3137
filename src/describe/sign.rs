//! The signs of what happens to a plan: roles with a glyph and a word; whoever shows them adds the style.

/// What something on the screen is: a sign with a meaning, or a part of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A step that is done, a condition that holds.
    Done,
    /// Where the session stands.
    Current,
    /// Still to do.
    Pending,
    /// A step that failed, a condition that is false.
    Failed,
    /// Switched off.
    Skipped,
    /// Made from values that are no longer current.
    Stale,
    /// A value that broke its `ensures`.
    Refuted,
    /// A stop that a person set.
    Breakpoint,
    /// Put there by a person or a scenario.
    Injected,
    /// A surprise.
    Surprise,
    /// The plan was rewritten here.
    Replanned,
    /// Served from the record: nothing ran.
    Recorded,
    /// Nobody knows how it went.
    Interrupted,
    /// New.
    Added,
    /// Gone.
    Removed,
    /// As before.
    Kept,
    /// Another value or another binding.
    Changed,
    /// In another place.
    Moved,
    /// A decision on the next action.
    Thought,
    /// Text.
    Text,
    /// Text that matters more.
    Strong,
    /// Text that matters less. It is not dimmed: dimmed text is unreadable on many terminals.
    Dim,
    /// The frame of a pane without the focus.
    Border,
    /// The frame of the pane with the focus.
    Focus,
    /// The title of a pane or dialog.
    Title,
    /// What draws the eye and is not a role of its own.
    Accent,
    /// A key in a hint.
    Key,
    /// What is wrong.
    Error,
    /// What may become wrong.
    Warning,
    /// The row or entry under the cursor.
    Selected,
}

impl Role {
    /// Every role that is a sign, in the order of the legend.
    pub const SIGNS: [Role; 19] = [
        Role::Done,
        Role::Current,
        Role::Pending,
        Role::Failed,
        Role::Skipped,
        Role::Stale,
        Role::Refuted,
        Role::Breakpoint,
        Role::Injected,
        Role::Surprise,
        Role::Replanned,
        Role::Recorded,
        Role::Interrupted,
        Role::Added,
        Role::Removed,
        Role::Kept,
        Role::Changed,
        Role::Moved,
        Role::Thought,
    ];

    /// Returns its sign, exactly one cell wide; a space for a part of the screen.
    pub fn glyph(self) -> &'static str {
        self.sign().0
    }

    /// Returns the word that says the same without a glyph.
    pub fn word(self) -> &'static str {
        self.sign().1
    }

    /// Returns its sign with the word that says the same.
    fn sign(self) -> (&'static str, &'static str) {
        match self {
            Role::Done => ("✓", "done"),
            Role::Current => ("▶", "current"),
            Role::Pending => ("○", "pending"),
            Role::Failed => ("✗", "failed"),
            Role::Skipped => ("-", "skipped"),
            Role::Stale => ("~", "stale"),
            Role::Refuted => ("?", "refuted"),
            Role::Breakpoint => ("●", "breakpoint"),
            Role::Injected => ("✎", "injected"),
            Role::Surprise => ("!", "surprise"),
            Role::Replanned => ("↻", "replanned"),
            Role::Recorded => ("◐", "from the record"),
            Role::Interrupted => ("…", "interrupted"),
            Role::Added => ("+", "added"),
            Role::Removed => ("-", "removed"),
            Role::Kept => ("=", "kept"),
            Role::Changed => ("±", "changed"),
            Role::Moved => ("↕", "moved"),
            Role::Thought => ("◇", "thought"),
            Role::Text
            | Role::Strong
            | Role::Dim
            | Role::Border
            | Role::Focus
            | Role::Title
            | Role::Accent
            | Role::Key
            | Role::Error
            | Role::Warning
            | Role::Selected => (" ", ""),
        }
    }

    /// Returns `words` themselves where they are one of the signs.
    pub fn known(words: &str) -> Option<&'static str> {
        let signs = if words.len() > 3 { &[] } else { &Role::SIGNS[..] };
        signs.iter().map(|role| role.glyph()).find(|glyph| *glyph == words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_glyph_fills_exactly_one_cell() {
        for role in Role::SIGNS {
            assert_eq!(unicode_width::UnicodeWidthStr::width(role.glyph()), 1, "{role:?}");
        }
    }
}
