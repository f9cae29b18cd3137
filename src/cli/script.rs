//! The surprises and answers that were asked for on the command line, and which of them were never used.

use std::path::Path;

use crate::describe::keys;
use crate::describe::nearest::nearest;
use crate::describe::unknown::{self, Unknown};
use crate::engine::command::Command;
use crate::engine::goal::{Goal, Key, Scenario, Surprise, ToolName};
use crate::engine::numbers;
use crate::engine::state::State;
use crate::engine::value::{Shared, Value};
use crate::input_file;

use super::args::Play;
use super::exit::Failure;

/// The largest file that is read as a value, in bytes: 256 MiB.
const MAX_VALUE: u64 = 256 << 20;

/// Everything that was asked for, in the order in which it is handed over.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    items: Vec<Item>,
    answers: Vec<Answer>,
}

#[derive(Clone, Debug)]
struct Item {
    /// As it stood on the command line.
    text: String,
    command: Command,
    /// Why it was not even taken.
    refused: Option<String>,
}

#[derive(Clone, Debug)]
struct Answer {
    text: String,
    to: String,
    value: Shared,
    given: bool,
}

impl Asked {
    /// Reads the options that `play` holds against `goal`, and against what is known besides in the session that goes on.
    pub(super) fn read(play: &Play, goal: &Goal, session: Option<&State>) -> Result<Asked, Failure> {
        let mut asked = Asked::default();
        for name in &play.scenario {
            asked.add(scenario(name, "--scenario", goal)?);
        }
        for text in &play.inject {
            let command = injection(text)?;
            asked.items.push(Item { text: format!("--inject {text}"), command, refused: None });
        }
        for text in &play.outcome {
            let (tool, value) = split(text, "--outcome", "TOOL=JSON")?;
            let surprise = Surprise::Outcome { tool: tool.into(), value: json(value, "--outcome", text)? };
            let command = Command::Surprise { surprise, scenario: None };
            asked.items.push(Item { text: format!("--outcome {text}"), command, refused: None });
        }
        for text in &play.fail {
            let command = Command::Surprise { surprise: failure(text)?, scenario: None };
            asked.items.push(Item { text: format!("--fail {text}"), command, refused: None });
        }
        for item in &asked.items {
            if let Some(unknown) = unknown_in(&item.command, goal, session) {
                return Err(Failure::usage(format!("{}: {unknown}", item.text)));
            }
        }
        for text in &play.answer {
            let (to, value) = split(text, "--answer", "TOOL=JSON")?;
            let value = json(value, "--answer", text)?;
            asked.answers.push(Answer { text: format!("--answer {text}"), to: to.into(), value, given: false });
        }
        Ok(asked)
    }

    /// Adds that `scenario` is to land.
    pub(super) fn add(&mut self, scenario: &Scenario) {
        let command = Command::Schedule {
            after: scenario.after.clone(),
            nth: None,
            surprises: scenario.surprises.clone(),
            scenario: Some(scenario.name.clone()),
        };
        self.items.push(Item { text: format!("--scenario {}", scenario.name), command, refused: None });
    }

    /// Hands every surprise to `submit`; what is refused is remembered as unused.
    pub(super) fn hand_over(&mut self, mut submit: impl FnMut(Command) -> Result<(), String>) {
        for item in &mut self.items {
            item.refused = submit(item.command.clone()).err().map(|why| keys::usual(&why).into_owned());
        }
    }

    /// Returns the answer for a step that goes by one of these names, once.
    pub(super) fn answer(&mut self, names: &[&str]) -> Option<Shared> {
        let answer = self.answers.iter_mut().find(|answer| !answer.given && names.contains(&answer.to.as_str()))?;
        answer.given = true;
        Some(answer.value.clone())
    }

    /// Returns what was asked for and never used, as it stood on the command line.
    pub(super) fn unused(&self, end: &State) -> Vec<String> {
        let mut unused = self.never_landed(end);
        let tools = &end.goal.tools;
        for answer in self.answers.iter().filter(|answer| !answer.given) {
            let near =
                nearest(&answer.to, tools.keys().map(AsRef::as_ref)).filter(|_| !tools.contains_key(&*answer.to));
            let meant = near.map_or_else(String::new, |near| format!(" (did you mean {near}?)"));
            unused.push(format!("{}{meant}", answer.text));
        }
        unused
    }

    /// Returns the surprises that were asked for and never landed, as they stood on the command line.
    pub(super) fn never_landed(&self, end: &State) -> Vec<String> {
        self.left(end).into_iter().map(|(item, _)| item.text.clone()).collect()
    }

    /// Returns those of [`Asked::never_landed`] of which a part did, as they stood on the command line.
    pub(super) fn landed_in_part(&self, end: &State) -> Vec<String> {
        self.left(end).into_iter().filter(|(_, partly)| *partly).map(|(item, _)| item.text.clone()).collect()
    }

    /// Returns what has not landed whole, and of each whether a part of it has.
    fn left(&self, end: &State) -> Vec<(&Item, bool)> {
        let mut waiting: Vec<Surprise> = end.armed.iter().map(|armed| armed.surprise.clone()).collect();
        let mut scheduled: Vec<_> = end.scheduled.iter().collect();
        let mut unused = Vec::new();
        for item in &self.items {
            // How many of its surprises wait, of how many.
            let (waits, all) = match &item.command {
                _ if item.refused.is_some() => (1, 1),
                Command::Schedule { after, surprises, .. } => {
                    let at = scheduled.iter().position(|s| s.after == *after && s.surprises == *surprises);
                    let waits = match at.map(|at| scheduled.remove(at)) {
                        Some(_) => surprises.len(),
                        None => surprises.iter().filter(|surprise| take(&mut waiting, surprise)).count(),
                    };
                    (waits, surprises.len())
                }
                Command::Surprise { surprise, .. } => (usize::from(take(&mut waiting, surprise)), 1),
                _ => (0, 1), // an injection at the start lands at once
            };
            if waits > 0 {
                unused.push((item, waits < all));
            }
        }
        unused
    }

    /// Returns why a surprise was not taken, for those that were not.
    pub(super) fn refusals(&self) -> impl Iterator<Item = (&str, &str)> {
        self.items.iter().filter_map(|item| Some((item.text.as_str(), item.refused.as_deref()?)))
    }
}

/// Takes `surprise` out of `waiting`, where it waits as it was asked for. Of a failure one attempt is enough: who goes
/// another way after the first has met it.
fn take(waiting: &mut Vec<Surprise>, surprise: &Surprise) -> bool {
    waiting.iter().position(|other| other == surprise).map(|at| waiting.remove(at)).is_some()
}

/// Finds the scenario that `option` names.
pub(super) fn scenario<'a>(name: &str, option: &str, goal: &'a Goal) -> Result<&'a Scenario, Failure> {
    goal.scenarios.iter().find(|scenario| *scenario.name == *name).ok_or_else(|| unknown(name, option, goal))
}

fn unknown(name: &str, option: &str, goal: &Goal) -> Failure {
    let names: Vec<&str> = goal.scenarios.iter().map(|scenario| &*scenario.name).collect();
    let mut message = format!("{option}: there is no scenario \"{name}\" in this goal.");
    match names.as_slice() {
        [] => message.push_str(" It offers none"),
        names => {
            if let Some(near) = nearest(name, names.iter().copied()) {
                message.push_str(&format!(" Did you mean \"{near}\"?"));
            }
            message.push_str(&format!(" It offers: {}", names.join(" · ")));
        }
    }
    Failure::usage(message)
}

/// Returns what `command` names that neither `goal` nor the `session` has.
fn unknown_in(command: &Command, goal: &Goal, session: Option<&State>) -> Option<Unknown> {
    let known = |key: &str| session.is_some_and(|state| state.knows_key(key));
    let in_surprise = |surprise: &Surprise| match surprise {
        Surprise::Set { key, .. } if known(key) => None,
        other => unknown::in_surprise(goal, other),
    };
    match command {
        Command::Inject(values) => values.keys().filter(|key| !known(key)).find_map(|key| unknown::key(goal, key)),
        Command::Surprise { surprise, .. } => in_surprise(surprise),
        // What a scenario names was looked at when the goal file was read.
        Command::Schedule { scenario: None, after, surprises, .. } => {
            let tools = goal.tools.keys().map(|name| &**name);
            let after = after.as_ref().and_then(|name| unknown::tool(tools, name));
            after.or_else(|| surprises.iter().find_map(in_surprise))
        }
        _ => None, // nothing else is asked for on the command line
    }
}

fn injection(text: &str) -> Result<Command, Failure> {
    const SHAPE: &str = "AFTER:KEY=JSON";
    let (when, value) = split(text, "--inject", SHAPE)?;
    let Some((after, key)) = when.split_once(':').filter(|(after, key)| !after.is_empty() && !key.is_empty()) else {
        return Err(malformed("--inject", SHAPE, text));
    };
    let value = json(value, "--inject", text)?;
    let key: Key = key.into();
    if after == "start" {
        return Ok(Command::Inject([(key, Some(value))].into_iter().collect()));
    }
    let (after, nth) = match after.rsplit_once('#') {
        Some((tool, nth)) => match nth.parse::<u32>() {
            Ok(nth) if nth > 0 => (tool, Some(nth)),
            _ => return Err(Failure::usage(format!("--inject {text}: behind # stands a count from 1, like {tool}#2"))),
        },
        None => (after, None),
    };
    let after: ToolName = after.into();
    let surprises = vec![Surprise::Set { key, value: Some(value) }];
    Ok(Command::Schedule { after: Some(after), nth, surprises, scenario: None })
}

fn failure(text: &str) -> Result<Surprise, Failure> {
    let (tool, error) = split(text, "--fail", "TOOL[*TIMES]=MESSAGE")?;
    let (tool, times) = match tool.split_once('*') {
        Some((tool, times)) => match times.parse::<u32>() {
            Ok(times) if times > 0 => (tool, times),
            _ => return Err(Failure::usage(format!("--fail {text}: behind * stands a count from 1, like {tool}*2"))),
        },
        None => (tool, 1),
    };
    Ok(Surprise::Fail { tool: tool.into(), error: error.into(), times })
}

fn split<'a>(text: &'a str, option: &str, shape: &str) -> Result<(&'a str, &'a str), Failure> {
    text.split_once('=').filter(|(before, _)| !before.is_empty()).ok_or_else(|| malformed(option, shape, text))
}

fn malformed(option: &str, shape: &str, text: &str) -> Failure {
    Failure::usage(format!("{option} {text}: this should look like {shape}"))
}

/// Reads `value`: JSON, or `@FILE` with JSON in the file.
fn json(value: &str, option: &str, whole: &str) -> Result<Shared, Failure> {
    let parsed: Result<Value, _> = match value.strip_prefix('@') {
        None => {
            if let Some((_, number)) = numbers::first_lost(value) {
                return Err(Failure::usage(format!("{option} {whole}: {}", numbers::sentence(number))));
            }
            serde_json::from_str(value)
        }
        Some(file) => {
            let read = input_file::read(Path::new(file), MAX_VALUE);
            let bytes =
                read.map_err(|error| Failure::input(format!("{option} {whole}: cannot read {file}: {error}")))?;
            let text = std::str::from_utf8(&bytes).unwrap_or_default();
            match serde_json::from_slice(&bytes) {
                Ok(_) if let Some((_, number)) = numbers::first_lost(text) => {
                    return Err(Failure::input(format!("{option} {whole}: {file}: {}", numbers::sentence(number))));
                }
                Ok(value) => Ok(value),
                Err(error) => {
                    return Err(Failure::input(format!("{option} {whole}: {file} is not JSON: {error}")));
                }
            }
        }
    };
    parsed.map(Shared::new).map_err(|error| {
        let hint = if value.starts_with(['[', '{', '"']) { "" } else { " (a text stands in double quotes)" };
        Failure::usage(format!("{option} {whole}: what follows the = is not JSON: {error}{hint}"))
    })
}
