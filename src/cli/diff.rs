//! `planscope diff`: two recorded sessions, or two moments, beside each other; nothing runs.

use std::io::Write;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::args::{Diff, Format};
use super::exit::{Exit, Failure};
use super::{print, replay};
use crate::compare::branches;
use crate::compare::differences::Differences;
use crate::describe::sign::Role;
use crate::engine::event::Seq;
use crate::engine::session::Session;
use crate::export::json;
use crate::runtime::services::Services;

/// What differs, in the shape that scripts rely on.
#[derive(Serialize)]
struct Document<'a> {
    one: Side<'a>,
    other: Side<'a>,
    /// Whether nothing differs.
    same: bool,
    steps: Vec<Step<'a>>,
    keys: Vec<Key<'a>>,
    same_keys: usize,
    figures: Vec<Figure>,
}

#[derive(Serialize)]
struct Side<'a> {
    session: &'a str,
    event: Seq,
    goal: &'a str,
}

#[derive(Serialize)]
struct Step<'a> {
    step: &'a str,
    was: Option<&'a str>,
    is: Option<&'a str>,
}

#[derive(Serialize)]
struct Key<'a> {
    key: &'a str,
    change: &'static str,
    was: Option<&'a Value>,
    is: Option<&'a Value>,
}

#[derive(Serialize)]
struct Figure {
    figure: &'static str,
    was: f64,
    is: f64,
}

/// Prints what differs. Exit status 3: something does.
pub(super) fn diff(asked: &Diff, services: &Services, out: &mut impl Write) -> Result<Exit, Failure> {
    let (one, other) = (looked_at(&asked.one, services)?, looked_at(&asked.other, services)?);
    let (page, differences) = branches::sessions(&one, &other, (&asked.one, &asked.other));
    match asked.format {
        Format::Text => print::text(out, &page.words())?,
        Format::Json => {
            json::document(out, &document((&one, &asked.one), (&other, &asked.other), &differences))?;
        }
    }
    Ok(if differences.is_none() { Exit::Done } else { Exit::NotReached })
}

/// Returns the session in the file that `named` names, as it was after the event behind the `@`, or at its end.
fn looked_at(named: &str, services: &Services) -> Result<Session, Failure> {
    // A file may be called like that.
    let event = named.rsplit_once('@').filter(|_| !Path::new(named).exists());
    match event.map(|(file, event)| (file, event.parse())) {
        None => replay::session(Path::new(named), None, services),
        Some((file, Ok(event))) => replay::session(Path::new(file), Some(event), services),
        Some((_, Err(_))) => Err(Failure::usage(format!(
            "{named}: behind the @ stands the number of an event, like session.jsonl@12, and there is no file of that name"
        ))),
    }
}

fn document<'a>(
    (one, one_named): (&'a Session, &'a str),
    (other, other_named): (&'a Session, &'a str),
    differences: &'a Differences,
) -> Document<'a> {
    let side = |session: &'a Session, named| Side {
        session: named,
        event: session.state().seq,
        goal: &session.state().goal.goal,
    };
    let change = |role: Role| match role {
        Role::Added => "added",
        Role::Removed => "removed",
        _ => "changed", // what is the same is not among them
    };
    let keys = differences.keys.iter().map(|key| Key {
        key: &key.key,
        change: change(key.role),
        was: key.was.as_deref(),
        is: key.is.as_deref(),
    });
    Document {
        one: side(one, one_named),
        other: side(other, other_named),
        same: differences.is_none(),
        steps: differences.steps.iter().map(|step| Step { step: &step.name, was: step.was, is: step.is }).collect(),
        keys: keys.collect(),
        same_keys: differences.same_keys,
        figures: differences
            .figures
            .iter()
            .map(|figure| Figure { figure: figure.name, was: figure.was, is: figure.is })
            .collect(),
    }
}
