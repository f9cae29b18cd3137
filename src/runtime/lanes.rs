//! Running lanes: a session in memory, turned by hand until it stands still.

use crate::compare::lane::Lane;
use crate::engine::command::Command;
use crate::engine::event::Pace;
use crate::jq::{Cancel, Engine};

use super::{clock, perform::perform_or_say};

/// Lets `lane` go on as far as `pace` says. Blocks; ends soon after `cancel`. A lane that waits for a person, or that is
/// over, stands still.
pub fn go(lane: &mut Lane, pace: Pace, engine: &Engine, cancel: &Cancel) {
    lane.go(pace, &clock::now());
    settle(lane, engine, cancel);
}

/// Does what `lane` wants until it wants nothing more.
pub fn settle(lane: &mut Lane, engine: &Engine, cancel: &Cancel) {
    while !cancel.is_cancelled() {
        let Some(effect) = lane.session.wants().into_iter().next() else { return };
        let Some(report) = perform_or_say(&effect, engine, cancel) else { return };
        // A refusal means that it wants something else by now.
        let _ = lane.session.submit(Command::Report(effect.id(), report), &clock::now());
    }
}
