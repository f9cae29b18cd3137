//! Texts with filters in them: `Is \\(.price) too much?`

/// Returns the filter whose result is `text` with every `\\(…)` in it filled in, or none where nothing is to fill in.
///
/// What stands between them is taken as in a text of jq, escapes included; a bare quote or line break is one.
pub fn filling(text: &str) -> Option<String> {
    let found = interpolations(text);
    if found.is_empty() {
        return None;
    }
    let mut filter = String::with_capacity(text.len() + 8);
    filter.push('"');
    let mut at = 0;
    for (start, piece) in found {
        let piece = piece?;
        literal(&mut filter, &text[at..start]);
        filter.push_str(piece);
        at = start + piece.len();
    }
    literal(&mut filter, &text[at..]);
    filter.push('"');
    Some(filter)
}

fn literal(filter: &mut String, text: &str) {
    let mut escaped = false;
    for c in text.chars() {
        match c {
            '"' if !escaped => filter.push_str("\\\""),
            '\n' => filter.push_str("\\n"),
            '\r' => filter.push_str("\\r"),
            '\t' => filter.push_str("\\t"),
            c => filter.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
}

/// Returns the filters in the `\(…)` of `text`, each with its first byte; none for one that is never closed.
pub fn interpolations(text: &str) -> Vec<(usize, Option<&str>)> {
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

    #[test]
    fn a_text_becomes_the_filter_that_fills_it_in() {
        assert_eq!(filling(r#"Say "\(.a)" for \(.b | "x")!"#).as_deref(), Some(r#""Say \"\(.a)\" for \(.b | "x")!""#));
        assert_eq!(filling("plain"), None);
        assert_eq!(filling(r"open \(.a"), None);
        assert_eq!(filling("two\nlines \\(.a)").as_deref(), Some(r#""two\nlines \(.a)""#));
    }
}
