//! The faults of a goal file, all of them at once, each with its place.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

use super::draw;
use super::json::{NotJson, locate};
use super::path::{Segment, render};

/// One thing that is wrong with a goal file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fault {
    /// The line, from 1; 0 where there is no text to point into.
    pub line: usize,
    /// The column in characters, from 1; 0 where there is no text to point into.
    pub column: usize,
    /// The path into the JSON: `tools.count_intents.inputs[1]`; empty for the whole file.
    pub path: String,
    /// What is wrong: "This is a number, not a text".
    pub message: String,
    /// What should stand there: "the name of a key".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What to do, or the nearest known name: `did you mean "inputs"?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The place in the text, in bytes.
    #[serde(skip)]
    pub(super) span: Range<usize>,
}

/// Everything that is wrong with one file, in the order of the file; at least one fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Faults {
    /// The name that the file goes by: its path, or the sample's name.
    pub name: String,
    /// The faults.
    pub faults: Vec<Fault>,
    /// The text that they point into.
    pub(super) text: Option<Arc<str>>,
}

impl Faults {
    /// Returns the faults drawn under their lines, with colour for a terminal that shows it.
    pub fn in_colour(&self) -> String {
        draw::draw(self, true)
    }

    /// Returns the one fault `message` of a file that cannot be read as text at all.
    pub(super) fn whole(name: &str, message: String, expected: Option<String>, hint: Option<String>) -> Faults {
        let fault = Fault { line: 0, column: 0, path: String::new(), message, expected, hint, span: 0..0 };
        Faults { name: name.to_owned(), faults: vec![fault], text: None }
    }

    /// Returns the one fault that makes `text` no JSON.
    pub(super) fn not_json(name: &str, text: &str, fault: NotJson) -> Faults {
        let NotJson { span, message, expected, hint } = fault;
        let fault = Fault { line: 0, column: 0, path: String::new(), message, expected, hint, span };
        Faults { name: name.to_owned(), faults: vec![fault], text: None }.over(text)
    }

    /// Returns `found` with places in `text`, or without where there is none, in the order of the file.
    pub(super) fn placed(name: &str, text: Option<&str>, found: Vec<Found>) -> Faults {
        let places = text.map(|text| (text, locate(text, found.iter().map(|found| found.path.as_slice()))));
        let mut faults: Vec<Fault> = found
            .into_iter()
            .map(|found| {
                let span = match (&places, found.at) {
                    (None, _) => 0..0,
                    (_, At::Span(span)) => span,
                    (Some((_, places)), At::Value) => places.get(&found.path).value,
                    (Some((_, places)), At::Name) => {
                        let place = places.get(&found.path);
                        place.name.unwrap_or(place.value)
                    }
                    (Some((_, places)), At::Inside(span)) => places.inside(&found.path, &span),
                };
                let path = render(&found.path);
                Fault {
                    line: 0,
                    column: 0,
                    path,
                    message: found.message,
                    expected: found.expected,
                    hint: found.hint,
                    span,
                }
            })
            .collect();
        faults.sort_by_key(|fault| fault.span.start);
        let faults = Faults { name: name.to_owned(), faults, text: None };
        match text {
            Some(text) => faults.over(text),
            None => faults,
        }
    }

    /// Fills in lines and columns, in one pass over `text`: also a line may be long, and hold many faults.
    fn over(mut self, text: &str) -> Faults {
        let (mut line, mut column, mut seen) = (1, 1, 0);
        for fault in &mut self.faults {
            let at = fault.span.start.clamp(seen, text.len());
            for letter in text[seen..at].chars() {
                match letter {
                    '\n' => (line, column) = (line + 1, 1),
                    '\u{feff}' => {}
                    _ => column += 1,
                }
            }
            (fault.line, fault.column) = (line, column);
            seen = at;
        }
        self.text = Some(text.into());
        self
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&draw::draw(self, false))
    }
}

impl std::error::Error for Faults {}

/// A fault that has a path and not yet a line.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: Vec<Segment>,
    pub(super) at: At,
    pub(super) message: String,
    pub(super) expected: Option<String>,
    pub(super) hint: Option<String>,
}

/// Which part of what stands at a path is meant.
#[derive(Debug)]
pub(super) enum At {
    /// The name of the field.
    Name,
    /// The value.
    Value,
    /// These bytes of the text that is the value, escapes undone.
    Inside(Range<usize>),
    /// This place, known already.
    Span(Range<usize>),
}
