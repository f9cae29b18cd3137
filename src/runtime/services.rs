//! The services that performing an effect may use: the one value that every driver, lane and screen is handed.

use crate::jq::Evaluator;

/// What effects are performed with. Clones share what they hold.
#[derive(Clone, Debug)]
pub struct Services {
    /// Evaluates filters and conditions.
    pub jq: Evaluator,
}

impl Services {
    /// Returns services that evaluate filters with `jq`.
    pub fn new(jq: Evaluator) -> Services {
        Services { jq }
    }
}
