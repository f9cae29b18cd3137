//! A text field: tui-textarea edits, this draws: harmless, aligned, at any size, with a mark where text is wrong.

use crate::describe::sanitize;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use tui_textarea::{CursorMove, TextArea};
use unicode_segmentation::UnicodeSegmentation;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::action::Action;
use crate::ui::input::{Key, KeyPress, MouseAct};
use crate::ui::keymap::{Keymap, Mode};
use crate::ui::theme::Theme;

/// The longest text that a field takes; beyond it, typing would lag.
pub(crate) const LONGEST: usize = 256 * 1024;

/// One text field, of one line or of several.
#[derive(Clone, Debug)]
pub(crate) struct TextField {
    area: TextArea<'static>,
    single: bool,
    /// Whether its parts are told apart by colour, as those of JSON.
    json: bool,
}

impl TextField {
    /// Returns a field of one line.
    pub(crate) fn line(content: &str) -> TextField {
        let mut area = TextArea::new(vec![content.replace(['\n', '\r'], " ")]);
        area.move_cursor(CursorMove::End);
        TextField { area, single: true, json: false }
    }

    /// Returns a field of several lines, the cursor at its start.
    pub(crate) fn lines(content: &str) -> TextField {
        let lines = content.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line).to_owned()).collect();
        TextField { area: TextArea::new(lines), single: false, json: false }
    }

    /// Returns it as a field for JSON.
    pub(crate) fn for_json(self) -> TextField {
        TextField { json: true, ..self }
    }

    /// Moves the cursor to this row and character, from 0.
    pub(crate) fn go_to(&mut self, row: usize, column: usize) {
        let within = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(within(row), within(column)));
    }

    /// Returns it with the cursor at its end: who is to go on writing, not to read.
    pub(crate) fn at_end(mut self) -> TextField {
        self.area.move_cursor(CursorMove::Bottom);
        self.area.move_cursor(CursorMove::End);
        self
    }

    /// Returns what stands in it.
    pub(crate) fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Replaces what stands in it; it can be undone.
    pub(crate) fn set(&mut self, content: &str) {
        self.area.select_all();
        self.area.cut();
        self.area.insert_str(content);
        self.area.cancel_selection();
    }

    /// Changes the number under the cursor by one of its last digit, or `true` to `false` and back. Returns whether there
    /// was one.
    pub(crate) fn step(&mut self, by: i64) -> bool {
        let Some((row, range, other)) = self.stepped(by) else { return false };
        let mut lines = self.area.lines().to_vec();
        let chars: Vec<char> = lines[row].chars().collect();
        let put = |all: &[char]| all.iter().collect::<String>();
        lines[row] = format!("{}{other}{}", put(&chars[..range.start]), put(&chars[range.end..]));
        self.set(&lines.join("\n"));
        self.go_to(row, range.start);
        true
    }

    /// Tells whether [`TextField::step`] would change something.
    pub(crate) fn can_step(&self) -> bool {
        self.stepped(1).is_some()
    }

    /// Returns the row and the characters of the word under the cursor, and what it would be after a step.
    fn stepped(&self, by: i64) -> Option<(usize, std::ops::Range<usize>, String)> {
        let at = self.area.cursor();
        let (row, column) = (at.0, at.1);
        let chars: Vec<char> = self.area.lines().get(row)?.chars().collect();
        let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
        // Right behind it is still on it.
        let mut at = std::iter::once(column).chain(column.checked_sub(1));
        let at = at.find(|at| chars.get(*at).is_some_and(is_part))?;
        let start = chars[..at].iter().rposition(|c| !is_part(c)).map_or(0, |before| before + 1);
        let end = at + chars[at..].iter().position(|c| !is_part(c)).unwrap_or(chars.len() - at);
        let word: String = chars[start..end].iter().collect();
        Some((row, start..end, stepped(&word, by)?))
    }

    /// Takes a key. Returns whether it was a key for it: one that types or moves within it, or that the keymap has for
    /// the text of a form.
    pub(crate) fn key(&mut self, press: KeyPress, keymap: &Keymap) -> bool {
        match keymap.action(&[Mode::Form], press) {
            Some(Action::Clear) => {
                self.set("");
                return true;
            }
            Some(Action::UndoTyping) => {
                self.area.undo();
                return true;
            }
            Some(Action::NewLine) if !self.single => {
                self.area.insert_newline();
                return true;
            }
            _ => {} // the others are for the form
        }
        match press.key {
            Key::Esc | Key::Tab | Key::BackTab | Key::Insert | Key::F(_) => return false,
            Key::Enter | Key::Up | Key::Down | Key::PageUp | Key::PageDown if self.single => return false,
            Key::PageUp | Key::PageDown => {
                let tui_textarea::DataCursor(row, column) = self.area.cursor();
                let row = if press.key == Key::PageUp { row.saturating_sub(10) } else { row + 10 };
                let row = row.min(self.area.lines().len().saturating_sub(1)).min(usize::from(u16::MAX));
                self.area.move_cursor(CursorMove::Jump(row as u16, column.min(usize::from(u16::MAX)) as u16));
                return true;
            }
            Key::Char('m' | 'j') if press.ctrl && self.single => return false,
            Key::Char(c) if !press.ctrl && !press.alt => {
                self.area.insert_char(c);
                return true;
            }
            Key::Char(_)
            | Key::Enter
            | Key::Backspace
            | Key::Delete
            | Key::Left
            | Key::Right
            | Key::Up
            | Key::Down
            | Key::Home
            | Key::End => {}
        }
        let (before, text) = (self.area.cursor(), self.area.lines().len());
        let changed = self.area.input(tui_textarea::Input::from(press));
        changed || before != self.area.cursor() || text != self.area.lines().len() || !matches!(press.key, Key::Char(_))
    }

    /// Takes a turn of the wheel: the cursor goes some rows up or down, and the text with it.
    pub(crate) fn wheel(&mut self, act: MouseAct) {
        let way = match act {
            MouseAct::WheelUp => CursorMove::Up,
            MouseAct::WheelDown => CursorMove::Down,
            MouseAct::Click | MouseAct::Drag => return,
        };
        for _ in 0..3 {
            self.area.move_cursor(way);
        }
    }

    /// Takes pasted text. Returns a sentence where it is too much.
    pub(crate) fn paste(&mut self, pasted: &str) -> Result<(), String> {
        let size: usize = self.area.lines().iter().map(|line| line.len() + 1).sum();
        if size + pasted.len() > LONGEST {
            return Err(format!("the pasted text is too long for this field ({} KiB)", pasted.len() / 1024));
        }
        let pasted = pasted.replace("\r\n", "\n").replace('\r', "\n");
        if self.single {
            self.area.insert_str(pasted.replace('\n', " "));
        } else {
            self.area.insert_str(pasted);
        }
        Ok(())
    }

    /// Returns the row of the cursor.
    pub(crate) fn cursor_row(&self) -> usize {
        self.area.cursor().0
    }

    /// Returns how many lines lie above and below the `height` that are seen of it, where it has the focus.
    pub(crate) fn hidden(&self, height: usize) -> (usize, usize) {
        let lines = self.area.lines().len();
        let top = self.top(height.max(1));
        (top, lines.saturating_sub(top + height))
    }

    /// Returns the first line that is seen of `height`: the cursor stands in the middle, as far as there is more.
    fn top(&self, height: usize) -> usize {
        (self.area.cursor().0 + 1)
            .saturating_sub(height.div_ceil(2))
            .min(self.area.lines().len().saturating_sub(height))
    }

    /// Returns what to show of it in `width` × `height` cells. `wrong`: a place (row, character) to mark.
    pub(crate) fn rows(
        &self,
        width: usize,
        height: usize,
        focused: bool,
        wrong: Option<(usize, usize)>,
        theme: &Theme,
    ) -> Vec<Line<'static>> {
        let tui_textarea::DataCursor(cursor_row, cursor_column) = self.area.cursor();
        let lines = self.area.lines();
        let height = height.max(1);
        let top = if focused || wrong.is_none() { self.top(height) } else { 0 };
        let cell = lines.get(cursor_row).map_or(0, |line| prefix_width(line, cursor_column));
        let marks =
            if self.json && focused { bracket_marks(lines, (cursor_row, cursor_column), theme) } else { Vec::new() };
        // One cell behind the cursor stays for the sign that more follows.
        let whole = lines.get(cursor_row).map_or(0, |line| prefix_width(line, usize::MAX));
        let left = if whole < width { 0 } else { (cell + 2).saturating_sub(width.max(2)) };
        lines
            .iter()
            .enumerate()
            .skip(top)
            .take(height)
            .map(|(row, line)| {
                let cursor = (focused && row == cursor_row).then_some(cursor_column);
                let wrong = wrong.filter(|(at, _)| *at == row).map(|(_, column)| column);
                let styles = if self.json { json_styles(line, theme) } else { Vec::new() };
                let marks: Vec<Styled> = marks
                    .iter()
                    .filter(|((at, _), _)| *at == row)
                    .map(|((_, column), style)| (*column, *style))
                    .collect();
                window((line, &styles, &marks), if row == cursor_row { left } else { 0 }, width, cursor, wrong, theme)
            })
            .collect()
    }
}

/// Returns the word after or before `word`: a number by one of its last digit, a truth the other one; none: it is neither.
fn stepped(word: &str, by: i64) -> Option<String> {
    match word {
        "true" => return Some("false".into()),
        "false" => return Some("true".into()),
        _ => {}
    }
    if let Ok(number) = word.parse::<i64>() {
        return number.checked_add(by).map(|number| number.to_string());
    }
    let digits = word.split_once('.')?.1;
    let number: f64 = word.parse().ok().filter(|_| digits.chars().all(|c| c.is_ascii_digit()) && digits.len() < 12)?;
    let places = digits.len();
    Some(format!("{:.places$}", number + by as f64 / 10f64.powi(i32::try_from(places).ok()?)))
}

/// Returns how a grapheme is shown: nothing steers, a tab is four cells.
fn shown(grapheme: &str) -> String {
    if grapheme == "\t" { "    ".into() } else { sanitize::harmless(grapheme).into_owned() }
}

/// Returns how many cells the first `chars` characters of `line` fill.
fn prefix_width(line: &str, chars: usize) -> usize {
    let mut at = 0;
    let mut used = 0;
    for grapheme in line.graphemes(true) {
        if at >= chars {
            break;
        }
        at += grapheme.chars().count();
        used += text::width(&shown(grapheme));
    }
    used
}

/// A character of a line by its place, and a style.
type Styled = (usize, Style);

/// Returns from which characters on `line`, a line of JSON, has which style: names, texts, and other values.
fn json_styles(line: &str, theme: &Theme) -> Vec<Styled> {
    let chars: Vec<char> = line.chars().collect();
    let mut styles = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        let start = at;
        let style = if *c == '"' {
            at += 1;
            while chars.get(at).is_some_and(|c| *c != '"') {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            at = (at + 1).min(chars.len());
            match chars[at..].iter().find(|c| !c.is_whitespace()) {
                Some(':') => theme.style(Role::Strong),
                Some(_) | None => theme.tone(Role::Done),
            }
        } else if c.is_ascii_alphanumeric() || *c == '-' {
            at += chars[at..].iter().take_while(|c| c.is_ascii_alphanumeric() || "+-.".contains(**c)).count();
            theme.tone(Role::Recorded)
        } else {
            at += 1;
            Style::new()
        };
        if styles.last().is_none_or(|(_, before)| *before != style) {
            styles.push((start, style));
        }
    }
    styles
}

/// Where a character stands: its line, and its place there.
type At = (usize, usize);

/// Returns how the bracket at the cursor, or right before it, and its other half are marked: underlined; one that has no
/// other half is reversed too.
fn bracket_marks(lines: &[String], (row, column): At, theme: &Theme) -> Vec<(At, Style)> {
    let Some(line) = lines.get(row) else { return Vec::new() };
    let here: Vec<(usize, char)> = brackets(line).collect();
    let at = |column: usize| here.iter().copied().find(|(at, _)| *at == column);
    let Some((column, bracket)) = at(column).or_else(|| at(column.checked_sub(1)?)) else { return Vec::new() };
    let pair = theme.style(Role::Accent).patch(theme.style(Role::Error));
    match other_half(lines, (row, column), bracket) {
        Some(other) => vec![((row, column), pair), (other, pair)],
        None => {
            let alone = theme.style(Role::Error).patch(theme.style(Role::Failed)).add_modifier(Modifier::REVERSED);
            vec![((row, column), alone)]
        }
    }
}

/// Returns where the bracket stands that closes, or opens, the one at `from`; none where another stands in its place.
fn other_half(lines: &[String], from: At, bracket: char) -> Option<At> {
    let forward = matches!(bracket, '{' | '[');
    let mut open = vec![bracket];
    let mut settle = |place: At, c: char| {
        if matches!(c, '{' | '[') == forward {
            open.push(c);
            return None;
        }
        let pairs =
            matches!((open.pop(), c), (Some('{'), '}') | (Some('['), ']') | (Some('}'), '{') | (Some(']'), '['));
        if pairs && !open.is_empty() { None } else { Some(pairs.then_some(place)) }
    };
    if forward {
        let all = lines.iter().enumerate().skip(from.0);
        let mut all = all.flat_map(|(row, line)| brackets(line).map(move |(column, c)| ((row, column), c)));
        return all.find_map(|(place, c)| if place > from { settle(place, c) } else { None })?;
    }
    for (row, line) in lines.iter().enumerate().take(from.0 + 1).rev() {
        let all: Vec<(usize, char)> = brackets(line).collect();
        let found = all.into_iter().rev().find_map(
            |(column, c)| {
                if (row, column) < from { settle((row, column), c) } else { None }
            },
        );
        if let Some(found) = found {
            return found;
        }
    }
    None
}

/// Returns the brackets of a line of JSON, each with its place; those within a text are none.
fn brackets(line: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut within, mut escaped) = (false, false);
    line.chars().enumerate().filter(move |(_, c)| {
        if *c == '"' && !escaped {
            within = !within;
        }
        escaped = within && *c == '\\' && !escaped;
        !within && matches!(c, '{' | '}' | '[' | ']')
    })
}

/// How wide a field has to be for the signs that more of a line lies before or behind what it shows.
const SIGNED: usize = 6;

/// Returns the cells of `line` from `left` on, with the cursor and the wrong place marked, and an ellipsis at either
/// side where there is more.
fn window(
    (line, styles, marks): (&str, &[Styled], &[Styled]),
    left: usize,
    width: usize,
    cursor: Option<usize>,
    wrong: Option<usize>,
    theme: &Theme,
) -> Line<'static> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut plain = String::new();
    let (mut at, mut cell, mut used) = (0, 0, 0);
    let mut put = |out: &mut Vec<Span<'static>>, words: String, style: Option<Style>| match style {
        None => plain.push_str(&words),
        Some(style) => {
            out.push(Span::raw(std::mem::take(&mut plain)));
            out.push(Span::styled(words, style));
        }
    };
    let wrong_style = theme.style(Role::Error).patch(theme.style(Role::Failed));
    let before = left > 0 && width >= SIGNED;
    let behind = width >= SIGNED && prefix_width(line, usize::MAX) > left + width;
    let (left, end) = (left + usize::from(before), width - usize::from(behind));
    if before {
        put(&mut spans, "…".into(), Some(theme.style(Role::Dim)));
        used = 1;
    }
    for grapheme in line.graphemes(true) {
        let chars = grapheme.chars().count();
        let words = shown(grapheme);
        let wide = text::width(&words);
        let here = |place: Option<usize>| place.is_some_and(|place| (at..at + chars).contains(&place));
        if cell >= left {
            if used + wide > end {
                break;
            }
            let own = styles.partition_point(|(from, _)| *from <= at).checked_sub(1).and_then(|last| styles.get(last));
            let mark = marks.iter().find(|(place, _)| here(Some(*place))).map(|(_, style)| *style);
            let style = match (here(cursor), here(wrong)) {
                (true, _) => Some(mark.unwrap_or_default().patch(theme.caret())),
                (false, true) => Some(wrong_style),
                (false, false) => mark.or_else(|| own.map(|(_, style)| *style).filter(|style| *style != Style::new())),
            };
            put(&mut spans, words, style);
            used += wide;
        }
        at += chars;
        cell += wide;
    }
    if behind {
        put(&mut spans, " ".repeat(end.saturating_sub(used)) + "…", Some(theme.style(Role::Dim)));
    } else if used < width {
        if cursor.is_some_and(|cursor| cursor >= at) {
            put(&mut spans, " ".into(), Some(theme.caret()));
        } else if wrong.is_some_and(|wrong| wrong >= at) {
            put(&mut spans, "·".into(), Some(wrong_style));
        }
    }
    put(&mut spans, String::new(), Some(Style::new()));
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the places that are marked with the cursor at `at`, and whether they are marked as a pair.
    fn marked(text: &str, at: At) -> (Vec<At>, bool) {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let marks = bracket_marks(&lines, at, &Theme::plain());
        let alone = marks.iter().any(|(_, style)| style.add_modifier.contains(Modifier::REVERSED));
        (marks.into_iter().map(|(place, _)| place).collect(), !alone)
    }

    #[test]
    fn a_number_is_stepped_by_its_last_digit_and_a_truth_turned() {
        for (text, column, by, other) in [
            ("[12, 30]", 5, 1, Some("[12, 31]")),
            ("-1", 2, 1, Some("0")),
            ("{\"a\": 2.50}", 7, -1, Some("{\"a\": 2.49}")),
            ("true", 0, 1, Some("false")),
            ("\"refund\"", 3, 1, None),
            ("9223372036854775807", 0, 1, None),
            ("", 0, 1, None),
        ] {
            let mut field = TextField::lines(text);
            field.go_to(0, column);
            assert_eq!(
                (field.can_step() && by > 0, field.step(by)),
                (other.is_some() && by > 0, other.is_some()),
                "{text}"
            );
            assert_eq!(field.text(), other.unwrap_or(text));
        }
    }

    #[test]
    fn the_other_half_of_the_bracket_at_the_cursor_or_before_it_is_marked() {
        let text = "{\"a\": [1, {}],\n \"b]\": \"\\\"[\", \"c\": {\n}}";
        assert_eq!(marked(text, (0, 0)), (vec![(0, 0), (2, 1)], true));
        assert_eq!(marked(text, (0, 1)), (vec![(0, 0), (2, 1)], true), "right behind it");
        assert_eq!(marked(text, (0, 12)), (vec![(0, 12), (0, 6)], true), "from its end");
        assert_eq!(marked(text, (2, 0)), (vec![(2, 0), (1, 19)], true), "over lines");
        assert_eq!(marked(text, (1, 3)), (vec![], true), "one in a text is none");
        assert_eq!(marked(text, (0, 3)), (vec![], true));
    }

    #[test]
    fn a_bracket_without_its_other_half_is_marked_as_such_without_colour_too() {
        for (text, at) in [("{\"a\": 1", (0, 0)), ("[1, 2}", (0, 0)), ("1]", (0, 1)), ("{]", (0, 2)), ("[\"]", (0, 0))]
        {
            let (places, is_pair) = marked(text, at);
            assert_eq!((places.len(), is_pair), (1, false), "{text}");
        }
        let style = |text: &str| bracket_marks(&[text.to_owned()], (0, 0), &Theme::plain())[0].1;
        assert_ne!(style("[]"), style("[}"));
    }

    #[test]
    fn the_marks_are_drawn_where_the_brackets_stand() {
        let mut field = TextField::lines("日本 [\n  1\n]").for_json();
        field.go_to(2, 1);
        let rows = field.rows(20, 5, true, None, &Theme::plain());
        let at = |row: &Line<'_>, words: &str| {
            row.spans.iter().find(|span| span.content == words).map(|span| span.style.add_modifier)
        };
        assert!(at(&rows[0], "[").is_some_and(|style| style.contains(Modifier::UNDERLINED)), "{:?}", rows[0]);
        assert!(at(&rows[2], "]").is_some_and(|style| style.contains(Modifier::UNDERLINED)), "{:?}", rows[2]);
        let plain = TextField::lines("[]").rows(20, 5, true, None, &Theme::plain());
        assert!(plain[0].spans.iter().all(|span| !span.style.add_modifier.contains(Modifier::UNDERLINED)), "{plain:?}");
    }
}
