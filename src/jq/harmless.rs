//! Which filters may run inside this process: those that can be shown to do little on the input at hand.
//!
//! The proof is a count, made from the syntax tree and the size of the input before anything runs: how many outputs
//! a part can have at most, how big each can be, and how much is done and made on the way. Only parts whose count is
//! known are in the table; whatever is not (a definition, recursion, a number that says how often, multiplication,
//! which repeats texts, a regular expression, an update outside of a `reduce` that only adds) has no count, and the
//! filter goes to a worker. The counts are far too high rather than too low, and a filter that goes beyond them all
//! the same is stopped by its steps and its clock and asked of a worker: it may, being a function of its input.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Pattern, Term};
use jaq_core::ops::Math;
use jaq_core::path::{Opt, Part, Path};
use serde_json::Value;

use super::input::Input;
use super::syntax::Tree;

/// How much a filter may do and make, in units: a unit is a node of a value, a key, or sixteen bytes of a text.
const MOST: u64 = 400_000;

/// The biggest input, in units.
const BIGGEST: u64 = 2_000;

/// How deep a syntax tree may be.
const DEEPEST: usize = 40;

/// What a part of a filter comes to at most, for one input.
#[derive(Clone, Copy, Debug)]
struct Bound {
    /// How many outputs it has.
    count: u64,
    /// How big each is, in units.
    each: u64,
    /// What is done and made for all of them, in units.
    work: u64,
}

impl Bound {
    /// One output of this size, made by doing as much.
    fn one(each: u64) -> Bound {
        Bound { count: 1, each, work: each.saturating_add(1) }
    }

    /// As many outputs, each of this size, with so much more to do for each.
    fn of_each(self, each: u64, work: u64) -> Bound {
        let more = self.count.saturating_mul(work.saturating_add(each).saturating_add(1));
        Bound { count: self.count, each, work: self.work.saturating_add(more) }
    }

    /// Every output of this with every one of `other`, which is computed anew for each.
    fn with(self, other: Bound, each: u64, work: u64) -> Bound {
        let count = self.count.saturating_mul(other.count);
        let both = self.work.saturating_add(self.count.saturating_mul(other.work));
        Bound { count, each, work: both }.of_each(each, work)
    }

    /// The outputs of either, or of both.
    fn or(self, other: Bound) -> Bound {
        Bound {
            count: self.count.saturating_add(other.count),
            each: self.each.max(other.each),
            work: self.work.saturating_add(other.work),
        }
    }
}

/// Tells whether the filter of `tree` does so little on an input of `size` units that it may run inside this process.
pub(super) fn is_harmless(tree: &Tree<'_>, size: u64) -> bool {
    let bound = Count { variables: Vec::new(), depth: 0 }.bound(tree, size);
    bound.is_some_and(|bound| bound.work <= MOST && bound.count.saturating_mul(bound.each) <= MOST)
}

/// Returns the size of `input` in units, or none if it is too big to be worth counting.
pub(super) fn size(input: &Input) -> Option<u64> {
    let mut units = 0;
    match input {
        Input::Whole(value) => count(value, &mut units)?,
        Input::Fields(fields) => {
            units += 1;
            for (name, value) in fields {
                units += text(name);
                count(value, &mut units)?;
            }
        }
    }
    (units <= BIGGEST).then_some(units)
}

fn count(value: &Value, units: &mut u64) -> Option<()> {
    // The next ones to count stand at the end: values may be nested deeply, so no recursion.
    let mut todo = vec![value];
    while let Some(value) = todo.pop() {
        *units += 1;
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(string) => *units += text(string),
            Value::Array(items) if items.len() as u64 <= BIGGEST => todo.extend(items),
            Value::Object(entries) if entries.len() as u64 <= BIGGEST => {
                for (name, value) in entries {
                    *units += text(name);
                    todo.push(value);
                }
            }
            Value::Array(_) | Value::Object(_) => return None,
        }
        if *units > BIGGEST {
            return None;
        }
    }
    Some(())
}

/// Returns how many units `text` takes, as a key or beside its node.
fn text(text: &str) -> u64 {
    1 + text.len() as u64 / 16
}

/// Returns how big the JSON text of a value of `size` units can be: a control character takes six bytes, and a number
/// has up to 309 digits.
fn as_text(size: u64) -> u64 {
    size.saturating_mul(24).saturating_add(2)
}

struct Count<'s> {
    /// The variables in scope, each with how big its value can be.
    variables: Vec<(&'s str, u64)>,
    depth: usize,
}

impl<'s> Count<'s> {
    /// Returns what `tree` comes to on an input of `size` units, if that can be told.
    fn bound(&mut self, tree: &Tree<'s>, size: u64) -> Option<Bound> {
        if self.depth >= DEEPEST {
            return None;
        }
        self.depth += 1;
        let bound = self.bound_here(tree, size);
        self.depth -= 1;
        bound
    }

    fn bound_here(&mut self, tree: &Tree<'s>, size: u64) -> Option<Bound> {
        match tree {
            Term::Id => Some(Bound::one(size)),
            Term::Num(digits) => Some(Bound::one(1 + text(digits))),
            Term::Str(None, parts) => {
                let mut bound = Bound::one(1);
                for part in parts {
                    bound = match part {
                        StrPart::Str(words) => bound.of_each(bound.each.saturating_add(text(words)), 0),
                        StrPart::Char(_) => bound.of_each(bound.each.saturating_add(1), 0),
                        StrPart::Term(tree) => {
                            let part = self.bound(tree, size)?;
                            bound.with(part, bound.each.saturating_add(as_text(part.each)), 0)
                        }
                    };
                }
                Some(bound)
            }
            Term::Arr(None) => Some(Bound::one(1)),
            Term::Arr(Some(items)) => {
                let items = self.bound(items, size)?;
                let whole = Bound::one(items.count.saturating_mul(items.each).saturating_add(1));
                Some(Bound { work: whole.work.saturating_add(items.work), ..whole })
            }
            Term::Obj(entries) => {
                let mut bound = Bound::one(1);
                for (key, value) in entries {
                    let (key, value) = match (key, value) {
                        (key, Some(value)) => (self.bound(key, size)?, self.bound(value, size)?),
                        (Term::Var(name), None) => (Bound::one(text(name)), self.variable(name)?),
                        (key @ Term::Str(None, _), None) => (self.bound(key, size)?, Bound::one(size)),
                        (_, None) => return None,
                    };
                    let entry = key.with(value, key.each.saturating_add(value.each).saturating_add(1), 0);
                    bound = bound.with(entry, bound.each.saturating_add(entry.each), 0);
                }
                Some(bound)
            }
            Term::Neg(tree) => {
                let bound = self.bound(tree, size)?;
                Some(bound.of_each(bound.each, 0))
            }
            Term::Var(name) => self.variable(name),
            Term::Path(start, Path(parts)) => self.path(start, parts, size),
            Term::BinOp(left, op, right) => self.operation(left, op, right, size),
            Term::Fold("reduce", source, Pattern::Var(name), arguments) => match arguments.as_slice() {
                [start, update] => self.reduce(source, name, start, update, size),
                _ => None,
            },
            Term::IfThenElse(branches, otherwise) => {
                let mut bound = match otherwise {
                    Some(otherwise) => self.bound(otherwise, size)?,
                    None => Bound::one(size),
                };
                for (condition, then) in branches.iter().rev() {
                    let (condition, then) = (self.bound(condition, size)?, self.bound(then, size)?);
                    let either = then.or(bound);
                    bound = condition.with(either, either.each, 0);
                }
                Some(bound)
            }
            Term::TryCatch(body, None) => self.bound(body, size),
            Term::TryCatch(body, Some(catch)) if closed(catch) => {
                Some(self.bound(body, size)?.or(self.bound(catch, 1)?))
            }
            Term::Call(name, arguments) => self.call(name, arguments, size),
            // Whatever can repeat without end, or says how often, or whose count is not known.
            Term::Recurse
            | Term::Str(Some(_), _)
            | Term::Label(..)
            | Term::Break(_)
            | Term::Fold(..)
            | Term::TryCatch(_, Some(_))
            | Term::Def(..) => None,
        }
    }

    fn variable(&self, name: &str) -> Option<Bound> {
        let (_, size) = self.variables.iter().rev().find(|(known, _)| *known == name)?;
        Some(Bound::one(*size))
    }

    fn path(&mut self, start: &Tree<'s>, parts: &[(Part<Tree<'s>>, Opt)], size: u64) -> Option<Bound> {
        let mut bound = self.bound(start, size)?;
        for (part, _) in parts {
            bound = match part {
                Part::Index(index) => {
                    let index = self.bound(index, size)?;
                    bound.with(index, bound.each, index.each)
                }
                // A value has at most as many entries as units.
                Part::Range(None, None) => {
                    let entries = Bound { count: bound.each, each: bound.each, work: bound.each };
                    bound.with(entries, bound.each, 0)
                }
                Part::Range(from, to) => {
                    let mut slice = bound;
                    for end in [from, to].into_iter().flatten() {
                        let end = self.bound(end, size)?;
                        slice = slice.with(end, bound.each, 0);
                    }
                    slice.of_each(bound.each, 0)
                }
            };
        }
        Some(bound)
    }

    fn operation(&mut self, left: &Tree<'s>, op: &BinaryOp<&'s str>, right: &Tree<'s>, size: u64) -> Option<Bound> {
        let one = self.bound(left, size)?;
        if let BinaryOp::Pipe(pattern) = op {
            let next = match pattern {
                None => self.bound(right, one.each)?,
                Some(Pattern::Var(name)) => {
                    self.variables.push((name, one.each));
                    let next = self.bound(right, size);
                    self.variables.pop();
                    next?
                }
                Some(Pattern::Arr(_) | Pattern::Obj(_)) => return None,
            };
            return Some(one.with(next, next.each, 0));
        }
        let two = self.bound(right, size)?;
        let both = one.each.saturating_add(two.each);
        match op {
            BinaryOp::Comma | BinaryOp::Alt => Some(one.or(two)),
            // Either side may have an output for each of the other.
            BinaryOp::Or | BinaryOp::And => Some(one.or(one.with(two, 1, 0))),
            BinaryOp::Cmp(_) => Some(one.with(two, 1, both)),
            BinaryOp::Math(Math::Add) => Some(one.with(two, both.saturating_add(1), both)),
            BinaryOp::Math(Math::Sub) => Some(one.with(two, both, one.each.saturating_mul(two.each))),
            // A text divided by a text falls apart, into its characters at worst.
            BinaryOp::Math(Math::Div) => {
                Some(one.with(two, both.saturating_mul(32), both.saturating_mul(both).saturating_mul(16)))
            }
            BinaryOp::Math(Math::Rem) => Some(one.with(two, both, both.saturating_mul(both))),
            BinaryOp::Math(Math::Mul)
            | BinaryOp::Pipe(_)
            | BinaryOp::Assign
            | BinaryOp::Update
            | BinaryOp::UpdateMath(_)
            | BinaryOp::UpdateAlt => None,
        }
    }

    /// Returns the bound of a `reduce` whose update adds something to its `.` that does not come from it.
    fn reduce(
        &mut self,
        source: &Tree<'s>,
        name: &'s str,
        start: &Tree<'s>,
        update: &Tree<'s>,
        size: u64,
    ) -> Option<Bound> {
        let (source, first) = (self.bound(source, size)?, self.bound(start, size)?);
        if first.count > 1 {
            return None;
        }
        self.variables.push((name, source.each));
        let grows = self.growth(update, matches!(start, Term::Obj(_)));
        self.variables.pop();
        let grows = grows?;
        let last = first.each.saturating_add(source.count.saturating_mul(grows.each));
        // At worst every turn copies what it adds to.
        let turns = source.count.saturating_mul(grows.work.saturating_add(last));
        let work = source.work.saturating_add(first.work).saturating_add(turns).saturating_add(last);
        Some(Bound { count: 1, each: last, work })
    }

    /// Returns by how much `update` makes its input bigger, where it has one output at most and uses its input once;
    /// in `object` it is an object, and stays one.
    fn growth(&mut self, update: &Tree<'s>, object: bool) -> Option<Bound> {
        match update {
            Term::Id => Some(Bound::one(0)),
            Term::BinOp(left, BinaryOp::Math(Math::Add), right) => match (&**left, &**right) {
                (Term::Id, added) | (added, Term::Id) => self.added(added),
                _ => None,
            },
            Term::BinOp(left, BinaryOp::UpdateMath(Math::Add) | BinaryOp::Assign, right) => {
                let Term::Path(start, Path(parts)) = &**left else { return None };
                let [(Part::Index(index), Opt::Essential)] = parts.as_slice() else { return None };
                // In anything but an object a number as index makes a list that is as long as it says.
                if !matches!(**start, Term::Id) || !object {
                    return None;
                }
                let (index, added) = (self.added(index)?, self.added(right)?);
                Some(index.with(added, index.each.saturating_add(added.each).saturating_add(2), 0))
            }
            Term::BinOp(left, BinaryOp::Pipe(None), right) => {
                let (one, two) = (self.growth(left, object)?, self.growth(right, object)?);
                Some(one.with(two, one.each.saturating_add(two.each), 0))
            }
            Term::IfThenElse(branches, Some(otherwise)) => {
                let mut grows = self.growth(otherwise, object)?;
                for (condition, then) in branches {
                    let (condition, then) = (self.added(condition)?, self.growth(then, object)?);
                    let more = grows.work.saturating_add(then.work).saturating_add(condition.work);
                    grows = Bound { count: 1, each: grows.each.max(then.each), work: more };
                }
                Some(grows)
            }
            _ => None, // whatever else an update may do has no bound
        }
    }

    /// Returns the bound of a part of an update that does not use its input and has one output at most.
    fn added(&mut self, tree: &Tree<'s>) -> Option<Bound> {
        let bound = if closed(tree) { self.bound(tree, 1)? } else { return None };
        (bound.count <= 1).then_some(bound.of_each(bound.each.saturating_add(1), 0))
    }

    fn call(&mut self, name: &str, arguments: &[Tree<'s>], size: u64) -> Option<Bound> {
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
                "keys" | "keys_unsorted" | "to_entries" | "from_entries" | "add" | "min" | "max" | "first" | "last"
                | "reverse" | "sort" | "unique" | "toarray" | "ascii_downcase" | "ascii_upcase" | "trim" | "ltrim"
                | "rtrim",
                [],
            ) => Some(Bound::one(size).of_each(size.saturating_mul(5).saturating_add(2), square.saturating_mul(4))),
            ("tostring" | "tojson", []) => Some(Bound::one(size).of_each(as_text(size), as_text(size))),
            ("select", [condition]) => {
                let condition = self.bound(condition, size)?;
                Some(condition.of_each(size, 0))
            }
            ("map", [each]) => {
                let each = self.bound(each, size)?;
                let items = size.saturating_mul(each.count);
                let whole = Bound::one(items.saturating_mul(each.each).saturating_add(1));
                Some(Bound { work: whole.work.saturating_add(size.saturating_mul(each.work)), ..whole })
            }
            ("sort_by" | "group_by" | "unique_by" | "min_by" | "max_by", [by]) => {
                let by = self.bound(by, size)?;
                let keys = by.count.saturating_mul(by.each).saturating_add(1);
                let work = size.saturating_mul(by.work).saturating_add(square.saturating_mul(keys));
                Some(Bound::one(size).of_each(size.saturating_mul(2).saturating_add(2), work))
            }
            ("any" | "all", [condition]) => {
                let condition = self.bound(condition, size)?;
                Some(Bound::one(1).of_each(1, size.saturating_mul(condition.work)))
            }
            ("add", [items]) => {
                let items = self.bound(items, size)?;
                let whole = items.count.saturating_mul(items.each).saturating_add(2);
                let work = items.work.saturating_add(items.count.saturating_mul(whole));
                Some(Bound::one(whole).of_each(whole, work))
            }
            ("first" | "last", [items]) => {
                let items = self.bound(items, size)?;
                Some(Bound { count: 1, ..items })
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

/// Tells whether `tree` does not use its input: what it gives is the same wherever it stands.
fn closed(tree: &Tree<'_>) -> bool {
    match tree {
        Term::Num(_) | Term::Var(_) | Term::Arr(None) => true,
        Term::Str(None, parts) => parts.iter().all(|part| match part {
            StrPart::Str(_) | StrPart::Char(_) => true,
            StrPart::Term(tree) => closed(tree),
        }),
        Term::Arr(Some(items)) => closed(items),
        Term::Neg(tree) => closed(tree),
        Term::Obj(entries) => entries.iter().all(|(key, value)| match value {
            Some(value) => closed(key) && closed(value),
            None => matches!(key, Term::Var(_)),
        }),
        Term::Path(start, Path(parts)) => {
            closed(start)
                && parts.iter().all(|(part, _)| match part {
                    Part::Index(index) => closed(index),
                    Part::Range(..) => false,
                })
        }
        Term::BinOp(left, BinaryOp::Math(Math::Add | Math::Sub) | BinaryOp::Cmp(_) | BinaryOp::Alt, right) => {
            closed(left) && closed(right)
        }
        // What is left out may be closed: it goes to a worker.
        Term::Id
        | Term::Recurse
        | Term::Str(Some(_), _)
        | Term::BinOp(..)
        | Term::Label(..)
        | Term::Break(_)
        | Term::Fold(..)
        | Term::TryCatch(..)
        | Term::IfThenElse(..)
        | Term::Def(..)
        | Term::Call(..) => false,
    }
}
