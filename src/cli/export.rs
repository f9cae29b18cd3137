//! `planscope export`: a recorded session for other programs; nothing runs.

use std::io::{self, Write};

use super::Environment;
use super::args::{Export, ExportFormat};
use super::exit::{Exit, Failure};
use super::replay;
use crate::checks::failures::{self, failures};
use crate::describe::evidence::Evidence;
use crate::describe::sanitize::harmless;
use crate::describe::standing::Standing;
use crate::engine::session::Session;
use crate::export::{Card, RunReport, evidence_markdown, json};
use crate::jq::Cancel;
use crate::runtime::RuntimeError;
use crate::runtime::new_file;
use crate::runtime::opening::ThemeName;
use crate::runtime::perform::Conditions;
use crate::runtime::picture::{Draw, Kind, Picture};
use crate::runtime::services::Services;

/// Prints the session as it was after the event `--to`, or at its end, or writes it to `--out`.
pub(super) fn export(asked: &Export, environment: &Environment, out: &mut impl Write) -> Result<Exit, Failure> {
    let Environment { services, draw, .. } = environment;
    let session = replay::session(&asked.session, asked.to, services)?;
    match &asked.out {
        Some(path) => {
            let written = new_file::write(path, |to| {
                write(asked, &session, services, *draw, to).map_err(|error| io::Error::other(error.to_string()))
            });
            written.map_err(Failure::input)?;
            let said = format!("planscope: wrote {}", path.display());
            let _ = writeln!(io::stderr(), "{}", harmless(&said));
        }
        None => write(asked, &session, services, *draw, out).map_err(|error| match error {
            Trouble::Output(error) => Failure::from(error),
            Trouble::Runtime(error) => Failure::from(error),
        })?,
    }
    Ok(Exit::Done)
}

/// Why it could not be written.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Output(#[from] io::Error),
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
}

fn write(
    asked: &Export,
    session: &Session,
    services: &Services,
    draw: Draw,
    to: &mut dyn Write,
) -> Result<(), Trouble> {
    let end = session.state();
    let file = asked.session.display().to_string();
    let judge = Conditions { services, cancel: &Cancel::new() };
    match asked.format {
        ExportFormat::Session(write) => write(to, session)?,
        ExportFormat::Plan(write) => write(to, end)?,
        ExportFormat::Markdown => {
            let found = failures(session, end, &judge);
            let evidence = Evidence::of(session, end, Some(failures::evidence(&found)));
            evidence_markdown::write(to, &Card { evidence: &evidence, session: Some(&file) })?;
        }
        ExportFormat::Json => {
            let standing = Standing::of(end);
            json::document(to, &RunReport::of(session, end, &standing, Vec::new(), Some(file), &judge))?;
        }
        ExportFormat::Svg => draw(session, &picture(asked, Kind::Svg), services, to)?,
        ExportFormat::MovingSvg => draw(session, &picture(asked, Kind::Film { pace: asked.pace }), services, to)?,
        ExportFormat::Asciicast => {
            draw(session, &picture(asked, Kind::Asciicast { pace: asked.pace }), services, to)?;
        }
    }
    Ok(())
}

fn picture(asked: &Export, kind: Kind) -> Picture {
    Picture { kind, shows: asked.screen, size: asked.size, theme: asked.theme.unwrap_or(ThemeName::Dark) }
}
