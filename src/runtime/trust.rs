//! Trust: which goal files may start programs on this machine, by their very content, as a person has said.
//!
//! What is trusted is a path with its bytes, what the goal says, and the bytes of each file that its commands name.
//! Any of them changed asks again. A session says of itself whether it is trusted, for its trace; what decides is what
//! stands here, and each program is looked up once more right before it is started ([`Trust::may_start`]).

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{RuntimeError, clock, paths};
use crate::describe::difference_of_text as difference;
use crate::describe::launch::Named;
use crate::engine::command::Command;
use crate::engine::effect::Call;
use crate::engine::goal::{Catalogue, Goal};
use crate::engine::launch::{Launch, Truster, Word};
use crate::engine::session::Session;
use crate::input_file;

/// The biggest file that is looked at, in bytes; of a bigger one it is only known that it is there.
const MAX_BYTES: u64 = 128 << 20;

/// How many contents of one path are remembered.
const KEPT: usize = 16;

/// The longest text that is kept to tell a change by, in bytes.
const LONGEST_TEXT: u64 = 64 << 10;

/// How much of texts is kept for one goal file, in bytes.
const TEXTS: usize = 256 << 10;

/// The longest file of the store that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// What is trusted. Clones share what was said since the program started.
#[derive(Clone, Default)]
pub struct Trust {
    /// Where it is remembered; none: nowhere.
    folder: Option<PathBuf>,
    said: Arc<Mutex<Said>>,
}

#[derive(Default)]
struct Said {
    /// What was trusted for this once.
    once: Vec<Entry>,
    /// The programs that may be started.
    may: Vec<Allowed>,
}

/// A program that may be started, as long as the files that it names are these.
struct Allowed {
    folder: Arc<str>,
    launch: Arc<Launch>,
    files: BTreeMap<String, String>,
}

/// What was trusted: one content of one path. Digests are SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The goal file.
    pub path: String,
    /// When it was trusted, RFC 3339.
    pub at: String,
    /// What the goal says.
    goal: String,
    /// The bytes of the file.
    #[serde(default)]
    bytes: Option<String>,
    /// The files that its commands name.
    files: BTreeMap<String, String>,
    /// What stood in them, and in the goal file, as far as they are short: what a change is told by.
    #[serde(default)]
    texts: BTreeMap<String, String>,
}

/// What a session's goal would start, as trust asks about it.
#[derive(Clone)]
pub struct Subject {
    path: String,
    folder: Arc<str>,
    /// What the goal says.
    goal: String,
    /// The bytes of the goal file, where it was just read.
    bytes: Option<String>,
    launches: Vec<Arc<Launch>>,
    /// The tools of that goal, for telling whether it is still the same.
    tools: Arc<Catalogue>,
}

/// Whether a goal may start programs here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may, on this word.
    Trusted(Truster),
    /// It may not: it is not trusted, or not as it is now.
    Asks(Named),
}

impl Subject {
    /// Returns what `goal` would start; none where it starts nothing. `is_new`: its file was just read.
    pub fn of(goal: &Goal, is_new: bool) -> Option<Subject> {
        let launches: Vec<_> = goal.programs().cloned().collect();
        if launches.is_empty() {
            return None;
        }
        let folder = goal.folder.clone().unwrap_or_else(|| ".".into());
        let path = goal.file.as_deref().map_or_else(|| folder.to_string(), str::to_owned);
        let text = serde_json::to_vec(&goal.source).unwrap_or_default();
        let bytes = goal.file.as_deref().filter(|_| is_new).map(|file| digest_of(Path::new(file)));
        Some(Subject { path, folder, goal: digest(&text), bytes, launches, tools: goal.tools.clone() })
    }

    /// Returns the files that the commands name, with their digests as they are now.
    fn files(&self) -> BTreeMap<String, String> {
        self.launches.iter().flat_map(|launch| named(launch, &self.folder)).collect()
    }

    fn entry(&self) -> Entry {
        let (path, goal, bytes) = (self.path.clone(), self.goal.clone(), self.bytes.clone());
        let files = self.files();
        let texts = texts_of(std::iter::once(&path).chain(files.keys()));
        Entry { path, at: clock::now().to_string(), goal, bytes, files, texts }
    }

    /// Returns the files that the commands name, by their paths.
    pub fn named(&self) -> Named {
        Named { files: self.files().into_keys().collect(), found: found(&self.launches), ..Named::default() }
    }

    /// Tells whether it was made of `goal`, whatever its words and wants are by now.
    pub(super) fn is_of(&self, goal: &Goal) -> bool {
        Arc::ptr_eq(&self.tools, &goal.tools)
    }

    /// Returns all of it that is trusted or not, as it is on disk now: two that are equal are the same content.
    pub fn content(&self) -> String {
        format!("{:?}", (&self.path, &self.goal, &self.bytes, self.files()))
    }

    /// Returns the programs that name any of these files.
    pub(super) fn naming(&self, files: &[String]) -> Vec<Arc<Launch>> {
        let names = |launch: &&Arc<Launch>| named(launch, &self.folder).any(|(path, _)| files.contains(&path));
        self.launches.iter().filter(names).cloned().collect()
    }

    /// Returns the goal file's programs.
    pub fn launches(&self) -> &[Arc<Launch>] {
        &self.launches
    }
}

impl Entry {
    /// Tells whether it is about `subject` as it is, whose files are these.
    fn is_of(&self, subject: &Subject, files: &BTreeMap<String, String>) -> bool {
        let same_bytes = subject.bytes.as_ref().is_none_or(|bytes| self.bytes.as_ref() == Some(bytes));
        self.path == subject.path && self.goal == subject.goal && same_bytes && self.files == *files
    }
}

impl Trust {
    /// Returns the trust of this person, which is remembered from one time to the next.
    pub fn kept() -> Trust {
        Trust { folder: paths::state().ok().map(|state| state.join("trust")), said: Arc::default() }
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether `subject` may start programs as it is now.
    pub fn standing(&self, subject: &Subject) -> Standing {
        let files = subject.files();
        let is_of = |entry: &Entry| entry.is_of(subject, &files);
        let kept = self.of_path(&subject.path);
        let is_once = self.said().once.iter().any(is_of);
        let by = match is_once {
            true => Truster::Option,
            false if kept.iter().any(is_of) => Truster::Earlier,
            false => {
                let once = self.said().once.iter().rev().find(|entry| entry.path == subject.path).cloned();
                return Standing::Asks(asks(subject, &files, once.as_ref().or(kept.last())));
            }
        };
        self.allow(subject);
        Standing::Trusted(by)
    }

    /// Trusts `subject` as it is now, from now on.
    ///
    /// # Errors
    /// Where it cannot be remembered.
    pub fn grant(&self, subject: &Subject) -> Result<(), RuntimeError> {
        let entry = subject.entry();
        if let Some(folder) = &self.folder {
            let mut entries = self.of_path(&subject.path);
            entries
                .retain(|known| (&known.goal, &known.bytes, &known.files) != (&entry.goal, &entry.bytes, &entry.files));
            // A change is told by what was trusted last.
            entries.iter_mut().for_each(|known| known.texts.clear());
            entries.push(entry.clone());
            let first = entries.len().saturating_sub(KEPT);
            let file = file_of(folder, &subject.path);
            save(folder, &file, &entries[first..]).map_err(|error| {
                RuntimeError::new(format!("{} cannot be written, so nothing is trusted: {error}", file.display()))
            })?;
        }
        self.said().once.push(entry);
        self.allow(subject);
        Ok(())
    }

    /// Trusts `subject` as it is now, for this once.
    pub fn grant_once(&self, subject: &Subject) {
        self.said().once.push(subject.entry());
        self.allow(subject);
    }

    fn allow(&self, subject: &Subject) {
        let allowed = |launch: &Arc<Launch>| Allowed {
            folder: subject.folder.clone(),
            launch: launch.clone(),
            files: named(launch, &subject.folder).collect(),
        };
        let mut said = self.said();
        said.may.retain(|known| known.folder != subject.folder || !subject.launches.contains(&known.launch));
        said.may.extend(subject.launches.iter().map(allowed));
    }

    /// Tells whether the program of `call` may be started now. One that starts none may.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn may_start(&self, call: &Call) -> Result<(), String> {
        let Some(launch) = call.tool.as_ref().and_then(|tool| tool.run.program.as_ref()) else { return Ok(()) };
        self.may_start_program(launch, call.folder.as_deref().unwrap_or("."))
    }

    /// Tells whether `launch` may be started now, where the goal file stands in `folder`.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn may_start_program(&self, launch: &Arc<Launch>, folder: &str) -> Result<(), String> {
        let said = self.said();
        let Some(allowed) = said.may.iter().find(|may| *may.folder == *folder && may.launch == *launch) else {
            return Err("nothing was run: its goal file is not trusted on this machine".into());
        };
        let now: BTreeMap<String, String> = named(launch, folder).collect();
        if now == allowed.files {
            return Ok(());
        }
        let changed = differing(&allowed.files, &now).join(", ");
        Err(format!("nothing was run: {changed} has changed since it was trusted"))
    }

    /// Lets the trace of `session` say whether its goal may start programs here, where it says otherwise.
    pub fn tell(&self, session: &mut Session, subject: Option<&Subject>) {
        let Some(subject) = subject else { return };
        let by = match self.standing(subject) {
            Standing::Trusted(by) => by,
            Standing::Asks(_) => Truster::Nobody,
        };
        if session.state().settings.trusted != (by != Truster::Nobody) {
            // A session that is only looked at says what it said.
            let _ = session.submit(Command::Trust(by), &clock::now());
        }
    }

    /// Returns everything that is remembered, by path, the last of each path.
    pub fn list(&self) -> Vec<Entry> {
        let files = self.folder.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
        let mut last: Vec<Entry> = files.filter_map(|file| read(&file.path()).pop()).collect();
        last.sort_by(|a, b| a.path.cmp(&b.path));
        last
    }

    /// Forgets every content of the goal file at `path`. Returns whether any was trusted.
    ///
    /// # Errors
    /// Where it cannot be forgotten.
    pub fn revoke(&self, path: &str) -> Result<bool, RuntimeError> {
        let mut said = self.said();
        said.once.retain(|entry| entry.path != path);
        said.may.clear(); // what is still trusted is looked up again
        drop(said);
        let Some(file) = self.folder.as_deref().map(|folder| file_of(folder, path)) else { return Ok(false) };
        match std::fs::remove_file(&file) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(RuntimeError::new(format!("{} cannot be removed: {error}", file.display()))),
        }
    }

    fn of_path(&self, path: &str) -> Vec<Entry> {
        let mut entries = self.folder.as_deref().map(|folder| read(&file_of(folder, path))).unwrap_or_default();
        entries.retain(|entry| entry.path == path);
        entries
    }
}

/// Returns what asks, and what is not as it was `before`.
fn asks(subject: &Subject, files: &BTreeMap<String, String>, before: Option<&Entry>) -> Named {
    let mut changed = Vec::new();
    if let Some(before) = before {
        if before.goal != subject.goal || subject.bytes.is_some() && before.bytes != subject.bytes {
            changed.push(subject.path.clone());
        }
        changed.extend(differing(&before.files, files));
    }
    let differences = before.into_iter().flat_map(|before| {
        let now = texts_of(changed.iter());
        let told = |path: &String| difference::difference(before.texts.get(path)?, now.get(path)?);
        changed.iter().filter_map(|path| Some((path.clone(), told(path)?))).collect::<Vec<_>>()
    });
    let (differences, found) = (differences.collect(), found(&subject.launches));
    Named { files: files.keys().cloned().collect(), differences, changed, found }
}

/// Returns where each program of these is found in PATH, as it is found when it is started; one that is named by a path
/// is where that says.
fn found(launches: &[Arc<Launch>]) -> Vec<(String, Option<String>)> {
    let mut all: Vec<(String, Option<String>)> = Vec::new();
    let paths = std::env::var_os("PATH").unwrap_or_default();
    for name in launches.iter().filter_map(|launch| launch.argv.first()).map(Word::text) {
        if !name.contains('/') && all.iter().all(|(known, _)| known != name) {
            let place = std::env::split_paths(&paths).map(|folder| folder.join(name)).find(|path| path.is_file());
            all.push((name.to_owned(), place.map(|place| place.display().to_string())));
        }
    }
    all
}

/// Returns what stands in the files at these paths, of each that is a short text.
fn texts_of<'a>(paths: impl Iterator<Item = &'a String>) -> BTreeMap<String, String> {
    let mut room = TEXTS;
    let text = |path: &'a String| {
        let text = String::from_utf8(input_file::read(Path::new(path), LONGEST_TEXT).ok()?).ok()?;
        room = room.checked_sub(text.len())?;
        Some((path.clone(), text))
    };
    paths.filter_map(text).collect()
}

/// Returns the names of the files that are not the same in both.
fn differing(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    let all: std::collections::BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    all.into_iter().filter(|name| before.get(*name) != now.get(*name)).cloned().collect()
}

/// Returns the files that the words of `launch` name and that stand there: those below the folder of the goal file, and
/// those that are named from where it works. What lies elsewhere, like an interpreter, belongs to the machine.
pub(super) fn named(launch: &Launch, folder: &str) -> impl Iterator<Item = (String, String)> {
    let place = launch.place(folder);
    let words = launch.argv.iter().filter_map(|word| match word {
        Word::Text(text) => Some(text.to_string()),
        // A filter that is a text gives that, whatever the inputs are.
        Word::Jq(filter) => serde_json::from_str::<String>(filter).ok(),
    });
    let paths = words.filter_map(move |word| {
        let path = place.join(&word);
        let ours = Path::new(&word).is_relative() || path.starts_with(folder);
        (ours && path.is_file()).then(|| path.canonicalize().unwrap_or(path))
    });
    paths.map(|path| (path.display().to_string(), digest_of(&path)))
}

fn digest_of(path: &Path) -> String {
    static KNOWN: Mutex<BTreeMap<PathBuf, (Stamp, String)>> = Mutex::new(BTreeMap::new());
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let stamp = stamp(path);
    if let Some((_, digest)) = known().get(path).filter(|(known, _)| stamp.as_ref() == Some(known)) {
        return digest.clone();
    }
    match input_file::read(path, MAX_BYTES) {
        Ok(bytes) => {
            let digest = digest(&bytes);
            known().extend(stamp.map(|stamp| (path.to_owned(), (stamp, digest.clone()))));
            digest
        }
        Err(why) => format!("unreadable: {why}"),
    }
}

/// What a file has to have kept for its bytes not to be read again: device, number, size, and when it was changed.
type Stamp = (u64, u64, u64, i64, i64);

/// Returns the stamp of the file at `path`; none where it was changed so lately that another change would not show.
///
/// The time of the change, unlike that of its content, cannot be set by its owner.
#[cfg(unix)]
fn stamp(path: &Path) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt;
    let about = path.metadata().ok()?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
    let is_old = i64::try_from(now).is_ok_and(|now| about.ctime() + 2 < now);
    is_old.then(|| (about.dev(), about.ino(), about.size(), about.ctime(), about.ctime_nsec()))
}

#[cfg(not(unix))]
fn stamp(_: &Path) -> Option<Stamp> {
    None
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn file_of(folder: &Path, path: &str) -> PathBuf {
    folder.join(digest(path.as_bytes())).with_extension("json")
}

fn read(file: &Path) -> Vec<Entry> {
    // What cannot be read trusts nothing.
    let bytes = input_file::read(file, LONGEST).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn save(folder: &Path, file: &Path, entries: &[Entry]) -> std::io::Result<()> {
    paths::make_private(folder)?;
    let mut written = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer_pretty(&mut written, entries)?;
    written.flush()?;
    written.persist(file).map_err(|error| error.error)?;
    Ok(())
}
