//! The way back: where in a text the paths stand that somebody asks for.

use std::collections::HashMap;
use std::ops::Range;

use super::super::path::Segment;
use super::scanner::{Scanner, Token, inside};

/// Where a field or an entry stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::goal_file) struct Place {
    /// Its name, if it has one.
    pub(in crate::goal_file) name: Option<Range<usize>>,
    /// Its value.
    pub(in crate::goal_file) value: Range<usize>,
}

/// The places of some paths in one text.
pub(in crate::goal_file) struct Places<'t> {
    text: &'t str,
    found: HashMap<Vec<Segment>, Place>,
}

impl Places<'_> {
    /// Returns the place of `path`, or of the nearest object or list around it that exists.
    pub(in crate::goal_file) fn get(&self, path: &[Segment]) -> Place {
        (0..=path.len()).rev().find_map(|length| self.found.get(&path[..length])).cloned().unwrap_or_default()
    }

    /// Returns where these bytes of the text at `path` stand, its escapes undone; at least one character is meant.
    pub(in crate::goal_file) fn inside(&self, path: &[Segment], bytes: &Range<usize>) -> Range<usize> {
        let literal = self.get(path).value;
        let start = inside(self.text, &literal, bytes.start);
        let end = inside(self.text, &literal, bytes.end);
        let next = self.text[start..].chars().next().map_or(0, char::len_utf8);
        start..end.max(start + next)
    }
}

/// A node of the tree of the paths that are looked for.
#[derive(Default)]
struct Wanted {
    below: HashMap<Segment, usize>,
}

/// An open bracket on the way: which wanted node it is, if any, and how far inside it we are.
struct Level {
    node: Option<usize>,
    child: Option<usize>,
    segment: Option<Segment>,
    start: usize,
    index: Option<usize>,
    name: Option<Range<usize>>,
}

/// Finds the places of `paths` (and of everything around them) in `text`, in one pass; `text` is known to be JSON.
pub(in crate::goal_file) fn locate<'t, 'p>(
    text: &'t str,
    paths: impl IntoIterator<Item = &'p [Segment]>,
) -> Places<'t> {
    let mut tree = vec![Wanted::default()];
    for path in paths {
        let mut node = 0;
        for segment in path {
            let next = tree.len();
            let child = *tree[node].below.entry(segment.clone()).or_insert(next);
            if child == next {
                tree.push(Wanted::default());
            }
            node = child;
        }
    }
    let mut found = HashMap::new();
    let mut levels: Vec<Level> = Vec::new();
    let mut scanner = Scanner::new(text);
    // The text was read before, so the scanner does not fail; if it did, what is found so far still counts.
    while let Ok(Some((token, span))) = scanner.token() {
        match token {
            Token::Name(name) => {
                if let Some(level) = levels.last_mut() {
                    enter(level, &tree, || Segment::Name(name.into_owned()));
                    level.name = Some(span);
                }
            }
            Token::ObjectStart | Token::ListStart => {
                next_entry(&mut levels, &tree);
                let node = levels.last().map_or(Some(0), |level| level.child);
                let index = (token == Token::ListStart).then_some(0);
                levels.push(Level { node, child: None, segment: None, start: span.start, index, name: None });
            }
            Token::ObjectEnd | Token::ListEnd => {
                let start = levels.pop().map_or(span.start, |level| level.start);
                finish(&mut levels, start..span.end, &mut found);
            }
            Token::Text(_) | Token::Number(_) | Token::Bool(_) | Token::Null => {
                next_entry(&mut levels, &tree);
                finish(&mut levels, span, &mut found);
            }
        }
    }
    Places { text, found }
}

/// Steps to the entry of a list whose value begins now.
fn next_entry(levels: &mut [Level], tree: &[Wanted]) {
    if let Some(level) = levels.last_mut()
        && let Some(index) = level.index
    {
        enter(level, tree, || Segment::Index(index));
        level.index = Some(index + 1);
    }
}

/// Steps to an entry of `level`; a place that nobody looks for costs nothing.
fn enter(level: &mut Level, tree: &[Wanted], segment: impl FnOnce() -> Segment) {
    level.child = None;
    level.segment = None;
    if let Some(node) = level.node
        && !tree[node].below.is_empty()
    {
        let segment = segment();
        level.child = tree[node].below.get(&segment).copied();
        level.segment = Some(segment);
    }
}

/// Notes the place of a value that ended, if its path is wanted.
fn finish(levels: &mut [Level], value: Range<usize>, found: &mut HashMap<Vec<Segment>, Place>) {
    if levels.last().is_some_and(|level| level.child.is_none()) {
        return;
    }
    let path: Vec<Segment> = levels.iter().filter_map(|level| level.segment.clone()).collect();
    let name = levels.last().and_then(|level| level.name.clone());
    found.insert(path, Place { name, value });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Segment {
        Segment::Name(name.to_owned())
    }

    #[test]
    fn a_path_leads_to_its_name_and_value() {
        let text = r#"{"x": {"y": [0, {"z": "ab"}]}, "n": 5}"#;
        let deep = [name("x"), name("y"), Segment::Index(1), name("z")];
        let flat = [name("n")];
        let places = locate(text, [&deep[..], &flat[..]]);
        assert_eq!(&text[places.get(&deep).value], r#""ab""#);
        assert_eq!(&text[places.get(&deep).name.expect("it has a name")], r#""z""#);
        assert_eq!(&text[places.get(&flat).value], "5");
        assert_eq!(&text[places.get(&deep[..2]).value], r#"[0, {"z": "ab"}]"#);
        assert_eq!(&text[places.get(&[]).value], text);
    }

    #[test]
    fn a_path_that_does_not_exist_leads_to_what_is_around_it() {
        let text = r#"{"x": {"y": 1}}"#;
        let missing = [name("x"), name("nope")];
        let places = locate(text, [&missing[..]]);
        assert_eq!(&text[places.get(&missing).value], r#"{"y": 1}"#);
    }

    #[test]
    fn an_offset_inside_a_text_counts_escapes_as_written() {
        let text = r#"{"f": "a\"\u00e9b😀c"}"#;
        let path = [name("f")];
        let places = locate(text, [&path[..]]);
        let decoded = "a\"éb😀c";
        let at = |letter: char| {
            let offset = decoded.find(letter).expect("it is there");
            places.inside(&path, &(offset..offset + letter.len_utf8()))
        };
        for letter in ['a', 'b', 'c'] {
            assert_eq!(text[at(letter)], letter.to_string());
        }
        assert_eq!(&text[at('é')], "\\u00e9");
        let end = places.inside(&path, &(decoded.len()..decoded.len()));
        assert_eq!(&text[end], "\"", "the end of a text is its closing quote");
    }
}
