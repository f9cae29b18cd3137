//! Counts what a filter can do at most, part by part of its syntax tree.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Pattern, Term};
use jaq_core::ops::Math;
use jaq_core::path::{Opt, Part, Path};

use super::super::syntax::Tree;
use super::bound::Bound;
use super::size::{as_text, text};

/// How many parts are counted at most, so that counting costs little itself.
const MOST_PARTS: usize = 2_000;

/// How deep a syntax tree may be.
const DEEPEST: usize = 40;

#[derive(Default)]
pub(super) struct Count<'s> {
    /// The variables in scope, each with how big its value can be.
    variables: Vec<(&'s str, u64)>,
    depth: usize,
    /// How many parts were counted, some of them for two sizes.
    parts: usize,
}

impl<'s> Count<'s> {
    /// Returns what `tree` comes to on an input of `size` units, if that can be told.
    pub(super) fn bound(&mut self, tree: &Tree<'s>, size: u64) -> Option<Bound> {
        if self.depth >= DEEPEST || self.parts >= MOST_PARTS {
            return None;
        }
        self.parts += 1;
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
                let whole = Bound::one(items.all.saturating_add(1));
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

    /// Returns what `tree` comes to on each of so many inputs, each and all of them no bigger than this.
    ///
    /// A count grows ever faster with the size of the input. So together it is highest where as few inputs as can be
    /// are as big as can be, beside the least that each of them costs.
    pub(super) fn on_each(&mut self, tree: &Tree<'s>, inputs: Bound) -> Option<Bound> {
        let most = self.bound(tree, inputs.each)?;
        if inputs.count <= 1 {
            return Some(most);
        }
        let (least, big) = (self.bound(tree, 1)?, inputs.all.div_ceil(inputs.each.max(1)));
        let sum = |least: u64, most: u64| inputs.count.saturating_mul(least).saturating_add(big.saturating_mul(most));
        Some(Bound {
            count: sum(least.count, most.count),
            each: most.each,
            all: sum(least.all, most.all),
            work: sum(least.work, most.work),
        })
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
                    let all = bound.all.saturating_mul(index.count);
                    Bound { all, ..bound.with(index, bound.each, index.each) }
                }
                // A value has at most as many entries as units, and together they are no bigger than it.
                Part::Range(None, None) => {
                    let work = bound.work.saturating_add(bound.all.saturating_mul(2));
                    Bound { count: bound.all, work, ..bound }
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
                None => {
                    let next = self.on_each(right, one)?;
                    return Some(Bound { work: next.work.saturating_add(one.work), ..next });
                }
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
            BinaryOp::Math(Math::Div) => Some(one.with(two, both.saturating_mul(32), both.saturating_mul(32))),
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
        Some(Bound { count: 1, each: last, all: last, work })
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
                    let each = grows.each.max(then.each);
                    grows = Bound { count: 1, each, all: each, work: more };
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
