//! What the screen remembers besides the session: focus, cursors, the moment looked at, folds, the watched proposal.

use std::collections::{HashMap, HashSet};

use crate::describe::ahead::Ahead;
use crate::describe::sought::Hit;
use crate::describe::survival::Dropped;
use crate::describe::useful::Useful;
use crate::engine::context::Context;
use crate::engine::diff::Change;
use crate::engine::event::Seq;
use crate::engine::goal::Key;
use crate::engine::plan::StepId;
use crate::ui::session::layout::{Edge, Split};
use crate::ui::session::lesson::Taught;
use crate::ui::session::lighting::Lit;
use crate::ui::session::lists::outline::Entry;
use crate::ui::session::lists::report::Report;
use crate::ui::session::pane::PaneId;
use crate::ui::session::presenting::Presented;
use crate::ui::widgets::json_rows::{Kind, Part, ValueRow, Values};
use crate::ui::widgets::status_line::{About, Toast};

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
    /// What changed, and nothing of what follows from it.
    Landed,
    /// What goes stale, breaks, or is still useful lights up.
    Breaks,
    /// The plan is rewritten.
    Rewritten,
}

impl Beat {
    /// The beats in order.
    pub const ALL: [Beat; 3] = [Beat::Landed, Beat::Breaks, Beat::Rewritten];
}

/// A proposal that is being watched.
#[derive(Clone, Debug)]
pub struct Watch {
    /// The event that proposed it.
    pub seq: Seq,
    /// The beats that have something to show, in order; the last is always [`Beat::Rewritten`].
    pub beats: Vec<Beat>,
    /// How far the person has watched.
    pub beat: Beat,
    /// Whether it waits aside while the person does something else.
    pub aside: bool,
    /// What it does to each step.
    pub changes: Vec<Change>,
    /// The steps whose change the person took out.
    pub out: HashSet<StepId>,
    /// What a changed goal leaves of each step; empty where the goal is as it was.
    pub useful: HashMap<StepId, Useful>,
    /// Which steps the person said would not survive; none: nothing was predicted.
    pub predicted: Option<Dropped>,
    /// What was known before it changed.
    pub before: Option<Context>,
    /// Whether something went stale with it.
    pub stales: bool,
}

impl Watch {
    /// Tells whether it is seen what becomes of the steps.
    pub fn tells(&self) -> bool {
        self.beat == Beat::Rewritten || self.beat == Beat::Breaks && !self.useful.is_empty()
    }

    /// Returns what `beat` shows, in a word or two.
    pub fn word(&self, beat: Beat) -> &'static str {
        match beat {
            Beat::Landed => "changed",
            Beat::Breaks if !self.useful.is_empty() => "still useful",
            Beat::Breaks if self.stales => "goes stale",
            Beat::Breaks => "breaks",
            Beat::Rewritten => "rewritten",
        }
    }

    /// Returns the beat after this one.
    pub fn next(&self) -> Option<Beat> {
        self.beats.iter().copied().find(|beat| *beat > self.beat)
    }
}

/// What stands in place of the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    /// The trace itself.
    Trace,
    /// The why of the replan that is watched.
    Why,
    /// The report on a goal that was reached.
    Report,
    /// The reasons why it was not.
    Reasons,
}

/// What a person folded and unfolded of the values in the context, by key and JSON pointer.
#[derive(Clone, Debug, Default)]
pub struct Folds {
    /// Whether it is unfolded.
    pub open: HashMap<String, bool>,
    /// The first of its entries that is shown, where that is not the first of all.
    pub from: HashMap<String, usize>,
}

/// Where in the context something was found that a person looked for.
#[derive(Clone, Debug)]
pub struct Hits {
    /// The moment.
    pub seq: Seq,
    /// The places, in the order in which they are listed.
    pub list: Vec<Hit>,
    /// The same, to be looked up.
    pub all: HashSet<Hit>,
    /// At which of them the cursor was put last.
    pub at: usize,
}

/// Everything that the screen remembers.
#[derive(Debug)]
pub struct Ui {
    /// The pane that has the focus.
    pub focus: PaneId,
    /// Whether the focused pane has the whole screen.
    pub zoom: bool,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Where a person put the borders between the panes, and which of them stands on the left.
    pub split: Split,
    /// Whether the plan stands as a map beside its list, where there is room.
    pub map: bool,
    /// What a person lit.
    pub lit: Option<Lit>,
    /// What would come of what an open dialog would do, once that is known.
    pub ahead: Option<Result<Box<Ahead>, String>>,
    /// How many times something was run ahead: what comes back of an earlier question is not an answer.
    pub asked_ahead: u64,
    /// How often the next key is meant, while it is typed.
    pub times_over: Option<u32>,
    /// The border that the mouse holds.
    pub held: Option<Edge>,
    /// Where each pane stands, by its [`PaneId`].
    pub cursors: Vec<Cursor>,
    /// The event that is looked at; none: now.
    pub looking: Option<Seq>,
    /// The moment that a person chose to compare another one with.
    pub moment: Option<Seq>,
    /// The proposal that is watched.
    pub watch: Option<Watch>,
    /// The proposal of the past that is looked at: its beats are shown again.
    pub again: Option<Watch>,
    /// What to say in the *Next* line until the next key.
    pub toast: Option<Toast>,
    /// What is searched for.
    pub find: Option<String>,
    /// Where in the context that is; none: it was not looked for there, or is being looked for.
    pub hits: Option<Hits>,
    /// Values that a person folded or unfolded.
    pub folds: Folds,
    /// Whether a tool of the goal is a loop over others: looked up once, for a goal may have thousands.
    pub explores: bool,
    /// Loops that a person folded or unfolded, by step.
    pub loops: HashMap<StepId, bool>,
    /// The entries of the plan pane before the remaining steps, where they are not just the runs.
    pub outline: Option<Vec<Entry>>,
    /// The rows of the context pane, computed whenever the state or a fold changes.
    pub values: Values,
    /// For how many columns and rows they were computed.
    pub listed: (usize, usize),
    /// The rows of the context pane that say what the shown moment wrote first: it follows them.
    pub news: Option<std::ops::Range<usize>>,
    /// Whether the report at the end was put away.
    pub report_away: bool,
    /// What there is to choose now that the session is over.
    pub report: Option<Report>,
    /// The event with which the report came forward by itself; none: it did not, since the session last went on.
    pub fronted: Option<Seq>,
    /// The digit that was pressed, while what it means is done.
    pub number: Option<u32>,
    /// Whether durations show; without them the same session is the same picture every time.
    pub times: bool,
    /// What waits below, which quitting goes back to: "lanes", "start".
    pub below: Option<&'static str>,
    /// Whether the guide says what the signs mean.
    pub guided: bool,
    /// How it is presented to an audience; none: it is not.
    pub present: Option<Presented>,
    /// Whether nothing moves by itself: a replan is seen rewritten at once.
    pub still: bool,
    /// The lesson that the goal teaches.
    pub lesson: Option<Taught>,
    /// Whether a question was put with which the session opened, and nothing was done since.
    pub posed: bool,
}

impl Ui {
    /// Returns the screen of a session that just opened, with so many panes.
    pub fn new(size: (u16, u16), panes: usize) -> Ui {
        Ui {
            focus: PaneId::PLAN,
            zoom: false,
            size,
            split: Split::default(),
            map: false,
            lit: None,
            ahead: None,
            asked_ahead: 0,
            times_over: None,
            held: None,
            cursors: vec![Cursor::default(); panes],
            looking: None,
            moment: None,
            watch: None,
            again: None,
            toast: None,
            find: None,
            hits: None,
            folds: Folds::default(),
            explores: false,
            loops: HashMap::new(),
            outline: None,
            values: Values::default(),
            listed: (0, 0),
            news: None,
            report_away: false,
            report: None,
            fronted: None,
            number: None,
            times: true,
            below: None,
            guided: false,
            present: None,
            still: false,
            lesson: None,
            posed: false,
        }
    }

    /// Returns the proposal that is watched now, unless it waits aside; in the past, the one that is looked at.
    pub fn watched(&self) -> Option<&Watch> {
        match self.looking {
            Some(_) => self.again.as_ref(),
            None => self.watch.as_ref().filter(|watch| !watch.aside),
        }
    }

    /// The same, to go on to another beat.
    pub fn watched_mut(&mut self) -> Option<&mut Watch> {
        match self.looking {
            Some(_) => self.again.as_mut(),
            None => self.watch.as_mut(),
        }
    }

    /// Tells whether a row of the context stands for what is looked for.
    pub fn found(&self, row: &ValueRow, key: &Key) -> bool {
        self.hits.as_ref().is_some_and(|hits| {
            let inner = row.part == Part::Inner;
            let hit = Hit { inner, key: key.clone(), pointer: row.pointer.clone() };
            matches!(row.part, Part::Inner | Part::Outer) && row.kind == Kind::Value && hits.all.contains(&hit)
        })
    }

    /// Returns where `pane` stands.
    pub fn cursor(&self, pane: PaneId) -> Cursor {
        self.cursors.get(pane.0).copied().unwrap_or_default()
    }

    /// Selects the entry `at` of `pane`; none: it follows what happens.
    pub fn select(&mut self, pane: PaneId, at: Option<usize>) {
        if let Some(cursor) = self.cursors.get_mut(pane.0) {
            cursor.at = at;
        }
    }

    /// Puts `pane` back to where it stood when the session opened.
    pub fn reset(&mut self, pane: PaneId) {
        if let Some(cursor) = self.cursors.get_mut(pane.0) {
            *cursor = Cursor::default();
        }
    }

    /// Says `words` until the next key.
    pub fn say(&mut self, words: impl Into<String>) {
        self.toast = Some(Toast::new(About::Done, words));
    }

    /// Says why something was not done, until the next key.
    pub fn refuse(&mut self, words: impl Into<String>) {
        self.toast = Some(Toast::new(About::Refused, words));
    }

    /// Says how things are, or what to try, until the next key.
    pub fn note(&mut self, about: About, words: impl Into<String>) {
        self.toast = Some(Toast::new(about, words));
    }
}
