//! The branches of the session as a tree: go to one, name it, put it away, compare it with the one that the session is on.

use std::cell::Cell;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::describe::branches::BranchRow;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::engine::event::Seq;
use crate::ui::action::Action;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView};
use crate::ui::input::{Input, KeyPress, MouseAct};
use crate::ui::keymap::Mode;
use crate::ui::widgets::row::Row;
use crate::ui::widgets::sheet::{Scroll, Sheet, inner_width, marked, refusal};
use crate::ui::widgets::text_field::TextField;

/// Where the list looks its keys up.
const LIST: [Mode; 1] = [Mode::Branches];

/// Where the name does.
const NAME: [Mode; 2] = [Mode::Line, Mode::Form];

/// How wide it is said in a row where the branch parted, and how much room its result has before that.
const SHARED: usize = 34;
const RESULT: usize = 40;

/// The widest that a name stands in the list.
const WIDE: usize = 44;

/// What is to be done with a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BranchAct {
    /// Goes to the branch with this tip.
    Go(Seq),
    /// Calls the branch that begins with this event so; none: as before.
    Name(Seq, Option<String>),
    /// Puts it away.
    PutAway(Seq),
    /// Brings the one back that was put away last.
    BringBack,
    /// Compares the one with this tip with the one that the session is on.
    Compare(Seq),
}

/// The list, and the name that is typed.
#[derive(Clone, Debug)]
pub struct Branches {
    rows: Vec<BranchRow>,
    /// How many are put away.
    away: usize,
    at: usize,
    name: Option<TextField>,
    refused: Option<String>,
    scroll: Scroll,
    /// The row of the first branch in the last drawing.
    first: Cell<usize>,
}

impl Branches {
    /// Returns the list of `rows`, the branch after the one that the session is on selected; so many are put away.
    pub fn new(rows: Vec<BranchRow>, away: usize) -> Branches {
        let here = rows.iter().position(|row| row.is_here).unwrap_or(0);
        let at = (here + 1) % rows.len().max(1);
        Branches { rows, away, at, name: None, refused: None, scroll: Scroll::default(), first: Cell::new(0) }
    }

    /// Shows these from now on.
    pub fn renew(&mut self, rows: Vec<BranchRow>, away: usize) {
        let selected = self.rows.get(self.at).map(|row| row.first);
        let at = rows.iter().position(|row| Some(row.first) == selected);
        self.at = at.unwrap_or(self.at.min(rows.len().saturating_sub(1)));
        (self.rows, self.away, self.name) = (rows, away, None);
    }

    fn in_list(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        let last = self.rows.len().saturating_sub(1);
        let action = match input {
            Input::Key(press) => view.keymap.action(&LIST, *press),
            Input::Mouse { act: MouseAct::WheelUp, .. } => Some(Action::Up),
            Input::Mouse { act: MouseAct::WheelDown, .. } => Some(Action::Down),
            Input::Mouse { act: MouseAct::Click, column, row } => {
                let row = self.scroll.row_at(*column, *row).and_then(|row| row.checked_sub(self.first.get()));
                let again = row == Some(self.at);
                self.at = row.filter(|row| *row <= last).unwrap_or(self.at);
                again.then_some(Action::Take)
            }
            Input::Mouse { act: MouseAct::Drag, .. } | Input::Paste(_) | Input::Resized { .. } => None,
        };
        let Some(row) = self.rows.get(self.at) else { return DialogOutcome::Close };
        match action {
            Some(Action::Close) => return DialogOutcome::Close,
            Some(Action::Up) => self.at = self.at.checked_sub(1).unwrap_or(last),
            Some(Action::Down) => self.at = if self.at >= last { 0 } else { self.at + 1 },
            Some(Action::Take) if row.is_here => return DialogOutcome::Close,
            Some(Action::Take) => return DialogOutcome::Branch(BranchAct::Go(row.tip)),
            Some(Action::NameBranch) => {
                self.name = Some(TextField::line(if row.named { &row.name } else { "" }));
            }
            Some(Action::DropBranch) => return DialogOutcome::Branch(BranchAct::PutAway(row.first)),
            Some(Action::Undo) => return DialogOutcome::Branch(BranchAct::BringBack),
            Some(Action::CompareBranch) if row.is_here => {
                self.refused = Some("the session is on this branch: select another one to compare it with".into());
            }
            Some(Action::CompareBranch) => return DialogOutcome::Branch(BranchAct::Compare(row.tip)),
            _ => {} // the key means nothing here
        }
        DialogOutcome::Stay
    }

    fn in_name(&mut self, mut name: TextField, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        match input {
            Input::Key(press) => match view.keymap.action(&NAME, *press) {
                Some(Action::Close) => return DialogOutcome::Stay,
                Some(Action::Apply) => {
                    let typed = Some(name.text()).filter(|typed| !typed.trim().is_empty());
                    self.name = Some(name);
                    let first = self.rows.get(self.at).map_or(0, |row| row.first);
                    return DialogOutcome::Branch(BranchAct::Name(first, typed));
                }
                _ => {
                    name.key(*press, view.keymap);
                }
            },
            Input::Paste(pasted) => self.refused = name.paste(pasted).err(),
            Input::Mouse { .. } | Input::Resized { .. } => {}
        }
        self.name = Some(name);
        DialogOutcome::Stay
    }

    /// Returns the row of the branch at `at`: the tree and its name, where it parted, how it stands, its result.
    fn line(&self, at: usize, row: &BranchRow, width: usize, view: &DialogView<'_>) -> Line<'static> {
        let theme = view.theme;
        let (plain, dim) = (theme.style(Role::Text), theme.style(Role::Dim));
        let selected = at == self.at;
        let here = if row.is_here { Role::Current } else { Role::Text };
        let rail = if row.depth > 0 { format!("{}└ ", "  ".repeat((row.depth - 1).min(8))) } else { String::new() };
        let whole = |row: &BranchRow| text::width(&row.name) + 2 * row.depth.min(9);
        let names = self.rows.iter().map(whole).max().unwrap_or(0).min(WIDE).min(width * 2 / 5);
        let name = text::clip_words(&row.name, names.saturating_sub(text::width(&rail)));
        let name_style = if row.is_here { theme.style(Role::Strong) } else { plain };
        let mut line = Row::new()
            .put(if selected { Role::Current.glyph() } else { " " }, theme.style(Role::Current))
            .put(if row.is_here { "●" } else { " " }, theme.style(here))
            .put(" ", plain)
            .put(&rail, theme.style(Role::Border))
            .put(&name, name_style);
        let statuses = self.rows.iter().map(|row| text::width(&row.status)).max().unwrap_or(0);
        let mut column = names + 4;
        if column + SHARED + statuses + RESULT + 6 <= width {
            // What is shared with another branch stands back.
            line = line.tab(column, true).put(&text::clip_words(&row.parted, SHARED), dim);
            column += SHARED + 2;
        }
        line =
            line.tab(column, true).put(row.role.glyph(), theme.style(row.role)).put(" ", plain).put(&row.status, plain);
        if !row.result.is_empty() {
            line = line.tab(column + statuses + 4, true).put(&row.result, dim);
        }
        let line = line.fit(width, width);
        if selected { theme.select(line) } else { line }
    }
}

impl Dialog for Branches {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        if matches!(input, Input::Key(_)) {
            self.refused = None;
        }
        match self.name.take() {
            Some(name) => self.in_name(name, input, view),
            None => self.in_list(input, view),
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let (theme, width) = (view.theme, inner_width(area));
        self.first.set(0);
        let body: Vec<Line<'static>> =
            self.rows.iter().enumerate().map(|(at, row)| self.line(at, row, width, view)).collect();
        let mut foot = refusal(self.refused.as_deref(), width, theme);
        let selected = self.rows.get(self.at);
        let foot_title = selected.map(|row| text::clip_words(&row.name, width.saturating_sub(4)));
        let hints = match (&self.name, selected) {
            (Some(name), _) => {
                let mut line = Line::from(Span::styled("name ", theme.style(Role::Title)));
                line.extend(
                    name.rows(width.saturating_sub(5), 1, true, None, theme)
                        .into_iter()
                        .next()
                        .unwrap_or_default()
                        .spans,
                );
                foot.push(line);
                view.hints(&NAME).key(Action::Apply, "call it that").editing().key(Action::Close, "back")
            }
            (None, selected) => {
                if let Some(row) = selected {
                    let (shared, own) = row.events;
                    let own = format!("{} of its own", text::count(own, "event"));
                    let share =
                        if shared > 0 { format!("{} shared, {own}", text::count(shared, "event")) } else { own };
                    foot.extend(marked(Role::Moved, &format!("{}: {share}", row.parted), width, theme));
                    foot.extend(marked(row.role, &row.status, width, theme));
                    if !row.result.is_empty() {
                        foot.extend(marked(Role::Kept, &row.result, width, theme));
                    }
                }
                let hints = view.hints(&LIST).keys(&[Action::Up, Action::Down], "choose").key(Action::Take, "go there");
                let hints = hints.key(Action::CompareBranch, "compare with ●").key(Action::NameBranch, "name");
                let hints = hints.key(Action::DropBranch, "delete");
                let hints = if self.away > 0 { hints.key(Action::Undo, "undo delete") } else { hints };
                hints.key(Action::Close, "close")
            }
        };
        let deleted = if self.away > 0 { format!(", {} deleted", self.away) } else { String::new() };
        let title = format!("Branches ({}{deleted})", self.rows.len());
        let (focus, hints) = (Some(self.at), hints.done());
        Sheet { title, body, focus, foot, foot_title, hints, ..Sheet::default() }.draw(area, buf, theme, &self.scroll);
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.scroll.key_at(column, row)
    }

    fn refuse(&mut self, message: &str) {
        self.refused = Some(message.to_owned());
    }

    fn branches(&mut self) -> Option<&mut Branches> {
        Some(self)
    }
}
