//! What the dashboard opens on: what the command line answers and the dashboard takes, which never name each other.

use std::path::PathBuf;
use std::sync::Arc;

use crate::engine::event::Strategy;
use crate::engine::goal::Goal;

/// What the dashboard opens on.
#[derive(Clone, Debug)]
pub enum Opening {
    /// The start screen.
    Start,
    /// A new session on this goal.
    Goal {
        /// The goal.
        goal: Arc<Goal>,
        /// Its words on the command line, for the line that reproduces the session.
        named: String,
        /// How it is decided what comes next; none: as suits the goal.
        strategy: Option<Strategy>,
        /// The file of the new session, instead of one in the state folder.
        session: Option<PathBuf>,
    },
    /// The demo of this goal, or the goal alone where it has none, before an audience: nothing of it stays.
    Demo {
        /// The goal.
        goal: Arc<Goal>,
        /// How it is decided what comes next; none: as suits the goal.
        strategy: Option<Strategy>,
    },
    /// A new session on what a program tells.
    Program {
        /// The program and its arguments.
        argv: Vec<String>,
        /// The file of the new session, instead of one in the state folder.
        session: Option<PathBuf>,
    },
    /// A recorded session.
    Session {
        /// Its file.
        path: PathBuf,
        /// Where the folder of its goal file is now, if it has moved.
        folder: Option<PathBuf>,
    },
}

/// How the dashboard looks and moves, as far as the command line says so.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Appearance {
    /// The theme.
    pub theme: Option<ThemeName>,
    /// Whether it is presented to an audience.
    pub present: bool,
    /// How long each step is looked at where it goes on before an audience, in seconds; none: as usual.
    pub pace: Option<f64>,
    /// Whether nothing moves by itself.
    pub still: bool,
}

/// A theme, as a person names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThemeName {
    /// Dark or light, as the terminal's background is.
    Auto,
    /// For a dark background.
    Dark,
    /// For a light background.
    Light,
    /// The terminal's own 16 colours.
    Terminal,
    /// No colours.
    Plain,
}

impl ThemeName {
    /// Every theme.
    pub const ALL: [ThemeName; 5] =
        [ThemeName::Auto, ThemeName::Dark, ThemeName::Light, ThemeName::Terminal, ThemeName::Plain];

    /// Returns its name.
    pub fn word(self) -> &'static str {
        match self {
            ThemeName::Auto => "auto",
            ThemeName::Dark => "dark",
            ThemeName::Light => "light",
            ThemeName::Terminal => "terminal",
            ThemeName::Plain => "plain",
        }
    }

    /// Returns the theme with this name.
    pub fn parse(word: &str) -> Option<ThemeName> {
        ThemeName::ALL.into_iter().find(|name| name.word() == word)
    }
}
