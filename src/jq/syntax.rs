//! Turns a filter text into a syntax tree, or says where it stops making sense.

use jaq_core::load::lex::{self, Lexer, Token};
use jaq_core::load::parse::{self, Parser};
use jaq_core::load::span;

use super::bounds;
use super::fault::SyntaxFault;

/// A syntax tree whose names are slices of the text, so that each knows its place.
pub(super) type Tree<'s> = parse::Term<&'s str>;

/// Parses `text`; needs a stack as [`super::stack::roomy`] gives it for large texts.
pub(super) fn parse(text: &str) -> Result<Tree<'_>, SyntaxFault> {
    bounds::check_text(text)?;
    if let Some(word) = module_word(text) {
        let message = format!("`{word}` is not available, because a filter stands on its own");
        return Err(SyntaxFault::new(message, span(text, word)));
    }
    let tokens = Lexer::new(text).lex().map_err(|faults| earliest(faults.iter().map(|f| lexical(text, f))))?;
    bounds::check_tokens(text, &tokens)?;
    Parser::new(&tokens)
        .parse(jaq_core::load::Parser::term)
        .map_err(|faults| earliest(faults.iter().map(|f| grammatical(text, f))))
}

/// Returns the word that begins a module directive, which jq allows only at the start.
fn module_word(text: &str) -> Option<&str> {
    let start = text.trim_start();
    ["import", "include"].into_iter().find_map(|word| {
        let rest = start.strip_prefix(word)?;
        rest.trim_start().starts_with('"').then(|| &start[..word.len()])
    })
}

/// Picks the fault nearest to the start: later ones are often its consequences.
fn earliest(faults: impl Iterator<Item = SyntaxFault>) -> SyntaxFault {
    faults.min_by_key(SyntaxFault::offset).unwrap_or_else(|| SyntaxFault::new("the filter cannot be understood", 0..0))
}

fn lexical(text: &str, (expected, rest): &lex::Error<&str>) -> SyntaxFault {
    let start = span(text, rest).start;
    let end = start + rest.chars().next().map_or(0, char::len_utf8);
    let message = match expected {
        lex::Expect::Token => match rest.chars().next() {
            Some(c) => format!("`{c}` has no meaning here"),
            None => "something is missing at the end".into(),
        },
        lex::Expect::Delim(open) => {
            let close = match *open {
                "(" => ")",
                "[" => "]",
                "{" => "}",
                other => other,
            };
            let place = if rest.is_empty() { "at the end" } else { "here" };
            format!("`{close}` is missing {place}, to close `{open}`")
        }
        lex::Expect::Digit => "a digit is missing in this number".into(),
        lex::Expect::Ident => "a name is missing after `$` or `@`".into(),
        lex::Expect::Escape => r#"no escape in a string begins like this; a backslash is written `\\`"#.into(),
        lex::Expect::Unicode => r"`\u` needs four hexadecimal digits".into(),
        _ => "this cannot be understood".into(),
    };
    SyntaxFault::new(message, start..end)
}

fn grammatical<'s>(text: &'s str, (expected, found): &parse::TError<'_, &'s str>) -> SyntaxFault {
    let wanted = match expected {
        parse::Expect::Just("") | parse::Expect::Nothing => "the end of the filter".into(),
        parse::Expect::Just(word) => format!("`{word}`"),
        parse::Expect::Var => "a variable such as `$x`".into(),
        parse::Expect::Pattern => "a pattern such as `$x`, `[$a, $b]` or `{$a}`".into(),
        parse::Expect::ElseOrEnd => "`else`, `elif` or `end`".into(),
        parse::Expect::CommaOrRBrack => "`,` or `]`".into(),
        parse::Expect::CommaOrRBrace => "`,` or `}`".into(),
        parse::Expect::SemicolonOrRParen => "`;` or `)`".into(),
        parse::Expect::Term => "a value or a filter".into(),
        parse::Expect::Key => "a key".into(),
        parse::Expect::Ident => "a name".into(),
        parse::Expect::Arg => "the name of an argument".into(),
        parse::Expect::Str => "a string".into(),
        _ => "something else".into(),
    };
    match found {
        None => SyntaxFault::new(format!("the filter ends where {wanted} is expected"), text.len()..text.len()),
        Some(Token(found, _)) => {
            let span = span(text, found);
            // A block can be a page long: its opening bracket says enough.
            let shown: String = found.chars().take(20).collect();
            let more = if shown.len() < found.len() { "…" } else { "" };
            SyntaxFault::new(format!("`{shown}{more}` stands where {wanted} is expected"), span)
        }
    }
}
