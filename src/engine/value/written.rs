//! A long value as it is written: its JSON text, looked through once, and read only where somebody looks inside.
//!
//! As a tree of values it would take some eight times as much memory, and a second to make for each 100 MB.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::outline::{self, Outline, Part};
use super::{MAX_DEPTH, Shared, Text, Value, scan, walk};

/// Of how many children of objects it is remembered where they stand.
const REMEMBERED: usize = 8_192;

/// A value as the text that `serde_json` writes of it.
pub struct Written {
    text: Text,
    outline: Outline,
    hash: u64,
    /// The whole value, once somebody needed it.
    tree: OnceLock<Value>,
    /// Where children of long objects begin that were listed or looked for: by where the object begins, and their names.
    places: Mutex<HashMap<(usize, Box<str>), usize>>,
}

impl Written {
    /// Returns the value that `text` is; none where that is not JSON, or nests too deep.
    pub fn new(text: Text) -> Option<Written> {
        let outline = walk::outline(&text, MAX_DEPTH, outline::LONG)?;
        Some(Written::outlined(text, outline))
    }

    /// Returns the value that `text` is, whose outline is known.
    pub fn outlined(text: Text, outline: Outline) -> Written {
        let hash = super::long_text_hash(&text);
        Written { text, outline, hash, tree: OnceLock::new(), places: Mutex::default() }
    }

    /// Returns its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns how many lists and objects are around its innermost value.
    pub fn depth(&self) -> usize {
        self.outline.depth
    }

    /// Returns a hash of its text.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// Returns the whole value as a tree, which stays: for what has no other way. Costs a second for each 100 MB.
    pub fn tree(&self) -> &Value {
        self.tree.get_or_init(|| read(&self.text))
    }

    /// Tells whether the whole value was needed as a tree.
    pub fn is_tree(&self) -> bool {
        self.tree.get().is_some()
    }

    /// Returns how it is looked at.
    pub fn look(&self) -> Inside<'_> {
        Inside { written: self, at: scan::past_space(&self.text, 0) }
    }
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Written({} bytes, {:016x})", self.text.len(), self.hash)
    }
}

/// Reads what was found to be JSON. What cannot be read all the same was written by somebody else, and says so.
fn read(text: &str) -> Value {
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.disable_recursion_limit(); // its outline says that it is no deeper than a value may be
    serde::Deserialize::deserialize(&mut reader)
        .unwrap_or_else(|error| Value::String(format!("cannot be read: {error}")))
}

/// A value inside a long one.
#[derive(Clone, Copy)]
pub struct Inside<'a> {
    written: &'a Written,
    /// Where its text begins.
    at: usize,
}

/// What a value inside a long one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A list.
    List,
    /// An object.
    Object,
    /// A text.
    Text,
    /// Anything else.
    Short,
}

impl<'a> Inside<'a> {
    /// Returns what it is.
    pub fn shape(self) -> Shape {
        match self.written.text.as_bytes().get(self.at) {
            Some(b'[') => Shape::List,
            Some(b'{') => Shape::Object,
            Some(b'"') => Shape::Text,
            Some(_) | None => Shape::Short,
        }
    }

    fn part(self) -> Option<&'a Part> {
        self.written.outline.parts.get(&self.at)
    }

    /// Returns its text.
    pub fn text(self) -> &'a str {
        let Written { text, outline, .. } = self.written;
        text.get(self.at..outline.end(text, self.at)).unwrap_or_default()
    }

    /// Returns it as a value of its own, copied: read as long as it is.
    pub fn to_value(self) -> Value {
        read(self.text())
    }

    /// Returns it as a value by itself, copied.
    pub fn share(self) -> Shared {
        let text = self.text();
        let long = (text.len() >= super::LONG).then(|| Written::new(text.to_owned().into())).flatten();
        long.map_or_else(|| Shared::new(self.to_value()), Shared::written)
    }

    /// Returns the beginning of a text, at least `least` bytes of it where it has so many; of anything else, nothing.
    pub fn beginning(self, least: usize) -> String {
        let text = self.text();
        if self.shape() != Shape::Text {
            return String::new();
        }
        // An escape takes six bytes for one at most, and must not be cut in two.
        let most = least.saturating_mul(6).saturating_add(16);
        if text.len() <= most {
            return serde_json::from_str(text).unwrap_or_default();
        }
        let cut = (1..=most).rev().take(16).filter(|at| text.is_char_boundary(*at)).find_map(|at| {
            let quoted = format!("{}\"", text.get(..at)?);
            serde_json::from_str(&quoted).ok()
        });
        cut.unwrap_or_default()
    }

    /// Tells whether it is a long list or object.
    pub fn is_long(self) -> bool {
        self.part().is_some()
    }

    /// Returns how many children it has.
    pub fn count(self) -> usize {
        self.part().map_or_else(|| self.unnoticed(0).count(), |part| part.count)
    }

    /// Returns its children from the place `from` on, in an object with their names.
    pub fn children(self, from: usize) -> impl Iterator<Item = (Option<Cow<'a, str>>, Inside<'a>)> {
        let remembers = self.part().is_some();
        self.unnoticed(from).inspect(move |(name, child)| {
            if let Some(name) = name.as_ref().filter(|_| remembers) {
                self.remember(name, child.at);
            }
        })
    }

    /// Returns its children, without remembering where they stand.
    fn unnoticed(self, from: usize) -> impl Iterator<Item = (Option<Cow<'a, str>>, Inside<'a>)> {
        let Written { text, outline, .. } = self.written;
        let child = move |range: Range<usize>| Inside { written: self.written, at: range.start };
        outline::children(text, outline, self.at, from).map(move |(name, range)| (name.map(unquoted), child(range)))
    }

    /// Returns the child that `token`, a part of a JSON pointer, leads to.
    pub fn child(self, token: &str) -> Option<Inside<'a>> {
        match self.shape() {
            Shape::List => {
                let plain = token == "0" || !token.starts_with(['0', '+']);
                let at: usize = token.parse().ok().filter(|_| plain)?;
                self.children(at).next().map(|(_, child)| child)
            }
            Shape::Object => {
                let name = token.replace("~1", "/").replace("~0", "~");
                let known = (self.at, name.into_boxed_str());
                let places = self.written.places.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(at) = places.get(&known) {
                    return Some(Inside { at: *at, ..self });
                }
                drop(places);
                self.named(&known.1).map(|(_, child)| child)
            }
            Shape::Text | Shape::Short => None,
        }
    }

    /// Returns the child of this name, and its place among the children. Looks through those before it.
    pub fn named(self, name: &str) -> Option<(usize, Inside<'a>)> {
        let is_it = |found: &Option<Cow<'_, str>>| found.as_deref() == Some(name);
        let (place, (_, child)) = self.unnoticed(0).enumerate().find(|(_, (found, _))| is_it(found))?;
        if self.part().is_some() {
            self.remember(name, child.at);
        }
        Some((place, child))
    }

    /// Returns the place, and in an object the name, of the child in whose text the byte `at` of the whole value stands.
    pub fn child_at(self, at: usize) -> Option<(usize, Option<Cow<'a, str>>)> {
        let before =
            |part: &Part| part.number(part.marks.partition_point(|mark| *mark as usize <= at).saturating_sub(1));
        let from = self.part().map_or(0, before);
        let Written { text, outline, .. } = self.written;
        let children = outline::children(text, outline, self.at, from).enumerate();
        let found =
            children.take_while(|(_, (_, range))| range.start <= at).find(|(_, (_, range))| range.contains(&at));
        found.map(|(place, (name, _))| (from + place, name.map(unquoted)))
    }

    fn remember(self, name: &str, at: usize) {
        let mut places = self.written.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= REMEMBERED {
            places.clear();
        }
        places.insert((self.at, name.into()), at);
    }
}

/// Returns the name that is written like this, quotes included.
fn unquoted(written: &str) -> Cow<'_, str> {
    let inner = written.get(1..written.len().saturating_sub(1)).unwrap_or_default();
    if inner.contains('\\') {
        Cow::Owned(serde_json::from_str(written).unwrap_or_default())
    } else {
        Cow::Borrowed(inner)
    }
}
