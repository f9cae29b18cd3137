//! Which lanes are asked for, and what they have in common: who plans, what is put in the way, what may run.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::engine::goal::{Goal, Risk};
use crate::engine::settings::{Dial, PlannerChoice, Settings, Strategy, strategy_with_dial};
use crate::planners::{self, PLANNERS};

/// One lane, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum LanesAsked {
    /// This one.
    One(LaneAsked),
    /// Each strategy with each dial.
    All,
}

/// A lane as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct LaneAsked {
    /// Its strategy.
    pub strategy: Strategy,
    /// Its dial, where it was said.
    pub dial: Option<Dial>,
}

pub(super) fn lanes(text: &str) -> Result<LanesAsked, String> {
    if text == "all" { Ok(LanesAsked::All) } else { lane(text).map(LanesAsked::One) }
}

pub(super) fn lane(text: &str) -> Result<LaneAsked, String> {
    strategy_with_dial(text).map(|(strategy, dial)| LaneAsked { strategy, dial })
}

/// What `run` and `compare` have in common: who plans, what is put in the way, what may run.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct Play {
    #[arg(long, value_name = "NAME", help = who_plans(), value_parser = a_planner())]
    pub planner: Option<PlannerChoice>,
    /// A scenario of the goal file; may be given several times.
    #[arg(long, value_name = "NAME")]
    pub scenario: Vec<String>,
    /// The world is this from then on, pinned: AFTER is `start`, a tool, or tool#2 for its second finished step;
    /// =@FILE reads a file. Several times.
    #[arg(long, value_name = "AFTER:KEY=JSON")]
    pub inject: Vec<String>,
    /// The tool returns this instead of running, the first time; =@FILE reads a file. Several times.
    #[arg(long, value_name = "TOOL=JSON")]
    pub outcome: Vec<String>,
    /// The tool's next attempts fail. Several times.
    #[arg(long, value_name = "TOOL[*TIMES]=MESSAGE")]
    pub fail: Vec<String>,
    /// What you answer when the tool (or the step of this id, or this description) asks; =@FILE reads a file.
    /// Several times; each answers once.
    #[arg(long, value_name = "TOOL=JSON")]
    pub answer: Vec<String>,
    /// Which risks run without asking; what needs more ends with exit status 4.
    #[arg(long, value_enum, default_value_t, value_name = "RISK")]
    pub approve: Risk,
    /// The most steps to start.
    #[arg(long, value_name = "N", requires = "goal")]
    pub max_steps: Option<u64>,
}

impl Play {
    /// Returns the settings that were asked for; strategy, dial and decider are the caller's.
    pub(in crate::cli) fn settings(&self, goal: &Goal) -> Settings {
        let planner = self.planner.clone().unwrap_or_else(|| goal.usual_planner());
        Settings::default().with_approval(self.approve).with_limit(self.max_steps).with_planner(planner)
    }

    /// Tells whether nothing but scenarios is put in the way.
    pub(in crate::cli) fn puts_only_scenarios(&self) -> bool {
        self.inject.is_empty() && self.outcome.is_empty() && self.fail.is_empty()
    }
}

/// Returns the help of `--planner`, which names the first of the table as the default.
pub(super) fn who_plans() -> String {
    let default = PLANNERS.first().map_or("", |planner| planner.name());
    format!("Who plans [default: the program that the goal file names, else {default}]")
}

/// Reads the name of a planner of the table.
pub(super) fn a_planner() -> impl TypedValueParser<Value = PlannerChoice> {
    let names = PLANNERS.iter().map(|planner| planner.name());
    PossibleValuesParser::new(names)
        .map(|name| planners::planner(PLANNERS, &name).map(planners::choice).unwrap_or_default())
}
