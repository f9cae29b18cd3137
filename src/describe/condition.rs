//! A condition in words: `type == "string" and length > 0` reads "text, not empty". What has no plain words stays jq.

/// What a type of jq is called.
const TYPES: [(&str, &str); 6] = [
    ("string", "text"),
    ("array", "a list"),
    ("object", "an object"),
    ("number", "a number"),
    ("boolean", "true or false"),
    ("null", "null"),
];

/// What a comparison with a number, or with a length, is called.
const COMPARISONS: [(&str, &str); 6] =
    [("==", ""), ("!=", "not "), (">=", "at least "), ("<=", "at most "), (">", "more than "), ("<", "less than ")];

/// What a test of a text, or of a list, is called.
const TESTS: [(&str, &str); 4] =
    [("contains", "contains"), ("startswith", "begins with"), ("endswith", "ends with"), ("has", "has")];

/// Returns what the goal wants of `key`: `report: text, not empty`; the key alone where any value will do.
pub fn wanted(key: &str, condition: &str) -> String {
    match words(condition).as_str() {
        "" => key.to_owned(),
        words => format!("{key}: {words}"),
    }
}

/// Returns `condition` in words where each of its parts has plain ones, else as it is. Empty: any value will do.
pub fn words(condition: &str) -> String {
    let condition = condition.trim();
    if condition == "true" {
        return String::new();
    }
    let parts = split(condition, " and ");
    // A pipe binds looser than `and`: what it feeds is the whole of both sides.
    if parts.len() > 1 && split(condition, " | ").len() > 1 {
        return condition.to_owned();
    }
    let parts: Option<Vec<String>> = parts.into_iter().map(part).collect();
    parts.map_or_else(|| condition.to_owned(), |parts| parts.join(", "))
}

/// Returns one part in words, if it has plain ones.
fn part(part: &str) -> Option<String> {
    let part = bare(part.trim());
    let piped = split(part, " | ");
    if let [rest @ .., "not"] = piped.as_slice()
        && let [path @ .., test] = rest
    {
        let negated = TESTS.into_iter().find_map(|(name, word)| argument(test, name).map(|text| (word, text)))?;
        return about(path, &format!("not: {} {}", negated.0, negated.1));
    }
    let (test, path) = piped.split_last()?;
    let test = bare(test);
    if let Some(pattern) = argument(test, "test") {
        return about(path, &format!("contains {}", alternatives(pattern)?));
    }
    if let Some(literal) = test.strip_prefix("type == ") {
        let name = literal.trim().trim_matches('"');
        return about(path, TYPES.iter().find(|(jq, _)| *jq == name)?.1).filter(|_| literal.len() == name.len() + 2);
    }
    for (name, word) in TESTS {
        if let Some(text) = argument(test, name) {
            return about(path, &format!("{word} {text}"));
        }
    }
    for (sign, word) in COMPARISONS {
        let Some((left, right)) = test.split_once(&format!(" {sign} ")) else { continue };
        let (left, right) = (left.trim(), right.trim());
        if !is_literal(right) {
            return None;
        }
        if left == "length" {
            let words = match (sign, right) {
                (">" | "!=", "0") | (">=", "1") => "not empty".to_owned(),
                ("==", "0") => "empty".to_owned(),
                (_, number) => format!("length {word}{number}"),
            };
            return about(path, &words);
        }
        let whole = [path, &[left]].concat();
        return about(&whole, &format!("{word}{right}"));
    }
    if path.is_empty() && is_path(test) && test != "." { Some(format!("{} holds", name(test))) } else { None }
}

/// Returns `words` about the value that `path` leads to, if it is a plain path.
fn about(path: &[&str], words: &str) -> Option<String> {
    match path {
        [] | ["."] => Some(words.to_owned()),
        [path] if is_path(path) => Some(format!("{} {words}", name(path))),
        [".", rest] if is_path(rest) => Some(format!("{} {words}", name(rest))),
        _ => None,
    }
}

/// Returns the text between the brackets of `test`, where it calls `name` with one literal.
fn argument<'a>(test: &'a str, name: &str) -> Option<&'a str> {
    let inside = test.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')?;
    is_literal(inside).then_some(inside)
}

/// Returns what a pattern of plain words looks for: `"coat|desk|car"` is `coat, desk or car`; none where it is more.
fn alternatives(pattern: &str) -> Option<String> {
    let pattern = pattern.strip_prefix('"')?.strip_suffix('"')?;
    let words: Vec<&str> = pattern.split('|').collect();
    let plain = |word: &&str| {
        !word.trim().is_empty() && word.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-'))
    };
    let (last, others) = words.iter().all(plain).then(|| words.split_last())??;
    Some(if others.is_empty() { (*last).to_owned() } else { format!("{} or {last}", others.join(", ")) })
}

/// Returns the name of a plain path: `.place.found` is `place.found`.
fn name(path: &str) -> &str {
    path.trim_start_matches('.')
}

/// Tells whether `text` is a plain path: `.a.b`.
fn is_path(text: &str) -> bool {
    let plain = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    text == "." || text.strip_prefix('.').is_some_and(|rest| rest.split('.').all(plain))
}

/// Tells whether `text` is one JSON value other than an object or a list.
fn is_literal(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok_and(|value| !value.is_object() && !value.is_array())
}

/// Returns `text` without the brackets around all of it.
fn bare(text: &str) -> &str {
    let inside = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    inside.filter(|inside| split(inside, ")").len() == 1).map_or(text, str::trim)
}

/// Splits `text` at `between`, outside of brackets and quotes.
fn split<'a>(text: &'a str, between: &str) -> Vec<&'a str> {
    let (mut parts, mut from, mut depth, mut quoted, mut escaped) = (Vec::new(), 0, 0_i32, false, false);
    for (at, byte) in text.bytes().enumerate() {
        let ends = depth == 0 && !quoted && at >= from && text.as_bytes()[at..].starts_with(between.as_bytes());
        if ends {
            parts.push(text[from..at].trim());
            from = at + between.len();
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'(' | b'[' | b'{' if !quoted => depth += 1,
            b')' | b']' | b'}' if !quoted => depth -= 1,
            _ => {} // other bytes open and close nothing
        }
    }
    parts.push(text[from..].trim());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_plain_words_gets_them_and_the_rest_stays_as_it_is() {
        let cases = [
            (r#"type == "string" and length > 0"#, "text, not empty"),
            (r#"type == "object" and .copies > 0"#, "an object, copies more than 0"),
            (r#"type == "object" and .printed"#, "an object, printed holds"),
            (".amount > 0 and (.suitcase | length > 0)", "amount more than 0, suitcase not empty"),
            (".up == true", "up true"),
            (r#"contains("open and shut")"#, r#"contains "open and shut""#),
            (r#"contains("fish") | not"#, r#"not: contains "fish""#),
            (r#". == "password""#, r#""password""#),
            (".days <= 2", "days at most 2"),
            ("length == 3", "length 3"),
            ("true", ""),
            (r#".where | test("coat|desk|car")"#, "where contains coat, desk or car"),
            (r#"test("coat")"#, "contains coat"),
            // No plain words: what is checked is shown.
            (r#".where | test("^coat|desk$")"#, r#".where | test("^coat|desk$")"#),
            (r#"test("a||b")"#, r#"test("a||b")"#),
            (r#"test("coat"; "i")"#, r#"test("coat"; "i")"#),
            (r#".from == "north" or .days <= 2"#, r#".from == "north" or .days <= 2"#),
            (".a == .b", ".a == .b"),
            ("(.a) or (.b)", "(.a) or (.b)"),
            (r#"type == "strings""#, r#"type == "strings""#),
            ("length > 0 | not", "length > 0 | not"),
            (r#"length > 0 and contains("a") | not"#, r#"length > 0 and contains("a") | not"#),
            (r#"contains("a" + "b")"#, r#"contains("a" + "b")"#),
            ("", ""),
        ];
        for (jq, expected) in cases {
            assert_eq!(words(jq), expected, "{jq}");
        }
        assert_eq!(wanted("report", "true"), "report");
        assert_eq!(wanted("report", r#"type == "string""#), "report: text");
    }
}
