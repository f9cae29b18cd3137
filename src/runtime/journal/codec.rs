//! One line of a journal: an event in its place, with a checksum over everything else on the line.

use std::io::Write as _;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;

use crate::engine::event::{Recorded, Seq};
use crate::engine::goal::Key;
use crate::engine::value::{LONG, Shared, Text};

use super::fast_decode::{self, Line};
use super::long_line;
use super::{beside, dedup};

/// The deepest nesting that a line may have: a value's own, and what an event wraps around it.
const MAX_LINE_DEPTH: usize = crate::engine::value::MAX_DEPTH + 64;

/// `,"crc":"xxxxxxxx"}`: what stands at the end of every line, before the newline.
const SEAL: usize = 18;

#[derive(Deserialize)]
struct Head {
    n: u64,
    p: Option<u64>,
    at: std::sync::Arc<str>,
    same: Option<(Key, Seq)>,
}

/// Appends the line of `record`, newline included, to `to`.
///
/// The parent is left out where it is the event before: nearly always, and a journal is read far more often by
/// machines than by people. `same` names the key whose value an earlier event wrote, and that event.
///
/// # Errors
/// A sentence, if the event cannot be written as JSON.
pub fn write(record: &Recorded, same: Option<(Key, Seq)>, to: &mut Vec<u8>) -> Result<(), String> {
    let start = to.len();
    let written = (|| {
        write!(to, "{{\"n\":{}", record.seq)?;
        if let Some(parent) = record.parent
            && parent + 1 != record.seq
        {
            write!(to, ",\"p\":{parent}")?;
        }
        to.extend_from_slice(b",\"at\":");
        serde_json::to_writer(&mut *to, &*record.at)?;
        if let Some(same) = &same {
            to.extend_from_slice(b",\"same\":");
            serde_json::to_writer(&mut *to, same)?;
        }
        let brace = to.len();
        match &same {
            None => serde_json::to_writer(&mut *to, &record.event)?,
            Some(_) => serde_json::to_writer(&mut *to, &dedup::without_value(&record.event))?,
        }
        if let Some(brace) = to.get_mut(brace) {
            *brace = b','; // the event's own opening brace: its fields go on in this line's object
        }
        std::io::Result::Ok(())
    })();
    if let Err(error) = written {
        to.truncate(start);
        return Err(format!("event {} cannot be written as JSON: {error}", record.seq));
    }
    let crc = crc32fast::hash(&to[start..]);
    to.pop(); // the closing brace, which the checksum covers, comes back behind it
    let sealed = writeln!(to, ",\"crc\":\"{crc:08x}\"}}");
    sealed.map_err(|error| error.to_string())
}

/// An event as its line says it; what it repeats of an earlier one may still be missing.
pub struct Read {
    /// Shared from here on, so that it is not moved again.
    record: Arc<Recorded>,
    same: Option<(Key, Seq)>,
}

impl Read {
    /// Returns the event, whole. `value_of` returns the one value that an earlier event wrote, for one that repeats it.
    ///
    /// # Errors
    /// A sentence, if the value that it repeats is not there.
    pub fn whole(mut self, value_of: impl Fn(Seq) -> Option<Shared>) -> Result<Arc<Recorded>, String> {
        if let Some((key, earlier)) = self.same {
            let value = if earlier < self.record.seq { value_of(earlier) } else { None };
            dedup::restore(&mut Arc::make_mut(&mut self.record).event, key, earlier, value)?;
        }
        Ok(self.record)
    }
}

/// Reads the line (without its newline) that should hold the event `seq`. The sentence says what is wrong with it.
///
/// `value_of` returns the one value that an earlier event wrote, for a line that repeats it.
///
/// # Errors
/// A sentence that says what is wrong with the line.
pub fn read(line: &[u8], seq: u64, value_of: impl Fn(Seq) -> Option<Shared>) -> Result<Recorded, String> {
    read_alone(line, seq)?.whole(value_of).map(Arc::unwrap_or_clone)
}

/// Like [`read`], without any other line: lines may be read in whatever order, and beside each other.
///
/// # Errors
/// A sentence that says what is wrong with the line.
pub fn read_alone(line: &[u8], seq: u64) -> Result<Read, String> {
    read_text(line, seq, || std::str::from_utf8(line).ok(), |_| None)
}

/// Like [`read_alone`], for the line at these bytes of `file`, with which its long values share their text.
///
/// # Errors
/// A sentence that says what is wrong with the line.
pub fn read_within(file: &Arc<String>, line: &Range<usize>, seq: u64) -> Result<Read, String> {
    let bytes = file.as_bytes().get(line.clone()).unwrap_or_default();
    let shared = |part: &Range<usize>| Text::part(file, line.start + part.start..line.start + part.end);
    read_text(bytes, seq, || file.get(line.clone()), shared)
}

/// Reads a line; `text` is what it says, where it is text, and `shared` that at these bytes of it, where others hold it, too.
fn read_text<'a>(
    line: &'a [u8],
    seq: u64,
    text: impl FnOnce() -> Option<&'a str>,
    shared: impl Fn(&Range<usize>) -> Option<Text>,
) -> Result<Read, String> {
    let (body, seal) = line.split_at_checked(line.len().wrapping_sub(SEAL)).ok_or("it is too short to be an event")?;
    let crc = std::str::from_utf8(seal)
        .ok()
        .and_then(|seal| seal.strip_prefix(",\"crc\":\"")?.strip_suffix("\"}"))
        .filter(|crc| crc.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
        .and_then(|crc| u32::from_str_radix(crc, 16).ok())
        .ok_or("it does not end with a checksum")?;
    let fits = || {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(body);
        hasher.update(b"}");
        hasher.finalize() == crc
    };
    // What goes wrong there goes wrong below, too, and is worded there.
    let (is_sound, read) = if line.len() < LONG {
        (fits(), None)
    } else {
        let outlined = text().and_then(|text| Some((text, long_line::outline(text, MAX_LINE_DEPTH)?)));
        let read = |(text, outline)| long_line::read(text, outline, &shared, |short| read_sound(short, seq).ok());
        beside(&fits, || outlined.and_then(read))
    };
    match read {
        _ if !is_sound => Err("its checksum does not fit what it says".into()),
        Some(read) => Ok(read),
        None => read_sound(line, seq),
    }
}

/// Reads the line that fits its checksum.
fn read_sound(line: &[u8], seq: u64) -> Result<Read, String> {
    if nests_deeper(line, MAX_LINE_DEPTH) {
        return Err(format!("it is nested more than {MAX_LINE_DEPTH} levels deep"));
    }
    let Line { n, p, at, same, event } = match fast_decode::read(line) {
        Some(read) => read,
        None => {
            let Head { n, p, at, same } = parse(line)?;
            in_place(n, p, seq)?;
            Line { n, p, at, same, event: parse(line)? }
        }
    };
    let parent = in_place(n, p, seq)?;
    Ok(Read { record: Arc::new(Recorded { seq, parent, at, event }), same })
}

/// Returns the event that the event `n` follows, if `n` is the event `seq` and that is one before it.
fn in_place(n: u64, p: Option<u64>, seq: u64) -> Result<Option<u64>, String> {
    if n != seq {
        return Err(format!("it is event {n} where event {seq} belongs: lines are missing, doubled or swapped"));
    }
    let parent = p.or(seq.checked_sub(1).filter(|&before| before > 0));
    if parent.is_some_and(|parent| parent >= seq) {
        return Err(format!("it follows event {}, which is not before it", parent.unwrap_or(0)));
    }
    Ok(parent)
}

fn parse<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T, String> {
    let mut reader = serde_json::Deserializer::from_slice(line);
    reader.disable_recursion_limit(); // `nests_deeper` is the limit: a value may be as deep as the border lets it
    T::deserialize(&mut reader).map_err(|error| {
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default().to_string();
        format!("this version of planscope cannot read it: {what} (column {})", error.column())
    })
}

fn nests_deeper(json: &[u8], limit: usize) -> bool {
    // Most lines do not even have so many brackets.
    // They are the two that end in `{` once their 0x20 is set, and counted so, in bytes, many at once.
    let brackets = |part: &[u8]| usize::from(part.iter().map(|byte| u8::from(byte | 0x20 == b'{')).sum::<u8>());
    if json.chunks(usize::from(u8::MAX)).map(brackets).sum::<usize>() <= limit {
        return false;
    }
    let (mut depth, mut left) = (0usize, json);
    while let [byte, rest @ ..] = left {
        left = rest;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => left = after_string(rest),
            _ => {}
        }
        if depth > limit {
            return true;
        }
    }
    false
}

/// Returns what stands behind the string that goes on with `json`; nothing where it does not end.
fn after_string(mut json: &[u8]) -> &[u8] {
    while let Some(at) = memchr::memchr2(b'"', b'\\', json) {
        // A backslash has the byte behind it with it.
        let is_end = json.get(at) == Some(&b'"');
        json = json.get(at + if is_end { 1 } else { 2 }..).unwrap_or_default();
        if is_end {
            return json;
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::event::Event;
    use serde_json::json;

    fn finished(seq: u64, parent: Option<u64>, value: serde_json::Value) -> Recorded {
        Recorded {
            seq,
            parent,
            at: "2026-11-23T00:42:28.123Z".into(),
            event: Event::Finished {
                step: "s1".into(),
                writes: [("tickets".into(), Shared::new(value))].into_iter().collect(),
                summary: Some("Loaded".into()),
                wall_ms: Some(0.25),
                mark: Default::default(),
                ran: None,
            },
        }
    }

    fn nothing(_: Seq) -> Option<Shared> {
        None
    }

    fn line(record: &Recorded) -> Vec<u8> {
        let mut line = Vec::new();
        write(record, None, &mut line).unwrap();
        assert_eq!(line.pop(), Some(b'\n'));
        line
    }

    #[test]
    fn a_line_reads_back_as_it_was_written() {
        for record in [
            finished(12, Some(11), json!({"b": 1, "a": [1.5, 0.1 + 0.2, 1e300, u64::MAX, i64::MIN, null, "\u{1b}\n"]})),
            finished(12, Some(3), json!(null)),
            Recorded { seq: 1, parent: None, at: "x".into(), event: Event::Reached },
        ] {
            assert_eq!(read(&line(&record), record.seq, nothing), Ok(record));
        }
    }

    #[test]
    fn the_parent_stands_there_only_where_it_says_something() {
        assert!(!String::from_utf8(line(&finished(12, Some(11), json!(1)))).unwrap().contains("\"p\":"));
        assert!(String::from_utf8(line(&finished(12, Some(3), json!(1)))).unwrap().contains("\"p\":3,"));
    }

    #[test]
    fn a_line_is_one_json_object_that_any_tool_reads() {
        let line: serde_json::Value = serde_json::from_slice(&line(&finished(12, Some(3), json!("é")))).unwrap();
        assert_eq!(line["n"], 12);
        assert_eq!(line["kind"], "finished");
        assert_eq!(line["writes"]["tickets"], "é");
        assert_eq!(line["crc"].as_str().unwrap().len(), 8);
    }

    #[test]
    fn a_repeated_value_is_named_and_comes_back() {
        let (first, again) = (finished(3, Some(2), json!(["a"])), finished(9, Some(8), json!(["a"])));
        let other = finished(11, Some(10), json!(["b"]));
        let mut records: Vec<Arc<Recorded>> =
            (1..=11).map(|seq| Arc::new(finished(seq, seq.checked_sub(1), json!(null)))).collect();
        (records[2], records[8], records[10]) =
            (Arc::new(first.clone()), Arc::new(again.clone()), Arc::new(other.clone()));
        let mut dedup = dedup::Dedup::default();
        assert_eq!(dedup.find(&first, &records), None);
        let same = dedup.find(&again, &records);
        assert_eq!(same, Some(("tickets".into(), 3)));
        assert_eq!(dedup.find(&other, &records), None);
        let mut short = Vec::new();
        write(&again, same, &mut short).unwrap();
        short.pop();
        assert!(short.len() < line(&again).len() + 20);
        assert!(!short.windows(3).any(|three| three == b"[\"a"), "{}", String::from_utf8_lossy(&short));
        assert_eq!(read(&short, 9, |seq| dedup::value_of(seq, &records)), Ok(again));
        let message = read(&short, 9, nothing).unwrap_err();
        assert!(message.contains("event 3"), "{message}");
    }

    #[test]
    fn a_value_as_deep_as_the_border_lets_it_comes_back() {
        let mut value = json!(1);
        for _ in 0..crate::engine::value::MAX_DEPTH {
            value = json!([value]);
        }
        let record = finished(2, Some(1), value);
        assert_eq!(read(&line(&record), 2, nothing), Ok(record));
    }

    #[test]
    fn brackets_in_strings_are_no_nesting() {
        let deep = |inside: &str| format!("{}{inside}{}", "[".repeat(5), "]".repeat(5));
        for (json, expected) in [
            (deep("1"), false),
            (deep("[]"), true),
            (deep(r#""[[[[""#), false),
            (deep(r#""\"[[[[""#), false),
            (deep(r#""\\",[]"#), true),
            (deep(r#""\\\"[", []"#), true),
            (deep(r#""never ends [[["#), false),
            (r#"[[[[["\"#.to_owned(), false),
            ("[],".repeat(50), false),
        ] {
            assert_eq!(nests_deeper(json.as_bytes(), 5), expected, "{json}");
        }
    }

    #[test]
    fn what_is_read_in_one_pass_is_what_the_general_way_reads() {
        let lines = [
            r#"{"n":2,"at":"x","kind":"started","step":"s1","attempt":2,"reads":[["a",1]],"crc":"0"}"#,
            r#"{"n":2,"at":"x","kind":"started","step":"s\u0031","crc":"0"}"#,
            r#"{"n":9,"p":3,"at":"x","same":["k",3],"kind":"finished","step":"s1","writes":{},"crc":"0"}"#,
            r#"{"n":9,"at":"x","kind":"finished","step":"s1","writes":{"a":[1e400,1.50,{"b":null}]},"crc":"0"}"#,
            r#"{"n":9,"at":"x","kind":"finished","step":"s1","writes":{"a":1,"a":2},"mark":"recorded","crc":"0"}"#,
            r#"{"n":9,"at":"x","kind":"judged","verdicts":[[{"condition":"c","about":{"value":["k",3]}},"true"]],"crc":"0"}"#,
            r#"{"n":9,"at":"x","kind":"paced","pace":{"steps":3},"crc":"0"}"#,
            r#"{"n":9,"at":"x","kind":"stopped","why":"paused","crc":"0"}"#,
            r#"{"n":9,"at":"x","kind":"planned","steps":[{"id":"s1"}],"cost":1,"left_out":[["t","why"]],"crc":"0"}"#,
            r#"{"n":1,"at":"x","kind":"opened","format":1,"source":{"a":{"$serde_json::private::Number":"1"}},"settings":{"dial":"never","decider":"ask","approve":"low"},"crc":"0"}"#,
        ];
        for line in lines {
            let general = parse::<Event>(line.as_bytes());
            match (fast_decode::read(line.as_bytes()), general) {
                (Some(read), Ok(general)) => assert_eq!(read.event, general, "{line}"),
                (None, Err(_)) => {}
                (read, general) => panic!("{line}: {:?} {general:?}", read.map(|read| read.event)),
            }
        }
        // What is out of order, unknown or wrong goes the general way.
        for line in [
            r#"{"kind":"started","n":2,"at":"x","step":"s1","crc":"0"}"#,
            r#"{"n":2,"at":"x","kind":"started","step":"s1","later":1,"crc":"0"}"#,
            r#"{"n":2,"at":"x","kind":"started","step":1,"crc":"0"}"#,
            r#"{"n":2,"at":"x","kind":"reached","crc":"0"}"#,
        ] {
            assert!(fast_decode::read(line.as_bytes()).is_none(), "{line}");
        }
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let good = line(&finished(12, Some(11), json!([1, 2, 3])));
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut bad = good.clone();
                bad[at] ^= 1 << bit;
                assert!(read(&bad, 12, nothing).is_err(), "byte {at} bit {bit}: {}", String::from_utf8_lossy(&bad));
            }
        }
    }

    #[test]
    fn a_line_out_of_its_place_says_so() {
        let message = read(&line(&finished(12, Some(11), json!(1))), 13, nothing).unwrap_err();
        assert!(message.contains("event 12 where event 13 belongs"), "{message}");
    }
}
