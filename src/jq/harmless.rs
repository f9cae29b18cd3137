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

/// How many parts are counted at most, so that counting costs little itself.
const MOST_PARTS: usize = 2_000;

/// How deep a syntax tree may be.
const DEEPEST: usize = 40;

/// What a part of a filter comes to at most, for one input.
#[derive(Clone, Copy, Debug)]
struct Bound {
    /// How many outputs it has.
    count: u64,
    /// How big each is, in units.
    each: u64,
    /// How big all of them are together.
    all: u64,
    /// What is done and made for all of them, in units.
    work: u64,
}

impl Bound {
    /// One output of this size, made by doing as much.
    fn one(each: u64) -> Bound {
        Bound { count: 1, each, all: each, work: each.saturating_add(1) }
    }

    /// As many outputs, each of this size, with so much more to do for each.
    fn of_each(self, each: u64, work: u64) -> Bound {
        let more = self.count.saturating_mul(work.saturating_add(each).saturating_add(1));
        let all = self.count.saturating_mul(each);
        Bound { count: self.count, each, all, work: self.work.saturating_add(more) }
    }

    /// Every output of this with every one of `other`, which is computed anew for each.
    fn with(self, other: Bound, each: u64, work: u64) -> Bound {
        let count = self.count.saturating_mul(other.count);
        let both = self.work.saturating_add(self.count.saturating_mul(other.work));
        Bound { count, each, all: 0, work: both }.of_each(each, work)
    }

    /// The outputs of either, or of both.
    fn or(self, other: Bound) -> Bound {
        Bound {
            count: self.count.saturating_add(other.count),
            each: self.each.max(other.each),
            all: self.all.saturating_add(other.all),
            work: self.work.saturating_add(other.work),
        }
    }
}

/// Tells whether the filter of `tree` does so little on an input of `size` units that it may run inside this process.
pub(super) fn is_harmless(tree: &Tree<'_>, size: u64) -> bool {
    let bound = Count::default().bound(tree, size);
    bound.is_some_and(|bound| bound.work <= MOST && bound.all <= MOST)
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

#[derive(Default)]
struct Count<'s> {
    /// The variables in scope, each with how big its value can be.
    variables: Vec<(&'s str, u64)>,
    depth: usize,
    /// How many parts were counted, some of them for two sizes.
    parts: usize,
}

impl<'s> Count<'s> {
    /// Returns what `tree` comes to on an input of `size` units, if that can be told.
    fn bound(&mut self, tree: &Tree<'s>, size: u64) -> Option<Bound> {
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
    fn on_each(&mut self, tree: &Tree<'s>, inputs: Bound) -> Option<Bound> {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::limits::{Cancel, Limits};
    use super::super::{Evaluator, syntax};
    use super::*;

    fn harmless(filter: &str, size: u64) -> bool {
        is_harmless(&syntax::parse(filter).expect("it parses"), size)
    }

    #[test]
    fn the_filters_of_an_ordinary_goal_are_harmless() {
        for filter in [
            "true",
            "type == \"string\" and length > 0",
            ".tickets | length > 0",
            "reduce .tickets[] as $ticket ({}; .[$ticket.intent] += 1)",
            ".intent_counts | to_entries | sort_by(-.value) | first | .key",
            "\"There were \\(.tickets | length), most of them \\(.top), \\(.counts[.top]) times.\"",
            "[.tickets[] | select(.intent == \"refund\") | .text]",
            "[.[] | {name, seats: .seats, far: (.distance > 3)}]",
            ".people as $n | [.places[] | select(.seats >= $n)][0].name // error(\"no place is big enough\")",
            "reduce .[] as $x (0; . + $x.price)",
            "reduce .[] as $x ({n: 0, all: []}; if $x.ok then .[\"n\"] += 1 else . end)",
            ".n + 1",
            "map(.a) | add / length",
            "(.a.b? // \"none\") | ascii_downcase",
            "all(.tickets[]; .intent | type == \"string\")",
            "([.intent_counts[]] | add) == (.tickets | length)",
            ".top_intent as $issue | .report | contains($issue)",
        ] {
            assert!(harmless(filter, 60), "{filter}");
        }
    }

    #[test]
    fn what_has_no_bound_is_never_harmless() {
        for filter in [
            // Recursion, and what says how often.
            "def f: f; f",
            "def f: 1; f",
            "[..]",
            "recurse",
            "[range(10)]",
            "[limit(3; .[])]",
            "[repeat(1)]",
            "until(. > 3; . + 1)",
            "[while(. < 9; . + 1)]",
            "walk(.)",
            "[combinations]",
            "[paths]",
            "env",
            "label $l | break $l",
            "foreach .[] as $x (0; . + $x)",
            // Texts that are repeated, lists that are as long as a number says.
            "\"x\" * 1000000000",
            ".a * .b",
            ".[1000000000] = 0",
            ".a[.n] = 0",
            "setpath([1000000000]; 0)",
            "reduce .[] as $i (null; .[$i] += 1)",
            "reduce .[] as $i ([]; .[$i] = 1)",
            "reduce .[] as $i ({}; .a[$i] += 1)",
            "reduce .[] as $i ({}; .[\"a\"][$i] = 1)",
            "implode",
            "ltrimstr(\"a\" * 9)",
            "@json",
            "@base64 \"\\(.)\"",
            // What makes its input twice, once for each turn.
            "reduce .[] as $x (.; [., .])",
            "reduce .[] as $x (.; . + .)",
            "reduce .[] as $x (\"x\"; . + \"\\(.)\")",
            "reduce .[] as $x ({}; . + {a: .})",
            "reduce .[] as $x ({}; .[\"a\"] = .)",
            "reduce .[] as $x ({}; .[\"a\"] = [.])",
            "reduce .[] as $x ({}; .[\"\\(.)\"] = 1)",
            "reduce .[] as $x (1; . * 2)",
            "reduce .[] as $x (2; . * .)",
            "reduce .[] as $x ({}; .[\"a\"] *= 2)",
            "reduce .[] as $x ({}; .[\"a\"] |= [., .])",
            "reduce .[] as $x ([]; . + [$x] | . + .)",
            "reduce .[] as $x ([]; . + [$x] | [., .])",
            "reduce .[] as $x ([]; if . == [] then [1] else [., .] end)",
            "reduce .[] as $x ([]; . as $y | $y + $y)",
            "reduce .[] as $x ([]; (reduce .[] as $y (.; . + .)))",
            "reduce .[] as $x ([]; map(., .))",
            "reduce .[] as $x ([]; tojson)",
            // One output each turn becomes many.
            "reduce .[] as $x (0; ., .)",
            "reduce .[] as $x (0; . + (1, 2))",
            "reduce .[] as $x (0; . + ($x | .[]))",
            "reduce .[] as $x ((1, 2); . + $x)",
            "reduce .[] as $x ({}; .[\"a\", \"b\"] += 1)",
            // Regular expressions, and what else takes long at once.
            "test(\"(a*)*b\")",
            "[match(\"a\"; \"g\")]",
            "gsub(\"a\"; \"aa\")",
            "splits(\"a\")",
            "split(\"a\"; null)",
            "try error catch .",
            "tonumber",
            "pow(.; 99)",
            "strptime(\"%Y\")",
            "error(def f: f; f)",
            "[.[] | (.. | .)]",
            "$ENV",
        ] {
            assert!(!harmless(filter, 1), "{filter}");
        }
    }

    #[test]
    fn what_multiplies_is_harmless_on_little_only() {
        for filter in [
            "[.[] as $a | .[] as $b | .[] as $c | [$a, $b, $c]]",
            "[.[], .[]] | [.[], .[]] | [.[], .[]] | [.[], .[]] | [.[], .[]] | [.[], .[]] | [.[], .[]] | [.[], .[]]",
            "[., .] | [., .] | [., .] | [., .] | [., .] | [., .] | [., .] | [., .] | [., .] | [., .] | [., .]",
            "tojson | tojson | tojson",
            "[.[] | \"\\(.)\\(.)\"] | add",
            "(. + .) | (. + .) | (. + .) | (. + .) | (. + .) | (. + .) | (. + .) | (. + .) | (. + .) | (. + .)",
            "\"\\(.[])\\(.[])\\(.[])\"",
            "{(.[]): .[], b: .[]}",
            ". / \"\" | map(. / \"\")",
            "sort_by(.[], .[], tojson)",
        ] {
            assert!(!harmless(filter, 2_000), "{filter}");
        }
        let long = ["[., .]"; 40].join(" | ");
        assert!(!harmless(&long, 1), "two to the fortieth");
        let nested = format!("{}.{}", "[".repeat(60), "]".repeat(60));
        assert!(!harmless(&nested, 1), "deep");
    }

    #[test]
    fn a_bound_is_never_below_what_comes_out() {
        let input = json!({
            "list": ["a", "bb", "\u{1}\u{2}\"\\\"", 1e300, 12, [1, [2, [3]]], {"k": null, "a longer key than most": true}],
            "n": 3, "words": "some words, with commas, and more", "rows": [{"v": 2, "g": "x"}, {"v": 1, "g": "y"}]
        });
        let whole = Input::whole(input);
        let size = size(&whole).expect("it is small");
        for filter in [
            ".",
            ".list",
            "[.list[], .list[]]",
            "tojson",
            "\"\\(.)\\(.list)\"",
            "[.list[] | tostring]",
            "to_entries",
            ".rows | sort_by(.v)",
            ".rows | group_by(.g)",
            ".rows | map(.v) | add",
            ".words / \"\"",
            ".words / \", \"",
            "[.list[] as $a | .rows[] as $b | [$a, $b]]",
            "reduce .rows[] as $r ({}; .[$r.g] += $r.v)",
            "reduce .list[] as $x ([]; . + [$x])",
            ".list | join(\"-\")",
            "keys",
            "{a: .list, b: .rows}",
            ".list + .rows",
            "[.rows[] | {v, g}] | unique_by(.g)",
            ".list - [12]",
            ".words | [., ascii_upcase, ltrimstr(\"some\")]",
            "[.n, 1 / 3]",
            ".rows | [first, last, min_by(.v), max_by(.v)]",
            ".rows | from_entries? // 0",
            ".list | reverse | .[1:]",
        ] {
            let tree = syntax::parse(filter).expect("it parses");
            let bound = Count::default().bound(&tree, size).expect("it has a bound");
            let limits = Limits::CONDITION;
            let Ok(result) = Evaluator::in_thread().run(filter, &whole, limits, &Cancel::new()) else { continue };
            let is = super::size(&Input::whole(result)).expect("it is small");
            assert!(is <= bound.each && is <= bound.work, "{filter} gives {is} units, and {bound:?} was counted");
        }
    }
}
