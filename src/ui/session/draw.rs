//! A frame of a session: laid out once, each pane painted once, and what clicks need of it kept.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use crate::describe::frame::acting;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::engine::event::Seq;
use crate::ui::action::Action;
use crate::ui::session::hand_off;
use crate::ui::session::layout::{Edge, LONG, Layout, OVER, Shape, Side, Split, layout};
use crate::ui::session::lighting;
use crate::ui::session::lists::plan;
use crate::ui::session::model::Below;
use crate::ui::session::pane::{PaneId, PaneText, Spot};
use crate::ui::session::panes::{detail, footer, goal, guide, map, trace};
use crate::ui::session::presenting;
use crate::ui::session::view::View;
use crate::ui::widgets::buttons::{Button, Click, Rows};
use crate::ui::widgets::cells::{self, padded, put, put_over};
use crate::ui::widgets::row::Row;
use crate::ui::widgets::scroll;

/// The lowest screen with the guide.
const GUIDED: u16 = 18;

/// How many rows of reasons an audience reads at least; more where the panes above do not need the rows.
const WHY: usize = 3;

/// How many rows what changed has below its key, where an audience reads the reasons too.
const NEWS: usize = 4;

/// The lowest window that a dialog is drawn in above the last rows.
const LOWEST: u16 = 12;

/// What a click on the name of a pane does, by [`PaneId`], where one pane has all the room.
const TABS: [Action; 3] = [Action::PlanPane, Action::ContextPane, Action::TracePane];

/// What stays of a frame: where things were drawn.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    layout: Layout,
    panes: Vec<Painted>,
    /// The first visible row of the map.
    map: Option<usize>,
    /// What can be clicked besides entries, by its row and cells on the screen.
    buttons: Vec<Button>,
}

/// A pane as it was painted.
#[derive(Clone, Debug)]
struct Painted {
    id: PaneId,
    entries: Vec<usize>,
    top: usize,
    /// Whether its first row is not the first of its entry.
    is_cut: bool,
    moments: Vec<(usize, usize, Seq)>,
}

impl Painted {
    /// Returns the entries whose first rows are seen, each with that row of the screen.
    fn begins(&self, frame: &Frame) -> Vec<hand_off::Begin> {
        let top = frame.layout.panes.get(self.id.0).map_or(0, |rect| rect.y + 1);
        let mut begins: Vec<hand_off::Begin> = Vec::with_capacity(self.entries.len());
        for (y, entry) in (top..).zip(&self.entries) {
            if begins.last().is_none_or(|(last, _)| last != entry) {
                begins.push((*entry, y));
            }
        }
        // What goes on from above begins there.
        if self.is_cut {
            begins.remove(0);
        }
        begins
    }
}

/// What lies under a cell of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Under {
    /// A key that stands there: what it does, and the digit that it is where it chooses.
    Button(Action, Option<u32>),
    /// A pane, and the entry whose row it is.
    Pane(PaneId, Option<usize>),
    /// The marks before an entry: a click there sets a breakpoint.
    Gutter(PaneId, usize),
    /// A moment of the timeline.
    Moment(Seq),
    /// A step of the map, by its row.
    Step(usize),
}

/// How many cells of the border of the pane below are its title, where no moments stand in it.
const TITLE: usize = 10;

impl Frame {
    /// Returns how many rows at the bottom say what comes next and with which keys, where a dialog finds room above them.
    pub(super) fn caption(&self) -> u16 {
        let rows = self.layout.next.height + self.layout.footer.height;
        if self.layout.header.y + rows + LOWEST <= self.layout.footer.y { rows } else { 0 }
    }

    /// Returns what lies under this cell.
    pub(super) fn under(&self, column: u16, row: u16) -> Option<Under> {
        let at = Position::new(column, row);
        let hit = self.buttons.iter().find(|button| button.is_at(usize::from(column), usize::from(row)));
        if let Some(button) = hit {
            return Some(Under::Button(button.action, button.number));
        }
        if self.layout.header.contains(at) {
            // The goal and its wants are what `!` changes; how it is pursued stands on the right of the first row.
            let is_strategy = row == self.layout.header.y && column > self.layout.header.width / 2;
            return Some(Under::Button(if is_strategy { Action::Strategy } else { Action::ChangeGoal }, None));
        }
        if self.layout.map.contains(at) {
            let first = self.layout.map.y + 1;
            return Some(Under::Step(self.map? + usize::from(row.checked_sub(first)?)));
        }
        let pane = self.layout.panes.iter().position(|rect| rect.contains(at))?;
        let painted = self.panes.iter().find(|painted| painted.id == PaneId(pane))?;
        let (left, inside) = (self.layout.panes[pane].x, self.layout.panes[pane].y + 1);
        let gutter =
            padded(Rect { x: left + 1, width: self.layout.panes[pane].width.saturating_sub(2), y: 0, height: 0 }).x;
        // The title begins behind the corner and a blank.
        let begins = if row < inside { left + 2 } else { gutter };
        if let (Some(cell), Some(y)) = (column.checked_sub(begins), (row + 1).checked_sub(inside)) {
            let here = (usize::from(y), usize::from(cell));
            if let Some((_, _, seq)) = painted.moments.iter().find(|(row, cell, _)| (*row, *cell) == here) {
                return Some(Under::Moment(*seq));
            }
        }
        let entry = row.checked_sub(inside).and_then(|y| painted.entries.get(usize::from(y)).copied());
        // The two cells before what an entry is called: whether it is the current one, and whether one stops there.
        let marks = matches!(painted.id, PaneId::PLAN | PaneId::CONTEXT) && (gutter..gutter + 2).contains(&column);
        Some(match entry {
            Some(entry) if marks => Under::Gutter(painted.id, entry),
            entry => Under::Pane(painted.id, entry),
        })
    }

    /// Returns the border under this cell that can be moved.
    pub(super) fn edge(&self, column: u16, row: u16) -> Option<Edge> {
        let panes = &self.layout.panes;
        let (left, below) = (panes.get(PaneId::PLAN.0)?, panes.get(PaneId::TRACE.0)?);
        if self.layout.shape != Shape::Three {
            return None;
        }
        let right = panes.get(PaneId::CONTEXT.0)?;
        let left = if right.x < left.x { right } else { left };
        let beside = (left.y..left.bottom()).contains(&row);
        if beside && (left.right() - 1..=left.right().max(self.layout.gutter.right())).contains(&column) {
            return Some(Edge::Right);
        }
        // Both frames are one border to whoever drags it; what the title says is clicked, not dragged.
        let title = self.panes.iter().find(|painted| painted.id == PaneId::TRACE);
        let title = title.and_then(|painted| painted.moments.last()).map_or(TITLE, |(_, cell, _)| *cell + 2);
        let behind = usize::from(column.saturating_sub(below.x)) > title + 2;
        match row {
            _ if row + 1 == below.y => Some(Edge::Above),
            _ if row == below.y && behind => Some(Edge::Top),
            _ => None, // within a pane
        }
    }

    /// Returns where the borders stand once `edge` is moved to this cell.
    pub(super) fn moved(&self, edge: Edge, column: u16, row: u16, split: Split) -> Split {
        let Some(below) = self.layout.panes.get(PaneId::TRACE.0) else { return split };
        match edge {
            Edge::Right => Split { left: Some((column + 1).saturating_sub(below.x)), ..split },
            Edge::Above => Split { below: Some(below.bottom().saturating_sub(row + 1)), ..split },
            Edge::Top => Split { below: Some(below.bottom().saturating_sub(row)), ..split },
        }
    }

    /// Lets a click on these parts of `area` do what they say.
    fn add(&mut self, area: Rect, buttons: impl IntoIterator<Item = Button>) {
        let (x, y) = (usize::from(area.x), usize::from(area.y));
        let inside = buttons.into_iter().filter(|button| button.row < usize::from(area.height));
        self.buttons.extend(inside.map(|button| {
            let cells = x + button.cells.start..x + button.cells.end.min(usize::from(area.width));
            Button { row: y + button.row, cells, ..button }
        }));
    }

    /// The same of one row.
    fn add_row(&mut self, area: Rect, clicks: impl IntoIterator<Item = Click>) {
        self.add(area, clicks.into_iter().map(|(cells, action)| Button::new(0, cells, action)));
    }

    /// Returns the first visible row of each pane that was painted.
    pub(super) fn tops(&self) -> impl Iterator<Item = (PaneId, usize)> {
        self.panes.iter().map(|painted| (painted.id, painted.top))
    }
}

impl View<'_> {
    /// Returns the layout of the screen in `area`.
    pub fn layout(&self, area: Rect) -> Layout {
        self.layout_around(area, footer::next(self, usize::from(area.width)).lines.len())
    }

    /// The same, where the sentence about what comes next takes so many rows.
    pub(super) fn layout_around(&self, area: Rect, next: usize) -> Layout {
        let width = usize::from(area.width.saturating_sub(4));
        let over = match self.below() {
            Below::Report => true,
            Below::Reasons => self.ui.report.is_some(),
            Below::Trace | Below::Why => false,
        };
        let twentieths = if over { OVER } else { LONG };
        let below = match self.below() {
            // Before an audience it is there once somebody goes to it.
            Below::Trace if self.ui.present.is_some() && self.ui.focus != PaneId::TRACE => 0,
            Below::Why if self.ui.present.is_some() => {
                let above = plan::count(self).max(self.shown.ledger.count() + NEWS);
                // Four rows around the panes, four for their frames and that of the reasons.
                let spare = usize::from(area.height).saturating_sub(above + 8);
                let needed = || trace::page(self, width, spare).lines.len();
                if spare > WHY { needed().clamp(WHY, spare) } else { WHY }
            }
            Below::Trace => self.shown.rows.len().min(usize::from(area.height) / 5).max(4),
            // As much as the layout gives at most: whole sentences only where they all find room.
            Below::Why | Below::Report | Below::Reasons => {
                let most = usize::from(area.height.saturating_sub(4)) * usize::from(twentieths) / 20;
                trace::page(self, width, most.saturating_sub(2)).lines.len()
            }
        };
        let spots: Vec<Spot> = self.panes.iter().map(|pane| pane.spot()).collect();
        // A lesson needs its strip; the guide needs a screen on which nothing is missing.
        let is_shown = area.height >= GUIDED || self.ui.lesson.is_some();
        let guide = if is_shown { guide::lines(self, usize::from(area.width)).lines.len() } else { 0 };
        layout(
            area,
            &spots,
            self.ui.focus,
            self.ui.zoom,
            ((below, twentieths), guide, next),
            self.ui.split,
            Side {
                detail: self.ui.present.is_none(),
                map: (self.ui.map && self.ui.present.is_none()).then(|| map::steps(&self.shown.state)),
            },
        )
    }

    /// Draws the screen around the sentence about what comes `next`, and returns where things stand on it.
    pub(super) fn draw_around(&self, next: Rows, area: Rect, buf: &mut Buffer) -> Frame {
        let layout = self.layout_around(area, next.lines.len());
        let mut frame = Frame { layout, panes: Vec::with_capacity(self.panes.len()), map: None, buttons: Vec::new() };
        if frame.layout.shape == Shape::Tiny {
            self.draw_tiny(area, buf);
            return frame;
        }
        let width = usize::from(area.width);
        for (at, line) in goal::lines(self, width).into_iter().enumerate() {
            put(line, frame.layout.header, at, buf);
        }
        let guide = guide::lines(self, width);
        frame.add(frame.layout.guide, guide.buttons);
        for (at, line) in guide.lines.into_iter().enumerate() {
            put(line, frame.layout.guide, at, buf);
        }
        detail::draw(self, frame.layout.detail, buf);
        frame.map = map::draw(self, frame.layout.map, buf);
        for (at, rect) in frame.layout.panes.clone().into_iter().enumerate() {
            if rect.width > 2 && rect.height > 2 {
                let painted = self.draw_pane(PaneId(at), rect, &mut frame, buf);
                frame.panes.push(painted);
            }
        }
        let begins =
            |id: PaneId| frame.panes.iter().find(|painted| painted.id == id).map(|painted| painted.begins(&frame));
        if let (Some(steps), Some(keys), false) =
            (begins(PaneId::PLAN), begins(PaneId::CONTEXT), self.ui.split.mirrored)
        {
            hand_off::draw(self, frame.layout.gutter, (&steps, &keys), buf);
        }
        frame.add(frame.layout.next, next.buttons);
        for (at, line) in next.lines.into_iter().enumerate() {
            put(line, frame.layout.next, at, buf);
        }
        let offers = footer::offers(self, width);
        put(footer::key_line(self, &offers, width), frame.layout.footer, 0, buf);
        frame.add_row(frame.layout.footer, offers.into_iter().map(|(_, action, columns)| (columns, action)));
        frame
    }

    fn draw_pane(&self, id: PaneId, rect: Rect, frame: &mut Frame, buf: &mut Buffer) -> Painted {
        let focused = self.ui.focus == id;
        let style = self.theme.style(if focused { Role::Focus } else { Role::Border });
        let inside = padded(Rect::new(rect.x + 1, rect.y + 1, rect.width - 2, rect.height - 2));
        let PaneText { title, right, lines, entries, top, buttons, moments, hidden } =
            self.pane(id).paint(self, usize::from(inside.width), usize::from(inside.height));
        let right = lighting::said(self, id).unwrap_or(right);
        let bold = self.theme.style(if focused { Role::Focus } else { Role::Title });
        let title_width = title.width();
        let mut spans = vec![Span::styled(" ", style)];
        spans.extend(
            title.spans.into_iter().enumerate().map(|(at, span)| if at == 0 { span.style(bold) } else { span }),
        );
        spans.push(Span::styled(" ", style));
        // While the guide is there, a title says what its pane shows, where that finds room.
        let free = usize::from(rect.width).saturating_sub(title_width + text::width(&right) + 10);
        let is_plain = self.ui.guided && title_width == self.pane(id).title().len();
        let about = self.pane(id).about().iter().find(|about| is_plain && text::width(about) <= free);
        if let Some(about) = about {
            spans.push(Span::styled(format!("· {about} "), self.theme.style(Role::Dim)));
        }
        let title_width = title_width + about.map_or(0, |about| text::width(about) + 3);
        cells::frame(rect, style, buf);
        let (top_row, bottom_row, room) = (rect.y, rect.bottom() - 1, rect.width - 2);
        let at_right = |words: &str| rect.right() - 1 - (text::width(words) as u16).min(room);
        put_over(&Line::from(spans), (rect.x + 1, top_row), room, buf);
        let free = usize::from(rect.width).saturating_sub(title_width + 6);
        if !right.is_empty() && text::width(&right) < free {
            let right = format!(" {right} ");
            put_over(&Line::raw(&right), (at_right(&right), top_row), room, buf);
        }
        if frame.layout.shape == Shape::One && !self.ui.zoom {
            let others = self.panes.iter().enumerate().filter(|(other, _)| *other != id.0);
            // Where digits choose something else, another key goes to the panes.
            let digits = !self.offers_choices();
            let named = |at: usize| if digits { format!("{} ", at + 1) } else { String::new() };
            let others = others.map(|(at, pane)| (TABS.get(at), format!("{}{}", named(at), pane.tab(self))));
            let (mut tabs, mut places) = (String::new(), Vec::new());
            for (action, tab) in others {
                tabs.push_str(if tabs.is_empty() { " " } else { " · " });
                let from = text::width(&tabs);
                tabs.push_str(&tab);
                places.extend(action.map(|action| (from..text::width(&tabs), *action)));
            }
            tabs.push(' ');
            let from = at_right(&tabs);
            frame.add_row(Rect::new(from, bottom_row, rect.right() - 1 - from, 1), places);
            put_over(&Line::raw(&tabs), (from, bottom_row), room, buf);
        }
        if let Some(marks) = scroll::marks(hidden) {
            put_over(&Line::styled(format!(" {marks} "), style), (rect.x + 1, bottom_row), room, buf);
        }
        let lit = lighting::lit(self, id).or_else(|| presenting::lit(self, id));
        // A row that would be cut without may have the cell before the frame.
        let rows = Rect { width: rect.right() - 1 - inside.x, ..inside };
        for (at, line) in lines.into_iter().enumerate() {
            let entry = entries.get(at).copied();
            put(presenting::spotlight(self.theme, line, lit.as_deref().zip(entry)), rows, at, buf);
        }
        frame.add(inside, buttons);
        let is_cut = entries.first().is_some_and(|first| *first < top && *first == self.pane(id).selected(self));
        Painted { id, entries, top, is_cut, moments }
    }

    /// Draws what matters most where nothing else fits: the current step, its state, how to quit.
    fn draw_tiny(&self, area: Rect, buf: &mut Buffer) {
        let state = &self.shown.state;
        let width = usize::from(area.width);
        let plain = self.theme.style(Role::Text);
        let here = acting(state);
        let (name, status) = match (here.current_run(), here.next_step()) {
            (Some(run), _) => (run.step.name().to_owned(), run.word()),
            (None, Some(step)) => (step.name().to_owned(), "next"),
            (None, None) if here.is_react() => (here.goal.goal.to_string(), "one decision at a time"),
            (None, None) => (state.goal.goal.to_string(), "no step left"),
        };
        let lines = [
            Row::new().put("▶ ", self.theme.style(Role::Current)).put(&name, self.theme.style(Role::Strong)),
            Row::new().put("  ", plain).put(status, plain),
            Row::new()
                .put(&self.words("\x01quit\x02"), self.theme.style(Role::Key))
                .put(" quit  ", plain)
                .put(&self.words("\x01step\x02"), self.theme.style(Role::Key))
                .put(" step", plain),
            Row::new().put(&self.words(self.shown.next()), plain),
            Row::new().put(&format!("too small ({}x{})", area.width, area.height), self.theme.style(Role::Dim)),
        ];
        for (at, row) in lines.into_iter().enumerate() {
            put(row.fit(width, width), area, at, buf);
        }
    }
}
