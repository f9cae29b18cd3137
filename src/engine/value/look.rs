//! A value as one looks at it, whichever way it is held: as a tree, or inside the text of a long one.

use std::borrow::Cow;

use super::written::{Inside, Shape};
use super::{Shared, Value};

/// A value, or a part of one, as one looks at it.
#[derive(Clone, Copy)]
pub enum Look<'a> {
    /// A tree.
    Tree(&'a Value),
    /// Something inside a long value.
    Inside(Inside<'a>),
}

impl<'a> From<&'a Value> for Look<'a> {
    fn from(value: &'a Value) -> Look<'a> {
        Look::Tree(value)
    }
}

impl<'a> From<&'a Shared> for Look<'a> {
    fn from(value: &'a Shared) -> Look<'a> {
        value.look()
    }
}

impl std::fmt::Debug for Look<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Look::Tree(value) => value.fmt(f),
            Look::Inside(inside) => f.write_str(inside.text()),
        }
    }
}

impl<'a> Look<'a> {
    /// Tells whether it is a list.
    pub fn is_list(self) -> bool {
        match self {
            Look::Tree(value) => value.is_array(),
            Look::Inside(inside) => inside.shape() == Shape::List,
        }
    }

    /// Tells whether it is an object.
    pub fn is_object(self) -> bool {
        match self {
            Look::Tree(value) => value.is_object(),
            Look::Inside(inside) => inside.shape() == Shape::Object,
        }
    }

    /// Tells whether it is a list or an object.
    pub fn is_nested(self) -> bool {
        self.is_list() || self.is_object()
    }

    /// Returns how many values stand directly in it.
    pub fn count(self) -> usize {
        match self {
            Look::Tree(Value::Array(items)) => items.len(),
            Look::Tree(Value::Object(entries)) => entries.len(),
            Look::Tree(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => 0,
            Look::Inside(inside) => inside.count(),
        }
    }

    /// Returns how many bytes a text has, as it is written where it is inside a long value; none where it is no text.
    pub fn text_len(self) -> Option<usize> {
        match self {
            Look::Tree(value) => value.as_str().map(str::len),
            Look::Inside(inside) => (inside.shape() == Shape::Text).then(|| inside.text().len().saturating_sub(2)),
        }
    }

    /// Returns the beginning of a text, at least `least` bytes of it where it has so many; none where it is no text.
    pub fn beginning(self, least: usize) -> Option<Cow<'a, str>> {
        match self {
            Look::Tree(value) => value.as_str().map(Cow::Borrowed),
            Look::Inside(inside) => (inside.shape() == Shape::Text).then(|| Cow::Owned(inside.beginning(least))),
        }
    }

    /// Returns the value itself, copied where it is inside a long one.
    pub fn value(self) -> Cow<'a, Value> {
        match self {
            Look::Tree(value) => Cow::Borrowed(value),
            Look::Inside(inside) => Cow::Owned(inside.to_value()),
        }
    }

    /// Returns it as a value by itself, copied.
    pub fn share(self) -> Shared {
        match self {
            Look::Tree(value) => Shared::new(value.clone()),
            Look::Inside(inside) => inside.share(),
        }
    }

    /// Returns the number that it is.
    pub fn number(self) -> Option<f64> {
        match self {
            Look::Tree(value) => value.as_f64(),
            Look::Inside(inside) => inside.text().parse().ok().filter(|_| inside.shape() == Shape::Short),
        }
    }

    /// Returns the value; of a long one, copied, only its first `most` children.
    pub fn few(self, most: usize) -> Cow<'a, Value> {
        let inside = match self {
            Look::Tree(value) => return Cow::Borrowed(value),
            Look::Inside(inside) if !inside.is_long() && inside.shape() != Shape::Text => return self.value(),
            Look::Inside(inside) => inside,
        };
        let children = self.children(0).take(most).map(|(name, child)| (name, child.few(most).into_owned()));
        Cow::Owned(match inside.shape() {
            Shape::List => children.map(|(_, child)| child).collect(),
            Shape::Object => children.map(|(name, child)| (name.unwrap_or_default().into_owned(), child)).collect(),
            Shape::Text | Shape::Short => Value::String(inside.beginning(most)),
        })
    }

    /// Returns its JSON text on one line.
    pub fn json(self) -> Cow<'a, str> {
        match self {
            Look::Tree(value) => Cow::Owned(value.to_string()),
            Look::Inside(inside) => Cow::Borrowed(inside.text()),
        }
    }

    /// Returns the values directly in it from the place `from` on, in an object with their names.
    pub fn children(self, from: usize) -> Box<dyn Iterator<Item = (Option<Cow<'a, str>>, Look<'a>)> + 'a> {
        match self {
            Look::Tree(Value::Array(items)) => {
                Box::new(items.get(from..).unwrap_or_default().iter().map(|item| (None, Look::Tree(item))))
            }
            Look::Tree(Value::Object(entries)) => {
                let entry = |(name, value): (&'a String, &'a Value)| (Some(Cow::from(name)), Look::Tree(value));
                Box::new(entries.iter().skip(from).map(entry))
            }
            Look::Tree(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
                Box::new(std::iter::empty())
            }
            Look::Inside(inside) => Box::new(inside.children(from).map(|(name, child)| (name, Look::Inside(child)))),
        }
    }

    /// Returns the part of it that a JSON pointer leads to.
    pub fn pointer(self, pointer: &str) -> Option<Look<'a>> {
        match self {
            Look::Tree(value) => value.pointer(pointer).map(Look::Tree),
            Look::Inside(_) if pointer.is_empty() => Some(self),
            Look::Inside(inside) => {
                let way = pointer.strip_prefix('/')?;
                way.split('/').try_fold(inside, Inside::child).map(Look::Inside)
            }
        }
    }

    /// Returns the field of this name of an object.
    pub fn field(self, name: &str) -> Option<Look<'a>> {
        match self {
            Look::Tree(value) => value.as_object()?.get(name).map(Look::Tree),
            Look::Inside(_) if !self.is_object() => None,
            Look::Inside(_) => self.pointer(&format!("/{}", name.replace('~', "~0").replace('/', "~1"))),
        }
    }

    /// Returns the place, and in an object the name, of the value directly in it in whose text the byte `at` of the whole
    /// long value stands; none outside of long values, and where it stands in none of them.
    pub fn child_at(self, at: usize) -> Option<(usize, Option<Cow<'a, str>>)> {
        match self {
            Look::Tree(_) => None,
            Look::Inside(inside) => inside.child_at(at),
        }
    }

    /// Returns the place among the values directly in it of the one that `token`, a part of a JSON pointer, leads to.
    pub fn place(self, token: &str) -> Option<usize> {
        if self.is_list() {
            return token.parse().ok();
        }
        let name = token.replace("~1", "/").replace("~0", "~");
        match self {
            Look::Tree(value) => value.as_object()?.keys().position(|key| *key == name),
            Look::Inside(inside) => inside.named(&name).map(|(place, _)| place),
        }
    }
}
