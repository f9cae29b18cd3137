//! Opens goal files: no more than is sensible, and only text.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::fault::Faults;
use super::json::NotJson;
use super::{parse, parse_plan};
use crate::engine::goal::{Catalogue, Goal, StepDraft};

/// The size of the biggest goal file that is read: 32 MiB.
pub const MAX_BYTES: u64 = 32 << 20;

/// Reads the goal file or plan file at `path`. Its folder is where its `file` tools read from.
pub fn read(path: &Path) -> Result<Goal, Faults> {
    let name = path.display().to_string();
    let text = text(path, &name)?;
    let whole = std::path::absolute(path).ok();
    let folder = whole.as_deref().and_then(Path::parent).and_then(Path::to_str);
    parse(&text, &name, folder)
}

/// Reads the plan file at `path` for a goal with these tools.
pub fn read_plan(path: &Path, tools: &Catalogue) -> Result<Vec<StepDraft>, Faults> {
    let name = path.display().to_string();
    let text = text(path, &name)?;
    parse_plan(&text, &name, tools)
}

fn text(path: &Path, name: &str) -> Result<String, Faults> {
    let no_file = |error: std::io::Error| {
        let (message, hint) = match error.kind() {
            ErrorKind::NotFound => (
                "There is no such file".to_owned(),
                Some("check the path; `planscope samples` lists the built-in goals"),
            ),
            ErrorKind::PermissionDenied => ("This file may not be read".to_owned(), Some("check its permissions")),
            ErrorKind::IsADirectory => (FOLDER.to_owned(), None),
            _ => (format!("This file cannot be read: {error}"), None),
        };
        Faults::whole(name, message, None, hint.map(str::to_owned))
    };
    let file = File::open(path).map_err(no_file)?;
    let about = file.metadata().map_err(no_file)?;
    if about.is_dir() {
        return Err(Faults::whole(name, FOLDER.to_owned(), None, None));
    }
    if about.len() > MAX_BYTES {
        return Err(too_big(name, &format!("has {} MB", about.len() / 1_000_000)));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or_default());
    // A pipe has no length beforehand, and a file may grow while it is read.
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(no_file)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(too_big(name, "is longer than that"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let hint = match error.as_bytes() {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it looks like UTF-16: save it as UTF-8",
            _ => "save it as UTF-8",
        };
        let byte = error.as_bytes().get(at).copied().unwrap_or_default();
        let fault = NotJson {
            span: at..at + '\u{fffd}'.len_utf8(),
            message: format!("The file is no UTF-8 text: the byte 0x{byte:02x} here begins no character"),
            expected: Some("UTF-8".to_owned()),
            hint: Some(hint.to_owned()),
        };
        Faults::not_json(name, &String::from_utf8_lossy(error.as_bytes()), fault)
    })
}

const FOLDER: &str = "This is a folder, not a goal file";

fn too_big(name: &str, size: &str) -> Faults {
    let message = format!("A goal file may have up to {} MiB, and this one {size}", MAX_BYTES >> 20);
    let hint = "put big data into a file of its own and read it with a tool: {\"run\": {\"file\": \"data.json\"}}";
    Faults::whole(name, message, None, Some(hint.to_owned()))
}
