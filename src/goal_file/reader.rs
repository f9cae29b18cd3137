//! The reader: walks a JSON value with a path in hand and collects what is wrong instead of stopping.

use std::ops::Range;
use std::sync::Arc;

use serde_json::Map;

use super::fault::{At, Found};
use super::filter::FilterFault;
use super::path::Segment;
use crate::describe::nearest::nearest;
use crate::engine::goal::{Check, Key, Servers};
use crate::engine::ordered::IndexMap;
use crate::engine::value::Value;
use crate::tools::Kinds;
use crate::tools::reading::Shape;

/// Checks the syntax of a jq filter.
pub(super) type Checker<'c> = &'c dyn Fn(&str) -> Result<(), FilterFault>;

/// A value with the path that leads to it. Paths are linked on the stack: they cost nothing until a fault needs one.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) value: &'a Value,
    by: By<'a>,
    up: Option<&'a Spot<'a>>,
}

#[derive(Clone, Copy)]
enum By<'a> {
    Root,
    Name(&'a str),
    Index(usize),
}

impl<'a> Spot<'a> {
    /// Returns the spot of the whole document.
    pub(super) fn root(value: &'a Value) -> Spot<'a> {
        Spot { value, by: By::Root, up: None }
    }

    /// Returns the spot of the field `name` of this object.
    pub(super) fn field(&'a self, name: &'a str, value: &'a Value) -> Spot<'a> {
        Spot { value, by: By::Name(name), up: Some(self) }
    }

    /// Returns the spot of an entry of this list.
    pub(super) fn entry(&'a self, index: usize, value: &'a Value) -> Spot<'a> {
        Spot { value, by: By::Index(index), up: Some(self) }
    }

    fn path(&self) -> Vec<Segment> {
        let mut path = Vec::new();
        let mut spot = Some(self);
        while let Some(here) = spot {
            match here.by {
                By::Root => {}
                By::Name(name) => path.push(Segment::Name(name.to_owned())),
                By::Index(index) => path.push(Segment::Index(index)),
            }
            spot = here.up;
        }
        path.reverse();
        path
    }
}

/// Collects faults.
pub(super) struct Reader<'c> {
    pub(super) found: Vec<Found>,
    /// The kinds of tools that the goal may use.
    pub(super) kinds: Kinds,
    /// The servers that the goal file declares.
    pub(super) servers: Arc<Servers>,
    check: Checker<'c>,
    /// Whether the goal stands in a record: it was accepted once, and what is only most likely a slip is let pass.
    pub(super) recorded: bool,
}

impl<'c> Reader<'c> {
    /// Returns a reader that knows these kinds of tools and checks filters with `check`.
    pub(super) fn new(kinds: Kinds, check: Checker<'c>) -> Reader<'c> {
        Reader { found: Vec::new(), kinds, servers: Arc::default(), check, recorded: false }
    }

    /// Notes that the value at `spot` is wrong.
    pub(super) fn fault(&mut self, spot: &Spot<'_>, message: impl Into<String>, expected: &str, hint: Option<String>) {
        self.note(spot, At::Value, message.into(), Some(expected.to_owned()), hint);
    }

    /// Notes that the name of the field at `spot` is wrong.
    pub(super) fn fault_in_name(
        &mut self,
        spot: &Spot<'_>,
        message: impl Into<String>,
        expected: Option<String>,
        hint: Option<String>,
    ) {
        self.note(spot, At::Name, message.into(), expected, hint);
    }

    fn note(&mut self, spot: &Spot<'_>, at: At, message: String, expected: Option<String>, hint: Option<String>) {
        self.found.push(Found { path: spot.path(), at, message, expected, hint });
    }

    /// Notes that the value at `spot` is of the wrong type.
    fn wrong_type(&mut self, spot: &Spot<'_>, expected: &str) {
        let message = format!("This is {}", kind_of(spot.value));
        self.fault(spot, message, expected, None);
    }

    /// Returns the object at `spot` after checking that it has the fields of `shape` and no others.
    pub(super) fn object<'a>(&mut self, spot: &Spot<'a>, shape: &Shape) -> Option<&'a Map<String, Value>> {
        let Some(object) = spot.value.as_object() else {
            let needed = shape.fields.iter().filter(|field| field.required).map(|field| format!("\"{}\"", field.name));
            let needed: Vec<String> = needed.collect();
            let with = if needed.is_empty() { String::new() } else { format!(" with {}", needed.join(", ")) };
            self.wrong_type(spot, &format!("{}: an object{with}", shape.what));
            return None;
        };
        for (name, value) in object {
            let known = shape.fields.iter().any(|field| field.name == name);
            if known {
                continue;
            }
            let field = Spot { value, by: By::Name(name), up: Some(spot) };
            match shape.later.iter().find(|(later, _)| later == name) {
                Some((_, sentence)) => self.fault_in_name(&field, *sentence, None, None),
                None => self.unknown_field(&field, name, shape.what, shape.fields.iter().map(|field| field.name)),
            }
        }
        for field in shape.fields.iter().filter(|field| field.required && !object.contains_key(field.name)) {
            let message = format!("The field \"{}\" is missing", field.name);
            self.fault(spot, message, &format!("\"{}\": {}", field.name, field.what), None);
        }
        Some(object)
    }

    /// Returns the object at `spot`, whatever its fields.
    pub(super) fn any_object<'a>(&mut self, spot: &Spot<'a>, what: &str) -> Option<&'a Map<String, Value>> {
        let object = spot.value.as_object();
        if object.is_none() {
            self.wrong_type(spot, what);
        }
        object
    }

    /// Notes that the field `name`, which stands at `spot`, is none of those that `what` has.
    pub(super) fn unknown_field<'n>(
        &mut self,
        spot: &Spot<'_>,
        name: &str,
        what: &str,
        known: impl Iterator<Item = &'n str>,
    ) {
        let names: Vec<&str> = known.collect();
        let hint = nearest(name, names.iter().copied()).map(|near| format!("did you mean \"{near}\"?"));
        let message = format!("\"{name}\" is not a field of {what}");
        self.fault_in_name(spot, message, Some(format!("one of {}", names.join(", "))), hint);
    }

    /// Returns the text at `spot`; an empty one is a fault.
    pub(super) fn text<'a>(&mut self, spot: &Spot<'a>, expected: &str) -> Option<&'a str> {
        match spot.value.as_str() {
            Some(text) if text.trim().is_empty() => {
                self.fault(spot, "This text is empty", expected, None);
                None
            }
            Some(text) => Some(text),
            None => {
                self.wrong_type(spot, expected);
                None
            }
        }
    }

    /// Returns the text at `spot`, which may be empty.
    pub(super) fn remark<'a>(&mut self, spot: &Spot<'a>, expected: &str) -> Option<&'a str> {
        let text = spot.value.as_str();
        if text.is_none() {
            self.wrong_type(spot, expected);
        }
        text
    }

    /// Returns the flag at `spot`, false where it is none.
    pub(super) fn flag(&mut self, spot: &Spot<'_>) -> bool {
        spot.value.as_bool().unwrap_or_else(|| {
            self.wrong_type(spot, "true or false");
            false
        })
    }

    /// Returns the whole number at `spot`, at least `least`.
    pub(super) fn count(&mut self, spot: &Spot<'_>, least: u32) -> Option<u32> {
        let expected = format!("a whole number, {least} or more");
        let Some(number) = spot.value.as_number() else {
            self.wrong_type(spot, &expected);
            return None;
        };
        // 2.0 is as good as 2: other programs write it so.
        let whole = number.as_u64().or_else(|| {
            let float = number.as_f64()?;
            (float.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&float)).then_some(float as u64)
        });
        match whole.and_then(|whole| u32::try_from(whole).ok()).filter(|count| *count >= least) {
            Some(count) => Some(count),
            None => {
                self.fault(spot, format!("{number} does not work here"), &expected, None);
                None
            }
        }
    }

    /// Returns the list at `spot`.
    pub(super) fn list<'a>(&mut self, spot: &Spot<'a>, expected: &str) -> &'a [Value] {
        spot.value.as_array().map_or_else(
            || {
                self.wrong_type(spot, expected);
                &[]
            },
            Vec::as_slice,
        )
    }

    /// Returns the entries of the object at `spot`, whatever their names; an empty name is a fault.
    pub(super) fn entries<'a>(&mut self, spot: &Spot<'a>, expected: &str) -> Vec<(&'a String, &'a Value)> {
        let Some(object) = spot.value.as_object() else {
            self.wrong_type(spot, expected);
            return Vec::new();
        };
        if let Some((name, value)) = object.iter().find(|(name, _)| name.trim().is_empty()) {
            let entry = Spot { value, by: By::Name(name), up: Some(spot) };
            self.fault_in_name(&entry, "This name is empty", Some("a name".to_owned()), None);
        }
        object.iter().collect()
    }

    /// Returns the list of names at `spot`; one that stands twice is a fault.
    pub(super) fn names(&mut self, spot: &Spot<'_>, expected: &str) -> Vec<Key> {
        let mut names: Vec<Key> = Vec::new();
        let list = self.list(spot, expected);
        // Nearly every list is so short that looking through it costs less than a set does.
        let mut seen = (list.len() > 16).then(std::collections::HashSet::new);
        for (index, value) in list.iter().enumerate() {
            let entry = spot.entry(index, value);
            let Some(name) = self.text(&entry, "the name of a key") else { continue };
            let is_new = match &mut seen {
                Some(seen) => seen.insert(name),
                None => !names.iter().any(|known| **known == *name),
            };
            if is_new {
                names.push(name.into());
            } else {
                self.fault(&entry, format!("\"{name}\" stands twice in this list"), "each key once", None);
            }
        }
        names
    }

    /// Returns the jq filter at `spot` after checking its syntax.
    pub(super) fn filter<'a>(&mut self, spot: &Spot<'a>, expected: &str) -> Option<&'a str> {
        let text = self.text(spot, expected)?;
        if let Err(fault) = (self.check)(text) {
            self.faulty_filter(spot, &fault.message, fault.span);
        }
        Some(text)
    }

    /// Tells whether `text` is a jq filter.
    pub(super) fn is_filter(&self, text: &str) -> bool {
        (self.check)(text).is_ok()
    }

    /// Returns the text at `spot`, in which `\(…)` are filters, after checking their syntax.
    pub(super) fn template<'a>(&mut self, spot: &Spot<'a>, expected: &str) -> Option<&'a str> {
        let text = self.text(spot, expected)?;
        for (start, piece) in crate::jq::interpolations(text) {
            match piece {
                Some(piece) => {
                    if let Err(fault) = (self.check)(piece) {
                        let span = start + fault.span.start..start + fault.span.end;
                        self.faulty_filter(spot, &fault.message, span);
                    }
                }
                None => self.faulty_filter(spot, "the \\( here is never closed", start..start + 2),
            }
        }
        Some(text)
    }

    fn faulty_filter(&mut self, spot: &Spot<'_>, message: &str, span: Range<usize>) {
        let at = At::Inside(span);
        self.note(spot, at, format!("This is not a jq filter: {message}"), Some("a jq filter".to_owned()), None);
    }

    /// Returns the conditions at `spot` by the name that each stands under.
    pub(super) fn conditions(&mut self, spot: &Spot<'_>, expected: &str) -> IndexMap<Arc<str>, Arc<str>> {
        let mut conditions = IndexMap::default();
        for (name, value) in self.entries(spot, expected) {
            if let Some(condition) = self.filter(&spot.field(name, value), "a jq condition, as a text") {
                conditions.insert(Arc::from(name.as_str()), Arc::from(condition));
            }
        }
        conditions
    }

    /// Returns the labelled checks at `spot`.
    pub(super) fn checks(&mut self, spot: &Spot<'_>) -> Vec<Check> {
        let expected = "an object: what is checked, in words → a jq condition";
        let conditions = self.conditions(spot, expected);
        conditions.into_iter().map(|(label, condition)| Check { label, condition }).collect()
    }
}

/// Returns what `value` is, in words.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
