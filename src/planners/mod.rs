//! Who answers "plan" and "what next?": the table of planners, which the runtime reads.
//!
//! **A new planner** is one file and one line:
//!
//! 1. `src/planners/NAME.rs` with a type that implements [`Planner`]: its name, its [`PlannerNature`] (a planner that
//!    does not say whether it reaches outside does not compile), and how it answers a request.
//! 2. Its line in [`PLANNERS`].
//!
//! Options offer it by its name then, a session records that it plans, and the runtime asks it, on a thread where
//! waiting harms nobody. One that reaches outside is asked only once the request is on disk, and never a second time
//! by itself: if the program ends meanwhile, a person decides. `tests/it/tables.rs` follows this recipe.
//!
//! **Invariant:** nothing here names a tool, a goal file, a screen or the runtime. A planner is told everything that
//! it may know in the request; what else it may use, its [`Host`] lends it.

pub mod embedded;
pub mod program;
pub mod react;

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::engine::effect::{ForProgram, Judge, PlanReply, PlanRequest};
use crate::engine::notice::Notices;
use crate::engine::settings::{PlannerChoice, PlannerNature};
use crate::engine::turn::{TurnReply, TurnRequest};

/// Something that turns a goal and a context into a plan.
pub trait Planner: Sync {
    /// Returns the name that options, journals and JSON use: "embedded".
    fn name(&self) -> &'static str;

    /// Returns what asking it touches.
    fn nature(&self) -> PlannerNature;

    /// Answers `request`. Blocks; stops early, without a plan, once its host says that it was cancelled.
    fn plan(&self, request: &PlanRequest, host: &Host<'_>) -> PlanReply;
}

/// What a planner may use while it is asked.
pub struct Host<'a> {
    /// Evaluates conditions.
    pub judge: &'a dyn Judge,
    /// Says whether anybody still waits for the answer.
    pub cancelled: &'a dyn Fn() -> bool,
    /// Takes progress: shown, never journaled.
    pub notices: &'a dyn Notices,
    /// Asks programs.
    pub programs: &'a dyn AskProgram,
}

/// Asks a program for a plan.
pub trait AskProgram {
    /// Asks the program of `told`, whose request has these fields beside its number: the text of an object.
    fn ask(&self, told: &ForProgram, body: &str) -> Said;
}

/// What a program said.
pub struct Said {
    /// The fields of its answer, or a sentence that says why there is none.
    pub answer: Result<Map<String, Value>, String>,
    /// The end of what it wrote to its standard error.
    pub stderr: Arc<str>,
}

/// Every planner, the default first.
pub static PLANNERS: &[&dyn Planner] = &[&embedded::Embedded, &program::Program];

/// A table of planners, as the runtime is handed one: [`PLANNERS`].
pub type Planners = &'static [&'static dyn Planner];

/// Returns the planner of this name in `planners`, or none if there is no such planner.
pub fn planner(planners: Planners, name: &str) -> Option<&'static dyn Planner> {
    planners.iter().copied().find(|planner| planner.name() == name)
}

/// Returns `planner` as a session records that it was chosen.
pub fn choice(planner: &dyn Planner) -> PlannerChoice {
    PlannerChoice { name: planner.name().into(), nature: planner.nature() }
}

/// Lets the `chosen` planner answer `request`. One that is not in `planners`, or whose nature is another than the one
/// that was recorded, is not asked: what was made safe for the one need not be safe for the other.
pub fn plan(planners: Planners, chosen: &PlannerChoice, request: &PlanRequest, host: &Host<'_>) -> PlanReply {
    match planner(planners, &chosen.name) {
        Some(planner) if planner.nature() == chosen.nature => planner.plan(request, host),
        Some(planner) => {
            let name = planner.name();
            let error = format!("the planner {name} touches something else than it did when this session began");
            PlanReply::Broken { error: error.into() }
        }
        None => PlanReply::Broken { error: missing(planners, &chosen.name) },
    }
}

/// Decides on the next action as the policy of `request` says, with a plan of the chosen planner where it asks for one.
pub fn decide(planners: Planners, request: &TurnRequest, host: &Host<'_>) -> TurnReply {
    react::decide(request, &|known| plan(planners, &request.planner, known, host))
}

fn missing(planners: Planners, name: &str) -> Arc<str> {
    let known: Vec<&str> = planners.iter().map(|planner| planner.name()).collect();
    format!("this planscope has no planner \"{name}\": it has {}", known.join(", ")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_planner_is_found_by_its_own_name_and_no_other() {
        for backend in PLANNERS {
            assert_eq!(planner(PLANNERS, backend.name()).map(Planner::name), Some(backend.name()));
        }
        assert!(planner(PLANNERS, "no such planner").is_none());
    }

    #[test]
    fn a_session_that_names_no_planner_is_planned_by_the_first_of_the_table() {
        assert_eq!(PLANNERS.first().map(|first| choice(*first)), Some(PlannerChoice::default()));
    }
}
