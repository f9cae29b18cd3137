//! The crash note: which session files this process has open, so that a panic can say where they are.
//!
//! The only global of the runtime: a panic hook is handed nothing but the panic.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

static OPEN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Notes that the session file at `path` is open.
pub(super) fn opened(path: &Path) {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_path_buf());
}

/// Notes that the session file at `path` was closed.
pub(super) fn closed(path: &Path) {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(at) = open.iter().rposition(|known| known == path) {
        open.remove(at);
    }
}

/// Returns what a person needs after a panic: each open session and how to come back to it; none where none is open.
///
/// Never waits: a panic while a session is noted must not hang.
pub fn text() -> Option<String> {
    let open = OPEN.try_lock().ok()?;
    let lines: Vec<String> =
        open.iter().map(|path| format!("session   {0}\nresume    planscope resume {0}\n", path.display())).collect();
    (!lines.is_empty()).then(|| format!("Every event that was shown is saved.\n{}", lines.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_names_each_session_while_it_is_open() {
        let (one, two) = (Path::new("/crash-note/one.jsonl"), Path::new("/crash-note/two.jsonl"));
        opened(one);
        opened(two);
        closed(one);
        let note = text().expect("one is open");
        assert!(note.contains("planscope resume /crash-note/two.jsonl"), "{note}");
        assert!(!note.contains("one.jsonl"), "{note}");
        closed(two);
        assert!(!text().unwrap_or_default().contains("crash-note"));
    }
}
