//! `planscope shrink`: the smallest goal file that still ends as a recorded session did; nothing outside is asked.

use std::cell::Cell;
use std::fmt::{self, Display, Formatter};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::checks::failures::failures;
use crate::compare::lane::{Lane, LaneKind};
use crate::compare::result::LaneResult;
use crate::describe::reproduce::{quoted, surprises_again};
use crate::describe::sanitize::harmless;
use crate::describe::text::{count, lines_cut};
use crate::engine::command::Command;
use crate::engine::effect::{Judge as _, Subject};
use crate::engine::event::Verdict;
use crate::engine::goal::{Goal, Key, Risk, Surprise};
use crate::engine::plan::Step;
use crate::engine::session::Session;
use crate::engine::settings::Dial;
use crate::engine::state::State;
use crate::engine::value::{Shared, Value};
use crate::export::RunReport;
use crate::goal_file;
use crate::jq::Cancel;
use crate::runtime::perform::Conditions;
use crate::runtime::services::Services;
use crate::runtime::share;
use crate::stress::end::End;
use crate::stress::nearer;
use crate::stress::reduce::Reduction;
use serde_json::json;

use super::args::{self, Play};
use super::exit::{Exit, Failure};
use super::lane_play::{Playing, Ran};
use super::progress::Progress;
use super::script::Asked;
use super::{Environment, replay};

/// Where values stand in a goal file: what is elsewhere are names, texts and filters.
const DATA: &[&[&str]] = &[
    &["context", "*"],
    &["tools", "*", "run", "value"],
    &["tools", "*", "run", "recorded", "calls"],
    &["scenarios", "*", "set"],
    &["scenarios", "*", "outcome"],
];

/// Fields of a goal file that are for its author and its reader, and change nothing.
const REMARKS: [&str; 5] = ["$schema", "start", "compare", "lesson", "demo"];

/// What a run must still show.
enum Wanted<'a> {
    /// The end that the session came to.
    End(End),
    /// That this condition holds on what `run --format json` prints.
    Holds(&'a str),
}

/// Everything that candidates are tried with.
struct Trying<'a> {
    environment: &'a Environment,
    kind: LaneKind,
    wanted: Wanted<'a>,
    /// The most steps that a run may start: what goes on for ever shows nothing.
    most_steps: u64,
}

/// Writes the smallest file, prints what became of the session, and returns the exit status.
pub(super) fn shrink(asked: &args::Shrink, environment: &Environment, out: &mut impl Write) -> Result<Exit, Failure> {
    let Environment { services, cancel, .. } = environment;
    services.jq.start_ahead();
    let session = replay::session(&asked.session, None, services)?;
    let state = session.state();
    let kind = LaneKind { strategy: state.settings.strategy, dial: state.settings.dial };
    let lane = Lane { kind, session: session.clone(), scenario: None };
    if !lane.is_over() {
        return Err(Failure::input("this session has not come to an end, and the end is what a smaller one must show"));
    }
    let result = LaneResult::of(&lane);
    let wanted = match asked.holds.as_deref() {
        Some(condition) => match holds(condition, &lane, &result, environment) {
            Verdict::True => Wanted::Holds(condition),
            Verdict::False => {
                return Err(Failure::input(format!("--holds: {condition} does not hold of this session")));
            }
            Verdict::Undecided(why) => return Err(Failure::usage(format!("--holds: {condition}: {why}"))),
        },
        None => Wanted::End(end_of(&lane, &result, services)),
    };
    if matches!(&wanted, Wanted::End(end) if end.is_well() && result.reached()) {
        return Err(Failure::input(
            "this session reached its goal and nothing in it went wrong: say with --holds what a smaller one must still show",
        ));
    }
    let most_steps = 2 * state.runs.len() as u64 + 20;
    let trying = Trying { environment, kind, wanted, most_steps };
    let original = trying.begin(&session)?;
    let before = Size::of(&original);
    let progress = Progress::new(asked.tries, "runs", services.performed.clone());
    let tried = Cell::new(0);
    let mut shows = |document: &Value| {
        if tried.get() >= asked.tries || cancel.is_cancelled() {
            return None;
        }
        if !nearer::keeps_contracts(document, &original) {
            return Some(false);
        }
        tried.set(tried.get() + 1);
        progress.step();
        let shows = trying.shows(document);
        (!cancel.is_cancelled()).then_some(shows)
    };
    let nearest = begin_nearer(&original, state, &mut shows);
    let (mut smallest, whole) = Reduction::new(nearest, DATA, &mut shows).smallest();
    drop(progress);
    let after = Size::of(&smallest);
    if let Some(object) = smallest.as_object_mut() {
        object.shift_insert(0, "$schema".into(), "./goal.schema.json".into());
    }
    let name = asked.out.clone().unwrap_or_else(|| name_for(&asked.session));
    let text = serde_json::to_string_pretty(&smallest).map_err(|error| Failure::input(error.to_string()))?;
    let created = goal_file::create(&name, &(text + "\n")).map_err(Failure::input)?;
    let path = created.path.display().to_string();
    writeln!(out, "wrote {}: {after} left of {before}, after {}", harmless(&path), count(tried.get(), "run"))?;
    if let Some(ran) = trying.run(&smallest) {
        let ends = match &ran.result.standing.why {
            Some(why) => format!("{}: {why}", ran.result.standing.status.replace('_', " ")),
            None => format!("{}, with {}", ran.result.standing.status.replace('_', " "), ran.result.named()),
        };
        writeln!(out, "it ends: {}", lines_cut(&harmless(&ends)))?;
    }
    writeln!(out, "see it with: {}", trying.line(&smallest, &path))?;
    if !whole {
        let why = if cancel.is_cancelled() { "stopped by you" } else { "--tries allows no more runs" };
        writeln!(io::stderr(), "planscope: {why}: it may become smaller still")?;
    }
    Ok(Exit::Done)
}

impl Trying<'_> {
    /// Returns a goal file that shows what is wanted: the session's recording with its surprises as scenarios; where its
    /// steps were edited by hand, with the plan that they led to.
    fn begin(&self, session: &Session) -> Result<Value, Failure> {
        let recording = share::recording(session, self.environment.services.kinds)?;
        let mut document: Value = serde_json::from_str(&recording.text)
            .map_err(|error| Failure::input(format!("what was recorded is not JSON: {error}")))?;
        if let Some(object) = document.as_object_mut() {
            let written = object.get("scenarios").cloned().unwrap_or_default();
            object.insert("scenarios".into(), scenarios(session, &written));
            for remark in REMARKS {
                object.shift_remove(remark);
            }
        }
        if self.shows(&document) {
            return Ok(document);
        }
        let state = session.state();
        let steps: Vec<Arc<Step>> =
            state.runs.iter().map(|run| &run.step).chain(state.plan.remaining()).cloned().collect();
        let by_hand = steps.iter().all(|step| step.tool.is_some()).then(|| {
            let mut document = document.clone();
            document["plan"] = share::plan_of(&steps);
            document
        });
        if let Some(document) = by_hand.filter(|document| self.shows(document)) {
            return Ok(document);
        }
        let instead = self.run(&document).map(|ran| {
            let why = ran.result.standing.why.clone().unwrap_or_else(|| ran.result.said());
            format!(" (run again without a person it ends {}: {why})", ran.result.standing.status)
        });
        Err(Failure::input(match &self.wanted {
            Wanted::Holds(condition) => format!(
                "--holds: {condition} does not hold of this session when it is run again{}",
                instead.unwrap_or_default()
            ),
            Wanted::End(_) => format!(
                "how this session ended rests on what was done in it by hand, which a goal file does not hold{}",
                instead.unwrap_or_default()
            ),
        }))
    }

    /// Reads `document`; none where it is not a goal file.
    fn goal(&self, document: &Value) -> Option<Arc<Goal>> {
        let kinds = self.environment.services.kinds;
        goal_file::parse_with(kinds, &document.to_string(), "the goal", None).ok().map(Arc::new)
    }

    /// Runs `document` with everything that lands in it; none where it is not a goal file.
    fn run(&self, document: &Value) -> Option<Ran> {
        let Environment { services, cancel, .. } = self.environment;
        let goal = self.goal(document)?;
        let scenario = goal.scenarios.iter().map(|scenario| scenario.name.to_string()).collect();
        let play = Play { scenario, approve: Risk::High, max_steps: Some(self.most_steps), ..Play::default() };
        let asked = Asked::read(&play, &goal, None).ok()?;
        Some(Playing { goal: &goal, play: &play, asked, services, cancel }.run(self.kind, None))
    }

    /// Tells whether `document` shows what is wanted.
    fn shows(&self, document: &Value) -> bool {
        let Some(Ran { lane, result, .. }) = self.run(document) else { return false };
        let services = &self.environment.services;
        match &self.wanted {
            Wanted::End(wanted) => end_of(&lane, &result, services).shows(wanted),
            Wanted::Holds(condition) => holds(condition, &lane, &result, self.environment) == Verdict::True,
        }
    }

    /// Returns the command that runs `document` in the file at `path` with everything that lands in it.
    fn line(&self, document: &Value, path: &str) -> String {
        let mut words = vec!["planscope run".to_owned(), quoted(path)];
        let Some(goal) = self.goal(document) else { return words.join(" ") };
        words.extend(goal.scenarios.iter().map(|scenario| format!("--scenario {}", quoted(&scenario.name))));
        if goal.usual_strategy() != self.kind.strategy {
            words.push(format!("--strategy {}", self.kind.strategy.word()));
        }
        if self.kind.dial != Dial::default() {
            words.push(format!("--replan {}", self.kind.dial.word()));
        }
        if goal.tools.values().any(|tool| tool.risk == Risk::High) {
            words.push("--approve high".to_owned());
        }
        words.join(" ")
    }
}

/// Returns `document` begun as near to what went wrong as `shows` allows: values in the context that were observed in
/// `end`, the last first, and one of its keys wanted in place of what rests on it.
fn begin_nearer(document: &Value, end: &State, shows: &mut dyn FnMut(&Value) -> Option<bool>) -> Value {
    let mut nearest = document.clone();
    let written = end.runs.iter().flat_map(|run| run.step.writes());
    let keys: Vec<&Key> = end.context.iter().map(|(key, _)| key).chain(written).chain(end.goal.wants.keys()).collect();
    let wanted = keys.iter().find_map(|key| nearer::wanting(&nearest, key).filter(|other| shows(other) == Some(true)));
    nearest = wanted.unwrap_or(nearest);
    let made = end.runs.iter().rev().flat_map(|run| &*run.wrote).map(|(key, _)| key);
    for key in made.chain(end.context.iter().map(|(key, _)| key)) {
        let Some(datum) = end.context.get(key) else { continue };
        let other = nearer::given(&nearest, key, &datum.value).filter(|other| shows(other) == Some(true));
        nearest = other.unwrap_or(nearest);
    }
    nearest
}

/// Tells whether `condition` holds on what `run --format json` would print of `lane`, which came to `result`.
fn holds(condition: &str, lane: &Lane, result: &LaneResult, environment: &Environment) -> Verdict {
    let judge = Conditions { services: &environment.services, cancel: &environment.cancel };
    let report = RunReport::of(&lane.session, lane.state(), &result.standing, Vec::new(), None, &judge);
    match serde_json::to_value(report) {
        Ok(report) => judge.judge(condition, &Subject::Value(Shared::new(report))),
        Err(error) => Verdict::Undecided(error.to_string().into()),
    }
}

/// Returns what `lane` came to, with `result`.
fn end_of(lane: &Lane, result: &LaneResult, services: &Services) -> End {
    let judge = Conditions { services, cancel: &Cancel::new() };
    let found = failures(&lane.session, lane.state(), &judge).into_iter().filter(|failure| failure.mended.is_none());
    End::of(lane, result, found.map(|failure| (failure.check, failure.key)))
}

/// Returns what landed in `session` as the scenarios of a goal file: those of its file as they stand there, the others
/// with a name each. What landed after the second step of a tool lands after its first here.
fn scenarios(session: &Session, written: &Value) -> Value {
    let mut made: Vec<Value> = Vec::new();
    for command in surprises_again(session) {
        let Command::Schedule { after, surprises, scenario, .. } = command else { continue };
        if let Some(name) = scenario {
            made.extend(written.as_array().into_iter().flatten().find(|own| own["name"] == *name).cloned());
            continue;
        }
        let mut own = json!({ "name": format!("surprise {}", made.len() + 1) });
        if let Some(after) = after {
            own["after"] = Value::from(&*after);
        }
        for surprise in surprises {
            match surprise {
                Surprise::Set { key, value: Some(value) } => own["set"][&*key] = (*value).clone(),
                Surprise::Set { key, value: None } => match own["remove"].as_array_mut() {
                    Some(keys) => keys.push(Value::from(&*key)),
                    None => own["remove"] = json!([*key]),
                },
                Surprise::Outcome { tool, value } => own["outcome"][&*tool] = (*value).clone(),
                Surprise::Fail { tool, error, times } => {
                    own["fail"] = json!({ "tool": *tool, "error": *error, "times": times });
                }
                Surprise::Goal { goal, wants } => own["goal"] = json!({ "goal": *goal, "wants": wants }),
            }
        }
        made.push(own);
    }
    made.into()
}

/// Returns the name of the file that is made of the session at `path`, where none was given.
fn name_for(path: &Path) -> PathBuf {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("session");
    PathBuf::from(format!("{stem}-shrunk.json"))
}

/// How large a goal file is, in what people count.
struct Size {
    tools: usize,
    steps: usize,
    bytes: usize,
}

impl Size {
    fn of(document: &Value) -> Size {
        let members = |field: &str| match &document[field] {
            Value::Object(members) => members.len(),
            Value::Array(items) => items.len(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        };
        Size { tools: members("tools"), steps: members("plan"), bytes: document.to_string().len() }
    }
}

impl Display for Size {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        write!(
            to,
            "{}, {}, {}",
            count(self.tools, "tool"),
            count(self.steps, "planned step"),
            count(self.bytes, "byte")
        )
    }
}
