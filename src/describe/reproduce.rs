//! What is said when the dashboard closes: where the session is, how to come back, how to do it again by a script.

use super::sanitize;
use super::value;
use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use crate::engine::command::Command;
use crate::engine::event::{Event, Mark, Seq};
use crate::engine::goal::{Key, Surprise, ToolName};
use crate::engine::session::Session;
use crate::engine::value::{Shared, Value};

/// How long a value may be to stand on a command line.
const ON_A_LINE: usize = 300;

/// Returns the lines that are printed when a session is closed.
pub fn farewell(session: &Session, path: &Path, named: Option<&str>) -> String {
    let path = quoted(&path.display().to_string());
    let mut text = format!("session   {path}\nresume    planscope resume {path}\n");
    if let Some(named) = named {
        let (line, by_hand) = reproduce(session, named);
        let _ = writeln!(text, "again     {line}");
        if by_hand {
            text.push_str("          (what was edited by hand is in the session alone)\n");
        }
    }
    text
}

/// Returns the command line that does again what happened on the selected branch, and whether something is left out.
pub fn reproduce(session: &Session, named: &str) -> (String, bool) {
    let mut line = format!("planscope run {}", quoted(named));
    let mut by_hand = false;
    let mut after = "start".to_string();
    let mut finished: HashMap<String, u32> = HashMap::new();
    let mut dial = None;
    let mut scenarios: Vec<String> = Vec::new();
    let taken_back = taken_back(session);
    let stands = session.path().iter().filter(|seq| !taken_back.contains(seq));
    for event in stands.filter_map(|seq| session.record(*seq)).map(|record| &record.event) {
        if let Some(scenario) = scenario_of(event) {
            if !scenarios.contains(&scenario.to_string()) {
                scenarios.push(scenario.to_string());
                let _ = write!(line, " --scenario {}", quoted(scenario));
            }
            continue;
        }
        if let Event::Opened { settings, .. } = event {
            if settings.strategy != session.goal().usual_strategy() {
                let _ = write!(line, " --strategy {}", settings.strategy.word());
            }
            if settings.planner != session.goal().usual_planner() {
                let _ = write!(line, " --planner {}", quoted(&settings.planner.name));
            }
        }
        // A tool inside a loop is counted like any other; what a person did there is not said on a line.
        by_hand |= matches!(event, Event::Inner { event } if is_by_hand(event));
        match event.innermost() {
            Event::Finished { step, .. } => {
                let tool = session.state().step(step).and_then(|step| step.tool.clone());
                if let Some(tool) = tool {
                    let count = finished.entry(tool.to_string()).or_insert(0);
                    *count += 1;
                    after = if *count == 1 { tool.to_string() } else { format!("{tool}#{count}") };
                }
            }
            Event::Injected { values, outcome_of: None, .. } if !matches!(event, Event::Inner { .. }) => {
                for (key, value) in values {
                    match value.as_ref().filter(|value| value.long().is_none()).and_then(|value| short(value)) {
                        Some(json) => {
                            let _ = write!(line, " --inject {}", quoted(&format!("{after}:{key}={json}")));
                        }
                        None => by_hand = true,
                    }
                }
            }
            Event::Armed { surprise: Surprise::Fail { tool, error, times }, .. } => {
                let _ = write!(line, " --fail {}", quoted(&format!("{tool}*{times}={error}")));
            }
            Event::Armed { surprise: Surprise::Outcome { tool, value }, .. } => match short(value) {
                Some(json) => {
                    let _ = write!(line, " --outcome {}", quoted(&format!("{tool}={json}")));
                }
                None => by_hand = true,
            },
            Event::DialTurned { dial: turned } => dial = Some(*turned),
            event => by_hand |= is_by_hand(event),
        }
    }
    if let Some(dial) = dial {
        let _ = write!(line, " --replan {}", dial.word());
    }
    (line, by_hand)
}

/// Returns the commands that let the surprises of the selected branch land again at the moments at which they did,
/// once a session on the same goal begins. What was replaced or edited by hand is left out.
pub fn surprises_again(session: &Session) -> Vec<Command> {
    let (mut again, mut done): (Vec<Command>, Vec<&Arc<str>>) = (Vec::new(), Vec::new());
    let mut finished: HashMap<ToolName, u32> = HashMap::new();
    let mut last: Option<(ToolName, u32)> = None;
    let taken_back = taken_back(session);
    let stands = session.path().iter().filter(|seq| !taken_back.contains(seq));
    for event in stands.filter_map(|seq| session.record(*seq)).map(|record| &record.event) {
        let mut land = |surprises: Vec<Surprise>, scenario: Option<&Arc<str>>| {
            let (after, nth) = last.clone().map_or((None, None), |(tool, nth)| (Some(tool), Some(nth)));
            again.push(Command::Schedule { after, nth, surprises, scenario: scenario.cloned() });
        };
        if let Some(name) = scenario_of(event) {
            if done.contains(&name) {
                continue;
            }
            done.push(name);
            match event {
                Event::Scheduled { after: after @ Some(_), nth, surprises, .. } => again.push(Command::Schedule {
                    after: after.clone(),
                    nth: Some(*nth),
                    surprises: surprises.clone(),
                    scenario: Some(name.clone()),
                }),
                _ => {
                    let scenario = session.goal().scenarios.iter().find(|scenario| scenario.name == *name);
                    land(scenario.map(|scenario| scenario.surprises.clone()).unwrap_or_default(), Some(name));
                }
            }
            continue;
        }
        match event {
            Event::Finished { step, .. } => {
                if let Some(tool) = session.state().step(step).and_then(|step| step.tool.clone()) {
                    let count = finished.entry(tool.clone()).or_insert(0);
                    *count += 1;
                    last = Some((tool, *count));
                }
            }
            Event::Injected { values, outcome_of: None, .. } => {
                let set =
                    |(key, value): (&Key, &Option<Shared>)| Surprise::Set { key: key.clone(), value: value.clone() };
                land(values.iter().map(set).collect(), None);
            }
            Event::Armed { surprise, .. } => land(vec![surprise.clone()], None),
            Event::GoalChanged { goal, wants, .. } => {
                let (goal, wants) = (goal.clone(), wants.clone());
                land(vec![Surprise::Goal { goal, wants }], None);
            }
            _ => {} // nothing else lands
        }
    }
    again
}

/// Returns the scenario that `event` belongs to, if it belongs to one.
pub(super) fn scenario_of(event: &Event) -> Option<&Arc<str>> {
    match event {
        Event::Injected { scenario, .. }
        | Event::Armed { scenario, .. }
        | Event::Scheduled { scenario, .. }
        | Event::GoalChanged { scenario, .. } => scenario.as_ref(),
        _ => None, // nothing else belongs to one
    }
}

/// Returns the events of the selected branch that were taken back and not made again: of what landed, all of it.
pub(super) fn taken_back(session: &Session) -> HashSet<Seq> {
    let mut taken = HashSet::new();
    for (at, record) in session.path().iter().filter_map(|seq| session.record(*seq)).enumerate() {
        if let Event::CalledOff { tool } = &record.event {
            taken.extend(called_off(session, &session.path()[..at], tool));
        }
        let (of, back) = match &record.event {
            Event::Undone { of } => (*of, true),
            Event::Redone { of } => (*of, false),
            _ => continue, // it takes nothing back
        };
        let scenario = session.record(of).and_then(|record| scenario_of(&record.event));
        let before = session.path()[..at].iter().rev().skip_while(|seq| **seq > of);
        for seq in before {
            let event = session.record(*seq).map(|record| &record.event);
            let same = scenario.is_some() && event.and_then(scenario_of) == scenario;
            if *seq == of || same {
                if back {
                    taken.insert(*seq)
                } else {
                    taken.remove(seq)
                };
            }
            if scenario.is_none() || (same && matches!(event, Some(Event::Scheduled { .. }))) {
                break;
            }
        }
    }
    taken
}

/// Returns the events before it that laid what was called off for `tool`, none of which had landed.
fn called_off<'a>(session: &'a Session, before: &'a [Seq], tool: &'a str) -> impl Iterator<Item = Seq> + 'a {
    let event = |seq: &Seq| session.record(*seq).map(|record| &record.event);
    let came = move |seq: &&Seq| match event(seq) {
        Some(Event::Finished { mark, .. } | Event::Failed { mark, .. }) => *mark == Mark::Injected,
        _ => false, // nothing else spends what is armed
    };
    let laid = move |seq: &&Seq| match event(seq) {
        Some(Event::Armed {
            surprise: Surprise::Fail { tool: aimed, .. } | Surprise::Outcome { tool: aimed, .. },
            ..
        }) => **aimed == *tool,
        Some(Event::Scheduled { after, .. }) => after.as_deref() == Some(tool),
        _ => false, // nothing else lays one
    };
    before.iter().rev().take_while(move |seq| !came(seq)).filter(laid).copied()
}

/// Tells whether `event` is a person's deed that no option does again.
fn is_by_hand(event: &Event) -> bool {
    matches!(
        event,
        Event::Injected { .. }
            | Event::Edited { .. }
            | Event::GoalChanged { .. }
            | Event::Redefined { .. }
            | Event::Pinned { .. }
            | Event::Rejected { .. }
            | Event::StrategySet { .. }
            | Event::Undone { .. }
            | Event::Redone { .. }
    )
}

fn short(value: &Value) -> Option<String> {
    let json = value::json_pretty(value);
    if json.len() > ON_A_LINE * 4 {
        return None;
    }
    let json = serde_json::to_string(value).ok()?;
    (json.len() <= ON_A_LINE && !json.chars().any(sanitize::is_harmful)).then_some(json)
}

/// Returns `text` as one word of a shell's command line.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:@%+,".contains(c);
    let text = sanitize::harmless(text);
    if !text.is_empty() && text.chars().all(plain) {
        return text.into_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::event::{Decider, Dial, Pace, Strategy};
    use crate::engine::testing::{World, backwards, goal, settings, tool};
    use serde_json::json;
    use std::sync::Arc;

    #[test]
    fn the_line_says_what_a_script_has_to_do_again() {
        let mut world = World::new(backwards);
        let goal = goal("b", "", vec![tool("make a", "", "a"), tool("make b", "a", "b")]);
        let mut session = Session::open(Arc::new(goal), settings(Dial::OnDeviation, Decider::Ask), "");
        world.settle(&mut session, 20);
        session.submit(Command::SetPace(Pace::Steps(1)), "").expect("steps");
        world.settle(&mut session, 20);
        session
            .submit(Command::Inject([("a".into(), Some(Shared::new(json!("it's"))))].into_iter().collect()), "")
            .expect("injects");
        let text = farewell(&session, Path::new("/tmp/a b.jsonl"), Some("lunch.json"));
        assert!(text.contains("planscope resume '/tmp/a b.jsonl'"), "{text}");
        assert!(text.contains(r#"planscope run lunch.json --inject 'make a:a="it'\''s"'"#), "{text}");
    }

    #[test]
    fn the_line_names_a_strategy_that_is_not_the_usual_one() {
        let goal = goal("a", "", vec![tool("make a", "", "a")]);
        let settings = settings(Dial::OnDeviation, Decider::Ask).with_strategy(Strategy::React);
        let session = Session::open(Arc::new(goal), settings, "");
        let text = farewell(&session, Path::new("s.jsonl"), Some("lunch.json"));
        assert!(text.contains("planscope run lunch.json --strategy react"), "{text}");
    }
}
