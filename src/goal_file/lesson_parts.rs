//! Reads the parts of a lesson: what each asks of the learner, when it is through, its hints, its question.

use std::sync::Arc;

use super::reader::{Reader, Spot};
use super::shapes::{HAPPENED, PART, PREDICT, SOLUTION};
use crate::describe::keys;
use crate::engine::goal::{Condition, Key};
use crate::engine::plan::StepId;
use crate::engine::value::Value;

/// The most hints of a part; the last is the answer with its reasons.
const HINTS: usize = 3;

/// How many choices a question may have: each has a digit.
const CHOICES: std::ops::RangeInclusive<usize> = 2..=9;

/// A part of a lesson.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// What is to be done or seen, in a sentence or two; keys are named by their actions.
    pub text: String,
    /// Where to look.
    pub look: Option<String>,
    /// When it is through: a condition on the account of the session; none: with its prediction.
    pub check: Option<Condition>,
    /// Up to three hints, the last the answer with its reasons.
    pub hints: Vec<String>,
    /// What the learner is asked before it happens.
    pub predict: Option<Predict>,
}

/// A question that is asked before its answer is seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Predict {
    /// The question.
    pub ask: String,
    /// What may be answered.
    pub takes: Takes,
    /// A filter that makes the truth of the account of the session; null: it is not known yet.
    pub truth: Condition,
    /// What the recorded why is about that stands beside the truth.
    pub why: Option<About>,
}

/// What may be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Takes {
    /// One of these, by its digit.
    Choices(Vec<String>),
    /// A whole number or another one.
    Number,
    /// A text.
    Text,
}

/// What a recorded why is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A key of the context.
    Key(Key),
    /// A step.
    Step(StepId),
    /// The last replan.
    Replan,
    /// What a filter makes of the account: a sentence that a tool wrote.
    Said(Condition),
}

/// What solves a lesson: the keys, after the plan of the file was exchanged for this one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Solution {
    /// The plan that takes the place of the file's; none: it stays.
    pub plan: Option<Value>,
    /// The keys, as the footer writes them; what begins with "type:" is typed.
    pub keys: Vec<String>,
}

pub(super) fn parts(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Vec<Part> {
    let list = reader.list(spot, "a list of parts, in order");
    if spot.value.is_array() && list.is_empty() {
        reader.fault(spot, "This lesson has no parts", "at least one part", None);
    }
    list.iter().enumerate().filter_map(|(index, value)| part(reader, &spot.entry(index, value))).collect()
}

fn part(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Option<Part> {
    let mut part = Part::default();
    for (field, value) in reader.object(spot, &PART)? {
        let at = spot.field(field, value);
        match field.as_str() {
            "text" => part.text = words(reader, &at, "what is to be done, in words").unwrap_or_default(),
            "look" => part.look = words(reader, &at, "where to look, in words"),
            "check" => part.check = check(reader, &at),
            "hints" => part.hints = hints(reader, &at),
            "predict" => part.predict = predict(reader, &at),
            _ => {}
        }
    }
    if !["check", "predict"].iter().any(|field| spot.value.get(field).is_some()) {
        let expected = "\"check\": a jq condition, or \"predict\": a question";
        reader.fault(spot, "Nothing says when this part is through", expected, None);
    }
    Some(part)
}

/// Reads words in which `{key:NAME}` stands for a key.
fn words(reader: &mut Reader<'_>, spot: &Spot<'_>, expected: &str) -> Option<String> {
    let text = reader.text(spot, expected)?;
    match keys::written(text) {
        Ok(words) => return Some(words),
        // What a session recorded was right when it was written.
        Err(_) if reader.recorded => {}
        Err(name) => {
            let message = format!("{{key:{name}}} names no action that has a key");
            reader.fault(spot, message, "the name of an action, as the keymap has it", None);
        }
    }
    Some(text.to_owned())
}

/// Reads a check: a jq condition, or what the trace must contain.
fn check(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Option<Condition> {
    const EXPECTED: &str = "a jq condition on the account of the session, or {\"trace\": {\"kind\": …}}";
    if !spot.value.is_object() {
        return reader.filter(spot, EXPECTED).map(Arc::from);
    }
    let trace = reader.object(spot, &HAPPENED)?.get("trace")?;
    let at = spot.field("trace", trace);
    let entries = reader.entries(&at, "the fields of an event, like {\"kind\": \"replanned\"}");
    if trace.is_object() && entries.is_empty() {
        reader.fault(&at, "Every event has these fields, for there are none", "at least its kind", None);
    }
    let same = |(field, value): (&String, &Value)| format!(".[{}] == {value}", Value::from(field.as_str()));
    let fields: Vec<String> = entries.into_iter().map(same).collect();
    Some(format!("any(.trace[]; {})", if fields.is_empty() { "false".into() } else { fields.join(" and ") }).into())
}

fn hints(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Vec<String> {
    let list = reader.list(spot, "up to three hints, the last the answer with its reasons");
    if list.len() > HINTS {
        reader.fault(spot, format!("{} hints stand here", list.len()), "up to three hints", None);
    }
    let hint = |(index, value)| {
        let at = spot.entry(index, value);
        words(reader, &at, "a hint")
    };
    list.iter().enumerate().filter_map(hint).collect()
}

fn predict(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Option<Predict> {
    let (mut ask, mut takes, mut truth, mut why) = (String::new(), Vec::new(), None, None);
    for (field, value) in reader.object(spot, &PREDICT)? {
        let at = spot.field(field, value);
        match field.as_str() {
            "ask" => ask = words(reader, &at, "the question").unwrap_or_default(),
            "truth" => truth = reader.filter(&at, "a jq filter that makes the truth, null while it is not known"),
            "choices" => takes.extend(choices(reader, &at).map(Takes::Choices)),
            "takes" => takes.extend(typed(reader, &at)),
            "why" => why = about(reader, &at),
            _ => {}
        }
    }
    if spot.value.get("choices").is_some() == spot.value.get("takes").is_some() {
        let message = "This question does not say in one way what may be answered";
        reader.fault(spot, message, "either \"choices\": a list, or \"takes\": \"number\" or \"text\"", None);
    }
    Some(Predict { ask, takes: takes.pop()?, truth: truth?.into(), why })
}

fn choices(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Option<Vec<String>> {
    let names = reader.names(spot, "a list of answers");
    if spot.value.as_array().is_some_and(|list| !CHOICES.contains(&list.len())) {
        reader.fault(spot, format!("{} answers stand here", names.len()), "two to nine answers", None);
    }
    (!names.is_empty()).then(|| names.iter().map(ToString::to_string).collect())
}

fn typed(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Option<Takes> {
    match reader.text(spot, "\"number\" or \"text\"")? {
        "number" => Some(Takes::Number),
        "text" => Some(Takes::Text),
        other => {
            reader.fault(spot, format!("\"{other}\" cannot be typed"), "\"number\" or \"text\"", None);
            None
        }
    }
}

/// Reads what a why is about: `key:NAME`, `step:ID`, `replan`, or `said:FILTER`.
pub(super) fn about(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Option<About> {
    const EXPECTED: &str = "\"key:NAME\", \"step:ID\", \"replan\" or \"said:FILTER\"";
    let words = reader.text(spot, EXPECTED)?;
    match words.split_once(':') {
        None if words == "replan" => Some(About::Replan),
        Some(("key", key)) => Some(About::Key(key.into())),
        Some(("step", step)) => Some(About::Step(step.into())),
        Some(("said", filter)) if reader.is_filter(filter) => Some(About::Said(filter.into())),
        _ => {
            reader.fault(spot, format!("\"{words}\" says nothing that a why could be about"), EXPECTED, None);
            None
        }
    }
}

pub(super) fn solution(reader: &mut Reader<'_>, spot: &Spot<'_>) -> Option<Solution> {
    let mut solution = Solution::default();
    for (field, value) in reader.object(spot, &SOLUTION)? {
        let at = spot.field(field, value);
        match field.as_str() {
            "plan" => solution.plan = Some(value.clone()),
            "keys" => {
                for (index, value) in reader.list(&at, "a list of keys").iter().enumerate() {
                    solution.keys.extend(reader.text(&at.entry(index, value), "a key").map(str::to_owned));
                }
            }
            _ => {}
        }
    }
    Some(solution)
}
