//! `planscope sessions`: what was recorded, the newest first.

use std::io::Write;

use serde::Serialize;

use crate::describe::sanitize::harmless;
use crate::export::json;
use crate::runtime::sessions::{self, Entry, Standing};

use super::args::Format;
use super::exit::{Exit, Failure};

#[derive(Serialize)]
struct Listed {
    session: String,
    goal: String,
    events: u64,
    status: &'static str,
    standing: String,
    at: String,
}

impl Listed {
    fn of(entry: Entry) -> Listed {
        let status = match &entry.standing {
            Standing::Reached => "reached",
            Standing::Ended(crate::engine::event::Outcome::Unreachable) => "unreachable",
            Standing::Ended(crate::engine::event::Outcome::NotReached) => "not_reached",
            Standing::Ended(crate::engine::event::Outcome::Stopped) => "stopped",
            Standing::Ended(crate::engine::event::Outcome::Interrupted) => "interrupted",
            Standing::Open { .. } => "open",
            Standing::Interrupted { .. } => "interrupted",
            Standing::Unreadable(_) => "unreadable",
        };
        let standing = entry.standing.to_string();
        let Entry { path, goal, events, at, .. } = entry;
        Listed { session: path.display().to_string(), goal, events, status, standing, at }
    }
}

/// Prints the sessions.
pub(super) fn sessions(format: Format, out: &mut impl Write) -> Result<Exit, Failure> {
    let listed: Vec<Listed> = sessions::sessions()?.into_iter().map(Listed::of).collect();
    match format {
        Format::Json => json::document(out, &listed)?,
        Format::Text if listed.is_empty() => writeln!(out, "no sessions yet: planscope GOAL begins one")?,
        Format::Text => {
            for entry in listed {
                let Listed { session, goal, events, standing, at, .. } = entry;
                let at = at.get(..16).unwrap_or(&at).replace('T', " ");
                writeln!(out, "{at}  {events:>6} events  {}  {}", harmless(&standing), harmless(&goal))?;
                writeln!(out, "  {}", harmless(&session))?;
            }
        }
    }
    Ok(Exit::Done)
}
