//! Standard output: text that no terminal takes for a command.

use std::io::{self, Write};

use crate::describe::sanitize::harmless;

/// Writes `text` as it is but for what does something to a terminal; its line breaks and tabs stay.
pub(super) fn text(to: &mut impl Write, text: &str) -> io::Result<()> {
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        for (at, part) in line.split('\t').enumerate() {
            write!(to, "{}{}", if at > 0 { "\t" } else { "" }, harmless(part))?;
        }
        writeln!(to)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn text_keeps_its_lines() {
        let mut out = Vec::new();
        super::text(&mut out, "a\tb\r\n\u{1b}[31mc").unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a\tb\n␛[31mc\n");
    }
}
