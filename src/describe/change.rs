//! What an event did to the values of keys: from what to what, in words that never say the same twice.

use std::collections::HashSet;
use std::sync::Arc;

use super::Moment;
use super::difference::{Difference, Leaf, path};
use super::sanitize::push_escaped;
use super::sign::Role;
use super::text;
use super::value::{brief, json, size, value_at};
use crate::engine::context::Datum;
use crate::engine::event::{Event, Recorded, Seq};
use crate::engine::goal::{Goal, Key};
use crate::engine::session::Session;
use crate::engine::state::State;
use crate::engine::value::{Look, Shared};

/// How wide one of two values in a sentence may be.
const SIDE: usize = 32;

/// How far long texts are looked through for where they part, in bytes, where they stand in long values.
const PARTING: usize = 64 << 10;

/// How wide two values may be together that are shown whole instead of by their size.
const WHOLE: usize = 24;

/// What an event did to one key.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The key.
    pub key: Key,
    /// Added, changed, removed; kept where an equal value was written.
    pub role: Role,
    /// What it had before.
    pub was: Option<Shared>,
    /// What it has now.
    pub is: Option<Shared>,
    /// What the two differ in.
    pub difference: Arc<Difference>,
}

impl Change {
    /// Returns what it means for `key` that it had `was` and has `is`.
    pub fn of(key: &Key, was: Option<Shared>, is: Option<Shared>) -> Change {
        let (role, difference) = match (&was, &is) {
            (None, None) => (Role::Kept, None),
            (None, Some(_)) => (Role::Added, None),
            (Some(_), None) => (Role::Removed, None),
            (Some(was), Some(is)) if was == is => (Role::Kept, None),
            (Some(was), Some(is)) => (Role::Changed, Some(Difference::of(was, is))),
        };
        Change { key: key.clone(), role, was, is, difference: Arc::new(difference.unwrap_or_default()) }
    }

    /// Says it in a sentence: `tickets [5] → [8]`, `config.replicas 6 → 2`, `owner is "ana"`, `owner is still "ana"`,
    /// `window is gone`.
    pub fn said(&self) -> String {
        let key = &self.key;
        match (&self.was, &self.is) {
            (Some(was), Some(is)) if self.role == Role::Changed => {
                if let Some(pair) = apart(was, is, SIDE) {
                    return format!("{key} {pair}");
                }
                // Both read the same: it is said what differs below, what changed before what is new or gone.
                let leaves = &self.difference.leaves;
                let Some(first) = leaves.iter().find(|leaf| leaf.role == Role::Changed).or(leaves.first()) else {
                    return format!("{key} is another {}", brief(is));
                };
                let more = match leaves.len() - 1 {
                    0 if self.difference.whole => String::new(),
                    0 => " and more".to_owned(),
                    n => format!(" and {n}{} more", if self.difference.whole { "" } else { " or" }),
                };
                let place = path(&first.path);
                match (first.was(was), first.is(is)) {
                    (Some(was), Some(is)) => format!("{key}{place} {}{more}", pair(was, is, SIDE)),
                    (None, Some(_)) => format!("{key}{place} is new{more}"),
                    (_, None) => format!("{key}{place} is gone{more}"),
                }
            }
            (Some(_), Some(is)) => format!("{key} is still {}", brief(is)),
            (None, Some(is)) => format!("{key} is {}", brief(is)),
            (_, None) => format!("{key} is gone"),
        }
    }

    /// Says it behind its sign: `+ tickets`, `± tickets [5] → [8]`, `= tickets`.
    pub fn signed(&self) -> String {
        let words = if self.role == Role::Changed { self.said() } else { self.key.to_string() };
        format!("{} {words}", self.role.glyph())
    }

    /// Says each difference by itself behind its sign, at most `most` of them, and how many more there are.
    pub fn told_parts(&self, most: usize) -> (Vec<(Role, String)>, usize) {
        let parts = self.parts();
        let more = parts.len().saturating_sub(most);
        let told = parts.into_iter().take(most).map(|(place, was, is)| match (was, is) {
            (Some(was), Some(is)) => (Role::Changed, format!("{place} {was} → {is}")),
            (None, Some(is)) => (Role::Added, format!("{place} {is}")),
            (was, None) => (Role::Removed, format!("{place} {}", was.unwrap_or_default())),
        });
        (told.collect(), more)
    }

    /// Says each difference by itself: its path, what was there, what is there.
    pub fn parts(&self) -> Vec<(String, Option<String>, Option<String>)> {
        let (Some(was), true) = (&self.was, matches!(self.role, Role::Changed | Role::Removed)) else {
            return Vec::new();
        };
        let both = |place: String, was: Option<Look<'_>>, is: Option<Look<'_>>| match (was, is) {
            (Some(was), Some(is)) => {
                let (was, is) = sides(was, is, SIDE);
                (place, Some(was), Some(is))
            }
            (was, is) => (place, was.map(brief), is.map(brief)),
        };
        let Some(is) = self.is.as_ref().filter(|_| !self.difference.leaves.is_empty()) else {
            return vec![both(self.key.to_string(), Some(was.look()), self.is.as_ref().map(Shared::look))];
        };
        let part = |leaf: &Leaf| both(format!("{}{}", self.key, path(&leaf.path)), leaf.was(was), leaf.is(is));
        self.difference.leaves.iter().map(part).collect()
    }
}

/// Returns from what to what, each at most `most` cells wide: `[5] → [8]`, `6 → 2`, `{3} → {3}`.
pub fn pair<'a>(was: impl Into<Look<'a>>, is: impl Into<Look<'a>>, most: usize) -> String {
    let (was, is, most) = (was.into(), is.into(), most.max(1));
    match sides(was, is, most) {
        // What it is now says more than what it was.
        (_, new) if new == "…" => format!("→ {}", json(is, 2 * most + 1)),
        (old, new) => format!("{old} → {new}"),
    }
}

/// Returns from what to what where the two do not read the same.
fn apart(was: &Shared, is: &Shared, most: usize) -> Option<String> {
    let (was, is) = sides(was.look(), is.look(), most);
    (was != is).then(|| format!("{was} → {is}"))
}

/// Returns what was there and what is there, in short: whole where they are small, long texts from a little before where
/// they part, else by their sizes.
fn sides(was: Look<'_>, is: Look<'_>, most: usize) -> (String, String) {
    let (old, new) = (json(was, most), json(is, most));
    // What one of them leaves is room for the other.
    let room = |other: &str| (2 * most).saturating_sub(text::width(other)).max(most);
    let (old, new) = (json(was, room(&new)), json(is, room(&old)));
    let whole = !old.ends_with('…') && !new.ends_with('…');
    let nested = size(was).is_some() || size(is).is_some();
    if whole && (!nested || text::width(&old) + text::width(&new) <= WHOLE) {
        return (old, new);
    }
    match (was.beginning(PARTING), is.beginning(PARTING)) {
        (Some(old), Some(new)) => strings(&old, &new, most),
        _ => (size(was).unwrap_or(old), size(is).unwrap_or(new)),
    }
}

/// Returns two long texts from a little before where they part.
fn strings(old: &str, new: &str, most: usize) -> (String, String) {
    let parts = old.char_indices().zip(new.chars()).find(|((_, a), b)| a != b);
    let common = parts.map_or(old.len().min(new.len()), |((at, _), _)| at);
    let before = old.get(..common).unwrap_or_default();
    let start = before.char_indices().rev().nth(most / 3).map_or(0, |(at, _)| at);
    let side = |whole: &str| {
        // However long it is, no more of it is read than fits.
        let rest: String = whole.get(start..).unwrap_or_default().chars().take(most + 1).collect();
        let mut said = if start > 0 { "\"…" } else { "\"" }.to_owned();
        // As JSON says it, like every other value between these quotes.
        rest.chars().for_each(|c| push_escaped(&mut said, c));
        said.push_str(if start + rest.len() == whole.len() { "\"" } else { "…" });
        text::clip(&said, most)
    };
    (side(old), side(new))
}

/// Returns what `record` did to the values, in the context in which it happened: that of the session, or of a loop.
pub fn changes(session: &Session, record: &Recorded) -> Vec<Change> {
    changes_at(record.event.unwrapped().0, session, record)
}

/// Returns what `record` did to the values in the context that is so deep inside steps.
pub fn changes_at(depth: usize, session: &Session, record: &Recorded) -> Vec<Change> {
    let event = record.event.innermost();
    let at = |seq: Option<u64>| {
        let mut state: State = seq.and_then(|seq| session.state_at(seq))?;
        for _ in 0..depth {
            state = state.inner.as_deref()?.clone();
        }
        Some(state)
    };
    let of = |before: Option<&State>, key: &Key, is: Option<&Shared>, runs: bool| {
        let datum: Option<&Datum> = before.and_then(|before| before.context.get(key)).map(|datum| &**datum);
        let was = datum.map(|datum| datum.value.clone());
        // What is pinned, no run overwrites.
        let stays = runs && datum.is_some_and(|datum| datum.pinned);
        Change::of(key, was.clone(), if stays { was } else { is.cloned() })
    };
    match event {
        Event::Finished { writes, .. } | Event::Failed { writes, .. } if !writes.is_empty() => {
            let before = at(record.parent);
            writes.iter().map(|(key, value)| of(before.as_ref(), key, Some(value), true)).collect()
        }
        Event::Injected { values, .. } => {
            let before = at(record.parent);
            values.iter().map(|(key, value)| of(before.as_ref(), key, value.as_ref(), false)).collect()
        }
        Event::Undone { .. } | Event::Redone { .. } => {
            let (Some(before), Some(after)) = (at(record.parent), at(Some(record.seq))) else { return Vec::new() };
            let hash = |state: &State, key: &Key| state.context.get(key).map(|datum| datum.hash);
            let keys = before.context.different_keys(&after.context);
            keys.filter(|key| hash(&before, key) != hash(&after, key))
                .map(|key| of(Some(&before), key, after.context.get(key).map(|datum| &datum.value), false))
                .collect()
        }
        _ => Vec::new(), // no other event writes values
    }
}

/// Returns what `record` did to the values as [`changes`] does, from the events alone: for a page about one of them.
pub fn looked_up(view: Moment<'_>, record: &Recorded) -> Vec<Change> {
    let was = |key: &Key| before(view.records, &view.state.goal, key, record.seq);
    match record.event.innermost() {
        Event::Finished { step, writes, .. } | Event::Failed { step, writes, .. } => {
            let run = view.state.run(step).filter(|run| run.ended == Some(record.seq));
            let stays = |key: &Key| run.is_some_and(|run| run.wrote.iter().all(|(written, _)| written != key));
            let of = |(key, value): (&Key, &Shared)| {
                let was = was(key);
                Change::of(key, was.clone(), if stays(key) { was } else { Some(value.clone()) })
            };
            writes.iter().map(of).collect()
        }
        Event::Injected { values, .. } => {
            values.iter().map(|(key, value)| Change::of(key, was(key), value.clone())).collect()
        }
        _ => Vec::new(), // no other event holds values
    }
}

/// Returns the value that `key` had before the event `seq`, along the branch of that event.
fn before(records: &[Arc<Recorded>], goal: &Goal, key: &str, seq: Seq) -> Option<Shared> {
    let record = |seq: Seq| usize::try_from(seq).ok()?.checked_sub(1).and_then(|at| records.get(at));
    let inside = |event: &Event| matches!(event, Event::Inner { .. });
    let inner = inside(&record(seq)?.event);
    let mut at = record(seq)?.parent;
    while let Some(found) = at.and_then(record) {
        if inner && matches!(found.event, Event::Entered { .. }) {
            return None; // a loop begins with copies: what is new inside is not a change
        }
        at = found.parent.filter(|parent| *parent < found.seq);
        if inside(&found.event) != inner && !(inner && matches!(found.event, Event::Injected { .. })) {
            continue;
        }
        if let Event::Injected { values, .. } = found.event.innermost()
            && let Some(None) = values.get(key)
        {
            return None;
        }
        if let Some(value) = value_at(records, goal, key, found.seq) {
            return Some(value);
        }
    }
    None
}

/// Tells a run from its beginning: which events wrote over what was there. The first value of a key costs nothing.
#[derive(Debug, Default)]
pub struct Rewrites(HashSet<Key>);

impl Rewrites {
    /// Returns what the next event, `record`, did to keys that had a value before.
    pub fn next(&mut self, session: &Session, record: &Recorded) -> Vec<Change> {
        let (depth, event) = record.event.unwrapped();
        // What a loop knows, and what a person takes back, is looked up: both are rare.
        let outside = matches!(event, Event::Injected { .. } | Event::Undone { .. } | Event::Redone { .. });
        let mut again = outside || depth > 0;
        for key in event.writes() {
            again |= session.goal().context.contains_key(key) || self.0.contains(key);
            self.0.insert(key.clone());
        }
        if again { changes(session, record) } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::value::Value;
    use serde_json::json;

    fn said(was: Value, is: Value) -> String {
        Change::of(&"k".into(), Some(Shared::new(was)), Some(Shared::new(is))).said()
    }

    #[test]
    fn a_change_says_from_what_to_what() {
        assert_eq!(said(json!(false), json!(true)), "k false → true");
        assert_eq!(said(json!([1]), json!([1, 2])), "k [1] → [1, 2]");
        let list = |n: usize| json!(vec!["a longer text"; n]);
        assert_eq!(said(list(5), list(8)), "k [5] → [8]");
        assert_eq!(said(list(1), json!(["b"])), "k [\"a longer text\"] → [\"b\"]");
        assert_eq!(said(json!(null), list(3)), "k null → [3]");
        assert_eq!(Change::of(&"k".into(), None, Some(Shared::new(json!(1)))).said(), "k is 1");
        assert_eq!(said(json!(1), json!(1)), "k is still 1");
        assert_eq!(Change::of(&"k".into(), Some(Shared::new(json!(1))), None).said(), "k is gone");
    }

    #[test]
    fn where_both_read_the_same_the_place_is_named() {
        let config =
            |replicas: usize, zone: &str| json!({ "replicas": replicas, "zone": zone, "deep": { "x": [1, 2, 3] } });
        assert_eq!(said(config(6, "a"), config(2, "a")), "k.replicas 6 → 2");
        assert_eq!(said(config(6, "a"), config(2, "b")), "k.replicas 6 → 2 and 1 more");
        let long = "the same beginning of a text that is a good deal longer than a row, ";
        let (old, new) = (format!("{long}then this"), format!("{long}then that"));
        let texts = said(json!(old), json!(new));
        assert!(texts.contains("this\" → \"…") && texts.ends_with("that\""), "{texts}");
        assert_eq!(
            said(json!([3, "a text that is not short", 5]), json!([3, "a text that is not short", 6, 7])),
            "k [3] → [4]"
        );
        let items = |ids: [&str; 3]| json!(ids.map(|id| json!({ "id": id, "kind": "a kind of thing" })));
        assert_eq!(said(items(["a", "b", "c"]), items(["x", "a", "b"])), "k[0] is new and 1 more");
        let big = |last: usize| Value::Array((0..300_000).chain([last]).map(Value::from).collect());
        assert_eq!(said(big(1), big(2)), "k[300000] 1 → 2 and more");
    }

    #[test]
    fn what_is_hostile_is_harmless_in_a_change() {
        let (old, new) = (format!("{}\u{1b}[2J", "x".repeat(60)), format!("{}\u{202e}b", "x".repeat(60)));
        let texts = said(json!(old), json!(new));
        assert!(!texts.chars().any(super::super::sanitize::is_harmful), "{texts:?}");
    }
}
