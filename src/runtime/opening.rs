//! What the dashboard opens on: what the command line answers and the dashboard takes, which never name each other.

use std::path::PathBuf;
use std::sync::Arc;

use crate::engine::event::Strategy;
use crate::engine::goal::Goal;

/// What the dashboard opens on.
#[derive(Clone, Debug)]
pub enum Opening {
    /// The start screen.
    Start,
    /// A new session on this goal.
    Goal {
        /// The goal.
        goal: Arc<Goal>,
        /// Its words on the command line, for the line that reproduces the session.
        named: String,
        /// How it is decided what comes next; none: as suits the goal.
        strategy: Option<Strategy>,
        /// The file of the new session, instead of one in the state folder.
        session: Option<PathBuf>,
    },
    /// A recorded session.
    Session {
        /// Its file.
        path: PathBuf,
        /// Where the folder of its goal file is now, if it has moved.
        folder: Option<PathBuf>,
    },
}
