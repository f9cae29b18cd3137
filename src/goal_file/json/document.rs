//! The document: the value that a JSON text stands for, and the fields that it gives twice.

use std::ops::Range;

use serde_json::{Map, Number};

use super::super::path::Segment;
use super::scanner::{NotJson, Scanner, Token};
use crate::engine::value::Value;

/// A JSON text as a value.
#[derive(Debug)]
pub(in crate::goal_file) struct Document {
    /// The value; of a field that is given twice, the last one.
    pub(in crate::goal_file) value: Value,
    /// The fields that are given twice in one object: path, and place of the second name.
    pub(in crate::goal_file) twice: Vec<(Vec<Segment>, Range<usize>)>,
}

/// A bracket that is open, with what it holds so far.
enum Open {
    List(Vec<Value>),
    Object(Map<String, Value>, String),
}

/// Reads `text` whole.
pub(in crate::goal_file) fn read(text: &str) -> Result<Document, NotJson> {
    let mut scanner = Scanner::new(text);
    let mut open: Vec<Open> = Vec::new();
    let mut twice = Vec::new();
    let mut root = Value::Null;
    while let Some((token, span)) = scanner.token()? {
        let value = match token {
            Token::ObjectStart => {
                open.push(Open::Object(Map::new(), String::new()));
                continue;
            }
            Token::ListStart => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Token::Name(name) => {
                if let Some(Open::Object(entries, field)) = open.last_mut() {
                    let known = entries.contains_key(&*name);
                    *field = name.into_owned();
                    if known {
                        twice.push((path(&open), span));
                    }
                }
                continue;
            }
            Token::ObjectEnd | Token::ListEnd => match open.pop() {
                Some(Open::List(items)) => Value::Array(items),
                Some(Open::Object(entries, _)) => Value::Object(entries),
                None => Value::Null,
            },
            Token::Text(text) => Value::String(text.into_owned()),
            Token::Number(digits) => Value::Number(number(digits, span)?),
            Token::Bool(flag) => Value::Bool(flag),
            Token::Null => Value::Null,
        };
        match open.last_mut() {
            Some(Open::List(items)) => items.push(value),
            Some(Open::Object(entries, field)) => {
                entries.insert(std::mem::take(field), value);
            }
            None => root = value,
        }
    }
    Ok(Document { value: root, twice })
}

/// Returns the number that `digits` stand for, to the last bit; `serde_json`'s own reading may be off by one there.
fn number(digits: &str, span: Range<usize>) -> Result<Number, NotJson> {
    let whole = || digits.parse::<u64>().map(Number::from).or_else(|_| digits.parse::<i64>().map(Number::from)).ok();
    let number = if digits == "-0" { None } else { whole() };
    let number = number.or_else(|| digits.parse::<f64>().ok().and_then(Number::from_f64));
    number.ok_or_else(|| NotJson {
        span,
        message: "This number is too big".to_owned(),
        expected: Some("a number up to 1.7e308".to_owned()),
        hint: Some("put it in double quotes if it is meant as a text".to_owned()),
    })
}

fn path(open: &[Open]) -> Vec<Segment> {
    open.iter()
        .map(|open| match open {
            Open::List(items) => Segment::Index(items.len()),
            Open::Object(_, field) => Segment::Name(field.clone()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goal_file::path::render;

    fn fault(text: &str) -> (usize, String) {
        let fault = read(text).expect_err("the text is not JSON");
        (fault.span.start, fault.message)
    }

    #[test]
    fn a_document_is_what_serde_json_reads() {
        let text = "\u{feff} {\"a\": [1, -2.5e3, true, null, \"x\\n\\u00e9\\ud83d\\ude00/\"], \"b\": {}, \"c\": []} ";
        let expected: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).expect("it is JSON");
        let document = read(text).expect("it is JSON");
        assert_eq!(document.value, expected);
        assert!(document.twice.is_empty());
    }

    #[test]
    fn a_field_given_twice_is_found_at_any_level() {
        let document = read(r#"{"a": [{}, {"b": 1, "c": 2, "b": 3}], "a": 4}"#).expect("it is JSON");
        let twice: Vec<_> = document.twice.iter().map(|(path, span)| (render(path), span.start)).collect();
        assert_eq!(twice, [("a[1].b".to_owned(), 28), ("a".to_owned(), 38)]);
    }

    #[test]
    fn ten_thousand_levels_are_one_fault_and_no_overflow() {
        let text = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let most = crate::engine::value::MAX_DEPTH;
        assert_eq!(fault(&text), (most, format!("This is nested more than {most} levels deep")));
        assert!(read(&format!("{}{}", "[".repeat(most), "]".repeat(most))).is_ok());
    }

    #[test]
    fn a_cut_off_text_names_the_bracket_that_is_open() {
        assert_eq!(
            fault("{\"a\": [1, {\"b\": 2}"),
            (6, "The file ends too early: 2 brackets are never closed, the innermost begins here".to_owned())
        );
        assert_eq!(fault("{\"a\": \"b"), (6, "The file ends inside the text that begins here".to_owned()));
        assert_eq!(fault(" "), (1, "The file is empty".to_owned()));
    }

    #[test]
    fn every_cut_of_a_document_is_refused_without_a_panic() {
        let text = "{\"a\": [1, -2.5e3, true, null, \"x\\n\\u00e9\\ud83d\\ude00é\"], \"b\": {\"c\": []}}";
        for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
            assert!(read(&text[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn what_serde_json_refuses_is_refused() {
        for text in [
            "{\"a\": 1,}",
            "[1,]",
            "[,1]",
            "{'a': 1}",
            "{a: 1}",
            "[01]",
            "[1.]",
            "[+1]",
            "[.5]",
            "[1e]",
            "[NaN]",
            "[True]",
            "[1 2]",
            "{\"a\" 1}",
            "{\"a\": }",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "\"a\nb\"",
            "1 2",
            "]",
            "}",
            "[}",
            "{]",
            "// no",
            "[1e999]",
            "\"\\u12\"",
            "tru",
            "1x",
            "\"\\",
            "\"\\é\"",
        ] {
            assert!(serde_json::from_str::<Value>(text).is_err(), "serde_json accepts {text}");
            assert!(read(text).is_err(), "accepted {text}");
        }
    }
}
