//! What the screen remembers besides the session: focus, cursors, the moment looked at, folds, the watched proposal.

use std::collections::{HashMap, HashSet};

use crate::engine::diff::Change;
use crate::engine::event::Seq;
use crate::engine::plan::StepId;
use crate::ui::session::lists::outline::Entry;
use crate::ui::widgets::json_rows::Values;

/// One of the three panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pane {
    /// The plan.
    Plan,
    /// The context.
    Context,
    /// The trace (or the why of a replan, or the report at the end, in its place).
    Trace,
}

impl Pane {
    /// The panes in the order of Tab.
    pub const ALL: [Pane; 3] = [Pane::Plan, Pane::Context, Pane::Trace];

    /// Returns the title.
    pub fn title(self) -> &'static str {
        match self {
            Pane::Plan => "Plan",
            Pane::Context => "Context",
            Pane::Trace => "Trace",
        }
    }

    /// Returns its place in [`Pane::ALL`].
    pub fn place(self) -> usize {
        match self {
            Pane::Plan => 0,
            Pane::Context => 1,
            Pane::Trace => 2,
        }
    }
}

/// Where a pane stands: the selected entry, and the first row that is visible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The selected entry; none: it follows what happens.
    pub at: Option<usize>,
    /// The first visible row.
    pub top: usize,
}

/// The three beats of a replan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Beat {
    /// The change landed in the context.
    Landed,
    /// What it breaks lights up.
    Breaks,
    /// The plan is rewritten.
    Rewritten,
}

impl Beat {
    /// The beats in order, each with its word.
    pub const ALL: [(Beat, &'static str); 3] =
        [(Beat::Landed, "landed"), (Beat::Breaks, "breaks"), (Beat::Rewritten, "rewritten")];
}

/// A proposal that is being watched.
#[derive(Clone, Debug)]
pub struct Watch {
    /// The event that proposed it.
    pub seq: Seq,
    /// How far the person has watched.
    pub beat: Beat,
    /// Whether it waits aside while the person does something else.
    pub aside: bool,
    /// What it does to each step.
    pub changes: Vec<Change>,
    /// The steps whose change the person took out.
    pub out: HashSet<StepId>,
}

/// A line that stands in the place of the *Next* line for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// The words.
    pub words: String,
    /// Whether it says why something was not done.
    pub refusal: bool,
}

/// Which context a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The context of the session.
    Outer,
    /// What the loop under way knows.
    Inner,
    /// None: a heading between the two.
    Heading,
}

/// One row of the context pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueRow {
    /// Which context it belongs to.
    pub part: Part,
    /// The place of its key in the ledger of that context.
    pub entry: usize,
    /// The JSON pointer into the key's value; empty: the key itself.
    pub pointer: String,
    /// How deep it stands.
    pub depth: u16,
    /// The name that it stands under inside a value: a field, or an index; for a rest: how many more there are.
    pub name: String,
    /// Whether it stands for entries that are left out.
    pub rest: bool,
}

/// Everything that the screen remembers.
#[derive(Debug)]
pub struct Ui {
    /// The pane that has the focus.
    pub focus: Pane,
    /// Whether the focused pane has the whole screen.
    pub zoom: bool,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Where each pane stands, by [`Pane::place`].
    pub cursors: [Cursor; 3],
    /// The event that is looked at; none: now.
    pub looking: Option<Seq>,
    /// The proposal that is watched.
    pub watch: Option<Watch>,
    /// What to say in the *Next* line until the next key.
    pub toast: Option<Toast>,
    /// What is searched for.
    pub find: Option<String>,
    /// Values that a person folded or unfolded, by key and JSON pointer.
    pub folds: HashMap<String, bool>,
    /// Whether a tool of the goal is a loop over others: looked up once, for a goal may have thousands.
    pub explores: bool,
    /// Loops that a person folded or unfolded, by step.
    pub loops: HashMap<StepId, bool>,
    /// The entries of the plan pane before the remaining steps, where they are not just the runs.
    pub outline: Option<Vec<Entry>>,
    /// The rows of the context pane, computed whenever the state or a fold changes.
    pub values: Values,
    /// The rows of the context pane that say what the shown moment wrote first: it follows them.
    pub news: Option<std::ops::Range<usize>>,
    /// Whether the report at the end was put away.
    pub report_away: bool,
    /// Whether durations show; without them the same session is the same picture every time.
    pub times: bool,
    /// Whether the lanes wait below: quitting goes back to them.
    pub above_lanes: bool,
}

impl Ui {
    /// Returns the screen of a session that just opened.
    pub fn new(size: (u16, u16)) -> Ui {
        Ui {
            focus: Pane::Plan,
            zoom: false,
            size,
            cursors: [Cursor::default(); 3],
            looking: None,
            watch: None,
            toast: None,
            find: None,
            folds: HashMap::new(),
            explores: false,
            loops: HashMap::new(),
            outline: None,
            values: Values::default(),
            news: None,
            report_away: false,
            times: true,
            above_lanes: false,
        }
    }

    /// Returns the proposal that is watched now, unless it waits aside.
    pub fn watched(&self) -> Option<&Watch> {
        self.watch.as_ref().filter(|watch| !watch.aside && self.looking.is_none())
    }

    /// Returns where `pane` stands.
    pub fn cursor(&self, pane: Pane) -> Cursor {
        self.cursors[pane.place()]
    }

    /// Says `words` until the next key.
    pub fn say(&mut self, words: impl Into<String>) {
        self.toast = Some(Toast { words: words.into(), refusal: false });
    }

    /// Says why something was not done, until the next key.
    pub fn refuse(&mut self, words: impl Into<String>) {
        self.toast = Some(Toast { words: words.into(), refusal: true });
    }
}
