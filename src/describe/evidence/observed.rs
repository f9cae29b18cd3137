//! What was observed, and what changed after each: the lines of the trace that bring something new.

use super::Line;
use crate::describe::event;
use crate::describe::sign::Role;
use crate::engine::event::{Event, Recorded};
use crate::engine::session::Session;
use crate::engine::state::State;

/// Returns a row for each observation on `path`.
pub(super) fn rows(session: &Session, path: &[&Recorded], end: &State) -> Vec<Line> {
    let brings = |record: &&&Recorded| {
        let event = record.event.innermost();
        event::is_told(event) && (event.is_observation() || matches!(event, Event::Deviated { .. }))
    };
    let row = |record: &&Recorded| {
        let told = event::told(session, record, end);
        let mut words = told.marked_sentence();
        for (_, wrote) in told.wrote.iter().filter(|(role, _)| *role != Role::Changed) {
            // Where the line is about the key alone, it has said so.
            if matches!(record.event.innermost(), Event::Finished { .. } | Event::Failed { .. }) {
                words.push_str(&format!("  {wrote}"));
            }
        }
        // The sign says it of what steps bring and checks find; whoever else acts is named.
        let who = if matches!(told.who, "executor" | "check") { String::new() } else { format!("{}: ", told.who) };
        Line::new(told.sign, format!("{who}{words}")).deep(told.depth).at(record.seq)
    };
    let mut rows: Vec<Line> = path.iter().filter(brings).map(row).collect();
    if rows.is_empty() {
        rows.push(Line::new(Role::Pending, "nothing yet"));
    }
    rows
}
