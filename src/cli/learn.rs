//! `planscope learn`: the lessons with how far they were learnt; one of them on the dashboard, or held against a file.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::args::{Format, Learn};
use super::exit::{Exit, Failure};
use super::{Environment, goal, print, replay};
use crate::describe::keys;
use crate::describe::nearest::nearest;
use crate::describe::text::count;
use crate::engine::goal::Goal;
use crate::engine::session::Session;
use crate::export::json;
use crate::goal_file::{self, Part};
use crate::lessons::holds::Holds;
use crate::runtime::opening::Opening;
use crate::runtime::remembered::{self, Remembered};
use crate::runtime::teaching::{Stamp, Teacher, wait_for_change};

/// What `learn` came to.
pub(super) enum Learnt {
    /// It is done.
    Exit(Exit),
    /// The lesson is to be opened.
    Open(Opening),
}

/// One lesson, as it is listed.
#[derive(Serialize)]
struct Listed {
    name: &'static str,
    title: String,
    minutes: u32,
    parts: usize,
    passed: usize,
    through: bool,
    predictions: Score,
}

#[derive(Serialize)]
struct Score {
    right: usize,
    of: usize,
}

/// A lesson held against a file.
#[derive(Serialize)]
struct Held<'a> {
    lesson: &'a str,
    file: String,
    /// Whether every check holds that can be held against a file.
    holds: bool,
    parts: Vec<PartHeld>,
}

#[derive(Serialize)]
struct PartHeld {
    part: usize,
    text: String,
    /// None: it asks what a learner does on the screen.
    holds: Option<bool>,
    /// The event after which it held first.
    event: Option<u64>,
    /// Why it could not be evaluated.
    why: Option<String>,
    hint: Option<String>,
}

/// Lists the lessons, opens one, or holds one against a file.
pub(super) fn learn(
    asked: &Learn,
    environment: impl FnOnce() -> Result<Environment, Failure>,
    out: &mut impl Write,
) -> Result<Learnt, Failure> {
    let Some(name) = &asked.lesson else { return list(asked.format, out).map(Learnt::Exit) };
    let goal = Arc::new(find(name)?);
    let teacher = Teacher::of(&goal).ok_or_else(|| {
        Failure::usage(format!(
            "{name} teaches nothing: it has no lesson with parts; `planscope learn` lists those that do"
        ))
    })?;
    match (&asked.check, &asked.watch) {
        (Some(file), _) => check(name, &teacher, file, asked.format, &environment()?, out).map(Learnt::Exit),
        (None, Some(file)) => watch(name, &teacher, file, asked.format, &environment()?, out).map(Learnt::Exit),
        (None, None) => Ok(Learnt::Open(Opening::Goal { goal, named: name.clone(), strategy: None, session: None })),
    }
}

/// Reads the lesson `name`, or says which is meant.
fn find(name: &str) -> Result<Goal, Failure> {
    goal::find(name).map_err(|faults| {
        if Path::new(name).exists() {
            return goal::failure(&faults);
        }
        let lessons = goal_file::lessons();
        let near = nearest(name, lessons.iter().map(|(sample, _, _)| sample.name));
        let near = near.map(|near| format!(" Did you mean {near}?")).unwrap_or_default();
        Failure::usage(format!("there is no lesson {name}.{near} `planscope learn` lists them"))
    })
}

fn list(format: Format, out: &mut impl Write) -> Result<Exit, Failure> {
    let remembered = Remembered::load().lessons;
    let listed: Vec<Listed> = goal_file::lessons()
        .iter()
        .map(|(sample, _, lesson)| {
            let learnt = remembered.get(sample.name).cloned().unwrap_or_default();
            let remembered::Learnt { passed, right, asked, .. } = learnt;
            let (title, minutes, parts) = (lesson.title.clone(), lesson.minutes, lesson.parts.len());
            let predictions = Score { right, of: asked };
            Listed { name: sample.name, title, minutes, parts, passed, through: passed >= parts, predictions }
        })
        .collect();
    match format {
        Format::Json => json::document(out, &listed)?,
        Format::Text => {
            let wide = listed.iter().map(|one| one.name.len()).max().unwrap_or(0);
            for Listed { name, title, minutes, parts, passed, through, predictions } in &listed {
                let (mark, far) = match (through, passed) {
                    (true, _) => ('✓', "through".to_owned()),
                    (false, 0) => ('○', format!("{minutes} min")),
                    (false, _) => ('▶', format!("{passed} of {parts} parts")),
                };
                let Score { right, of } = predictions;
                let score = if *of > 0 { format!(", {right} of {of} predictions right") } else { String::new() };
                writeln!(out, "{mark} {name:<wide$}  {title} · {far}{score}")?;
            }
            let next = listed.iter().find(|one| !one.through);
            if let Some(Listed { name, .. }) = next {
                writeln!(out, "\nnext: planscope learn {name}")?;
            }
        }
    }
    Ok(Exit::Done)
}

/// Returns the session that is meant by `file`: a recorded one, or what the goal in it comes to by itself.
fn session(teacher: &Teacher, file: &Path, environment: &Environment) -> Result<Session, Failure> {
    if file.extension().is_some_and(|extension| extension == "jsonl") {
        return replay::session(file, None, &environment.services);
    }
    let goal = goal_file::read(file).map_err(|faults| goal::failure(&faults))?;
    Ok(teacher.run(&Arc::new(goal), &environment.services, &environment.cancel))
}

fn check(
    name: &str,
    teacher: &Teacher,
    file: &Path,
    format: Format,
    environment: &Environment,
    out: &mut impl Write,
) -> Result<Exit, Failure> {
    let session = session(teacher, file, environment)?;
    if !teacher.is_about(session.goal()) {
        let said = format!(
            "planscope: {} has another goal than the lesson: its checks were not written for it",
            file.display()
        );
        print::text(&mut io::stderr(), &said)?;
    }
    let held = teacher.held(&session, &environment.services, &environment.cancel);
    let parts = teacher.lesson.parts.iter().zip(held).enumerate().map(|(at, (part, holds))| said(at, part, holds));
    let parts: Vec<PartHeld> = parts.collect();
    let holds = parts.iter().all(|part| part.holds != Some(false));
    match format {
        Format::Json => json::document(out, &Held { lesson: name, file: file.display().to_string(), holds, parts })?,
        Format::Text => text(&parts, out)?,
    }
    Ok(if holds { Exit::Done } else { Exit::NotReached })
}

fn said(at: usize, part: &Part, holds: Holds) -> PartHeld {
    let (holds, event, why) = match holds {
        Holds::Since(event) => (Some(true), Some(event), None),
        Holds::Never(why) => (Some(false), None, why),
        Holds::OnScreen => (None, None, None),
    };
    let plain = |words: &String| keys::usual(words).into_owned();
    let hint = part.hints.first().filter(|_| holds == Some(false)).map(plain);
    PartHeld { part: at + 1, text: plain(&part.text), holds, event, why, hint }
}

fn text(parts: &[PartHeld], out: &mut impl Write) -> io::Result<()> {
    for PartHeld { part, text, holds, event, why, hint } in parts {
        let (mark, more) = match (holds, event) {
            (Some(true), Some(event)) => ('✓', format!(" (after event {event})")),
            (Some(_), _) => ('✗', String::new()),
            (None, _) => ('-', " (only on the screen)".to_owned()),
        };
        print::text(out, &format!("{mark} {part} {text}{more}"))?;
        for line in why
            .iter()
            .map(|why| format!("    not evaluated: {why}"))
            .chain(hint.iter().map(|hint| format!("    hint: {hint}")))
        {
            print::text(out, &line)?;
        }
    }
    let judged: Vec<bool> = parts.iter().filter_map(|part| part.holds).collect();
    let held = judged.iter().filter(|holds| **holds).count();
    writeln!(out, "{held} of {} hold", count(judged.len(), "check"))
}

/// Checks the file now and whenever it is saved, until everything holds or somebody ends it.
fn watch(
    name: &str,
    teacher: &Teacher,
    file: &Path,
    format: Format,
    environment: &Environment,
    out: &mut impl Write,
) -> Result<Exit, Failure> {
    let mut stamp = Stamp::of(file);
    if stamp.is_none() {
        goal_file::read(file).map_err(|faults| goal::failure(&faults))?;
    }
    loop {
        match check(name, teacher, file, format, environment, out) {
            Ok(Exit::Done) => return Ok(Exit::Done),
            Ok(_) => {}
            // A file that is being written is often faulty for a while.
            Err(failure) => print::text(&mut io::stderr(), &failure.message)?,
        }
        out.flush()?;
        let _ = writeln!(
            io::stderr(),
            "planscope: waits until {} is saved; Ctrl-C ends it",
            crate::describe::sanitize::harmless(&file.display().to_string())
        );
        stamp = wait_for_change(file, stamp, &environment.cancel);
        if stamp.is_none() {
            return Ok(Exit::NotReached);
        }
    }
}
