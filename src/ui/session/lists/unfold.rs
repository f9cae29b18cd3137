//! What is unfolded of the values in the context pane: what a person unfolded, what the shown moment changed, and of
//! everything else as much as there are rows for, one level after the other.

use std::collections::HashSet;

use crate::describe::change::{self, Change};
use crate::describe::difference::Leaf;
use crate::describe::sign::Role;
use crate::describe::{text, value};
use crate::engine::context::Datum;
use crate::engine::goal::Key;
use crate::engine::plan::StepId;
use crate::engine::value::{Look, Shared};
use crate::ui::session::lists::context::{Book, folded_as, is_news, key_of};
use crate::ui::session::model::Folds;
use crate::ui::widgets::json_rows::{Kind, ValueRow, Values};

/// How many entries of a value show before any value shows more.
const PEEK: usize = 3;

/// How many entries of an unfolded list or object, or lines of a text, show at most.
pub const MOST: usize = 500;

/// How many lines of a text show that nobody unfolded.
const LINES: usize = 6;

/// How wide a text is set that stands in several lines, or beside its hand-off.
pub const MEASURE: usize = 60;

/// By how much the gap before a hand-off may shrink where the value stands whole then.
pub const TIGHT: usize = 2;

/// How wide a list or object may be that stands whole in the row of its key.
const WHOLE: usize = 14;

/// The column at which the hand-offs begin in a wide pane.
pub const HAND_OFF: usize = 44;

/// Returns the column at which the values of keys begin.
pub fn values_at(width: usize) -> usize {
    18.min(width / 2)
}

/// Returns the column at which the value of `row` begins, behind its name: those of fields stand below the value that
/// they belong to, those of list items right behind their index.
pub fn begins_at(name: &str, depth: u16, width: usize) -> usize {
    let behind = text::width(name) + 4 + 2 * usize::from(depth);
    match depth > 0 && name.starts_with(|c: char| c.is_ascii_digit()) {
        true => behind,
        false => values_at(width).max(behind - 1),
    }
}

/// How wide a value may be that stands whole in its row before all who read it do.
const SHORT: usize = 16;

/// How much of a longer one is seen beside them.
const SEEN: usize = 8;

/// How much room a change has before those who read the value do.
const CHANGED: usize = 24;

/// How many of those who read a value are named at most.
const READERS: usize = 8;

/// Returns the hand-off of the key at `entry` as its row shows it on the right: whether a person gave it, what to say. Of
/// those who read it as many are named as find room beside the value, or beside what the shown moment changed in it.
pub fn beside(
    book: &Book<'_>,
    entry: usize,
    (datum, change): (Option<&Datum>, Option<&Change>),
    width: usize,
) -> (&'static str, String) {
    if book.watches.is_some() {
        return ("", String::new()); // what it comes to was handed over by nobody
    }
    let needs = datum.map_or(0, |datum| text::width(&short(&datum.value, SHORT)));
    let needs = match change.filter(|change| change.role == Role::Changed) {
        Some(_) => text::width(&of_key(datum, change, CHANGED)),
        None if needs < SHORT => needs,
        None => SEEN,
    };
    let mine = match datum {
        Some(datum) if datum.pinned && width >= 44 => "✎ pinned ",
        Some(datum) if datum.pinned || datum.is_given() => "✎ ",
        Some(_) | None => "",
    };
    let begins = book.ledger.key(entry).map_or(0, |key| begins_at(key, 0, width));
    let room = width.saturating_sub(begins + needs + 1 + text::width(mine));
    let fits = |words: &String| text::width(words) <= room;
    let of = book.ledger.hand_off(entry, READERS);
    // More than find room by themselves need not be tried.
    let mut left = room;
    let finds_room = |id: &&StepId| {
        let wide = text::width(id) + 2;
        let finds = wide <= left;
        left = left.saturating_sub(wide);
        finds
    };
    let most = of.iter().flat_map(|of| &of.readers).take_while(finds_room).count().clamp(1, READERS);
    // The sign says who made it, where the word for that finds no room.
    let handed = of.iter().flat_map(|of| {
        let said = |most: usize| [Some(of.text(most)), (!mine.is_empty()).then(|| of.read_by(most))];
        (1..=most).rev().flat_map(said).flatten()
    });
    let right = match datum.and_then(outdated) {
        None => handed.chain([String::new()]).find(fits),
        Some(why) => {
            let whole = handed.map(|words| format!("{why}   {words}")).find(fits);
            whole.or_else(|| [why.clone(), "stale".to_owned(), String::new()].into_iter().find(fits))
        }
    };
    (mine, right.unwrap_or_default())
}

/// Returns why a value cannot be relied on, in a few words.
fn outdated(datum: &Datum) -> Option<String> {
    if datum.refuted.is_some() {
        return Some("refuted".into());
    }
    if datum.fresh {
        return None;
    }
    let from: Vec<&str> = datum.sources.iter().map(|(key, _)| &**key).take(2).collect();
    Some(if from.is_empty() { "stale".into() } else { format!("from old {}", from.join(", ")) })
}

/// Returns what the row of a key says of its value in `cells` cells: from what to what where the shown moment changed
/// it, small lists and objects whole, others by their size.
pub fn of_key(datum: Option<&Datum>, change: Option<&Change>, cells: usize) -> String {
    let is = datum.map(|datum| datum.value.look());
    match (change.and_then(|change| change.was.as_ref().map(Shared::look)), change.map(|change| change.role), is) {
        (Some(was), Some(Role::Changed), Some(is)) => match (value::size(was), value::size(is)) {
            (Some(old), Some(new)) if old == new => new,
            _ => change::pair(was, is, cells.saturating_sub(3) / 2),
        },
        (Some(was), Some(Role::Removed), _) => format!("was {}", short(was, cells.saturating_sub(4))),
        (_, _, Some(is)) => short(is, cells),
        (_, _, None) => String::new(),
    }
}

fn short<'a>(value: impl Into<Look<'a>>, cells: usize) -> String {
    let value = value.into();
    let size = value::size(value);
    let whole = value::json(value, if size.is_some() { WHOLE } else { cells });
    size.filter(|_| whole.ends_with('…')).unwrap_or(whole)
}

/// Returns what a row says of a difference in `cells` cells.
pub fn of_difference(leaf: &Leaf, change: &Change, cells: usize) -> String {
    let (was, is) = (change.was.as_ref().and_then(|was| leaf.was(was)), change.is.as_ref().and_then(|is| leaf.is(is)));
    match (was, is) {
        (Some(was), Some(is)) => change::pair(was, is, cells.saturating_sub(3) / 2),
        (was, is) => was.or(is).map(|value| value::json(value, cells)).unwrap_or_default(),
    }
}

/// Tells whether there may be more of `value` to see than stands in one row.
pub fn can_unfold(value: Look<'_>) -> bool {
    value.text_len().map_or_else(|| value.children(0).next().is_some(), |length| length > WHOLE)
}

/// A row that stands for a value, and what is shown below it.
struct Node<'a> {
    row: ValueRow,
    /// The value; none: there is nothing to unfold.
    value: Option<Look<'a>>,
    /// What the shown moment changed in it, where it is the value of a key.
    change: Option<&'a Change>,
    /// The lines of its text, where it does not fit into its row.
    lines: Vec<String>,
    /// How many of its entries are left out before those below it.
    from: usize,
    /// How many rows may stand below it, without the one that says how many are left out.
    total: usize,
    /// How many do.
    shown: usize,
    /// Whether a person unfolded it.
    by_hand: bool,
    below: Vec<Node<'a>>,
}

impl<'a> Node<'a> {
    /// Returns what differs inside it. Where it is another value as a whole, its own row says so.
    fn differences(&self) -> &'a [Leaf] {
        match self.change.map(|change| &*change.difference.leaves) {
            Some(leaves) if leaves.first().is_some_and(|leaf| !leaf.path.is_empty()) => leaves,
            Some(_) | None => &[],
        }
    }

    /// Returns how many rows below it come before those of other values: what changed, or its beginning, or its text.
    fn first(&self) -> usize {
        match self.differences().len() {
            _ if !self.lines.is_empty() => self.total,
            0 => self.total.min(PEEK),
            changed => self.total.min(changed).min(PEEK),
        }
    }

    /// Returns how many rows it takes to show so many of those below it.
    fn rows(&self, shown: usize) -> usize {
        shown + usize::from(shown > 0 && shown < self.total && self.lines.is_empty())
    }

    /// Shows up to `most` of the rows below it, as many as there is room for; a text, all or none of it.
    fn show(&mut self, most: usize, room: &mut usize) {
        let has = self.rows(self.shown);
        let fits = |shown: &usize| self.rows(*shown) <= has + *room;
        let most = most.min(self.total);
        let least = if self.lines.is_empty() { self.shown + 1 } else { most.max(1) };
        if let Some(shown) = (least..=most).rev().find(fits) {
            *room = (*room + has).saturating_sub(self.rows(shown));
            self.shown = shown;
        }
    }

    /// Shows `least` of the rows below it, whatever room there is.
    fn must(&mut self, least: usize, room: &mut usize) {
        self.shown = least.min(self.total);
        *room = room.saturating_sub(self.rows(self.shown));
    }
}

/// The context that is being unfolded, and in how much room.
struct Unfolding<'a> {
    book: &'a Book<'a>,
    folds: &'a Folds,
    width: usize,
}

/// Unfolds the values of `book` behind the keys that `values` has of it already, in `size` columns and rows.
///
/// Costs what is unfolded, however many keys there are and however big their values.
pub fn unfold(book: &Book<'_>, folds: &Folds, (width, room): (usize, usize), values: &mut Values) {
    let unfolding = Unfolding { book, folds, width };
    let mut spare = room.saturating_sub(book.count());
    let mut keys: Vec<Node<'_>> = unfolding.keys(room);
    let mut level: Vec<&mut Node<'_>> = keys.iter_mut().collect();
    while !level.is_empty() {
        for node in &mut level {
            let first = node.first();
            if node.by_hand {
                node.must(MOST, &mut spare);
            } else if node.change.is_some() && node.lines.is_empty() {
                node.must(first, &mut spare);
            } else {
                node.show(first, &mut spare);
            }
        }
        for node in &mut level {
            node.show(if node.differences().is_empty() { MOST } else { node.differences().len() }, &mut spare);
        }
        // What a changed value has in common with the one before comes last, and only where all of it finds room.
        for node in level.iter_mut().filter(|node| !node.differences().is_empty()) {
            if node.rows(node.total) <= node.rows(node.shown) + spare {
                node.show(MOST, &mut spare);
            }
        }
        let mut next = Vec::new();
        for node in level.into_iter().filter(|node| node.shown > 0 && node.lines.is_empty()) {
            node.below = unfolding.below(node, spare > 0);
            let Node { below, .. } = node;
            next.extend(below);
        }
        level = next;
    }
    keys.sort_unstable_by_key(|node| node.row.entry);
    for node in keys.into_iter().filter(|node| node.shown > 0) {
        let mut rows = Vec::new();
        let (entry, first) = (node.row.entry, node.lines.first().cloned());
        list(node, &mut rows);
        values.open(entry, first, rows);
    }
}

impl<'a> Unfolding<'a> {
    /// Returns the keys whose values may be unfolded, those first that come first where room is short: what the shown
    /// moment changed, then what was written last.
    fn keys(&self, room: usize) -> Vec<Node<'a>> {
        let Book { part, touched, .. } = *self.book;
        let mut entries: Vec<usize> = if self.book.count() <= room {
            (0..self.book.count()).collect()
        } else {
            let by_hand = self.folds.open.iter().filter(|(_, open)| **open).filter_map(|(name, _)| key_of(part, name));
            let news = touched.values().filter(|change| is_news(change)).map(|change| &*change.key);
            by_hand.chain(news).filter_map(|key| self.book.place(key)).collect()
        };
        entries.sort_unstable();
        entries.dedup();
        let node = |entry: usize| {
            let key = self.book.key(entry)?;
            let datum = self.book.datum(key)?;
            let change = touched.get(key).filter(|change| is_news(change));
            let row = ValueRow::new(part, entry, String::new(), 0, String::new());
            let mut node = self.node(key, row, Some(datum.value.look()), change, true);
            if !node.lines.is_empty() || node.by_hand || !node.differences().is_empty() {
                return Some((datum.version, node));
            }
            // What stands whole in its row has nothing to show below it.
            if value::size(&datum.value).is_some_and(|size| short(&datum.value, WHOLE) != size) {
                node.total = 0;
            }
            Some((datum.version, node))
        };
        let mut keys: Vec<_> = entries.into_iter().filter_map(node).collect();
        keys.sort_by_key(|(version, node)| (node.change.is_none(), std::cmp::Reverse(*version)));
        keys.into_iter().map(|(_, node)| node).collect()
    }

    fn node(
        &self,
        key: &Key,
        row: ValueRow,
        value: Option<Look<'a>>,
        change: Option<&'a Change>,
        room: bool,
    ) -> Node<'a> {
        let name = folded_as(self.book.part, key, &row.pointer);
        let folded = self.folds.open.get(&name).copied();
        let by_hand = folded == Some(true);
        let (total, lines, below) = (0, Vec::new(), Vec::new());
        let from = self.folds.from.get(&name).copied().unwrap_or(0);
        let mut node = Node { row, value, change, lines, from, total, shown: 0, by_hand, below };
        let Some(value) = value.filter(|_| folded != Some(false) && (room || by_hand)) else { return node };
        if value::size(value).is_none() {
            node.lines = self.lines(key, &node, value);
            node.total = node.lines.len().saturating_sub(1);
            return node;
        }
        let cells = self.width.saturating_sub(begins_at(&node.row.name, node.row.depth, self.width));
        if node.row.depth == 0 || by_hand || value::json(value, cells).ends_with('…') {
            let covered = covered(&node);
            let others = value::children(value) - covered.len();
            // Another value may be shorter.
            node.from = if by_hand && node.from < others { node.from } else { 0 };
            node.total = node.differences().len() + others - node.from;
        }
        node
    }

    /// Returns the lines of a text that does not fit into its row, the first as wide as the hand-off leaves it room.
    fn lines(&self, key: &Key, node: &Node<'_>, value: Look<'_>) -> Vec<String> {
        if value.text_len().is_none() {
            return Vec::new();
        }
        let (row, width) = (&node.row, self.width);
        let datum = self.book.datum(key);
        let words = |cells: usize| match (row.kind, self.book.touched.get(key)) {
            (Kind::Difference(at), Some(change)) => {
                change.difference.leaves.get(at).map(|leaf| of_difference(leaf, change, cells)).unwrap_or_default()
            }
            _ if row.depth == 0 => of_key(datum, node.change, cells),
            _ => value::json(value, cells),
        };
        let begins = begins_at(if row.depth == 0 { key } else { &row.name }, row.depth, width);
        let beside = if row.depth == 0 { self.beside(row.entry, datum, node.change) } else { 0 };
        let (measure, free) = (MEASURE.min(width.saturating_sub(begins)), width.saturating_sub(begins + beside));
        let most = if node.by_hand { MOST } else { LINES };
        let whole = if row.depth == 0 { (free + TIGHT).min(MEASURE) } else { free };
        if measure < 8 || text::width(&words(whole + 1)) <= whole {
            return Vec::new();
        }
        // What stands beside the first line takes as much of it as a word would; in a wide pane it keeps its column.
        let keeps = beside > 0 && HAND_OFF + beside - 3 <= width;
        let taken =
            measure.saturating_sub(if keeps { free.min(HAND_OFF - 3 - begins.min(HAND_OFF - 3)) } else { free });
        let before = if taken > 0 { format!("{} ", "x".repeat(taken - 1)) } else { String::new() };
        let mut lines = text::wrap(&format!("{before}{}", words(measure * most)), measure);
        if let Some(first) = lines.first_mut() {
            *first = first.get(taken..).unwrap_or_default().to_owned();
        }
        if lines.len() > most {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                *last = text::clip(&format!("{last} …"), measure);
            }
        }
        // Those below stand under the first.
        lines.iter_mut().skip(1).for_each(|line| line.insert_str(0, &" ".repeat(begins)));
        lines
    }

    /// Returns how many cells the hand-off of a key takes with its gap.
    fn beside(&self, entry: usize, datum: Option<&Datum>, change: Option<&Change>) -> usize {
        let (mine, right) = beside(self.book, entry, (datum, change), self.width);
        text::width(mine) + text::width(&right) + 3
    }

    /// Returns the rows that are shown below `node`: what changed, then its entries in their order.
    fn below(&self, node: &Node<'a>, room: bool) -> Vec<Node<'a>> {
        let (Some(key), Some(value)) = (self.book.key(node.row.entry), node.value) else { return Vec::new() };
        let (part, entry, depth) = (node.row.part, node.row.entry, node.row.depth + 1);
        let changed = node.differences().iter().take(node.shown).enumerate().map(|(at, leaf)| {
            let row = ValueRow::new(part, entry, leaf.is.clone(), depth, leaf.name());
            (ValueRow { kind: Kind::Difference(at), ..row }, leaf.is(value))
        });
        let covered = covered(node);
        let pointer = &node.row.pointer;
        // What is left out before them is only gone through where some of it is listed as changed.
        let past = if covered.is_empty() { node.from } else { 0 };
        let items = value.children(past).zip(past..);
        let items =
            items.map(|((name, item), at)| (name.map_or_else(|| at.to_string(), std::borrow::Cow::into_owned), item));
        let others = items.map(|(name, item)| (escaped(&name), name, item));
        let others = others.filter(|(token, ..)| !covered.contains(&**token));
        let others = others.map(|(token, name, item)| {
            (ValueRow::new(part, entry, format!("{pointer}/{token}"), depth, name), Some(item))
        });
        changed
            .chain(others.skip(node.from - past))
            .take(node.shown)
            .map(|(row, value)| self.node(key, row, value, None, room))
            .collect()
    }
}

fn escaped(name: &str) -> String {
    if name.contains(['~', '/']) { name.replace('~', "~0").replace('/', "~1") } else { name.to_owned() }
}

/// Returns the entries of a changed value that need no row besides those of what changed: those that are new or another
/// one as a whole, and, where no person unfolded it, those in which something changed.
fn covered<'n>(node: &'n Node<'_>) -> HashSet<&'n str> {
    let at = |leaf: &'n Leaf| {
        let own = leaf.path.len() == 1;
        let is = (own && leaf.role != Role::Removed) || (!own && !node.by_hand);
        if is { leaf.is.split('/').nth(1) } else { None }
    };
    node.differences().iter().filter_map(at).collect()
}

/// Lists the rows below a value.
fn list(node: Node<'_>, rows: &mut Vec<ValueRow>) {
    let differs = !node.differences().is_empty();
    let Node { row, change, lines, from, total, shown, by_hand, below, .. } = node;
    let (part, entry, depth) = (row.part, row.entry, row.depth + 1);
    let more =
        |kind: Kind, name: String| ValueRow { kind, ..ValueRow::new(part, entry, row.pointer.clone(), depth, name) };
    rows.extend(lines.into_iter().skip(1).take(shown).map(|line| more(Kind::Text, line)));
    if from > 0 && shown > 0 {
        rows.push(more(Kind::Before, format!("… {from} before")));
    }
    for mut node in below {
        node.row.first = node.lines.first().filter(|_| node.shown > 0).cloned();
        rows.push(node.row.clone());
        list(node, rows);
    }
    if 0 < shown && shown < total && rows.last().is_none_or(|row| row.kind != Kind::Text) {
        let all = change.is_some_and(|change| change.difference.whole && shown >= change.difference.leaves.len());
        let all = all && differs;
        let same = if all && !by_hand { "the same" } else { "more" };
        rows.push(more(Kind::Rest, format!("… {} {same}", total - shown)));
    }
}
