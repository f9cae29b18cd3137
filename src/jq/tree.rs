//! Walking a syntax tree: one function that rebuilds a node around changed children.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{self, BinaryOp, Def, Pattern, Term};
use jaq_core::path::{Part, Path};

/// A syntax tree whose names are slices of the text, so that each knows its place.
pub(super) type Tree<'s> = parse::Term<&'s str>;

/// Returns the node with each of its direct children replaced by what `go` makes of it.
pub(super) fn map_children<'s>(tree: Tree<'s>, go: &mut impl FnMut(Tree<'s>) -> Tree<'s>) -> Tree<'s> {
    match tree {
        Term::Id | Term::Recurse | Term::Num(_) | Term::Break(_) | Term::Var(_) | Term::Arr(None) => tree,
        Term::Str(format, parts) => {
            let part = |part| match part {
                StrPart::Term(tree) => StrPart::Term(go(tree)),
                StrPart::Str(text) => StrPart::Str(text),
                StrPart::Char(c) => StrPart::Char(c),
            };
            Term::Str(format, parts.into_iter().map(part).collect())
        }
        Term::Arr(Some(items)) => Term::Arr(Some(Box::new(go(*items)))),
        Term::Obj(entries) => {
            let mut entry = |(key, value): (Tree<'s>, Option<Tree<'s>>)| {
                // `{$x}` and `{a}` stay recognisable.
                let key = if matches!(key, Term::Var(_)) { key } else { go(key) };
                (key, value.map(&mut *go))
            };
            Term::Obj(entries.into_iter().map(&mut entry).collect())
        }
        Term::Neg(tree) => Term::Neg(Box::new(go(*tree))),
        Term::BinOp(left, BinaryOp::Pipe(Some(pattern)), right) => {
            let left = Box::new(go(*left));
            let pattern = map_pattern(pattern, go);
            Term::BinOp(left, BinaryOp::Pipe(Some(pattern)), Box::new(go(*right)))
        }
        Term::BinOp(left, op, right) => {
            let left = Box::new(go(*left));
            Term::BinOp(left, op, Box::new(go(*right)))
        }
        Term::Label(name, tree) => Term::Label(name, Box::new(go(*tree))),
        Term::Fold(name, source, pattern, arguments) => {
            let source = Box::new(go(*source));
            let pattern = map_pattern(pattern, go);
            Term::Fold(name, source, pattern, arguments.into_iter().map(go).collect())
        }
        Term::TryCatch(body, catch) => {
            let body = Box::new(go(*body));
            Term::TryCatch(body, catch.map(|catch| Box::new(go(*catch))))
        }
        Term::IfThenElse(branches, otherwise) => {
            let mut branch = |(condition, then)| (go(condition), go(then));
            let branches = branches.into_iter().map(&mut branch).collect();
            Term::IfThenElse(branches, otherwise.map(|tree| Box::new(go(*tree))))
        }
        Term::Def(defs, tree) => {
            let mut body = |def: Def<&'s str>| Def { body: go(def.body), ..def };
            let defs = defs.into_iter().map(&mut body).collect();
            Term::Def(defs, Box::new(go(*tree)))
        }
        Term::Call(name, arguments) => Term::Call(name, arguments.into_iter().map(go).collect()),
        Term::Path(start, Path(parts)) => {
            let start = Box::new(go(*start));
            let mut part = |(part, opt)| match part {
                Part::Index(tree) => (Part::Index(go(tree)), opt),
                Part::Range(from, to) => {
                    let from = from.map(&mut *go);
                    (Part::Range(from, to.map(&mut *go)), opt)
                }
            };
            Term::Path(start, Path(parts.into_iter().map(&mut part).collect()))
        }
    }
}

/// Returns the pattern with the filters that are its keys replaced by what `go` makes of them.
fn map_pattern<'s>(pattern: Pattern<&'s str>, go: &mut impl FnMut(Tree<'s>) -> Tree<'s>) -> Pattern<&'s str> {
    match pattern {
        Pattern::Var(name) => Pattern::Var(name),
        Pattern::Arr(items) => Pattern::Arr(items.into_iter().map(|item| map_pattern(item, go)).collect()),
        Pattern::Obj(entries) => {
            let entry = |(key, item)| {
                let key = go(key);
                (key, map_pattern(item, go))
            };
            Pattern::Obj(entries.into_iter().map(entry).collect())
        }
    }
}

/// Returns `left op right`.
pub(super) fn binary<'s>(left: Tree<'s>, op: BinaryOp<&'s str>, right: Tree<'s>) -> Tree<'s> {
    Term::BinOp(Box::new(left), op, Box::new(right))
}

/// Returns `left | right`.
pub(super) fn pipe<'s>(left: Tree<'s>, right: Tree<'s>) -> Tree<'s> {
    binary(left, BinaryOp::Pipe(None), right)
}

/// Returns `value as $name | body`.
pub(super) fn bind<'s>(value: Tree<'s>, name: &'static str, body: Tree<'s>) -> Tree<'s> {
    binary(value, BinaryOp::Pipe(Some(Pattern::Var(name))), body)
}

/// Returns `start[index]`.
pub(super) fn at<'s>(start: Tree<'s>, index: Tree<'s>) -> Tree<'s> {
    Term::Path(Box::new(start), Path(vec![(Part::Index(index), jaq_core::path::Opt::Essential)]))
}
