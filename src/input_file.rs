//! Input files: the one reader for every file that a person or a goal names, bounded, and never waiting for a writer.
//!
//! A named pipe, a device or a socket where a file is meant would block its reader for ever, or never end. They are
//! refused before a byte is read. What the shell hands over as an open descriptor (`<(…)`, `/dev/stdin`) is read as it
//! comes, up to the same bound.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{Error, Read};
use std::path::Path;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The system refuses.
    #[error("{0}")]
    System(#[from] Error),
    /// It is a folder.
    #[error("it is a folder, not a file")]
    Folder,
    /// It is something that a file is not; follows "it is": "a named pipe".
    #[error("it is {0}, not a file")]
    NoFile(&'static str),
    /// It has more bytes than may be read.
    #[error("it is longer than {} MiB, the most that is read", limit >> 20)]
    TooLong {
        /// The most bytes that may be read.
        limit: u64,
        /// Its bytes, where it says so beforehand.
        length: Option<u64>,
    },
}

/// Opens the file at `path` to read it.
///
/// # Errors
/// Where it cannot be opened, or is neither a file nor a descriptor that this process was handed.
pub fn open(path: &Path) -> Result<(File, Metadata), Unreadable> {
    let mut options = OpenOptions::new();
    options.read(true);
    let handed_over = is_handed_over(path);
    // Opening a named pipe waits for its writer, unless told not to.
    #[cfg(unix)]
    if !handed_over {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
        options.custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
    }
    let file = options.open(path)?;
    let about = file.metadata()?;
    if about.is_dir() {
        return Err(Unreadable::Folder);
    }
    if !about.is_file() && !handed_over {
        return Err(Unreadable::NoFile(kind(&about)));
    }
    Ok((file, about))
}

/// What every session file begins with.
pub const SESSION: &[u8] = b"{\"n\":1,";

/// Tells whether the file at `path` begins like a recorded session.
pub fn holds_session(path: &Path) -> bool {
    let mut first = [0; SESSION.len()];
    !is_handed_over(path)
        && open(path).is_ok_and(|(mut file, _)| file.read_exact(&mut first).is_ok() && first == SESSION)
}

/// Reads the file at `path`, which may have up to `limit` bytes.
///
/// # Errors
/// As [`open`], and where it has more bytes, or reading fails.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Unreadable> {
    let (file, about) = open(path)?;
    read_opened(file, &about, limit)
}

/// Reads the opened `file`, which may have up to `limit` bytes.
///
/// # Errors
/// Where it has more bytes, or reading fails.
fn read_opened(file: File, about: &Metadata, limit: u64) -> Result<Vec<u8>, Unreadable> {
    if about.len() > limit {
        return Err(Unreadable::TooLong { limit, length: Some(about.len()) });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or_default());
    // A pipe has no length beforehand, and a file may grow while it is read.
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(Unreadable::TooLong { limit, length: None });
    }
    Ok(bytes)
}

/// Tells whether the opened `file` stands below the folder `home`, which is given without links.
///
/// Linux is asked where the open file is, so that no link that is turned round meanwhile can lead astray. Elsewhere the
/// file that stands at `path` now, links not followed, has to be the one that was opened.
pub fn is_below(file: &File, path: &Path, home: &Path) -> bool {
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd;
        if let Ok(place) = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())) {
            return place.starts_with(home);
        }
    }
    path.starts_with(home) && is_at(file, path)
}

fn is_at(file: &File, path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|there| is_one(file, &there))
}

/// Tells whether what is found at `path`, links followed, is the opened `file`.
pub fn is_found_at(file: &File, path: &Path) -> bool {
    path.metadata().is_ok_and(|there| is_one(file, &there))
}

#[cfg(unix)]
fn is_one(file: &File, there: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata().is_ok_and(|opened| (there.dev(), there.ino()) == (opened.dev(), opened.ino()))
}

/// Windows has no number for a file here, and links need a privilege there.
#[cfg(not(unix))]
fn is_one(_: &File, _: &Metadata) -> bool {
    true
}

/// Tells whether `path` names an open descriptor of this process rather than an entry of a folder.
fn is_handed_over(path: &Path) -> bool {
    cfg!(unix) && (path == Path::new("/dev/stdin") || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd"))
}

#[cfg(unix)]
fn kind(about: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    let kind = about.file_type();
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn kind(_: &Metadata) -> &'static str {
    "a device"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_bound_and_no_further() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        std::fs::write(&path, b"12345").expect("it is written");
        assert_eq!(read(&path, 5).expect("it fits"), b"12345");
        assert!(matches!(read(&path, 4), Err(Unreadable::TooLong { limit: 4, length: Some(5) })));
        assert!(matches!(read(folder.path(), 4), Err(Unreadable::Folder)));
        assert!(matches!(read(&folder.path().join("none"), 4), Err(Unreadable::System(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_named_pipe_and_a_device_are_refused_without_waiting() {
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
        assert!(made.success());
        assert_eq!(read(&pipe, 9).expect_err("refused").to_string(), "it is a named pipe, not a file");
        assert_eq!(read(Path::new("/dev/zero"), 9).expect_err("refused").to_string(), "it is a device, not a file");
    }
}
