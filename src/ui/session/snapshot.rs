//! What the screen shows: the state of one moment with everything that is derived from it, computed once per event.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use crate::checks::fix::{Fix, fix, found};
use crate::checks::{Checklist, verdict};
use crate::engine::branches::Branch;
use crate::engine::event::{Event, Recorded, Seq};
use crate::engine::goal::Key;
use crate::engine::session::Session;
use crate::engine::state::{Phase, State};
use crate::engine::watch::{Reading, Watch};
use crate::ui::session::model::{Beat, Below};
use crate::ui::session::panes::strip::{self, Spans};
use crate::ui::widgets::buttons::Rows;

use crate::describe::change::{self, Change};
use crate::describe::ledger::Ledger;
use crate::describe::next;
use crate::describe::query::Query;

/// The longest plan whose checklist is computed for the screen; beyond it the check line is left out.
const CHECKED: usize = 2_000;

/// How many laid out pages are kept: the layout and the pane may ask for two sizes.
const PAGES: usize = 4;

/// Of how many events it is kept what they did to values.
const KNOWN: usize = 1_000;

/// What the rows of a page depend on besides the moment: which page, the beat of the replan, columns and rows.
pub type PageKey = (Below, Option<Beat>, usize, usize);

/// What the last moment that wrote something did to each key.
pub type Touched = HashMap<Key, Change>;

/// A watch with what it comes to at the moment.
#[derive(Clone, Debug)]
pub struct Watched {
    /// The watch.
    pub watch: Watch,
    /// What it comes to; none: that is being evaluated.
    pub reading: Option<Reading>,
}

/// What is derived from the loop that is under way.
#[derive(Clone, Debug, Default)]
pub struct Inside {
    /// The hand-offs inside.
    pub ledger: Ledger,
    /// What the last moment did to the context inside.
    pub touched: Touched,
}

/// The rows that a person looks for.
#[derive(Clone, Debug)]
pub struct Sought {
    /// What they look for.
    pub query: Query,
    /// The rows of which it holds.
    pub rows: Vec<Seq>,
    /// How many of them have happened at the moment that is shown.
    pub happened: usize,
    /// How many rows of the trace were looked at, and the last of them.
    seen: (usize, Option<Seq>),
}

impl Sought {
    /// Returns the rows that `query` looks for, none of which was found yet.
    pub fn new(query: Query) -> Sought {
        Sought { query, rows: Vec::new(), happened: 0, seen: (0, None) }
    }

    /// Finds those among `rows` that are new; where the trace is another one, from the start.
    fn follow(mut self, session: &Session, state: &State, rows: &[Seq]) -> Sought {
        let before = self.seen.0.checked_sub(1).map(|last| rows.get(last).copied());
        if before.is_some_and(|last| last != self.seen.1) {
            (self.rows, self.seen) = (Vec::new(), (0, None));
        }
        let holds = |seq: &&Seq| session.record(**seq).is_some_and(|record| self.query.holds(record, session.state()));
        self.rows.extend(rows.get(self.seen.0..).unwrap_or_default().iter().filter(holds));
        self.seen = (rows.len(), rows.last().copied());
        self.happened = self.rows.partition_point(|seq| *seq <= state.seq);
        self
    }
}

/// What events did to values: each is asked once, for it stays so.
type Known = HashMap<Seq, Arc<[Change]>>;

/// The state of a moment, and what is derived from it.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The state.
    pub state: State,
    /// Whether the moment lies in the past of the selected branch.
    pub past: bool,
    /// The hand-offs.
    pub ledger: Ledger,
    /// The events that the trace lists: those of the selected branch that a person cares about, up to its tip.
    pub rows: Vec<Seq>,
    /// How many of the rows have happened at this moment.
    pub happened: usize,
    /// Those of the rows that a person looks for, where they do.
    pub sought: Option<Sought>,
    /// What the last moment did to the context.
    pub touched: Touched,
    /// The moment that did it.
    pub wrote: Option<Seq>,
    /// The watches.
    pub watched: Vec<Watched>,
    /// The same of the loop that is under way.
    pub inside: Option<Inside>,
    /// The verdict on the remaining plan, without advice.
    pub check: Option<Checklist>,
    /// What mends the first fault of it.
    pub fix: Option<Fix>,
    /// For each run and, behind them, each remaining step, those that it stands beside; nothing of a long session.
    pub beside: Vec<std::ops::Range<usize>>,
    /// The branches that are not put away.
    pub branches: Vec<Branch>,
    /// The events of the selected branch that were looked at for `rows`, and the last of them.
    seen: (usize, Seq),
    /// How many events of all branches there were then.
    recorded: usize,
    /// What comes next, in words, once it was asked for.
    next: OnceCell<String>,
    mends: OnceCell<Option<Fix>>,
    /// How long what happened took, once it was asked for.
    spans: strip::Found,
    /// What the events did whose rows were seen.
    known: RefCell<Known>,
    /// What stands in place of the trace, as it was laid out for the sizes that were asked for last.
    pages: RefCell<Vec<(PageKey, Arc<Rows>)>>,
}

impl Snapshot {
    /// Returns what to show of `session` at the moment `looking` (none: now). `before` is what was shown last.
    ///
    /// What only a frame needs is still that of `before`: call [`Snapshot::derive`] ahead of one. Costs microseconds,
    /// however long the session, while the selected branch only grows.
    pub fn at(session: &Session, looking: Option<Seq>, before: Option<&mut Snapshot>) -> Snapshot {
        let past = looking.and_then(|seq| session.state_at(seq)).filter(|state| state.seq != session.state().seq);
        let (state, past) = match past {
            // Breakpoints are those of now, wherever one looks.
            Some(mut state) => {
                state.breakpoints = session.state().breakpoints.clone();
                (state, true)
            }
            None => (session.state().clone(), false),
        };
        let mut empty = None;
        let before = match before {
            Some(before) => before,
            None => empty.insert(Snapshot::nothing(state.clone())),
        };
        let grown = before.has_grown(session);
        let branches = branches(session, before, grown);
        let (rows, seen) = rows(session, before, grown);
        let happened = rows.partition_point(|seq| *seq <= state.seq);
        let recorded = session.records().len();
        let (ledger, touched, check) =
            (std::mem::take(&mut before.ledger), std::mem::take(&mut before.touched), before.check.take());
        let inside = before.inside.take();
        let (known, watched) = (before.known.take(), std::mem::take(&mut before.watched));
        let sought = before.sought.take().map(|sought| sought.follow(session, &state, &rows));
        Snapshot {
            state,
            past,
            sought,
            ledger,
            rows,
            happened,
            touched,
            wrote: before.wrote,
            watched,
            inside,
            check,
            fix: None,
            beside: Vec::new(),
            branches,
            seen,
            recorded,
            next: OnceCell::new(),
            mends: OnceCell::new(),
            spans: strip::Found::new(),
            known: RefCell::new(known),
            pages: RefCell::default(),
        }
    }

    /// Derives what a frame needs: the hand-offs, what the last moment did, the verdict on the plan.
    pub fn derive(&mut self, session: &Session) {
        let happened = &self.rows[..self.happened];
        (self.wrote, self.touched) = self.touched(session, &self.state, happened, false);
        self.ledger.follow(&self.state);
        self.inside = self
            .state
            .inner
            .as_ref()
            .map(|inner| Inside { ledger: Ledger::of(inner), touched: self.touched(session, inner, happened, true).1 });
        self.check = check(&self.state);
        self.fix = self.check.as_ref().and_then(|list| fix(&self.state, &list.findings));
        self.beside = beside(&self.state);
    }

    /// Returns the page that stands in place of the trace: what `lay_out` says, which is asked once for each `key`.
    pub fn page(&self, key: PageKey, lay_out: impl FnOnce() -> Rows) -> Arc<Rows> {
        let known = self.pages.borrow().iter().find(|(known, _)| *known == key).map(|(_, lines)| lines.clone());
        known.unwrap_or_else(|| {
            let rows = Arc::new(lay_out());
            let mut pages = self.pages.borrow_mut();
            pages.truncate(PAGES - 1);
            pages.insert(0, (key, rows.clone()));
            rows
        })
    }

    /// Returns what comes next, in words: found once, for where a breakpoint stopped it looks ahead.
    pub fn next(&self) -> &str {
        self.next.get_or_init(|| next::next(&self.state))
    }

    /// Returns what one key mends: what the foot of the plan offers, else what the checklist does, which gives advice too
    /// and speaks where no plan is found. Found once: each fix is tried on the whole plan.
    pub fn mends(&self) -> Option<&Fix> {
        self.mends.get_or_init(|| self.fix.clone().or_else(|| found(&self.state).1)).as_ref()
    }

    /// Returns how long what happened took: found once, for it looks through all that did.
    pub fn spans(&self, session: &Session) -> &Spans {
        self.spans.get_or_init(|| Spans::of(session, &self.rows[..self.happened]))
    }

    /// Returns the rows that the trace pane lists, and how many of them have happened.
    pub fn listed(&self) -> (&[Seq], usize) {
        match &self.sought {
            Some(sought) => (&sought.rows, sought.happened),
            None => (&self.rows, self.happened),
        }
    }

    /// Looks for `query` in the trace from now on, or for nothing.
    pub fn seek(&mut self, session: &Session, query: Option<Query>) {
        self.sought = query.map(|query| Sought::new(query).follow(session, &self.state, &self.rows));
    }

    /// Forgets the pages that were laid out: they have other styles now.
    pub fn restyle(&mut self) {
        self.pages = RefCell::default();
    }

    /// Returns what `record` did to the values.
    pub fn changes(&self, session: &Session, record: &Recorded) -> Arc<[Change]> {
        if let Some(known) = self.known.borrow().get(&record.seq) {
            return known.clone();
        }
        let changes: Arc<[Change]> = change::changes(session, record).into();
        let mut known = self.known.borrow_mut();
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert(record.seq, changes.clone());
        changes
    }

    /// Returns which of the last `rows` wrote something, and what it did to each key of the session, or of the loop `inside`.
    fn touched(&self, session: &Session, state: &State, rows: &[Seq], inside: bool) -> (Option<Seq>, Touched) {
        // Only so far back: what was written long ago is not news.
        for record in rows.iter().rev().take(8).filter_map(|seq| session.record(*seq)) {
            let changes = match (&record.event, record.event.innermost()) {
                // What was there when the loop began is not news inside.
                (_, Event::Entered { .. }) if inside => break,
                (Event::Inner { .. }, _) if !inside => continue,
                (Event::Injected { .. }, _) if inside => change::changes_at(1, session, record).into(),
                (_, Event::Undone { .. } | Event::Redone { .. }) if state.context.is_empty() => continue,
                _ => self.changes(session, record),
            };
            if !changes.is_empty() {
                let touched = changes.iter().map(|change| (change.key.clone(), change.clone())).collect();
                return (Some(record.seq), touched);
            }
        }
        (None, Touched::new())
    }

    /// Returns what was shown before anything was.
    fn nothing(state: State) -> Snapshot {
        Snapshot {
            state,
            past: false,
            ledger: Ledger::default(),
            rows: Vec::new(),
            happened: 0,
            sought: None,
            touched: HashMap::new(),
            wrote: None,
            watched: Vec::new(),
            inside: None,
            check: None,
            fix: None,
            beside: Vec::new(),
            branches: Vec::new(),
            seen: (0, 0),
            recorded: 0,
            next: OnceCell::new(),
            mends: OnceCell::new(),
            spans: strip::Found::new(),
            known: RefCell::default(),
            pages: RefCell::default(),
        }
    }

    /// Tells whether the selected branch is the one of then, perhaps with more events.
    fn has_grown(&self, session: &Session) -> bool {
        self.seen.0 > 0 && session.path().get(self.seen.0 - 1) == Some(&self.seen.1)
    }

    /// Returns how many rows the trace has, and how many have happened.
    pub fn shown_rows(&self) -> (usize, usize) {
        (self.rows.len(), self.happened)
    }
}

/// Tells whether the trace lists `event`.
fn is_listed(event: &Event) -> bool {
    event.is_moment() || matches!(event, Event::BranchSelected { .. })
}

/// Returns the rows of the trace, extending those of `before` where the branch only grew.
fn rows(session: &Session, before: &mut Snapshot, grown: bool) -> (Vec<Seq>, (usize, Seq)) {
    let path = session.path();
    let (mut rows, from) = match grown {
        true => (std::mem::take(&mut before.rows), before.seen.0),
        false => (Vec::new(), 0),
    };
    let new = path[from..].iter().filter(|seq| session.record(**seq).is_some_and(|r| is_listed(&r.event)));
    rows.extend(new);
    (rows, (path.len(), path.last().copied().unwrap_or(0)))
}

/// Returns the branches that are not put away, from those of `before` where the selected branch only grew.
fn branches(session: &Session, before: &mut Snapshot, grown: bool) -> Vec<Branch> {
    let path = session.path();
    let mut branches = std::mem::take(&mut before.branches);
    // Every event that is new lies on the selected branch: its tip moved, and no other did.
    let alone = grown && session.records().len() - before.recorded == path.len() - before.seen.0;
    let here = branches.iter_mut().find(|branch| branch.tip == before.seen.1).filter(|_| alone);
    if let (Some(here), Some(tip)) = (here, path.last()) {
        here.length += path.len() - before.seen.0;
        here.tip = *tip;
        return branches;
    }
    let kept = |branch: &Branch| !session.branch_mark(branch.first).away;
    let mut branches: Vec<Branch> = session.branches().into_iter().filter(kept).collect();
    branches.sort_by_key(|branch| branch.first);
    branches
}

/// Returns which runs and remaining steps stand beside each other, where there are few enough to look at them all.
fn beside(state: &State) -> Vec<std::ops::Range<usize>> {
    let remaining = state.plan.remaining();
    if state.is_react() || state.runs.len() + remaining.len() > CHECKED {
        return Vec::new();
    }
    let runs = state.runs.iter().map(|run| &*run.step);
    let groups = crate::describe::beside::beside(runs.chain(remaining.iter().map(|step| &**step)));
    // Where each stands alone there is nothing to show, and no frame looks through them.
    if groups.iter().all(|group| group.len() < 2) { Vec::new() } else { groups }
}

fn check(state: &State) -> Option<Checklist> {
    let steps = state.plan.remaining();
    if state.is_react() {
        return None; // there is no plan that could be judged
    }
    let over = matches!(state.phase, Phase::Reached | Phase::Ended { .. } | Phase::New | Phase::Planning { .. });
    // Where nothing is left to do and a wanted key is missing, that is what there is to say.
    let is_done = steps.is_empty() && state.goal.wants.keys().all(|key| state.context.get(key).is_some());
    if is_done || over || steps.len() > CHECKED {
        return None;
    }
    let steps: Vec<Arc<_>> = steps.iter().filter(|step| !step.skip).cloned().collect();
    let running = state.current_run();
    let available = |key: &str| {
        state.context.get(key).is_some() || running.is_some_and(|run| run.step.writes().any(|k| **k == *key))
    };
    Some(verdict(&state.goal, &steps, &available))
}
