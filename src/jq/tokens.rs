//! Adapts the tokens of a filter where jq's grammar is wider than jaq's, before jaq's parser sees them.
//!
//! `.5` becomes a number; what stands between `reduce` or `foreach` and `as` is put in brackets; `{$a: P}` in a pattern
//! becomes `{$a, a: P}`; and `P ?// Q` becomes the pattern `[P, Q, $ ?//]`, whose last variable marks alternatives.

use jaq_core::load::lex::{StrPart, Tok, Token};

use super::syntax::span_in;

/// The variable at the end of a pattern that is a list of alternatives; no filter text can name it.
pub(super) const ALTERNATIVES: &str = "$ ?//";

/// Adapts `tokens`, which stand in `text`.
pub(super) fn adapt<'s>(text: &'s str, tokens: Vec<Token<&'s str>>) -> Vec<Token<&'s str>> {
    let mut adapted: Vec<Token<&'s str>> = Vec::with_capacity(tokens.len());
    let mut rest = tokens.into_iter().peekable();
    // Where the sources of open folds begin in `adapted`.
    let mut sources: Vec<usize> = Vec::new();
    while let Some(token) = rest.next() {
        let is_key = matches!(rest.peek(), Some(Token(":" | "," | "}", Tok::Sym)));
        match token {
            Token(".", Tok::Sym) if starts_number(adapted.last()) => match rest.next_if(|next| is_digits(text, next)) {
                Some(Token(digits, _)) => {
                    let end = span_in(text, digits).end;
                    adapted.push(Token(&text[end - digits.len() - 1..end], Tok::Num));
                }
                None => adapted.push(token),
            },
            Token("reduce" | "foreach", Tok::Word) if !is_key => {
                adapted.push(token);
                sources.push(adapted.len());
            }
            Token("as", Tok::Word) if !is_key => {
                if let Some(start) = sources.pop() {
                    bracket(&mut adapted, start);
                }
                adapted.push(token);
                adapted.extend(pattern(text, &mut rest));
            }
            token => adapted.push(inside(text, token)),
        }
    }
    adapted
}

/// Says whether a `.` after `before` begins a value, and is not part of a path.
fn starts_number(before: Option<&Token<&str>>) -> bool {
    match before {
        None => true,
        Some(Token(text, Tok::Sym)) => !text.starts_with('.') && *text != "?",
        Some(Token(_, Tok::Word)) => true,
        Some(Token(_, Tok::Var | Tok::Fmt | Tok::Num | Tok::Str(_) | Tok::Block(_))) => false,
    }
}

/// Says whether `token` is a number that follows a point at once.
fn is_digits(text: &str, token: &Token<&str>) -> bool {
    let start = span_in(text, token.0).start;
    matches!(token.1, Tok::Num) && start > 0 && text.as_bytes()[start - 1] == b'.'
}

/// Adapts what is inside a token.
fn inside<'s>(text: &'s str, Token(full, token): Token<&'s str>) -> Token<&'s str> {
    let token = match token {
        Tok::Block(tokens) => Tok::Block(adapt(text, tokens)),
        Tok::Str(parts) => {
            let part = |part| match part {
                StrPart::Term(token) => StrPart::Term(inside(text, token)),
                StrPart::Str(text) => StrPart::Str(text),
                StrPart::Char(c) => StrPart::Char(c),
            };
            Tok::Str(parts.into_iter().map(part).collect())
        }
        token @ (Tok::Word | Tok::Var | Tok::Fmt | Tok::Num | Tok::Sym) => token,
    };
    Token(full, token)
}

/// Puts what stands from `start` on in brackets, if jq takes it as the source of a fold and jaq might not.
fn bracket(tokens: &mut Vec<Token<&str>>, start: usize) {
    let source = tokens.get(start..).unwrap_or_default();
    let ends = |token: &Token<&str>| matches!(token, Token("," | "|" | ";" | ":" | "=", Tok::Sym));
    if source.len() < 2 || source.iter().any(ends) {
        return;
    }
    let mut source = tokens.split_off(start);
    source.push(Token(")", Tok::Sym));
    tokens.push(Token("(", Tok::Block(source)));
}

/// Takes a pattern and its alternatives.
fn pattern<'s>(
    text: &'s str,
    rest: &mut std::iter::Peekable<impl Iterator<Item = Token<&'s str>>>,
) -> Vec<Token<&'s str>> {
    let mut alternatives: Vec<Token<&'s str>> = Vec::new();
    loop {
        let Some(token) = rest.next_if(|token| is_pattern(token)) else { return alternatives };
        alternatives.push(destructured(text, token));
        if rest.next_if(|token| matches!(token, Token("?", Tok::Sym))).is_none() {
            break;
        }
        match rest.next_if(|token| matches!(token, Token("//", Tok::Sym))) {
            Some(_) => alternatives.push(Token(",", Tok::Sym)),
            // Whatever it is, it is not a pattern: the parser says so.
            None => {
                alternatives.push(Token("?", Tok::Sym));
                return alternatives;
            }
        }
    }
    if alternatives.len() == 1 {
        return alternatives;
    }
    alternatives.extend([Token(",", Tok::Sym), Token(ALTERNATIVES, Tok::Var), Token("]", Tok::Sym)]);
    vec![Token("[", Tok::Block(alternatives))]
}

fn is_pattern(Token(text, token): &Token<&str>) -> bool {
    match token {
        Tok::Var => true,
        Tok::Block(_) => text.starts_with(['[', '{']),
        Tok::Word | Tok::Fmt | Tok::Num | Tok::Str(_) | Tok::Sym => false,
    }
}

/// Adapts a pattern: `{$a: P}` binds `$a` and takes it apart.
fn destructured<'s>(text: &'s str, Token(full, token): Token<&'s str>) -> Token<&'s str> {
    let Tok::Block(tokens) = token else { return Token(full, token) };
    let mut adapted = Vec::with_capacity(tokens.len());
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        match token {
            Token(name, Tok::Var) if matches!(rest.peek(), Some(Token(":", Tok::Sym))) => {
                adapted.extend([Token(name, Tok::Var), Token(",", Tok::Sym), Token(&name[1..], Tok::Word)]);
            }
            token if is_pattern(&token) => adapted.push(destructured(text, token)),
            token => adapted.push(inside(text, token)),
        }
    }
    Token(full, Tok::Block(adapted))
}
