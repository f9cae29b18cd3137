//! What planscope remembers of a person from one time to the next: what they have opened, and what needs no telling.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::paths;
use crate::input_file;

/// How many sessions are opened with the guide.
const GUIDED: u32 = 3;

/// How many files are remembered.
const FILES: usize = 8;

/// The most that is remembered, in bytes: a longer file is not one of ours.
const LONGEST: u64 = 256 * 1024;

/// What is remembered. It stands in `<state>/planscope/remembered.json`; without that file everything is new.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// How many sessions were opened, counted until the guide is gone.
    pub sessions: u32,
    /// Whether the guide was put away for good.
    pub guide_away: bool,
    /// What was opened from the start screen, by its title.
    pub opened: BTreeSet<String>,
    /// How far the lessons were learnt, by their names.
    pub lessons: BTreeMap<String, Learnt>,
    /// Goal files that were opened, by their path, the last one first.
    pub files: Vec<String>,
    /// How the panes of a session are arranged.
    pub panes: Panes,
}

/// How a person arranged the panes of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Panes {
    /// The columns of the panes on the left, in thousandths of the screen; none: as they stand by themselves.
    pub left: Option<u16>,
    /// The rows of the pane below, in thousandths of the screen; none: as they stand by themselves.
    pub below: Option<u16>,
    /// Whether the plan stands on the right of the context.
    pub mirrored: bool,
    /// Whether the map stands beside the plan where there is room.
    pub map: bool,
}

/// How far a lesson was learnt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Learnt {
    /// How many of its parts were passed, at best.
    pub passed: usize,
    /// How many it had then.
    pub parts: usize,
    /// How many predictions were right when it was passed that far.
    pub right: usize,
    /// Of how many.
    pub asked: usize,
}

impl Learnt {
    /// Tells whether every part was passed.
    pub fn is_through(&self) -> bool {
        self.parts > 0 && self.passed >= self.parts
    }
}

impl Remembered {
    /// Returns what is remembered; nothing where the file is missing or is not readable, for it is not a reason not to
    /// start.
    pub fn load() -> Remembered {
        let bytes = file().and_then(|path| input_file::read(&path, LONGEST).ok());
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Changes what is remembered, and keeps it. That it cannot be kept is not a reason to stop either.
    pub fn change(change: impl FnOnce(&mut Remembered)) -> Remembered {
        let mut remembered = Remembered::load();
        let before = remembered.clone();
        change(&mut remembered);
        if remembered != before {
            let _ = remembered.save();
        }
        remembered
    }

    /// Remembers how far the lesson `name` was learnt, where it was never learnt further.
    pub fn learnt(&mut self, name: &str, passed: usize, parts: usize, right: usize, asked: usize) {
        let best = self.lessons.get(name).map_or(0, |learnt| learnt.passed);
        if passed >= best {
            self.lessons.insert(name.to_owned(), Learnt { passed, parts, right, asked });
        }
    }

    /// Remembers that this goal file was opened.
    pub fn opened_file(&mut self, path: &str) {
        self.files.retain(|file| file != path);
        self.files.insert(0, path.to_owned());
        self.files.truncate(FILES);
    }

    /// Counts a session that is opened, as far as it is counted: once the guide is gone, nothing changes and nothing is
    /// written any more.
    pub fn opened_session(&mut self) {
        if self.sessions <= GUIDED {
            self.sessions += 1;
        }
    }

    /// Tells whether the guide is shown.
    pub fn is_guided(&self) -> bool {
        !self.guide_away && self.sessions <= GUIDED
    }

    fn save(&self) -> std::io::Result<()> {
        let Some(path) = file() else { return Ok(()) };
        let Some(folder) = path.parent() else { return Ok(()) };
        paths::make_private(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(())
    }
}

fn file() -> Option<PathBuf> {
    Some(paths::state().ok()?.join("remembered.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_counted_until_the_guide_is_gone() {
        let mut remembered = Remembered::default();
        for session in 1..10 {
            let before = remembered.clone();
            remembered.opened_session();
            assert_eq!(remembered.is_guided(), session <= GUIDED, "session {session}");
            assert_eq!(remembered == before, session > GUIDED + 1, "session {session}: nothing is written any more");
        }
    }
}
