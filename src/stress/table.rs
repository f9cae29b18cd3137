//! The whole of it: what every fault did to every lane, the worst first, and what to do about it.

use super::fault::{Fault, Kind};
use super::verdict::{Calm, Cell, Verdict};
use crate::describe::text::count;

/// What one fault did to every lane.
#[derive(Clone, Debug)]
pub struct Row {
    /// The fault.
    pub fault: Fault,
    /// What it did, in the order of the lanes.
    pub cells: Vec<Cell>,
}

impl Row {
    /// Returns the worst that it did.
    pub fn worst(&self) -> Verdict {
        self.cells.iter().map(|cell| cell.verdict).min().unwrap_or(Verdict::NotJudged)
    }

    /// Returns in how many lanes it shows a weakness.
    pub fn bad(&self) -> usize {
        self.cells.iter().filter(|cell| cell.verdict.is_bad()).count()
    }
}

/// What every fault did to every lane.
#[derive(Clone, Debug)]
pub struct Table {
    /// How each lane went undisturbed.
    pub lanes: Vec<Calm>,
    /// The faults, the worst first.
    pub rows: Vec<Row>,
}

/// What a lane came to over all faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Its name.
    pub lane: String,
    /// How many faults came to each verdict, in the order of [`Verdict::ALL`].
    pub counts: [usize; Verdict::ALL.len()],
}

impl Tally {
    /// Returns how many faults came to `verdict`.
    pub fn of(&self, verdict: Verdict) -> usize {
        Verdict::ALL.iter().zip(self.counts).find(|(other, _)| **other == verdict).map_or(0, |(_, count)| count)
    }
}

impl Table {
    /// Returns the table of `lanes`, in which faults did what `rows` say, in any order.
    pub fn new(lanes: Vec<Calm>, mut rows: Vec<Row>) -> Table {
        rows.sort_by_key(|row| {
            let mut cells: Vec<Verdict> = row.cells.iter().map(|cell| cell.verdict).collect();
            cells.sort_unstable();
            cells
        });
        Table { lanes, rows }
    }

    /// Returns the command that shows the worst that the fault of `row` did, if one line can say it.
    pub fn reproduced(&self, row: &Row, named: &str) -> Option<String> {
        let worst = row.worst();
        let lanes = self.lanes.iter().zip(&row.cells);
        let kind = lanes.filter(|(_, cell)| cell.verdict == worst).map(|(calm, _)| calm.result.kind).next()?;
        row.fault.reproduced(named, kind)
    }

    /// Returns what each lane came to.
    pub fn tallies(&self) -> Vec<Tally> {
        let of = |at: usize| {
            Verdict::ALL.map(|verdict| {
                self.rows.iter().filter(|row| row.cells.get(at).is_some_and(|c| c.verdict == verdict)).count()
            })
        };
        let named = self.lanes.iter().enumerate();
        named.map(|(at, calm)| Tally { lane: calm.result.name.clone(), counts: of(at) }).collect()
    }

    /// Returns the lane that advice is about: the first that reaches the goal undisturbed.
    pub fn advised(&self) -> Option<usize> {
        self.lanes.iter().position(|calm| calm.result.reached())
    }

    /// Says why no fault is judged, where none is; lanes that have not run yet may still be.
    pub fn unjudged(&self) -> Option<&'static str> {
        let none = !self.lanes.is_empty() && self.advised().is_none();
        none.then_some("there is nothing to judge by: undisturbed, no lane reaches the goal")
    }

    /// Returns the tools, keys and scenarios whose faults show weaknesses of the `lane`, with how many do, the weakest
    /// first.
    fn weakest(&self, lane: usize) -> Vec<(&str, usize)> {
        let mut found: Vec<(&str, usize)> = Vec::new();
        let bad = |row: &&Row| row.cells.get(lane).is_some_and(|cell| cell.verdict.is_bad());
        for row in self.rows.iter().filter(|row| row.fault.kind != Kind::Both).filter(bad) {
            match found.iter_mut().find(|(subject, _)| *subject == &*row.fault.subject) {
                Some((_, bad)) => *bad += 1,
                None => found.push((&row.fault.subject, 1)),
            }
        }
        found.sort_by_key(|(_, bad)| std::cmp::Reverse(*bad));
        found
    }

    /// Returns what would help the lane that advice is about, one sentence for each kind of weakness of each tool or key,
    /// the weakest first.
    pub fn advice(&self) -> Vec<String> {
        let mut said = Vec::new();
        let Some(lane) = self.advised() else { return said };
        for (subject, _) in self.weakest(lane) {
            let of = |kind: Kind| {
                self.rows.iter().filter(move |row| row.fault.kind == kind && *row.fault.subject == *subject)
            };
            let comes_to = |kind: Kind, verdict: Verdict| {
                let hit = |row: &&Row| row.cells.get(lane).is_some_and(|cell| cell.verdict == verdict);
                of(kind).filter(hit).count()
            };
            let [once, good] = [Kind::FailsOnce, Kind::FailsForGood].map(|kind| comes_to(kind, Verdict::Broke) > 0);
            if once {
                said.push(format!("{subject}: a single failure breaks it. Give the tool \"retries\": 1."));
            } else if good {
                said.push(format!(
                    "{subject}: once it fails for good nothing else makes what it makes. A second tool would."
                ));
            }
            let unseen = comes_to(Kind::Returns, Verdict::Unnoticed);
            if unseen > 0 {
                said.push(format!("{subject}: {}. Give the tool an \"ensures\".", pass(unseen)));
            }
            let unseen = comes_to(Kind::Starts, Verdict::Unnoticed);
            if unseen > 0 {
                said.push(format!("{subject}: {}. Give who reads it a \"requires\".", pass(unseen)));
            }
            let broke = comes_to(Kind::Returns, Verdict::Broke);
            if broke > 0 {
                let (values, them) = (count(broke, "value"), if broke == 1 { "breaks" } else { "break" });
                said.push(format!("{subject}: {values} that it may return {them} the run, and it is not asked again."));
            }
        }
        said
    }
}

fn pass(values: usize) -> String {
    let pass = if values == 1 { "passes" } else { "pass" };
    format!("{} of another shape {pass} unseen", count(values, "value"))
}
