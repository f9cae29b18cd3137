//! Who answers "plan": the table of planners.

pub mod embedded;
pub mod react;

use crate::engine::effect::{Judge, PlanReply, PlanRequest};

/// Something that turns a goal and a context into a plan.
pub trait Planner: Sync {
    /// Returns the name that options and JSON use: "embedded".
    fn name(&self) -> &'static str;

    /// Answers `request`; stops early, without a plan, once `cancelled` says so.
    fn plan(&self, request: &PlanRequest, judge: &dyn Judge, cancelled: &dyn Fn() -> bool) -> PlanReply;
}

/// Every planner, the default first.
pub const PLANNERS: &[&dyn Planner] = &[&embedded::Embedded];

/// Returns the planner of this name, or none if there is no such planner.
pub fn planner(name: &str) -> Option<&'static dyn Planner> {
    PLANNERS.iter().copied().find(|planner| planner.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_planner_is_found_by_its_own_name_and_no_other() {
        for backend in PLANNERS {
            assert_eq!(planner(backend.name()).map(Planner::name), Some(backend.name()));
        }
        assert!(planner("no such planner").is_none());
    }
}
