//! What a presenter reads in a second terminal: the beat that is played, left in a file by the program that plays it.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::paths;
use crate::input_file;

/// The most that is read of the file, in bytes: a longer one is not one of ours.
const LONGEST: u64 = 256 * 1024;

/// Where a demo stands, and what is said now. Times are in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prompt {
    /// The goal in words.
    pub goal: String,
    /// How many beats were played.
    pub beat: usize,
    /// Of how many.
    pub of: usize,
    /// What the audience reads of the last one.
    pub title: String,
    /// What is said of it.
    pub note: String,
    /// What the audience will read of the next one; none: this is the last.
    pub next: Option<String>,
    /// How long the beats up to this one are to take, it included.
    pub planned: u64,
    /// How long all of them are to take.
    pub total: u64,
    /// How long the demo had been going when it came here.
    pub elapsed: u64,
    /// The process that plays it.
    pub process: u32,
}

/// Where the prompts of one demo are left.
#[derive(Debug)]
pub struct Board {
    path: PathBuf,
    began: Option<Instant>,
}

impl Board {
    /// Returns the board of this person; none without a place for it, which is not a reason not to present.
    pub fn open() -> Option<Board> {
        Some(Board { path: place()?, began: None })
    }

    /// Leaves `prompt` in place of the one before; the time goes from the first beat on.
    pub fn leave(&mut self, mut prompt: Prompt) {
        self.began = if prompt.beat == 0 { None } else { Some(self.began.unwrap_or_else(Instant::now)) };
        let elapsed = self.began.map_or(0, |began| began.elapsed().as_millis());
        prompt.elapsed = u64::try_from(elapsed).unwrap_or(u64::MAX);
        prompt.process = std::process::id();
        let _ = self.write(&prompt); // who reads along sees the prompt before: the demo goes on
    }

    fn write(&self, prompt: &Prompt) -> std::io::Result<()> {
        let Some(folder) = self.path.parent() else { return Ok(()) };
        paths::make_private(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut file, prompt)?;
        file.flush()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        // That of another demo, which began later, stays.
        if prompt().is_some_and(|prompt| prompt.process == std::process::id()) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Returns where the demo stands that is presented now; none: none is.
pub fn prompt() -> Option<Prompt> {
    let bytes = input_file::read(&place()?, LONGEST).ok()?;
    serde_json::from_slice(&bytes).ok()
}

impl Prompt {
    /// Tells whether the program still runs that plays it: one that was killed leaves its prompt behind.
    pub fn is_played(&self) -> bool {
        #[cfg(unix)]
        if let Some(process) = i32::try_from(self.process).ok().and_then(rustix::process::Pid::from_raw) {
            return rustix::process::test_kill_process(process) != Err(rustix::io::Errno::SRCH);
        }
        true
    }
}

/// Returns where prompts are left.
pub fn place() -> Option<PathBuf> {
    Some(paths::state().ok()?.join("presenting.json"))
}
