//! A recorded session as pictures of its dashboard, without a terminal: frames, one of them as SVG, all as an asciicast.

pub mod asciicast;
pub mod film;
pub mod frames;
pub mod svg;

use std::io::{self, Write};

use crate::engine::session::Session;
use crate::runtime::RuntimeError;
use crate::runtime::opening::ThemeName;
use crate::runtime::picture::{Kind, Picture, Shows};
use crate::runtime::services::Services;
use crate::ui::session::pane::PaneId;
use crate::ui::theme::Theme;

use asciicast::Asciicast;
use frames::Look;
use svg::{Paper, svg};

/// Writes `picture` of the selected branch of `session`.
///
/// # Errors
/// Why it could not be drawn or written.
pub fn draw(session: &Session, picture: &Picture, services: &Services, to: &mut dyn Write) -> Result<(), RuntimeError> {
    let look = look(picture);
    let written = match picture.kind {
        Kind::Svg => match frames::after(session, session.state().seq, &look, services)? {
            Some(screen) => to.write_all(svg(&screen, paper(picture)).as_bytes()),
            None => Ok(()), // a session has at least one event
        },
        Kind::Film { pace } => {
            let mut frames = Vec::new();
            frames::each(session, &look, services, &mut |frame| {
                // What is hardly looked at would only make the picture larger.
                if frame.hold >= 1.0 {
                    frames.push((frame.screen, frame.hold * pace));
                }
                true
            })?;
            to.write_all(film::film(&frames, paper(picture)).as_bytes())
        }
        Kind::Asciicast { pace } => record(session, &look, services, to, pace)?,
    };
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(RuntimeError::new(format!("cannot write the picture: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn record(
    session: &Session,
    look: &Look,
    services: &Services,
    to: &mut dyn Write,
    pace: f64,
) -> Result<io::Result<()>, RuntimeError> {
    let mut cast = match Asciicast::begin(to, look.size, &session.goal().goal, pace) {
        Ok(cast) => cast,
        Err(error) => return Ok(Err(error)),
    };
    let mut written = Ok(());
    frames::each(session, look, services, &mut |frame| {
        written = cast.frame(frame);
        written.is_ok()
    })?;
    Ok(written.and_then(|()| cast.end()))
}

fn paper(picture: &Picture) -> Paper {
    if picture.theme == ThemeName::Light { Paper::LIGHT } else { Paper::DARK }
}

fn look(picture: &Picture) -> Look {
    // The picture is to be the same wherever it is made.
    let env = |name: &str| match name {
        "TERM" => Some("xterm-256color".to_owned()),
        "COLORTERM" => Some("truecolor".to_owned()),
        _ => None, // nothing else is asked for by name
    };
    let pane = match picture.shows {
        Shows::Dashboard => None,
        Shows::Plan => Some(PaneId::PLAN),
        Shows::Context => Some(PaneId::CONTEXT),
        Shows::Trace => Some(PaneId::TRACE),
    };
    Look { size: picture.size, theme: Theme::choose(Some(picture.theme), None, env).theme, pane }
}
