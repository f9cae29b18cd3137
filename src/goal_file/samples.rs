//! The samples that are built in: whatever stands in `sample_goals/`, by file name; and the lessons beside them.
//! No code knows one of them.

use std::sync::{Arc, LazyLock};

use super::lesson::{self, Lesson, StartEntry};
use crate::engine::goal::Goal;

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

// The same of the folder `sample_goals/lessons/`.
static LESSONS: &[Sample] = include!(concat!(env!("OUT_DIR"), "/lessons.rs"));

/// What a sample in this repository names as its schema (a lesson lies a folder deeper), and what a copy elsewhere names.
const SCHEMA_HERE: &str = "../assets/goal.schema.json";
const SCHEMA_OF_COPY: &str = "./goal.schema.json";

impl Sample {
    /// Returns the text for a copy in another folder: it names a schema that lies beside it, as `goal.schema.json`.
    pub fn copy(&self) -> String {
        self.text.replacen(&format!("../{SCHEMA_HERE}"), SCHEMA_OF_COPY, 1).replacen(SCHEMA_HERE, SCHEMA_OF_COPY, 1)
    }
}

/// Returns the samples, by name.
pub fn samples() -> &'static [Sample] {
    SAMPLES
}

/// Returns the sample `name`, or the lesson of this name.
pub fn sample(name: &str) -> Option<&'static Sample> {
    samples().iter().chain(LESSONS).find(|sample| sample.name == name)
}

/// A lesson that is built in, with its goal.
pub type BuiltIn = (&'static Sample, Arc<Goal>, Lesson);

/// Returns the lessons that are built in, in the order in which they are to be taken: read once, their filters unchecked
/// (a test checks them all); one that cannot be read is left out.
pub fn lessons() -> &'static [BuiltIn] {
    static READ: LazyLock<Vec<BuiltIn>> = LazyLock::new(|| {
        let read = |sample: &'static Sample| {
            let goal = super::parse_built_in(sample.text, sample.name).ok()?;
            let lesson = lesson::lesson_of(&goal);
            Some((sample, Arc::new(goal), lesson))
        };
        let mut lessons: Vec<BuiltIn> = LESSONS.iter().filter_map(read).collect();
        lessons.sort_by_key(|(_, _, lesson)| lesson.order);
        lessons
    });
    &READ
}

/// Returns the goals of the samples, by name; one that cannot be read is left out (a test reads them all).
pub fn sample_goals() -> Vec<(&'static Sample, Arc<Goal>)> {
    let goal = |sample: &'static Sample| {
        let goal = super::parse(sample.text, sample.name, None).ok()?;
        Some((sample, Arc::new(goal)))
    };
    samples().iter().filter_map(goal).collect()
}

/// Returns what the samples with these goals offer to the start screen, each entry with the place of its sample in
/// `goals`, in the order they ask for.
pub fn start_entries(goals: &[(&'static Sample, Arc<Goal>)]) -> Vec<(usize, StartEntry)> {
    let offers = |(at, (_, goal)): (usize, &(&Sample, Arc<Goal>))| {
        lesson::lesson_of(goal).start.into_iter().map(move |entry| (at, entry)).collect::<Vec<_>>()
    };
    let mut entries: Vec<(usize, StartEntry)> = goals.iter().enumerate().flat_map(offers).collect();
    entries.sort_by_key(|(at, entry)| (entry.order, *at));
    entries
}
