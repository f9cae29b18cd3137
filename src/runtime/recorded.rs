//! A recorded session, made from its events while the rest of its file is still being read.
//!
//! **Invariant:** damage of the file has the last word: what is wrong with the session is said only of a whole file.

use std::path::Path;
use std::sync::Arc;

use crate::engine::event::{Event, Recorded};
use crate::engine::goal::Goal;
use crate::engine::session::Session;
use crate::goal_file;
use crate::tools::Kinds;

use super::RuntimeError;
use super::journal::{self, Torn};

/// Is told how many events of how many were taken up so far, now and then; returns whether to go on.
pub type Along<'a> = &'a mut dyn FnMut(usize, usize) -> bool;

/// Every how many events it is told.
const TOLD: usize = 256;

/// A session that is being made from its events.
pub(super) struct Making<'a> {
    kinds: Kinds,
    /// Who is told how far it is.
    along: Option<Along<'a>>,
    /// How many events were taken.
    taken: usize,
    /// Where the goal file's folder is now, if it moved.
    moved: Option<String>,
    /// The session so far, or why there is none: the end of a sentence that begins with "FILE is damaged".
    made: Result<Option<Session>, String>,
}

impl<'a> Making<'a> {
    /// Returns one of which nothing is known yet; the tools of its goal are of these `kinds`, and the folder of its goal
    /// file is `moved`, if it is not where it was.
    pub(super) fn new(kinds: Kinds, moved: Option<String>) -> Making<'a> {
        Making { kinds, along: None, taken: 0, moved, made: Ok(None) }
    }

    /// Tells `along` how far it is.
    pub(super) fn told(self, along: Along<'a>) -> Making<'a> {
        Making { along: Some(along), ..self }
    }

    /// Takes the next event, which so many follow. Returns whether whoever was told how far it is wants to go on.
    pub(super) fn take(&mut self, mut record: Arc<Recorded>, follow: usize) -> bool {
        if self.taken.is_multiple_of(TOLD)
            && let Some(along) = &mut self.along
            && !along(self.taken, self.taken + 1 + follow)
        {
            return false;
        }
        self.taken += 1;
        let failed = match &mut self.made {
            Ok(Some(session)) => {
                let read = reread(self.kinds, session.goal(), &mut record);
                let taken = read.and_then(|()| session.take_up(record, follow));
                taken.err().map(|why| format!(": {why}"))
            }
            Ok(None) => match begin(self.kinds, self.moved.as_deref(), record, follow) {
                Ok(session) => {
                    self.made = Ok(Some(session));
                    None
                }
                Err(why) => Some(why),
            },
            Err(_) => None, // it is said once the file is known to be whole
        };
        if let Some(why) = failed {
            self.made = Err(why);
        }
        true
    }

    /// Returns the session that the events of the file at `path` made. It is held: it wants nothing.
    ///
    /// # Errors
    /// Where they begin with no goal, or with one that this version cannot read.
    pub(super) fn session(self, path: &Path) -> Result<Session, RuntimeError> {
        let made = self.made.and_then(|session| session.ok_or_else(opens_none));
        made.map_err(|why| RuntimeError::new(format!("{} is damaged{why}", path.display())))
    }
}

/// Returns the session that `records`, read from `path`, make. It is held: it wants nothing.
///
/// # Errors
/// Where they begin with no goal, or with one that this version cannot read.
pub fn session_of(records: Vec<Arc<Recorded>>, path: &Path, kinds: Kinds) -> Result<Session, RuntimeError> {
    let mut making = Making::new(kinds, None);
    let mut follow = records.len();
    for record in records {
        follow -= 1;
        making.take(record, follow);
    }
    making.session(path)
}

/// Returns the session in the file at `path`, which may be in use by somebody else, and how the file broke off, if it
/// did. Changes nothing. The session is held: it wants nothing.
///
/// # Errors
/// If the file cannot be read or is damaged, or its events make no session.
pub fn look(path: &Path, kinds: Kinds) -> Result<(Session, Option<Torn>), RuntimeError> {
    let mut making = Making::new(kinds, None);
    let torn = journal::look_at_each(path, &mut |record, follow| making.take(record, follow))?;
    Ok((making.session(path)?, torn))
}

fn begin(kinds: Kinds, moved: Option<&str>, first: Arc<Recorded>, follow: usize) -> Result<Session, String> {
    let Event::Opened { source, folder, file, .. } = &first.event else { return Err(opens_none()) };
    let mut goal = goal_file::from_record(kinds, source, moved.or(folder.as_deref()))
        .map_err(|faults| format!(" at line 1: its goal does not read: {faults}"))?;
    goal.file = file.as_ref().map(|file| match (moved, std::path::Path::new(&**file).file_name()) {
        (Some(moved), Some(name)) => std::path::Path::new(moved).join(name).display().to_string().into(),
        _ => file.clone(),
    });
    Session::reopen_at(Arc::new(goal), first, follow).map_err(|why| format!(": {why}"))
}

/// Reads the goal that a goal file held which was taken over: like `opened`, it stands in a folder and goes by a path.
fn reread(kinds: Kinds, opened: &Goal, record: &mut Arc<Recorded>) -> Result<(), String> {
    if !matches!(record.event, Event::Redefined { source: Some(_), .. }) {
        return Ok(());
    }
    let seq = record.seq;
    let Event::Redefined { source: Some(source), goal, .. } = &mut Arc::make_mut(record).event else { return Ok(()) };
    let mut read = goal_file::from_record(kinds, source, opened.folder.as_deref())
        .map_err(|faults| format!("the goal of event {seq} does not read: {faults}"))?;
    read.file.clone_from(&opened.file);
    *goal = Some(Arc::new(read));
    Ok(())
}

fn opens_none() -> String {
    " at line 1: its first event opens no session".to_owned()
}
