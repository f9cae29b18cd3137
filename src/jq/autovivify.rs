//! Lets updates create what is not there, as jq does: `{} | .a.b[2] = 1` gives `{"a":{"b":[null,null,1]}}`.
//!
//! jaq refuses to update below null. So on the left side of an update every index becomes a call of a native filter that
//! indexes in the same way, but when it updates first makes room: an object or an array instead of null, nulls up to
//! the index.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Def, Pattern, Term};
use jaq_core::path::{Opt, Part, Path};
use jaq_json::{Num, Val};

use super::natives::AT;
use super::syntax::Tree;

/// The library's `getpath` that creates, and the one that it replaces on the left side of an update.
pub(super) const GETPATH_AUTOVIVIFY: &str = "getpath_autovivify_";

/// Variables for indices that have to be computed before the path is walked; no filter text can name them.
const INDICES: [&str; 8] = ["$ i0", "$ i1", "$ i2", "$ i3", "$ i4", "$ i5", "$ i6", "$ i7"];

/// The largest index that an update fills up to.
const MAX_INDEX: usize = 10_000_000;

/// Rewrites the left side of an update so that it creates what is missing.
pub(super) fn autovivify(tree: Tree<'_>) -> Tree<'_> {
    match tree {
        Term::Path(start, Path(parts)) => path(autovivify(*start), parts),
        Term::Call("getpath", arguments) if arguments.len() == 1 => Term::Call(GETPATH_AUTOVIVIFY, arguments),
        Term::Call(name, arguments) => Term::Call(name, arguments.into_iter().map(autovivify).collect()),
        Term::BinOp(left, op @ BinaryOp::Pipe(Some(_)), right) => Term::BinOp(left, op, Box::new(autovivify(*right))),
        Term::BinOp(left, op @ (BinaryOp::Pipe(None) | BinaryOp::Comma | BinaryOp::Alt), right) => {
            Term::BinOp(Box::new(autovivify(*left)), op, Box::new(autovivify(*right)))
        }
        Term::IfThenElse(branches, otherwise) => {
            let branches = branches.into_iter().map(|(if_, then)| (if_, autovivify(then))).collect();
            Term::IfThenElse(branches, otherwise.map(|tree| Box::new(autovivify(*tree))))
        }
        Term::Fold(name, source, pattern, arguments) => {
            Term::Fold(name, source, pattern, arguments.into_iter().map(autovivify).collect())
        }
        Term::Def(defs, tree) => {
            Term::Def(defs.into_iter().map(autovivify_definition).collect(), Box::new(autovivify(*tree)))
        }
        other => other,
    }
}

/// Rewrites a definition that is used on the left side of an update.
pub(super) fn autovivify_definition(def: Def<&str>) -> Def<&str> {
    Def { body: autovivify(def.body), ..def }
}

fn path<'s>(start: Tree<'s>, parts: Vec<(Part<Tree<'s>>, Opt)>) -> Tree<'s> {
    let mut bound: Vec<(&'static str, Tree<'s>)> = Vec::new();
    let mut walked = start;
    for (part, opt) in parts {
        walked = match (part, opt, INDICES.get(bound.len())) {
            (Part::Index(index), Opt::Essential, _) if is_steady(&index) => below(walked, index),
            (Part::Index(index), Opt::Essential, Some(name)) => {
                bound.push((name, index));
                below(walked, Term::Var(*name))
            }
            // Ranges; optional indices, and more computed ones than there are names: these update what exists.
            (part, opt, _) => Term::Path(Box::new(walked), Path(vec![(part, opt)])),
        };
    }
    bound.into_iter().rev().fold(walked, |walked, (name, index)| {
        Term::BinOp(Box::new(index), BinaryOp::Pipe(Some(Pattern::Var(name))), Box::new(walked))
    })
}

/// Says whether an index has the same value wherever in the path it is computed.
fn is_steady(index: &Tree<'_>) -> bool {
    match index {
        Term::Num(_) | Term::Var(_) => true,
        Term::Str(None, parts) => parts.iter().all(|part| matches!(part, StrPart::Str(_))),
        Term::Path(start, Path(parts)) => {
            let steady = |part: &Part<_>| matches!(part, Part::Index(index) if is_steady(index));
            matches!(**start, Term::Var(_)) && parts.iter().all(|(part, _)| steady(part))
        }
        _ => false,
    }
}

fn below<'s>(walked: Tree<'s>, index: Tree<'s>) -> Tree<'s> {
    let at = Term::Call(AT, vec![index]);
    match walked {
        Term::Id => at,
        walked => Term::BinOp(Box::new(walked), BinaryOp::Pipe(None), Box::new(at)),
    }
}

/// Makes `value` hold something at `index`, if it is null or too short an array.
pub(super) fn make_room(value: Val, index: &Val) -> Val {
    match (value, index) {
        (Val::Null, Val::TStr(_)) => Val::obj(jaq_json::Map::default()),
        (Val::Null, Val::Num(Num::Int(i @ 0..))) => make_room(Val::Arr(Vec::new().into()), &Val::from(*i)),
        (Val::Arr(mut items), Val::Num(Num::Int(i @ 0..))) => {
            let index = i.unsigned_abs();
            if items.len() <= index && index <= MAX_INDEX {
                jaq_json::Rc::make_mut(&mut items).resize(index + 1, Val::Null);
            }
            Val::Arr(items)
        }
        (value, _) => value,
    }
}
