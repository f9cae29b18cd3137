//! The rows of the context pane: one for each key, and below a key those of what is unfolded of its value.

use std::borrow::Cow;
use std::ops::Range;

/// Which context a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The context of the session.
    Outer,
    /// What the loop under way knows.
    Inner,
    /// None: a heading between the two.
    Heading,
    /// None: it is what a watch comes to.
    Watches,
}

/// What a row says of the value that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The value itself, in short.
    Value,
    /// The difference at this place of what the last moment changed in the key's value.
    Difference(usize),
    /// The next line of a text.
    Text,
    /// Entries that are left out behind those that are shown.
    Rest,
    /// Entries that are left out before them.
    Before,
}

/// One row of the context pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueRow {
    /// Which context it belongs to.
    pub part: Part,
    /// The place of its key in the ledger of that context.
    pub entry: usize,
    /// The JSON pointer into the key's value; empty: the key itself.
    pub pointer: String,
    /// How deep it stands.
    pub depth: u16,
    /// The name that it stands under inside a value: a field, or an index; the words of a text, or of a rest.
    pub name: String,
    /// What it says.
    pub kind: Kind,
    /// The first line of a text that goes on below.
    pub first: Option<String>,
}

impl ValueRow {
    /// Returns the row of a value that stands in one line.
    pub fn new(part: Part, entry: usize, pointer: String, depth: u16, name: String) -> ValueRow {
        ValueRow { part, entry, pointer, depth, name, kind: Kind::Value, first: None }
    }
}

/// The rows, of which only those inside values are kept: there are as many others as there are keys.
#[derive(Clone, Debug, Default)]
pub struct Values {
    blocks: Vec<Block>,
}

/// The rows of one context.
#[derive(Clone, Debug)]
struct Block {
    part: Part,
    /// What stands above it, in a row of its own.
    heading: Option<String>,
    /// Its first row, the heading included.
    start: usize,
    keys: usize,
    /// The keys that are unfolded, in their order.
    open: Vec<Open>,
}

/// A key that is unfolded.
#[derive(Clone, Debug)]
struct Open {
    /// Its place among the keys.
    entry: usize,
    /// Its place among the rows of its context, the heading not counted.
    row: usize,
    /// The first line of its text, where that goes on below.
    first: Option<String>,
    /// The rows below it.
    inside: Vec<ValueRow>,
}

impl Block {
    fn headed(&self) -> usize {
        usize::from(self.heading.is_some())
    }

    fn own(&self) -> usize {
        self.open.last().map_or(self.keys, |last| last.row - last.entry + last.inside.len() + self.keys)
    }

    /// Returns the row at `at`, the heading not counted.
    fn get(&self, at: usize) -> Cow<'_, ValueRow> {
        let above = self.open.partition_point(|open| open.row < at);
        let entry = match above.checked_sub(1).and_then(|above| self.open.get(above)) {
            None => at,
            Some(open) => match open.inside.get(at - open.row - 1) {
                Some(row) => return Cow::Borrowed(row),
                None => at - (open.row - open.entry) - open.inside.len(),
            },
        };
        let mut row = ValueRow::new(self.part, entry, String::new(), 0, String::new());
        row.first = self.open.get(above).filter(|open| open.row == at).and_then(|open| open.first.clone());
        Cow::Owned(row)
    }
}

impl Values {
    /// Puts a context with so many keys behind the others, none of them unfolded.
    pub fn add(&mut self, part: Part, heading: Option<String>, keys: usize) {
        let start = self.len();
        self.blocks.push(Block { part, heading, start, keys, open: Vec::new() });
    }

    /// Unfolds the key at `entry` of the context that was added last; it stands behind those that are unfolded already.
    /// `first` is the first line of its text, where it has one that goes on in the rows `inside`.
    pub fn open(&mut self, entry: usize, first: Option<String>, inside: Vec<ValueRow>) {
        if let Some(block) = self.blocks.last_mut()
            && !inside.is_empty()
        {
            let row = entry + block.own() - block.keys;
            block.open.push(Open { entry, row, first, inside });
        }
    }

    /// Returns how many rows there are.
    pub fn len(&self) -> usize {
        self.blocks.last().map_or(0, |block| block.start + block.headed() + block.own())
    }

    /// Returns how many rows `part` has.
    pub fn length(&self, part: Part) -> usize {
        self.blocks.iter().filter(|block| block.part == part).map(|block| block.headed() + block.own()).sum()
    }

    /// Tells whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the rows of the key at `entry` of a context: its own, and those below it. None: it is not listed.
    pub fn of(&self, part: Part, entry: usize) -> Option<Range<usize>> {
        let block = self.blocks.iter().find(|block| block.part == part)?;
        let above = block.open.partition_point(|open| open.entry < entry);
        let more = above.checked_sub(1).and_then(|above| block.open.get(above));
        let own = entry + more.map_or(0, |open| open.row - open.entry + open.inside.len());
        let inside = block.open.get(above).filter(|open| open.entry == entry).map_or(0, |open| open.inside.len());
        let own = own + block.start + block.headed();
        Some(own..own + 1 + inside)
    }

    /// Returns the row at `at`. Those of keys have no name of their own: it is the key.
    pub fn get(&self, at: usize) -> Option<Cow<'_, ValueRow>> {
        if at >= self.len() {
            return None;
        }
        let block = self.blocks.iter().rfind(|block| block.start <= at)?;
        match (at - block.start, &block.heading) {
            (0, Some(heading)) => Some(Cow::Owned(ValueRow::new(Part::Heading, 0, String::new(), 0, heading.clone()))),
            (below, _) => Some(block.get(below - block.headed())),
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

    fn inside(part: Part, entry: usize, name: &str) -> ValueRow {
        ValueRow::new(part, entry, format!("/{name}"), 1, name.to_owned())
    }

    #[test]
    fn rows_inside_values_stand_below_their_keys() {
        let mut values = Values::default();
        values.add(Part::Outer, None, 5);
        values.open(1, None, vec![inside(Part::Outer, 1, "a"), inside(Part::Outer, 1, "b")]);
        values.open(2, None, vec![inside(Part::Outer, 2, "c")]);
        values.open(3, None, vec![]);
        values.open(4, None, vec![inside(Part::Outer, 4, "d")]);
        let rows: Vec<(usize, String)> = values.from(0).map(|row| (row.entry, row.name.clone())).collect();
        let named = |entry: usize, name: &str| (entry, name.to_owned());
        let rest = [named(2, ""), named(2, "c"), named(3, ""), named(4, ""), named(4, "d")];
        assert_eq!(rows, [&[named(0, ""), named(1, ""), named(1, "a"), named(1, "b")], &rest[..]].concat());
        assert_eq!(values.len(), rows.len());
        let of = |entry| values.of(Part::Outer, entry).expect("it is listed");
        assert_eq!([of(0), of(1), of(3), of(4)], [0..1, 1..4, 6..7, 7..9]);
        assert_eq!(values.before(3).map(|(at, row)| (at, row.depth)).collect::<Vec<_>>(), [(2, 1), (1, 0), (0, 0)]);
    }

    #[test]
    fn two_contexts_stand_below_each_other_each_under_its_heading() {
        let mut values = Values::default();
        values.add(Part::Inner, Some("inside".into()), 2);
        values.open(0, None, vec![inside(Part::Inner, 0, "a")]);
        values.add(Part::Outer, Some("outside".into()), 1);
        let rows: Vec<(Part, usize)> = values.from(0).map(|row| (row.part, row.entry)).collect();
        let (heading, inner, outer) = (Part::Heading, Part::Inner, Part::Outer);
        assert_eq!(rows, [(heading, 0), (inner, 0), (inner, 0), (inner, 1), (heading, 0), (outer, 0)]);
        assert_eq!((values.of(inner, 1), values.of(outer, 0)), (Some(3..4), Some(5..6)));
    }
}
