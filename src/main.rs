//! Chooses the command line or the dashboard, and turns errors into exit statuses.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use planscope::cli::{self, Then};
use planscope::jq::{self, Cancel, Engine};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let stop = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // The first one asks, the second one ends at once; where neither can be had, the default is good enough.
        let _ = signal_hook::flag::register_conditional_default(signal, stop.clone());
        let _ = signal_hook::flag::register(signal, stop.clone());
    }
    let engine = || Arc::new(Engine::in_thread());
    match cli::main(arguments, engine, &Cancel::on(stop)) {
        Then::Exit(exit) => ExitCode::from(exit.status()),
        Then::Dashboard(_) => ExitCode::from(1),
    }
}
