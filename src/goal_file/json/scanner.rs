//! The scanner: JSON text in, tokens with their places out. Its stack is a list, so depth costs no call stack.

use std::borrow::Cow;
use std::ops::Range;

use crate::engine::numbers;
use crate::engine::value::MAX_DEPTH;

/// One token of a JSON text.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// `{`
    ObjectStart,
    /// `}`
    ObjectEnd,
    /// `[`
    ListStart,
    /// `]`
    ListEnd,
    /// The name of a field.
    Name(Cow<'t, str>),
    /// A text.
    Text(Cow<'t, str>),
    /// A number, as it is written.
    Number(&'t str),
    /// `true` or `false`.
    Bool(bool),
    /// `null`
    Null,
}

/// Where a text stops being JSON, and why.
#[derive(Debug, PartialEq)]
pub(in crate::goal_file) struct NotJson {
    /// The place.
    pub(in crate::goal_file) span: Range<usize>,
    /// What is wrong there.
    pub(in crate::goal_file) message: String,
    /// What should stand there.
    pub(in crate::goal_file) expected: Option<String>,
    /// What to do.
    pub(in crate::goal_file) hint: Option<String>,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    /// A value.
    Value,
    /// A value or `]`.
    ValueOrEnd,
    /// The name of a field.
    Name,
    /// The name of a field or `}`.
    NameOrEnd,
    /// A comma, or the end of what is open.
    CommaOrEnd,
}

/// Reads a JSON text token by token.
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
    /// The brackets that are open: where, and whether it is a list.
    open: Vec<(usize, bool)>,
    next: Next,
}

impl<'t> Scanner<'t> {
    /// Returns a scanner at the start of `text`; a byte order mark is passed over.
    pub(super) fn new(text: &'t str) -> Scanner<'t> {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Scanner { text, at, open: Vec::new(), next: Next::Value }
    }

    /// Returns the next token and its place, or none after the last one.
    pub(super) fn token(&mut self) -> Result<Option<(Token<'t>, Range<usize>)>, NotJson> {
        loop {
            self.skip_blanks();
            let at = self.at;
            let Some(&byte) = self.text.as_bytes().get(at) else {
                return if self.next == Next::CommaOrEnd && self.open.is_empty() {
                    Ok(None)
                } else {
                    Err(self.ends_early())
                };
            };
            match self.next {
                Next::CommaOrEnd => {
                    let Some(&(_, list)) = self.open.last() else {
                        return Err(self.wrong("The document ends before this", "nothing after it", None));
                    };
                    match byte {
                        b',' => {
                            self.at += 1;
                            self.next = if list { Next::Value } else { Next::Name };
                        }
                        b']' if list => return Ok(Some(self.close(Token::ListEnd))),
                        b'}' if !list => return Ok(Some(self.close(Token::ObjectEnd))),
                        _ => {
                            let expected = if list { "a comma or ]" } else { "a comma or }" };
                            let hint = matches!(byte, b'"' | b'{' | b'[').then_some("a comma is missing before this");
                            return Err(self.wrong("The entry before this is over", expected, hint));
                        }
                    }
                }
                Next::Name | Next::NameOrEnd => {
                    return match byte {
                        b'"' => self.name().map(Some),
                        b'}' if self.next == Next::NameOrEnd => Ok(Some(self.close(Token::ObjectEnd))),
                        b'}' => Err(self.wrong("A comma stands before this }", "one more entry", Some(NO_COMMA))),
                        _ => Err(self.wrong(
                            "The name of a field should begin here",
                            "a name in double quotes",
                            self.habit(byte),
                        )),
                    };
                }
                Next::Value | Next::ValueOrEnd => {
                    return match byte {
                        b']' if self.next == Next::ValueOrEnd => Ok(Some(self.close(Token::ListEnd))),
                        b']' if !self.open.is_empty() => {
                            Err(self.wrong("A comma stands before this ]", "one more entry", Some(NO_COMMA)))
                        }
                        b'{' => self.open(Token::ObjectStart, Next::NameOrEnd).map(Some),
                        b'[' => self.open(Token::ListStart, Next::ValueOrEnd).map(Some),
                        _ => self.scalar(byte).map(Some),
                    };
                }
            }
        }
    }

    fn skip_blanks(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
    }

    fn open(&mut self, token: Token<'t>, next: Next) -> Result<(Token<'t>, Range<usize>), NotJson> {
        let at = self.at;
        if self.open.len() >= MAX_DEPTH {
            return Err(NotJson {
                span: at..at + 1,
                message: format!("This is nested more than {MAX_DEPTH} levels deep"),
                expected: Some(format!("at most {MAX_DEPTH} brackets inside each other")),
                hint: Some("flatten the data, or keep deep parts as texts".to_owned()),
            });
        }
        self.open.push((at, token == Token::ListStart));
        self.at += 1;
        self.next = next;
        Ok((token, at..at + 1))
    }

    fn close(&mut self, token: Token<'t>) -> (Token<'t>, Range<usize>) {
        let at = self.at;
        self.open.pop();
        self.at += 1;
        self.next = Next::CommaOrEnd;
        (token, at..at + 1)
    }

    fn name(&mut self) -> Result<(Token<'t>, Range<usize>), NotJson> {
        let (name, span) = self.string()?;
        self.skip_blanks();
        match self.text.as_bytes().get(self.at) {
            Some(b':') => self.at += 1,
            Some(_) => return Err(self.wrong("The name before this has no colon", "a colon and a value", None)),
            None => return Err(self.ends_early()),
        }
        self.next = Next::Value;
        Ok((Token::Name(name), span))
    }

    fn scalar(&mut self, byte: u8) -> Result<(Token<'t>, Range<usize>), NotJson> {
        let at = self.at;
        let token = match byte {
            b'"' => {
                let (text, span) = self.string()?;
                self.next = Next::CommaOrEnd;
                return Ok((Token::Text(text), span));
            }
            b'-' | b'0'..=b'9' => Token::Number(self.number()?),
            _ => {
                let rest = &self.text[at..];
                let word = &rest[..rest.bytes().take_while(u8::is_ascii_alphanumeric).count()];
                let token = match word {
                    "true" => Token::Bool(true),
                    "false" => Token::Bool(false),
                    "null" => Token::Null,
                    "" if b",]}:".contains(&byte) => {
                        return Err(self.wrong("A value is missing before this", "a value", None));
                    }
                    _ => return Err(self.wrong("This is not a JSON value", "a value", self.habit(byte))),
                };
                self.at += word.len();
                token
            }
        };
        self.next = Next::CommaOrEnd;
        Ok((token, at..self.at))
    }

    fn number(&mut self) -> Result<&'t str, NotJson> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        let mut at = start + usize::from(bytes[start] == b'-');
        let whole = digits(at);
        let mut good = whole > 0 && (whole == 1 || bytes[at] != b'0');
        at += whole;
        if bytes.get(at) == Some(&b'.') {
            let decimals = digits(at + 1);
            good &= decimals > 0;
            at += 1 + decimals;
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            let exponent = digits(at);
            good &= exponent > 0;
            at += exponent;
        }
        let word = bytes[at..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        self.at = at + word;
        let number = &self.text[start..at];
        if good && word == 0 && numbers::is_lost(number) {
            return Err(NotJson {
                span: start..at,
                message: "This number would change: integers have up to 64 bits, others are at least 5e-324".to_owned(),
                expected: Some("a number that stays what it is".to_owned()),
                hint: Some("put it in double quotes: a text keeps every digit".to_owned()),
            });
        }
        if good && word == 0 {
            return Ok(number);
        }
        Err(NotJson {
            span: start..self.at,
            message: "This is not a JSON number".to_owned(),
            expected: Some("a number like 12, -3.5 or 2e9".to_owned()),
            hint: Some("put it in double quotes if it is meant as a text".to_owned()),
        })
    }

    fn string(&mut self) -> Result<(Cow<'t, str>, Range<usize>), NotJson> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut from = start + 1;
        let mut decoded: Option<String> = None;
        loop {
            let plain = bytes[from..].iter().take_while(|b| !matches!(b, b'"' | b'\\' | 0..=0x1f)).count();
            let piece = &self.text[from..from + plain];
            let at = from + plain;
            match bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    let text = match decoded {
                        None => Cow::Borrowed(piece),
                        Some(mut decoded) => {
                            decoded.push_str(piece);
                            Cow::Owned(decoded)
                        }
                    };
                    return Ok((text, start..self.at));
                }
                Some(b'\\') => {
                    let decoded = decoded.get_or_insert_default();
                    decoded.push_str(piece);
                    let (letter, length) = escape(&self.text[at..]).ok_or_else(|| bad_escape(self.text, at))?;
                    decoded.push(letter);
                    from = at + length;
                }
                Some(_) => {
                    return Err(NotJson {
                        span: at..at + 1,
                        message: "A text holds a line break or another control character".to_owned(),
                        expected: Some("\\n, \\t or \\u001b in its place, or the closing quote".to_owned()),
                        hint: None,
                    });
                }
                None => {
                    self.at = start;
                    return Err(NotJson {
                        span: start..start + 1,
                        message: "The file ends inside the text that begins here".to_owned(),
                        expected: Some("a closing double quote".to_owned()),
                        hint: Some("the file may have been cut off".to_owned()),
                    });
                }
            }
        }
    }

    fn ends_early(&self) -> NotJson {
        let end = self.text.len();
        match self.open.last() {
            None => NotJson {
                span: end..end,
                message: "The file is empty".to_owned(),
                expected: Some("a JSON object: a goal file begins with {".to_owned()),
                hint: None,
            },
            Some(&(at, list)) => NotJson {
                span: at..at + 1,
                message: format!(
                    "The file ends too early: {} never closed, the innermost begins here",
                    match self.open.len() {
                        1 => "1 bracket is".to_owned(),
                        n => format!("{n} brackets are"),
                    }
                ),
                expected: Some(format!("a {} that closes it", if list { ']' } else { '}' })),
                hint: Some("the file may have been cut off".to_owned()),
            },
        }
    }

    fn wrong(&self, message: &str, expected: &str, hint: Option<&str>) -> NotJson {
        let length = self.text[self.at..].chars().next().map_or(0, char::len_utf8);
        NotJson {
            span: self.at..self.at + length,
            message: message.to_owned(),
            expected: Some(expected.to_owned()),
            hint: hint.map(str::to_owned),
        }
    }

    /// Names the habit from another language that `byte` gives away.
    fn habit(&self, byte: u8) -> Option<&'static str> {
        match byte {
            b'\'' => Some("JSON texts stand in double quotes"),
            b'/' | b'#' => Some("JSON has no comments; a step may have a \"note\""),
            b'T' | b'F' | b'N' | b'u' => Some("JSON writes true, false and null in lower case"),
            b'+' | b'.' => Some("JSON numbers begin with a digit or a minus"),
            _ if byte.is_ascii_alphabetic() => Some("put it in double quotes if it is meant as a text"),
            _ => None,
        }
    }
}

const NO_COMMA: &str = "remove the comma";

/// Returns the character that the escape at the start of `text` stands for, and its length, or none if it is bad.
fn escape(text: &str) -> Option<(char, usize)> {
    let letter = match text.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let high = hex(text, 2)?;
            return match high {
                0xd800..=0xdbff => {
                    let low = (text.get(6..8)? == "\\u").then(|| hex(text, 8)).flatten()?;
                    let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                    Some((char::from_u32(0x10000 + ((high - 0xd800) << 10) + low)?, 12))
                }
                _ => Some((char::from_u32(high)?, 6)),
            };
        }
        _ => return None,
    };
    Some((letter, 2))
}

fn hex(text: &str, from: usize) -> Option<u32> {
    let digits = text.get(from..from + 4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

fn bad_escape(text: &str, at: usize) -> NotJson {
    let second = text[at + 1..].chars().next();
    let unicode = second == Some('u');
    NotJson {
        span: at..at + 1 + second.map_or(0, char::len_utf8),
        message: "This escape means nothing in a JSON text".to_owned(),
        expected: Some(
            if unicode {
                "\\u and four hexadecimal digits, surrogates in pairs"
            } else {
                "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u"
            }
            .to_owned(),
        ),
        hint: (!unicode).then(|| "a backslash itself is written \\\\, so a jq \\(…) is written \\\\(…)".to_owned()),
    }
}

/// Returns the place in a file of byte `offset` of a decoded text whose literal, quotes included, is at `span` of `text`.
pub(super) fn inside(text: &str, span: &Range<usize>, offset: usize) -> usize {
    let (mut at, end) = (span.start + 1, span.end.saturating_sub(1));
    let mut decoded = 0;
    while at < end && decoded < offset {
        match escape(&text[at..]) {
            Some((letter, length)) if text.as_bytes()[at] == b'\\' => {
                at += length;
                decoded += letter.len_utf8();
            }
            _ => {
                let length = text[at..].chars().next().map_or(1, char::len_utf8);
                at += length;
                decoded += length;
            }
        }
    }
    at
}
