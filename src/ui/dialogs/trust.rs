//! The question whether a goal file is trusted to start programs: all that it would run, in full. *No* is the default.

use crate::describe::launch::{self, Named};
use crate::describe::sign::Role;
use crate::engine::goal::Goal;
use crate::ui::dialogs::{Choice, DialogOutcome, Opened};

/// The word under which the answer *yes* is confirmed.
pub const TRUST: &str = "trust";

/// Returns the question about `goal`.
pub fn trust(goal: &Goal, named: &Named) -> Opened {
    let sentence = "This goal file starts programs on your machine. None is started before you trust it as it is now.";
    let mut choice = Choice::new("Do you trust this goal file?", sentence);
    for (role, indent, words) in launch::in_full(goal, named) {
        let words = format!("{}{words}", "  ".repeat(indent));
        choice = choice.consequence(if role == Role::Title { Role::Strong } else { role }, words);
    }
    let choice = choice
        .answer('n', "no: its programs are not started", DialogOutcome::Close)
        .answer('y', "yes, I have read it: it may start these", DialogOutcome::Confirmed(TRUST))
        .guarded("y")
        .away("no");
    Opened::from(choice)
}
