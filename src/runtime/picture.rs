//! What a picture of a session shows. Who draws it stands above the runtime: `main` brings the command line and the
//! screen together.

use std::io::Write;

use super::RuntimeError;
use super::opening::ThemeName;
use super::services::Services;
use crate::engine::session::Session;

/// A picture, or a recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Picture {
    /// What is made.
    pub kind: Kind,
    /// What it shows.
    pub shows: Shows,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The colours.
    pub theme: ThemeName,
}

/// What is made of a session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// The screen as it was last, as SVG.
    Svg,
    /// Every screen, as an SVG that moves.
    Film {
        /// How long a step is looked at, in seconds.
        pace: f64,
    },
    /// Every screen, as an asciicast.
    Asciicast {
        /// How long a step is looked at, in seconds.
        pace: f64,
    },
}

/// What a picture shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shows {
    /// Everything.
    #[default]
    Dashboard,
    /// The plan alone.
    Plan,
    /// The context alone.
    Context,
    /// The trace alone.
    Trace,
}

/// Draws a picture of a session. Who reads it may close the pipe: that is not an error.
pub type Draw = fn(&Session, &Picture, &Services, &mut dyn Write) -> Result<(), RuntimeError>;
