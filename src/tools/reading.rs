//! How a kind reads its settings from a goal file: the little that it is given of the reader.
//!
//! The reader stands in `goal_file`, which names the kinds; the kinds know it by [`Reading`] alone.

use std::sync::Arc;

use crate::engine::goal::{Key, Servers};
use crate::engine::value::Value;

/// One object of the format.
pub struct Shape {
    /// What it is, in words: "a tool".
    pub what: &'static str,
    /// Where the schema describes it: a name under `$defs`, or empty for the whole file.
    pub schema: &'static str,
    /// The fields.
    pub fields: &'static [Field],
    /// Fields that the format has and this build does not, each with the sentence that says so.
    pub later: &'static [(&'static str, &'static str)],
}

/// One field of an object.
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What stands in it, in words.
    pub what: &'static str,
}

/// Returns the field `name`, which must be there.
pub const fn needs(name: &'static str, what: &'static str) -> Field {
    Field { name, required: true, what }
}

/// Returns the field `name`, which may be there.
pub const fn may(name: &'static str, what: &'static str) -> Field {
    Field { name, required: false, what }
}

/// A part of the way from one value of a goal file to another inside it.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// The field of this name.
    Name(&'a str),
    /// The entry at this place, from 0.
    Index(usize),
}

/// A value of a goal file while it is read. What is wrong is noted with its line and column, and reading goes on.
pub trait Reading {
    /// Returns the value.
    fn value(&self) -> &Value;

    /// Notes that the value is wrong; `expected` says in words what should stand there, `hint` what to do.
    fn fault(&mut self, message: &str, expected: &str, hint: Option<String>) {
        self.fault_at(&[], message, expected, hint);
    }

    /// Notes that the value at `way` from here is wrong.
    fn fault_at(&mut self, way: &[Part<'_>], message: &str, expected: &str, hint: Option<String>);

    /// Returns the text; anything else, and an empty one, is a fault.
    fn text(&mut self, expected: &str) -> Option<Arc<str>>;

    /// Returns the jq filter, which is a fault where its syntax is.
    fn filter(&mut self, expected: &str) -> Option<Arc<str>>;

    /// Returns the text in which `\(…)` are jq filters; each is a fault where its syntax is.
    fn template(&mut self, expected: &str) -> Option<Arc<str>>;

    /// Returns the list of names; one that stands twice is a fault.
    fn names(&mut self, expected: &str) -> Vec<Key>;

    /// Returns the servers that the goal file declares.
    fn servers(&self) -> Arc<Servers>;

    /// Tells whether the goal stands in the record of a session: it was accepted once, by some planscope.
    fn is_recorded(&self) -> bool;

    /// Returns the whole number, at least `least`.
    fn count(&mut self, least: u32) -> Option<u32>;

    /// Reads each entry of the list that this should be, with its place from 0.
    fn each(&mut self, expected: &str, each: &mut dyn FnMut(usize, &mut dyn Reading));

    /// Reads each field of the object that this should be by its name; what is not of `shape` is a fault.
    fn fields(&mut self, shape: &Shape, each: &mut dyn FnMut(&str, &mut dyn Reading));
}
