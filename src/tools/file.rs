//! Tools of kind `file`: a file in the folder of the goal file, `.json` parsed, anything else as text.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Given, Kind, nests_deeper};
use crate::engine::value::{MAX_DEPTH, Shared, Value};

/// The biggest file that is read: 32 MiB.
const MAX_BYTES: u64 = 32 << 20;

/// The kind `file`.
pub(super) struct FromFile;

impl Kind for FromFile {
    fn name(&self) -> &'static str {
        "file"
    }

    fn run(&self, spec: &Shared, given: &Given<'_>) -> Result<Shared, String> {
        let Value::String(name) = &**spec else { return Err("the name of its file is no text".into()) };
        let Some(folder) = given.call.folder.as_deref() else {
            return Err(format!("{name} cannot be read: this goal has no folder of its own to read files from"));
        };
        let text = read(Path::new(folder), name)?;
        if Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            let value: Value = serde_json::from_str(text).map_err(|error| match error.classify() {
                serde_json::error::Category::Syntax if error.to_string().contains("recursion") => too_deep(name),
                _ => format!("{name} is not JSON: {error}"),
            })?;
            return if nests_deeper(&value, MAX_DEPTH) { Err(too_deep(name)) } else { Ok(Arc::new(value)) };
        }
        Ok(Arc::new(Value::String(text)))
    }
}

fn too_deep(name: &str) -> String {
    format!("{name} is nested more than {MAX_DEPTH} levels deep")
}

fn read(folder: &Path, name: &str) -> Result<String, String> {
    let path = inside(folder, name)?;
    let cannot = |error: std::io::Error| format!("{name} cannot be read: {}", why(&error));
    // Looked at before it is opened: opening a pipe would wait for somebody to write into it.
    if !path.metadata().map_err(cannot)?.is_file() {
        return Err(format!("{name} is not a file"));
    }
    let file = File::open(&path).map_err(cannot)?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("{name} is bigger than {} MiB, the most that a file tool reads", MAX_BYTES >> 20));
    }
    String::from_utf8(bytes)
        .map_err(|error| format!("{name} is not UTF-8 text: see byte {}", error.utf8_error().valid_up_to() + 1))
}

/// Returns where `name` really is, links followed, if that is inside `folder`.
fn inside(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let cannot = |error: std::io::Error| format!("{name} cannot be read: {}", why(&error));
    let home = folder.canonicalize().map_err(|error| {
        format!("{name} cannot be read: the folder of the goal, {}: {}", folder.display(), why(&error))
    })?;
    let path = home.join(name).canonicalize().map_err(cannot)?;
    if path.starts_with(&home) {
        Ok(path)
    } else {
        Err(format!("{name} lies outside the folder of the goal file, where a file tool may not read"))
    }
}

fn why(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".into(),
        ErrorKind::PermissionDenied => "permission denied".into(),
        ErrorKind::IsADirectory => "it is a folder".into(),
        _ => error.to_string(),
    }
}
