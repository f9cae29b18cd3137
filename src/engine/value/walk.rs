//! A JSON text gone through once: whether it is one, how deep it nests, and where its long parts and their children are.
//!
//! It may be gone through from a comma in its middle on, too, before it is known what is around that comma.

use super::outline::{Outline, Part, STRIDE};
use super::scan::Scan;

/// Returns the outline of `text`, which lists what is at least `long` bytes long; none where it is not JSON, or nests
/// more than `most` levels deep, or is longer than 4 GiB.
pub fn outline(text: &str, most: usize, long: usize) -> Option<Outline> {
    let (walk, _) = Walk::from_its_beginning(text, most, long, usize::MAX)?;
    Some(walk.found)
}

/// A way through a text, or as far as it was gone.
pub(super) struct Walk<'t> {
    scan: Scan<'t>,
    pub(super) most: usize,
    pub(super) long: usize,
    pub(super) found: Outline,
    /// The lists and objects that began on the way and go on, the innermost one last.
    pub(super) around: Vec<Frame>,
    /// The marks of all of them, in the same order; before them those of the one that it began in the middle of.
    pub(super) marks: Vec<u32>,
    /// Those that it began in the middle of and that have ended since, the innermost one first.
    pub(super) ended: Vec<Ended>,
    /// Of the one that it is in the middle of now, what is known.
    pub(super) amid: Option<Ended>,
    /// How many levels deeper than at its beginning it came.
    pub(super) rise: usize,
}

/// A list or object that has not ended yet.
pub(super) struct Frame {
    pub(super) start: usize,
    pub(super) count: usize,
    /// How many marks those around it have.
    pub(super) marks: usize,
    pub(super) is_object: bool,
}

/// What was seen of a list or object whose beginning was not.
#[derive(Default)]
pub(super) struct Ended {
    pub(super) is_object: bool,
    pub(super) count: usize,
    pub(super) marks: Vec<u32>,
    pub(super) end: usize,
}

impl<'t> Walk<'t> {
    /// Goes through `text` to its end, or to behind the comma that ends at `until`. Returns also whether it came to that
    /// comma: none of a text may have it there.
    pub(super) fn from_its_beginning(
        text: &'t str,
        most: usize,
        long: usize,
        until: usize,
    ) -> Option<(Walk<'t>, bool)> {
        let mut walk = Walk::at(text, 0, most, long)?;
        let first = walk.scan.token()?;
        let came = walk.go(first, until, false)?;
        Some((walk, came))
    }

    /// Goes through the rest of `text`, behind the comma that ends at `from`, if one does.
    pub(super) fn from_its_middle(text: &'t str, most: usize, long: usize, from: usize) -> Option<Walk<'t>> {
        let mut walk = Walk::at(text, from, most, long)?;
        let first = walk.child_amid()?;
        walk.go(first, usize::MAX, true)?;
        Some(walk)
    }

    fn at(text: &'t str, at: usize, most: usize, long: usize) -> Option<Walk<'t>> {
        u32::try_from(text.len()).ok()?;
        Some(Walk {
            scan: Scan { text: text.as_bytes(), at },
            most,
            long,
            found: Outline::default(),
            around: Vec::new(),
            marks: Vec::new(),
            ended: Vec::new(),
            amid: None,
            rise: 0,
        })
    }

    /// Goes on with the value whose first byte, `first`, was read, to the end of the text or to `until`. Returns whether it
    /// came there.
    fn go(&mut self, mut first: u8, until: usize, is_amid: bool) -> Option<bool> {
        let (most, long) = (self.most, self.long);
        // By themselves, they stay in registers.
        let (mut scan, mut around, mut marks) =
            (self.scan, std::mem::take(&mut self.around), std::mem::take(&mut self.marks));
        let (mut deepest, mut left) = (0, 0);
        loop {
            let start = scan.at - 1;
            match first {
                b'"' => {
                    scan.string()?;
                    if scan.at - start >= long {
                        self.found.strings.insert(start, scan.at);
                    }
                }
                open @ (b'{' | b'[') => {
                    let is_object = open == b'{';
                    around.push(Frame { start, count: 0, marks: marks.len(), is_object });
                    deepest = deepest.max(around.len().saturating_sub(left));
                    if around.len() > most {
                        return None;
                    }
                    let next = scan.token()?;
                    if next != if is_object { b'}' } else { b']' } {
                        first = child(&mut scan, next, around.last_mut()?, &mut marks)?;
                        continue;
                    }
                    scan.at -= 1;
                }
                b't' => scan.word(b"rue")?,
                b'f' => scan.word(b"alse")?,
                b'n' => scan.word(b"ull")?,
                digit => scan.number(digit)?,
            }
            // A value has ended: so do those around it, up to one that goes on.
            loop {
                let Some(frame) = around.last_mut() else {
                    if !is_amid {
                        scan.space();
                        self.found.depth = deepest;
                        return (scan.at == scan.text.len()).then_some(false);
                    }
                    (self.scan, self.marks) = (scan, std::mem::take(&mut marks));
                    let next = self.go_on_amid()?;
                    (scan, marks, left) = (self.scan, std::mem::take(&mut self.marks), self.ended.len());
                    let Some(next) = next else {
                        self.rise = deepest;
                        return Some(false);
                    };
                    first = next;
                    break;
                };
                match (scan.token()?, frame.is_object) {
                    (b',', _) if scan.at == until => {
                        self.found.depth = deepest;
                        (self.around, self.marks) = (around, marks);
                        return Some(true);
                    }
                    (b',', _) => {
                        let next = scan.token()?;
                        first = child(&mut scan, next, frame, &mut marks)?;
                        break;
                    }
                    (b'}', true) | (b']', false) => {
                        if scan.at - frame.start >= long {
                            let (end, count, marks) = (scan.at, frame.count, marks.split_off(frame.marks));
                            self.found.parts.insert(frame.start, Part { end, count, marks, turn: None });
                        } else {
                            marks.truncate(frame.marks);
                        }
                        around.pop();
                    }
                    _ => return None,
                }
            }
        }
    }

    /// Goes on behind a value around which nothing began on the way. Returns the first byte of the next value; none at the
    /// end of the text.
    fn go_on_amid(&mut self) -> Option<Option<u8>> {
        loop {
            match self.scan.token() {
                None => return Some(None),
                Some(b',') => return self.child_amid().map(Some),
                Some(close @ (b'}' | b']')) => {
                    let is_object = close == b'}';
                    let amid = self.amid.take().unwrap_or(Ended { is_object, ..Ended::default() });
                    // More cannot have been around its beginning.
                    if amid.is_object != is_object || self.ended.len() == self.most {
                        return None;
                    }
                    self.ended.push(Ended { end: self.scan.at, marks: std::mem::take(&mut self.marks), ..amid });
                }
                Some(_) => return None,
            }
        }
    }

    /// Begins the next child of what it is in the middle of. Returns the first byte of its value.
    fn child_amid(&mut self) -> Option<u8> {
        let next = self.scan.token()?;
        let amid = match self.amid.take() {
            Some(amid) => amid,
            None => {
                // Only a name has a colon behind it.
                let mut ahead = self.scan;
                let is_object = next == b'"' && ahead.string().is_some() && ahead.token() == Some(b':');
                Ended { is_object, ..Ended::default() }
            }
        };
        let mut frame = Frame { start: 0, count: amid.count, marks: 0, is_object: amid.is_object };
        let first = child(&mut self.scan, next, &mut frame, &mut self.marks)?;
        self.amid = Some(Ended { count: frame.count, ..amid });
        Some(first)
    }
}

/// Notes that a child of `frame` begins with the byte `next`, which was read, and goes past its name where it has one.
/// Returns the first byte of its value.
#[inline(always)]
fn child(scan: &mut Scan<'_>, next: u8, frame: &mut Frame, marks: &mut Vec<u32>) -> Option<u8> {
    if frame.count.is_multiple_of(STRIDE) {
        marks.push(u32::try_from(scan.at - 1).ok()?);
    }
    frame.count += 1;
    if !frame.is_object {
        return Some(next);
    }
    if next != b'"' {
        return None;
    }
    scan.string()?;
    if scan.token()? != b':' {
        return None;
    }
    scan.token()
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// Any value, and a text of it: with blanks or without, with what is not ASCII as it is or as escapes.
    pub(in super::super) fn values() -> impl Strategy<Value = (Value, String)> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[a-e,:\\[\\]{}\"\\\\ \n\u{1}é😀]{0,70}".prop_map(Value::from),
        ];
        let value = leaf.prop_recursive(6, 120, 40, |inner| {
            let names = "[a-c\"\\\\é]{0,9}";
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..40).prop_map(Value::from),
                prop::collection::vec((names, inner), 0..40).prop_map(|entries| entries.into_iter().collect()),
            ]
        });
        (value, any::<bool>(), any::<bool>()).prop_map(|(value, blanks, escapes)| {
            let text = if blanks { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let mut text = text.expect("JSON");
            if escapes {
                text = text.replace('é', "\\u00e9").replace('😀', "\\uD83d\\ude00");
            }
            (value, text)
        })
    }

    /// Returns `text` with another byte in the place of one of its ASCII characters, if it has any.
    pub(in super::super) fn changed(text: &str, at: prop::sample::Index, byte: &str) -> String {
        let places: Vec<usize> = text.char_indices().filter(|(_, char)| char.is_ascii()).map(|(at, _)| at).collect();
        let mut text = text.to_owned();
        let at = *at.get(&places);
        text.replace_range(at..=at, byte);
        text
    }

    /// Tells whether `text` is JSON to everybody else: the grammar, where a number is larger than one that is computed with.
    fn is_json(text: &str) -> bool {
        match serde_json::from_str::<Value>(text) {
            Ok(_) => true,
            Err(error) if !error.to_string().contains("range") => false,
            Err(_) => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
        }
    }

    fn depth(value: &Value) -> usize {
        match value {
            Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
            Value::Object(entries) => 1 + entries.values().map(depth).max().unwrap_or(0),
            _ => 0,
        }
    }

    #[test]
    fn what_is_json_is_told_from_what_is_not() {
        let json = [
            "0",
            "-0.5e+3",
            "1E9",
            " [ 1 , {\"a\" : null} ] \n",
            "\"\\u00e9\\ud83d\\ude00 \\\\ \\/\"",
            "{}",
            "[[],{}]",
            "\"a long text with é and no end before sixteen bytes\"",
            "{\"\":{\"\\\"\":[true,false]}}",
        ];
        for text in json {
            let value: Value = serde_json::from_str(text).expect(text);
            assert_eq!(outline(text, 9, 1 << 20).expect(text).depth, depth(&value), "{text}");
        }
        let wrong = [
            "",
            "01",
            "-",
            "1.",
            "1e",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "[1 2]",
            "tru",
            "nul",
            "\"\\x\"",
            "\"\\ud83d\"",
            "\"\\ude00\"",
            "\"a\nb\"",
            "[1",
            "{\"a\":1",
            "\"a",
            "1 2",
            "]",
            "[}",
            "{]",
            "[1}",
            "\"\\u12\"",
            "\"0123456789\u{1}abcdef\"",
            "+1",
            ".5",
            "truex",
        ];
        for text in wrong {
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
            assert_eq!(outline(text, 9, 1), None, "{text}");
        }
        assert!(outline("[[[1]]]", 3, 1).is_some() && outline("[[[1]]]", 2, 1).is_none());
    }

    proptest! {
        #[test]
        fn a_text_is_json_here_where_it_is_for_everybody_else(text in "[\\[\\]{}\",:0-9a-ftrunels\\\\ .+-]{0,24}") {
            prop_assert_eq!(outline(&text, 99, 1).is_some(), is_json(&text), "{}", text);
        }

        #[test]
        fn so_it_is_where_one_byte_of_json_was_changed(
            (value, text) in values(),
            at in any::<prop::sample::Index>(),
            byte in "[\\[\\]{}\",:0-9a-fud\\\\\u{1}\u{1f}\t .+-]",
        ) {
            prop_assert_eq!(outline(&text, 99, 1).expect("it is JSON").depth, depth(&value));
            let text = changed(&text, at, &byte);
            prop_assert_eq!(outline(&text, 99, 1).is_some(), is_json(&text), "{}", text);
        }
    }
}
