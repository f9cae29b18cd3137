//! What could go wrong, tried out while somebody looks on: every fault in every lane, on all cores, a cell at a time.
//!
//! A screen holds one in its `select!` ([`Stressing::next`]). Nothing ever reaches outside: tools that would answer from
//! the record of the session that they were called in, or the goal is refused.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::services::Services;
use super::trial::Trial;
use super::{clock, lanes, share};
use crate::compare::lane::{Lane, LaneKind};
use crate::compare::result::LaneResult;
use crate::describe::text::count;
use crate::engine::event::Pace;
use crate::engine::goal::{Goal, Nature, Risk, Scenario};
use crate::engine::session::Session;
use crate::goal_file;
use crate::jq::Cancel;
use crate::stress::fault::Fault;
use crate::stress::table::{Row, Table};
use crate::stress::verdict::{Calm, Cell};

/// What is tried out.
#[derive(Clone, Debug)]
pub enum Tried {
    /// A goal.
    Goal(Arc<Goal>),
    /// The goal of a session: what reaches outside answers from its record.
    Session(Box<Session>),
}

/// What was found so far.
enum Came {
    /// The lanes undisturbed, and every fault.
    Begun { goal: Arc<Goal>, recorded: Option<String>, lanes: Vec<Calm>, faults: Vec<Fault> },
    /// The cell with this number: of the fault `at / lanes` in the lane `at % lanes`.
    Cell(usize, Box<Cell>),
    /// A lane that was run again to be looked at, and the event by which it met its fault.
    Lane(Box<Session>, u64),
    /// It cannot be tried out, for this reason.
    Refused(String),
    /// There is no more.
    Over,
}

/// What a screen learns.
pub enum Moved {
    /// Something has come.
    On,
    /// A session to open, with the event to look at.
    Open(Box<Session>, u64),
}

/// Everything that could go wrong with one goal.
pub struct Stressing {
    goal: Arc<Goal>,
    services: Services,
    kinds: Vec<LaneKind>,
    /// Why it cannot be tried out.
    refused: Option<String>,
    /// Which tools answer from a record, in a sentence.
    recorded: Option<String>,
    lanes: Vec<Calm>,
    faults: Vec<Fault>,
    cells: Vec<Option<Cell>>,
    done: usize,
    runs: bool,
    pairs: bool,
    comes: mpsc::UnboundedReceiver<Came>,
    tells: mpsc::UnboundedSender<Came>,
    cancel: Cancel,
}

impl Stressing {
    /// Begins to try out `tried` in the usual lanes.
    pub fn new(tried: Tried, services: Services) -> Stressing {
        let (tells, comes) = mpsc::unbounded_channel();
        let goal = match &tried {
            Tried::Goal(goal) => goal.clone(),
            Tried::Session(session) => session.goal().clone(),
        };
        let cancel = Cancel::new();
        let mut stressing = Stressing {
            kinds: LaneKind::usual(&goal),
            goal,
            services,
            refused: None,
            recorded: None,
            lanes: Vec::new(),
            faults: Vec::new(),
            cells: Vec::new(),
            done: 0,
            runs: true,
            pairs: false,
            comes,
            tells,
            cancel,
        };
        stressing.spawn(move |work| match inside(tried, &work.services) {
            Ok((goal, recorded)) => work.begin(&goal, recorded, false),
            Err(why) => work.tell(Came::Refused(why)),
        });
        stressing
    }

    /// Tries out every two faults at once, too.
    pub fn pair(&mut self) {
        if self.pairs || self.refused.is_some() {
            return;
        }
        self.stop();
        (self.pairs, self.runs, self.cancel) = (true, true, Cancel::new());
        // What an earlier run has still to say is said to nobody.
        (self.tells, self.comes) = mpsc::unbounded_channel();
        let (goal, recorded) = (self.goal.clone(), self.recorded.clone());
        self.spawn(move |work| work.begin(&goal, recorded, true));
    }

    fn spawn(&mut self, work: impl FnOnce(&Work) + Send + 'static) {
        let (services, cancel, tells) = (self.services.clone(), self.cancel.clone(), self.tells.clone());
        let with = Work { services, cancel, tells, kinds: self.kinds.clone() };
        std::thread::spawn(move || {
            work(&with);
            with.tell(Came::Over);
        });
    }

    /// Runs the lane of a cell once more, to look at it.
    pub fn look(&mut self, row: &Row, lane: usize) {
        let (Some(kind), Some(cell)) = (self.kinds.get(lane).copied(), row.cells.get(lane)) else { return };
        let (scenario, met, goal) = (row.fault.scenario.clone(), cell.met, self.goal.clone());
        let (services, tells) = (self.services.clone(), self.tells.clone());
        std::thread::spawn(move || {
            let lane = run(&goal, kind, Some(&scenario), &services, &Cancel::new());
            let at = met.unwrap_or_else(|| lane.state().seq);
            let _ = tells.send(Came::Lane(Box::new(lane.session), at)); // nobody listens where the screen is gone
        });
    }

    /// Stops; what was found stays.
    pub fn stop(&mut self) {
        self.cancel.cancel();
        self.runs = false;
    }

    /// Waits for the next thing that comes, and takes it in; for ever where nothing does. May be dropped at any time.
    pub async fn next(&mut self) -> Moved {
        match self.comes.recv().await {
            Some(came) => self.take(came),
            None => std::future::pending().await,
        }
    }

    /// Does it all here and now, for tests.
    pub fn finish(&mut self) {
        while self.runs
            && let Some(came) = self.comes.blocking_recv()
        {
            self.take(came);
        }
    }

    fn take(&mut self, came: Came) -> Moved {
        match came {
            Came::Begun { goal, recorded, lanes, faults } => {
                (self.goal, self.recorded) = (goal, recorded);
                self.cells = vec![None; faults.len() * lanes.len()];
                (self.lanes, self.faults, self.done) = (lanes, faults, 0);
            }
            Came::Cell(at, cell) => {
                if let Some(place) = self.cells.get_mut(at) {
                    *place = Some(*cell);
                    self.done += 1;
                }
            }
            Came::Lane(session, at) => return Moved::Open(session, at),
            Came::Refused(why) => self.refused = Some(why),
            Came::Over => self.runs = false,
        }
        Moved::On
    }

    /// Returns the goal as it is tried out.
    pub fn goal(&self) -> &Arc<Goal> {
        &self.goal
    }

    /// Returns why it cannot be tried out.
    pub fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// Says which tools answer from a record.
    pub fn recorded(&self) -> Option<&str> {
        self.recorded.as_deref()
    }

    /// Returns how many runs are done, and of how many.
    pub fn progress(&self) -> (usize, usize) {
        (self.done, self.cells.len())
    }

    /// Tells whether it is under way.
    pub fn is_running(&self) -> bool {
        self.runs
    }

    /// Tells whether every two faults are tried out at once, too.
    pub fn has_pairs(&self) -> bool {
        self.pairs
    }

    /// Returns the faults that were tried in every lane, the worst first; what was not is not among them while it runs.
    pub fn table(&self) -> Table {
        let lanes = self.lanes.len().max(1);
        let rows = self.faults.iter().zip(self.cells.chunks(lanes)).filter_map(|(fault, cells)| {
            let whole = cells.iter().all(Option::is_some);
            let cells = cells.iter().map(|cell| cell.clone().unwrap_or_else(Cell::not_run)).collect();
            whole.then(|| Row { fault: fault.clone(), cells })
        });
        Table::new(self.lanes.clone(), rows.collect())
    }
}

impl Drop for Stressing {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// Who does it.
struct Work {
    services: Services,
    cancel: Cancel,
    tells: mpsc::UnboundedSender<Came>,
    kinds: Vec<LaneKind>,
}

impl Work {
    fn tell(&self, came: Came) {
        let _ = self.tells.send(came); // nobody listens where the screen is gone
    }

    /// Runs the lanes undisturbed, then every fault in each.
    fn begin(&self, goal: &Arc<Goal>, recorded: Option<String>, pairs: bool) {
        let cancel = &self.cancel;
        let run = |kind: LaneKind, scenario: Option<&Scenario>| {
            let lane = run(goal, kind, scenario, &self.services, cancel);
            let result = LaneResult::of(&lane);
            (lane, result)
        };
        let trial = Trial { goal, kinds: &self.kinds, cancel, run };
        let undisturbed: Option<Vec<_>> = trial.undisturbed().into_iter().collect();
        // It was stopped, or the program itself broke: then there is nothing to hold the others against.
        let Some(undisturbed) = undisturbed else { return };
        let (lanes, faults) = trial.faults(undisturbed, pairs);
        self.tell(Came::Begun { goal: goal.clone(), recorded, lanes: lanes.clone(), faults: faults.clone() });
        trial.cells(&lanes, &faults, |at, cell| self.tell(Came::Cell(at, Box::new(cell))), || ());
    }
}

/// Lets a lane run to its end: nobody is there to be asked.
fn run(goal: &Arc<Goal>, kind: LaneKind, scenario: Option<&Scenario>, services: &Services, cancel: &Cancel) -> Lane {
    let services = &services.for_session();
    let mut lane = Lane::open(goal, kind, scenario, Risk::Low, &clock::now());
    lanes::settle(&mut lane, services, cancel);
    let far = |lane: &Lane| (lane.state().runs.len(), lane.state().calls, lane.state().replans.len());
    let mut before = None;
    // A pace that is lost is given again as long as that carries it any further.
    while !cancel.is_cancelled() && !lane.is_over() && !lane.waits_for_person() && before != Some(far(&lane)) {
        before = Some(far(&lane));
        lanes::go(&mut lane, Pace::Free, services, cancel);
    }
    lane
}

/// Returns the goal with nothing in it that reaches outside, and a sentence on what answers from the record instead.
///
/// # Errors
/// Why it cannot be tried out: it reaches outside and there is no record, or none can be made.
pub fn inside(tried: Tried, services: &Services) -> Result<(Arc<Goal>, Option<String>), String> {
    let goal = match &tried {
        Tried::Goal(goal) => goal,
        Tried::Session(session) => session.goal(),
    };
    let names: Vec<&str> =
        goal.tools.values().filter(|tool| tool.run.nature == Nature::Outside).map(|tool| &*tool.name).collect();
    if names.is_empty() && goal.planner.is_none() {
        return Ok((goal.clone(), None));
    }
    let Tried::Session(session) = &tried else {
        return Err(format!(
            "it would run hundreds of times, and nothing here reaches outside: {}. Open it, step it once, and try it \
             from there: then these answer from the record",
            if names.is_empty() { "its planner is a program".to_owned() } else { names.join(", ") }
        ));
    };
    let recording = share::recording(session, services.kinds).map_err(|trouble| trouble.message)?;
    let recorded = goal_file::parse_with(services.kinds, &recording.text, "the recording", None)
        .map_err(|faults| faults.to_string())?;
    let mut said = match recording.tools {
        0 => "nothing runs for real".to_owned(),
        tools => format!("nothing runs for real: {} from the record", answers(tools)),
    };
    if !recording.never.is_empty() {
        said.push_str(&format!("; never called, so never answering: {}", recording.never.join(", ")));
    }
    if goal.planner.is_some() {
        said.push_str("; the embedded planner plans");
    }
    Ok((Arc::new(recorded), Some(said)))
}

fn answers(tools: usize) -> String {
    let answer = if tools == 1 { "answers" } else { "answer" };
    format!("{} {answer}", count(tools, "tool"))
}
