//! `planscope replay`: a recorded session, looked at; nothing runs and nothing is written.

use std::io::{self, Write};
use std::path::Path;

use crate::runtime::recorded;
use crate::runtime::services::Services;

use super::args::{Format, Replay};
use super::exit::{Exit, Failure};
use super::report;
use super::watches::Watches;
use crate::describe::sanitize::harmless;
use crate::describe::standing::Standing;
use crate::engine::session::Session;
use crate::export::{RunReport, json};
use crate::jq::Cancel;
use crate::runtime::perform::Conditions;

/// Returns the session in the file at `path` as it was after the event `to`, or at its end.
pub(super) fn session(path: &Path, to: Option<u64>, services: &Services) -> Result<Session, Failure> {
    let (session, torn) = recorded::look(path, services.kinds)?;
    if let Some(torn) = torn {
        let _ = writeln!(io::stderr(), "planscope: {}: {torn}", path.display());
    }
    let Some(to) = to else { return Ok(session) };
    let last = session.records().len();
    let looked_at = session.looked_at(to);
    looked_at.ok_or_else(|| Failure::usage(format!("--to {to}: this session has the events 1 to {last}")))
}

/// Prints the session as it was after the event `--to`, or at its end.
pub(super) fn replay(replay: &Replay, services: &Services, out: &mut impl Write) -> Result<Exit, Failure> {
    let session = session(&replay.session, replay.to, services)?;
    let end = session.state();
    let standing = Standing::of(end);
    let mut watches = Watches::read(&replay.watch, &end.goal, Some(end))?;
    let (mut changes, cancel) = (Vec::new(), Cancel::new());
    watches.follow(&session, services, &cancel, &mut |line| changes.push(line.to_owned()));
    match replay.format {
        Format::Text => {
            report::run(out, &session, end, &standing)?;
            if !replay.watch.is_empty() {
                writeln!(out, "watches:")?;
            }
            for line in
                changes.iter().map(|line| line.trim_start_matches("watch ")).chain(watches.lines().iter().map(|l| &**l))
            {
                writeln!(out, "  {}", harmless(line))?;
            }
        }
        Format::Json => {
            let file = replay.session.display().to_string();
            let judge = Conditions { services, cancel: &cancel };
            let mut report = RunReport::of(&session, end, &standing, Vec::new(), Some(file), &judge);
            report.watches = watches.json();
            json::document(out, &report)?;
        }
    }
    Ok(Exit::Done)
}
