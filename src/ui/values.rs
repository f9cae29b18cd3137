//! The rows of the context pane: one for each key, and below a key those of what is unfolded of its value. Where a
//! loop is under way, the rows of what it knows stand before those of the session, each under a heading.

use std::borrow::Cow;

use super::model::{Part, ValueRow};

/// The rows, of which only those inside values are kept: there are as many others as there are keys.
#[derive(Clone, Debug, Default)]
pub struct Values {
    part: Part,
    keys: usize,
    /// The keys that are unfolded, in their order.
    open: Vec<Open>,
}

/// A key that is unfolded.
#[derive(Clone, Debug)]
struct Open {
    /// Its place among the keys.
    entry: usize,
    /// Its place among the rows.
    row: usize,
    /// The rows below it.
    inside: Vec<ValueRow>,
}

impl Values {
    /// Returns the rows of so many keys of one context, none of them unfolded.
    pub fn new(part: Part, keys: usize) -> Values {
        Values { part, keys, open: Vec::new() }
    }

    /// Unfolds the key at `entry`, which stands behind those that are unfolded already: these rows stand below it.
    pub fn open(&mut self, entry: usize, inside: Vec<ValueRow>) {
        if !inside.is_empty() {
            self.open.push(Open { entry, row: entry + self.len() - self.keys, inside });
        }
    }

    /// Returns how many rows there are.
    pub fn len(&self) -> usize {
        self.open.last().map_or(self.keys, |last| last.row - last.entry + last.inside.len() + self.keys)
    }

    /// Tells whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the rows of the key at `entry`: its own, and those below it.
    pub fn of(&self, entry: usize) -> std::ops::Range<usize> {
        let above = self.open.partition_point(|open| open.entry < entry);
        let more = above.checked_sub(1).and_then(|above| self.open.get(above));
        let own = entry + more.map_or(0, |open| open.row - open.entry + open.inside.len());
        let inside = self.open.get(above).filter(|open| open.entry == entry).map_or(0, |open| open.inside.len());
        own..own + 1 + inside
    }

    /// Returns the row at `at`. Those of keys have no name of their own: it is the key.
    pub fn get(&self, at: usize) -> Option<Cow<'_, ValueRow>> {
        if at >= self.len() {
            return None;
        }
        let above = self.open.partition_point(|open| open.row < at);
        let entry = match above.checked_sub(1).and_then(|above| self.open.get(above)) {
            None => at,
            Some(open) => match open.inside.get(at - open.row - 1) {
                Some(row) => return Some(Cow::Borrowed(row)),
                None => at - (open.row - open.entry) - open.inside.len(),
            },
        };
        Some(Cow::Owned(bare(self.part, entry)))
    }
}

/// Returns the row of a key, or a heading.
fn bare(part: Part, entry: usize) -> ValueRow {
    ValueRow { part, entry, pointer: String::new(), depth: 0, name: String::new(), rest: false }
}

/// The rows of the pane: of the session alone, or those of a loop's context before them.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    inside: Option<Values>,
    outside: Values,
}

impl Rows {
    /// Returns the rows of the session, and before them those of the loop that is under way.
    pub fn new(inside: Option<Values>, outside: Values) -> Rows {
        Rows { inside, outside }
    }

    /// Returns how many rows there are.
    pub fn len(&self) -> usize {
        self.inside.as_ref().map_or(0, |inside| inside.len() + 2) + self.outside.len()
    }

    /// Tells whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the rows of the key at `entry` of one context: its own, and those below it.
    pub fn of(&self, part: Part, entry: usize) -> std::ops::Range<usize> {
        let (rows, above) = match (part, &self.inside) {
            (Part::Inner, Some(inside)) => (inside.of(entry), 1),
            (_, Some(inside)) => (self.outside.of(entry), inside.len() + 2),
            (_, None) => (self.outside.of(entry), 0),
        };
        rows.start + above..rows.end + above
    }

    /// Returns the row at `at`. Those of keys have no name of their own: it is the key.
    pub fn get(&self, at: usize) -> Option<Cow<'_, ValueRow>> {
        let Some(inside) = &self.inside else { return self.outside.get(at) };
        match at {
            0 => Some(Cow::Owned(bare(Part::Heading, 0))),
            at if at <= inside.len() => inside.get(at - 1),
            at if at == inside.len() + 1 => Some(Cow::Owned(bare(Part::Heading, 1))),
            at => self.outside.get(at - inside.len() - 2),
        }
    }

    /// Returns the rows from `at` on.
    pub fn from(&self, at: usize) -> impl Iterator<Item = Cow<'_, ValueRow>> {
        (at..).map_while(|at| self.get(at))
    }

    /// Returns the rows before `at`, the nearest first, each with its place.
    pub fn before(&self, at: usize) -> impl Iterator<Item = (usize, Cow<'_, ValueRow>)> {
        (0..at).rev().filter_map(|at| Some((at, self.get(at)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(entry: usize, name: &str) -> ValueRow {
        ValueRow { part: Part::Outer, entry, pointer: format!("/{name}"), depth: 1, name: name.to_owned(), rest: false }
    }

    #[test]
    fn rows_inside_values_stand_below_their_keys() {
        let mut values = Values::new(Part::Outer, 5);
        values.open(1, vec![inside(1, "a"), inside(1, "b")]);
        values.open(2, vec![inside(2, "c")]);
        values.open(3, vec![]);
        values.open(4, vec![inside(4, "d")]);
        let rows = Rows::new(None, values.clone());
        assert_eq!(rows.before(3).map(|(at, row)| (at, row.depth)).collect::<Vec<_>>(), [(2, 1), (1, 0), (0, 0)]);
        let rows: Vec<(usize, String)> = rows.from(0).map(|row| (row.entry, row.name.clone())).collect();
        let named = |entry: usize, name: &str| (entry, name.to_owned());
        let rest = [named(2, ""), named(2, "c"), named(3, ""), named(4, ""), named(4, "d")];
        assert_eq!(rows, [&[named(0, ""), named(1, ""), named(1, "a"), named(1, "b")], &rest[..]].concat());
        assert_eq!(values.len(), rows.len());
        let both = Rows::new(Some(Values::new(Part::Inner, 2)), values.clone());
        assert_eq!((both.len(), both.of(Part::Inner, 1), both.of(Part::Outer, 0)), (13, 2..3, 4..5));
        let parts: Vec<Part> = both.from(0).take(5).map(|row| row.part).collect();
        assert_eq!(parts, [Part::Heading, Part::Inner, Part::Inner, Part::Heading, Part::Outer]);
        assert_eq!([values.of(0), values.of(1), values.of(3), values.of(4)], [0..1, 1..4, 6..7, 7..9]);
    }
}
