//! A new goal file beside the person, with the schema that editors read. Nothing that exists is overwritten.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::SCHEMA;

/// The name of the schema's file beside a goal file.
const SCHEMA_NAME: &str = "goal.schema.json";

/// What [`create`] wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// The goal file.
    pub path: PathBuf,
    /// Whether the schema was written too; where one lies there already, that one stays.
    pub schema: bool,
}

/// Writes the goal file `text` to the new file `name`, which ends in `.json` where it has no extension, and the schema
/// beside it where there is none.
///
/// # Errors
/// A sentence that names the file that exists already or cannot be written.
pub fn create(name: &Path, text: &str) -> Result<Created, String> {
    let path = match name.extension() {
        Some(_) => name.to_path_buf(),
        None => name.with_extension("json"),
    };
    write_new(&path, text).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => format!("{} exists already and is not overwritten", path.display()),
        _ => format!("cannot write {}: {error}", path.display()),
    })?;
    let schema = path.with_file_name(SCHEMA_NAME);
    let schema = match write_new(&schema, SCHEMA) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        Err(error) => return Err(format!("wrote {}, but cannot write {}: {error}", path.display(), schema.display())),
    };
    Ok(Created { path, schema })
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_file_gets_its_schema_once_and_is_never_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let name = |name: &str| folder.path().join(name);
        let first = create(&name("mine"), "{}").expect("it is written");
        assert_eq!(first, Created { path: name("mine.json"), schema: true });
        let second = create(&name("other.goal"), "{}").expect("it is written");
        assert_eq!(second, Created { path: name("other.goal"), schema: false });
        let again = create(&name("mine"), "[]").expect_err("it is there already");
        assert!(again.contains("mine.json exists already"), "{again}");
        assert_eq!(std::fs::read_to_string(name("mine.json")).expect("it is read"), "{}");
    }
}
