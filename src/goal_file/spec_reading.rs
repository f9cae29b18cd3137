//! What a kind of tool is lent of the reader while it reads its settings.

use std::sync::Arc;

use super::reader::{Reader, Spot};
use crate::engine::goal::{Key, Servers};
use crate::engine::value::Value;
use crate::tools::reading::{Part, Reading, Shape};

/// A value of the goal file as a kind of tool reads it.
pub(super) struct SpecReading<'r, 'c, 's> {
    reader: &'r mut Reader<'c>,
    spot: Spot<'s>,
}

impl<'r, 'c, 's> SpecReading<'r, 'c, 's> {
    /// Returns the value at `spot` to be read.
    pub(super) fn new(reader: &'r mut Reader<'c>, spot: Spot<'s>) -> SpecReading<'r, 'c, 's> {
        SpecReading { reader, spot }
    }
}

impl Reading for SpecReading<'_, '_, '_> {
    fn value(&self) -> &Value {
        self.spot.value
    }

    fn fault_at(&mut self, way: &[Part<'_>], message: &str, expected: &str, hint: Option<String>) {
        fault_below(self.reader, &self.spot, way, message, expected, hint);
    }

    fn text(&mut self, expected: &str) -> Option<Arc<str>> {
        self.reader.text(&self.spot, expected).map(Arc::from)
    }

    fn filter(&mut self, expected: &str) -> Option<Arc<str>> {
        self.reader.filter(&self.spot, expected).map(Arc::from)
    }

    fn template(&mut self, expected: &str) -> Option<Arc<str>> {
        self.reader.template(&self.spot, expected).map(Arc::from)
    }

    fn names(&mut self, expected: &str) -> Vec<Key> {
        self.reader.names(&self.spot, expected)
    }

    fn servers(&self) -> Arc<Servers> {
        self.reader.servers.clone()
    }

    fn is_recorded(&self) -> bool {
        self.reader.recorded
    }

    fn count(&mut self, least: u32) -> Option<u32> {
        self.reader.count(&self.spot, least)
    }

    fn each(&mut self, expected: &str, each: &mut dyn FnMut(usize, &mut dyn Reading)) {
        let spot = self.spot;
        for (at, value) in self.reader.list(&spot, expected).iter().enumerate() {
            each(at, &mut SpecReading::new(self.reader, spot.entry(at, value)));
        }
    }

    fn fields(&mut self, shape: &Shape, each: &mut dyn FnMut(&str, &mut dyn Reading)) {
        let spot = self.spot;
        for (name, value) in self.reader.object(&spot, shape).into_iter().flatten() {
            if shape.fields.iter().any(|field| field.name == name) {
                each(name, &mut SpecReading::new(self.reader, spot.field(name, value)));
            }
        }
    }
}

/// Notes that what stands at `way` from `spot` is wrong; where the way ends early, that its last value is.
fn fault_below(
    reader: &mut Reader<'_>,
    spot: &Spot<'_>,
    way: &[Part<'_>],
    message: &str,
    expected: &str,
    hint: Option<String>,
) {
    let Some((first, rest)) = way.split_first() else { return reader.fault(spot, message, expected, hint) };
    let below = match first {
        Part::Name(name) => spot.value.get(name).map(|value| spot.field(name, value)),
        Part::Index(index) => spot.value.get(index).map(|value| spot.entry(*index, value)),
    };
    match below {
        Some(below) => fault_below(reader, &below, rest, message, expected, hint),
        None => reader.fault(spot, message, expected, hint),
    }
}
