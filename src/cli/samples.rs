//! `planscope samples`: the goals that are built in.

use std::io::Write;

use serde::Serialize;

use crate::goal_file;

use super::args::Format;
use super::exit::{Exit, Failure};
use super::print;

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    goal: String,
    tools: usize,
    scenarios: Vec<String>,
}

/// Prints the samples.
pub fn samples(format: Format, out: &mut impl Write) -> Result<Exit, Failure> {
    let listed: Vec<Listed<'_>> = goal_file::samples()
        .iter()
        .filter_map(|sample| {
            let goal = goal_file::parse(sample.text, sample.name, None).ok()?;
            let scenarios = goal.scenarios.iter().map(|scenario| scenario.name.to_string()).collect();
            Some(Listed { name: sample.name, goal: goal.goal.to_string(), tools: goal.tools.len(), scenarios })
        })
        .collect();
    match format {
        Format::Json => print::json(out, &listed)?,
        Format::Text => {
            for sample in listed {
                writeln!(out, "{}: {}", sample.name, sample.goal)?;
                for scenario in sample.scenarios {
                    writeln!(out, "  ! {scenario}")?;
                }
            }
        }
    }
    Ok(Exit::Done)
}
