//! Tools of kind `recorded`: what a tool answered once, by its inputs. What it was never asked is refused by name.
//!
//! `planscope new --from-session` writes them. Where the same call came to different things, its answers stand in order,
//! and the last one is given from then on.

use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::engine::effect::Subject;
use crate::engine::goal::{Risk, Run};
use crate::engine::launch::Ran;
use crate::engine::value::{Shared, Value};

use super::reading::{Reading, Shape, may, needs};
use super::{Given, Kind, TIMEOUT_MS, Timeout, Way};

/// The longest input that stands in a record as it is, as JSON in bytes: of a longer one its digest stands there.
const LONGEST: usize = 2_000;

/// The kind `recorded`.
pub(super) static KIND: Kind = Kind {
    name: "recorded",
    way: Way::Recorded(run),
    timeout: Timeout::Default(TIMEOUT_MS),
    risk: Risk::None,
    in_folder: false,
    schema: r#"{
        "description": "What a tool answered in a session, by its inputs: `planscope new --from-session` writes it. Nothing runs; what it was never asked is refused.",
        "type": "object",
        "properties": {
            "was": { "type": "string", "minLength": 1, "description": "The kind of tool that answered." },
            "calls": {
                "type": "array",
                "description": "What it was asked.",
                "items": {
                    "type": "object",
                    "properties": {
                        "inputs": { "type": "object", "description": "Its inputs." },
                        "digests": {
                            "type": "object",
                            "additionalProperties": { "type": "string" },
                            "description": "Its long inputs: the SHA-256 of each, as JSON with sorted keys."
                        },
                        "answers": {
                            "type": "array",
                            "minItems": 1,
                            "description": "What came back, one answer a call; the last is given from then on.",
                            "items": {
                                "type": "object",
                                "properties": {
                                    "returns": { "description": "Its result." },
                                    "fails": { "type": "string", "description": "What it said when it failed." },
                                    "ran": { "type": "object", "description": "What is known of the program that ran." }
                                },
                                "additionalProperties": false
                            }
                        }
                    },
                    "required": ["answers"],
                    "additionalProperties": false
                }
            }
        },
        "required": ["calls"],
        "additionalProperties": false
    }"#,
    shape: Some(&SHAPE),
    read,
    check: |_, _, _| (),
};

static SHAPE: Shape = Shape {
    what: "a record",
    schema: "recorded",
    fields: &[may("was", "the kind of tool that answered"), needs("calls", "what it was asked")],
    later: &[],
};

/// One call with what came back.
static CALL: Shape = Shape {
    what: "a recorded call",
    schema: "recorded",
    fields: &[
        may("inputs", "its inputs"),
        may("digests", "the SHA-256 of its long inputs"),
        needs("answers", "what came back"),
    ],
    later: &[],
};

static ANSWER: Shape = Shape {
    what: "a recorded answer",
    schema: "recorded",
    fields: &[
        may("returns", "its result"),
        may("fails", "what it said when it failed"),
        may("ran", "what is known of the program that ran"),
    ],
    later: &[],
};

fn read(spec: &mut dyn Reading, run: &mut Run) {
    let mut counted = false;
    spec.fields(&SHAPE, &mut |field, part| match field {
        "was" => {
            part.text("the kind of tool that answered");
        }
        "calls" => part.each("a list of calls", &mut |_, call| {
            call.fields(&CALL, &mut |field, part| match field {
                "inputs" if !part.value().is_object() => part.fault("These are not inputs", "name → value", None),
                "digests" if !part.value().is_object() => part.fault("These are not digests", "name → SHA-256", None),
                "answers" => {
                    counted |= part.value().as_array().is_some_and(|answers| answers.len() > 1);
                    answers(part);
                }
                _ => {}
            });
        }),
        _ => {}
    });
    run.counted = counted;
}

fn answers(list: &mut dyn Reading) {
    const EXPECTED: &str = "{\"returns\": …} or {\"fails\": …}";
    if list.value().as_array().is_some_and(Vec::is_empty) {
        list.fault("A call that was recorded came back somehow, and this list is empty", EXPECTED, None);
    }
    list.each("a list of what came back", &mut |_, answer| {
        let has = |name: &str| answer.value().get(name).is_some();
        if answer.value().is_object() && has("returns") == has("fails") {
            answer.fault("An answer is a result or a failure, one of them", EXPECTED, None);
        }
        answer.fields(&ANSWER, &mut |field, part| match field {
            "fails" if !part.value().is_string() => part.fault("This is not what it said", "a text", None),
            _ => {}
        });
    });
}

/// Returns the inputs of a call as a record has them: `inputs`, and `digests` for those that are long.
pub fn written<'a>(inputs: impl Iterator<Item = (&'a str, &'a Value)>) -> Vec<(&'static str, Value)> {
    let (mut whole, mut digests) = (serde_json::Map::new(), serde_json::Map::new());
    for (name, value) in inputs {
        if is_longer(value, LONGEST) {
            digests.insert(name.to_owned(), digest(value).into());
        } else {
            whole.insert(name.to_owned(), value.clone());
        }
    }
    let parts = [("inputs", whole), ("digests", digests)].into_iter().filter(|(_, entries)| !entries.is_empty());
    parts.map(|(name, entries)| (name, Value::Object(entries))).collect()
}

/// Tells whether `value` takes more than so many bytes as JSON, and looks no further than it must.
fn is_longer(value: &Value, most: usize) -> bool {
    struct Counting(usize);
    impl std::io::Write for Counting {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::FileTooLarge)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    serde_json::to_writer(Counting(most), value).is_err()
}

fn digest(value: &Value) -> String {
    let mut sorted = value.clone();
    sorted.sort_all_objects();
    let text = sorted.to_string();
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Returns the names of the inputs that are others than in the recorded `call`.
fn others<'a>(call: &Value, inputs: &'a [(Arc<str>, Shared)]) -> Vec<&'a str> {
    let same = |(name, value): &(Arc<str>, Shared)| match (&call["inputs"].get(&**name), &call["digests"].get(&**name))
    {
        (Some(known), _) => **known == **value,
        (None, Some(known)) => known.as_str().is_some_and(|known| digest(value) == known),
        (None, None) => false,
    };
    inputs.iter().filter(|input| !same(input)).map(|(name, _)| &**name).collect()
}

fn run(given: &Given<'_>) -> Result<Shared, String> {
    let Subject::Object(inputs) = given.inputs else { return Err("it has no inputs by name".into()) };
    let calls = given.spec["calls"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut nearest: Option<Vec<&str>> = None;
    for call in calls {
        let others = others(call, inputs);
        if others.is_empty() {
            let answers = call["answers"].as_array().map(Vec::as_slice).unwrap_or_default();
            let at = usize::try_from(given.call.earlier).unwrap_or(usize::MAX).min(answers.len().saturating_sub(1));
            return answered(given, answers.get(at));
        }
        if nearest.as_ref().is_none_or(|nearest| others.len() < nearest.len()) {
            nearest = Some(others);
        }
    }
    Err(never(given, nearest.as_deref(), calls.len()))
}

fn answered(given: &Given<'_>, answer: Option<&Value>) -> Result<Shared, String> {
    let Some(answer) = answer else { return Err("its record holds no answer".into()) };
    if let Some(ran) = answer.get("ran").and_then(|ran| serde_json::from_value::<Ran>(ran.clone()).ok()) {
        given.ran.set(Some(Arc::new(ran)));
    }
    match (answer.get("returns"), answer["fails"].as_str()) {
        (Some(result), _) => Ok(Shared::new(result.clone())),
        (None, said) => Err(said.unwrap_or("its record does not say why it failed").to_owned()),
    }
}

/// Says that it was never asked this: which of the inputs are new, and what to do.
fn never(given: &Given<'_>, others: Option<&[&str]>, calls: usize) -> String {
    let tool = given.call.step.tool.as_deref().unwrap_or("it");
    let outputs = given.call.tool.as_ref().map(|tool| tool.outputs.join(" and ")).unwrap_or_default();
    let what_to_do = format!("so nobody knows what it gives; give {outputs} by hand, or go another way");
    match others {
        None => format!("{tool} was never called when this was recorded, {what_to_do}"),
        Some(names) => {
            let times = if calls == 1 { "the one call".to_owned() } else { format!("{calls} calls") };
            let is = if names.len() == 1 { "is another" } else { "are others" };
            let names = names.join(" and ");
            format!(
                "{tool} was never called with these inputs when this was recorded ({names} {is} than in {times}), {what_to_do}"
            )
        }
    }
}
