//! How a session is run: the strategy, the dial for replans, who decides, how far it goes by itself and why it stopped.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::breakpoint::Hit;
use super::goal::Risk;
use super::plan::StepId;
use super::turn::Wits;

/// How a session is to be run; may change later by events of its own. The default is what a person at a screen gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// When a replan is due.
    pub dial: Dial,
    /// Who decides on it.
    pub decider: Decider,
    /// Up to which risk steps run without asking.
    pub approve: Risk,
    /// How many steps may be started in all; none: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_steps: Option<u64>,
    /// How it is decided what comes next.
    #[serde(default, skip_serializing_if = "Strategy::is_plan_and_execute")]
    pub strategy: Strategy,
    /// Who plans.
    #[serde(default, skip_serializing_if = "PlannerChoice::is_default")]
    pub planner: PlannerChoice,
    /// Whether the programs of the goal file may be started; each session is told again on which machine it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trusted: bool,
    /// Whether a program tells what it plans and does by itself: what it plans may be less than what reaches the goal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub told: bool,
}

impl Settings {
    /// Returns them with this dial.
    pub fn with_dial(self, dial: Dial) -> Settings {
        Settings { dial, ..self }
    }

    /// Returns them with this decider.
    pub fn with_decider(self, decider: Decider) -> Settings {
        Settings { decider, ..self }
    }

    /// Returns them with steps up to this risk running without asking.
    pub fn with_approval(self, approve: Risk) -> Settings {
        Settings { approve, ..self }
    }

    /// Returns them with at most this many steps to be started; none: no limit.
    pub fn with_limit(self, max_steps: Option<u64>) -> Settings {
        Settings { max_steps, ..self }
    }

    /// Returns them with this strategy.
    pub fn with_strategy(self, strategy: Strategy) -> Settings {
        Settings { strategy, ..self }
    }

    /// Returns them with this planner.
    pub fn with_planner(self, planner: PlannerChoice) -> Settings {
        Settings { planner, ..self }
    }
}

/// Gives an enum its variants in order, with the word of each: what options, JSON and screens spell it with.
macro_rules! words {
    ($name:ident { $($variant:ident $word:literal),+ $(,)? }) => {
        impl $name {
            /// All of them, in the order in which they are offered.
            pub const ALL: [$name; [$($word),+].len()] = [$($name::$variant),+];

            /// Returns the word that options and JSON use.
            pub fn word(self) -> &'static str {
                match self {
                    $($name::$variant => $word),+
                }
            }

            /// Returns the one that `word` spells, or none.
            pub fn parse(word: &str) -> Option<$name> {
                $name::ALL.into_iter().find(|one| one.word() == word)
            }

            /// Returns the one after this, and the first after the last.
            pub fn next(self) -> $name {
                let after = $name::ALL.into_iter().skip_while(|one| *one != self).nth(1);
                after.unwrap_or($name::ALL[0])
            }
        }
    };
}

words!(Strategy {
    PlanAndExecute "plan-and-execute",
    React "react",
    ReactPlanner "react-planner",
    ReactBlind "react-blind",
    Hybrid "hybrid",
});

words!(Dial {
    Never "never",
    OnFailure "on-failure",
    OnDeviation "on-deviation",
    EveryStep "every-step",
});

words!(Decider { Ask "ask", Auto "auto" });

words!(Risk { None "none", Low "low", High "high" });

/// Returns the strategy that `text` names, and the dial where one stands after a colon: "plan-and-execute:never".
///
/// # Errors
/// A sentence that names the word which is not known, and those that are.
pub fn strategy_with_dial(text: &str) -> Result<(Strategy, Option<Dial>), String> {
    fn unknown<const N: usize>(what: &str, word: &str, known: [&str; N]) -> String {
        format!("there is no {what} \"{word}\"; there are {}", known.join(", "))
    }
    let (strategy, dial) = text.split_once(':').map_or((text, None), |(strategy, dial)| (strategy, Some(dial)));
    let known =
        Strategy::parse(strategy).ok_or_else(|| unknown("strategy", strategy, Strategy::ALL.map(Strategy::word)))?;
    let dial = dial.map(|dial| Dial::parse(dial).ok_or_else(|| unknown("dial", dial, Dial::ALL.map(Dial::word))));
    Ok((known, dial.transpose()?))
}

/// How it is decided what comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// One plan, its execution, replans by the dial.
    #[default]
    PlanAndExecute,
    /// One decision per step from what is observable now; offline by the stand-in, which reads contracts.
    React,
    /// The same, each decision by the planner: the first step of a fresh plan.
    ReactPlanner,
    /// The same, by a stand-in that does not look whether the inputs are there.
    ReactBlind,
    /// A plan whose `explore` steps run a ReAct loop inside.
    Hybrid,
}

impl Strategy {
    /// Returns who decides on one action at a time, or none where a plan is made first.
    pub fn wits(self) -> Option<Wits> {
        match self {
            Strategy::React => Some(Wits::StandIn),
            Strategy::ReactPlanner => Some(Wits::Planner),
            Strategy::ReactBlind => Some(Wits::Blind),
            Strategy::PlanAndExecute | Strategy::Hybrid => None,
        }
    }

    fn is_plan_and_execute(&self) -> bool {
        *self == Strategy::PlanAndExecute
    }
}

/// When a replan is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dial {
    /// Never: the rigid plan runs on, over stale values too.
    Never,
    /// When a step failed or is blocked.
    OnFailure,
    /// When anything contradicts the remaining plan.
    #[default]
    OnDeviation,
    /// After every step.
    EveryStep,
}

/// Who decides on a proposal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decider {
    /// A person is asked.
    #[default]
    Ask,
    /// It is accepted at once.
    Auto,
}

/// How far to go by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// Not at all.
    #[default]
    Paused,
    /// This many more steps.
    Steps(u32),
    /// Until this step is next.
    Until(StepId),
    /// One inner action: into a loop, or half a turn (the thought, then its action).
    Into,
    /// Out of the loop that is under way: to the end of its step.
    Out,
    /// To the next deviation.
    ToDeviation,
    /// To the next replan.
    ToReplan,
    /// To the end, or until something asks.
    Free,
}

/// Why it stopped going on by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "because")]
pub enum Stop {
    /// A person paused it.
    Paused,
    /// The steps that were asked for are done.
    StepsDone,
    /// The step that was asked for is next.
    Arrived,
    /// A deviation came up on the way.
    Deviation,
    /// A replan was proposed on the way.
    Replan,
    /// A breakpoint was hit.
    Breakpoint {
        /// What it found.
        hit: Arc<Hit>,
    },
    /// The next step is blocked.
    Blocked {
        /// The step.
        step: StepId,
        /// Why.
        message: Arc<str>,
    },
    /// A step failed.
    Failed {
        /// The step.
        step: StepId,
    },
    /// The next step asks for approval before it runs.
    Approval {
        /// The step.
        step: StepId,
    },
    /// The planner is a program, and the goal file is not trusted.
    Planner,
    /// The same situation came back after a replan.
    Circle {
        /// What came back.
        message: Arc<str>,
    },
    /// No more steps may be started.
    Limit {
        /// How many were allowed.
        steps: u64,
    },
}

/// Who plans: the name of an entry of the table of planners, and what asking it touches.
///
/// Both are journaled, so that a session knows what may be asked again even where its planner is not to be had.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlannerChoice {
    /// The name.
    pub name: Arc<str>,
    /// What asking it touches.
    pub nature: PlannerNature,
}

/// What asking a planner touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlannerNature {
    /// It computes from its request: it can be asked again.
    Pure,
    /// It reaches outside: the request is on disk before, and it is not asked again by itself.
    Outside,
}

impl PlannerChoice {
    /// The name of the planner that is a program.
    pub const PROGRAM: &str = "program";

    /// Returns the choice of the program that the goal file names.
    pub fn program() -> PlannerChoice {
        PlannerChoice { name: PlannerChoice::PROGRAM.into(), nature: PlannerNature::Outside }
    }

    /// Tells whether it is the program that the goal file names.
    pub fn is_program(&self) -> bool {
        *self.name == *PlannerChoice::PROGRAM
    }

    /// Tells whether asking it reaches outside.
    pub fn reaches_outside(&self) -> bool {
        self.nature == PlannerNature::Outside
    }

    fn is_default(&self) -> bool {
        *self == PlannerChoice::default()
    }
}

impl Default for PlannerChoice {
    /// Returns the choice of a session that names no planner, as those of version 0.1.
    fn default() -> PlannerChoice {
        PlannerChoice { name: "embedded".into(), nature: PlannerNature::Pure }
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    fn json(value: impl Serialize) -> String {
        serde_json::to_string(&value).unwrap()
    }

    #[test]
    fn a_word_is_what_json_holds_and_is_read_back() {
        assert!(
            Strategy::ALL.iter().all(|one| json(one) == json(one.word()) && Strategy::parse(one.word()) == Some(*one))
        );
        assert!(Dial::ALL.iter().all(|one| json(one) == json(one.word()) && Dial::parse(one.word()) == Some(*one)));
        assert!(
            Decider::ALL.iter().all(|one| json(one) == json(one.word()) && Decider::parse(one.word()) == Some(*one))
        );
        assert!(Risk::ALL.iter().all(|one| json(one) == json(one.word()) && Risk::parse(one.word()) == Some(*one)));
        assert_eq!(Dial::parse("sometimes"), None);
    }

    #[test]
    fn next_goes_round() {
        assert_eq!(Dial::Never.next(), Dial::OnFailure);
        assert_eq!(Dial::EveryStep.next(), Dial::Never);
        assert_eq!(Decider::Auto.next(), Decider::Ask);
    }

    #[test]
    fn a_strategy_is_read_with_its_dial() {
        assert_eq!(strategy_with_dial("react"), Ok((Strategy::React, None)));
        assert_eq!(strategy_with_dial("hybrid:never"), Ok((Strategy::Hybrid, Some(Dial::Never))));
        let fault = strategy_with_dial("hybrid:seldom").unwrap_err();
        assert_eq!(fault, "there is no dial \"seldom\"; there are never, on-failure, on-deviation, every-step");
        assert!(strategy_with_dial("reakt").unwrap_err().starts_with("there is no strategy \"reakt\""));
    }
}
