//! Secrets in what a program writes: values that it was handed, in plain and in base64, and tokens known by their shape.
//!
//! They are cut before anything is kept or shown, and a placeholder that is the same each time stands in their place:
//! `«secret:OPENAI_API_KEY»`. It is not a defence against a program that disguises them on purpose.

use std::borrow::Cow;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::engine::value::Value;

/// The shortest value that is cut, in bytes: shorter ones are words like `true`, which stand everywhere.
const SHORTEST: usize = 6;

/// The shortest piece of base64 that is cut: shorter ones stand for anything.
const SHORTEST_BASE64: usize = 8;

/// What is to be cut from the output of one program.
pub struct Secrets {
    values: Option<AhoCorasick>,
    /// What stands in place of each pattern.
    instead: Vec<Arc<str>>,
    /// The length of the longest pattern.
    longest: usize,
    /// Whether one of the values could be written as a number.
    numeric: bool,
}

impl Secrets {
    /// Returns what is to be cut where a program was handed these variables.
    pub fn of<'a>(passed: impl Iterator<Item = (&'a str, &'a [u8])>) -> Secrets {
        let (mut patterns, mut instead): (Vec<Vec<u8>>, Vec<Arc<str>>) = (Vec::new(), Vec::new());
        let mut numeric = false;
        for (name, value) in passed.filter(|(_, value)| value.len() >= SHORTEST) {
            let placeholder: Arc<str> = format!("«secret:{name}»").into();
            for pattern in forms(value) {
                patterns.push(pattern);
                instead.push(placeholder.clone());
            }
            numeric |= value.iter().all(|byte| byte.is_ascii_digit() || b".-+eE".contains(byte));
        }
        let longest = patterns.iter().map(Vec::len).max().unwrap_or_default();
        // More than it can take is more than an environment holds.
        let values = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&patterns).ok();
        Secrets { values, instead, longest, numeric }
    }

    /// Returns `text` without secrets.
    pub fn cut<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let known = if self.values.as_ref().is_some_and(|values| values.is_match(text)) {
            let mut bytes = Vec::with_capacity(text.len());
            self.stream().flow(text.as_bytes(), true, &mut bytes);
            Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
        } else {
            Cow::Borrowed(text)
        };
        match tokens(&known) {
            Some(without) => Cow::Owned(without),
            None => known,
        }
    }

    /// Cuts every secret out of the texts in `value`, however deep: keys, texts, and a number that is one.
    pub fn cut_value(&self, value: &mut Value) {
        let mut todo = vec![value];
        while let Some(value) = todo.pop() {
            match value {
                Value::Null | Value::Bool(_) => {}
                Value::Number(number) => {
                    let text = if self.numeric { number.to_string() } else { continue };
                    if let Cow::Owned(cut) = self.cut(&text) {
                        *value = Value::String(cut);
                    }
                }
                Value::String(text) => {
                    if let Cow::Owned(cut) = self.cut(text) {
                        *text = cut;
                    }
                }
                Value::Array(items) => todo.extend(items),
                Value::Object(entries) => {
                    if entries.keys().any(|key| matches!(self.cut(key), Cow::Owned(_))) {
                        let whole = std::mem::take(entries);
                        *entries = whole.into_iter().map(|(key, of)| (self.cut(&key).into_owned(), of)).collect();
                    }
                    todo.extend(entries.values_mut());
                }
            }
        }
    }

    /// Returns what cuts the values out of bytes that come piece by piece.
    pub(super) fn stream(&self) -> Cutter<'_> {
        Cutter { secrets: self, held: Vec::new() }
    }
}

/// Cuts values out of bytes that come piece by piece, wherever the seams are.
pub(super) struct Cutter<'s> {
    secrets: &'s Secrets,
    /// What may be the beginning of a secret.
    held: Vec<u8>,
}

impl Cutter<'_> {
    /// Takes the next piece, the `last` one or not, and adds to `out` what is known to be no part of a secret.
    pub(super) fn flow(&mut self, piece: &[u8], last: bool, out: &mut Vec<u8>) {
        self.held.extend_from_slice(piece);
        let length = self.held.len();
        // A secret that begins before here ends in what is there.
        let sure = if last { length } else { length.saturating_sub(self.secrets.longest.saturating_sub(1)) };
        let mut at = 0;
        let found = self.secrets.values.iter().flat_map(|values| values.find_iter(&self.held));
        for found in found.take_while(|found| found.start() < sure) {
            out.extend_from_slice(&self.held[at..found.start()]);
            let instead = self.secrets.instead.get(found.pattern().as_usize());
            out.extend_from_slice(instead.map_or(b"", |words| words.as_bytes()));
            at = found.end();
        }
        let end = at.max(sure);
        out.extend_from_slice(&self.held[at..end]);
        self.held.drain(..end);
    }
}

/// Returns what `value` looks like: itself, as JSON writes it, and in base64, alone or amid other bytes.
fn forms(value: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![value.to_vec()];
    if let Ok(text) = std::str::from_utf8(value) {
        let json = Value::String(text.to_owned()).to_string();
        forms.push(json.trim_matches('"').as_bytes().to_vec());
    }
    let mut codes = vec![STANDARD.encode(value)];
    for before in 0..3_usize {
        let bytes: Vec<u8> = std::iter::repeat_n(0, before).chain(value.iter().copied()).collect();
        for code in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            // The first and the last letters depend on the bytes around it.
            let first = [0, 2, 3].get(before).copied().unwrap_or_default();
            let last = code.len() - usize::from(!bytes.len().is_multiple_of(3));
            codes.extend(code.get(first..last).map(str::to_owned));
        }
    }
    forms.extend(codes.into_iter().filter(|code| code.len() >= SHORTEST_BASE64).map(String::into_bytes));
    forms.retain(|form| form.len() >= SHORTEST);
    forms.sort();
    forms.dedup();
    forms
}

/// A token that is known by how it begins.
struct Shape {
    kind: &'static str,
    begins: &'static [&'static str],
    /// How many letters follow at least.
    least: usize,
    /// Which ones may.
    may: fn(u8) -> bool,
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn capitals(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn bearer(byte: u8) -> bool {
    word(byte) || matches!(byte, b'.' | b'~' | b'+' | b'/' | b'=')
}

/// The shapes. None of them is that of an id: a UUID or a hash begins with none of these.
const SHAPES: &[Shape] = &[
    Shape { kind: "api key", begins: &["sk-"], least: 20, may: word },
    Shape { kind: "github token", begins: &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], least: 30, may: word },
    Shape { kind: "github token", begins: &["github_pat_"], least: 22, may: word },
    Shape { kind: "gitlab token", begins: &["glpat-"], least: 20, may: word },
    Shape { kind: "slack token", begins: &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-"], least: 10, may: word },
    Shape { kind: "aws key", begins: &["AKIA", "ASIA"], least: 16, may: capitals },
    Shape { kind: "google key", begins: &["AIza"], least: 35, may: word },
    Shape { kind: "npm token", begins: &["npm_"], least: 36, may: word },
    Shape { kind: "pypi token", begins: &["pypi-"], least: 50, may: word },
    Shape { kind: "hugging face token", begins: &["hf_"], least: 30, may: word },
    Shape { kind: "stripe key", begins: &["sk_live_", "rk_live_", "sk_test_"], least: 16, may: word },
    Shape { kind: "bearer token", begins: &["Bearer ", "bearer "], least: 16, may: bearer },
];

/// How far a token is followed, in bytes: what is longer is none, and a text of beginnings must not cost its square.
const LONGEST: usize = 8 * 1024;

/// Where a private key begins and ends.
const KEY: [&str; 2] = ["-----BEGIN ", " PRIVATE KEY-----"];

/// Returns `text` without tokens of a known shape; none where it has none.
fn tokens(text: &str) -> Option<String> {
    let mut out: Option<String> = None;
    let mut kept = 0;
    for (from, to, kind) in places(text) {
        let out = out.get_or_insert_default();
        out.push_str(&text[kept..from]);
        out.push_str(&format!("«secret:{kind}»"));
        kept = to;
    }
    out.map(|out| out + &text[kept..])
}

/// Returns the tokens of a known shape in `text`: where each begins and ends, in bytes, and its kind.
pub fn places(text: &str) -> impl Iterator<Item = (usize, usize, &'static str)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() {
            match token_at(text, at) {
                Some(found) => {
                    at = found.1;
                    return Some(found);
                }
                None => at += text[at..].chars().next().map_or(1, char::len_utf8),
            }
        }
        None
    })
}

/// Returns the token that begins in `text` at the byte `at`: where what is cut begins and ends, and its kind.
fn token_at(text: &str, at: usize) -> Option<(usize, usize, &'static str)> {
    let bytes = text.as_bytes();
    // None of them begins with another byte, and few bytes are these.
    if !b"sgxAanphrBbe-".contains(bytes.get(at)?) || at > 0 && word(bytes[at - 1]) {
        return None;
    }
    let end = (at + LONGEST..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
    let rest = text.get(at..end)?;
    if rest.starts_with(KEY[0]) {
        let head = rest.lines().next().unwrap_or_default();
        let ends = head.contains(KEY[1]).then(|| rest.find("-----END "))??;
        let length = rest[ends..].find('\n').map_or(rest.len(), |end| ends + end);
        return Some((at, at + length, "private key"));
    }
    if rest.starts_with("eyJ") {
        let run = rest.bytes().take_while(|byte| word(*byte) || *byte == b'.').count();
        let parts: Vec<&str> = rest[..run].split('.').collect();
        let is_token = parts.len() >= 3 && parts[1].starts_with("eyJ") && run >= 40;
        return is_token.then_some((at, at + run, "json web token"));
    }
    SHAPES.iter().find_map(|shape| {
        let begins = shape.begins.iter().find(|begins| rest.starts_with(**begins))?;
        let run = rest.bytes().skip(begins.len()).take_while(|byte| (shape.may)(*byte)).count();
        let end = at + begins.len() + run;
        let from = if begins.ends_with(' ') { at + begins.len() } else { at };
        (run >= shape.least).then_some((from, end, shape.kind))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const KEY_VALUE: &str = "s3cr\"et/+value-1";

    fn secrets() -> Secrets {
        let passed: [(&str, &[u8]); 3] =
            [("A_KEY", KEY_VALUE.as_bytes()), ("LONGER", b"s3cr\"et/+value-12345"), ("SHORT", b"on")];
        Secrets::of(passed.into_iter())
    }

    #[test]
    fn values_are_cut_in_plain_in_json_and_in_base64_wherever_they_stand() {
        let secrets = secrets();
        assert_eq!(secrets.cut(&format!("on: {KEY_VALUE}!")), "on: «secret:A_KEY»!", "a short one is a word");
        assert_eq!(secrets.cut("s3cr\"et/+value-12345"), "«secret:LONGER»", "the longer of two that begin alike");
        for before in ["", "a", "ab", "user:"] {
            for code in
                [STANDARD.encode(format!("{before}{KEY_VALUE};more")), STANDARD.encode(format!("{before}{KEY_VALUE}"))]
            {
                let cut = secrets.cut(&code);
                assert!(cut.contains("«secret:A_KEY»"), "{before}: {code} {cut}");
            }
        }
        let mut value = json!({"a": [KEY_VALUE, 1, {"s3cr\"et/+value-1": null}]});
        secrets.cut_value(&mut value);
        assert_eq!(value, json!({"a": ["«secret:A_KEY»", 1, {"«secret:A_KEY»": null}]}));
        let pin: [(&str, &[u8]); 1] = [("PIN", b"48151623")];
        let mut number = json!([48151623, 48151624]);
        Secrets::of(pin.into_iter()).cut_value(&mut number);
        assert_eq!(number, json!(["«secret:PIN»", 48151624]));
    }

    #[test]
    fn tokens_are_known_by_their_shape_and_ids_are_left_alone() {
        let secrets = Secrets::of(std::iter::empty());
        for (text, cut) in [
            ("key=sk-proj-abcdefghijklmnopqrstuv, x", "key=«secret:api key», x"),
            ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "«secret:github token»"),
            ("AKIAIOSFODNN7EXAMPLE", "«secret:aws key»"),
            ("Authorization: Bearer abcdef.ghijkl-mnopqr", "Authorization: Bearer «secret:bearer token»"),
            ("t eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc_DEF-123 t", "t «secret:json web token» t"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nrest",
                "«secret:private key»\nrest",
            ),
        ] {
            assert_eq!(secrets.cut(text), cut);
        }
        for id in [
            "123e4567-e89b-12d3-a456-426614174000",
            "9f1c2aa0d3b4c5e6f708192a3b4c5d6e7f809102",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "task-abcdefghijklmnopqrstuvwxyz",
            "sk-short",
            "eyJhbGciOiJIUzI1NiJ9",
            "a bearer of news",
        ] {
            assert_eq!(secrets.cut(id), id);
        }
    }

    proptest! {
        #[test]
        fn where_the_pieces_are_cut_does_not_matter(
            words in proptest::collection::vec(
                prop_oneof![
                    Just(KEY_VALUE.to_owned()),
                    Just("s3cr\"et/+value-12345".to_owned()),
                    Just(STANDARD.encode(KEY_VALUE)),
                    Just("s3cr\"et/+val".to_owned()),
                    "[a-z0-9\"/+-]{0,6}",
                ],
                0..12,
            ),
            cuts in proptest::collection::vec(0_usize..200, 0..12),
        ) {
            let secrets = secrets();
            let text = words.concat();
            let mut whole = Vec::new();
            secrets.stream().flow(text.as_bytes(), true, &mut whole);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % (text.len() + 1)).collect();
            cuts.sort_unstable();
            let (mut stream, mut out, mut at) = (secrets.stream(), Vec::new(), 0);
            for cut in cuts {
                stream.flow(&text.as_bytes()[at..cut], false, &mut out);
                let shown = String::from_utf8_lossy(&out);
                prop_assert!(!shown.contains(KEY_VALUE), "{shown}");
                at = cut;
            }
            stream.flow(&text.as_bytes()[at..], true, &mut out);
            prop_assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(&whole));
        }
    }
}
