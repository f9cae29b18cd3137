//! Chooses the command line or the dashboard, and turns errors into exit statuses.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use planscope::cli::{self, Environment, Exit, Then};
use planscope::jq::{self, Cancel, Evaluator};
use planscope::runtime::config::Config;
use planscope::runtime::opening::{Appearance, Opening};
use planscope::runtime::services::Services;
use planscope::runtime::trust::Trust;
use planscope::runtime::{crash_note, log};
#[cfg(unix)]
use planscope::tools::guard;
use planscope::ui::{self, keymap::Keymap};

/// Counts and limits memory in a worker process, and nowhere else.
#[global_allocator]
static METER: jq::Meter = jq::Meter;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == jq::WORKER_ARGUMENT) {
        jq::worker_main();
    }
    #[cfg(unix)]
    if arguments.get(1).is_some_and(|first| first == guard::GUARD_ARGUMENT) {
        guard::guard_main();
    }
    ignore_size_limit();
    say_after_panics();
    if let Err(why) = log::start() {
        let _ = writeln!(std::io::stderr(), "planscope: {why}");
    }
    let then = std::panic::catch_unwind(|| cli::main(arguments, environment));
    let exit = match then {
        Ok(Then::Exit(exit)) => exit,
        Ok(Then::Dashboard(opening, appearance)) => return ExitCode::from(dashboard(opening, appearance)),
        Err(_) => Exit::Trouble, // the panic has said what happened; a session is saved event by event
    };
    ExitCode::from(exit.status())
}

/// Makes what a command needs that runs something: the filter engine, and the flag that Ctrl-C sets.
fn environment() -> std::io::Result<Environment> {
    let stop = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // The first one asks the run to end, the second one ends it.
        signal_hook::flag::register_conditional_default(signal, stop.clone())?;
        signal_hook::flag::register(signal, stop.clone())?;
    }
    Ok(Environment {
        services: services()?,
        cancel: Cancel::on(stop),
        draw: ui::pictures::draw,
        keys: Keymap::effective,
    })
}

/// Returns what effects are performed with: programs are started where this person trusts them, and ended with this one.
fn services() -> std::io::Result<Services> {
    #[cfg(unix)]
    guard::is_at(std::env::current_exe()?);
    Ok(Services::new(Evaluator::isolated_here()?.sparing()).with_trust(Trust::kept()))
}

/// Makes a panic of the main thread give the terminal back before its report, and say after it where the session is.
///
/// A panic on another thread says nothing here: whoever waits for that thread reports it, and the screen goes on.
fn say_after_panics() {
    let report = std::panic::take_hook();
    let main = std::thread::current().id();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!(thread = std::thread::current().name(), "{panic}");
        if std::thread::current().id() != main {
            return;
        }
        ui::terminal::restore();
        report(panic);
        if let Some(note) = crash_note::text() {
            let _ = write!(std::io::stderr(), "{note}");
        }
    }));
}

/// Makes a write beyond the limit of file sizes (`ulimit -f`) an error like a full disk, instead of the end of the
/// program with the terminal in raw mode.
fn ignore_size_limit() {
    #[cfg(unix)]
    {
        let ignored = Arc::new(AtomicBool::new(false));
        // Where the system refuses the handler, all stays as it would be without.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, ignored);
    }
}

/// Opens the dashboard; returns the exit status.
fn dashboard(opening: Opening, appearance: Appearance) -> u8 {
    if !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) {
        let _ = writeln!(
            std::io::stderr(),
            "planscope: the dashboard needs a terminal; `planscope help` lists what does not"
        );
        return Exit::Usage.status();
    }
    if !ui::platform::draws() {
        let _ = writeln!(
            std::io::stderr(),
            "planscope: this terminal draws no screen (TERM says so); `planscope run GOAL` needs none"
        );
        return Exit::Usage.status();
    }
    // A report for whoever mends it.
    let _ = color_eyre::install();
    say_after_panics();
    let services = match services() {
        Ok(services) => services,
        Err(e) => return trouble(&format!("the filter evaluator cannot start: {e}")),
    };
    match ui::open(opening, appearance, services, &Config::load()) {
        Ok(ending) => {
            // Whoever closed the terminal does not read this: that is not an error.
            let _ = write!(std::io::stdout(), "{}", ending.words);
            ending.signal.unwrap_or(if ending.unsaved { Exit::Trouble } else { Exit::Done }.status())
        }
        Err(why) => trouble(&why),
    }
}

fn trouble(why: &str) -> u8 {
    let _ = writeln!(std::io::stderr(), "planscope: {why}");
    Exit::Trouble.status()
}
