//! The branches of a session as a tree: what each is called, where it parted, how it stands, and its result.

use super::evidence::{headline, result_keys};
use super::sign::Role;
use super::text::{clip_words, count};
use super::{change, event, value};
use crate::engine::branches::Branch;
use crate::engine::event::{Outcome, Recorded, Seq};
use crate::engine::session::Session;
use crate::engine::state::{Phase, State};

/// How much of a result is looked at, and how much of it is said.
const READ: usize = 400;
const RESULT: usize = 80;

/// How much results have in common that is not said again of each.
const COMMON: usize = 16;

/// How many events are looked through for what was done first on a branch.
const LOOKED: usize = 200;

/// One branch in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchRow {
    /// Its first event of its own, by which it is known.
    pub first: Seq,
    /// Its last event.
    pub tip: Seq,
    /// How deep it stands in the tree: below the branch on which it parted.
    pub depth: usize,
    /// What a person calls it, else what was done first on it.
    pub name: String,
    /// Whether a person gave it that name.
    pub named: bool,
    /// Where it parted: "from event 13, after s2 `count_intents`".
    pub parted: String,
    /// How many events it shares with the branch on which it parted, and how many are its own.
    pub events: (usize, usize),
    /// The sign of how it stands.
    pub role: Role,
    /// How it stands.
    pub status: String,
    /// Its result; empty where there is none.
    pub result: String,
    /// Whether the session is on it.
    pub is_here: bool,
}

/// Returns the branches of `session` that are not put away, each below the one on which it parted, the newest first.
pub fn branches(session: &Session) -> Vec<BranchRow> {
    let all = session.branches();
    let kept: Vec<&Branch> = all.iter().filter(|branch| !session.branch_mark(branch.first).away).collect();
    // A branch whose own stands below none that is shown stands below the nearest one that is.
    let above = |branch: &Branch| {
        let mut parent = branch.parent;
        while let Some(first) = parent {
            if kept.iter().any(|kept| kept.first == first) {
                return Some(first);
            }
            parent = all.iter().find(|other| other.first == first).and_then(|other| other.parent);
        }
        None
    };
    let mut todo: Vec<(usize, &Branch)> =
        kept.iter().filter(|branch| above(branch).is_none()).map(|b| (0, *b)).collect();
    let mut rows = Vec::new();
    while let Some((depth, branch)) = todo.pop() {
        rows.push(row(session, branch, depth));
        let mut below: Vec<&Branch> = kept.iter().copied().filter(|other| above(other) == Some(branch.first)).collect();
        below.sort_by_key(|branch| branch.first);
        todo.extend(below.into_iter().map(|branch| (depth + 1, branch)));
    }
    part(&mut rows);
    rows
}

/// Says of results that begin alike where they part.
fn part(rows: &mut [BranchRow]) {
    let said: Vec<&str> = rows.iter().map(|row| row.result.as_str()).filter(|result| !result.is_empty()).collect();
    let common = said.split_first().map_or(0, |(first, others)| {
        let common = |other: &&str| first.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
        others.iter().map(common).filter(|common| *common < first.len()).min().unwrap_or(0)
    });
    // A word before it says what it is that differs.
    let from =
        said.first().and_then(|first| first.get(..common)?.rmatch_indices(' ').nth(2)).map_or(0, |(at, _)| at + 1);
    for row in rows {
        let part = row.result.get(from..).filter(|_| from >= COMMON);
        row.result = clip_words(&part.map_or_else(|| row.result.clone(), |part| format!("…{part}")), RESULT);
    }
}

/// Returns the branch that was put away last, with what it is called.
pub fn put_away_last(session: &Session) -> Option<(Seq, Option<String>)> {
    let marks = session.branches().into_iter().map(|branch| (branch.first, session.branch_mark(branch.first)));
    let last = marks.filter(|(_, mark)| mark.away).max_by_key(|(_, mark)| mark.at)?;
    Some((last.0, last.1.name.map(|name| name.to_string())))
}

fn row(session: &Session, branch: &Branch, depth: usize) -> BranchRow {
    let state = session.state_at(branch.tip).unwrap_or_else(|| session.state().clone());
    let mark = session.branch_mark(branch.first);
    let shared = branch.parted.and_then(|seq| session.state_at(seq));
    let parted = match (&shared, branch.parted) {
        (Some(state), Some(seq)) => match state.runs.last() {
            Some(run) => format!("from event {seq}, after {} {}", run.step.id, run.step.name()),
            None => format!("from event {seq}, before the first step"),
        },
        _ => "from the start".to_owned(),
    };
    let (chain, own) = own(session, branch);
    let name = match (&mark.name, branch.parted) {
        (Some(name), _) => name.to_string(),
        (None, None) => "main".to_owned(),
        (None, Some(_)) => done_first(session, &chain, &state).unwrap_or_else(|| "nothing done yet".to_owned()),
    };
    let role = match &state.phase {
        Phase::Reached => Role::Done,
        Phase::Ended { outcome: Outcome::Interrupted, .. } => Role::Interrupted,
        Phase::Ended { .. } => Role::Failed,
        _ => Role::Pending,
    };
    BranchRow {
        first: branch.first,
        tip: branch.tip,
        depth,
        name,
        named: mark.name.is_some(),
        parted,
        events: (branch.length - own, own),
        role,
        status: status(&state),
        result: result(&state),
        is_here: session.path().last() == Some(&branch.tip),
    }
}

/// Returns how a branch stands, in a few words.
fn status(state: &State) -> String {
    match &state.phase {
        Phase::Reached | Phase::Ended { .. } => headline(state, 0),
        Phase::Deciding => "a replan is proposed".to_owned(),
        _ if state.is_react() => format!("so far: {}", count(state.turns.len(), "turn")),
        _ => format!("so far: {}", count(state.runs.len(), "step")),
    }
}

/// Returns the result of a branch: the first wanted value that is there.
fn result(state: &State) -> String {
    let stale = |key: &str| state.context.get(key).is_some_and(|datum| !datum.fresh);
    let found = result_keys(state).into_iter().find_map(|key| Some((key, state.context.get(key)?)));
    found.map_or_else(String::new, |(key, datum)| {
        let stale = if stale(key) { " (stale)" } else { "" };
        format!("{key} {}{stale}", value::json(&datum.value, READ))
    })
}

/// Returns the first events of a branch that are its own, and how many there are.
fn own<'a>(session: &'a Session, branch: &Branch) -> (Vec<&'a Recorded>, usize) {
    let mut chain = Vec::new();
    let mut at = Some(branch.tip);
    while let Some(record) = at.filter(|seq| *seq >= branch.first).and_then(|seq| session.record(seq)) {
        chain.push(record);
        at = record.parent;
    }
    let own = chain.len();
    chain.reverse();
    chain.truncate(LOOKED);
    (chain, own)
}

/// Returns what was done first on a branch.
fn done_first(session: &Session, chain: &[&Recorded], state: &State) -> Option<String> {
    let record = chain.iter().find(|record| record.event.is_moment() && !record.event.is_breakpoint())?;
    let told = event::line(&record.event, state, &change::changes(session, record));
    Some(match told.marks.first() {
        Some(mark) => format!("{mark}: {}", told.sentence()),
        None if told.who == "you" => format!("you: {}", told.sentence()),
        None => told.sentence(),
    })
}
