//! How a driver gets its session: a new one, one from its file, one that was in memory, one to look at.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Driver;
use crate::engine::event::{Seq, Settings};
use crate::engine::goal::{Goal, Tool};
use crate::engine::session::Session;
use crate::engine::state::{Phase, State};
use crate::runtime::journal::{Journal, Torn};
use crate::runtime::recorded::{Along, Making};
use crate::runtime::services::Services;
use crate::runtime::{RuntimeError, clock, paths};
use crate::tools::Kinds;

/// Where the file of a new session goes.
#[derive(Clone, Debug)]
pub enum SessionFile {
    /// Into the folder of the sessions, under a name made from date and goal.
    StateFolder,
    /// Into this folder, under such a name.
    Folder(PathBuf),
    /// Here; a file that exists is refused.
    File(PathBuf),
}

impl Driver {
    /// Opens a new session on `goal`. Nothing was done yet but writing that it began.
    ///
    /// # Errors
    /// Why the session file could not be created or written.
    pub fn open(
        goal: Arc<Goal>,
        settings: Settings,
        file: SessionFile,
        services: Services,
    ) -> Result<Driver, RuntimeError> {
        let journal = journal_at(file, &goal.goal)?;
        let session = Session::open(goal, settings, &clock::now());
        let mut driver = Driver::over(session, journal, services, true);
        driver.tell_trust();
        Driver::begin(driver)
    }

    /// Saves a session for the first time; where that fails, the file that was made for it goes again.
    fn begin(mut driver: Driver) -> Result<Driver, RuntimeError> {
        match driver.save().and_then(|()| driver.journal.flush()) {
            Ok(()) => Ok(driver),
            Err(error) => {
                driver.journal.discard();
                Err(error)
            }
        }
    }

    /// Opens the recorded session at `path` to go on in it: a pure step in flight runs again, any other is
    /// interrupted. Returns also what had to be cut off.
    ///
    /// # Errors
    /// If the file cannot be read, is damaged or in use, or its records make no session.
    pub fn reopen(path: &Path, services: Services) -> Result<(Driver, Option<Torn>), RuntimeError> {
        Driver::reopen_in(path, None, services)
    }

    /// Like [`Driver::reopen`], where the goal file's folder is `folder` now: that of the record may have moved.
    ///
    /// # Errors
    /// As [`Driver::reopen`], and where tools read files from a folder that is not there.
    pub fn reopen_in(
        path: &Path,
        folder: Option<&Path>,
        services: Services,
    ) -> Result<(Driver, Option<Torn>), RuntimeError> {
        Driver::reopen_along(path, folder, services, &mut |_, _| true)
    }

    /// Like [`Driver::reopen_in`], and tells `along` how far it is. Where that does not want to go on, nothing was
    /// done.
    ///
    /// # Errors
    /// As [`Driver::reopen_in`], and where `along` did not want to go on.
    pub fn reopen_along(
        path: &Path,
        folder: Option<&Path>,
        services: Services,
        along: Along<'_>,
    ) -> Result<(Driver, Option<Torn>), RuntimeError> {
        let folder = folder.map(moved_to).transpose()?;
        let mut making = Making::new(services.kinds, folder).told(along);
        let (journal, torn) = Journal::reopen(path, &mut |record, follow| making.take(record, follow))?;
        let session = making.session(path)?;
        tracing::info!(path = %path.display(), events = session.records().len(), torn = torn.is_some(), "opened again");
        if let Some(trouble) = folder_is_gone(session.state(), services.kinds) {
            return Err(trouble);
        }
        let mut driver = Driver::over(session, journal, services, false);
        driver.session.resume(&clock::now());
        driver.tell_trust();
        driver.save()?;
        Ok((driver, torn))
    }

    /// Records a session that was in memory so far, every event of it, and goes on in it.
    ///
    /// # Errors
    /// Why the session file could not be created or written.
    pub fn adopt(session: Session, file: SessionFile, services: Services) -> Result<Driver, RuntimeError> {
        let journal = journal_at(file, &session.goal().goal)?;
        let mut driver = Driver::begin(Driver::over(session, journal, services, true))?;
        driver.journal.sync()?;
        Ok(driver)
    }

    /// Takes the file of the session away, which goes on in another one.
    pub fn discard(self) {
        self.journal.discard();
    }

    /// Takes a session to be looked at: nothing of it is recorded, and whoever drives it does not submit anything.
    ///
    /// # Errors
    /// If there is no room for an empty temporary file.
    pub fn look(session: Session, services: Services) -> Result<Driver, RuntimeError> {
        let last = session.records().len() as Seq;
        Ok(Driver::over(session, Journal::of_nothing(last)?, services, false))
    }
}

/// Returns the folder that a person named, as tools are told it.
fn moved_to(folder: &Path) -> Result<String, RuntimeError> {
    let found = folder.canonicalize().ok().filter(|found| found.is_dir());
    let found = found.and_then(|found| found.to_str().map(str::to_owned));
    found.ok_or_else(|| RuntimeError::new(format!("--folder {}: there is no such folder", folder.display())))
}

/// Returns that the goal file's folder is not where it was, where a tool that may still run reads from it: no step is
/// to be spent on finding out.
fn folder_is_gone(state: &State, kinds: Kinds) -> Option<RuntimeError> {
    let folder = state.goal.folder.as_deref().filter(|folder| !Path::new(folder).is_dir())?;
    let reads = |tool: &&Arc<Tool>| kinds.iter().any(|kind| kind.name == &*tool.run.kind && kind.in_folder);
    let tool = state.goal.tools.values().find(reads).filter(|_| state.phase != Phase::Reached)?;
    let uses = if tool.run.program.is_some() { "works" } else { "reads a file" };
    Some(RuntimeError::new(format!(
        "the folder of the goal file, {folder}, is not there any more, and {} {uses} in it; nothing was run: \
         --folder DIR says where it is now",
        tool.name
    )))
}

fn journal_at(file: SessionFile, goal: &str) -> Result<Journal, RuntimeError> {
    match file {
        SessionFile::File(path) => Journal::create(&path),
        SessionFile::StateFolder => Journal::create_in(&paths::sessions()?, goal),
        SessionFile::Folder(folder) => Journal::create_in(&folder, goal),
    }
}
