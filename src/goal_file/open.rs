//! Opens goal files: no more than is sensible, and only text.

use std::io::{ErrorKind, Read};
use std::path::Path;

use super::fault::Faults;
use super::json::NotJson;
use super::{parse, parse_plan};
use crate::describe::reproduce::quoted;
use crate::engine::goal::{Catalogue, Goal, StepDraft};
use crate::input_file::{self, Unreadable};

/// The size of the biggest goal file that is read: 32 MiB.
pub const MAX_BYTES: u64 = 32 << 20;

/// Reads the goal file or plan file at `path`. Its folder is where its `file` tools read from.
///
/// # Errors
/// Why the file cannot be read, or every fault in it.
pub fn read(path: &Path) -> Result<Goal, Faults> {
    let name = path.display().to_string();
    let text = text(path, &name)?;
    let whole = std::path::absolute(path).ok();
    let folder = whole.as_deref().and_then(Path::parent).and_then(Path::to_str);
    let mut goal = parse(&text, &name, folder)?;
    // Links followed: two names of one file are trusted together.
    goal.file = path.canonicalize().ok().or(whole).map(|path| path.display().to_string().into());
    Ok(goal)
}

/// Reads a goal file or plan file from `source`, which is called `name`. The folder of its `file` tools is the one that the
/// program works in; nobody can trust it for longer than a run, for it is no file.
///
/// # Errors
/// Why it cannot be read, or every fault in it.
pub fn read_from(source: impl Read, name: &str) -> Result<Goal, Faults> {
    let mut bytes = Vec::new();
    if let Err(error) = source.take(MAX_BYTES + 1).read_to_end(&mut bytes) {
        return Err(Faults::whole(name, format!("This cannot be read: {error}"), None, None));
    }
    if bytes.len() as u64 > MAX_BYTES {
        return Err(too_big(name, "is longer than that"));
    }
    let folder = std::env::current_dir().ok();
    parse(&utf8(bytes, name)?, name, folder.as_deref().and_then(Path::to_str))
}

/// Reads the plan file at `path` for a goal with these tools.
///
/// # Errors
/// Why the file cannot be read, or every fault in it.
pub fn read_plan(path: &Path, tools: &Catalogue) -> Result<Vec<StepDraft>, Faults> {
    let name = path.display().to_string();
    let text = text(path, &name)?;
    parse_plan(&text, &name, tools)
}

fn text(path: &Path, name: &str) -> Result<String, Faults> {
    if input_file::holds_session(path) {
        let hint = format!("`planscope resume {0}` opens it, `planscope replay {0}` prints it", quoted(name));
        let message = "This is a recorded session, not a goal file".to_owned();
        return Err(Faults::whole(name, message, None, Some(hint)));
    }
    let bytes = input_file::read(path, MAX_BYTES).map_err(|unreadable| {
        let (message, hint) = match unreadable {
            Unreadable::System(error) => match error.kind() {
                ErrorKind::NotFound => (
                    "There is no such file".to_owned(),
                    Some("check the path; `planscope samples` lists the built-in goals"),
                ),
                ErrorKind::PermissionDenied => ("This file may not be read".to_owned(), Some("check its permissions")),
                _ => (format!("This file cannot be read: {error}"), None),
            },
            Unreadable::Folder => ("This is a folder, not a goal file".to_owned(), None),
            Unreadable::NoFile(kind) => (format!("This is {kind}, not a goal file"), None),
            Unreadable::TooLong { length, .. } => {
                return too_big(
                    name,
                    &match length {
                        Some(bytes) => format!("has {} MB", bytes / 1_000_000),
                        None => "is longer than that".to_owned(),
                    },
                );
            }
        };
        Faults::whole(name, message, None, hint.map(str::to_owned))
    })?;
    utf8(bytes, name)
}

fn utf8(bytes: Vec<u8>, name: &str) -> Result<String, Faults> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let hint = match error.as_bytes() {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it looks like UTF-16: save it as UTF-8",
            _ => "save it as UTF-8",
        };
        let byte = error.as_bytes().get(at).copied().unwrap_or_default();
        let fault = NotJson {
            span: at..at + '\u{fffd}'.len_utf8(),
            message: format!("The file is not UTF-8 text: the byte 0x{byte:02x} here begins no character"),
            expected: Some("UTF-8".to_owned()),
            hint: Some(hint.to_owned()),
        };
        Faults::not_json(name, &String::from_utf8_lossy(error.as_bytes()), fault)
    })
}

fn too_big(name: &str, size: &str) -> Faults {
    let message = format!("A goal file may have up to {} MiB, and this one {size}", MAX_BYTES >> 20);
    let hint = "put big data into a file of its own and read it with a tool: {\"run\": {\"file\": \"data.json\"}}";
    Faults::whole(name, message, None, Some(hint.to_owned()))
}
