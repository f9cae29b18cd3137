//! Edit and continue: what on disk is not what a session knows, and which tools are others because of it.
//!
//! A tool is what its goal file says of how it is run and what it gives, with the bytes of every file that its command
//! line names. Of a run it is known which files its program was; so what was made with others is found, also by a session
//! that is opened again later.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::command::Command;
use crate::engine::goal::{Goal, Tool, ToolName};
use crate::engine::launch::Launch;
use crate::engine::state::State;
use crate::goal_file;

use super::trust::{self, Subject};

/// The files of a program, each with its digest.
type Files = Vec<(Arc<str>, Arc<str>)>;

/// What on disk is not what the session knows.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The goal file as it is now; none where it did not change.
    pub goal: Option<Arc<Goal>>,
    /// The tools that are not what they were.
    pub tools: Vec<ToolName>,
    /// The files that changed, as people call them.
    pub files: Vec<Arc<str>>,
    /// The programs that are not what they were: those that run are to be ended.
    pub launches: Vec<Arc<Launch>>,
}

impl Changed {
    /// Returns the command that takes it over.
    pub(super) fn command(&self) -> Command {
        Command::Redefine { goal: self.goal.clone(), tools: self.tools.clone(), files: self.files.clone() }
    }

    /// Says what changed, in a sentence without its end: "count.py changed on disk".
    pub fn said(&self) -> String {
        format!("{} changed on disk", self.files.join(", "))
    }
}

/// Returns the files that `launch` names, each with its digest as it is now.
pub(super) fn files_of(launch: &Launch, folder: &str) -> Files {
    let short = |digest: String| digest.chars().take(16).collect::<String>().into();
    let files: BTreeSet<(String, String)> = trust::named(launch, folder).collect();
    files.into_iter().map(|(path, digest)| (path.into(), short(digest))).collect()
}

/// Looks whether the goal file of `state`, or a file that its commands name, is not what it was.
///
/// # Errors
/// A sentence, where the goal file changed and no goal can be read from it.
pub fn changed(state: &State) -> Result<Option<Changed>, String> {
    let Some(path) = state.goal.file.as_deref().map(Path::new).filter(|path| path.is_file()) else { return Ok(None) };
    let goal = match goal_file::read(path) {
        Ok(goal) if goal.source == state.goal.source => None,
        Ok(goal) => Some(Arc::new(goal)),
        Err(faults) => {
            let name = name_of(path);
            let fault = faults.faults.first().map(|fault| format!("line {}: {}", fault.line, fault.message));
            let why = fault.unwrap_or_default();
            return Err(format!("{name} changed on disk, and no goal can be read from it now: {why}"));
        }
    };
    let now = goal.as_ref().unwrap_or(&state.goal);
    let folder = now.folder.as_deref().unwrap_or(".");
    let (mut tools, mut files) = (HashSet::new(), BTreeSet::new());
    let mut launches = Vec::new();
    for (name, old) in state.goal.tools.iter() {
        let Some(new) = now.tools.get(name) else {
            tools.insert(name.clone());
            continue;
        };
        if is_another(old, new) {
            tools.insert(name.clone());
        }
        let (Some(launch), Some(known)) = (&new.run.program, state.made_by.get(name)) else { continue };
        let present = files_of(launch, folder);
        let differing: Vec<&Arc<str>> =
            present.iter().filter(|file| !known.contains(file)).map(|(path, _)| path).collect();
        if !differing.is_empty() {
            tools.insert(name.clone());
            launches.push(launch.clone());
            files.extend(differing.into_iter().map(|path| Arc::<str>::from(name_of(Path::new(&**path)))));
        }
    }
    let loops = now.tools.values().filter(|tool| {
        let inner = tool.run.explore.iter().flat_map(|explore| &explore.tools);
        inner.into_iter().any(|name| tools.contains(name))
    });
    let loops: Vec<ToolName> = loops.map(|tool| tool.name.clone()).collect();
    tools.extend(loops);
    if goal.is_none() && files.is_empty() {
        return Ok(None);
    }
    if goal.is_some() {
        files.insert(name_of(path).into());
        launches.extend(state.goal.programs().filter(|launch| !now.programs().any(|new| new == *launch)).cloned());
    }
    let in_order = |goal: &Goal| goal.tools.keys().filter(|name| tools.contains(*name)).cloned().collect::<Vec<_>>();
    Ok(Some(Changed { tools: in_order(&state.goal), files: files.into_iter().collect(), launches, goal }))
}

/// Tells whether what a run gives may differ between the two: how it is run, what it reads and writes, what must hold.
fn is_another(old: &Tool, new: &Tool) -> bool {
    let of = |tool: &Tool| (tool.inputs.clone(), tool.outputs.clone(), tool.ensures.clone(), tool.run.clone());
    of(old) != of(new)
}

/// Returns what people call the file at `path`.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Looks at the files of a session once in a while, at the cost of asking when each was changed.
#[derive(Default)]
pub(super) struct Watch {
    /// When each was changed last, as far as that was looked at.
    seen: Option<Vec<Option<(std::time::SystemTime, u64)>>>,
}

impl Watch {
    /// Tells whether a file of the session may have changed since this was asked last; the first time it may not have.
    pub(super) fn may_have_changed(&mut self, goal: &Goal, subject: Option<&Subject>) -> bool {
        let folder = goal.folder.as_deref().unwrap_or(".");
        let words = |launch: &Arc<Launch>| -> Vec<PathBuf> {
            let place = launch.place(folder);
            launch.argv.iter().map(|word| place.join(word.text())).collect()
        };
        let own = goal.file.as_deref().map(PathBuf::from);
        let all = own.into_iter().chain(subject.into_iter().flat_map(Subject::launches).flat_map(words));
        let stamp = |path: PathBuf| {
            let about = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
            Some((about.modified().ok()?, about.len()))
        };
        let now: Vec<_> = all.map(stamp).collect();
        let is_new = self.seen.as_ref().is_some_and(|seen| *seen != now);
        self.seen = Some(now);
        is_new
    }

    /// Tells whether a file was changed after `then`, as far as it was looked.
    pub(super) fn is_newer_than(&self, then: std::time::SystemTime) -> bool {
        self.seen.iter().flatten().flatten().any(|(changed, _)| *changed > then)
    }
}
