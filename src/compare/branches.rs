//! Two branches of a session beside each other: the plan by the identity of its steps, the context by value, the figures.

use indexmap::IndexMap;

use super::figures::{Figures, recount};
use crate::describe::change::Change;
use crate::describe::event;
use crate::describe::page::Page;
use crate::describe::sign::Role;
use crate::describe::text::{clip, count};
use crate::engine::event::Seq;
use crate::engine::goal::Key;
use crate::engine::session::Session;
use crate::engine::state::{Phase, State, StepRun};

/// How many differences inside a value are told.
const PARTS: usize = 8;

/// A figure: its name, and how it is read.
type Read = (&'static str, fn(&Figures) -> f64);

/// The figures that two branches are compared by, first those that stand only once both are over: until then what was
/// called may still be read.
const FIGURES: [Read; 8] = [
    ("wasted", |figures| figures.wasted_calls as f64),
    ("stale results", |figures| figures.stale_results as f64),
    ("decisions", |figures| figures.decisions as f64),
    ("tool calls", |figures| figures.tool_calls as f64),
    ("repeated", |figures| figures.repeated_calls as f64),
    ("replans", |figures| figures.replans as f64),
    ("discarded", |figures| figures.discarded_steps as f64),
    ("cost", |figures| figures.cost),
];

/// How many of them stand only at the end.
const AT_THE_END: usize = 2;

/// Returns the page that compares the branch with the tip `one` to that with the tip `other`, each called as `names` says;
/// none where there is no such event.
pub fn branches(session: &Session, (one, other): (Seq, Seq), names: (&str, &str)) -> Option<Page> {
    let (was, is) = (session.clone().looked_at(one)?, session.clone().looked_at(other)?);
    let (before, after) = (was.state(), is.state());
    let mut page = Page::new(format!("{} → {}", clip(names.0, 40), clip(names.1, 40)));
    page.add(Role::Text, 0, format!("What differs, from \"{}\" to \"{}\".", names.0, names.1));
    plan(&mut page, before, after);
    context(&mut page, before, after);
    let (was, is) = (recount(&was, before), recount(&is, after));
    page.heading("Figures");
    let over = |state: &State| matches!(state.phase, Phase::Reached | Phase::Ended { .. });
    let figures = if over(before) && over(after) { &FIGURES[..] } else { &FIGURES[AT_THE_END..] };
    let (same, others): (Vec<&Read>, Vec<&Read>) = figures.iter().partition(|(_, read)| read(&was) == read(&is));
    for (name, read) in others {
        page.add(Role::Changed, 0, format!("{name} {} → {}", read(&was), read(&is)));
    }
    rest(&mut page, &same.iter().map(|(name, read)| format!("{name} {}", read(&was))).collect::<Vec<_>>());
    Some(page)
}

/// Returns the page that compares two moments, of one branch or of two; none where there is no such event.
pub fn moments(session: &Session, (one, other): (Seq, Seq)) -> Option<Page> {
    let name = |seq: Seq| {
        let told = event::told(session, session.record(seq)?, session.state());
        let elsewhere = if session.path().binary_search(&seq).is_ok() { "" } else { ", on another branch" };
        let now = if seq == session.state().seq { "now, " } else { "" };
        let what = if told.what.is_empty() { told.result } else { told.what };
        Some(format!("{now}event {seq}: {}{elsewhere}", clip(&what, 40)))
    };
    let now = if other == session.state().seq { "now, " } else { "" };
    // What happened there stands whole below the title.
    let title = format!("event {one} → {now}event {other}");
    Some(Page { title, ..branches(session, (one, other), (&name(one)?, &name(other)?))? })
}

/// Adds how the steps stand that do not stand alike.
fn plan(page: &mut Page, before: &State, after: &State) {
    page.heading("Plan");
    let mut steps: IndexMap<&str, (String, [Option<&'static str>; 2])> = IndexMap::new();
    for (side, state) in [before, after].into_iter().enumerate() {
        let is_stale = |run: &StepRun| {
            let now = |(key, version): &(Key, Seq)| state.context.get(key).filter(|datum| datum.version == *version);
            run.wrote.iter().filter_map(now).any(|datum| !datum.fresh)
        };
        let runs = state.runs.iter().map(|run| (&run.step, if is_stale(run) { "stale" } else { run.word() }));
        let todo = state.plan.remaining().iter().map(|step| (step, if step.skip { "skipped" } else { "to do" }));
        for (step, word) in runs.chain(todo) {
            let entry = steps.entry(&step.id).or_insert_with(|| (step.name().to_owned(), [None, None]));
            entry.1[side] = Some(word);
        }
    }
    let mut same = Vec::new();
    for (id, (name, sides)) in &steps {
        let step = if name == id { name.clone() } else { format!("{id} {name}") };
        match sides {
            [Some(was), Some(is)] if was == is => same.push(format!("{step} {is}")),
            [Some(was), Some(is)] => page.add(Role::Changed, 0, format!("{step}: {was} → {is}")),
            [None, Some(is)] => page.add(Role::Added, 0, format!("{step}: {is}")),
            [Some(was), None] => page.add(Role::Removed, 0, format!("{step}: {was}")),
            [None, None] => {}
        }
    }
    rest(page, &same);
}

/// Adds the values that are not the same.
fn context(page: &mut Page, before: &State, after: &State) {
    page.heading("Context");
    let keys: Vec<_> = before.context.different_keys(&after.context).collect();
    let value = |state: &State, key: &str| state.context.get(key).map(|datum| datum.value.clone());
    let mut same = before.context.len();
    for key in keys {
        let change = Change::of(key, value(before, key), value(after, key));
        same -= usize::from(before.context.get(key).is_some() && change.role != Role::Kept);
        if change.role == Role::Kept {
            continue;
        }
        page.add(change.role, 0, change.said());
        let parts = change.parts();
        // One difference is said already.
        for (place, was, is) in parts.iter().take(PARTS).filter(|_| parts.len() > 1) {
            let (role, words) = match (was, is) {
                (Some(was), Some(is)) => (Role::Changed, format!("{place} {was} → {is}")),
                (None, Some(is)) => (Role::Added, format!("{place} {is}")),
                (was, None) => (Role::Removed, format!("{place} {}", was.as_deref().unwrap_or_default())),
            };
            page.add(role, 1, words);
        }
        if parts.len() > PARTS {
            page.add(Role::Text, 1, format!("… {} more", parts.len() - PARTS));
        }
    }
    if same > 0 {
        page.add(Role::Kept, 0, format!("{} with the same value", count(same, "key")));
    }
}

/// Adds what is the same.
fn rest(page: &mut Page, same: &[String]) {
    if !same.is_empty() {
        page.add(Role::Kept, 0, format!("the same: {}", same.join(", ")));
    }
}
