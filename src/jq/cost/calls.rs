//! What the filters of the library cost that may run inside this process.

use super::super::syntax::Tree;
use super::bound::Bound;
use super::count::Count;
use super::size::as_text;

impl<'s> Count<'s> {
    /// Returns the bound of a call to a filter of the library, if its cost is known.
    pub(super) fn call(&mut self, name: &str, arguments: &[Tree<'s>], size: u64) -> Option<Bound> {
        let square = size.saturating_mul(size);
        match (name, arguments) {
            ("empty" | "true" | "false" | "null" | "not" | "error", []) => Some(Bound::one(1).of_each(1, size)),
            (
                "type" | "length" | "isboolean" | "isnumber" | "isstring" | "isarray" | "isobject" | "floor" | "ceil"
                | "round" | "sqrt" | "abs",
                [],
            ) => Some(Bound::one(size).of_each(size.saturating_add(1), size.saturating_mul(16))),
            ("any" | "all", []) => Some(Bound::one(1).of_each(1, square)),
            (
                "values" | "nulls" | "booleans" | "numbers" | "strings" | "arrays" | "objects" | "iterables"
                | "scalars",
                [],
            ) => Some(Bound::one(size)),
            (
                "first" | "last" | "reverse" | "toarray" | "min" | "max" | "sort" | "unique" | "keys" | "keys_unsorted"
                | "to_entries" | "ascii_downcase" | "ascii_upcase" | "trim" | "ltrim" | "rtrim",
                [],
            ) => Some(Bound::one(size).of_each(size.saturating_mul(3).saturating_add(2), size.saturating_mul(64))),
            ("add" | "from_entries", []) => Some(Bound::one(size).of_each(size.saturating_add(2), square)),
            ("tostring" | "tojson", []) => Some(Bound::one(size).of_each(as_text(size), as_text(size))),
            ("select", [condition]) => {
                let condition = self.bound(condition, size)?;
                Some(condition.of_each(size, 0))
            }
            ("map", [each]) => {
                let items = self.on_each(each, Bound { count: size, ..Bound::one(size) })?;
                let whole = Bound::one(items.all.saturating_add(1));
                Some(Bound { work: whole.work.saturating_add(items.work), ..whole })
            }
            ("sort_by" | "group_by" | "unique_by" | "min_by" | "max_by", [by]) => {
                let keys = self.on_each(by, Bound { count: size, ..Bound::one(size) })?;
                // Sorting compares a key with no more than some thirty others.
                let compared = keys.all.saturating_add(keys.count).saturating_add(size).saturating_mul(64);
                let work = keys.work.saturating_add(compared);
                Some(Bound::one(size).of_each(size.saturating_mul(2).saturating_add(2), work))
            }
            ("any" | "all", [condition]) => {
                let condition = self.on_each(condition, Bound { count: size, ..Bound::one(size) })?;
                Some(Bound::one(1).of_each(1, condition.work))
            }
            ("any" | "all", [items, condition]) => {
                let items = self.bound(items, size)?;
                let condition = self.on_each(condition, items)?;
                let work = items.work.saturating_add(condition.work).saturating_add(condition.count);
                Some(Bound { work, ..Bound::one(1) })
            }
            ("contains", [what]) => {
                let what = self.bound(what, size)?;
                Some(what.of_each(1, size.saturating_mul(what.each).saturating_mul(16)))
            }
            ("add", [items]) => {
                let items = self.bound(items, size)?;
                let whole = items.all.saturating_add(2);
                let work = items.work.saturating_add(items.count.saturating_mul(whole));
                Some(Bound::one(whole).of_each(whole, work))
            }
            ("first" | "last", [items]) => {
                let items = self.bound(items, size)?;
                Some(Bound { count: 1, all: items.each, ..items })
            }
            ("error", [message]) => self.bound(message, size),
            ("has" | "startswith" | "endswith", [what]) => {
                let what = self.bound(what, size)?;
                Some(what.of_each(1, size.saturating_add(what.each).saturating_mul(16)))
            }
            ("ltrimstr" | "rtrimstr", [what]) => {
                let what = self.bound(what, size)?;
                Some(what.of_each(size, what.each))
            }
            ("join", [between]) => {
                let between = self.bound(between, size)?;
                let whole = as_text(size).saturating_add(size.saturating_mul(as_text(between.each)));
                Some(between.of_each(whole, size.saturating_mul(whole)))
            }
            _ => None, // every other filter of jq's library
        }
    }
}
