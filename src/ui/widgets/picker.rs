//! A list that narrows while one types: fuzzy on names, by words on what stands beside them; names come first.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::text::{Line, Span};

use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::action::Action;
use crate::ui::input::{Input, MouseAct};
use crate::ui::keymap::{Keymap, Mode};
use crate::ui::theme::Theme;
use crate::ui::widgets::sheet::{Scroll, heading};
use crate::ui::widgets::text_field::TextField;

/// One thing to pick.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// What it is known by; the filter looks here and in `detail`.
    pub name: String,
    /// What it means, beside it.
    pub detail: String,
    /// The heading under which it stands while nothing is typed.
    pub group: String,
}

/// What a picker makes of an input.
pub(crate) enum Picked {
    /// Nothing yet.
    Nothing,
    /// The person goes away.
    Away,
    /// The entry with this index.
    Entry(usize),
}

/// A filter and the entries that pass it.
#[derive(Clone, Debug)]
pub(crate) struct Picker {
    entries: Vec<Entry>,
    /// The words by which the filter finds each entry, instead of its name; empty, or as many as entries.
    also: Vec<String>,
    filter: TextField,
    shown: Vec<usize>,
    at: usize,
    pub scroll: Scroll,
    /// The rows of the last drawing → places in `shown`, for the mouse.
    heads: std::cell::RefCell<Vec<Option<usize>>>,
}

/// Returns the places of the `names` that match `filter`, best first; all, in order, where it is empty.
pub(crate) fn ranked<'a>(filter: &str, names: impl Iterator<Item = &'a str>) -> Vec<usize> {
    if filter.trim().is_empty() {
        return names.enumerate().map(|(at, _)| at).collect();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(filter.trim(), CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut found: Vec<(u32, usize)> = names
        .enumerate()
        .filter_map(|(at, name)| Some((pattern.score(Utf32Str::new(name, &mut buffer), &mut matcher)?, at)))
        .collect();
    found.sort_by_key(|&(score, at)| (std::cmp::Reverse(score), at));
    found.into_iter().map(|(_, at)| at).collect()
}

impl Picker {
    pub(crate) fn new(entries: Vec<Entry>) -> Picker {
        let shown = (0..entries.len()).collect();
        let filter = TextField::line("");
        Picker { entries, also: Vec::new(), filter, shown, at: 0, scroll: Scroll::default(), heads: Default::default() }
    }

    /// Lets the filter find the entries by these words, which are not shown, instead of their names.
    pub(crate) fn known_as(mut self, also: Vec<String>) -> Picker {
        self.also = also;
        self
    }

    /// Returns it narrowed as `before` is.
    pub(crate) fn narrowed_as(mut self, before: &Picker) -> Picker {
        (self.filter, self.scroll) = (before.filter.clone(), before.scroll.clone());
        if self.is_narrowed() {
            self.narrow();
        }
        self.at = before.at.min(self.shown.len().saturating_sub(1));
        self
    }

    /// Tells whether something is typed into its filter.
    pub(crate) fn is_narrowed(&self) -> bool {
        !self.filter.text().is_empty()
    }

    /// Returns the entry under the cursor.
    pub(crate) fn current(&self) -> Option<usize> {
        self.shown.get(self.at).copied()
    }

    pub(crate) fn handle(&mut self, input: &Input, keymap: &Keymap) -> Picked {
        let last = self.shown.len().saturating_sub(1);
        match input {
            Input::Key(press) => match keymap.action(&[Mode::List], *press) {
                Some(Action::Close) => return Picked::Away,
                Some(Action::Take) => return self.current().map_or(Picked::Nothing, Picked::Entry),
                Some(Action::Up) => self.at = self.at.checked_sub(1).unwrap_or(last),
                Some(Action::Down) => self.at = if self.at >= last { 0 } else { self.at + 1 },
                Some(Action::PageUp) => self.at = self.at.saturating_sub(self.scroll.page()),
                Some(Action::PageDown) => self.at = (self.at + self.scroll.page()).min(last),
                Some(Action::Top) => self.at = 0,
                Some(Action::Bottom) => self.at = last,
                _ => {
                    if self.filter.key(*press, keymap) {
                        self.narrow();
                    }
                }
            },
            Input::Paste(pasted) => {
                if self.filter.paste(pasted).is_ok() {
                    self.narrow();
                }
            }
            Input::Mouse { act: MouseAct::WheelUp, .. } => self.at = self.at.saturating_sub(1),
            Input::Mouse { act: MouseAct::WheelDown, .. } => self.at = (self.at + 1).min(last),
            Input::Mouse { act: MouseAct::Click, column, row } => {
                let head = self.scroll.row_at(*column, *row).and_then(|row| self.heads.borrow().get(row).copied());
                if let Some(Some(at)) = head {
                    if self.at == at {
                        return self.current().map_or(Picked::Nothing, Picked::Entry);
                    }
                    self.at = at;
                }
            }
            Input::Mouse { act: MouseAct::Drag, .. } | Input::Resized { .. } => {}
        }
        Picked::Nothing
    }

    fn narrow(&mut self) {
        let filter = self.filter.text().to_lowercase();
        let typed: Vec<&str> = filter.split_whitespace().collect();
        // A sentence matches by its words alone: letters strewn over it would make anything match anything.
        let holds = |at: usize, entry: &Entry| {
            let also = self.also.get(at).map_or("", String::as_str);
            let words = format!("{} {also} {}", entry.name, entry.detail).to_lowercase();
            typed.iter().all(|word| words.contains(word))
        };
        let names = self.entries.iter().enumerate();
        let names = names.map(|(at, entry)| self.also.get(at).unwrap_or(&entry.name).as_str());
        let mut shown = ranked(&filter, names);
        let named = shown.len();
        for at in (0..self.entries.len()).filter(|at| holds(*at, &self.entries[*at])) {
            if !shown[..named].contains(&at) {
                shown.push(at);
            }
        }
        // What is known by exactly these letters (a key, as it is shown) comes before what only holds them.
        let exactly = self.filter.text();
        shown.sort_by_key(|at| !self.entries[*at].name.split(' ').any(|name| name == exactly.trim()));
        self.shown = shown;
        self.at = 0;
    }

    /// Returns the filter's row.
    pub(crate) fn filter_line(&self, width: usize, theme: &Theme) -> Line<'static> {
        let mut line = Line::from(Span::styled("filter ", theme.style(Role::Title)));
        if let Some(typed) = self.filter.rows(width.saturating_sub(7), 1, true, None, theme).into_iter().next() {
            line.extend(typed.spans);
        }
        line
    }

    /// Returns two rows with all that the entry under the cursor says, where the list has to cut what some entry says.
    pub(crate) fn whole(&self, width: usize) -> Vec<Line<'static>> {
        let room = width.saturating_sub(self.names(width) + 4);
        if self.entries.iter().all(|entry| text::width(&entry.detail) <= room) {
            return Vec::new();
        }
        let words = self.current().and_then(|at| self.entries.get(at)).map_or("", |entry| &entry.detail);
        let mut rows: Vec<Line<'static>> = text::wrap(words, width).into_iter().map(Line::from).collect();
        rows.resize(2, Line::default());
        rows
    }

    /// Returns how wide the column of the names is.
    fn names(&self, width: usize) -> usize {
        self.entries.iter().map(|entry| text::width(&entry.name).min(width * 2 / 5)).max().unwrap_or(0)
    }

    /// Says that the rows of the last [`Picker::rows`] were drawn below so many others.
    pub(crate) fn stands_below(&self, rows: usize) {
        self.heads.borrow_mut().splice(0..0, std::iter::repeat_n(None, rows));
    }

    /// Returns the rows of the list, and the one with the cursor.
    pub(crate) fn rows(&self, width: usize, theme: &Theme) -> (Vec<Line<'static>>, Option<usize>) {
        let mut out = Vec::new();
        let mut heads = Vec::new();
        let mut focus = None;
        let names = self.names(width);
        let grouped = self.filter.text().trim().is_empty();
        let mut group = "";
        for (place, &index) in self.shown.iter().enumerate() {
            let Some(entry) = self.entries.get(index) else { continue };
            if grouped && entry.group != group {
                group = &entry.group;
                out.push(heading(&text::clip(group, width), theme));
                heads.push(None);
            }
            let chosen = place == self.at;
            if chosen {
                focus = Some(out.len());
            }
            let room = width.saturating_sub(names + 4);
            let row = format!("{}  {}", text::pad(&entry.name, names), text::clip(&entry.detail, room));
            let style = if chosen { theme.style(Role::Selected) } else { theme.style(Role::Text) };
            let mark = if chosen { Role::Current.glyph() } else { " " };
            out.push(Line::from(vec![
                Span::styled(format!("{mark} "), theme.style(Role::Current)),
                Span::styled(text::pad(&row, width.saturating_sub(2)), style),
            ]));
            heads.push(Some(place));
        }
        if out.is_empty() {
            out.push(Line::from("nothing here matches what you typed"));
            heads.push(None);
        }
        self.heads.replace(heads);
        (out, focus)
    }
}
