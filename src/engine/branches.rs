//! The branches of a session: where each parted, what a person calls it, and which are put away.

use std::collections::HashMap;
use std::sync::Arc;

use super::command::Refusal;
use super::event::{Event, Recorded, Seq};
use super::session::Session;

/// The longest name of a branch, in characters.
const LONGEST_NAME: usize = 60;

/// A branch: a path through the events, from the first to its tip. It is known by its first event of its own, which stays
/// while it grows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its first event that is not shared with the branch on which it parted.
    pub first: Seq,
    /// Its last event.
    pub tip: Seq,
    /// The event on another branch after which it parted; none for the first branch.
    pub parted: Option<Seq>,
    /// The branch on which that event lies, by its first event.
    pub parent: Option<Seq>,
    /// How many events lie on it, shared ones included.
    pub length: usize,
}

/// What a person said of a branch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BranchMark {
    /// What it is called.
    pub name: Option<Arc<str>>,
    /// Whether it was put away: its events stay, and it can be brought back.
    pub away: bool,
    /// The event that said so.
    pub at: Seq,
}

/// What was said of branches, by the first event of each.
pub(super) type Marks = HashMap<Seq, BranchMark>;

/// Takes in what `record` says of a branch, if it does.
pub(super) fn mark(marks: &mut Marks, record: &Recorded) {
    if let Event::BranchMarked { branch, name, away } = &record.event {
        marks.insert(*branch, BranchMark { name: name.clone(), away: *away, at: record.seq });
    }
}

/// Returns every branch of these events, by its tip.
pub(super) fn branches(records: &[Arc<Recorded>]) -> Vec<Branch> {
    let mut followed = vec![false; records.len() + 1];
    for parent in records.iter().filter_map(|record| record.parent) {
        followed[parent as usize] = true;
    }
    let mut depth = vec![0usize; records.len() + 1];
    let mut first: Vec<Seq> = vec![1; records.len() + 1];
    let mut parted: Vec<Option<Seq>> = vec![None; records.len() + 1];
    let mut continued = vec![false; records.len() + 1];
    for record in records {
        let at = record.seq as usize;
        let Some(parent) = record.parent.map(|parent| parent as usize) else {
            depth[at] = 1;
            continue;
        };
        depth[at] = depth[parent] + 1;
        let forks = continued[parent];
        parted[at] = if forks { Some(parent as Seq) } else { parted[parent] };
        first[at] = if forks { record.seq } else { first[parent] };
        continued[parent] = true;
    }
    let tips = records.iter().filter(|record| !followed[record.seq as usize]);
    let branch = |record: &Arc<Recorded>| {
        let at = record.seq as usize;
        let parent = parted[at].map(|parted| first[parted as usize]);
        Branch { first: first[at], tip: record.seq, parted: parted[at], parent, length: depth[at] }
    };
    tips.map(branch).collect()
}

impl Session {
    /// Returns what a person said of the branch that begins with the event `first`.
    pub fn branch_mark(&self, first: Seq) -> BranchMark {
        self.marks.get(&first).cloned().unwrap_or_default()
    }

    /// Gives the branch that begins with the event `branch` a name (none: takes it away), and puts it away or brings it
    /// back. Nothing of what happened on it is lost.
    ///
    /// # Errors
    /// If the session is only looked at, there is no such branch, the name is too long, or the branch that is to be put
    /// away is the selected one.
    pub fn mark_branch(
        &mut self,
        branch: Seq,
        name: Option<&str>,
        away: bool,
        at: &str,
    ) -> Result<&[Arc<Recorded>], Refusal> {
        if self.state().held {
            return Err(Refusal::new("this session is only looked at; resume it to act"));
        }
        let Some(found) = self.branches().into_iter().find(|found| found.first == branch) else {
            return Err(Refusal::new(format!("no branch begins with event {branch}")));
        };
        if away && self.path().last() == Some(&found.tip) {
            return Err(Refusal::new("this is the branch that the session is on: go to another one first"));
        }
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        if name.is_some_and(|name| name.chars().count() > LONGEST_NAME) {
            return Err(Refusal::new(format!("a name has at most {LONGEST_NAME} characters")));
        }
        let from = self.records().len();
        self.append(Event::BranchMarked { branch, name: name.map(Into::into), away }, &at.into());
        Ok(&self.records()[from..])
    }

    /// Tells whether nothing was done on the branch with this tip since it was selected.
    pub(super) fn rests_at(&self, tip: Seq) -> bool {
        let mut at = Some(tip);
        while let Some(record) = at.and_then(|seq| self.record(seq)) {
            match record.event {
                Event::BranchSelected { .. } => {
                    return self.records().iter().skip(tip as usize).all(|record| record.parent != Some(tip));
                }
                Event::BranchMarked { .. } | Event::BreakpointSet { .. } | Event::BreakpointRemoved { .. } => {
                    at = record.parent;
                }
                _ => return false, // something was done there
            }
        }
        false
    }
}
