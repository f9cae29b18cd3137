//! `--watch`: what keys and jq filters come to, told as they change, and at the end in the JSON.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::exit::Failure;
use crate::describe::{text, value, watch};
use crate::engine::event::Seq;
use crate::engine::goal::Goal;
use crate::engine::session::Session;
use crate::engine::state::State;
use crate::engine::watch::{Mark, Reading, Watch};
use crate::jq::Cancel;
use crate::runtime::services::Services;
use crate::runtime::{watches, watching};

/// How many changes of a watch are kept; of more, the last ones.
const MOST: usize = 10_000;

/// How much of a value a line says, in cells.
const SAID: usize = 200;

/// A watch with what it came to.
#[derive(Debug, Serialize)]
pub(super) struct Watched {
    watch: String,
    #[serde(flatten)]
    now: Come,
    /// What it came to by each event that changed it, in order.
    changes: Vec<Change>,
    /// How many changes before those are left out.
    #[serde(skip_serializing_if = "is_none")]
    left_out: usize,
    #[serde(skip)]
    of: Watch,
    #[serde(skip)]
    last: Option<Mark>,
    #[serde(skip)]
    fingerprint: Option<u64>,
    #[serde(skip)]
    endless: Option<Reading>,
}

/// What a watch comes to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
struct Come {
    /// The value; null where nothing is there, too: `absent` says so.
    value: Value,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    absent: bool,
    /// Why the filter failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Change {
    event: Seq,
    /// The step that did it; start, or who else.
    by: String,
    #[serde(flatten)]
    to: Come,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

impl Come {
    fn of(reading: &Reading) -> Come {
        match reading {
            Reading::Absent => Come { absent: true, ..Come::default() },
            Reading::Value(datum) => Come { value: (*datum.value).clone(), ..Come::default() },
            Reading::Failed { why, .. } => Come { error: Some(why.to_string()), ..Come::default() },
        }
    }

    fn said(&self) -> String {
        match &self.error {
            Some(why) => format!("failed ({why})"),
            None if self.absent => "not there".into(),
            None => value::json(&self.value, SAID),
        }
    }
}

/// The watches of a run, or of a record that is looked at.
#[derive(Debug)]
pub(super) struct Watches {
    list: Vec<Watched>,
    /// How many events of the branch were looked at.
    seen: usize,
}

impl Watches {
    /// Reads the watches that are asked for.
    pub(super) fn read(texts: &[String], goal: &Goal, session: Option<&State>) -> Result<Watches, Failure> {
        let one = |text: &String| match watches::read(text, goal, session) {
            Ok(of) => Ok(Watched {
                watch: of.name().to_string(),
                now: Come { absent: true, ..Come::default() },
                changes: Vec::new(),
                left_out: 0,
                of,
                last: None,
                fingerprint: None,
                endless: None,
            }),
            Err(why) => Err(Failure::usage(format!("--watch '{text}': {why}"))),
        };
        Ok(Watches { list: texts.iter().map(one).collect::<Result<_, _>>()?, seen: 0 })
    }

    /// Looks at the events of `session` that are new; `tell` is told each change, in a line.
    pub(super) fn follow(
        &mut self,
        session: &Session,
        services: &Services,
        cancel: &Cancel,
        tell: &mut dyn FnMut(&str),
    ) {
        self.follow_to(session.path().len(), session, services, cancel, tell);
    }

    /// The same, no further than to so many events.
    pub(super) fn follow_to(
        &mut self,
        until: usize,
        session: &Session,
        services: &Services,
        cancel: &Cancel,
        tell: &mut dyn FnMut(&str),
    ) {
        if self.list.is_empty() || until <= self.seen {
            return;
        }
        let (places, list) = (self.seen..until, &mut self.list);
        self.seen = until;
        session.walk(places, &mut |_, record, now| {
            for watched in list.iter_mut() {
                let fingerprint = watched.of.fingerprint(&now.context);
                if watched.fingerprint.replace(fingerprint) == Some(fingerprint) {
                    continue;
                }
                let known = watched.endless.clone();
                let reading = known.unwrap_or_else(|| watching::read(&watched.of, &now.context, services, cancel));
                if matches!(reading, Reading::Failed { endless: true, .. }) {
                    watched.endless = Some(reading.clone());
                }
                let before = watched.last.replace(reading.mark());
                // That nothing is there at the start is not a change.
                if before == watched.last || before.is_none() && reading == Reading::Absent {
                    continue;
                }
                let (to, by) = (Come::of(&reading), watch::by(session, record.seq));
                tell(&format!(
                    "watch {}: {} → {} (event {}, {by})",
                    watched.watch,
                    watched.now.said(),
                    to.said(),
                    record.seq
                ));
                watched.now = to.clone();
                if watched.changes.len() == MOST {
                    watched.changes.remove(0);
                    watched.left_out += 1;
                }
                watched.changes.push(Change { event: record.seq, by, to });
            }
            true
        });
    }

    /// Returns what the event `seq` changed, by watch: what a streamed line says.
    pub(super) fn changed_by(&self, seq: Seq) -> Map<String, Value> {
        let last = |watched: &Watched| {
            let change = watched.changes.last().filter(|change| change.event == seq)?;
            Some((watched.watch.clone(), json!(change.to)))
        };
        self.list.iter().filter_map(last).collect()
    }

    /// Returns them as the JSON has them.
    pub(super) fn json(&self) -> Vec<Value> {
        self.list.iter().map(|watched| json!(watched)).collect()
    }

    /// Returns what they come to now, a line each.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |watched: &Watched| {
            let changed = watched.changes.last().map(|change| format!(" (event {}, {})", change.event, change.by));
            let many = text::count(watched.changes.len() + watched.left_out, "change");
            format!("{} = {}{}, {many}", watched.watch, watched.now.said(), changed.unwrap_or_default())
        };
        self.list.iter().map(line).collect()
    }
}
