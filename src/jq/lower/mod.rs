//! Lowers what means one thing in jq and another in jaq to what jaq evaluates as jq does.
//!
//! jaq combines the outputs of `l + r` with those of `l` outermost, jq with those of `r`; jaq goes on with every output
//! of an update in `reduce` and `foreach`, jq with the last; jaq updates while it walks, jq walks over the value as it
//! was. Where that can make a difference the tree is rewritten; elsewhere it stays what it is, which costs nothing.

mod single;

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Term};
use jaq_core::path::{Opt, Part, Path};

use super::natives::{FINAL, MODIFY};
use super::tree::{Tree, at, binary, bind, map_children, pipe};
use single::Outputs;

/// Variables for what is computed earlier than where it stands; no filter text can name them.
const BOUND: [&str; 8] = ["$ 0", "$ 1", "$ 2", "$ 3", "$ 4", "$ 5", "$ 6", "$ 7"];

/// The filters that jq implements in C, which evaluate their last argument first.
const LAST_FIRST: &[&str] = &[
    "pow",
    "atan2",
    "fmin",
    "fmax",
    "fmod",
    "ldexp",
    "scalb",
    "scalbln",
    "nextafter",
    "nexttoward",
    "copysign",
    "drem",
    "fma",
    "fdim",
    "hypot",
    "setpath",
];

/// Rewrites a filter of `text`.
pub(super) fn lower<'s>(tree: Tree<'s>, text: &str) -> Tree<'s> {
    // A definition may give any name another meaning.
    let outputs = Outputs { calls_are_known: !text.contains("def") };
    node(tree, &outputs)
}

fn node<'s>(tree: Tree<'s>, outputs: &Outputs) -> Tree<'s> {
    match map_children(tree, &mut |tree| node(tree, outputs)) {
        Term::BinOp(left, op @ (BinaryOp::Math(_) | BinaryOp::Cmp(_)), right)
            if !outputs.one(&left) && !outputs.one(&right) =>
        {
            bind(*right, BOUND[0], binary(*left, op, Term::Var(BOUND[0])))
        }
        Term::BinOp(
            left,
            op @ (BinaryOp::Assign | BinaryOp::Update | BinaryOp::UpdateMath(_) | BinaryOp::UpdateAlt),
            right,
        ) if !walks_apart(&left, outputs) => modify(*left, op, *right),
        Term::Fold("reduce", source, pattern, arguments) => match <[Tree<'s>; 2]>::try_from(arguments) {
            Ok([init, update]) if !outputs.one(&update) => {
                Term::Fold("reduce", source, pattern, vec![init, Term::Call(FINAL, vec![update])])
            }
            Ok(arguments) => Term::Fold("reduce", source, pattern, arguments.into()),
            Err(arguments) => Term::Fold("reduce", source, pattern, arguments),
        },
        Term::Fold("foreach", source, pattern, mut arguments)
            if arguments.len() >= 2 && !outputs.one(&arguments[1]) =>
        {
            // The state is kept beside the outputs: `[state, [outputs]]`.
            let extract = if arguments.len() > 2 { arguments.remove(2) } else { Term::Id };
            let update = arguments.remove(1);
            let init = pipe(arguments.remove(0), Term::Arr(Some(Box::new(Term::Id))));
            let last = at(Term::Id, Term::Neg(Box::new(Term::Num("1"))));
            let pair = Term::Arr(Some(Box::new(binary(last, BinaryOp::Comma, Term::Id))));
            let update = pipe(pipe(at(Term::Id, Term::Num("0")), Term::Arr(Some(Box::new(update)))), pair);
            let each = vec![(Part::Index(Term::Num("1")), Opt::Essential), (Part::Range(None, None), Opt::Essential)];
            let extract = pipe(Term::Path(Box::new(Term::Id), Path(each)), extract);
            Term::Fold("foreach", source, pattern, vec![init, update, extract])
        }
        Term::Str(format, parts) => {
            // As in jq the last interpolation is outermost; the first may stay where it is.
            let many = |part: &StrPart<_, _>| matches!(part, StrPart::Term(tree) if !outputs.one(tree));
            if parts.iter().filter(|part| many(part)).count() < 2 {
                return Term::Str(format, parts);
            }
            let mut bound = Bound::default();
            let take = |part: StrPart<&'s str, Tree<'s>>| match part {
                StrPart::Term(tree) if !outputs.one(&tree) => StrPart::Term(bound.take(tree)),
                other => other,
            };
            let parts = parts.into_iter().map(take).collect();
            bound.around(Term::Str(format, parts))
        }
        Term::Call(name, arguments)
            if LAST_FIRST.contains(&name) && arguments.iter().filter(|tree| !outputs.one(tree)).count() > 1 =>
        {
            let mut bound = Bound::default();
            let take = |tree: Tree<'s>| if outputs.one(&tree) { tree } else { bound.take(tree) };
            let arguments = arguments.into_iter().map(take).collect();
            bound.around(Term::Call(name, arguments))
        }
        Term::Path(start, Path(parts)) => {
            // `t[k]` computes `k` before `t`.
            let mut many = !outputs.one(&start);
            let mut bound = Bound::default();
            let part = |(part, opt): (Part<Tree<'s>>, Opt)| match part {
                Part::Index(index) if !outputs.one(&index) => {
                    let index = if many { bound.take(index) } else { index };
                    many = true;
                    (Part::Index(index), opt)
                }
                part => {
                    many |= matches!(part, Part::Range(None, None));
                    (part, opt)
                }
            };
            let parts = parts.into_iter().map(part).collect();
            bound.around(Term::Path(start, Path(parts)))
        }
        other => other,
    }
}

/// What is computed before the place where it stands, the last of it first.
#[derive(Default)]
struct Bound<'s>(Vec<(&'static str, Tree<'s>)>);

impl<'s> Bound<'s> {
    /// Returns a variable for `tree`; where there are no more names, `tree` itself.
    fn take(&mut self, tree: Tree<'s>) -> Tree<'s> {
        match BOUND.get(self.0.len()) {
            Some(name) => {
                self.0.push((name, tree));
                Term::Var(name)
            }
            None => tree,
        }
    }

    /// Binds the variables around `tree`.
    fn around(self, tree: Tree<'s>) -> Tree<'s> {
        self.0.into_iter().fold(tree, |tree, (name, value)| bind(value, name, tree))
    }
}

/// Returns the update as jq does it: path by path, over the paths of the value as it was.
fn modify<'s>(left: Tree<'s>, op: BinaryOp<&'s str>, right: Tree<'s>) -> Tree<'s> {
    let value = || Term::Var(BOUND[0]);
    let update = match op {
        BinaryOp::Update => return Term::Call(MODIFY, vec![left, right]),
        BinaryOp::UpdateMath(op) => binary(Term::Id, BinaryOp::Math(op), value()),
        BinaryOp::UpdateAlt => binary(Term::Id, BinaryOp::Alt, value()),
        BinaryOp::Assign
        | BinaryOp::Pipe(_)
        | BinaryOp::Comma
        | BinaryOp::Alt
        | BinaryOp::Or
        | BinaryOp::And
        | BinaryOp::Math(_)
        | BinaryOp::Cmp(_) => value(),
    };
    bind(right, BOUND[0], Term::Call(MODIFY, vec![left, update]))
}

/// Says whether no path of `tree` contains another one of it or depends on what another changes, so that it makes no
/// difference whether they are known before the first update or found on the way.
fn walks_apart(tree: &Tree<'_>, outputs: &Outputs) -> bool {
    match tree {
        Term::Id => true,
        Term::Path(start, Path(parts)) => {
            walks_apart(start, outputs)
                && parts.iter().all(|(part, _)| match part {
                    Part::Index(index) => outputs.one(index),
                    Part::Range(None, None) => true,
                    Part::Range(from, to) => from.iter().chain(to).all(|end| outputs.one(end)),
                })
        }
        Term::BinOp(left, BinaryOp::Pipe(None), right) => walks_apart(left, outputs) && walks_apart(right, outputs),
        Term::Call("select", condition) => outputs.calls_are_known && condition.iter().all(|tree| outputs.one(tree)),
        Term::IfThenElse(branches, otherwise) => {
            branches.iter().all(|(condition, then)| outputs.one(condition) && walks_apart(then, outputs))
                && otherwise.iter().all(|tree| walks_apart(tree, outputs))
        }
        Term::Recurse
        | Term::Num(_)
        | Term::Str(..)
        | Term::Arr(_)
        | Term::Obj(_)
        | Term::Neg(_)
        | Term::BinOp(..)
        | Term::Label(..)
        | Term::Break(_)
        | Term::Fold(..)
        | Term::TryCatch(..)
        | Term::Def(..)
        | Term::Call(..)
        | Term::Var(_) => false,
    }
}
