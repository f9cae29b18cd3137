//! The versions of a key, the last first: what each changed in the one before, and which event wrote it; and what is
//! different from a moment that a person chose.

use crate::engine::event::Seq;
use crate::engine::goal::Key;
use crate::engine::session::Session;
use crate::engine::state::State;
use crate::engine::value::Shared;

use super::change::Change;
use super::page::Page;
use super::sign::Role;
use super::{event, value, watch};

/// How many versions are told at most.
const MOST: usize = 24;

/// How many places of a changed value are told.
const PARTS: usize = 16;

/// Returns the page on the versions of `key` up to the moment `state`; `chosen` is a moment to compare it with.
pub fn page(session: &Session, state: &State, key: &Key, chosen: Option<Seq>) -> Page {
    let mut page = Page::new(format!("versions of {key}"));
    let value = |state: &State| state.context.get(key).map(|datum| datum.value.clone());
    if let Some(then) = chosen.filter(|seq| *seq != state.seq).and_then(|seq| session.state_at(seq)) {
        page.heading(format!("since event {}, which you chose", then.seq));
        add(&mut page, key, value(&then), value(state));
    }
    let mut here = Some(state.clone());
    for _ in 0..MOST {
        let Some(datum) = here.as_ref().and_then(|state| state.context.get(key).cloned()) else { break };
        let Some(record) = session.record(datum.version) else { break };
        here = record.parent.and_then(|before| session.state_at(before));
        let what = event::told(session, record, session.state()).sentence();
        page.heading(format!("event {}, {}: {what}", record.seq, watch::by(session, record.seq)));
        add(&mut page, key, here.as_ref().and_then(value), Some(datum.value.clone()));
    }
    if page.rows.is_empty() {
        page.add(Role::Pending, 0, format!("{key} has no value yet"));
    }
    page
}

/// Adds what is different from `was` in `is`.
fn add(page: &mut Page, key: &Key, was: Option<Shared>, is: Option<Shared>) {
    let change = Change::of(key, was, is);
    let (parts, more) = change.told_parts(PARTS);
    if parts.is_empty() {
        let words = change.is.as_ref().map_or_else(|| "it had no value".into(), |is| value::json(is, 400));
        page.add(change.role, 0, words);
    }
    for (role, words) in parts {
        page.add(role, 0, words);
    }
    if more > 0 || !change.difference.whole && change.role == Role::Changed {
        page.add(Role::Text, 0, "… more");
    }
}
