//! The log, for whoever mends the program: off unless `PLANSCOPE_LOG` names a level; never to the terminal.
//!
//! It says what the runtime does and why it fell back to something: nothing that a person needs stands in it alone.

use std::fs::OpenOptions;
use std::path::PathBuf;
use std::sync::Mutex;

use tracing::level_filters::LevelFilter;

use super::{RuntimeError, paths};

/// The variable that switches it on: `error`, `warn`, `info`, `debug` or `trace`; empty and `off` leave it off.
pub const VARIABLE: &str = "PLANSCOPE_LOG";

/// Starts the log, if the environment asks for it. Returns the file that it goes on writing into.
///
/// # Errors
/// Where the variable names no level, or the file cannot be written; there is no log then.
pub fn start() -> Result<Option<PathBuf>, RuntimeError> {
    let wanted = std::env::var_os(VARIABLE).unwrap_or_default();
    let Some(level) = level(&wanted.to_string_lossy())? else { return Ok(None) };
    let folder = paths::state()?;
    let file = folder.join("planscope.log");
    let cannot = |error: std::io::Error| {
        RuntimeError::new(format!("the log {} cannot be written, so there is none: {error}", file.display()))
    };
    paths::make_private(&folder).map_err(cannot)?;
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let writer = Mutex::new(options.open(&file).map_err(cannot)?);
    let subscriber = tracing_subscriber::fmt().with_max_level(level).with_ansi(false).with_writer(writer).finish();
    // Somebody who was first, as in tests, keeps it.
    let _ = tracing::subscriber::set_global_default(subscriber);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), process = std::process::id(), "planscope starts");
    Ok(Some(file))
}

/// Returns the level that `wanted` names, or none where it is off.
fn level(wanted: &str) -> Result<Option<LevelFilter>, RuntimeError> {
    let wanted = wanted.trim();
    if wanted.is_empty() {
        return Ok(None);
    }
    match wanted.parse::<LevelFilter>() {
        Ok(LevelFilter::OFF) => Ok(None),
        Ok(level) => Ok(Some(level)),
        Err(_) => Err(RuntimeError::new(format!(
            "{VARIABLE} is \"{wanted}\", which is not a level, so there is no log: set it to error, warn, info, debug or \
             trace"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_read_and_what_is_none_is_said() {
        assert_eq!(level("").ok().flatten(), None);
        assert_eq!(level(" off ").ok().flatten(), None);
        assert_eq!(level("DEBUG").ok().flatten(), Some(LevelFilter::DEBUG));
        assert!(level("loud").is_err_and(|error| error.message.contains("\"loud\", which is not a level")));
    }
}
