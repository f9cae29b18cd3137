//! What a program writes to its standard error: told line by line as it comes, and its end kept. Without secrets.

use super::secrets::{Cutter, Secrets};

/// How much of the end is kept, in bytes.
const KEPT: usize = 4 * 1024;

/// The longest line that is told whole, in bytes.
const LINE: usize = 1024;

/// Takes in what is written.
pub(super) struct Errors<'s> {
    secrets: &'s Secrets,
    cutter: Cutter<'s>,
    /// The line that is not ended yet.
    line: Vec<u8>,
    /// The end of what was written.
    tail: Vec<u8>,
    /// Whether something before it was let go.
    is_cut: bool,
    /// Whether what comes belongs to a private key.
    in_key: bool,
}

impl<'s> Errors<'s> {
    pub(super) fn new(secrets: &'s Secrets) -> Errors<'s> {
        let (line, tail) = (Vec::new(), Vec::new());
        Errors { secrets, cutter: secrets.stream(), line, tail, is_cut: false, in_key: false }
    }

    /// Takes the next piece, the `last` one or not, and tells each line that is whole.
    pub(super) fn take(&mut self, piece: &[u8], last: bool, tell: &mut dyn FnMut(&str)) {
        let mut sure = Vec::with_capacity(piece.len());
        self.cutter.flow(piece, last, &mut sure);
        for part in sure.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") || self.line.len() > LINE {
                self.tell(tell);
            }
        }
        if last {
            self.tell(tell);
        }
        // Once in a while is enough: what is drained is moved.
        self.tail.extend_from_slice(&sure);
        if self.tail.len() > 4 * KEPT || last && self.tail.len() > KEPT {
            self.tail.drain(..self.tail.len() - KEPT);
            self.is_cut = true;
        }
    }

    fn tell(&mut self, tell: &mut dyn FnMut(&str)) {
        let line = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        let begins = text.contains("-----BEGIN ") && text.contains("PRIVATE KEY");
        let is_key = self.in_key || begins;
        self.in_key = is_key && !text.contains("-----END ");
        if begins {
            tell("«secret:private key»");
        } else if !is_key && !text.is_empty() {
            tell(&self.secrets.cut(text));
        }
    }

    /// Returns the end of what was written.
    pub(super) fn end(&self) -> String {
        let text = String::from_utf8_lossy(&self.tail);
        // A line that is not whole may begin amid a token.
        let whole = match text.split_once(['\n', ' ']).filter(|_| self.is_cut) {
            Some((_, whole)) => whole,
            None if self.is_cut => "",
            None => &text,
        };
        self.secrets.cut(whole).trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(pieces: &[&str]) -> (Vec<String>, String) {
        let passed: [(&str, &[u8]); 1] = [("TOKEN", b"hunter2-hunter2")];
        let secrets = Secrets::of(passed.into_iter());
        let (mut errors, mut lines) = (Errors::new(&secrets), Vec::new());
        for (at, piece) in pieces.iter().enumerate() {
            errors.take(piece.as_bytes(), at + 1 == pieces.len(), &mut |line| lines.push(line.to_owned()));
        }
        (lines, errors.end())
    }

    #[test]
    fn lines_are_told_as_they_come_and_no_secret_with_them() {
        let (lines, end) = told(&["one\ntw", "o hunter2-hun", "ter2\n\nthree"]);
        assert_eq!(lines, ["one", "two «secret:TOKEN»", "three"]);
        assert_eq!(end, "one\ntwo «secret:TOKEN»\n\nthree");
        let key = "-----BEGIN PRIVATE KEY-----\nMIIEabc\n-----END PRIVATE KEY-----\nafter\n";
        let (lines, end) = told(&[key]);
        assert_eq!(lines, ["«secret:private key»", "after"]);
        assert_eq!(end, "«secret:private key»\nafter");
    }

    #[test]
    fn of_a_flood_the_end_is_kept_and_no_line_of_it_in_part() {
        let flood = "a line of words\n".repeat(10_000);
        let (lines, end) = told(&[&flood, "the last one\n"]);
        assert_eq!(lines.len(), 10_001);
        assert!(end.len() <= KEPT && end.ends_with("the last one"), "{}", end.len());
        let (_, end) = told(&[&"x".repeat(100_000)]);
        assert_eq!(end, "", "nothing of it is known to be whole");
    }
}
