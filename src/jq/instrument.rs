//! Rewrites a syntax tree so that everything that can repeat counts a step.
//!
//! A filter can only run for long through recursion, through `reduce` and `foreach`, or through generators that
//! multiply each other. So a tick stands before every body of a definition, before every update of a fold, and after
//! every generator: `.[]`, `..`, the right side of a comma. (`range` ticks natively.) `tick | f` keeps paths, updates
//! and tail calls of `f` as they are.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Def, Pattern, Term};
use jaq_core::ops::Math;
use jaq_core::path::{Part, Path};

use super::autovivify::autovivify;
use super::natives::{DIVIDE, PLAIN, TICK};
use super::syntax::Tree;

/// The variable that `l /= r` is rewritten with; no filter text can name it.
const QUOTIENT: &str = "$ by";

/// Whose text is rewritten.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    /// A person: `/` means jq's division.
    Person,
    /// jaq's library, which defines `infinite` as `1 / 0`.
    Library,
}

/// Puts ticks into a tree.
pub(super) fn instrument<'s>(tree: Tree<'s>, author: Author) -> Tree<'s> {
    let go = |tree| instrument(tree, author);
    let go_box = |tree: Box<Tree<'s>>| Box::new(instrument(*tree, author));
    match tree {
        Term::Id | Term::Num(_) | Term::Break(_) | Term::Var(_) => tree,
        Term::Recurse => after(Term::Recurse),
        Term::Str(format, parts) => {
            let part = |part| match part {
                StrPart::Term(tree) => StrPart::Term(pipe(go(tree), call(PLAIN))),
                StrPart::Str(text) => StrPart::Str(text),
                StrPart::Char(c) => StrPart::Char(c),
            };
            Term::Str(format, parts.into_iter().map(part).collect())
        }
        Term::Arr(items) => Term::Arr(items.map(go_box)),
        Term::Obj(entries) => {
            Term::Obj(entries.into_iter().map(|(key, value)| (entry_key(key, author), value.map(go))).collect())
        }
        Term::Neg(tree) => Term::Neg(go_box(tree)),
        Term::BinOp(left, op, right) => operation(*left, op, *right, author),
        Term::Label(name, tree) => Term::Label(name, go_box(tree)),
        Term::Fold(name, source, pattern, arguments) => {
            let argument = |(i, tree)| if i == 1 { before(go(tree)) } else { go(tree) };
            let arguments = arguments.into_iter().enumerate().map(argument).collect();
            Term::Fold(name, go_box(source), matched(pattern, author), arguments)
        }
        Term::TryCatch(body, catch) => Term::TryCatch(go_box(body), catch.map(go_box)),
        Term::IfThenElse(branches, otherwise) => {
            let branches = branches.into_iter().map(|(if_, then)| (go(if_), go(then))).collect();
            Term::IfThenElse(branches, otherwise.map(go_box))
        }
        Term::Def(defs, tree) => Term::Def(defs.into_iter().map(|def| definition(def, author)).collect(), go_box(tree)),
        Term::Call(name, arguments) => Term::Call(name, arguments.into_iter().map(go).collect()),
        Term::Path(start, Path(parts)) => {
            let generates = parts.iter().any(|(part, _)| matches!(part, Part::Range(None, None)));
            let part = |part| match part {
                Part::Index(tree) => Part::Index(go(tree)),
                Part::Range(from, to) => Part::Range(from.map(go), to.map(go)),
            };
            let parts = parts.into_iter().map(|(p, opt)| (part(p), opt)).collect();
            let path = Term::Path(go_box(start), Path(parts));
            if generates { after(path) } else { path }
        }
    }
}

/// Puts ticks into a definition, the first before its body.
fn definition(def: Def<&str>, author: Author) -> Def<&str> {
    ticking(Def { body: instrument(def.body, author), ..def })
}

/// Puts a tick before the body of a definition.
pub(super) fn ticking(def: Def<&str>) -> Def<&str> {
    Def { body: before(def.body), ..def }
}

fn operation<'s>(left: Tree<'s>, op: BinaryOp<&'s str>, right: Tree<'s>, author: Author) -> Tree<'s> {
    let left = match op {
        BinaryOp::Assign | BinaryOp::Update | BinaryOp::UpdateMath(_) | BinaryOp::UpdateAlt
            if author == Author::Person =>
        {
            autovivify(left)
        }
        _ => left,
    };
    let left = instrument(left, author);
    let right = instrument(right, author);
    match op {
        BinaryOp::Comma => binary(left, BinaryOp::Comma, before(right)),
        BinaryOp::Pipe(pattern) => binary(left, BinaryOp::Pipe(pattern.map(|p| matched(p, author))), right),
        BinaryOp::Math(Math::Div) if author == Author::Person => Term::Call(DIVIDE, vec![left, right]),
        BinaryOp::UpdateMath(Math::Div) if author == Author::Person => {
            let quotient = Term::Call(DIVIDE, vec![Term::Id, Term::Var(QUOTIENT)]);
            let update = binary(left, BinaryOp::Update, quotient);
            binary(right, BinaryOp::Pipe(Some(Pattern::Var(QUOTIENT))), update)
        }
        op @ (BinaryOp::Alt
        | BinaryOp::Or
        | BinaryOp::And
        | BinaryOp::Math(_)
        | BinaryOp::Cmp(_)
        | BinaryOp::Assign
        | BinaryOp::Update
        | BinaryOp::UpdateMath(_)
        | BinaryOp::UpdateAlt) => binary(left, op, right),
    }
}

fn matched(pattern: Pattern<&str>, author: Author) -> Pattern<&str> {
    match pattern {
        Pattern::Var(name) => Pattern::Var(name),
        Pattern::Arr(items) => Pattern::Arr(items.into_iter().map(|p| matched(p, author)).collect()),
        Pattern::Obj(entries) => {
            Pattern::Obj(entries.into_iter().map(|(key, p)| (instrument(key, author), matched(p, author))).collect())
        }
    }
}

/// Puts ticks into a key, but leaves `{$x}` and `{a}` recognisable.
fn entry_key(key: Tree<'_>, author: Author) -> Tree<'_> {
    match key {
        Term::Var(_) => key,
        key => instrument(key, author),
    }
}

fn binary<'s>(left: Tree<'s>, op: BinaryOp<&'s str>, right: Tree<'s>) -> Tree<'s> {
    Term::BinOp(Box::new(left), op, Box::new(right))
}

fn pipe<'s>(left: Tree<'s>, right: Tree<'s>) -> Tree<'s> {
    binary(left, BinaryOp::Pipe(None), right)
}

fn call(name: &'static str) -> Tree<'static> {
    Term::Call(name, Vec::new())
}

fn before(tree: Tree<'_>) -> Tree<'_> {
    pipe(call(TICK), tree)
}

fn after(tree: Tree<'_>) -> Tree<'_> {
    pipe(tree, call(TICK))
}
