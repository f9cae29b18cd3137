//! Chooses the command line or the dashboard, and turns errors into exit statuses.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use planscope::cli::{self, Exit, Opening, Then, Workshop};
use planscope::jq::{self, Cancel, Engine};
use planscope::ui;

/// Counts and limits memory in a worker process, and nowhere else.
#[global_allocator]
static METER: jq::Meter = jq::Meter;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == jq::WORKER_ARGUMENT) {
        jq::worker_main();
    }
    let then = std::panic::catch_unwind(|| cli::main(arguments, workshop));
    let exit = match then {
        Ok(Then::Exit(exit)) => exit,
        Ok(Then::Dashboard(opening)) => dashboard(opening),
        Err(_) => Exit::Trouble, // the panic has said what happened; a session is saved event by event
    };
    ExitCode::from(exit.status())
}

/// Makes what a command needs that runs something: the filter engine, and the flag that Ctrl-C sets.
fn workshop() -> std::io::Result<Workshop> {
    let stop = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // The first one asks the run to end, the second one ends it.
        signal_hook::flag::register_conditional_default(signal, stop.clone())?;
        signal_hook::flag::register(signal, stop.clone())?;
    }
    Ok(Workshop { engine: Arc::new(Engine::isolated_here()?), cancel: Cancel::on(stop) })
}

fn dashboard(opening: Opening) -> Exit {
    let target = match opening {
        Opening::Start => ui::Target::Start,
        Opening::Goal { goal, named, session } => ui::Target::Goal { goal, named, session },
        Opening::Session(path) => ui::Target::Session(path),
    };
    let opened = match Engine::isolated_here() {
        Ok(engine) => ui::open(target, Arc::new(engine)),
        Err(error) => Err(format!("the filter engine cannot be started: {error}")),
    };
    match opened {
        Ok(()) => Exit::Done,
        Err(why) => {
            eprintln!("planscope: {why}");
            Exit::Trouble
        }
    }
}
