//! Which filters have exactly one output, unless they fail.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Pattern, Term};
use jaq_core::path::{Opt, Part, Path};

use super::super::tree::Tree;

/// Filters of no arguments with one output.
const PLAIN: &[&str] = &[
    "true",
    "false",
    "null",
    "not",
    "length",
    "utf8bytelength",
    "type",
    "keys",
    "keys_unsorted",
    "add",
    "any",
    "all",
    "tostring",
    "tonumber",
    "toboolean",
    "tojson",
    "fromjson",
    "floor",
    "ceil",
    "round",
    "sqrt",
    "abs",
    "fabs",
    "trunc",
    "first",
    "last",
    "min",
    "max",
    "sort",
    "unique",
    "reverse",
    "to_entries",
    "from_entries",
    "ascii_downcase",
    "ascii_upcase",
    "trim",
    "ltrim",
    "rtrim",
    "explode",
    "implode",
    "flatten",
    "toarray",
    "transpose",
    "nan",
    "infinite",
    "isnan",
    "isinfinite",
    "isnormal",
    "isboolean",
    "isnumber",
    "isstring",
    "isarray",
    "isobject",
    "todate",
    "fromdate",
    "mktime",
    "gmtime",
    "error",
    "ascii",
];
/// Filters of one argument with one output, whatever the argument has.
const AROUND: &[&str] = &[
    "map",
    "map_values",
    "with_entries",
    "sort_by",
    "group_by",
    "unique_by",
    "min_by",
    "max_by",
    "any",
    "all",
    "add",
    "isempty",
    "del",
    "IN",
    "INDEX",
];
/// Filters with one output for each combination of what their arguments have.
const COMBINING: &[&str] = &[
    "has",
    "in",
    "contains",
    "inside",
    "join",
    "split",
    "startswith",
    "endswith",
    "ltrimstr",
    "rtrimstr",
    "trimstr",
    "test",
    "index",
    "rindex",
    "indices",
    "getpath",
    "setpath",
    "delpaths",
    "error",
    "flatten",
    "strftime",
    "strptime",
    "pow",
    "log",
    "atan2",
    "fmin",
    "fmax",
    "ldexp",
    "bsearch",
];

/// Knows how many outputs filters have.
pub(super) struct Outputs {
    /// The names of jq's filters mean what they mean in jq.
    pub(super) calls_are_known: bool,
}

impl Outputs {
    /// Says whether `tree` is known to have exactly one output for each input, or an error.
    pub(super) fn one(&self, tree: &Tree<'_>) -> bool {
        match tree {
            Term::Id | Term::Num(_) | Term::Arr(_) | Term::Var(_) | Term::Break(_) => true,
            Term::Str(_, parts) => parts.iter().all(|part| match part {
                StrPart::Term(tree) => self.one(tree),
                StrPart::Str(_) | StrPart::Char(_) => true,
            }),
            Term::Obj(entries) => {
                entries.iter().all(|(key, value)| self.one(key) && value.iter().all(|value| self.one(value)))
            }
            Term::Neg(tree) => self.one(tree),
            Term::BinOp(left, BinaryOp::Pipe(pattern), right) => {
                let plain = matches!(pattern, None | Some(Pattern::Var(_)));
                plain && self.one(left) && self.one(right)
            }
            Term::BinOp(_, BinaryOp::Update, _) => true,
            Term::BinOp(_, BinaryOp::Assign | BinaryOp::UpdateMath(_) | BinaryOp::UpdateAlt, right) => self.one(right),
            Term::BinOp(
                left,
                BinaryOp::Math(_) | BinaryOp::Cmp(_) | BinaryOp::And | BinaryOp::Or | BinaryOp::Alt,
                right,
            ) => self.one(left) && self.one(right),
            Term::BinOp(_, BinaryOp::Comma, _) => false,
            Term::IfThenElse(branches, otherwise) => {
                branches.iter().all(|(condition, then)| self.one(condition) && self.one(then))
                    && otherwise.iter().all(|tree| self.one(tree))
            }
            Term::TryCatch(body, Some(catch)) => self.one(body) && self.one(catch),
            Term::Fold("reduce", _, _, arguments) => arguments.first().is_some_and(|init| self.one(init)),
            Term::Path(start, Path(parts)) => {
                self.one(start)
                    && parts.iter().all(|(part, opt)| {
                        matches!(opt, Opt::Essential)
                            && match part {
                                Part::Index(index) => self.one(index),
                                Part::Range(None, None) => false,
                                Part::Range(from, to) => from.iter().chain(to).all(|end| self.one(end)),
                            }
                    })
            }
            Term::Call(name, arguments) => self.call(name, arguments),
            Term::Recurse | Term::Label(..) | Term::TryCatch(_, None) | Term::Fold(..) | Term::Def(..) => false,
        }
    }

    fn call(&self, name: &str, arguments: &[Tree<'_>]) -> bool {
        self.calls_are_known
            && match arguments {
                [] => PLAIN.contains(&name),
                [_] if AROUND.contains(&name) => true,
                [_, _] if matches!(name, "any" | "all") => true,
                arguments => COMBINING.contains(&name) && arguments.iter().all(|tree| self.one(tree)),
            }
    }
}
