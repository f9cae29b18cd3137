//! The evidence card as one JSON document: fields may be added, none renamed.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;

use super::{Card, Format, Writes, json};
use crate::describe::evidence::Line;
use crate::describe::keys;
use crate::engine::ordered::IndexMap;

/// The card as one JSON document.
pub(super) const FORMAT: Format = Format {
    name: "json",
    help: "One JSON document",
    writes: Writes::Evidence(|to, card| json::document(to, &document(card))),
};

/// What `evidence --format json` prints.
#[derive(Serialize)]
struct Document<'a> {
    goal: &'a Arc<str>,
    status: &'static str,
    /// Whether the session is over; else the card says how it stands so far.
    over: bool,
    coped: bool,
    headline: &'a str,
    /// The last event that the card knows.
    event: u64,
    session: Option<&'a str>,
    /// The parts of the card by name, each a list of rows.
    #[serde(flatten)]
    parts: IndexMap<&'static str, Vec<Row<'a>>>,
}

/// One row: the word of its sign, what it says, and what it is about.
#[derive(Serialize)]
struct Row<'a> {
    sign: &'static str,
    words: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    /// The events that show it.
    events: &'a [u64],
    /// How deep it stands below the row before it.
    depth: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    revise: Option<Revise<'a>>,
}

/// Where to go to revise it, and the key of the dashboard.
#[derive(Serialize)]
struct Revise<'a> {
    press: Cow<'a, str>,
    step: Option<&'a str>,
    key: Option<&'a str>,
}

fn document<'a>(card: &Card<'a>) -> Document<'a> {
    let Card { evidence, session } = *card;
    // The task goal stands under `goal` as a text already.
    let rows = evidence.parts.iter().map(|part| {
        let name = if part.name == "goal" { "task" } else { part.name };
        (name, part.rows.iter().map(row).collect())
    });
    Document {
        goal: &evidence.goal,
        status: evidence.status,
        over: evidence.over,
        coped: evidence.coped,
        headline: &evidence.headline,
        event: evidence.event,
        session,
        parts: rows.collect(),
    }
}

fn row(line: &Line) -> Row<'_> {
    let place = line.place.as_ref();
    Row {
        sign: line.role.word(),
        words: keys::usual(&line.words),
        text: line.text.as_deref(),
        events: &line.events,
        depth: line.indent,
        revise: place.map(|place| Revise {
            press: keys::usual(place.act.key()),
            step: place.step.as_deref(),
            key: place.key.as_deref(),
        }),
    }
}
