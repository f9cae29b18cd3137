//! What the report at the end offers to try next: numbered choices, made from the session and from the samples' data.

use crate::describe::coped::{Landed, surprises};
use crate::describe::evidence::headline;
use crate::engine::event::Seq;
use crate::engine::goal::{Goal, Scenario};
use crate::engine::session::Session;
use crate::engine::settings::Dial;
use crate::engine::state::{Phase, State};
use crate::goal_file;
use crate::ui::navigate::Destination;
use crate::ui::start::destination;

/// What a choice does.
#[derive(Clone, Debug)]
pub enum TryNext {
    /// The same surprises at the same moments, with another dial, on a branch of their own.
    Again(Dial),
    /// Offers the surprises of the goal file.
    Surprises,
    /// Shows the strategies side by side, with this scenario.
    Lanes(Option<String>),
    /// Opens another goal.
    Open(Box<Destination>),
    /// Saves the evidence card.
    Save,
}

/// One line to choose.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What it does, in words.
    pub words: String,
    /// What it does.
    pub does: TryNext,
}

/// What there is to say and to choose once a session is over.
#[derive(Clone, Debug)]
pub struct Report {
    /// The event with which it was over.
    pub seq: Seq,
    /// How it stands, in a line.
    pub headline: String,
    /// What to try next, in the order of the digits.
    pub choices: Vec<Choice>,
}

impl Report {
    /// Returns the report on `session`; none while it goes on, or could: that no plan reaches the goal ends nothing while
    /// a step can run. Its lanes are offered unless they wait below.
    pub fn of(session: &Session, above_lanes: bool) -> Option<Report> {
        let state = session.state();
        let over = match state.phase {
            Phase::Reached => true,
            Phase::Ended { .. } => state.is_react() || state.runnable().is_none(),
            _ => false, // it goes on
        };
        if !over {
            return None;
        }
        let landed = surprises(session, state);
        let headline = headline(state, landed.len());
        Some(Report { seq: state.seq, headline, choices: choices(session, state, &landed, above_lanes) })
    }

    /// Returns the choices in words, each after its digit.
    pub fn numbered(&self) -> impl Iterator<Item = (String, &str)> {
        self.choices.iter().enumerate().map(|(at, choice)| ((at + 1).to_string(), choice.words.as_str()))
    }
}

fn choices(session: &Session, state: &State, landed: &[Landed], above_lanes: bool) -> Vec<Choice> {
    let mut all: Vec<Choice> = Vec::new();
    let mut add = |words: String, does| all.push(Choice { words, does });
    let met = !landed.is_empty();
    if !state.is_react() {
        match state.settings.dial {
            Dial::Never if met || state.phase != Phase::Reached => {
                add("the same, replanning".to_owned(), TryNext::Again(Dial::default()));
            }
            _ if met || !state.replans.is_empty() => {
                add("the same, never replanning".to_owned(), TryNext::Again(Dial::Never));
            }
            _ => {} // nothing happened that would go otherwise
        }
    }
    let scenarios = &session.goal().scenarios;
    let untried = |one: &Scenario| landed.iter().all(|landed| landed.scenario.as_ref() != Some(&one.name));
    if scenarios.iter().any(untried) {
        add(if met { "another surprise" } else { "a surprise" }.to_owned(), TryNext::Surprises);
    }
    if !above_lanes {
        let scenario = landed.iter().find_map(|landed| landed.scenario.as_ref()).map(ToString::to_string);
        let with = if scenario.is_some() { ", same surprise" } else { "" };
        add(format!("side by side{with}"), TryNext::Lanes(scenario));
    }
    let next = || next_taught(session.goal()).or_else(|| next_lesson(session.goal(), landed));
    if let Some((title, to)) = Some(()).filter(|()| !above_lanes).and_then(|()| next()) {
        add(format!("next: {title}"), TryNext::Open(Box::new(to)));
    }
    add("save the card".to_owned(), TryNext::Save);
    all
}

/// Returns the lesson that is taken after the one that `goal` teaches; none where that is not built in, or the last.
fn next_taught(goal: &Goal) -> Option<(String, Destination)> {
    goal.lesson.as_ref()?.get("parts")?;
    let lessons = goal_file::lessons();
    let at = lessons.iter().position(|(_, taught, _)| taught.source == goal.source)?;
    let (sample, goal, lesson) = lessons.get(at + 1)?;
    let (goal, named) = (goal.clone(), sample.name.to_owned());
    Some((lesson.title.clone(), Destination::Goal { goal, named, steps: 0, hint: None }))
}

/// Returns what comes after `goal` among the samples: the entries of the start screen in their order, then the samples
/// that have none; none where the goal is not a sample. An entry with a scenario counts as seen once that has landed.
fn next_lesson(goal: &Goal, landed: &[Landed]) -> Option<(String, Destination)> {
    let words = serde_json::to_string(goal.source.document().get("goal")?).ok()?;
    // Reading them all is for those that are one of them.
    if !goal_file::samples().iter().any(|sample| sample.text.contains(&words)) {
        return None;
    }
    let goals = goal_file::sample_goals();
    let lessons = goal_file::start_entries(&goals);
    let others = (0..goals.len()).filter(|at| lessons.iter().all(|(lesson, _)| lesson != at)).map(|at| (at, None));
    let all: Vec<_> = lessons.iter().map(|(at, entry)| (*at, Some(entry))).chain(others).collect();
    let seen = |(at, entry): &(usize, Option<&goal_file::StartEntry>)| {
        let scenario = entry.and_then(|entry| entry.scenario.as_deref());
        let met = scenario.is_none_or(|name| landed.iter().any(|one| one.scenario.as_deref() == Some(name)));
        goals.get(*at).is_some_and(|(_, sample)| sample.source == goal.source)
            && entry.is_none_or(|entry| !entry.compare && met)
    };
    let (at, entry) = all.get(all.iter().rposition(seen)? + 1)?;
    let place = goals.get(*at)?;
    let title = entry.map_or_else(|| place.0.name.replace('_', " "), |entry| entry.title.clone());
    Some((title, destination(place, *entry)))
}
