//! What an audience is not to read: the folders of this machine, and what looks like a secret.
//!
//! It is looked for in the frame that was drawn, whatever drew it, and dots stand in its place, as many as it was wide. Of a
//! path its last name stays.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::describe::text::width;
use crate::tools::secrets;

/// What stands in place of a cell.
const DOT: &str = "•";

/// Names of keys, and of variables, whose texts are secrets.
const NAMES: [&str; 8] = ["token", "secret", "password", "passwd", "api_key", "apikey", "credential", "private_key"];

/// The shortest text of a variable that is looked for: shorter ones stand everywhere.
const SHORTEST: usize = 6;

/// Returns what variables hold whose names say that it is a secret.
pub(crate) fn known() -> Vec<String> {
    let is_secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        NAMES.iter().any(|word| name.contains(word)) || name.ends_with("_key")
    };
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    variables.filter(|(name, value)| is_secret(name) && value.len() >= SHORTEST).map(|(_, value)| value).collect()
}

/// Puts dots in place of what nobody is to read in `area`.
pub(crate) fn hide(buf: &mut Buffer, area: Rect, known: &[String]) {
    // Where a row ends in the middle of a path, it goes on at the beginning of the next one.
    let mut goes_on: Option<usize> = None;
    // Where a secret's name stands alone, its text may begin on the row below it; where it has begun, it goes on.
    let mut owed: Vec<(Range<u16>, bool)> = Vec::new();
    for y in area.top()..area.bottom() {
        let (row, columns) = row(buf, area, y);
        let mut hidden: Vec<Range<usize>> = Vec::new();
        let before = std::mem::take(&mut owed);
        // What stands in no pane is a sentence, and no key.
        let bordered = row.contains(['│', '┃', '║']).then(|| panes(&row, &columns));
        for (pane, cells) in bordered.into_iter().flatten() {
            let begun = before.iter().find(|(owed, _)| *owed == cells).map(|(_, begun)| *begun);
            if begun == Some(true) || begun.is_some() && row[pane.clone()].trim_start().starts_with('"') {
                let (text, ends) = quoted(&row, &pane);
                hidden.extend(text.clone());
                owed.extend((text.is_some() && !ends).then(|| (cells.clone(), true)));
            }
            owed.extend(names_one_alone(&row[pane]).then_some((cells, false)));
        }
        if let Some(from) = goes_on.take() {
            hidden.extend(first_word(&row, &columns, from));
        }
        for path in paths(&row) {
            let rest = &row[path.end..];
            let is_cut = rest.starts_with('…') || ends_here(rest);
            // What is cut shows no name that could stay; what stays of the others says which file it is.
            let keep = row[path.clone()].rfind('/').filter(|_| !is_cut);
            hidden.push(path.start..keep.map_or(path.end, |at| path.start + at));
            goes_on = (is_cut && !rest.starts_with('…')).then(|| start_of_text(&row, &columns, path.start)).or(goes_on);
        }
        hidden.extend(secrets::places(&row).map(|(from, to, _)| from..to));
        hidden.extend(known.iter().flat_map(|secret| row.match_indices(&**secret).map(|(at, it)| at..at + it.len())));
        hidden.extend(named(&row));
        for cells in hidden {
            for (at, column) in columns.iter().filter(|(at, _)| cells.contains(at)) {
                let is_blank = row[*at..].starts_with(' ');
                if let Some(cell) = buf.cell_mut((*column, y)).filter(|_| !is_blank) {
                    cell.set_symbol(DOT);
                }
            }
        }
    }
}

/// Returns the text of a row, and where in it each cell begins.
fn row(buf: &Buffer, area: Rect, y: u16) -> (String, Vec<(usize, u16)>) {
    let (mut row, mut columns) = (String::new(), Vec::new());
    let mut x = area.left();
    while let Some(cell) = buf.cell((x, y)).filter(|_| x < area.right()) {
        columns.push((row.len(), x));
        row.push_str(cell.symbol());
        x += u16::try_from(width(cell.symbol())).unwrap_or(1).max(1);
    }
    (row, columns)
}

/// Returns the whole paths in `row`: at least two names after a slash.
fn paths(row: &str) -> Vec<Range<usize>> {
    let may = |c: char| c.is_alphanumeric() || "._-+@~%".contains(c);
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = row[from..].find('/').map(|at| from + at) {
        let before = row[..at].chars().next_back();
        let home = before == Some('~');
        let begins = before.is_none_or(|c| home || !may(c) && !matches!(c, '/' | ':' | ')'));
        let end = at + row[at..].find(|c: char| !may(c) && c != '/').unwrap_or(row.len() - at);
        let names = row[at..end].split('/').filter(|name| !name.is_empty()).count();
        if begins && !row[at..end].starts_with("//") && (names >= 2 || home && names == 1) {
            found.push(at..end);
        }
        from = end.max(at + 1);
    }
    found
}

/// Tells whether nothing but blanks stands in `rest` before its pane ends: a text that was wrapped there goes on below.
fn ends_here(rest: &str) -> bool {
    let blanks = rest.len() - rest.trim_start_matches(' ').len();
    let behind = rest.trim_start_matches(' ').chars().next();
    blanks <= 2 && behind.is_none_or(|c| matches!(c, '│' | '┃' | '║'))
}

/// Returns the column at which the pane begins in whose text the byte `at` lies.
fn start_of_text(row: &str, columns: &[(usize, u16)], at: usize) -> usize {
    let border = row[..at].rfind(['│', '┃', '║']);
    columns.iter().position(|(byte, _)| border.is_none_or(|border| *byte > border)).unwrap_or(0)
}

/// Returns the first word of a row from a cell on.
fn first_word(row: &str, columns: &[(usize, u16)], from: usize) -> Option<Range<usize>> {
    let start = columns.get(from)?.0;
    let word = start + row[start..].find(|c: char| c != ' ')?;
    let end = word + row[word..].find([' ', '│', '"']).unwrap_or(row.len() - word);
    (end > word).then_some(word..end)
}

/// Returns the parts of `row` between the borders of panes, each with the columns that it takes.
fn panes(row: &str, columns: &[(usize, u16)]) -> Vec<(Range<usize>, Range<u16>)> {
    let mut found = Vec::new();
    let mut from = 0;
    for part in row.split(['│', '┃', '║']) {
        let to = from + part.len();
        let mut inside = columns.iter().filter(|(at, _)| (from..to).contains(at)).map(|(_, column)| *column);
        if let (Some(first), Some(last)) = (inside.clone().next(), inside.next_back()) {
            found.push((from..to, first..last + 1));
        }
        from = to + row[to..].chars().next().map_or(0, char::len_utf8);
    }
    found
}

/// Tells whether what stands first in `pane` is the name of a secret, and no text stands beside it.
fn names_one_alone(pane: &str) -> bool {
    let named = pane.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '_');
    let name = named.split(|c: char| !is_of_a_name(c)).next().unwrap_or_default().to_ascii_lowercase();
    NAMES.iter().any(|secret| name.contains(secret)) && !named.contains('"')
}

/// Returns the text in quotes with which `pane` of `row` begins, or goes on, and whether it ends there.
fn quoted(row: &str, pane: &Range<usize>) -> (Option<Range<usize>>, bool) {
    let text = row[pane.clone()].trim();
    if text.is_empty() {
        return (None, true);
    }
    let from = pane.start + row[pane.clone()].find(text).unwrap_or(0);
    let inner = text.strip_prefix('"').unwrap_or(text);
    let from = from + text.len() - inner.len();
    let end = inner.find('"');
    (Some(from..from + end.unwrap_or(inner.len())), end.is_some())
}

/// Tells whether `c` may stand in the name of a key or a variable.
fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

/// Returns the texts in `row` that stand behind a name which says that they are secrets.
fn named(row: &str) -> Vec<Range<usize>> {
    let lower = row.to_ascii_lowercase();
    let behind = |name: &str| -> Vec<Range<usize>> {
        let each = lower.match_indices(name).filter_map(|(at, name)| {
            // The name may go on: `password_of_ann`.
            let more = row[at + name.len()..].find(|c: char| !is_of_a_name(c)).unwrap_or(0);
            let name = &row[at..at + name.len() + more];
            let rest = &row[at + name.len()..];
            if let Some(value) = rest.strip_prefix('=').filter(|value| !value.starts_with(['"', ' '])) {
                let end = value.find([' ', '"', '&', '│', ')', ',']).unwrap_or(value.len());
                let from = at + name.len() + 1;
                return (end > 0).then_some(from..from + end);
            }
            let gap = &rest[..rest.len() - rest.trim_start_matches(['"', ' ', ':', '=']).len()];
            // A name in quotes ends with one of its own, and a colon follows.
            let between = gap.strip_suffix('"')?;
            let is_name = if between.starts_with('"') { between.contains(':') } else { !between.is_empty() };
            let from = at + name.len() + gap.len();
            let end = from + row[from..].find(['"', '│']).unwrap_or(row.len() - from);
            (is_name && end > from).then_some(from..end)
        });
        each.collect()
    };
    NAMES.iter().flat_map(|name| behind(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(rows: &[&str]) -> Vec<String> {
        let area = Rect::new(0, 0, 60, rows.len() as u16);
        let mut buf = Buffer::empty(area);
        for (y, row) in rows.iter().enumerate() {
            buf.set_string(0, y as u16, row, ratatui::style::Style::new());
        }
        hide(&mut buf, area, &["hunter2hunter2".to_owned()]);
        let text = |y| row(&buf, area, y as u16).0.trim_end().to_owned();
        (0..rows.len()).map(text).collect()
    }

    #[test]
    fn folders_and_secrets_are_dots_and_the_columns_stay() {
        for (row, shown) in [
            ("│ file /home/ann/demo/tickets.json     │", "│ file ••••••••••••••/tickets.json     │"),
            ("~/notes/x", "~••••••/x"),
            ("read \"/tmp/a/b\" twice", "read \"••••••/b\" twice"),
            ("cut /home/ann/de…", "cut ••••••••••••…"),
            ("see https://example.org/a/b, and/or 1/2/3", "see https://example.org/a/b, and/or 1/2/3"),
            ("api_token  \"abc def\"  s1", "api_token  \"••• •••\"  s1"),
            ("{\"password\": \"x\", \"user\": \"y\"}", "{\"password\": \"•\", \"user\": \"y\"}"),
            ("  + password  1", "  + password  1"),
            ("  top_intent  \"password\"     s3 → \"x\"", "  top_intent  \"password\"     s3 → \"x\""),
            ("{\"password\": 1, \"address\": \"x\"}", "{\"password\": 1, \"address\": \"x\"}"),
            ("intent \"password\", text \"no\"", "intent \"password\", text \"no\""),
            ("my_password_is_long \"abc\"", "my_password_is_long \"•••\""),
            ("http://x/?token=abc&x=1", "http://x/?token=•••&x=1"),
            ("key hunter2hunter2.", "key ••••••••••••••."),
            ("sk-proj-abcdefghijklmnopqrstuv", "••••••••••••••••••••••••••••••"),
        ] {
            assert_eq!(hidden(&[row]), [shown]);
        }
    }

    #[test]
    fn a_secret_below_its_name_is_hidden_to_its_end_and_no_other_pane_is() {
        let row = |text: &str| format!("│ s1 │{text:<26}│");
        let rows: Vec<String> =
            ["  password     start → –", "    \"hunter2 and so", "    on\"", "  user \"ann\""].map(row).into();
        let shown = ["  password     start → –", "    \"••••••• ••• ••", "    ••\"", "  user \"ann\""].map(row);
        let rows = hidden(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(rows, shown);
        let counts =
            ["│   password      1          │", "│   address       1          │", "│ ○ report        s4         │"];
        assert_eq!(hidden(&counts), counts, "a number beside a name is not a secret, nor is what stands below it");
        assert_eq!(hidden(&[" Secrets", " wants all of it"]), [" Secrets", " wants all of it"], "a goal is a sentence");
    }

    #[test]
    fn a_path_that_is_wrapped_is_hidden_to_its_end() {
        let rows = hidden(&["│ at /home/ann/very/long/pa │ x", "│ th/name.json is gone     │ y"]);
        assert_eq!(rows, ["│ at •••••••••••••••••••••• │ x", "│ •••••••••••• is gone     │ y"]);
    }
}
