//! A session as one HTML page that steps through it in a browser: nothing is loaded, nothing runs, and a screen reader
//! reads it.
//!
//! The page holds what is said of each moment as JSON, and its script only puts text into elements: no text of a session
//! becomes a part of the page itself.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;

use super::{Format, Writes};
use crate::describe::sanitize::harmless;
use crate::describe::sign::Role;
use crate::describe::{condition, event, keys, next, step, text, value};
use crate::engine::context::Datum;
use crate::engine::event::Recorded;
use crate::engine::plan::Step;
use crate::engine::session::Session;
use crate::engine::state::{State, Status};

/// The page.
pub(super) const FORMAT: Format = Format {
    name: "html",
    help: "One HTML page that steps through the session in a browser; it loads nothing",
    writes: Writes::Session(write),
};

/// The page around the moments.
const PAGE: &str = include_str!("page.html");

/// Where the title and the moments go.
const TITLE: &str = "@TITLE@";
const MOMENTS: &str = "@MOMENTS@";

/// How much of a value the page holds, in characters.
const SHOWN: usize = 4_000;

#[derive(Serialize)]
struct Page {
    goal: String,
    wants: Vec<String>,
    /// The texts of values, each once: moments name them by their place.
    values: Vec<String>,
    moments: Vec<Moment>,
}

#[derive(Serialize)]
struct Moment {
    event: u64,
    at: String,
    who: &'static str,
    sign: &'static str,
    said: String,
    depth: usize,
    /// What comes next, in a sentence.
    next: String,
    /// What became of the plan since the moment before, if something did: from this row on, so many went, and these came.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<(usize, usize, Vec<Row>)>,
    /// What became of keys: those that got another value or standing, and those that lost theirs.
    context: Vec<Entry>,
}

#[derive(Serialize)]
struct Row {
    sign: &'static str,
    word: &'static str,
    id: String,
    name: String,
    flow: String,
}

#[derive(PartialEq, Serialize)]
struct Entry {
    key: String,
    /// The place of its value; none: it has no value any more.
    value: Option<usize>,
    /// What there is to know of it: "stale", "pinned", "by s1 load".
    marks: Vec<String>,
}

/// Writes the selected branch of `session` as a page.
fn write(to: &mut dyn Write, session: &Session) -> io::Result<()> {
    let goal = session.goal();
    let wants = goal.wants.iter().map(|(key, wanted)| safe(&condition::wanted(key, wanted))).collect();
    let mut page = Page { goal: safe(&goal.goal), wants, values: Vec::new(), moments: Vec::new() };
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut standing: Vec<Standing> = Vec::new();
    session.walk(0..session.path().len(), &mut |before, record, now| {
        let last = std::mem::replace(&mut standing, plan(now));
        let plan = changed(&last, &standing);
        let context = context(before, now, &mut |text| {
            *places.entry(text).or_insert_with_key(|text| {
                page.values.push(text.clone());
                page.values.len() - 1
            })
        });
        page.moments.push(moment(session, record, now, plan, context));
        true
    });
    // What could end the element that holds it, or begin a comment in it, is written otherwise.
    let moments = serde_json::to_string(&page)?.replace('<', "\\u003c").replace('\u{2028}', "\\u2028");
    let title = page.goal.replace('&', "&amp;").replace('<', "&lt;");
    let (head, rest) = PAGE.split_once(TITLE).unwrap_or((PAGE, ""));
    let (middle, tail) = rest.split_once(MOMENTS).unwrap_or((rest, ""));
    write!(to, "{head}{title}{middle}{moments}{tail}")
}

fn safe(text: &str) -> String {
    harmless(text).into_owned()
}

fn moment(
    session: &Session,
    record: &Recorded,
    now: &State,
    plan: Option<(usize, usize, Vec<Row>)>,
    context: Vec<Entry>,
) -> Moment {
    let line = event::told(session, record, now);
    Moment {
        event: record.seq,
        at: safe(&record.at),
        who: line.who,
        sign: line.sign.glyph(),
        said: safe(&line.marked_sentence()),
        depth: line.depth,
        next: safe(&keys::usual(&next::next(now))),
        plan,
        context,
    }
}

/// A step and how it stands.
struct Standing {
    step: Arc<Step>,
    role: Role,
    word: &'static str,
}

impl PartialEq for Standing {
    fn eq(&self, other: &Standing) -> bool {
        let same = Arc::ptr_eq(&self.step, &other.step) || self.step == other.step;
        same && (self.role, self.word) == (other.role, other.word)
    }
}

impl Standing {
    fn row(&self) -> Row {
        Row {
            sign: self.role.glyph(),
            word: self.word,
            id: safe(&self.step.id),
            name: safe(&text::clip(self.step.name(), 200)),
            flow: safe(&step::flow(&self.step)),
        }
    }
}

/// Returns what is another row of the plan than before; none where nothing is.
fn changed(last: &[Standing], now: &[Standing]) -> Option<(usize, usize, Vec<Row>)> {
    let first = last.iter().zip(now).take_while(|(last, now)| last == now).count();
    let (last, now) = (&last[first..], &now[first..]);
    let behind = last.iter().rev().zip(now.iter().rev()).take_while(|(last, now)| last == now).count();
    let (gone, came) = (last.len() - behind, &now[..now.len() - behind]);
    (gone > 0 || !came.is_empty()).then(|| (first, gone, came.iter().map(Standing::row).collect()))
}

fn plan(state: &State) -> Vec<Standing> {
    let row = |role: Role, word: &'static str, step: &Arc<Step>| Standing { step: step.clone(), role, word };
    let ran = state.runs.iter().map(|run| {
        let role = step::sign(run.status);
        row(role, role.word(), &run.step)
    });
    let coming = state.next_step().map(|step| &step.id);
    let to_do = state.plan.remaining().iter().map(|step| {
        let status = if step.skip { Status::Skipped } else { Status::Pending };
        let role = if Some(&step.id) == coming { Role::Current } else { step::sign(status) };
        row(role, if Some(&step.id) == coming { "next" } else { role.word() }, step)
    });
    ran.chain(to_do).collect()
}

/// Returns what is another value or another standing than `before`.
fn context(before: Option<&State>, now: &State, place: &mut dyn FnMut(String) -> usize) -> Vec<Entry> {
    let empty = Default::default();
    let was = before.map_or(&empty, |before| &before.context);
    let entry = |key: &crate::engine::goal::Key| {
        let datum = now.context.get(key);
        Entry {
            key: safe(key),
            value: datum.map(|datum| place(safe(&value::json(&datum.value, SHOWN)))),
            marks: datum.map(|datum| marks(now, datum)).unwrap_or_default(),
        }
    };
    now.context.different_keys(was).map(entry).collect()
}

fn marks(state: &State, datum: &Datum) -> Vec<String> {
    use crate::engine::context::Origin;
    let by = match &datum.origin {
        Origin::Initial => "given".to_owned(),
        Origin::Step(id) => format!("by {}", safe(&step::label_of(state, id))),
        Origin::Injected => Role::Injected.word().to_owned(),
        Origin::Edited(id) => format!("replaced: what {} returned", safe(&step::label_of(state, id))),
        Origin::Record => "from a record".to_owned(),
    };
    let mut marks = vec![by];
    if let Some(why) = &datum.refuted {
        marks.push(format!("refuted: {}", safe(why)));
    } else if !datum.fresh {
        marks.push(Role::Stale.word().to_owned());
    }
    if datum.pinned {
        marks.push("pinned".to_owned());
    }
    marks
}
