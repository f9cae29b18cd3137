//! Something to read, as data: titled blocks of paragraphs, each with a sign and a depth. Who shows it wraps and styles.

use super::sign::Role;
use super::text;

/// The most bytes of one paragraph; a tool's whole output stands in the session file.
const LONGEST: usize = 8 * 1024;

/// One paragraph: a mark, how far it is indented, words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What its sign says.
    pub role: Role,
    /// How many steps it is indented.
    pub indent: usize,
    /// What it says; not made harmless yet.
    pub words: String,
}

/// A page of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What it is about.
    pub title: String,
    /// Its paragraphs, in order.
    pub rows: Vec<Row>,
}

impl Page {
    /// Returns an empty page.
    pub fn new(title: impl Into<String>) -> Page {
        Page { title: title.into(), ..Page::default() }
    }

    /// Adds a heading.
    pub fn heading(&mut self, words: impl Into<String>) {
        if !self.rows.is_empty() {
            self.rows.push(Row { role: Role::Text, indent: 0, words: String::new() });
        }
        self.rows.push(Row { role: Role::Title, indent: 0, words: words.into() });
    }

    /// Adds a paragraph after the glyph of `role`, `indent` steps deep.
    pub fn add(&mut self, role: Role, indent: usize, words: impl Into<String>) {
        let words = words.into();
        let words = if words.len() > LONGEST { text::head(&words, LONGEST) } else { words };
        self.rows.push(Row { role, indent, words });
    }

    /// Returns the words of the page, for the clipboard and for tests.
    pub fn words(&self) -> String {
        let line = |row: &Row| format!("{}{} {}", "  ".repeat(row.indent), row.role.glyph(), row.words);
        self.rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}
