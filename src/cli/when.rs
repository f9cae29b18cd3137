//! `planscope when`: the first moment of a recorded session at which a condition on the context holds; nothing runs.

use std::io::Write;

use serde::Serialize;

use super::args::{Format, When};
use super::exit::{Exit, Failure};
use super::{print, replay};
use crate::describe::event;
use crate::engine::breakpoint::search::First;
use crate::engine::event::Seq;
use crate::export::json;
use crate::jq::Cancel;
use crate::runtime::breakpoints;
use crate::runtime::searching::{Search, Searched, look};
use crate::runtime::services::Services;

/// What there is to say, in the shape that scripts rely on.
#[derive(Serialize)]
struct Answer<'a> {
    condition: &'a str,
    /// The event after which it holds first; none: it never does.
    event: Option<Seq>,
    /// When that was.
    at: Option<&'a str>,
    /// What the event did.
    what: Option<String>,
    /// The first event after which it could not be decided.
    undecided: Option<Undecided<'a>>,
    session: String,
}

#[derive(Serialize)]
struct Undecided<'a> {
    event: Seq,
    why: &'a str,
}

/// Prints when the condition held first. Exit status 3: it never did.
pub(super) fn when(asked: &When, services: &Services, out: &mut impl Write) -> Result<Exit, Failure> {
    let session = replay::session(&asked.session, asked.to, services)?;
    let state = session.state();
    let place = breakpoints::condition(&asked.condition, session.goal(), Some(state));
    let place = place.map_err(|why| Failure::usage(format!("'{}' {why}", asked.condition)))?;
    let Searched::First(First { seq, undecided }) =
        look(&session, &Search::First(place.stops()), services, &Cancel::new())
    else {
        return Ok(Exit::NotReached);
    };
    let record = seq.and_then(|seq| session.record(seq));
    let what = record.map(|record| event::told(&session, record, state).marked_sentence());
    let undecided = undecided.as_ref().map(|(event, why)| Undecided { event: *event, why });
    match asked.format {
        Format::Json => {
            let (condition, at) = (&*asked.condition, record.map(|record| &*record.at));
            let session = asked.session.display().to_string();
            json::document(out, &Answer { condition, event: seq, at, what, undecided, session })?;
        }
        Format::Text => {
            let words = match (seq, what, undecided) {
                (Some(seq), Some(what), _) => format!("{} holds first after event {seq}: {what}", asked.condition),
                (_, _, Some(Undecided { event, why })) => {
                    format!("{} never holds; after event {event} it could not be decided: {why}", asked.condition)
                }
                (_, _, None) => format!("{} never holds in this session", asked.condition),
            };
            print::text(out, &words)?;
        }
    }
    Ok(if seq.is_some() { Exit::Done } else { Exit::NotReached })
}
