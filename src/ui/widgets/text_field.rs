//! A text field: tui-textarea edits, this draws: harmless, aligned, at any size, with a mark where text is wrong.

use crate::describe::sanitize;
use ratatui::style::Style;
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
        let top = if focused || wrong.is_none() {
            (cursor_row + 1).saturating_sub(height.div_ceil(2)).min(lines.len().saturating_sub(height))
        } else {
            0
        };
        let cell = lines.get(cursor_row).map_or(0, |line| prefix_width(line, cursor_column));
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
                window((line, &styles), if row == cursor_row { left } else { 0 }, width, cursor, wrong, theme)
            })
            .collect()
    }
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

/// Returns from which characters on `line`, a line of JSON, has which style: names, texts, and other values.
fn json_styles(line: &str, theme: &Theme) -> Vec<(usize, Style)> {
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

/// How wide a field has to be for the signs that more of a line lies before or behind what it shows.
const SIGNED: usize = 6;

/// Returns the cells of `line` from `left` on, with the cursor and the wrong place marked, and an ellipsis at either
/// side where there is more.
fn window(
    (line, styles): (&str, &[(usize, Style)]),
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
            let style = match (here(cursor), here(wrong)) {
                (true, _) => Some(theme.caret()),
                (false, true) => Some(wrong_style),
                (false, false) => own.map(|(_, style)| *style).filter(|style| *style != Style::new()),
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
