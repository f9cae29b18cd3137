//! The services that performing an effect may use: the one value that every driver, lane and screen is handed.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::trust::Trust;
use crate::jq::Evaluator;
use crate::planners::{PLANNERS, Planners};
use crate::tools::program::Programs;
use crate::tools::{KINDS, Kinds};

/// What effects are performed with. Clones share what they hold.
#[derive(Clone)]
pub struct Services {
    /// Evaluates filters and conditions.
    pub jq: Evaluator,
    /// Who can be asked for plans.
    pub planners: Planners,
    /// The kinds of tools that can be run.
    pub kinds: Kinds,
    /// Which goal files may start programs.
    pub trust: Trust,
    /// The programs of one session that stay alive.
    pub programs: Programs,
    /// How many effects were performed with them: what shows progress looks at it.
    pub performed: Arc<AtomicUsize>,
}

impl Services {
    /// Returns services that evaluate filters with `jq`, with every planner and every kind of tool of the tables.
    pub fn new(jq: Evaluator) -> Services {
        Services {
            jq,
            planners: PLANNERS,
            kinds: KINDS,
            trust: Trust::default(),
            programs: Programs::default(),
            performed: Arc::default(),
        }
    }

    /// Returns them with these planners instead.
    pub fn with_planners(self, planners: Planners) -> Services {
        Services { planners, ..self }
    }

    /// Returns them with this trust: without, no program is started.
    pub fn with_trust(self, trust: Trust) -> Services {
        Services { trust, ..self }
    }

    /// Returns them for a session: with programs of its own, which are those that run already and nobody else has.
    #[must_use]
    pub fn for_session(&self) -> Services {
        Services { programs: self.programs.hand_over(), ..self.clone() }
    }

    /// Returns them with these kinds of tools instead.
    pub fn with_kinds(self, kinds: Kinds) -> Services {
        Services { kinds, ..self }
    }
}
