//! What faults did as JSON, and the same document read again as what a later run is held against.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::{Format, Stressed, Writes, json};
use crate::engine::event::{Dial, Seq};
use crate::engine::value::Value;
use crate::stress::verdict::Verdict;

/// Everything as one JSON document.
pub(super) const FORMAT: Format = Format {
    name: "json",
    help: "One JSON document; --baseline reads it again",
    writes: Writes::Stress(|to, stressed| json::document(to, &document(stressed))),
};

/// What `stress --format json` prints: fields may be added, none renamed.
#[derive(Serialize)]
struct Document<'a> {
    goal: Arc<str>,
    lanes: Vec<LaneSaid<'a>>,
    faults: Vec<FaultSaid<'a>>,
    advice: Vec<String>,
}

#[derive(Serialize)]
struct LaneSaid<'a> {
    lane: &'a str,
    strategy: &'a str,
    dial: Dial,
    /// How it went undisturbed.
    status: &'a str,
    result: String,
    /// How many faults came to each verdict.
    verdicts: crate::engine::ordered::IndexMap<&'static str, usize>,
}

#[derive(Serialize)]
struct FaultSaid<'a> {
    fault: &'a str,
    kind: &'a str,
    subject: &'a str,
    /// Does the same again in the first lane in which it came to the worst; none where a value is too long for a command
    /// line, or a key is to be missing at the start.
    reproduce: Option<String>,
    cells: Vec<CellSaid<'a>>,
}

#[derive(Serialize)]
struct CellSaid<'a> {
    lane: &'a str,
    verdict: &'a str,
    why: &'a Option<String>,
    decisions: i64,
    tool_calls: i64,
    met: Option<Seq>,
    result: &'a str,
}

fn document<'a>(stressed: &'a Stressed<'_>) -> Document<'a> {
    let table = stressed.table;
    let lane = |(calm, tally): (&'a crate::stress::verdict::Calm, crate::stress::table::Tally)| LaneSaid {
        lane: &calm.result.name,
        strategy: calm.result.kind.strategy.word(),
        dial: calm.result.kind.dial,
        status: calm.result.standing.status,
        result: calm.result.said(),
        verdicts: Verdict::ALL.into_iter().map(|verdict| (verdict.word(), tally.of(verdict))).collect(),
    };
    let fault = |row: &'a crate::stress::table::Row| FaultSaid {
        fault: &row.fault.sentence,
        kind: row.fault.kind.word(),
        subject: &row.fault.subject,
        reproduce: table.reproduced(row, stressed.named),
        cells: table
            .lanes
            .iter()
            .zip(&row.cells)
            .map(|(calm, cell)| CellSaid {
                lane: &calm.result.name,
                verdict: cell.verdict.word(),
                why: &cell.why,
                decisions: cell.decisions,
                tool_calls: cell.tool_calls,
                met: cell.met,
                result: &cell.result,
            })
            .collect(),
    };
    Document {
        goal: stressed.goal.goal.clone(),
        lanes: table.lanes.iter().zip(table.tallies()).map(lane).collect(),
        faults: table.rows.iter().map(fault).collect(),
        advice: table.advice(),
    }
}

/// What an earlier run came to: the verdict on each fault in each lane.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    goal: String,
    verdicts: HashMap<(String, String), Verdict>,
}

impl Baseline {
    /// Reads the document that `stress --format json` printed.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(document: &Value) -> Result<Baseline, String> {
        let list = |value: &Value, name: &str, at: &str| {
            let found = value.get(name).and_then(Value::as_array).cloned();
            found.ok_or_else(|| format!("{at} has no list \"{name}\"; it should be what stress --format json printed"))
        };
        let text = |value: &Value, name: &str, at: &str| {
            let found = value.get(name).and_then(Value::as_str).map(str::to_owned);
            found.ok_or_else(|| format!("{at} has no text \"{name}\""))
        };
        let mut all = HashMap::new();
        for (n, fault) in list(document, "faults", "the document")?.iter().enumerate() {
            let at = format!("faults[{n}]");
            let sentence = text(fault, "fault", &at)?;
            for (m, cell) in list(fault, "cells", &at)?.iter().enumerate() {
                let at = format!("{at}.cells[{m}]");
                let word = text(cell, "verdict", &at)?;
                let verdict =
                    Verdict::named(&word).ok_or_else(|| format!("{at}.verdict: \"{word}\" is not a verdict"))?;
                all.insert((sentence.clone(), text(cell, "lane", &at)?), verdict);
            }
        }
        Ok(Baseline { goal: text(document, "goal", "the document")?, verdicts: all })
    }

    /// Returns the goal that it is of.
    pub fn goal(&self) -> &str {
        &self.goal
    }

    /// Tells whether it is of this goal.
    pub fn is_of(&self, goal: &str) -> bool {
        self.goal == goal
    }

    /// Returns a sentence for each weakness that was not one then, or was a lesser one.
    pub fn worse(&self, stressed: &Stressed<'_>) -> Vec<String> {
        let mut worse = Vec::new();
        for row in &stressed.table.rows {
            for (calm, cell) in stressed.table.lanes.iter().zip(&row.cells) {
                let (sentence, lane) = (&row.fault.sentence, &calm.result.name);
                let before = self.verdicts.get(&(sentence.clone(), lane.clone())).copied();
                if cell.verdict.is_bad() && before.is_none_or(|before| cell.verdict < before) {
                    let before = before.map_or("not known then", Verdict::means);
                    worse.push(format!("{lane}: {sentence}: {} (before: {before})", cell.verdict.means()));
                }
            }
        }
        worse
    }
}
