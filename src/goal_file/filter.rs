//! What the reader needs to know of jq: where a filter is faulty, and where the filters of a text are.

use std::ops::Range;

/// Why a jq filter is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterFault {
    /// What is wrong.
    pub message: String,
    /// The bytes of the filter that are meant; empty at its end.
    pub span: Range<usize>,
}

/// Returns the filters in the `\(…)` of `text`, each with its first byte; none for one that is never closed.
pub(super) fn interpolations(text: &str) -> Vec<(usize, Option<&str>)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
        } else if bytes.get(at + 1) == Some(&b'(') {
            let start = at + 2;
            match closing(bytes, start) {
                Some(end) => {
                    found.push((start, Some(&text[start..end])));
                    at = end + 1;
                }
                None => {
                    found.push((at, None));
                    break;
                }
            }
        } else {
            at += 2;
        }
    }
    found
}

/// What is open inside an interpolation.
#[derive(PartialEq)]
enum Open {
    Bracket,
    Text,
}

/// Returns the place of the `)` that closes what was opened just before `at`. Texts inside may hold brackets, and
/// filters of their own.
fn closing(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut open = vec![Open::Bracket];
    while let Some(byte) = bytes.get(at) {
        match (open.last()?, byte) {
            (Open::Text, b'\\') => {
                at += 1;
                if bytes.get(at) == Some(&b'(') {
                    open.push(Open::Bracket);
                }
            }
            (Open::Text, b'"') | (Open::Bracket, b')') => {
                open.pop();
                if open.is_empty() {
                    return Some(at);
                }
            }
            (Open::Bracket, b'"') => open.push(Open::Text),
            (Open::Bracket, b'(') => open.push(Open::Bracket),
            (Open::Text | Open::Bracket, _) => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filters_of_a_text_are_found() {
        assert_eq!(interpolations(r"Which of \(.a | (.b)) and \(.c)?"), [(11, Some(".a | (.b)")), (28, Some(".c"))]);
        assert_eq!(interpolations(r#"\("a) \(.b + "x") c")"#), [(2, Some(r#""a) \(.b + "x") c""#))]);
        assert_eq!(interpolations(r"plain \n (text)"), []);
        assert_eq!(interpolations(r"ends \(.a"), [(5, None)]);
        assert_eq!(interpolations("\\"), []);
    }
}
