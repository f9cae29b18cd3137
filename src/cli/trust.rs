//! `planscope trust`: what a goal file would start, in full, and the word that it may. Typing the command is the consent.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use crate::describe::launch::{self, Named};
use crate::describe::sanitize::harmless;
use crate::export::json;
use crate::runtime::RuntimeError;
use crate::runtime::trust::{Standing, Subject, Trust};

use super::args::{self, Format};
use super::exit::{Exit, Failure};
use super::goal;

#[derive(Serialize)]
struct Trusted {
    goal: String,
    at: String,
}

#[derive(Serialize)]
struct Shown {
    goal: String,
    starts_programs: bool,
    trusted: bool,
    would_run: Vec<String>,
    files: Vec<String>,
    changed: Vec<String>,
}

/// Shows what GOAL would start and trusts it, or lists, or revokes.
pub(super) fn trust(asked: &args::Trust, out: &mut impl Write) -> Result<Exit, Failure> {
    let trust = Trust::kept();
    match (&asked.goal, &asked.revoke) {
        (Some(name), _) => grant(name, asked.format, &trust, out)?,
        (None, Some(file)) => return revoke(file, &trust, out),
        (None, None) => list(asked.format, &trust, out)?,
    }
    Ok(Exit::Done)
}

fn grant(name: &str, format: Format, trust: &Trust, out: &mut impl Write) -> Result<(), Failure> {
    if goal::is_piped(name) {
        let why = "what comes on standard input is no file that could be trusted from now on: `planscope run - --trust` \
                   trusts it for one run";
        return Err(Failure::usage(why.to_owned()));
    }
    let goal = goal::read(name)?;
    let Some(subject) = Subject::of(&goal, true) else {
        let path = goal.file.as_deref().unwrap_or(name);
        match format {
            Format::Text => writeln!(out, "{} starts no programs: there is nothing to trust", harmless(path))?,
            Format::Json => {
                let (goal, none) = (path.to_owned(), Vec::new);
                let (would_run, files, changed) = (none(), none(), none());
                let shown = Shown { goal, starts_programs: false, trusted: true, would_run, files, changed };
                json::document(out, &shown)?;
            }
        }
        return Ok(());
    };
    let named = match trust.standing(&subject) {
        Standing::Asks(named) => named,
        Standing::Trusted(_) => subject.named(),
    };
    let path = goal.file.as_deref().unwrap_or(name);
    match format {
        Format::Text => {
            for (role, indent, words) in launch::in_full(&goal, &named) {
                writeln!(out, "{}{} {}", "  ".repeat(indent), role.glyph(), harmless(&words))?;
            }
            // What is trusted was read out first.
            out.flush()?;
            trust.grant(&subject)?;
            writeln!(
                out,
                "\n{} is trusted now, as it is; `planscope trust --revoke {0}` takes it back",
                harmless(path)
            )?;
        }
        Format::Json => {
            trust.grant(&subject)?;
            let would_run = goal.programs().map(|launch| launch::words(launch)).collect();
            let Named { files, changed, .. } = named;
            let shown =
                Shown { goal: path.to_owned(), starts_programs: true, trusted: true, would_run, files, changed };
            json::document(out, &shown)?;
        }
    }
    Ok(())
}

fn list(format: Format, trust: &Trust, out: &mut impl Write) -> Result<(), Failure> {
    let entries = trust.list();
    match format {
        Format::Json => {
            let listed: Vec<Trusted> =
                entries.into_iter().map(|entry| Trusted { goal: entry.path, at: entry.at }).collect();
            json::document(out, &listed)?;
        }
        Format::Text if entries.is_empty() => {
            writeln!(out, "no goal file is trusted: planscope trust GOAL shows one, and trusts it")?;
        }
        Format::Text => {
            for entry in entries {
                let at = entry.at.get(..16).unwrap_or(&entry.at).replace('T', " ");
                writeln!(out, "{at}  {}", harmless(&entry.path))?;
            }
        }
    }
    Ok(())
}

fn revoke(file: &Path, trust: &Trust, out: &mut impl Write) -> Result<Exit, Failure> {
    // It need not be there any more, nor hold a goal.
    let path = file.canonicalize().or_else(|_| std::path::absolute(file));
    let path = path.map_err(|error| RuntimeError::new(format!("{}: {error}", file.display())))?.display().to_string();
    if trust.revoke(&path)? {
        writeln!(out, "{} is trusted no longer", harmless(&path))?;
        return Ok(Exit::Done);
    }
    Err(Failure::input(format!("{path} is not trusted: planscope trust --list shows what is")))
}
