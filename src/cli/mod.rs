//! The command line: one subcommand, one file; the same driver as the dashboard, no terminal.
//!
//! **Invariant:** nothing here words what is said of a session, and nothing here writes a format: `describe` and `export`
//! do. The screen is not named.

mod args;
mod autopilot;
mod check;
mod compare;
mod config;
mod diff;
mod evidence;
mod examples;
mod exit;
mod export;
mod from_mcp;
mod goal;
mod lane_play;
mod learn;
mod man;
mod new;
mod notes;
mod plan;
mod print;
mod progress;
mod protocol;
mod replay;
mod report;
mod run;
mod samples;
mod script;
mod sessions;
mod settings;
mod shrink;
mod stress;
mod trust;
mod watches;
mod when;

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use clap::FromArgMatches as _;

use crate::describe::text;
use crate::input_file;
use crate::jq::Cancel;
use crate::runtime::config::{Config, Effective};
use crate::runtime::opening::{Appearance, Opening};
use crate::runtime::picture::Draw;
use crate::runtime::services::Services;

pub use exit::{Exit, Failure};

use args::{Line, Subject};

/// What the command line asks for.
pub enum Then {
    /// It is done: end with this status.
    Exit(Exit),
    /// Open the dashboard, which looks like this.
    Dashboard(Opening, Appearance),
}

/// What commands need that run something. Made only for those: a process that prints help starts nothing.
pub struct Environment {
    /// The filter engine.
    pub services: Services,
    /// Ends a run early: what Ctrl-C sets.
    pub cancel: Cancel,
    /// Draws pictures of a session.
    pub draw: Draw,
    /// Says which keys are in force.
    pub keys: fn(&Config) -> Result<Effective, String>,
}

/// Carries out the command line `arguments` (the program's name first).
pub fn main(arguments: Vec<OsString>, environment: fn() -> io::Result<Environment>) -> Then {
    let read = examples::command().try_get_matches_from(arguments);
    let line = match read.and_then(|read| Line::from_arg_matches(&read)) {
        Ok(line) => line,
        Err(error) => {
            // What was typed stands in a complaint: it is made harmless, as everything from outside is. A closed pipe is
            // nobody's trouble.
            let _ = if error.use_stderr() {
                print::text(&mut io::stderr(), error.render().to_string().trim_end())
            } else {
                error.print()
            };
            return Then::Exit(if error.use_stderr() { Exit::Usage } else { Exit::Done });
        }
    };
    let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let done = match line.command {
        None => open(&line).map(|opening| Then::Dashboard(opening, line.appearance.read())),
        Some(subject) => carry_out(subject, environment, &mut out),
    };
    let done = done.and_then(|then| match out.flush() {
        // Who closed the pipe has seen enough; what the command came to stays what it is.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        Ok(()) | Err(_) => Ok(then),
    });
    done.unwrap_or_else(|Failure { message, drawn, exit }| {
        if drawn {
            let _ = writeln!(io::stderr(), "{message}");
        } else if !message.is_empty() {
            let _ = print::text(&mut io::stderr(), &text::lines_cut(&format!("planscope: {message}")));
        }
        Then::Exit(exit)
    })
}

fn open(line: &Line) -> Result<Opening, Failure> {
    let (session, strategy) = (line.session.clone(), line.strategy);
    if !line.program.is_empty() {
        return Ok(Opening::Program { argv: line.program.clone(), session });
    }
    let recorded = match (&line.goal, &session) {
        (None, Some(path)) => Some(path.clone()),
        (Some(named), None) if input_file::holds_session(Path::new(named)) => Some(named.into()),
        (Some(_), _) | (None, None) => None,
    };
    if let Some(path) = recorded {
        if strategy.is_some() {
            return Err(Failure::usage("--strategy is for a new session; a recorded one goes on with its own"));
        }
        return Ok(Opening::Session { path, folder: None });
    }
    Ok(match (&line.goal, session) {
        (None, _) => Opening::Start,
        (Some(named), None) if line.appearance.present => {
            Opening::Demo { goal: Arc::new(goal::read(named)?), strategy }
        }
        (Some(named), session) => {
            Opening::Goal { goal: Arc::new(goal::read(named)?), named: named.clone(), strategy, session }
        }
    })
}

fn carry_out(
    subject: Subject,
    environment: fn() -> io::Result<Environment>,
    out: &mut impl Write,
) -> Result<Then, Failure> {
    let environment =
        || environment().map_err(|error| Failure::input(format!("cannot prepare to run filters: {error}")));
    let exit = match subject {
        Subject::Run(run) => run::run(&run, &environment()?, out)?,
        Subject::Plan(plan) => plan::plan(&plan, &environment()?, out)?,
        Subject::Compare(compare) => compare::compare(&compare, &environment()?, out)?,
        Subject::Stress(asked) => stress::stress(&asked, &environment()?, out)?,
        Subject::Shrink(asked) => shrink::shrink(&asked, &environment()?, out)?,
        Subject::Check(check) => check::check(&check, &environment()?, out)?,
        Subject::Replay(replay) => replay::replay(&replay, &environment()?.services, out)?,
        Subject::Diff(asked) => diff::diff(&asked, &environment()?.services, out)?,
        Subject::When(asked) => when::when(&asked, &environment()?.services, out)?,
        Subject::Export(asked) => export::export(&asked, &environment()?, out)?,
        Subject::Evidence(asked) => evidence::evidence(&asked, &environment()?.services, out)?,
        Subject::Resume { session, folder, appearance } => {
            return Ok(Then::Dashboard(Opening::Session { path: session, folder }, appearance.read()));
        }
        Subject::Learn(asked) => match learn::learn(&asked, environment, out)? {
            learn::Learnt::Exit(exit) => exit,
            learn::Learnt::Open(opening) => {
                let appearance = Appearance { theme: asked.theme, ..Appearance::default() };
                return Ok(Then::Dashboard(opening, appearance));
            }
        },
        Subject::Notes(asked) => notes::notes(&asked, out)?,
        Subject::Trust(asked) => trust::trust(&asked, out)?,
        Subject::New(asked) => match &asked.from_session {
            Some(session) => new::from_session(session, asked.name(), &environment()?.services, out)?,
            None => match &asked.from_mcp {
                Some(what) => from_mcp::from_mcp(what, asked.name(), asked.trust, out)?,
                None => new::new(&asked, out)?,
            },
        },
        Subject::Samples { format } => samples::samples(format, out)?,
        Subject::Sessions { format } => sessions::sessions(format, out)?,
        Subject::Protocol(asked) => protocol::protocol(&asked, environment, out)?,
        Subject::Config { path } => config::config(path, environment, out)?,
        Subject::Schema => {
            out.write_all(crate::goal_file::SCHEMA.as_bytes())?;
            Exit::Done
        }
        Subject::Man { folder } => man::man(folder.as_deref(), out)?,
        Subject::Completions { shell } => {
            // Made in memory first: the generator panics on a pipe that closes.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut examples::command(), "planscope", &mut script);
            out.write_all(&script)?;
            Exit::Done
        }
    };
    Ok(Then::Exit(exit))
}
