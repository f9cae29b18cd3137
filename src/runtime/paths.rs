//! Where session files live, and what a new one is called.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use super::{RuntimeError, clock};

/// The longest goal that is spelt out in a file name, in characters.
const MAX_SLUG: usize = 40;

/// Returns the folder of the sessions of this person: `<state>/planscope/sessions`. It may not exist yet.
///
/// # Errors
/// If this person has no home folder.
pub fn sessions() -> Result<PathBuf, RuntimeError> {
    Ok(state()?.join("sessions"))
}

/// How many presented sessions are kept.
const REHEARSALS: usize = 3;

/// Returns the folder of the sessions that were only presented, in which there is room for one more: the oldest have gone.
///
/// # Errors
/// If this person has no home folder.
pub fn rehearsals() -> Result<PathBuf, RuntimeError> {
    let folder = state()?.join("rehearsals");
    let files = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let mut files: Vec<_> =
        files.filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file.path()))).collect();
    files.sort();
    for (_, old) in files.iter().take((files.len() + 1).saturating_sub(REHEARSALS)) {
        let _ = std::fs::remove_file(old); // what cannot be taken away stays
    }
    Ok(folder)
}

/// Returns the folder of what planscope keeps for this person: `<state>/planscope`. It may not exist yet.
///
/// # Errors
/// If this person has no home folder.
pub fn state() -> Result<PathBuf, RuntimeError> {
    let base = etcetera::choose_base_strategy()
        .map_err(|_| RuntimeError::new("your home folder is unknown: set HOME, or name a file with --session FILE"))?;
    let state = base.state_dir().unwrap_or_else(|| base.data_dir());
    Ok(state.join("planscope"))
}

/// Creates `folder` and what is missing above it; only its owner may look into what is created.
pub(super) fn make_private(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Returns the names to try for a new session on a goal in these words, best first.
pub fn names(folder: &Path, goal: &str) -> impl Iterator<Item = PathBuf> {
    let folder = folder.to_path_buf();
    let stem = format!("{}-{}", clock::today(), slug(goal));
    (1u32..).map(move |n| folder.join(format!("{stem}-{n}.jsonl")))
}

/// Returns `words` as a part of a file name: small letters, digits and single hyphens, never empty.
fn slug(words: &str) -> String {
    let mut slug = String::new();
    for c in words.chars() {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            'A'..='Z' => slug.push(c.to_ascii_lowercase()),
            '\'' | '’' => {}
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
        if slug.len() >= MAX_SLUG {
            break;
        }
    }
    match slug.trim_end_matches('-') {
        "" => "session".into(),
        slug => slug.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_the_goal_and_is_safe_in_any_file_system() {
        assert_eq!(slug("Generate this week's customer support report"), "generate-this-weeks-customer-support-rep");
        assert_eq!(slug("../../etc/passwd\0"), "etc-passwd");
        assert_eq!(slug("日本"), "session");
        assert_eq!(slug(""), "session");
    }

    #[test]
    fn names_count_up() {
        let names: Vec<PathBuf> = names(Path::new("/x"), "A goal").take(2).collect();
        assert!(names[0].to_string_lossy().ends_with("-a-goal-1.jsonl"), "{names:?}");
        assert!(names[1].to_string_lossy().ends_with("-a-goal-2.jsonl"), "{names:?}");
    }
}
