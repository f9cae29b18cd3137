//! `planscope samples`: the goals that are built in.

use std::io::Write;

use serde::Serialize;

use crate::export::json;
use crate::goal_file::{self, Comparison};

use super::args::Format;
use super::exit::{Exit, Failure};

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    goal: String,
    tools: usize,
    scenarios: Vec<String>,
    shows: Vec<Shown>,
}

/// A comparison that a sample is about.
#[derive(Serialize)]
struct Shown {
    scenario: Option<String>,
    lanes: Vec<String>,
    look: String,
}

impl Shown {
    fn of(comparison: Comparison) -> Shown {
        let Comparison { scenario, lanes, look, shows: _ } = comparison;
        Shown { scenario, lanes: lanes.into_iter().map(|lane| lane.name).collect(), look }
    }
}

/// Prints the samples.
pub(super) fn samples(format: Format, out: &mut impl Write) -> Result<Exit, Failure> {
    let listed: Vec<Listed<'_>> = goal_file::samples()
        .iter()
        .filter_map(|sample| {
            let goal = goal_file::parse(sample.text, sample.name, None).ok()?;
            let scenarios = goal.scenarios.iter().map(|scenario| scenario.name.to_string()).collect();
            let shows = goal_file::lesson_of(&goal).compare.into_iter().map(Shown::of).collect();
            Some(Listed { name: sample.name, goal: goal.goal.to_string(), tools: goal.tools.len(), scenarios, shows })
        })
        .collect();
    match format {
        Format::Json => json::document(out, &listed)?,
        Format::Text => {
            for sample in listed {
                writeln!(out, "{}: {}", sample.name, sample.goal)?;
                for scenario in sample.scenarios {
                    writeln!(out, "  ! {scenario}")?;
                }
                for Shown { scenario, lanes, look } in sample.shows {
                    let surprise = scenario.map(|name| format!(" --scenario '{name}'")).unwrap_or_default();
                    let lanes: String = lanes.iter().map(|lane| format!(" --lane {lane}")).collect();
                    writeln!(out, "  {look}")?;
                    writeln!(out, "    planscope compare {}{surprise}{lanes}", sample.name)?;
                }
            }
        }
    }
    Ok(Exit::Done)
}
