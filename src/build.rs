//! The build script: lists the files of `sample_goals/` and of its lessons for `goal_file/samples.rs` to build in.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let home = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let folder = Path::new(&home).join("sample_goals");
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=src/build.rs");
    list(&folder, &Path::new(&out).join("samples.rs"))?;
    list(&folder.join("lessons"), &Path::new(&out).join("lessons.rs"))
}

/// Writes the list of the goal files in `folder` to `into`.
fn list(folder: &Path, into: &Path) -> io::Result<()> {
    let mut samples = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json")
            && let (Some(stem), Some(file)) = (path.file_stem().and_then(|stem| stem.to_str()), path.to_str())
        {
            samples.push((stem.to_owned(), file.to_owned()));
        }
    }
    samples.sort();
    let mut list = String::from("&[\n");
    for (name, file) in samples {
        writeln!(list, "    Sample {{ name: {name:?}, text: include_str!({file:?}) }},").map_err(io::Error::other)?;
    }
    list.push_str("]\n");
    fs::write(into, list)
}
