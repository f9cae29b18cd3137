//! The journal: one session's file. Append-only, one writer at a time, healed where it tore, never guessed over.
//!
//! *Invariant:* nothing here knows what an event means: an event is written, read and checked, never folded.

mod beside;
pub mod codec;
pub mod dedup;
mod fast_decode;
mod file;
mod heavy;
mod long_line;
mod names;
mod recording;
mod whole;

pub use file::{GROUP, Journal};
pub(in crate::runtime) use heavy::is_heavy;
pub use recording::{Recording, Take, Torn, look, look_at_each};

use std::path::Path;

use super::RuntimeError;
use beside::beside;

/// Returns the error that something cannot be done with the file or folder at `path`.
fn cannot(what: &str, path: &Path, error: &std::io::Error) -> RuntimeError {
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder".to_string(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_string(),
        std::io::ErrorKind::StorageFull => "the disk is full".to_string(),
        _ => error.to_string(),
    };
    RuntimeError::new(format!("cannot {what} {}: {why}", path.display()))
}
