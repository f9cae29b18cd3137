//! The services that performing an effect may use: the one value that every driver, lane and screen is handed.

use crate::jq::Evaluator;
use crate::planners::{PLANNERS, Planners};

/// What effects are performed with. Clones share what they hold.
#[derive(Clone)]
pub struct Services {
    /// Evaluates filters and conditions.
    pub jq: Evaluator,
    /// Who can be asked for plans.
    pub planners: Planners,
}

impl Services {
    /// Returns services that evaluate filters with `jq`, with every planner of the table.
    pub fn new(jq: Evaluator) -> Services {
        Services { jq, planners: PLANNERS }
    }

    /// Returns them with these planners instead.
    pub fn with_planners(self, planners: Planners) -> Services {
        Services { planners, ..self }
    }
}
