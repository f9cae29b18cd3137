//! A JSON text looked through once: whether it is one, how deep it nests, and where the children of its long parts stand.

use std::collections::BTreeMap;
use std::ops::Range;

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
    let stride = from / STRIDE;
    let mark = outline.parts.get(&at).and_then(|part| part.marks.get(stride).copied());
    let (before, start) = mark.map_or((0, at + 1), |mark| (stride * STRIDE, mark as usize));
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

/// Returns the outline of `text`, which lists what is at least `long` bytes long; none where it is not JSON, or nests
/// more than `most` levels deep, or is longer than 4 GiB.
pub fn outline(text: &str, most: usize, long: usize) -> Option<Outline> {
    u32::try_from(text.len()).ok()?;
    let mut scan = Scan { text: text.as_bytes(), at: 0 };
    let mut found = Outline::default();
    let mut around: Vec<Frame> = Vec::new();
    // Those of all frames, the innermost ones last.
    let mut marks: Vec<u32> = Vec::new();
    scan.space();
    loop {
        let start = scan.at;
        match scan.next()? {
            open @ (b'{' | b'[') => {
                let is_object = open == b'{';
                around.push(Frame { start, count: 0, marks: marks.len(), is_object });
                found.depth = found.depth.max(around.len());
                if around.len() > most {
                    return None;
                }
                scan.space();
                if scan.peek() != Some(if is_object { b'}' } else { b']' }) {
                    scan.child(around.last_mut()?, &mut marks)?;
                    continue;
                }
            }
            b'"' => {
                scan.string()?;
                if scan.at - start >= long {
                    found.strings.insert(start, scan.at);
                }
            }
            b't' => scan.word(b"rue")?,
            b'f' => scan.word(b"alse")?,
            b'n' => scan.word(b"ull")?,
            digit => scan.number(digit)?,
        }
        // A value has ended: so do those around it, up to one that goes on.
        loop {
            scan.space();
            let Some(frame) = around.last_mut() else {
                return (scan.at == scan.text.len()).then_some(found);
            };
            match (scan.next()?, frame.is_object) {
                (b',', _) => {
                    scan.space();
                    scan.child(frame, &mut marks)?;
                    break;
                }
                (b'}', true) | (b']', false) => {
                    if scan.at - frame.start >= long {
                        let (end, count, marks) = (scan.at, frame.count, marks.split_off(frame.marks));
                        found.parts.insert(frame.start, Part { end, count, marks });
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

/// Returns where the value ends that begins at `from` in `text`, which is JSON; the end of `text` where it is not.
pub(super) fn end_of(text: &str, from: usize) -> usize {
    let mut scan = Scan { text: text.as_bytes(), at: from };
    let mut depth = 0usize;
    while let Some(byte) = scan.next() {
        match byte {
            b'"' if scan.string().is_none() => return text.len(),
            b'"' => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => continue,
            _ => scan.plain(),
        }
        if depth == 0 {
            return scan.at;
        }
    }
    text.len()
}

/// Returns the place of what is not a blank, from `at` on.
pub(super) fn past_space(text: &str, at: usize) -> usize {
    let mut scan = Scan { text: text.as_bytes(), at };
    scan.space();
    scan.at
}

/// A list or object that has not ended yet.
struct Frame {
    start: usize,
    count: usize,
    /// How many marks those around it have.
    marks: usize,
    is_object: bool,
}

/// A place in a text. Inlined throughout, a text is gone through a quarter faster.
struct Scan<'t> {
    text: &'t [u8],
    at: usize,
}

impl Scan<'_> {
    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    #[inline(always)]
    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    #[inline(always)]
    fn space(&mut self) {
        if self.peek().is_some_and(|byte| byte > b' ') {
            return;
        }
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Notes that a child begins here, and goes past its name where it has one.
    #[inline(always)]
    fn child(&mut self, frame: &mut Frame, marks: &mut Vec<u32>) -> Option<()> {
        if frame.count.is_multiple_of(STRIDE) {
            marks.push(u32::try_from(self.at).ok()?);
        }
        frame.count += 1;
        if frame.is_object {
            if self.next()? != b'"' {
                return None;
            }
            self.string()?;
            self.space();
            if self.next()? != b':' {
                return None;
            }
            self.space();
        }
        Some(())
    }

    /// Goes past the string whose opening quote was read.
    #[inline(always)]
    fn string(&mut self) -> Option<()> {
        loop {
            self.at += ordinary(self.text.get(self.at..)?);
            match self.next()? {
                b'"' => return Some(()),
                b'\\' => self.escape()?,
                _ => return None, // a control character
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        match self.next()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => match self.unit()? {
                0xD800..=0xDBFF if self.word(b"\\u").is_some() => matches!(self.unit()?, 0xDC00..=0xDFFF).then_some(()),
                0xD800..=0xDFFF => None,
                _ => Some(()),
            },
            _ => None,
        }
    }

    /// Reads the four digits of an escape.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
    }

    fn word(&mut self, rest: &[u8]) -> Option<()> {
        let is = self.text.get(self.at..)?.starts_with(rest);
        self.at += rest.len();
        is.then_some(())
    }

    #[inline(always)]
    fn digits(&mut self) -> Option<()> {
        let from = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        (self.at > from).then_some(())
    }

    /// Goes past the number whose first character was `first`.
    #[inline(always)]
    fn number(&mut self, first: u8) -> Option<()> {
        match if first == b'-' { self.next()? } else { first } {
            b'0' => {}
            b'1'..=b'9' => {
                self.at -= 1;
                self.digits()?;
            }
            _ => return None,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    /// Goes past what is left of a number or a word.
    fn plain(&mut self) {
        while let Some(b'0'..=b'9' | b'a'..=b'z' | b'.' | b'+' | b'-' | b'E') = self.peek() {
            self.at += 1;
        }
    }
}

/// Returns how many bytes at the beginning of `text` are neither a quote, a backslash nor a control character.
#[inline(always)]
fn ordinary(text: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    let mut at = 0;
    let (words, rest) = text.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        // The lowest byte that is found is a true one.
        let is = |byte: u8| {
            let differs = word ^ (ONES * u64::from(byte));
            differs.wrapping_sub(ONES) & !differs
        };
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let found = (is(b'"') | is(b'\\') | control) & HIGH;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

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

    proptest! {
        #[test]
        fn a_text_is_json_here_where_it_is_for_everybody_else(text in "[\\[\\]{}\",:0-9a-ftrunels\\\\ .+-]{0,24}") {
            let read = serde_json::from_str::<Value>(&text);
            let is = read.as_ref().is_ok_and(|_| true) || read.is_err_and(|error| error.to_string().contains("range"));
            prop_assert_eq!(outline(&text, 99, 1).is_some(), is, "{}", text);
        }
    }
}
