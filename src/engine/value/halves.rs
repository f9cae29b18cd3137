//! A long JSON text gone through in two halves at once: the second one from a comma on that looks like one between values.
//!
//! Whether it is one is known once the first half was gone through: where it is not, that goes on to the end, and nothing
//! is lost but what the other did. What comes out is what one way through would say, but for which children have marks.

use super::outline::{Outline, Part};
use super::walk::{Ended, Walk};

/// How far from the middle a comma is looked for, in bytes: 64 KiB.
const NEAR: usize = 64 << 10;

/// A text that can be gone through in two halves.
#[derive(Clone, Copy)]
pub struct Halves<'t> {
    text: &'t str,
    most: usize,
    long: usize,
    /// Where the second one begins, behind its comma.
    border: usize,
}

/// The first half, gone through; or the whole text, where the border was none.
pub struct First<'t>(Option<(Walk<'t>, bool)>);

/// The second half, gone through.
pub struct Second<'t>(Option<Walk<'t>>);

impl<'t> Halves<'t> {
    /// Returns the halves of `text`, for an outline as [`super::outline`] returns it; none where nothing near its middle
    /// looks like a border between values.
    pub fn of(text: &'t str, most: usize, long: usize) -> Option<Halves<'t>> {
        let border = border(text.as_bytes())?;
        Some(Halves { text, most, long, border })
    }

    /// Goes through the first half.
    #[must_use]
    pub fn first(self) -> First<'t> {
        First(Walk::from_its_beginning(self.text, self.most, self.long, self.border))
    }

    /// Goes through the second half, in whatever order or beside the first one.
    #[must_use]
    pub fn second(self) -> Second<'t> {
        Second(Walk::from_its_middle(self.text, self.most, self.long, self.border))
    }

    /// Returns the outline of the text, of whose halves these are; none where it has none.
    pub fn whole(first: First<'_>, second: Second<'_>) -> Option<Outline> {
        match first.0? {
            (walk, false) => Some(walk.found),
            (walk, true) => joined(walk, second.0?),
        }
    }
}

/// Returns the outline of the text that `first` came to the border of, and `second` to the end.
fn joined(first: Walk<'_>, second: Walk<'_>) -> Option<Outline> {
    let Walk { most, long, mut found, around, mut marks, .. } = first;
    // What ended behind the border is what was around it, and all of it.
    if second.amid.is_some() || second.ended.len() != around.len() {
        return None;
    }
    found.depth = found.depth.max(around.len() + second.rise);
    if found.depth > most {
        return None;
    }
    found.parts.extend(second.found.parts);
    found.strings.extend(second.found.strings);
    for (frame, Ended { is_object, count, marks: others, end }) in around.into_iter().rev().zip(second.ended) {
        if frame.is_object != is_object {
            return None;
        }
        let mut marks = marks.split_off(frame.marks);
        if end - frame.start >= long {
            let turn = Some((marks.len(), frame.count)).filter(|_| count > 0);
            marks.extend(others);
            found.parts.insert(frame.start, Part { end, count: frame.count + count, marks, turn });
        }
    }
    Some(found)
}

/// Returns the place behind a comma near the middle of `text` that looks like one between values, not inside of a string.
fn border(text: &[u8]) -> Option<usize> {
    let from = text.len() / 2;
    let near = text.get(from..(from + NEAR).min(text.len()))?;
    let has_strings = near.contains(&b'"');
    let is_border = |at: usize| {
        let (before, behind) = (near.get(..at)?.trim_ascii_end(), near.get(at + 1..)?.trim_ascii_start());
        let (ends, begins) = (before.last()?, behind.first()?);
        Some(match (ends, begins) {
            // No quote is in a string but behind a backslash; one at its end is followed by something else.
            (b'}' | b']' | b'"' | b'0'..=b'9', b'"') => {
                !matches!(behind.get(1)?, b',' | b':' | b'}' | b']') && before.iter().nth_back(1) != Some(&b'\\')
            }
            (b'}' | b']', b'{' | b'[') => behind.get(1) != Some(&b'\\'),
            (b'"', b'{' | b'[') => before.iter().nth_back(1) != Some(&b'\\'),
            (b'0'..=b'9' | b'e' | b'l', b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => !has_strings,
            _ => false,
        })
    };
    let commas = near.iter().enumerate().filter(|(_, byte)| **byte == b',');
    commas.map(|(at, _)| at).find(|at| is_border(*at) == Some(true)).map(|at| from + at + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::outline::children;
    use super::super::walk::outline;
    use super::super::walk::tests::{changed, values};
    use super::*;

    /// Returns the outline of `text` in halves, and tells whether the second one was of use.
    fn in_halves(text: &str, most: usize, long: usize, border: usize) -> (Option<Outline>, bool) {
        let halves = Halves { text, most, long, border };
        let (second, first) = (halves.second(), halves.first());
        let came = matches!(&first.0, Some((_, true)));
        (Halves::whole(first, second), came)
    }

    /// Returns all that an outline says, whichever children have marks.
    fn said(text: &str, outline: &Outline) -> impl PartialEq + std::fmt::Debug {
        let parts = outline.parts.iter().map(|(at, part)| {
            let behind = |from: usize| children(text, outline, *at, from).map(|(_, range)| range).next();
            let all: Vec<_> = children(text, outline, *at, 0).map(|(_, range)| range).collect();
            let each: Vec<_> = (0..all.len()).filter_map(behind).collect();
            let numbers = part.marks.iter().enumerate().map(|(at, mark)| (part.number(at), *mark as usize));
            let found: Vec<bool> = numbers
                .map(|(number, mark)| {
                    children(text, outline, *at, number).next().is_some_and(|_| {
                        all.get(number)
                            .is_some_and(|range| mark <= range.start && (number == 0 || mark >= all[number - 1].end))
                    })
                })
                .collect();
            (*at, part.end, part.count, all.len(), all == each, found.into_iter().all(|is| is))
        });
        (outline.depth, outline.strings.clone(), parts.collect::<Vec<_>>())
    }

    #[test]
    fn a_long_list_is_gone_through_in_halves_where_its_items_meet() {
        let items: Vec<String> = (0..9_000).map(|at| format!(r#"{{"n":{at},"t":["x, y",{at}]}}"#)).collect();
        let numbers: Vec<String> = (0..90_000).map(|at| at.to_string()).collect();
        let texts: Vec<String> = (0..9_000).map(|at| format!(r#""a \" and, \",\" {at}""#)).collect();
        for text in [items.join(","), items.join(" ,\n "), numbers.join(","), numbers.join(", "), texts.join(",")] {
            for text in [format!("[{text}]"), format!(r#"{{"a":[],"b":[{text}],"c":1}}"#)] {
                let border = border(text.as_bytes()).expect("there is one");
                assert!(border > text.len() / 2 && border < text.len() / 2 + 200);
                let (found, came) = in_halves(&text, 9, 4_096, border);
                let (found, plain) = (found.expect("it is JSON"), outline(&text, 9, 4_096).expect("it is JSON"));
                assert!(came && found.parts.values().any(|part| part.turn.is_some()));
                assert_eq!(said(&text, &found), said(&text, &plain));
            }
        }
    }

    #[test]
    fn what_only_looks_like_a_border_costs_nothing_but_time() {
        let text = format!(r#"["{}","{}"]"#, "1, 2],[ ".repeat(9_000), "x".repeat(70_000));
        let border = text.len() / 2 + text[text.len() / 2..].find("],[").expect("it is there") + 2;
        let (found, came) = in_halves(&text, 9, 4_096, border);
        assert!(!came);
        assert_eq!(found, outline(&text, 9, 4_096));
    }

    #[test]
    fn depth_is_bounded_across_the_border_too() {
        let text = "[[1,[[2]],3],[4]]";
        for border in [4, 10, 13] {
            assert!(in_halves(text, 4, 1, border).1);
            assert_eq!(in_halves(text, 4, 1, border).0.expect("it is JSON").depth, 4);
            assert_eq!(in_halves(text, 3, 1, border).0, None, "{border}");
        }
        assert_eq!(in_halves(&format!("[1,{}", "]".repeat(999)), 9, 1, 3).0, None);
    }

    proptest! {
        #[test]
        fn wherever_it_is_halved_a_text_is_what_it_is(
            (_, text) in values(),
            at in any::<prop::sample::Index>(),
            byte in "[\\[\\]{}\",:0-9a-f\\\\ .+-]",
            long in 1_usize..200,
        ) {
            let changed = changed(&text, at, &byte);
            for text in [text, changed] {
                let plain = outline(&text, 5, long);
                // Some of the commas, those in strings, too.
                let commas: Vec<usize> = text.match_indices(',').map(|(at, _)| at).collect();
                for comma in commas.iter().copied().step_by(1 + commas.len() / 6) {
                    let (found, _) = in_halves(&text, 5, long, comma + 1);
                    prop_assert_eq!(found.is_some(), plain.is_some(), "{} {}", comma, text);
                    if let (Some(found), Some(plain)) = (found, &plain) {
                        prop_assert!(said(&text, &found) == said(&text, plain), "{} {}", comma, text);
                    }
                }
            }
        }

        #[test]
        fn so_is_what_is_hardly_one(text in "[\\[\\]{}\",:0-9tru\\\\ ]{0,24}") {
            let plain = outline(&text, 5, 1);
            for (comma, _) in text.match_indices(',') {
                let found = in_halves(&text, 5, 1, comma + 1).0;
                prop_assert_eq!(found.map(|found| found.depth), plain.as_ref().map(|plain| plain.depth), "{} {}", comma, text);
            }
        }
    }
}
