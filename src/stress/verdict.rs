//! What a fault did to a lane, against the same lane undisturbed.

use std::sync::Arc;

use super::fault::{Fault, Kind};
use crate::compare::lane::Lane;
use crate::compare::result::LaneResult;
use crate::describe::sign::Role;
use crate::engine::event::{Event, Seq};
use crate::engine::goal::Key;
use crate::engine::state::{State, StepRun};

/// What a fault did to a lane; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The goal is not reached any more.
    Broke,
    /// It is reached with a value that is wrong in the world that the fault made.
    Wrong,
    /// It is reached with a value that rests on what is no longer so.
    Stale,
    /// What was observed had another shape, nothing spoke up, and the result is another one.
    Unnoticed,
    /// It waits for a person, who is not there.
    Waits,
    /// The goal is reached, with more decisions or calls.
    Costs,
    /// The result follows what was observed, and that may be right.
    Follows,
    /// Nothing changed.
    Same,
    /// The lane never came across it.
    NotMet,
    /// There is nothing to judge by: undisturbed, the lane does not reach the goal, or it was not run.
    NotJudged,
}

impl Verdict {
    /// Every verdict, the worst first.
    pub const ALL: [Verdict; 10] = [
        Verdict::Broke,
        Verdict::Wrong,
        Verdict::Stale,
        Verdict::Unnoticed,
        Verdict::Waits,
        Verdict::Costs,
        Verdict::Follows,
        Verdict::Same,
        Verdict::NotMet,
        Verdict::NotJudged,
    ];

    /// Tells whether it is a weakness of the plan or of the tools' contracts.
    pub fn is_bad(self) -> bool {
        self <= Verdict::Unnoticed
    }

    /// Returns the word of the contract: `broke`, `not_met`.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Broke => "broke",
            Verdict::Wrong => "wrong",
            Verdict::Stale => "stale",
            Verdict::Unnoticed => "unnoticed",
            Verdict::Waits => "waits",
            Verdict::Costs => "costs",
            Verdict::Follows => "follows",
            Verdict::Same => "same",
            Verdict::NotMet => "not_met",
            Verdict::NotJudged => "not_judged",
        }
    }

    /// Returns the verdict that goes by this word.
    pub fn named(word: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.word() == word)
    }

    /// Returns what it means, in a few words.
    pub fn means(self) -> &'static str {
        match self {
            Verdict::Broke => "the goal is not reached",
            Verdict::Wrong => "reached, and wrong in that world",
            Verdict::Stale => "reached on what is no longer so",
            Verdict::Unnoticed => "reached, another result, and nothing spoke up",
            Verdict::Waits => "it waits for a person",
            Verdict::Costs => "reached, with more decisions or calls",
            Verdict::Follows => "reached, the result follows what was seen",
            Verdict::Same => "nothing changes",
            Verdict::NotMet => "it is never met",
            Verdict::NotJudged => "nothing to judge by",
        }
    }

    /// Returns its sign.
    pub fn sign(self) -> Role {
        match self {
            Verdict::Broke | Verdict::Wrong => Role::Failed,
            Verdict::Stale => Role::Stale,
            Verdict::Unnoticed => Role::Surprise,
            Verdict::Waits => Role::Interrupted,
            Verdict::Costs => Role::Replanned,
            Verdict::Follows => Role::Changed,
            Verdict::Same => Role::Kept,
            Verdict::NotMet | Verdict::NotJudged => Role::Skipped,
        }
    }
}

/// How a lane went that nothing disturbed: what the others are held against.
#[derive(Clone, Debug)]
pub struct Calm {
    /// How it went.
    pub result: LaneResult,
    alarms: usize,
}

impl Calm {
    /// Returns how `lane`, which came to `result`, went.
    pub fn of(lane: &Lane, result: LaneResult) -> Calm {
        Calm { result, alarms: alarms(lane) }
    }
}

/// What a fault did to one lane.
#[derive(Clone, Debug)]
pub struct Cell {
    /// What it came to.
    pub verdict: Verdict,
    /// Why, where the goal was not reached or the value is wrong.
    pub why: Option<String>,
    /// How many more decisions it took.
    pub decisions: i64,
    /// How many more tool calls it took.
    pub tool_calls: i64,
    /// The event by which the lane met the fault.
    pub met: Option<Seq>,
    /// What came out.
    pub result: String,
}

impl Cell {
    /// Returns the cell of a lane that was not run.
    pub fn not_run() -> Cell {
        Cell { verdict: Verdict::NotJudged, why: None, decisions: 0, tool_calls: 0, met: None, result: String::new() }
    }

    /// Returns it in a word: `broke`; of what costs, how many more decisions and calls: `+1 +2`.
    pub fn said(&self) -> String {
        match self.verdict {
            Verdict::Costs if self.decisions != 0 || self.tool_calls != 0 => {
                format!("{:+} {:+}", self.decisions, self.tool_calls)
            }
            verdict => verdict.word().replace('_', " "),
        }
    }
}

/// Returns what `fault` did to `lane`, which came to `result`, against how it went when nothing disturbed it.
pub fn judge(calm: &Calm, fault: &Fault, lane: &Lane, result: &LaneResult) -> Cell {
    let more = |count: fn(&LaneResult) -> u64| count(result) as i64 - count(&calm.result) as i64;
    let (decisions, tool_calls) = (more(|of| of.figures.decisions), more(|of| of.figures.tool_calls));
    // Who takes more decisions or calls has noticed something.
    let more_work = decisions > 0 || tool_calls > 0;
    let mut why = None;
    let verdict = if !calm.result.reached() {
        Verdict::NotJudged
    } else if result.met.is_none() && (result.over || lane.waits_for_person()) {
        Verdict::NotMet
    } else if !result.reached() {
        why.clone_from(&result.standing.why);
        if lane.waits_for_person() { Verdict::Waits } else { Verdict::Broke }
    } else if let Some((key, condition)) = missed(result) {
        why = Some(format!("{key} should be such that {condition}"));
        Verdict::Wrong
    } else if let Some((key, _, _)) = result.values.iter().find(|(_, _, fresh)| !fresh) {
        why = Some(format!("{key} is stale at the end"));
        Verdict::Stale
    } else if fault.odd
        && was_taken(fault, lane.state())
        && !more_work
        && result.values != calm.result.values
        && alarms(lane) <= calm.alarms
    {
        why = Some(format!("no check failed, nothing was replanned, and the result is {}", short(&result.said())));
        Verdict::Unnoticed
    } else if more_work || result.figures.replans > calm.result.figures.replans {
        Verdict::Costs
    } else if result.values != calm.result.values {
        Verdict::Follows
    } else {
        Verdict::Same
    };
    Cell { verdict, why, decisions, tool_calls, met: result.met, result: result.said() }
}

/// Returns the first thing that is wrong in the world that is in force; what was right in another world judges nothing.
fn missed(result: &LaneResult) -> Option<(&str, &str)> {
    result.unexpected().map(|(key, condition)| (&**key, condition))
}

/// Tells whether a step took in what is wrong: a value at the start that a plan goes around was noticed when the plan was
/// made.
fn was_taken(fault: &Fault, state: &State) -> bool {
    let is_it = |key: &Key| **key == *fault.subject;
    let reads = |run: &Arc<StepRun>| {
        run.step.reads().any(is_it) || run.inside.as_ref().is_some_and(|inside| was_taken(fault, inside))
    };
    fault.kind != Kind::Starts || state.goal.wants.keys().any(is_it) || state.runs.iter().any(reads)
}

/// Counts the events of `lane` in which something spoke up: a failure, a check, a deviation, a replan.
fn alarms(lane: &Lane) -> usize {
    let speaks = |event: &Event| {
        matches!(
            event,
            Event::Failed { .. }
                | Event::Retried { .. }
                | Event::Deviated { .. }
                | Event::Replanned { .. }
                | Event::Unplannable { .. }
        )
    };
    let records = lane.session.path().iter().filter_map(|seq| lane.session.record(*seq));
    records.filter(|record| speaks(record.event.innermost())).count()
}

fn short(text: &str) -> String {
    crate::describe::text::clip(text, 60)
}
