//! `planscope replay`: a recorded session, looked at; nothing runs and nothing is written.

use std::io::{self, Write};

use crate::runtime::services::Services;
use crate::runtime::{driver, journal};

use super::account::Account;
use super::args::{Format, Replay};
use super::exit::{Exit, Failure};
use super::{print, report};
use crate::describe::standing::Standing;

/// Prints the session as it was after the event `--to`, or at its end.
pub(super) fn replay(replay: &Replay, services: &Services, out: &mut impl Write) -> Result<Exit, Failure> {
    let recording = journal::look(&replay.session)?;
    if let Some(torn) = recording.torn {
        let _ = writeln!(io::stderr(), "planscope: {}: {torn}", replay.session.display());
    }
    let session = driver::session_of(recording.records, &replay.session)?;
    let last = session.records().len();
    let end = match replay.to {
        None => session.state().clone(),
        Some(to) => session
            .state_at(to)
            .ok_or_else(|| Failure::usage(format!("--to {to}: this session has the events 1 to {last}")))?,
    };
    let standing = Standing::of(&end);
    match replay.format {
        Format::Text => report::run(out, &session, &end, &standing)?,
        Format::Json => {
            let file = replay.session.display().to_string();
            print::json(out, &Account::of(&session, &end, &standing, Vec::new(), Some(file), services))?;
        }
    }
    Ok(Exit::Done)
}
