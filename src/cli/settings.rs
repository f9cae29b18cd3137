//! How the settings are chosen on the command line: by their own words, each with a line of help.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::engine::goal::Risk;
use crate::engine::settings::{Dial, Strategy};
use crate::runtime::opening::ThemeName;
use crate::runtime::picture::Shows;

impl ValueEnum for Strategy {
    fn value_variants<'a>() -> &'a [Strategy] {
        &Strategy::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Strategy::PlanAndExecute => "One plan, its execution, replans where they are due",
            Strategy::React => {
                "One decision per step; offline a stand-in: of the tools whose inputs are there, the closest in words"
            }
            Strategy::ReactPlanner => "One decision per step: the first step of a fresh plan",
            Strategy::ReactBlind => "Like react, and it does not look whether the inputs are there",
            Strategy::Hybrid => "A plan whose explore steps run a ReAct loop inside",
        };
        Some(PossibleValue::new(self.word()).help(help))
    }
}

impl ValueEnum for Dial {
    fn value_variants<'a>() -> &'a [Dial] {
        &Dial::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Dial::Never => "Never: the first plan runs on, over stale values too",
            Dial::OnFailure => "When a step failed or is blocked",
            Dial::OnDeviation => "When anything contradicts the remaining plan",
            Dial::EveryStep => "After every step",
        };
        Some(PossibleValue::new(self.word()).help(help))
    }
}

impl ValueEnum for Risk {
    fn value_variants<'a>() -> &'a [Risk] {
        &Risk::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        // What may run up to the highest risk is everything.
        Some(match self {
            Risk::None => PossibleValue::new(self.word()).help("Only what is without risk"),
            Risk::Low => PossibleValue::new(self.word()).help("Low ones"),
            Risk::High => PossibleValue::new("all").help("All"),
        })
    }
}

impl ValueEnum for Shows {
    fn value_variants<'a>() -> &'a [Shows] {
        &[Shows::Dashboard, Shows::Plan, Shows::Context, Shows::Trace]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Shows::Dashboard => PossibleValue::new("dashboard").help("Everything"),
            Shows::Plan => PossibleValue::new("plan").help("The plan alone"),
            Shows::Context => PossibleValue::new("context").help("The context alone"),
            Shows::Trace => PossibleValue::new("trace").help("The trace alone"),
        })
    }
}

impl ValueEnum for ThemeName {
    fn value_variants<'a>() -> &'a [ThemeName] {
        &ThemeName::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            ThemeName::Auto => "Dark or light, as the terminal's background is",
            ThemeName::Dark => "For a dark background",
            ThemeName::Light => "For a light background",
            ThemeName::Terminal => "The terminal's own 16 colours",
            ThemeName::Plain => "No colours; NO_COLOR means this too",
        };
        Some(PossibleValue::new(self.word()).help(help))
    }
}
