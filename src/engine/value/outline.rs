//! What is kept of a JSON text that was gone through once: how deep it nests, and where its long parts and their children
//! are.

use std::collections::BTreeMap;
use std::ops::Range;

use super::scan::{end_of, past_space};

/// How long the text of a list or object is, in bytes, of which it is kept where its children stand: 64 KiB.
pub const LONG: usize = 64 << 10;

/// Of every how many children of a long part the place is kept: the others are found from there.
pub(super) const STRIDE: usize = 16;

/// A list or object whose text is long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Where its text ends.
    pub end: usize,
    /// How many children it has.
    pub count: usize,
    /// Where every [`STRIDE`]th child begins, in an object with its name.
    pub marks: Vec<u32>,
    /// Where they were counted anew: the first mark from which on, and the number of its child.
    pub turn: Option<(usize, usize)>,
}

impl Part {
    /// Returns the number of the child that the mark `at` is of.
    pub(super) fn number(&self, at: usize) -> usize {
        match self.turn {
            Some((mark, number)) if at >= mark => number + (at - mark) * STRIDE,
            _ => at * STRIDE,
        }
    }

    /// Returns the number and the place of the last child up to the number `child` whose place is kept; none where it has
    /// no children.
    fn before(&self, child: usize) -> Option<(usize, usize)> {
        let mark = match self.turn {
            Some((mark, number)) if child >= number => mark + (child - number) / STRIDE,
            _ => child / STRIDE,
        };
        let mark = mark.min(self.marks.len().checked_sub(1)?);
        Some((self.number(mark), *self.marks.get(mark)? as usize))
    }
}

/// What is known of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// How many lists and objects are around its innermost value.
    pub depth: usize,
    /// Its long lists and objects, by where their texts begin.
    pub parts: BTreeMap<usize, Part>,
    /// Its long strings: where their texts begin, quotes included, and where they end.
    pub strings: BTreeMap<usize, usize>,
}

impl Outline {
    /// Returns where the value ends that begins at `at` in `text`, whose outline it is. A long one is not gone through.
    pub fn end(&self, text: &str, at: usize) -> usize {
        let known = self.parts.get(&at).map(|part| part.end).or_else(|| self.strings.get(&at).copied());
        known.unwrap_or_else(|| end_of(text, at))
    }

    /// Returns the outline of the value whose text is `range`, so many levels deep.
    pub fn within(&mut self, range: &Range<usize>, depth: usize) -> Outline {
        let mut parts = self.parts.split_off(&range.start);
        self.parts.append(&mut parts.split_off(&range.end));
        let moved = |(at, part): (usize, Part)| {
            let marks = part.marks.iter().map(|mark| mark - range.start as u32).collect();
            (at - range.start, Part { end: part.end - range.start, marks, ..part })
        };
        let mut strings = self.strings.split_off(&range.start);
        self.strings.append(&mut strings.split_off(&range.end));
        Outline {
            depth: self.depth.saturating_sub(depth),
            parts: parts.into_iter().map(moved).collect(),
            strings: strings.into_iter().map(|(at, end)| (at - range.start, end - range.start)).collect(),
        }
    }
}

/// Returns the children of the list or object that begins at `at` in `text`, from the place `from` on: the text of the
/// name, in an object, and where the child begins and ends. None of what is neither.
pub fn children<'t>(
    text: &'t str,
    outline: &'t Outline,
    at: usize,
    from: usize,
) -> impl Iterator<Item = (Option<&'t str>, Range<usize>)> {
    let (before, start) = outline.parts.get(&at).and_then(|part| part.before(from)).unwrap_or((0, at + 1));
    let open = text.as_bytes().get(at);
    let named = open == Some(&b'{');
    let mut next = (named || open == Some(&b'[')).then_some(start);
    let children = std::iter::from_fn(move || {
        let mut at = past_space(text, next.take()?);
        if matches!(text.as_bytes().get(at), None | Some(b']' | b'}')) {
            return None;
        }
        let name = named.then(|| {
            let end = end_of(text, at);
            let name = text.get(at..end).unwrap_or_default();
            at = past_space(text, past_space(text, end) + 1); // behind the colon
            name
        });
        let end = outline.end(text, at).max(at + 1);
        let behind = past_space(text, end);
        next = (text.as_bytes().get(behind) == Some(&b',')).then_some(behind + 1);
        Some((name, at..end))
    });
    children.skip(from - before)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::walk::outline;
    use super::*;

    #[test]
    fn long_parts_say_where_their_children_stand() {
        let items: Vec<Value> = (0..1_000).map(|at| serde_json::json!({ "n": at, "t": ["x", at] })).collect();
        let text = serde_json::json!({ "items": items, "short": [1, 2], "text": "y".repeat(5_000) }).to_string();
        let found = outline(&text, 9, 4_096).expect("it is JSON");
        assert_eq!((found.depth, found.parts.len(), found.strings.len()), (4, 2, 1));
        let (start, list) = found.parts.iter().nth(1).expect("the list");
        assert_eq!((list.count, list.marks.len()), (1_000, 1_000usize.div_ceil(STRIDE)));
        assert_eq!(&text[*start..*start + 8], "[{\"n\":0,");
        for (at, mark) in list.marks.iter().enumerate() {
            let from = *mark as usize;
            let item: Value = serde_json::from_str(&text[from..end_of(&text, from)]).expect("a child");
            assert_eq!(item["n"], at * STRIDE);
        }
        let (start, end) = found.strings.iter().next().expect("the text");
        assert_eq!(serde_json::from_str::<String>(&text[*start..*end]).expect("a text").len(), 5_000);
    }
}
