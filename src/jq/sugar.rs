//! Spells out what jq's language has and jaq's syntax tree has not: `?//` and `$__loc__`.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Def, Pattern, Term};
use jaq_core::ops::Math;

use super::fault::SyntaxFault;
use super::syntax::span_in;
use super::tokens::ALTERNATIVES;
use super::tree::{Tree, at, binary, bind, map_children, pipe};

/// What a pattern is tried on, and the input of the filter; no filter text can name them.
const SUBJECT: &str = "$ subject";
const INPUT: &str = "$ input";
/// The definition that holds what follows the patterns.
const BODY: &str = " body";

/// Spells out the tree of `text`.
pub(super) fn spell_out<'s>(tree: Tree<'s>, text: &'s str) -> Result<Tree<'s>, SyntaxFault> {
    let mut fault = None;
    let tree = node(tree, text, &mut fault);
    fault.map_or(Ok(tree), Err)
}

fn node<'s>(tree: Tree<'s>, text: &'s str, fault: &mut Option<SyntaxFault>) -> Tree<'s> {
    match map_children(tree, &mut |tree| node(tree, text, fault)) {
        Term::BinOp(value, BinaryOp::Pipe(Some(Pattern::Arr(mut patterns))), body) if are_alternatives(&patterns) => {
            patterns.pop();
            alternatives(*value, patterns, *body)
        }
        Term::Fold(name, source, pattern, arguments) => {
            if matches!(&pattern, Pattern::Arr(patterns) if are_alternatives(patterns)) {
                let message = format!("`?//` is not available in `{name}`");
                fault.get_or_insert(SyntaxFault::new(message, span_in(text, name)));
            }
            Term::Fold(name, source, pattern, arguments)
        }
        Term::Var(name) if name == "$__loc__" => location(name, text),
        Term::Obj(entries) => {
            let entry = |(key, value): (Tree<'s>, Option<Tree<'s>>)| match (key, value) {
                (Term::Var(name), None) if name == "$__loc__" => (word(&name[1..]), Some(location(name, text))),
                (key, value) => {
                    if let Some(place) = never_text(&key) {
                        let fault_here = SyntaxFault::new("an object key must be a string", span_in(text, place));
                        fault.get_or_insert(fault_here);
                    }
                    (key, value)
                }
            };
            Term::Obj(entries.into_iter().map(entry).collect())
        }
        Term::BinOp(value, BinaryOp::Pipe(Some(pattern)), body) => {
            if let Some(place) = wrong_key(&pattern) {
                fault.get_or_insert(SyntaxFault::new("an object key must be a string", span_in(text, place)));
            }
            Term::BinOp(value, BinaryOp::Pipe(Some(pattern)), body)
        }
        other => other,
    }
}

fn are_alternatives(patterns: &[Pattern<&str>]) -> bool {
    matches!(patterns.last(), Some(Pattern::Var(ALTERNATIVES)))
}

/// Returns where a constant stands that is never a text.
fn never_text<'s>(key: &Tree<'s>) -> Option<&'s str> {
    match key {
        Term::Num(digits) => Some(digits),
        Term::Call(name @ ("true" | "false" | "null"), arguments) if arguments.is_empty() => Some(name),
        _ => None,
    }
}

fn wrong_key<'s>(pattern: &Pattern<&'s str>) -> Option<&'s str> {
    match pattern {
        Pattern::Var(_) => None,
        Pattern::Arr(items) => items.iter().find_map(wrong_key),
        Pattern::Obj(entries) => entries.iter().find_map(|(key, item)| never_text(key).or_else(|| wrong_key(item))),
    }
}

/// Returns `value as P ?// Q | body`: where taking apart or the body fails, the next pattern is tried, and the variables
/// that a pattern lacks are null.
fn alternatives<'s>(value: Tree<'s>, patterns: Vec<Pattern<&'s str>>, body: Tree<'s>) -> Tree<'s> {
    let mut variables = Vec::new();
    patterns.iter().for_each(|pattern| collect(pattern, &mut variables));
    let mut chain: Option<Tree<'s>> = None;
    for pattern in patterns.into_iter().rev() {
        let mut own = Vec::new();
        collect(&pattern, &mut own);
        let argument = |name: &&'s str| if own.contains(name) { Term::Var(*name) } else { null() };
        let call = Term::Call(BODY, variables.iter().map(argument).collect());
        let this = binary(Term::Var(SUBJECT), BinaryOp::Pipe(Some(pattern)), call);
        chain = Some(match chain {
            None => this,
            Some(next) => Term::TryCatch(Box::new(this), Some(Box::new(pipe(Term::Var(INPUT), next)))),
        });
    }
    let def = Def { name: BODY, args: variables, body };
    let chain = Term::Def(vec![def], Box::new(chain.unwrap_or_default()));
    bind(value, SUBJECT, bind(Term::Id, INPUT, chain))
}

fn collect<'s>(pattern: &Pattern<&'s str>, variables: &mut Vec<&'s str>) {
    match pattern {
        Pattern::Var(name) => {
            if !variables.contains(name) {
                variables.push(name);
            }
        }
        Pattern::Arr(items) => items.iter().for_each(|item| collect(item, variables)),
        Pattern::Obj(entries) => entries.iter().for_each(|(_, item)| collect(item, variables)),
    }
}

fn null<'s>() -> Tree<'s> {
    at(Term::Arr(None), Term::Num("0"))
}

fn word(text: &str) -> Tree<'_> {
    Term::Str(None, vec![StrPart::Str(text)])
}

/// Returns the object that `$__loc__` is where `name` stands.
fn location<'s>(name: &'s str, text: &'s str) -> Tree<'s> {
    let line = 1 + text[..span_in(text, name).start].matches('\n').count();
    Term::Obj(vec![(word("file"), Some(word("<top-level>"))), (word("line"), Some(count(line)))])
}

/// Returns a number, made of digits that live as long as the program.
fn count<'s>(number: usize) -> Tree<'s> {
    const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let last = Term::Num(DIGITS[number % 10]);
    if number < 10 {
        return last;
    }
    let tens = binary(count(number / 10), BinaryOp::Math(Math::Mul), Term::Num("10"));
    binary(tens, BinaryOp::Math(Math::Add), last)
}
