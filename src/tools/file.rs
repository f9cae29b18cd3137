//! Tools of kind `file`: a file in the folder of the goal file, `.json` parsed, anything else as text.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read as _};
use std::path::Path;
use std::sync::Arc;

use super::reading::Reading;
use super::{Given, Kind, TIMEOUT_MS, Timeout, Way};
use crate::engine::goal::{Risk, Run};
use crate::engine::notice::Progress;
use crate::engine::numbers;
use crate::engine::value::{self, LONGEST, MAX_DEPTH, Shared, Unread, Value};
use crate::input_file::{self, Unreadable};

/// How many bytes are read between two looks whether anybody still waits: 1 MiB.
const PIECE: u64 = 1 << 20;

/// The kind `file`.
pub(super) static KIND: Kind = Kind {
    name: "file",
    way: Way::Pure(run),
    timeout: Timeout::Default(TIMEOUT_MS),
    risk: Risk::None,
    in_folder: true,
    schema: r#"{
        "type": "string",
        "minLength": 1,
        "description": "A file in the folder of the goal file or below: .json is parsed, everything else is one text."
    }"#,
    shape: None,
    read: read_spec,
    check: |_, _, _| (),
};

/// Checks, by its words alone, that a path stays in the folder; links are followed when the tool runs.
fn read_spec(spec: &mut dyn Reading, _run: &mut Run) {
    let expected = "a path relative to the goal file, inside its folder";
    let Some(path) = spec.text(expected) else { return };
    let drive = path.as_bytes().get(1) == Some(&b':');
    let hint =
        || Some("put the file next to the goal file and name it from there, like \"data/tickets.json\"".to_owned());
    if path.starts_with(['/', '\\', '~']) || drive {
        spec.fault("This path is absolute: a tool reads from its goal file's folder only", expected, hint());
    } else if leaves(&path) {
        spec.fault("This path leads out of the goal file's folder", expected, hint());
    } else if path.contains('\0') {
        spec.fault("No file has such a name", expected, None);
    }
}

/// Tells whether `path` leaves its folder anywhere on its way.
fn leaves(path: &str) -> bool {
    let mut depth = 0_usize;
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if depth == 0 => return true,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    false
}

fn run(given: &Given<'_>) -> Result<Shared, String> {
    let Value::String(name) = &**given.spec else { return Err("the name of its file is not a text".into()) };
    let Some(folder) = given.call.folder.as_deref() else {
        return Err(format!("{name} cannot be read: this goal has no folder of its own to read files from"));
    };
    let text = read(Path::new(folder), name, given)?;
    if Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let of: Arc<str> = format!("making a value of {name}").into();
        let mut told = 0;
        let mut goes_on = |at: usize| {
            if at >= told + PIECE as usize {
                told = at;
                given.host.notices.say(Progress::Fraction { of: of.clone(), done: at as f64 / text.len() as f64 });
            }
            !given.host.cancel.is_cancelled()
        };
        let value = value::read(text, &mut |_| (), &mut goes_on).map_err(|error| match error {
            Unread::Cancelled => error.to_string(),
            Unread::Json(error) if error.is_syntax() && error.to_string().contains("recursion") => too_deep(name),
            Unread::Json(error) => format!("{name} is not JSON: {error}"),
        })?;
        if let Some((_, number)) = numbers::first_lost(text) {
            return Err(format!("{name}: {}", numbers::sentence(number)));
        }
        return if value.nests_deeper(MAX_DEPTH) { Err(too_deep(name)) } else { Ok(value) };
    }
    Ok(Shared::new(Value::String(text)))
}

fn too_deep(name: &str) -> String {
    format!("{name} is nested more than {MAX_DEPTH} levels deep")
}

fn read(folder: &Path, name: &str, given: &Given<'_>) -> Result<String, String> {
    let cannot = |error: std::io::Error| format!("{name} cannot be read: {}", why(&error));
    let (file, metadata) = open_inside(folder, name)?;
    let mut file = file.take(LONGEST + 1);
    let (mut bytes, size) = (Vec::new(), metadata.len());
    bytes.reserve(usize::try_from(size.min(LONGEST) + 1).unwrap_or_default());
    while (&mut file).take(PIECE).read_to_end(&mut bytes).map_err(cannot)? > 0 {
        if given.host.cancel.is_cancelled() {
            return Err("it was cancelled".into());
        }
        if size > PIECE {
            let done = (bytes.len() as f64 / size as f64).min(1.0);
            given.host.notices.say(Progress::Fraction { of: format!("reading {name}").into(), done });
        }
    }
    if bytes.len() as u64 > LONGEST {
        return Err(format!("{name} is bigger than {} MiB, the most that a file tool reads", LONGEST >> 20));
    }
    String::from_utf8(bytes)
        .map_err(|error| format!("{name} is not UTF-8 text: see byte {}", error.utf8_error().valid_up_to() + 1))
}

/// Opens `name`, links followed, if what was opened is inside `folder`.
///
/// It is opened first and looked at then: a link that is turned round between the two leads nowhere.
fn open_inside(folder: &Path, name: &str) -> Result<(File, Metadata), String> {
    let cannot = |error: std::io::Error| format!("{name} cannot be read: {}", why(&error));
    let home = folder.canonicalize().map_err(|error| {
        format!("{name} cannot be read: the folder of the goal, {}: {}", folder.display(), why(&error))
    })?;
    let path = home.join(name).canonicalize().map_err(cannot)?;
    let outside = || format!("{name} lies outside the folder of the goal file, where a file tool may not read");
    if !path.starts_with(&home) {
        return Err(outside());
    }
    let (file, metadata) = input_file::open(&path).map_err(|error| match error {
        Unreadable::System(error) => cannot(error),
        Unreadable::Folder | Unreadable::NoFile(_) | Unreadable::TooLong { .. } => format!("{name} is not a file"),
    })?;
    if input_file::is_below(&file, &path, &home) { Ok((file, metadata)) } else { Err(outside()) }
}

fn why(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".into(),
        ErrorKind::PermissionDenied => "permission denied".into(),
        ErrorKind::IsADirectory => "it is a folder".into(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_link_that_is_turned_round_all_the_time_never_leads_out() {
        use std::sync::atomic::{AtomicBool, Ordering};

        let folder = tempfile::tempdir().expect("a folder");
        let home = folder.path().join("home");
        std::fs::create_dir_all(home.join("data")).expect("folders");
        std::fs::write(home.join("data/tickets"), "inside").expect("a file");
        std::fs::create_dir_all(folder.path().join("out")).expect("folders");
        std::fs::write(folder.path().join("out/tickets"), "outside").expect("a file");
        std::os::unix::fs::symlink(folder.path().join("out"), home.join("link")).expect("a link");
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let (data, link) = (home.join("data"), home.join("link"));
                while !done.load(Ordering::Relaxed) {
                    let here = rustix::fs::CWD;
                    let _ = rustix::fs::renameat_with(here, &data, here, &link, rustix::fs::RenameFlags::EXCHANGE);
                }
            });
            let texts: Vec<String> = (0..300)
                .filter_map(|_| open_inside(&home, "data/tickets").ok())
                .filter_map(|(file, _)| std::io::read_to_string(file).ok())
                .collect();
            done.store(true, Ordering::Relaxed);
            assert!(texts.iter().all(|text| text == "inside"), "{texts:?}");
        });
    }

    #[test]
    fn a_path_that_leaves_its_folder_anywhere_is_found() {
        for path in ["../x", "a/../../x", "..", "a/b/../../../x/y", "..\\x"] {
            assert!(leaves(path), "{path}");
        }
        for path in ["x", "a/../b", "./a", "a..b/c..", "a/b/../c"] {
            assert!(!leaves(path), "{path}");
        }
    }
}
