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

/// The row of an entry: the parts that stand in columns, which the rows beside it share.
pub(super) enum Head {
    /// A row that has no columns.
    Whole(Line<'static>),
    /// A step.
    Step {
        /// Signs and name.
        lead: Row,
        /// What it reads and writes, or what of that finds room.
        flow: String,
        /// The same in fewer words, where there are some.
        short: Option<String>,
        /// What it does, where there is room for that.
        about: Arc<str>,
        /// What stands at the end of the row, and its style.
        status: (String, Style),
        /// What is said of the whole row.
        said: Role,
    },
}

/// Where the columns of a pane begin: what a step reads and writes, and what it does.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    flow: usize,
    about: usize,
}

impl Columns {
    /// Returns the columns of these rows: names have what they need, the hand-off what they leave. Where one long name
    /// would have what others hand over cut, it stands out instead.
    pub(super) fn of(heads: &[Head], width: usize) -> Columns {
        if width < FLOW {
            return Columns { flow: WRITES.min(width / 2), about: width };
        }
        let rows = heads.iter().filter_map(|head| match head {
            Head::Step { lead, flow, .. } if !flow.is_empty() => Some((lead.left_width(), head)),
            Head::Step { .. } | Head::Whole(_) => None,
        });
        let rows: Vec<(usize, &Head)> = rows.collect();
        let cut = |at: usize| rows.iter().map(|(_, head)| head.cut(at, width)).sum::<usize>();
        let columns = rows.iter().map(|(name, _)| name + 2).filter(|at| *at <= width * 2 / 3);
        let flow = columns.min_by_key(|at| (cut(*at), std::cmp::Reverse(*at))).unwrap_or(width * 2 / 3);
        let ends = heads.iter().map(|head| head.ends(flow)).max().unwrap_or(0);
        Columns { flow, about: (ends + 3).max(ABOUT) }
    }
}

impl Head {
    /// Returns where what it hands over ends, if that begins at the column `at`.
    fn ends(&self, at: usize) -> usize {
        match self {
            Head::Step { lead, flow, .. } => at.max(lead.left_width() + 1) + text::width(flow),
            Head::Whole(_) => 0,
        }
    }

    /// Returns how much is lost if what it hands over begins at the column `at`: 1 for what the short form leaves out, 4
    /// for more, 1 for a name that stands out.
    fn cut(&self, at: usize, width: usize) -> usize {
        let Head::Step { lead, flow, short, status, .. } = self else { return 0 };
        let room = room(lead, &status.0, at, width);
        let fits = |words: &str| text::width(words) <= room;
        let lost = match short {
            _ if fits(flow) => 0,
            Some(short) if fits(short) => 1,
            Some(_) | None => 4,
        };
        lost + usize::from(lead.left_width() >= at)
    }

    /// Returns the row, `width` cells wide.
    pub(super) fn line(self, columns: Columns, width: usize, theme: &Theme) -> Line<'static> {
        let Head::Step { lead, flow, short, about, status: (status, style), said } = self else {
            let Head::Whole(line) = self else { return Line::default() };
            return line;
        };
        let dim = theme.style(Role::Dim);
        let room = room(&lead, &status, columns.flow, width);
        let flow = short.filter(|_| text::width(&flow) > room).unwrap_or(flow);
        let mut row = if flow.is_empty() { lead } else { lead.tab(columns.flow, true).put(&flow, dim) };
        if !about.is_empty() && columns.about + ABOUT_LEAST <= width {
            row = row.tab(columns.about, true).put(&about, dim);
        }
        theme.tint(row.right(&status, style).fit(width, 16), said)
    }
}

/// Returns how many cells lie between the column `at`, or a name that is longer, and the status at the end of a row.
fn room(lead: &Row, status: &str, at: usize, width: usize) -> usize {
    let end = if status.is_empty() { 0 } else { text::width(status) + 1 };
    width.saturating_sub(at.max(lead.left_width() + 1) + end)
}
