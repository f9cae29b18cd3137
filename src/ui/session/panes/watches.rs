//! The rows of watches above the context: what each comes to, its course on the scale of the timeline, its last change.

use std::ops::Range;

use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::describe::{breakpoint, text, watch};
use crate::engine::event::Seq;
use crate::engine::watch::Course;
use crate::ui::session::lists::{unfold, watches};
use crate::ui::session::snapshot::Watched;
use crate::ui::session::view::View;
use crate::ui::widgets::json_rows::ValueRow;
use crate::ui::widgets::row::Row;

/// What may stand beside the values, the most first: cells of the course, and when it changed last in many words (0), in
/// few (1) or not at all (2).
const BESIDE: [(usize, usize); 9] = [(24, 0), (24, 1), (16, 0), (16, 1), (12, 1), (8, 1), (0, 1), (8, 2), (0, 2)];

/// How much room a value has before its course does.
const VALUE: usize = 9;

/// The columns that the rows of all watches share, and what stands in them.
pub(super) struct Columns {
    begins: usize,
    /// The moments whose cells are shown.
    moments: Range<usize>,
    /// When each watch changed last, in as many words as find room, and how wide the longest is.
    last: Vec<String>,
    wide: usize,
    /// Whether a course is not followed to the last event yet.
    behind: bool,
}

impl Columns {
    /// Returns the columns in a pane of this width. What finds no room beside the values goes: words on the last change,
    /// then cells of the courses.
    pub(super) fn of(view: &View<'_>, width: usize) -> Columns {
        let now = view.shown.state.seq;
        let watched = &view.shown.watched;
        let begins =
            watched.iter().map(|watched| unfold::begins_at(&name(watched, width), 0, width)).max().unwrap_or(0);
        let value = watched.iter().map(|watched| text::width(&watch::told(watched.reading.as_ref(), VALUE).1)).max();
        let free = width.saturating_sub(begins + value.unwrap_or(0).min(VALUE) + 1);
        let last = |at: usize| watch::last(view.session, watches::course(view, at)?, now);
        let last: Vec<[String; 2]> = (0..watched.len()).map(|at| last(at).unwrap_or_default()).collect();
        let wide = |form: usize| last.iter().filter_map(|last| last.get(form)).map(|words| text::width(words)).max();
        let wides = [0, 1, 2].map(|form| wide(form).unwrap_or(0));
        let fits = |(cells, form): &(usize, usize)| {
            let cells = (*cells).min(view.shown.rows.len());
            cells + wides[*form] + usize::from(cells > 0) < free
        };
        let (cells, form) = BESIDE.into_iter().find(fits).unwrap_or((0, 2));
        let wide = wides[form];
        let last = last.into_iter().map(|last| last.into_iter().nth(form).unwrap_or_default()).collect();
        let behind = view.watching.folded() < view.session.path().last().copied().unwrap_or(0);
        Columns { begins, moments: watches::timeline(view, cells), last, wide, behind }
    }
}

impl Columns {
    /// Returns how many cells the courses take, with when it changed last behind them.
    fn beside(&self) -> usize {
        self.wide + self.moments.len() + usize::from(self.wide > 0 && !self.moments.is_empty())
    }

    /// Returns the moments whose cells a row of this width shows, each with its cell.
    pub(super) fn cells(&self, view: &View<'_>, width: usize) -> Vec<(usize, Seq)> {
        let moments = view.shown.rows.get(self.moments.clone()).unwrap_or_default();
        let begins = width.saturating_sub(self.beside());
        moments.iter().enumerate().map(|(at, seq)| (begins + at, *seq)).collect()
    }
}

fn name(watched: &Watched, width: usize) -> String {
    text::clip(watched.watch.name(), (width / 2).max(8))
}

/// Returns the row of a watch.
pub(super) fn line(view: &View<'_>, row: &ValueRow, columns: &Columns, width: usize) -> Line<'static> {
    let (theme, at) = (view.theme, row.entry);
    let Some(watched) = view.shown.watched.get(at) else { return Line::default() };
    let (plain, dim) = (theme.style(Role::Text), theme.style(Role::Dim));
    let now = view.shown.state.seq;
    let none = Course::default();
    let course = watches::course(view, at).unwrap_or(&none);
    let stands = view.shown.state.breakpoints.at(&watches::place(&watched.watch));
    let gutter = stands.map_or(Role::Text, |standing| breakpoint::standing(standing).0);
    let moments = view.shown.rows.get(columns.moments.clone()).unwrap_or_default();
    let last = columns.last.get(at).map_or("", String::as_str);
    let last = if columns.behind { Role::Interrupted.glyph() } else { last };
    let wide = columns.beside();
    let room = width.saturating_sub(columns.begins + if wide > 0 { wide + 1 } else { 0 });
    let (sign, words) = watch::told(watched.reading.as_ref(), room);
    let (glyph, style) = match sign {
        Role::Text if course.changed(now).is_some_and(|seq| view.shown.wrote == Some(seq)) => {
            (Role::Changed, theme.style(Role::Strong))
        }
        sign => (sign, theme.words(sign)),
    };
    let value = if sign == Role::Text { plain } else { dim };
    let mut line = Row::new()
        .put(glyph.glyph(), theme.style(glyph))
        .put(gutter.glyph(), theme.style(gutter))
        .put(&name(watched, width), style)
        .tab(columns.begins, true)
        .put(&text::clip(&words, room), value);
    let signs = watch::course(course, moments.iter().copied());
    // What comes after the shown moment is told apart from what was.
    let styled = |((role, sign), seq): ((Role, &'static str), &Seq)| {
        (sign, theme.style(if *seq > now { Role::Border } else { role }))
    };
    let signs: Vec<_> = signs.into_iter().zip(moments).map(styled).collect();
    // Cells of one look are one part: each part costs more than a cell.
    for alike in signs.chunk_by(|one, next| one.1 == next.1) {
        let cells: String = alike.iter().map(|(sign, _)| *sign).collect();
        line = line.right(&cells, alike[0].1);
    }
    let gap = " ".repeat(wide - moments.len() - columns.wide);
    line.right(&gap, plain).right(&text::pad(last, columns.wide), dim).fit(width, columns.begins + 1)
}

/// Returns the line between the watches and the context, which says how many watches lie above and below those in sight.
pub(super) fn rule(view: &View<'_>, hidden: (usize, usize), width: usize) -> Line<'static> {
    let style = view.theme.style(Role::Border);
    let more = match hidden {
        (0, 0) => String::new(),
        (above, below) => format!(" {}", text::count(above + below, "more row")),
    };
    let words = format!(" watches{more} ");
    let dashes = width.saturating_sub(text::width(&words) + 2);
    Row::new().put(&format!("{}{words}──", "─".repeat(dashes)), style).fit(width, width)
}
