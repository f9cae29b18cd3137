//! `planscope config`: what is set, as the file has it in which a person may set it otherwise.

use std::io::{self, Write};

use super::Environment;
use super::exit::{Exit, Failure};
use crate::describe::sanitize::harmless;
use crate::runtime::config::{Config, VARIABLE};
use crate::runtime::opening::ThemeName;

/// Prints the configuration that is in force, or with `path` where its file is. Exit status 1: something is wrong in it,
/// and the default holds in its place.
pub(super) fn config(
    path: bool,
    environment: impl FnOnce() -> Result<Environment, Failure>,
    out: &mut impl Write,
) -> Result<Exit, Failure> {
    let config = Config::load();
    let shown = config.path.as_ref().map(|path| harmless(&path.display().to_string()).into_owned());
    if path {
        let shown =
            shown.ok_or_else(|| Failure::input(format!("your home folder is unknown: set HOME, or {VARIABLE}")))?;
        writeln!(out, "{shown}")?;
        return Ok(Exit::Done);
    }
    let keys = (environment()?.keys)(&config).map_err(Failure::input)?;
    match (&shown, config.found) {
        (Some(path), true) => writeln!(out, "# from {path}")?,
        (Some(path), false) => writeln!(out, "# the defaults: there is no {path}")?,
        (None, _) => writeln!(out, "# the defaults: your home folder is unknown")?,
    }
    let names = ThemeName::ALL.map(ThemeName::word).join(", ");
    let theme = config.theme.unwrap_or(ThemeName::Auto).word();
    writeln!(out, "theme = \"{theme}\" # {names}; --theme and PLANSCOPE_THEME come first")?;
    writeln!(out, "mouse = {} # false: the terminal selects text", config.mouse)?;
    let mut mode = "";
    for (place, action, keys) in &keys.lines {
        if *place != mode {
            writeln!(out, "\n[keys.{place}]")?;
            mode = place;
        }
        // A JSON text is a TOML text, too.
        writeln!(out, "{action} = {}", serde_json::json!(keys))?;
    }
    let faults: Vec<_> = config.faults.iter().chain(&keys.faults).collect();
    for fault in &faults {
        writeln!(io::stderr(), "planscope: {}", harmless(&config.said(fault)))?;
    }
    Ok(if faults.is_empty() { Exit::Done } else { Exit::Trouble })
}
