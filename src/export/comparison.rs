//! What a comparison hands to its formats: lanes that ran, and what they say together.

use std::sync::Arc;

use super::RunReport;
use super::csv::Layout;
use crate::checks::failures::Failure;
use crate::compare::advice::Advice;
use crate::compare::parting::Parting;
use crate::compare::repeat::Repeated;
use crate::compare::result::LaneResult;
use crate::engine::goal::Goal;

/// Everything that was compared of one goal.
#[derive(Clone, Copy, Debug)]
pub struct Comparisons<'a> {
    /// The goal.
    pub goal: &'a Goal,
    /// Whether these are the rows of a matrix: one comparison a scenario.
    pub matrix: bool,
    /// The comparisons.
    pub all: &'a [Comparison],
    /// Which columns a table has.
    pub layout: Layout,
}

/// One comparison: every lane with the same surprises.
#[derive(Debug)]
pub struct Comparison {
    /// The scenario that it is about, where several were compared.
    pub scenario: Option<Arc<str>>,
    /// Its lanes, in the order in which they were asked for.
    pub lanes: Vec<LaneRan>,
    /// Which of them is the safer first choice.
    pub advice: Advice,
}

/// A lane that ran, as often as was asked for.
#[derive(Debug)]
pub struct LaneRan {
    /// How the first run of it went.
    pub result: LaneResult,
    /// Every repetition, the first one included.
    pub runs: Vec<LaneResult>,
    /// How alike the repetitions are.
    pub repeated: Repeated,
    /// Where it parts from the first lane.
    pub parting: Option<Parting>,
    /// What was asked for and never triggered in it.
    pub unused: Vec<String>,
    /// What the failure checks found; for text alone, and where it is one comparison.
    pub found: Vec<Failure>,
    /// For JSON alone.
    pub report: Option<RunReport>,
}
