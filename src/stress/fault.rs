//! The faults: each tool failing once and for good, each observation another one, each scenario of the goal file.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::beside::{Beside, beside};
use crate::compare::lane::{Lane, LaneKind};
use crate::describe::reproduce::quoted;
use crate::describe::value;
use crate::engine::effect::Remembered;
use crate::engine::goal::{Goal, Key, Scenario, Surprise, ToolName};
use crate::engine::ordered::IndexMap;
use crate::engine::settings::{Dial, Strategy};
use crate::engine::state::{State, Status};
use crate::engine::value::{Shared, Value};

/// How often a tool fails that fails for good: more often than any run calls it.
const FOR_GOOD: u32 = 1_000_000;

/// How much of a value a sentence shows, in cells.
const SHOWN: usize = 36;

/// How long a value may be to stand on a command line, in bytes.
const ON_A_LINE: usize = 400;

/// What kind of thing goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A tool fails at its first attempt.
    FailsOnce,
    /// A tool fails at every attempt.
    FailsForGood,
    /// A tool returns another value, the first time.
    Returns,
    /// A value that is there at the start is another one.
    Starts,
    /// A scenario of the goal file.
    Scenario,
    /// Two of these at once.
    Both,
}

/// One thing that goes wrong.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What it is, in a sentence; no two faults of a goal have the same.
    pub sentence: String,
    /// Its kind.
    pub kind: Kind,
    /// The tool, key or scenario that it is about; of two faults the first one's.
    pub subject: Arc<str>,
    /// Whether a plan is expected to take notice: what is returned is of another shape than what is meant.
    pub odd: bool,
    /// How it is put into a run.
    pub scenario: Scenario,
    /// The options with which `planscope run` does the same; none where a value is too long for a command line.
    pub options: Option<String>,
}

impl Kind {
    /// Returns the word of the contract: `fails_once`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::FailsOnce => "fails_once",
            Kind::FailsForGood => "fails_for_good",
            Kind::Returns => "returns",
            Kind::Starts => "starts",
            Kind::Scenario => "scenario",
            Kind::Both => "both",
        }
    }
}

impl Fault {
    /// Returns the command that does the same again in a lane of this `kind` to the goal that is called `named`, if one
    /// line can say it.
    pub fn reproduced(&self, named: &str, kind: LaneKind) -> Option<String> {
        let mut line = format!("planscope run {} {}", quoted(named), self.options.as_ref()?);
        if kind.strategy != Strategy::PlanAndExecute {
            line.push_str(&format!(" --strategy {}", kind.strategy.word()));
        }
        if kind.dial != Dial::OnDeviation {
            line.push_str(&format!(" --replan {}", kind.dial.word()));
        }
        Some(line)
    }
}

/// What was observed in lanes that nothing disturbed: what each tool returned first, under its own names.
pub fn observed(lanes: &[&Lane]) -> IndexMap<ToolName, Arc<IndexMap<Key, Shared>>> {
    let mut seen = IndexMap::default();
    for lane in lanes {
        observed_in(lane.state(), &mut seen);
    }
    seen
}

fn observed_in(state: &State, seen: &mut IndexMap<ToolName, Arc<IndexMap<Key, Shared>>>) {
    for run in &state.runs {
        if let Some(inside) = &run.inside {
            observed_in(inside, seen);
        }
        let (Some(call), Status::Done) = (&run.call, run.status) else { continue };
        if let Some(Remembered::Returned(outputs)) = state.outcomes.get(call) {
            seen.entry(call.tool.clone()).or_insert_with(|| outputs.clone());
        }
    }
}

/// Returns every single fault of `goal`, where tools returned what is `observed`.
pub fn faults(goal: &Goal, observed: &IndexMap<ToolName, Arc<IndexMap<Key, Shared>>>) -> Vec<Fault> {
    let mut all: Vec<Fault> = Vec::new();
    for (name, outputs) in observed {
        // A loop is what its own tools do: these fail.
        if goal.tools.get(name).is_none_or(|tool| tool.run.explore.is_some()) {
            continue;
        }
        all.push(fails(name, 1, Kind::FailsOnce, "fails once"));
        all.push(fails(name, FOR_GOOD, Kind::FailsForGood, "fails for good"));
        for (output, value) in outputs.iter() {
            // What a scenario says may be how the world is, whatever its shape.
            let said = of_scenarios(goal, name, output, outputs.len());
            let plain = beside(value).into_iter().filter(|one| said.iter().all(|other| other.value != one.value));
            for other in plain.chain(said.iter().cloned()).filter(|other| other.value != **value) {
                all.push(returns(name, outputs, output, other));
            }
        }
    }
    let read: Vec<&Key> = goal.tools.values().flat_map(|tool| &tool.inputs).collect();
    for (key, value) in goal.context.iter().filter(|(key, _)| read.contains(key)) {
        all.push(starts(key, None));
        all.extend(beside(value).into_iter().map(|other| starts(key, Some(other))));
    }
    all.extend(goal.scenarios.iter().map(|scenario| Fault {
        sentence: format!("the scenario \"{}\"", scenario.name),
        kind: Kind::Scenario,
        subject: scenario.name.clone(),
        odd: false,
        scenario: scenario.clone(),
        options: Some(format!("--scenario {}", quoted(&scenario.name))),
    }));
    // What two scenarios of one name say is told apart by a number.
    let mut known: HashMap<String, u32> = HashMap::new();
    for fault in &mut all {
        let times = known.entry(fault.sentence.clone()).or_insert(0);
        *times += 1;
        if *times > 1 {
            fault.sentence.push_str(&format!(" ({times})"));
        }
    }
    all
}

/// Returns every two of `faults` that are about different things and can be put into one run.
pub fn pairs(faults: &[Fault]) -> Vec<Fault> {
    let at_once = |fault: &&Fault| fault.scenario.after.is_none();
    let all: Vec<&Fault> = faults.iter().filter(at_once).collect();
    let mut both = Vec::new();
    for (at, first) in all.iter().enumerate() {
        for second in all[at + 1..].iter().filter(|second| second.subject != first.subject) {
            let sentence = format!("{}, and {}", first.sentence, second.sentence);
            let surprises = first.scenario.surprises.iter().chain(&second.scenario.surprises).cloned().collect();
            let options = first.options.as_ref().zip(second.options.as_ref());
            both.push(Fault {
                kind: Kind::Both,
                subject: first.subject.clone(),
                odd: first.odd || second.odd,
                scenario: put(&sentence, surprises),
                options: options.map(|(first, second)| format!("{first} {second}")),
                sentence,
            });
        }
    }
    both
}

fn fails(tool: &ToolName, times: u32, kind: Kind, how: &str) -> Fault {
    let sentence = format!("{tool} {how}");
    let error = "it failed, as stress asked";
    let count = if times == 1 { String::new() } else { format!("*{times}") };
    let options = Some(format!("--fail {}", quoted(&format!("{tool}{count}={error}"))));
    let surprise = Surprise::Fail { tool: tool.clone(), error: error.into(), times };
    Fault { scenario: put(&sentence, vec![surprise]), sentence, kind, subject: tool.clone(), odd: true, options }
}

fn returns(tool: &ToolName, outputs: &IndexMap<Key, Shared>, output: &Key, other: Beside) -> Fault {
    let Beside { value, how, odd } = other;
    let what = if outputs.len() == 1 { String::new() } else { format!("{output} as ") };
    let sentence = format!("{tool} returns {what}{}", words(&value, &how));
    // A tool with one output returns it; one with several an object of them.
    let value = match outputs.len() {
        1 => value,
        _ => {
            let with = |(name, old): (&Key, &Shared)| {
                (name.to_string(), if name == output { value.clone() } else { (**old).clone() })
            };
            Value::Object(outputs.iter().map(with).collect())
        }
    };
    let options = short(&value).map(|json| format!("--outcome {}", quoted(&format!("{tool}={json}"))));
    let surprise = Surprise::Outcome { tool: tool.clone(), value: Shared::new(value) };
    let scenario = put(&sentence, vec![surprise]);
    Fault { scenario, sentence, kind: Kind::Returns, subject: tool.clone(), odd, options }
}

fn starts(key: &Key, other: Option<Beside>) -> Fault {
    let (sentence, value, odd) = match other {
        None => (format!("{key} is not there at the start"), None, true),
        Some(Beside { value, how, odd }) => {
            (format!("{key} is {} at the start", words(&value, &how)), Some(value), odd)
        }
    };
    let options = value.as_ref().and_then(short);
    let options = options.map(|json| format!("--inject {}", quoted(&format!("start:{key}={json}"))));
    let surprise = Surprise::Set { key: key.clone(), value: value.map(Shared::new) };
    let scenario = put(&sentence, vec![surprise]);
    Fault { scenario, sentence, kind: Kind::Starts, subject: key.clone(), odd, options }
}

/// Returns `value` in words: as it is where that is short, else what it is beside the one that is meant.
fn words(value: &Value, how: &str) -> String {
    match value {
        Value::Null | Value::Bool(_) => value.to_string(),
        Value::Number(_) | Value::String(_) if how == "0" || value.as_str() == Some("") => value.to_string(),
        Value::Array(items) if items.is_empty() => "[]".to_owned(),
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Number(_) | Value::String(_) => format!("{} ({how})", value::json(value, SHOWN)),
        Value::Array(_) | Value::Object(_) => how.to_owned(),
    }
}

/// Returns the values that scenarios let `tool` return for `output`, or the world have under its name.
fn of_scenarios(goal: &Goal, tool: &ToolName, output: &Key, outputs: usize) -> Vec<Beside> {
    let mut found: BTreeMap<String, Beside> = BTreeMap::new();
    for scenario in goal.scenarios.iter() {
        for surprise in &scenario.surprises {
            let value = match surprise {
                Surprise::Outcome { tool: other, value } if other == tool && outputs == 1 => Some(&**value),
                Surprise::Outcome { tool: other, value } if other == tool => value.get(&**output),
                Surprise::Set { key, value } if key == output => value.as_deref(),
                Surprise::Outcome { .. } | Surprise::Set { .. } | Surprise::Fail { .. } | Surprise::Goal { .. } => None,
            };
            if let Some(value) = value {
                let how = format!("what \"{}\" says", scenario.name);
                found.entry(value.to_string()).or_insert_with(|| Beside { value: value.clone(), how, odd: false });
            }
        }
    }
    found.into_values().collect()
}

fn put(name: &str, surprises: Vec<Surprise>) -> Scenario {
    Scenario { name: name.into(), after: None, surprises, expect: Default::default() }
}

fn short(value: &Value) -> Option<String> {
    let json = value.to_string();
    (json.len() <= ON_A_LINE).then_some(json)
}
