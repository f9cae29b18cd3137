//! Who answers "plan": the table of planners.

pub mod embedded;

use crate::engine::effect::{Judge, PlanReply, PlanRequest};

/// Something that turns a goal and a context into a plan.
pub trait Planner: Sync {
    /// Returns the name that options and JSON use.
    fn name(&self) -> &'static str;

    /// Answers `request`; stops early, with whatever it has, once `cancelled` says so.
    fn plan(&self, request: &PlanRequest, judge: &dyn Judge, cancelled: &dyn Fn() -> bool) -> PlanReply;
}

/// Every planner, the default first.
pub const PLANNERS: &[&dyn Planner] = &[&embedded::Embedded];

/// Returns the planner of this name.
pub fn planner(name: &str) -> Option<&'static dyn Planner> {
    PLANNERS.iter().copied().find(|planner| planner.name() == name)
}
