//! What is kept of goal files from one run of the program to the next, by their paths: a file of its own for each kind of thing.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::paths;
use crate::engine::ordered::IndexMap;
use crate::input_file;

/// The most that is read, in bytes: a longer file is not one of ours.
const LONGEST: u64 = 4 << 20;

/// Of how many goal files things are kept.
const FILES: usize = 256;

/// What is kept, by the path of the goal file; what was changed last stands last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct All<T> {
    #[serde(default = "IndexMap::default")]
    files: IndexMap<String, Vec<T>>,
}

/// Returns what is kept under `name` ("breakpoints") of the goal file at `path`, and a sentence where that cannot be read.
pub(super) fn of<T: DeserializeOwned>(name: &str, path: &str) -> (Vec<T>, Option<String>) {
    let Some(file) = file(name) else { return (Vec::new(), None) };
    let (mut all, trouble) = load(name, &file);
    (all.files.shift_remove(path).unwrap_or_default(), trouble)
}

/// Keeps these under `name` of the goal file at `path`.
///
/// # Errors
/// Why they could not be kept.
pub(super) fn keep<T>(name: &str, path: &str, kept: Vec<T>) -> Result<(), String>
where
    T: Clone + PartialEq + Serialize + DeserializeOwned,
{
    let Some(file) = file(name) else { return Ok(()) };
    let (mut all, trouble) = load(name, &file);
    let before = all.clone();
    all.files.shift_remove(path);
    if !kept.is_empty() {
        all.files.insert(path.to_owned(), kept);
    }
    while all.files.len() > FILES {
        all.files.shift_remove_index(0);
    }
    if all == before {
        return Ok(());
    }
    let failed = |error: std::io::Error| format!("the {name} cannot be remembered in {}: {error}", file.display());
    if trouble.is_some() {
        // What somebody wrote there by hand is not lost.
        std::fs::rename(&file, broken(&file)).map_err(failed)?;
    }
    save(&file, &all).map_err(failed)
}

fn load<T: DeserializeOwned>(name: &str, file: &Path) -> (All<T>, Option<String>) {
    let none = || All { files: IndexMap::default() };
    let bytes = match input_file::read(file, LONGEST) {
        Ok(bytes) => bytes,
        Err(input_file::Unreadable::System(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            return (none(), None);
        }
        Err(error) => return (none(), Some(format!("no {name} are remembered: {}: {error}", file.display()))),
    };
    match serde_json::from_slice(&bytes) {
        Ok(all) => (all, None),
        Err(error) => {
            let words = format!(
                "no {name} are remembered: {} is not what planscope writes ({error}); it goes to {} when one is set",
                file.display(),
                broken(file).display()
            );
            (none(), Some(words))
        }
    }
}

fn broken(file: &Path) -> PathBuf {
    file.with_extension("json.broken")
}

fn save<T: Serialize>(path: &Path, all: &All<T>) -> std::io::Result<()> {
    let Some(folder) = path.parent() else { return Ok(()) };
    paths::make_private(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec_pretty(all)?)?;
    file.flush()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn file(name: &str) -> Option<PathBuf> {
    Some(paths::state().ok()?.join(format!("{name}.json")))
}
