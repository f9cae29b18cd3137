//! Refuses filter texts that are too long or too deep to be parsed without overflowing a stack.

use jaq_core::load::lex::{StrPart, Tok, Token};

use super::fault::SyntaxFault;
use super::syntax::span_in;

/// The longest filter text, in bytes.
pub const MAX_TEXT: usize = 64 * 1024;
/// The deepest nesting of brackets and interpolations.
pub const MAX_BRACKETS: usize = 200;
/// The most operators and keywords: each can make the syntax tree one level deeper, whatever their order.
pub const MAX_OPERATORS: usize = 4_000;

/// Checks length and bracket nesting without recursion, before the recursive lexer sees the text.
pub(super) fn check_text(text: &str) -> Result<(), SyntaxFault> {
    if text.len() > MAX_TEXT {
        let message = format!("the filter is longer than {} KiB", MAX_TEXT / 1024);
        return Err(SyntaxFault::new(message, MAX_TEXT..text.len()));
    }
    // What is open: `true` for a string, `false` for code in brackets or in an interpolation. Unbalanced closing
    // brackets are the lexer's to report.
    let mut open: Vec<bool> = Vec::new();
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        if open.last() == Some(&true) {
            match byte {
                b'"' => drop(open.pop()),
                b'\\' => {
                    if let Some((_, b'(')) = bytes.next() {
                        open.push(false);
                    }
                }
                _ => {}
            }
        } else {
            match byte {
                b'"' => open.push(true),
                b'(' | b'[' | b'{' => open.push(false),
                b')' | b']' | b'}' => drop(open.pop()),
                b'#' => {
                    // As in the lexer, a backslash at the end of a line continues the comment.
                    let mut slashes = 0;
                    for (_, byte) in bytes.by_ref() {
                        match byte {
                            b'\\' => slashes += 1,
                            b'\n' if slashes % 2 == 0 => break,
                            // A carriage return before the end of the line does not count.
                            b'\r' => {}
                            _ => slashes = 0,
                        }
                    }
                }
                _ => {}
            }
        }
        if open.len() > MAX_BRACKETS {
            let message = format!("the filter nests brackets more than {MAX_BRACKETS} deep");
            return Err(SyntaxFault::new(message, at..at + 1));
        }
    }
    Ok(())
}

/// Counts what can deepen the syntax tree, before the recursive parser sees the tokens.
pub(super) fn check_tokens<'s>(text: &'s str, tokens: &[Token<&'s str>]) -> Result<(), SyntaxFault> {
    let mut left = MAX_OPERATORS;
    match count(tokens, &mut left) {
        None => Ok(()),
        Some(token) => {
            let message = format!("the filter has more than {MAX_OPERATORS} operators");
            Err(SyntaxFault::new(message, span_in(text, token)))
        }
    }
}

/// Takes one from `left` for each operator and returns the one for which nothing is left.
fn count<'s>(tokens: &[Token<&'s str>], left: &mut usize) -> Option<&'s str> {
    for Token(text, token) in tokens {
        let inner = match token {
            Tok::Block(tokens) => count(tokens, left),
            Tok::Str(parts) => parts.iter().find_map(|part| match part {
                StrPart::Term(token) => count(std::slice::from_ref(token), left),
                StrPart::Str(_) | StrPart::Char(_) => None,
            }),
            Tok::Word | Tok::Sym | Tok::Var | Tok::Fmt | Tok::Num => None,
        };
        if inner.is_some() {
            return inner;
        }
        if deepens(text, token) {
            match left.checked_sub(1) {
                Some(rest) => *left = rest,
                None => return Some(text),
            }
        }
    }
    None
}

fn deepens(text: &str, token: &Tok<&str>) -> bool {
    match token {
        Tok::Sym => !text.starts_with('.') && !matches!(text, ";" | ":" | "?" | ")" | "]" | "}"),
        Tok::Word => matches!(
            text,
            "and" | "or" | "as" | "def" | "try" | "catch" | "if" | "elif" | "label" | "reduce" | "foreach"
        ),
        Tok::Var | Tok::Fmt | Tok::Num | Tok::Str(_) | Tok::Block(_) => false,
    }
}
