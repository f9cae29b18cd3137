//! What colour the terminal's background is: the question (OSC 11), and its answer among the keys.
//!
//! Nobody waits for the answer: it comes in like keys do, whenever it comes, and is picked out from among them. What
//! only looked like its beginning is given back as the keys that it was.

use std::time::{Duration, Instant};

use crate::ui::input::{Input, Key, KeyPress};

/// The question.
pub(super) const QUESTION: &str = "\x1b]11;?\x1b\\";

/// How long after the question an answer is listened for: also over a slow line.
const LISTENING: Duration = Duration::from_secs(5);

/// How long the beginning of an answer may stay without its next part. It comes in one piece.
pub(super) const HELD: Duration = Duration::from_millis(50);

/// The longest answer.
const LONGEST: usize = 40;

/// What came in.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Incoming {
    /// A person did something.
    Input(Input),
    /// The terminal's background is red, green and blue.
    Background((u8, u8, u8)),
}

/// Picks the answer out of what comes in.
#[derive(Debug, Default)]
pub(super) struct Listener {
    until: Option<Instant>,
    /// The keys that may be the beginning of an answer, and what they say.
    held: Vec<Input>,
    said: String,
}

impl Listener {
    /// Returns a listener for the answer to a question that was asked just now.
    pub(super) fn asked() -> Listener {
        Listener { until: Some(Instant::now() + LISTENING), ..Listener::default() }
    }

    /// Tells whether the beginning of an answer is held back.
    pub(super) fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    /// Gives back what was held: it is not an answer.
    pub(super) fn release(&mut self) -> Vec<Incoming> {
        self.said.clear();
        std::mem::take(&mut self.held).into_iter().map(Incoming::Input).collect()
    }

    /// Takes what came in next, and returns what it is.
    pub(super) fn hear(&mut self, input: Input) -> Vec<Incoming> {
        let Input::Key(press) = input else { return vec![Incoming::Input(input)] };
        let begins = self.held.is_empty();
        if begins && self.until.is_none_or(|until| Instant::now() >= until) {
            return vec![Incoming::Input(Input::Key(press))];
        }
        let KeyPress { key: Key::Char(c), ctrl, alt, .. } = press else { return self.not_part(press) };
        match (c, ctrl, alt) {
            (']', false, true) if begins => {}
            // It ends with BEL or with ST.
            ('g', true, false) | ('\\', false, true) if !begins => {
                return match background(&self.said) {
                    Some(colour) => {
                        *self = Listener::default();
                        vec![Incoming::Background(colour)]
                    }
                    None => self.not_part(press),
                };
            }
            (_, false, false) if !begins && self.said.len() < LONGEST && fits(&self.said, c) => self.said.push(c),
            _ => return self.not_part(press),
        }
        self.held.push(Input::Key(press));
        Vec::new()
    }

    fn not_part(&mut self, press: KeyPress) -> Vec<Incoming> {
        let mut keys = self.release();
        keys.push(Incoming::Input(Input::Key(press)));
        keys
    }
}

/// What an answer begins with.
const BEGINNING: &str = "11;rgb:";

/// Tells whether an answer may go on with `c` after `said`.
fn fits(said: &str, c: char) -> bool {
    match BEGINNING.chars().nth(said.len()) {
        Some(expected) => c == expected,
        None => c.is_ascii_hexdigit() || c == '/',
    }
}

/// Reads `11;rgb:RRRR/GGGG/BBBB`, each of one to four digits.
fn background(said: &str) -> Option<(u8, u8, u8)> {
    let part = |digits: &str| {
        let most = 16_u32.checked_pow(u32::try_from(digits.len()).ok().filter(|len| (1..=4).contains(len))?)? - 1;
        u8::try_from(u32::from_str_radix(digits, 16).ok()? * 255 / most).ok()
    };
    let mut parts = said.strip_prefix(BEGINNING)?.split('/');
    let colour = (part(parts.next()?)?, part(parts.next()?)?, part(parts.next()?)?);
    parts.next().is_none().then_some(colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns keys as crossterm reads these characters: after ESC with Alt.
    fn keys(bytes: &str) -> Vec<Input> {
        let mut alt = false;
        let mut out = Vec::new();
        for c in bytes.chars() {
            match c {
                '\x1b' => alt = true,
                '\x07' => out.push(Input::Key(KeyPress::ctrl('g'))),
                c => out.push(Input::Key(KeyPress { alt: std::mem::take(&mut alt), ..KeyPress::char(c) })),
            }
        }
        out
    }

    fn hear(listener: &mut Listener, inputs: &[Input]) -> Vec<Incoming> {
        inputs.iter().flat_map(|input| listener.hear(input.clone())).collect()
    }

    #[test]
    fn an_answer_is_picked_out_and_no_key_around_it_is_lost() {
        for (answer, colour) in [
            ("\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\", (0xfd, 0xf6, 0xe3)),
            ("\x1b]11;rgb:00/2B/36\x07", (0, 0x2b, 0x36)),
            ("\x1b]11;rgb:f/f/f\x07", (255, 255, 255)),
        ] {
            let heard = hear(&mut Listener::asked(), &keys(&format!("a{answer}b")));
            let key = |c| Incoming::Input(Input::Key(KeyPress::char(c)));
            assert_eq!(heard, [key('a'), Incoming::Background(colour), key('b')], "{answer:?}");
        }
    }

    #[test]
    fn what_only_looks_like_an_answer_are_keys() {
        let long = format!("\x1b]11;rgb:{}\x07", "f".repeat(60));
        for typed in ["\x1b]x", "\x1b]11;rgb:zz", "\x1b]11;rgb:1/2\x07", "\x1b]\x1b]1q", "\x1b\\", "\x07", &long] {
            let mut listener = Listener::asked();
            let mut heard = hear(&mut listener, &keys(typed));
            heard.extend(listener.release());
            let typed: Vec<Incoming> = keys(typed).into_iter().map(Incoming::Input).collect();
            assert_eq!(heard, typed);
        }
        let mut unasked = Listener::default();
        let answer = keys("\x1b]11;rgb:f/f/f\x07");
        assert_eq!(hear(&mut unasked, &answer).len(), answer.len(), "nobody asked");
    }
}
