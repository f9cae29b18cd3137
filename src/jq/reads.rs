//! Which entries of the object that it is put to a filter looks at: so a condition can be decided before all are there.

use std::collections::BTreeSet;

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Term};
use jaq_core::path::{Part, Path};

use super::stack;
use super::syntax;
use super::tree::Tree;

/// Returns the entries of its input that `filter` looks at, by name; none: it may look at the whole input.
///
/// Put to an object that lacks any other entry, the filter comes to the same. Where that is not plain to see, none.
pub fn entries_read(filter: &str) -> Option<Vec<String>> {
    let find = || {
        let mut found = BTreeSet::new();
        let tree = syntax::parse(filter).ok()?;
        collect(&tree, &mut found).then(|| found.into_iter().map(str::to_owned).collect())
    };
    if stack::is_shallow(filter) { find() } else { stack::roomy(find) }
}

/// Adds the entries that `tree` looks at. Returns whether that is all that it looks at.
fn collect<'s>(tree: &Tree<'s>, found: &mut BTreeSet<&'s str>) -> bool {
    let mut all = |trees: &[&Tree<'s>]| trees.iter().all(|tree| collect(tree, found));
    match tree {
        Term::Num(_) | Term::Var(_) | Term::Arr(None) => true,
        Term::Str(_, parts) => {
            let trees = parts.iter().filter_map(|part| match part {
                StrPart::Term(tree) => Some(tree),
                StrPart::Str(_) | StrPart::Char(_) => None,
            });
            all(&trees.collect::<Vec<_>>())
        }
        Term::Arr(Some(tree)) | Term::Neg(tree) => all(&[tree]),
        Term::Obj(entries) => entries.iter().all(|(key, value)| match value {
            Some(value) => all(&[key, value]),
            None => false,
        }),
        // What follows a pipe is put to what comes before it, not to the input.
        Term::BinOp(left, BinaryOp::Pipe(None), _) => all(&[left]),
        Term::BinOp(
            left,
            BinaryOp::Comma | BinaryOp::Alt | BinaryOp::Or | BinaryOp::And | BinaryOp::Math(_) | BinaryOp::Cmp(_),
            right,
        ) => all(&[left, right]),
        Term::BinOp(left, BinaryOp::Pipe(Some(_)), right) => all(&[left, right]),
        Term::TryCatch(body, None) => all(&[body]),
        Term::IfThenElse(branches, Some(otherwise)) => {
            branches.iter().all(|(test, then)| all(&[test, then])) && all(&[otherwise])
        }
        Term::Call(name, arguments) if arguments.is_empty() => matches!(*name, "true" | "false" | "null" | "empty"),
        Term::Path(start, Path(parts)) => {
            let parts_read = |part: &Part<Tree<'s>>| match part {
                Part::Index(tree) => vec![tree.clone()],
                Part::Range(from, to) => from.iter().chain(to).cloned().collect(),
            };
            let (first, rest) = match (&**start, parts.split_first()) {
                (Term::Id, Some(((Part::Index(Term::Str(None, name)), _), rest))) => match name.as_slice() {
                    [StrPart::Str(name)] => {
                        found.insert(*name);
                        (true, rest)
                    }
                    _ => return false,
                },
                (start, _) => (collect(start, found), parts.as_slice()),
            };
            first && rest.iter().flat_map(|(part, _)| parts_read(part)).all(|tree| collect(&tree, found))
        }
        Term::Id
        | Term::Recurse
        | Term::Break(_)
        | Term::Label(..)
        | Term::Fold(..)
        | Term::TryCatch(..)
        | Term::IfThenElse(..)
        | Term::Def(..)
        | Term::Call(..)
        | Term::BinOp(..) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_alone_decide_are_found() {
        for (filter, entries) in [
            (".a.failed == 0", vec!["a"]),
            (".a | length > 0", vec!["a"]),
            ("(.a | length) > 0 and .b[.c] != null", vec!["a", "b", "c"]),
            (".a as $x | .b == $x", vec!["a", "b"]),
            ("if .a then .b else false end", vec!["a", "b"]),
            ("true", vec![]),
            (r#""\(.a)" == "x""#, vec!["a"]),
            (".a?.b // 3", vec!["a"]),
        ] {
            assert_eq!(entries_read(filter), Some(entries.into_iter().map(str::to_owned).collect()), "{filter}");
        }
    }

    #[test]
    fn what_may_look_at_everything_is_not_guessed() {
        for filter in [
            "length > 0",
            ".",
            "[.[]] | length",
            "keys == []",
            ".a, .",
            "to_entries",
            "has(\"a\")",
            "{a}",
            "def f: .; f",
        ] {
            assert_eq!(entries_read(filter), None, "{filter}");
        }
        assert_eq!(entries_read(".a |= 1"), None);
        assert_eq!(entries_read("1 | ."), Some(vec![]), "a pipe's right side is put to its left");
    }
}
