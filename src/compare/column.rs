//! One lane as its column tells it: derived from its events once, whenever they changed; a frame only cuts it to size.

use crate::describe::value;
use std::collections::HashSet;
use std::sync::Arc;

use super::figures::{self, Figures};
use super::lane::{Lane, LaneKind};
use super::parting::Parting;
use super::price::Bill;
use crate::describe::coped::{self, Expectation};
use crate::describe::standing::Standing;
use crate::engine::event::{Seq, Verdict};
use crate::engine::goal::Key;
use crate::engine::state::{Phase, State};

use crate::describe::lane_rows::{self, About, LaneRow};
use crate::describe::sign::Role;
use crate::describe::text;

/// What stands under a wanted key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Result {
    /// The key.
    pub key: Key,
    /// The value as text, in quotes where it is one; none: it has none.
    pub text: Option<String>,
    /// Whether the want holds on a fresh value.
    pub holds: bool,
    /// Why it does not, in a word: missing, stale, false.
    pub why: &'static str,
}

/// How a lane stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Nothing has run.
    New,
    /// Between steps.
    Between,
    /// It waits for a person.
    Waits,
    /// The goal is reached.
    Reached,
    /// It is over without that.
    Failed,
}

/// A lane, told.
#[derive(Clone, Debug)]
pub struct Column {
    /// What runs in it.
    pub kind: LaneKind,
    /// Its rows, in order.
    pub rows: Vec<LaneRow>,
    /// What stands under the wanted keys.
    pub results: Vec<Result>,
    /// How they compare with what is expected, once it is over.
    pub expected: Vec<Expectation>,
    /// How it stands.
    pub stand: Stand,
    /// Why it is not reached, if it is over; what it waits for, if it does.
    pub why: Option<String>,
    /// The figures.
    pub figures: Figures,
    /// What it took, as it is priced.
    pub bill: Bill,
    /// The event by which the surprise landed.
    pub met: Option<Seq>,
    /// The row at which it parts from the first lane, and how.
    pub parted: Option<(usize, Parting)>,
    /// How long it was at work, in milliseconds; set by who runs it.
    pub took_ms: u64,
    /// The moment that it tells.
    pub seq: Seq,
}

impl Column {
    /// Tells `lane` as it was after the event `moment`; none: as it is.
    pub fn of(lane: &Lane, moment: Option<Seq>) -> Column {
        let past = moment.and_then(|seq| lane.session.state_at(seq));
        let state = past.as_ref().unwrap_or(lane.state());
        let figures = figures::recount(&lane.session, state);
        let over = state.phase.is_over();
        let wasted = if over { figures::wasted(&lane.session, state) } else { HashSet::new() };
        let rows = lane_rows::rows(&lane.session, state, &wasted);
        let standing = Standing::of(state);
        let ran = !state.runs.is_empty() || !state.turns.is_empty();
        let (stand, why) = match &state.phase {
            Phase::Reached => (Stand::Reached, None),
            Phase::Ended { .. } => (Stand::Failed, standing.why),
            Phase::Review if state.settings.decider == crate::engine::event::Decider::Auto => (Stand::New, None),
            _ if state.waits_for_person() => (Stand::Waits, Some(waits_for(state))),
            _ if ran => (Stand::Between, None),
            _ => (Stand::New, None),
        };
        Column {
            kind: lane.kind,
            rows,
            results: state.goal.wants.keys().map(|key| result(state, key)).collect(),
            expected: if over { coped::expectations(&lane.session, state) } else { Vec::new() },
            stand,
            why,
            bill: Bill::of(&lane.session, state, &figures),
            figures,
            met: lane.met().filter(|seq| *seq <= state.seq),
            parted: None,
            took_ms: 0,
            seq: state.seq,
        }
    }

    /// Marks where it parts from the first lane.
    pub fn part_at(&mut self, parting: Option<Parting>) {
        self.parted = parting.and_then(|parting| {
            let at = self.rows.iter().position(|row| row.seq >= parting.here && row.role != Role::Pending)?;
            Some((at, parting))
        });
    }

    /// Tells whether it is over, well or not.
    pub fn is_over(&self) -> bool {
        matches!(self.stand, Stand::Reached | Stand::Failed)
    }

    /// Returns the rows that are shown where there is room for `room` of them: where that is too few, what was thought
    /// goes, for the action below it says why it was taken too.
    pub fn shown(&self, room: usize) -> Vec<usize> {
        let all = self.rows.len() <= room;
        let is_action = |at: usize| self.rows.get(at).is_some_and(|row| matches!(row.about, About::Action(_)));
        // The title says too that the goal is reached.
        let said = |at: usize, row: &LaneRow| match row.about {
            About::Thought => is_action(at + 1),
            About::Event => row.role == Role::Done && row.depth == 0,
            About::Action(_) | About::Replan => false,
        };
        let kept = |(at, row): &(usize, &LaneRow)| all || !said(*at, row);
        self.rows.iter().enumerate().filter(kept).map(|(at, _)| at).collect()
    }
}

/// Says what a lane waits for.
fn waits_for(state: &State) -> String {
    let inner = state.innermost();
    let name = |step: Option<&Arc<crate::engine::plan::Step>>| step.map_or("a step", |step| step.name()).to_owned();
    match (&inner.phase, state.asks()) {
        (_, Some(run)) => format!("{} waits for your answer", run.step.name()),
        (Phase::Approving, None) => format!("{} asks before it runs", name(inner.next_step())),
        (Phase::Interrupted, None) => "a step was interrupted".to_owned(),
        _ => "it waits for your decision".to_owned(),
    }
}

fn result(state: &State, key: &Key) -> Result {
    let datum = state.context.get(key);
    let verdict = state.want_verdict(key);
    let (holds, why) = match (datum, verdict) {
        (None, _) => (false, "missing"),
        (Some(datum), _) if datum.refuted.is_some() => (false, "refuted"),
        (Some(datum), _) if !datum.fresh => (false, "stale"),
        (Some(_), Some(Verdict::True)) => (true, ""),
        (Some(_), Some(Verdict::False)) => (false, "not as wanted"),
        (Some(_), Some(Verdict::Undecided(_)) | None) => (false, "not decided"),
    };
    let text = datum.map(|datum| match datum.value.look().beginning(LONGEST * 8) {
        Some(words) => format!("\"{}\"", text::clip(&words, LONGEST)),
        None => value::json(&datum.value, LONGEST),
    });
    Result { key: key.clone(), text, holds, why }
}

/// How much of a result is kept to be shown.
const LONGEST: usize = 2000;
