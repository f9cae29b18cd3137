//! What a path that is being typed may become: the goal files, session files and folders that begin like it.

use std::path::Path;

/// How many entries of a folder are looked at.
const LOOKED_AT: usize = 5_000;

/// How many are offered.
const OFFERED: usize = 60;

/// Returns what `typed` may become, in order, folders with a slash at the end; nothing where the folder is unreadable.
pub(super) fn complete(typed: &str) -> Vec<String> {
    let begins = typed.rfind(['/', std::path::MAIN_SEPARATOR]).map_or(0, |at| at + 1);
    let (folder, begun) = typed.split_at(begins);
    let looked_in = if folder.is_empty() { Path::new(".") } else { Path::new(folder) };
    let Ok(entries) = std::fs::read_dir(looked_in) else { return Vec::new() };
    let mut found: Vec<String> = entries
        .take(LOOKED_AT)
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            // What is hidden shows once its dot is typed.
            if !name.starts_with(begun) || name.starts_with('.') && !begun.starts_with('.') {
                return None;
            }
            // Links are followed: a linked folder is a folder.
            let is_folder = std::fs::metadata(entry.path()).is_ok_and(|about| about.is_dir());
            let is_ours = Path::new(&name).extension().is_some_and(|end| end == "json" || end == "jsonl");
            match (is_folder, is_ours) {
                (true, _) => Some(format!("{folder}{name}/")),
                (false, true) => Some(format!("{folder}{name}")),
                (false, false) => None,
            }
        })
        .collect();
    found.sort_by_key(|path| (path.ends_with('/'), path.clone()));
    found.truncate(OFFERED);
    found
}

/// Returns what all of `paths` begin with.
pub(super) fn common(paths: &[String]) -> String {
    let Some((first, others)) = paths.split_first() else { return String::new() };
    let shared = |at: &usize| others.iter().all(|other| other.as_bytes().get(..*at) == first.as_bytes().get(..*at));
    let end = (0..=first.len()).rev().filter(|at| first.is_char_boundary(*at)).find(shared).unwrap_or(0);
    first[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goal_files_and_folders_are_offered_and_hidden_ones_once_their_dot_is_typed() {
        let home = tempfile::tempdir().expect("a folder");
        for name in ["deploy.json", "deploy_again.json", "notes.txt", ".old.json", "run.jsonl"] {
            std::fs::write(home.path().join(name), "").expect("written");
        }
        std::fs::create_dir(home.path().join("depot")).expect("created");
        let base = format!("{}/", home.path().display());
        let names = |typed: &str| -> Vec<String> {
            complete(&format!("{base}{typed}")).iter().map(|path| path.replace(&base, "")).collect()
        };
        assert_eq!(names(""), ["deploy.json", "deploy_again.json", "run.jsonl", "depot/"]);
        assert_eq!(names("deploy"), ["deploy.json", "deploy_again.json"]);
        assert_eq!(names("."), [".old.json"]);
        assert_eq!(common(&complete(&format!("{base}de"))), format!("{base}depl").replace("depl", "dep"));
        assert!(complete("/no/such/folder/x").is_empty());
        assert_eq!(common(&["ä".to_owned(), "ö".to_owned()]), "");
    }
}
