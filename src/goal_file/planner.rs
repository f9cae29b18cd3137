//! Reads the program that plans.

use std::sync::Arc;

use super::duration;
use super::reader::{Reader, Spot};
use super::shapes::PLANNER;
use super::spec_reading::SpecReading;
use crate::engine::goal::PlannerProgram;
use crate::tools::program;

/// How long a program may take for a plan where it is not said, in milliseconds: a model may be behind it.
const TIMEOUT_MS: u64 = 120_000;

/// Reads the planner at `spot`.
pub(super) fn read(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Option<Arc<PlannerProgram>> {
    let object = reader.object(spot, &PLANNER)?;
    let (mut launch, mut timeout_ms) = (program::launch(), TIMEOUT_MS);
    for (name, value) in object {
        let at = spot.field(name, value);
        match name.as_str() {
            "timeout" => timeout_ms = duration::read(reader, &at).unwrap_or(TIMEOUT_MS),
            name => program::read_field(name, &mut SpecReading::new(reader, at), &mut launch),
        }
    }
    Some(Arc::new(PlannerProgram { launch: Arc::new(launch), timeout_ms }))
}
