//! Reading a line of a journal by its kind: what comes often is read straight into its event, in one pass.
//!
//! The general way (serde's, for a tag inside an object) reads a line three times and keeps every part of it in
//! between. What does not come often, or does not read here, goes that way: it has the last word, and the words.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};

use crate::engine::event::{Event, Mark, Pace, Question, Seq, Settings, Stop, Verdict};
use crate::engine::goal::{Key, ToolName};
use crate::engine::launch::Ran;
use crate::engine::ordered::IndexMap;
use crate::engine::plan::{Step, StepId};
use crate::engine::source::Source;
use crate::engine::value::Shared;

use super::names;

/// What stands on a line in front of its event's kind, and the event.
pub(super) struct Line {
    pub(super) n: u64,
    pub(super) p: Option<u64>,
    pub(super) at: Arc<str>,
    pub(super) same: Option<(Key, Seq)>,
    pub(super) event: Event,
}

/// Reads `line` in one pass; none where it does not hold what is expected, or not in the order in which it is written.
pub(super) fn read(line: &[u8]) -> Option<Line> {
    // Known to be text as a whole, its parts need not be looked at one by one.
    let mut reader = serde_json::Deserializer::from_str(std::str::from_utf8(line).ok()?);
    reader.disable_recursion_limit(); // the caller has looked how deep it is
    let read = serde::Deserializer::deserialize_map(&mut reader, Whole).ok()?;
    reader.end().ok()?;
    Some(read)
}

/// When it happened.
#[derive(Deserialize)]
#[serde(transparent)]
struct Time(#[serde(deserialize_with = "names::text")] Arc<str>);

struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = Line;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a line of a journal")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Line, A::Error> {
        let (mut n, mut p, mut at, mut same) = (None, None, None, None);
        let kind = loop {
            match map.next_key::<&str>()? {
                Some("n") if n.is_none() => n = Some(map.next_value()?),
                Some("p") if p.is_none() => p = Some(map.next_value()?),
                Some("at") if at.is_none() => at = Some(map.next_value::<Time>()?.0),
                Some("same") if same.is_none() => same = Some(map.next_value()?),
                Some("kind") => break map.next_value::<&str>()?,
                Some(_) | None => return Err(A::Error::custom("something else stands in front of the kind")),
            }
        };
        let (Some(n), Some(at)) = (n, at) else { return Err(A::Error::custom("no number or time")) };
        let event = event(kind, map)?;
        Ok(Line { n, p: p.flatten(), at, same: same.flatten(), event })
    }
}

fn event<'de, A: MapAccess<'de>>(kind: &str, map: A) -> Result<Event, A::Error> {
    /// Reads the rest of the line as the fields of one kind of event. They are those of [`Event`], with its defaults.
    fn rest<'de, T: Deserialize<'de>, A: MapAccess<'de>>(map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
    Ok(match kind {
        "opened" => {
            let Opened { format, source, folder, file, settings, _crc: _ } = rest(map)?;
            Event::Opened { format, source, folder, file, settings }
        }
        "planned" => {
            let Planned { steps, cost, left_out, _crc: _ } = rest(map)?;
            Event::Planned { steps, cost, left_out }
        }
        "started" => {
            let Started { step, attempt, reads, _crc: _ } = rest(map)?;
            Event::Started { step, attempt, reads }
        }
        "finished" => {
            let Finished { step, writes, summary, wall_ms, mark, ran, _crc: _ } = rest(map)?;
            Event::Finished { step, writes, summary, wall_ms, mark, ran }
        }
        "judged" => {
            let Judged { verdicts, _crc: _ } = rest(map)?;
            Event::Judged { verdicts }
        }
        "paced" => {
            let Paced { pace, _crc: _ } = rest(map)?;
            Event::Paced { pace }
        }
        "stopped" => {
            let Stopped { why, _crc: _ } = rest(map)?;
            Event::Stopped { why }
        }
        _ => return Err(A::Error::custom("a kind that does not come often")),
    })
}

// No field may be unknown: a line that says more than this goes the general way, which knows what that means.

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opened {
    format: u32,
    source: Source,
    #[serde(default)]
    folder: Option<Arc<str>>,
    #[serde(default)]
    file: Option<Arc<str>>,
    settings: Settings,
    #[serde(rename = "crc")]
    _crc: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Planned {
    steps: Vec<Arc<Step>>,
    #[serde(default)]
    cost: Option<f64>,
    #[serde(default)]
    left_out: Vec<(ToolName, Arc<str>)>,
    #[serde(rename = "crc")]
    _crc: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Started {
    #[serde(deserialize_with = "names::name")]
    step: StepId,
    #[serde(default = "one")]
    attempt: u32,
    #[serde(default, deserialize_with = "names::versions")]
    reads: Vec<(Key, Seq)>,
    #[serde(rename = "crc")]
    _crc: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Finished {
    #[serde(deserialize_with = "names::name")]
    step: StepId,
    #[serde(deserialize_with = "names::values")]
    writes: IndexMap<Key, Shared>,
    #[serde(default, deserialize_with = "names::said")]
    summary: Option<Arc<str>>,
    #[serde(default)]
    wall_ms: Option<f64>,
    #[serde(default)]
    mark: Mark,
    #[serde(default)]
    ran: Option<Arc<Ran>>,
    #[serde(rename = "crc")]
    _crc: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Judged {
    verdicts: Vec<(Question, Verdict)>,
    #[serde(rename = "crc")]
    _crc: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paced {
    pace: Pace,
    #[serde(rename = "crc")]
    _crc: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stopped {
    why: Stop,
    #[serde(rename = "crc")]
    _crc: IgnoredAny,
}

fn one() -> u32 {
    1
}
