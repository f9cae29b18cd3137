//! What lies outside the terminal's cells: the person's editor, files that are read, the clipboard.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::describe::value;
use crate::engine::value::Shared;
use crate::input_file;
use crate::runtime::new_file;

/// How many bytes go to the clipboard at most: terminals drop more, or stand still over it.
pub(in crate::ui) const CLIPBOARD: usize = 250_000;

/// A value, or the part of one that a JSON pointer leads to, as it goes to a pager: written while it is read there.
#[derive(Clone, Debug)]
pub struct Paged {
    /// The value.
    pub value: Shared,
    /// The pointer.
    pub pointer: String,
}

impl Paged {
    /// Writes it, as a person reads it in pages.
    ///
    /// # Errors
    /// Where `to` takes no more.
    pub fn write(&self, to: &mut dyn Write) -> std::io::Result<()> {
        self.value.at(&self.pointer).map_or(Ok(()), |value| value::write_pages(value, to))
    }
}

/// Says that `what` is too long for the clipboard.
pub(in crate::ui) fn too_long(what: &str, bytes: usize) -> String {
    format!("{what} is {} kB: too much for a terminal's clipboard; copy a part of it", bytes / 1000)
}

/// The largest file that is read into a field, in bytes.
const MOST: u64 = 256 << 20;

/// Reads the file at `path`.
///
/// # Errors
/// A sentence that says why it cannot be read.
pub(super) fn read(path: &str) -> Result<String, String> {
    let cannot = |why: &dyn std::fmt::Display| format!("{path} cannot be read: {why}");
    let bytes = input_file::read(Path::new(path), MOST).map_err(|unreadable| cannot(&unreadable))?;
    String::from_utf8(bytes).map_err(|_| cannot(&"it is not UTF-8 text"))
}

/// How many files of one name are tried before it is said that there are too many.
const SAME_NAME: u32 = 1_000;

/// Saves `text` as the new file `name.md` in the current folder, or `name-2.md` and so on where that exists. Returns
/// what it is called, in a sentence.
///
/// # Errors
/// A sentence that says why it cannot be saved.
pub(super) fn save(name: &str, text: &str) -> Result<String, String> {
    let names = (1..=SAME_NAME).map(|n| if n == 1 { format!("{name}.md") } else { format!("{name}-{n}.md") });
    let free = names.into_iter().find(|name| Path::new(name).symlink_metadata().is_err());
    let name = free.ok_or_else(|| format!("{name}.md and {SAME_NAME} more of that name exist already"))?;
    new_file::write(Path::new(&name), |out| out.write_all(text.as_bytes()))?;
    Ok(format!("saved as {name} in the current folder"))
}

/// Lets the person edit `text` with the program that `VISUAL` or `EDITOR` names, and returns what they made of it.
///
/// # Errors
/// A sentence that says why there is nothing: no editor is named, it cannot be started, or it failed.
pub(super) fn edit(text: &str) -> Result<String, String> {
    let named = |name| std::env::var(name).ok().filter(|editor| !editor.trim().is_empty());
    match named("VISUAL").or_else(|| named("EDITOR")) {
        Some(editor) => edit_with(&editor, text),
        None => Err("no editor is named: set EDITOR, then press the key again".into()),
    }
}

/// Shows `paged` in the program that `PAGER` names, else in `less`, else in `more`.
///
/// # Errors
/// A sentence that says why it could not be shown.
pub(super) fn page(paged: &Paged) -> Result<(), String> {
    let text = |to: &mut dyn Write| paged.write(to);
    let named = std::env::var("PAGER").ok().filter(|pager| !pager.trim().is_empty());
    match named {
        Some(pager) => page_with(&pager, &text),
        None => page_with("less", &text).or_else(|_| page_with("more", &text)),
    }
}

fn page_with(pager: &str, text: &dyn Fn(&mut dyn Write) -> std::io::Result<()>) -> Result<(), String> {
    let words = words(pager).filter(|words| !words.is_empty());
    let words = words.ok_or_else(|| format!("PAGER is `{pager}`, which has a quote that does not end"))?;
    let (program, arguments) = words.split_first().ok_or("no pager is named: set PAGER")?;
    let cannot = |e: std::io::Error| format!("{program} cannot be started: {e}; PAGER names another one");
    let mut child = Command::new(program).args(arguments).stdin(Stdio::piped()).spawn().map_err(cannot)?;
    if let Some(to) = child.stdin.take() {
        // Who has seen enough ends it before all of it is written.
        let mut to = std::io::BufWriter::new(to);
        let _ = text(&mut to).and_then(|()| to.flush());
    }
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program} ended with {status}")),
        Err(e) => Err(format!("{program} cannot be waited for: {e}")),
    }
}

/// Returns the words of a command line, as a shell would read it.
fn words(command: &str) -> Option<Vec<String>> {
    // Where a backslash separates folders, it quotes nothing.
    if cfg!(windows) { Some(command.split_whitespace().map(str::to_owned).collect()) } else { shlex::split(command) }
}

fn edit_with(editor: &str, text: &str) -> Result<String, String> {
    let words = words(editor).filter(|words| !words.is_empty());
    let words = words.ok_or_else(|| format!("EDITOR is `{editor}`, which has a quote that does not end"))?;
    let (program, arguments) = words.split_first().ok_or("no editor is named: set EDITOR")?;
    let cannot = |e: std::io::Error| format!("the file for the editor cannot be used: {e}");
    // A new file that only its owner may read, under a name that nobody can foresee; removed when it is dropped.
    let mut file = tempfile::Builder::new().prefix("planscope-").suffix(".json").tempfile().map_err(cannot)?;
    file.write_all(text.as_bytes()).map_err(cannot)?;
    // Closed but kept: an editor may replace the file rather than write to it.
    let path = file.into_temp_path();
    match Command::new(program).args(arguments).arg(&path).status() {
        Ok(status) if status.success() => std::fs::read_to_string(&path).map_err(cannot),
        Ok(status) => Err(format!("{program} ended with {status}; the text is as it was")),
        Err(e) => Err(format!("{program} cannot be started: {e}")),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_editor_gets_a_private_file_that_is_gone_afterwards() {
        let folder = tempfile::tempdir().expect("a folder");
        let script = folder.path().join("an editor");
        let note = folder.path().join("note");
        let note = note.display().to_string();
        let body = format!(
            "#!/bin/sh\nshift\nstat -c '%a' \"$1\" >'{note}'\necho \"$1\" >>'{note}'\nprintf changed >\"$1\"\n"
        );
        std::fs::write(&script, body).expect("a script");
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).expect("it may run");
        let edited = edit_with(&format!("'{}' --wait", script.display()), "as it was");
        assert_eq!(edited.as_deref(), Ok("changed"));
        let noted = std::fs::read_to_string(&note).expect("the note");
        let (mode, path) = noted.trim_end().split_once('\n').expect("two lines");
        assert_eq!(mode, "600");
        assert!(!std::path::Path::new(path).exists(), "{path} is still there");
    }

    #[test]
    fn an_editor_that_fails_or_is_misquoted_is_named() {
        let fault = |editor: &str| edit_with(editor, "text").expect_err("it fails");
        assert!(fault("false").starts_with("false ended with"), "{}", fault("false"));
        assert!(fault("/no/such/editor -w").starts_with("/no/such/editor cannot be started"));
        assert!(fault("'vi").contains("a quote that does not end"));
    }

    #[test]
    fn a_pager_gets_the_text_and_may_end_before_it_has_read_all_of_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let seen = folder.path().join("seen");
        let pager = format!("sh -c 'cat >{}'", seen.display());
        let text = |text: &'static str| move |to: &mut dyn Write| to.write_all(text.as_bytes());
        assert_eq!(page_with(&pager, &text("one\ntwo")), Ok(()));
        assert_eq!(std::fs::read_to_string(&seen).ok().as_deref(), Some("one\ntwo"));
        assert_eq!(page_with("true", &text(&"x".repeat(1 << 22).leak()[..])), Ok(()));
        let fault = |pager: &str| page_with(pager, &text("text")).expect_err("it fails");
        assert!(fault("/no/such/pager").starts_with("/no/such/pager cannot be started"));
        assert!(fault("false").starts_with("false ended with") && fault("'less").contains("does not end"));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        assert!(read("/no/such/file").expect_err("it is not there").starts_with("/no/such/file cannot be read"));
    }
}
