//! What a pane is: a list with a selected entry, which keys act on, and how it is painted.

use ratatui::text::Line;

use crate::describe::page::Page;
use crate::engine::event::Seq;
use crate::ui::keymap::Mode;
use crate::ui::session::change::{Meaning, no};
use crate::ui::session::view::View;
use crate::ui::theme::Theme;
use crate::ui::widgets::buttons::Button;

/// A pane, by its place in the order of Tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PaneId(pub usize);

impl PaneId {
    /// The plan.
    pub const PLAN: PaneId = PaneId(0);
    /// The context.
    pub const CONTEXT: PaneId = PaneId(1);
    /// The trace (or the why of a replan, or the report at the end, in its place).
    pub const TRACE: PaneId = PaneId(2);
}

/// Where a pane stands; those with the same spot share it, the first on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// Above, on the left.
    Left,
    /// Above, on the right.
    Right,
    /// Below, over the whole width.
    Below,
}

/// What a pane says in a frame.
#[derive(Clone, Debug, Default)]
pub struct PaneText {
    /// The title.
    pub title: Line<'static>,
    /// What stands on the right of the title.
    pub right: String,
    /// The rows that are visible.
    pub lines: Vec<Line<'static>>,
    /// The entry that each of the first rows belongs to, for clicks; the rows behind them belong to none.
    pub entries: Vec<usize>,
    /// The first visible row.
    pub top: usize,
    /// What can be clicked in the rows, besides the entries.
    pub buttons: Vec<Button>,
    /// Moments that are shown as one cell each, by their row (0: that of the title, 1: the first one below it) and cell.
    pub moments: Vec<(usize, usize, Seq)>,
    /// How many rows lie above the visible ones, and below them.
    pub hidden: (usize, usize),
}

impl PaneText {
    /// Adds a row that belongs to `entry`.
    pub fn push(&mut self, entry: usize, line: Line<'static>) {
        self.lines.push(line);
        self.entries.push(entry);
    }
}

/// What keys and painters know of a pane: its entries, the selected one, and what can be done with it.
pub trait PaneList: Sync {
    /// Returns how many entries there are.
    fn len(&self, view: &View<'_>) -> usize;

    /// Returns the place of the selected entry.
    fn selected(&self, view: &View<'_>) -> usize;

    /// Returns what a search looks through at the entry `at`.
    fn text(&self, view: &View<'_>, at: usize) -> String;

    /// Opens the selected entry.
    ///
    /// # Errors
    /// Why that is not possible here.
    fn open(&self, _view: &View<'_>) -> Meaning {
        no("there is nothing to open here")
    }

    /// Folds or unfolds the selected entry.
    ///
    /// # Errors
    /// Why that is not possible here.
    fn fold(&self, _view: &View<'_>, _unfold: bool) -> Meaning {
        no("select a value in the context (\x01context_pane\x02) to fold it")
    }

    /// Says why the selected entry is as it is.
    ///
    /// # Errors
    /// Why that is not possible here.
    fn why(&self, _view: &View<'_>) -> Meaning {
        no("there is nothing to explain here")
    }

    /// Injects what the selected entry stands for; none: it stands for nothing that can be injected.
    fn inject(&self, _view: &View<'_>) -> Option<Meaning> {
        None
    }

    /// Pins the selected entry, or lifts its pin.
    ///
    /// # Errors
    /// Why that is not possible here.
    fn pin(&self, _view: &View<'_>) -> Meaning {
        no("select a key in the context (\x01context_pane\x02) to pin it")
    }

    /// Returns the selected entry in full, for about `height` rows of `width` cells.
    fn detail(&self, _view: &View<'_>, _width: usize, _height: usize) -> Option<Page> {
        None
    }

    /// Copies the selected entry.
    ///
    /// # Errors
    /// Why that is not possible here.
    fn copy(&self, _view: &View<'_>) -> Meaning {
        no("there is nothing to copy here")
    }
}

/// A pane.
pub trait Pane: PaneList {
    /// Returns its name, as the other panes show it where only one has room.
    fn title(&self) -> &'static str;

    /// Returns its name as it is now: another where something else stands in its place.
    fn tab(&self, _view: &View<'_>) -> &'static str {
        self.title()
    }

    /// Returns what it shows, for who sees it for the first time: in words, and in fewer and fewer words.
    fn about(&self) -> &'static [&'static str] {
        &[]
    }

    /// Returns where it stands.
    fn spot(&self) -> Spot;

    /// Returns the mode of its own keys, if it has some.
    fn mode(&self) -> Option<Mode> {
        None
    }

    /// Returns what it says in `width` × `height` cells.
    fn paint(&self, view: &View<'_>, width: usize, height: usize) -> PaneText;
}

/// Returns `line` as the selected row of the pane that has the focus.
pub fn select(line: Line<'static>, theme: &Theme) -> Line<'static> {
    theme.select(line)
}
