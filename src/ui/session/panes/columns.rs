//! The rows of the plan pane: signs and a name, what is handed over, what it does and how it stands, in shared columns.

use std::sync::Arc;

use ratatui::style::Style;
use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::theme::Theme;
use crate::ui::widgets::row::Row;

/// The column of what a step does at the least, and how many cells of it are worth showing.
const ABOUT: usize = 64;
const ABOUT_LEAST: usize = 20;

/// The narrowest pane whose rows say what each step reads and writes.
pub(super) const FLOW: usize = 43;

/// The column of what a step writes, in a pane narrower than [`FLOW`].
const WRITES: usize = 22;

/// The least of what a step hands over that says something.
const CUT: usize = 10;

/// The cell between the rows and the frame of a pane that is narrower than [`FLOW`]: a row has it where it would be cut
/// without, and nothing stands at its end.
pub(super) const MARGIN: usize = 1;

/// The row of an entry: the parts that stand in columns, which the rows beside it share.
pub(super) enum Head {
    /// A row that has no columns.
    Whole(Line<'static>),
    /// A step.
    Step {
        /// Signs and name.
        lead: Row,
        /// What goes on below it of a name that is a sentence, and how far that is indented.
        more: (Vec<String>, usize),
        /// What it reads and writes, or what of that finds room.
        flow: String,
        /// The same in fewer and fewer words, where there are some.
        short: Vec<String>,
        /// What it does, where there is room for that.
        about: Arc<str>,
        /// What stands at the end of the row, and its style.
        status: (String, Style),
        /// Whether the sign says the same as the status.
        is_plain: bool,
        /// What is said of the whole row.
        said: Role,
    },
}

/// Where the columns of a pane begin: what a step reads and writes, and what it does.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    flow: usize,
    about: usize,
    /// Whether the rows say in a word what their signs say.
    words: bool,
}

impl Columns {
    /// Returns the columns of these rows: names have what they need, the hand-off what they leave. Where one long name
    /// would have what others hand over cut, it stands out instead; where a word that a sign says already would, it goes.
    pub(super) fn of(heads: &[Head], width: usize) -> Columns {
        let (lost, columns) = Columns::with(heads, width, true);
        let without = (lost > 0).then(|| Columns::with(heads, width, false));
        without.filter(|(less, _)| *less < lost).map_or(columns, |(_, without)| without)
    }

    /// Returns the same with or without the words that signs say already, behind what is lost then.
    fn with(heads: &[Head], width: usize, words: bool) -> (usize, Columns) {
        let rows: Vec<Cells> = heads.iter().filter_map(|head| head.cells(words)).collect();
        let lost = |at: usize| rows.iter().map(|row| row.lost(at, width)).sum::<usize>();
        if width < FLOW {
            let flow = WRITES.min(width / 2);
            return (rows.iter().map(|row| row.missing(flow, width)).sum(), Columns { flow, about: width, words });
        }
        let mut columns: Vec<usize> = rows.iter().map(|row| row.name + 2).filter(|at| *at <= width * 2 / 3).collect();
        columns.sort_unstable();
        columns.dedup();
        let flow = columns.into_iter().rev().min_by_key(|at| lost(*at)).unwrap_or(width * 2 / 3);
        let ends = rows.iter().map(|row| flow.max(row.name + 1) + row.flow).max().unwrap_or(0);
        (lost(flow), Columns { flow, about: (ends + 3).max(ABOUT), words })
    }
}

/// How many cells the parts of a row take.
struct Cells {
    name: usize,
    flow: usize,
    short: usize,
    end: usize,
}

impl Cells {
    /// Returns how many cells lie between the column `at`, or a name that is longer, and the end of the row.
    fn room(&self, at: usize, width: usize) -> usize {
        let margin = if width < FLOW && self.end == 0 { MARGIN } else { 0 };
        (width + margin).saturating_sub(at.max(self.name + 1) + self.end)
    }

    /// Returns how many cells more it would take to say in the row what the step hands over.
    fn missing(&self, at: usize, width: usize) -> usize {
        self.short.min(self.flow).saturating_sub(self.room(at, width))
    }

    /// Returns how much is lost if what the step hands over begins at the column `at`: 1 for what the short form leaves
    /// out, 4 for more, 1 for a name that stands out.
    fn lost(&self, at: usize, width: usize) -> usize {
        self.cut(at, width) + usize::from(self.name >= at)
    }

    fn cut(&self, at: usize, width: usize) -> usize {
        match self.room(at, width) {
            room if self.flow <= room => 0,
            room if self.short <= room => 1,
            _ => 4,
        }
    }
}

impl Head {
    /// Returns how many cells its parts take, with or without the word that its sign says; none: it hands nothing over.
    fn cells(&self, words: bool) -> Option<Cells> {
        let Head::Step { lead, flow, short, status: (status, _), is_plain, .. } = self else { return None };
        let (wide, says) = (text::width(flow), !status.is_empty() && (words || !is_plain));
        (wide > 0).then(|| Cells {
            name: lead.left_width(),
            flow: wide,
            short: short.first().map_or(wide, |short| text::width(short)),
            end: if says { text::width(status) + 1 } else { 0 },
        })
    }

    /// Moves below the row what finds no room in it, as far as there are `spare` rows, and returns it.
    pub(super) fn below(&mut self, columns: Columns, width: usize, spare: usize, theme: &Theme) -> Vec<Line<'static>> {
        let cells = self.cells(columns.words).filter(|cells| cells.missing(columns.flow, width) > 0);
        let Head::Step { more: (more, indent), flow, short, .. } = self else { return Vec::new() };
        if more.is_empty() && cells.is_some() && width < FLOW {
            let most = width.saturating_sub(*indent);
            let whole = std::iter::once(&*flow).chain(&*short).find(|words| text::width(words) <= most);
            more.extend(whole.cloned().filter(|_| spare > 0));
            if !more.is_empty() {
                (*flow, *short) = (String::new(), Vec::new());
            }
        }
        if more.len() > spare {
            return Vec::new();
        }
        let style = theme.style(if flow.is_empty() && cells.is_some() { Role::Dim } else { Role::Text });
        more.iter().map(|words| Row::new().tab(*indent, false).put(words, style).fit(width, width)).collect()
    }

    /// Returns the row, `width` cells wide.
    pub(super) fn line(self, columns: Columns, width: usize, theme: &Theme) -> Line<'static> {
        let cells = self.cells(columns.words);
        let room = cells.as_ref().map_or(width, |cells| cells.room(columns.flow, width));
        let is_wide = cells.is_some_and(|cells| cells.end == 0 && cells.missing(columns.flow, width - MARGIN) > 0);
        let Head::Step { lead, flow, short, about, status: (status, style), said, is_plain, .. } = self else {
            let Head::Whole(line) = self else { return Line::default() };
            return line;
        };
        let dim = theme.style(Role::Dim);
        let fits = |words: &String| text::width(words) <= room;
        // The last of the forms is the shortest: better its beginning than nothing.
        let cut = short.last().unwrap_or(&flow);
        let cut = if room >= CUT { text::clip(cut, room) } else { String::new() };
        let flow = [flow].into_iter().chain(short).find(fits).unwrap_or(cut);
        let mut row = if flow.is_empty() { lead } else { lead.tab(columns.flow, true).put(&flow, dim) };
        if !about.is_empty() && columns.about + ABOUT_LEAST <= width {
            row = row.tab(columns.about, true).put(&about, dim);
        }
        let row = if is_plain && !columns.words { row } else { row.right(&status, style) };
        let width = if width < FLOW && is_wide { width + MARGIN } else { width };
        theme.tint(row.fit(width, 16), said)
    }
}
