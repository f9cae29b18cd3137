//! Rewrites a syntax tree so that everything that can repeat counts a step.
//!
//! A filter can only run for long through recursion, through `reduce` and `foreach`, or through generators that
//! multiply each other. So a tick stands before every body of a definition, before every update of a fold, and after
//! every generator: `.[]`, `..`, the right side of a comma. (`range` ticks natively.) `tick | f` keeps paths, updates
//! and tail calls of `f` as they are.

use jaq_core::load::parse::{BinaryOp, Def, Term};
use jaq_core::path::{Part, Path};

use super::natives::TICK;
use super::tree::{Tree, map_children, pipe};

/// Puts ticks into a tree.
pub(super) fn instrument(tree: Tree<'_>) -> Tree<'_> {
    match map_children(tree, &mut instrument) {
        Term::Recurse => after(Term::Recurse),
        Term::BinOp(left, BinaryOp::Comma, right) => Term::BinOp(left, BinaryOp::Comma, Box::new(before(*right))),
        Term::Fold(name, source, pattern, mut arguments) => {
            if let Some(update) = arguments.get_mut(1) {
                *update = before(std::mem::take(update));
            }
            Term::Fold(name, source, pattern, arguments)
        }
        Term::Def(defs, tree) => Term::Def(defs.into_iter().map(ticking).collect(), tree),
        Term::Path(start, Path(parts)) => {
            let generates = parts.iter().any(|(part, _)| matches!(part, Part::Range(None, None)));
            let path = Term::Path(start, Path(parts));
            if generates { after(path) } else { path }
        }
        other => other,
    }
}

/// Puts a tick before the body of a definition.
pub(super) fn ticking(def: Def<&str>) -> Def<&str> {
    Def { body: before(def.body), ..def }
}

fn before(tree: Tree<'_>) -> Tree<'_> {
    pipe(Term::Call(TICK, Vec::new()), tree)
}

fn after(tree: Tree<'_>) -> Tree<'_> {
    pipe(tree, Term::Call(TICK, Vec::new()))
}
