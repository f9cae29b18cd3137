//! A file that is written whole or not at all, and never over another one.

use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes the new file `path` with what `write` says: it appears under its name once all of it is on disk.
///
/// # Errors
/// A sentence that names the file which exists already, or why it cannot be written; nothing is left of it then.
pub fn write(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
    let shown = path.display();
    let exists = || format!("{shown} exists already and is not overwritten");
    let cannot = |error: io::Error| format!("cannot write {shown}: {error}; nothing of it is left");
    if path.symlink_metadata().is_ok() {
        return Err(exists());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".planscope-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As any file that a person makes: what the umask leaves.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder).map_err(cannot)?;
    let mut out = BufWriter::new(file);
    write(&mut out).map_err(cannot)?;
    let file = out.into_inner().map_err(|error| cannot(error.into_error()))?;
    file.as_file().sync_all().map_err(cannot)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(exists()),
        Err(error) => Err(cannot(error.error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_or_not_at_all_and_never_over_another_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("card.md");
        let full = write(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        });
        assert!(full.expect_err("the disk is full").contains("card.md"));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "something is left of it");
        write(&path, |out| out.write_all(b"whole")).expect("it is written");
        let again = write(&path, |out| out.write_all(b"other")).expect_err("it is there");
        assert!(again.ends_with("card.md exists already and is not overwritten"), "{again}");
        assert_eq!(std::fs::read_to_string(&path).expect("it is read"), "whole");
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
        let nowhere = write(&folder.path().join("no/card.md"), |out| out.write_all(b"x")).expect_err("no folder");
        assert!(nowhere.contains("no/card.md"), "{nowhere}");
    }
}
