//! `planscope replay`: a recorded session, looked at; nothing runs and nothing is written.

use std::io::{self, Write};

use crate::runtime::recorded;
use crate::runtime::services::Services;

use super::args::{Format, Replay};
use super::exit::{Exit, Failure};
use super::report;
use crate::describe::standing::Standing;
use crate::export::{RunReport, json};
use crate::jq::Cancel;
use crate::runtime::perform::Conditions;

/// Prints the session as it was after the event `--to`, or at its end.
pub(super) fn replay(replay: &Replay, services: &Services, out: &mut impl Write) -> Result<Exit, Failure> {
    let (mut session, torn) = recorded::look(&replay.session, services.kinds)?;
    if let Some(torn) = torn {
        let _ = writeln!(io::stderr(), "planscope: {}: {torn}", replay.session.display());
    }
    if let Some(to) = replay.to {
        let last = session.records().len();
        session = session
            .looked_at(to)
            .ok_or_else(|| Failure::usage(format!("--to {to}: this session has the events 1 to {last}")))?;
    }
    let end = session.state();
    let standing = Standing::of(end);
    match replay.format {
        Format::Text => report::run(out, &session, end, &standing)?,
        Format::Json => {
            let file = replay.session.display().to_string();
            let judge = Conditions { services, cancel: &Cancel::new() };
            json::document(out, &RunReport::of(&session, end, &standing, Vec::new(), Some(file), &judge))?;
        }
    }
    Ok(Exit::Done)
}
