//! The evidence card as Markdown, to be handed in: a heading for each part, a row an item.

use std::io::{self, Write};

use super::{Card, Format, Writes};
use crate::describe::keys;
use crate::describe::reproduce::quoted;
use crate::describe::sanitize::harmless;
use crate::describe::sign::Role;
use crate::describe::text::lines;

/// The card as Markdown.
pub const FORMAT: Format = Format { name: "markdown", help: "To be handed in", writes: Writes::Evidence(write) };

/// Writes the card as Markdown.
///
/// # Errors
/// Where `to` cannot be written.
pub fn write(to: &mut dyn Write, card: &Card<'_>) -> io::Result<()> {
    let Card { evidence, session } = *card;
    writeln!(to, "# Evidence: {}", plain(&evidence.goal))?;
    writeln!(to, "\n{}", plain(&keys::usual(&evidence.summary())))?;
    for part in &evidence.parts {
        let (first, rest) = part.label.split_at(1);
        writeln!(to, "\n## {}{rest}\n", first.to_uppercase())?;
        for row in &part.rows {
            let indent = "  ".repeat(row.indent);
            let bare = matches!(row.role, Role::Text | Role::Strong);
            let sign = if bare { String::new() } else { format!("{} ", plain(row.role.glyph())) };
            writeln!(to, "{indent}- {sign}{}", plain(&keys::usual(&row.said())))?;
            let Some(text) = &row.text else { continue };
            let fence = fence(text);
            writeln!(to, "\n{indent}  {fence}text")?;
            for line in lines(text) {
                writeln!(to, "{}", format!("{indent}  {line}").trim_end())?;
            }
            writeln!(to, "{indent}  {fence}")?;
        }
    }
    match session {
        Some(session) => writeln!(to, "\nThe keys work in {}", code(&format!("planscope resume {}", quoted(session)))),
        None => Ok(()),
    }
}

/// Returns a fence that no line of `text` closes.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// Returns `text` as code within a line.
fn code(text: &str) -> String {
    match text.contains('`') {
        true => format!("{0} {1} {0}", fence(text), harmless(text)),
        false => format!("`{}`", harmless(text)),
    }
}

/// Returns `text` on one line, with nothing in it that Markdown or HTML takes for its own.
fn plain(text: &str) -> String {
    let text = harmless(text);
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        // An underscore within a name emphasizes nothing.
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let own = match c {
            '_' => !(inside(before) && inside(rest.peek().copied())),
            '\\' | '`' | '*' | '[' | ']' | '<' | '|' | '~' | '&' => true,
            // At the beginning of an item they would begin another block; `1.` too.
            '#' | '>' | '+' | '-' | '=' | '!' => before.is_none(),
            '.' | ')' => out.chars().all(|c| c.is_ascii_digit()) && !out.is_empty(),
            _ => false,
        };
        if own {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_taken_for_markdown() {
        for (text, written) in [
            ("top_intent is _so_", "top_intent is \\_so\\_"),
            ("- a list", "\\- a list"),
            ("12. twelve", "12\\. twelve"),
            ("a <b>bold</b> `x` | y & z", "a \\<b>bold\\</b> \\`x\\` \\| y \\& z"),
            ("two\nlines", "two⏎lines"),
            ("+1 =2", "\\+1 =2"),
        ] {
            assert_eq!(plain(text), written);
        }
        assert_eq!(fence("a ``` b"), "````");
        assert_eq!(code("a ` b"), "``` a ` b ```");
    }
}
