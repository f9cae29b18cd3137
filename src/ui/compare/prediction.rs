//! What a person predicted, held against what happened.

use std::sync::Arc;

use crate::compare::column::{Column, Stand};
use crate::compare::lane::LaneKind;
use crate::describe::sign::Role;
use crate::describe::text::count;
use crate::ui::compare::Compare;

/// What a person said before it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prediction {
    /// The lane that does not cope; none: every lane copes.
    pub fails: Option<LaneKind>,
    /// With this surprise; none: without one.
    pub scenario: Option<Arc<str>>,
    /// Whether it was right, and what happened, once that was seen: it stands whatever happens to the lane.
    pub came: Option<(bool, String, String)>,
}

/// Holds the prediction against what happened, once every lane is through; what was seen once stands.
pub(super) fn settle(compare: &mut Compare) {
    let now = compare.bench.scenario().map(|scenario| &scenario.name);
    let is_through = compare.looking.is_none() && compare.bench.is_over();
    let Some(prediction) = compare.prediction.as_mut() else { return };
    if is_through && prediction.came.is_none() && prediction.scenario.as_ref() == now {
        prediction.came = Some(outcome(prediction.fails, &compare.columns));
    }
}

/// Returns what the prediction came to, with its sign, and what else came; none where nothing was predicted.
pub(super) fn line(compare: &Compare) -> Option<(Role, String, String)> {
    let prediction = compare.prediction.as_ref()?;
    let now = compare.bench.scenario().map(|scenario| &scenario.name);
    if prediction.scenario.as_ref() != now {
        return None;
    }
    let said = match prediction.fails {
        Some(kind) => format!("You predicted: {} fails.", kind.name()),
        None => "You predicted: every lane copes.".to_owned(),
    };
    let Some((right, came, more)) = prediction.came.clone() else {
        return Some((Role::Pending, said, String::new()));
    };
    Some((if right { Role::Done } else { Role::Failed }, format!("{said} {came}"), more))
}

/// Returns whether the prediction was right, and what happened, in a sentence or two.
fn outcome(fails: Option<LaneKind>, columns: &[Column]) -> (bool, String, String) {
    let failed: Vec<&Column> = columns.iter().filter(|column| column.stand == Stand::Failed).collect();
    let names = |columns: &[&Column]| columns.iter().map(|column| column.kind.name()).collect::<Vec<_>>().join(" and ");
    let Some(kind) = fails else {
        return match failed.as_slice() {
            [] => (true, "So it was.".to_owned(), String::new()),
            some => (false, format!("Not so: {} did not.", names(some)), String::new()),
        };
    };
    let Some(lane) = columns.iter().find(|column| column.kind == kind) else {
        return (false, "That lane is gone.".to_owned(), String::new());
    };
    let others: Vec<&Column> = failed.into_iter().filter(|column| column.kind != kind).collect();
    match lane.stand {
        Stand::Reached => {
            let price = price(lane, columns);
            let other = if others.is_empty() { String::new() } else { format!("Failed: {}.", names(&others)) };
            (false, format!("It coped{price}."), other)
        }
        _ if others.is_empty() => (true, "So it did, alone.".to_owned(), String::new()),
        _ => (true, "So it did.".to_owned(), format!("So did {}.", names(&others))),
    }
}

/// Returns at what price a lane coped, against the cheapest other one that did.
fn price(lane: &Column, columns: &[Column]) -> String {
    let others = columns.iter().filter(|column| column.kind != lane.kind && column.stand == Stand::Reached);
    let Some(other) = others.min_by_key(|column| column.figures.decisions) else { return String::new() };
    let (mine, least, name) = (lane.figures.decisions, other.figures.decisions, other.kind.name());
    match mine.checked_sub(least) {
        None => format!(", with {} fewer than {name}", count(as_count(least - mine), "decision")),
        Some(0) => format!(", with as many decisions as {name}"),
        Some(more) => match as_count(more) {
            1 => format!(", with 1 more decision than {name}"),
            more => format!(", with {more} more decisions than {name}"),
        },
    }
}

fn as_count(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
