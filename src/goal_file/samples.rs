//! The samples that are built in: whatever stands in `sample_goals/`, by file name. No code knows one of them.

use super::lesson::{self, StartEntry};

/// A goal file that is built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its name: that of its file, without the extension.
    pub name: &'static str,
    /// The goal file.
    pub text: &'static str,
}

// Made by `src/build.rs` from the folder: `&[Sample { name: "…", text: include_str!("…") }, …]`, by name.
static SAMPLES: &[Sample] = include!(concat!(env!("OUT_DIR"), "/samples.rs"));

/// What a sample in this repository names as its schema, and what a copy elsewhere names.
const SCHEMA_HERE: &str = "../assets/goal.schema.json";
const SCHEMA_OF_COPY: &str = "./goal.schema.json";

impl Sample {
    /// Returns the text for a copy in another folder: it names a schema that lies beside it, as `goal.schema.json`.
    pub fn copy(&self) -> String {
        self.text.replacen(SCHEMA_HERE, SCHEMA_OF_COPY, 1)
    }
}

/// Returns the samples, by name.
pub fn samples() -> &'static [Sample] {
    SAMPLES
}

/// Returns the sample `name`.
pub fn sample(name: &str) -> Option<&'static Sample> {
    samples().iter().find(|sample| sample.name == name)
}

/// Returns what the samples offer to the start screen, each entry with the name of its sample, in the order they ask for.
pub fn start_entries() -> Vec<(&'static str, StartEntry)> {
    let mut entries: Vec<(&'static str, StartEntry)> = samples()
        .iter()
        .filter_map(|sample| Some((sample.name, super::parse(sample.text, sample.name, None).ok()?)))
        .flat_map(|(name, goal)| {
            let entries = lesson::lesson_of(&goal).start.into_iter();
            entries.map(move |entry| (name, entry)).collect::<Vec<_>>()
        })
        .collect();
    entries.sort_by_key(|(name, entry)| (entry.order, *name));
    entries
}
