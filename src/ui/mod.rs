//! The dashboard: keys in, screens out.

pub mod action;
pub mod app;
mod ask;
pub mod dialogs;
pub mod input;
pub mod keymap;
pub mod layout;
pub mod ledger;
pub mod model;
pub mod panes;
mod reproduce;
pub mod row;
mod run;
pub mod shown;
pub mod stage;
pub mod start;
pub mod story;
pub mod terminal;
#[cfg(test)]
pub mod testing;
pub mod text;
pub mod theme;
pub mod update;
pub mod view;
pub mod widgets;
pub mod words;

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::goal::Goal;
use crate::jq::Engine;

/// What the dashboard opens on.
#[derive(Clone, Debug)]
pub enum Target {
    /// The start screen.
    Start,
    /// A new session on this goal.
    Goal {
        /// The goal.
        goal: Arc<Goal>,
        /// Its words on the command line, for the line that reproduces the session.
        named: String,
        /// The file of the new session, instead of one in the state folder.
        session: Option<PathBuf>,
    },
    /// A recorded session.
    Session(PathBuf),
}

/// A session that was opened.
#[derive(Clone, Debug)]
struct Opened {
    path: PathBuf,
    named: Option<String>,
    reproduce: Vec<String>,
}

/// Opens the dashboard and returns when the person quits. Afterwards it says where the session is, how to go on, and
/// the command that reproduces it.
pub fn open(target: Target, engine: Arc<Engine>) -> Result<(), String> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err("the dashboard needs a terminal; planscope run GOAL works without one".to_owned());
    }
    let trouble = |error: io::Error| format!("the terminal cannot be used: {error}");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().map_err(trouble)?;
    let (redraw, redraws) = tokio::sync::mpsc::unbounded_channel();
    let looping = run::Loop::new(target, engine)?;
    let guard = terminal::Guard::take(move || {
        let _ = redraw.send(()); // the loop may have ended already
    })
    .map_err(trouble)?;
    let ended = runtime.block_on(looping.run(redraws));
    drop(guard);
    // What runs is cancelled; nobody waits for it.
    runtime.shutdown_background();
    for opened in ended? {
        let mut out = io::stdout().lock();
        let _ = writeln!(out, "{}", farewell(&opened.path)); // a closed pipe is nobody's trouble
        if let Some(named) = &opened.named {
            let options: String = opened.reproduce.iter().map(|option| format!(" {option}")).collect();
            let _ = writeln!(out, "again:   planscope run {}{options}", reproduce::quoted(named));
        }
    }
    Ok(())
}

/// Returns where a session is and how to go on with it.
fn farewell(path: &Path) -> String {
    let path = path.display().to_string();
    let path = reproduce::quoted(&path);
    format!("session: {path}\nresume:  planscope resume {path}")
}
